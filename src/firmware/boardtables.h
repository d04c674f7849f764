/* Tables of boards that may have no ACPI: the MP configuration table, coreboot's table and what it leads to. */
/* Finds and reads; decode/mp.h and decode/coreboot.h say what is in them. */
#ifndef FIRMWARE_BOARDTABLES_H
#define FIRMWARE_BOARDTABLES_H

#include "firmware/found.h"

struct boardtables {
	struct found mp; /* where the first _MP_ that is sound points to */
	struct found coreboot; /* LBIO; the last of those that lead on to one another */
	unsigned int forwards; /* how many led there */
	struct found stamps, console; /* where its records point to */
};

struct firmware;

void boardtables_gather(struct boardtables *ret, struct firmware *f);
void boardtables_deinit(struct boardtables *t);

#endif

/* EFI: the system table, the configuration tables and the memory map, by memory and by /sys. */
/* Finds and reads; decode/efi.h says what is in them. */
#ifndef FIRMWARE_EFITABLES_H
#define FIRMWARE_EFITABLES_H

#include "decode/efi.h"
#include "firmware/found.h"

struct efitables {
	bool here; /* the kernel was started by EFI, as boot_params tells; else nothing below is had */
	struct efi_info info;
	struct found system, tables, map; /* by memory */
	struct efi_system head; /* of system, 0 when it was not had */
	size_t memory_len;
	struct range *memory; /* owned: what the map calls memory, in its order, joined: for struct reach */
};

struct firmware;

/* f->boot_params is there, and f->reach but for its efi, which this fills. */
void efitables_gather(struct efitables *ret, struct firmware *f);
void efitables_deinit(struct efitables *t);

#endif

/* What SMBIOS says that ought not to be: a table that breaks off, modules that do not add up, memory errors. */
/* Whether its bytes are the same by every route is compare.c's. */
#ifndef FIRMWARE_SMBIOSCHECK_H
#define FIRMWARE_SMBIOSCHECK_H

#include "decode/smbios.h"
#include "policy/finding.h"

void smbios_check(const struct smbios *s, struct findings *findings);

#endif

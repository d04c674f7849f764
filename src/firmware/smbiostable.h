/* SMBIOS: every entry point there is, and the structure table by memory and by /sys. */
/* Finds and reads; decode/smbios.h says what is in it. */
#ifndef FIRMWARE_SMBIOSTABLE_H
#define FIRMWARE_SMBIOSTABLE_H

#include "decode/smbios.h"
#include "firmware/found.h"

#define SMBIOS_ENTRIES_MAX 8

struct smbiostable {
	size_t entries_len; /* entry points: "_SM3_" before "_SM_", by route otherwise */
	struct found entries[SMBIOS_ENTRIES_MAX];
	/* The structure table that an entry point leads to, of the first that led to a whole one, or anywhere. */
	const struct found *entry; /* that one; NULL: there is no SMBIOS, or nothing of it could be read */
	struct found memory, sys; /* by memory, and /sys/firmware/dmi/tables/DMI */
};

struct firmware;

void smbiostable_gather(struct smbiostable *ret, struct firmware *f);
void smbiostable_deinit(struct smbiostable *s);
/* The structure table to decode: by memory, which tells addresses, or else by /sys. Empty: there is none. */
const struct view *smbiostable_bytes(const struct smbiostable *s);
/*
 * The same with its entry point, ready to walk; false: there is none. Without an entry point, which only /sys
 * can lack, entry.anchor is empty and the version taken for 3.0.
 */
bool smbiostable_read(const struct smbiostable *s, struct smbios *ret_smbios);
/* The same by the kernel's copy alone, without touching memory; s is all 0, and keeps what ret_smbios is of. */
bool smbiostable_sys(struct smbiostable *s, struct smbios *ret_smbios);

#endif

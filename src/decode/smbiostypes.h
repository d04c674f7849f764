/* SMBIOS structures: what they are called, and the fields of those that tell of the board and its memory. */
/* One structure at a time; what several say together is decode/dimms.h's. */
#ifndef DECODE_SMBIOSTYPES_H
#define DECODE_SMBIOSTYPES_H

#include "decode/sink.h"
#include "decode/smbios.h"

enum smbios_type {
	SMBIOS_BIOS = 0,
	SMBIOS_SYSTEM = 1,
	SMBIOS_BOARD = 2,
	SMBIOS_ARRAY = 16,
	SMBIOS_DEVICE = 17,
	SMBIOS_ERROR32 = 18,
	SMBIOS_ARRAY_ADDRESS = 19,
	SMBIOS_DEVICE_ADDRESS = 20,
	SMBIOS_ERROR64 = 33,
};

/* "memory device"; "OEM-specific" from 128 on, "unknown type" between. */
const char *smbios_type_name(unsigned int type);

/*
 * A fact a field, and for contained objects one each. Types 0 1 2 3 4 7 16 17 18 19 20 32 33 127 are known in
 * full up to SMBIOS 3.7 (DSP0134 3.7, chapter 7); of others the bytes are told as "unknown", and each "string".
 * version is the entry point's: a UUID's byte order is another before 2.6.
 */
void smbios_decode(const struct smbios_record *r, unsigned int version, struct sink *sink);
/* One of these facts, by its key; false: there is none, and *ret_fact is empty. */
bool smbios_fact(const struct smbios_record *r, unsigned int version, const char *key, struct fact *ret_fact);

#endif

/* The parts of `ramscope firmware`: one file each, cmd/fw*.c. */
/* firmware.c has the table of them. */
#ifndef CMD_FIRMWARE_H
#define CMD_FIRMWARE_H

#include "cmd/cmd.h"

/*
 * How much of a part is asked for. Without details it is one line to a few: what is there, whether it is
 * sound, what a person wants to know of it first. NDJSON has all of it always.
 */
struct firmware_ask {
	bool details;
	bool brief; /* in a report of everything: one line of a part that has many */
	const char *which; /* one of its tables: a type, a signature; NULL for all */
};

struct firmware_part {
	const char *name; /* operand of the command, and the NDJSON items' prefix */
	const char *title; /* "PCI IRQ routing": for the list of what is not here */
	/* False: it could not be had, and why; "there is none here" is ERR_UNSUPPORTED. */
	bool (*show)(struct context *c, const struct firmware_ask *ask, struct err *e);
};

struct firmware;

/* False: "there is no MP table", or that nobody could look. */
bool firmware_none(const struct firmware *f, const char *what, struct err *e);

struct acpilist_table;

/* By which routes a table was had: "memory, /sys: the same", "memory not had, /sys". */
void firmware_ways(const struct acpilist_table *table, char *buf, size_t size);

struct smbios;
struct dimm;

/* "DIMM0", or "slot" without a locator; and "16 GiB DDR4 3200 MT/s Maker Part serial 1", or "empty". */
void firmware_slot(const struct smbios *smbios, const struct dimm *dimm, char *name, size_t name_size, char *text,
		   size_t text_size);

extern const struct firmware_part fw_smbios, fw_acpi, fw_mp, fw_pir, fw_efi, fw_coreboot;

#endif

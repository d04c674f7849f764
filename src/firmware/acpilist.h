/* ACPI: every RSDP there is, and the tables it leads to, by memory and by /sys. */
/* Finds and reads; decode/acpi.h says what is in them. */
#ifndef FIRMWARE_ACPILIST_H
#define FIRMWARE_ACPILIST_H

#include "firmware/found.h"

#define ACPI_RSDPS_MAX 4
#define ACPI_TABLES_MAX 192

struct acpilist_table {
	char name[12]; /* as /sys has it: "APIC", "SSDT2"; RSDT and XSDT are not there */
	char signature[5]; /* any byte: goes through CELL_TEXT; "" when no byte of it was had */
	uint8_t from; /* who points at it: one bit each, ACPI_FROM_... */
	struct found memory, sys;
};

enum {
	ACPI_FROM_RSDP = 1 << 0,
	ACPI_FROM_RSDT = 1 << 1,
	ACPI_FROM_XSDT = 1 << 2,
	ACPI_FROM_FADT = 1 << 3,
};

struct acpilist {
	size_t rsdps_len;
	struct found rsdps[ACPI_RSDPS_MAX]; /* scan, EFI, boot_params */
	const struct found *rsdp; /* the one that was followed; NULL: none by memory */
	size_t len, dropped; /* dropped: there was no room */
	struct acpilist_table tables[ACPI_TABLES_MAX]; /* RSDT, XSDT, then in their order; those only in /sys last */
};

struct firmware;

void acpilist_gather(struct acpilist *ret, struct firmware *f);
void acpilist_deinit(struct acpilist *a);
/* The bytes to decode: by memory, which tells addresses, or else by /sys. Empty: neither was had. */
const struct view *acpilist_bytes(const struct acpilist_table *t);
/* Does the system write there while it runs? FACS has the global lock and the waking vector (ACPI 6.5, 5.2.10). */
bool acpilist_changes(const struct acpilist_table *t);
/* The first table of that signature, or NULL. */
const struct acpilist_table *acpilist_find(const struct acpilist *a, const char *signature);

#endif

/* ACPI's root: the RSDP, the header every table begins with, and the addresses that lead from table to table. */
/* What the tables say is acpitables.c's. Nothing is followed: addresses come out, the caller reads there. */
#ifndef DECODE_ACPI_H
#define DECODE_ACPI_H

#include "decode/sum.h"

/* ACPI 6.5: 5.2.5.3, 5.2.6. */
#define ACPI_RSDP_LEN 36 /* as many bytes as acpi_rsdp() may need; 20 before revision 2 */
#define ACPI_HEADER_LEN 36

struct acpi_rsdp {
	uint8_t revision; /* 0: ACPI 1.0, 2: since ACPI 2.0 */
	uint32_t len;	  /* 20, and what it says itself from revision 2 on */
	char oem_id[7];	  /* as it stands there */
	enum sum sum;	  /* of the first 20 bytes */
	enum sum extended; /* of all of it: from revision 2 on, else SUM_UNKNOWN */
	uint64_t rsdt, xsdt; /* physical addresses, 0 for none; xsdt is to be preferred */
};

/* v begins with "RSD PTR ": else false, and when 20 bytes are not there. What is behind len is not looked at. */
bool acpi_rsdp(const struct view *v, struct acpi_rsdp *ret_rsdp);
/* Both sums in one verdict. */
enum sum acpi_rsdp_sum(const struct view *v);

struct acpi_header {
	char signature[5]; /* bytes of the firmware: for report's cells only */
	uint32_t len;	   /* as it says; at least ACPI_HEADER_LEN (64 for FACS), or the table is refused */
	uint8_t revision;
	char oem_id[7], oem_table_id[9];
	uint32_t oem_revision;
	char creator_id[5];
	uint32_t creator_revision;
	enum sum sum; /* of len bytes; SUM_UNKNOWN when v has fewer; FACS has none */
};

/*
 * v begins with the table, and may go on behind it. False when ACPI_HEADER_LEN bytes are not there, or the length is
 * shorter than that. FACS has signature, length and, elsewhere, a version (5.2.10): the rest is 0 then.
 */
bool acpi_header(const struct view *v, struct acpi_header *ret_header);

/*
 * The tables that an RSDT or XSDT lists, by its signature: 4 or 8 bytes each. v is the table, header and all; counted
 * is what lies in v and within the length of the header, entries that are cut off are not. Entries may be 0, lead
 * anywhere, and lead back.
 */
size_t acpi_entries_len(const struct view *v);
uint64_t acpi_entry(const struct view *v, size_t number);

/* What a FADT ("FACP") points to, 0 for nothing: two addresses each, that ought to be the same (5.2.9). */
struct acpi_pointers {
	uint32_t facs, dsdt;
	uint64_t x_facs, x_dsdt; /* preferred when not 0 */
};

void acpi_fadt_pointers(const struct view *v, struct acpi_pointers *ret_pointers);

#endif

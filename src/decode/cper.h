/* Hardware errors as the firmware recorded them: ACPI's generic error status blocks, UEFI's sections in them. */
/* The region that BERT names holds some; finding it is for the caller. */
#ifndef DECODE_CPER_H
#define DECODE_CPER_H

#include "decode/acpitable.h"

/* What the first record is, for a line: answer first. */
struct cper_error {
	/*
	 * Its status is 0, but a record is there: Linux prints what BERT leads to and then clears the status
	 * (drivers/acpi/apei/bert.c, bert_print_all(), since 4.3).
	 */
	bool cleared;
	const char *severity;		/* "recoverable", "fatal", "corrected", "none" */
	char what[ACPI_PART_NAME_MAX];	/* "memory error"; "error of an unknown kind" */
	bool has_phys;
	uint64_t phys; /* of the memory that failed */
	bool has_handle;
	uint16_t handle; /* of the memory device in SMBIOS that failed (type 17) */
	size_t entries;	 /* in the first block */
};

/* False: no error is recorded there, or v is too short to hold one. */
bool cper_first(const struct view *v, struct cper_error *ret_error);
/*
 * Every block of v, as acpi_decode() does it: a part for a block, one for each error in it, then its raw data. A field
 * that the record itself calls not valid is left out. Ends at a block that cper_first() would not accept, or with
 * a bad part.
 */
void cper_decode(const struct view *v, const struct acpi_sink *to);

#endif

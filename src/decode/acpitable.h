/* What an ACPI table says: its fields, and those of the structures in it. */
/* Finds no table and follows no address; the root's structures are acpi.h's. */
#ifndef DECODE_ACPITABLE_H
#define DECODE_ACPITABLE_H

#include "base/view.h"
#include "decode/sink.h"

#define ACPI_PART_NAME_MAX 32

/* A table, or one of the structures in it: what the facts that follow belong to. */
struct acpi_part {
	char name[ACPI_PART_NAME_MAX]; /* "local APIC"; empty: the kind is not known */
	unsigned int depth;	       /* 0: the table, 1: a structure in it, 2: one in that */
	uint32_t type;		       /* of a structure: its number, 0 where they have none */
	size_t head;		       /* its first bytes are type and length: what they say is here already */
	uint64_t len;		       /* as it says */
	/*
	 * len cannot be: less than the head, more than there is, or not to be told, for the kind is not known. The
	 * walk ends here; v is all that was left, and the one fact that follows has its bytes.
	 */
	bool bad;
	struct view v;
};

struct acpi_sink {
	void (*part)(void *arg, const struct acpi_part *part);
	struct sink facts;
	void *arg; /* for part; facts has its own */
};

/*
 * The kinds that are decoded: name of the table of that signature ("CPUs, interrupts"), or NULL when only
 * its header is known. It ends at the first '>' or 0.
 */
const char *acpi_table_name(const char *signature);
/*
 * All of v, which acpi_header() has accepted and the caller has cut at the table's length: a part, then its facts, then the parts
 * in it. A fact for every field but a reserved one that is 0; bytes that nothing is known of are facts "unknown". A table
 * that is not known: the header's, then "unknown".
 */
void acpi_decode(const struct view *v, const struct acpi_sink *to);

#endif

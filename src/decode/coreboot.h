/* coreboot's table: its header, its records, and what two of them lead to, timestamps and the console's log. */
/* Follows no pointer, the one to another such table included: the caller does, and counts. */
#ifndef DECODE_COREBOOT_H
#define DECODE_COREBOOT_H

#include "base/num.h"
#include "decode/record.h"
#include "decode/sum.h"

/*
 * coreboot, src/commonlib/include/commonlib/coreboot_tables.h, release 4.20. A table lies at 0 or 0xf0000, often one
 * that only leads on:
 *
 *	0 "LBIO"  4 bytes of the header  8 sum of it  12 bytes of the records  16 sum of them  20 how many
 */
#define COREBOOT_HEADER_LEN 24
#define COREBOOT_MAX 65536u /* more than any table has: they grow by a few bytes a device */

struct coreboot {
	uint32_t header_len;
	uint32_t len;	/* of header and records, at most COREBOOT_MAX */
	uint32_t count; /* of records */
	enum sum sum, records_sum;
	uint64_t forward, stamps, console; /* physical, where a record says so, else 0 */
};

/* Types of records that others ask for. */
enum {
	COREBOOT_RANGE = 0x1, /* an element of it is one piece of the memory map */
	COREBOOT_BOARD = 0x3,
	COREBOOT_VERSION = 0x4,
};

/* v begins with "LBIO", else false. What v does not reach is not looked for, and its sum is SUM_UNKNOWN. */
bool coreboot_table(const struct view *v, struct coreboot *ret_table);
/* One's complement sum of 16-bit words: coreboot's, with the sum itself in its place. */
enum sum coreboot_sum(const struct view *v, size_t len);

/* The header, then the records. Of the memory map each piece is a record. */
record_next_fn coreboot_next;

/* A piece of the memory map: start, size, 64 bits each, and of which type. */
#define COREBOOT_RANGE_LEN 20
#define COREBOOT_RAM 1

/* Timestamps: 16 bytes, and 12 for each. */
#define COREBOOT_STAMPS_LEN 16
struct coreboot_stamp {
	uint32_t id;
	const char *name; /* NULL: not a known one */
	uint64_t ticks;	  /* since power-on */
	uint64_t us;	  /* the same in microseconds; 0 when the table does not tell how long a tick is */
};

/* How many there are, by their header; how many of them v has is another matter. */
uint32_t coreboot_stamps_len(const struct view *v);
bool coreboot_stamp(const struct view *v, uint32_t number, struct coreboot_stamp *ret_stamp);

/*
 * The log of coreboot's console, v with its header of 8 bytes: two pieces of text, of which the second may be empty;
 * the first is the older one. *ret_lost: what was written first has been overwritten.
 */
#define COREBOOT_CONSOLE_LEN 8
void coreboot_console(const struct view *v, struct view ret_text[2], bool *ret_lost);

#endif

/* The MP configuration table: header, processors, buses, I/O APICs, interrupts, extended entries. */
/* The floating pointer that leads to it is one of decode/biostable.h's. */
#ifndef DECODE_MP_H
#define DECODE_MP_H

#include "decode/record.h"
#include "decode/sum.h"

#define MP_HEADER_LEN 44

/* The header, in what it takes to read the table and to judge it. */
struct mp_table {
	uint32_t len;	  /* bytes of all */
	uint16_t base_len; /* of header and base entries; the extended ones follow */
	uint16_t count;	  /* of base entries */
	enum sum sum, extended_sum; /* of the two parts; the second is SUM_UNKNOWN when there is none */
};

/* v begins with "PCMP", else false, and when MP_HEADER_LEN bytes are not there. */
bool mp_table(const struct view *v, struct mp_table *ret_table);

/* The header, then the entries: base entries first, those have a type below MP_EXTENDED. The table goes on to its len. */
record_next_fn mp_next;
#define MP_EXTENDED 128

#endif

/* Bytes as hex: 16 a line with their characters, equal lines folded; objects in NDJSON. */
/* Knows addresses only as numbers to print. */
#ifndef REPORT_HEXDUMP_H
#define REPORT_HEXDUMP_H

#include "report/report.h"

#define HEXDUMP_LINE 16u
#define HEXDUMP_OBJECT 256u /* bytes an NDJSON object shows */

/* Starts as { .report = report }. */
struct hexdump {
	struct report *report;
	uint64_t next;	       /* address behind the last line */
	bool foldable, folded; /* the last line was a whole one; and was folded */
	uint8_t last[HEXDUMP_LINE];
};

/*
 * Text: "00000400: f8 03 ...  |....|", lines ending at multiples of 16; "*" for any number of
 * lines equal to the one before. NDJSON: {"item":"bytes","phys":"0x400","hex":"f803..."}.
 */
void hexdump_put(struct hexdump *h, uint64_t phys, const uint8_t *bytes, size_t len);
/* The bytes that follow do not join: if lines were folded, says the address behind them. */
void hexdump_end(struct hexdump *h);

#endif

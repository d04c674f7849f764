/* The records of a table, shown: what a decoder's walk gives, a line each. */
/* Knows no table. */
#ifndef CMD_RECORDS_H
#define CMD_RECORDS_H

#include "decode/record.h"
#include "decode/sum.h"
#include "report/report.h"

/*
 * Text: "  name  field meaning; field meaning", wrapped. NDJSON: an object a fact, as facts_put() has it; item is
 * theirs, their "table" is the record's name, their "at" where it begins.
 */
void records_show(struct report *r, const char *item, const struct view *table, record_next_fn *next);
/* NDJSON only: {"item":item,"phys":...,"checksum":...}. */
void records_head(struct report *r, const char *item, uint64_t phys, enum sum sum);
void record_show(struct report *r, const char *item, const struct record *record);

#endif

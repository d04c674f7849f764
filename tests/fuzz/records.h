/* For fuzz targets of decoders that are a record_next_fn: a whole walk, with what holds for every record and fact. */
#ifndef RECORDS_H
#define RECORDS_H

#include "machine.h"

#include "decode/fields.h"
#include "decode/record.h"

#include <string.h>

static inline void records_put(void *arg, const struct fact *fact)
{
	const struct view *v = arg;

	MUST(memchr(fact->text, 0, sizeof(fact->text)) && memchr(fact->name, 0, sizeof(fact->name)));
	MUST(fact->phys >= v->phys && fact->phys - v->phys <= v->len && fact->width <= v->len - (fact->phys - v->phys));
}

/* Records lie behind one another in the table: none is given twice, and the walk ends. */
static inline void records_walk(record_next_fn *next, const uint8_t *data, size_t size)
{
	struct record_walk w = { .table = { data, size, 0x100000 } };
	uint64_t behind = w.table.phys;
	struct record r;

	while (next(&w, &r)) {
		struct sink sink = { records_put, &r.bytes };

		MUST(r.name && r.rows && r.bytes.phys >= behind);
		behind = r.bytes.phys + r.bytes.len;
		MUST(behind <= w.table.phys + size && w.pos <= size);
		fields_decode(r.rows, &r.bytes, &(struct fields){ .sink = &sink, .say = r.say, .arg = r.arg });
	}
}

#endif

/* A walk over a table as text: a line a record, "name: field text; field text". */
/* For the tests of decoders that are a record_next_fn. */
#ifndef RECORDS_H
#define RECORDS_H

#include "unit.h"

#include "decode/fields.h"
#include "decode/record.h"

#define RECORDS_TEXT_MAX 8192

struct records_text {
	char text[RECORDS_TEXT_MAX];
	size_t used, facts;
};

static inline void records_put(void *arg, const struct fact *fact)
{
	struct records_text *t = arg;

	t->used += (size_t)snprintf(t->text + t->used, sizeof(t->text) - t->used, "%s %s %s",
				    t->facts++ ? ";" : "", fact->name, fact->text);
}

/* Walks over a copy of exactly len bytes at 0x1000. Fails when a record lies outside, or before the one behind it. */
static inline void records_walk(record_next_fn *next, const void *bytes, size_t len, struct records_text *t)
{
	uint8_t *exact = unit_copy(bytes, len);
	struct record_walk w = { .table = { exact, len, 0x1000 } };
	struct sink sink = { records_put, t };
	uint64_t behind = 0x1000;
	struct record r;

	memset(t, 0, sizeof(*t));
	while (next(&w, &r)) {
		CHECK(r.name, r.bytes.phys >= behind && r.bytes.phys + r.bytes.len <= 0x1000 + len);
		behind = r.bytes.phys + r.bytes.len;
		t->used += (size_t)snprintf(t->text + t->used, sizeof(t->text) - t->used, "%s:", r.name);
		t->facts = 0;
		fields_decode(r.rows, &r.bytes, &(struct fields){ .sink = &sink, .say = r.say, .arg = r.arg });
		t->used += (size_t)snprintf(t->text + t->used, sizeof(t->text) - t->used, "\n");
	}
	free(exact);
}

#endif

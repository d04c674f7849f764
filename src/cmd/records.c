/* The records of a table, shown. */
/* Text of the firmware goes through report's cells and flows alone, which make control bytes visible. */
#include "cmd/records.h"

#include "base/fmt.h"
#include "cmd/facts.h"
#include "decode/fields.h"
#include "report/flow.h"

#define INDENT 18

struct shown {
	struct facts_shown facts;
	struct flow flow;
};

static void put(void *arg, const struct fact *fact)
{
	struct shown *s = arg;

	if (s->facts.report->format == REPORT_NDJSON) {
		facts_put(&s->facts, fact);
		return;
	}
	flow_add(&s->flow, "; ", "%s", fact->name);
	flow_words(&s->flow, fact->text);
}

void records_head(struct report *r, const char *item, uint64_t phys, enum sum sum)
{
	report_json(r, item,
		    (const struct field[]){ { "phys", NULL, HEX_CELL(phys) },
					    { "checksum", NULL, TEXT_CELL(sum_name(sum)) } },
		    2);
}

void record_show(struct report *r, const char *item, const struct record *record)
{
	struct shown s = { .facts = { r, item, record->name, record->bytes.phys } };
	struct sink sink = { put, &s };
	char label[32];

	fmt(label, sizeof(label), "  %s", record->name);
	flow_init(&s.flow, r, INDENT, label);
	fields_decode(record->rows, &record->bytes,
		      &(struct fields){ .sink = &sink, .say = record->say, .arg = record->arg });
	flow_end(&s.flow);
}

void records_show(struct report *r, const char *item, const struct view *table, record_next_fn *next)
{
	struct record_walk walk = { .table = *table };
	struct record record;

	while (next(&walk, &record))
		record_show(r, item, &record);
}

/* The records of a table, shown. */
/* Text of the firmware goes through report's cells and flows alone, which make control bytes visible. */
#include "cmd/records.h"

#include "base/fmt.h"
#include "base/num.h"
#include "cmd/facts.h"
#include "decode/fields.h"
#include "report/flow.h"

#define INDENT 17
#define SHORT 36

struct shown {
	struct facts_shown facts;
	struct flow flow;
};

/* Told elsewhere, or of no use to a person. */
static bool is_noise(const struct fact *fact)
{
	static const char noise[][10] = { "signature", "checksum", "length" };

	for (size_t i = 0; i < ARRAY_LEN(noise); i++)
		if (!strcmp(fact->key, noise[i]))
			return true;
	return false;
}

static void put(void *arg, const struct fact *fact)
{
	struct shown *s = arg;

	if (s->facts.report->format == REPORT_NDJSON) {
		facts_put(&s->facts, fact);
		return;
	}
	if (is_noise(fact))
		return;
	/* What is short is not broken. */
	if (strlen(fact->text) <= SHORT) {
		flow_add(&s->flow, "; ", "%s %s", fact->name, fact->text);
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

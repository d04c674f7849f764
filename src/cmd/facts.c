/* What a decoder found, shown. */
/* Text of the firmware goes through report's cells and flows alone, which make control bytes visible. */
#include "cmd/facts.h"

#include "base/fmt.h"
#include "base/num.h"
#include "report/flow.h"

void facts_put(void *arg, const struct fact *fact)
{
	const struct facts_shown *s = arg;
	const struct field fields[] = {
		{ "table", NULL, TEXT_CELL(s->table) },
		{ "at", NULL, HEX_CELL(s->phys) },
		{ "field", NULL, TEXT_CELL(fact->key) },
		{ "phys", NULL, HEX_CELL(fact->phys) },
		{ "bytes", NULL, UINT_CELL(fact->width) },
		{ "value", NULL, fact->width <= 8 ? HEX_CELL(fact->value) : NO_CELL },
		{ "meaning", NULL, TEXT_CELL(fact->text) },
	};
	char label[FACT_NAME_MAX + 2];
	struct flow flow;

	report_json(s->report, s->item, fields, ARRAY_LEN(fields));
	fmt(label, sizeof(label), "  %s", fact->name);
	flow_init(&flow, s->report, 26, label);
	flow_words(&flow, fact->text);
	flow_end(&flow);
}

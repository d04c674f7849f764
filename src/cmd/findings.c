/* The findings of a command: the last thing it says. */
/* Finds nothing itself: whoever does adds to the context's list. */
#include "base/fmt.h"
#include "cmd/cmd.h"
#include "report/flow.h"

#include <inttypes.h>

static void show_one(struct report *r, const struct finding *f)
{
	const struct finding_row *row = &finding_rows[f->kind];
	bool somewhere = f->where.end > f->where.start;
	const struct field fields[] = {
		{ "severity", NULL, TEXT_CELL(severity_name(row->severity)) },
		{ "name", NULL, TEXT_CELL(row->name) },
		{ "what", NULL, TEXT_CELL(row->what) },
		{ "start", NULL, somewhere ? HEX_CELL(f->where.start) : NO_CELL },
		{ "end", NULL, somewhere ? HEX_CELL(f->where.end) : NO_CELL },
		{ "evidence", NULL, TEXT_CELL(f->evidence) },
		{ "remedy", NULL, TEXT_CELL(row->remedy) },
	};
	struct flow flow;

	report_json(r, "finding", fields, ARRAY_LEN(fields));
	flow_init(&flow, r, 9, severity_name(row->severity));
	if (somewhere)
		flow_add(&flow, "", "%#" PRIx64 "-%#" PRIx64 ":", f->where.start, f->where.end - 1);
	flow_words(&flow, row->what);
	flow_end(&flow);
	flow_text(r, 9, "%9s%s", "", f->evidence);
	flow_text(r, 9, "%9stry: %s", "", row->remedy);
}

bool findings_section(struct context *c, struct err *e)
{
	struct findings *f = &c->findings;
	size_t grave = findings_count(f, SEVERITY_WARNING);

	if (!f->len)
		return true;
	report_section(c->report, "findings");
	/* The gravest first. */
	for (unsigned int severity = SEVERITY_ERROR + 1; severity-- > SEVERITY_NOTE;)
		for (size_t i = 0; i < f->len; i++)
			if (finding_rows[f->list[i].kind].severity == severity)
				show_one(c->report, &f->list[i]);
	if (f->dropped)
		report_note(c->report, "%zu more findings not shown", f->dropped);
	f->len = 0;
	return !grave || err_set(e, ERR_FINDINGS, "%zu findings", grave);
}

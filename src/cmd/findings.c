/* The findings of a command: the last thing it says. */
/* Finds nothing itself: whoever does adds to the context's list. */
#include "base/fmt.h"
#include "cmd/cmd.h"
#include "report/flow.h"

#include <inttypes.h>
#include <string.h>

#define INDENT 9

static void say(struct report *r, const char *label, const char *before, const char *text)
{
	struct flow flow;

	flow_init(&flow, r, INDENT, label);
	flow_words(&flow, before);
	flow_words(&flow, text);
	flow_end(&flow);
}

static void show_one(struct report *r, const struct finding *f)
{
	const struct finding_row row = finding_row(f->kind);
	bool somewhere = f->where.end > f->where.start;
	const struct field fields[] = {
		{ "severity", NULL, TEXT_CELL(severity_name(row.severity)) },
		{ "name", NULL, TEXT_CELL(row.name) },
		{ "what", NULL, TEXT_CELL(row.what) },
		{ "start", NULL, somewhere ? HEX_CELL(f->where.start) : NO_CELL },
		{ "end", NULL, somewhere ? HEX_CELL(f->where.end) : NO_CELL },
		{ "evidence", NULL, TEXT_CELL(f->evidence) },
		{ "remedy", NULL, TEXT_CELL(row.remedy) },
	};
	char where[48] = "";

	report_json(r, "finding", fields, ARRAY_LEN(fields));
	if (somewhere)
		fmt(where, sizeof(where), f->where.end - f->where.start == 1 ? "%#" PRIx64 ":" : "%#" PRIx64 "-%#" PRIx64 ":",
		    f->where.start, f->where.end - 1);
	say(r, "", where, f->evidence);
}

/* What they are and what to do once, between them a line each. */
static void show_kind(struct report *r, const struct findings *f, enum finding_kind kind)
{
	const struct finding_row row = finding_row(kind);
	char more[64];
	const struct field note[] = { { "text", NULL, TEXT_CELL(more) } };
	bool any = false;

	for (size_t i = 0; i < f->len; i++) {
		if (f->list[i].kind != kind)
			continue;
		if (!any)
			say(r, severity_name(row.severity), "", row.what);
		any = true;
		show_one(r, &f->list[i]);
	}
	if (f->more[kind]) {
		fmt(more, sizeof(more), "and %zu more of %s", f->more[kind], row.name);
		report_json(r, "note", note, 1);
		say(r, "", "", more);
	}
	if (any)
		say(r, "", "try:", row.remedy);
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
		for (unsigned int kind = 0; kind < FINDING_LEN; kind++)
			if (finding_row(kind).severity == severity)
				show_kind(c->report, f, kind);
	memset(f, 0, sizeof(*f));
	return !grave || err_set(e, ERR_FINDINGS, "%zu findings", grave);
}

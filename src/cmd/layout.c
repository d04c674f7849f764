/* How sure the layout of struct page is: a line, and a row for each invariant. */
/* Judges nothing: census/proof.c does. */
#include "cmd/cmd.h"

#include "base/fmt.h"

#include <inttypes.h>

static const struct column columns[] = {
	{ "name", "invariant", -9 },
	{ "agree", "agree", 8 },
	{ "contradict", "not", 5 },
	{ "verdict", NULL, 0 },
	{ "pfn", NULL, 0 },
	{ "words", NULL, 0 },
	{ "looks_at", "what it looks at", -1 },
};

static const char *verdict(const struct tally *f)
{
	return f->contradict ? "contradicts" : f->agree ? "agrees" : "nothing seen";
}

static void show_invariants(struct context *c)
{
	report_table(c->report, "invariant", columns, ARRAY_LEN(columns));
	for (unsigned int i = 0; i < INVARIANT_LEN; i++) {
		const struct tally *f = &c->proof.findings[i];
		const struct cell cells[] = {
			TEXT_CELL(invariant_name(i)),
			UINT_CELL(f->agree),
			UINT_CELL(f->contradict),
			TEXT_CELL(verdict(f)),
			f->contradict ? HEX_CELL(f->pfn) : NO_CELL,
			f->contradict ? TEXT_CELL(f->words) : NO_CELL,
			TEXT_CELL(invariant_looks_at(i)),
		};

		report_row(c->report, cells);
		if (f->contradict)
			findings_add(&c->findings, FINDING_LAYOUT, range_of_pages(f->pfn, 1),
				     "invariant %s: %" PRIu64 " struct pages; pfn %#" PRIx64 " has %s",
				     invariant_name(i), f->contradict, f->pfn, f->words);
	}
}

/* What kept a layout that nothing contradicts from being proven. */
static void tell_missing(const struct context *c, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i < INVARIANT_LEN; i++)
		if (invariant_needed(i) && !c->proof.findings[i].agree)
			fmt_append(text, size, &used, "%s%s", used ? " " : "", invariant_name(i));
}

static void show_line(struct context *c, const char *missing)
{
	const struct proof *p = &c->proof;
	const char *confidence = proof_confidence_name(p->confidence);
	const struct field fields[] = {
		{ "confidence", NULL, TEXT_CELL(confidence) },
		{ "invariants", NULL, UINT_CELL(p->held) },
		{ "pages", NULL, UINT_CELL(p->pages) },
		{ "not_seen", NULL, *missing ? TEXT_CELL(missing) : NO_CELL },
	};

	report_json(c->report, "layout", fields, ARRAY_LEN(fields));
	report_text(c->report, "layout %s: VMCOREINFO%s, %u invariants hold on %" PRIu64 " pages%s",
		    confidence, c->kernel.layout.has_btf ? " and BTF agree" : "", p->held, p->pages,
		    p->confidence == CONFIDENCE_UNKNOWN ? ", not all" : "");
	if (*missing)
		report_text(c->report, "  nothing seen to prove it by: %s", missing);
}

void layout_show(struct context *c)
{
	char missing[80];

	if (!c->has_proof)
		return;
	tell_missing(c, missing, sizeof(missing));
	show_line(c, missing);
	if (c->verbose || c->proof.confidence == CONFIDENCE_UNKNOWN)
		show_invariants(c);
}

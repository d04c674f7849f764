/* ramscope check: struct pages against what else the kernel knows of its pages. */
/* Runs the three comparisons of census/ and shows the sum and the first; checkcounts.c the others. */
#include "cmd/check.h"

#include "base/alloc.h"
#include "base/fmt.h"
#include "census/kpageflags.h"
#include "census/oracle.h"

#include <inttypes.h>

#include <errno.h>
#include <string.h>

#define LOOKS 5 /* what is gone when looked at again was drift */

static void show_underivable(struct context *c)
{
	static const struct column columns[] = {
		{ "bit", "bit", 3 },
		{ "name", "not compared", -14 },
		{ "reason", "because", -1 },
	};

	report_table(c->report, "not_compared", columns, ARRAY_LEN(columns));
	for (unsigned int bit = 0; bit < KPF_LEN; bit++) {
		const char *reason = oracle_bit_reason(&c->kernel.layout, bit);
		const struct cell cells[] = { UINT_CELL(bit), TEXT_CELL(oracle_bit_name(bit)),
					      TEXT_CELL(reason) };

		if (reason && strncmp(oracle_bit_name(bit), "bit", 3))
			report_row(c->report, cells);
	}
}

static void show_disagreements(struct context *c, const struct compare_totals *t)
{
	static const struct column columns[] = {
		{ "pfn", "pfn", 11 },	    { "what", "what", -8 },
		{ "ours", "struct page", 18 }, { "told", "kernel says", 18 },
		{ "names", "differing", -1 },
	};

	if (!t->shown_len)
		return;
	findings_add(&c->findings, FINDING_FLAGS, range_of_pages(t->shown[0].pfn, 1),
		     "%" PRIu64 " of %" PRIu64 " pages, this one first: flags of %" PRIu64 ", mapcount of %"
		     PRIu64 ", kind of %" PRIu64, compare_differences(t), t->compared,
		     t->differ[COMPARE_FLAGS], t->differ[COMPARE_MAPCOUNT], t->differ[COMPARE_KIND]);
	report_table(c->report, "disagreement", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < t->shown_len; i++) {
		const struct compare_difference *d = &t->shown[i];
		char names[128] = "";
		size_t n = 0;
		const struct cell cells[] = {
			HEX_CELL(d->pfn), TEXT_CELL(compare_name(d->what)),
			d->what == COMPARE_KIND ? TEXT_CELL(kind_name((unsigned int)d->ours))
					     : HEX_CELL(d->ours),
			HEX_CELL(d->told), TEXT_CELL(names),
		};

		for (unsigned int bit = 0; d->what == COMPARE_FLAGS && bit < KPF_LEN; bit++)
			if ((d->ours ^ d->told) >> bit & 1)
				fmt_append(names, sizeof(names), &n, "%s%s", n ? " " : "",
					   oracle_bit_name(bit));
		report_row(c->report, cells);
	}
}

void check_heading(const struct check *k, const struct check_way *way, const char *against)
{
	report_text(k->c->report, "%s", "");
	report_text(k->c->report, "against %s: %s", against,
		    way->why_not.kind != ERR_NONE ? "not compared"
		    : way->disagreements	  ? "DISAGREE"
		    : way->whole		  ? "agree"
						  : "agree as far as compared");
	if (way->why_not.kind != ERR_NONE)
		report_error(k->c->report, &way->why_not);
}

void check_show_pages(const struct check *k)
{
	const struct compare_totals *t = &k->totals;
	struct report *r = k->c->report;

	check_heading(k, &k->pages, "kpageflags and kpagecount");
	if (k->pages.why_not.kind != ERR_NONE)
		return;
	report_text(r, "%" PRIu64 " struct pages: %" PRIu64 " compared, %" PRIu64
		    " changed meanwhile; %" PRIu64 " pfns have none",
		    t->compared + t->changed + t->unread, t->compared, t->changed, t->holes);
	if (t->unread)
		report_text(r, "%" PRIu64 " could not be read", t->unread);
	show_disagreements(k->c, t);
	show_underivable(k->c);
}

static void show_sum(const struct check *k, uint64_t bad, bool whole)
{
	const struct compare_totals *t = &k->totals;
	bool pages = k->pages.asked && k->pages.why_not.kind == ERR_NONE;
	bool files = k->files.asked && k->files.why_not.kind == ERR_NONE;
	bool lists = k->lists.why_not.kind == ERR_NONE;
#define PAGES_CELL(n) (pages ? UINT_CELL(n) : NO_CELL)
	const struct field fields[] = {
		{ "disagreements", NULL, UINT_CELL(bad) },
		{ "whole", NULL, BOOL_CELL(whole) },
		{ "pages", NULL, PAGES_CELL(t->compared + t->changed + t->unread) },
		{ "compared", NULL, PAGES_CELL(t->compared) },
		{ "changed", NULL, PAGES_CELL(t->changed) },
		{ "unread", NULL, PAGES_CELL(t->unread) },
		{ "holes", NULL, PAGES_CELL(t->holes) },
		{ "flags", NULL, PAGES_CELL(t->differ[COMPARE_FLAGS]) },
		{ "mapcount", NULL, PAGES_CELL(t->differ[COMPARE_MAPCOUNT]) },
		{ "kind", NULL, PAGES_CELL(t->differ[COMPARE_KIND]) },
		{ "files", NULL, files ? UINT_CELL(k->files.disagreements) : NO_CELL },
		{ "lists", NULL, lists ? UINT_CELL(k->lists.disagreements) : NO_CELL },
	};
#undef PAGES_CELL

	report_note(k->c->report, bad      ? "struct pages%s and the free lists DISAGREE"
				  : !whole ? "what could be compared agrees, but not all could"
					   : "struct pages%s and the free lists agree",
		    k->pages.asked ? ", the kernel's own files" : "");
	report_json(k->c->report, "check", fields, ARRAY_LEN(fields));
}

/* A way that is not to be had here leaves the others; any other failure ends the command. */
static bool skip(struct check_way *way, struct err *e)
{
	if (e->kind != ERR_UNSUPPORTED && e->kind != ERR_KEY_MISSING)
		return false;
	way->why_not = *e;
	*e = (struct err)ERR_INIT;
	return true;
}

static bool check_pages(struct check *k, struct err *e)
{
	const struct compare_totals *t = &k->totals;

	k->pages.asked = true;
	if (!compare_pages(&k->c->kernel, &k->totals, e))
		return skip(&k->pages, e);
	k->pages.disagreements = compare_differences(t);
	k->pages.whole = t->compared && !t->unread;
	return true;
}

static bool look(struct check *k, struct err *e)
{
	const struct figures *f = &k->figures;
	const struct freelists *l = &k->freelists;

	if (k->c->mem_path)
		return freelists_look(&k->freelists, e);
	do {
		if (!figures_look(&k->figures, &k->c->kernel, &k->freelists, e))
			return false;
	} while (f->looks < LOOKS && (f->open || l->open));
	return true;
}

static bool check_counts(struct check *k, struct err *e)
{
	if (!freelists_init(&k->freelists, &k->c->kernel, e)) {
		k->files.why_not = *e;
		return skip(&k->lists, e);
	}
	if (!look(k, e))
		return false;
	k->lists.disagreements = k->freelists.findings;
	k->lists.whole = !k->freelists.blocks.unread && !freelists_sums(&k->freelists).moved;
	k->files.disagreements = k->figures.open - k->figures.moving;
	k->files.whole = !k->figures.moving;
	return true;
}

static void find_not_compared(const struct check *k)
{
	findings_add(&k->c->findings, FINDING_NOT_COMPARED, (struct range){ 0, 0 },
		     "struct pages not read: %" PRIu64 "; numbers that do not hold still: %" PRIu64
		     "; lists: %" PRIu64, k->totals.unread + k->freelists.blocks.unread,
		     k->figures.moving, freelists_sums(&k->freelists).moved);
}

static bool check(struct check *k, struct err *e)
{
	bool live = !k->c->mem_path, whole;
	uint64_t bad;

	report_section(k->c->report, "check");
	k->files.asked = live;
	if (live && (!check_pages(k, e) || !figures_init(&k->figures, e)))
		return false;
	if (!check_counts(k, e))
		return false;
	proof_make(&k->c->kernel, live ? &k->c->own : NULL, true, &k->c->proof);
	k->c->has_proof = true;
	bad = k->pages.disagreements + k->files.disagreements + k->lists.disagreements;
	whole = k->lists.whole && (!live || (k->pages.whole && k->files.whole));
	show_sum(k, bad, whole);
	layout_show(k->c);
	if (live) {
		check_show_pages(k);
		check_show_files(k);
	}
	check_show_lists(k);
	if (bad || k->c->proof.confidence == CONFIDENCE_UNKNOWN)
		return true; /* findings tell */
	if (k->pages.why_not.kind != ERR_NONE || k->lists.why_not.kind != ERR_NONE) {
		*e = k->pages.why_not.kind != ERR_NONE ? k->pages.why_not : k->lists.why_not;
		return false;
	}
	if (!whole)
		find_not_compared(k);
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct check *k;
	bool good;

	(void)argc, (void)argv;
	if (!cmd_need_kernel(c, e)) {
		/* Two columns of one source agree always: that would be no comparison. */
		if (c->mem_path || (e->kind != ERR_REFUSED && e->kind != ERR_UNSUPPORTED))
			return false;
		e->kind = ERR_UNSUPPORTED;
		return err_while(e, "nothing to compare " KPAGEFLAGS_PATH " with: struct pages");
	}
	k = alloc_zeroed(sizeof(*k));
	if (!k)
		return err_sys(e, ENOMEM, "the comparison");
	k->c = c;
	good = check(k, e);
	figures_deinit(&k->figures);
	freelists_deinit(&k->freelists);
	alloc_free(k);
	return good;
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "",
	.summary = "struct pages against kpageflags, zones' counts, free lists",
	.details = "What is gone when looked at again was drift, and does not count. With --mem, the\n"
		   "free lists in the file against its struct pages.",
	.run = run,
};

/* ramscope check: every struct page against /proc/kpageflags and /proc/kpagecount. */
/* Shows what census/compare.c finds. */
#include "base/alloc.h"
#include "base/fmt.h"
#include "census/compare.h"
#include "census/kpageflags.h"
#include "census/oracle.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <string.h>

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
	report_table(c->report, "disagreement", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < t->shown_len; i++) {
		const struct compare_difference *d = &t->shown[i];
		char names[128] = "";
		size_t n = 0;
		const struct cell cells[] = {
			HEX_CELL(d->pfn), TEXT_CELL(compare_name(d->what)),
			d->what == COMPARE_KIND ? TEXT_CELL(kind_rows[d->ours].name)
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

static bool is_whole(const struct compare_totals *t)
{
	return t->compared && !t->unread;
}

static void show(struct context *c, const struct compare_totals *t)
{
	uint64_t bad = compare_differences(t);
	bool whole = is_whole(t);
	const struct field fields[] = {
		{ "disagreements", "disagreements", UINT_CELL(bad) },
		{ "pages", "struct pages", UINT_CELL(t->compared + t->changed + t->unread) },
		{ "compared", "compared", UINT_CELL(t->compared) },
		{ "changed", "changed meanwhile", UINT_CELL(t->changed) },
		{ "unread", t->unread ? "not readable" : NULL, UINT_CELL(t->unread) },
		{ "holes", "pfns without one", UINT_CELL(t->holes) },
		{ "flags", NULL, UINT_CELL(t->differ[COMPARE_FLAGS]) },
		{ "mapcount", NULL, UINT_CELL(t->differ[COMPARE_MAPCOUNT]) },
		{ "kind", NULL, UINT_CELL(t->differ[COMPARE_KIND]) },
	};

	report_note(c->report, bad    ? "struct pages and the kernel's own files DISAGREE"
			       : !whole ? "what could be compared agrees, but not all could"
					: "struct pages and the kernel's own files agree");
	report_record(c->report, "check", fields, ARRAY_LEN(fields));
	show_disagreements(c, t);
	show_underivable(c);
}

static bool check(struct context *c, struct compare_totals *t, struct err *e)
{
	report_section(c->report, "check");
	if (!compare_pages(&c->kernel, t, e))
		return false;
	show(c, t);
	if (compare_differences(t) || !is_whole(t))
		return err_set(e, ERR_FINDINGS, "disagreements");
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct compare_totals *t;
	bool good;

	(void)argc, (void)argv;
	if (c->mem_path)
		return err_set(e, ERR_USAGE, "check asks the running kernel: not with --mem");
	if (!cmd_need_kernel(c, e)) {
		/* Two columns of one source agree always: that would be no comparison. */
		if (e->kind != ERR_REFUSED && e->kind != ERR_UNSUPPORTED)
			return false;
		e->kind = ERR_UNSUPPORTED;
		return err_while(e, "nothing to compare " KPAGEFLAGS_PATH " with: struct pages");
	}
	t = alloc_zeroed(sizeof(*t));
	if (!t)
		return err_sys(e, ENOMEM, "the comparison");
	good = check(c, t, e);
	alloc_free(t);
	return good;
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "",
	.summary = "every struct page against /proc/kpageflags and /proc/kpagecount",
	.details = "A page counts when its struct page reads the same before and after the kernel\nwas "
		   "asked; differences count when there are some on the third look too.",
	.run = run,
};

/* The tables of `ramscope map`: the sum, and the ranges with what each source says. */
/* Decides nothing: mapsources.c and physmap/ do. */
#include "base/fmt.h"
#include "cmd/map.h"

#include <inttypes.h>
#include <string.h>

#define RUNS_SHOWN 8
#define LINES_IN_REPORT 16
#define WHAT_COLUMNS 44
#define NOTE_COLUMNS 26 /* what the last column has up to 80; the command line's words have no blanks to break at */

static const struct column range_columns[] = {
	{ "start", "start", 12 },
	{ "last", "last", 12 },
	{ "bytes", "size", 9 },
};

void map_show_balance(struct context *c, const struct map_sources *s)
{
	static const struct column columns[] = {
		{ "sign", " ", -1 },
		{ "row", NULL, 0 },
		{ "what", "where the memory went", -WHAT_COLUMNS },
		{ "kib", "KiB", 12 },
	};
	const struct balance *b = &s->balance;

	report_table(c->report, "balance", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < b->len; i++) {
		const struct balance_row *row = &b->rows[i];
		const char sign[2] = { row->sign, '\0' };
		char what[512];
		const struct cell cells[] = {
			TEXT_CELL(sign), TEXT_CELL(row->name), TEXT_CELL(what), UINT_CELL(row->kib),
		};

		fmt(what, c->report->format == REPORT_TEXT ? WHAT_COLUMNS + 1 : sizeof(what), "%s%s",
		    strcmp(row->name, "firmware") ? "" : "kept by the firmware: ", row->what);
		report_row(c->report, cells);
	}
	if (b->bad)
		report_note(c->report, "there is no memory to count all of it");
	if (!s->e820 && !c->mem_path)
		report_note(c->report, "the firmware's map is not to be had: no /sys?");
}

/* Kept since boot, and by its place nobody's: the largest pieces of it. */
void map_show_rest(struct context *c, const struct map_sources *s)
{
	const struct balance *b = &s->balance;
	uint64_t longest = UINT64_MAX;

	if (!b->rest.len)
		return;
	report_text(c->report, "largest pieces of what is kept since boot, other than the above:");
	report_table(c->report, "other", range_columns, ARRAY_LEN(range_columns));
	for (unsigned int shown = 0; shown < RUNS_SHOWN && longest;) {
		uint64_t next = 0;

		for (size_t i = 0; i < b->rest.len; i++) {
			const struct range *r = &b->rest.list[i];
			uint64_t pages = r->end - r->start;
			const struct cell cells[] = {
				HEX_CELL(r->start << PAGE_SHIFT), HEX_CELL((r->end << PAGE_SHIFT) - 1),
				SIZE_CELL(pages << PAGE_SHIFT),
			};

			if (pages == longest && shown < RUNS_SHOWN) {
				report_row(c->report, cells);
				shown++;
			}
			if (pages < longest && pages > next)
				next = pages;
		}
		longest = next;
	}
}

/* Pieces that say the same, put together. */
struct line {
	struct range phys;
	const char *firmware, *efi, *kernel, *note;
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void put_line(struct context *c, const struct line *line)
{
	bool text = c->report->format == REPORT_TEXT, joined = text && line->note;
	const char *firmware = text && line->efi ? line->efi : line->firmware;
	bool agreed = text && !line->note && firmware && same(firmware, line->kernel);
	char kernel[200];
	const struct cell cells[] = {
		HEX_CELL(line->phys.start), HEX_CELL(line->phys.end - 1),
		SIZE_CELL(line->phys.end - line->phys.start), TEXT_CELL(line->efi), TEXT_CELL(firmware),
		TEXT_CELL(line->note), TEXT_CELL(joined ? kernel : agreed ? "the same" : line->kernel),
	};

	if (joined)
		fmt(kernel, sizeof(kernel), "%.80s: %.*s", line->kernel ? line->kernel : "nothing",
		    strchr(line->note, ' ') ? 100 : NOTE_COLUMNS, line->note);
	if (line->phys.end)
		report_row(c->report, cells);
}

static const char *what(const struct physmap_entry *x, bool details)
{
	return !x ? NULL : x->ram && !details ? "System RAM" : x->what;
}

/* /proc/iomem as it is, for programs. */
static void put_iomem(struct context *c, const struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];
		const struct field fields[] = {
			{ "start", NULL, HEX_CELL(r->phys.start) },
			{ "last", NULL, HEX_CELL(r->phys.end - 1) },
			{ "depth", NULL, UINT_CELL(r->depth) },
			{ "name", NULL, TEXT_CELL(r->name) },
		};

		report_json(c->report, "iomem", fields, ARRAY_LEN(fields));
	}
}

void map_show_table(struct context *c, const struct map_sources *s, bool details)
{
	static const struct column columns[] = {
		{ "start", "start", 12 },  { "last", "last", 12 },
		{ "bytes", "size", 8 },	   { "efi", NULL, 0 },
		{ "firmware", "firmware says", -13 },
		{ "difference", NULL, 0 }, { "kernel", "kernel says", -1 },
	};
	struct physmap_piece piece = { 0 };
	struct line line = { 0 };
	size_t lines = 0;

	report_table(c->report, "range", columns, ARRAY_LEN(columns));
	while (physmap_next(&s->map, &piece)) {
		enum left reason = s->e820 ? left_reason(&piece, &s->facts) : LEFT_NONE;
		const struct physmap_entry *efi = details ? piece.says[PHYSMAP_EFI] : NULL;
		struct line next = { piece.phys, what(piece.says[PHYSMAP_E820], details), efi ? efi->what : NULL,
				     what(piece.says[PHYSMAP_KERNEL], details),
				     left_text(&piece, reason) };

		if (!next.firmware && !next.kernel)
			continue;
		if (!details && !physmap_is_ram(&piece, PHYSMAP_E820) && !physmap_is_ram(&piece, PHYSMAP_KERNEL))
			continue;
		if (line.phys.end == next.phys.start && same(line.firmware, next.firmware) &&
		    same(line.efi, next.efi) && same(line.kernel, next.kernel) && same(line.note, next.note)) {
			line.phys.end = next.phys.end;
			continue;
		}
		/* A server's firmware has hundreds; those with a difference are always worth their line. */
		if (details || line.note || lines++ < LINES_IN_REPORT)
			put_line(c, &line);
		line = next;
	}
	put_line(c, &line);
	if (!details && lines > LINES_IN_REPORT)
		report_note(c->report, "%zu ranges more, all of them: ramscope map", lines - LINES_IN_REPORT);
	if (details)
		put_iomem(c, &c->kernel.iomem);
}

void map_show_segments(struct context *c)
{
	const struct guard *g = &c->mem.guard;

	report_table(c->report, "segment", range_columns, ARRAY_LEN(range_columns));
	for (size_t i = 0; i < g->len; i++) {
		const struct range *r = &g->ranges[i].phys;
		const struct cell cells[] = {
			HEX_CELL(r->start), HEX_CELL(r->end - 1), SIZE_CELL(r->end - r->start),
		};

		report_row(c->report, cells);
	}
}

/* ramscope pages: the census, its drawing, and its list of ranges. */
/* Decides what is shown; census/ does the counting. */
#include "base/fmt.h"
#include "base/alloc.h"
#include "census/census.h"
#include "census/map.h"
#include "cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

enum {
	OPT_MAP,
	OPT_LIST,
	OPT_KIND,
};

#define MAP_ROWS 20

static const struct column kind_columns[] = {
	{ "letter", " ", -1 },	   { "kind", "kind", -10 },   { "pages", "pages", 10 },
	{ "bytes", "size", 9 },	   { "percent", "%RAM", 4 },  { "meaning", "what it is", -1 },
};

/* The zones in few columns: these kinds each, the rest in groups. NDJSON has every kind. */
static const struct {
	const char *heading;
	int width;
	uint32_t kinds; /* mask of KIND_* */
} groups[] = {
	{ "free", 9, 1u << KIND_FREE | 1u << KIND_PERCPU },
	{ "user", 9, 1u << KIND_ANON | 1u << KIND_ANONHUGE | 1u << KIND_HUGETLB },
	{ "cache", 9, 1u << KIND_FILE | 1u << KIND_SHMEM },
	{ "kernel", 9, 1u << KIND_SLAB | 1u << KIND_TABLE | 1u << KIND_KERNEL | 1u << KIND_COMPOUND },
	{ "reserved", 9, 1u << KIND_RESERVED },
	{ "other", 9, 1u << KIND_OFFLINE | 1u << KIND_HWPOISON | 1u << KIND_NOTRAM |
			      1u << KIND_HOLE | 1u << KIND_UNREADABLE },
};

static uint64_t sum(const uint64_t *kinds, uint32_t mask)
{
	uint64_t pages = 0;

	for (unsigned int k = 0; k < KIND_LEN; k++)
		if (mask >> k & 1)
			pages += kinds[k];
	return pages;
}

/* Kinds of pfns with no RAM behind them. */
#define NOT_RAM (1u << KIND_NOTRAM | 1u << KIND_HOLE)

static uint64_t ram_pages(const struct census *n)
{
	return sum(n->kinds, ~NOT_RAM);
}

static const char *zone_name(const struct page_layout *l, const struct census_zone *z, char *buf,
			     size_t size)
{
	if (!z->has_zone)
		return "none";
	if (l->zone_names[z->zone])
		return l->zone_names[z->zone];
	fmt(buf, size, "zone%u", z->zone);
	return buf;
}

static void show_totals(struct context *c, const struct census *n)
{
	uint64_t scanned = n->pfn.end - n->pfn.start;
	uint64_t array = scanned - n->kinds[KIND_HOLE];
	uint64_t ram = ram_pages(n);
	const struct field fields[] = {
		{ "first_pfn", NULL, UINT_CELL(n->pfn.start) },
		{ "end_pfn", NULL, UINT_CELL(n->pfn.end) },
		{ "scanned", NULL, UINT_CELL(scanned) },
		{ "struct_pages", NULL, UINT_CELL(array) },
		{ "ram_pages", NULL, UINT_CELL(ram) },
		{ "struct_page_size", NULL, UINT_CELL(c->kernel.layout.size) },
		{ "pass_ns", NULL, UINT_CELL(n->ns) },
		{ "flags_order", NULL, TEXT_CELL(c->kernel.layout.flags_from) },
	};

	report_json(c->report, "census", fields, ARRAY_LEN(fields));
	report_text(c->report,
		    "%" PRIu64 " MiB of RAM in %" PRIu64 " pages; %" PRIu64 " pfns scanned, %" PRIu64
		    " struct pages",
		    ram >> (20 - PAGE_SHIFT), ram, scanned, array);
	if (c->verbose)
		report_text(c->report, "the pass took %" PRIu64 ".%03" PRIu64 " ms, %" PRIu64
			    " bytes a struct page", n->ns / 1000000, n->ns / 1000 % 1000,
			    (uint64_t)c->kernel.layout.size);
}

static void show_kinds(struct context *c, const struct census *n)
{
	uint64_t ram = ram_pages(n);

	report_table(c->report, "kind", kind_columns, ARRAY_LEN(kind_columns));
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		char letter[2] = { kind_rows[k].letter, '\0' };
		const struct cell cells[] = {
			TEXT_CELL(letter),
			TEXT_CELL(kind_rows[k].name),
			UINT_CELL(n->kinds[k]),
			SIZE_CELL(n->kinds[k] << PAGE_SHIFT),
			ram && !(NOT_RAM >> k & 1) ? UINT_CELL((n->kinds[k] * 100 + ram / 2) / ram)
						   : NO_CELL,
			TEXT_CELL(kind_rows[k].meaning),
		};

		if (n->kinds[k] || c->report->format == REPORT_NDJSON)
			report_row(c->report, cells);
	}
}

static void show_zone_json(struct context *c, const struct census_zone *z, const char *name)
{
	struct field fields[3 + KIND_LEN] = {
		{ "node", NULL, z->has_zone ? UINT_CELL(z->nid) : NO_CELL },
		{ "zone", NULL, TEXT_CELL(name) },
		{ "pages", NULL, UINT_CELL(sum(z->kinds, ~0u)) },
	};

	for (unsigned int k = 0; k < KIND_LEN; k++)
		fields[3 + k] = (struct field){ kind_rows[k].name, NULL, UINT_CELL(z->kinds[k]) };
	report_json(c->report, "zone", fields, ARRAY_LEN(fields));
}

static void show_zones(struct context *c, const struct census *n)
{
	char line[128], name[16];
	size_t used = fmt(line, sizeof(line), "node zone   ");

	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		fmt_append(line, sizeof(line), &used, " %*s", groups[i].width, groups[i].heading);
	report_text(c->report, "pages by zone:");
	report_text(c->report, "%s", line);
	for (size_t i = 0; i < n->zones_len; i++) {
		const struct census_zone *z = &n->zones[i];
		const char *zone = zone_name(&c->kernel.layout, z, name, sizeof(name));

		show_zone_json(c, z, zone);
		used = z->has_zone ? fmt(line, sizeof(line), "%4u %-7s", z->nid, zone)
				   : fmt(line, sizeof(line), "   - %-7s", zone);
		for (size_t j = 0; j < ARRAY_LEN(groups); j++)
			fmt_append(line, sizeof(line), &used, " %*" PRIu64, groups[j].width,
				   sum(z->kinds, groups[j].kinds));
		report_text(c->report, "%s", line);
	}
}

static void show_order_json(struct context *c, const struct census_zone *z, const char *zone,
			    unsigned int order)
{
	const struct field fields[] = {
		{ "node", NULL, UINT_CELL(z->nid) },
		{ "zone", NULL, TEXT_CELL(zone) },
		{ "order", NULL, UINT_CELL(order) },
		{ "blocks", NULL, UINT_CELL(z->free[order] >> order) },
		{ "pages", NULL, UINT_CELL(z->free[order]) },
	};

	report_json(c->report, "order", fields, ARRAY_LEN(fields));
}

static void show_orders(struct context *c, const struct census *n)
{
	const unsigned int orders = (unsigned int)c->kernel.layout.max_order;
	char line[256], name[16];
	size_t used = fmt(line, sizeof(line), "free blocks:");

	for (unsigned int o = 0; o < orders; o++)
		fmt_append(line, sizeof(line), &used, " %5u", o);
	report_text(c->report, "%s", line);
	for (size_t i = 0; i < n->zones_len; i++) {
		const struct census_zone *z = &n->zones[i];
		const char *zone = zone_name(&c->kernel.layout, z, name, sizeof(name));

		if (!z->has_zone || !z->kinds[KIND_FREE])
			continue;
		used = fmt(line, sizeof(line), "%4u %-7s", z->nid, zone);
		for (unsigned int o = 0; o < orders; o++) {
			show_order_json(c, z, zone, o);
			fmt_append(line, sizeof(line), &used, " %5" PRIu64, z->free[o] >> o);
		}
		report_text(c->report, "%s", line);
	}
}

static void show_unread(struct context *c, const struct census *n)
{
	if (!n->kinds[KIND_UNREADABLE])
		return;
	report_note(c->report, "%" PRIu64 " struct pages could not be read; the first:",
		    n->kinds[KIND_UNREADABLE]);
	report_error(c->report, &n->first);
}

bool pages_section(struct context *c, struct err *e)
{
	struct census *n = alloc_zeroed(sizeof(*n));
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	report_section(c->report, "pages");
	good = cmd_need_kernel(c, e) &&
	       census_scan(&c->kernel, census_all(&c->kernel), NULL, NULL, n, e);
	if (good) {
		show_totals(c, n);
		show_kinds(c, n);
		show_zones(c, n);
		show_orders(c, n);
		show_unread(c, n);
	}
	alloc_free(n);
	return good;
}

static void show_map_row(struct context *c, const struct map *m, size_t row)
{
	char cells[MAP_COLUMNS + 1];
	uint64_t phys = (m->pfn.start + row * MAP_COLUMNS * m->cell) << PAGE_SHIFT;
	const struct field fields[] = {
		{ "phys", NULL, HEX_CELL(phys) },
		{ "cell_pages", NULL, UINT_CELL(m->cell) },
		{ "cells", NULL, TEXT_CELL(cells) },
	};

	map_row(m, row, cells);
	report_json(c->report, "map", fields, ARRAY_LEN(fields));
	report_text(c->report, "%#12" PRIx64 " |%s|", phys, cells);
}

static bool row_is_hole(const struct map *m, size_t row)
{
	char cells[MAP_COLUMNS + 1];

	map_row(m, row, cells);
	return strspn(cells, " ") == MAP_COLUMNS;
}

static void show_legend(struct context *c, const struct census *n)
{
	char line[128];
	size_t used = 0;

	for (unsigned int k = 0; k < KIND_LEN; k++) {
		if (!n->kinds[k])
			continue;
		if (used > 60) {
			report_text(c->report, "%s", line);
			used = 0;
		}
		fmt_append(line, sizeof(line), &used, "%s'%c' %s", used ? "  " : "",
			   kind_rows[k].letter, kind_rows[k].name);
	}
	report_text(c->report, "%s", used ? line : "");
}

static bool show_map(struct context *c, struct err *e)
{
	struct range all = census_all(&c->kernel);
	struct census *n = alloc_zeroed(sizeof(*n));
	struct map m;
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	good = map_init(&m, all, MAP_ROWS, e);
	if (good) {
		good = census_scan(&c->kernel, all, map_add, &m, n, e);
		if (good) {
			report_text(c->report, "a cell is %" PRIu64 " KiB (%" PRIu64 " pages), a row "
				    "%" PRIu64 " MiB; a cell shows what most of it is",
				    m.cell << (PAGE_SHIFT - 10), m.cell,
				    m.cell * MAP_COLUMNS >> (20 - PAGE_SHIFT));
			for (size_t row = 0; row < m.rows; row++) {
				bool hole = row_is_hole(&m, row);

				if (hole && row && row_is_hole(&m, row - 1))
					continue;
				if (hole && row + 1 < m.rows && row_is_hole(&m, row + 1) &&
				    c->report->format == REPORT_TEXT)
					report_text(c->report, "%*s (no memory)", 12, "...");
				else
					show_map_row(c, &m, row);
			}
			show_legend(c, n);
		}
		map_deinit(&m);
	}
	alloc_free(n);
	return good;
}

/* Runs of one kind put together, whatever zone they are in. */
struct list {
	struct context *c;
	uint64_t pfn, pages;
	enum kind kind;
	int only; /* a kind, or -1 for all */
};

static void list_flush(struct list *l)
{
	const struct cell cells[] = {
		HEX_CELL(l->pfn), HEX_CELL(l->pfn + l->pages),
		HEX_CELL(l->pfn << PAGE_SHIFT), UINT_CELL(l->pages),
		TEXT_CELL(kind_rows[l->kind].name),
	};

	if (l->pages && (l->only < 0 || l->only == (int)l->kind))
		report_row(l->c->report, cells);
	l->pages = 0;
}

static void list_add(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct list *l = arg;

	if (l->pages && l->kind != kind)
		list_flush(l);
	if (!l->pages) {
		l->pfn = pfn;
		l->kind = kind;
	}
	l->pages += pages;
}

static bool find_kind(const char *name, int *ret_kind, struct err *e)
{
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		if (!strcmp(kind_rows[k].name, name)) {
			*ret_kind = (int)k;
			return true;
		}
	}
	err_set(e, ERR_USAGE, "no kind '%.40s'", name);
	return err_hint(e, "the names are in the list that `ramscope pages --json` gives");
}

static bool show_list(struct context *c, struct range range, int only, struct err *e)
{
	static const struct column columns[] = {
		{ "first_pfn", "first pfn", 11 }, { "end_pfn", "end pfn", 11 },
		{ "phys", "address", 14 },	  { "pages", "pages", 9 },
		{ "kind", "kind", -1 },
	};
	struct census *n = alloc_zeroed(sizeof(*n));
	struct list l = { .c = c, .only = only };
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	report_table(c->report, "range", columns, ARRAY_LEN(columns));
	good = census_scan(&c->kernel, range, list_add, &l, n, e);
	list_flush(&l);
	alloc_free(n);
	return good;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct range range = { 0, 0 };
	int only = -1;

	(void)argc, (void)argv;
	if (c->options[OPT_LIST] && !num_parse_range(c->options[OPT_LIST], 1, &range, e))
		return false;
	if (c->options[OPT_KIND] && !find_kind(c->options[OPT_KIND], &only, e))
		return false;
	if (!c->options[OPT_LIST] && !c->options[OPT_KIND] && !c->options[OPT_MAP])
		return cmd_need_kernel(c, e) && pages_section(c, e);
	if (!cmd_need_kernel(c, e))
		return false;
	report_section(c->report, "pages");
	if (c->options[OPT_MAP] && !show_map(c, e))
		return false;
	if (!c->options[OPT_LIST] && !c->options[OPT_KIND])
		return true;
	return show_list(c, c->options[OPT_LIST] ? range : census_all(&c->kernel), only, e);
}

const struct cmd cmd_pages = {
	.name = "pages",
	.args = "",
	.summary = "every page of memory by kind, zone and order",
	.options = (const struct cmd_option[]){
		[OPT_MAP] = { "map", NULL, "draw the page array, a letter for each cell" },
		[OPT_LIST] = { "list", "RANGE", "ranges of one kind within a range of pfns" },
		[OPT_KIND] = { "kind", "KIND", "ranges of this kind only" },
		{ NULL, NULL, NULL },
	},
	.details = "RANGE is FIRST-END (END not included) or FIRST+COUNT, in page frame numbers.\n"
		   "KIND is a name of the list that `ramscope pages` prints.",
	.run = run,
};

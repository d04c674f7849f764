/* ramscope pages: the census, its drawing, and its list of ranges. */
/* Decides what is shown; census/ does the counting. */
#include "base/fmt.h"
#include "base/alloc.h"
#include "census/census.h"
#include "census/kpageflags.h"
#include "census/map.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	OPT_MAP,
	OPT_LIST,
	OPT_KIND,
};

#define MAP_ROWS 20

/* Where the census comes from: struct pages, or, when told is open, what the kernel tells. */
struct source {
	struct context *c;
	struct kpageflags told; /* fd -1: not needed */
	struct err why; /* struct pages are not to be had; ERR_NONE: not asked for */
	char name[40]; /* of the source; by mem_route, with '+' between them when several served */
};

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

static bool is_told(const struct source *s)
{
	return s->told.fd >= 0;
}

static bool open_told(struct source *s, struct err *e)
{
	bool good = kpageflags_open(&s->told, KPAGEFLAGS_PATH, e) && cmd_need_map(s->c, e);

	if (good)
		s->told.guard = s->c->mem.guard;
	else
		kpageflags_close(&s->told);
	return good;
}

/* NULL with *e set when there is no census to be had; close_source() in any other case. */
static struct source *open_source(struct context *c, struct err *e)
{
	struct source *s = alloc_zeroed(sizeof(*s));
	bool only_told = !strcmp(c->method, MEM_NO_METHOD) && !c->mem_path;
	struct err second = ERR_INIT;

	if (!s) {
		err_sys(e, ENOMEM, "the census");
		return NULL;
	}
	s->c = c;
	s->told.fd = -1;
	if (!only_told && cmd_need_kernel(c, e))
		return s;
	/* Whatever stands in the way, lockdown or a kernel not known here, the file may still help. */
	if (only_told ? open_told(s, e)
		      : !c->mem_path && !strcmp(c->method, "auto") && open_told(s, &second)) {
		if (!only_told) {
			s->why = *e;
			err_while(&s->why, "struct pages");
		}
		*e = (struct err)ERR_INIT;
		return s;
	}
	alloc_free(s);
	return NULL;
}

static void close_source(struct source *s)
{
	if (s)
		kpageflags_close(&s->told);
	alloc_free(s);
}

static struct range whole(const struct source *s)
{
	return is_told(s) ? (struct range){ 0, s->told.end } : census_all(&s->c->kernel);
}

static bool scan(struct source *s, struct range range, census_run_fn *fn, void *arg,
		 struct census *ret_census, struct err *e)
{
	const struct mem *m = &s->c->mem;
	uint64_t served[MEM_ROUTES_MAX];
	size_t used = 0;

	if (is_told(s)) {
		fmt(s->name, sizeof(s->name), MEM_NO_METHOD);
		return kpageflags_scan(&s->told, range, fn, arg, ret_census, e);
	}
	memcpy(served, m->served, sizeof(served));
	if (!census_scan(&s->c->kernel, range, fn, arg, ret_census, e))
		return false;
	for (size_t i = 0; i < m->routes_len; i++)
		if (m->served[i] != served[i])
			fmt_append(s->name, sizeof(s->name), &used, "%s%s", used ? "+" : "",
				   m->routes[i]->name);
	return true;
}

/* Before anything else: that it is the lesser source, why, and what it lacks. */
static void show_source(const struct source *s)
{
	struct report *r = s->c->report;

	if (!is_told(s))
		return;
	report_note(r, "counted by " KPAGEFLAGS_PATH ": no zones, no orders of free blocks; free pages on "
		       "per-cpu lists count as kernel");
	if (s->why.kind != ERR_NONE)
		report_error(r, &s->why);
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

static void show_totals(const struct source *s, const struct census *n)
{
	struct context *c = s->c;
	uint64_t scanned = n->pfn.end - n->pfn.start;
	uint64_t array = scanned - n->kinds[KIND_HOLE];
	uint64_t ram = ram_pages(n);
	const struct field fields[] = {
		{ "first_pfn", NULL, UINT_CELL(n->pfn.start) },
		{ "end_pfn", NULL, UINT_CELL(n->pfn.end) },
		{ "scanned", NULL, UINT_CELL(scanned) },
		{ "struct_pages", NULL, UINT_CELL(array) },
		{ "ram_pages", NULL, UINT_CELL(ram) },
		{ "source", NULL, TEXT_CELL(s->name) },
		{ "struct_page_size", NULL,
		  is_told(s) ? NO_CELL : UINT_CELL(c->kernel.layout.size) },
		{ "pass_ns", NULL, UINT_CELL(n->ns) },
		{ "flags_order", NULL,
		  is_told(s) ? NO_CELL : TEXT_CELL(c->kernel.layout.flags_from) },
	};

	report_json(c->report, "census", fields, ARRAY_LEN(fields));
	report_text(c->report,
		    "%" PRIu64 " MiB of RAM in %" PRIu64 " pages; %" PRIu64 " pfns scanned, %" PRIu64
		    " struct pages",
		    ram >> (20 - PAGE_SHIFT), ram, scanned, array);
	if (c->verbose)
		report_text(c->report, "the pass took %" PRIu64 ".%03" PRIu64 " ms, %zu bytes a "
			    "%s, by %s", n->ns / 1000000, n->ns / 1000 % 1000,
			    is_told(s) ? sizeof(uint64_t) : c->kernel.layout.size,
			    is_told(s) ? "page" : "struct page", s->name);
}

static void show_kinds(const struct source *s, const struct census *n)
{
	struct context *c = s->c;
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
			TEXT_CELL(k == KIND_KERNEL && is_told(s)
					  ? "other kernel memory, per-cpu lists"
					  : kind_rows[k].meaning),
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

static void show_unread(const struct source *s, const struct census *n)
{
	if (is_told(s) && s->told.unknown)
		report_note(s->c->report, "%" PRIu64 " pages have bits of no known name, %#" PRIx64
			    " among them; they do not bear on the kind here",
			    s->told.unknown, s->told.unknown_bits);
	if (!n->kinds[KIND_UNREADABLE])
		return;
	report_note(s->c->report, "%" PRIu64 " %s could not be read; the first:",
		    n->kinds[KIND_UNREADABLE], is_told(s) ? "pages' words" : "struct pages");
	report_error(s->c->report, &n->first);
}

static bool show_census(struct source *s, struct err *e)
{
	struct census *n = alloc_zeroed(sizeof(*n));
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	good = scan(s, whole(s), NULL, NULL, n, e);
	if (good) {
		show_totals(s, n);
		show_kinds(s, n);
		if (!is_told(s)) {
			show_zones(s->c, n);
			show_orders(s->c, n);
		}
		show_unread(s, n);
	}
	alloc_free(n);
	return good;
}

bool pages_section(struct context *c, struct err *e)
{
	struct source *s;
	bool good = false;

	report_section(c->report, "pages");
	s = open_source(c, e);
	if (s) {
		show_source(s);
		good = show_census(s, e);
		c->told = good && is_told(s);
	}
	close_source(s);
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

static bool show_map(struct source *s, struct err *e)
{
	struct context *c = s->c;
	struct range all = whole(s);
	struct census *n = alloc_zeroed(sizeof(*n));
	struct map m;
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	good = map_init(&m, all, MAP_ROWS, e);
	if (good) {
		good = scan(s, all, map_add, &m, n, e);
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

static bool show_list(struct source *s, struct range range, int only, struct err *e)
{
	static const struct column columns[] = {
		{ "first_pfn", "first pfn", 11 }, { "end_pfn", "end pfn", 11 },
		{ "phys", "address", 14 },	  { "pages", "pages", 9 },
		{ "kind", "kind", -1 },
	};
	struct census *n = alloc_zeroed(sizeof(*n));
	struct list l = { .c = s->c, .only = only };
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	report_table(s->c->report, "range", columns, ARRAY_LEN(columns));
	good = scan(s, range, list_add, &l, n, e);
	list_flush(&l);
	alloc_free(n);
	return good;
}

static bool show(struct source *s, const struct range *range, int only, struct err *e)
{
	const struct context *c = s->c;
	bool list = c->options[OPT_LIST] || c->options[OPT_KIND];

	report_section(c->report, "pages");
	show_source(s);
	if (!list && !c->options[OPT_MAP])
		return show_census(s, e);
	if (c->options[OPT_MAP] && !show_map(s, e))
		return false;
	return !list || show_list(s, c->options[OPT_LIST] ? *range : whole(s), only, e);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct range range = { 0, 0 };
	struct source *s;
	int only = -1;
	bool good;

	(void)argc, (void)argv;
	if (c->options[OPT_LIST] && !num_parse_range(c->options[OPT_LIST], 1, &range, e))
		return false;
	if (c->options[OPT_KIND] && !find_kind(c->options[OPT_KIND], &only, e))
		return false;
	s = open_source(c, e);
	good = s && show(s, &range, only, e);
	close_source(s);
	return good;
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

/* ramscope pages: the census, and its list of ranges. */
/* Decides what is shown; census/ does the counting. */
#include "base/fmt.h"
#include "base/alloc.h"
#include "census/census.h"
#include "census/kpageflags.h"
#include "cmd/pages.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	OPT_MAP,
	OPT_LIST,
	OPT_KIND,
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

static void show_totals(const struct pagessource *s, const struct census *n)
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
		  pagessource_is_told(s) ? NO_CELL : UINT_CELL(c->kernel.layout.size) },
		{ "pass_ns", NULL, UINT_CELL(n->ns) },
		{ "flags_order", NULL,
		  pagessource_is_told(s) ? NO_CELL : TEXT_CELL(c->kernel.layout.flags_from) },
	};

	report_json(c->report, "census", fields, ARRAY_LEN(fields));
	report_text(c->report,
		    "%" PRIu64 " MiB of RAM in %" PRIu64 " pages; %" PRIu64 " pfns scanned, %" PRIu64
		    " struct pages",
		    ram >> (20 - PAGE_SHIFT), ram, scanned, array);
	if (!pagessource_is_told(s)) {
		layout_show(c);
		sources_show(c);
	}
	if (c->verbose)
		report_text(c->report, "the pass took %" PRIu64 ".%03" PRIu64 " ms, %zu bytes a "
			    "%s, by %s", n->ns / 1000000, n->ns / 1000 % 1000,
			    pagessource_is_told(s) ? sizeof(uint64_t) : c->kernel.layout.size,
			    pagessource_is_told(s) ? "page" : "struct page", s->name);
}

static void show_kinds(const struct pagessource *s, const struct census *n)
{
	struct context *c = s->c;
	uint64_t ram = ram_pages(n);

	report_table(c->report, "kind", kind_columns, ARRAY_LEN(kind_columns));
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		char letter[2] = { kind_letter(k), '\0' };
		const struct cell cells[] = {
			TEXT_CELL(letter),
			TEXT_CELL(kind_name(k)),
			UINT_CELL(n->kinds[k]),
			SIZE_CELL(n->kinds[k] << PAGE_SHIFT),
			ram && !(NOT_RAM >> k & 1) ? UINT_CELL((n->kinds[k] * 100 + ram / 2) / ram)
						   : NO_CELL,
			TEXT_CELL(k == KIND_KERNEL && pagessource_is_told(s)
					  ? "other kernel memory, per-cpu lists"
					  : kind_meaning(k)),
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
		fields[3 + k] = (struct field){ kind_name(k), NULL, UINT_CELL(z->kinds[k]) };
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

static void show_unread(const struct pagessource *s, const struct census *n)
{
	if (pagessource_is_told(s) && s->told.unknown)
		report_note(s->c->report, "%" PRIu64 " pages have bits of no known name, %#" PRIx64
			    " among them; they do not bear on the kind here",
			    s->told.unknown, s->told.unknown_bits);
	if (!n->kinds[KIND_UNREADABLE])
		return;
	report_note(s->c->report, "%" PRIu64 " %s could not be read; the first:",
		    n->kinds[KIND_UNREADABLE], pagessource_is_told(s) ? "pages' words" : "struct pages");
	report_error(s->c->report, &n->first);
}

static void find_bad(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct pagessource *s = arg;

	if (kind == KIND_HWPOISON)
		findings_add(&s->c->findings, FINDING_BAD_MEMORY, range_of_pages(pfn, pages), "%" PRIu64
			     " page%s, says %s", pages, pages == 1 ? "" : "s",
			     pagessource_is_told(s) ? KPAGEFLAGS_PATH : "its struct page");
}

/* With its runs kept for the map, where one follows: the pass that only counts is many times as fast. */
static bool show_census(struct pagessource *s, bool keep, struct err *e)
{
	const struct census_watch kept = census_runs_watch(&s->c->runs);
	const struct census_watch bad = { find_bad, s, 1u << KIND_HWPOISON };
	struct census *n = alloc_zeroed(sizeof(*n));
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	good = pagessource_scan(s, pagessource_range(s), keep ? &kept : NULL, n, e);
	if (good && keep)
		s->c->runs.end = pagessource_range(s).end;
	if (good) {
		show_totals(s, n);
		show_kinds(s, n);
		if (!pagessource_is_told(s)) {
			show_zones(s->c, n);
			show_orders(s->c, n);
		}
		show_unread(s, n);
	}
	/* Where they are takes one more pass. */
	if (good && n->kinds[KIND_HWPOISON])
		good = pagessource_scan(s, pagessource_range(s), &bad, n, e);
	alloc_free(n);
	return good;
}

bool pages_section(struct context *c, struct err *e)
{
	struct pagessource *s;
	bool good = false;

	report_section(c->report, "pages");
	s = pagessource_open(c, e);
	if (s) {
		pagessource_show(s);
		good = show_census(s, true, e);
		c->told = good && pagessource_is_told(s);
	}
	pagessource_close(s);
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
		TEXT_CELL(kind_name(l->kind)),
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
		if (!strcmp(kind_name(k), name)) {
			*ret_kind = (int)k;
			return true;
		}
	}
	err_set(e, ERR_USAGE, "no kind '%.40s'", name);
	return err_hint(e, "the names are in the list that `ramscope pages --json` gives");
}

static bool show_list(struct pagessource *s, struct range range, int only, struct err *e)
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
	good = pagessource_scan(s, range, &(struct census_watch){ list_add, &l, CENSUS_EVERY }, n, e);
	list_flush(&l);
	alloc_free(n);
	return good;
}

static bool show(struct pagessource *s, const struct range *range, int only, struct err *e)
{
	const struct context *c = s->c;
	bool list = c->options[OPT_LIST] || c->options[OPT_KIND];

	report_section(c->report, "pages");
	pagessource_show(s);
	if (!list && !c->options[OPT_MAP])
		return show_census(s, false, e);
	if (c->options[OPT_MAP] && !pagesmap_show(s, e))
		return false;
	return !list || show_list(s, c->options[OPT_LIST] ? *range : pagessource_range(s), only, e);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct range range = { 0, 0 };
	struct pagessource *s;
	int only = -1;
	bool good;

	(void)argc, (void)argv;
	if (c->options[OPT_LIST] && !num_parse_range(c->options[OPT_LIST], 1, &range, e))
		return false;
	if (c->options[OPT_KIND] && !find_kind(c->options[OPT_KIND], &only, e))
		return false;
	s = pagessource_open(c, e);
	good = s && show(s, &range, only, e);
	pagessource_close(s);
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

/* ramscope check: the blocks of the kernel's counts and of its free lists. */
/* Shows; census/figures.c and census/freelists.c compare. */
#include "base/fmt.h"
#include "base/names.h"
#include "cmd/check.h"
#include "report/flow.h"

#include <inttypes.h>

#define WHERE_MAX 64

/* By index in zones.list: "node 0 Normal"; the kernel's own name where it tells it. */
static const char *zone_name(const struct check *k, const struct zone *z)
{
	const struct zonefiles *files = k->figures.after;
	const char *name = k->c->kernel.layout.zone_names[z->number & 7];

	for (size_t i = 0; files && i < files->len; i++)
		if (files->zones[i].nid == z->nid && files->zones[i].number == z->number)
			return files->zones[i].name;
	return name ? name : "zone";
}

static const char *type_name(const struct check *k, size_t type, char *buf, size_t size)
{
	const struct zonefiles *files = k->figures.after;

	if (files && files->types[type][0])
		return files->types[type];
	fmt(buf, size, "%zu", type);
	return buf;
}

static void figure_where(const struct check *k, const struct figure *g, char *buf, size_t size)
{
	const struct zonefiles_zone *z = &k->figures.after->zones[g->zone];
	size_t used = fmt(buf, size, "%s", figures_file_name((enum figures_file)g->file));

	if (g->zone != FIGURE_NONE)
		fmt_append(buf, size, &used, ", node %u %s", z->nid, z->name);
	if (g->type != FIGURE_NONE)
		fmt_append(buf, size, &used, ", %s", k->figures.after->types[g->type]);
	if (g->order != FIGURE_NONE)
		fmt_append(buf, size, &used, ", order %u", g->order);
}

static bool is_wrong(const struct figure *g)
{
	return !g->agrees && !g->moves;
}

static void figure_text(const struct check *k, const struct figure *g)
{
	char where[WHERE_MAX + 2 * ZONEFILES_NAME_MAX], ours[64], told[48], text[320];
	size_t used = fmt(told, sizeof(told), "%" PRIu64, g->before);

	figure_where(k, g, where, sizeof(where));
	if (g->after != g->before)
		fmt_append(told, sizeof(told), &used, ", then %" PRIu64, g->after);
	if (g->least == g->most)
		fmt(ours, sizeof(ours), "%" PRIu64, g->least);
	else if (g->most == UINT64_MAX)
		fmt(ours, sizeof(ours), "%" PRIu64 " or more", g->least);
	else
		fmt(ours, sizeof(ours), "%" PRIu64 " to %" PRIu64, g->least, g->most);
	fmt(text, sizeof(text), "%s, %s: the kernel says %s; struct pages %s%s%s", where, g->name, told,
	    ours, g->why ? ": " : "", g->why ? g->why : "");
	if (is_wrong(g))
		findings_add(&k->c->findings, FINDING_COUNT, (struct range){ 0, 0 }, "%s", text);
	else
		flow_text(k->c->report, 4, "%s", text);
}

static void figure_json(const struct check *k, const struct figure *g)
{
	const struct zonefiles *files = k->figures.after;
	const struct zonefiles_zone *z = g->zone == FIGURE_NONE ? NULL : &files->zones[g->zone];
	const struct field fields[] = {
		{ "file", NULL, TEXT_CELL(figures_file_name((enum figures_file)g->file)) },
		{ "node", NULL, z ? UINT_CELL(z->nid) : NO_CELL },
		{ "zone", NULL, z ? TEXT_CELL(z->name) : NO_CELL },
		{ "type", NULL,
		  g->type == FIGURE_NONE ? NO_CELL : TEXT_CELL(files->types[g->type]) },
		{ "order", NULL, g->order == FIGURE_NONE ? NO_CELL : UINT_CELL(g->order) },
		{ "name", NULL, TEXT_CELL(g->name) },
		{ "before", NULL, UINT_CELL(g->before) },
		{ "after", NULL, UINT_CELL(g->after) },
		{ "least", NULL, UINT_CELL(g->least) },
		{ "most", NULL, g->most == UINT64_MAX ? NO_CELL : UINT_CELL(g->most) },
		{ "agrees", NULL, BOOL_CELL(g->agrees) },
		{ "moves", NULL, BOOL_CELL(!g->agrees && g->moves) },
		{ "why", NULL, TEXT_CELL(g->why) },
	};

	report_json(k->c->report, "figure", fields, ARRAY_LEN(fields));
}

static void show_files(const struct check *k)
{
	static const struct column columns[] = {
		{ "file", "file", -12 },     { "numbers", "numbers", 7 },
		{ "exact", "exact", 7 },     { "bounded", "in bounds", 9 },
		{ "disagree", "wrong", 5 },
	};
	const struct figures *f = &k->figures;

	report_table(k->c->report, "file", columns, ARRAY_LEN(columns));
	for (unsigned int file = 0; file < FIGURES_FILES; file++) {
		uint64_t numbers = 0, bounded = 0, wrong = 0, moving = 0;

		for (size_t i = 0; i < f->len; i++) {
			if (f->list[i].file != file)
				continue;
			numbers++;
			wrong += is_wrong(&f->list[i]);
			moving += !f->list[i].agrees && f->list[i].moves;
			bounded += f->list[i].agrees && f->list[i].why;
		}
		report_row(k->c->report,
			   (const struct cell[]){
			       TEXT_CELL(figures_file_name((enum figures_file)file)),
			       UINT_CELL(numbers),
			       UINT_CELL(numbers - bounded - wrong - moving),
			       UINT_CELL(bounded), UINT_CELL(wrong) });
	}
}

void check_show_files(const struct check *k)
{
	const struct figures *f = &k->figures;

	check_heading(k, &k->files, "zoneinfo, buddyinfo, pagetypeinfo and meminfo");
	if (k->files.why_not.kind != ERR_NONE)
		return;
	show_files(k);
	if (f->moving)
		report_text(k->c->report, "%" PRIu64 " numbers changed while they were read, %u times "
			    "over: no verdict on these", f->moving, f->looks);
	for (size_t i = 0; i < f->len; i++) {
		const struct figure *g = &f->list[i];

		if (is_wrong(g) || k->c->verbose)
			figure_text(k, g);
		/* Of numbers that are exact and right there are hundreds. */
		if (!g->agrees || g->why || k->c->verbose)
			figure_json(k, g);
	}
}

/* By enum freelists_what. */
static const char what_texts[] =
	"the list leads to what is no struct page\0"
	"is on the list, but no free block begins there\0"
	"is met a second time: the list runs in a circle, or two lists share it\0"
	"is a free block of another order than the list's\0"
	"is a free block of another zone than the list's\0"
	"has a back pointer to another entry than the one before it\0"
	"the lists do not have as many blocks as the zone counts\0"
	"begins a free block that is on no list\0"
	"begins a free block, and is no multiple of its size\0"
	"begins a free block inside of another\0"
	"begins a free block of an order that there is not\0"
	"begins a free block, and its flags name no zone\0"
	"is not reserved, and lies outside of the zone that its flags name\0"
	"more pages are not reserved than the zone manages";

/* How ours and told of a finding are called, and shown: as a count, an address, a zone. */
static const struct {
	char ours_as, told_as;
	const char *ours, *told;
} what_shown[LIST_LEN] = {
	[LIST_LOST] = { 'x', 'x', "at", "next" },
	[LIST_ORDER] = { 'u', 'u', "struct page", "list" },
	[LIST_ZONE] = { 'z', 'z', "struct page", "list" },
	[LIST_BACK] = { 'x', 'x', "back to", "from" },
	[LIST_COUNT] = { 'u', 'u', "on the lists", "nr_free" },
	[LIST_ALIGN] = { 'u', 0, "order", NULL },
	[LIST_INSIDE] = { 0, 'x', NULL, "of pfn" },
	[LIST_BAD_ORDER] = { 'u', 0, "order", NULL },
	[LIST_MANAGED] = { 'u', 'u', "struct pages", "zone" },
};

static void append_side(const struct check *k, char as, const char *name, uint64_t value, char *buf,
			size_t size, size_t *used)
{
	const struct zones *z = &k->freelists.zones;

	if (!as)
		return;
	fmt_append(buf, size, used, "%s %s ", *used ? "," : ":", name);
	if (as == 'z')
		fmt_append(buf, size, used, "%s",
			   value < z->len ? zone_name(k, &z->list[value]) : "none");
	else
		fmt_append(buf, size, used, as == 'x' ? "0x%" PRIx64 : "%" PRIu64, value);
}

static void find(const struct check *k, const struct freelists_finding *d, const struct zone *z)
{
	bool has_pfn = d->what != LIST_LOST && d->what != LIST_COUNT && d->what != LIST_MANAGED;
	char where[WHERE_MAX] = "no zone", type[8], pfn[24] = "", sides[96] = "";
	size_t used = 0;

	if (z)
		used = fmt(where, sizeof(where), "node %u %s", z->nid, zone_name(k, z));
	if (d->what < LIST_NO_ZONE)
		fmt_append(where, sizeof(where), &used, ", order %u", d->order);
	if (d->type != FREELISTS_NO_TYPE)
		fmt_append(where, sizeof(where), &used, ", type %s",
			   type_name(k, d->type, type, sizeof(type)));
	if (has_pfn)
		fmt(pfn, sizeof(pfn), d->pfn ? " pfn 0x%" PRIx64 : " the list's head", d->pfn);
	used = 0;
	append_side(k, what_shown[d->what].ours_as, what_shown[d->what].ours, d->ours, sides,
		    sizeof(sides), &used);
	append_side(k, what_shown[d->what].told_as, what_shown[d->what].told, d->told, sides,
		    sizeof(sides), &used);
	findings_add(&k->c->findings, FINDING_FREE_LIST,
		     has_pfn && d->pfn ? range_of_pages(d->pfn, 1) : (struct range){ 0, 0 },
		     "%s:%s %s%s", where, pfn, name_at(what_texts, d->what), sides);
}

/* Every list that is not empty, for who wants to compare it with another tool's. */
static void lists_json(const struct check *k)
{
	const struct freelists *f = &k->freelists;

	for (size_t zone = 0; zone < f->zones.len; zone++) {
		for (size_t i = 0; i < f->zones.layout.orders * f->zones.layout.types; i++) {
			size_t order = i / f->zones.layout.types, type = i % f->zones.layout.types;
			const struct zone *z = &f->zones.list[zone];
			char name[8];
			const struct field fields[] = {
				{ "node", NULL, UINT_CELL(z->nid) },
				{ "zone", NULL, TEXT_CELL(zone_name(k, z)) },
				{ "order", NULL, UINT_CELL(order) },
				{ "type", NULL, TEXT_CELL(type_name(k, type, name, sizeof(name))) },
				{ "blocks", NULL, UINT_CELL(f->areas[zone][order].blocks[type]) },
			};

			if (f->areas[zone][order].blocks[type])
				report_json(k->c->report, "list", fields, ARRAY_LEN(fields));
		}
	}
}

void check_show_lists(const struct check *k)
{
	const struct freelists *f = &k->freelists;
	struct freelists_sums s;
	struct report *r = k->c->report;

	check_heading(k, &k->lists, "the free lists");
	if (k->lists.why_not.kind != ERR_NONE)
		return;
	s = freelists_sums(f);
	report_text(r, "%" PRIu64 " pages in %" PRIu64 " blocks on %" PRIu64
		    " lists; looked at %u time%s", s.pages, s.blocks, s.lists, f->looks,
		    f->looks == 1 ? "" : "s");
	report_json(r, "lists",
		    (const struct field[]){ { "pages", NULL, UINT_CELL(s.pages) },
					    { "blocks", NULL, UINT_CELL(s.blocks) },
					    { "lists", NULL, UINT_CELL(s.lists) },
					    { "looks", NULL, UINT_CELL(f->looks) },
					    { "moved", NULL, UINT_CELL(s.moved) },
					    { "unread", NULL, UINT_CELL(f->blocks.unread) } },
		    6);
	if (s.moved)
		report_text(r, "%" PRIu64 " orders of a zone changed each time, and were not "
			    "compared", s.moved);
	if (f->blocks.unread)
		report_error(r, &f->blocks.first);
	for (size_t i = 0; i < f->shown_len; i++) {
		const struct freelists_finding *d = &f->shown[i];
		const struct zone *z = d->zone < f->zones.len ? &f->zones.list[d->zone] : NULL;

		find(k, d, z);
	}
	k->c->findings.more[FINDING_FREE_LIST] += (size_t)f->findings - f->shown_len;
	lists_json(k);
}

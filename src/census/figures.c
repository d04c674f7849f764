/* The numbers of /proc/zoneinfo, buddyinfo, pagetypeinfo and meminfo against struct pages. */
/* Each rule stands where its number is made, with the reason when it is not exact. */
#include "census/figures.h"

#include "base/alloc.h"
#include "base/names.h"

#include <errno.h>

/*
 * Pages that a processor has taken from one list and not yet put on another: the batches of
 * mm/swap.c, at most 8 of 31 pages (PAGEVEC_SIZE is 15 up to 6.1, 31 later).
 */
#define IN_BATCHES (8u * 31u)

static const char why_stat[] = "each CPU keeps a part of the count to itself";
static const char why_batch[] = "pages that were truncated wait in each CPU's batches";
static const char why_tails[] = "pages behind the first of a block without head look the same";
static const char why_reserved[] = "drivers may reserve pages after boot";
static const char why_span[] = "the zone may begin and end with pages kept at boot";
static const char why_anon[] = "huge pages may be mapped in part, swap cache not at all";
static const char why_slab[] = "large kmallocs are counted, and are no slab pages";
static const char why_tables[] = "some tables have the type and are not counted";
static const char why_poison[] = "a bad page spoils all of its huge page";

/* What a rule looks at. */
struct compare {
	struct figures *f;
	const struct page_layout *l;
	struct freelists *lists;
	size_t at; /* of the next figure */
	uint64_t slack; /* of the counts of all zones or of a node */
	uint64_t batches;
};

bool figures_init(struct figures *f, struct err *e)
{
	*f = (struct figures){ 0 };
	f->before = alloc_zeroed(sizeof(*f->before));
	f->after = alloc_zeroed(sizeof(*f->after));
	f->census = alloc_zeroed(sizeof(*f->census));
	return (f->before && f->after && f->census) || err_sys(e, ENOMEM, "the comparison");
}

void figures_deinit(struct figures *f)
{
	alloc_free(f->before);
	alloc_free(f->after);
	alloc_free(f->census);
	alloc_free(f->list);
	*f = (struct figures){ 0 };
}

const char *figures_file_name(enum figures_file file)
{
	return name_at("zoneinfo\0buddyinfo\0pagetypeinfo\0meminfo", file);
}

/* Does something between what the file said lie between what struct pages allow? */
static bool agrees(const struct figure *g)
{
	uint64_t low = num_least(g->before, g->after);
	uint64_t high = g->before + g->after - low;

	return low <= g->most && g->least <= high;
}

static void put(struct compare *c, const struct figure *g)
{
	struct figure *to = &c->f->list[c->at++];
	bool moves = to->moves || g->moves || g->before != g->after || (to->name && to->after != g->before);

	if (to->agrees)
		return;
	*to = *g;
	to->moves = moves;
	to->agrees = agrees(g);
	c->f->open += !to->agrees;
	c->f->moving += !to->agrees && moves;
}

/* ours, give or take slack for a reason; none: exactly. */
static void put_near(struct compare *c, struct figure *g, uint64_t ours, uint64_t slack)
{
	g->least = ours - num_least(ours, slack);
	g->most = ours + slack;
	if (!slack)
		g->why = NULL;
	put(c, g);
}

static void put_between(struct compare *c, struct figure *g, uint64_t least, uint64_t most)
{
	g->least = num_least(least, most);
	g->most = most;
	put(c, g);
}

static const struct census_zone *census_zone(const struct census *n, const struct zonefiles_zone *z)
{
	static struct census_zone none; /* a constant, but its zeros need no place in the file */

	for (size_t i = 0; i < n->zones_len; i++)
		if (n->zones[i].has_zone && n->zones[i].nid == z->nid &&
		    n->zones[i].zone == z->number)
			return &n->zones[i];
	return &none;
}

static uint64_t free_pages(const struct census_zone *z)
{
	uint64_t pages = 0;

	for (size_t o = 0; o < ORDERS_MAX; o++)
		pages += z->free[o];
	return pages;
}

/* Free pages that NR_FREE_PAGES leaves out: those of isolated blocks. */
static uint64_t isolated_pages(const struct compare *c, size_t index)
{
	uint64_t pages = 0;

	for (size_t t = 0; index < c->lists->zones.len && t < ZONES_TYPES_MAX; t++)
		for (size_t o = 0; !strcmp(c->f->after->types[t], "Isolate") && o < ORDERS_MAX; o++)
			pages += c->lists->areas[index][o].blocks[t] << o;
	return pages;
}

static void compare_zoneinfo(struct compare *c, size_t i, size_t index)
{
	const struct zonefiles_zone *b = &c->f->before->zones[i], *a = &c->f->after->zones[i];
	const struct census_zone *n = census_zone(c->f->census, a);
	const struct blocks_zone *z = &c->lists->blocks.zones[index];
	uint64_t free = free_pages(n), isolated = num_least(isolated_pages(c, index), free);
	struct figure g = { .file = FIGURES_ZONEINFO, .zone = (uint8_t)i, .order = FIGURE_NONE,
			    .type = FIGURE_NONE };

#define TOLD(what, text, reason) g.before = b->what, g.after = a->what, g.name = text, g.why = reason
	TOLD(present, "present", NULL);
	put_near(c, &g, z->ram, 0);
	if (!b->spanned && !a->spanned)
		return;
	TOLD(managed, "managed", why_reserved);
	put_between(c, &g, z->usable, z->ram);
	TOLD(free, "free", why_stat);
	put_near(c, &g, free - isolated, a->cpus * a->threshold);
	TOLD(percpu, "on per-CPU lists", why_tails);
	put_between(c, &g, 0, n->kinds[KIND_PERCPU]);
	TOLD(start_pfn, "start_pfn", why_span);
	put_between(c, &g, 0, z->usable ? z->pfn.start : a->start_pfn + a->spanned);
	TOLD(start_pfn + b->spanned, "end", why_span);
	g.after = a->start_pfn + a->spanned;
	put_between(c, &g, z->usable ? z->pfn.end : 0, UINT64_MAX);
#undef TOLD
}

static void compare_blocks(struct compare *c, size_t i, size_t index)
{
	const struct zonefiles_zone *b = &c->f->before->zones[i], *a = &c->f->after->zones[i];
	const struct census_zone *n = census_zone(c->f->census, a);
	struct figure g = { .zone = (uint8_t)i, .name = "blocks", .type = FIGURE_NONE };

	g.file = FIGURES_BUDDYINFO;
	for (g.order = 0; g.order < a->orders; g.order++) {
		g.moves = c->lists->areas[index][g.order].moved;
		g.before = b->blocks[g.order];
		g.after = a->blocks[g.order];
		put_near(c, &g, n->free[g.order] >> g.order, 0);
	}
	g.file = FIGURES_PAGETYPEINFO;
	for (g.type = 0; g.type < a->types; g.type++) {
		for (g.order = 0; g.order < a->orders; g.order++) {
			struct freelists_area *area = &c->lists->areas[index][g.order];
			uint64_t ours = area->blocks[g.type];

			g.moves = area->moved; /* then nothing was counted on its lists */
			g.before = b->by_type[g.type][g.order];
			g.after = a->by_type[g.type][g.order];
			put_near(c, &g, num_least(ours, ZONEFILES_CAPPED), 0);
			/* What its lists had in another look may be long gone: they are walked again. */
			area->settled &= c->f->list[c->at - 1].agrees;
		}
	}
}

/* A line that this kernel may lack; then, as in every round, it is no figure. */
static bool told(struct compare *c, enum meminfo which, const char *why, struct figure *ret_figure)
{
	const struct zonefiles *b = c->f->before, *a = c->f->after;

	*ret_figure = (struct figure){ FIGURES_MEMINFO, FIGURE_NONE, FIGURE_NONE, FIGURE_NONE, false, false,
				       zonefiles_meminfo_name(which), why, b->meminfo[which],
				       a->meminfo[which], 0, 0 };
	return a->told >> which & 1;
}

static void compare_meminfo(struct compare *c)
{
	const uint64_t *kinds = c->f->census->kinds;
	uint64_t managed = 0, poison = kinds[KIND_HWPOISON], hugetlb = kinds[KIND_HUGETLB];
	uint64_t swapcache = c->f->after->meminfo[MEMINFO_SWAPCACHE], between = c->slack + c->batches;
	struct figure g;

	for (size_t i = 0; i < c->lists->zones.len; i++)
		managed += c->lists->zones.list[i].managed;
	if (told(c, MEMINFO_TOTAL, NULL, &g))
		put_near(c, &g, managed, 0);
	if (told(c, MEMINFO_FREE, why_stat, &g))
		put_near(c, &g, kinds[KIND_FREE], c->slack);
	if (told(c, MEMINFO_ANON, why_anon, &g))
		put_between(c, &g,
			    kinds[KIND_ANON] - num_least(kinds[KIND_ANON], between + swapcache),
			    kinds[KIND_ANON] + kinds[KIND_ANONHUGE] + c->slack);
	if (told(c, MEMINFO_SHMEM, why_batch, &g))
		put_between(c, &g, kinds[KIND_SHMEM] - num_least(kinds[KIND_SHMEM], between),
			    kinds[KIND_SHMEM] + c->slack);
	if (told(c, MEMINFO_SLAB, why_slab, &g))
		put_between(c, &g, kinds[KIND_SLAB] - num_least(kinds[KIND_SLAB], 2 * c->slack),
			    kinds[KIND_SLAB] + kinds[KIND_COMPOUND] + kinds[KIND_KERNEL] +
				    2 * c->slack);
	/* 6.1: kpageflags calls more pages page tables than NR_PAGETABLE has, some a process. */
	if (c->l->type_mask[PT_TABLE] && told(c, MEMINFO_TABLES, why_tables, &g))
		put_between(c, &g, 0, kinds[KIND_TABLE] + c->slack);
	if (told(c, MEMINFO_HUGETLB, poison ? why_poison : NULL, &g))
		put_between(c, &g, hugetlb, hugetlb + poison);
	if (told(c, MEMINFO_POISON, hugetlb ? why_poison : NULL, &g))
		put_between(c, &g, hugetlb ? 0 : poison, poison);
}

/* A zone came or went meanwhile, or the first look: all is looked at anew. */
static bool restart(struct figures *f, struct err *e)
{
	size_t room = MEMINFO_LEN;

	for (size_t i = 0; i < f->after->len; i++)
		room += 6 + f->after->zones[i].orders * (1 + f->after->zones[i].types);
	if (room == f->room)
		return true;
	alloc_free(f->list);
	f->room = f->len = 0;
	f->list = alloc_array(room, sizeof(*f->list));
	if (!f->list)
		return err_sys(e, ENOMEM, "the comparison");
	f->room = room;
	return true;
}

bool figures_compare(struct figures *f, const struct page_layout *l, struct freelists *lists,
		     struct err *e)
{
	struct compare c = { .f = f, .l = l, .lists = lists };
	uint64_t cpus = 0, threshold = 0, zones = 0;

	if (f->before->len != f->after->len)
		return err_set(e, ERR_UNSUPPORTED, "zones came or went while they were counted");
	if (!restart(f, e))
		return false;
	for (size_t i = 0; i < f->after->len; i++) {
		const struct zonefiles_zone *z = &f->after->zones[i];

		cpus = z->cpus > cpus ? z->cpus : cpus;
		threshold = z->threshold > threshold ? z->threshold : threshold;
		zones += z->present != 0;
	}
	/* Each CPU has a part of a count for each zone, or for each node, of which there are fewer. */
	c.slack = cpus * threshold * zones;
	c.batches = cpus * IN_BATCHES;
	f->open = f->moving = 0;
	for (size_t i = 0; i < f->after->len; i++) {
		const struct zonefiles_zone *z = &f->after->zones[i];
		const struct zone *zone = zones_find(&lists->zones, z->nid, z->number);
		size_t index = zone ? (size_t)(zone - lists->zones.list) : BLOCKS_NO_ZONE;

		compare_zoneinfo(&c, i, index);
		compare_blocks(&c, i, index);
	}
	compare_meminfo(&c);
	f->len = c.at;
	return true;
}

bool figures_look(struct figures *f, const struct kernel *k, struct freelists *lists, struct err *e)
{
	f->looks++;
	return zonefiles_read(f->before, e) && freelists_look(lists, e) &&
	       census_scan(k, census_all(k), NULL, f->census, e) &&
	       zonefiles_read(f->after, e) && figures_compare(f, &k->layout, lists, e);
}

/* The buddy allocator's free lists, walked from the zones, against struct pages. */
/* Every step is checked before it is taken; a list of rubbish costs a look at each block at most. */
#include "census/freelists.h"

#include "base/alloc.h"

#include <errno.h>

#define STRAYS_MAX 16u /* entries of a list that are no free blocks, before it is given up */
#define SPARE 256u /* blocks that may appear between counting them and the pass */

/* The walk of one list. */
struct walk {
	struct freelists *f;
	size_t zone, order, type;
	uint64_t head; /* the address of the list's head */
	uint64_t from; /* the entry that led here */
	uint64_t blocks; /* of this list */
	unsigned int strays;
};

bool freelists_init(struct freelists *f, const struct kernel *k, struct err *e)
{
	*f = (struct freelists){ .k = k };
	if (!zones_init(&f->zones, &k->pagetable, &k->layout, &k->vmcoreinfo, e))
		return err_while(e, "free lists");
	f->before = alloc_array(f->zones.len, f->zones.areas_size);
	return f->before || err_sys(e, ENOMEM, "free lists");
}

void freelists_deinit(struct freelists *f)
{
	zones_deinit(&f->zones);
	blocks_deinit(&f->blocks);
	alloc_free(f->before);
	f->before = NULL;
}

static void add(struct freelists *f, const struct freelists_finding *finding)
{
	f->findings++;
	f->areas[finding->zone][finding->order].findings++;
	if (f->shown_len < FREELISTS_SHOWN_MAX)
		f->shown[f->shown_len++] = *finding;
}

static void add_at(const struct walk *w, enum freelists_what what, uint64_t pfn, uint64_t ours,
		   uint64_t told)
{
	const struct freelists_finding finding = {
		pfn, ours, told, (uint16_t)w->zone, (uint8_t)what, (uint8_t)w->order, (uint8_t)w->type
	};

	add(w->f, &finding);
}

/* An entry that is no free block: where it leads on, so that the blocks behind it are seen. */
static bool pass_stray(struct walk *w, uint64_t pfn, uint64_t *ret_next)
{
	const struct page_layout *l = &w->f->k->layout;
	uint8_t bytes[STRUCT_PAGE_MAX];
	const struct view v = { bytes, l->size, 0 };
	struct err ignored = ERR_INIT;

	add_at(w, LIST_NOT_FREE, pfn, 0, 0);
	if (++w->strays > STRAYS_MAX || l->size > sizeof(bytes) ||
	    !pagearray_read(&w->f->k->pages, pfn, 1, bytes, &ignored))
		return false;
	*ret_next = view_le(&v, l->lru, l->word);
	return true;
}

/* One entry; *ret_next is the next. False at the end of what can be followed. */
static bool step(struct walk *w, uint64_t entry, uint64_t *ret_next)
{
	struct freelists *f = w->f;
	struct block *b;
	uint64_t pfn;

	if (!pagearray_pfn(&f->k->pages, entry - f->k->layout.lru, &pfn)) {
		add_at(w, LIST_LOST, 0, w->from, entry);
		return false;
	}
	b = blocks_find(&f->blocks, pfn);
	if (!b)
		return pass_stray(w, pfn, ret_next);
	if (b->seen) {
		add_at(w, LIST_TWICE, pfn, 0, 0);
		return false;
	}
	b->seen = true;
	w->blocks++;
	if (b->order != w->order)
		add_at(w, LIST_ORDER, pfn, b->order, w->order);
	if (b->zone != w->zone)
		add_at(w, LIST_ZONE, pfn, b->zone, w->zone);
	if (b->prev != w->from)
		add_at(w, LIST_BACK, pfn, b->prev, w->from);
	*ret_next = b->next;
	return true;
}

/* Returns whether the list was followed back to its head. */
static bool walk_list(struct walk *w)
{
	const struct zones *z = &w->f->zones;
	struct zones_list list = zones_list(z, &z->list[w->zone], w->order, w->type);
	uint64_t entry = list.next, next = 0;

	w->head = w->from = list.virt;
	w->blocks = 0;
	while (entry != w->head) {
		if (!step(w, entry, &next))
			return false;
		w->from = entry;
		entry = next;
	}
	if (list.prev != w->from)
		add_at(w, LIST_BACK, 0, list.prev, w->from);
	return true;
}

/* The lists of one order of one zone. */
static void walk_area(struct freelists *f, size_t zone, size_t order)
{
	struct freelists_area *a = &f->areas[zone][order];
	struct walk w = { .f = f, .zone = zone, .order = order };
	uint64_t blocks = 0, told = zones_nr_free(&f->zones, &f->zones.list[zone], order);
	bool whole = true;

	/* Of a zone without memory nothing is ever set up: its heads are zeros. */
	if (!f->zones.list[zone].spanned) {
		a->whole = true;
		return;
	}
	for (w.type = 0; w.type < f->zones.layout.types; w.type++) {
		whole = walk_list(&w) && whole;
		a->blocks[w.type] = w.blocks;
		blocks += w.blocks;
	}
	w.type = FREELISTS_NO_TYPE;
	a->whole = whole;
	if (blocks != told)
		add_at(&w, LIST_COUNT, 0, blocks, told);
}

/* What is wrong with a block by itself, or LIST_LEN; outer: the one before it. */
static enum freelists_what judge(const struct freelists *f, const struct block *b,
				 const struct block *outer)
{
	if (b->zone == BLOCKS_NO_ZONE)
		return LIST_NO_ZONE;
	if (b->order >= f->zones.layout.orders)
		return LIST_BAD_ORDER;
	if (b->pfn & ((1ull << b->order) - 1))
		return LIST_ALIGN;
	if (outer && b->pfn - outer->pfn < 1ull << outer->order)
		return LIST_INSIDE;
	/* Of a list that could not be followed, the rest would all be missing. */
	return !b->seen && f->areas[b->zone][b->order].whole ? LIST_MISSING : LIST_LEN;
}

static void judge_blocks(struct freelists *f)
{
	const struct block *outer = NULL;

	for (size_t i = 0; i < f->blocks.len; i++) {
		const struct block *b = &f->blocks.list[i];
		bool is_order = b->order < f->zones.layout.orders;
		struct freelists_finding finding = {
			b->pfn, b->order, outer ? outer->pfn : 0, b->zone, (uint8_t)judge(f, b, outer),
			is_order ? b->order : 0, FREELISTS_NO_TYPE,
		};
		const struct freelists_area *a = &f->areas[b->zone][finding.order];

		if (finding.what != LIST_LEN && !a->settled && !a->moved)
			add(f, &finding);
		if (is_order && (!outer || b->pfn - outer->pfn >= 1ull << outer->order))
			outer = b;
	}
}

/* The pages whose flags name the zone, against what it says of itself. */
static void judge_zone(struct freelists *f, size_t zone)
{
	const struct blocks_zone *z = &f->blocks.zones[zone];
	const struct zone *told = &f->zones.list[zone];
	const struct range span = { told->start_pfn, told->start_pfn + told->spanned };
	struct freelists_finding finding = { .ours = z->usable, .told = told->managed,
					     .zone = (uint16_t)zone, .type = FREELISTS_NO_TYPE };

	if (!z->usable)
		return;
	finding.what = LIST_SPAN;
	finding.pfn = z->pfn.start < span.start ? z->pfn.start : z->pfn.end - 1;
	if (!range_holds(&span, z->pfn.start, z->pfn.end))
		add(f, &finding);
	finding.what = LIST_MANAGED;
	finding.pfn = 0;
	if (z->usable > told->managed)
		add(f, &finding);
}

static bool read_twice(struct freelists *f, struct err *e)
{
	const struct zones *z = &f->zones;
	uint64_t blocks = SPARE;

	if (!zones_read(&f->zones, e))
		return false;
	for (size_t i = 0; i < z->len; i++)
		for (size_t order = 0; order < z->layout.orders; order++)
			blocks += num_least(zones_nr_free(z, &z->list[i], order),
					    z->list[i].spanned >> order);
	blocks = num_least(blocks, memmodel_end(&f->k->memmodel));
	if (!blocks_reserve(&f->blocks, blocks, e) || !zones_read(&f->zones, e))
		return false;
	memcpy(f->before, f->zones.areas, z->len * z->areas_size);
	return blocks_gather(&f->blocks, f->k, z, e) && zones_read(&f->zones, e);
}

static bool is_still(const struct freelists *f, size_t zone, size_t order)
{
	const struct zones *z = &f->zones;
	const uint8_t *after = zones_area(z, &z->list[zone], order);

	return !memcmp(f->before + (after - z->areas), after, z->layout.area_size);
}

/* Calls fn with each area; those of blocks in no zone are one. */
static void each_area(struct freelists *f, void (*fn)(struct freelists *f, size_t zone, size_t order))
{
	for (size_t zone = 0; zone < f->zones.len; zone++)
		for (size_t order = 0; order < f->zones.layout.orders; order++)
			fn(f, zone, order);
	fn(f, BLOCKS_NO_ZONE, 0);
}

static void begin_area(struct freelists *f, size_t zone, size_t order)
{
	struct freelists_area *a = &f->areas[zone][order];

	a->findings = 0;
	a->whole = false;
	if (zone == BLOCKS_NO_ZONE)
		return;
	a->moved = !a->settled && !is_still(f, zone, order);
	if (!a->settled && !a->moved)
		walk_area(f, zone, order);
}

static void end_area(struct freelists *f, size_t zone, size_t order)
{
	struct freelists_area *a = &f->areas[zone][order];

	if (!a->moved && !a->findings)
		a->settled = true;
	else
		f->open++;
}

bool freelists_look(struct freelists *f, struct err *e)
{
	if (!read_twice(f, e))
		return false;
	f->looks++;
	f->findings = f->open = 0;
	f->shown_len = 0;
	each_area(f, begin_area);
	judge_blocks(f);
	for (size_t zone = 0; zone < f->zones.len; zone++)
		judge_zone(f, zone);
	each_area(f, end_area);
	return true;
}

struct freelists_sums freelists_sums(const struct freelists *f)
{
	struct freelists_sums s = { 0 };

	for (size_t zone = 0; zone < f->zones.len; zone++) {
		for (size_t order = 0; order < f->zones.layout.orders; order++) {
			const struct freelists_area *a = &f->areas[zone][order];

			s.moved += a->moved;
			for (size_t type = 0; !a->moved && type < f->zones.layout.types; type++) {
				s.lists += a->blocks[type] != 0;
				s.blocks += a->blocks[type];
				s.pages += a->blocks[type] << order;
			}
		}
	}
	return s;
}

/* One pass over all struct pages for what free lists and zones are held against. */
/* Believes each struct page; what contradicts another is for freelists.c. */
#include "census/blocks.h"

#include "base/alloc.h"

#include <errno.h>

#define CHUNK 512u /* struct pages copied at a time */

struct pass {
	struct blocks *b;
	const struct kernel *k;
	const struct zones *z;
	uint64_t place; /* of zone */
	uint16_t zone;
	bool has_zone; /* place and zone are set */
	uint64_t edge; /* up to this pfn ram is right */
	bool ram;
};

bool blocks_reserve(struct blocks *b, uint64_t count, struct err *e)
{
	struct block *list;

	if (count <= b->room)
		return true;
	if (count > SIZE_MAX / sizeof(*list))
		return err_sys(e, ENOMEM, "the free blocks");
	list = alloc_resize(b->list, (size_t)count * sizeof(*list));
	if (!list)
		return err_sys(e, ENOMEM, "the free blocks");
	b->list = list;
	/* A byte in each page: had it not been touched, the pass would take pages from the lists. */
	for (size_t i = b->room * sizeof(*list); i < count * sizeof(*list); i += PAGE_SIZE / 2)
		((volatile uint8_t *)list)[i] = 0;
	b->room = (size_t)count;
	return true;
}

void blocks_deinit(struct blocks *b)
{
	alloc_free(b->list);
	b->list = NULL;
	b->len = b->room = 0;
}

struct block *blocks_find(struct blocks *b, uint64_t pfn)
{
	size_t start = 0, end = b->len;

	while (start < end) {
		size_t middle = start + (end - start) / 2;

		if (b->list[middle].pfn == pfn)
			return &b->list[middle];
		if (b->list[middle].pfn < pfn)
			start = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

static uint16_t find_zone(struct pass *p, uint64_t flags)
{
	const struct page_layout *l = &p->k->layout;
	uint64_t place = layout_place(l, flags);
	const struct zone *zone;

	if (p->has_zone && place == p->place)
		return p->zone;
	p->has_zone = true;
	p->place = place;
	zone = zones_find(p->z, layout_nid(l, flags), layout_zone(l, flags));
	p->zone = zone ? (uint16_t)(zone - p->z->list) : BLOCKS_NO_ZONE;
	return p->zone;
}

static bool is_ram(struct pass *p, uint64_t pfn)
{
	if (pfn >= p->edge) {
		p->ram = guard_is_ram(&p->k->pages.mem->guard, pfn << PAGE_SHIFT);
		p->edge = guard_edge(&p->k->pages.mem->guard, pfn << PAGE_SHIFT) >> PAGE_SHIFT;
	}
	return p->ram;
}

static bool add_block(struct pass *p, const struct view *v, uint64_t pfn, uint16_t zone,
		      struct err *e)
{
	const struct page_layout *l = &p->k->layout;
	struct blocks *b = p->b;
	uint64_t order = view_le(v, l->private, l->word);

	if (b->len == b->room && !blocks_reserve(b, b->room + b->room / 2 + 1024, e))
		return false;
	b->list[b->len++] = (struct block){
		.pfn = pfn,
		.next = view_le(v, l->lru, l->word),
		.prev = view_le(v, l->lru + l->word, l->word),
		.zone = zone,
		.order = (uint8_t)num_least(order, 255),
	};
	return true;
}

static bool add_page(struct pass *p, const struct view *v, uint64_t pfn, struct err *e)
{
	const struct page_layout *l = &p->k->layout;
	uint64_t flags = view_le(v, l->flags, l->word);
	uint32_t type = view_u32(v, l->mapcount);
	uint16_t zone = find_zone(p, flags);
	struct blocks_zone *z = &p->b->zones[zone];
	bool typed = layout_is_typed(l, type), ram = is_ram(p, pfn);

	/* Never initialised, as 5.10 leaves those of holes under FLATMEM: no page has a mapcount then. */
	if (!flags && !type && !view_u32(v, l->refcount))
		return true;
	z->ram += ram;
	if (ram && !layout_has_flag(l, flags, PF_RESERVED) &&
	    !(typed && layout_has_type(l, type, PT_OFFLINE))) {
		if (!z->usable)
			z->pfn.start = pfn;
		z->pfn.end = pfn + 1;
		z->usable++;
	}
	return !typed || !layout_has_type(l, type, PT_BUDDY) || add_block(p, v, pfn, zone, e);
}

static bool add_pages(struct pass *p, uint64_t pfn, size_t count, const uint8_t *bytes,
		      struct err *e)
{
	const size_t size = p->k->layout.size;

	p->b->pages += count;
	for (size_t i = 0; i < count; i++) {
		const struct view v = { bytes + i * size, size, 0 };

		if (!add_page(p, &v, pfn + i, e))
			return false;
	}
	return true;
}

/* Not readable, or no struct pages at all. */
static void skip(struct pass *p, uint64_t count, const struct err *why)
{
	if (why->kind == ERR_NO_PAGE)
		return;
	if (!p->b->unread)
		p->b->first = *why;
	p->b->unread += count;
}

/* What a window shows of struct pages from pfn on, a copy of a piece at a time. */
static bool add_window(struct pass *p, const struct mem_window *w, uint64_t pfn, uint64_t count,
		       uint8_t *bytes, struct err *e)
{
	const size_t size = p->k->layout.size;
	bool good = true;

	for (uint64_t at = 0, n; good && at < count; at += n) {
		struct err why = ERR_INIT;

		n = num_least(count - at, CHUNK);
		if (mem_window_copy(w, (size_t)at * size, bytes, (size_t)n * size, &why))
			good = add_pages(p, pfn + at, (size_t)n, bytes, e);
		else
			skip(p, n, &why);
	}
	return good;
}

/* As many struct pages as can be had at once; *ret_count of them, or that there are none. */
static bool add_some(struct pass *p, uint64_t pfn, uint64_t end, uint8_t *bytes,
		     uint64_t *ret_count, struct err *e)
{
	const struct pagearray *pa = &p->k->pages;
	struct err why = ERR_INIT;
	struct mem_window w;
	uint64_t n, copies;
	bool good = true;

	if (pagearray_window(pa, pfn, end, &w, &n, &copies, &why)) {
		*ret_count = n * copies;
		for (uint64_t i = 0; good && i < copies; i++)
			good = add_window(p, &w, pfn + i * n, n, bytes, e);
		mem_window_close(pa->mem, &w);
		return good;
	}
	*ret_count = n;
	if (why.kind != ERR_NO_PAGE) {
		/* One that lies in two pieces, or a window with a page in it that cannot be had. */
		*ret_count = num_least(*ret_count, CHUNK);
		why = (struct err)ERR_INIT;
		if (pagearray_read(pa, pfn, (size_t)*ret_count, bytes, &why))
			return add_pages(p, pfn, (size_t)*ret_count, bytes, e);
	}
	skip(p, *ret_count, &why);
	return true;
}

bool blocks_gather(struct blocks *b, const struct kernel *k, const struct zones *z, struct err *e)
{
	struct pass p = { .b = b, .k = k, .z = z };
	uint8_t *bytes = alloc_array(CHUNK, k->layout.size);
	bool good = true;

	if (!bytes)
		return err_sys(e, ENOMEM, "the free blocks");
	b->len = 0;
	b->pages = b->unread = 0;
	memset(b->zones, 0, sizeof(b->zones));
	for (size_t i = 0; good && i < k->memmodel.len; i++) {
		const struct range *r = &k->memmodel.runs[i].pfn;

		for (uint64_t pfn = r->start, n = 0; good && pfn < r->end; pfn += n)
			good = add_some(&p, pfn, r->end, bytes, &n, e);
	}
	alloc_free(bytes);
	return good;
}

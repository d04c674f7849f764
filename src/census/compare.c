/* Every struct page against what /proc/kpageflags and /proc/kpagecount say of its page. */
/* Compares only pages that read the same before and after the kernel was asked. */
#include "census/compare.h"

#include "base/alloc.h"
#include "base/names.h"
#include "census/classify.h"
#include "census/kpageflags.h"
#include "census/oracle.h"
#include "decode/page.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_MIN 1024u
#define SUBSECTION 512u /* pages of 2 MiB: PAGES_PER_SUBSECTION, include/linux/mmzone.h, 5.10 to 7.2 */

/* A compound page, as its pages need it: read once for all that are side by side. */
struct whole {
	uint64_t head_pfn;
	struct page_facts head;
	struct page_compound compound;
	uint64_t small_mapped;
	uint8_t kind;
	bool stable;
};

/* A piece of the array: whole buddy blocks, so that every page sees the head of its block. */
struct chunk {
	const struct kernel *k;
	uint64_t first, count;
	uint8_t *before, *after; /* count struct pages */
	uint64_t *flags, *counts; /* what the kernel says */
	uint8_t *kinds;
	struct run *runs;
	struct range block; /* the free block met last: in it, the head need not be looked for */
	bool has_whole;
	struct whole whole; /* the last one */
};

struct compare {
	int flags_fd, counts_fd;
	struct chunk chunk;
};

static struct view page_at(const struct chunk *ch, const uint8_t *pages, uint64_t pfn)
{
	size_t size = ch->k->layout.size;

	return (struct view){ pages + (pfn - ch->first) * size, size, 0 };
}

static bool is_stable(const struct chunk *ch, uint64_t pfn)
{
	size_t size = ch->k->layout.size, off = (size_t)(pfn - ch->first) * size;

	return !memcmp(ch->before + off, ch->after + off, size);
}

static bool is_inside(const struct chunk *ch, uint64_t pfn)
{
	return pfn - ch->first < ch->count;
}

/* The mappings of a compound's pages one by one. All of them must hold still. */
static uint64_t small_mapped(const struct chunk *ch, uint64_t head_pfn, unsigned int order,
			     bool *ret_stable)
{
	const struct page_layout *l = &ch->k->layout;
	uint64_t end = order < 32 ? head_pfn + (1ull << order) : head_pfn, mapped = 0;

	for (uint64_t pfn = head_pfn; pfn < end && is_inside(ch, pfn); pfn++) {
		struct view v = page_at(ch, ch->before, pfn);
		int32_t count = (int32_t)view_u32(&v, l->mapcount);

		mapped += count >= 0 ? (uint64_t)count + 1 : 0;
		*ret_stable = *ret_stable && is_stable(ch, pfn);
	}
	return mapped;
}

/* Head and second struct page, from the chunk or, for huge pages larger than it, from afar. */
static bool read_whole(const struct chunk *ch, uint64_t head_pfn, struct whole *w)
{
	const struct page_layout *l = &ch->k->layout;
	uint8_t far[2 * STRUCT_PAGE_MAX];
	struct view v, second;
	struct err e = ERR_INIT;

	*w = (struct whole){ .head_pfn = head_pfn, .stable = true };
	if (is_inside(ch, head_pfn) && is_inside(ch, head_pfn + 1)) {
		v = page_at(ch, ch->before, head_pfn);
		second = page_at(ch, ch->before, head_pfn + 1);
		w->stable = is_stable(ch, head_pfn) && is_stable(ch, head_pfn + 1);
	} else {
		if (l->size > sizeof(far) / 2 ||
		    !pagearray_read(&ch->k->pages, head_pfn, 2, far, &e))
			return false;
		/* Only hugetlb is this large: it is seen again with its head. */
		v = (struct view){ far, l->size, 0 };
		second = (struct view){ far + l->size, l->size, 0 };
	}
	page_decode(l, 0, &v, &w->head);
	page_decode_compound(l, &w->head, &second, &w->compound);
	w->kind = (uint8_t)classify_compound(l, v.bytes, second.bytes);
	if (!w->compound.hugetlb)
		w->small_mapped = small_mapped(ch, head_pfn, w->compound.order, &w->stable);
	return true;
}

/* NULL when it cannot be had. */
static const struct whole *whole_of(struct chunk *ch, uint64_t pfn, const struct page_facts *page)
{
	uint64_t head_pfn = pfn;

	if (page->tail && !pagearray_pfn(&ch->k->pages, page->head_virt, &head_pfn))
		return NULL;
	if (!ch->has_whole || ch->whole.head_pfn != head_pfn)
		ch->has_whole = read_whole(ch, head_pfn, &ch->whole);
	return ch->has_whole ? &ch->whole : NULL;
}

/* The kernel's rule: a page without references below an aligned buddy head of enough order. */
static bool in_free_block(struct chunk *ch, uint64_t pfn, const struct page_facts *page,
			  bool *ret_stable)
{
	const struct page_layout *l = &ch->k->layout;

	if (page_has_type(l, page, PT_BUDDY)) {
		uint64_t order = num_least(page->private, l->max_order - 1);

		if (!(pfn & ((1ull << order) - 1)))
			ch->block = (struct range){ pfn, pfn + (1ull << order) };
		return true;
	}
	if (page->refcount == 0 && range_holds(&ch->block, pfn, pfn + 1)) {
		*ret_stable = *ret_stable && is_stable(ch, ch->block.start);
		return true;
	}
	for (unsigned int order = 0; page->refcount == 0 && order < l->max_order; order++) {
		uint64_t head = pfn & ~((1ull << order) - 1);
		struct view v;
		uint32_t type;

		if (!is_inside(ch, head))
			continue;
		v = page_at(ch, ch->before, head);
		type = view_u32(&v, l->mapcount);
		if (layout_is_typed(l, type) && layout_has_type(l, type, PT_BUDDY) &&
		    page_word(l, v.bytes + l->private) >= order) {
			*ret_stable = *ret_stable && is_stable(ch, head);
			return true;
		}
	}
	return false;
}

static void differ(struct compare_totals *t, uint64_t pfn, enum compare_what what, uint64_t ours,
		   uint64_t told)
{
	t->differ[what]++;
	if (t->shown_len < COMPARE_SHOWN_MAX)
		t->shown[t->shown_len++] = (struct compare_difference){ pfn, what, ours, told };
}

static void compare_page(struct chunk *ch, uint64_t pfn, struct compare_totals *t)
{
	const struct page_layout *l = &ch->k->layout;
	struct view v = page_at(ch, ch->before, pfn);
	uint64_t told = ch->flags[pfn - ch->first], count = ch->counts[pfn - ch->first];
	uint64_t mask, flags, mapcount, virt = 0;
	uint8_t kind = ch->kinds[pfn - ch->first];
	bool stable = is_stable(ch, pfn);
	struct page_facts page;
	struct oracle_page p = { .page = &page };

	/*
	 * The array is there for whole sections; the kernel tells of what is online, so neither of a
	 * device's memory nor of 2 MiB without RAM: pfn_to_online_page(), mm/memory_hotplug.c.
	 */
	if (told >> KPF_NOPAGE & 1 &&
	    !guard_is_ram(&ch->k->pages.mem->guard, pfn << PAGE_SHIFT)) {
		t->holes++;
		return;
	}
	pagearray_virt(&ch->k->pages, pfn, &virt);
	page_decode(l, virt, &v, &page);
	if (page.head && is_inside(ch, pfn + 1)) {
		struct view second = page_at(ch, ch->before, pfn + 1);

		page_unmask(l, virt, &second, &page);
	}
	if (page.head || page.tail) {
		const struct whole *w = whole_of(ch, pfn, &page);

		if (!w) {
			t->changed++;
			return;
		}
		p.head = &w->head;
		p.compound = &w->compound;
		p.small_mapped = w->small_mapped;
		stable = stable && w->stable;
		if (kind == KIND_LOST)
			kind = w->kind;
	} else {
		p.free = in_free_block(ch, pfn, &page, &stable);
	}
	if (!stable) {
		t->changed++;
		return;
	}
	t->compared++;
	flags = oracle_flags(l, &p);
	mask = oracle_comparable(l, &p, told);
	if ((flags ^ told) & mask)
		differ(t, pfn, COMPARE_FLAGS, flags & mask, told & mask);
	if (oracle_mapcount(l, &p, &mapcount) && mapcount != count)
		differ(t, pfn, COMPARE_MAPCOUNT, mapcount, count);
	if (!(oracle_kinds(told) >> kind & 1))
		differ(t, pfn, COMPARE_KIND, kind, told);
}

/* The census's own verdict on the pages as they were before. */
static void classify_chunk(struct chunk *ch)
{
	const struct memmodel_run *run = memmodel_find(&ch->k->memmodel, ch->first);
	struct classify_input in = {
		&ch->k->layout,
		{ ch->before, (size_t)ch->count * ch->k->layout.size, 0 },
		ch->first, ch->count, run ? run->base : 0,
	};

	classify_kinds(&in, ch->runs, ch->kinds);
}

/* What lies beyond the file's end reads as "no page". */
static bool ask(int fd, const char *path, uint64_t pfn, uint64_t *words, uint64_t count,
		uint64_t beyond, struct err *e)
{
	uint64_t done;

	if (!kpageflags_read(fd, pfn, words, count, &done, e))
		return err_while(e, "%s", path);
	for (uint64_t i = done; i < count; i++)
		words[i] = beyond;
	return true;
}

/* No struct page there: the kernel must say so too. */
static void compare_hole(struct chunk *ch, struct compare_totals *t)
{
	for (uint64_t i = 0; i < ch->count; i++) {
		t->holes++;
		if (!oracle_is_hole(&ch->k->layout, ch->flags[i]))
			differ(t, ch->first + i, COMPARE_KIND, KIND_HOLE, ch->flags[i]);
	}
}

static bool ask_both(struct compare *k, struct err *e)
{
	struct chunk *ch = &k->chunk;

	return ask(k->flags_fd, KPAGEFLAGS_PATH, ch->first, ch->flags, ch->count,
		   1ull << KPF_NOPAGE, e) &&
	       ask(k->counts_fd, KPAGECOUNT_PATH, ch->first, ch->counts, ch->count, 0, e);
}

static bool compare_chunk(struct compare *k, struct compare_totals *t, struct err *e);

/* Struct pages come and go by subsections: each half of the chunk by itself. No block crosses. */
static bool compare_halves(struct compare *k, struct compare_totals *t, struct err *e)
{
	struct chunk *ch = &k->chunk;
	uint64_t first = ch->first, count = ch->count;
	bool good;

	ch->count = SUBSECTION;
	good = compare_chunk(k, t, e);
	ch->first += SUBSECTION;
	ch->count = count - SUBSECTION;
	good = good && compare_chunk(k, t, e);
	ch->first = first;
	ch->count = count;
	return good;
}

static bool compare_chunk(struct compare *k, struct compare_totals *t, struct err *e)
{
	struct chunk *ch = &k->chunk;
	const struct pagearray *pa = &ch->k->pages;
	bool have = pagearray_read(pa, ch->first, (size_t)ch->count, ch->before, e);

	if (!have && e->kind == ERR_NO_PAGE && ch->count > SUBSECTION)
		return compare_halves(k, t, e);
	if (!have && e->kind != ERR_NO_PAGE) {
		t->unread += ch->count;
		return true;
	}
	if (!ask_both(k, e))
		return false;
	if (!have) {
		compare_hole(ch, t);
		return true;
	}
	if (!pagearray_read(pa, ch->first, (size_t)ch->count, ch->after, e)) {
		t->unread += ch->count;
		return true;
	}
	classify_chunk(ch);
	ch->block = (struct range){ 0, 0 };
	ch->has_whole = false;
	for (uint64_t pfn = ch->first; pfn < ch->first + ch->count; pfn++)
		compare_page(ch, pfn, t);
	return true;
}

uint64_t compare_differences(const struct compare_totals *t)
{
	return t->differ[COMPARE_FLAGS] + t->differ[COMPARE_MAPCOUNT] + t->differ[COMPARE_KIND];
}

const char *compare_name(enum compare_what what)
{
	return name_at("flags\0mapcount\0kind", what);
}

static bool compare_all(struct compare *k, uint64_t chunk_pages, struct compare_totals *ret_totals,
			struct err *e)
{
	uint64_t end = memmodel_end(&k->chunk.k->memmodel);

	for (uint64_t pfn = 0; pfn < end; pfn += chunk_pages) {
		struct compare_totals t;

		k->chunk.first = pfn;
		k->chunk.count = end - pfn < chunk_pages ? end - pfn : chunk_pages;
		for (int round = 0; round < COMPARE_ROUNDS; round++) {
			t = *ret_totals;
			if (!compare_chunk(k, &t, e))
				return false;
			if (compare_differences(&t) == compare_differences(ret_totals))
				break;
		}
		*ret_totals = t;
	}
	return true;
}

static bool make_buffers(struct chunk *ch, size_t pages, size_t page_size)
{
	ch->before = alloc_zeroed(pages * page_size);
	ch->after = alloc_zeroed(pages * page_size);
	ch->flags = alloc_zeroed(pages * sizeof(*ch->flags));
	ch->counts = alloc_zeroed(pages * sizeof(*ch->counts));
	ch->kinds = alloc_zeroed(pages);
	ch->runs = alloc_zeroed(pages * sizeof(*ch->runs));
	return ch->before && ch->after && ch->flags && ch->counts && ch->kinds && ch->runs;
}

static void free_buffers(struct chunk *ch)
{
	alloc_free(ch->before);
	alloc_free(ch->after);
	alloc_free(ch->flags);
	alloc_free(ch->counts);
	alloc_free(ch->kinds);
	alloc_free(ch->runs);
}

static bool compare_chunks(struct compare *k, struct compare_totals *ret_totals, struct err *e)
{
	const struct page_layout *l = &k->chunk.k->layout;
	size_t pages = (size_t)1 << (l->max_order - 1);
	bool good;

	if (pages < CHUNK_MIN)
		pages = CHUNK_MIN;
	good = make_buffers(&k->chunk, pages, l->size) ? compare_all(k, pages, ret_totals, e)
						       : err_sys(e, ENOMEM, "the comparison");
	free_buffers(&k->chunk);
	return good;
}

bool compare_pages(const struct kernel *k, struct compare_totals *ret_totals, struct err *e)
{
	struct compare c = { -1, -1, { .k = k } };
	bool good;

	*ret_totals = (struct compare_totals){ 0 };
	good = kpageflags_open_file(KPAGEFLAGS_PATH, &c.flags_fd, e) &&
	       kpageflags_open_file(KPAGECOUNT_PATH, &c.counts_fd, e) && compare_chunks(&c, ret_totals, e);
	if (c.flags_fd >= 0)
		close(c.flags_fd);
	if (c.counts_fd >= 0)
		close(c.counts_fd);
	return good;
}

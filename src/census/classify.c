/* From struct pages side by side to runs of pages of one kind. */
/* In order of address and one by one; sums.c is for those who only count. */
#include "census/onepage.h"

#define ORDER_TRIES 3

struct writer {
	struct run *runs;
	size_t len;
	struct run now;
};

static inline void put(struct writer *w, enum kind kind, unsigned int order, uint64_t place,
		       uint64_t pages)
{
	if (w->now.pages && w->now.kind == kind && w->now.place == place && w->now.order == order) {
		w->now.pages += (uint32_t)pages;
		return;
	}
	if (w->now.pages)
		w->runs[w->len++] = w->now;
	w->now = (struct run){ (uint32_t)pages, (uint8_t)kind, (uint8_t)order, 0, place };
}

/* Page cache; also what was truncated from a file and still waits on the LRU. */
static enum kind mapping_kind(const struct page_layout *l, uint64_t flags, uint64_t mapping,
			      enum kind other)
{
	if (mapping ? mapping & MAPPING_MOVABLE : !(flags & layout_flag_mask(l, PF_LRU)))
		return other;
	return flags & layout_flag_mask(l, PF_SWAPBACKED) ? KIND_SHMEM : KIND_FILE;
}

enum kind onepage_plain(const struct page_layout *l, const uint8_t *page, uint64_t flags,
			uint64_t mapping)
{
	if (mapping || load32(page + l->refcount))
		return mapping_kind(l, flags, mapping, KIND_KERNEL);
	return KIND_PERCPU;
}

enum kind onepage_typed(const struct page_layout *l, uint32_t type, enum kind other)
{
	if (layout_has_type(l, type, PT_OFFLINE))
		return KIND_OFFLINE;
	if (layout_has_type(l, type, PT_TABLE))
		return KIND_TABLE;
	return other;
}

enum kind classify_compound(const struct page_layout *l, const uint8_t *head,
			    const uint8_t *second)
{
	uint64_t flags = load64(head + l->flags);
	uint64_t mapping = load64(head + l->mapping);
	uint32_t type = load32(head + l->mapcount);

	if (l->hugetlb_dtor && second[l->compound_dtor] == l->hugetlb_dtor)
		return KIND_HUGETLB;
	if (flags & layout_flag_mask(l, PF_SLAB))
		return KIND_SLAB;
	if (mapping & MAPPING_ANON)
		return KIND_ANONHUGE;
	if (layout_is_typed(l, type))
		return onepage_typed(l, type, KIND_COMPOUND);
	return mapping_kind(l, flags, mapping, KIND_COMPOUND);
}

int onepage_order(const struct page_layout *l, const uint8_t *page, uint64_t pfn)
{
	for (int i = 0; i < ORDER_TRIES; i++) {
		uint64_t order = load64(page + l->private);
		uint32_t type;

		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		type = load32(page + l->mapcount);
		if (!layout_has_type(l, type, PT_BUDDY))
			return -1;
		if (order < l->max_order && !(pfn & ((1ull << order) - 1)))
			return (int)order;
	}
	return -1;
}

bool onepage_enter(const struct classify_input *in, struct classify_carry *carry, uint64_t pfn)
{
	const struct page_layout *l = in->layout;
	const uint8_t *head;

	if (pfn < in->first || pfn + 1 >= in->first + in->count)
		return false;
	head = in->pages.bytes + (pfn - in->first) * l->size;
	carry->tail_kind = (uint8_t)classify_compound(l, head, head + l->size);
	carry->tail_word = in->base + pfn * l->size + TAIL_BIT;
	return true;
}

/* The kind of a tail whose head is not the one that was last seen. */
static enum kind stray_tail(const struct classify_input *in, struct classify_carry *carry,
			    uint64_t word)
{
	uint64_t off = word - TAIL_BIT - in->base;
	uint64_t pfn = off / in->layout->size;

	if (off % in->layout->size || !onepage_enter(in, carry, pfn))
		return KIND_LOST;
	return carry->tail_kind;
}

/* Heads, slab, reserved and poisoned pages: those with a flag that settles it. */
static enum kind flagged_kind(const struct classify_input *in, struct classify_carry *carry,
			      uint64_t flags, uint64_t pfn)
{
	const struct page_layout *l = in->layout;
	bool head = flags & layout_flag_mask(l, PF_HEAD);
	bool known = !head || onepage_enter(in, carry, pfn);

	if (flags & layout_flag_mask(l, PF_HWPOISON))
		return KIND_HWPOISON;
	if (head)
		return known ? carry->tail_kind : KIND_LOST;
	return flags & layout_flag_mask(l, PF_SLAB) ? KIND_SLAB : KIND_RESERVED;
}

size_t classify_range(const struct classify_input *in, uint64_t pfn, uint64_t end,
		      struct classify_carry *carry, struct run *runs)
{
	const struct page_layout *l = in->layout;
	const size_t size = l->size;
	const uint64_t hwpoison = layout_flag_mask(l, PF_HWPOISON);
	const uint64_t settling = hwpoison | layout_flag_mask(l, PF_HEAD) |
				  layout_flag_mask(l, PF_SLAB) | layout_flag_mask(l, PF_RESERVED);
	const uint8_t *page;
	struct writer w = { .runs = runs };

	if (pfn < carry->free_end) {
		uint64_t n = (carry->free_end < end ? carry->free_end : end) - pfn;

		put(&w, KIND_FREE, carry->free_order, carry->free_place, n);
		pfn += n;
	}
	page = in->pages.bytes + (pfn - in->first) * size;
	while (pfn < end) {
		uint64_t flags = load64(page + l->flags);
		uint64_t word = load64(page + l->compound_head);
		uint64_t place = layout_place(l, flags), mapping;
		uint32_t type;
		enum kind kind;

		if (word & TAIL_BIT) {
			kind = word == carry->tail_word ? (enum kind)carry->tail_kind
							: stray_tail(in, carry, word);
			if (flags & hwpoison)
				kind = KIND_HWPOISON;
		} else if (flags & settling) {
			kind = flagged_kind(in, carry, flags, pfn);
		} else if ((mapping = load64(page + l->mapping)) & MAPPING_ANON) {
			kind = KIND_ANON;
		} else if (layout_is_typed(l, type = load32(page + l->mapcount))) {
			int order = layout_has_type(l, type, PT_BUDDY) ? onepage_order(l, page, pfn) : -1;

			if (order >= 0) {
				uint64_t block = pfn + (1ull << order);
				uint64_t n = (block < end ? block : end) - pfn;

				put(&w, KIND_FREE, (unsigned int)order, place, n);
				carry->free_end = block;
				carry->free_order = (uint8_t)order;
				carry->free_place = place;
				pfn += n;
				page += n * size;
				continue;
			}
			kind = onepage_typed(l, type, KIND_KERNEL);
		} else {
			kind = onepage_plain(l, page, flags, mapping);
		}
		put(&w, kind, 0, place, 1);
		pfn++;
		page += size;
	}
	if (w.now.pages)
		runs[w.len++] = w.now;
	return w.len;
}

size_t classify_pages(const struct classify_input *in, struct classify_carry *carry,
		      struct run *runs)
{
	return classify_range(in, in->first, in->first + in->count, carry, runs);
}

/* From struct pages side by side to runs of pages of one kind. */
/* In order of address and one by one; sums.c is for those who only count. */
#include "census/onepage.h"

#include "base/num.h"

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
	static const uint8_t kinds[PT_LEN] = {
		[PT_SLAB] = KIND_SLAB,	     [PT_TABLE] = KIND_TABLE,
		[PT_OFFLINE] = KIND_OFFLINE, [PT_UNACCEPTED] = KIND_OFFLINE,
		[PT_HUGETLB] = KIND_HUGETLB,
	};

	for (unsigned int t = 0; t < PT_LEN; t++)
		if (kinds[t] && layout_has_type(l, type, (enum page_type)t))
			return (enum kind)kinds[t];
	return other;
}

bool onepage_is_block(const struct page_layout *l, uint32_t type)
{
	return layout_has_type(l, type, PT_BUDDY) || layout_has_type(l, type, PT_GUARD) ||
	       layout_has_type(l, type, PT_UNACCEPTED);
}

enum kind classify_compound(const struct page_layout *l, const uint8_t *head,
			    const uint8_t *second)
{
	uint64_t flags = page_word(l, head + l->flags);
	uint64_t mapping = page_word(l, head + l->mapping);
	uint32_t type = load32(head + l->mapcount);

	if (l->hugetlb_dtor && second[l->compound_dtor] == l->hugetlb_dtor)
		return KIND_HUGETLB;
	if (flags & layout_flag_mask(l, PF_SLAB))
		return KIND_SLAB;
	/* Who gives a page a type may put anything where a mapping would be. */
	if (layout_is_typed(l, type))
		return onepage_typed(l, type, KIND_COMPOUND);
	if (mapping & MAPPING_ANON)
		return KIND_ANONHUGE;
	return mapping_kind(l, flags, mapping, KIND_COMPOUND);
}

/*
 * Free blocks and guards (debug_guardpage_minorder=) have their order in private; memory that a
 * guest has not accepted yet comes in blocks of the largest: __free_unaccepted(), mm/page_alloc.c.
 */
int onepage_order(const struct page_layout *l, const uint8_t *page, uint64_t pfn)
{
	for (int i = 0; i < ORDER_TRIES; i++) {
		uint64_t order = page_word(l, page + l->private);
		uint32_t type;

		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		type = load32(page + l->mapcount);
		if (!onepage_is_block(l, type))
			return -1;
		if (layout_has_type(l, type, PT_UNACCEPTED))
			order = l->max_order - 1;
		if (order < l->max_order && !(pfn & ((1ull << order) - 1)))
			return (int)order;
	}
	return -1;
}

bool onepage_enter(const struct classify_input *in, struct classify_carry *carry, uint64_t pfn)
{
	const struct page_layout *l = in->layout;
	const uint64_t virt = in->base + pfn * l->size;
	const uint8_t *head, *second;
	uint64_t word, at;
	bool ours;

	if (pfn < in->first || pfn - in->first >= in->count || pfn + 1 == in->first + in->count)
		return false;
	head = in->pages.bytes + (pfn - in->first) * l->size;
	second = head + l->size;
	word = page_word(l, second + l->compound_head);
	at = layout_head(l, virt + l->size, word);
	/* What begins a page may be the head once more, see page_unmask(): as good as that. */
	ours = word & TAIL_BIT && (at == virt || !(virt % PAGE_SIZE));
	carry->tail_kind = (uint8_t)classify_compound(l, head, second);
	carry->tail_word = ours ? word : 0;
	carry->tail_end = at == word - TAIL_BIT ? UINT64_MAX : pfn + (TAIL_BIT - word) / l->size;
	return true;
}

/* The kind of a tail whose head is not the one that was last seen. */
static enum kind stray_tail(const struct classify_input *in, struct classify_carry *carry,
			    uint64_t pfn, uint64_t word)
{
	const struct page_layout *l = in->layout;
	uint64_t off = layout_head(l, in->base + pfn * l->size, word) - in->base;

	return !(off % l->size) && onepage_enter(in, carry, off / l->size) ? (enum kind)carry->tail_kind
									   : KIND_LOST;
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

/* Is page, which has a type, the first of a block? Then carry is of that block. */
static bool enter_block(const struct page_layout *l, const uint8_t *page, uint64_t pfn,
			uint64_t place, uint32_t type, struct classify_carry *carry)
{
	int order = onepage_order(l, page, pfn);
	bool free = layout_has_type(l, type, PT_BUDDY);

	if (order < 0)
		return false;
	carry->block_end = pfn + (1ull << order);
	carry->block_kind = (uint8_t)(free ? KIND_FREE : onepage_typed(l, type, KIND_KERNEL));
	carry->block_order = free ? (uint8_t)order : 0;
	carry->block_place = place;
	return true;
}

size_t classify_range(const struct classify_input *in, uint64_t pfn, uint64_t end,
		      struct classify_carry *carry, struct run *runs)
{
	const struct page_layout *l = in->layout;
	const uint64_t hwpoison = layout_flag_mask(l, PF_HWPOISON);
	const uint64_t settling = hwpoison | layout_flag_mask(l, PF_HEAD) |
				  layout_flag_mask(l, PF_SLAB) | layout_flag_mask(l, PF_RESERVED);
	struct writer w = { .runs = runs };

	while (pfn < end) {
		const uint8_t *page = in->pages.bytes + (pfn - in->first) * l->size;
		uint64_t flags, word, place, mapping;
		uint32_t type;
		enum kind kind;

		if (pfn < carry->block_end) {
			uint64_t n = num_least(carry->block_end, end) - pfn;

			put(&w, carry->block_kind, carry->block_order, carry->block_place, n);
			pfn += n;
			continue;
		}
		flags = page_word(l, page + l->flags);
		word = page_word(l, page + l->compound_head);
		place = layout_place(l, flags);
		if (word & TAIL_BIT) {
			kind = word == carry->tail_word && pfn < carry->tail_end
				       ? (enum kind)carry->tail_kind
				       : stray_tail(in, carry, pfn, word);
			if (flags & hwpoison)
				kind = KIND_HWPOISON;
		} else if (flags & settling) {
			kind = flagged_kind(in, carry, flags, pfn);
		} else if (layout_is_typed(l, type = load32(page + l->mapcount))) {
			if (enter_block(l, page, pfn, place, type, carry))
				continue;
			kind = onepage_typed(l, type, KIND_KERNEL);
		} else if ((mapping = page_word(l, page + l->mapping)) & MAPPING_ANON) {
			kind = KIND_ANON;
		} else {
			kind = onepage_plain(l, page, flags, mapping);
		}
		/* Lost heads apart from lost tails: of these one may speak for the next. */
		put(&w, kind, kind == KIND_LOST && !(word & TAIL_BIT), place, 1);
		pfn++;
	}
	if (w.now.pages)
		runs[w.len++] = w.now;
	return w.len;
}

void classify_kinds(const struct classify_input *in, struct run *runs, uint8_t *ret_kinds)
{
	struct classify_carry carry = { 0 };
	size_t n = classify_pages(in, &carry, runs), at = 0;

	for (size_t i = 0; i < n; i++) {
		memset(ret_kinds + at, runs[i].kind, runs[i].pages);
		at += runs[i].pages;
	}
}

size_t classify_pages(const struct classify_input *in, struct classify_carry *carry,
		      struct run *runs)
{
	return classify_range(in, in->first, in->first + in->count, carry, runs);
}

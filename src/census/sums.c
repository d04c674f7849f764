/* From struct pages side by side to sums of pages by kind: the hot loop. */
/* Knows no kind of its own: what is not plain goes to the verdicts that classify.c has. */
#include "census/onepage.h"

#include "base/num.h"

#define SLOW_STRETCH 64u /* pages looked at one by one where a stretch ended */

/*
 * Within one page of code, for an emulator cannot chain jumps from one page to the next: the linker
 * puts this section first, so that all of it lies in the first page of the program.
 */
#define FIRST_PAGE __attribute__((noinline, section(".text.hot")))
/* One source, and code for each set of constants. */
#define ALWAYS_INLINE __attribute__((always_inline)) static inline
/* This file is compiled for speed; what is called once a window need not be. */
#define SMALL __attribute__((noinline, cold))

/* A stretch of pages of one zone. */
struct stretch {
	const struct classify_input *in;
	struct classify_carry *carry;
	const uint8_t *end; /* of the window */
	uint64_t like; /* zone and node bits of the flags words */
	uint64_t odd; /* flags that settle the kind, and the zone and node bits */
	uint64_t block_order; /* of the last free block, which may reach beyond the window */
	uint64_t pages[KIND_LEN], free[ORDERS_MAX];
};

/*
 * The layout of nearly every x86_64 kernel from 5.10 on. The loop has it as constants, once for
 * each form of flags and types, and runs only where the kernel told exactly this one: find_sum().
 * Others go the slower way.
 */
enum {
	USUAL_SIZE = 64,
	USUAL_FLAGS = 0,
	USUAL_HEAD = 8,
	USUAL_MAPPING = 24,
	USUAL_PRIVATE = 40,
	USUAL_MAPCOUNT = 48,
	USUAL_REFCOUNT = 52,
};

struct usual {
	uint8_t lru, swapbacked; /* bits */
	uint32_t buddy_mask, buddy_value;
	int32_t typed_below;
};

#define USUAL_5_10 ((struct usual){ 4, 19, 0xf0000080, 0xf0000000, -128 })
#define USUAL_6_12 ((struct usual){ 5, 17, 0xff000000, 0xf0000000, -0x1000000 })

static bool is_usual(const struct page_layout *l, struct usual u)
{
	return l->word == 8 && l->size == USUAL_SIZE && l->flags == USUAL_FLAGS &&
	       l->compound_head == USUAL_HEAD && l->mapping == USUAL_MAPPING &&
	       l->private == USUAL_PRIVATE && l->mapcount == USUAL_MAPCOUNT &&
	       l->refcount == USUAL_REFCOUNT && l->flag_bit[PF_LRU] == u.lru &&
	       l->flag_bit[PF_SWAPBACKED] == u.swapbacked &&
	       l->type_mask[PT_BUDDY] == u.buddy_mask &&
	       l->type_value[PT_BUDDY] == u.buddy_value && l->typed_below == u.typed_below;
}

static uint64_t pfn_of(const struct stretch *s, const uint8_t *page)
{
	return s->in->first + (uint64_t)(page - s->in->pages.bytes) / USUAL_SIZE;
}

/* The tails from page on that belong to the compound page seen last; returns the first other. */
static const uint8_t *sum_tails(struct stretch *s, const uint8_t *page)
{
	const uint64_t like = s->like, odd = s->odd, word = s->carry->tail_word;
	const uint64_t pfn = pfn_of(s, page), tail_end = s->carry->tail_end;
	const uint64_t window = (uint64_t)(s->end - page) / USUAL_SIZE;
	const uint64_t most = pfn < tail_end ? num_least(tail_end - pfn, window) : 0;
	uint64_t n = 0;

	while (n < most && load64(page + USUAL_HEAD) == word &&
	       !((load64(page + USUAL_FLAGS) ^ like) & odd)) {
		n++;
		page += USUAL_SIZE;
	}
	s->pages[s->carry->tail_kind] += n;
	return page;
}

/* A page that is not plain, and what goes with it; returns page itself to end the stretch. */
__attribute__((noinline)) static const uint8_t *sum_odd(struct stretch *s, const uint8_t *page)
{
	const struct page_layout *l = s->in->layout;
	const uint64_t head = layout_flag_mask(l, PF_HEAD), slab = layout_flag_mask(l, PF_SLAB);
	uint64_t flags = load64(page + l->flags) ^ s->like, mapping;
	uint32_t type = load32(page + l->mapcount);
	enum kind kind;

	if (flags & s->odd & ~head & ~slab)
		return page;
	if (load64(page + l->compound_head) & TAIL_BIT)
		return sum_tails(s, page);
	mapping = load64(page + l->mapping);
	if (flags & head) {
		if (!onepage_enter(s->in, s->carry, pfn_of(s, page)))
			return page;
		kind = (enum kind)s->carry->tail_kind;
	} else if (flags & slab) {
		kind = KIND_SLAB;
	} else if (layout_is_typed(l, type)) {
		if (onepage_is_block(l, type))
			return page;
		kind = onepage_typed(l, type, KIND_KERNEL);
	} else if (mapping & MAPPING_ANON) {
		kind = KIND_ANON;
	} else {
		kind = onepage_plain(l, page, flags, mapping);
	}
	s->pages[kind]++;
	return page + l->size;
}

/* Fields of a packed sum, so that the loop keeps all of them in one register. */
#define LRU_ONE 1ull
#define ANON_ONE (1ull << 20)
#define SHMEM_ONE (1ull << 40)
#define FIELD(sum, one) ((sum) / (one) & 0xfffff) /* a window has fewer pages than 2^20 */

/* Is it free still, as a block of this order, and can there be one? */
ALWAYS_INLINE bool is_block(const struct stretch *s, const uint8_t *page, uint64_t order,
			    const struct usual u)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return (load32(page + USUAL_MAPCOUNT) & u.buddy_mask) == u.buddy_value &&
	       !(pfn_of(s, page) & ((1ull << order) - 1));
}

/*
 * Counts pages from page on, up to one that must be seen in its place: of another zone or node,
 * reserved, poisoned, or of a compound page not seen from its head. Returns it.
 *
 * Most pages in use are on the LRU, and those are neither free nor typed nor tails nor slab
 * (include/linux/page-flags.h, mm/swap.c, 5.10 to 7.2): two words tell what they are. They
 * are summed without a branch; branches and sums in memory are what costs under emulation.
 */
ALWAYS_INLINE const uint8_t *sum_usual(struct stretch *s, const uint8_t *page, const struct usual u)
{
	const uint64_t lru = 1ull << u.lru, swapbacked = 1ull << u.swapbacked;
	const uint64_t telling = s->odd | lru, like = s->like, orders = s->in->layout->max_order;
	const uint8_t *const end = s->end;
	uint64_t sums = 0, single = 0, percpu = 0;

	while (page < end) {
		uint64_t flags = load64(page + USUAL_FLAGS) ^ like;
		uint64_t mapping = load64(page + USUAL_MAPPING);
		const uint8_t *next;

		if ((flags & telling) == lru) {
			uint64_t anon = mapping & MAPPING_ANON;
			uint64_t shmem = (flags & swapbacked) != 0;

			sums += LRU_ONE + anon * ANON_ONE + (shmem & ~anon) * SHMEM_ONE;
			page += USUAL_SIZE;
			continue;
		}
		if (!((flags & telling) | mapping)) {
			uint32_t type = load32(page + USUAL_MAPCOUNT);
			uint64_t order = load64(page + USUAL_PRIVATE);
			bool buddy = (type & u.buddy_mask) == u.buddy_value;

			if (buddy && !order) {
				single++;
				page += USUAL_SIZE;
				continue;
			}
			/* What onepage_order() asks for; one page alone needs no second look. */
			if (buddy && order < orders && is_block(s, page, order, u)) {
				s->free[order] += 1ull << order;
				s->block_order = order;
				page += (size_t)USUAL_SIZE << order;
				continue;
			}
			if ((int32_t)type >= u.typed_below &&
			    !(load32(page + USUAL_REFCOUNT) |
			      (load64(page + USUAL_HEAD) & TAIL_BIT))) {
				percpu++;
				page += USUAL_SIZE;
				continue;
			}
		}
		next = sum_odd(s, page);
		if (next == page)
			break;
		page = next;
	}
	s->free[0] += single;
	s->pages[KIND_PERCPU] += percpu;
	s->pages[KIND_ANON] += FIELD(sums, ANON_ONE);
	s->pages[KIND_SHMEM] += FIELD(sums, SHMEM_ONE);
	s->pages[KIND_FILE] += FIELD(sums, LRU_ONE) - FIELD(sums, ANON_ONE) - FIELD(sums, SHMEM_ONE);
	return page;
}

FIRST_PAGE static const uint8_t *sum_5_10(struct stretch *s, const uint8_t *page)
{
	return sum_usual(s, page, USUAL_5_10);
}

FIRST_PAGE static const uint8_t *sum_6_12(struct stretch *s, const uint8_t *page)
{
	return sum_usual(s, page, USUAL_6_12);
}

typedef const uint8_t *sum_fn(struct stretch *s, const uint8_t *page);

SMALL static sum_fn *find_sum(const struct page_layout *l)
{
	return is_usual(l, USUAL_5_10) ? sum_5_10 : is_usual(l, USUAL_6_12) ? sum_6_12 : NULL;
}

/* Reserved pages side by side, one run of them; returns how many. */
static uint64_t reserved_run(const struct stretch *s, const uint8_t *page)
{
	const struct page_layout *l = s->in->layout;
	const uint64_t reserved = layout_flag_mask(l, PF_RESERVED);
	const uint8_t *at = page;

	while (at < s->end && ((load64(at + l->flags) ^ s->like) & s->odd) == reserved &&
	       !(load64(at + l->compound_head) & TAIL_BIT))
		at += l->size;
	return (uint64_t)(at - page) / l->size;
}

SMALL static size_t put_sums(const struct stretch *s, struct run *runs)
{
	const uint64_t place = layout_place(s->in->layout, s->like);
	size_t len = 0;

	for (unsigned int k = 0; k < KIND_LEN; k++)
		if (s->pages[k])
			runs[len++] = (struct run){ (uint32_t)s->pages[k], (uint8_t)k, 0, 0, place };
	for (unsigned int o = 0; o < ORDERS_MAX; o++)
		if (s->free[o])
			runs[len++] = (struct run){ (uint32_t)s->free[o], KIND_FREE, (uint8_t)o, 0,
						    place };
	return len;
}

/* One stretch from pfn on; returns the pfn that ended it. */
SMALL static uint64_t put_stretch(const struct classify_input *in, sum_fn *sum, uint64_t pfn,
				  struct classify_carry *carry, struct run *runs, size_t *len)
{
	const struct page_layout *l = in->layout;
	const uint64_t zone = layout_place_mask(l);
	const uint8_t *page = in->pages.bytes + (pfn - in->first) * l->size;
	uint64_t n;
	struct stretch s = {
		.in = in,
		.carry = carry,
		.end = in->pages.bytes + in->count * l->size,
		.like = load64(page + l->flags) & zone,
		.odd = zone | layout_flag_mask(l, PF_HEAD) | layout_flag_mask(l, PF_SLAB) |
		       layout_flag_mask(l, PF_RESERVED) | layout_flag_mask(l, PF_HWPOISON),
	};

	page = sum(&s, page);
	pfn = pfn_of(&s, page);
	if (page > s.end) {
		/* The last block goes on in the next window, which will count the rest. */
		carry->block_end = pfn;
		carry->block_kind = KIND_FREE;
		carry->block_order = (uint8_t)s.block_order;
		carry->block_place = layout_place(l, s.like);
		pfn = in->first + in->count;
		s.free[s.block_order] -= carry->block_end - pfn;
	}
	*len += put_sums(&s, runs + *len);
	n = page < s.end ? reserved_run(&s, page) : 0;
	if (n)
		runs[(*len)++] = (struct run){ (uint32_t)n, KIND_RESERVED, 0, 0,
					       layout_place(l, s.like) };
	return pfn + n;
}

SMALL size_t classify_sums(const struct classify_input *in, struct classify_carry *carry,
		     struct run *runs)
{
	const uint64_t end = in->first + in->count;
	sum_fn *const sum = find_sum(in->layout);
	uint64_t pfn = in->first, stop;
	size_t len = 0;

	if (!sum)
		return classify_pages(in, carry, runs);
	while (pfn < end) {
		/* In the middle of a block there is nothing to look at. */
		if (pfn >= carry->block_end)
			pfn = put_stretch(in, sum, pfn, carry, runs, &len);
		stop = pfn < carry->block_end ? carry->block_end : pfn + SLOW_STRETCH;
		if (stop > end)
			stop = end;
		if (pfn < stop)
			len += classify_range(in, pfn, stop, carry, runs + len);
		pfn = stop;
	}
	return len;
}

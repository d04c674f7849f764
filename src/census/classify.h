/* From struct pages side by side to runs of pages of one kind. */
/* Pure: reads bytes it is given, remembers what a compound page told, touches nothing else. */
#ifndef CENSUS_CLASSIFY_H
#define CENSUS_CLASSIFY_H

#include "base/view.h"
#include "census/kinds.h"
#include "kernel/layout.h"

/*
 * Pages next to each other of one kind, zone and node. place is layout_place() of the flags
 * word. Free pages: each run is whole buddy blocks of one order.
 */
struct run {
	uint32_t pages;
	uint8_t kind;
	uint8_t order; /* of the buddy blocks, when KIND_FREE */
	uint16_t unused;
	uint64_t place;
};

/* What is known when a window begins: a compound page or a block may have begun before. */
struct classify_carry {
	uint64_t tail_word; /* compound_head of the tails of the current compound page; 0: none */
	uint64_t tail_end; /* and they are below this pfn: masks do not differ */
	uint8_t tail_kind;
	uint8_t block_kind, block_order;
	uint64_t block_end; /* pfns below this one belong to the current block */
	uint64_t block_place;
};

struct classify_input {
	const struct page_layout *layout;
	struct view pages; /* struct pages from first on; count * layout->size bytes */
	uint64_t first, count;
	uint64_t base; /* virtual address of the struct page of pfn 0 */
};

/* A page whose kind hangs on a struct page that is not in this window. */
#define KIND_LOST KIND_LEN

/*
 * Fills runs, at most one a page, and returns how many. A tail whose head lies before the
 * window and was not seen, and a head whose second struct page lies behind it, get KIND_LOST:
 * the caller asks classify_compound(). Works on live memory: a free block counts only when its
 * type reads the same before and after its order.
 */
size_t classify_pages(const struct classify_input *in, struct classify_carry *carry,
		      struct run *runs);

/* The kind of each page by itself, nothing being known of those before; room for in->count in both. */
void classify_kinds(const struct classify_input *in, struct run *runs, uint8_t *ret_kinds);

/* The pfns [pfn, end) of in only. */
size_t classify_range(const struct classify_input *in, uint64_t pfn, uint64_t end,
		      struct classify_carry *carry, struct run *runs);
/*
 * The same pages by sums, several times as fast where kinds alternate: the runs of a stretch
 * of one zone stand for it in no order, at most one a kind, and one an order for free pages.
 * Reserved, poisoned and lost pages keep their place. Runs still add up to count.
 */
size_t classify_sums(const struct classify_input *in, struct classify_carry *carry,
		     struct run *runs);

/* The kind of a compound page, from its head and the struct page behind it. */
enum kind classify_compound(const struct page_layout *l, const uint8_t *head,
			    const uint8_t *second);

#endif

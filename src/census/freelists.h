/* The buddy allocator's free lists, walked from the zones, against struct pages. */
/* Both ways: each entry must be a free block of that list, and each free block on a list. */
#ifndef CENSUS_FREELISTS_H
#define CENSUS_FREELISTS_H

#include "census/blocks.h"

#define FREELISTS_SHOWN_MAX 16
#define FREELISTS_NO_TYPE 0xff

/* What is wrong; ours is the struct page's side, told the list's. */
enum freelists_what {
	LIST_LOST, /* told: an address that is no struct page's */
	LIST_NOT_FREE, /* pfn is on the list, and its struct page is of no free block */
	LIST_TWICE, /* pfn is met again: a loop, or on two lists */
	LIST_ORDER, /* pfn's block is of order ours on a list of order told */
	LIST_ZONE, /* pfn's block is of zone ours on a list of zone told, by index */
	LIST_BACK, /* pfn's prev is ours, where told leads to it */
	LIST_COUNT, /* ours blocks were met on the lists, nr_free is told */
	LIST_MISSING, /* pfn begins a free block that is on no list */
	LIST_ALIGN, /* pfn begins a free block of order ours, and is no multiple of its size */
	LIST_INSIDE, /* pfn begins a free block inside the one that begins at told */
	LIST_BAD_ORDER, /* pfn begins a free block of order ours, which there is not */
	/* Of no order: */
	LIST_NO_ZONE, /* pfn begins a free block in no zone */
	LIST_SPAN, /* pfn, which is not reserved, lies outside the zone that its flags name */
	LIST_MANAGED, /* the zone has ours pages that are not reserved, and told by its own count */
	LIST_LEN,
};

struct freelists_finding {
	uint64_t pfn, ours, told;
	uint16_t zone; /* index in zones.list; BLOCKS_NO_ZONE */
	uint8_t what, order, type; /* FREELISTS_NO_TYPE: of no one list */
};

/* One order of one zone: its lists hold still together or not at all. */
struct freelists_area {
	bool settled; /* one look showed it still and without a fault */
	/* The last look, unless settled: changed meanwhile; every list was followed to its end. */
	bool moved, whole;
	uint64_t findings;
	uint64_t blocks[ZONES_TYPES_MAX]; /* on the list of each migrate type */
};

struct freelists {
	const struct kernel *k;
	struct zones zones;
	struct blocks blocks;
	uint8_t *before; /* owned: zones.areas before the pass */
	struct freelists_area areas[ZONES_LIST_MAX + 1][ORDERS_MAX]; /* by index in zones.list */
	unsigned int looks;
	uint64_t open; /* areas that need another look */
	uint64_t findings; /* of the last look, as below */
	size_t shown_len;
	struct freelists_finding shown[FREELISTS_SHOWN_MAX]; /* the first of them */
};

/* Large: not for the stack. Kinds: those of zones_init(). freelists_deinit() in any case. */
bool freelists_init(struct freelists *f, const struct kernel *k, struct err *e)
	__attribute__((warn_unused_result));
void freelists_deinit(struct freelists *f);
/*
 * One look: heads, struct pages, heads again, and the walk of every area that is not settled.
 * What is found of a list that changed meanwhile is not a finding. A finding of a machine that
 * runs is one only when the next looks have it, too. Kinds: those of zones_read(), ERR_SYSTEM.
 */
bool freelists_look(struct freelists *f, struct err *e) __attribute__((warn_unused_result));
struct freelists_sums {
	uint64_t lists, blocks, pages; /* lists that are not empty */
	uint64_t moved; /* areas of which no look showed anything, because they change */
};
struct freelists_sums freelists_sums(const struct freelists *f);

#endif

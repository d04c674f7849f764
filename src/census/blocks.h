/* One pass over all struct pages for what free lists and zones are held against. */
/* Gathers free blocks and counts pages by zone; judges nothing. */
#ifndef CENSUS_BLOCKS_H
#define CENSUS_BLOCKS_H

#include "kernel/kernel.h"
#include "kernel/zones.h"

#define BLOCKS_NO_ZONE ZONES_LIST_MAX

/* A struct page that says it begins a free block. */
struct block {
	uint64_t pfn, next, prev; /* its list entry: struct page.lru */
	uint16_t zone; /* index in zones.list, or BLOCKS_NO_ZONE */
	uint8_t order; /* 255: that or more */
	bool seen; /* for who walks the lists */
};

/* Pages whose flags name the zone. */
struct blocks_zone {
	uint64_t ram; /* the guard knows them as RAM */
	/* Not reserved, not offline: what the allocator has or gave away, and where they lie. */
	uint64_t usable;
	struct range pfn;
};

struct blocks {
	size_t len, room;
	struct block *list; /* owned, by rising pfn */
	struct blocks_zone zones[ZONES_LIST_MAX + 1]; /* by index in zones.list; the last: in none */
	uint64_t pages, unread; /* struct pages looked at; that could not be read */
	struct err first; /* why not */
};

/*
 * Starts anew; the list's room stays. A list takes 32 bytes a free block, so at most 1/128 of the
 * free memory. Kind ERR_SYSTEM.
 */
bool blocks_gather(struct blocks *b, const struct kernel *k, const struct zones *z, struct err *e)
	__attribute__((warn_unused_result));
/* Makes room for that many blocks and touches it: the pass itself then takes no memory. */
bool blocks_reserve(struct blocks *b, uint64_t count, struct err *e)
	__attribute__((warn_unused_result));
void blocks_deinit(struct blocks *b);
/* The block that begins at pfn, or NULL. */
struct block *blocks_find(struct blocks *b, uint64_t pfn);

#endif

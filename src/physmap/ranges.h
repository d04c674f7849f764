/* Sets of addresses as lists of ranges: put together, cut, counted. */
/* Bytes, or anything else that is counted: the unit is the caller's. */
#ifndef PHYSMAP_RANGES_H
#define PHYSMAP_RANGES_H

#include "base/num.h"

/* All zeros: the empty set. */
struct ranges {
	struct range *list; /* owned */
	size_t len;
	bool bad; /* there was no memory for all of it: it is not the set it should be */
};

/* One more, in any order; one that goes on where the last one ends makes that longer. Empty ones are none. */
void ranges_add(struct ranges *r, uint64_t start, uint64_t end);
/* By rising start, and no two that meet or touch: what the functions below need. */
void ranges_settle(struct ranges *r);
/* Adds to to what of a lies inside of b, or outside of it. All settled, to as well when it was empty. */
void ranges_cut(const struct ranges *a, const struct ranges *b, bool inside, struct ranges *to);
/* Adds to to the whole pages of a, as pfns. */
void ranges_pages(const struct ranges *a, struct ranges *to);
uint64_t ranges_sum(const struct ranges *r);
void ranges_deinit(struct ranges *r);

#endif

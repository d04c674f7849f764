/* What classify.c and sums.c share: the loads, and the verdict on one struct page. */
/* For these two only. */
#ifndef CENSUS_ONEPAGE_H
#define CENSUS_ONEPAGE_H

#include "census/classify.h"
#include "decode/page.h"

#include <string.h>

/* memcpy: a core file may put struct pages at any alignment. */
static inline uint64_t load64(const uint8_t *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static inline uint32_t load32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

/* The kind of a page that is neither typed nor anonymous nor flagged. */
enum kind onepage_plain(const struct page_layout *l, const uint8_t *page, uint64_t flags,
			uint64_t mapping);
/* What a page_type word says; other for one unknown. Buddy is the caller's business. */
enum kind onepage_typed(const struct page_layout *l, uint32_t type, enum kind other);
/* Is it a type of a whole block of pages, of which the first alone has it? */
bool onepage_is_block(const struct page_layout *l, uint32_t type);
/*
 * The order of the block that begins with page, or -1 when there is none, or it does not hold
 * still. Type, order, type again: when both types say buddy, the order is that of a block that
 * was free then, all of it, so that its other pages need no look.
 */
int onepage_order(const struct page_layout *l, const uint8_t *page, uint64_t pfn);
/* Sets what the tails of the compound page at pfn will say; false when that cannot be seen. */
bool onepage_enter(const struct classify_input *in, struct classify_carry *carry, uint64_t pfn);

#endif

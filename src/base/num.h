/* Numbers and ranges as a person types them. */
/* Whole-string parsers: trailing rubbish, signs, overflow and the empty string are refused. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/err.h"

#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096u
#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))

/* Physical addresses of x86 have at most 52 bits: Intel SDM 3A, 4.1.4, MAXPHYADDR. */
#define PHYS_END (1ull << 52)
/* arch/x86/include/asm/page_64_types.h, __START_KERNEL_map, 5.10 to 7.2. */
#define KERNEL_IMAGE_VIRT 0xffffffff80000000ull

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline uint64_t num_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Half-open: start <= x < end. */
struct range {
	uint64_t start, end;
};

static inline bool range_holds(const struct range *r, uint64_t start, uint64_t end)
{
	return r->start <= start && end <= r->end && start <= end;
}

static inline bool range_meets(const struct range *r, uint64_t start, uint64_t end)
{
	return start < r->end && r->start < end;
}

static inline struct range range_of_pages(uint64_t pfn, uint64_t pages)
{
	return (struct range){ pfn << PAGE_SHIFT, (pfn + pages) << PAGE_SHIFT };
}

/* The whole pages inside r; 0, 0 when there are none. */
static inline struct range range_whole_pages(const struct range *r)
{
	uint64_t start = (r->start + PAGE_SIZE - 1) & PAGE_MASK, end = r->end & PAGE_MASK;

	/* Rounding up in the last page leads to 0. */
	if (start < r->start || start >= end)
		return (struct range){ 0, 0 };
	return (struct range){ start, end };
}

/*
 * The digits of base 10 or 16 that text begins with; what follows them, or NULL when there
 * are none or the value does not fit.
 */
const char *num_scan(const char *text, unsigned int base, uint64_t *ret_value)
	__attribute__((warn_unused_result));
/*
 * Decimal, or hexadecimal after 0x, with an optional suffix K, M, G or T (powers of 1024).
 * what names the thing in the message. Kind ERR_ADDRESS.
 */
bool num_parse(const char *text, const char *what, uint64_t *ret_value, struct err *e)
	__attribute__((warn_unused_result));
/*
 * START-END (end exclusive), START+LENGTH, or START alone, which means one unit.
 * An empty range, or one that wraps, is refused. Kind ERR_RANGE.
 */
bool num_parse_range(const char *text, uint64_t unit, struct range *ret_range, struct err *e)
	__attribute__((warn_unused_result));

#endif

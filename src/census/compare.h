/* Every struct page against what /proc/kpageflags and /proc/kpagecount say of its page. */
/* Live only. Counts and keeps what differs; showing it is for others. */
#ifndef CENSUS_COMPARE_H
#define CENSUS_COMPARE_H

#include "kernel/kernel.h"

#define KPAGECOUNT_PATH "/proc/kpagecount"
#define COMPARE_ROUNDS 3 /* a difference that is gone when looked at again was drift */
#define COMPARE_SHOWN_MAX 16

enum compare_what {
	COMPARE_FLAGS,
	COMPARE_MAPCOUNT,
	COMPARE_KIND,
	COMPARE_LEN,
};

struct compare_difference {
	uint64_t pfn;
	enum compare_what what;
	uint64_t ours, told; /* kpageflags words; mapcounts; a kind and a kpageflags word */
};

struct compare_totals {
	uint64_t compared, changed, holes, unread, differ[COMPARE_LEN];
	size_t shown_len;
	struct compare_difference shown[COMPARE_SHOWN_MAX]; /* the first */
};

/*
 * Compares all struct pages that read the same before and after the kernel was asked; the others
 * are changed. Kinds: ERR_UNSUPPORTED when a file does not open, ERR_SYSTEM.
 */
bool compare_pages(const struct kernel *k, struct compare_totals *ret_totals, struct err *e)
	__attribute__((warn_unused_result));
uint64_t compare_differences(const struct compare_totals *t);
/* "flags", "mapcount" or "kind". */
const char *compare_name(enum compare_what what);

#endif

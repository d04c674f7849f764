/* The census when struct pages cannot be read: what /proc/kpageflags tells of each page. */
/* Knows no zones and no orders: the file does not tell them. Opens no memory. */
#ifndef CENSUS_KPAGEFLAGS_H
#define CENSUS_KPAGEFLAGS_H

#include "census/census.h"

#define KPAGEFLAGS_PATH "/proc/kpageflags"

struct kpageflags {
	int fd;
	uint64_t end; /* it tells of the pfns below this one */
	struct guard guard; /* what is RAM; the caller fills it before a scan */
	/* The last scan: words with bits that have no name here, and those bits. */
	uint64_t unknown, unknown_bits;
};

/*
 * Opens path, KPAGEFLAGS_PATH outside of tests, and finds its end. Kind ERR_UNSUPPORTED, with
 * errno: no root, no /proc, a kernel without CONFIG_PROC_PAGE_MONITOR.
 */
bool kpageflags_open(struct kpageflags *k, const char *path, struct err *e)
	__attribute__((warn_unused_result));
void kpageflags_close(struct kpageflags *k);
/* The file alone, or KPAGECOUNT_PATH, for kpageflags_read(). *ret_fd is -1 on failure. Kinds: the same. */
bool kpageflags_open_file(const char *path, int *ret_fd, struct err *e)
	__attribute__((warn_unused_result));

/*
 * As census_scan(), but that watch is told of every kind. Pages behind an error or an early end of the file are KIND_UNREADABLE;
 * KIND_PERCPU does not occur: see kpageflags_kind(). Kinds: ERR_RANGE when empty, ERR_SYSTEM.
 */
bool kpageflags_scan(struct kpageflags *k, struct range range, const struct census_watch *watch,
		     struct census *ret_census, struct err *e) __attribute__((warn_unused_result));

/*
 * The kind of a page with that word. head: the word of the compound page's head when it is a
 * tail, 0 when that is not known. Pages on per-cpu lists have no flag, as kernel memory has
 * none: both are KIND_KERNEL. What is not RAM and has no flag is a hole (7.2 says 0 of holes).
 */
enum kind kpageflags_kind(uint64_t word, uint64_t head, bool ram);

/*
 * Reads the words of count pfns from pfn on, of kpageflags or kpagecount; *ret_count are there,
 * fewer where the file ends. Kind ERR_SYSTEM.
 */
bool kpageflags_read(int fd, uint64_t pfn, uint64_t *words, uint64_t count, uint64_t *ret_count,
		     struct err *e) __attribute__((warn_unused_result));

#endif

/* The census: one pass over the struct page array, each pfn once, counted by kind and zone. */
/* Counts and hands out runs; drawing and printing is for others. */
#ifndef CENSUS_CENSUS_H
#define CENSUS_CENSUS_H

#include "census/kinds.h"
#include "kernel/kernel.h"

#define CENSUS_ZONES_MAX 64

struct census_zone {
	uint64_t place; /* layout_place() */
	bool has_zone; /* false: pages in no zone, holes, unreadable struct pages */
	unsigned int nid, zone;
	uint64_t kinds[KIND_LEN]; /* pages */
	uint64_t free[ORDERS_MAX]; /* pages in buddy blocks of each order */
};

struct census {
	struct range pfn; /* scanned */
	uint64_t kinds[KIND_LEN]; /* pages; they add up to pfn.end - pfn.start */
	uint64_t free[ORDERS_MAX];
	uint64_t ns; /* the pass took */
	size_t zones_len;
	struct census_zone zones[CENSUS_ZONES_MAX];
	struct err first; /* why the first KIND_UNREADABLE was that; ERR_NONE */
};

/* Called for runs in order; kind is never KIND_LOST. */
typedef void census_run_fn(void *arg, uint64_t pfn, uint64_t pages, enum kind kind);

#define CENSUS_EVERY UINT32_MAX

/*
 * Who is told of runs, and of which kinds, one bit a kind: CENSUS_EVERY, or those it wants; then it may be told
 * of some of the others as well. Where none of these is, pages are only counted, ten times as fast.
 */
struct census_watch {
	census_run_fn *fn;
	void *arg;
	uint32_t kinds;
};

/*
 * Scans range; watch NULL: only counts. Pages that cannot be read are counted as such and do not fail it.
 * Kinds: ERR_RANGE when empty, ERR_SYSTEM, ERR_UNSUPPORTED (more zones than CENSUS_ZONES_MAX).
 */
bool census_scan(const struct kernel *k, struct range range, const struct census_watch *watch,
		 struct census *ret_census, struct err *e) __attribute__((warn_unused_result));
/* The kind of one page, as the census counts it; KIND_HOLE without struct page. Kinds: of a read. */
bool census_kind(const struct kernel *k, uint64_t pfn, enum kind *ret_kind, struct err *e)
	__attribute__((warn_unused_result));
/* From 0 to the end of the last section that has struct pages. */
struct range census_all(const struct kernel *k);
/* CLOCK_MONOTONIC in ns, for how long a pass took. */
uint64_t census_now_ns(void);

#endif

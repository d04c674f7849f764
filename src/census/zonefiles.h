/* What the kernel counts itself: /proc/zoneinfo, buddyinfo, pagetypeinfo and meminfo. */
/* Parsers of text, pure; what does not look as expected is left out, never guessed. */
#ifndef CENSUS_ZONEFILES_H
#define CENSUS_ZONEFILES_H

#include "kernel/layout.h"
#include "kernel/zones.h"

#define ZONEFILES_NAME_MAX 16

/* Lines of /proc/meminfo. */
enum meminfo {
	MEMINFO_TOTAL,
	MEMINFO_FREE,
	MEMINFO_ANON,
	MEMINFO_SHMEM,
	MEMINFO_SLAB,
	MEMINFO_TABLES,
	MEMINFO_HUGETLB,
	MEMINFO_POISON,
	MEMINFO_SWAPCACHE,
	MEMINFO_LEN,
};

struct zonefiles_zone {
	unsigned int nid, number; /* zoneinfo has the zones of a node in order, empty ones too */
	char name[ZONEFILES_NAME_MAX];
	/* zoneinfo. Pages; cpus: those that have lists of their own, with percpu pages on them. */
	uint64_t free, spanned, present, managed, start_pfn, percpu;
	uint64_t cpus, threshold; /* what each may count for itself before the zone is told */
	/* Numbers read of the other two; 0: not in that file. */
	size_t orders, types;
	uint64_t blocks[ORDERS_MAX]; /* buddyinfo */
	uint64_t by_type[ZONES_TYPES_MAX][ORDERS_MAX]; /* pagetypeinfo */
};

struct zonefiles {
	size_t len;
	struct zonefiles_zone zones[ZONES_LIST_MAX];
	char types[ZONES_TYPES_MAX][ZONEFILES_NAME_MAX]; /* names of migrate types, in order */
	uint32_t told; /* bits: which of meminfo[] */
	uint64_t meminfo[MEMINFO_LEN]; /* pages */
};

/* /proc/pagetypeinfo stops counting there: mm/vmstat.c, ">100000". */
#define ZONEFILES_CAPPED 100001u

/* mm/vmstat.c and fs/proc/meminfo.c, 5.10 to 7.2. zoneinfo first: the others name its zones. */
void zonefiles_zoneinfo(struct zonefiles *z, const char *text);
void zonefiles_buddyinfo(struct zonefiles *z, const char *text);
void zonefiles_pagetypeinfo(struct zonefiles *z, const char *text);
void zonefiles_meminfo(struct zonefiles *z, const char *text);

/* "MemTotal" */
const char *zonefiles_meminfo_name(enum meminfo which);

/*
 * All four. Kinds: those of file_read(); ERR_UNSUPPORTED when zoneinfo has no zone.
 * pagetypeinfo may be missing: its numbers are then not there.
 */
bool zonefiles_read(struct zonefiles *z, struct err *e) __attribute__((warn_unused_result));
/* /proc/zoneinfo alone, into what is zero still. Kinds: the same. */
bool zonefiles_read_zones(struct zonefiles *z, struct err *e) __attribute__((warn_unused_result));

#endif

/* What /proc/kpageflags and /proc/kpagecount must say of a struct page, and what they say. */
/*
 * The numbers and rules here are the user ABI's and fs/proc/page.c's, written apart from the
 * decoder's and the census's: what these make of a struct page is what is put to the test.
 */
#ifndef CENSUS_ORACLE_H
#define CENSUS_ORACLE_H

#include "census/kinds.h"
#include "decode/page.h"

/*
 * Bits of /proc/kpageflags: include/uapi/linux/kernel-page-flags.h and
 * include/linux/kernel-page-flags.h, 5.10 to 7.2.
 */
enum kpf {
	KPF_LOCKED = 0,
	KPF_ERROR = 1,
	KPF_REFERENCED = 2,
	KPF_UPTODATE = 3,
	KPF_DIRTY = 4,
	KPF_LRU = 5,
	KPF_ACTIVE = 6,
	KPF_SLAB = 7,
	KPF_WRITEBACK = 8,
	KPF_RECLAIM = 9,
	KPF_BUDDY = 10,
	KPF_MMAP = 11,
	KPF_ANON = 12,
	KPF_SWAPCACHE = 13,
	KPF_SWAPBACKED = 14,
	KPF_COMPOUND_HEAD = 15,
	KPF_COMPOUND_TAIL = 16,
	KPF_HUGE = 17,
	KPF_UNEVICTABLE = 18,
	KPF_HWPOISON = 19,
	KPF_NOPAGE = 20,
	KPF_KSM = 21,
	KPF_THP = 22,
	KPF_OFFLINE = 23,
	KPF_ZERO_PAGE = 24,
	KPF_IDLE = 25,
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32,
	KPF_MLOCKED = 33,
	KPF_MAPPEDTODISK = 34, /* OWNER_2 from 6.12 on */
	KPF_PRIVATE = 35,
	KPF_PRIVATE_2 = 36,
	KPF_OWNER_PRIVATE = 37,
	KPF_ARCH = 38,
	KPF_UNCACHED = 39,
	KPF_SOFTDIRTY = 40,
	KPF_ARCH_2 = 41,
	KPF_ARCH_3 = 42, /* never on x86 */
	KPF_LEN = 43,
};

/* A page with all that its kpageflags depend on. head and compound: NULL outside compounds. */
struct oracle_page {
	const struct page_facts *page, *head;
	const struct page_compound *compound;
	bool free; /* in a buddy block, at its head or inside */
	uint64_t small_mapped; /* compound pages: mappings of its pages one by one, all together */
};

/*
 * The kpageflags word that fs/proc/page.c, stable_page_flags(), must give: that of 5.10 and 6.1
 * where slab is a page flag, that of 6.12 and 7.2 where it is a type.
 */
uint64_t oracle_flags(const struct page_layout *l, const struct oracle_page *p);
/*
 * The bits of told that struct page alone settles on this kernel; the others are not compared.
 * Bits that have no name here are among those.
 */
uint64_t oracle_comparable(const struct page_layout *l, const struct oracle_page *p, uint64_t told);
/*
 * The word that /proc/kpagecount must give; false when struct page does not settle it: a kernel
 * with CONFIG_NO_PAGE_MAPCOUNT (6.15 and later) keeps no count for each page of a large folio.
 */
bool oracle_mapcount(const struct page_layout *l, const struct oracle_page *p, uint64_t *ret_count);
/* Does this word of kpageflags say that there is no struct page? */
bool oracle_is_hole(const struct page_layout *l, uint64_t told);
/* Mask of the kinds (1 << KIND_*) that a page with these kpageflags can be of. */
uint32_t oracle_kinds(uint64_t told);

const char *oracle_bit_name(unsigned int bit);
/* Why the bit cannot be derived from struct page; NULL when it can. */
const char *oracle_bit_reason(const struct page_layout *l, unsigned int bit);

#endif

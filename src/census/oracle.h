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
 * include/linux/kernel-page-flags.h, 5.10 to 6.1.
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
	KPF_MAPPEDTODISK = 34,
	KPF_PRIVATE = 35,
	KPF_PRIVATE_2 = 36,
	KPF_OWNER_PRIVATE = 37,
	KPF_ARCH = 38,
	KPF_UNCACHED = 39,
	KPF_SOFTDIRTY = 40,
	KPF_ARCH_2 = 41,
	KPF_LEN = 42,
};

/* A page with all that its kpageflags depend on. head and compound: NULL outside compounds. */
struct oracle_page {
	const struct page_facts *page, *head;
	const struct page_compound *compound;
	bool free; /* in a buddy block, at its head or inside */
	bool mapped; /* compound pages: some page of it is mapped on its own */
};

/* The kpageflags word that fs/proc/page.c, stable_page_flags(), 5.10 to 6.1, must give. */
uint64_t oracle_flags(const struct page_layout *l, const struct oracle_page *p);
/* The bits that struct page alone settles on this kernel; the others are not compared. */
uint64_t oracle_comparable(const struct page_layout *l, uint64_t told);
/* Mask of the kinds (1 << KIND_*) that a page with these kpageflags can be of. */
uint32_t oracle_kinds(uint64_t told);

const char *oracle_bit_name(unsigned int bit);
/* Why the bit cannot be derived from struct page; NULL when it can. */
const char *oracle_bit_reason(const struct page_layout *l, unsigned int bit);

#endif

/* The memory model: which page frames have struct pages, and where. */
/* Reads what leads to the struct pages, and none of them. */
#ifndef KERNEL_MEMMODEL_H
#define KERNEL_MEMMODEL_H

#include "kernel/pagetable.h"

enum memmodel_kind {
	MEMMODEL_FLAT, /* one array: i386 */
	MEMMODEL_SPARSE, /* a static table of sections, an array each: i386 */
	MEMMODEL_EXTREME, /* sections by way of roots, an array each: x86_64 without VMEMMAP */
	MEMMODEL_VMEMMAP, /* and all arrays part of one virtual array: x86_64 */
};

/* Page frames next to each other whose struct pages lie at base + pfn * SIZE(page). */
struct memmodel_run {
	struct range pfn;
	uint64_t base; /* virtual address of the struct page of pfn 0, were there one; modulo 2^64 */
};

struct memmodel {
	enum memmodel_kind kind;
	size_t page_size; /* SIZE(page) */
	unsigned int section_shift; /* log2 of pages a section: 15 on x86_64; 0: no sections */
	unsigned int section_bits; /* log2 of how many there can be */
	uint64_t sections; /* online, with struct pages */
	size_t len;
	struct memmodel_run *runs; /* owned, by rising pfn */
	size_t offline_len;
	struct range *offline; /* owned, pfns by rising pfn: have struct pages that nobody has filled */
};

/*
 * FLATMEM of 32 bits when there is SYMBOL(mem_map) and no SYMBOL(mem_section), see flatmem.h; else
 * sparsemem.h.
 * Kinds: ERR_KEY_*, ERR_UNSUPPORTED, those of pagetable_read().
 */
bool memmodel_init(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		   struct err *e) __attribute__((warn_unused_result));
void memmodel_deinit(struct memmodel *mm);
/* "FLATMEM", "SPARSEMEM"... */
const char *memmodel_name(const struct memmodel *mm);
/* The run that has the struct page of pfn, or NULL. */
const struct memmodel_run *memmodel_find(const struct memmodel *mm, uint64_t pfn);
/* Is pfn in a section that is not online? */
bool memmodel_is_offline(const struct memmodel *mm, uint64_t pfn);
/* One past the last pfn that has a struct page. */
uint64_t memmodel_end(const struct memmodel *mm);

/*
 * Adds pfns behind those that are there. base is a word of the kernel's, of 32 bits or 64; runs that
 * continue each other become one. Kind ERR_SYSTEM.
 */
bool memmodel_add(struct memmodel *mm, const struct pagetable *pt, const struct range *pfn,
		  uint64_t base, struct err *e) __attribute__((warn_unused_result));
bool memmodel_add_offline(struct memmodel *mm, const struct range *pfn, struct err *e)
	__attribute__((warn_unused_result));

#endif

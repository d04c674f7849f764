/* SPARSEMEM: which sections of physical memory have struct pages, and where. */
/* Handles SPARSEMEM_EXTREME; reads the section table only, not the struct pages. */
#ifndef KERNEL_MEMMODEL_H
#define KERNEL_MEMMODEL_H

#include "kernel/pagetable.h"

/* Sections next to each other whose struct pages lie at base + pfn * SIZE(page). */
struct memmodel_run {
	struct range pfn;
	uint64_t base; /* virtual address of the struct page of pfn 0, were there one */
};

struct memmodel {
	unsigned int section_shift; /* log2 of pages a section: 15 on x86_64 */
	uint64_t sections; /* that have struct pages */
	size_t len;
	struct memmodel_run *runs; /* owned, by rising pfn */
};

/*
 * From SYMBOL(mem_section), whose value is that of the pointer under EXTREME,
 * LENGTH/SIZE(mem_section), OFFSET(mem_section.section_mem_map), NUMBER(SECTION_SIZE_BITS),
 * NUMBER(MAX_PHYSMEM_BITS). Sections that are not online are left out.
 * Kinds: ERR_KEY_*, ERR_UNSUPPORTED, those of pagetable_read().
 */
bool memmodel_init(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		   struct err *e) __attribute__((warn_unused_result));
void memmodel_deinit(struct memmodel *mm);
/* The run that has the struct page of pfn, or NULL. */
const struct memmodel_run *memmodel_find(const struct memmodel *mm, uint64_t pfn);
/* One past the last pfn that has a struct page. */
uint64_t memmodel_end(const struct memmodel *mm);

#endif

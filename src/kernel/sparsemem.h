/* SPARSEMEM: memory in sections, each with struct pages of its own or without. */
/* For memmodel.c only. */
#ifndef KERNEL_SPARSEMEM_H
#define KERNEL_SPARSEMEM_H

#include "kernel/memmodel.h"

/*
 * SYMBOL(mem_section), LENGTH/SIZE(mem_section), OFFSET(mem_section.section_mem_map),
 * NUMBER(SECTION_SIZE_BITS), NUMBER(MAX_PHYSMEM_BITS). With as many entries as sections the table is
 * static and the symbol its address; with EXTREME it is an array of pointers to pages of entries,
 * and the symbol is the value of the pointer to it.
 * Sections that are not online are left out. Of those that were added later, as far as they are there:
 * in subsections of 2 MiB, when there is VMEMMAP.
 * Kinds: ERR_KEY_*, ERR_UNSUPPORTED, those of pagetable_read().
 */
bool sparsemem_read(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		    struct err *e) __attribute__((warn_unused_result));

#endif

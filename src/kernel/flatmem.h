/* FLATMEM: all struct pages in one array, mem_map. */
/* For memmodel.c only. */
#ifndef KERNEL_FLATMEM_H
#define KERNEL_FLATMEM_H

#include "kernel/memmodel.h"

/*
 * SYMBOL(mem_map) is where the array's address stands; the only node, SYMBOL(contig_page_data), tells
 * by OFFSET(pglist_data.node_start_pfn) and .node_spanned_pages how far it goes: to max_mapnr,
 * which is not told. What .node_mem_map says of the array's place must agree, where it is told.
 * Kinds: ERR_KEY_*, ERR_UNSUPPORTED, those of pagetable_read().
 */
bool flatmem_read(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		  struct err *e) __attribute__((warn_unused_result));

#endif

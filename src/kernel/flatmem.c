/* FLATMEM: the array's address and its extent. */
/* Reads three words of the node's description, and believes none that contradicts another. */
#include "kernel/flatmem.h"

#include "kernel/layout.h"

#include <inttypes.h>

#define PAGES_MAX (1ull << (36 - PAGE_SHIFT)) /* 64 GiB, as much as i386 takes */
#define NODE_MAX (1u << 24) /* most of SIZE(pglist_data) taken for true */

/* A word of the structure at node, at the offset that VMCOREINFO has for key. */
static bool read_member(const struct pagetable *pt, const struct vmcoreinfo *vi, uint64_t node,
			const char *key, uint64_t *ret_word, struct err *e)
{
	uint64_t offset = 0;

	return vmcoreinfo_within(vi, key, 0, NODE_MAX, &offset, e) &&
	       pagetable_read_word(pt, node + offset, ret_word, e);
}

/*
 * node_mem_map is the struct page of the node's first pfn (mm/page_alloc.c, alloc_node_mem_map(),
 * 5.10 and 6.1; later mm/mm_init.c): the same array, told a second time.
 */
static bool check_map(const struct memmodel *mm, const struct pagetable *pt,
		      const struct vmcoreinfo *vi, uint64_t node, uint64_t map, uint64_t first,
		      struct err *e)
{
	uint64_t offset, told = 0, want = map + first * mm->page_size;

	if (!vmcoreinfo_optional(vi, "OFFSET(pglist_data.node_mem_map)", &offset))
		return true;
	if (!read_member(pt, vi, node, "OFFSET(pglist_data.node_mem_map)", &told, e))
		return false;
	return told == want ||
	       err_set(e, ERR_KEY_VALUE, "mem_map is %#" PRIx64 ", and so the node's array should "
		       "begin at %#" PRIx64 ", not at %#" PRIx64, map, want, told);
}

bool flatmem_read(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		  struct err *e)
{
	uint64_t variable = 0, map = 0, node = 0, first = 0, spanned = 0, orders = 0, block;
	struct range pfn;

	mm->kind = MEMMODEL_FLAT;
	if (!vmcoreinfo_within(vi, "SYMBOL(mem_map)", 1, UINT64_MAX, &variable, e) ||
	    !vmcoreinfo_within(vi, "SYMBOL(contig_page_data)", 1, UINT64_MAX, &node, e) ||
	    !vmcoreinfo_within(vi, "LENGTH(zone.free_area)", 1, ORDERS_MAX, &orders, e) ||
	    !pagetable_read_word(pt, variable, &map, e) ||
	    !read_member(pt, vi, node, "OFFSET(pglist_data.node_start_pfn)", &first, e) ||
	    !read_member(pt, vi, node, "OFFSET(pglist_data.node_spanned_pages)", &spanned, e))
		return err_while(e, "mem_map");
	if (!map || !spanned || first >= PAGES_MAX || spanned > PAGES_MAX - first)
		return err_set(e, ERR_KEY_VALUE, "mem_map is %#" PRIx64 " for %" PRIu64
			       " pages from pfn %#" PRIx64, map, spanned, first);
	if (!check_map(mm, pt, vi, node, map, first, e))
		return false;
	/* The array begins with the largest block that the first pfn lies in. */
	block = 1ull << (orders - 1);
	pfn = (struct range){ first & ~(block - 1), first + spanned };
	return memmodel_add(mm, pt, &pfn, map, e);
}

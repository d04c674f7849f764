/* Which virtual addresses of the kernel lead to a physical one: its page tables, turned round. */
/* Only what init_top_pgt maps, and as it was during the pass; processes have tables of their own. */
#ifndef KERNEL_MAPPINGS_H
#define KERNEL_MAPPINGS_H

#include "kernel/memmodel.h"
#include "kernel/pagescan.h"

/*
 * At most so many runs are kept and tables read: vmalloc maps page by page, and with
 * debug_pagealloc=on the direct map does as well.
 */
#define MAPPINGS_MAX (1u << 17)
#define MAPPINGS_TABLES_MAX (1u << 14)

struct mapping {
	uint64_t virt, phys, len;
};

/* Areas whose place is certain, those of the direct map apart. */
#define MAPPINGS_AREAS_MAX 8

struct mappings_area {
	struct range virt;
	const char *name;
};

struct mappings {
	struct mapping *runs; /* owned: the large ones, then the others, each by rising phys */
	size_t len, large_len;
	struct pagescan scan;
	bool capped; /* there are more than are kept, or tables that were not read */
	bool has_direct;
	uint64_t direct; /* the virtual address of physical address 0 in the direct map */
	struct mappings_area areas[MAPPINGS_AREAS_MAX];
	size_t areas_len;
};

/*
 * Where the direct map of RAM begins: the virtual address of physical address 0 in it. It is the
 * first thing mapped in the upper half, begins at a multiple of 1 GiB (KASLR moves it by whole PUD
 * entries: arch/x86/mm/kaslr.c, 5.10 to 7.2), and holds the page tables; false when these do not
 * agree, or the tables cannot be read.
 */
bool mappings_direct(const struct pagetable *pt, uint64_t *ret_base);
/* Does virt, where phys is mapped, lie in the direct map? Seldom reads more tables than it must. */
bool mappings_is_direct(const struct pagetable *pt, uint64_t virt, uint64_t phys);
/*
 * How far from phys on, at most to end, the direct map at base maps each page to itself. Both
 * page aligned. Kinds: those of pagescan_each().
 */
bool mappings_direct_end(const struct pagetable *pt, uint64_t base, uint64_t phys, uint64_t end,
			 uint64_t *ret_end, struct err *e) __attribute__((warn_unused_result));

/*
 * One pass over all page tables of the kernel. A table that cannot be had is counted and
 * passed over. Kinds: ERR_SYSTEM for want of memory, those of mem_read() for the top table.
 */
bool mappings_init(struct mappings *m, const struct pagetable *pt, const struct memmodel *mm,
		   size_t page_size, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));
void mappings_deinit(struct mappings *m);
/*
 * The runs that hold phys, one a call; *at begins as 0. False when there are no more. In no
 * order that means anything.
 */
bool mappings_next(const struct mappings *m, uint64_t phys, size_t *at, uint64_t *ret_virt);
/* The area of a mapping of phys at virt, or NULL where that is not certain. */
const char *mappings_area(const struct mappings *m, uint64_t virt, uint64_t phys);

#endif

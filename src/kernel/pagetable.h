/* The kernel's page tables, walked by physical address, in every paging mode of x86. */
/* Reads tables only, through mem's guard; never a page they lead to. */
#ifndef KERNEL_PAGETABLE_H
#define KERNEL_PAGETABLE_H

#include "kernel/paging.h"
#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

struct pagetable {
	struct mem *mem;
	uint64_t root; /* physical address of the top table */
	struct paging paging;
	/* 32 bits only: PAGE_OFFSET, where the direct map and the kernel's part begin. */
	uint64_t page_offset;
};

/* One step of a walk: the entry at table[index]. */
struct pagetable_step {
	unsigned int level;
	unsigned int index;
	uint64_t entry_phys;
	uint64_t entry;
};

struct pagetable_walk {
	uint64_t virt;
	size_t steps_len;
	struct pagetable_step steps[PAGING_LEVELS_MAX];
	uint64_t phys; /* of virt, when mapped */
	uint64_t leaf_size; /* 4 KiB, 2 MiB, 4 MiB or 1 GiB; 0: not mapped */
};

/*
 * The mode: 32 bits when SIZE(list_head), two pointers, says so, with PAE by CONFIG_X86_PAE=y; else
 * NUMBER(pgtable_l5_enabled). The root: SYMBOL(init_top_pgt) or SYMBOL(swapper_pg_dir), which lies
 * in the kernel image. 64 bits: phys = virt - 0xffffffff80000000 + NUMBER(phys_base). 32 bits: phys =
 * virt - PAGE_OFFSET (arch/x86, __pa_symbol, 5.10 to 7.2), and PAGE_OFFSET is the one of the few there
 * are with which the tables map the kernel to just there.
 * Kinds: ERR_KEY_*; with 32 bits ERR_UNSUPPORTED, and those of mem_read().
 */
bool pagetable_init(struct pagetable *pt, struct mem *m, const struct vmcoreinfo *vi,
		    struct err *e) __attribute__((warn_unused_result));

/*
 * Walks virt. On failure *ret_walk holds the steps made so far. Kinds: ERR_ADDRESS (not
 * canonical), ERR_NOT_MAPPED, ERR_TABLE_OUTSIDE, ERR_TABLE_LOOP, and those of mem_read().
 */
bool pagetable_walk(const struct pagetable *pt, uint64_t virt, struct pagetable_walk *ret_walk,
		    struct err *e) __attribute__((warn_unused_result));

/* A word of the kernel's at a virtual address. Kinds: as pagetable_read(). */
bool pagetable_read_word(const struct pagetable *pt, uint64_t virt, uint64_t *ret_word,
			 struct err *e) __attribute__((warn_unused_result));
/* The kernel's own part of the address space, but for its last page, which nothing maps. */
struct range pagetable_kernel_part(const struct pagetable *pt);

/*
 * Reads len bytes at a virtual address. What the walk leads to and no route shows is asked of
 * /proc/kcore by its virtual address.
 */
bool pagetable_read(const struct pagetable *pt, uint64_t virt, void *buf, size_t len,
		    struct err *e) __attribute__((warn_unused_result));

/*
 * For pagescan.c. A table must be a whole page of RAM: firmware, devices and holes are never one; kind
 * ERR_TABLE_OUTSIDE. Kind ERR_TABLE_LOOP.
 */
bool pagetable_check(const struct pagetable *pt, unsigned int level, uint64_t phys, struct err *e)
	__attribute__((warn_unused_result));
bool pagetable_loop(const struct pagetable *pt, unsigned int level, uint64_t phys, struct err *e);

#endif

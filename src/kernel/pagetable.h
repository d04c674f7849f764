/* The kernel's page tables, walked by physical address, in every paging mode of x86. */
/* Reads tables only, through mem's guard; never a page they lead to. */
#ifndef KERNEL_PAGETABLE_H
#define KERNEL_PAGETABLE_H

#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

#define PAGETABLE_LEVELS_MAX 5

/* Intel SDM 3A, 4.3 to 4.5. A table takes a page, but for the top one of PAE, which is 32 bytes. */
struct pagetable_mode {
	const char *name;
	uint8_t levels; /* 1 is that of PTEs */
	uint8_t entry_size; /* bytes */
	uint8_t index_bits; /* of a virtual address, for each level below the top */
	uint8_t virt_bits; /* of 64, the ones above copy the highest; of 32 there are no more */
	uint8_t leaf_levels; /* bit n: bit 7 of an entry of level n says that it is a large page */
};

enum { PAGETABLE_2LEVEL, PAGETABLE_PAE, PAGETABLE_4LEVEL, PAGETABLE_5LEVEL, PAGETABLE_MODES };
extern const struct pagetable_mode pagetable_modes[PAGETABLE_MODES];

struct pagetable {
	struct mem *mem;
	uint64_t root; /* physical address of the top table */
	const struct pagetable_mode *mode;
	uint64_t encryption; /* the bit of an entry that says so (sme_mask), or 0 */
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
	struct pagetable_step steps[PAGETABLE_LEVELS_MAX];
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

/* A run of virtual addresses and where it lies, or that it lies nowhere. */
struct pagetable_run {
	struct range virt;
	uint64_t phys;
	bool mapped;
};

/*
 * Calls fn for every piece of [start, end), mapped or not, in order; each table is read once.
 * fn returns false (with *e set) to stop. Kinds: as pagetable_walk(), but for ERR_NOT_MAPPED.
 */
bool pagetable_each(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagetable_run *run, struct err *e),
		    void *arg, struct err *e) __attribute__((warn_unused_result));

/* What a pass over much of the address space met. The caller sets tables_max, the rest to 0. */
struct pagetable_scan {
	uint64_t tables_max;
	uint64_t tables; /* read */
	uint64_t lost; /* not in RAM or not readable: what is below is missing */
	uint64_t repeated; /* the same as the table before, and left out */
	bool capped; /* tables_max was reached */
};

/*
 * As pagetable_each(), for passes over all there is: a table that cannot be had ends its branch
 * only, the runs below it are left out, and *scan tells. Only a bad range or top table, or fn, makes
 * it fail.
 */
bool pagetable_scan(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagetable_run *run, struct err *e),
		    void *arg, struct pagetable_scan *scan, struct err *e)
	__attribute__((warn_unused_result));

/* Bytes of the kernel's unsigned long, and of its pointers. */
size_t pagetable_word(const struct pagetable *pt);
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

/* Where an entry leads: the next table, or the page. */
uint64_t pagetable_entry_phys(const struct pagetable *pt, unsigned int level, uint64_t entry);
/*
 * What an entry's bits mean, "present write user ...", into buf; those that mean nothing by number.
 * Of one that is not present, what kernels keep there.
 */
void pagetable_entry_flags(const struct pagetable *pt, unsigned int level, uint64_t entry,
			   char *buf, size_t size);
/* PGD at the top, then P4D (of five), PUD, PMD, PTE. */
const char *pagetable_level_name(const struct pagetable *pt, unsigned int level);

#endif

/* The kernel's page tables, walked by physical address: 4 levels and 5 (LA57). */
/* Reads tables only, through mem's guard; never a page they lead to. */
#ifndef KERNEL_PAGETABLE_H
#define KERNEL_PAGETABLE_H

#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

#define PAGETABLE_LEVELS_MAX 5

struct pagetable {
	struct mem *mem;
	uint64_t root; /* physical address of the top table */
	unsigned int levels; /* 4 or 5 */
	uint64_t address_mask; /* address bits of an entry: 51:12 without the encryption bit */
};

/* One step of a walk: the entry at table[index]. Level 5 is the PGD of LA57, 1 the PTE. */
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
	uint64_t leaf_size; /* 4 KiB, 2 MiB or 1 GiB */
};

/*
 * From SYMBOL(init_top_pgt) or SYMBOL(swapper_pg_dir), NUMBER(phys_base),
 * NUMBER(pgtable_l5_enabled) and NUMBER(sme_mask). The root lies in the kernel image, so that
 * phys = virt - 0xffffffff80000000 + phys_base (arch/x86, __pa_symbol, 5.10 to 7.2).
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

/* Where the upper half of the address space begins, the kernel's own. */
uint64_t pagetable_upper_half(const struct pagetable *pt);

/*
 * Reads len bytes at a virtual address. What the walk leads to and no route shows is asked of
 * /proc/kcore by its virtual address.
 */
bool pagetable_read(const struct pagetable *pt, uint64_t virt, void *buf, size_t len,
		    struct err *e) __attribute__((warn_unused_result));

/* "present write user ..." of an entry, large when bit 7 is not PAT, from Intel SDM 3A 4.5, into buf. */
void pagetable_entry_flags(uint64_t entry, bool large, char *buf, size_t size);
/* PGD at the top, then P4D (of five), PUD, PMD, PTE. */
const char *pagetable_level_name(const struct pagetable *pt, unsigned int level);

#endif

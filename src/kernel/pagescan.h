/* Passes over ranges of virtual addresses: the runs that are mapped, and those that are not. */
/* As the tables were during the pass; the kernel may change them meanwhile. */
#ifndef KERNEL_PAGESCAN_H
#define KERNEL_PAGESCAN_H

#include "kernel/pagetable.h"

/* A run of virtual addresses and where it lies, or that it lies nowhere. */
struct pagescan_run {
	struct range virt;
	uint64_t phys;
	bool mapped;
};

/*
 * Calls fn for every piece of [start, end), mapped or not, in order; each table is read once.
 * fn returns false (with *e set) to stop. Kinds: as pagetable_walk(), but for ERR_NOT_MAPPED.
 */
bool pagescan_each(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagescan_run *run, struct err *e),
		    void *arg, struct err *e) __attribute__((warn_unused_result));

/* What a pass over much of the address space met. The caller sets tables_max, the rest to 0. */
struct pagescan {
	uint64_t tables_max;
	uint64_t tables; /* read */
	uint64_t lost; /* not in RAM or not readable: what is below is missing */
	uint64_t repeated; /* the same as the table before, and left out */
	bool capped; /* tables_max was reached */
};

/*
 * As pagescan_each(), for passes over all there is: a table that cannot be had ends its branch
 * only, the runs below it are left out, and *scan tells. Only a bad range or top table, or fn, makes
 * it fail.
 */
bool pagescan_all(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagescan_run *run, struct err *e),
		    void *arg, struct pagescan *scan, struct err *e)
	__attribute__((warn_unused_result));

#endif

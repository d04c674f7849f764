/* The paging modes of x86: what an entry of a table is, at each level. */
/* Knows no tables and reads no memory; pagetable.h does. */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include "base/num.h"

#define PAGING_LEVELS_MAX 5

/*
 * Intel SDM 3A, 4.3 to 4.5. Level 1 is that of PTEs. A table takes a page, but for the top one of PAE,
 * which is four entries.
 *
 *            level 5   4    3    2    1   offset
 *   2-level                   31-22 21-12  11-0   4 bytes an entry
 *   PAE                 31-30 29-21 20-12  11-0   8
 *   4-level        47-39 38-30 29-21 20-12  11-0   8
 *   5-level  56-48 47-39 38-30 29-21 20-12  11-0   8
 */
struct paging {
	const char *name;
	uint8_t levels;
	uint8_t entry_size; /* bytes */
	uint8_t index_bits; /* of a virtual address, for each level below the top */
	uint8_t virt_bits; /* of 64, the ones above copy the highest; of 32 there are no more */
	uint8_t leaf_levels; /* bit n: bit 7 of an entry of level n says that it is a large page */
	uint64_t encryption; /* the bit of an entry that says so, or 0: the kernel's sme_mask */
};

enum { PAGING_2LEVEL, PAGING_PAE, PAGING_4LEVEL, PAGING_5LEVEL, PAGING_MODES };
extern const struct paging paging_modes[PAGING_MODES]; /* all without encryption */

#define PAGING_PRESENT 1u

/* Bytes of the kernel's unsigned long and of its pointers: 4 or 8. */
size_t paging_word(const struct paging *p);
bool paging_is_canonical(const struct paging *p, uint64_t virt);
/* Bits of a virtual address below the ones that index a table of this level. */
unsigned int paging_shift(const struct paging *p, unsigned int level);
/* Bytes that an entry of this level maps. */
uint64_t paging_size(const struct paging *p, unsigned int level);
/* Entries of a table of this level. */
unsigned int paging_entries(const struct paging *p, unsigned int level);
/* PGD at the top, then P4D (of five), PUD, PMD, PTE. */
const char *paging_level_name(const struct paging *p, unsigned int level);

/* Does an entry that is present lead to a page, not to a table? */
bool paging_is_leaf(const struct paging *p, unsigned int level, uint64_t entry);
/* Where an entry that is present leads: the next table, or the page. */
uint64_t paging_phys(const struct paging *p, unsigned int level, uint64_t entry);
/*
 * What an entry's bits mean, "present write user ...", into buf; those that mean nothing by number.
 * Of one that is not present, what the kernel keeps there.
 */
void paging_flags(const struct paging *p, unsigned int level, uint64_t entry, char *buf,
		  size_t size);

#endif

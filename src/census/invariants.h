/* What one struct page says for or against a layout: a table of invariants. */
/* For proof.c, which reads the pages and weighs what is said of them. */
#ifndef CENSUS_INVARIANTS_H
#define CENSUS_INVARIANTS_H

#include "census/proof.h"
#include "census/zonefiles.h"
#include "decode/page.h"

#define CHUNK_PAGES 32u

/* A piece of the array, copied: struct pages side by side. */
struct chunk {
	const struct kernel *k;
	const struct own *own; /* NULL: not to be had */
	/*
	 * What zones span: NULL for a file, empty while it was not needed. Before that counts where x86 has
	 * its zones: wants_zones is set when that does not settle it.
	 */
	const struct zonefiles *zones;
	bool wants_zones;
	uint64_t own_mapping[2]; /* of anonymous and of shared pages of our own; 0: none seen yet */
	uint64_t first, count, virt; /* virt: of the first struct page */
	uint64_t slab_pfn[2]; /* where what own_mapping[] points to lies; 0: not asked */
	bool all_ram;
	uint32_t is_own; /* mask of the pages that are of own */
	uint8_t *bytes; /* CHUNK_PAGES struct pages */
	uint8_t kinds[CHUNK_PAGES]; /* as the census has them */
	uint64_t told[CHUNK_PAGES]; /* by /proc/kpageflags, of told_len pages */
	size_t told_len;
};

/* One page of a chunk. A page may be several of these at once; see invariant_look(). */
struct looked {
	uint64_t pfn, virt;
	struct page_facts facts;
	uint32_t is; /* mask of enum invariant: those that have something to say of it */
	char *words; /* for what contradicts, as in struct tally */
};

/* Fills in ret_page all but words, which must be set. */
void invariant_prepare(const struct chunk *c, uint64_t pfn, struct looked *ret_page);
/* False when the page contradicts, and page->words says how. which is of page->is. */
bool invariant_look(enum invariant which, struct chunk *c, const struct looked *page)
	__attribute__((warn_unused_result));

#endif

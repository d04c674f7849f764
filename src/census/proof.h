/* Is the layout that the kernel tells the one its struct pages have? A proof by invariants. */
/* Looks at a sample, or at all; changes nothing in the layout, and counts no kinds. */
#ifndef CENSUS_PROOF_H
#define CENSUS_PROOF_H

#include "kernel/kernel.h"
#include "mem/own.h"

enum confidence {
	CONFIDENCE_UNKNOWN, /* some struct page contradicts: no kind is to be claimed */
	CONFIDENCE_CONSISTENT, /* none does, but not all could be tried: a saved file, no privilege */
	CONFIDENCE_PROVEN, /* and what must show somewhere did, in pages of our own among others */
	CONFIDENCE_LEN,
};

/* One row an invariant: enumerator, name, whether a proof needs it, what it looks at. */
#define INVARIANTS(X) \
	X(INVARIANT_OWN, "own", true, "our own pages: counts, flags, mapping are known") \
	X(INVARIANT_KERNEL, "kernel", false, "kinds near our own are as in /proc/kpageflags") \
	X(INVARIANT_SLAB, "slab", false, "what our own pages' mapping points to is slab") \
	X(INVARIANT_LOW, "low", true, "ROMs below 1 MiB are reserved, and held once") \
	X(INVARIANT_ZONE, "zone", true, "RAM lies in the node and zone that it names") \
	X(INVARIANT_BUDDY, "buddy", true, "free blocks are aligned, listed, held by nobody") \
	X(INVARIANT_TAIL, "tail", true, "tails lead to a head that reaches as far") \
	X(INVARIANT_HEAD, "head", true, "heads have as many tails as their order says") \
	X(INVARIANT_COUNT, "count", true, "references are more than mappings") \
	X(INVARIANT_LIST, "list", true, "mapping and LRU list are kernel addresses") \
	X(INVARIANT_TYPE, "type", true, "what looks free is of the type buddy")

enum invariant {
#define X(invariant, name, needed, looks_at) invariant,
	INVARIANTS(X)
#undef X
	INVARIANT_LEN,
};

/* Of an enum invariant. */
const char *invariant_name(unsigned int invariant);
const char *invariant_looks_at(unsigned int invariant);
bool invariant_needed(unsigned int invariant);

#define PROOF_WORDS_MAX 80

/* What an invariant saw. The first page that contradicts, with its words; three looks in a row found it so. */
struct tally {
	uint64_t agree, contradict; /* pages; none of either: nothing seen */
	uint64_t pfn;
	char words[PROOF_WORDS_MAX]; /* "refcount 0x0, expected 1" */
};

struct proof {
	enum confidence confidence;
	uint64_t pages; /* struct pages looked at */
	unsigned int held; /* invariants that agree */
	struct tally findings[INVARIANT_LEN];
	struct err not_own; /* why pages of our own could not be tried; ERR_NONE */
};

/*
 * Looks at the struct pages of own (NULL: a file), at those of the first MiB, and at samples spread over all
 * of memory until each invariant has seen something, some hundreds to some thousands of pages; or, with
 * all, at every struct page. What cannot be read is passed over.
 */
void proof_make(const struct kernel *k, struct own *own, bool all, struct proof *ret_proof);
/* True unless the confidence is unknown; then kind ERR_CONTRADICTED, with the pages and words. */
bool proof_holds(const struct proof *p, struct err *e) __attribute__((warn_unused_result));
const char *proof_confidence_name(enum confidence confidence);

#endif

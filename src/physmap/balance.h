/* Where the memory went: from the DIMMs to MemTotal, line by line, so that it adds up. */
/* Pure. Counts in KiB; what is no whole KiB, or no whole page, is a line of its own. */
#ifndef PHYSMAP_BALANCE_H
#define PHYSMAP_BALANCE_H

#include "physmap/left.h"
#include "physmap/ranges.h"

/*
 * Pages that the kernel never gave to its page allocator, by where they lie; the first that fits. One row a
 * place: enumerator, name in NDJSON, text.
 */
#define KEPT_PLACES(X) \
	X(KEPT_LOW, "low", "first MiB") \
	X(KEPT_IMAGE, "image", "kernel: code, data, bss") \
	X(KEPT_ARRAY, "page-array", "struct page array") \
	X(KEPT_CRASH, "crash", "crash kernel") \
	X(KEPT_INITRAMFS, "initramfs", "initramfs") \
	X(KEPT_SWIOTLB, "swiotlb", "bounce buffers for DMA (swiotlb)")

enum kept {
#define X(place, name, text) place,
	KEPT_PLACES(X)
#undef X
	KEPT_LEN,
};

struct balance_in {
	const struct physmap *map; /* NULL for a file */
	const struct left_facts *facts;
	const struct ranges *ram; /* pfns: whole pages of the kernel's RAM */
	uint64_t dimms; /* KiB; 0: not told */
	const struct ranges *places; /* KEPT_LEN of them: pfns, settled */
	/* The census; NULL: there is none. Reserved pages and those without struct page, settled pfns. */
	const struct ranges *reserved, *holes;
	uint64_t offline; /* pages given back, or not accepted */
	/* Pages; 0: not told. */
	uint64_t total, present;
};

#define BALANCE_ROWS 40

struct balance_row {
	char sign; /* '=': a sum of all above; '+', '-': what leads to the next */
	const char *name; /* in NDJSON */
	const char *what;
	uint64_t kib;
	enum left reason; /* LEFT_NONE of most */
	struct range where; /* of a reason: from its first byte to its last, with what is between */
};

struct balance {
	size_t len;
	struct balance_row rows[BALANCE_ROWS];
	int64_t unexplained; /* KiB */
	struct ranges rest; /* reserved, and in none of the places */
	bool bad; /* there was no memory for it, or rows that did not fit */
};

/* The rows; balance_deinit() them. */
void balance_make(const struct balance_in *in, struct balance *ret_balance);
void balance_deinit(struct balance *b);

#endif

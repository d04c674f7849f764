/* One physical map out of several: each source's list of ranges, cut at all the places where any begins or ends. */
/* Pure: who reads the sources is for others. */
#ifndef PHYSMAP_PHYSMAP_H
#define PHYSMAP_PHYSMAP_H

#include "base/num.h"

enum physmap_source {
	PHYSMAP_E820, /* what the kernel was given: boot_params, or the firmware's where that is not to be had */
	PHYSMAP_MEMMAP, /* /sys/firmware/memmap: the same, put in order, and memory that came later */
	PHYSMAP_EFI, /* the memory map of EFI, which a boot loader made e820 of */
	PHYSMAP_KERNEL, /* /proc/iomem */
	PHYSMAP_WORDS, /* mem= and memmap= on the command line */
	PHYSMAP_DIMMS, /* where SMBIOS has memory devices */
	PHYSMAP_SOURCES,
};

struct physmap_entry {
	struct range phys; /* not page aligned */
	const char *what; /* in the source's words; must stay valid */
	uint32_t rank; /* where two of a source overlap the higher counts; of equals the later */
	uint8_t source; /* enum physmap_source */
	bool ram; /* memory for the kernel's page allocator, in the source's eyes */
};

/* All zeros: nothing known. */
struct physmap {
	struct physmap_entry *entries; /* owned */
	size_t len;
	bool bad; /* there was no memory for all of them */
};

/* Between two places where something begins or ends. NULL: that source does not speak of it. */
struct physmap_piece {
	struct range phys;
	const struct physmap_entry *says[PHYSMAP_SOURCES];
};

/* Empty ranges are none. */
void physmap_add(struct physmap *m, const struct physmap_entry *entry);
bool physmap_has(const struct physmap *m, enum physmap_source source);
/*
 * The next piece of which any source speaks, behind *piece, which is all zeros to begin with; false at the end.
 * Time grows with the number of entries, for each piece.
 */
bool physmap_next(const struct physmap *m, struct physmap_piece *piece);
bool physmap_is_ram(const struct physmap_piece *piece, enum physmap_source source);
/*
 * The next two entries of one source that overlap and differ in what they say, behind *i and *j, which are 0 to
 * begin with; false when there are none.
 */
bool physmap_overlap(const struct physmap *m, enum physmap_source source, size_t *i, size_t *j);
void physmap_deinit(struct physmap *m);

#endif

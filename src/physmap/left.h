/* Why the kernel's map of a piece is not the firmware's. */
/* Pure. Names the first reason that fits; whether the kernel says so itself is in its log. */
#ifndef PHYSMAP_LEFT_H
#define PHYSMAP_LEFT_H

#include "physmap/physmap.h"

/*
 * One row a reason: enumerator, name in NDJSON, text. Those up to LEFT_UNKNOWN: the firmware's RAM is none of
 * the kernel's. Behind it: it is the kernel's, but the firmware says otherwise.
 */
#define LEFT_REASONS(X) \
	X(LEFT_PAGE0, "page-0", "the BIOS's page 0") \
	X(LEFT_VIDEO, "video", "video and ROMs below 1 MiB") \
	X(LEFT_WORD, "word", "by the command line") \
	X(LEFT_REACH, "reach", "from 4 GiB on: this kernel has no PAE") \
	X(LEFT_MTRR, "mtrr", "not cached, say the MTRRs") \
	X(LEFT_ACPI, "acpi", "ACPI tables of the initramfs") \
	X(LEFT_EFI, "efi", "kept for tables of EFI") \
	X(LEFT_UNKNOWN, "unknown", "left out, nobody says why") \
	X(ADDED_WORD, "added-word", "by the command line") \
	X(ADDED_LATER, "added", "added since boot") \
	X(ADDED_AGAINST, "against", "RAM though the firmware reserves it")

enum left {
#define X(reason, name, text) reason,
	LEFT_REASONS(X)
#undef X
	LEFT_NONE, /* no difference; last, for the others are rows */
};

/* What else there is to know of the machine. */
struct left_facts {
	bool efi; /* started by EFI firmware */
	bool mtrr; /* the kernel's log has it that MTRRs do not cover all RAM */
	uint64_t kernel_end; /* one past the last line of /proc/iomem */
};

enum left left_reason(const struct physmap_piece *piece, const struct left_facts *facts);
const char *left_name(enum left reason);
/* In words: the command line's, where that did it, else the row's. NULL of LEFT_NONE. */
const char *left_text(const struct physmap_piece *piece, enum left reason);

#endif

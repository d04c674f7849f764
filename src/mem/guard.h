/* What may be touched: the allow-list that stands in front of every source of memory. */
/* Knows ranges only; who fills it (kernel/iomem, a core's headers) knows why they are safe. */
#ifndef MEM_GUARD_H
#define MEM_GUARD_H

#include "base/num.h"

/*
 * The first MiB, as PC firmware lays it out:
 *
 *   0x00000  interrupt vectors, BIOS data area   page 0: "Reserved", never RAM for the kernel
 *   0x01000  RAM; its last page may be part EBDA
 *   0xa0000  video memory                        never touched: VGA reads have side effects
 *   0xc0000  option ROMs, system BIOS            plain memory, shadowed
 */
#define LOW_END 0x100000u
#define LOW_VIDEO_START 0xa0000u
#define LOW_VIDEO_END 0xc0000u

enum guard_class {
	GUARD_RAM, /* whole pages of System RAM */
	GUARD_LOW, /* the first MiB: page 0, EBDA, ROMs */
	GUARD_LOW_MIXED, /* a page below 640 KiB that is part RAM, part not: mmap only */
	GUARD_TABLE, /* found through a pointer that was checked */
	GUARD_NAMED, /* the user says that it is safe: mmap only */
	GUARD_NAMED_READ, /* the same, and asked for read() */
};

/*
 * read() of a page that is part RAM makes memremap() WARN ("memremap attempted on mixed
 * range", kernel/iomem.c, 5.10 to 7.2), fatal under panic_on_warn; mmap() of it is quiet.
 */
enum guard_way {
	GUARD_MAP,
	GUARD_READ,
	GUARD_KCORE, /* read() of /proc/kcore, which looks at each page before it reads */
};

#define GUARD_RANGES_MAX 1024

struct guard {
	uint64_t healthy; /* a page of RAM that the kernel itself lives in; 0 when none is known */
	size_t len;
	struct {
		struct range phys; /* page aligned */
		enum guard_class class;
	} ranges[GUARD_RANGES_MAX];
};

void guard_init(struct guard *g);
/* start and end are widened or narrowed to whole pages by the caller. ERR_UNSUPPORTED when full. */
bool guard_allow(struct guard *g, uint64_t start, uint64_t end, enum guard_class class,
		 struct err *e) __attribute__((warn_unused_result));
/*
 * True when every page of [phys, phys + len) is allowed this way. Otherwise kind ERR_GUARD,
 * with the first page that is not and why. Neither len 0 nor a wrapping range is allowed.
 */
bool guard_check(const struct guard *g, uint64_t phys, uint64_t len, enum guard_way way,
		 struct err *e) __attribute__((warn_unused_result));
/* The end of the allowed run of pages that phys lies in, or phys's page when it is in none. */
uint64_t guard_run_end(const struct guard *g, uint64_t phys, enum guard_way way);
/* One past the highest page of System RAM, 0 when there is none. */
uint64_t guard_ram_end(const struct guard *g);
/* The lowest start or end of an allowed range above phys; UINT64_MAX when there is none. */
uint64_t guard_edge(const struct guard *g, uint64_t phys);
/* True when the page of phys is allowed as System RAM. */
bool guard_is_ram(const struct guard *g, uint64_t phys);

#endif

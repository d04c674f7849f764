/* Tries one page by one method and says what the kernel answered. */
/* Touches only what the guard allows; elsewhere a mapping is made and dropped untouched. */
#ifndef MEM_PROBE_H
#define MEM_PROBE_H

#include "mem/mem.h"

enum probe_answer {
	PROBE_OK, /* the page's bytes were had */
	PROBE_MAPPED, /* mapped, and not touched */
	PROBE_WITHHELD, /* zeros came in place of the page's bytes */
	PROBE_ABSENT, /* /proc/kcore has no segment there */
	PROBE_REFUSED, /* os says how; 0: read() gave no bytes */
	PROBE_FAULT, /* the touch faulted; os is minus the signal */
	PROBE_SKIPPED, /* not tried: it could do harm */
};

struct probe {
	enum probe_answer answer;
	int os;
	bool zeros; /* PROBE_OK, and every byte is zero */
};

/*
 * phys is page aligned. beyond: the caller knows phys to lie above all RAM and all devices.
 * There read() is refused by the kernel before it touches anything (arch/x86/mm/mmap.c,
 * valid_phys_addr_range(), 5.10 to 7.2), and mmap() is tried without a touch. Otherwise what
 * the guard forbids is skipped.
 */
struct probe mem_probe(struct mem *m, const struct mem_route *route, uint64_t phys, bool beyond);

/* errno of opening path to read, 0 when it opens; it is closed at once. */
int mem_probe_open(const char *path);

#endif

/* The first MiB in one buffer, with what is known of each page of it. */
/* Reads it once; decodes nothing. */
#ifndef MEM_LOWMEM_H
#define MEM_LOWMEM_H

#include "base/view.h"
#include "mem/mem.h"

enum lowmem_state {
	LOWMEM_ABSENT, /* never tried, or not in the file */
	LOWMEM_READ,
	LOWMEM_WITHHELD, /* the kernel gave zeros in its place: ERR_WITHHELD */
	LOWMEM_REFUSED, /* by the kernel, or by the guard */
	LOWMEM_FAULT,
};

struct lowmem {
	uint8_t *bytes; /* LOW_END of them, zero where not LOWMEM_READ; owned */
	uint8_t state[LOW_END / PAGE_SIZE]; /* enum lowmem_state */
	struct err first; /* the first refusal or fault, ERR_NONE when there was none */
};

/*
 * Reads every page but 0xa0000-0xbffff. Fails only for want of memory; a page that cannot be
 * had has its state, and first says why of the first of them.
 */
bool lowmem_read(struct lowmem *low, struct mem *m, struct err *e)
	__attribute__((warn_unused_result));
void lowmem_deinit(struct lowmem *low);
/* The part of [start, end) that is LOWMEM_READ from start on: up to the first page that is not. */
struct view lowmem_view(const struct lowmem *low, uint32_t start, uint32_t end);

#endif

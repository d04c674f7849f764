/* Which pages may be touched: the guard's ranges, less what their struct pages speak against. */
/* Only for commands that touch what the user names; tables are found by checked pointers. */
#ifndef CMD_SAFE_H
#define CMD_SAFE_H

#include "cmd/cmd.h"

/*
 * How far from phys on, at most to end, the pages may be touched together. phys itself when its
 * page may not be touched: then *e says why, kind ERR_GUARD. An end before the one that was asked
 * for is no error: the next call, from there, tells why. A page whose cache type differs comes
 * alone: PAT looks at the first page of a mapping only (reserve_pfn_range(), arch/x86/mm/pat).
 *
 * Touched is what the guard allows this way and, of RAM, what is online, not bad (hwpoison), not
 * given back (offline), accepted, and mapped by the kernel's own direct map: memfd_secret and
 * debug_pagealloc take pages out of it so that nobody looks at them. Asked is the struct page, and
 * where that cannot be had /proc/kpageflags; where neither can, RAM is not touched, by mmap as
 * little as by read: on 5.10 the touch of a bad page may never end. A range that the user named
 * as safe needs none of this but memory that is not bad. A file is always safe.
 */
uint64_t safe_piece(struct context *c, uint64_t phys, uint64_t end, enum guard_way way,
		    struct err *e);
/* The same for any way: without the guard's ranges. */
uint64_t safe_end(struct context *c, uint64_t phys, uint64_t end, struct err *e);

#endif

/* Pages of this process: which pfns they have and how often each is mapped, so that what their */
/* struct pages must say is known beforehand. Reads no struct page. */
#ifndef MEM_OWN_H
#define MEM_OWN_H

#include "base/err.h"

#include <stdint.h>

/*
 *	anon     private, written to, locked: each mapped once
 *	shared   read only, locked, mapped again from its second page on, and from its third:
 *
 *	         mapping 0   [ 0 ][ 1 ][ 2 ]
 *	         mapping 1        [ 1 ][ 2 ]
 *	         mapping 2             [ 2 ]     page i is mapped i + 1 times
 */
#define OWN_ANON 2u
#define OWN_SHARED 3u
#define OWN_LEN (OWN_ANON + OWN_SHARED)

struct own {
	int fd; /* /proc/self/pagemap; -1: it did not open */
	uint8_t *anon, *shared; /* NULL: not made */
	bool locked;
	uint64_t pfn[OWN_LEN]; /* OWN_ANON of anon, then the shared; 0: not known */
};

/* Before confine_enter(): what takes a privilege. No failure: own_find() tells. */
void own_open(struct own *o);
void own_close(struct own *o);
/*
 * Makes the pages if that is still to do, and asks where each is now. A page may move: what was read of
 * it counts if it is at the same pfn before and after. Kinds: ERR_SYSTEM; ERR_UNSUPPORTED when the
 * kernel does not tell pfns: no /proc/self/pagemap (CONFIG_PROC_PAGE_MONITOR), no CAP_SYS_ADMIN.
 */
bool own_find(struct own *o, struct err *e) __attribute__((warn_unused_result));

static inline bool own_is_shared(unsigned int page)
{
	return page >= OWN_ANON;
}

/* How often the page is mapped. */
static inline int own_mapped(unsigned int page)
{
	return own_is_shared(page) ? (int)(page - OWN_ANON) + 1 : 1;
}

#endif

/* Where this kernel has its page flags, and how it writes page types. */
/* From VMCOREINFO and the orders that kernels have used; a bit or type of no known order stays unnamed. */
#ifndef KERNEL_PAGEFLAGS_H
#define KERNEL_PAGEFLAGS_H

#include "kernel/layout.h"

/*
 * Fills flag_bit, known_flags, cache_flag and flags_from. NUMBER(PG_lru), NUMBER(PG_head_mask) and
 * what else is told of flags pick the order. Kinds: ERR_KEY_MISSING, ERR_KEY_VALUE; ERR_UNSUPPORTED
 * when none fits.
 */
bool pageflags_read(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));
/*
 * Fills typed_below, type_mask and type_value; PAGE_BUDDY_MAPCOUNT_VALUE tells the form.
 * Kinds as above.
 */
bool pageflags_read_types(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));

#endif

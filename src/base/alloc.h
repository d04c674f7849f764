/* Memory for the few buffers whose size is known late: straight from the kernel. */
/* Page-grained and slow, for tens of blocks, not thousands; musl's allocator stays unlinked. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* Zeroed, or NULL when there is none; free with alloc_free(). */
void *alloc_zeroed(size_t size) __attribute__((warn_unused_result));
/* Room for count entries of size bytes; NULL as well when the product overflows. */
void *alloc_array(size_t count, size_t size) __attribute__((warn_unused_result));
/* block (may be NULL) grown to size bytes, what is new zeroed; NULL leaves block as it was. */
void *alloc_resize(void *block, size_t size) __attribute__((warn_unused_result));
/*
 * block (may be NULL), which holds len entries of size bytes, with room for one more: as it is,
 * or grown to twice as many. NULL leaves it as it was.
 */
void *alloc_room(void *block, size_t len, size_t size) __attribute__((warn_unused_result));
void alloc_free(void *block);

#endif

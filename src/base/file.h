/* Small text files of /proc and /sys, whole. */
/* Not for memory devices: src/mem/ opens those. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

/*
 * Reads path to its end into a new buffer with a 0 behind it; alloc_free() it. Files of these
 * systems say size 0, so it reads until there is no more, at most max bytes (then
 * ERR_UNSUPPORTED). Kind ERR_SYSTEM with errno otherwise.
 */
bool file_read(const char *path, size_t max, char **ret_text, size_t *ret_len, struct err *e)
	__attribute__((warn_unused_result));

#endif

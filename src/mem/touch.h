/* Runs code that touches mapped memory, so that a fault is an error and not the end. */
/* One touch at a time: not for threads, not nested. */
#ifndef MEM_TOUCH_H
#define MEM_TOUCH_H

#include "base/err.h"

/*
 * Calls fn(arg). On SIGBUS or SIGSEGV, fn is left at once and the result is false, kind
 * ERR_FAULT, with the signal and the reason the kernel gave: a poisoned page
 * (SIGBUS, BUS_MCEERR_AR) or a revoked mapping. fn must own nothing that needs undoing.
 */
bool touch_run(void (*fn)(void *arg), void *arg, struct err *e) __attribute__((warn_unused_result));
/* memcpy() from mapped memory. */
bool touch_copy(void *to, const void *from, size_t len, struct err *e)
	__attribute__((warn_unused_result));

#endif

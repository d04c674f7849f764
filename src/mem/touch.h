/* Runs code that touches mapped memory, so that a fault is an error and not the end. */
/* One touch at a time: not for threads, not nested. */
#ifndef MEM_TOUCH_H
#define MEM_TOUCH_H

#include "base/err.h"

/* How the child is made: mem/confine.c allows clone() with these flags and no others. */
#define TOUCH_CLONE_FLAGS (CLONE_VM | SIGCHLD)

/*
 * Calls fn(arg). On SIGBUS or SIGSEGV, fn is left at once and the result is false, kind
 * ERR_FAULT, with the signal (e->os is minus it) and the reason the kernel gave: a poisoned page
 * (SIGBUS, BUS_MCEERR_AR) or a revoked mapping. The same when a signal that nobody can catch
 * ends the child fn runs in. fn must own nothing that needs undoing, and makes no system call
 * that can fail: errno is the caller's.
 */
bool touch_run(void (*fn)(void *arg), void *arg, struct err *e) __attribute__((warn_unused_result));
/* memcpy() from mapped memory. */
bool touch_copy(void *to, const void *from, size_t len, struct err *e)
	__attribute__((warn_unused_result));
/*
 * From now on fn runs in a child process, which shares the memory and is replaced when it dies;
 * in this process only where no child can be had. It ends when this process does.
 */
void touch_use_child(void);
unsigned int touch_deaths(void); /* children that died so far */
bool touch_faulted(void); /* has any touch ended by a signal so far? */

#endif

/* Memory with a hardware error (hwpoison): no way of reading it comes near it. */
/* Knows what the kernel knows; an error that a touch finds first is for the touch to survive. */
#ifndef MEM_POISON_H
#define MEM_POISON_H

#include "mem/mem.h"

/*
 * Opens /proc/kpageflags, while there is the privilege, and notes whether the kernel counts any bad
 * memory (/proc/meminfo, HardwareCorrupted; no such line without CONFIG_MEMORY_FAILURE). No failure:
 * what cannot be asked is not asked, and cmd/safe.c then lets no page of RAM be named.
 */
void poison_open(struct mem *m);
void poison_close(struct mem *m);
/* Does the text of /proc/meminfo count any? */
bool poison_is_counted(const char *meminfo);
/*
 * True when no page of [phys, phys + len) is known to be bad. Otherwise kind ERR_GUARD, with the first
 * that is. Costs nothing where none was counted and no touch has faulted: what a touch found bad is not
 * touched again, which on 5.10 may never end (mm/memory-failure.c: no signal for what is bad already).
 */
bool poison_check(const struct mem *m, uint64_t phys, uint64_t len, struct err *e)
	__attribute__((warn_unused_result));

#endif

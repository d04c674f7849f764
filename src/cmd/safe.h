/* Which pages of RAM may be touched, by what their struct pages say. */
/* Only for commands that touch RAM the user names; tables are found by checked pointers. */
#ifndef CMD_SAFE_H
#define CMD_SAFE_H

#include "cmd/cmd.h"

/*
 * How far from phys on, at most to end, no page of RAM is bad (hwpoison) or given back
 * (offline): read() of a bad one can panic the kernel, and the owner of the others expects
 * nobody there. When that is not end, *e says why, kind ERR_GUARD. A file is always safe.
 * Where the kernel does not tell its struct pages nothing is known: then use mmap only, where
 * a bad page costs the touch and not the kernel.
 */
uint64_t safe_end(const struct context *c, uint64_t phys, uint64_t end, struct err *e);

#endif

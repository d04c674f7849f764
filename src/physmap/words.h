/* The words of the kernel command line that change its map of memory: mem= and memmap=. */
/* Pure. What they do: arch/x86/kernel/e820.c, parse_memopt() and parse_memmap_one(), 5.10 to 6.12. */
#ifndef PHYSMAP_WORDS_H
#define PHYSMAP_WORDS_H

#include "physmap/physmap.h"

/*
 * Adds an entry of PHYSMAP_WORDS for each: RAM or not, "what" the word as it stands there. text is changed: words end with a 0; it must stay valid as long as the map. Words the kernel would
 * not take are left out.
 */
void words_add(struct physmap *m, char *text);

#endif

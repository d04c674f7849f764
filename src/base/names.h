/* Lists of names in one string each: a name costs its letters and a byte, no pointer. */
/* And where a text has another in it. Searches from the front: for tables of tens of names. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stddef.h>

/* Number number of names that each end with a 0: "free\0" "used\0" "lost". There must be one. */
const char *name_at(const char *names, size_t number);
/*
 * The name of a code, or NULL: each name stands behind one byte, its code, and ends with a 0, as
 * in "\x10" "video\0" "\x13" "disk\0". Code 0 can only be the first.
 */
const char *name_of(const char *codes, unsigned int code);
/* Where text has what, or NULL. Not strstr(), which is 1.3 KB in musl. */
const char *names_find(const char *text, const char *what);

#endif

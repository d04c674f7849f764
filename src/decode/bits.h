/* Bit fields put into words: what the bits of a register mean is one string. */
/* Reads no memory: the caller has the value. */
#ifndef DECODE_BITS_H
#define DECODE_BITS_H

#include <stddef.h>
#include <stdint.h>

/* A string that grows; what does not fit is cut. */
struct bits_text {
	char *buf;
	size_t size, used;
};

void bits_text_init(struct bits_text *t, char *buf, size_t size);
/* Adds ", " first when something is there already. */
void bits_text_add(struct bits_text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Says value by words, which have a part for every field, from bit 0 up, '|' between them:
 *   "ready"             one bit; said when it is set
 *   ""                  one bit that has no meaning
 *   "#2 ports"          two bits, a number: "ports 3"; said when it is not 0
 *   "+2 drives"         the same with one more: 3 is "drives 4"
 *   "*2 none,one,,all"  two bits, a word for every value from 0 on; an empty one, and those behind, are not known
 * The end of it is "unknown=0x..." with the bits that are set and of which nothing was said.
 */
void bits_say(const char *words, uint64_t value, struct bits_text *t);

#endif

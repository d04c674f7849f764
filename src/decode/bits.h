/* Bit fields and codes as tables of rows, put into words. */
/* Reads no memory: the caller has the value. */
#ifndef DECODE_BITS_H
#define DECODE_BITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * One field of a register or flag byte. Said when it is not 0:
 *   width 1                 words
 *   more, bias BITS_WORDS   the word of that number in words, which end with a 0 each; an empty
 *                           word is not known. Said for 0 too, unless that word is empty.
 *   more, another bias      "<words> <field + bias>"
 */
#define BITS_WORDS 0xff
struct bits_row {
	uint8_t shift, width, bias;
	const char *words;
};

/* A code and its name; a table of them ends with a NULL name. */
struct bits_code {
	uint8_t code;
	const char *name;
};

/* A string that grows; what does not fit is cut. */
struct bits_text {
	char *buf;
	size_t size, used;
};

void bits_text_init(struct bits_text *t, char *buf, size_t size);
/* Adds ", " first when something is there already. */
void bits_text_add(struct bits_text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The rows in words, and "unknown=0x..." for bits that no row has. */
void bits_say(const struct bits_row *rows, size_t len, uint64_t value, struct bits_text *t);
/* The name of a code, or NULL. */
const char *bits_code_name(const struct bits_code *codes, uint64_t code);

#endif

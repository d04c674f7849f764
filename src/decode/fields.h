/* A structure of the firmware as one string: its fields, one row each, and the one walk over them. */
/* Knows no structure; variable parts (arrays, strings behind the end) are for the caller to cut out. */
#ifndef DECODE_FIELDS_H
#define DECODE_FIELDS_H

#include "base/view.h"
#include "decode/bits.h"
#include "decode/sink.h"

/*
 * Rows stand in the order of the fields, without holes, each ended by a 0, all of them by an empty
 * one, which the compiler adds. A row is
 *
 *     WIDTH FORM NAME [: WORDS]        "2n total width:bits|ffff=unknown\0"
 *
 * WIDTH is one digit in base 36: '1' to '9', 'a' for 10, 'g' for 16; '0' is all that is left of the structure.
 * NAME is at most 23 letters long.
 * FORM is a letter; little-endian numbers are
 *
 *     n  decimal              WORDS: "unit", may be empty
 *     x  hexadecimal          WORDS: "unit", mostly empty
 *     z  a size, "64 KiB"     WORDS: "factor", hexadecimal: 400 for a number of KiB; none is 1
 *     e  one of a list        WORDS: "first word,word,,word": first is the value, in hexadecimal, of the
 *                             first word; one that is empty is not known
 *     b  bits                 WORDS: as bits_say() takes them; "none" when it has nothing to say
 *     -  reserved             said when it is not 0
 *
 * n, x, z and e may have "|value=word" behind, as often as there are values, in hexadecimal, that mean
 * something else. Not numbers are
 *
 *     c  characters, spaces and zeros at the end left out
 *     g  a GUID, the first three of its five parts little-endian
 *     y  bytes, shown as they lie
 *     s  the number of a string: how->string() has it
 *     @  a small structure in one fact     WORDS: a letter, by which how->string() has its
 *                             rows; its facts stand one behind the other, each behind its name if it has one
 *     !  what how->say() says
 *
 * A fact's text always tells the value, so that it can be shown alone; "unknown=0x..." is a value that no
 * word is there for. Text is cut at FACT_TEXT_MAX and holds any byte but 0: it may come from the firmware.
 */
struct fields {
	struct sink *sink;
	unsigned int number; /* added to each digit of a name: "line0" of the third element is "line2" */
	/* String number n of 1 and more; NULL: there is none. For '@' the rows that letter n stands for. */
	const char *(*string)(const void *arg, unsigned int n);
	/* For '!': puts the field at off of v into words. */
	void (*say)(const void *arg, const struct view *v, size_t off, struct bits_text *t);
	const void *arg;
};

/*
 * One fact a field. v is the structure, no more: a field that it does not reach is left out, and what it
 * has beyond the last field, or a part of one, is one fact "unknown". phys of each is v->phys + offset.
 */
void fields_decode(const char *rows, const struct view *v, const struct fields *how);
/* The width of all fields together, but for one that takes what is left. */
size_t fields_size(const char *rows);
/* "64 KiB", "1 GiB", "1536 MiB": the largest unit of which it is a whole number. */
void fields_say_size(uint64_t bytes, struct bits_text *t);

#endif

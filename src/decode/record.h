/* The structures that a table of the firmware is made of, one after another: what each is called, and its rows. */
/* Its decoder gives them; decode/fields.h has what is in them. */
#ifndef DECODE_RECORD_H
#define DECODE_RECORD_H

#include "base/view.h"

struct bits_text;

struct record {
	uint32_t type;	  /* as the table has it; RECORD_HEADER of its header */
	const char *name; /* "processor" */
	const char *rows; /* as fields_decode() takes them, with say() and its arg, if they need one */
	void (*say)(const void *arg, const struct view *v, size_t off, struct bits_text *t);
	const void *arg;
	struct view bytes; /* what the rows are of: without type and length, if these come first */
};

#define RECORD_HEADER UINT32_MAX

/* A walk over a table. Set table, all else to 0. */
struct record_walk {
	struct view table;
	size_t pos;	  /* of the next record; 0: the header */
	size_t list;	  /* end of the list that the walk is in, for decoders that give its elements, too */
	uint32_t seen[8]; /* for the decoder: what it has to keep in mind */
};

/*
 * The shape of each decoder's walk: false at the end of the table. A record that reaches beyond is given as far as it
 * is there, as the last; and so is one of which the length cannot be told: its name is "unknown".
 */
typedef bool record_next_fn(struct record_walk *w, struct record *ret_record);

/* Takes the next len bytes, or what is left of them, without the first skip; false when nothing is left. */
bool record_take(struct record_walk *w, size_t len, size_t skip, struct view *ret_bytes);

/*
 * Kinds of records in one string: for each a byte that is not 0, its code; its name; its rows; and one 0 more, as
 * rows end by it. "\x01" "bus\0" "1n number\0" "6c type\0" "\0" "\x02" ... Fills in name and rows, if there is such
 * a code.
 */
bool record_kind(const char *kinds, unsigned int code, struct record *ret_record);

#endif

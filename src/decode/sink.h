/* Where a decoder puts the facts it finds: one call a fact, no memory, no output. */
/* Decoders know bytes and meanings; whoever owns the sink knows about text and NDJSON. */
#ifndef DECODE_SINK_H
#define DECODE_SINK_H

#include <stddef.h>
#include <stdint.h>

#define FACT_NAME_MAX 24
#define FACT_TEXT_MAX 256

struct fact {
	char key[FACT_NAME_MAX];  /* stable: the name in lower case with '_'; an NDJSON value */
	char name[FACT_NAME_MAX]; /* for the person */
	uint64_t phys;		  /* where it was read */
	size_t width;		  /* bytes read, 0 when the fact is not one field */
	uint64_t value;
	char text[FACT_TEXT_MAX]; /* what the value means; empty when it says all itself */
};

struct sink {
	void (*put)(void *arg, const struct fact *fact);
	void *arg;
};

/* A fact without value and text. number is added to each digit in name, which stays one. */
void fact_init(struct fact *fact, const char *name, unsigned int number, uint64_t phys,
	       size_t width);

#endif

/* What every unit test includes, and the helpers they share. */
/* No expectations here: those stand in the tests, by hand. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/view.h"
#include "decode/sink.h"
#include "report/report.h"

/* Fails the running test with the label of the row that failed. */
#define CHECK(label, condition)                                                                    \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("%s: %s", (label), #condition);                                   \
	} while (0)
#define CHECK_TEXT(label, got, want)                                                               \
	do {                                                                                       \
		if (strcmp((got), (want)))                                                         \
			fail_msg("%s: \"%s\", not \"%s\"", (label), (got), (want));                \
	} while (0)
#define CHECK_NUMBER(label, got, want)                                                             \
	do {                                                                                       \
		uint64_t got_ = (got), want_ = (want);                                             \
		if (got_ != want_)                                                                 \
			fail_msg("%s: %s is 0x%llx, not 0x%llx", (label), #got,                    \
				 (unsigned long long)got_, (unsigned long long)want_);             \
	} while (0)

/* A copy on the heap of exactly len bytes, so that a read behind it is found; free() it. */
uint8_t *unit_copy(const void *bytes, size_t len);

/* Facts in the order they came. */
#define UNIT_FACTS_MAX 512
struct unit_facts {
	size_t len;
	struct fact facts[UNIT_FACTS_MAX];
};

struct sink unit_sink(struct unit_facts *facts); /* empties it */
/* The first of that key, or NULL. */
const struct fact *unit_fact(const struct unit_facts *facts, const char *key);

/* A report into a file of its own; unit_report_end() gives what was written, free() it. */
void unit_report(struct report *r, enum report_format format);
char *unit_report_end(struct report *r);

#endif

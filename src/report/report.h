/* The only writer of output: a section is written once and rendered as text or as NDJSON. */
/* Knows nothing of memory or kernels; a failed write is remembered and told once, at the end. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/err.h"

#include <stdint.h>

enum report_format {
	REPORT_TEXT, /* for a person with 80 columns */
	REPORT_NDJSON, /* one object a line; each has "section" and "item" */
};

/*
 * One value. Text and NDJSON show it so:
 *   CELL_NONE  "-"           null
 *   CELL_TEXT  as it is      string       (control and non-ASCII bytes made visible in both)
 *   CELL_UINT  1234          1234
 *   CELL_HEX   0x4d2         "0x4d2"      (a string: JSON numbers lose bits above 2^53)
 *   CELL_SIZE  1.2 MiB       bytes, as a number
 *   CELL_BOOL  yes, no       true, false
 */
enum cell_kind {
	CELL_NONE,
	CELL_TEXT,
	CELL_UINT,
	CELL_HEX,
	CELL_SIZE,
	CELL_BOOL,
};

struct cell {
	uint8_t kind; /* enum cell_kind; a byte, because cells are made by the hundred */
	union {
		uint64_t number;
		const char *text; /* CELL_TEXT; NULL shows as none */
	};
};

#define NO_CELL ((struct cell){ CELL_NONE, { 0 } })
#define TEXT_CELL(s) ((struct cell){ CELL_TEXT, { .text = (s) } })
#define UINT_CELL(n) ((struct cell){ CELL_UINT, { (n) } })
#define HEX_CELL(n) ((struct cell){ CELL_HEX, { (n) } })
#define SIZE_CELL(n) ((struct cell){ CELL_SIZE, { (n) } })
#define BOOL_CELL(b) ((struct cell){ CELL_BOOL, { (b) } })

/* A column of a table. key names it in NDJSON, heading in text; NULL: NDJSON only. */
struct column {
	const char *key, *heading;
	int width; /* negative: to the left; the last column may overflow, and is broken at 80 */
};

/* One value of a record. label NULL: NDJSON only. */
struct field {
	const char *key, *label;
	struct cell cell;
};

struct report {
	int fd;
	enum report_format format;
	bool gap; /* a blank line is due */
	const char *section;
	const char *item;
	const struct column *columns;
	size_t columns_len;
	int write_errno; /* of the first write that failed */
	uint64_t written; /* bytes, for the serial line's cost */
	size_t used;
	char told[ERR_MSG_MAX]; /* message of the error that was shown last */
	char buf[4096];
};

void report_init(struct report *r, int fd, enum report_format format);
/* Writes what is left. Kind ERR_OUTPUT when any write failed. */
bool report_flush(struct report *r, struct err *e) __attribute__((warn_unused_result));

/* Text: "=== name ===". NDJSON: the "section" of what follows. name must stay valid. */
void report_section(struct report *r, const char *name);
/* Starts a table; its rows are NDJSON objects with this "item". columns must stay valid. */
void report_table(struct report *r, const char *item, const struct column *columns, size_t len);
/* cells has as many entries as the table has columns. */
void report_row(struct report *r, const struct cell *cells);
/* One object: in text a line a field, "label  value", in NDJSON one line. */
void report_record(struct report *r, const char *item, const struct field *fields, size_t len);
/* A sentence for the person, and {"item":"note","text":...} in NDJSON. Without newline. */
void report_note(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text only, as it is, a line without newline: drawings and headings NDJSON has no use for. */
void report_text(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text only: a blank line before what follows, if anything does in this section. */
void report_gap(struct report *r);
/* NDJSON only: what text shows in another shape. */
void report_json(struct report *r, const char *item, const struct field *fields, size_t len);
/*
 * "not available: message", cause and hint: a section that could not be had. In text one that
 * the last one told already is not told again.
 */
void report_error(struct report *r, const struct err *e);
/* Bytes as they are, for dump --raw. */
void report_raw(struct report *r, const void *bytes, size_t len);

#endif

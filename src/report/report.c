/* The only writer of output: text and NDJSON from the same calls. */
/* Buffers, so that a report is few writes; a failed write is told at the end. */
#include "report/report.h"

#include "base/fmt.h"
#include "report/flow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

static void drain(struct report *r)
{
	size_t done = 0;

	while (done < r->used && !r->write_errno) {
		ssize_t n = write(r->fd, r->buf + done, r->used - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			r->write_errno = n == 0 ? EIO : errno;
	}
	r->written += done;
	r->used = 0;
}

void report_raw(struct report *r, const void *bytes, size_t len)
{
	const char *p = bytes;

	if (r->gap && len) {
		r->gap = false;
		report_raw(r, "\n", 1);
	}
	while (len) {
		size_t n = sizeof(r->buf) - r->used;

		if (n > len)
			n = len;
		memcpy(r->buf + r->used, p, n);
		r->used += n;
		p += n;
		len -= n;
		if (r->used == sizeof(r->buf))
			drain(r);
	}
}

static void put(struct report *r, const char *s)
{
	report_raw(r, s, strlen(s));
}

static void put_spaces(struct report *r, size_t n)
{
	while (n--)
		put(r, " ");
}

/* A C string with control, non-ASCII and (for JSON) quoting bytes made visible. */
static void put_escaped(struct report *r, const char *s)
{
	bool json = r->format == REPORT_NDJSON;
	char buf[8];

	for (;;) {
		const char *plain = s;

		while (*s >= 0x20 && *s < 0x7f && !(json && (*s == '"' || *s == '\\')))
			s++;
		report_raw(r, plain, (size_t)(s - plain));
		if (!*s)
			return;
		if (*s == '"' || *s == '\\')
			fmt(buf, sizeof(buf), "\\%c", *s);
		else
			fmt(buf, sizeof(buf), json ? "\\u%04x" : "\\x%02x", (unsigned char)*s);
		put(r, buf);
		s++;
	}
}

/* 1.2 MiB: three figures are enough for a person; NDJSON has the bytes. */
static void format_size(char *buf, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	uint64_t unit = 1;
	size_t i = 0;

	while (bytes / unit >= 1024 && i < sizeof(units) / sizeof(units[0]) - 1) {
		unit *= 1024;
		i++;
	}
	if (bytes % unit == 0 || bytes / unit >= 100)
		fmt(buf, size, "%" PRIu64 " %s", bytes / unit + (bytes % unit >= (unit + 1) / 2), units[i]);
	else
		fmt(buf, size, "%" PRIu64 ".%u %s", bytes / unit,
			 (unsigned int)(bytes % unit * 10 / unit), units[i]);
}

/* The text of a cell; buf is used for those that are not strings already. */
static const char *cell_text(const struct cell *c, char *buf, size_t size)
{
	switch (c->kind) {
	case CELL_TEXT:
		return c->text ? c->text : "-";
	case CELL_UINT:
		fmt(buf, size, "%" PRIu64, c->number);
		break;
	case CELL_HEX:
		fmt(buf, size, "%#" PRIx64, c->number);
		break;
	case CELL_SIZE:
		format_size(buf, size, c->number);
		break;
	case CELL_BOOL:
		return c->number ? "yes" : "no";
	case CELL_NONE:
		return "-";
	}
	return buf;
}

static void put_json_cell(struct report *r, const struct cell *c)
{
	char buf[32];

	switch (c->kind == CELL_TEXT && !c->text ? CELL_NONE : c->kind) {
	case CELL_UINT:
	case CELL_SIZE:
		fmt(buf, sizeof(buf), "%" PRIu64, c->number);
		put(r, buf);
		return;
	case CELL_BOOL:
		put(r, c->number ? "true" : "false");
		return;
	case CELL_NONE:
		put(r, "null");
		return;
	case CELL_HEX:
	case CELL_TEXT:
		put(r, "\"");
		put_escaped(r, cell_text(c, buf, sizeof(buf)));
		put(r, "\"");
		return;
	}
}

static void open_object(struct report *r, const char *item)
{
	put(r, "{\"section\":\"");
	put_escaped(r, r->section);
	put(r, "\",\"item\":\"");
	put_escaped(r, item);
	put(r, "\"");
}

static void put_member(struct report *r, const char *key, const struct cell *c)
{
	put(r, ",\"");
	put_escaped(r, key);
	put(r, "\":");
	put_json_cell(r, c);
}

void report_init(struct report *r, int fd, enum report_format format)
{
	memset(r, 0, offsetof(struct report, buf));
	r->fd = fd;
	r->format = format;
	r->section = "";
}

bool report_flush(struct report *r, struct err *e)
{
	drain(r);
	if (!r->write_errno)
		return true;
	err_sys(e, r->write_errno, "writing the report");
	e->kind = ERR_OUTPUT;
	return false;
}

void report_gap(struct report *r)
{
	r->gap = r->format == REPORT_TEXT;
}

void report_section(struct report *r, const char *name)
{
	r->section = name;
	r->gap = false;
	if (r->format == REPORT_TEXT)
		report_text(r, "=== %s ===", name);
	drain(r); /* a reader on a slow line sees each section as it comes */
}

/* The last value of a line that begins at column: what does not fit goes on below, in words. */
static void put_last(struct report *r, size_t column, const char *s)
{
	struct flow flow = { .report = r, .indent = column, .columns = column, .fresh = true };

	if (column + strlen(s) <= FLOW_COLUMNS) {
		put_escaped(r, s);
		put(r, "\n");
		return;
	}
	flow_words(&flow, s);
	flow_end(&flow);
}

/* One text line of a table: what get() gives for each column, padded. */
static void put_columns(struct report *r, const struct cell *cells)
{
	char buf[32];
	size_t column = 0;

	for (size_t i = 0; i < r->columns_len; i++) {
		const struct column *col = &r->columns[i];
		const char *s = col->heading && cells ? cell_text(&cells[i], buf, sizeof(buf))
						      : col->heading;
		size_t width = (size_t)(col->width < 0 ? -col->width : col->width);
		size_t len = s ? strlen(s) : 0;
		size_t pad = len < width ? width - len : 0;
		bool last = i + 1 == r->columns_len;

		if (!s)
			continue;
		put_spaces(r, i ? 2 : 0);
		put_spaces(r, col->width > 0 ? pad : 0);
		column += (i ? 2 : 0) + (col->width > 0 ? pad : 0);
		if (last) {
			put_last(r, column, s);
			return;
		}
		put_escaped(r, s);
		put_spaces(r, col->width < 0 ? pad : 0);
		column += len + (col->width < 0 ? pad : 0);
	}
	put(r, "\n");
}

void report_table(struct report *r, const char *item, const struct column *columns, size_t len)
{
	r->item = item;
	r->columns = columns;
	r->columns_len = len;
	if (r->format == REPORT_TEXT)
		put_columns(r, NULL);
}

void report_row(struct report *r, const struct cell *cells)
{
	if (r->format == REPORT_TEXT) {
		put_columns(r, cells);
		return;
	}
	open_object(r, r->item);
	for (size_t i = 0; i < r->columns_len; i++)
		put_member(r, r->columns[i].key, &cells[i]);
	put(r, "}\n");
}

void report_json(struct report *r, const char *item, const struct field *fields, size_t len)
{
	if (r->format != REPORT_NDJSON)
		return;
	open_object(r, item);
	for (size_t i = 0; i < len; i++)
		put_member(r, fields[i].key, &fields[i].cell);
	put(r, "}\n");
}

void report_record(struct report *r, const char *item, const struct field *fields, size_t len)
{
	char buf[32];
	size_t width = 0;

	report_json(r, item, fields, len);
	if (r->format != REPORT_TEXT)
		return;
	for (size_t i = 0; i < len; i++)
		if (fields[i].label && strlen(fields[i].label) > width)
			width = strlen(fields[i].label);
	for (size_t i = 0; i < len; i++) {
		if (!fields[i].label)
			continue;
		put(r, fields[i].label);
		put_spaces(r, width + 2 - strlen(fields[i].label));
		put_last(r, width + 2, cell_text(&fields[i].cell, buf, sizeof(buf)));
	}
}

void report_text(struct report *r, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	if (r->format != REPORT_TEXT)
		return;
	va_start(ap, format);
	fmt_list(line, sizeof(line), format, ap);
	va_end(ap);
	put_escaped(r, line);
	put(r, "\n");
}

/* In lines of 80, what follows the first indented; nothing for a label without text. */
static void put_paragraph(struct report *r, const char *label, const char *text)
{
	struct flow flow;

	if (!*text && *label)
		return;
	flow_init(&flow, r, *label ? strlen(label) + 2 : 0, label);
	flow_words(&flow, text);
	flow_end(&flow);
}

void report_note(struct report *r, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	struct cell text = TEXT_CELL(line);
	va_list ap;

	va_start(ap, format);
	fmt_list(line, sizeof(line), format, ap);
	va_end(ap);
	put_paragraph(r, "", line);
	if (r->format == REPORT_TEXT)
		return;
	open_object(r, "note");
	put_member(r, "text", &text);
	put(r, "}\n");
}

void report_error(struct report *r, const struct err *e)
{
	const struct field fields[] = {
		{ "error", NULL, TEXT_CELL(err_name(e->kind)) },
		{ "status", NULL, UINT_CELL((uint64_t)err_status(e)) },
		{ "message", NULL, TEXT_CELL(e->msg) },
		{ "cause", NULL, e->cause[0] ? TEXT_CELL(e->cause) : NO_CELL },
		{ "hint", NULL, e->hint[0] ? TEXT_CELL(e->hint) : NO_CELL },
	};

	size_t told = strlen(r->told), len = strlen(e->msg);

	report_json(r, "error", fields, sizeof(fields) / sizeof(fields[0]));
	/* The same, or what a longer one ended with: no second reading of it on a slow line. */
	if (r->format == REPORT_TEXT && told >= len && !strcmp(r->told + told - len, e->msg)) {
		report_text(r, "not available:  for the same reason as above");
		return;
	}
	fmt(r->told, sizeof(r->told), "%s", e->msg);
	put_paragraph(r, "not available:", e->msg);
	put_paragraph(r, "  cause:", e->cause);
	put_paragraph(r, "  try:", e->hint);
}

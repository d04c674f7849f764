/* Paragraphs: breaks lines between items, counting columns as the report will show them. */
/* Writes through report_text() only. */
#include "report/flow.h"

#include "base/fmt.h"

#include <stdarg.h>
#include <string.h>

/* Columns s takes once control and non-ASCII bytes are made visible as \xNN. */
static size_t shown(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s >= 0x20 && *s < 0x7f ? 1 : 4;
	return n;
}

static void append(struct flow *f, const char *s)
{
	size_t n = strlen(s);

	if (n > sizeof(f->line) - 1 - f->len)
		n = sizeof(f->line) - 1 - f->len;
	memcpy(f->line + f->len, s, n);
	f->len += n;
	f->line[f->len] = '\0';
	f->columns += shown(s);
}

static void pad(struct flow *f, size_t column)
{
	while (f->columns < column)
		append(f, " ");
	f->fresh = true;
}

static void new_line(struct flow *f)
{
	while (f->len && f->line[f->len - 1] == ' ')
		f->line[--f->len] = '\0';
	report_text(f->report, "%s", f->line);
	f->len = f->columns = 0;
	f->line[0] = '\0';
}

void flow_init(struct flow *f, struct report *r, size_t indent, const char *label)
{
	memset(f, 0, sizeof(*f));
	f->report = r;
	f->indent = indent;
	append(f, label);
	if (f->columns + 2 > indent && f->columns)
		append(f, "  ");
	pad(f, indent);
}

void flow_add(struct flow *f, const char *separator, const char *fmt, ...)
{
	char item[224];
	va_list ap;

	va_start(ap, fmt);
	fmt_list(item, sizeof(item), fmt, ap);
	va_end(ap);
	if (!f->fresh && f->columns + strlen(separator) + shown(item) > FLOW_COLUMNS - 1) {
		/* Of the separator what is not blank stays on the line it ends. */
		append(f, separator);
		new_line(f);
		pad(f, f->indent);
	}
	if (!f->fresh)
		append(f, separator);
	append(f, item);
	f->fresh = false;
}

void flow_words(struct flow *f, const char *text)
{
	size_t room = FLOW_COLUMNS - 1 - f->indent;

	while (*text) {
		size_t len = strcspn(text, " "), n = 0, columns = 0;

		/* A word longer than a line is cut, wherever that is. */
		while (n < len && columns + 1 <= room) {
			columns += text[n] >= 0x20 && text[n] < 0x7f ? 1 : 4;
			n += columns <= room;
		}

		if (n)
			flow_add(f, " ", "%.*s", (int)n, text);
		text += n + (text[n] == ' ');
	}
}

void flow_end(struct flow *f)
{
	new_line(f);
}

void flow_text(struct report *r, size_t indent, const char *format, ...)
{
	char text[512];
	struct flow flow;
	va_list ap;

	va_start(ap, format);
	fmt_list(text, sizeof(text), format, ap);
	va_end(ap);
	flow_init(&flow, r, 0, "");
	flow.indent = indent;
	flow_words(&flow, text);
	flow_end(&flow);
}

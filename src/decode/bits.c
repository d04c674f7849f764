/* Bit fields put into words: the one printer. */
/* Knows no register. */
#include "decode/bits.h"

#include "base/fmt.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void bits_text_init(struct bits_text *t, char *buf, size_t size)
{
	*t = (struct bits_text){ buf, size, 0 };
	buf[0] = '\0';
}

void bits_text_add(struct bits_text *t, const char *format, ...)
{
	va_list args;

	fmt_append(t->buf, t->size, &t->used, "%s", t->used ? ", " : "");
	va_start(args, format);
	t->used += fmt_list(t->buf + t->used, t->size - t->used, format, args);
	va_end(args);
	if (t->used >= t->size)
		t->used = t->size - 1;
}

void bits_say(const char *words, uint64_t value, struct bits_text *t)
{
	uint64_t rest = value;

	for (unsigned int shift = 0, width = 1; *words; shift += width, words += *words == '|') {
		char kind = *words < '0' ? *words : '\0'; /* no word begins with such a sign */
		uint64_t field;
		int len;

		width = 1;
		if (kind) {
			width = (unsigned int)words[1] - '0';
			words += 3;
		}
		field = value >> shift & ((1ull << width) - 1);
		for (uint64_t n = kind == '*' ? field : 0; n && *(words += strcspn(words, ",|")) == ','; n--)
			words++;
		len = (int)strcspn(words, ",|");
		if (len && (field || kind == '*')) {
			rest &= ~(field << shift);
			bits_text_add(t, "%.*s", len, words);
			if (kind == '#' || kind == '+')
				fmt_append(t->buf, t->size, &t->used, " %" PRIu64, field + (kind == '+'));
		}
		words += strcspn(words, "|");
	}
	if (rest)
		bits_text_add(t, "unknown=%#" PRIx64, rest);
}

/* Bit fields and codes as tables of rows: the one printer. */
/* Knows no register. */
#include "decode/bits.h"

#include "base/fmt.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
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

static const char *word_at(const char *words, uint64_t number)
{
	while (number--)
		words += strlen(words) + 1;
	return words;
}

void bits_say(const struct bits_row *rows, size_t len, uint64_t value, struct bits_text *t)
{
	uint64_t rest = value;

	for (size_t i = 0; i < len; i++) {
		const struct bits_row *row = &rows[i];
		uint64_t mask = (UINT64_C(1) << row->width) - 1;
		uint64_t field = value >> row->shift & mask;
		bool is_word = row->bias == BITS_WORDS;
		const char *word = is_word ? word_at(row->words, field) : row->words;

		if (!*word || (!field && !is_word))
			continue; /* a value that is not known stays in rest */
		rest &= ~(mask << row->shift);
		if (is_word || row->width == 1)
			bits_text_add(t, "%s", word);
		else
			bits_text_add(t, "%s %" PRIu64, word, field + row->bias);
	}
	if (rest)
		bits_text_add(t, "unknown=%#" PRIx64, rest);
}

const char *bits_code_name(const struct bits_code *codes, uint64_t code)
{
	for (; codes->name; codes++)
		if (codes->code == code)
			return codes->name;
	return NULL;
}

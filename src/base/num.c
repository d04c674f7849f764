/* Numbers and ranges as a person types them: the parsers. */
/* Does not know what a number means. */
#include "base/num.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

static unsigned int suffix_shift(char c)
{
	static const char suffixes[] = "kmgt";

	for (unsigned int i = 0; suffixes[i]; i++)
		if ((c | 0x20) == suffixes[i])
			return 10 * (i + 1);
	return 0;
}

/* Reads a number at the start of text; NULL when there is none or it overflows. */
static const char *scan(const char *text, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned int base = 10, shift;
	const char *first;

	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	}
	for (first = text; digit(*text) < (int)base; text++) {
		unsigned int d = (unsigned int)digit(*text);

		if (value > (UINT64_MAX - d) / base)
			return NULL;
		value = value * base + d;
	}
	if (text == first)
		return NULL;
	shift = suffix_shift(*text);
	if (shift) {
		if (value > UINT64_MAX >> shift)
			return NULL;
		value <<= shift;
		text++;
	}
	*ret_value = value;
	return text;
}

bool num_parse(const char *text, const char *what, uint64_t *ret_value, struct err *e)
{
	uint64_t value;
	const char *rest = scan(text, &value);

	if (!rest || *rest) {
		err_set(e, ERR_ADDRESS, "'%.40s' is not %s", text, what);
		return err_hint(e, "a number is decimal, or hexadecimal after 0x, with K, M, G or T");
	}
	*ret_value = value;
	return true;
}

bool num_parse_range(const char *text, uint64_t unit, struct range *ret_range, struct err *e)
{
	uint64_t start, second;
	const char *rest = scan(text, &start);
	bool good = rest != NULL;

	if (good && *rest == '\0') {
		second = start + unit;
	} else if (good && (*rest == '-' || *rest == '+')) {
		bool length = *rest == '+';

		rest = scan(rest + 1, &second);
		good = rest && !*rest;
		if (good && length)
			second += start;
	} else {
		good = false;
	}
	if (!good || second <= start) {
		err_set(e, ERR_RANGE, "'%.40s' is not a range", text);
		return err_hint(e, "a range is START-END (END not included) or START+LENGTH");
	}
	*ret_range = (struct range){ start, second };
	return true;
}

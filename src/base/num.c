/* Numbers and ranges as a person types them: the parsers. */
/* Does not know what a number means. */
#include "base/num.h"

/* The value of a digit, or 99. */
static unsigned int digit(char c)
{
	unsigned int lower = (unsigned char)c | 0x20;

	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

static unsigned int suffix_shift(char c)
{
	static const char suffixes[] = "kmgt";

	for (unsigned int i = 0; suffixes[i]; i++)
		if ((c | 0x20) == suffixes[i])
			return 10 * (i + 1);
	return 0;
}

const char *num_scan(const char *text, unsigned int base, uint64_t *ret_value)
{
	const char *first = text;
	uint64_t value = 0;

	for (; digit(*text) < base; text++) {
		unsigned int d = digit(*text);

		if (value > (UINT64_MAX - d) / base)
			return NULL;
		value = value * base + d;
	}
	if (text == first)
		return NULL;
	*ret_value = value;
	return text;
}

/* As num_scan(), with 0x in front and a suffix behind. */
static const char *scan(const char *text, uint64_t *ret_value)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	unsigned int shift;
	uint64_t value = 0;

	text = num_scan(hex ? text + 2 : text, hex ? 16 : 10, &value);
	if (!text)
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

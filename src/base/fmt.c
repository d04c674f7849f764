/* Text from numbers and strings. */
/* What it does not know it copies as it stands. */
#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 24

struct out {
	char *buf;
	size_t size, len;
};

struct spec {
	bool left, zero, alternate;
	int width, precision; /* precision -1: none */
	int size; /* bytes of the integer argument */
};

static void put(struct out *o, char c, long times)
{
	for (; times > 0; times--, o->len++)
		if (o->len + 1 < o->size)
			o->buf[o->len] = c;
}

static void put_padded(struct out *o, const struct spec *s, const char *text, size_t len)
{
	long pad = (long)s->width - (long)len;

	if (!s->left)
		put(o, s->zero ? '0' : ' ', pad);
	for (size_t i = 0; i < len; i++)
		put(o, text[i], 1);
	if (s->left)
		put(o, ' ', pad);
}

static void put_number(struct out *o, const struct spec *s, uint64_t value, unsigned int base,
		       bool minus)
{
	char digits[DIGITS_MAX];
	char *p = digits + sizeof(digits);

	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (base == 16 && s->alternate) {
		*--p = 'x';
		*--p = '0';
	}
	if (minus)
		*--p = '-';
	put_padded(o, s, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t len = s->precision >= 0 ? strnlen(text, (size_t)s->precision) : strlen(text);

	put_padded(o, s, text, len);
}

/* Digits of a width or precision at *p. */
static int scan_digits(const char **p)
{
	int n = 0;

	while (**p >= '0' && **p <= '9')
		n = n * 10 + (*(*p)++ - '0');
	return n;
}

size_t fmt_list(char *buf, size_t size, const char *format, va_list args)
{
	struct out o = { buf, size, 0 };

	for (const char *p = format; *p; p++) {
		struct spec s = { .precision = -1, .size = sizeof(int) };

		if (*p != '%') {
			put(&o, *p, 1);
			continue;
		}
		for (p++; *p == '-' || *p == '0' || *p == '#'; p++) {
			s.left = s.left || *p == '-';
			s.zero = s.zero || *p == '0';
			s.alternate = s.alternate || *p == '#';
		}
		if (*p == '*')
			p++, s.width = va_arg(args, int);
		else
			s.width = scan_digits(&p);
		if (*p == '.' && *++p == '*')
			p++, s.precision = va_arg(args, int);
		else if (p[-1] == '.')
			s.precision = scan_digits(&p);
		for (; *p == 'l' || *p == 'z'; p++)
			s.size = *p == 'l' && p[1] == 'l' ? (int)sizeof(long long)
				 : s.size == (int)sizeof(long long) ? s.size : (int)sizeof(long);
		if (*p == 's') {
			put_string(&o, &s, va_arg(args, const char *));
		} else if (*p == 'c') {
			char c = (char)va_arg(args, int);

			put_padded(&o, &s, &c, 1);
		} else if (*p == 'd') {
			int64_t v = s.size == sizeof(int) ? va_arg(args, int)
				    : s.size == sizeof(long) ? va_arg(args, long)
							     : va_arg(args, long long);

			put_number(&o, &s, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0);
		} else if (*p == 'u' || *p == 'x') {
			uint64_t v = s.size == sizeof(int) ? va_arg(args, unsigned int)
				     : s.size == sizeof(long) ? va_arg(args, unsigned long)
							      : va_arg(args, unsigned long long);

			put_number(&o, &s, v, *p == 'u' ? 10 : 16, false);
		} else if (*p) {
			put(&o, *p, 1);
		} else {
			break;
		}
	}
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

size_t fmt(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = fmt_list(buf, size, format, args);
	va_end(args);
	return len;
}

void fmt_append(char *buf, size_t size, size_t *used, const char *format, ...)
{
	va_list args;

	if (*used >= size)
		return;
	va_start(args, format);
	*used += fmt_list(buf + *used, size - *used, format, args);
	va_end(args);
	if (*used >= size)
		*used = size - 1;
}

/* Text from numbers and strings: the few printf() conversions that ramscope uses. */
/* No floating point, no wide characters: with musl's own, a tenth of the binary would be those. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * As snprintf(), for %s %c %d %u %x %% with the flags '-' and '0', width, precision of %s, '*' for
 * both, and the sizes l, ll and z. %#x writes 0x in front of every number, zero too. Returns
 * the length of the whole text, cut or not; buf always ends in 0 when size is not 0.
 */
size_t fmt(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t fmt_list(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
/* fmt() to the end of what is in buf; *used is its length and grows, at most to size - 1. */
void fmt_append(char *buf, size_t size, size_t *used, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif

/* Errors as values: the table of kinds, and the helpers that fill one. */
/* Does not print. */
#include "base/err.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/oserr.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static const uint8_t statuses[] = {
#define X(kind, status, name, meaning) [kind] = status,
	ERR_KINDS(X)
#undef X
};

static const char names[] =
#define X(kind, status, name, meaning) name "\0"
	ERR_KINDS(X);
#undef X

bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
	va_list ap;

	e->kind = kind;
	e->os = 0;
	e->cause[0] = e->hint[0] = '\0';
	va_start(ap, format);
	fmt_list(e->msg, sizeof(e->msg), format, ap);
	va_end(ap);
	return false;
}

bool err_sys(struct err *e, int os, const char *format, ...)
{
	char words[48];
	va_list ap;
	size_t n;

	e->kind = ERR_SYSTEM;
	e->os = os;
	e->cause[0] = e->hint[0] = '\0';
	va_start(ap, format);
	fmt_list(e->msg, sizeof(e->msg), format, ap);
	va_end(ap);
	n = strlen(e->msg);
	oserr_text(os, words, sizeof(words));
	fmt(e->msg + n, sizeof(e->msg) - n, ": %s", words);
	return false;
}

bool err_while(struct err *e, const char *format, ...)
{
	char old[ERR_MSG_MAX];
	va_list ap;
	size_t n;

	memcpy(old, e->msg, sizeof(old));
	va_start(ap, format);
	fmt_list(e->msg, sizeof(e->msg), format, ap);
	va_end(ap);
	n = strlen(e->msg);
	fmt(e->msg + n, sizeof(e->msg) - n, ": %s", old);
	return false;
}

bool err_cause(struct err *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fmt_list(e->cause, sizeof(e->cause), format, ap);
	va_end(ap);
	return false;
}

bool err_hint(struct err *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fmt_list(e->hint, sizeof(e->hint), format, ap);
	va_end(ap);
	return false;
}

int err_kind_status(enum err_kind kind)
{
	return (size_t)kind < sizeof(statuses) ? statuses[kind] : -1;
}

int err_status(const struct err *e)
{
	return statuses[e->kind];
}

const char *err_name(enum err_kind kind)
{
	return name_at(names, kind);
}

/* What is wrong with this machine's memory, or odd: the table, and the list. */
/* Judges nothing and shows nothing. */
#include "policy/finding.h"

#include "base/fmt.h"
#include "base/names.h"

#include <string.h>

static const enum severity severities[] = {
#define X(kind, severity, name, what, remedy) SEVERITY_##severity,
	FINDING_KINDS(X)
#undef X
};

/* Three of each kind. */
static const char texts[] =
#define X(kind, severity, name, what, remedy) name "\0" what "\0" remedy "\0"
	FINDING_KINDS(X);
#undef X

struct finding_row finding_row(enum finding_kind kind)
{
	const char *name = name_at(texts, 3 * kind), *what = name_at(name, 1);

	return (struct finding_row){ severities[kind], name, what, name_at(what, 1) };
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->where.start == b->where.start && a->where.end == b->where.end &&
	       !strcmp(a->evidence, b->evidence);
}

void findings_add(struct findings *f, enum finding_kind kind, struct range where, const char *format, ...)
{
	struct finding new = { .kind = kind, .where = where };
	size_t of_a_kind = 0;
	va_list args;

	va_start(args, format);
	fmt_list(new.evidence, sizeof(new.evidence), format, args);
	va_end(args);
	for (size_t i = 0; i < f->len; i++) {
		if (is_same(&f->list[i], &new))
			return;
		of_a_kind += f->list[i].kind == kind;
	}
	if (f->len == FINDINGS_MAX || of_a_kind == FINDINGS_OF_A_KIND_MAX)
		f->more[kind]++;
	else
		f->list[f->len++] = new;
}

size_t findings_count(const struct findings *f, enum severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < f->len; i++)
		n += severities[f->list[i].kind] >= least;
	for (size_t kind = 0; kind < FINDING_LEN; kind++)
		n += severities[kind] >= least ? f->more[kind] : 0;
	return n;
}

const char *severity_name(enum severity severity)
{
	return name_at("note\0warning\0error", severity);
}

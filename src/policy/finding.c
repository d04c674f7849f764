/* What is wrong with this machine's memory, or odd: the table, and the list. */
/* Judges nothing and shows nothing. */
#include "policy/finding.h"

#include "base/fmt.h"
#include "base/names.h"

const struct finding_row finding_rows[FINDING_LEN] = {
#define X(kind, severity, name, what, remedy) [kind] = { SEVERITY_##severity, name, what, remedy },
	FINDING_KINDS(X)
#undef X
};

void findings_add(struct findings *f, enum finding_kind kind, struct range where, const char *format, ...)
{
	struct finding *new = &f->list[f->len];
	va_list args;

	for (size_t i = 0; i < f->len; i++)
		if (f->list[i].kind == kind && f->list[i].where.start == where.start &&
		    f->list[i].where.end == where.end)
			return;
	if (f->len == FINDINGS_MAX) {
		f->dropped++;
		return;
	}
	f->len++;
	new->kind = kind;
	new->where = where;
	va_start(args, format);
	fmt_list(new->evidence, sizeof(new->evidence), format, args);
	va_end(args);
}

size_t findings_count(const struct findings *f, enum severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < f->len; i++)
		n += finding_rows[f->list[i].kind].severity >= least;
	return n;
}

const char *severity_name(enum severity severity)
{
	return name_at("note\0warning\0error", severity);
}

/* Refusals of the routes, and their causes by the rules. */
/* Facts are gathered when a cause is first asked for: most refusals are served by the next route. */
#include "mem/refusal.h"

#include "base/alloc.h"
#include "base/fmt.h"
#include "base/names.h"
#include "mem/kcore.h"
#include "policy/rules.h"

#include <string.h>

const struct facts *mem_facts(struct mem *m)
{
	static struct facts none;

	if (!m->facts) {
		m->facts = alloc_zeroed(sizeof(*m->facts));
		if (!m->facts)
			return &none;
		m->owns_facts = true;
		facts_gather(m->facts, m->caps);
		if (m->kcore)
			kcore_tell(m->kcore, m->facts);
	}
	m->facts->ram_end = guard_ram_end(&m->guard);
	if (m->strict != TRI_UNKNOWN && m->facts->of[FACT_STRICT].value == TRI_UNKNOWN)
		facts_observed(m->facts, FACT_STRICT, m->strict,
			       m->strict == TRI_YES ? "read() of kernel code is refused"
						    : "read() of kernel code works");
	return m->facts;
}

const struct mem_refusal *refusal_find(const struct mem *m, const struct mem_route *route)
{
	for (size_t i = 0; i < m->refusals_len; i++)
		if (m->refusals[i].route == route)
			return &m->refusals[i];
	return NULL;
}

void refusal_note(struct mem *m, const struct mem_route *route, bool opening, uint64_t phys,
		  const struct err *e)
{
	if ((!opening && e->kind == ERR_GUARD) || m->refusals_len == MEM_ROUTES_MAX ||
	    refusal_find(m, route))
		return;
	m->refusals[m->refusals_len++] = (struct mem_refusal){ route, opening, phys, *e };
}

/* As the guard has it: it was filled from /proc/iomem. */
static struct place place_of(const struct guard *g, uint64_t phys)
{
	struct place p = { phys & PAGE_MASK, PLACE_UNLISTED, false };

	if (guard_is_ram(g, phys))
		p.kind = PLACE_RAM;
	else if (phys < LOW_VIDEO_START && guard_run_end(g, phys, GUARD_READ) <= phys)
		p.kind = PLACE_PART_RAM;
	else if (phys < LOW_END)
		p.kind = PLACE_CLAIMED;
	return p;
}

bool refusal_tell(const struct mem *m, enum cause cause, struct err *e)
{
	const struct cause_row *row = &cause_rows[cause];

	err_cause(e, "%s", row->text);
	if (row->lift && row->meanwhile && m->forced)
		return err_hint(e, "%s; %s", row->lift, row->meanwhile);
	if (row->lift || row->meanwhile)
		err_hint(e, "%s", row->lift ? row->lift : row->meanwhile);
	return false;
}

bool refusal_explain(struct mem *m, const struct mem_route *route, uint64_t phys, struct err *e)
{
	static const uint8_t ways[] = { [GUARD_MAP] = WAY_MMAP, [GUARD_READ] = WAY_READ,
					[GUARD_KCORE] = WAY_KCORE };
	struct place place = place_of(&m->guard, phys);
	const struct mem_refusal *first = refusal_find(m, route);
	bool opening = first && first->opening;
	enum way way = (enum way)ways[route->way];

	if (e->kind != ERR_REFUSED || e->cause[0])
		return false;
	if (opening)
		way = way == WAY_KCORE ? WAY_OPEN_KCORE : WAY_OPEN_MEM;
	if (way == WAY_KCORE && !e->os)
		return refusal_tell(m, CAUSE_NOT_IN_KCORE, e);
	return refusal_tell(m, rules_explain(mem_facts(m), way, &place, e->os), e);
}

bool mem_why_not(struct mem *m, const struct mem_route *route, struct err *ret_why)
{
	const struct mem_refusal *r = refusal_find(m, route);

	if (!r)
		return false;
	*ret_why = r->why;
	(void)refusal_explain(m, route, r->phys, ret_why);
	return true;
}

static void append(char *to, size_t size, const char *text)
{
	size_t n = strlen(to);

	if (!names_find(to, text))
		fmt_append(to, size, &n, "%s%s", n ? "; " : "", text);
}

static unsigned int weight(enum err_kind kind)
{
	static const uint8_t rising[] = { ERR_GUARD, ERR_REFUSED, ERR_WITHHELD, ERR_FAULT };
	unsigned int i = ARRAY_LEN(rising);

	while (i && rising[i - 1] != kind)
		i--;
	return i;
}

void refusal_join(struct err *all, const struct err *e)
{
	if (all->kind == ERR_NONE) {
		*all = *e;
		return;
	}
	append(all->msg, sizeof(all->msg), e->msg);
	/* What the kernel says counts for more than what the guard does, whose cause it replaces. */
	if (all->kind == ERR_GUARD || e->kind != ERR_GUARD) {
		if (all->kind == ERR_GUARD)
			all->cause[0] = all->hint[0] = '\0';
		append(all->cause, sizeof(all->cause), e->cause);
		if (!all->hint[0])
			memcpy(all->hint, e->hint, sizeof(all->hint));
	}
	if (weight(e->kind) > weight(all->kind)) {
		all->kind = e->kind;
		all->os = e->os;
	}
}

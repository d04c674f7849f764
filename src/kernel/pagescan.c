/* Passes over page tables, each read once. */
/* Reads tables only, through mem's guard. */
#include "kernel/pagescan.h"

#include "base/view.h"

#include <inttypes.h>

/* A pass over a range: the tables on the way down, and the run being put together. */
struct pass {
	const struct pagetable *pt;
	uint64_t start, end;
	bool (*fn)(void *arg, const struct pagescan_run *run, struct err *e);
	void *arg;
	struct pagescan *scan; /* NULL: a table that cannot be had ends the pass */
	bool stopped; /* by fn */
	uint64_t ancestors[PAGING_LEVELS_MAX + 1]; /* by level */
	struct pagescan_run run;
};

static bool flush_run(struct pass *p, struct err *e)
{
	if (p->run.virt.start == p->run.virt.end)
		return true;
	p->stopped = !p->fn(p->arg, &p->run, e);
	return !p->stopped;
}

/* Neighbours that continue each other become one run. */
static bool add_run(struct pass *p, uint64_t start, uint64_t end, bool mapped, uint64_t phys,
		    struct err *e)
{
	struct pagescan_run *run = &p->run;
	uint64_t len = run->virt.end - run->virt.start;

	if (len && run->virt.end == start && run->mapped == mapped &&
	    (!mapped || run->phys + len == phys)) {
		run->virt.end = end;
		return true;
	}
	if (!flush_run(p, e))
		return false;
	*run = (struct pagescan_run){ { start, end }, phys, mapped };
	return true;
}

static bool pass_table(struct pass *p, unsigned int level, uint64_t table, uint64_t virt,
		       struct err *e);

static uint64_t entry_at(const struct pagetable *pt, const uint8_t *table, unsigned int i)
{
	struct view v = { table, PAGE_SIZE, 0 };

	return view_le(&v, (size_t)i * pt->paging.entry_size, pt->paging.entry_size);
}

/*
 * The table that entry i of table leads to, at virt. A scan leaves out one that the entry before led to
 * as well: under the stacks for ESPFIX and in the shadow of KASAN one table stands thousands of
 * times (arch/x86/kernel/espfix_64.c, arch/x86/mm/kasan_init_64.c).
 */
static bool pass_below(struct pass *p, unsigned int level, const uint8_t *entries, unsigned int i,
		       uint64_t virt, struct err *e)
{
	const struct paging *paging = &p->pt->paging;
	uint64_t table = paging_phys(paging, level, entry_at(p->pt, entries, i));
	uint64_t before = i ? entry_at(p->pt, entries, i - 1) : 0;
	struct err why = ERR_INIT;

	if (!p->scan)
		return pass_table(p, level - 1, table, virt, e);
	if (virt > p->start && (before & PAGING_PRESENT) &&
	    paging_phys(paging, level, before) == table) {
		p->scan->repeated++;
		return true;
	}
	if (++p->scan->tables > p->scan->tables_max) {
		p->scan->capped = true;
		return true;
	}
	if (pass_table(p, level - 1, table, virt, &why))
		return true;
	if (!p->stopped) {
		p->scan->lost++;
		return true;
	}
	*e = why;
	return false;
}

/* One table, whose first entry maps virt; recursion is as deep as there are levels. */
static bool pass_table(struct pass *p, unsigned int level, uint64_t table, uint64_t virt,
		       struct err *e)
{
	const struct pagetable *pt = p->pt;
	unsigned int len = paging_entries(&pt->paging, level);
	uint64_t size = paging_size(&pt->paging, level);
	uint8_t entries[PAGE_SIZE];

	for (unsigned int above = level + 1; above <= pt->paging.levels; above++)
		if (p->ancestors[above] == table)
			return pagetable_loop(pt, level, table, e);
	p->ancestors[level] = table;
	if (!pagetable_check(pt, level, table, e) ||
	    !mem_read(pt->mem, table, entries, (size_t)len * pt->paging.entry_size, e))
		return false;
	for (unsigned int i = 0; i < len; i++, virt += size) {
		uint64_t last = virt + size - 1, start, end, entry;

		if (last < p->start || virt >= p->end)
			continue;
		start = virt > p->start ? virt : p->start;
		end = last < p->end ? last + 1 : p->end;
		entry = entry_at(pt, entries, i);
		if (!(entry & PAGING_PRESENT)) {
			if (!add_run(p, start, end, false, 0, e))
				return false;
		} else if (paging_is_leaf(&pt->paging, level, entry)) {
			uint64_t phys = paging_phys(&pt->paging, level, entry) + (start - virt);

			if (!add_run(p, start, end, true, phys, e))
				return false;
		} else if (!pass_below(p, level, entries, i, virt, e)) {
			return false;
		}
	}
	return true;
}

bool pagescan_each(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagescan_run *run, struct err *e),
		    void *arg, struct err *e)
{
	return pagescan_all(pt, start, end, fn, arg, NULL, e);
}

bool pagescan_all(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagescan_run *run, struct err *e),
		    void *arg, struct pagescan *scan, struct err *e)
{
	struct pass p = {
		.pt = pt, .start = start, .end = end, .fn = fn, .arg = arg, .scan = scan,
	};
	/* The half of the address space that start lies in: the sign bit is copied upwards. */
	uint64_t top = start >> 63 ? ~0ull << pt->paging.virt_bits : 0;

	if (start >= end || !paging_is_canonical(&pt->paging, start) || !paging_is_canonical(&pt->paging, end - 1) ||
	    start >> 63 != (end - 1) >> 63)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 "-%#" PRIx64
			       " is not a range of addresses", start, end);
	return pass_table(&p, pt->paging.levels, pt->root, top, e) && flush_run(&p, e);
}

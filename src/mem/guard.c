/* What may be touched: the allow-list. */
/* Refuses before any system call; adds nothing by itself. */
#include "mem/guard.h"

#include <inttypes.h>

void guard_init(struct guard *g)
{
	g->len = 0;
	g->healthy = 0;
}

bool guard_allow(struct guard *g, uint64_t start, uint64_t end, enum guard_class class,
		 struct err *e)
{
	if (start >= end)
		return true;
	if (g->len && g->ranges[g->len - 1].phys.end == start &&
	    g->ranges[g->len - 1].class == class) {
		g->ranges[g->len - 1].phys.end = end;
		return true;
	}
	if (g->len == GUARD_RANGES_MAX)
		return err_set(e, ERR_UNSUPPORTED, "more than %d ranges of memory to allow",
			       GUARD_RANGES_MAX);
	g->ranges[g->len].phys = (struct range){ start, end };
	g->ranges[g->len].class = class;
	g->len++;
	return true;
}

uint64_t guard_run_end(const struct guard *g, uint64_t phys, enum guard_way way)
{
	uint64_t at = phys & PAGE_MASK;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < g->len; i++) {
			const struct range *r = &g->ranges[i].phys;

			if (way == GUARD_READ && (g->ranges[i].class == GUARD_LOW_MIXED ||
						  g->ranges[i].class == GUARD_NAMED))
				continue;
			if (r->start <= at && at < r->end) {
				at = r->end;
				moved = true;
			}
		}
	}
	return at;
}

uint64_t guard_ram_end(const struct guard *g)
{
	uint64_t end = 0;

	for (size_t i = 0; i < g->len; i++)
		if (g->ranges[i].class == GUARD_RAM && g->ranges[i].phys.end > end)
			end = g->ranges[i].phys.end;
	return end;
}

uint64_t guard_edge(const struct guard *g, uint64_t phys)
{
	uint64_t edge = UINT64_MAX;

	for (size_t i = 0; i < g->len; i++) {
		const struct range *r = &g->ranges[i].phys;

		if (r->end > phys)
			edge = num_least(edge, r->start > phys ? r->start : r->end);
	}
	return edge;
}

bool guard_is_ram(const struct guard *g, uint64_t phys)
{
	for (size_t i = 0; i < g->len; i++)
		if (g->ranges[i].class == GUARD_RAM &&
		    range_holds(&g->ranges[i].phys, phys, phys + 1))
			return true;
	return false;
}

bool guard_check(const struct guard *g, uint64_t phys, uint64_t len, enum guard_way way,
		 struct err *e)
{
	uint64_t allowed;

	if (len == 0 || len > UINT64_MAX - phys)
		return err_set(e, ERR_GUARD, "%" PRIu64 " bytes at %#" PRIx64 ": not a piece of memory",
			       len, phys);
	allowed = guard_run_end(g, phys, way);
	if (allowed >= phys + len)
		return true;
	err_set(e, ERR_GUARD, "page at %#" PRIx64 " not touched", allowed & PAGE_MASK);
	if (allowed >= LOW_VIDEO_START && allowed < LOW_VIDEO_END)
		return err_cause(e, "it is video memory: reading it can change the display");
	if (way == GUARD_READ && guard_run_end(g, allowed, GUARD_MAP) > allowed)
		return err_cause(e, "it is part RAM, part not: read() makes the kernel warn, "
				    "mmap does not");
	err_cause(e, "not a whole page of RAM, and not on the list of the first MiB");
	return err_hint(e, "ramscope why %#" PRIx64, allowed & PAGE_MASK);
}

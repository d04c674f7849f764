/* The first MiB in one buffer: a run of pages at a time, page by page where a run fails. */
/* Decodes nothing, and asks for nothing between 0xa0000 and 0xbffff. */
#include "mem/lowmem.h"

#include "base/alloc.h"

#include <errno.h>

#define LOW_PAGES (LOW_END / PAGE_SIZE)

static enum lowmem_state state_of(const struct mem *m, const struct err *e)
{
	if (e->kind == ERR_FAULT)
		return LOWMEM_FAULT;
	if (e->kind == ERR_WITHHELD)
		return LOWMEM_WITHHELD;
	return m->live ? LOWMEM_REFUSED : LOWMEM_ABSENT;
}

/* One attempt at [start, end); on failure only a single page gets a state. */
static bool try_pages(struct lowmem *low, struct mem *m, uint32_t start, uint32_t end)
{
	struct err e = ERR_INIT;
	const struct mem_route *route;

	if (mem_copy(m, start, low->bytes + start, end - start, &route, &e)) {
		for (uint32_t i = start / PAGE_SIZE; i < end / PAGE_SIZE; i++)
			low->state[i] = LOWMEM_READ;
		return true;
	}
	if (end - start > PAGE_SIZE)
		return false;
	memset(low->bytes + start, 0, PAGE_SIZE);
	low->state[start / PAGE_SIZE] = (uint8_t)state_of(m, &e);
	if (low->first.kind == ERR_NONE)
		low->first = e;
	return true;
}

static void read_area(struct lowmem *low, struct mem *m, uint32_t start, uint32_t end)
{
	while (start < end) {
		uint64_t run = guard_run_end(&m->guard, start, GUARD_MAP);
		uint32_t stop = run > end ? end : (uint32_t)run;

		if (stop < start + PAGE_SIZE)
			stop = start + PAGE_SIZE; /* not allowed: the guard says why */
		if (!try_pages(low, m, start, stop))
			for (uint32_t page = start; page < stop; page += PAGE_SIZE)
				(void)try_pages(low, m, page, page + PAGE_SIZE);
		start = stop;
	}
}

bool lowmem_read(struct lowmem *low, struct mem *m, struct err *e)
{
	memset(low, 0, sizeof(*low));
	low->bytes = alloc_array(LOW_PAGES, PAGE_SIZE);
	if (!low->bytes)
		return err_sys(e, ENOMEM, "a buffer for the first MiB");
	read_area(low, m, 0, LOW_VIDEO_START);
	read_area(low, m, LOW_VIDEO_END, LOW_END);
	return true;
}

void lowmem_deinit(struct lowmem *low)
{
	alloc_free(low->bytes);
	low->bytes = NULL;
}

struct view lowmem_view(const struct lowmem *low, uint32_t start, uint32_t end)
{
	uint32_t stop = start;

	if (end > LOW_END)
		end = LOW_END;
	while (stop < end && low->state[stop / PAGE_SIZE] == LOWMEM_READ)
		stop = (stop / PAGE_SIZE + 1) * PAGE_SIZE;
	if (stop > end)
		stop = end;
	if (stop <= start)
		return (struct view){ low->bytes, 0, start };
	return (struct view){ low->bytes + start, stop - start, start };
}

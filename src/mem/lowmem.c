/* The first MiB in one buffer: a run of pages at a time, page by page where a run fails. */
/* Decodes nothing, and asks for nothing between 0xa0000 and 0xbffff. */
#include "mem/lowmem.h"

#include "base/alloc.h"

#include <errno.h>

#define LOW_PAGES (LOW_END / PAGE_SIZE)

/*
 * True when read() of a page of RAM above 1 MiB is refused with EPERM: only STRICT_DEVMEM
 * does that, and it is also what makes read() below 1 MiB give zeros for RAM.
 */
static bool reads_are_strict(struct mem *m)
{
	uint8_t byte;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < m->guard.len; i++) {
		uint64_t phys = m->guard.ranges[i].phys.start;

		if (m->guard.ranges[i].class != GUARD_RAM || m->guard.ranges[i].phys.end <= LOW_END)
			continue;
		if (phys < LOW_END)
			phys = LOW_END;
		for (size_t r = 0; r < m->routes_len; r++)
			if (m->routes[r]->way == GUARD_READ)
				return !mem_read_by(m, m->routes[r], phys, &byte, 1, &e) &&
				       e.os == EPERM;
	}
	return false;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	while (len && !bytes[len - 1])
		len--;
	return len == 0;
}

/*
 * Pages of RAM that read() gave as zeros under STRICT_DEVMEM. Pages that are not RAM (page 0,
 * ROMs) are shown as they are even then (arch/x86/mm/init.c, devmem_is_allowed, 5.10 to 7.2).
 */
static void withhold(struct lowmem *low, struct mem *m, const bool *by_read)
{
	bool probed = false, strict = false;

	for (uint32_t i = 0; m->live && i < LOW_PAGES; i++) {
		uint32_t phys = i * PAGE_SIZE;

		if (low->state[i] != LOWMEM_READ || !by_read[i] || !guard_is_ram(&m->guard, phys) ||
		    !is_zero(low->bytes + phys, PAGE_SIZE))
			continue;
		if (!probed)
			strict = reads_are_strict(m);
		probed = true;
		if (strict)
			low->state[i] = LOWMEM_WITHHELD;
	}
}

static enum lowmem_state state_of(const struct mem *m, const struct err *e)
{
	if (e->kind == ERR_FAULT)
		return LOWMEM_FAULT;
	return m->live ? LOWMEM_REFUSED : LOWMEM_ABSENT;
}

/* One attempt at [start, end); on failure only a single page gets a state. */
static bool try_pages(struct lowmem *low, struct mem *m, uint32_t start, uint32_t end,
		      bool *by_read)
{
	struct err e = ERR_INIT;
	const struct mem_route *route;

	if (mem_copy(m, start, low->bytes + start, end - start, &route, &e)) {
		for (uint32_t i = start / PAGE_SIZE; i < end / PAGE_SIZE; i++) {
			low->state[i] = LOWMEM_READ;
			by_read[i] = route->way == GUARD_READ;
		}
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

static void read_area(struct lowmem *low, struct mem *m, uint32_t start, uint32_t end,
		      bool *by_read)
{
	while (start < end) {
		uint64_t run = guard_run_end(&m->guard, start, GUARD_MAP);
		uint32_t stop = run > end ? end : (uint32_t)run;

		if (stop < start + PAGE_SIZE)
			stop = start + PAGE_SIZE; /* not allowed: the guard says why */
		if (!try_pages(low, m, start, stop, by_read))
			for (uint32_t page = start; page < stop; page += PAGE_SIZE)
				(void)try_pages(low, m, page, page + PAGE_SIZE, by_read);
		start = stop;
	}
}

bool lowmem_read(struct lowmem *low, struct mem *m, struct err *e)
{
	bool by_read[LOW_PAGES] = { false };

	memset(low, 0, sizeof(*low));
	low->bytes = alloc_array(LOW_PAGES, PAGE_SIZE);
	if (!low->bytes)
		return err_sys(e, ENOMEM, "a buffer for the first MiB");
	read_area(low, m, 0, LOW_VIDEO_START, by_read);
	read_area(low, m, LOW_VIDEO_END, LOW_END, by_read);
	withhold(low, m, by_read);
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

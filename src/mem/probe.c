/* Tries one page by one method. */
/* Explains nothing: the errno is the fact, its cause is for the caller. */
#include "mem/probe.h"

#include "mem/kcore.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct probe failed(const struct err *e)
{
	if (e->kind == ERR_GUARD)
		return (struct probe){ PROBE_SKIPPED, 0, false };
	if (e->kind == ERR_WITHHELD)
		return (struct probe){ PROBE_WITHHELD, 0, true };
	if (e->kind == ERR_FAULT)
		return (struct probe){ PROBE_FAULT, e->os, false };
	return (struct probe){ PROBE_REFUSED, e->os, false };
}

/* Past the guard, and only where nothing can be touched. */
static struct probe probe_beyond(struct mem *m, const struct mem_route *route, uint64_t phys)
{
	const uint8_t *bytes;
	struct err e = ERR_INIT;

	if (!route->show(m, phys, PAGE_SIZE, &bytes, &e))
		return failed(&e);
	route->hide(m, bytes, phys, PAGE_SIZE);
	return (struct probe){ route->way == GUARD_MAP ? PROBE_MAPPED : PROBE_OK, 0, false };
}

struct probe mem_probe(struct mem *m, const struct mem_route *route, uint64_t phys, bool beyond)
{
	uint8_t page[PAGE_SIZE];
	struct probe p = { PROBE_OK, 0, true };
	struct err e = ERR_INIT;
	uint64_t served[MEM_ROUTES_MAX];
	bool good;

	/* Its headers are known: nothing is touched to find that out, so nothing need be allowed. */
	if (route->way == GUARD_KCORE && m->kcore && !kcore_has(m->kcore, phys))
		return (struct probe){ PROBE_ABSENT, 0, false };
	if (beyond)
		return probe_beyond(m, route, phys);
	/* A trial is none of what memory was read by. */
	memcpy(served, m->served, sizeof(served));
	good = mem_read_by(m, route, phys, page, sizeof(page), &e);
	memcpy(m->served, served, sizeof(served));
	if (!good)
		return failed(&e);
	for (size_t i = 0; i < sizeof(page); i++)
		p.zeros = p.zeros && page[i] == 0;
	return p;
}

int mem_probe_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

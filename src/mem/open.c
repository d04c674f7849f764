/* Opening memory: the devices a method needs, or a file. */
/* Reads nothing but the headers of cores. */
#include "base/alloc.h"
#include "mem/elfcore.h"
#include "mem/kcore.h"
#include "mem/poison.h"
#include "mem/refusal.h"
#include "mem/touch.h"
#include "policy/told.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* In order of preference. */
static const struct mem_route *const live_routes[] = { &mem_route_mmap, &mem_route_read,
						       &mem_route_kcore };

static void mem_init(struct mem *m)
{
	memset(m, 0, sizeof(*m));
	m->fd = -1;
	guard_init(&m->guard);
}

static bool is_chosen(const struct mem_route *route, const char *method)
{
	return !strcmp(method, "auto") || !strcmp(method, route->name);
}

bool mem_is_method(const char *method, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(live_routes); i++)
		if (is_chosen(live_routes[i], method))
			return true;
	if (!strcmp(method, MEM_NO_METHOD))
		return true;
	err_set(e, ERR_USAGE, "no method '%.40s'", method);
	return err_hint(e, "--method=auto, mmap, read, kcore or kpageflags");
}

/*
 * By the kernel log: a SEV guest's flag is cleared where the firmware hides the register behind it
 * (arch/x86/kernel/cpu/amd.c, early_detect_mem_encrypt()). And by the flags of the first processor,
 * which stand at the start of the file: all of it, on a large machine, would cost more than
 * everything else that is done here.
 */
static bool is_confidential(const struct mem *m)
{
	struct facts f = { .phys_bits = 0 };
	char text[8192];
	ssize_t n;
	int fd;

	if (m->facts)
		return m->facts->of[FACT_CONFIDENTIAL].value == TRI_YES;
	facts_log(&f, told_guest);
	fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return f.of[FACT_CONFIDENTIAL].value == TRI_YES;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	told_cpuinfo(&f, text);
	return f.of[FACT_CONFIDENTIAL].value == TRI_YES;
}

static bool open_devmem(struct mem *m, struct err *e)
{
	if (m->fd >= 0)
		return true;
	if (is_confidential(m)) {
		err_set(e, ERR_GUARD, "/dev/mem not opened");
		return refusal_tell(m, CAUSE_CONFIDENTIAL, e);
	}
	/* No O_SYNC: with PAT off it would make an uncached alias of RAM (5.10 to 6.12). */
	m->fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	if (m->fd >= 0)
		return true;
	err_sys(e, errno, "/dev/mem");
	e->kind = ERR_REFUSED;
	return false;
}

static bool open_kcore(struct mem *m, struct err *e)
{
	if (m->kcore || kcore_open("/proc/kcore", &m->kcore, e))
		return true;
	e->kind = ERR_REFUSED;
	return false;
}

bool mem_open_route(struct mem *m, const struct mem_route *route, struct err *e)
{
	return route->way == GUARD_KCORE ? open_kcore(m, e) : open_devmem(m, e);
}

/* No route is open: what there is to be said of all of them, once each. */
static bool all_refused(struct mem *m, struct err *e)
{
	struct err all = ERR_INIT;

	for (size_t i = 0; i < m->refusals_len; i++) {
		struct err one = m->refusals[i].why;

		(void)refusal_explain(m, m->refusals[i].route, 0, &one);
		refusal_join(&all, &one);
	}
	*e = all;
	return m->forced ? false : err_while(e, "no route to memory");
}

bool mem_open_live(struct mem *m, const char *method, struct facts *facts, struct err *e)
{
	mem_init(m);
	m->facts = facts;
	m->live = true;
	m->forced = strcmp(method, "auto") != 0;
	m->caps = facts_caps();
	if (!mem_is_method(method, e))
		return false;
	if (!strcmp(method, MEM_NO_METHOD)) {
		err_set(e, ERR_UNSUPPORTED, "memory is not read with --method=" MEM_NO_METHOD);
		err_cause(e, "that file tells what pages are used for, not what is in them");
		return err_hint(e, "the same without --method");
	}
	for (size_t i = 0; i < ARRAY_LEN(live_routes); i++) {
		const struct mem_route *route = live_routes[i];
		/* /dev/mem is not tried twice: lockdown writes a line to the log each time. */
		const struct mem_refusal *before =
			route == &mem_route_read ? refusal_find(m, &mem_route_mmap) : NULL;
		struct err one = ERR_INIT;

		if (!is_chosen(route, method))
			continue;
		if (before)
			refusal_note(m, route, true, 0, &before->why);
		else if (mem_open_route(m, route, &one))
			m->routes[m->routes_len++] = route;
		else
			refusal_note(m, route, true, 0, &one);
	}
	if (!m->routes_len) {
		(void)all_refused(m, e);
		mem_close(m);
		return false;
	}
	if (facts && m->kcore)
		kcore_tell(m->kcore, facts);
	poison_open(m);
	touch_use_child();
	return true;
}

bool mem_open_file(struct mem *m, const char *path, struct err *e)
{
	mem_init(m);
	m->routes[m->routes_len++] = &mem_route_file;
	m->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (m->fd < 0)
		return err_sys(e, errno, "%.200s", path);
	if (elfcore_open(m->fd, &m->core, e) && elfcore_allow(m->core, &m->guard, e))
		return true;
	mem_close(m);
	return err_while(e, "%.200s", path);
}

void mem_close(struct mem *m)
{
	mem_drop_stale(m);
	if (m->fd >= 0)
		close(m->fd);
	elfcore_close(m->core);
	kcore_close(m->kcore);
	poison_close(m);
	alloc_free(m->bounce);
	if (m->owns_facts)
		alloc_free(m->facts);
	m->fd = -1;
	m->core = NULL;
	m->kcore = NULL;
	m->bounce = NULL;
	m->facts = NULL;
	m->owns_facts = false;
}

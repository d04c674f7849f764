/* Bytes at physical addresses: the routes in order, behind the guard. */
/* Each route has a file of its own; this one only chooses. */
#include "mem/mem.h"

#include "base/fmt.h"
#include "base/alloc.h"
#include "mem/elfcore.h"
#include "mem/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

static const struct mem_route *const live_routes[] = { &mem_route_mmap, &mem_route_read };

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
	return err_hint(e, "--method=auto, mmap, read or kpageflags");
}

/* Why /dev/mem did not open: drivers/char/mem.c, memory_open() and open_port(). */
static bool open_refused(int os, struct err *e)
{
	err_sys(e, os, "/dev/mem");
	e->kind = ERR_REFUSED;
	switch (os) {
	case ENOENT:
		err_cause(e, "there is no such node: devtmpfs is not mounted, or CONFIG_DEVMEM is off");
		return err_hint(e, "mount -t devtmpfs devtmpfs /dev");
	case EACCES:
		err_cause(e, "the mode of the file, or a security module, forbids it");
		return err_hint(e, "run as root");
	case EPERM:
		err_cause(e, "no CAP_SYS_RAWIO, or the kernel is locked down");
		return err_hint(e, "run as root; look into /sys/kernel/security/lockdown");
	case ENXIO:
		err_cause(e, "this kernel was built without CONFIG_DEVMEM");
		return err_hint(e, "rebuild the kernel with CONFIG_DEVMEM=y");
	default:
		return false;
	}
}

bool mem_open_live(struct mem *m, const char *method, struct err *e)
{
	mem_init(m);
	m->live = true;
	if (!mem_is_method(method, e))
		return false;
	if (!strcmp(method, MEM_NO_METHOD)) {
		err_set(e, ERR_UNSUPPORTED, "memory is not read with --method=" MEM_NO_METHOD);
		return err_cause(e, "that file tells what pages are used for, not what is in them");
	}
	for (size_t i = 0; i < ARRAY_LEN(live_routes); i++)
		if (is_chosen(live_routes[i], method))
			m->routes[m->routes_len++] = live_routes[i];
	/* No O_SYNC: with PAT off it would make an uncached alias of RAM (5.10 to 6.12). */
	m->fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	if (m->fd < 0)
		return open_refused(errno, e);
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
	alloc_free(m->bounce);
	m->fd = -1;
	m->core = NULL;
	m->bounce = NULL;
}

static size_t route_index(const struct mem *m, const struct mem_route *route)
{
	size_t i = 0;

	while (i + 1 < m->routes_len && m->routes[i] != route)
		i++;
	return i;
}

static bool show_by(struct mem *m, const struct mem_route *route, uint64_t phys, size_t len,
		    struct mem_window *w, struct err *e)
{
	const uint8_t *bytes;

	if (!guard_check(&m->guard, phys, len, route->way, e))
		return false;
	if (!route->show(m, phys, len, &bytes, e))
		return err_while(e, "%s at %#" PRIx64, route->name, phys);
	m->served[route_index(m, route)] += len;
	w->view = (struct view){ bytes, len, phys };
	w->route = route;
	return true;
}

/* A later route failed too: its message joins the earlier ones, whose cause stays. */
static void join(struct err *all, const struct err *e)
{
	size_t n;

	if (all->kind == ERR_NONE) {
		*all = *e;
		return;
	}
	if (!strcmp(all->msg, e->msg))
		return;
	n = strlen(all->msg);
	fmt(all->msg + n, sizeof(all->msg) - n, "; %s", e->msg);
	/* A refusal by the kernel says more than one by the guard. */
	if (all->kind == ERR_GUARD) {
		all->kind = e->kind;
		all->os = e->os;
		memcpy(all->cause, e->cause, sizeof(all->cause));
		memcpy(all->hint, e->hint, sizeof(all->hint));
	}
}

bool mem_window_open(struct mem *m, uint64_t phys, size_t len, struct mem_window *ret_window,
		     struct err *e)
{
	struct err all = ERR_INIT;

	for (size_t i = 0; i < m->routes_len; i++) {
		if (show_by(m, m->routes[i], phys, len, ret_window, e))
			return true;
		join(&all, e);
	}
	*e = all;
	return false;
}

void mem_window_close(struct mem *m, struct mem_window *w)
{
	w->route->hide(m, w->view.bytes, w->view.phys, w->view.len);
}

bool mem_copy(struct mem *m, uint64_t phys, void *buf, size_t len,
	      const struct mem_route **ret_route, struct err *e)
{
	struct mem_window w;
	bool good;

	if (!mem_window_open(m, phys, len, &w, e))
		return false;
	good = touch_copy(buf, w.view.bytes, len, e);
	*ret_route = w.route;
	mem_window_close(m, &w);
	return good;
}

bool mem_read_by(struct mem *m, const struct mem_route *route, uint64_t phys, void *buf,
		 size_t len, struct err *e)
{
	uint8_t *to = buf;

	while (len) {
		size_t n = PAGE_SIZE - (size_t)(phys & (PAGE_SIZE - 1));
		struct mem_window w;
		bool good;

		if (n > len)
			n = len;
		if (!show_by(m, route, phys, n, &w, e))
			return false;
		good = touch_copy(to, w.view.bytes, n, e);
		mem_window_close(m, &w);
		if (!good)
			return err_while(e, "%s at %#" PRIx64, route->name, phys);
		phys += n;
		to += n;
		len -= n;
	}
	return true;
}

bool mem_read(struct mem *m, uint64_t phys, void *buf, size_t len, struct err *e)
{
	uint8_t *to = buf;

	while (len) {
		size_t n = PAGE_SIZE - (size_t)(phys & (PAGE_SIZE - 1));
		struct err all = ERR_INIT;
		bool good = false;

		if (n > len)
			n = len;
		for (size_t i = 0; i < m->routes_len && !good && all.kind != ERR_FAULT; i++) {
			good = mem_read_by(m, m->routes[i], phys, to, n, e);
			if (!good)
				join(&all, e);
		}
		if (!good) {
			*e = all;
			return false;
		}
		phys += n;
		to += n;
		len -= n;
	}
	return true;
}

/* Bytes at physical addresses: the routes in order, behind the guard. */
/* Each route has a file of its own; this one only chooses. */
#include "mem/mem.h"

#include "mem/kcore.h"
#include "mem/poison.h"
#include "mem/refusal.h"
#include "mem/touch.h"

#include <errno.h>
#include <inttypes.h>

static size_t route_index(const struct mem *m, const struct mem_route *route)
{
	size_t i = 0;

	while (i < m->routes_len && m->routes[i] != route)
		i++;
	return i;
}

uint64_t mem_served(const struct mem *m, const struct mem_route *route)
{
	size_t i = route_index(m, route);

	return i < m->routes_len ? m->served[i] : 0;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	while (len && !bytes[len - 1])
		len--;
	return len == 0;
}

/*
 * Does read() give zeros for RAM below 1 MiB? Only STRICT_DEVMEM does that, and it refuses RAM above
 * (arch/x86/mm/init.c, devmem_is_allowed(), 5.10 to 7.2). Asked is one page that read() cannot be
 * refused for another reason, unless the configuration is known already.
 */
static bool is_strict(struct mem *m, const struct mem_route *route)
{
	uint64_t healthy = m->guard.healthy;
	const uint8_t *bytes;
	struct err e = ERR_INIT;

	if (m->strict != TRI_UNKNOWN)
		return m->strict == TRI_YES;
	if (!healthy && mem_facts(m)->of[FACT_STRICT].value != TRI_UNKNOWN) {
		m->strict = mem_facts(m)->of[FACT_STRICT].value;
	} else if (healthy && route->show(m, healthy, 1, &bytes, &e)) {
		route->hide(m, bytes, healthy, 1);
		m->strict = TRI_NO;
	} else if (healthy && e.os == EPERM) {
		m->strict = TRI_YES;
	}
	/* Nobody knows: zeros that may be false are not shown. */
	return m->strict != TRI_NO;
}

/* RAM below 1 MiB, shown by read() as a page of zeros? */
static bool withholds(const struct mem *m, const struct view *v)
{
	uint64_t end = num_least(v->phys + v->len, LOW_END), next;

	for (uint64_t at = v->phys; at < end; at = next) {
		next = num_least((at & PAGE_MASK) + PAGE_SIZE, end);
		if (guard_is_ram(&m->guard, at) &&
		    is_zero(v->bytes + (at - v->phys), (size_t)(next - at)))
			return true;
	}
	return false;
}

static bool show_page(struct mem *m, const struct mem_route *route, uint64_t phys, size_t len,
		      struct mem_window *w, struct err *e)
{
	bool doubtful = m->live && route->way == GUARD_READ && phys < LOW_END && is_strict(m, route);
	const uint8_t *bytes;

	if (!route->show(m, phys, len, &bytes, e))
		return false;
	w->view = (struct view){ bytes, len, phys };
	w->route = route;
	if (!doubtful || !withholds(m, &w->view))
		return true;
	route->hide(m, bytes, phys, len);
	err_set(e, ERR_WITHHELD, "withheld: zeros in place of the bytes");
	return refusal_tell(m, CAUSE_STRICT_ZEROS, e);
}

/* Without a cause, so that a refusal costs nothing where the next route serves. */
static bool show_by(struct mem *m, const struct mem_route *route, uint64_t phys, size_t len,
		    struct mem_window *w, struct err *e)
{
	const struct mem_refusal *first = refusal_find(m, route);
	size_t i = route_index(m, route);

	if (!guard_check(&m->guard, phys, len, route->way, e) || !poison_check(m, phys, len, e))
		return false;
	if (first && first->opening) {
		*e = first->why;
		return false;
	}
	if (!show_page(m, route, phys, len, w, e)) {
		if (i < m->routes_len)
			refusal_note(m, route, false, phys, e);
		return err_while(e, "%s at %#" PRIx64, route->name, phys);
	}
	if (i < m->routes_len)
		m->served[i] += len;
	return true;
}

/* No route served: once more through what each said, now for its cause. */
static bool explain_all(struct mem *m, const struct err *errors, size_t len, uint64_t phys,
			struct err *e)
{
	struct err all = ERR_INIT;
	bool refused = false;

	for (size_t i = 0; i < len; i++)
		refused = refused || errors[i].kind == ERR_REFUSED || errors[i].kind == ERR_WITHHELD;
	/* One that did not open at all might have shown it. */
	for (size_t i = 0; i < m->refusals_len && refused; i++) {
		struct err one = m->refusals[i].why;

		if (!m->refusals[i].opening)
			continue;
		(void)refusal_explain(m, m->refusals[i].route, phys, &one);
		refusal_join(&all, &one);
	}
	for (size_t i = 0; i < len; i++) {
		struct err one = errors[i];

		(void)refusal_explain(m, m->routes[i], phys, &one);
		refusal_join(&all, &one);
	}
	*e = all;
	return false;
}

bool mem_window_open(struct mem *m, uint64_t phys, size_t len, struct mem_window *ret_window,
		     struct err *e)
{
	struct err errors[MEM_ROUTES_MAX];

	for (size_t i = 0; i < m->routes_len; i++)
		if (show_by(m, m->routes[i], phys, len, ret_window, &errors[i]))
			return true;
	return explain_all(m, errors, m->routes_len, phys, e);
}

void mem_window_close(struct mem *m, struct mem_window *w)
{
	w->route->hide(m, w->view.bytes, w->view.phys, w->view.len);
}

bool mem_window_run(const struct mem_window *w, void (*fn)(void *arg), void *arg, struct err *e)
{
	if (w->route->way == GUARD_MAP)
		return touch_run(fn, arg, e);
	fn(arg);
	return true;
}

bool mem_window_copy(const struct mem_window *w, size_t off, void *to, size_t len, struct err *e)
{
	if (w->route->way == GUARD_MAP)
		return touch_copy(to, w->view.bytes + off, len, e);
	memcpy(to, w->view.bytes + off, len);
	return true;
}

bool mem_copy(struct mem *m, uint64_t phys, void *buf, size_t len,
	      const struct mem_route **ret_route, struct err *e)
{
	struct mem_window w;
	bool good;

	if (!mem_window_open(m, phys, len, &w, e))
		return false;
	good = mem_window_copy(&w, 0, buf, len, e);
	*ret_route = w.route;
	mem_window_close(m, &w);
	return good;
}

/* At most to the end of a page. */
static bool read_page(struct mem *m, const struct mem_route *route, uint64_t phys, void *buf,
		      size_t len, struct err *e)
{
	struct mem_window w;
	bool good;

	if (!show_by(m, route, phys, len, &w, e))
		return false;
	good = mem_window_copy(&w, 0, buf, len, e);
	mem_window_close(m, &w);
	return good || err_while(e, "%s at %#" PRIx64, route->name, phys);
}

static size_t in_page(uint64_t phys, size_t len)
{
	return (size_t)num_least(PAGE_SIZE - (phys & (PAGE_SIZE - 1)), len);
}

bool mem_read_by(struct mem *m, const struct mem_route *route, uint64_t phys, void *buf,
		 size_t len, struct err *e)
{
	uint8_t *to = buf;

	for (size_t n; len; phys += n, to += n, len -= n) {
		n = in_page(phys, len);
		if (!read_page(m, route, phys, to, n, e))
			return refusal_explain(m, route, phys, e);
	}
	return true;
}

/* By the first route that can; what faulted is tried by no other. */
static bool read_by_any(struct mem *m, uint64_t phys, void *buf, size_t len, struct err *e)
{
	struct err errors[MEM_ROUTES_MAX];
	size_t i = 0;

	while (i < m->routes_len) {
		if (read_page(m, m->routes[i], phys, buf, len, &errors[i]))
			return true;
		if (errors[i++].kind == ERR_FAULT)
			break;
	}
	return explain_all(m, errors, i, phys, e);
}

bool mem_read(struct mem *m, uint64_t phys, void *buf, size_t len, struct err *e)
{
	uint8_t *to = buf;

	for (size_t n; len; phys += n, to += n, len -= n) {
		n = in_page(phys, len);
		if (!read_by_any(m, phys, to, n, e))
			return false;
	}
	return true;
}

bool mem_read_virt(struct mem *m, uint64_t virt, void *buf, size_t len, struct err *e)
{
	if (route_index(m, &mem_route_kcore) == m->routes_len || !m->kcore)
		return err_set(e, ERR_UNSUPPORTED, "/proc/kcore is not open");
	return kcore_read(m->kcore, true, virt, buf, len, e);
}

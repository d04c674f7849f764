/* Where the census comes from: struct pages, or /proc/kpageflags where those are not to be had. */
/* Counts nothing: census/ does. */
#include "cmd/pages.h"

#include "base/alloc.h"
#include "base/fmt.h"

#include <errno.h>
#include <string.h>

bool pagessource_is_told(const struct pagessource *s)
{
	return s->told.fd >= 0;
}

static bool open_told(struct pagessource *s, struct err *e)
{
	bool good = kpageflags_open(&s->told, KPAGEFLAGS_PATH, e) && cmd_need_map(s->c, e);

	if (good)
		s->told.guard = s->c->mem.guard;
	else
		kpageflags_close(&s->told);
	return good;
}

/* NULL with *e set when there is no census to be had; pagessource_close() in any other case. */
struct pagessource *pagessource_open(struct context *c, struct err *e)
{
	struct pagessource *s = alloc_zeroed(sizeof(*s));
	bool only_told = !strcmp(c->method, MEM_NO_METHOD) && !c->mem_path;
	struct err second = ERR_INIT;

	if (!s) {
		err_sys(e, ENOMEM, "the census");
		return NULL;
	}
	s->c = c;
	s->told.fd = -1;
	if (!only_told && cmd_need_proof(c, e))
		return s;
	/*
	 * Whatever stands in the way, lockdown or a kernel not known here, the file may still help;
	 * but sources that disagree are not to be passed over.
	 */
	if (only_told ? open_told(s, e)
		      : !c->mem_path && !strcmp(c->method, "auto") && e->kind != ERR_DISAGREE &&
				open_told(s, &second)) {
		if (!only_told) {
			s->why = *e;
			err_while(&s->why, "struct pages");
		}
		*e = (struct err)ERR_INIT;
		return s;
	}
	alloc_free(s);
	return NULL;
}

void pagessource_close(struct pagessource *s)
{
	if (s)
		kpageflags_close(&s->told);
	alloc_free(s);
}

struct range pagessource_range(const struct pagessource *s)
{
	return pagessource_is_told(s) ? (struct range){ 0, s->told.end } : census_all(&s->c->kernel);
}

bool pagessource_scan(struct pagessource *s, struct range range, const struct census_watch *watch,
		 struct census *ret_census, struct err *e)
{
	const struct mem *m = &s->c->mem;
	uint64_t served[MEM_ROUTES_MAX];
	size_t used = 0;

	if (pagessource_is_told(s)) {
		fmt(s->name, sizeof(s->name), MEM_NO_METHOD);
		return kpageflags_scan(&s->told, range, watch, ret_census, e);
	}
	memcpy(served, m->served, sizeof(served));
	if (!census_scan(&s->c->kernel, range, watch, ret_census, e))
		return false;
	for (size_t i = 0; i < m->routes_len; i++)
		if (m->served[i] != served[i])
			fmt_append(s->name, sizeof(s->name), &used, "%s%s", used ? "+" : "",
				   m->routes[i]->name);
	return true;
}

void pagessource_show(const struct pagessource *s)
{
	struct report *r = s->c->report;

	if (!pagessource_is_told(s))
		return;
	report_note(r, "counted by " KPAGEFLAGS_PATH ": no zones, no orders of free blocks; free pages on "
		       "per-cpu lists count as kernel");
	if (s->why.kind != ERR_NONE)
		report_error(r, &s->why);
	if (s->why.kind == ERR_CONTRADICTED)
		layout_show(s->c);
}

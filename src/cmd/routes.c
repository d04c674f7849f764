/* The section routes: by which way memory was read, and why not by a better one. */
/* Tells what mem/ remembers; tries nothing. */
#include "cmd/cmd.h"

#include "base/fmt.h"

#include <inttypes.h>

/* In order of preference. */
static const struct {
	const struct mem_route *route;
	const char *name;
} routes[] = {
	{ &mem_route_mmap, "mmap" },
	{ &mem_route_read, "read" },
	{ &mem_route_kcore, "/proc/kcore" },
};

static void show_served(struct context *c)
{
	char line[80] = "";
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		uint64_t bytes = mem_served(&c->mem, routes[i].route);

		if (bytes)
			fmt_append(line, sizeof(line), &used, "%sby %s, %" PRIu64 " KiB", used ? "; " : "",
				   routes[i].name, (bytes + 1023) / 1024);
	}
	report_text(c->report, "memory was read %s", used ? line : "by none of the methods");
}

/* A route that comes after all those that served is no better one. */
static bool is_better(const struct context *c, size_t i)
{
	bool any = false;

	for (size_t j = 0; j < ARRAY_LEN(routes); j++) {
		if (mem_served(&c->mem, routes[j].route) && j > i)
			return true;
		any = any || mem_served(&c->mem, routes[j].route);
	}
	return !any;
}

static void show_objects(struct context *c)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		struct err why = ERR_INIT;
		bool refused = mem_why_not(&c->mem, routes[i].route, &why);
		const struct field fields[] = {
			{ "method", NULL, TEXT_CELL(routes[i].route->name) },
			{ "bytes", NULL, UINT_CELL(mem_served(&c->mem, routes[i].route)) },
			{ "message", NULL, refused ? TEXT_CELL(why.msg) : NO_CELL },
			{ "cause", NULL, why.cause[0] ? TEXT_CELL(why.cause) : NO_CELL },
		};

		report_json(c->report, "route", fields, ARRAY_LEN(fields));
	}
}

/* Routes of /dev/mem that share a cause share a line. */
static void show_reasons(struct context *c)
{
	char names[48] = "";
	struct err last = ERR_INIT;
	bool used = false;
	size_t n = 0;

	for (size_t i = 0; i <= ARRAY_LEN(routes); i++) {
		bool more = i < ARRAY_LEN(routes);
		struct err why = ERR_INIT;
		bool served;

		if (more && (!is_better(c, i) || !mem_why_not(&c->mem, routes[i].route, &why)))
			continue;
		served = more && mem_served(&c->mem, routes[i].route);
		if (n && (!more || served != used || strcmp(why.cause, last.cause))) {
			report_text(c->report, "%s not %s: %s", names, used ? "everywhere" : "used",
				    last.cause[0] ? last.cause : last.msg);
			n = 0;
		}
		if (more)
			fmt_append(names, sizeof(names), &n, "%s%s", n ? " and " : "", routes[i].name);
		last = why;
		used = served;
	}
}

bool routes_section(struct context *c, struct err *e)
{
	(void)e;
	if (!c->mem_is_open || c->mem_path)
		return true; /* sections before have said why, or there is only one way */
	report_section(c->report, "routes");
	show_served(c);
	show_reasons(c);
	show_objects(c);
	return true;
}

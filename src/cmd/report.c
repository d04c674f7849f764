/* ramscope report: every section, in the order a person at a console wants it. */
/* A section that cannot be had says so and the rest goes on. */
#include "cmd/cmd.h"

#include <stdlib.h>

#ifndef RAMSCOPE_VERSION
#define RAMSCOPE_VERSION "unversioned"
#endif

static bool low(struct context *c, struct err *e)
{
	return low_section(c, false, e);
}

static bool (*const sections[])(struct context *c, struct err *e) = {
	pages_section,
	map_section,
	low,
	firmware_section,
	access_section,
	routes_section,
	receipt_section,
	findings_section,
};

static void show_head(struct context *c)
{
	const char *board = getenv("RAMSCOPE_BOARD");
	const struct field fields[] = {
		{ "version", NULL, TEXT_CELL(RAMSCOPE_VERSION) },
		{ "board", NULL, TEXT_CELL(board && *board ? board : "unknown") },
		{ "source", NULL, c->mem_path ? TEXT_CELL(c->mem_path) : NO_CELL },
	};

	c->report->section = "ramscope";
	report_json(c->report, "start", fields, ARRAY_LEN(fields));
	report_text(c->report, "=== ramscope %s %.60s ===", RAMSCOPE_VERSION,
		    fields[1].cell.text);
}

/* In text the marker comes from whoever ran ramscope, who sees a signal as well. */
static void show_end(struct context *c, const struct err *e)
{
	const struct field fields[] = {
		{ "status", NULL, UINT_CELL((uint64_t)err_status(e)) },
		{ "bytes", NULL, UINT_CELL(c->report->written + c->report->used) },
	};

	c->report->section = "ramscope";
	report_json(c->report, "end", fields, ARRAY_LEN(fields));
}

/*
 * Memory is refused as a whole, and what could be had without it was: a later section that
 * needs it says so, and does not make the report a failure.
 */
static bool is_known(const struct context *c, const struct err *e)
{
	return c->told && (e->kind == ERR_REFUSED || e->kind == ERR_UNSUPPORTED);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct err first = ERR_INIT;

	(void)argc, (void)argv;
	/* A file that is no core has nothing to report section by section. */
	if (c->mem_path && !cmd_need_memory(c, e))
		return false;
	cmd_need_facts(c); /* for access, which comes when privileges are gone */
	show_head(c);
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		struct err one = ERR_INIT;

		if (sections[i](c, &one))
			continue;
		/* Findings stand in their section already. */
		if (one.kind != ERR_FINDINGS)
			report_error(c->report, &one);
		if (first.kind == ERR_NONE && !is_known(c, &one))
			first = one;
	}
	*e = first;
	show_end(c, &first);
	return first.kind == ERR_NONE;
}

const struct cmd cmd_report = {
	.name = "report",
	.args = "",
	.summary = "all of it: pages, map, low memory, firmware, access, receipt",
	.run = run,
};

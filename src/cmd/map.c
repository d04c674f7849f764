/* ramscope map: physical memory as the firmware and the kernel see it, where it went, and the page array. */
/* Its sources are put together in mapsources.c, its tables made in maptable.c. */
#include "cmd/map.h"

#include <inttypes.h>

static void show_model(struct context *c)
{
	const struct memmodel *mm = &c->kernel.memmodel;
	uint64_t offline = 0;
	const struct field fields[] = {
		{ "name", "memory model", TEXT_CELL(memmodel_name(mm)) },
		{ "sections", NULL, mm->section_shift ? UINT_CELL(mm->sections) : NO_CELL },
		{ "paging", "page tables", TEXT_CELL(c->kernel.pagetable.paging.name) },
	};

	report_record(c->report, "memory_model", fields, ARRAY_LEN(fields));
	for (size_t i = 0; i < mm->offline_len; i++)
		offline += mm->offline[i].end - mm->offline[i].start;
	if (offline)
		report_note(c->report, "%" PRIu64 " pages are in sections that are not online: "
			    "their struct pages are not looked at", offline);
}

/* Hugetlb pages make thousands of pieces of the page array; the report is for a serial line. */
enum { PIECES_IN_REPORT = 16 };

/* Where struct pages are and at which physical address: what the 2012 question was after. */
static void show_array(struct context *c, bool details)
{
	static const struct column extents[] = {
		{ "virt", "struct pages at", 18 }, { "phys", "physical", 12 },
		{ "bytes", "size", 9 },		   { "first_pfn", "for pfn", -10 },
	};
	const struct pagearray *pa = &c->kernel.pages;
	size_t shown = details || pa->len <= PIECES_IN_REPORT ? pa->len : PIECES_IN_REPORT;

	show_model(c);
	report_table(c->report, "page_array", extents, ARRAY_LEN(extents));
	for (size_t i = 0; i < shown; i++) {
		const struct pagearray_extent *x = &pa->extents[i];
		uint64_t pfn = 0;
		bool has_pfn = pagearray_pfn(pa, x->virt, &pfn);
		const struct cell cells[] = {
			HEX_CELL(x->virt), x->mapped ? HEX_CELL(x->phys) : NO_CELL,
			SIZE_CELL(x->len), has_pfn ? HEX_CELL(pfn) : NO_CELL,
		};

		report_row(c->report, cells);
	}
	if (shown < pa->len)
		report_note(c->report, "%zu pieces more, all of them: ramscope map", pa->len - shown);
}

static bool show(struct context *c, bool details, struct err *e)
{
	struct err no_memory = ERR_INIT;
	bool has_memory = cmd_need_memory(c, &no_memory);
	struct map_sources *s;

	report_section(c->report, "map");
	/* The kernel's map needs no way to memory. */
	if (!has_memory && (c->mem_path || !cmd_need_map(c, e))) {
		*e = no_memory;
		return false;
	}
	if (has_memory && !cmd_need_kernel(c, &no_memory))
		has_memory = false;
	s = map_sources_open(c, e);
	if (!s)
		return false;
	map_show_balance(c, s);
	if (c->mem_path)
		map_show_segments(c);
	else
		map_show_table(c, s, details);
	if (details)
		map_show_rest(c, s);
	map_sources_close(s);
	if (has_memory)
		show_array(c, details);
	else
		*e = no_memory;
	return has_memory;
}

bool map_section(struct context *c, struct err *e)
{
	return show(c, false, e);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	(void)argc, (void)argv;
	if (c->mem_path && !cmd_need_memory(c, e))
		return false;
	return show(c, true, e);
}

const struct cmd cmd_map = {
	.name = "map",
	.args = "",
	.summary = "where memory went, the physical map, the page array",
	.run = run,
};

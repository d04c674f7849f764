/* ramscope map: physical memory as the kernel sees it, and where struct pages cover it. */
/* The firmware's own maps are not read yet: this is /proc/iomem or the core's segments. */
#include "base/fmt.h"
#include "cmd/cmd.h"

#include <inttypes.h>

static const struct column columns[] = {
	{ "start", "start", 12 },
	{ "last", "last", 12 },
	{ "bytes", "size", 9 },
	{ "name", "what", -1 },
};

static void show_iomem(struct context *c, bool details)
{
	const struct iomem *iomem = &c->kernel.iomem;

	report_table(c->report, "iomem", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];
		char name[96];
		const struct cell cells[] = {
			HEX_CELL(r->phys.start), HEX_CELL(r->phys.end - 1),
			SIZE_CELL(r->phys.end - r->phys.start), TEXT_CELL(name),
		};
		bool text = c->report->format == REPORT_TEXT;

		/* A report shows one level of what lies inside, and of that what is large. */
		if (r->depth > 1 && !details)
			continue;
		if (r->depth == 1 && !details && text && r->phys.end - r->phys.start < 1u << 16)
			continue;
		fmt(name, sizeof(name), "%*s%.80s", text ? (int)(r->depth > 4 ? 8 : 2 * r->depth) : 0, "",
			 r->name);
		report_row(c->report, cells);
	}
}

static void show_segments(struct context *c)
{
	const struct guard *g = &c->mem.guard;

	report_table(c->report, "segment", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < g->len; i++) {
		const struct range *r = &g->ranges[i].phys;
		const struct cell cells[] = {
			HEX_CELL(r->start), HEX_CELL(r->end - 1), SIZE_CELL(r->end - r->start),
			TEXT_CELL("memory in the file"),
		};

		report_row(c->report, cells);
	}
}

static void show_sum(struct context *c)
{
	const struct guard *g = &c->mem.guard;
	uint64_t pages = 0;

	for (size_t i = 0; i < g->len; i++)
		if (g->ranges[i].class == GUARD_RAM)
			pages += (g->ranges[i].phys.end - g->ranges[i].phys.start) >> PAGE_SHIFT;
	report_json(c->report, "ram",
		    (const struct field[]){ { "pages", NULL, UINT_CELL(pages) },
					    { "bytes", NULL, SIZE_CELL(pages << PAGE_SHIFT) } },
		    2);
	report_text(c->report, "whole pages %s: %" PRIu64 ", %" PRIu64 " KiB",
		    c->mem_path ? "in the file" : "of RAM", pages, pages << (PAGE_SHIFT - 10));
}

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

	report_section(c->report, "map");
	/* The kernel's map needs no way to memory. */
	if (!has_memory && (c->mem_path || !cmd_need_map(c, e))) {
		*e = no_memory;
		return false;
	}
	if (c->mem_path)
		show_segments(c);
	else
		show_iomem(c, details);
	show_sum(c);
	if (!has_memory)
		*e = no_memory;
	if (!has_memory || !cmd_need_kernel(c, e))
		return false;
	show_array(c, details);
	return true;
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
	.summary = "the physical map, and where the page array lies",
	.run = run,
};

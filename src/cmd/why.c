/* ramscope why: all that is known about one physical address, and whether it may be touched. */
/* Never touches the address itself. */
#include "cmd/safe.h"
#include "policy/cpu.h"

#include <inttypes.h>

/* arch/x86, Documentation/x86/x86_64/mm.rst, 5.10 to 7.2: fixed when KASLR is off. */
static const struct {
	uint64_t start, end;
	const char *name;
} areas[] = {
	{ 0xffd4000000000000, 0xffd6000000000000, "vmemmap, the struct page array (5 levels)" },
	{ 0xffffc90000000000, 0xffffe90000000000, "vmalloc space (4 levels)" },
	{ 0xffffea0000000000, 0xffffeb0000000000, "vmemmap, the struct page array (4 levels)" },
	{ 0xffffffffa0000000, 0xffffffffff000000, "modules" },
};

/*
 * The mistake this command is named for: a virtual address minus PAGE_OFFSET taken for a
 * physical one. Which area does phys plus PAGE_OFFSET fall into?
 */
static const char *subtracted_from(uint64_t phys, uint64_t *ret_virt)
{
	static const uint64_t page_offsets[] = { 0xffff880000000000, 0xffff888000000000,
						 0xff11000000000000 };

	for (size_t i = 0; i < ARRAY_LEN(page_offsets); i++) {
		uint64_t virt = phys + page_offsets[i];

		for (size_t j = 0; phys < virt && j < ARRAY_LEN(areas); j++) {
			if (areas[j].start <= virt && virt < areas[j].end) {
				*ret_virt = virt;
				return areas[j].name;
			}
		}
	}
	return NULL;
}

/* The 2012 mistake, told from an address that nothing is at. */
static void explain_subtraction(struct context *c, uint64_t phys)
{
	uint64_t virt;
	const char *area = subtracted_from(phys, &virt);

	if (!area)
		return;
	report_note(c->report, "it looks like %#" PRIx64 " minus a constant: %s, is mapped page by "
		    "page, so that no subtraction gives a physical address", virt, area);
	report_note(c->report, "try: ramscope walk %#" PRIx64, virt);
}

/* Beyond what this processor can address: no memory, no device. False when it is within. */
static bool explain_beyond(struct context *c, uint64_t phys)
{
	struct err ignored = ERR_INIT;
	struct cpu cpu;

	if (!cpu_read(&cpu, &ignored) || cpu.phys_bits > 63 || !(phys >> cpu.phys_bits))
		return false;
	report_note(c->report, "%#" PRIx64 " is no physical address: this CPU has %u address bits",
		    phys, cpu.phys_bits);
	return true;
}

/* False when no line holds phys. */
static bool show_iomem(struct context *c, uint64_t phys)
{
	static const struct column columns[] = {
		{ "start", "start", 12 }, { "last", "last", 12 }, { "name", "/proc/iomem", -1 },
	};
	const struct iomem *iomem = &c->kernel.iomem;
	bool any = false;

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];
		const struct cell cells[] = { HEX_CELL(r->phys.start), HEX_CELL(r->phys.end - 1),
					      TEXT_CELL(r->name) };

		if (!range_holds(&r->phys, phys, phys + 1))
			continue;
		if (!any)
			report_table(c->report, "iomem", columns, ARRAY_LEN(columns));
		report_row(c->report, cells);
		any = true;
	}
	return any;
}

/* Is it part of the struct page array, and whose struct page lies there? */
static void show_array(struct context *c, uint64_t phys)
{
	const struct pagearray *pa = &c->kernel.pages;

	for (size_t i = 0; i < pa->len; i++) {
		const struct pagearray_extent *x = &pa->extents[i];
		uint64_t virt = x->virt + (phys - x->phys);
		const struct memmodel_run *run = &pa->memmodel->runs[0];

		if (x->mapped && phys - x->phys < x->len)
			report_note(c->report, "it holds struct pages: of pfn %#" PRIx64
				    ", at virtual %#" PRIx64,
				    (virt - run->base) / pa->page_size, virt);
	}
}

static void show_verdict(struct context *c, uint64_t phys)
{
	static const struct column columns[] = {
		{ "method", "method", -6 }, { "allowed", "ramscope", -8 }, { "why", "why", -1 },
	};

	report_table(c->report, "verdict", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < c->mem.routes_len; i++) {
		const struct mem_route *route = c->mem.routes[i];
		struct err e = ERR_INIT;
		uint64_t page = phys & PAGE_MASK;
		bool good = guard_check(&c->mem.guard, page, PAGE_SIZE, route->way, &e) &&
			    safe_end(c, page, page + PAGE_SIZE, &e) > page;
		const struct cell cells[] = {
			TEXT_CELL(route->name), BOOL_CELL(good),
			TEXT_CELL(good ? "RAM, or on the list of the first MiB"
				       : e.cause),
		};

		report_row(c->report, cells);
	}
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct err soft = ERR_INIT;
	uint64_t phys;

	(void)argc;
	if (!num_parse(argv[0], "a physical address", &phys, e) || !cmd_need_memory(c, e))
		return false;
	report_section(c->report, "why");
	if (phys == UINT64_MAX)
		phys--;
	if (!c->mem_path && explain_beyond(c, phys)) {
		explain_subtraction(c, phys);
		return true;
	}
	if (!show_iomem(c, phys) && !guard_is_ram(&c->mem.guard, phys)) {
		report_note(c->report, "nothing is known to be there: neither RAM nor a device");
		explain_subtraction(c, phys);
	}
	if (!cmd_need_kernel(c, e)) {
		show_verdict(c, phys);
		return false;
	}
	show_verdict(c, phys);
	show_array(c, phys);
	if (page_show(c, phys >> PAGE_SHIFT, false, &soft))
		return true;
	if (soft.kind != ERR_NO_PAGE) {
		*e = soft;
		return false;
	}
	report_note(c->report, "%s: %s", soft.msg, soft.cause);
	return true;
}

const struct cmd cmd_why = {
	.name = "why",
	.args = "PADDR",
	.summary = "all about a physical address, and may it be touched",
	.args_min = 1,
	.args_max = 1,
	.run = run,
};

/* ramscope walk: virtual addresses of the kernel, level by level. */
/* Reads tables only, never the page they lead to. */
#include "cmd/cmd.h"

#include <limits.h>

static void show_steps(struct context *c, const struct pagetable_walk *w)
{
	static const struct column columns[] = {
		{ "level", "level", -5 },  { "index", "idx", 4 }, { "entry_phys", "entry at", 11 },
		{ "entry", "entry", 18 }, { "next", "leads to", 11 }, { "flags", "flags", -1 },
	};
	const struct paging *p = &c->kernel.pagetable.paging;

	report_table(c->report, "step", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < w->steps_len; i++) {
		const struct pagetable_step *s = &w->steps[i];
		char flags[160];
		const struct cell cells[] = {
			TEXT_CELL(paging_level_name(p, s->level)),
			UINT_CELL(s->index),
			HEX_CELL(s->entry_phys),
			HEX_CELL(s->entry),
			s->entry & PAGING_PRESENT ? HEX_CELL(paging_phys(p, s->level, s->entry))
						  : NO_CELL,
			TEXT_CELL(flags),
		};

		paging_flags(p, s->level, s->entry, flags, sizeof(flags));
		report_row(c->report, cells);
	}
}

/* All of one address. */
static bool walk_one(struct context *c, uint64_t virt, struct err *e)
{
	const struct pagetable *pt = &c->kernel.pagetable;
	struct pagetable_walk w;
	bool good = pagetable_walk(pt, virt, &w, e);

	if (good) {
		const struct field fields[] = {
			{ "virt", "virtual", HEX_CELL(w.virt) },
			{ "phys", "physical", HEX_CELL(w.phys) },
			{ "pfn", "pfn", HEX_CELL(w.phys >> PAGE_SHIFT) },
			{ "leaf_size", "mapped by", SIZE_CELL(w.leaf_size) },
			{ "paging", "paging", TEXT_CELL(pt->paging.name) },
		};

		report_record(c->report, "walk", fields, ARRAY_LEN(fields));
	}
	if (w.steps_len)
		show_steps(c, &w);
	if (good || e->kind != ERR_NOT_MAPPED)
		return good;
	/* With KASLR the addresses of old mailing lists lead nowhere. */
	if (virt >= pagetable_kernel_part(pt).start)
		return err_hint(e, "ramscope map: where the struct pages are on this boot");
	return err_cause(e, "these are the kernel's own tables: each process has others for what "
			    "lies below %#llx",
			(unsigned long long)pagetable_kernel_part(pt).start);
}

/* One of many: a line. The level is that of the last entry, whatever it says. */
static bool walk_line(struct context *c, uint64_t virt, struct err *e)
{
	const struct pagetable *pt = &c->kernel.pagetable;
	struct pagetable_walk w;
	bool good = pagetable_walk(pt, virt, &w, e);
	unsigned int level = w.steps_len ? w.steps[w.steps_len - 1].level : 0;
	const struct cell cells[] = {
		HEX_CELL(virt),
		good ? HEX_CELL(w.phys) : NO_CELL,
		good ? SIZE_CELL(w.leaf_size) : NO_CELL,
		level ? TEXT_CELL(paging_level_name(&pt->paging, level)) : NO_CELL,
		TEXT_CELL(good ? "mapped" : err_name(e->kind)),
	};

	report_row(c->report, cells);
	return good;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	static const struct column columns[] = {
		{ "virt", "virtual", 18 },  { "phys", "physical", 14 }, { "leaf_size", "by", 9 },
		{ "level", "level", -5 }, { "result", "result", -1 },
	};
	bool brief = argc > 1 && !c->verbose, good = true;
	uint64_t virt;

	/* Said before anything is opened: a slip of the finger needs no root. */
	for (int i = 0; i < argc; i++)
		if (!num_parse(argv[i], "a virtual address", &virt, e))
			return false;
	if (!cmd_need_kernel(c, e))
		return false;
	report_section(c->report, "walk");
	if (brief)
		report_table(c->report, "address", columns, ARRAY_LEN(columns));
	for (int i = 0; i < argc; i++) {
		struct err one = ERR_INIT;

		if (i && !brief)
			report_text(c->report, "%s", "");
		(void)!num_parse(argv[i], "a virtual address", &virt, &one);
		if (brief ? walk_line(c, virt, &one) : walk_one(c, virt, &one))
			continue;
		if (argc > 1 && !brief)
			report_error(c->report, &one);
		*e = one;
		good = false;
	}
	return good;
}

const struct cmd cmd_walk = {
	.name = "walk",
	.args = "VADDR...",
	.summary = "from virtual addresses of the kernel to physical ones",
	.args_min = 1,
	.args_max = INT_MAX,
	.details = "Walks the kernel's own page tables, reading each table as other memory, and\n"
		   "shows the entry at each level. Of several addresses each gets one line; -v\n"
		   "shows all of each. Subtracting a constant does not work for vmemmap or vmalloc\n"
		   "addresses.",
	.run = run,
};

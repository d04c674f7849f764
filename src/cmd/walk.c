/* ramscope walk: a virtual address of the kernel, level by level. */
/* Reads tables only, never the page they lead to. */
#include "cmd/cmd.h"

static void show_steps(struct context *c, const struct pagetable_walk *w)
{
	static const struct column columns[] = {
		{ "level", "level", -5 },  { "index", "idx", 3 },  { "entry_phys", "entry at", 12 },
		{ "entry", "entry", 18 }, { "flags", "flags", -1 },
	};

	report_table(c->report, "step", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < w->steps_len; i++) {
		const struct pagetable_step *s = &w->steps[i];
		char flags[128];
		const struct cell cells[] = {
			TEXT_CELL(pagetable_level_name(&c->kernel.pagetable, s->level)),
			UINT_CELL(s->index),
			HEX_CELL(s->entry_phys),
			HEX_CELL(s->entry),
			TEXT_CELL(flags),
		};

		pagetable_entry_flags(&c->kernel.pagetable, s->level, s->entry, flags, sizeof(flags));
		report_row(c->report, cells);
	}
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct pagetable_walk w;
	uint64_t virt;
	bool good;

	(void)argc;
	if (!num_parse(argv[0], "a virtual address", &virt, e) || !cmd_need_kernel(c, e))
		return false;
	good = pagetable_walk(&c->kernel.pagetable, virt, &w, e);
	report_section(c->report, "walk");
	if (good) {
		const struct field fields[] = {
			{ "virt", "virtual", HEX_CELL(w.virt) },
			{ "phys", "physical", HEX_CELL(w.phys) },
			{ "pfn", "pfn", HEX_CELL(w.phys >> PAGE_SHIFT) },
			{ "leaf_size", "mapped by", SIZE_CELL(w.leaf_size) },
		};

		report_record(c->report, "walk", fields, ARRAY_LEN(fields));
	}
	if (w.steps_len)
		show_steps(c, &w);
	/* With KASLR the addresses of old mailing lists lead nowhere. */
	if (!good && e->kind == ERR_NOT_MAPPED)
		err_hint(e, "ramscope map: where the struct pages are on this boot");
	return good;
}

const struct cmd cmd_walk = {
	.name = "walk",
	.args = "VADDR",
	.summary = "from a virtual address of the kernel to the physical one",
	.args_min = 1,
	.args_max = 1,
	.details = "Walks the kernel's own page tables (4 or 5 levels), reading each table through\n"
		   "/dev/mem. Subtracting a constant does not work for vmemmap or vmalloc addresses.",
	.run = run,
};

/* ramscope access: what may be touched here, by which method, and if not, why not. */
/* One page of each class of address; nothing that could do harm is tried. */
#include "base/oserr.h"
#include "cmd/safe.h"
#include "policy/cpu.h"
#include "mem/probe.h"

#include <errno.h>
#include <string.h>

#define TARGETS_MAX 9

struct target {
	const char *name;
	uint64_t phys;
	bool beyond; /* above all RAM and devices */
};

struct answers {
	size_t len;
	struct target targets[TARGETS_MAX];
	struct probe map[TARGETS_MAX], read[TARGETS_MAX];
};

static void add_target(struct answers *a, const char *name, uint64_t phys, bool beyond)
{
	a->targets[a->len++] = (struct target){ name, phys, beyond };
}

/* The first allowed page of a class in [start, end), or 0. */
static uint64_t first_of(const struct guard *g, enum guard_class class, uint64_t start,
			 uint64_t end)
{
	for (size_t i = 0; i < g->len; i++) {
		const struct range *r = &g->ranges[i].phys;
		uint64_t at = r->start > start ? r->start : start;

		if (g->ranges[i].class == class && at < r->end && at < end)
			return at;
	}
	return 0;
}

/*
 * A page above 4 GiB and above all RAM that no line of /proc/iomem has: the address space
 * below 4 GiB is full of devices, not all of them listed.
 */
static uint64_t beyond_ram(const struct iomem *iomem, uint64_t ram_end)
{
	uint64_t at = ram_end > 1ull << 32 ? ram_end : 1ull << 32;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < iomem->len; i++) {
			const struct range *r = &iomem->ranges[i].phys;

			if (range_meets(r, at, at + PAGE_SIZE)) {
				uint64_t next = (r->end + PAGE_SIZE - 1) & PAGE_MASK;

				/* A line that ends with the address space leaves nothing beyond. */
				if (next <= at)
					return UINT64_MAX;
				at = next;
				moved = true;
			}
		}
	}
	return at;
}

/* phys, or a page of RAM next to it up or down that may be touched; 0 when there is none near. */
static uint64_t safe_page(struct context *c, uint64_t phys, bool up)
{
	struct err ignored = ERR_INIT;

	for (int i = 0; i < 256 && phys && guard_is_ram(&c->mem.guard, phys); i++) {
		if (safe_end(c, phys, phys + PAGE_SIZE, &ignored) > phys)
			return phys;
		phys = up ? phys + PAGE_SIZE : phys - PAGE_SIZE;
	}
	return 0;
}

static void choose_targets(struct context *c, struct answers *a)
{
	const struct guard *g = &c->mem.guard;
	uint64_t low = first_of(g, GUARD_RAM, PAGE_SIZE, LOW_VIDEO_START);
	uint64_t mixed = first_of(g, GUARD_LOW_MIXED, 0, LOW_VIDEO_START);
	uint64_t high = safe_page(c, first_of(g, GUARD_RAM, LOW_END, UINT64_MAX), true);
	uint64_t end = guard_ram_end(g), beyond = beyond_ram(&c->kernel.iomem, end);
	uint64_t last = end ? safe_page(c, end - PAGE_SIZE, false) : 0;
	struct err ignored = ERR_INIT;
	struct cpu cpu = { 0 };

	add_target(a, "page 0", 0, false);
	if (low)
		add_target(a, "RAM below 1 MiB", low, false);
	if (mixed)
		add_target(a, "page part RAM", mixed, false);
	add_target(a, "video memory", LOW_VIDEO_START, false);
	add_target(a, "ROM", 0xf0000, false);
	if (high)
		add_target(a, "RAM above 1 MiB", high, false);
	if (last)
		add_target(a, "last page of RAM", last, false);
	if (!cpu_read(&cpu, &ignored))
		return;
	if (!(beyond >> cpu.phys_bits))
		add_target(a, "beyond RAM", beyond, true);
	if (cpu.phys_bits < 63)
		add_target(a, "beyond the CPU", 1ull << cpu.phys_bits, true);
}

static const char *answer_text(const struct probe *p, char *buf, size_t size)
{
	switch (p->answer) {
	case PROBE_OK:
		return p->zeros ? "ok, all zeros" : "ok";
	case PROBE_MAPPED:
		return "maps, not touched";
	case PROBE_FAULT:
		return "fault when touched";
	case PROBE_SKIPPED:
		return "not tried";
	case PROBE_REFUSED:
		break;
	}
	if (!p->os)
		return "end of file";
	oserr_text(p->os, buf, size);
	return buf;
}

static void show_answers(struct context *c, const struct answers *a)
{
	static const struct column columns[] = {
		{ "class", "class", -16 },
		{ "phys", "address", 14 },
		{ "mmap", "mmap", -23 },
		{ "read", "read", -1 },
	};

	report_table(c->report, "access", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < a->len; i++) {
		char map[48], read[48];
		const struct cell cells[] = {
			TEXT_CELL(a->targets[i].name),
			HEX_CELL(a->targets[i].phys),
			TEXT_CELL(answer_text(&a->map[i], map, sizeof(map))),
			TEXT_CELL(answer_text(&a->read[i], read, sizeof(read))),
		};

		report_row(c->report, cells);
	}
}

/*
 * What the answers for RAM above 1 MiB tell (drivers/char/mem.c, arch/x86/mm/pat/memtype.c,
 * 5.10 to 7.2).
 */
static const struct verdict {
	int map_os, read_os; /* 0: allowed */
	const char *cause, *hint;
} verdicts[] = {
	{ 0, 0, "mmap and read both reach RAM: nothing stands in the way", NULL },
	{ EINVAL, 0, "PAT forbids mmap of RAM; read() works (CONFIG_STRICT_DEVMEM is off)",
	  "boot with \"nopat\"; or let ramscope use read(), as it does by itself" },
	{ EPERM, EPERM, "CONFIG_STRICT_DEVMEM forbids RAM above 1 MiB; below, read gives zeros for it",
	  "only a kernel built with CONFIG_STRICT_DEVMEM=n lifts it; no command-line word does" },
};

static bool answers(const struct probe *p, int os)
{
	return os ? p->answer == PROBE_REFUSED && p->os == os : p->answer == PROBE_OK;
}

static void show_verdict(struct context *c, const struct answers *a)
{
	const struct verdict *v = NULL;
	size_t i = 0;

	while (i < a->len && strcmp(a->targets[i].name, "RAM above 1 MiB"))
		i++;
	for (size_t j = 0; i < a->len && j < ARRAY_LEN(verdicts); j++)
		if (answers(&a->map[i], verdicts[j].map_os) &&
		    answers(&a->read[i], verdicts[j].read_os))
			v = &verdicts[j];
	if (!v) {
		report_note(c->report, "RAM above 1 MiB: no rule known here fits these answers");
		return;
	}
	report_note(c->report, "%s", v->cause);
	if (v->hint)
		report_note(c->report, "try: %s", v->hint);
}

bool access_section(struct context *c, struct err *e)
{
	struct answers a = { 0 };

	report_section(c->report, "access");
	if (c->mem_path) {
		report_note(c->report, "a saved file: nothing stands between it and ramscope");
		return true;
	}
	if (!cmd_need_memory(c, e))
		return false;
	/* For safe_page(). What cannot be had is told by the sections that need it. */
	(void)!cmd_need_kernel(c, &(struct err)ERR_INIT);
	choose_targets(c, &a);
	for (size_t i = 0; i < a.len; i++) {
		const struct target *t = &a.targets[i];

		a.map[i] = mem_probe(&c->mem, &mem_route_mmap, t->phys, t->beyond);
		/* read() of a page that faults would fault in the kernel. */
		if (a.map[i].answer != PROBE_FAULT)
			a.read[i] = mem_probe(&c->mem, &mem_route_read, t->phys, t->beyond);
		else
			a.read[i] = (struct probe){ PROBE_SKIPPED, 0, false };
	}
	show_verdict(c, &a);
	show_answers(c, &a);
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	(void)argc, (void)argv;
	return cmd_need_memory(c, e) && access_section(c, e);
}

const struct cmd cmd_access = {
	.name = "access",
	.args = "",
	.summary = "what may be touched here, by which method, and if not, why not",
	.details = "One page of each class of address is tried by mmap and by read. Video memory is\n"
		   "never touched; beyond RAM a page is mapped and dropped untouched.",
	.run = run,
};

/* ramscope access: what each way to memory answers: predicted, observed with few touches, compared. */
/* One page of each class of address; nothing that could do harm is tried. accesstext.c shows it. */
#include "cmd/access.h"

#include "cmd/safe.h"
#include "kernel/place.h"
#include "mem/probe.h"

#include <errno.h>
#include <string.h>

#define SEARCH_MAX 64 /* pages looked at for one that is sound */

/* Which file a way needs, and by which route it goes. */
static const struct {
	enum way open;
	const char *path;
	const struct mem_route *route;
} ways[WAY_LEN] = {
	[WAY_OPEN_MEM] = { WAY_OPEN_MEM, "/dev/mem", NULL },
	[WAY_OPEN_KCORE] = { WAY_OPEN_KCORE, "/proc/kcore", NULL },
	[WAY_MMAP] = { WAY_OPEN_MEM, NULL, &mem_route_mmap },
	[WAY_READ] = { WAY_OPEN_MEM, NULL, &mem_route_read },
	[WAY_KCORE] = { WAY_OPEN_KCORE, NULL, &mem_route_kcore },
};

static struct access_target *add_target(struct context *c, struct access *a, const char *name,
					uint64_t phys, enum access_how how)
{
	struct access_target *t = &a->targets[a->len++];

	t->name = name;
	t->place = place_at(&c->kernel.iomem, phys);
	t->how = how;
	return t;
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

/*
 * A page of RAM from phys on, up or down, that may be touched; or phys, to be mapped only. With
 * debug_pagealloc=on nearly all are free, and so left alone: the page tables' own root is not.
 */
static struct access_target *add_ram(struct context *c, struct access *a, const char *name,
				     uint64_t phys, bool up)
{
	uint64_t page = phys, root = c->kernel.is_open ? c->kernel.pagetable.root : 0;
	struct access_target *t;
	enum cause why = CAUSE_STATE_UNKNOWN;

	for (int i = 0; i < SEARCH_MAX && guard_is_ram(&c->mem.guard, page); i++) {
		struct err ignored = ERR_INIT;

		if (safe_end(c, page, page + PAGE_SIZE, &ignored) > page)
			return add_target(c, a, name, page, TOUCH);
		why = page == phys ? c->safe.cause : why;
		page = up ? page + PAGE_SIZE : page - PAGE_SIZE;
	}
	/* It is no highmem. */
	if (up && root >= phys && safe_end(c, root, root + PAGE_SIZE, &(struct err)ERR_INIT) > root)
		return add_target(c, a, name, root, TOUCH);
	t = add_target(c, a, name, phys, MAP_ONLY);
	t->why = why;
	return t;
}

/*
 * A line above 1 MiB that is busy, for the claim that IO_STRICT looks at: an I/O APIC, which is so
 * whatever drivers do (arch/x86/kernel/apic/io_apic.c), else the first whose name says so.
 */
static void add_claimed(struct context *c, struct access *a)
{
	const struct iomem *iomem = &c->kernel.iomem;
	uint64_t found = 0;

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];
		uint64_t page = r->phys.start & PAGE_MASK;
		bool apic = !strncmp(r->name, "IOAPIC", 6);

		if (page >= LOW_END && (!found || apic) && place_is_claimed(r) &&
		    place_at(iomem, page).kind == PLACE_CLAIMED)
			found = page;
		if (apic)
			break;
	}
	if (found)
		add_target(c, a, "claimed device", found, MAP_ONLY);
}

static void choose_targets(struct context *c, struct access *a)
{
	const struct facts *f = &c->facts;
	const struct guard *g = &c->mem.guard;
	uint64_t low = first_of(g, GUARD_RAM, PAGE_SIZE, LOW_VIDEO_START);
	uint64_t mixed = first_of(g, GUARD_LOW_MIXED, 0, LOW_VIDEO_START);
	uint64_t high = first_of(g, GUARD_RAM, LOW_END, UINT64_MAX);
	uint64_t last = guard_ram_end(g), beyond = beyond_ram(&c->kernel.iomem, last);

	if (!a->no_map) {
		add_target(c, a, "page 0", 0, TOUCH);
		if (low)
			add_ram(c, a, "RAM below 1 MiB", low, true);
		if (mixed)
			add_target(c, a, "page part RAM", mixed, TOUCH);
		add_target(c, a, "video memory", LOW_VIDEO_START, TOUCH);
		add_target(c, a, "ROM", 0xf0000, TOUCH);
		if (high)
			a->ram = add_ram(c, a, "RAM above 1 MiB", high, true);
		if (last)
			add_ram(c, a, "last page of RAM", last - PAGE_SIZE, false);
		if (f->lowmem_end && f->lowmem_end < last)
			add_ram(c, a, "highmem", f->lowmem_end, true);
		add_claimed(c, a);
		if (f->phys_bits && !(beyond >> f->phys_bits))
			add_target(c, a, "beyond RAM", beyond, BEYOND);
	}
	if (f->phys_bits)
		add_target(c, a, "beyond the CPU", 1ull << f->phys_bits, BEYOND);
}

static struct outcome skipped(enum cause cause)
{
	return (struct outcome){ RESULT_SKIPPED, 0, cause };
}

/* Why this answer is not asked for; CAUSE_NONE when it is. */
static enum cause leave_out(struct context *c, const struct access *a,
			    const struct access_target *t, enum way way)
{
	const struct outcome *opened = &a->opens[ways[way].open].observed;
	const struct outcome *map = &t->answers[WAY_MMAP].observed;
	enum cause own = rules_own(&c->facts, way, &t->place);
	struct outcome expected = rules_predict(&c->facts, way, &t->place);
	bool by_address = expected.result == RESULT_ABSENT || expected.cause == CAUSE_BEYOND_RAM;

	if (opened->result != RESULT_OK)
		return opened->cause;
	if (a->no_map)
		return a->no_map;
	/* Beyond RAM and on a device's line a mapping is made, and dropped untouched. */
	if (own == CAUSE_NOT_RAM && (way == WAY_MMAP || t->how == BEYOND))
		own = CAUSE_NONE;
	/*
	 * Where the kernel is to answer by the address alone, it touches nothing. Of /proc/kcore the
	 * headers tell, before anything is read, that it has no such page.
	 */
	if (!own && t->how == MAP_ONLY && t->place.kind == PLACE_RAM && !by_address &&
	    (way != WAY_MMAP || t->why == CAUSE_HWPOISON))
		own = t->why;
	if (!own && t->how == MAP_ONLY && t->place.kind != PLACE_RAM && way != WAY_MMAP &&
	    expected.result != RESULT_ABSENT)
		own = CAUSE_NOT_RAM;
	/* read() of a page that faults would fault in the kernel. */
	if (!own && way == WAY_READ && map->result == RESULT_FAULT)
		own = map->cause;
	return own;
}

static struct outcome observe(struct context *c, const struct access_target *t, enum way way)
{
	struct probe p = mem_probe(&c->mem, ways[way].route, t->place.phys, t->how != TOUCH);
	bool zeros = t->answers[way].predicted.result == RESULT_ZEROS;

	switch (p.answer) {
	case PROBE_OK:
		/* Any page may hold nothing but zeros. */
		return (struct outcome){ p.zeros && zeros ? RESULT_ZEROS : RESULT_OK, 0, CAUSE_NONE };
	case PROBE_WITHHELD:
		return (struct outcome){ RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS };
	case PROBE_ABSENT:
		return (struct outcome){ RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE };
	case PROBE_MAPPED:
		return (struct outcome){ RESULT_MAPPED, 0, CAUSE_NONE };
	case PROBE_FAULT:
		return (struct outcome){ RESULT_FAULT, 0,
					 rules_explain(&c->facts, way, &t->place, p.os) };
	case PROBE_SKIPPED:
		return skipped(CAUSE_NOT_RAM);
	case PROBE_REFUSED:
		break;
	}
	return (struct outcome){ p.os ? RESULT_REFUSED : RESULT_EOF, p.os,
				 rules_explain(&c->facts, way, &t->place, p.os) };
}

static void compare(struct access *a, struct access_answer *x)
{
	/* The predicted cause is surer than one that an errno suggests. */
	x->match = rules_match(&x->predicted, &x->observed);
	if (x->match == TRI_YES)
		x->observed.cause = x->predicted.cause;
	a->matched += x->match == TRI_YES;
	a->mismatched += x->match == TRI_NO;
	a->unpredicted += x->predicted.result == RESULT_UNKNOWN &&
			  x->observed.result != RESULT_SKIPPED;
}

/* A fact that was not told and that an answer has settled: the rest is predicted from it. */
static void settle(struct facts *f, enum known fact, enum tri value, const char *from)
{
	if (f->of[fact].value == TRI_UNKNOWN)
		facts_observed(f, fact, value, from);
}

static void open_ways(struct context *c, struct access *a)
{
	static const struct place nowhere = { 0, PLACE_LISTED, false };
	struct facts *f = &c->facts;

	for (enum way w = 0; w < WAY_LEN; w++) {
		struct access_answer *x = &a->opens[w];
		int os = w == WAY_OPEN_MEM ? c->open_mem : c->open_kcore;

		if (!ways[w].path)
			continue;
		x->predicted = rules_predict(f, w, &nowhere);
		x->observed = (struct outcome){ os ? RESULT_REFUSED : RESULT_OK, os,
						os ? rules_explain(f, w, &nowhere, os) : 0 };
		compare(a, x);
	}
	if (!c->open_mem) {
		settle(f, FACT_DEVMEM, TRI_YES, "/dev/mem opened");
		settle(f, FACT_LOCKED, TRI_NO, "/dev/mem opened");
	}
	if (!c->open_kcore)
		settle(f, FACT_LOCKED_KCORE, TRI_NO, "/proc/kcore opened");
}

static bool refused(const struct outcome *o, int os)
{
	return o->result == RESULT_REFUSED && o->os == os;
}

/* What the answers of a page told that no file did. */
static void learn(struct facts *f, const struct access_target *t)
{
	const struct outcome *map = &t->answers[WAY_MMAP].observed;
	const struct outcome *read = &t->answers[WAY_READ].observed;

	if (t->place.kind == PLACE_CLAIMED && t->place.phys >= LOW_END) {
		if (refused(map, EPERM))
			settle(f, FACT_IO_STRICT, TRI_YES, "mmap of a claimed device: EPERM");
		else if (map->result == RESULT_MAPPED)
			settle(f, FACT_IO_STRICT, TRI_NO, "mmap of a claimed device: ok");
	}
	if (t->place.kind != PLACE_RAM || t->place.phys < LOW_END)
		return;
	if (refused(map, EPERM) || refused(read, EPERM))
		settle(f, FACT_STRICT, TRI_YES, "RAM above 1 MiB: EPERM");
	else if (refused(map, EINVAL) || map->result < RESULT_REFUSED ||
		 read->result < RESULT_REFUSED || map->result == RESULT_MAPPED)
		settle(f, FACT_STRICT, TRI_NO, "RAM above 1 MiB: not refused with EPERM");
	if (refused(map, EINVAL)) {
		settle(f, FACT_PAT, TRI_YES, "mmap of RAM: EINVAL");
		settle(f, FACT_PAT_CHECK, TRI_YES, "mmap of RAM: EINVAL");
	}
}

static void ask(struct context *c, struct access *a, struct access_target *t)
{
	for (enum way w = 0; w < WAY_LEN; w++) {
		struct access_answer *x = &t->answers[w];
		enum cause out;

		if (ways[w].path)
			continue;
		out = leave_out(c, a, t, w);
		x->predicted = out ? skipped(out) : rules_predict(&c->facts, w, &t->place);
		if (w == WAY_MMAP && t->how != TOUCH && x->predicted.result == RESULT_OK)
			x->predicted.result = RESULT_MAPPED;
		x->observed = out ? skipped(out) : observe(c, t, w);
		compare(a, x);
	}
	learn(&c->facts, t);
}

/* What stands behind a /dev/mem that did not open. */
static struct outcome behind(const struct facts *f, const struct access_target *ram)
{
	const struct place any = { LOW_END, PLACE_RAM, false };
	struct outcome read = rules_predict(f, WAY_READ, ram ? &ram->place : &any);
	struct outcome map = rules_predict(f, WAY_MMAP, ram ? &ram->place : &any);

	return read.result == RESULT_REFUSED ? read : map;
}

static void prepare(struct context *c, struct access *a)
{
	const char *method = c->method;
	struct err e = ERR_INIT;
	bool has_memory;

	cmd_need_facts(c);
	has_memory = cmd_need_memory(c, &e);
	/* A method that is not to be had says nothing of the others. */
	if (!has_memory && strcmp(method, "auto")) {
		c->method = "auto";
		has_memory = cmd_need_memory(c, &e);
		c->method = method;
		a->other_method = has_memory;
	}
	if (has_memory) {
		/* For what safe.c asks. What cannot be had is told by the sections that need it. */
		(void)!cmd_need_kernel(c, &e);
	} else {
		/* Without a way to memory there is still its map, and what it would take. */
		if (!cmd_need_map(c, &e))
			a->no_map = c->facts.of[FACT_PROC].value == TRI_NO ? CAUSE_NO_PROC
									    : CAUSE_NO_MAP;
	}
	c->facts.ram_end = guard_ram_end(&c->mem.guard);
}

static void gather(struct context *c, struct access *a)
{
	prepare(c, a);
	open_ways(c, a);
	choose_targets(c, a);
	/* This one first: it settles most of what no file told. */
	if (a->ram)
		ask(c, a, a->ram);
	for (size_t i = 0; i < a->len; i++)
		if (&a->targets[i] != a->ram)
			ask(c, a, &a->targets[i]);
	if (c->open_mem)
		a->behind = behind(&c->facts, a->ram);
}

static bool show(struct context *c, bool full)
{
	struct access a = { .len = 0 };

	report_section(c->report, "access");
	if (c->mem_path) {
		report_note(c->report, "a saved file: nothing stands between it and ramscope");
		return true;
	}
	gather(c, &a);
	/* Not by the method that was asked for: to all others there is no memory still. */
	if (a.other_method)
		c->mem_is_open = false;
	accesstext_show(c, &a, full);
	return true;
}

bool access_section(struct context *c, struct err *e)
{
	(void)e;
	return show(c, false);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	(void)argc, (void)argv;
	if (c->mem_path && !cmd_need_memory(c, e))
		return false;
	return show(c, true);
}

const struct cmd cmd_access = {
	.name = "access",
	.args = "",
	.summary = "what may be touched here, by which way, and if not, why not",
	.details = "What the kernel says of itself gives a prediction for each class of address and\n"
		   "each way: mmap and read of /dev/mem, and /proc/kcore. Then one page of each is\n"
		   "tried. Video memory and devices are never touched; beyond RAM a page is mapped\n"
		   "and dropped untouched. Status 1: an answer was not the one predicted.",
	.run = run,
};

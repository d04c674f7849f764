/* The kernel's page tables, walked by physical address. */
/* Every table is read through the guard: one that lies outside RAM ends the walk. */
#include "kernel/pagetable.h"

#include "base/fmt.h"

#include <inttypes.h>

#define KERNEL_IMAGE_SIZE_MAX (1ull << 30)

/* Intel SDM 3A, 4.5: an entry, of any level. */
#define ENTRY_PRESENT (1ull << 0)
#define ENTRY_LARGE (1ull << 7) /* at levels 2 and 3: a 2 MiB or 1 GiB page */
#define ENTRY_ADDRESS 0x000ffffffffff000ull
#define ENTRIES 512u

static const struct {
	uint64_t bit;
	const char *name;
} entry_flags[] = {
	{ ENTRY_PRESENT, "present" }, { 1ull << 1, "write" },	 { 1ull << 2, "user" },
	{ 1ull << 3, "pwt" },	      { 1ull << 4, "pcd" },	 { 1ull << 5, "accessed" },
	{ 1ull << 6, "dirty" },	      { ENTRY_LARGE, "large" }, { 1ull << 8, "global" },
	{ 1ull << 63, "nx" },
};

/* The top table is the PGD, however many levels there are. */
static const char *const level_names[] = { "", "PTE", "PMD", "PUD", "P4D" };

const char *pagetable_level_name(const struct pagetable *pt, unsigned int level)
{
	return level < pt->levels && level < ARRAY_LEN(level_names) ? level_names[level] : "PGD";
}

/* Bits of a virtual address below the ones that index a table of this level. */
static unsigned int level_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * (level - 1);
}

static uint64_t level_size(unsigned int level)
{
	return 1ull << level_shift(level);
}

static bool is_leaf(unsigned int level, uint64_t entry)
{
	return level == 1 || ((level == 2 || level == 3) && (entry & ENTRY_LARGE));
}

/* Where a leaf's page begins: bit 12 of a large entry is PAT, the bits above it are zero. */
static uint64_t leaf_phys(const struct pagetable *pt, unsigned int level, uint64_t entry)
{
	return entry & pt->address_mask & ~(level_size(level) - 1);
}

static uint64_t canonical(const struct pagetable *pt, uint64_t virt)
{
	unsigned int shift = 64 - (PAGE_SHIFT + 9 * pt->levels);

	return (uint64_t)((int64_t)(virt << shift) >> shift);
}

uint64_t pagetable_upper_half(const struct pagetable *pt)
{
	return ~0ull << (PAGE_SHIFT + 9 * pt->levels - 1);
}

bool pagetable_init(struct pagetable *pt, struct mem *m, const struct vmcoreinfo *vi,
		    struct err *e)
{
	uint64_t root, phys_base, five = 0, encryption = 0;
	const char *symbol = "SYMBOL(init_top_pgt)";

	if (!vmcoreinfo_optional(vi, symbol, &root)) {
		symbol = "SYMBOL(swapper_pg_dir)";
		if (!vmcoreinfo_number(vi, symbol, &root, e))
			return false;
	}
	if (!vmcoreinfo_number(vi, "NUMBER(phys_base)", &phys_base, e))
		return false;
	vmcoreinfo_optional(vi, "NUMBER(pgtable_l5_enabled)", &five);
	vmcoreinfo_optional(vi, "NUMBER(sme_mask)", &encryption);
	if (root < KERNEL_IMAGE_VIRT || root - KERNEL_IMAGE_VIRT >= KERNEL_IMAGE_SIZE_MAX ||
	    root & (PAGE_SIZE - 1) || phys_base & (PAGE_SIZE - 1))
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %s=%#" PRIx64 " with phys_base %#"
			       PRIx64 " is no page of the kernel image", symbol, root, phys_base);
	*pt = (struct pagetable){ m, root - KERNEL_IMAGE_VIRT + phys_base, five ? 5 : 4,
				  ENTRY_ADDRESS & ~encryption };
	return true;
}

/* A table must be a whole page of RAM: firmware, devices and holes are never one. */
static bool check_table(const struct pagetable *pt, unsigned int level, uint64_t phys,
			struct err *e)
{
	if (guard_is_ram(&pt->mem->guard, phys))
		return true;
	err_set(e, ERR_TABLE_OUTSIDE, "%s table at %#" PRIx64 " is not in System RAM",
		pagetable_level_name(pt, level), phys);
	return err_cause(e, "the entry that leads there, or VMCOREINFO, is not to be believed");
}

static bool loop_error(const struct pagetable *pt, unsigned int level, uint64_t phys,
		       struct err *e)
{
	return err_set(e, ERR_TABLE_LOOP, "%s table at %#" PRIx64 " is one of its own ancestors",
		       pagetable_level_name(pt, level), phys);
}

bool pagetable_walk(const struct pagetable *pt, uint64_t virt, struct pagetable_walk *ret_walk,
		    struct err *e)
{
	struct pagetable_walk *w = ret_walk;
	uint64_t table = pt->root;

	*w = (struct pagetable_walk){ .virt = virt };
	if (canonical(pt, virt) != virt)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 " is not canonical with %u levels", virt,
			       pt->levels);
	for (unsigned int level = pt->levels; level > 0; level--) {
		struct pagetable_step *step = &w->steps[w->steps_len];
		unsigned int index = (virt >> level_shift(level)) % ENTRIES;

		for (size_t i = 0; i < w->steps_len; i++)
			if ((w->steps[i].entry_phys & PAGE_MASK) == table)
				return loop_error(pt, level, table, e);
		*step = (struct pagetable_step){ level, index, table + 8 * index, 0 };
		if (!check_table(pt, level, table, e) ||
		    !mem_read(pt->mem, step->entry_phys, &step->entry, sizeof(step->entry), e))
			return false;
		w->steps_len++;
		if (!(step->entry & ENTRY_PRESENT))
			return err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " is not mapped: its %s entry "
				       "is not present", virt, pagetable_level_name(pt, level));
		if (is_leaf(level, step->entry)) {
			w->leaf_size = level_size(level);
			w->phys = leaf_phys(pt, level, step->entry) + (virt & (w->leaf_size - 1));
			return true;
		}
		table = step->entry & pt->address_mask;
	}
	return err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " has no leaf", virt);
}

/* A pass over a range: the tables on the way down, and the run being put together. */
struct pass {
	const struct pagetable *pt;
	uint64_t start, end;
	bool (*fn)(void *arg, const struct pagetable_run *run, struct err *e);
	void *arg;
	struct pagetable_scan *scan; /* NULL: a table that cannot be had ends the pass */
	bool stopped; /* by fn */
	uint64_t ancestors[PAGETABLE_LEVELS_MAX + 1]; /* by level */
	struct pagetable_run run;
};

static bool flush_run(struct pass *p, struct err *e)
{
	if (p->run.virt.start == p->run.virt.end)
		return true;
	p->stopped = !p->fn(p->arg, &p->run, e);
	return !p->stopped;
}

/* Neighbours that continue each other become one run. */
static bool add_run(struct pass *p, uint64_t start, uint64_t end, bool mapped, uint64_t phys,
		    struct err *e)
{
	struct pagetable_run *run = &p->run;
	uint64_t len = run->virt.end - run->virt.start;

	if (len && run->virt.end == start && run->mapped == mapped &&
	    (!mapped || run->phys + len == phys)) {
		run->virt.end = end;
		return true;
	}
	if (!flush_run(p, e))
		return false;
	*run = (struct pagetable_run){ { start, end }, phys, mapped };
	return true;
}

static bool pass_table(struct pass *p, unsigned int level, uint64_t table, uint64_t virt,
		       struct err *e);

/*
 * The table that entries[i] leads to, at virt. A scan leaves out one that the entry before led to
 * as well: under the stacks for ESPFIX and in the shadow of KASAN one table stands thousands of
 * times (arch/x86/kernel/espfix_64.c, arch/x86/mm/kasan_init_64.c).
 */
static bool pass_below(struct pass *p, unsigned int level, const uint64_t *entries, unsigned int i,
		       uint64_t virt, struct err *e)
{
	uint64_t mask = p->pt->address_mask, table = entries[i] & mask;
	struct err why = ERR_INIT;

	if (!p->scan)
		return pass_table(p, level - 1, table, virt, e);
	if (i && virt > p->start && (entries[i - 1] & ENTRY_PRESENT) &&
	    (entries[i - 1] & mask) == table) {
		p->scan->repeated++;
		return true;
	}
	if (++p->scan->tables > p->scan->tables_max) {
		p->scan->capped = true;
		return true;
	}
	if (pass_table(p, level - 1, table, virt, &why))
		return true;
	if (!p->stopped) {
		p->scan->lost++;
		return true;
	}
	*e = why;
	return false;
}

/* One table, whose first entry maps virt; recursion is as deep as there are levels. */
static bool pass_table(struct pass *p, unsigned int level, uint64_t table, uint64_t virt,
		       struct err *e)
{
	uint64_t entries[ENTRIES], size = level_size(level);

	for (unsigned int above = level + 1; above <= p->pt->levels; above++)
		if (p->ancestors[above] == table)
			return loop_error(p->pt, level, table, e);
	p->ancestors[level] = table;
	if (!check_table(p->pt, level, table, e) ||
	    !mem_read(p->pt->mem, table, entries, sizeof(entries), e))
		return false;
	for (unsigned int i = 0; i < ENTRIES; i++, virt += size) {
		uint64_t last = virt + size - 1, start, end;

		if (last < p->start || virt >= p->end)
			continue;
		start = virt > p->start ? virt : p->start;
		end = last < p->end ? last + 1 : p->end;
		if (!(entries[i] & ENTRY_PRESENT)) {
			if (!add_run(p, start, end, false, 0, e))
				return false;
		} else if (is_leaf(level, entries[i])) {
			uint64_t phys = leaf_phys(p->pt, level, entries[i]) + (start - virt);

			if (!add_run(p, start, end, true, phys, e))
				return false;
		} else if (!pass_below(p, level, entries, i, virt, e)) {
			return false;
		}
	}
	return true;
}

bool pagetable_each(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagetable_run *run, struct err *e),
		    void *arg, struct err *e)
{
	return pagetable_scan(pt, start, end, fn, arg, NULL, e);
}

bool pagetable_scan(const struct pagetable *pt, uint64_t start, uint64_t end,
		    bool (*fn)(void *arg, const struct pagetable_run *run, struct err *e),
		    void *arg, struct pagetable_scan *scan, struct err *e)
{
	struct pass p = {
		.pt = pt, .start = start, .end = end, .fn = fn, .arg = arg, .scan = scan,
	};
	/* The half of the address space that start lies in: the sign bit is copied upwards. */
	uint64_t top = canonical(pt, start) >> 63 ? ~0ull << (PAGE_SHIFT + 9 * pt->levels) : 0;

	if (start >= end || canonical(pt, start) != start || canonical(pt, end - 1) != end - 1 ||
	    start >> 63 != (end - 1) >> 63)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 "-%#" PRIx64
			       " is not a range of canonical addresses", start, end);
	return pass_table(&p, pt->levels, pt->root, top, e) && flush_run(&p, e);
}

/*
 * A table or page that no route shows; the kernel may still read through its own mapping. Not what
 * the guard forbids: that is to be left alone, whoever reads it.
 */
static bool read_by_virt(const struct pagetable *pt, uint64_t virt, uint8_t *to, size_t len,
			 const struct err *e)
{
	struct err ignored = ERR_INIT;

	return (e->kind == ERR_REFUSED || e->kind == ERR_TABLE_OUTSIDE) &&
	       mem_read_virt(pt->mem, virt, to, len, &ignored);
}

bool pagetable_read(const struct pagetable *pt, uint64_t virt, void *buf, size_t len,
		    struct err *e)
{
	uint8_t *to = buf;

	while (len) {
		struct pagetable_walk w;
		struct err one = ERR_INIT;
		bool found = pagetable_walk(pt, virt, &w, &one);
		uint64_t size = found ? w.leaf_size : PAGE_SIZE;
		uint64_t n = num_least(size - (virt & (size - 1)), len);

		if (!(found && mem_read(pt->mem, w.phys, to, (size_t)n, &one)) &&
		    !read_by_virt(pt, virt, to, (size_t)n, &one)) {
			*e = one;
			return found ? err_while(e, "virtual %#" PRIx64, virt) : false;
		}
		virt += n;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

void pagetable_entry_flags(uint64_t entry, bool large, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(entry_flags); i++) {
		/* In a PTE bit 7 is PAT. */
		const char *name = entry_flags[i].name;

		if (entry_flags[i].bit == ENTRY_LARGE && !large)
			continue;
		if (entry & entry_flags[i].bit)
			fmt_append(buf, size, &n, "%s%s", n ? " " : "", name);
	}
}


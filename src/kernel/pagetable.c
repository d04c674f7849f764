/* The kernel's page tables, walked by physical address. */
/* Every table is read through the guard: one that lies outside RAM ends the walk. */
#include "kernel/pagetable.h"

#include "base/fmt.h"

#include <inttypes.h>

#define KERNEL_IMAGE_SIZE_MAX (1ull << 30)

/* Intel SDM 3A, 4.3 to 4.5: an entry, of any level. */
#define ENTRY_PRESENT (1ull << 0)
#define ENTRY_LARGE (1ull << 7)
#define ENTRY_PROTNONE (1ull << 8) /* not present: Linux, _PAGE_PROTNONE */
#define ENTRIES_MAX 1024u

/* By enum. Linux has no large pages above the third level, nor has the SDM. */
const struct pagetable_mode pagetable_modes[PAGETABLE_MODES] = {
	{ "2-level", 2, 4, 10, 32, 1 << 2 },
	{ "PAE", 3, 8, 9, 32, 1 << 2 },
	{ "4-level", 4, 8, 9, 48, 1 << 2 | 1 << 3 },
	{ "5-level", 5, 8, 9, 57, 1 << 2 | 1 << 3 },
};

/* Kinds of entries, for what their bits mean. PDPTE: of PAE, the top one with few flags. */
enum { TO_TABLE = 1, TO_LARGE = 2, TO_PAGE = 4, PDPTE = 8 };
#define NOT_PDPTE (TO_TABLE | TO_LARGE | TO_PAGE)

static const struct {
	uint8_t bit, kinds;
	char name[9];
} entry_flags[] = {
	{ 0, NOT_PDPTE | PDPTE, "present" },
	{ 1, NOT_PDPTE, "write" },
	{ 2, NOT_PDPTE, "user" },
	{ 3, NOT_PDPTE | PDPTE, "pwt" },
	{ 4, NOT_PDPTE | PDPTE, "pcd" },
	{ 5, NOT_PDPTE, "accessed" },
	{ 6, NOT_PDPTE, "dirty" }, /* Linux sets it in entries that lead to tables, too */
	{ 7, TO_LARGE, "large" },
	{ 7, TO_PAGE, "pat" },
	{ 8, TO_LARGE | TO_PAGE, "global" },
	{ 12, TO_LARGE, "pat" },
	{ 63, NOT_PDPTE, "nx" },
};

/* The top table is the PGD, however many levels there are. */
static const char *const level_names[] = { "", "PTE", "PMD", "PUD", "P4D" };

const char *pagetable_level_name(const struct pagetable *pt, unsigned int level)
{
	return level < pt->mode->levels && level < ARRAY_LEN(level_names) ? level_names[level]
									    : "PGD";
}

/* Bits of a virtual address below the ones that index a table of this level. */
static unsigned int level_shift(const struct pagetable *pt, unsigned int level)
{
	return PAGE_SHIFT + pt->mode->index_bits * (level - 1);
}

static uint64_t level_size(const struct pagetable *pt, unsigned int level)
{
	return 1ull << level_shift(pt, level);
}

/* Entries of a table: the top one of PAE has four. */
static unsigned int level_entries(const struct pagetable *pt, unsigned int level)
{
	return level == pt->mode->levels ? 1u << (pt->mode->virt_bits - level_shift(pt, level))
					 : 1u << pt->mode->index_bits;
}

static bool is_leaf(const struct pagetable *pt, unsigned int level, uint64_t entry)
{
	return level == 1 || ((pt->mode->leaf_levels >> level & 1) && (entry & ENTRY_LARGE));
}

/* Address bits of an entry that leads to a table or a page of 4 KiB. */
static uint64_t address_mask(const struct pagetable *pt)
{
	return pt->mode->entry_size == 4 ? 0xfffff000 : (PHYS_END - PAGE_SIZE) & ~pt->encryption;
}

/*
 * The same for a leaf. Bit 12 of a large one is PAT. In one of 4 bytes bits 20:13 are 39:32 of the
 * address (PSE-36; Linux leaves them 0).
 */
#define PSE36 0x1fe000ull

static uint64_t leaf_phys(const struct pagetable *pt, unsigned int level, uint64_t entry)
{
	uint64_t phys = entry & address_mask(pt) & ~(level_size(pt, level) - 1);

	return pt->mode->entry_size == 4 && level > 1 ? phys | (entry & PSE36) << (32 - 13) : phys;
}

uint64_t pagetable_entry_phys(const struct pagetable *pt, unsigned int level, uint64_t entry)
{
	return is_leaf(pt, level, entry) ? leaf_phys(pt, level, entry) : entry & address_mask(pt);
}

static bool is_canonical(const struct pagetable *pt, uint64_t virt)
{
	unsigned int shift = 64u - pt->mode->virt_bits;

	return virt == (pt->mode->virt_bits == 32
				? (uint32_t)virt
				: (uint64_t)((int64_t)(virt << shift) >> shift));
}

size_t pagetable_word(const struct pagetable *pt)
{
	return pt->mode->virt_bits == 32 ? 4 : 8;
}

struct range pagetable_kernel_part(const struct pagetable *pt)
{
	if (pagetable_word(pt) == 4)
		return (struct range){ pt->page_offset, UINT32_MAX & PAGE_MASK };
	return (struct range){ ~0ull << (pt->mode->virt_bits - 1), PAGE_MASK };
}

static bool root_error(const char *symbol, uint64_t root, struct err *e)
{
	return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %s=%#" PRIx64
		       " is no page of the kernel image", symbol, root);
}

/* Do the tables lead from virt, of the kernel image, to where page_offset says that it lies? */
static bool maps_image(const struct pagetable *pt, uint64_t virt, struct err *e)
{
	struct pagetable_walk w;

	if (!pagetable_walk(pt, virt, &w, e))
		return false;
	return w.phys == virt - pt->page_offset ||
	       err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " is mapped elsewhere", virt);
}

/*
 * PAGE_OFFSET is not told, but configured (arch/x86/Kconfig, VMSPLIT_*, 5.10 to 7.2): with the
 * right one the tables are found, and map the image just there. With the others some other page of
 * RAM is read, and is no such table.
 */
static bool find_page_offset(struct pagetable *pt, const struct vmcoreinfo *vi,
			     const char *symbol, uint64_t root, struct err *e)
{
	static const uint32_t splits[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x78000000,
					   0x40000000 };
	uint64_t stext = 0;
	struct err why = ERR_INIT;

	if (!vmcoreinfo_number(vi, "SYMBOL(_stext)", &stext, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(splits); i++) {
		struct err one = ERR_INIT;

		if (root < splits[i])
			continue;
		pt->page_offset = splits[i];
		pt->root = root - splits[i];
		if (maps_image(pt, root, &one) && maps_image(pt, stext, &one))
			return true;
		/* That a table cannot be read says nothing of it. */
		if (one.kind != ERR_NOT_MAPPED && one.kind != ERR_TABLE_OUTSIDE &&
		    one.kind != ERR_TABLE_LOOP && why.kind == ERR_NONE)
			why = one;
	}
	if (why.kind != ERR_NONE) {
		*e = why;
		return err_while(e, "page tables of the kernel");
	}
	err_set(e, ERR_UNSUPPORTED, "the kernel's page tables at %s=%#" PRIx64 " are not found",
		symbol, root);
	return err_cause(e, "with none of the ways to split 4 GiB between kernel and processes do "
			    "they map themselves");
}

bool pagetable_init(struct pagetable *pt, struct mem *m, const struct vmcoreinfo *vi,
		    struct err *e)
{
	uint64_t root, phys_base, five = 0, encryption = 0, pair;
	const char *symbol = "SYMBOL(init_top_pgt)";
	size_t len;

	if (!vmcoreinfo_optional(vi, symbol, &root)) {
		symbol = "SYMBOL(swapper_pg_dir)";
		if (!vmcoreinfo_number(vi, symbol, &root, e))
			return false;
	}
	*pt = (struct pagetable){ .mem = m };
	if (vmcoreinfo_optional(vi, "SIZE(list_head)", &pair) && pair == 8) {
		bool pae = vmcoreinfo_find(vi, "CONFIG_X86_PAE", &len) != NULL;

		pt->mode = &pagetable_modes[pae ? PAGETABLE_PAE : PAGETABLE_2LEVEL];
		if (root > UINT32_MAX || root & (PAGE_SIZE - 1))
			return root_error(symbol, root, e);
		return find_page_offset(pt, vi, symbol, root, e);
	}
	if (!vmcoreinfo_number(vi, "NUMBER(phys_base)", &phys_base, e))
		return false;
	vmcoreinfo_optional(vi, "NUMBER(pgtable_l5_enabled)", &five);
	vmcoreinfo_optional(vi, "NUMBER(sme_mask)", &encryption);
	if (root < KERNEL_IMAGE_VIRT || root - KERNEL_IMAGE_VIRT >= KERNEL_IMAGE_SIZE_MAX ||
	    root & (PAGE_SIZE - 1) || phys_base & (PAGE_SIZE - 1))
		return root_error(symbol, root, e);
	pt->mode = &pagetable_modes[five ? PAGETABLE_5LEVEL : PAGETABLE_4LEVEL];
	pt->root = root - KERNEL_IMAGE_VIRT + phys_base;
	pt->encryption = encryption;
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

static bool address_error(const struct pagetable *pt, uint64_t virt, struct err *e)
{
	if (pt->mode->virt_bits == 32)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 " is no address of a 32-bit kernel", virt);
	return err_set(e, ERR_ADDRESS, "%#" PRIx64 " is not canonical with %u levels", virt,
		       pt->mode->levels);
}

bool pagetable_walk(const struct pagetable *pt, uint64_t virt, struct pagetable_walk *ret_walk,
		    struct err *e)
{
	struct pagetable_walk *w = ret_walk;
	uint64_t table = pt->root;

	*w = (struct pagetable_walk){ .virt = virt };
	if (!is_canonical(pt, virt))
		return address_error(pt, virt, e);
	for (unsigned int level = pt->mode->levels; level > 0; level--) {
		struct pagetable_step *step = &w->steps[w->steps_len];
		unsigned int index = (unsigned int)(virt >> level_shift(pt, level)) &
				     (level_entries(pt, level) - 1);

		for (size_t i = 0; i < w->steps_len; i++)
			if ((w->steps[i].entry_phys & PAGE_MASK) == table)
				return loop_error(pt, level, table, e);
		*step = (struct pagetable_step){ level, index,
						 table + pt->mode->entry_size * index, 0 };
		if (!check_table(pt, level, table, e) ||
		    !mem_read(pt->mem, step->entry_phys, &step->entry, pt->mode->entry_size, e))
			return false;
		w->steps_len++;
		if (!(step->entry & ENTRY_PRESENT))
			return err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " is not mapped: its %s entry "
				       "is not present", virt, pagetable_level_name(pt, level));
		table = pagetable_entry_phys(pt, level, step->entry);
		if (is_leaf(pt, level, step->entry)) {
			w->leaf_size = level_size(pt, level);
			w->phys = table + (virt & (w->leaf_size - 1));
			return true;
		}
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

static uint64_t entry_at(const struct pagetable *pt, const uint8_t *table, unsigned int i)
{
	struct view v = { table, PAGE_SIZE, 0 };

	return view_le(&v, (size_t)i * pt->mode->entry_size, pt->mode->entry_size);
}

/*
 * The table that entry i of table leads to, at virt. A scan leaves out one that the entry before led to
 * as well: under the stacks for ESPFIX and in the shadow of KASAN one table stands thousands of
 * times (arch/x86/kernel/espfix_64.c, arch/x86/mm/kasan_init_64.c).
 */
static bool pass_below(struct pass *p, unsigned int level, const uint8_t *entries, unsigned int i,
		       uint64_t virt, struct err *e)
{
	uint64_t mask = address_mask(p->pt), table = entry_at(p->pt, entries, i) & mask;
	uint64_t before = i ? entry_at(p->pt, entries, i - 1) : 0;
	struct err why = ERR_INIT;

	if (!p->scan)
		return pass_table(p, level - 1, table, virt, e);
	if (virt > p->start && (before & ENTRY_PRESENT) && (before & mask) == table) {
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
	const struct pagetable *pt = p->pt;
	unsigned int len = level_entries(pt, level);
	uint64_t size = level_size(pt, level);
	uint8_t entries[PAGE_SIZE];

	for (unsigned int above = level + 1; above <= pt->mode->levels; above++)
		if (p->ancestors[above] == table)
			return loop_error(pt, level, table, e);
	p->ancestors[level] = table;
	if (!check_table(pt, level, table, e) ||
	    !mem_read(pt->mem, table, entries, (size_t)len * pt->mode->entry_size, e))
		return false;
	for (unsigned int i = 0; i < len; i++, virt += size) {
		uint64_t last = virt + size - 1, start, end, entry;

		if (last < p->start || virt >= p->end)
			continue;
		start = virt > p->start ? virt : p->start;
		end = last < p->end ? last + 1 : p->end;
		entry = entry_at(pt, entries, i);
		if (!(entry & ENTRY_PRESENT)) {
			if (!add_run(p, start, end, false, 0, e))
				return false;
		} else if (is_leaf(pt, level, entry)) {
			uint64_t phys = leaf_phys(pt, level, entry) + (start - virt);

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
	uint64_t top = start >> 63 ? ~0ull << pt->mode->virt_bits : 0;

	if (start >= end || !is_canonical(pt, start) || !is_canonical(pt, end - 1) ||
	    start >> 63 != (end - 1) >> 63)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 "-%#" PRIx64
			       " is not a range of addresses", start, end);
	return pass_table(&p, pt->mode->levels, pt->root, top, e) && flush_run(&p, e);
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

bool pagetable_read_word(const struct pagetable *pt, uint64_t virt, uint64_t *ret_word,
			 struct err *e)
{
	uint64_t word = 0;

	if (!pagetable_read(pt, virt, &word, pagetable_word(pt), e))
		return false;
	*ret_word = word;
	return true;
}

/* The bits of an entry that are its address. */
static uint64_t entry_address(const struct pagetable *pt, unsigned int level, bool large)
{
	uint64_t mask = address_mask(pt);

	if (!large)
		return mask;
	mask &= ~(level_size(pt, level) - 1);
	return pt->mode->entry_size == 4 ? mask | PSE36 : mask;
}

static unsigned int entry_kind(const struct pagetable *pt, unsigned int level, uint64_t entry)
{
	if (level == 1)
		return TO_PAGE;
	if (is_leaf(pt, level, entry))
		return TO_LARGE;
	return pt->mode == &pagetable_modes[PAGETABLE_PAE] && level == 3 ? PDPTE : TO_TABLE;
}

/*
 * Linux inverts the address of what it takes out, lest the CPU look there all the same (L1TF:
 * arch/x86/include/asm/pgtable-invert.h, 5.10 to 7.2), but not in entries of 4 bytes.
 */
static void absent_flags(const struct pagetable *pt, uint64_t entry, char *buf, size_t size,
			 size_t *n)
{
	fmt_append(buf, size, n, "not present");
	if (entry & ENTRY_PROTNONE)
		fmt_append(buf, size, n, ", protnone");
	if (entry)
		fmt_append(buf, size, n, ", kept %#" PRIx64,
			   (pt->mode->entry_size == 8 ? ~entry : entry) & address_mask(pt));
}

void pagetable_entry_flags(const struct pagetable *pt, unsigned int level, uint64_t entry,
			   char *buf, size_t size)
{
	unsigned int kind = entry_kind(pt, level, entry);
	uint64_t rest = entry & ~entry_address(pt, level, kind == TO_LARGE) & ~pt->encryption;
	size_t n = 0;

	buf[0] = '\0';
	if (!(entry & ENTRY_PRESENT)) {
		absent_flags(pt, entry, buf, size, &n);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(entry_flags); i++) {
		uint64_t bit = 1ull << entry_flags[i].bit;

		if (!(entry_flags[i].kinds & kind) || !(rest & bit))
			continue;
		rest &= ~bit;
		fmt_append(buf, size, &n, "%s%s", n ? " " : "", entry_flags[i].name);
	}
	if (entry & pt->encryption)
		fmt_append(buf, size, &n, " encrypted");
	/* The processor ignores or reserves them; Linux keeps marks of its own in some. */
	for (unsigned int bit = 0; rest; bit++, rest >>= 1)
		if (rest & 1)
			fmt_append(buf, size, &n, " bit%u", bit);
}

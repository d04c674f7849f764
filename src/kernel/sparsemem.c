/* SPARSEMEM: the section table, static or by roots. */
/* Reads mem_section and the accounts of sections, and none of the struct pages. */
#include "kernel/sparsemem.h"

#include "base/alloc.h"
#include "kernel/mappings.h"

#include <errno.h>
#include <inttypes.h>

/*
 * section_mem_map, include/linux/mmzone.h, 5.10 to 7.2: the low bits are flags, the rest is
 * the address of the struct page of pfn 0, had the section one.
 */
#define SECTION_HAS_MEM_MAP (1u << 1)
#define SECTION_ONLINE (1u << 2)
#define SECTION_EARLY (1u << 3)
#define SECTION_ADDRESS (~0xfffull)

#define SUBSECTION_PAGES 512u /* 2 MiB */
#define SUBSECTIONS 64u /* with the sections of x86_64, the only ones that have them */

/* A page of section entries, at virt. */
struct section_root {
	uint64_t number, virt;
};

struct section_table {
	const struct pagetable *pt;
	struct memmodel *mm;
	uint64_t roots_virt, roots;
	size_t word, entry_size, map_offset;
	uint64_t per_root, numbers; /* sections of a root; that there can be */
	bool told_vmemmap;
	size_t found_len;
	struct section_root *found; /* owned; the roots that are not NULL */
};

/*
 * A static table has as many entries as there can be sections, EXTREME as many roots as it takes
 * pages of entries for them. Only i386 has static ones (arch/x86/Kconfig, 5.10 to 7.2).
 */
static bool check_roots(struct section_table *t, struct err *e)
{
	if (t->roots == t->numbers && t->word == 4) {
		t->mm->kind = MEMMODEL_SPARSE;
		return true;
	}
	t->mm->kind = MEMMODEL_EXTREME;
	if ((t->roots - 1) * t->per_root < t->numbers && t->roots * t->per_root >= t->numbers)
		return true;
	err_set(e, ERR_UNSUPPORTED, "a section table of %" PRIu64 " roots", t->roots);
	return err_cause(e, "neither a static table nor one of SPARSEMEM_EXTREME has so many");
}

static bool read_keys(struct section_table *t, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t size = 0, offset = 0, section_bits = 0, phys_bits = 0, unused;

	t->word = paging_word(&t->pt->paging);
	if (!vmcoreinfo_within(vi, "SYMBOL(mem_section)", 1, UINT64_MAX, &t->roots_virt, e) ||
	    !vmcoreinfo_within(vi, "SIZE(mem_section)", t->word, PAGE_SIZE, &size, e) ||
	    !vmcoreinfo_within(vi, "OFFSET(mem_section.section_mem_map)", 0, PAGE_SIZE, &offset, e) ||
	    !vmcoreinfo_within(vi, "LENGTH(mem_section)", 1, 1u << 24, &t->roots, e) ||
	    !vmcoreinfo_within(vi, "NUMBER(SECTION_SIZE_BITS)", 24, 34, &section_bits, e) ||
	    !vmcoreinfo_within(vi, "NUMBER(MAX_PHYSMEM_BITS)", 32, 52, &phys_bits, e))
		return false;
	if (offset > size - t->word)
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: OFFSET(mem_section.section_mem_map)=%"
			       PRIu64 " in %" PRIu64 " bytes", offset, size);
	if (t->roots_virt % t->word)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SYMBOL(mem_section)=%" PRIx64
			       " is no address of words", t->roots_virt);
	if (phys_bits <= section_bits)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: sections of 2^%" PRIu64
			       " bytes in 2^%" PRIu64 " of memory", section_bits, phys_bits);
	t->entry_size = (size_t)size;
	t->map_offset = (size_t)offset;
	t->per_root = PAGE_SIZE / size;
	t->numbers = 1ull << (phys_bits - section_bits);
	t->mm->section_shift = (unsigned int)section_bits - PAGE_SHIFT;
	t->mm->section_bits = (unsigned int)(phys_bits - section_bits);
	t->told_vmemmap = vmcoreinfo_optional(vi, "SYMBOL(vmemmap)", &unused);
	return check_roots(t, e);
}

/*
 * With VMEMMAP the struct pages have an area of their own, else they lie in the direct map. From 6.12
 * on VMCOREINFO tells; the first section says it of all.
 */
static bool is_vmemmap(const struct section_table *t, uint64_t pfn, uint64_t base)
{
	uint64_t virt = base + pfn * t->mm->page_size;
	struct pagetable_walk w;
	struct err ignored = ERR_INIT;

	return t->told_vmemmap || !pagetable_walk(t->pt, virt, &w, &ignored) ||
	       !mappings_is_direct(t->pt, virt, w.phys);
}

/*
 * Which subsections of a section that was added later are there: a bit each, in the account that the
 * word behind section_mem_map leads to. The account may begin with the two words of an rcu_head,
 * which are 0 as long as the section is there, and the bits of one that is there never are
 * (struct mem_section_usage, include/linux/mmzone.h, 5.10 to 7.2; the rcu_head came with 6.8, and
 * with updates to those before).
 */
static bool read_subsections(const struct section_table *t, uint64_t usage, uint64_t *ret_map,
			     struct err *e)
{
	uint64_t words[3];

	if (!pagetable_read(t->pt, usage, words, sizeof(words), e))
		return err_while(e, "subsections");
	*ret_map = words[0] ? words[0] : words[2];
	return true;
}

static bool add_online(struct section_table *t, const struct range *pfn, uint64_t map,
		       uint64_t usage, struct err *e)
{
	struct memmodel *mm = t->mm;
	uint64_t base = map & SECTION_ADDRESS, subsections = ~0ull;

	if (!mm->sections++ && mm->kind == MEMMODEL_EXTREME && is_vmemmap(t, pfn->start, base))
		mm->kind = MEMMODEL_VMEMMAP;
	if (mm->kind == MEMMODEL_VMEMMAP && !(map & SECTION_EARLY) &&
	    pfn->end - pfn->start == SUBSECTIONS * SUBSECTION_PAGES &&
	    !read_subsections(t, usage, &subsections, e))
		return false;
	if (subsections == ~0ull)
		return memmodel_add(mm, t->pt, pfn, base, e);
	for (unsigned int i = 0; i < SUBSECTIONS; i++) {
		uint64_t start = pfn->start + i * SUBSECTION_PAGES;
		struct range part = { start, start + SUBSECTION_PAGES };

		if ((subsections >> i & 1) && !memmodel_add(mm, t->pt, &part, base, e))
			return false;
	}
	return true;
}

/* The sections of one root: a page of mem_section entries. */
static bool read_root(struct section_table *t, const struct section_root *root, struct err *e)
{
	unsigned int shift = t->mm->section_shift;
	uint64_t first = root->number * t->per_root;
	uint64_t len = num_least(t->per_root, t->numbers - first);
	uint8_t page[PAGE_SIZE];
	struct view v = { page, (size_t)len * t->entry_size, 0 };

	if (!pagetable_read(t->pt, root->virt, page, v.len, e))
		return err_while(e, "section root %" PRIu64, root->number);
	for (size_t i = 0; i < len; i++) {
		size_t at = i * t->entry_size + t->map_offset;
		uint64_t map = view_le(&v, at, t->word), usage = view_le(&v, at + t->word, t->word);
		struct range pfn = { (first + i) << shift, (first + i + 1) << shift };

		if (!(map & SECTION_HAS_MEM_MAP))
			continue;
		/* Struct pages of a section that is not online are not initialised. */
		if (!(map & SECTION_ONLINE ? add_online(t, &pfn, map, usage, e)
					   : memmodel_add_offline(t->mm, &pfn, e)))
			return err_while(e, "section %" PRIu64, first + i);
	}
	return true;
}

/* The static table in pieces as large as those that roots lead to. */
static bool read_static(struct section_table *t, uint64_t end, struct err *e)
{
	for (uint64_t i = 0; i * t->per_root < end; i++) {
		struct section_root root = { i,
					     t->roots_virt + i * t->per_root * t->entry_size };

		if (!read_root(t, &root, e))
			return false;
	}
	return true;
}

/* Notes the roots whose pointers lie in the window at at, a page of them at most. */
static bool note_roots(struct section_table *t, uint64_t first, const struct mem_window *w,
		       size_t at, size_t len, struct err *e)
{
	uint8_t bytes[PAGE_SIZE];
	struct view v = { bytes, len, 0 };

	if (!mem_window_copy(w, at, bytes, len, e))
		return false;
	for (size_t i = 0; i < len / t->word; i++) {
		uint64_t root = view_le(&v, i * t->word, t->word);
		struct section_root *found;

		if (!root)
			continue;
		found = alloc_room(t->found, t->found_len, sizeof(*found));
		if (!found)
			return err_sys(e, ENOMEM, "sections");
		t->found = found;
		t->found[t->found_len++] = (struct section_root){ first + i, root };
	}
	return true;
}

/* A window on roots: they are many (131,072 with 52 bits) and nearly all NULL. */
static bool read_window(struct section_table *t, uint64_t first, uint64_t phys, size_t len,
			struct err *e)
{
	struct mem_window w;
	bool good = true;

	if (!mem_window_open(t->pt->mem, phys, len, &w, e))
		return false;
	for (size_t at = 0; good && at < len; at += PAGE_SIZE)
		good = note_roots(t, first + at / t->word, &w, at,
				  len - at < PAGE_SIZE ? len - at : PAGE_SIZE, e);
	mem_window_close(t->pt->mem, &w);
	return good;
}

/* Called for each piece of the root array that lies together in physical memory. */
static bool read_roots(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct section_table *t = arg;
	uint64_t len = run->virt.end - run->virt.start, done = 0;

	if (!run->mapped)
		return err_set(e, ERR_NOT_MAPPED, "section table at %#" PRIx64 " is not mapped",
			       run->virt.start);
	while (done < len) {
		uint64_t n = len - done < MEM_WINDOW_MAX ? len - done : MEM_WINDOW_MAX;
		uint64_t first = (run->virt.start + done - t->roots_virt) / t->word;

		if (!read_window(t, first, run->phys + done, (size_t)n, e))
			return err_while(e, "section table");
		done += n;
	}
	return true;
}

/* The table is made for all memory there could be; an online section holds some that there is. */
static uint64_t numbers_in_use(const struct section_table *t)
{
	uint64_t section = (uint64_t)PAGE_SIZE << t->mm->section_shift;

	return num_least(guard_ram_end(&t->pt->mem->guard) / section + 1, t->numbers);
}

static bool read_sections(struct section_table *t, struct err *e)
{
	uint64_t numbers = numbers_in_use(t);
	uint64_t roots = num_least((numbers - 1) / t->per_root + 1, t->roots);

	if (t->mm->kind == MEMMODEL_SPARSE)
		return read_static(t, numbers, e);
	if (!pagescan_each(t->pt, t->roots_virt, t->roots_virt + roots * t->word, read_roots, t, e))
		return false;
	for (size_t i = 0; i < t->found_len; i++)
		if (!read_root(t, &t->found[i], e))
			return false;
	return true;
}

bool sparsemem_read(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		    struct err *e)
{
	struct section_table t = { .pt = pt, .mm = mm };
	bool good = read_keys(&t, vi, e) && read_sections(&t, e);

	alloc_free(t.found);
	if (good && !mm->len)
		return err_set(e, ERR_KEY_VALUE, "the section table has no section");
	return good;
}

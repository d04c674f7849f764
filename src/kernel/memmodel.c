/* SPARSEMEM: the section table. */
/* Reads mem_section and nothing that it points to. */
#include "kernel/memmodel.h"

#include "base/alloc.h"

#include <errno.h>
#include <inttypes.h>

/*
 * section_mem_map, include/linux/mmzone.h, 5.10 to 7.2: the low bits are flags, the rest is
 * the address of the struct page of pfn 0, had the section one.
 */
#define SECTION_HAS_MEM_MAP (1u << 1)
#define SECTION_ONLINE (1u << 2)
#define SECTION_ADDRESS (~0xfffull)

#define ROOT_POINTER 8u

/* A page of section entries, at virt. */
struct section_root {
	uint64_t number, virt;
};

struct section_table {
	const struct pagetable *pt;
	struct memmodel *mm;
	uint64_t roots_virt, roots;
	size_t entry_size, map_offset;
	uint64_t per_root;
	size_t found_len;
	struct section_root *found; /* owned; the roots that are not NULL */
};

static bool section_key(const struct vmcoreinfo *vi, const char *key, uint64_t min, uint64_t max,
			uint64_t *ret_value, struct err *e)
{
	uint64_t value = 0;

	if (!vmcoreinfo_number(vi, key, &value, e))
		return false;
	if (value < min || value > max)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %s=%" PRIu64 " cannot be right", key,
			       value);
	*ret_value = value;
	return true;
}

static bool read_keys(struct section_table *t, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t size = 0, offset = 0, section_bits = 0, phys_bits = 0;

	if (!section_key(vi, "SYMBOL(mem_section)", 1, UINT64_MAX, &t->roots_virt, e) ||
	    !section_key(vi, "SIZE(mem_section)", 8, PAGE_SIZE, &size, e) ||
	    !section_key(vi, "OFFSET(mem_section.section_mem_map)", 0, PAGE_SIZE, &offset, e) ||
	    !section_key(vi, "LENGTH(mem_section)", 1, 1u << 24, &t->roots, e) ||
	    !section_key(vi, "NUMBER(SECTION_SIZE_BITS)", 24, 34, &section_bits, e) ||
	    !section_key(vi, "NUMBER(MAX_PHYSMEM_BITS)", 32, 52, &phys_bits, e))
		return false;
	if (offset > size - 8)
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: OFFSET(mem_section.section_mem_map)=%"
			       PRIu64 " in %" PRIu64 " bytes", offset, size);
	if (t->roots_virt % ROOT_POINTER)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SYMBOL(mem_section)=%" PRIx64
			       " is no address of pointers", t->roots_virt);
	if (phys_bits <= section_bits)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: sections of 2^%" PRIu64
			       " bytes in 2^%" PRIu64 " of memory", section_bits, phys_bits);
	t->entry_size = (size_t)size;
	t->map_offset = (size_t)offset;
	t->per_root = PAGE_SIZE / size;
	t->mm->section_shift = (unsigned int)section_bits - PAGE_SHIFT;
	/* EXTREME: as many roots as a page of sections each needs to cover all of memory. */
	if ((t->roots - 1) * t->per_root >= 1ull << (phys_bits - section_bits) ||
	    t->roots * t->per_root < 1ull << (phys_bits - section_bits)) {
		err_set(e, ERR_UNSUPPORTED, "a section table of %" PRIu64 " roots", t->roots);
		return err_cause(e, "not SPARSEMEM_EXTREME");
	}
	return true;
}

static bool add_section(struct section_table *t, uint64_t number, uint64_t base, struct err *e)
{
	struct memmodel *mm = t->mm;
	struct range pfn = { number << mm->section_shift, (number + 1) << mm->section_shift };
	struct memmodel_run *last = mm->len ? &mm->runs[mm->len - 1] : NULL, *runs;

	mm->sections++;
	if (last && last->pfn.end == pfn.start && last->base == base) {
		last->pfn.end = pfn.end;
		return true;
	}
	runs = alloc_room(mm->runs, mm->len, sizeof(*runs));
	if (!runs)
		return err_sys(e, ENOMEM, "sections");
	mm->runs = runs;
	mm->runs[mm->len++] = (struct memmodel_run){ pfn, base };
	return true;
}

/* The sections of one root: a page of mem_section entries. */
static bool read_root(struct section_table *t, const struct section_root *root, struct err *e)
{
	uint8_t page[PAGE_SIZE];
	struct view v = { page, (size_t)t->per_root * t->entry_size, 0 };

	if (!pagetable_read(t->pt, root->virt, page, v.len, e))
		return err_while(e, "section root %" PRIu64, root->number);
	for (size_t i = 0; i < t->per_root; i++) {
		uint64_t map = view_u64(&v, i * t->entry_size + t->map_offset);

		/* Struct pages of a section that is not online are not initialised. */
		if ((map & SECTION_HAS_MEM_MAP) && (map & SECTION_ONLINE) &&
		    !add_section(t, root->number * t->per_root + i, map & SECTION_ADDRESS, e))
			return false;
	}
	return true;
}

/* Notes the roots whose pointers lie in the window at at, a page of them at most. */
static bool note_roots(struct section_table *t, uint64_t first, const struct mem_window *w,
		       size_t at, size_t len, struct err *e)
{
	uint64_t pointers[PAGE_SIZE / ROOT_POINTER];

	if (!mem_window_copy(w, at, pointers, len, e))
		return false;
	for (size_t i = 0; i < len / ROOT_POINTER; i++) {
		struct section_root *found;

		if (!pointers[i])
			continue;
		found = alloc_room(t->found, t->found_len, sizeof(*found));
		if (!found)
			return err_sys(e, ENOMEM, "sections");
		t->found = found;
		t->found[t->found_len++] = (struct section_root){ first + i, pointers[i] };
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
		good = note_roots(t, first + at / ROOT_POINTER, &w, at,
				  len - at < PAGE_SIZE ? len - at : PAGE_SIZE, e);
	mem_window_close(t->pt->mem, &w);
	return good;
}

/* Called for each piece of the root array that lies together in physical memory. */
static bool read_roots(void *arg, const struct pagetable_run *run, struct err *e)
{
	struct section_table *t = arg;
	uint64_t len = run->virt.end - run->virt.start, done = 0;

	if (!run->mapped)
		return err_set(e, ERR_NOT_MAPPED, "section table at %#" PRIx64 " is not mapped",
			       run->virt.start);
	while (done < len) {
		uint64_t n = len - done < MEM_WINDOW_MAX ? len - done : MEM_WINDOW_MAX;
		uint64_t first = (run->virt.start + done - t->roots_virt) / ROOT_POINTER;

		if (!read_window(t, first, run->phys + done, (size_t)n, e))
			return err_while(e, "section table");
		done += n;
	}
	return true;
}

/* Roots are made for all memory there could be; an online section holds some that there is. */
static uint64_t roots_in_use(const struct section_table *t)
{
	uint64_t section = (uint64_t)PAGE_SIZE << t->mm->section_shift;
	uint64_t roots = guard_ram_end(&t->pt->mem->guard) / section / t->per_root + 1;

	return roots < t->roots ? roots : t->roots;
}

static bool read_sections(struct section_table *t, struct err *e)
{
	uint64_t end = t->roots_virt + roots_in_use(t) * ROOT_POINTER;

	if (!pagetable_each(t->pt, t->roots_virt, end, read_roots, t, e))
		return false;
	for (size_t i = 0; i < t->found_len; i++)
		if (!read_root(t, &t->found[i], e))
			return false;
	return t->mm->len ? true
			  : err_set(e, ERR_KEY_VALUE, "the section table has no section");
}

bool memmodel_init(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		   struct err *e)
{
	struct section_table t = { .pt = pt, .mm = mm };
	bool good;

	*mm = (struct memmodel){ 0 };
	good = read_keys(&t, vi, e) && read_sections(&t, e);
	alloc_free(t.found);
	return good;
}

void memmodel_deinit(struct memmodel *mm)
{
	alloc_free(mm->runs);
	*mm = (struct memmodel){ 0 };
}

const struct memmodel_run *memmodel_find(const struct memmodel *mm, uint64_t pfn)
{
	for (size_t i = 0; i < mm->len; i++)
		if (range_holds(&mm->runs[i].pfn, pfn, pfn + 1))
			return &mm->runs[i];
	return NULL;
}

uint64_t memmodel_end(const struct memmodel *mm)
{
	return mm->len ? mm->runs[mm->len - 1].pfn.end : 0;
}

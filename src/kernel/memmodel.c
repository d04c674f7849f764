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

struct section_table {
	const struct pagetable *pt;
	struct memmodel *mm;
	uint64_t roots_virt, roots;
	size_t entry_size, map_offset;
	uint64_t per_root;
	size_t capacity; /* of mm->runs */
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
	struct memmodel_run *last = mm->len ? &mm->runs[mm->len - 1] : NULL;

	mm->sections++;
	if (last && last->pfn.end == pfn.start && last->base == base) {
		last->pfn.end = pfn.end;
		return true;
	}
	if (mm->len == t->capacity) {
		size_t more = t->capacity ? t->capacity * 2 : 16;
		struct memmodel_run *runs = alloc_resize(mm->runs, more * sizeof(*runs));

		if (!runs)
			return err_sys(e, ENOMEM, "sections");
		mm->runs = runs;
		t->capacity = more;
	}
	mm->runs[mm->len++] = (struct memmodel_run){ pfn, base };
	return true;
}

/* The sections of one root: a page of mem_section entries. */
static bool read_root(struct section_table *t, uint64_t root, uint64_t virt, struct err *e)
{
	uint8_t page[PAGE_SIZE];
	struct view v = { page, (size_t)t->per_root * t->entry_size, 0 };

	if (!pagetable_read(t->pt, virt, page, v.len, e))
		return err_while(e, "section root %" PRIu64, root);
	for (size_t i = 0; i < t->per_root; i++) {
		uint64_t map = view_u64(&v, i * t->entry_size + t->map_offset);

		/* Struct pages of a section that is not online are not initialised. */
		if ((map & SECTION_HAS_MEM_MAP) && (map & SECTION_ONLINE) &&
		    !add_section(t, root * t->per_root + i, map & SECTION_ADDRESS, e))
			return false;
	}
	return true;
}

/* Roots are many (131,072 with 52 bits) and nearly all NULL: a page of pointers at a time. */
static bool read_roots(struct section_table *t, struct err *e)
{
	uint64_t pointers[PAGE_SIZE / ROOT_POINTER];
	uint64_t done = 0;

	while (done < t->roots) {
		uint64_t virt = t->roots_virt + done * ROOT_POINTER;
		uint64_t n = (PAGE_SIZE - (virt & (PAGE_SIZE - 1))) / ROOT_POINTER;

		if (n > t->roots - done)
			n = t->roots - done;
		if (!pagetable_read(t->pt, virt, pointers, (size_t)n * ROOT_POINTER, e))
			return err_while(e, "section table");
		for (uint64_t i = 0; i < n; i++)
			if (pointers[i] && !read_root(t, done + i, pointers[i], e))
				return false;
		done += n;
	}
	return true;
}

bool memmodel_init(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		   struct err *e)
{
	struct section_table t = { .pt = pt, .mm = mm };

	*mm = (struct memmodel){ 0 };
	if (!read_keys(&t, vi, e) || !read_roots(&t, e))
		return false;
	if (!mm->len)
		return err_set(e, ERR_KEY_VALUE, "the section table has no section");
	return true;
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

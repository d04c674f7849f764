/* The kernel's page tables, walked by physical address. */
/* Every table is read through the guard: one that lies outside RAM ends the walk. */
#include "kernel/pagetable.h"

#include <inttypes.h>

#define KERNEL_IMAGE_SIZE_MAX (1ull << 30)

struct range pagetable_kernel_part(const struct pagetable *pt)
{
	if (paging_word(&pt->paging) == 4)
		return (struct range){ pt->page_offset, UINT32_MAX & PAGE_MASK };
	return (struct range){ ~0ull << (pt->paging.virt_bits - 1), PAGE_MASK };
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

		pt->paging = paging_modes[pae ? PAGING_PAE : PAGING_2LEVEL];
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
	pt->paging = paging_modes[five ? PAGING_5LEVEL : PAGING_4LEVEL];
	pt->root = root - KERNEL_IMAGE_VIRT + phys_base;
	pt->paging.encryption = encryption;
	return true;
}

/* A table must be a whole page of RAM: firmware, devices and holes are never one. */
bool pagetable_check(const struct pagetable *pt, unsigned int level, uint64_t phys,
		     struct err *e)
{
	if (guard_is_ram(&pt->mem->guard, phys))
		return true;
	err_set(e, ERR_TABLE_OUTSIDE, "%s table at %#" PRIx64 " is not in System RAM",
		paging_level_name(&pt->paging, level), phys);
	return err_cause(e, "the entry that leads there, or VMCOREINFO, is not to be believed");
}

bool pagetable_loop(const struct pagetable *pt, unsigned int level, uint64_t phys,
		       struct err *e)
{
	return err_set(e, ERR_TABLE_LOOP, "%s table at %#" PRIx64 " is one of its own ancestors",
		       paging_level_name(&pt->paging, level), phys);
}

static bool address_error(const struct pagetable *pt, uint64_t virt, struct err *e)
{
	if (pt->paging.virt_bits == 32)
		return err_set(e, ERR_ADDRESS, "%#" PRIx64 " is no address of a 32-bit kernel", virt);
	return err_set(e, ERR_ADDRESS, "%#" PRIx64 " is not canonical with %u levels", virt,
		       pt->paging.levels);
}

bool pagetable_walk(const struct pagetable *pt, uint64_t virt, struct pagetable_walk *ret_walk,
		    struct err *e)
{
	struct pagetable_walk *w = ret_walk;
	uint64_t table = pt->root;

	*w = (struct pagetable_walk){ .virt = virt };
	if (!paging_is_canonical(&pt->paging, virt))
		return address_error(pt, virt, e);
	for (unsigned int level = pt->paging.levels; level > 0; level--) {
		struct pagetable_step *step = &w->steps[w->steps_len];
		unsigned int index = (unsigned int)(virt >> paging_shift(&pt->paging, level)) &
				     (paging_entries(&pt->paging, level) - 1);

		for (size_t i = 0; i < w->steps_len; i++)
			if ((w->steps[i].entry_phys & PAGE_MASK) == table)
				return pagetable_loop(pt, level, table, e);
		*step = (struct pagetable_step){ level, index,
						 table + pt->paging.entry_size * index, 0 };
		if (!pagetable_check(pt, level, table, e) ||
		    !mem_read(pt->mem, step->entry_phys, &step->entry, pt->paging.entry_size, e))
			return false;
		w->steps_len++;
		if (!(step->entry & PAGING_PRESENT))
			return err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " is not mapped: its %s entry "
				       "is not present", virt, paging_level_name(&pt->paging, level));
		table = paging_phys(&pt->paging, level, step->entry);
		if (paging_is_leaf(&pt->paging, level, step->entry)) {
			w->leaf_size = paging_size(&pt->paging, level);
			w->phys = table + (virt & (w->leaf_size - 1));
			return true;
		}
	}
	return err_set(e, ERR_NOT_MAPPED, "%#" PRIx64 " has no leaf", virt);
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

	if (!pagetable_read(pt, virt, &word, paging_word(&pt->paging), e))
		return false;
	*ret_word = word;
	return true;
}


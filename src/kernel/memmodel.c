/* The memory model: what the models have in common. */
/* How each is read: flatmem.c, sparsemem.c. */
#include "kernel/memmodel.h"

#include "base/alloc.h"
#include "base/names.h"
#include "kernel/flatmem.h"
#include "kernel/layout.h"
#include "kernel/sparsemem.h"

#include <errno.h>
#include <inttypes.h>

/* By enum memmodel_kind: the names of the kernel's configuration. */
static const char names[] = "FLATMEM\0SPARSEMEM\0SPARSEMEM_EXTREME\0SPARSEMEM_VMEMMAP";

const char *memmodel_name(const struct memmodel *mm)
{
	return name_at(names, mm->kind);
}

/*
 * The kernel reckons with words: where they have 32 bits, the struct page of pfn 0 would lie below
 * address 0 now and then. Kept is the base that leads to the right place in 64 bits.
 */
static uint64_t widen(const struct memmodel *mm, const struct pagetable *pt, uint64_t pfn,
		      uint64_t base)
{
	uint64_t off = pfn * mm->page_size;

	return paging_word(&pt->paging) == 4 ? (uint32_t)(base + off) - off : base;
}

bool memmodel_add(struct memmodel *mm, const struct pagetable *pt, const struct range *pfn,
		  uint64_t base, struct err *e)
{
	struct memmodel_run *last = mm->len ? &mm->runs[mm->len - 1] : NULL, *runs;

	base = widen(mm, pt, pfn->start, base);
	if (last && last->pfn.end == pfn->start && last->base == base) {
		last->pfn.end = pfn->end;
		return true;
	}
	runs = alloc_room(mm->runs, mm->len, sizeof(*runs));
	if (!runs)
		return err_sys(e, ENOMEM, "sections");
	mm->runs = runs;
	mm->runs[mm->len++] = (struct memmodel_run){ *pfn, base };
	return true;
}

bool memmodel_add_offline(struct memmodel *mm, const struct range *pfn, struct err *e)
{
	struct range *last = mm->offline_len ? &mm->offline[mm->offline_len - 1] : NULL, *ranges;

	if (last && last->end == pfn->start) {
		last->end = pfn->end;
		return true;
	}
	ranges = alloc_room(mm->offline, mm->offline_len, sizeof(*ranges));
	if (!ranges)
		return err_sys(e, ENOMEM, "sections");
	mm->offline = ranges;
	mm->offline[mm->offline_len++] = *pfn;
	return true;
}

bool memmodel_init(struct memmodel *mm, const struct pagetable *pt, const struct vmcoreinfo *vi,
		   struct err *e)
{
	uint64_t size = 0, unused;

	*mm = (struct memmodel){ 0 };
	if (!vmcoreinfo_within(vi, "SIZE(page)", 1, STRUCT_PAGE_MAX, &size, e))
		return false;
	mm->page_size = (size_t)size;
	/* x86_64 has no FLATMEM (arch/x86/Kconfig, 5.10 to 7.2). */
	if (paging_word(&pt->paging) == 4 && vmcoreinfo_optional(vi, "SYMBOL(mem_map)", &unused) &&
	    !vmcoreinfo_find(vi, "SYMBOL(mem_section)", &(size_t){ 0 }))
		return flatmem_read(mm, pt, vi, e);
	return sparsemem_read(mm, pt, vi, e);
}

void memmodel_deinit(struct memmodel *mm)
{
	alloc_free(mm->runs);
	alloc_free(mm->offline);
	*mm = (struct memmodel){ 0 };
}

const struct memmodel_run *memmodel_find(const struct memmodel *mm, uint64_t pfn)
{
	size_t low = 0, high = mm->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pfn < mm->runs[middle].pfn.start)
			high = middle;
		else if (pfn < mm->runs[middle].pfn.end)
			return &mm->runs[middle];
		else
			low = middle + 1;
	}
	return NULL;
}

bool memmodel_is_offline(const struct memmodel *mm, uint64_t pfn)
{
	for (size_t i = 0; i < mm->offline_len; i++)
		if (range_holds(&mm->offline[i], pfn, pfn + 1))
			return true;
	return false;
}

uint64_t memmodel_end(const struct memmodel *mm)
{
	return mm->len ? mm->runs[mm->len - 1].pfn.end : 0;
}

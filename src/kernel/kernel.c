/* One kernel, live or saved, opened in order. */
/* Composition only. */
#include "kernel/kernel.h"

#include "mem/elfcore.h"

bool kernel_open_iomem(struct kernel *k, struct mem *m, struct err *e)
{
	return iomem_read(&k->iomem, e) && iomem_allow(&k->iomem, &m->guard, e);
}

static bool open_vmcoreinfo(struct kernel *k, struct mem *m, struct err *e)
{
	struct view text;

	if (m->live)
		return vmcoreinfo_read(m, &k->vmcoreinfo, e);
	return elfcore_vmcoreinfo(m->core, &text, e) &&
	       vmcoreinfo_from_text(&text, &k->vmcoreinfo, e);
}

/* Classic SPARSEMEM has a base a section, and section numbers in the flags word. */
static bool check_vmemmap(const struct memmodel *mm, struct err *e)
{
	for (size_t i = 1; i < mm->len; i++)
		if (mm->runs[i].base != mm->runs[0].base)
			return err_set(e, ERR_UNSUPPORTED, "SPARSEMEM without VMEMMAP");
	return true;
}

static void close_pages(struct kernel *k)
{
	pagearray_deinit(&k->pages);
	memmodel_deinit(&k->memmodel);
	vmcoreinfo_deinit(&k->vmcoreinfo);
	k->is_open = false;
}

bool kernel_open(struct kernel *k, struct mem *m, struct err *e)
{
	k->is_open = open_vmcoreinfo(k, m, e) && layout_init(&k->layout, &k->vmcoreinfo, e) &&
		     pagetable_init(&k->pagetable, m, &k->vmcoreinfo, e) &&
		     memmodel_init(&k->memmodel, &k->pagetable, &k->vmcoreinfo, e) &&
		     check_vmemmap(&k->memmodel, e) &&
		     pagearray_init(&k->pages, &k->pagetable, &k->memmodel, k->layout.size, e);
	if (!k->is_open)
		close_pages(k);
	return k->is_open;
}

void kernel_close(struct kernel *k)
{
	close_pages(k);
	iomem_deinit(&k->iomem);
}

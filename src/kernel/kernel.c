/* One kernel, live or saved, opened in order. */
/* Composition only. */
#include "kernel/kernel.h"

#include "kernel/layoutbtf.h"
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

/*
 * BTF of the running kernel, where it has one that can be read: without it, VMCOREINFO and the
 * rules have to do.
 */
static bool open_layout(struct kernel *k, const struct mem *m, struct err *e)
{
	struct layoutbtf btf;
	bool good = false;

	k->no_btf = (struct err)ERR_INIT;
	if (m->live && layoutbtf_read(&btf, &k->vmcoreinfo, &k->no_btf)) {
		good = layout_init_btf(&k->layout, &k->vmcoreinfo, &btf, e);
		layoutbtf_deinit(&btf);
		if (good || e->kind != ERR_BTF)
			return good;
		k->no_btf = *e;
		*e = (struct err)ERR_INIT;
	}
	return layout_init(&k->layout, &k->vmcoreinfo, e);
}

static void close_pages(struct kernel *k)
{
	pagearray_deinit(&k->pages);
	memmodel_deinit(&k->memmodel);
	vmcoreinfo_deinit(&k->vmcoreinfo);
	k->is_open = false;
}

static bool open_model(struct kernel *k, struct err *e)
{
	if (!memmodel_init(&k->memmodel, &k->pagetable, &k->vmcoreinfo, e))
		return false;
	/* The flags word of x86_64 has sections when there is no VMEMMAP: only the table tells. */
	if (k->memmodel.kind == MEMMODEL_EXTREME)
		layout_set_sections(&k->layout, k->memmodel.section_bits);
	return true;
}

bool kernel_open(struct kernel *k, struct mem *m, struct err *e)
{
	k->is_open = open_vmcoreinfo(k, m, e) && open_layout(k, m, e) &&
		     pagetable_init(&k->pagetable, m, &k->vmcoreinfo, e) &&
		     open_model(k, e) &&
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

/* One kernel, live or saved: everything it tells of itself, opened in order. */
/* Composition only; each part has a file of its own. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "kernel/iomem.h"
#include "kernel/layout.h"
#include "kernel/memmodel.h"
#include "kernel/pagearray.h"
#include "kernel/pagetable.h"
#include "kernel/vmcoreinfo.h"

struct kernel {
	struct iomem iomem; /* empty for a file */
	struct vmcoreinfo vmcoreinfo;
	struct pagetable pagetable;
	struct page_layout layout;
	struct err no_btf; /* why the layout is without BTF: ENOENT where there is none */
	struct memmodel memmodel;
	struct pagearray pages;
	bool is_open; /* everything below iomem is valid */
};

/* Live only: /proc/iomem, and with it the guard of m. */
bool kernel_open_iomem(struct kernel *k, struct mem *m, struct err *e)
	__attribute__((warn_unused_result));
/* VMCOREINFO, page tables, memory model, struct page layout, struct page array. */
bool kernel_open(struct kernel *k, struct mem *m, struct err *e)
	__attribute__((warn_unused_result));
void kernel_close(struct kernel *k);

#endif

/* The struct page array: where its pieces lie in physical memory. */
/* Copies and shows bytes, and decodes none. */
#include "kernel/pagearray.h"

#include "base/alloc.h"
#include "kernel/pagescan.h"

#include <errno.h>
#include <inttypes.h>

static bool add_extent(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct pagearray *pa = arg;
	struct pagearray_extent *extents = alloc_room(pa->extents, pa->len, sizeof(*extents));

	if (!extents)
		return err_sys(e, ENOMEM, "struct page array");
	pa->extents = extents;
	pa->extents[pa->len++] = (struct pagearray_extent){
		run->virt.start, run->phys, run->virt.end - run->virt.start, run->mapped
	};
	return true;
}

static uint64_t page_virt(const struct pagearray *pa, const struct memmodel_run *run, uint64_t pfn)
{
	return run->base + pfn * pa->page_size;
}

bool pagearray_init(struct pagearray *pa, const struct pagetable *pt, const struct memmodel *mm,
		    size_t page_size, struct err *e)
{
	*pa = (struct pagearray){ .mem = pt->mem, .memmodel = mm, .page_size = page_size };
	for (size_t i = 0; i < mm->len; i++) {
		const struct memmodel_run *run = &mm->runs[i];

		if (!pagescan_each(pt, page_virt(pa, run, run->pfn.start),
				    page_virt(pa, run, run->pfn.end), add_extent, pa, e))
			return err_while(e, "struct page array");
	}
	return true;
}

void pagearray_deinit(struct pagearray *pa)
{
	alloc_free(pa->extents);
	*pa = (struct pagearray){ 0 };
}

static const struct pagearray_extent *find_extent(const struct pagearray *pa, uint64_t virt)
{
	for (size_t i = 0; i < pa->len; i++)
		if (virt - pa->extents[i].virt < pa->extents[i].len)
			return &pa->extents[i];
	return NULL;
}

static bool no_page(uint64_t pfn, struct err *e)
{
	err_set(e, ERR_NO_PAGE, "pfn %#" PRIx64 " has no struct page", pfn);
	return err_cause(e, "no memory section that is online covers it");
}

bool pagearray_virt(const struct pagearray *pa, uint64_t pfn, uint64_t *ret_virt)
{
	const struct memmodel_run *run = memmodel_find(pa->memmodel, pfn);

	if (!run)
		return false;
	*ret_virt = page_virt(pa, run, pfn);
	return true;
}

bool pagearray_pfn(const struct pagearray *pa, uint64_t virt, uint64_t *ret_pfn)
{
	for (size_t i = 0; i < pa->memmodel->len; i++) {
		const struct memmodel_run *run = &pa->memmodel->runs[i];
		uint64_t off = virt - run->base;
		uint64_t pfn = off / pa->page_size;

		if (off % pa->page_size == 0 && range_holds(&run->pfn, pfn, pfn + 1)) {
			*ret_pfn = pfn;
			return true;
		}
	}
	return false;
}

/* The bytes of the struct pages from virt on, across extents. */
static bool read_virt(const struct pagearray *pa, uint64_t pfn, uint64_t virt, uint8_t *to,
		      uint64_t len, struct err *e)
{
	while (len) {
		const struct pagearray_extent *x = find_extent(pa, virt);
		uint64_t n, skip;

		if (!x || !x->mapped)
			return no_page(pfn, e);
		skip = virt - x->virt;
		n = x->len - skip < len ? x->len - skip : len;
		if (!mem_read(pa->mem, x->phys + skip, to, (size_t)n, e))
			return err_while(e, "struct page of pfn %#" PRIx64, pfn);
		virt += n;
		to += n;
		len -= n;
	}
	return true;
}

bool pagearray_read(const struct pagearray *pa, uint64_t first, size_t count, void *buf,
		    struct err *e)
{
	uint8_t *to = buf;

	while (count) {
		const struct memmodel_run *run = memmodel_find(pa->memmodel, first);
		size_t n;

		if (!run)
			return no_page(first, e);
		n = run->pfn.end - first < count ? (size_t)(run->pfn.end - first) : count;
		if (!read_virt(pa, first, page_virt(pa, run, first), to, n * pa->page_size, e))
			return false;
		first += n;
		to += n * pa->page_size;
		count -= n;
	}
	return true;
}

/* How many pfns from first on have no struct page, up to end. */
static uint64_t gap(const struct pagearray *pa, uint64_t first, uint64_t end)
{
	for (size_t i = 0; i < pa->memmodel->len; i++) {
		const struct range *pfn = &pa->memmodel->runs[i].pfn;

		if (pfn->start > first)
			return (pfn->start < end ? pfn->start : end) - first;
	}
	return end - first;
}

bool pagearray_window(const struct pagearray *pa, uint64_t first, uint64_t end,
		      struct mem_window *ret_window, uint64_t *ret_count, struct err *e)
{
	const struct memmodel_run *run = memmodel_find(pa->memmodel, first);
	const struct pagearray_extent *x;
	uint64_t virt, rest, count;

	if (!run) {
		*ret_count = gap(pa, first, end);
		return no_page(first, e);
	}
	virt = page_virt(pa, run, first);
	x = find_extent(pa, virt);
	rest = x ? x->virt + x->len - virt : pa->page_size;
	count = num_least(rest / pa->page_size, num_least(run->pfn.end, end) - first);
	if (!x || !x->mapped) {
		*ret_count = count ? count : 1;
		return no_page(first, e);
	}
	if (!count) {
		*ret_count = 1;
		return err_set(e, ERR_UNSUPPORTED, "struct page of pfn %#" PRIx64
			       " lies in two pieces", first);
	}
	count = num_least(count, MEM_WINDOW_MAX / pa->page_size);
	*ret_count = count;
	return mem_window_open(pa->mem, x->phys + (virt - x->virt),
			       (size_t)count * pa->page_size, ret_window, e);
}

/* The struct page array: where its pieces lie in physical memory. */
/* Copies and shows bytes, and decodes none. */
#include "kernel/pagearray.h"

#include "base/alloc.h"
#include "kernel/pagescan.h"

#include <errno.h>
#include <inttypes.h>

/* How many pfns from first on have no struct page, up to end. */
static uint64_t gap(const struct pagearray *pa, uint64_t first, uint64_t end)
{
	for (size_t i = 0; i < pa->memmodel->len; i++) {
		const struct range *pfn = &pa->memmodel->runs[i].pfn;

		if (pfn->start > first)
			return num_least(pfn->start, end) - first;
	}
	return end - first;
}

/* Is x one page, and the same one as all of last in front of it? */
static bool is_same(const struct pagearray_extent *last, const struct pagearray_extent *x)
{
	return last->mapped && x->mapped && last->phys == x->phys && x->len == PAGE_SIZE &&
	       !(x->virt % PAGE_SIZE) && last->virt + last->len == x->virt &&
	       (last->same || last->len == PAGE_SIZE);
}

/* Behind the others, or where its address belongs: without VMEMMAP arrays lie in any order. */
static bool add_extent(struct pagearray *pa, const struct pagearray_extent *x, struct err *e)
{
	struct pagearray_extent *extents;
	size_t at = pa->len;

	if (at && is_same(&pa->extents[at - 1], x)) {
		pa->extents[at - 1].len += PAGE_SIZE;
		pa->extents[at - 1].same = true;
		return true;
	}
	extents = alloc_room(pa->extents, pa->len, sizeof(*extents));
	if (!extents)
		return err_sys(e, ENOMEM, "struct page array");
	pa->extents = extents;
	for (; at && extents[at - 1].virt > x->virt; at--)
		extents[at] = extents[at - 1];
	extents[at] = *x;
	pa->len++;
	return true;
}

/* How far from phys on memory is RAM that is online, or is not, at most to end. */
static uint64_t same_until(const struct pagearray *pa, uint64_t phys, uint64_t end, bool *ret_ram)
{
	const struct memmodel_run *run = memmodel_find(pa->memmodel, phys >> PAGE_SHIFT);
	uint64_t pfns = run ? run->pfn.end : (phys >> PAGE_SHIFT) + gap(pa, phys >> PAGE_SHIFT,
									PHYS_END >> PAGE_SHIFT);

	*ret_ram = run && guard_is_ram(&pa->mem->guard, phys);
	return num_least(num_least(pfns << PAGE_SHIFT, guard_edge(&pa->mem->guard, phys)), end);
}

static bool add_run(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct pagearray *pa = arg;
	uint64_t virt = run->virt.start, len;

	for (; virt < run->virt.end; virt += len) {
		uint64_t phys = run->phys + (virt - run->virt.start);
		bool ram = false;

		len = run->virt.end - virt;
		if (run->mapped)
			len = same_until(pa, phys, phys + len, &ram) - phys;
		if (!add_extent(pa, &(struct pagearray_extent){ virt, phys, len, ram,
								 run->mapped && !ram, false }, e))
			return false;
	}
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
				    page_virt(pa, run, run->pfn.end), add_run, pa, e))
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
	size_t low = 0, high = pa->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pagearray_extent *x = &pa->extents[middle];

		if (virt - x->virt < x->len)
			return x;
		if (virt < x->virt)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Of the byte skip bytes into x; *ret_len are there side by side. */
static uint64_t extent_phys(const struct pagearray_extent *x, uint64_t skip, uint64_t *ret_len)
{
	uint64_t at = x->same ? skip % PAGE_SIZE : skip;

	*ret_len = (x->same ? PAGE_SIZE : x->len) - at;
	return x->phys + at;
}

/* x: where its struct page should lie, NULL when it has none. */
static bool no_page(const struct pagearray *pa, uint64_t pfn, const struct pagearray_extent *x,
		    struct err *e)
{
	err_set(e, ERR_NO_PAGE, "pfn %#" PRIx64 " has no struct page", pfn);
	if (x && x->outside)
		return err_cause(e, "it lies at %#" PRIx64 ", where no RAM is online: the memory of "
				    "a device, or going away", x->phys);
	if (x)
		return err_cause(e, "the kernel has not mapped the place for it");
	if (memmodel_is_offline(pa->memmodel, pfn))
		return err_cause(e, "its memory section is not online, and nobody has filled it");
	return err_cause(e, pa->memmodel->section_shift
				    ? "no memory section that is online covers it"
				    : "it lies outside of the node's memory");
}

bool pagearray_virt(const struct pagearray *pa, uint64_t pfn, uint64_t *ret_virt)
{
	const struct memmodel_run *run = memmodel_find(pa->memmodel, pfn);

	if (!run)
		return false;
	*ret_virt = page_virt(pa, run, pfn);
	return true;
}

bool pagearray_holder(const struct pagearray *pa, uint64_t virt, uint64_t *ret_pfn)
{
	for (size_t i = 0; i < pa->memmodel->len; i++) {
		const struct memmodel_run *run = &pa->memmodel->runs[i];
		uint64_t pfn = (virt - run->base) / pa->page_size;

		if (range_holds(&run->pfn, pfn, pfn + 1)) {
			*ret_pfn = pfn;
			return true;
		}
	}
	return false;
}

bool pagearray_pfn(const struct pagearray *pa, uint64_t virt, uint64_t *ret_pfn)
{
	uint64_t pfn = 0, start = 0;

	if (!pagearray_holder(pa, virt, &pfn) || !pagearray_virt(pa, pfn, &start) || start != virt)
		return false;
	*ret_pfn = pfn;
	return true;
}

/* The bytes of the struct pages from virt on, across extents. */
static bool read_virt(const struct pagearray *pa, uint64_t pfn, uint64_t virt, uint8_t *to,
		      uint64_t len, struct err *e)
{
	while (len) {
		const struct pagearray_extent *x = find_extent(pa, virt);
		uint64_t n, phys;

		if (!x || !x->mapped)
			return no_page(pa, pfn, x, e);
		phys = extent_phys(x, virt - x->virt, &n);
		n = num_least(n, len);
		if (!mem_read(pa->mem, phys, to, (size_t)n, e))
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
			return no_page(pa, first, NULL, e);
		n = run->pfn.end - first < count ? (size_t)(run->pfn.end - first) : count;
		if (!read_virt(pa, first, page_virt(pa, run, first), to, n * pa->page_size, e))
			return false;
		first += n;
		to += n * pa->page_size;
		count -= n;
	}
	return true;
}

/* How many times the page of struct pages at skip stands there in a row, for pfns at most. */
static uint64_t copies(const struct pagearray *pa, const struct pagearray_extent *x, uint64_t skip,
		       uint64_t pfns)
{
	uint64_t n = num_least(x->len - skip, pfns * pa->page_size) / PAGE_SIZE;

	return !x->same || skip % PAGE_SIZE || PAGE_SIZE % pa->page_size || !n ? 1 : n;
}

bool pagearray_window(const struct pagearray *pa, uint64_t first, uint64_t end,
		      struct mem_window *ret_window, uint64_t *ret_count, uint64_t *ret_copies,
		      struct err *e)
{
	const struct memmodel_run *run = memmodel_find(pa->memmodel, first);
	const struct pagearray_extent *x;
	uint64_t virt, rest, count, pfns, phys = 0;

	*ret_copies = 1;
	if (!run) {
		*ret_count = gap(pa, first, end);
		return no_page(pa, first, NULL, e);
	}
	virt = page_virt(pa, run, first);
	pfns = num_least(run->pfn.end, end) - first;
	x = find_extent(pa, virt);
	rest = x ? x->virt + x->len - virt : pa->page_size;
	if (x && x->mapped)
		phys = extent_phys(x, virt - x->virt, &rest);
	count = num_least(rest / pa->page_size, pfns);
	if (!x || !x->mapped) {
		*ret_count = count ? count : 1;
		return no_page(pa, first, x, e);
	}
	if (!count) {
		*ret_count = 1;
		return err_set(e, ERR_UNSUPPORTED, "struct page of pfn %#" PRIx64
			       " lies in two pieces", first);
	}
	count = num_least(count, MEM_WINDOW_MAX / pa->page_size);
	*ret_count = count;
	if (!mem_window_open(pa->mem, phys, (size_t)count * pa->page_size, ret_window, e))
		return false;
	*ret_copies = copies(pa, x, virt - x->virt, pfns);
	return true;
}

/* The kernel's page tables, turned round: from a physical address to the virtual ones. */
/* Reads tables only, and names an area only where its place is certain. */
#include "kernel/mappings.h"

#include "base/alloc.h"

#include <errno.h>

#define GIB (1ull << 30)
/* Runs so long are looked at one by one, shorter ones by bisection. */
#define LARGE (2ull << 20)

struct first_run {
	struct pagescan_run run;
	bool found;
};

/* Keeps the first run that is mapped, and stops there. */
static bool take_first(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct first_run *first = arg;

	(void)e;
	if (!run->mapped)
		return true;
	first->run = *run;
	first->found = true;
	return false;
}

/* The first run of the upper half as the start of the direct map: see mappings.h. */
static bool is_direct(const struct pagetable *pt, uint64_t virt, uint64_t phys, uint64_t *ret_base)
{
	uint64_t base = virt - phys;
	struct err ignored = ERR_INIT;
	struct pagetable_walk w;

	if (base % GIB || base < pagetable_kernel_part(pt).start ||
	    !pagetable_walk(pt, base + pt->root, &w, &ignored) || w.phys != pt->root)
		return false;
	*ret_base = base;
	return true;
}

bool mappings_direct(const struct pagetable *pt, uint64_t *ret_base)
{
	struct pagescan scan = { .tables_max = MAPPINGS_TABLES_MAX };
	struct range part = pagetable_kernel_part(pt);
	struct first_run first = { 0 };
	struct err ignored = ERR_INIT;

	/* With 32 bits the page tables were found by it. */
	if (pt->page_offset) {
		*ret_base = pt->page_offset;
		return true;
	}
	(void)!pagescan_all(pt, part.start, part.end, take_first, &first, &scan, &ignored);
	return first.found && is_direct(pt, first.run.virt.start, first.run.phys, ret_base);
}

bool mappings_is_direct(const struct pagetable *pt, uint64_t virt, uint64_t phys)
{
	uint64_t base = 0;

	/* What is_direct() asks of a base first, before tables are read to find it. */
	return (pt->page_offset || (virt - phys) % GIB == 0) && mappings_direct(pt, &base) &&
	       virt - phys == base;
}

/* A stretch of the direct map, as far as it leads to itself. */
struct stretch {
	uint64_t base, end; /* end: physical */
};

static bool follow(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct stretch *s = arg;

	(void)e;
	if (!run->mapped || run->virt.start - run->phys != s->base)
		return false;
	s->end = run->virt.end - s->base;
	return true;
}

bool mappings_direct_end(const struct pagetable *pt, uint64_t base, uint64_t phys, uint64_t end,
			 uint64_t *ret_end, struct err *e)
{
	struct stretch s = { base, phys };
	struct err why = ERR_INIT;

	/* With 32 bits it ends long before RAM does. */
	end = num_least(end, pagetable_kernel_part(pt).end - base);
	if (phys < end && !pagescan_each(pt, base + phys, base + end, follow, &s, &why) &&
	    why.kind != ERR_NONE) {
		*e = why;
		return false;
	}
	*ret_end = s.end;
	return true;
}

static bool keep(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct mappings *m = arg;
	struct mapping *runs;

	if (!run->mapped)
		return true;
	if (m->len == MAPPINGS_MAX) {
		m->capped = true;
		return false;
	}
	runs = alloc_room(m->runs, m->len, sizeof(*runs));
	if (!runs)
		return err_sys(e, ENOMEM, "mappings of the kernel");
	m->runs = runs;
	m->runs[m->len++] = (struct mapping){ run->virt.start, run->phys,
					      run->virt.end - run->virt.start };
	return true;
}

static bool before(const struct mapping *a, const struct mapping *b)
{
	bool large = a->len >= LARGE;

	return large != (b->len >= LARGE) ? large : a->phys < b->phys;
}

/* Shellsort: short, and the runs are mostly in order. Gaps of M. Ciura, 2001, then 9/4 times. */
static void sort(struct mapping *runs, size_t len)
{
	static const size_t gaps[] = { 75000, 33000, 15000, 7000, 3100, 1400, 701, 301,
				       132,   57,    23,    10,	  4,	1 };

	for (size_t g = 0; g < ARRAY_LEN(gaps); g++) {
		size_t gap = gaps[g];

		for (size_t i = gap; i < len; i++) {
			struct mapping one = runs[i];
			size_t j = i;

			for (; j >= gap && before(&one, &runs[j - gap]); j -= gap)
				runs[j] = runs[j - gap];
			runs[j] = one;
		}
	}
}

static void add_area(struct mappings *m, uint64_t start, uint64_t end, const char *name)
{
	if (start < end && m->areas_len < MAPPINGS_AREAS_MAX)
		m->areas[m->areas_len++] = (struct mappings_area){ { start, end }, name };
}

/*
 * Documentation/x86/x86_64/mm.rst, 5.10 to 7.2. The direct map, vmalloc and vmemmap follow one
 * another in this order wherever KASLR puts them (arch/x86/mm/kaslr.c). From cpu_entry_area on
 * addresses are fixed; what lies between modules and image is told by KERNEL_IMAGE_SIZE.
 */
static void find_areas(struct mappings *m, const struct pagetable *pt, const struct memmodel *mm,
		       size_t page_size, const struct vmcoreinfo *vi)
{
	uint64_t array = mm->len ? mm->runs[0].base : 0, end = pagetable_kernel_part(pt).end, size;

	m->has_direct = pt->page_offset ? mappings_direct(pt, &m->direct)
					: m->len && is_direct(pt, m->runs[0].virt, m->runs[0].phys,
							      &m->direct);
	if (pt->page_offset)
		return;
	if (m->has_direct)
		add_area(m, m->direct + guard_ram_end(&pt->mem->guard), array, "vmalloc");
	add_area(m, array, array + memmodel_end(mm) * page_size, "vmemmap");
	add_area(m, 0xfffffe0000000000, 0xfffffe8000000000, "cpu entry area");
	add_area(m, 0xffffff0000000000, 0xffffff8000000000, "espfix stacks");
	if (vmcoreinfo_optional(vi, "NUMBER(KERNEL_IMAGE_SIZE)", &size) &&
	    size < end - KERNEL_IMAGE_VIRT) {
		add_area(m, KERNEL_IMAGE_VIRT, KERNEL_IMAGE_VIRT + size, "kernel image");
		add_area(m, KERNEL_IMAGE_VIRT + size, 0xffffffffff000000, "modules");
	}
	add_area(m, 0xffffffffff000000, end, "fixmap");
}

bool mappings_init(struct mappings *m, const struct pagetable *pt, const struct memmodel *mm,
		   size_t page_size, const struct vmcoreinfo *vi, struct err *e)
{
	struct range part = pagetable_kernel_part(pt);
	struct err why = ERR_INIT;

	*m = (struct mappings){ .scan = { .tables_max = MAPPINGS_TABLES_MAX } };
	if (!pagescan_all(pt, part.start, part.end, keep, m, &m->scan, &why) && !m->capped) {
		mappings_deinit(m);
		*e = why;
		return err_while(e, "page tables of the kernel");
	}
	m->capped = m->capped || m->scan.capped;
	find_areas(m, pt, mm, page_size, vi);
	sort(m->runs, m->len);
	while (m->large_len < m->len && m->runs[m->large_len].len >= LARGE)
		m->large_len++;
	return true;
}

void mappings_deinit(struct mappings *m)
{
	alloc_free(m->runs);
	m->runs = NULL;
	m->len = m->large_len = 0;
}

/* The first of the short runs that can reach phys: none of them is as long as LARGE. */
static size_t first_short(const struct mappings *m, uint64_t phys)
{
	uint64_t from = phys >= LARGE ? phys - LARGE : 0;
	size_t low = m->large_len, high = m->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->runs[middle].phys < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool mappings_next(const struct mappings *m, uint64_t phys, size_t *at, uint64_t *ret_virt)
{
	for (size_t i = *at; i < m->len; i++) {
		const struct mapping *run;

		if (i == m->large_len)
			i = first_short(m, phys);
		if (i == m->len || (i >= m->large_len && m->runs[i].phys > phys))
			return false;
		run = &m->runs[i];
		if (phys - run->phys >= run->len)
			continue;
		*at = i + 1;
		*ret_virt = run->virt + (phys - run->phys);
		return true;
	}
	return false;
}

const char *mappings_area(const struct mappings *m, uint64_t virt, uint64_t phys)
{
	if (m->has_direct && virt - phys == m->direct)
		return "direct map";
	for (size_t i = 0; i < m->areas_len; i++)
		if (range_holds(&m->areas[i].virt, virt, virt + 1))
			return m->areas[i].name;
	return NULL;
}

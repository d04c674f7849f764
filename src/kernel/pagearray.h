/* The struct page array as pieces of physical memory, found by walking the page tables. */
/* Finds and shows bytes; what they mean is for decode/ and census/. */
#ifndef KERNEL_PAGEARRAY_H
#define KERNEL_PAGEARRAY_H

#include "kernel/layout.h"
#include "kernel/memmodel.h"

/* Struct pages next to each other in virtual and physical memory. */
struct pagearray_extent {
	uint64_t virt, phys, len; /* bytes; virt and len need not be multiples of SIZE(page) */
	bool mapped;
	/*
	 * Mapped, but to no RAM that is online (memory of a device that keeps its own struct pages,
	 * altmap; or a block that went away): not to be touched, and mapped is false.
	 */
	bool outside;
	/*
	 * Every page of it is the one at phys: where hugetlb does without most of its struct pages
	 * (mm/hugetlb_vmemmap.c, 6.1 to 7.2), the tails of a huge page share a page of them.
	 */
	bool same;
};

/*
 * A struct page is known by its virtual address: one physical page may stand for several of the
 * array (hugetlb's optimised vmemmap), and one struct page may begin in a page and end in another.
 */
struct pagearray {
	struct mem *mem;
	const struct memmodel *memmodel;
	size_t page_size;
	size_t len;
	struct pagearray_extent *extents; /* owned, by rising virtual address, none over another */
};

/* Kinds: those of pagescan_each(), ERR_SYSTEM. */
bool pagearray_init(struct pagearray *pa, const struct pagetable *pt, const struct memmodel *mm,
		    size_t page_size, struct err *e) __attribute__((warn_unused_result));
void pagearray_deinit(struct pagearray *pa);

/*
 * Copies the struct pages of count pfns from first into buf. Kinds: ERR_NO_PAGE when any of
 * them has none, and those of mem_read().
 */
bool pagearray_read(const struct pagearray *pa, uint64_t first, size_t count, void *buf,
		    struct err *e) __attribute__((warn_unused_result));
/*
 * A window on struct pages from first on: as many as lie together in physical memory, at most
 * MEM_WINDOW_MAX bytes, at least one, not past end. ret_window->view starts at first's struct page.
 * *ret_copies: how many times in a row these very bytes are the struct pages of *ret_count pfns, 1
 * but where an extent is all the same page.
 * Kinds: ERR_NO_PAGE, with *ret_count the pfns to skip; ERR_UNSUPPORTED when first's struct
 * page straddles two extents (read it with pagearray_read()), *ret_count 1; those of
 * mem_window_open(), *ret_count as asked.
 */
bool pagearray_window(const struct pagearray *pa, uint64_t first, uint64_t end,
		      struct mem_window *ret_window, uint64_t *ret_count, uint64_t *ret_copies,
		      struct err *e) __attribute__((warn_unused_result));
/* The virtual address of pfn's struct page; false when it has none. */
bool pagearray_virt(const struct pagearray *pa, uint64_t pfn, uint64_t *ret_virt);
/* The pfn whose struct page has the byte at virt; false when it is none's. */
bool pagearray_holder(const struct pagearray *pa, uint64_t virt, uint64_t *ret_pfn);
/* The pfn whose struct page is at virt; false when it is none's, or not at a struct page's start. */
bool pagearray_pfn(const struct pagearray *pa, uint64_t virt, uint64_t *ret_pfn);

#endif

/* Which pages of RAM may be touched, by what their struct pages say. */
/* Reads struct pages, never the pages themselves. */
#include "cmd/safe.h"

#include "decode/page.h"

#include <inttypes.h>

#define AT_ONCE 64u /* struct pages read together */

static const char *danger(const struct page_layout *l, const struct page_facts *p)
{
	if (layout_has_flag(l, p->flags, PF_HWPOISON))
		return "its memory is bad (hwpoison)";
	if (page_has_type(l, p, PT_OFFLINE))
		return "it was given back (offline, ballooned)";
	return NULL;
}

/* Is the page bad? What its struct page cannot tell is no reason to touch it. */
static bool is_bad(const struct context *c, uint64_t pfn, struct err *e)
{
	const struct page_layout *l = &c->kernel.layout;
	uint8_t page[STRUCT_PAGE_MAX];
	struct view v = { page, l->size, 0 };
	struct page_facts p;
	const char *why;

	if (!pagearray_read(&c->kernel.pages, pfn, 1, page, e))
		return e->kind != ERR_NO_PAGE;
	page_decode(l, &v, &p);
	why = danger(l, &p);
	if (!why)
		return false;
	err_set(e, ERR_GUARD, "page at %#" PRIx64 " not touched", pfn << PAGE_SHIFT);
	err_cause(e, "%s", why);
	return true;
}

/* The same for pages together: the first bad one of [first, end), at most AT_ONCE, or end. */
static uint64_t first_bad(const struct context *c, uint64_t first, uint64_t end, struct err *e)
{
	const struct page_layout *l = &c->kernel.layout;
	uint8_t pages[AT_ONCE * STRUCT_PAGE_MAX];
	struct err ignored = ERR_INIT;
	bool have = pagearray_read(&c->kernel.pages, first, (size_t)(end - first), pages, &ignored);

	for (uint64_t pfn = first; pfn < end; pfn++) {
		struct view v = { pages + (pfn - first) * l->size, l->size, 0 };
		struct page_facts p;

		if (have)
			page_decode(l, &v, &p);
		if (!(have && !danger(l, &p)) && is_bad(c, pfn, e))
			return pfn;
	}
	return end;
}

uint64_t safe_end(const struct context *c, uint64_t phys, uint64_t end, struct err *e)
{
	uint64_t pfn = phys >> PAGE_SHIFT, stop = (end + PAGE_SIZE - 1) >> PAGE_SHIFT;
	struct err why = ERR_INIT;

	if (!c->mem.live || !c->kernel.is_open)
		return end;
	while (pfn < stop) {
		uint64_t piece = stop - pfn < AT_ONCE ? stop : pfn + AT_ONCE;
		uint64_t bad = first_bad(c, pfn, piece, &why);

		if (bad < piece) {
			*e = why;
			return bad << PAGE_SHIFT > phys ? bad << PAGE_SHIFT : phys;
		}
		pfn = piece;
	}
	return end;
}

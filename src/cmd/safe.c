/* Which pages of RAM may be touched, by what their struct pages say. */
/* Reads struct pages, never the pages themselves. */
#include "cmd/safe.h"

#include "decode/page.h"

#include <inttypes.h>

#define AT_ONCE 64u /* struct pages read together */
#define STRUCT_PAGE_MAX 256u

static const char *danger(const struct page_layout *l, const struct page_facts *p)
{
	if (layout_has_flag(l, p->flags, PF_HWPOISON))
		return "its memory is bad (hwpoison)";
	if (page_has_type(l, p, PT_OFFLINE))
		return "it was given back (offline, ballooned)";
	return NULL;
}

/* Of the pfns [first, end), at most AT_ONCE: the first that is not safe, or end. */
static uint64_t first_unsafe(const struct context *c, uint64_t first, uint64_t end, struct err *e)
{
	const struct page_layout *l = &c->kernel.layout;
	uint8_t pages[AT_ONCE * STRUCT_PAGE_MAX];
	struct err ignored = ERR_INIT;

	if (!pagearray_read(&c->kernel.pages, first, (size_t)(end - first), pages, &ignored))
		return end;
	for (uint64_t pfn = first; pfn < end; pfn++) {
		struct view v = { pages + (pfn - first) * l->size, l->size, 0 };
		struct page_facts p;
		const char *why;

		page_decode(l, &v, &p);
		why = danger(l, &p);
		if (why) {
			err_set(e, ERR_GUARD, "page at %#" PRIx64 " not touched", pfn << PAGE_SHIFT);
			err_cause(e, "%s", why);
			return pfn;
		}
	}
	return end;
}

uint64_t safe_end(const struct context *c, uint64_t phys, uint64_t end, struct err *e)
{
	uint64_t pfn = phys >> PAGE_SHIFT, stop = (end + PAGE_SIZE - 1) >> PAGE_SHIFT;

	if (!c->mem.live || !c->kernel.is_open)
		return end;
	while (pfn < stop) {
		uint64_t piece = stop - pfn < AT_ONCE ? stop : pfn + AT_ONCE;
		uint64_t bad = first_unsafe(c, pfn, piece, e);

		if (bad < piece)
			return bad << PAGE_SHIFT > phys ? bad << PAGE_SHIFT : phys;
		pfn = piece;
	}
	return end;
}

/* Which pages may be touched, by what the kernel says of each. */
/* Reads struct pages and page tables, never the pages themselves. */
#include "cmd/safe.h"

#include "census/oracle.h"
#include "decode/page.h"
#include "kernel/mappings.h"

#include <inttypes.h>
#include <string.h>

#define AT_ONCE 64u /* pages asked about together */

/* What is known of a page; the reasons against touching it come first. */
enum {
	BAD = 1u << 0,
	GIVEN_BACK = 1u << 1,
	UNACCEPTED = 1u << 2,
	NOT_ONLINE = 1u << 3,
	UNKNOWN = 1u << 4,
	NO_DIRECT_MAP = 1u << 5,
	REASONS = (1u << 6) - 1,
	ALONE = 1u << 6, /* not write-back */
	HIGH = 1u << 7, /* of a 32-bit kernel, which keeps it out of its direct map */
};

static const uint8_t causes[] = {
	CAUSE_HWPOISON,	   CAUSE_OFFLINE,	CAUSE_UNACCEPTED,
	CAUSE_NOT_ONLINE, CAUSE_STATE_UNKNOWN, CAUSE_DIRECT_MAP_HOLE,
};

static bool is_high(const struct page_layout *l, uint64_t flags)
{
	unsigned int zone = layout_zone(l, flags);

	return l->word == 4 && zone < l->zones && l->zone_names[zone] &&
	       !strcmp(l->zone_names[zone], "HighMem");
}

static uint8_t by_struct_page(const struct page_layout *l, const struct view *v)
{
	struct page_facts p;
	enum cache_type cache;

	page_decode(l, 0, v, &p);
	cache = layout_cache(l, p.flags);
	return (uint8_t)((layout_has_flag(l, p.flags, PF_HWPOISON) ? BAD : 0) |
			 (page_has_type(l, &p, PT_OFFLINE) ? GIVEN_BACK : 0) |
			 (page_has_type(l, &p, PT_UNACCEPTED) ? UNACCEPTED : 0) |
			 (cache == CACHE_WB || cache == CACHE_UNKNOWN ? 0 : ALONE) |
			 (is_high(l, p.flags) ? HIGH : 0));
}

/* The second source, for kernels whose struct pages are not understood or not to be had. */
static uint8_t by_kpageflags(const struct mem *m, uint64_t pfn)
{
	static const uint8_t bits[][2] = {
		{ KPF_HWPOISON, BAD },	  { KPF_OFFLINE, GIVEN_BACK }, { KPF_NOPAGE, NOT_ONLINE },
		{ KPF_UNCACHED, ALONE }, { KPF_ARCH, ALONE },	      { KPF_ARCH_2, ALONE },
	};
	uint64_t word;
	uint8_t state = 0;

	if (!mem_flags(m, pfn, &word, 1))
		return UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		if (word >> bits[i][0] & 1)
			state |= bits[i][1];
	return state;
}

/* One page for itself, when not all of them could be had together. */
static uint8_t state_of(struct context *c, uint64_t pfn)
{
	const struct page_layout *l = &c->kernel.layout;
	uint8_t page[STRUCT_PAGE_MAX];
	struct view v = { page, l->size, 0 };
	struct err e = ERR_INIT;

	if (c->kernel.is_open && pagearray_read(&c->kernel.pages, pfn, 1, page, &e))
		return by_struct_page(l, &v);
	if (e.kind == ERR_NO_PAGE)
		return NOT_ONLINE;
	return by_kpageflags(&c->mem, pfn);
}

static void read_states(struct context *c, uint64_t first, size_t count, uint8_t *states)
{
	const struct page_layout *l = &c->kernel.layout;
	uint8_t pages[AT_ONCE * STRUCT_PAGE_MAX];
	struct err ignored = ERR_INIT;
	bool have = c->kernel.is_open &&
		    pagearray_read(&c->kernel.pages, first, count, pages, &ignored);

	for (size_t i = 0; i < count; i++) {
		struct view v = { pages + i * l->size, l->size, 0 };

		states[i] = have ? by_struct_page(l, &v) : state_of(c, first + i);
	}
	/*
	 * A memory block may have gone offline since the sections were read. One page stands for
	 * all: a section is larger, and these lie side by side at a multiple of their number.
	 */
	if (c->kernel.is_open && (by_kpageflags(&c->mem, first) & NOT_ONLINE))
		memset(states, NOT_ONLINE, count);
}

/*
 * Marks the first page that the direct map does not lead to and all behind it: should that page
 * be allowed all the same, these are asked about again.
 */
static void read_direct(struct context *c, uint64_t first, size_t count, uint8_t *states)
{
	const struct pagetable *pt = &c->kernel.pagetable;
	struct safe_state *s = &c->safe;
	uint64_t phys = first << PAGE_SHIFT, end = phys + count * PAGE_SIZE;
	struct err ignored = ERR_INIT;

	if (!c->kernel.is_open)
		return;
	/* All RAM above the first page of it is. */
	for (size_t i = 0; i < count && phys < end; i++)
		if (states[i] & HIGH)
			end = num_least(end, (first + i) << PAGE_SHIFT);
	if (phys == end)
		return;
	if (!s->tried_direct)
		s->has_direct = mappings_direct(pt, &s->direct);
	s->tried_direct = true;
	if (!s->has_direct || range_holds(&s->whole, phys, end))
		return;
	if (s->keep && guard_is_ram(&c->mem.guard, phys)) {
		s->whole = (struct range){ phys, phys };
		(void)!mappings_direct_end(pt, s->direct, phys,
					   guard_run_end(&c->mem.guard, phys, GUARD_READ),
					   &s->whole.end, &ignored);
		phys = num_least(s->whole.end, end);
	} else if (!mappings_direct_end(pt, s->direct, phys, end, &phys, &ignored)) {
		/* A table that cannot be had speaks for no page. */
		phys = first << PAGE_SHIFT;
	}
	for (; phys < end; phys += PAGE_SIZE)
		states[(phys >> PAGE_SHIFT) - first] |= NO_DIRECT_MAP;
}

static unsigned int reasons_against(const struct context *c, uint64_t phys, unsigned int state)
{
	if (range_holds(&c->override, phys, phys + PAGE_SIZE))
		return state & BAD;
	/* Page 0, firmware and ROMs: the kernel keeps no account of them. */
	return guard_is_ram(&c->mem.guard, phys) ? state & REASONS : 0;
}

static void refuse(struct safe_state *s, uint64_t page, unsigned int reasons, struct err *e)
{
	const struct cause_row *row;
	size_t i = 0;

	while (!(reasons >> i & 1))
		i++;
	s->cause = causes[i];
	row = &cause_rows[s->cause];
	err_set(e, ERR_GUARD, "page at %#" PRIx64 " not touched", page);
	err_cause(e, "%s", row->text);
	if (row->lift)
		err_hint(e, "%s", row->lift);
}

uint64_t safe_end(struct context *c, uint64_t phys, uint64_t end, struct err *e)
{
	uint64_t first = phys >> PAGE_SHIFT, stop = (end + PAGE_SIZE - 1) >> PAGE_SHIFT;
	size_t count = (size_t)num_least(stop - first, AT_ONCE - first % AT_ONCE);
	uint8_t states[AT_ONCE];

	if (!c->mem.live)
		return end;
	end = num_least(end, (first + count) << PAGE_SHIFT);
	read_states(c, first, count, states);
	read_direct(c, first, count, states);
	for (size_t i = 0; i < count; i++) {
		uint64_t page = (first + i) << PAGE_SHIFT;
		unsigned int reasons = reasons_against(c, page, states[i]);

		if (i && (reasons || ((states[i] | states[0]) & ALONE)))
			return page;
		if (!reasons)
			continue;
		refuse(&c->safe, page, reasons, e);
		return phys;
	}
	return end;
}

uint64_t safe_piece(struct context *c, uint64_t phys, uint64_t end, enum guard_way way,
		    struct err *e)
{
	end = num_least(end, guard_run_end(&c->mem.guard, phys, way));
	if (end > phys)
		return safe_end(c, phys, end, e);
	(void)!guard_check(&c->mem.guard, phys, 1, way, e);
	return phys;
}

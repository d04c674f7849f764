/* Fuzz target: struct pages, one by one, in windows, and counted by the census. */
/*
 * The struct pages come from the input as they are, or four bytes each that choose among
 * values which mean something: bytes as they are seldom do. Or every byte adds what a kernel
 * may have there (a block, a compound page, a page), and the kinds are known beforehand.
 *
 *   byte 0     bit 0: 56 bytes a struct page; bit 1: as they are; bits 2-3: the first pfn;
 *              bit 7: what a kernel may have; bits 4-6: 0 for the census, which is slow, too
 *   byte 1     bits 0-3: which of the four pages of the array are not mapped; bits 4-7: the form
 *              of struct page, when bit 0 of byte 0 is 0: see forms[]
 *   byte 2     bits: which of them do not follow the one before in memory
 *   bytes 3-6  where a range begins and how long it is; where windows are cut
 *   then the struct pages
 */
#include "machine.h"

#include "../unit/forms.h"

#include "census/census.h"
#include "census/classify.h"
#include "census/oracle.h"
#include "decode/page.h"

#define ARRAY_PAGES 4u
#define ARRAY_BYTES (ARRAY_PAGES * PAGE_SIZE)
#define DECODED 8u /* struct pages of an input that are looked at one by one */
#define PAGES_MAX (ARRAY_BYTES / 32)

static struct kernel kernel;
static uint8_t array[ARRAY_BYTES];    /* as virtual memory has it */

static const enum form forms[16] = {
	FORM_6_1,	  FORM_6_12, FORM_7_2,	FORM_7_2_POINTER, FORM_I386, FORM_I386_SMALL,
	FORM_5_10,	  FORM_6_1,  FORM_6_12, FORM_7_2,	  FORM_I386, FORM_7_2,
	FORM_7_2_POINTER, FORM_6_12, FORM_7_2,	FORM_I386_SMALL,
};
static enum form form;
static struct page_layout layout;
static uint64_t base;

static void put(uint8_t *page, size_t off, uint64_t value, size_t width)
{
	memcpy(page + off, &value, width);
}

#define F(flag) (1ull << (flag)) /* by enum page_flag, not by bit */

static uint64_t word_of(uint64_t flags)
{
	uint64_t word = 0;

	for (unsigned int f = 0; f < PF_LEN; f++)
		if (flags >> f & 1)
			word |= form_flag(&layout, (enum page_flag)f);
	return word;
}

/* Four bytes: flags and place; type and refcount; order and mapping; head or destructor. */
static void make_page(uint8_t *page, uint64_t pfn, const uint8_t *recipe)
{
	static const uint64_t flags[16] = {
		0, F(PF_LRU) | F(PF_SWAPBACKED), F(PF_LRU), F(PF_SLAB), F(PF_RESERVED), F(PF_HEAD),
		F(PF_HEAD) | F(PF_SLAB), F(PF_HEAD) | F(PF_LRU) | F(PF_SWAPBACKED), F(PF_HWPOISON),
		F(PF_HWPOISON) | F(PF_HEAD), F(PF_HWPOISON) | F(PF_LRU) | F(PF_SWAPBACKED),
		F(PF_WORKINGSET), F(PF_SWAPBACKED) | F(PF_OWNER_PRIV_1),
		F(PF_HEAD) | F(PF_HWPOISON) | F(PF_SLAB), F(PF_RESERVED) | F(PF_HWPOISON), F(PF_LOCKED),
	};
	static const uint32_t types[2][16] = {
		{ 0xffffffff, 0, 5, 0xffffff7f, 0xfffffeff, 0xfffffdff, 0xfffffbff, 0xfffff7ff,
		  0xffffff80, 0xf0000000, 0x8fffff7f, 0xfffffd7f, 0x7fffffff, 0x80000000, 0xfffffffe,
		  0xffffff7f },
		{ 0xffffffff, 0, 5, 0xf0000000, 0xf1000000, 0xf2000000, 0xf3000000, 0xf4000000,
		  0xf5000001, 0xf6000000, 0xf7000000, 0xf8000000, 0x7fffffff, 0xfd000000, 0xfffffffe,
		  0xf0000007 },
	};
	const struct page_layout *l = &layout;
	const size_t w = l->word;
	uint64_t mapping = (recipe[2] >> 4 & 3) | (recipe[2] & 0x40 ? 0xffff888000001000 : 0);
	unsigned int order = recipe[3] & 15;

	memset(page, 0, l->size);
	put(page, l->flags, word_of(flags[recipe[0] & 15]) |
			    (uint64_t)(recipe[0] >> 4) << (l->zone_shift - 1), w);
	/* A tail of a page before or, now and then, behind; or of any order. */
	if (recipe[3] & 0x80 && form == FORM_7_2 && recipe[3] & 0x40)
		put(page, l->compound_head, (~0ull << (order + 6)) | 1, w);
	else if (recipe[3] & 0x80)
		put(page, l->compound_head, base + (pfn + 16 - (recipe[3] & 0x7f)) * l->size + 1, w);
	put(page, 2 * w, recipe[3] & 3, 1);
	put(page, 2 * w + 1, recipe[2] & 15, 1);
	put(page, l->mapping, mapping, w);
	put(page, l->private, recipe[2] & 15, w);
	put(page, l->mapcount, types[form_is_new(form)][recipe[1] & 15], 4);
	put(page, l->refcount, recipe[1] >> 4, 4);
}

/*
 * One page of a kind, or a block or compound page of as large an order as is asked for and has
 * room. Byte: what; the order in bits 4-6; bit 7: another zone. Returns how many pages it is.
 */
static uint64_t make_unit(uint64_t at, uint64_t pfn, uint64_t room, uint8_t byte, uint8_t *kinds)
{
	static const struct {
		enum kind kind;
		uint64_t flags, mapping;
		enum page_type type; /* PT_LEN: none */
		uint32_t refcount;
		uint8_t dtor; /* not 0: a compound page, if it has two pages */
	} units[16] = {
		{ KIND_FREE, 0, 0, PT_BUDDY, 0, 0 },
		{ KIND_PERCPU, 0, 0, PT_LEN, 0, 0 },
		{ KIND_ANON, F(PF_LRU) | F(PF_SWAPBACKED), 0x1001, PT_LEN, 1, 0 },
		{ KIND_FILE, F(PF_LRU), 0x1000, PT_LEN, 1, 0 },
		{ KIND_SHMEM, F(PF_LRU) | F(PF_SWAPBACKED), 0x1000, PT_LEN, 1, 0 },
		{ KIND_KERNEL, 0, 0, PT_LEN, 1, 0 },
		{ KIND_SLAB, F(PF_SLAB), 1, PT_SLAB, 0, 0 },
		{ KIND_TABLE, 0, 0, PT_TABLE, 1, 0 },
		{ KIND_RESERVED, F(PF_RESERVED), 0, PT_LEN, 1, 0 },
		{ KIND_HWPOISON, F(PF_HWPOISON), 0, PT_LEN, 1, 0 },
		{ KIND_OFFLINE, 0, 0, PT_OFFLINE, 1, 0 },
		{ KIND_COMPOUND, F(PF_HEAD), 0, PT_LEN, 1, 1 },
		{ KIND_SLAB, F(PF_HEAD) | F(PF_SLAB), 0, PT_SLAB, 0, 1 },
		{ KIND_ANONHUGE, F(PF_HEAD) | F(PF_LRU) | F(PF_SWAPBACKED), 0x1001, PT_LEN, 1, 3 },
		{ KIND_HUGETLB, F(PF_HEAD), 0, PT_HUGETLB, 0, 2 },
		{ KIND_FILE, F(PF_HEAD) | F(PF_LRU), 0x1000, PT_LEN, 1, 3 },
	};
	const struct page_layout *l = &layout;
	unsigned int what = byte & 15, order = byte >> 4 & 7;
	uint64_t place = (uint64_t)(byte >> 7) << l->zone_shift;

	while (order && ((pfn & ((1u << order) - 1)) || 1u << order > room))
		order--;
	if (units[what].dtor && !order)
		what = 5; /* no room for a second page */
	if (what && !units[what].dtor)
		order = 0;
	for (uint64_t i = 0; i < 1u << order; i++) {
		uint8_t *page = array + (at + i) * l->size;
		bool tail = i && units[what].dtor, second = tail && i == 1;
		enum page_type type = i ? PT_LEN : units[what].type;

		memset(page, 0, l->size);
		put(page, l->flags, place | (i ? 0 : word_of(units[what].flags)), l->word);
		put(page, l->mapping, i ? 0 : units[what].mapping, l->word);
		put(page, l->private, i ? 0 : order, l->word);
		put(page, l->mapcount, type == PT_LEN ? ~0u : form_type(l, type), 4);
		put(page, l->refcount, i ? 0 : units[what].refcount, 4);
		if (tail)
			put(page, l->compound_head, form_tail_word(l, form, pfn, order), l->word);
		if (second && l->compound_dtor)
			put(page, l->compound_dtor, units[what].dtor, 1);
		if (second)
			put(page, l->compound_order, order, 1);
		kinds[at + i] = (uint8_t)units[what].kind;
		if (kinds[at + i] == KIND_RESERVED && pfn + i >= machine.size / PAGE_SIZE)
			kinds[at + i] = KIND_NOTRAM;
	}
	return 1u << order;
}

/* Memory follows the array page by page, but where it is broken or not mapped. */
static void make_extents(struct pagearray_extent *extents, size_t *len, unsigned int unmapped,
			 unsigned int broken)
{
	uint64_t virt = base + kernel.memmodel.runs[0].pfn.start * kernel.layout.size;
	uint64_t phys = 0;

	*len = 0;
	for (unsigned int i = 0; i < ARRAY_PAGES; i++, virt += PAGE_SIZE, phys += PAGE_SIZE) {
		bool mapped = !(unmapped >> i & 1);
		struct pagearray_extent *last = *len ? &extents[*len - 1] : NULL;

		phys += broken >> i & 1 ? PAGE_SIZE : 0;
		memcpy(machine.bytes + phys, array + (size_t)i * PAGE_SIZE, PAGE_SIZE);
		if (last && last->mapped == mapped && (!mapped || last->phys + last->len == phys))
			last->len += PAGE_SIZE;
		else
			extents[(*len)++] =
			    (struct pagearray_extent){ virt, phys, PAGE_SIZE, mapped, false, false };
	}
}

static void check_texts(const struct page_layout *l, const struct page_facts *p)
{
	char text[PAGE_TEXT_MAX];

	page_flags_text(l, p->flags, text, sizeof(text));
	MUST(memchr(text, 0, sizeof(text)) && text[0]);
	page_types_text(l, p, text, sizeof(text));
	MUST(memchr(text, 0, sizeof(text)) && text[0]);
}

static void check_decode(const struct page_layout *l, uint64_t from, uint64_t pages)
{
	for (uint64_t i = from; i + 1 < pages && i < from + DECODED; i++) {
		const struct view page = { array + i * l->size, l->size, 0 };
		const struct view second = { array + (i + 1) * l->size, l->size, 0 };
		struct page_facts p;
		struct page_compound compound;
		struct oracle_page o = { .page = &p };
		enum kind kind;

		page_decode(l, base + i * l->size, &page, &p);
		page_decode_compound(l, &p, &second, &compound);
		MUST(!(p.head && p.tail) && !(p.ksm && !p.anon) && !(p.movable && p.anon));
		check_texts(l, &p);
		MUST(oracle_kinds(oracle_flags(l, &o)));
		o.head = &p;
		o.compound = &compound;
		MUST(oracle_kinds(oracle_flags(l, &o)));
		kind = classify_compound(l, page.bytes, second.bytes);
		MUST(kind < KIND_LEN && kind != KIND_FREE && kind != KIND_HOLE);
	}
}

/* The kind of each page of a window, KIND_LOST included. */
static void classify(const struct page_layout *l, uint64_t first, uint64_t at, uint64_t n,
		     struct classify_carry *carry, uint8_t *kinds)
{
	static struct run runs[PAGES_MAX];
	const struct classify_input in = {
		l, { array + at * l->size, (size_t)n * l->size, 0 }, first + at, n, base
	};
	size_t len = classify_pages(&in, carry, runs);
	uint64_t done = at;

	MUST(len <= n);
	for (size_t i = 0; i < len; i++) {
		MUST(runs[i].pages && runs[i].pages <= at + n - done && runs[i].kind <= KIND_LOST);
		MUST(runs[i].kind != KIND_FREE || runs[i].order < l->max_order);
		memset(kinds + done, runs[i].kind, runs[i].pages);
		done += runs[i].pages;
	}
	MUST(done == at + n);
}

/* What a tail is may hang on what was seen before when it is none that a kernel has. */
static bool is_strange(uint64_t i)
{
	const uint8_t *page = array + i * layout.size;

	return page_word(&layout, page + layout.compound_head) & 1;
}

/* A cut loses some pages, and makes no page another kind. */
static void check_cut(const struct page_layout *l, uint64_t first, uint64_t pages, uint64_t cut,
		      bool known)
{
	static uint8_t whole[PAGES_MAX], parts[PAGES_MAX];
	struct classify_carry carry = { 0 };

	classify(l, first, 0, pages, &carry, whole);
	carry = (struct classify_carry){ 0 };
	classify(l, first, 0, cut, &carry, parts);
	classify(l, first, cut, pages - cut, &carry, parts);
	for (uint64_t i = 0; i < pages; i++)
		MUST(parts[i] == whole[i] || parts[i] == KIND_LOST || (!known && is_strange(i)));
}

struct seen {
	struct range range;
	uint64_t next;
	uint8_t kinds[4096];
};

static void see(void *arg, uint64_t pfn, uint64_t n, enum kind kind)
{
	struct seen *s = arg;

	MUST(pfn == s->next && n && n <= s->range.end - pfn && kind < KIND_LEN);
	memset(s->kinds + (pfn - s->range.start), kind, (size_t)n);
	s->next += n;
}

static bool same_zones(const struct census *a, const struct census *b)
{
	for (size_t i = 0; i < a->zones_len; i++) {
		size_t j = 0;

		while (j < b->zones_len &&
		       (a->zones[i].has_zone != b->zones[j].has_zone ||
			a->zones[i].nid != b->zones[j].nid || a->zones[i].zone != b->zones[j].zone))
			j++;
		if (j == b->zones_len ||
		    memcmp(a->zones[i].kinds, b->zones[j].kinds, sizeof(a->zones[i].kinds)) ||
		    memcmp(a->zones[i].free, b->zones[j].free, sizeof(a->zones[i].free)))
			return false;
	}
	return a->zones_len == b->zones_len;
}

static bool same_sums(const struct census *a, const struct census *b)
{
	return !memcmp(a->kinds, b->kinds, sizeof(a->kinds)) &&
	       !memcmp(a->free, b->free, sizeof(a->free)) && same_zones(a, b);
}

static void scan(struct range range, bool known, struct census *c, struct seen *s)
{
	uint64_t total = 0, in_zones = 0, free = 0, summed = 0;
	static struct census sums;
	struct err e = ERR_INIT;

	*s = (struct seen){ .range = range, .next = range.start };
	MUST(census_scan(&kernel, range, &(struct census_watch){ see, s, CENSUS_EVERY }, c, &e));
	MUST(s->next == range.end);
	/*
	 * With nobody to hand runs to, sums are all that is made. Of pages that no kernel has
	 * they may be others, but they add up.
	 */
	MUST(census_scan(&kernel, range, NULL, &sums, &e));
	for (unsigned int k = 0; k < KIND_LEN; k++)
		summed += sums.kinds[k];
	MUST(summed == range.end - range.start && (!known || same_sums(c, &sums)));
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		total += c->kinds[k];
		for (size_t z = 0; z < c->zones_len; z++)
			in_zones += c->zones[z].kinds[k];
	}
	for (unsigned int o = 0; o < ORDERS_MAX; o++)
		free += c->free[o];
	MUST(total == range.end - range.start && in_zones == total);
	MUST(free == c->kinds[KIND_FREE]);
	MUST(!c->kinds[KIND_UNREADABLE] == (c->first.kind == ERR_NONE));
}

/* By windows and in pieces, the same comes out; known: which kinds the array has, or NULL. */
static void check_census(struct range range, const uint8_t *known)
{
	static struct census by_window, in_pieces;
	static struct seen windows, pieces;

	machine.most = MEM_WINDOW_MAX;
	scan(range, known, &by_window, &windows);
	machine.most = PAGE_SIZE / 2;
	scan(range, known, &in_pieces, &pieces);
	for (uint64_t pfn = range.start; pfn < range.end; pfn++) {
		const struct range *pfns = &kernel.memmodel.runs[0].pfn;

		MUST(windows.kinds[pfn - range.start] == pieces.kinds[pfn - range.start] ||
		     (!known && range_holds(pfns, pfn, pfn + 1) && is_strange(pfn - pfns->start)));
	}
	MUST(!known || same_sums(&by_window, &in_pieces));
	for (uint64_t pfn = range.start; known && pfn < range.end; pfn++) {
		const struct range *pfns = &kernel.memmodel.runs[0].pfn;

		MUST(windows.kinds[pfn - range.start] ==
		     (pfn < pfns->end ? known[pfn - pfns->start] : (uint8_t)KIND_HOLE));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int mode = (unsigned int)machine_take(&data, &size, 1);
	unsigned int unmapped = (unsigned int)machine_take(&data, &size, 1);
	unsigned int broken = (unsigned int)machine_take(&data, &size, 1);
	uint64_t from = machine_take(&data, &size, 1), len = machine_take(&data, &size, 2);
	uint64_t cut = machine_take(&data, &size, 1);
	const struct page_layout *l = &layout;
	struct pagearray_extent extents[ARRAY_PAGES];
	struct memmodel_run run = { { 512ull * (mode >> 2 & 3), 0 }, 0 };
	static uint8_t kinds[PAGES_MAX];
	uint64_t first = run.pfn.start, pages = 0;
	bool known = mode & 0x80;

	form = mode & 1 ? FORM_6_1_SLOB : forms[unmapped >> 4];
	form_layout(&layout, form);
	run.base = base = form_base(form);
	memset(array, 0, sizeof(array));
	machine_init(2u * ARRAY_BYTES);
	for (; known && size && pages < ARRAY_BYTES / l->size; data++, size--)
		pages += make_unit(pages, first + pages, ARRAY_BYTES / l->size - pages, *data,
				   kinds);
	if (!known && mode & 2) {
		memcpy(array, data, size < sizeof(array) ? size : sizeof(array));
		pages = (size < sizeof(array) ? size : sizeof(array)) / l->size;
	}
	for (; !known && !(mode & 2) && size >= 4 && pages < ARRAY_BYTES / l->size; pages++) {
		make_page(array + pages * l->size, first + pages, data);
		data += 4;
		size -= 4;
	}
	run.pfn.end = first + pages;
	if (pages) {
		check_decode(l, cut % pages, pages);
		check_cut(l, first, pages, cut % (pages + 1), known);
	}
	if (!pages || mode & 0x70) {
		machine_deinit();
		return 0;
	}
	kernel = (struct kernel){ .layout = *l, .memmodel = { .len = 1, .runs = &run }, .is_open = true };
	kernel.pages = (struct pagearray){ &machine.mem, &kernel.memmodel, l->size, 0, extents };
	make_extents(extents, &kernel.pages.len, known ? 0 : unmapped, broken);
	from = first + from % pages;
	check_census((struct range){ from, from + 1 + len % 2000 }, known ? kinds : NULL);
	machine_deinit();
	return 0;
}

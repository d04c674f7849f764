/* Fuzz target: struct pages, one by one, in windows, and counted by the census. */
/*
 * The struct pages come from the input as they are, or four bytes each that choose among
 * values which mean something: bytes as they are seldom do. Or every byte adds what a kernel
 * may have there (a block, a compound page, a page), and the kinds are known beforehand.
 *
 *   byte 0     bit 0: 56 bytes a struct page; bit 1: as they are; bits 2-3: the first pfn;
 *              bit 7: what a kernel may have; bits 4-6: 0 for the census, which is slow, too
 *   byte 1     bits: which of the four pages of the array are not mapped
 *   byte 2     bits: which of them do not follow the one before in memory
 *   bytes 3-6  where a range begins and how long it is; where windows are cut
 *   then the struct pages
 */
#include "machine.h"

#include "census/census.h"
#include "census/classify.h"
#include "census/oracle.h"
#include "decode/page.h"

#define ARRAY_PAGES 4u
#define ARRAY_BYTES (ARRAY_PAGES * PAGE_SIZE)
#define DECODED 8u /* struct pages of an input that are looked at one by one */
#define BASE 0xffffea0000000000ull
#define PAGES_MAX (ARRAY_BYTES / 56)

static struct kernel kernel;
static struct page_layout layouts[2]; /* of 64 bytes and of 56 */
static uint8_t array[ARRAY_BYTES];    /* as virtual memory has it */

__attribute__((constructor)) static void make_layouts(void)
{
	static char text[sizeof(machine_vmcoreinfo)];
	struct vmcoreinfo vi = { .text = text, .len = sizeof(text) - 1 };

	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		struct err e = ERR_INIT;

		memcpy(text, machine_vmcoreinfo, sizeof(text));
		memcpy(strstr(text, "SIZE(page)="), i ? "SIZE(page)=56" : "SIZE(page)=64", 13);
		MUST(layout_init(&layouts[i], &vi, &e));
	}
}

static void put(uint8_t *page, size_t off, uint64_t value, size_t width)
{
	memcpy(page + off, &value, width);
}

/* Four bytes: flags and place; type and refcount; order and mapping; head or destructor. */
static void make_page(uint8_t *page, uint64_t pfn, size_t page_size, const uint8_t *recipe)
{
	static const uint8_t flag_bits[16][3] = {
		{ 63, 63, 63 }, { 4, 19, 63 },	{ 4, 63, 63 },	{ 9, 63, 63 },
		{ 12, 63, 63 }, { 16, 63, 63 }, { 16, 9, 63 },	{ 16, 4, 19 },
		{ 23, 63, 63 }, { 23, 16, 63 }, { 23, 4, 19 },	{ 6, 63, 63 },
		{ 19, 10, 63 }, { 16, 23, 9 },	{ 12, 23, 63 }, { 0, 24, 63 },
	};
	static const uint32_t types[16] = {
		0xffffffff, 0,		5,	    0xffffff7f, 0xfffffeff, 0xfffffdff,
		0xfffffbff, 0xfffff7ff, 0xffffff80, 0xf0000000, 0x8fffff7f, 0xfffffd7f,
		0x7fffffff, 0x80000000, 0xfffffffe, 0xffffff7f,
	};
	const uint8_t *bits = flag_bits[recipe[0] & 15];
	uint64_t flags = (uint64_t)(recipe[0] >> 4) << 55;
	uint64_t mapping = (recipe[2] >> 4 & 3) | (recipe[2] & 0x40 ? 0xffff888000001000 : 0);

	for (size_t i = 0; i < 3; i++)
		if (bits[i] < 63)
			flags |= 1ull << bits[i];
	memset(page, 0, page_size);
	put(page, 0, flags, 8);
	if (recipe[3] & 0x80) /* a tail of a page before or, now and then, behind */
		put(page, 8, BASE + (pfn + 16 - (recipe[3] & 0x7f)) * page_size + 1, 8);
	put(page, 16, recipe[3] & 3, 1);
	put(page, 17, recipe[2] & 15, 1);
	put(page, 24, mapping, 8);
	put(page, 40, recipe[2] & 15, 8);
	put(page, 48, types[recipe[1] & 15], 4);
	put(page, 52, recipe[1] >> 4, 4);
}

/*
 * One page of a kind, or a block or compound page of as large an order as is asked for and has
 * room. Byte: what; the order in bits 4-6; bit 7: another zone. Returns how many pages it is.
 */
static uint64_t make_unit(uint64_t at, uint64_t pfn, uint64_t room, size_t page_size, uint8_t byte,
			  uint8_t *kinds)
{
	static const struct {
		enum kind kind;
		uint64_t flags, mapping;
		uint32_t type, refcount;
		uint8_t dtor; /* not 0: a compound page, if it has two pages */
	} units[16] = {
		{ KIND_FREE, 0, 0, 0xffffff7f, 0, 0 },
		{ KIND_PERCPU, 0, 0, 0xffffffff, 0, 0 },
		{ KIND_ANON, 1u << 4 | 1u << 19, 0x1001, 0, 1, 0 },
		{ KIND_FILE, 1u << 4, 0x1000, 0xffffffff, 1, 0 },
		{ KIND_SHMEM, 1u << 4 | 1u << 19, 0x1000, 0xffffffff, 1, 0 },
		{ KIND_KERNEL, 0, 0, 0xffffffff, 1, 0 },
		{ KIND_SLAB, 1u << 9, 0, 0xffffffff, 1, 0 },
		{ KIND_TABLE, 0, 0, 0xfffffdff, 1, 0 },
		{ KIND_RESERVED, 1u << 12, 0, 0xffffffff, 1, 0 },
		{ KIND_HWPOISON, 1u << 23, 0, 0xffffffff, 1, 0 },
		{ KIND_OFFLINE, 0, 0, 0xfffffeff, 1, 0 },
		{ KIND_COMPOUND, 1u << 16, 0, 0xffffffff, 1, 1 },
		{ KIND_SLAB, 1u << 16 | 1u << 9, 0, 0xffffffff, 1, 1 },
		{ KIND_ANONHUGE, 1u << 16 | 1u << 4 | 1u << 19, 0x1001, 0xffffffff, 1, 3 },
		{ KIND_HUGETLB, 1u << 16, 0, 0xffffffff, 0, 2 },
		{ KIND_FILE, 1u << 16 | 1u << 4, 0x1000, 0xffffffff, 1, 3 },
	};
	unsigned int what = byte & 15, order = byte >> 4 & 7;
	uint64_t place = (uint64_t)(byte >> 7) << 56;

	while (order && ((pfn & ((1u << order) - 1)) || 1u << order > room))
		order--;
	if (units[what].dtor && !order)
		what = 5; /* no room for a second page */
	if (what && !units[what].dtor)
		order = 0;
	for (uint64_t i = 0; i < 1u << order; i++) {
		uint8_t *page = array + (at + i) * page_size;
		bool tail = i && units[what].dtor;

		memset(page, 0, page_size);
		put(page, 0, place | (i ? 0 : units[what].flags), 8);
		put(page, 24, i ? 0 : units[what].mapping, 8);
		put(page, 40, i ? 0 : order, 8);
		put(page, 48, i ? 0xffffffff : units[what].type, 4);
		put(page, 52, i ? 0 : units[what].refcount, 4);
		if (tail)
			put(page, 8, BASE + pfn * page_size + 1, 8);
		if (tail && i == 1)
			put(page, 16, units[what].dtor | order << 8, 2);
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
	uint64_t virt = BASE + kernel.memmodel.runs[0].pfn.start * kernel.layout.size;
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
			    (struct pagearray_extent){ virt, phys, PAGE_SIZE, mapped, false };
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

		page_decode(l, BASE + i * l->size, &page, &p);
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
		l, { array + at * l->size, (size_t)n * l->size, 0 }, first + at, n, BASE
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

/* A cut loses some pages, and makes no page another kind. */
static void check_cut(const struct page_layout *l, uint64_t first, uint64_t pages, uint64_t cut)
{
	static uint8_t whole[PAGES_MAX], parts[PAGES_MAX];
	struct classify_carry carry = { 0 };

	classify(l, first, 0, pages, &carry, whole);
	carry = (struct classify_carry){ 0 };
	classify(l, first, 0, cut, &carry, parts);
	classify(l, first, cut, pages - cut, &carry, parts);
	for (uint64_t i = 0; i < pages; i++)
		MUST(parts[i] == whole[i] || parts[i] == KIND_LOST);
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
	MUST(census_scan(&kernel, range, see, s, c, &e));
	MUST(s->next == range.end);
	/*
	 * With nobody to hand runs to, sums are all that is made. Of pages that no kernel has
	 * they may be others, but they add up.
	 */
	MUST(census_scan(&kernel, range, NULL, NULL, &sums, &e));
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
	MUST(!memcmp(windows.kinds, pieces.kinds, (size_t)(range.end - range.start)));
	MUST(same_sums(&by_window, &in_pieces));
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
	const struct page_layout *l = &layouts[mode & 1];
	struct pagearray_extent extents[ARRAY_PAGES];
	struct memmodel_run run = { { 512ull * (mode >> 2 & 3), 0 }, BASE };
	static uint8_t kinds[PAGES_MAX];
	uint64_t first = run.pfn.start, pages = 0;
	bool known = mode & 0x80;

	memset(array, 0, sizeof(array));
	machine_init(2u * ARRAY_BYTES);
	for (; known && size && pages < ARRAY_BYTES / l->size; data++, size--)
		pages += make_unit(pages, first + pages, ARRAY_BYTES / l->size - pages, l->size,
				   *data, kinds);
	if (!known && mode & 2) {
		memcpy(array, data, size < sizeof(array) ? size : sizeof(array));
		pages = (size < sizeof(array) ? size : sizeof(array)) / l->size;
	}
	for (; !known && !(mode & 2) && size >= 4 && pages < ARRAY_BYTES / l->size; pages++) {
		make_page(array + pages * l->size, first + pages, l->size, data);
		data += 4;
		size -= 4;
	}
	run.pfn.end = first + pages;
	if (pages) {
		check_decode(l, cut % pages, pages);
		check_cut(l, first, pages, cut % (pages + 1));
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

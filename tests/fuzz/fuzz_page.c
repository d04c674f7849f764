/* Fuzz target: struct pages, one by one, in windows, and counted by the census. */
/*
 * The struct pages come from the input as they are, or four bytes each that choose among
 * values which mean something: bytes as they are seldom do.
 *
 *   byte 0     bit 0: 56 bytes a struct page; bit 1: as they are; bits 2-3: the first pfn;
 *              bits 4-6: 0 for the census, which is slow, too
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
static uint8_t array[ARRAY_BYTES]; /* as virtual memory has it */

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
		{ 63, 63, 63 }, { 4, 19, 63 }, { 4, 63, 63 }, { 9, 63, 63 },
		{ 12, 63, 63 }, { 16, 63, 63 }, { 16, 9, 63 }, { 16, 4, 19 },
		{ 23, 63, 63 }, { 23, 16, 63 }, { 23, 4, 19 }, { 6, 63, 63 },
		{ 19, 10, 63 }, { 16, 23, 9 }, { 12, 23, 63 }, { 0, 24, 63 },
	};
	static const uint32_t types[16] = {
		0xffffffff, 0, 5, 0xffffff7f, 0xfffffeff, 0xfffffdff, 0xfffffbff, 0xfffff7ff,
		0xffffff80, 0xf0000000, 0x8fffff7f, 0xfffffd7f, 0x7fffffff, 0x80000000,
		0xfffffffe, 0xffffff7f,
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
				(struct pagearray_extent){ virt, phys, PAGE_SIZE, mapped };
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

		page_decode(l, &page, &p);
		page_decode_compound(l, &second, &compound);
		MUST(!(p.head && p.tail) && !(p.ksm && !p.anon) && !(p.movable && p.anon));
		MUST(p.typed || !p.types);
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
	const struct classify_input in = { l, { array + at * l->size, (size_t)n * l->size, 0 },
					   first + at, n, BASE };
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

		while (j < b->zones_len && (a->zones[i].has_zone != b->zones[j].has_zone ||
					    a->zones[i].nid != b->zones[j].nid ||
					    a->zones[i].zone != b->zones[j].zone))
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

static void scan(struct range range, struct census *c, struct seen *s)
{
	uint64_t total = 0, in_zones = 0, free = 0;
	static struct census sums;
	struct err e = ERR_INIT;

	*s = (struct seen){ .range = range, .next = range.start };
	MUST(census_scan(&kernel, range, see, s, c, &e));
	MUST(s->next == range.end);
	/* With nobody to hand runs to, sums are all that is made: the same ones. */
	MUST(census_scan(&kernel, range, NULL, NULL, &sums, &e));
	MUST(same_sums(c, &sums));
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		total += c->kinds[k];
		for (size_t z = 0; z < c->zones_len; z++)
			in_zones += c->zones[z].kinds[k];
	}
	for (unsigned int o = 0; o < CENSUS_ORDERS_MAX; o++)
		free += c->free[o];
	MUST(total == range.end - range.start && in_zones == total);
	MUST(free == c->kinds[KIND_FREE]);
	MUST(!c->kinds[KIND_UNREADABLE] == (c->first.kind == ERR_NONE));
}

/* By windows and in pieces, the same comes out. */
static void check_census(struct range range)
{
	static struct census by_window, in_pieces;
	static struct seen windows, pieces;

	machine.most = MEM_WINDOW_MAX;
	scan(range, &by_window, &windows);
	machine.most = PAGE_SIZE / 2;
	scan(range, &in_pieces, &pieces);
	MUST(!memcmp(windows.kinds, pieces.kinds, (size_t)(range.end - range.start)));
	MUST(same_sums(&by_window, &in_pieces));
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
	uint64_t first = run.pfn.start, pages = 0;

	memset(array, 0, sizeof(array));
	if (mode & 2) {
		memcpy(array, data, size < sizeof(array) ? size : sizeof(array));
		pages = (size < sizeof(array) ? size : sizeof(array)) / l->size;
	}
	for (; !(mode & 2) && size >= 4 && pages < ARRAY_BYTES / l->size; pages++) {
		make_page(array + pages * l->size, first + pages, l->size, data);
		data += 4;
		size -= 4;
	}
	if (!pages)
		return 0;
	run.pfn.end = first + pages;
	check_decode(l, cut % pages, pages);
	check_cut(l, first, pages, cut % (pages + 1));
	if (mode & 0x70)
		return 0;
	machine_init(2u * ARRAY_BYTES);
	kernel = (struct kernel){ .layout = *l, .memmodel = { 15, 1, 1, &run }, .is_open = true };
	kernel.pages = (struct pagearray){ &machine.mem, &kernel.memmodel, l->size, 0, extents };
	make_extents(extents, &kernel.pages.len, unmapped, broken);
	from = first + from % pages;
	check_census((struct range){ from, from + 1 + len % 2000 });
	machine_deinit();
	return 0;
}

/* One struct page: words placed by hand, and every field and flag that comes of them. */
/* Struct pages of a running kernel are compared with its own files on the booted board. */
#include "core.h"

#include "decode/page.h"

static struct core c;
static struct page_layout layout;

static int setup(void **state)
{
	struct vmcoreinfo vi;
	struct err e = ERR_INIT;

	(void)state;
	core_info_defaults(&c, 4);
	vi = core_vmcoreinfo(&c);
	return layout_init(&layout, &vi, &e) ? 0 : -1;
}

/* Decodes a struct page of len bytes with these words in it. */
static struct page_facts decode(size_t len, uint64_t flags, uint64_t word8, uint64_t word16,
				uint64_t mapping, uint64_t private, uint32_t mapcount,
				uint32_t refcount)
{
	uint8_t bytes[64] = { 0 }, *copy;
	struct page_facts p;
	struct view v;

	memcpy(bytes, &flags, 8);
	memcpy(bytes + 8, &word8, 8);
	memcpy(bytes + 16, &word16, 8);
	memcpy(bytes + 24, &mapping, 8);
	memcpy(bytes + 40, &private, 8);
	memcpy(bytes + 48, &mapcount, 4);
	memcpy(bytes + 52, &refcount, 4);
	copy = unit_copy(bytes, len);
	v = (struct view){ copy, len, 0x1000 };
	page_decode(&layout, 0, &v, &p);
	free(copy);
	return p;
}

static void fields(void **state)
{
	struct page_facts p =
	    decode(64, CORE_PLACE(5, 2) | CORE_PG(CORE_LRU), 0x1111111111111110, 0x2222222222222222,
		   0x3333333333333330, 0x4444444444444444, 0x55555555, 0x66666666);

	(void)state;
	CHECK_NUMBER("flags", p.flags, CORE_PLACE(5, 2) | CORE_PG(CORE_LRU));
	CHECK_NUMBER("node", p.nid, 5);
	CHECK_NUMBER("zone", p.zone, 2);
	CHECK("zone", p.has_zone);
	CHECK_NUMBER("lru", p.lru[0], 0x1111111111111110);
	CHECK_NUMBER("lru", p.lru[1], 0x2222222222222222);
	CHECK_NUMBER("mapping", p.mapping, 0x3333333333333330);
	CHECK_NUMBER("private", p.private, 0x4444444444444444);
	CHECK_NUMBER("mapcount", p.mapcount_word, 0x55555555);
	CHECK_NUMBER("refcount", (uint64_t)p.refcount, 0x66666666);
	CHECK_NUMBER("unknown", p.unknown_flags, 0);
	CHECK("plain", !p.head && !p.tail && !p.anon && !p.ksm && !p.movable && !p.typed);
}

static void mappings(void **state)
{
	static const struct {
		const char *label;
		uint64_t flags, word8, mapping;
		bool head, tail, anon, ksm, movable;
		uint64_t head_virt;
	} rows[] = {
		{ "none", 0, 0, 0, false, false, false, false, false, 0 },
		{ "file", 0, 0, 0x1000, false, false, false, false, false, 0 },
		{ "anonymous", 0, 0, 0x1001, false, false, true, false, false, 0 },
		{ "movable", 0, 0, 0x1002, false, false, false, false, true, 0 },
		{ "KSM", 0, 0, 0x1003, false, false, true, true, false, 0 },
		{ "head", CORE_PG(16), 0xffffea0000000040, 0x1001, true, false, true, false, false,
		  0 },
		{ "tail", 0, 0xffffea0000000041, 0, false, true, false, false, false,
		  0xffffea0000000040 },
		/* Of a tail, the mapping is not one, and PG_head means something else. */
		{ "tail with words left", CORE_PG(16), 0xffffea0000000041, 0x403, false, true,
		  false, false, false, 0xffffea0000000040 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_facts p =
		    decode(64, rows[i].flags, rows[i].word8, 0, rows[i].mapping, 0, UINT32_MAX, 0);

		CHECK_NUMBER(rows[i].label, p.head, rows[i].head);
		CHECK_NUMBER(rows[i].label, p.tail, rows[i].tail);
		CHECK_NUMBER(rows[i].label, p.head_virt, rows[i].head_virt);
		CHECK_NUMBER(rows[i].label, p.anon, rows[i].anon);
		CHECK_NUMBER(rows[i].label, p.ksm, rows[i].ksm);
		CHECK_NUMBER(rows[i].label, p.movable, rows[i].movable);
	}
}

static void types(void **state)
{
	static const struct {
		const char *label;
		uint32_t word;
		bool typed;
		const char *text;
	} rows[] = {
		{ "none", 0xffffffff, false, "-" },
		{ "mapped", 0, false, "-" },
		{ "just above the types", 0xffffff80, false, "-" },
		{ "buddy", 0xffffff7f, true, "buddy" },
		{ "offline", 0xfffffeff, true, "offline" },
		{ "table", 0xfffffdff, true, "table" },
		{ "guard", 0xfffffbff, true, "guard" },
		{ "two", 0xfffffdff & 0xfffffeff, true, "offline table" },
		{ "one that has no name", 0xfffff7ff, true, "bit11" },
		{ "a name and a number", 0xfffff77f, true, "buddy bit11" },
		{ "bits below the types", 0xffffff70, true, "buddy bit0-3" },
		/* Without the four top bits it is no type of that form. */
		{ "top bits gone", 0x8fffff7f, true, "-" },
		{ "one top bit gone", 0xefffff7f, true, "-" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_facts p = decode(64, 0, 0, 0, 0, 0, rows[i].word, 0);
		char text[PAGE_TEXT_MAX];

		CHECK_NUMBER(rows[i].label, p.mapcount_word, rows[i].word);
		CHECK_NUMBER(rows[i].label, p.typed, rows[i].typed);
		page_types_text(&layout, &p, text, sizeof(text));
		CHECK_TEXT(rows[i].label, text, rows[i].text);
		for (unsigned int t = 0; t < PT_LEN; t++)
			CHECK(rows[i].label,
			      page_has_type(&layout, &p, (enum page_type)t) ==
				  (strstr(rows[i].text, layout_type_name((enum page_type)t)) !=
				   NULL));
	}
}

static void flag_texts(void **state)
{
	static const struct {
		const char *label;
		uint64_t flags, unknown;
		const char *text;
	} rows[] = {
		{ "none", 0, 0, "-" },
		{ "node and zone are no flags", CORE_PLACE(63, 3), 0, "-" },
		{ "first", CORE_PG(0), 0, "locked" },
		{ "several", CORE_PG(2) | CORE_PG(4) | CORE_PG(19), 0, "uptodate lru swapbacked" },
		{ "the last with names", CORE_PG(22) | CORE_PG(23), 0, "uncached hwpoison" },
		{ "unknown", CORE_PG(24) | CORE_PG(55), CORE_PG(24) | CORE_PG(55), "bit24 bit55" },
		{ "unknown, in a row", 7ull << 30 | CORE_PG(40) | CORE_PG(41),
		  7ull << 30 | CORE_PG(40) | CORE_PG(41), "bit30-32 bit40-41" },
		{ "known and unknown", CORE_PG(12) | CORE_PG(30) | CORE_PLACE(1, 1), CORE_PG(30),
		  "reserved bit30" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_facts p = decode(64, rows[i].flags, 0, 0, 0, 0, UINT32_MAX, 0);
		char text[PAGE_TEXT_MAX];

		CHECK_NUMBER(rows[i].label, p.unknown_flags, rows[i].unknown);
		page_flags_text(&layout, rows[i].flags, text, sizeof(text));
		CHECK_TEXT(rows[i].label, text, rows[i].text);
	}
}

/* What does not fit is cut, and the text ends in any case. */
static void cut_texts(void **state)
{
	(void)state;
	for (size_t size = 1; size <= PAGE_TEXT_MAX; size++) {
		struct page_facts p = decode(64, 0x5555555555ffffff, 0, 0, 0, 0, 0xf0000000, 0);
		char *text = malloc(size);

		assert_non_null(text);
		page_flags_text(&layout, p.flags, text, size);
		assert_int_equal(strlen(text), size - 1);
		page_types_text(&layout, &p, text, size);
		assert_true(strlen(text) < size);
		free(text);
	}
}

static void zones(void **state)
{
	static const struct {
		const char *label, *nr_zones;
		uint64_t flags;
		unsigned int nid, zone;
		bool has_zone;
	} rows[] = {
		{ "four zones, the last", "13856", 3ull << 56, 0, 3, true },
		{ "four zones, node 63", "13856", 63ull << 58, 63, 0, true },
		/* Five zones take three bits: 5, 6 and 7 are none. */
		{ "five zones, the last", "17312", 4ull << 55, 0, 4, true },
		{ "five zones, no zone", "17312", 5ull << 55 | 2ull << 58, 2, 5, false },
		{ "five zones, all bits", "17312", UINT64_MAX, 63, 7, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_layout before = layout;
		struct err e = ERR_INIT;
		struct vmcoreinfo vi;
		struct page_facts p;

		core_info_defaults(&c, 4);
		core_info(&c, "OFFSET(pglist_data.nr_zones)", rows[i].nr_zones);
		vi = core_vmcoreinfo(&c);
		assert_true(layout_init(&layout, &vi, &e));
		p = decode(64, rows[i].flags, 0, 0, 0, 0, UINT32_MAX, 0);
		CHECK_NUMBER(rows[i].label, p.nid, rows[i].nid);
		CHECK_NUMBER(rows[i].label, p.zone, rows[i].zone);
		CHECK_NUMBER(rows[i].label, p.has_zone, rows[i].has_zone);
		layout = before;
	}
}

static void short_views(void **state)
{
	(void)state;
	for (size_t len = 0; len < 56; len++) {
		struct page_facts p = decode(len, UINT64_MAX, 1, 2, 3, 4, 0xffffff7f, 6);

		CHECK_NUMBER("flags", p.flags, len >= 8 ? UINT64_MAX : 0);
		CHECK_NUMBER("tail", p.tail, len >= 16);
		CHECK_NUMBER("private", p.private, len >= 48 ? 4 : 0);
		CHECK_NUMBER("type", p.mapcount_word, len >= 52 ? 0xffffff7f : 0);
		CHECK_NUMBER("refcount", (uint64_t)p.refcount, 0);
	}
}

static void second_pages(void **state)
{
	static const struct {
		const char *label;
		uint64_t flags;
		uint8_t dtor, order;
		uint32_t mapcount;
		bool double_map, hugetlb;
	} rows[] = {
		{ "kernel", 0, 1, 3, UINT32_MAX, false, false },
		{ "hugetlb", 0, 2, 9, 0, false, true },
		{ "huge page", CORE_PG(CORE_WORKINGSET), 3, 9, 4, true, false },
		{ "all ones", UINT64_MAX, 255, 255, UINT32_MAX, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[64] = { 0 };
		struct view v = { bytes, sizeof(bytes), 0 };
		const struct page_facts head = { 0 };
		struct page_compound p;

		memcpy(bytes, &rows[i].flags, 8);
		bytes[16] = rows[i].dtor;
		bytes[17] = rows[i].order;
		memcpy(bytes + 20, &rows[i].mapcount, 4);
		page_decode_compound(&layout, &head, &v, &p);
		CHECK_NUMBER(rows[i].label, p.dtor, rows[i].dtor);
		CHECK_NUMBER(rows[i].label, p.order, rows[i].order);
		CHECK_NUMBER(rows[i].label, (uint32_t)p.mapcount, rows[i].mapcount);
		CHECK_NUMBER(rows[i].label, p.double_map, rows[i].double_map);
		CHECK_NUMBER(rows[i].label, p.hugetlb, rows[i].hugetlb);
	}
}

/* /proc/kpagecount: what is stored is one less than what is meant. */
static void mapcounts(void **state)
{
	static const struct {
		const char *label;
		uint32_t word;
		bool compound, anon, hugetlb, double_map;
		int32_t whole;
		uint64_t want;
	} rows[] = {
		{ "not mapped", UINT32_MAX, false, false, false, false, 0, 0 },
		{ "once", 0, false, false, false, false, 0, 1 },
		{ "seven times", 6, false, false, false, false, 0, 7 },
		{ "typed: buddy", 0xffffff7f, false, false, false, false, 0, 0 },
		{ "huge page, mapped whole", UINT32_MAX, true, true, false, false, 0, 1 },
		{ "huge page, twice whole, once apart", 0, true, true, false, false, 1, 3 },
		{ "huge page, both ways", 1, true, true, false, true, 0, 2 },
		{ "huge page, not mapped", UINT32_MAX, true, true, false, false, -1, 0 },
		{ "huge file, counted already", 2, true, false, false, false, 1, 3 },
		{ "hugetlb of a file", UINT32_MAX, true, false, true, false, 3, 4 },
		{ "kernel's compound page", UINT32_MAX, true, false, false, false, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_facts page = decode(64, 0, 0, 0, 0, 0, rows[i].word, 1);
		const struct page_facts head = { .anon = rows[i].anon };
		const struct page_compound compound = { .mapcount = rows[i].whole,
							.hugetlb = rows[i].hugetlb,
							.double_map = rows[i].double_map };

		CHECK_NUMBER(rows[i].label,
			     page_mapcount(&layout, &page, rows[i].compound ? &head : NULL,
					   rows[i].compound ? &compound : NULL),
			     rows[i].want);
	}
}

/* A page of the array that is the head's once more: its first struct page is a tail. */
static void fake_heads(void **state)
{
	static const uint64_t array = 0xffffea0000010000;
	static const struct {
		const char *label;
		uint64_t flags, virt, second_word;
		bool tail;
	} rows[] = {
		{ "fake", CORE_PG(CORE_HEAD), array + 0x1000, array + 1, true },
		{ "fake, far behind", CORE_PG(CORE_HEAD), array + 0x7000, array + 1, true },
		{ "the head itself", CORE_PG(CORE_HEAD), array, array + 1, false },
		{ "not at a page's start", CORE_PG(CORE_HEAD), array + 0x1040, array + 1, false },
		{ "second is no tail", CORE_PG(CORE_HEAD), array + 0x1000, array, false },
		{ "no head", CORE_PG(CORE_LRU), array + 0x1000, array + 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_facts p = decode(64, rows[i].flags, 0, 0, 0, 0, 0, 0);
		bool head = p.head && !rows[i].tail;
		uint8_t second[64] = { 0 };
		struct view v = { second, sizeof(second), 0 };

		memcpy(second + 8, &rows[i].second_word, 8);
		page_unmask(&layout, rows[i].virt, &v, &p);
		CHECK(rows[i].label, p.tail == rows[i].tail && p.head == head);
		CHECK(rows[i].label, !p.tail || p.head_virt == array);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fake_heads),
		cmocka_unit_test(fields),      cmocka_unit_test(mappings),
		cmocka_unit_test(types),       cmocka_unit_test(flag_texts),
		cmocka_unit_test(cut_texts),   cmocka_unit_test(zones),
		cmocka_unit_test(short_views), cmocka_unit_test(second_pages),
		cmocka_unit_test(mapcounts),
	};

	return cmocka_run_group_tests_name("decode/page", tests, setup, NULL);
}

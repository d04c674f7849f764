/* One struct page: words placed by hand, and every field and flag that comes of them. */
/* Struct pages of a running kernel are compared with its own files on the booted board. */
#include "core.h"
#include "forms.h"

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

/* Every field where each kernel has it, words of 4 and of 8 bytes. */
static void fields_by_form(void **state)
{
	(void)state;
	for (enum form f = 0; f < FORM_LEN; f++) {
		const char *label = form_names[f];
		const size_t w = form_is_32(f) ? 4 : 8;
		const uint64_t all = form_is_32(f) ? UINT32_MAX : UINT64_MAX;
		struct page_layout l;
		struct page_facts p;
		uint8_t bytes[64], *copy;
		struct view v;

		form_layout(&l, f);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(0x80 + i); /* no word is another's, bit 0 of each is 0 */
		form_put(bytes, 6 * w, 5, 4);
		copy = unit_copy(bytes, l.size);
		v = (struct view){ copy, l.size, 0 };
		page_decode(&l, 0, &v, &p);
		CHECK_NUMBER(label, p.flags, 0x8786858483828180 & all);
		CHECK_NUMBER(label, p.lru[0], w == 4 ? 0x87868584 : 0x8f8e8d8c8b8a8988);
		CHECK_NUMBER(label, p.lru[1], w == 4 ? 0x8b8a8988 : 0x9796959493929190);
		CHECK_NUMBER(label, p.mapping, w == 4 ? 0x8f8e8d8c : 0x9f9e9d9c9b9a9998);
		CHECK_NUMBER(label, p.private, w == 4 ? 0x97969594 : 0xafaeadacabaaa9a8);
		CHECK_NUMBER(label, p.mapcount_word, 5);
		CHECK_NUMBER(label, (uint32_t)p.refcount, w == 4 ? 0x9f9e9d9c : 0xb7b6b5b4);
		CHECK_NUMBER(label, p.zone, w == 4 ? 2 : 3);
		CHECK_NUMBER(label, p.nid, w == 4 ? 0 : 0x21);
		free(copy);
	}
}

/* Where a tail at 0xffffea0000012340 says its head is. */
static void heads_by_form(void **state)
{
	static const uint64_t tail = 0xffffea0000012340;
	static const struct {
		const char *label;
		enum form form;
		uint64_t word, head;
	} rows[] = {
		{ "pointer", FORM_6_1, 0xffffea0000012301, 0xffffea0000012300 },
		{ "pointer, 6.12", FORM_6_12, 0xffffea0000012001, 0xffffea0000012000 },
		/* Before 7.2 no word is a mask, whatever it looks like. */
		{ "no mask", FORM_6_12, 0xffffffffffffff81, 0xffffffffffffff80 },
		{ "mask, order 1", FORM_7_2, 0xffffffffffffff81, 0xffffea0000012300 },
		{ "mask, order 2", FORM_7_2, 0xffffffffffffff01, 0xffffea0000012300 },
		{ "mask, order 9", FORM_7_2, 0xffffffffffff8001, 0xffffea0000010000 },
		{ "mask, 1 GiB", FORM_7_2, 0xffffffffff000001, 0xffffea0000000000 },
		{ "pointer, 7.2", FORM_7_2, 0xffffea0000012301, 0xffffea0000012300 },
		{ "pointer, 7.2, 5 levels", FORM_7_2, 0xffd4000000012301, 0xffd4000000012300 },
		{ "4 bytes", FORM_I386, 0xf4a00051, 0xf4a00050 },
		{ "4 bytes that look like a mask", FORM_I386, 0xf8000001, 0xf8000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[64] = { 0 };
		struct page_layout l;
		struct page_facts p;
		struct view v;

		form_layout(&l, rows[i].form);
		v = (struct view){ bytes, l.size, 0 };
		form_put(bytes, l.compound_head, rows[i].word, l.word);
		page_decode(&l, form_is_32(rows[i].form) ? 0xf4a00050 : tail, &v, &p);
		CHECK(rows[i].label, p.tail && !p.head);
		CHECK_NUMBER(rows[i].label, p.head_virt, rows[i].head);
	}
}

static void types_by_form(void **state)
{
	static const struct {
		const char *label;
		enum form form;
		uint32_t word;
		const char *text; /* NULL: no type */
	} rows[] = {
		{ "5.10, table", FORM_5_10, 0xfffffbff, "table" },
		{ "5.10, kmemcg", FORM_5_10, 0xfffffdff, "kmemcg" },
		{ "5.10, guard", FORM_5_10, 0xfffff7ff, "guard" },
		{ "i386, buddy", FORM_I386, 0xffffff7f, "buddy" },
		{ "buddy", FORM_6_12, 0xf0000000, "buddy" },
		/* Whoever owns the page may use the bits below. */
		{ "buddy, with more", FORM_6_12, 0xf0123456, "buddy" },
		{ "offline", FORM_6_12, 0xf1000000, "offline" },
		{ "table", FORM_6_12, 0xf2000000, "table" },
		{ "guard", FORM_7_2, 0xf3000000, "guard" },
		{ "hugetlb", FORM_7_2, 0xf4000000, "hugetlb" },
		{ "slab", FORM_7_2, 0xf5000040, "slab" },
		{ "zsmalloc", FORM_7_2, 0xf6000000, "zsmalloc" },
		{ "unaccepted", FORM_7_2, 0xf7000000, "unaccepted" },
		{ "one without a name", FORM_7_2, 0xf9000001, "0xf9" },
		{ "the last", FORM_7_2, 0xfeffffff, "0xfe" },
		{ "far below", FORM_7_2, 0x80000000, "0x80" },
		{ "mapped 128 times less", FORM_7_2, 0xffffff7f, NULL },
		{ "none", FORM_7_2, 0xffffffff, NULL },
		{ "mapped", FORM_7_2, 0x7fffffff, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[64] = { 0 };
		char text[PAGE_TEXT_MAX];
		struct page_layout l;
		struct page_facts p;
		struct view v;

		form_layout(&l, rows[i].form);
		v = (struct view){ bytes, l.size, 0 };
		form_put(bytes, l.mapcount, rows[i].word, 4);
		/* Where a mapping would be, a page with a type has what it likes. */
		form_put(bytes, l.mapping, 3, l.word);
		page_decode(&l, 0, &v, &p);
		page_types_text(&l, &p, text, sizeof(text));
		CHECK(rows[i].label, p.typed == !!rows[i].text);
		CHECK_TEXT(rows[i].label, text, rows[i].text ? rows[i].text : "-");
		CHECK(rows[i].label, p.anon == !rows[i].text && p.ksm == !rows[i].text);
	}
}

static void compounds_by_form(void **state)
{
	static const struct {
		const char *label;
		enum form form;
		uint8_t bytes[28]; /* of the second struct page */
		uint32_t head_type;
		uint8_t order;
		int32_t mapcount, large_mapcount;
		bool double_map, rmappable, hugetlb;
	} rows[] = {
		{ "5.10, huge page", FORM_5_10, { [0] = 0x40, [16] = 3, 9, [20] = 4 }, ~0u, 9, 4, -1, true,
		  false, false },
		{ "6.1, hugetlb", FORM_6_1, { [16] = 2, 9 }, ~0u, 9, 0, -1, false, false, true },
		{ "i386, hugetlb", FORM_I386, { [8] = 2, 10, [12] = 1 }, ~0u, 10, 1, -1, false, false, true },
		{ "6.12, kernel", FORM_6_12,
		  { [0] = 3, [16] = 255, 255, 255, 255, 255, 255, 255, 255 }, ~0u, 3, -1, -1, false, false,
		  false },
		{ "6.12, a folio mapped three times, one of them whole", FORM_6_12,
		  { [0] = 9, 2, [16] = 2, [20] = 0 }, 0, 9, 0, 2, false, true, false },
		{ "6.12, hugetlb", FORM_6_12, { [0] = 9, [16] = 1, [20] = 1 }, 0xf4000000, 9, 1, 1, false,
		  false, true },
		{ "7.2, a folio", FORM_7_2, { [0] = 4, 2, [16] = 7, [20] = 99, [24] = 5 }, 0, 4, 5, 7, false,
		  true, false },
		{ "7.2, 1 GiB of hugetlb", FORM_7_2, { [0] = 18, [16] = 0, [24] = 0 }, 0xf4000000, 18, 0, 0,
		  false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct page_facts head = { .head = true, .mapcount_word = rows[i].head_type,
						 .typed = rows[i].head_type >> 24 == 0xf4 };
		uint8_t bytes[64] = { 0 };
		struct page_compound c;
		struct page_layout l;
		struct view v;

		form_layout(&l, rows[i].form);
		v = (struct view){ bytes, l.size, 0 };
		memcpy(bytes, rows[i].bytes, sizeof(rows[i].bytes));
		page_decode_compound(&l, &head, &v, &c);
		CHECK_NUMBER(rows[i].label, c.order, rows[i].order);
		CHECK_NUMBER(rows[i].label, (uint32_t)c.mapcount, (uint32_t)rows[i].mapcount);
		CHECK_NUMBER(rows[i].label, (uint32_t)c.large_mapcount, (uint32_t)rows[i].large_mapcount);
		CHECK_NUMBER(rows[i].label, c.double_map, rows[i].double_map);
		CHECK_NUMBER(rows[i].label, c.rmappable, rows[i].rmappable);
		CHECK_NUMBER(rows[i].label, c.hugetlb, rows[i].hugetlb);
	}
}

/* From 6.12 on: a page's own, and those of the whole; nothing counts twice. */
static void mapcounts_of_folios(void **state)
{
	static const struct {
		const char *label;
		uint32_t word;
		bool compound;
		int32_t whole;
		uint64_t want;
	} rows[] = {
		{ "not mapped", UINT32_MAX, false, 0, 0 },
		{ "seven times", 6, false, 0, 7 },
		{ "typed: slab", 0xf5000001, false, 0, 0 },
		{ "mapped whole", UINT32_MAX, true, 0, 1 },
		{ "twice whole, once apart", 0, true, 1, 3 },
		{ "hugetlb's head, typed, three times", 0xf4000000, true, 2, 3 },
		{ "hugetlb's tail", UINT32_MAX, true, 2, 3 },
		{ "kernel's", UINT32_MAX, true, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct page_facts page = { .mapcount_word = rows[i].word,
						 .typed = rows[i].word >> 28 == 0xf && ~rows[i].word };
		const struct page_facts head = { .head = true };
		const struct page_compound compound = { .mapcount = rows[i].whole };
		struct page_layout l;

		form_layout(&l, FORM_7_2);
		CHECK_NUMBER(rows[i].label,
			     page_mapcount(&l, &page, rows[i].compound ? &head : NULL,
					   rows[i].compound ? &compound : NULL),
			     rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fake_heads),  cmocka_unit_test(fields_by_form),
		cmocka_unit_test(heads_by_form), cmocka_unit_test(types_by_form),
		cmocka_unit_test(compounds_by_form), cmocka_unit_test(mapcounts_of_folios),
		cmocka_unit_test(fields),      cmocka_unit_test(mappings),
		cmocka_unit_test(types),       cmocka_unit_test(flag_texts),
		cmocka_unit_test(cut_texts),   cmocka_unit_test(zones),
		cmocka_unit_test(short_views), cmocka_unit_test(second_pages),
		cmocka_unit_test(mapcounts),
	};

	return cmocka_run_group_tests_name("decode/page", tests, setup, NULL);
}

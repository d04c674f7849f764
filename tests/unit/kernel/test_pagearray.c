/* The struct page array: extents, windows, holes, and struct pages that lie in two pieces. */
/* Bytes only: a struct page here is its pfn, eight bytes again and again. */
#include "core.h"

#define HALF_SECTION (CORE_SECTION_PAGES / 2)
#define GOOD 0xfu /* section_mem_map: present, map, online, early */

static struct core c;
static uint8_t buf[3u << 20];

/*
 * Section 0 mapped by large pages; 1 by small ones, every second of them elsewhere; 2 not at
 * all; 3 has its first half only, as small pages in one piece of memory.
 */
static void make_array(size_t page_size)
{
	uint64_t bytes = CORE_SECTION_PAGES * page_size, at = c.vmemmap, phys = 0x1000000;
	char size[8];

	core_init(&c, 4);
	c.page_size = page_size;
	snprintf(size, sizeof(size), "%zu", page_size);
	core_info(&c, "SIZE(page)", size);
	for (uint64_t s = 0; s < 4; s++)
		if (s != 2)
			core_section(&c, s, c.vmemmap | GOOD);
	at = c.vmemmap;
	core_map(&c, at, 0x400000, 2, 0);
	/* 56 bytes: section 0 ends inside the large page, and section 1 begins there. */
	at += 2u << 20;
	for (uint64_t i = 0; at < c.vmemmap + 2 * bytes; at += PAGE_SIZE, i++)
		core_map(&c, at, i % 2 ? phys + i * PAGE_SIZE : 0x800000 + i * PAGE_SIZE, 1, 0);
	at = (c.vmemmap + 3 * bytes) & PAGE_MASK;
	for (uint64_t i = 0; at < c.vmemmap + 3 * bytes + HALF_SECTION * page_size;
	     at += PAGE_SIZE, i++)
		core_map(&c, at, 0x2000000 + i * PAGE_SIZE, 1, 0);
	for (uint64_t pfn = 0; pfn < 4 * CORE_SECTION_PAGES; pfn++) {
		uint64_t words[8];

		if (pfn / CORE_SECTION_PAGES == 2 || pfn >= 3 * CORE_SECTION_PAGES + HALF_SECTION)
			continue;
		for (size_t i = 0; i < 8; i++)
			words[i] = pfn;
		core_put_virt(&c, c.vmemmap + pfn * page_size, words, page_size);
	}
	core_open_kernel(&c);
}

static const size_t sizes[] = { 64, 56 };

static void check_pages(const uint8_t *bytes, uint64_t first, uint64_t count, size_t page_size)
{
	for (uint64_t i = 0; i < count; i++) {
		for (size_t off = 0; off < page_size; off += 8) {
			uint64_t word;

			memcpy(&word, bytes + i * page_size + off, 8);
			CHECK_NUMBER("struct page", word, first + i);
		}
	}
}

static void copies(void **state)
{
	static const struct {
		const char *label;
		uint64_t first;
		size_t count;
		bool there;
	} rows[] = {
		{ "first", 0, 1, true },
		{ "large page", 0, 32768, true },
		{ "across sections", 32767, 2, true },
		{ "small pages", 32768, 32768, true },
		{ "one that may straddle", 32768 + 5000 + 73, 1, true },
		{ "last before the hole", 65535, 1, true },
		{ "into the hole", 65535, 2, false },
		{ "hole", 65536, 1, false },
		{ "out of the hole", 98303, 2, false },
		{ "behind the hole", 98304, 16384, true },
		{ "not mapped", 98304 + 16384 + 100, 1, false },
		{ "behind the end", 131072, 1, false },
		{ "far", 1ull << 52, 1, false },
		{ "farther", UINT64_MAX, 1, false },
		{ "none", 98303, 0, true },
	};

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		make_array(sizes[s]);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct err e = ERR_INIT;

			CHECK(rows[i].label,
			      pagearray_read(&c.kernel.pages, rows[i].first, rows[i].count, buf,
					     &e) == rows[i].there);
			CHECK_NUMBER(rows[i].label, e.kind, rows[i].there ? ERR_NONE : ERR_NO_PAGE);
			if (rows[i].there)
				check_pages(buf, rows[i].first, rows[i].count, sizes[s]);
		}
		core_deinit(&c);
	}
}

static void places(void **state)
{
	static const uint64_t none[] = { 65536, 98303, 131072, 1ull << 52 };

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		const struct pagearray *pa = &c.kernel.pages;
		uint64_t virt, pfn;

		make_array(sizes[s]);
		for (uint64_t p = 0; p < 131072; p += 4093) {
			if (p / 32768 == 2)
				continue;
			assert_true(pagearray_virt(pa, p, &virt));
			CHECK_NUMBER("virt", virt, 0xffffea0000000000 + p * sizes[s]);
			assert_true(pagearray_pfn(pa, virt, &pfn));
			CHECK_NUMBER("pfn", pfn, p);
			assert_false(pagearray_pfn(pa, virt + 1, &pfn));
			assert_false(pagearray_pfn(pa, virt + sizes[s] - 8, &pfn));
		}
		for (size_t i = 0; i < ARRAY_LEN(none); i++) {
			assert_false(pagearray_virt(pa, none[i], &virt));
			assert_false(
			    pagearray_pfn(pa, 0xffffea0000000000 + none[i] * sizes[s], &pfn));
		}
		assert_false(pagearray_pfn(pa, 0, &pfn));
		assert_false(pagearray_pfn(pa, 0xffffe9ffffffffc0, &pfn));
		assert_false(pagearray_pfn(pa, UINT64_MAX & ~63ull, &pfn));
		core_deinit(&c);
	}
}

/* A base so high that the array goes around the end of the address space: both ways agree. */
static void around_the_end(void **state)
{
	struct memmodel_run run = { { 0, CORE_SECTION_PAGES }, 0xffffffffffff0000 };
	const struct memmodel mm = { .len = 1, .runs = &run };
	const struct pagearray pa = { .memmodel = &mm, .page_size = 64 };
	uint64_t virt = 0, pfn = 0;

	(void)state;
	assert_true(pagearray_virt(&pa, 1025, &virt));
	CHECK_NUMBER("virt", virt, 64);
	assert_true(pagearray_pfn(&pa, virt, &pfn));
	CHECK_NUMBER("pfn", pfn, 1025);
	assert_false(pagearray_pfn(&pa, 0xfffffffffffeffc0, &pfn));
}

/* Struct pages that a device keeps in memory of its own, or that a section not online has. */
static void not_to_be_had(void **state)
{
	static const struct range ram[] = { { 0, CORE_RAM_END }, { 0x40000000, 0x40200000 } };
	static const struct {
		const char *label;
		uint64_t pfn;
		bool there;
		const char *cause;
	} rows[] = {
		{ "in RAM", 0, true, "" },
		{ "the last in RAM", 511, true, "" },
		{ "where there is no RAM", 512, false, "it lies at 0x3000000000, where no RAM" },
		{ "in RAM of no section that is online", 32768, false,
		  "it lies at 0x40000000, where no RAM" },
		{ "not mapped", 34000, false, "the kernel has not mapped the place for it" },
		{ "not online", 65536, false, "its memory section is not online" },
		{ "no section", 98304, false, "no memory section that is online" },
	};

	(void)state;
	core_init_ram(&c, 4, ram, ARRAY_LEN(ram), 0);
	core_section(&c, 0, c.vmemmap | GOOD);
	core_section(&c, 1, c.vmemmap | GOOD);
	core_section(&c, 2, c.vmemmap | (GOOD & ~4ull));
	for (uint64_t i = 0; i < 16; i++)
		core_map(&c, c.vmemmap + i * PAGE_SIZE,
			 i < 8 ? 0x400000 + i * PAGE_SIZE : 0x3000000000 + (i - 8) * PAGE_SIZE, 1,
			 0);
	core_map(&c, c.vmemmap + 0x200000, 0x40000000, 1, 0);
	core_open_kernel(&c);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct mem_window w;
		uint64_t count = 0, copies = 0;

		CHECK(rows[i].label, pagearray_read(&c.kernel.pages, rows[i].pfn, 1, buf, &e) ==
					     rows[i].there);
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].there ? ERR_NONE : ERR_NO_PAGE);
		CHECK(rows[i].label, !strncmp(e.cause, rows[i].cause, strlen(rows[i].cause)));
		if (pagearray_window(&c.kernel.pages, rows[i].pfn, 131072, &w, &count,
				     &copies, &e))
			mem_window_close(&c.mem, &w);
		else
			CHECK_NUMBER(rows[i].label, e.kind, ERR_NO_PAGE);
		CHECK(rows[i].label, count && count <= 131072 - rows[i].pfn);
	}
	core_deinit(&c);
}

/* Classic SPARSEMEM: arrays that lie in another order than their sections. */
static void in_any_order(void **state)
{
	static const uint64_t section = 1ull << (29 - 12);
	static const uint64_t arrays[] = { 0xc1000000, 0xc0800000, 0xc2000000, 0xc1800000 };
	static const struct range ram[] = { { 0, CORE_RAM_END },
					    { (4ull << 29) - PAGE_SIZE, 4ull << 29 } };

	(void)state;
	core_init_ram(&c, 3, ram, ARRAY_LEN(ram), 0);
	for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
		core_section(&c, i, (uint32_t)(arrays[i] - i * section * 32) | GOOD);
		for (uint64_t pfn = 0; pfn < section; pfn += 1000) {
			uint64_t word = i * section + pfn;

			core_put_virt(&c, arrays[i] + pfn * 32, &word, sizeof(word));
		}
	}
	core_open_kernel(&c);
	CHECK_NUMBER("extents", c.kernel.pages.len, ARRAY_LEN(arrays));
	for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
		for (uint64_t n = 0; n < section; n += 1000) {
			uint64_t word[4], virt = 0, back = 0, pfn = i * section + n;
			struct err e = ERR_INIT;

			assert_true(pagearray_read(&c.kernel.pages, pfn, 1, word, &e));
			CHECK_NUMBER("struct page", word[0], pfn);
			assert_true(pagearray_virt(&c.kernel.pages, pfn, &virt));
			CHECK_NUMBER("virt", virt, arrays[i] + n * 32);
			assert_true(pagearray_pfn(&c.kernel.pages, virt, &back));
			CHECK_NUMBER("pfn", back, pfn);
			assert_false(pagearray_pfn(&c.kernel.pages, virt + 4, &back));
			assert_true(pagearray_holder(&c.kernel.pages, virt + 31, &back));
			CHECK_NUMBER("pfn", back, pfn);
		}
	}
	core_deinit(&c);
}

static void windows(void **state)
{
	static const struct {
		const char *label;
		uint64_t first, end;
		uint64_t count;
		enum err_kind kind;
	} rows[] = {
		{ "a whole large page", 0, 131072, 32768, ERR_NONE },
		{ "not past end", 0, 100, 100, ERR_NONE },
		{ "from inside", 32000, 131072, 768, ERR_NONE },
		{ "a small page", 32768, 131072, 64, ERR_NONE },
		{ "its last", 32768 + 63, 131072, 1, ERR_NONE },
		{ "a section that is not there", 65536, 131072, 32768, ERR_NO_PAGE },
		{ "from inside it", 70000, 131072, 98304 - 70000, ERR_NO_PAGE },
		{ "up to end", 70000, 70007, 7, ERR_NO_PAGE },
		{ "many small pages in a row", 98304, 131072, 16384, ERR_NONE },
		{ "the half not mapped", 98304 + 16384, 131072, 16384, ERR_NO_PAGE },
		{ "behind all", 131072, 131080, 8, ERR_NO_PAGE },
	};

	(void)state;
	make_array(64);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct mem_window w;
		uint64_t count = 0, copies = 0;

		CHECK(rows[i].label,
		      pagearray_window(&c.kernel.pages, rows[i].first, rows[i].end, &w, &count,
				       &copies, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		CHECK_NUMBER(rows[i].label, count, rows[i].count);
		CHECK_NUMBER(rows[i].label, copies, 1);
		if (rows[i].kind == ERR_NONE) {
			CHECK_NUMBER(rows[i].label, w.view.len, count * 64);
			check_pages(w.view.bytes, rows[i].first, count, 64);
			mem_window_close(&c.mem, &w);
		}
	}
	core_deinit(&c);
}

/* However long the piece of memory is, a window is 2 MiB at most, in whole struct pages. */
static void longest_window(void **state)
{
	static const struct {
		size_t page_size;
		uint64_t count;
	} rows[] = { { 64, 32768 }, { 56, 37449 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct mem_window w;
		uint64_t count = 0, copies = 0;

		core_init(&c, 4);
		core_info(&c, "SIZE(page)", rows[i].page_size == 64 ? "64" : "56");
		core_section(&c, 0, c.vmemmap | GOOD);
		core_section(&c, 1, c.vmemmap | GOOD);
		core_map(&c, c.vmemmap, 0x400000, 2, 0);
		core_map(&c, c.vmemmap + (2u << 20), 0x600000, 2, 0);
		core_open_kernel(&c);
		assert_true(pagearray_window(&c.kernel.pages, 0, 65536, &w, &count, &copies, &e));
		CHECK_NUMBER("struct pages", count, rows[i].count);
		CHECK_NUMBER("bytes", w.view.len, rows[i].count * rows[i].page_size);
		mem_window_close(&c.mem, &w);
		core_deinit(&c);
	}
}

/* One window after the other, with what straddles copied: each pfn once, and none left out. */
static void walk_by_windows(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		uint64_t pfn = 0, seen = 0, holes = 0, straddling = 0;

		make_array(sizes[s]);
		while (pfn < 131072) {
			struct err e = ERR_INIT;
			struct mem_window w;
			uint64_t count = 0, copies = 0;

			if (pagearray_window(&c.kernel.pages, pfn, 131072, &w, &count, &copies, &e)) {
				CHECK("short enough", w.view.len <= MEM_WINDOW_MAX);
				CHECK_NUMBER("length", w.view.len, count * sizes[s]);
				check_pages(w.view.bytes, pfn, count, sizes[s]);
				mem_window_close(&c.mem, &w);
				seen += count;
			} else if (e.kind == ERR_NO_PAGE) {
				holes += count;
			} else {
				CHECK_NUMBER("kind", e.kind, ERR_UNSUPPORTED);
				CHECK_NUMBER("one", count, 1);
				e = (struct err)ERR_INIT;
				assert_true(pagearray_read(&c.kernel.pages, pfn, 1, buf, &e));
				check_pages(buf, pfn, 1, sizes[s]);
				straddling++;
			}
			CHECK("onwards", count);
			pfn += count;
		}
		CHECK_NUMBER("end", pfn, 131072);
		CHECK_NUMBER("seen", seen + straddling, 2 * 32768 + 16384);
		CHECK_NUMBER("holes", holes, 32768 + 16384);
		/*
		 * The pieces meet at the starts of the pages 512 to 895 of the array. With 56
		 * bytes a struct page begins there when 4096 times the page's number is a
		 * multiple of 56, which every 7th number makes: 511 < 7 * 74 ... 7 * 127 < 896.
		 */
		CHECK_NUMBER("straddling", straddling, sizes[s] == 64 ? 0 : 384 - (127 - 73));
		core_deinit(&c);
	}
}

/*
 * Where hugetlb does without most of its struct pages: pages 9 to 15 of the array, those of the pfns
 * from 576 on, are page 8 again, the last of what lies in one piece.
 */
static void same_pages(void **state)
{
	static const struct {
		const char *label;
		uint64_t first, end, count, copies, shown;
	} rows[] = {
		{ "in front", 0, 32768, 576, 1, 0 },
		{ "all of them", 576, 32768, 64, 7, 512 },
		{ "not past end", 576, 576 + 130, 64, 2, 512 },
		{ "less than one", 576, 576 + 63, 63, 1, 512 },
		{ "the fourth", 576 + 3 * 64, 32768, 64, 4, 512 },
		{ "from inside", 576 + 3 * 64 + 1, 32768, 63, 1, 513 },
		{ "the last", 576 + 6 * 64, 32768, 64, 1, 512 },
		{ "behind", 1024, 32768, 31744, 1, 1024 },
	};
	const struct pagearray *pa = &c.kernel.pages;

	(void)state;
	core_init(&c, 4);
	core_section(&c, 0, c.vmemmap | GOOD);
	for (uint64_t i = 0; i < 512; i++)
		core_map(&c, c.vmemmap + i * PAGE_SIZE,
			 0x400000 + (i / 8 == 1 ? 8 : i) * PAGE_SIZE, 1, 0);
	for (uint64_t pfn = 0; pfn < 32768; pfn++) {
		uint64_t words[8] = { pfn, pfn, pfn, pfn, pfn, pfn, pfn, pfn };

		if (pfn < 512 + 64 || pfn >= 1024)
			core_put_virt(&c, c.vmemmap + pfn * 64, words, 64);
	}
	core_open_kernel(&c);
	CHECK_NUMBER("extents", pa->len, 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint64_t count = 0, copies = 0;
		struct mem_window w;

		CHECK(rows[i].label, pagearray_window(pa, rows[i].first, rows[i].end, &w, &count,
						      &copies, &e));
		CHECK_NUMBER(rows[i].label, count, rows[i].count);
		CHECK_NUMBER(rows[i].label, copies, rows[i].copies);
		check_pages(w.view.bytes, rows[i].shown, count, 64);
		mem_window_close(&c.mem, &w);
		for (uint64_t n = 0; n < copies; n++) {
			CHECK(rows[i].label, pagearray_read(pa, rows[i].first + n * 64,
							    (size_t)count, buf, &e));
			check_pages(buf, rows[i].shown, count, 64);
		}
	}
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),	  cmocka_unit_test(places),
		cmocka_unit_test(around_the_end), cmocka_unit_test(windows),
		cmocka_unit_test(not_to_be_had),  cmocka_unit_test(in_any_order),
		cmocka_unit_test(longest_window), cmocka_unit_test(walk_by_windows),
		cmocka_unit_test(same_pages),
	};

	return cmocka_run_group_tests_name("kernel/pagearray", tests, NULL, NULL);
}

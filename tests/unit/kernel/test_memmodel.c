/* SPARSEMEM_EXTREME: roots, sections, and keys that cannot be right. */
/* The section tables of real kernels are read on the booted board. */
#include "core.h"

/* section_mem_map's low bits, include/linux/mmzone.h: present, has a map, online, early. */
#define PRESENT 1u
#define HAS_MAP 2u
#define ONLINE 4u
#define EARLY 8u
#define GOOD (PRESENT | HAS_MAP | ONLINE | EARLY)

static struct core c;
static struct pagetable pt;
static struct memmodel mm;

/* RAM reaches as high as can be, by one page: no root is behind the end of memory. */
static void init(unsigned int levels)
{
	uint64_t end = levels == 5 ? 1ull << 52 : 1ull << 46;
	const struct range ram[] = { { 0, CORE_RAM_END }, { end - PAGE_SIZE, end } };

	core_init_ram(&c, levels, ram, ARRAY_LEN(ram), 0);
}

static bool open_model(struct err *e)
{
	struct vmcoreinfo vi;

	core_open(&c);
	vi = core_vmcoreinfo(&c);
	return pagetable_init(&pt, &c.mem, &vi, e) && memmodel_init(&mm, &pt, &vi, e);
}

static void close_model(void)
{
	memmodel_deinit(&mm);
	core_deinit(&c);
}

static void sections(void **state)
{
	static const unsigned int levels[] = { 4, 5 };
	static const uint64_t none[] = { 2 * CORE_SECTION_PAGES,   3 * CORE_SECTION_PAGES - 1,
					 5 * CORE_SECTION_PAGES,   300 * CORE_SECTION_PAGES - 1,
					 302 * CORE_SECTION_PAGES, UINT64_MAX };

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(levels); l++) {
		struct err e = ERR_INIT;
		/* The last section that each number of address bits has room for. */
		uint64_t last = levels[l] == 5 ? (1ull << 25) - 1 : (1ull << 19) - 1;

		init(levels[l]);
		core_section(&c, 0, c.vmemmap | GOOD);
		core_section(&c, 1, c.vmemmap | GOOD);
		core_section(&c, 2, c.vmemmap | PRESENT | ONLINE); /* no map */
		core_section(&c, 3, c.vmemmap | GOOD | 0x3f0);	   /* bits of later kernels */
		core_section(&c, 4, c.vmemmap | HAS_MAP | ONLINE); /* added later, whole */
		core_usage(&c, 4, c.direct + CORE_FREE);
		core_put64(&c, CORE_FREE + 16, ~0ull);
		core_section(&c, 5, c.vmemmap | PRESENT | HAS_MAP); /* not online */
		/* The root between is NULL. */
		core_section(&c, 300, (c.vmemmap + 0x1000) | GOOD);
		core_section(&c, 301, (c.vmemmap + 0x2000) | GOOD);
		core_section(&c, last, c.vmemmap | GOOD);
		assert_true(open_model(&e));
		CHECK_NUMBER("pages a section", mm.section_shift, 15);
		CHECK_NUMBER("sections", mm.sections, 7);
		CHECK_NUMBER("runs", mm.len, 5);
		CHECK_NUMBER("two together", mm.runs[0].pfn.start, 0);
		CHECK_NUMBER("two together", mm.runs[0].pfn.end, 2 * CORE_SECTION_PAGES);
		CHECK_NUMBER("base without flags", mm.runs[0].base, c.vmemmap);
		CHECK_NUMBER("behind the hole", mm.runs[1].pfn.start, 3 * CORE_SECTION_PAGES);
		CHECK_NUMBER("flags of later kernels", mm.runs[1].base, c.vmemmap);
		CHECK_NUMBER("two together", mm.runs[1].pfn.end, 5 * CORE_SECTION_PAGES);
		CHECK_NUMBER("another base", mm.runs[2].pfn.start, 300 * CORE_SECTION_PAGES);
		CHECK_NUMBER("another base", mm.runs[2].pfn.end, 301 * CORE_SECTION_PAGES);
		CHECK_NUMBER("another base", mm.runs[2].base, c.vmemmap + 0x1000);
		CHECK_NUMBER("and another", mm.runs[3].base, c.vmemmap + 0x2000);
		CHECK_NUMBER("last", mm.runs[4].pfn.start, last * CORE_SECTION_PAGES);
		CHECK_NUMBER("end", memmodel_end(&mm), (last + 1) * CORE_SECTION_PAGES);
		assert_ptr_equal(memmodel_find(&mm, 0), &mm.runs[0]);
		assert_ptr_equal(memmodel_find(&mm, 2 * CORE_SECTION_PAGES - 1), &mm.runs[0]);
		assert_ptr_equal(memmodel_find(&mm, 4 * CORE_SECTION_PAGES), &mm.runs[1]);
		assert_ptr_equal(memmodel_find(&mm, memmodel_end(&mm) - 1), &mm.runs[4]);
		for (size_t i = 0; i < ARRAY_LEN(none); i++)
			assert_null(memmodel_find(&mm, none[i]));
		close_model();
	}
}

/* 41 entries of 100 bytes do not fill a page; those of 32 (PAGE_EXTENSION) do. */
static void entry_sizes(void **state)
{
	static const struct {
		const char *label, *size, *offset, *length, *bits;
		uint64_t at, number; /* of the entry's word in its page; the section it is */
	} rows[] = {
		{ "16 bytes", "16", "0", "2048", "46", 16 * 255, 255 },
		{ "32 bytes", "32", "0", "4096", "46", 32 * 127, 127 },
		{ "32 bytes, word behind", "32", "24", "4096", "46", 32 * 127 + 24, 127 },
		{ "24 bytes", "24", "8", "3085", "46", 24 * 169 + 8, 169 },
		{ "a page", "4096", "4088", "524288", "46", 4088, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init(4);
		core_info(&c, "SIZE(mem_section)", rows[i].size);
		core_info(&c, "OFFSET(mem_section.section_mem_map)", rows[i].offset);
		core_info(&c, "LENGTH(mem_section)", rows[i].length);
		core_put64(&c, CORE_ROOTS, c.direct + CORE_FREE);
		core_put64(&c, CORE_FREE + rows[i].at, c.vmemmap | GOOD);
		if (!strcmp(rows[i].size, "4096")) /* too many roots for the room they have here */
			core_info_hex(&c, "SYMBOL(mem_section)", c.direct + 0x1000000);
		if (!strcmp(rows[i].size, "4096"))
			core_put64(&c, 0x1000000, c.direct + CORE_FREE);
		CHECK(rows[i].label, open_model(&e));
		CHECK_NUMBER(rows[i].label, mm.len, 1);
		CHECK_NUMBER(rows[i].label, mm.runs[0].pfn.start,
			     rows[i].number * CORE_SECTION_PAGES);
		close_model();
	}
}

static void keys(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "no table", "SYMBOL(mem_section)", NULL, ERR_KEY_MISSING },
		{ "table at 0", "SYMBOL(mem_section)", "0", ERR_KEY_VALUE },
		{ "table of no pointers", "SYMBOL(mem_section)", "ffff888000100001",
		  ERR_KEY_VALUE },
		{ "table across a page", "SYMBOL(mem_section)", "ffff888000100ffc", ERR_KEY_VALUE },
		{ "table not mapped", "SYMBOL(mem_section)", "ffff900000000000", ERR_NOT_MAPPED },
		{ "table not canonical", "SYMBOL(mem_section)", "900000000000", ERR_ADDRESS },
		{ "table near the end", "SYMBOL(mem_section)", "fffffffffff00000", ERR_NOT_MAPPED },
		{ "no size", "SIZE(mem_section)", NULL, ERR_KEY_MISSING },
		{ "size 0", "SIZE(mem_section)", "0", ERR_KEY_VALUE },
		{ "size 7", "SIZE(mem_section)", "7", ERR_KEY_VALUE },
		{ "size of more than a page", "SIZE(mem_section)", "4097", ERR_KEY_VALUE },
		{ "negative size", "SIZE(mem_section)", "-16", ERR_KEY_VALUE },
		{ "no offset", "OFFSET(mem_section.section_mem_map)", NULL, ERR_KEY_MISSING },
		{ "offset beyond", "OFFSET(mem_section.section_mem_map)", "9", ERR_KEY_OFFSET },
		{ "offset far beyond", "OFFSET(mem_section.section_mem_map)", "5000",
		  ERR_KEY_VALUE },
		{ "last offset", "OFFSET(mem_section.section_mem_map)", "8", ERR_NONE },
		{ "no roots", "LENGTH(mem_section)", NULL, ERR_KEY_MISSING },
		{ "0 roots", "LENGTH(mem_section)", "0", ERR_KEY_VALUE },
		{ "one root fewer", "LENGTH(mem_section)", "2047", ERR_UNSUPPORTED },
		{ "one root more", "LENGTH(mem_section)", "2049", ERR_UNSUPPORTED },
		{ "static array of 64 bits", "LENGTH(mem_section)", "524288", ERR_UNSUPPORTED },
		{ "very many roots", "LENGTH(mem_section)", "16777217", ERR_KEY_VALUE },
		{ "no section bits", "NUMBER(SECTION_SIZE_BITS)", NULL, ERR_KEY_MISSING },
		{ "few section bits", "NUMBER(SECTION_SIZE_BITS)", "23", ERR_KEY_VALUE },
		{ "many section bits", "NUMBER(SECTION_SIZE_BITS)", "35", ERR_KEY_VALUE },
		{ "not those", "NUMBER(SECTION_SIZE_BITS)", "28", ERR_UNSUPPORTED },
		{ "no address bits", "NUMBER(MAX_PHYSMEM_BITS)", NULL, ERR_KEY_MISSING },
		{ "few address bits", "NUMBER(MAX_PHYSMEM_BITS)", "31", ERR_KEY_VALUE },
		{ "many address bits", "NUMBER(MAX_PHYSMEM_BITS)", "53", ERR_KEY_VALUE },
		{ "negative address bits", "NUMBER(MAX_PHYSMEM_BITS)", "-1", ERR_KEY_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init(4);
		core_section(&c, 0, c.vmemmap | GOOD);
		core_put64(&c, CORE_SECTIONS + 8, c.vmemmap | GOOD);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, open_model(&e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		close_model();
	}
}

/* Sections larger than all of memory: no room for one. */
static void section_of_everything(void **state)
{
	static const struct {
		const char *section, *phys;
	} rows[] = { { "34", "32" }, { "33", "33" }, { "34", "33" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init(4);
		core_info(&c, "NUMBER(SECTION_SIZE_BITS)", rows[i].section);
		core_info(&c, "NUMBER(MAX_PHYSMEM_BITS)", rows[i].phys);
		core_info(&c, "LENGTH(mem_section)", "1");
		assert_false(open_model(&e));
		CHECK_NUMBER(rows[i].section, e.kind, ERR_KEY_VALUE);
		close_model();
	}
}

static void bad_roots(void **state)
{
	static const struct {
		const char *label;
		uint64_t root;
		enum err_kind kind;
	} rows[] = {
		{ "not mapped", 0xffffea0000000000, ERR_NOT_MAPPED },
		{ "not canonical", 0x1234567812345678, ERR_ADDRESS },
		{ "behind RAM", 0xffff888000000000 + CORE_RAM_END, ERR_GUARD },
		{ "a page of zeros", 0xffff888000000000 + CORE_FREE, ERR_KEY_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init(4);
		core_put64(&c, CORE_ROOTS + 8 * 77, rows[i].root);
		CHECK(rows[i].label, !open_model(&e));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (rows[i].kind != ERR_KEY_VALUE)
			CHECK(rows[i].label, strstr(e.msg, "section root 77"));
		close_model();
	}
}

/* Roots of sections that lie behind all RAM are not looked at: there are very many of them. */
static void behind_ram(void **state)
{
	/* A root is 256 sections, 32 GiB. */
	static const struct {
		const char *label;
		uint64_t ram_end;
		uint64_t sections; /* of the roots 0, 1 and 2, that have one each */
	} rows[] = {
		{ "64 MiB", CORE_RAM_END, 1 },
		{ "up to root 1", 32ull << 30, 2 },
		{ "into root 1", (32ull << 30) + PAGE_SIZE, 2 },
		{ "into root 2", 72ull << 30, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range ram[] = { { 0, CORE_RAM_END },
				       { rows[i].ram_end - PAGE_SIZE, rows[i].ram_end } };
		struct err e = ERR_INIT;

		core_init_ram(&c, 4, ram, rows[i].ram_end > CORE_RAM_END ? 2 : 1, 0);
		for (uint64_t root = 0; root < 3; root++)
			core_section(&c, 256 * root, c.vmemmap | GOOD);
		core_put64(&c, CORE_ROOTS + 8 * 3, 0x1234567812345678);
		CHECK(rows[i].label, open_model(&e));
		CHECK_NUMBER(rows[i].label, mm.sections, rows[i].sections);
		close_model();
	}
}

/* More runs than are made room for at first, in their order. */
static void many_runs(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	init(4);
	for (uint64_t i = 0; i < 200; i++)
		core_section(&c, 2 * i, c.vmemmap | GOOD);
	assert_true(open_model(&e));
	CHECK_NUMBER("runs", mm.len, 200);
	for (uint64_t i = 0; i < 200; i++)
		CHECK_NUMBER("order", mm.runs[i].pfn.start, 2 * i * CORE_SECTION_PAGES);
	close_model();
}

/* FLATMEM: one array from the block of the first page on, to the node's last page. */
static void flat(void **state)
{
	static const struct {
		const char *label;
		unsigned int levels;
		uint64_t first, end, start;
	} rows[] = {
		{ "2 levels", 2, 1, 0x4000, 0 },
		{ "PAE, above 4 GiB", 3, 1, 0x140000, 0 },
		{ "another first block", 3, 0x401, 0x4000, 0x400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		core_init(&c, rows[i].levels);
		core_flat(&c, rows[i].first, rows[i].end);
		CHECK(rows[i].label, open_model(&e));
		CHECK_TEXT(rows[i].label, memmodel_name(&mm), "FLATMEM");
		CHECK_NUMBER(rows[i].label, mm.len, 1);
		CHECK_NUMBER(rows[i].label, mm.runs[0].pfn.start, rows[i].start);
		CHECK_NUMBER(rows[i].label, mm.runs[0].pfn.end, rows[i].end);
		CHECK_NUMBER(rows[i].label, mm.runs[0].base, c.vmemmap);
		CHECK_NUMBER(rows[i].label, memmodel_end(&mm), rows[i].end);
		CHECK_NUMBER(rows[i].label, mm.sections, 0);
		close_model();
	}
}

static void flat_keys(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "no node", "SYMBOL(contig_page_data)", NULL, ERR_KEY_MISSING },
		{ "no first page", "OFFSET(pglist_data.node_start_pfn)", NULL, ERR_KEY_MISSING },
		{ "no pages", "OFFSET(pglist_data.node_spanned_pages)", "300", ERR_KEY_VALUE },
		{ "not told twice", "OFFSET(pglist_data.node_mem_map)", NULL, ERR_NONE },
		{ "of 64 bits there is none", "SIZE(list_head)", "16", ERR_KEY_MISSING },
		{ "told otherwise", "OFFSET(pglist_data.node_mem_map)", "104", ERR_KEY_VALUE },
		{ "offset too large", "OFFSET(pglist_data.node_start_pfn)", "16777217",
		  ERR_KEY_VALUE },
		{ "mem_map not mapped", "SYMBOL(mem_map)", "f0000000", ERR_NOT_MAPPED },
		{ "mem_map NULL", "SYMBOL(mem_map)", "c0102000", ERR_KEY_VALUE },
		{ "mem_map at 0", "SYMBOL(mem_map)", "0", ERR_KEY_VALUE },
		{ "node not mapped", "SYMBOL(contig_page_data)", "f0000000", ERR_NOT_MAPPED },
		{ "no orders", "LENGTH(zone.free_area)", NULL, ERR_KEY_MISSING },
		{ "size of nothing", "SIZE(page)", "0", ERR_KEY_VALUE },
		{ "no size", "SIZE(page)", NULL, ERR_KEY_MISSING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		core_init(&c, 3);
		core_flat(&c, 1, 0x4000);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, open_model(&e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		close_model();
	}
}

/* Classic SPARSEMEM: a static table, arrays wherever they are, words of 32 bits that may wrap. */
static void classic(void **state)
{
	static const uint64_t section = 1ull << (29 - 12);
	static const struct range ram[] = { { 0, CORE_RAM_END },
					    { (8ull << 29) - PAGE_SIZE, 8ull << 29 } };
	struct err e = ERR_INIT;

	(void)state;
	core_init_ram(&c, 3, ram, ARRAY_LEN(ram), 0);
	core_section(&c, 0, 0xc1000000 | GOOD);
	core_section(&c, 1, 0xc1000000 | GOOD);
	core_section(&c, 2, (uint32_t)(0xc0800000 - 2 * section * 32) | GOOD);
	core_section(&c, 3, 0xc1000000 | PRESENT | HAS_MAP | EARLY);
	core_section(&c, 4, 0xc1000000 | PRESENT | HAS_MAP | EARLY);
	core_section(&c, 7, (uint32_t)(0x00100000 - 7 * section * 32) | GOOD);
	assert_true(open_model(&e));
	CHECK_TEXT("name", memmodel_name(&mm), "SPARSEMEM");
	CHECK_NUMBER("sections", mm.sections, 4);
	CHECK_NUMBER("runs", mm.len, 3);
	CHECK_NUMBER("two as one", mm.runs[0].pfn.end, 2 * section);
	CHECK_NUMBER("its own", mm.runs[1].base + 2 * section * 32, 0xc0800000);
	CHECK_NUMBER("around 0", mm.runs[2].base + 7 * section * 32, 0x00100000);
	CHECK_NUMBER("not online", mm.offline_len, 1);
	CHECK_NUMBER("not online", mm.offline[0].start, 3 * section);
	CHECK_NUMBER("not online", mm.offline[0].end, 5 * section);
	assert_true(memmodel_is_offline(&mm, 3 * section));
	assert_false(memmodel_is_offline(&mm, 5 * section));
	close_model();
}

/* Sections added later: as far as their subsections are there, with an rcu_head before them or not. */
static void subsections(void **state)
{
	static const struct {
		const char *label;
		uint64_t words[3];
		uint64_t flags, usage;
		size_t runs;
		uint64_t start, end; /* of the last run, in subsections */
		enum err_kind kind;
	} rows[] = {
		{ "all", { ~0ull, 0, 0 }, 0, 0, 1, 0, 64, ERR_NONE },
		{ "all, rcu_head", { 0, 0, ~0ull }, 0, 0, 1, 0, 64, ERR_NONE },
		{ "the first", { 1, 77, 77 }, 0, 0, 1, 0, 1, ERR_NONE },
		{ "the last, rcu_head", { 0, 0, 1ull << 63 }, 0, 0, 1, 63, 64, ERR_NONE },
		{ "two pieces", { 0, 0, 0xff00f0 }, 0, 0, 2, 16, 24, ERR_NONE },
		{ "none", { 0, 0, 0 }, 0, 0, 0, 0, 0, ERR_NONE },
		{ "from the start there: not asked", { 0, 0, 1 }, EARLY, 0, 1, 0, 64, ERR_NONE },
		{ "no account", { 0, 0, 1 }, 0, 0xffff900000000000, 0, 0, 0, ERR_NOT_MAPPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		const struct memmodel_run *run;

		init(4);
		core_section(&c, 0, c.vmemmap | GOOD);
		core_section(&c, 9, c.vmemmap | PRESENT | HAS_MAP | ONLINE | rows[i].flags);
		core_usage(&c, 9, rows[i].usage ? rows[i].usage : c.direct + CORE_FREE);
		core_put(&c, CORE_FREE, rows[i].words, sizeof(rows[i].words));
		CHECK(rows[i].label, open_model(&e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (e.kind != ERR_NONE) {
			close_model();
			continue;
		}
		CHECK_TEXT(rows[i].label, memmodel_name(&mm), "SPARSEMEM_VMEMMAP");
		CHECK_NUMBER(rows[i].label, mm.len, rows[i].runs + 1);
		run = &mm.runs[mm.len - 1];
		if (rows[i].runs) {
			CHECK_NUMBER(rows[i].label, run->pfn.start,
				     9 * CORE_SECTION_PAGES + 512 * rows[i].start);
			CHECK_NUMBER(rows[i].label, run->pfn.end,
				     9 * CORE_SECTION_PAGES + 512 * rows[i].end);
		}
		close_model();
	}
}

/* EXTREME: struct pages in the direct map, or in an area of their own. */
static void with_vmemmap_or_not(void **state)
{
	static const struct {
		const char *label, *told, *want;
		bool direct;
	} rows[] = {
		{ "an area of their own", NULL, "SPARSEMEM_VMEMMAP", false },
		{ "and told", "ffffea0000000000", "SPARSEMEM_VMEMMAP", false },
		{ "direct map", NULL, "SPARSEMEM_EXTREME", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init(4);
		core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
		core_section(&c, 0, (rows[i].direct ? c.direct + CORE_FREE : c.vmemmap) | GOOD);
		core_info(&c, "SYMBOL(vmemmap)", rows[i].told);
		CHECK(rows[i].label, open_model(&e));
		CHECK_TEXT(rows[i].label, memmodel_name(&mm), rows[i].want);
		close_model();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections),  cmocka_unit_test(entry_sizes),
		cmocka_unit_test(keys),	     cmocka_unit_test(section_of_everything),
		cmocka_unit_test(bad_roots), cmocka_unit_test(behind_ram),
		cmocka_unit_test(many_runs), cmocka_unit_test(flat),
		cmocka_unit_test(flat_keys), cmocka_unit_test(classic),
		cmocka_unit_test(subsections), cmocka_unit_test(with_vmemmap_or_not),
	};

	return cmocka_run_group_tests_name("kernel/memmodel", tests, NULL, NULL);
}

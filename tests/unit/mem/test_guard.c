/* The allow-list: what is refused before any system call, and the words for it. */
/* Who fills it is tested with kernel/iomem. */
#include "unit.h"

#include "mem/guard.h"

/*
 *   0x00000 page 0      0x01000-0x9efff RAM   0x9f000 part RAM
 *   0xc0000-0xfffff     0x100000-0x7fdffff RAM   0x7fe1000 a table
 */
static void fill(struct guard *g)
{
	struct err e = ERR_INIT;

	guard_init(g);
	assert_true(guard_allow(g, 0, 0x1000, GUARD_LOW, &e));
	assert_true(guard_allow(g, 0x1000, 0x9f000, GUARD_RAM, &e));
	assert_true(guard_allow(g, 0x9f000, 0xa0000, GUARD_LOW_MIXED, &e));
	assert_true(guard_allow(g, 0xc0000, 0x100000, GUARD_LOW, &e));
	assert_true(guard_allow(g, 0x100000, 0x7fe0000, GUARD_RAM, &e));
	assert_true(guard_allow(g, 0x7fe1000, 0x7fe2000, GUARD_TABLE, &e));
}

static void check(void **state)
{
	static const struct {
		const char *label;
		uint64_t phys, len;
		bool map, read;
	} rows[] = {
		{ "page 0", 0, 4096, true, true },
		{ "first byte", 0, 1, true, true },
		{ "across classes", 0xfff, 2, true, true },
		{ "all up to the mixed page", 0, 0x9f000, true, true },
		{ "mixed page", 0x9f000, 1, true, false },
		{ "into the mixed page", 0x9efff, 2, true, false },
		{ "base memory", 0, 0xa0000, true, false },
		{ "a byte of video", 0xa0000, 1, false, false },
		{ "into video", 0x9ffff, 2, false, false },
		{ "end of video", 0xbffff, 1, false, false },
		{ "from video", 0xbffff, 2, false, false },
		{ "around video", 0x9f000, 0x22000, false, false },
		{ "ROMs", 0xc0000, 0x40000, true, true },
		{ "ROMs and RAM", 0xc0000, 0x7f20000, true, true },
		{ "last byte of RAM", 0x7fdffff, 1, true, true },
		{ "behind RAM", 0x7fe0000, 1, false, false },
		{ "across the hole", 0x7fdf000, 0x3000, false, false },
		{ "table", 0x7fe1000, 4096, true, true },
		{ "beyond", 0x100000000, 1, false, false },
		{ "last address", UINT64_MAX, 1, false, false },
		{ "no bytes", 0x1000, 0, false, false },
		{ "wraps", UINT64_MAX, 2, false, false },
		{ "wraps to RAM", 0xfffffffffffff000, 0x3000, false, false },
		{ "everything", 0, UINT64_MAX, false, false },
	};
	struct guard g;

	(void)state;
	fill(&g);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (int way = GUARD_MAP; way <= GUARD_KCORE; way++) {
			struct err e = ERR_INIT;
			/* /proc/kcore: what it does not have, its headers say. */
			bool want = way == GUARD_READ ? rows[i].read : rows[i].map;
			bool got =
			    guard_check(&g, rows[i].phys, rows[i].len, (enum guard_way)way, &e);

			CHECK_NUMBER(rows[i].label, got, want);
			CHECK_NUMBER(rows[i].label, e.kind, want ? ERR_NONE : ERR_GUARD);
			CHECK(rows[i].label, want || e.msg[0]);
		}
	}
}

static void reasons(void **state)
{
	struct err e = ERR_INIT;
	struct guard g;

	(void)state;
	fill(&g);
	assert_false(guard_check(&g, 0x9f800, 0x1000, GUARD_MAP, &e));
	CHECK_TEXT("first bad page", e.msg, "page at 0xa0000 not touched");
	assert_non_null(strstr(e.cause, "video"));
	assert_false(guard_check(&g, 0x9e000, 0x2000, GUARD_READ, &e));
	CHECK_TEXT("mixed page", e.msg, "page at 0x9f000 not touched");
	assert_non_null(strstr(e.cause, "mmap does not"));
	assert_false(guard_check(&g, 0x7fe0123, 1, GUARD_READ, &e));
	CHECK_TEXT("behind RAM", e.msg, "page at 0x7fe0000 not touched");
	assert_non_null(strstr(e.cause, "whole page of RAM"));
}

static void run_end(void **state)
{
	static const struct {
		uint64_t phys, map, read;
	} rows[] = {
		{ 0, 0xa0000, 0x9f000 },
		{ 0x1234, 0xa0000, 0x9f000 },
		{ 0x9f000, 0xa0000, 0x9f000 }, /* its own page: not in a run */
		{ 0xa0123, 0xa0000, 0xa0000 },
		{ 0xc0000, 0x7fe0000, 0x7fe0000 },
		{ 0x7fe0fff, 0x7fe0000, 0x7fe0000 },
		{ 0x7fe1000, 0x7fe2000, 0x7fe2000 },
		{ UINT64_MAX, 0xfffffffffffff000, 0xfffffffffffff000 },
	};
	struct guard g;

	(void)state;
	fill(&g);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_NUMBER("map", guard_run_end(&g, rows[i].phys, GUARD_MAP), rows[i].map);
		CHECK_NUMBER("read", guard_run_end(&g, rows[i].phys, GUARD_READ), rows[i].read);
	}
}

static void is_ram(void **state)
{
	struct guard g;

	(void)state;
	fill(&g);
	assert_false(guard_is_ram(&g, 0));
	assert_true(guard_is_ram(&g, 0x1000));
	assert_true(guard_is_ram(&g, 0x9efff));
	assert_false(guard_is_ram(&g, 0x9f000));
	assert_false(guard_is_ram(&g, 0xfffff));
	assert_true(guard_is_ram(&g, 0x100000));
	assert_false(guard_is_ram(&g, 0x7fe1000));
	assert_false(guard_is_ram(&g, UINT64_MAX));
}

/* What the user named: by mmap, and by read() only when asked for; never RAM. */
static void named(void **state)
{
	struct err e = ERR_INIT;
	struct guard g;

	(void)state;
	fill(&g);
	assert_true(guard_allow(&g, 0xa0000, 0xa1000, GUARD_NAMED, &e));
	assert_true(guard_allow(&g, 0xfec00000, 0xfec01000, GUARD_NAMED_READ, &e));
	assert_true(guard_check(&g, 0xa0000, 0x1000, GUARD_MAP, &e));
	assert_false(guard_check(&g, 0xa0000, 0x1000, GUARD_READ, &e));
	assert_true(guard_check(&g, 0xa0000, 0x1000, GUARD_KCORE, &e));
	assert_false(guard_check(&g, 0xa0000, 0x1001, GUARD_MAP, &e));
	assert_true(guard_check(&g, 0xfec00000, 0x1000, GUARD_MAP, &e));
	assert_true(guard_check(&g, 0xfec00fff, 1, GUARD_READ, &e));
	assert_false(guard_check(&g, 0xfec01000, 1, GUARD_MAP, &e));
	assert_false(guard_is_ram(&g, 0xa0000));
	assert_false(guard_is_ram(&g, 0xfec00000));
	CHECK_NUMBER("end of RAM", guard_ram_end(&g), 0x7fe0000);
}

static void edges(void **state)
{
	static const struct {
		uint64_t phys, edge;
	} rows[] = {
		{ 0, 0x1000 },		 { 0xfff, 0x1000 },	   { 0x1000, 0x9f000 },
		{ 0x9efff, 0x9f000 },	 { 0x9f000, 0xa0000 },	   { 0xa0000, 0xc0000 },
		{ 0xfffff, 0x100000 },	 { 0x7fdffff, 0x7fe0000 }, { 0x7fe0000, 0x7fe1000 },
		{ 0x7fe1fff, 0x7fe2000 }, { 0x7fe2000, UINT64_MAX }, { UINT64_MAX, UINT64_MAX },
	};
	struct guard g;

	(void)state;
	fill(&g);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_NUMBER("edge", guard_edge(&g, rows[i].phys), rows[i].edge);
	guard_init(&g);
	CHECK_NUMBER("nothing allowed", guard_edge(&g, 0), UINT64_MAX);
}

static void room(void **state)
{
	const uint64_t last = (uint64_t)(GUARD_RANGES_MAX - 1) << 20;
	struct err e = ERR_INIT;
	struct guard g;

	(void)state;
	guard_init(&g);
	assert_false(guard_check(&g, 0, 1, GUARD_MAP, &e)); /* empty: nothing */
	for (uint64_t i = 0; i < GUARD_RANGES_MAX; i++)
		assert_true(guard_allow(&g, i << 20, (i << 20) + 4096, GUARD_RAM, &e));
	/* One that continues the last needs no room; an empty one neither; another is refused. */
	assert_true(guard_allow(&g, last + 4096, last + 8192, GUARD_RAM, &e));
	assert_true(guard_allow(&g, 5, 5, GUARD_RAM, &e));
	assert_true(guard_allow(&g, 6, 5, GUARD_RAM, &e));
	assert_false(guard_allow(&g, last << 1, (last << 1) + 4096, GUARD_RAM, &e));
	CHECK_NUMBER("full", e.kind, ERR_UNSUPPORTED);
	assert_true(guard_check(&g, last + 8191, 1, GUARD_MAP, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check),  cmocka_unit_test(reasons), cmocka_unit_test(run_end),
		cmocka_unit_test(is_ram), cmocka_unit_test(edges),
		cmocka_unit_test(room),    cmocka_unit_test(named),
	};

	return cmocka_run_group_tests_name("mem/guard", tests, NULL, NULL);
}

/* Numbers of the kernel's files against counts of pages: which are right, which are not, and what a bound allows. */
/* Those of kernels that run are compared on booted boards. */
#include "unit.h"

#include "census/figures.h"

static struct figures f;
static struct freelists lists;
static struct page_layout layout;

/* One zone of one node, 2 CPUs with a threshold of 4 each, orders 0 and 1, two types; struct pages say the same. */
static void init(void)
{
	static const char zoneinfo[] =
	    "Node 0, zone DMA\n pages free 100\n spanned 1000\n present 900\n managed 800\n"
	    " cpu: 0\n count: 5\n vm stats threshold: 4\n cpu: 1\n count: 6\n vm stats threshold: 4\n"
	    " start_pfn: 1\n";
	struct err e = ERR_INIT;

	memset(&lists, 0, sizeof(lists));
	memset(&layout, 0, sizeof(layout));
	layout.type_mask[PT_TABLE] = 1;
	assert_true(figures_init(&f, &e));
	zonefiles_zoneinfo(f.before, zoneinfo);
	zonefiles_buddyinfo(f.before, "Node 0, zone DMA 20 40\n");
	zonefiles_pagetypeinfo(f.before, "Node 0, zone DMA, type Unmovable 15 40\n"
					 "Node 0, zone DMA, type Isolate 5 0\n");
	zonefiles_meminfo(f.before, "MemTotal: 3200 kB\nMemFree: 400 kB\nAnonPages: 800 kB\n"
				    "Shmem: 1600 kB\nSlab: 200 kB\nPageTables: 80 kB\n"
				    "Hugetlb: 0 kB\nHardwareCorrupted: 4 kB\nSwapCached: 0 kB\n");
	f.census->zones_len = 1;
	f.census->zones[0] = (struct census_zone){ .has_zone = true, .free = { 20, 80 } };
	f.census->zones[0].kinds[KIND_PERCPU] = 11;
	f.census->kinds[KIND_FREE] = 100;
	f.census->kinds[KIND_ANON] = 200;
	f.census->kinds[KIND_SHMEM] = 400;
	f.census->kinds[KIND_SLAB] = 50;
	f.census->kinds[KIND_TABLE] = 20;
	f.census->kinds[KIND_HWPOISON] = 1;
	lists.zones.len = 1;
	lists.zones.list[0] = (struct zone){ .managed = 800, .spanned = 1000, .present = 900 };
	lists.areas[0][0].blocks[0] = 15;
	lists.areas[0][0].blocks[1] = 5;
	lists.areas[0][1].blocks[0] = 40;
	lists.blocks.zones[0] = (struct blocks_zone){ .ram = 900, .usable = 780, .pfn = { 16, 1001 } };
	f.before->zones[0].free = 95; /* the five that are isolated are not counted */
	*f.after = *f.before;
}

static void compare(void)
{
	struct err e = ERR_INIT;

	if (!figures_compare(&f, &layout, &lists, &e))
		fail_msg("%s", e.msg);
}

static void right(void **state)
{
	size_t of[FIGURES_FILES] = { 0 };

	(void)state;
	init();
	compare();
	for (size_t i = 0; i < f.len; i++) {
		CHECK(f.list[i].name, f.list[i].agrees);
		of[f.list[i].file]++;
	}
	assert_int_equal(f.open, 0);
	assert_int_equal(of[FIGURES_ZONEINFO], 6);
	assert_int_equal(of[FIGURES_BUDDYINFO], 2);
	assert_int_equal(of[FIGURES_PAGETYPEINFO], 4);
	assert_int_equal(of[FIGURES_MEMINFO], 8);
	figures_deinit(&f);
}

/* Each number by itself: the largest that is right, and one more; the smallest, and one less. */
static void limits(void **state)
{
#define ZONE(member) offsetof(struct zonefiles, zones[0].member)
#define MEMINFO(which) offsetof(struct zonefiles, meminfo[which])
	static const struct {
		const char *label;
		size_t where;
		uint64_t least, most;
	} rows[] = {
		{ "present", ZONE(present), 900, 900 },
		{ "managed", ZONE(managed), 780, 900 },
		{ "free", ZONE(free), 87, 103 }, /* 2 CPUs * 4 */
		{ "per CPU", ZONE(percpu), 0, 11 },
		{ "start", ZONE(start_pfn), 1, 16 },
		{ "spanned", ZONE(spanned), 1000, UINT64_MAX },
		{ "buddyinfo", ZONE(blocks[1]), 40, 40 },
		{ "pagetypeinfo", ZONE(by_type[0][0]), 15, 15 },
		{ "MemTotal", MEMINFO(MEMINFO_TOTAL), 800, 800 },
		{ "MemFree", MEMINFO(MEMINFO_FREE), 92, 108 },
		{ "AnonPages", MEMINFO(MEMINFO_ANON), 0, 208 },
		{ "Shmem", MEMINFO(MEMINFO_SHMEM), 0, 408 },
		{ "Slab", MEMINFO(MEMINFO_SLAB), 34, 66 },
		{ "PageTables", MEMINFO(MEMINFO_TABLES), 0, 28 },
		{ "Hugetlb", MEMINFO(MEMINFO_HUGETLB), 0, 1 },
		{ "HardwareCorrupted", MEMINFO(MEMINFO_POISON), 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const uint64_t values[] = { rows[i].least - 1, rows[i].least, rows[i].most,
					    rows[i].most + 1 };

		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			bool good = j == 1 || j == 2;

			/* There is nothing below 0, and nothing above what has no limit. */
			if ((j == 0 && !rows[i].least) || (j > 1 && rows[i].most == UINT64_MAX))
				continue;
			init();
			memcpy((char *)f.after + rows[i].where, &values[j], sizeof(values[j]));
			*f.before = *f.after;
			compare();
			if (!f.open != good)
				fail_msg("%s: %llu is %s", rows[i].label, (unsigned long long)values[j],
					 good ? "right" : "wrong");
			figures_deinit(&f);
		}
	}
}

static void drift(void **state)
{
	(void)state;
	init();
	/* Between what was read before and after: right. */
	f.before->zones[0].blocks[0] = 10;
	f.after->zones[0].blocks[0] = 30;
	compare();
	assert_int_equal(f.open, 0);
	figures_deinit(&f);

	/* Outside in one look and right in the next: settled, and stays so. */
	init();
	f.before->zones[0].blocks[0] = f.after->zones[0].blocks[0] = 21;
	compare();
	assert_int_equal(f.open, 1);
	f.before->zones[0].blocks[0] = 20;
	compare();
	assert_int_equal(f.open, 0);
	f.before->zones[0].blocks[0] = f.after->zones[0].blocks[0] = 23;
	compare();
	assert_int_equal(f.open, 0);
	figures_deinit(&f);

	/* Outside each time: wrong while it holds still, no verdict once it has changed. */
	init();
	for (uint64_t told = 21, i = 0; i < 3; i++, told += i == 2) {
		f.before->zones[0].blocks[0] = f.after->zones[0].blocks[0] = told;
		compare();
		assert_int_equal(f.open, 1);
		assert_int_equal(f.moving, i == 2);
	}
	figures_deinit(&f);
	init();
	f.before->zones[0].blocks[0] = 21;
	f.after->zones[0].blocks[0] = 22;
	compare();
	assert_int_equal(f.open, 1);
	assert_int_equal(f.moving, 1);
	figures_deinit(&f);
}

/* The lists of an area are walked until the file agrees: what one look saw of them is not kept against it. */
static void lists_again(void **state)
{
	(void)state;
	init();
	lists.areas[0][0].settled = lists.areas[0][1].settled = true;
	f.before->zones[0].by_type[0][0] = f.after->zones[0].by_type[0][0] = 14;
	compare();
	assert_int_equal(f.open, 1);
	assert_false(lists.areas[0][0].settled);
	assert_true(lists.areas[0][1].settled);
	lists.areas[0][0].settled = lists.areas[0][1].settled = false;
	figures_deinit(&f);
}

static void capped(void **state)
{
	(void)state;
	init();
	lists.areas[0][0].blocks[0] = 200000;
	f.before->zones[0].by_type[0][0] = f.after->zones[0].by_type[0][0] = ZONEFILES_CAPPED;
	compare();
	assert_int_equal(f.open, 0);
	figures_deinit(&f);
}

static void zones_come_and_go(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	init();
	f.after->len = 2;
	assert_false(figures_compare(&f, &layout, &lists, &e));
	assert_int_equal(e.kind, ERR_UNSUPPORTED);
	figures_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right),  cmocka_unit_test(limits), cmocka_unit_test(drift),
		cmocka_unit_test(capped), cmocka_unit_test(zones_come_and_go), cmocka_unit_test(lists_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

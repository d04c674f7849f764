/* Passes over tables made by hand: runs that cover a range, and branches that cannot be had. */
/* The tables of real kernels are passed over on the booted board. */
#include "core.h"

#include "kernel/pagescan.h"

static struct core c;
static struct pagetable pt;

/* Leaves of every kind, neighbours that continue each other among them. */
static void map_leaves(uint64_t base)
{
	core_map(&c, base, 0x400000, 1, CORE_RW | CORE_NX);
	core_map(&c, base + 0x1000, 0x401000, 1, CORE_PAT_4K | CORE_G);
	core_put64(&c, core_entry(&c, base + 0x2000, 1), 0x402000 | CORE_RW); /* not present */
	core_map(&c, base + 0x1ff000, 0x403000, 1, 0);
	core_map(&c, base + 0x200000, 0x600000, 2, CORE_RW | CORE_NX);
	core_map(&c, base + 0x400000, 0x800000, 2, CORE_PAT_LARGE);
	core_map(&c, base + (1ull << 30), 0, 3, CORE_RW);
	core_map(&c, base + (2ull << 30), 3ull << 30, 3, CORE_PAT_LARGE | CORE_NX | CORE_G);
}

#define RUNS_MAX 32
struct runs {
	size_t len, stop_at;
	struct pagescan_run runs[RUNS_MAX];
};

static bool take_run(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct runs *r = arg;

	if (r->len == r->stop_at)
		return err_set(e, ERR_FINDINGS, "enough");
	assert_true(r->len < RUNS_MAX);
	r->runs[r->len++] = *run;
	return true;
}

/* Runs of a range are what the leaves say, neighbours joined; they cover it without a gap. */
static void runs_of_a_range(void **state)
{
	static const struct {
		uint64_t start, end, phys;
		bool mapped;
	} want[] = {
		{ 0x800, 0x2000, 0x400800, true }, /* two pages side by side, from inside one */
		{ 0x2000, 0x1ff000, 0, false },
		{ 0x1ff000, 0x200000, 0x403000, true },
		{ 0x200000, 0x600000, 0x600000, true }, /* two large pages side by side */
		{ 0x600000, 1ull << 30, 0, false },
		{ 1ull << 30, 2ull << 30, 0, true },
		{ 2ull << 30, (2ull << 30) + 0x1234, 3ull << 30, true },
	};
	static const unsigned int levels[] = { 4, 5 };

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(levels); l++) {
		struct runs got = { .stop_at = SIZE_MAX };
		struct err e = ERR_INIT;
		uint64_t base;

		core_init(&c, levels[l]);
		base = c.vmemmap;
		map_leaves(base);
		core_open_tables(&c, &pt, levels[l]);
		assert_true(pagescan_each(&pt, base + want[0].start, base + (2ull << 30) + 0x1234,
					   take_run, &got, &e));
		CHECK_NUMBER("runs", got.len, ARRAY_LEN(want));
		for (size_t i = 0; i < got.len; i++) {
			CHECK_NUMBER("start", got.runs[i].virt.start, base + want[i].start);
			CHECK_NUMBER("end", got.runs[i].virt.end, base + want[i].end);
			CHECK_NUMBER("mapped", got.runs[i].mapped, want[i].mapped);
			if (want[i].mapped)
				CHECK_NUMBER("phys", got.runs[i].phys, want[i].phys);
		}
		got = (struct runs){ .stop_at = 2 };
		assert_false(pagescan_each(&pt, base, base + 0x400000, take_run, &got, &e));
		CHECK_NUMBER("its own error", e.kind, ERR_FINDINGS);
		core_deinit(&c);
	}
}

/* A pass over all: a table that cannot be had ends its branch, one that repeats is read once. */
static void scans(void **state)
{
	static const uint64_t base = 0xffffea0000000000;
	static const struct range ram[] = { { 0, 0x2000000 }, { 0x2200000, CORE_RAM_END } };
	static const struct {
		uint64_t start, phys;
	} want[] = {
		{ 0, 0x400000 },
		{ 0x5000, 0x500000 },
		{ 0x800000, 0x600000 },
	};
	struct pagescan scan = { .tables_max = 100 };
	struct runs got = { .stop_at = SIZE_MAX };
	struct err e = ERR_INIT;
	uint64_t pte;
	size_t n = 0;

	(void)state;
	core_init_ram(&c, 4, ram, ARRAY_LEN(ram), 0);
	core_map(&c, base, 0x400000, 1, 0);
	core_map(&c, base + 0x5000, 0x500000, 1, 0);
	pte = core_entry(&c, base, 1) & PAGE_MASK;
	core_put64(&c, core_entry(&c, base + 0x200000, 2), pte | CORE_P);
	core_put64(&c, core_entry(&c, base + 0x400000, 2), pte | CORE_P | CORE_RW);
	core_put64(&c, core_entry(&c, base + 0x600000, 2), CORE_RAM_END | CORE_P); /* outside */
	core_map(&c, base + 0x800000, 0x600000, 2, 0);
	core_put64(&c, core_entry(&c, base + 0xa00000, 2), CORE_TOP | CORE_P); /* loop */
	core_open_tables(&c, &pt, 4);
	assert_true(pagescan_all(&pt, base, base + 0x1000000, take_run, &got, &scan, &e));
	for (size_t i = 0; i < got.len; i++) {
		if (!got.runs[i].mapped)
			continue;
		assert_true(n < ARRAY_LEN(want));
		CHECK_NUMBER("start", got.runs[i].virt.start, base + want[n].start);
		CHECK_NUMBER("phys", got.runs[i].phys, want[n].phys);
		n++;
	}
	CHECK_NUMBER("runs", n, ARRAY_LEN(want));
	CHECK_NUMBER("lost", scan.lost, 2);
	CHECK_NUMBER("repeated", scan.repeated, 2);
	CHECK_NUMBER("tables", scan.tables, 5); /* PUD, PMD, PTE, outside, loop */
	assert_false(scan.capped);
	/* From a table that repeats the one before the range: read, for that one was not. */
	got = (struct runs){ .stop_at = SIZE_MAX };
	scan = (struct pagescan){ .tables_max = 100 };
	assert_true(pagescan_all(&pt, base + 0x200000, base + 0x201000, take_run, &got, &scan,
				   &e));
	CHECK_NUMBER("runs", got.len, 1);
	assert_true(got.runs[0].mapped);
	/* fn's wish to stop is no lost table. */
	got = (struct runs){ .stop_at = 1 };
	scan = (struct pagescan){ .tables_max = 100 };
	assert_false(pagescan_all(&pt, base, base + 0x1000000, take_run, &got, &scan, &e));
	CHECK_NUMBER("its own error", e.kind, ERR_FINDINGS);
	CHECK_NUMBER("lost", scan.lost, 0);
	/* No more tables than allowed. */
	got = (struct runs){ .stop_at = SIZE_MAX };
	scan = (struct pagescan){ .tables_max = 2 };
	assert_true(pagescan_all(&pt, base, base + 0x1000000, take_run, &got, &scan, &e));
	assert_true(scan.capped);
	core_deinit(&c);
}

static void ranges(void **state)
{
	static const struct {
		const char *label;
		uint64_t start, end;
		bool good;
		unsigned int levels;
	} rows[] = {
		{ "lower half", 0, 0x0000800000000000, true, 4 },
		{ "upper half but for the last byte", 0xffff800000000000, UINT64_MAX, true, 4 },
		{ "one byte", 0xffffea0000000000, 0xffffea0000000001, true, 4 },
		{ "empty", 0xffffea0000000000, 0xffffea0000000000, false, 4 },
		{ "turned", 0xffffea0000000001, 0xffffea0000000000, false, 4 },
		{ "across the gap", 0x00007fffffffffff, 0xffff800000000001, false, 4 },
		{ "into the gap", 0x0000700000000000, 0x0000800000000001, false, 4 },
		{ "out of the gap", 0xffff7fffffffffff, 0xffff800000000001, false, 4 },
		{ "both halves", 0, UINT64_MAX, false, 4 },
		{ "32 bits: all", 0, 0x100000000, true, 2 },
		{ "32 bits: all, PAE", 0, 0x100000000, true, 3 },
		{ "32 bits: the last page", 0xfffff000, 0x100000000, true, 3 },
		{ "32 bits: beyond", 0xc0000000, 0x100000001, false, 2 },
		{ "32 bits: none", 0xffffffffc0000000, 0xffffffffc0001000, false, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct runs got = { .stop_at = SIZE_MAX };
		struct err e = ERR_INIT;
		uint64_t at = rows[i].start;

		core_init(&c, rows[i].levels);
		core_open_tables(&c, &pt, rows[i].levels);
		CHECK(rows[i].label, pagescan_each(&pt, rows[i].start, rows[i].end, take_run, &got,
						    &e) == rows[i].good);
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].good ? ERR_NONE : ERR_ADDRESS);
		for (size_t r = 0; r < got.len; r++) {
			CHECK_NUMBER(rows[i].label, got.runs[r].virt.start, at);
			at = got.runs[r].virt.end;
		}
		CHECK_NUMBER(rows[i].label, at, rows[i].good ? rows[i].end : rows[i].start);
		core_deinit(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_a_range),
		cmocka_unit_test(scans),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests_name("kernel/pagescan", tests, NULL, NULL);
}

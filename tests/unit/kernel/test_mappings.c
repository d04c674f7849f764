/* Page tables turned round: every mapping of a page is found, and no other. */
/* Real kernels' tables are compared with QEMU's own walk on the booted board. */
#include "core.h"

#include "kernel/mappings.h"

#define GOOD 0xfu /* section_mem_map: present, map, online, early */
#define IMAGE_PAGE (CORE_IMAGE + 0x200000)
#define MODULE 0xffffffffc0001000ull

static struct core c;
static struct mappings m;

static uint64_t vmalloc_at(void)
{
	return c.levels == 5 ? 0xffa0000000000000 : 0xffffc90000000000;
}

static void machine(unsigned int levels)
{
	core_init(&c, levels);
	core_info(&c, "NUMBER(KERNEL_IMAGE_SIZE)", "1073741824");
	core_section(&c, 0, c.vmemmap | GOOD);
	core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
	core_map(&c, IMAGE_PAGE, 0x200000, 2, 0);
	core_map(&c, MODULE, 0x701000, 1, 0);
	core_map(&c, 0xfffffe0000001000, 0x702000, 1, 0);
	core_map(&c, 0xffffff0000001000, 0x703000, 1, 0);
	core_map(&c, 0xffffffffff600000, 0x704000, 1, 0);
	core_map(&c, 0xffffffef00000000, 0x705000, 1, 0); /* EFI: nothing here names it */
}

static void open_mappings(void)
{
	struct err e = ERR_INIT;

	core_open_kernel(&c);
	if (!mappings_init(&m, &c.kernel.pagetable, &c.kernel.memmodel, 64, &c.kernel.vmcoreinfo,
			   &e))
		fail_msg("%s", e.msg);
}

static void close_mappings(void)
{
	mappings_deinit(&m);
	core_deinit(&c);
}

/* As many as core_map() was called for, each once. */
static void check_page(uint64_t phys)
{
	size_t at = 0, found = 0, want = 0;
	uint64_t virt = 0;

	for (size_t i = 0; i < c.maps_len; i++)
		want += phys - c.maps[i].phys < c.maps[i].size;
	while (mappings_next(&m, phys, &at, &virt)) {
		size_t hits = 0;

		for (size_t i = 0; i < c.maps_len; i++)
			hits += virt - c.maps[i].virt < c.maps[i].size &&
				virt - c.maps[i].virt + c.maps[i].phys == phys;
		CHECK_NUMBER("leads there", hits, 1);
		found++;
	}
	CHECK_NUMBER("found", found, want);
}

static void all_found(void **state)
{
	static const unsigned int levels[] = { 4, 5 };

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(levels); l++) {
		machine(levels[l]);
		/* Page by page, scattered; each of 64 pages several times, some next to each other. */
		for (uint64_t i = 0; i < 500; i++)
			core_map(&c, vmalloc_at() + i * 0x1000,
				 0x800000 + (i * i * 7919 % 64) * 0x1000, 1, 0);
		/* One piece as long as a short one can be, and a page inside it. */
		for (uint64_t i = 0; i < 511; i++)
			core_map(&c, vmalloc_at() + 0x10000000 + i * 0x1000, 0xa00000 + i * 0x1000, 1,
				 0);
		core_map(&c, vmalloc_at() + 0x30000000, 0xa01000, 1, 0);
		/* Two large ones over the same memory. */
		core_map(&c, vmalloc_at() + 0x40000000, 0x800000, 2, 0);
		core_map(&c, vmalloc_at() + 0x80000000, 0, 3, 0);
		open_mappings();
		assert_false(m.capped);
		for (uint64_t phys = 0; phys < 0x1000000; phys += 0x1000)
			check_page(phys + 0x123);
		check_page(0x3fffffff);
		check_page(0x40000000);
		check_page(UINT64_MAX);
		close_mappings();
	}
}

static void areas(void **state)
{
	static const unsigned int levels[] = { 4, 5 };

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(levels); l++) {
		const struct {
			const char *name;
			uint64_t virt, phys;
		} rows[] = {
			{ "direct map", 0, 0x1234 }, /* virt: see below */
			{ "vmemmap", 1, CORE_FREE },
			{ "vmalloc", 2, 0x706000 },
			{ "kernel image", IMAGE_PAGE, 0x200000 },
			{ "modules", MODULE, 0x701000 },
			{ "cpu entry area", 0xfffffe0000001000, 0x702000 },
			{ "espfix stacks", 0xffffff0000001000, 0x703000 },
			{ "fixmap", 0xffffffffff600000, 0x704000 },
			{ NULL, 0xffffffef00000000, 0x705000 },
		};

		machine(levels[l]);
		core_map(&c, vmalloc_at(), 0x706000, 1, 0);
		open_mappings();
		assert_true(m.has_direct);
		CHECK_NUMBER("direct map", m.direct, c.direct);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			uint64_t virt = rows[i].virt;
			const char *got;

			if (virt <= 2)
				virt = (const uint64_t[]){ c.direct + rows[i].phys, c.vmemmap,
							   vmalloc_at() }[virt];
			got = mappings_area(&m, virt, rows[i].phys);
			if (!rows[i].name)
				assert_null(got);
			else
				CHECK_TEXT("area", got ? got : "none", rows[i].name);
		}
		close_mappings();
	}
}

/* What comes first in the upper half is believed only when it can be the direct map. */
static void direct(void **state)
{
	static const struct {
		const char *label;
		uint64_t virt, phys;
		unsigned int level;
		uint64_t tables; /* what lies where that would put them; 0: nothing */
		bool good;
	} rows[] = {
		{ "nothing before it", 0, 0, 0, 0, true },
		{ "not at a multiple of 1 GiB", 0xffff800000201000, 0x1000, 1, CORE_TOP, false },
		{ "a gigabyte's start, but no tables there", 0xffff800000000000, 0, 2, 0, false },
		{ "a gigabyte's start, and others there", 0xffff800000000000, 0, 2, 0x600000,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t base = 0;

		machine(4);
		if (rows[i].level)
			core_map(&c, rows[i].virt, rows[i].phys, rows[i].level, 0);
		if (rows[i].tables)
			core_map(&c, rows[i].virt - rows[i].phys + CORE_TOP, rows[i].tables, 1, 0);
		open_mappings();
		CHECK_NUMBER(rows[i].label, mappings_direct(&c.kernel.pagetable, &base),
			     rows[i].good);
		CHECK_NUMBER(rows[i].label, m.has_direct, rows[i].good);
		CHECK_NUMBER(rows[i].label, base, rows[i].good ? c.direct : 0);
		close_mappings();
	}
}

/* A direct map in small pages with holes, as debug_pagealloc and memfd_secret leave it. */
static void direct_end(void **state)
{
	static const struct {
		uint64_t phys, end, want;
	} rows[] = {
		{ 0x800000, 0x804000, 0x803000 }, { 0x803000, 0x804000, 0x803000 },
		{ 0x804000, 0x806000, 0x806000 }, { 0x804000, 0x810000, 0x807000 },
		{ 0x807000, 0x808000, 0x807000 }, /* leads elsewhere */
		{ 0x808000, 0xa01000, 0xa01000 }, /* into the large page behind */
	};

	(void)state;
	core_init(&c, 4);
	core_section(&c, 0, c.vmemmap | GOOD);
	/* In place of the page of 1 GiB a table, and in place of one of 2 MiB another. */
	core_put64(&c, core_entry(&c, c.direct, 3), 0);
	c.maps_len = 0;
	for (uint64_t phys = 0; phys < CORE_RAM_END; phys += 0x200000)
		if (phys != 0x800000)
			core_map(&c, c.direct + phys, phys, 2, 0);
	for (uint64_t i = 0; i < 512; i++)
		if (i != 3)
			core_map(&c, c.direct + 0x800000 + i * 0x1000,
				 i == 7 ? 0x900000 : 0x800000 + i * 0x1000, 1, 0);
	core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
	open_mappings();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint64_t end = 0;

		assert_true(mappings_direct_end(&c.kernel.pagetable, c.direct, rows[i].phys,
						rows[i].end, &end, &e));
		CHECK_NUMBER("end", end, rows[i].want);
	}
	close_mappings();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_found),
		cmocka_unit_test(areas),
		cmocka_unit_test(direct),
		cmocka_unit_test(direct_end),
	};

	return cmocka_run_group_tests_name("kernel/mappings", tests, NULL, NULL);
}

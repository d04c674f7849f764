/* One kernel opened in order: whichever part fails, the error is its own and nothing leaks. */
/* The parts have tests of their own. */
#include "core.h"

#define GOOD 0xfu /* section_mem_map: present, map, online, early */

static struct core c;

static void order(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "all there", "OSRELEASE", "x", ERR_NONE },
		{ "layout", "SIZE(page)", "0", ERR_KEY_VALUE },
		{ "page tables", "NUMBER(phys_base)", NULL, ERR_KEY_MISSING },
		{ "tables outside RAM", "SYMBOL(init_top_pgt)", "ffffffffa0000000",
		  ERR_TABLE_OUTSIDE },
		{ "sections", "LENGTH(mem_section)", "1", ERR_UNSUPPORTED },
		{ "no section table there", "SYMBOL(mem_section)", "ffffc90000000000",
		  ERR_NOT_MAPPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		bool good = rows[i].kind == ERR_NONE;

		core_init(&c, 4);
		core_section(&c, 0, c.vmemmap | GOOD);
		core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
		core_info(&c, rows[i].key, rows[i].value);
		core_open(&c);
		CHECK(rows[i].label, kernel_open(&c.kernel, &c.mem, &e) == good);
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		CHECK_NUMBER(rows[i].label, c.kernel.is_open, good);
		kernel_close(&c.kernel);
		CHECK(rows[i].label, !c.kernel.is_open);
		core_deinit(&c);
	}
}

/* i386: an array for all, or one a section; struct pages where the model says. */
static void of_32_bits(void **state)
{
	static const struct core_page page = { .refcount = 1 };

	(void)state;
	for (unsigned int levels = 2; levels <= 3; levels++) {
		for (unsigned int flat = 0; flat < 2; flat++) {
			uint64_t virt = 0;
			uint8_t bytes[32];
			struct err e = ERR_INIT;

			core_init(&c, levels);
			core_pages(&c, 0, CORE_RAM_END / PAGE_SIZE, &page);
			if (flat)
				core_flat(&c, 1, CORE_RAM_END / PAGE_SIZE);
			else
				core_section(&c, 0, c.vmemmap | GOOD);
			core_open_kernel(&c);
			CHECK_TEXT("model", memmodel_name(&c.kernel.memmodel),
				   flat ? "FLATMEM" : "SPARSEMEM");
			assert_true(pagearray_virt(&c.kernel.pages, 1000, &virt));
			CHECK_NUMBER("virt", virt, 0xc0400000 + 1000 * 32);
			assert_true(pagearray_read(&c.kernel.pages, 1000, 1, bytes, &e));
			CHECK_NUMBER("refcount", bytes[28], 1);
			core_deinit(&c);
		}
	}
}

/* x86_64 without VMEMMAP: the flags word has sections above node and zone. */
static void without_vmemmap(void **state)
{
	(void)state;
	core_init(&c, 4);
	core_section(&c, 0, (c.direct + CORE_FREE) | GOOD);
	core_open_kernel(&c);
	CHECK_TEXT("model", memmodel_name(&c.kernel.memmodel), "SPARSEMEM_EXTREME");
	CHECK_NUMBER("sections", c.kernel.layout.section_width, 46 - 27);
	CHECK_NUMBER("nodes", c.kernel.layout.node_shift, 64 - (46 - 27) - 6);
	CHECK_NUMBER("zones", c.kernel.layout.zone_shift, 64 - (46 - 27) - 6 - 2);
	core_deinit(&c);
}

static void no_vmcoreinfo(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	core_init(&c, 4);
	core_open(&c);
	mem_close(&c.mem);
	/* p_filesz of the notes, the first program header: 64 + 32. */
	memset(c.bytes + 96, 0, 8);
	assert_true(mem_open_file(&c.mem, c.path, &e));
	assert_false(kernel_open(&c.kernel, &c.mem, &e));
	CHECK_NUMBER("kind", e.kind, ERR_NO_VMCOREINFO);
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),	     cmocka_unit_test(of_32_bits),
		cmocka_unit_test(without_vmemmap),
		cmocka_unit_test(no_vmcoreinfo),
	};

	return cmocka_run_group_tests_name("kernel/kernel", tests, NULL, NULL);
}

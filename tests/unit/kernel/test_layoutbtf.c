/* The layout of one machine by VMCOREINFO and by BTF: alike, different, and one without the other. */
/* The BTF files are those kept for the fuzz target: tests/fuzz/corpus/make-btf.py. */
#include "core.h"

#include "base/alloc.h"
#include "base/file.h"
#include "kernel/layoutbtf.h"

static struct core c;

/* c's VMCOREINFO with the BTF of that file; NULL: without. */
static bool init(const char *file, struct page_layout *l, struct err *e)
{
	struct vmcoreinfo vi = core_vmcoreinfo(&c);
	struct view v = { NULL, 0, 0 };
	struct layoutbtf b;
	char path[64], *bytes;
	bool opens, good;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/btf/%s", file);
	assert_true(file_read(path, 1 << 20, &bytes, &v.len, e));
	v.bytes = (uint8_t *)bytes;
	opens = layoutbtf_init(&b, &v, &vi, e);
	good = opens && layout_init_btf(l, &vi, &b, e);
	if (opens)
		layoutbtf_deinit(&b);
	alloc_free(bytes);
	return good;
}

static void alike(void **state)
{
	struct err e = ERR_INIT;
	struct page_layout l;

	(void)state;
	core_info_defaults(&c, 4);
	assert_true(init("machine", &l, &e));
	assert_true(l.has_btf);
	/*
	 * VMCOREINFO: 5 sizes (list_head, mem_section, page, pglist_data, zone), offsets: 9 of page,
	 * 2 of pglist_data, 1 of mem_section; LENGTH(zone.free_area), 6 flags (this enum has no
	 * swapcache), HUGETLB_PAGE_DTOR. The rules: 24 flags, the number of zones, the mapcount.
	 */
	CHECK_NUMBER("agreed", l.agreed, 5 + 9 + 2 + 1 + 1 + 6 + 1 + 24 + 1 + 1);
	/* BTF alone has it, behind hwpoison. */
	CHECK_NUMBER("young", l.flag_bit[PF_YOUNG], 24);
	CHECK_NUMBER("known", l.known_flags, 0x1ffffff);
	CHECK_NUMBER("hwpoison", l.flag_bit[PF_HWPOISON], 23);
	CHECK_TEXT("zone", l.zone_names[1], "DMA32");
	CHECK_NUMBER("zone width", l.zone_shift, 56);
}

static void different(void **state)
{
	static const struct {
		const char *label, *file, *key, *value, *words;
	} rows[] = {
		{ "an offset in BTF", "other-lru", "PAGESIZE", "4096",
		  "OFFSET(page.lru) is 8 by the one, 16 by the other" },
		{ "an offset in VMCOREINFO", "machine", "OFFSET(page.private)", "32",
		  "OFFSET(page.private) is 32 by the one, 40 by the other" },
		{ "a size", "machine", "SIZE(page)", "56",
		  "SIZE(page) is 56 by the one, 64 by the other" },
		{ "a length", "machine", "LENGTH(zone.free_area)", "10",
		  "LENGTH(zone.free_area) is 10 by the one, 11 by the other" },
		{ "a flag", "machine", "NUMBER(PG_lru)", "5", "NUMBER(PG_lru) is 5 by the one, 4" },
		{ "a mask", "machine", "NUMBER(PG_head_mask)", "64",
		  "NUMBER(PG_head_mask) is 64 by the one, 65536 by the other" },
		{ "a flag told by both", "slab-elsewhere", "PAGESIZE", "4096",
		  "NUMBER(PG_slab) is 9 by the one, 40 by the other" },
		{ "a flag by the known order", "slab-elsewhere", "NUMBER(PG_slab)", NULL,
		  "PG_slab is 9 by the one, 40 by the other" },
		{ "the destructor", "machine", "NUMBER(HUGETLB_PAGE_DTOR)", "3",
		  "NUMBER(HUGETLB_PAGE_DTOR) is 3 by the one, 2 by the other" },
		{ "a type", "types-of-6.12", "PAGESIZE", "4096",
		  "PGTY_buddy is 4026531840 by the one, 0 by the other" },
		{ "the zones", "five-zones", "PAGESIZE", "4096",
		  "MAX_NR_ZONES is 4 by the one, 5 by the other" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, !init(rows[i].file, &l, &e));
		CHECK_NUMBER(rows[i].label, e.kind, ERR_DISAGREE);
		if (!strstr(e.msg, rows[i].words))
			fail_msg("%s: %s", rows[i].label, e.msg);
		CHECK(rows[i].label, *e.cause && *e.hint);
	}
}

/* What VMCOREINFO and the rules do not tell, BTF may. */
static void completed(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "a number of zones that does not come out", "LENGTH(node_data)", "32", ERR_NONE },
		{ "hwpoison not told", "NUMBER(PG_hwpoison)", NULL, ERR_NONE },
		{ "no offset of lru", "OFFSET(page.lru)", NULL, ERR_KEY_MISSING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, init("machine", &l, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (rows[i].kind)
			continue;
		CHECK_NUMBER(rows[i].label, l.zones, 4);
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_HWPOISON], 23);
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_UNCACHED], 22);
	}
}

/* A tied or cut BTF is no disagreement: who asks may go on without it. */
static void broken(void **state)
{
	static const char *const files[] = { "cut-in-types", "ring-of-typedefs", "ring-of-structs",
					     "own-member" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		CHECK(files[i], !init(files[i], &l, &e));
		CHECK_NUMBER(files[i], e.kind, ERR_BTF);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike),
		cmocka_unit_test(different),
		cmocka_unit_test(completed),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests_name("kernel/layoutbtf", tests, NULL, NULL);
}

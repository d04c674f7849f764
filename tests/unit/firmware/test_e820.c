/* The e820 table in struct boot_params: what a boot loader may have left there. */
/* The files of /sys/firmware/memmap are compared with it on the booted board. */
#include "unit.h"

#include "firmware/e820.h"

/* Documentation/x86/zero-page.rst: 1E8 e820_entries, 2D0 e820_table, 20 bytes an entry. */
static void put(uint8_t *params, size_t i, uint64_t start, uint64_t size, uint32_t type)
{
	memcpy(params + 0x2d0 + i * 20, &start, 8);
	memcpy(params + 0x2d0 + i * 20 + 8, &size, 8);
	memcpy(params + 0x2d0 + i * 20 + 16, &type, 4);
}

static void e820(void **state)
{
	static const struct {
		uint64_t phys;
		const char *type; /* NULL: on no line */
	} rows[] = {
		{ 0, "System RAM" },
		{ 0x9fbff, "System RAM" },
		{ 0x9fc00, "Reserved" },
		{ 0xa0000, NULL },
		{ 0x100000, "System RAM" },
		{ 0xbffdefff, "System RAM" },
		{ 0xbffdf000, "ACPI Tables" },
		{ 0xc0000000, NULL },
		{ 0xfee00000, "Soft Reserved" },
		{ 0xfff00000, "type 0x63" },
		{ UINT64_MAX, NULL },
	};
	static struct e820_map map;
	uint8_t params[4096] = { 0 }, *exact;
	struct err e = ERR_INIT;

	(void)state;
	params[0x1e8] = 8;
	put(params, 0, 0, 0x9fc00, 1);
	put(params, 1, 0x9fc00, 0x400, 2);
	put(params, 2, 0x100000, 0xbfedf000, 1);
	put(params, 3, 0xbffdf000, 0x21000, 3);
	put(params, 4, 0xfee00000, 0x1000, 0xefffffff);
	put(params, 5, 0xfff00000, 0x1000, 99);
	put(params, 6, 0x5000, 0, 1); /* empty */
	put(params, 7, UINT64_MAX - 5, 100, 1); /* wraps */
	put(params, 8, 0xa0000, 0x1000, 2); /* behind the last */
	exact = unit_copy(params, 0x2d0 + 8 * 20);
	assert_true(e820_parse(&(struct view){ exact, 0x2d0 + 8 * 20, 0 }, &map, &e));
	CHECK_NUMBER("entries", map.len, 6);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct e820_range *r = e820_find(&map, rows[i].phys);

		CHECK_NUMBER("found", r != NULL, rows[i].type != NULL);
		if (r)
			CHECK_TEXT("type", e820_type(r), rows[i].type);
	}
	free(exact);
}

static void cut_short(void **state)
{
	static const struct {
		const char *label;
		uint8_t entries;
		size_t len;
		bool good;
	} rows[] = {
		{ "no entries", 0, 0x2d0, true },
		{ "one", 1, 0x2d0 + 20, true },
		{ "one, a byte too few", 1, 0x2d0 + 19, false },
		{ "all there can be", 128, 0x2d0 + 128 * 20, true },
		{ "more than there can be", 129, 4096, false },
	};
	static struct e820_map map;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t params[4096] = { 0 }, *exact;
		struct err e = ERR_INIT;

		params[0x1e8] = rows[i].entries;
		exact = unit_copy(params, rows[i].len);
		CHECK_NUMBER(rows[i].label,
			     e820_parse(&(struct view){ exact, rows[i].len, 0 }, &map, &e),
			     rows[i].good);
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].good ? ERR_NONE : ERR_UNSUPPORTED);
		free(exact);
	}
}

/* C0 ext_ramdisk_image, C4 ext_ramdisk_size, 218 ramdisk_image, 21C ramdisk_size. */
static void initramfs(void **state)
{
	static const struct {
		const char *label;
		uint32_t image, size, ext_image, ext_size;
		struct range want;
	} rows[] = {
		{ "none", 0, 0, 0, 0, { 0, 0 } },
		{ "below 4 GiB", 0x1ff54000, 0x8c000, 0, 0, { 0x1ff54000, 0x1ffe0000 } },
		{ "above", 0x1000, 0x2000, 2, 0, { 0x200001000, 0x200003000 } },
		{ "larger than 4 GiB", 0x1000, 0x2000, 2, 1, { 0x200001000, 0x300003000 } },
		{ "it wraps", 0x1000, 0x2000, 0xffffffff, 0xffffffff, { 0xffffffff00001000, 0xffffffff00001000 } },
	};
	static struct e820_map map;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t params[4096] = { 0 };
		struct err e = ERR_INIT;

		memcpy(params + 0x218, &rows[i].image, 4);
		memcpy(params + 0x21c, &rows[i].size, 4);
		memcpy(params + 0xc0, &rows[i].ext_image, 4);
		memcpy(params + 0xc4, &rows[i].ext_size, 4);
		assert_true(e820_parse(&(struct view){ params, sizeof(params), 0 }, &map, &e));
		CHECK_NUMBER(rows[i].label, map.initramfs.start, rows[i].want.start);
		CHECK_NUMBER(rows[i].label, map.initramfs.end, rows[i].want.end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(e820),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(initramfs),
	};

	return cmocka_run_group_tests_name("firmware/e820", tests, NULL, NULL);
}

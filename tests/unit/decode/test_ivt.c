/* Real-mode vectors: the default, the names, and where they point. */
/* Vectors of a real BIOS are looked at on the booted board. */
#include "unit.h"

#include "decode/ivt.h"

static void decode(const uint8_t *bytes, size_t len, struct ivt *ivt)
{
	uint8_t *copy = unit_copy(bytes, len);
	const struct view v = { copy, len, 0 };

	ivt_decode(&v, ivt);
	free(copy);
}

static void set(uint8_t *bytes, unsigned int first, unsigned int last, uint16_t segment,
		uint16_t offset)
{
	for (unsigned int i = first; i <= last; i++) {
		bytes[4 * i] = (uint8_t)offset;
		bytes[4 * i + 1] = (uint8_t)(offset >> 8);
		bytes[4 * i + 2] = (uint8_t)segment;
		bytes[4 * i + 3] = (uint8_t)(segment >> 8);
	}
}

static void the_default(void **state)
{
	static const struct {
		const char *label;
		struct {
			uint8_t first, last;
			uint16_t segment, offset;
		} set[4];
		size_t len; /* bytes */
		size_t vectors, zero, same;
		uint16_t segment, offset;
	} rows[] = {
		{ "never set", { { 0, 0, 0, 0 } }, 1024, 256, 256, 0, 0, 0 },
		{ "one target", { { 0, 255, 0xf000, 0xff53 } }, 1024, 256, 0, 256, 0xf000, 0xff53 },
		{ "like SeaBIOS",
		  { { 0, 255, 0xf000, 0xff53 },
		    { 0x10, 0x10, 0xc000, 0x578b },
		    { 0x60, 0x66, 0, 0 },
		    { 0x70, 0x77, 0xf000, 0xd437 } },
		  1024,
		  256,
		  7,
		  240,
		  0xf000,
		  0xff53 },
		{ "too few share", { { 1, 15, 0xf000, 0xff53 } }, 1024, 256, 241, 0, 0, 0 },
		{ "just enough",
		  { { 1, 16, 0xf000, 0xff53 } },
		  1024,
		  256,
		  240,
		  16,
		  0xf000,
		  0xff53 },
		{ "the larger group",
		  { { 0, 99, 0xf000, 1 }, { 100, 255, 0xf000, 2 } },
		  1024,
		  256,
		  0,
		  156,
		  0xf000,
		  2 },
		{ "a tie: the first",
		  { { 0, 127, 0xf000, 1 }, { 128, 255, 0xf000, 2 } },
		  1024,
		  256,
		  0,
		  128,
		  0xf000,
		  1 },
		{ "all bits", { { 0, 255, 0xffff, 0xffff } }, 1024, 256, 0, 256, 0xffff, 0xffff },
		{ "cut in a vector",
		  { { 0, 255, 0xf000, 0xff53 } },
		  1023,
		  255,
		  0,
		  255,
		  0xf000,
		  0xff53 },
		{ "nothing", { { 0, 255, 0xf000, 0xff53 } }, 0, 0, 0, 0, 0, 0 },
		{ "less than one", { { 0, 255, 0xf000, 0xff53 } }, 3, 0, 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[IVT_SIZE] = { 0 };
		struct ivt ivt;

		for (size_t s = 0; s < ARRAY_LEN(rows[i].set); s++)
			if (s == 0 || rows[i].set[s].last)
				set(bytes, rows[i].set[s].first, rows[i].set[s].last,
				    rows[i].set[s].segment, rows[i].set[s].offset);
		decode(bytes, rows[i].len, &ivt);
		CHECK_NUMBER(rows[i].label, ivt.len, rows[i].vectors);
		CHECK_NUMBER(rows[i].label, ivt.zero, rows[i].zero);
		CHECK_NUMBER(rows[i].label, ivt.same, rows[i].same);
		CHECK_NUMBER(rows[i].label, ivt.common.segment, rows[i].segment);
		CHECK_NUMBER(rows[i].label, ivt.common.offset, rows[i].offset);
	}
}

static void places(void **state)
{
	static const struct range roms[] = { { 0xc0000, 0xc9c00 }, { 0xe8000, 0xe9000 } };
	static const struct ivt_map map = { 625 << 10, { 0x9fc00, 0xa0000 }, roms, 2 };
	static const struct ivt_map bare = { 0, { 0, 0 }, NULL, 0 };
	static const struct {
		uint16_t segment, offset;
		const char *want, *want_bare;
	} rows[] = {
		{ 0x0000, 0x0000, "never set", "never set" },
		{ 0x0000, 0x03ff, "vector table", "vector table" },
		{ 0x0040, 0x0000, "BIOS data area", "BIOS data area" },
		{ 0x0050, 0x0000, "RAM", "RAM" },
		{ 0x9c3f, 0x000f, "RAM", "RAM" },
		{ 0x9c40, 0x0000, "RAM taken by a ROM", "RAM" },
		{ 0x9fc0, 0x0000, "EBDA", "RAM" },
		{ 0x9fff, 0x000f, "EBDA", "RAM" },
		{ 0xa000, 0x0000, "video memory", "video memory" },
		{ 0xc000, 0x9bff, "option ROM", "ROM area" },
		{ 0xc000, 0x9c00, "ROM area", "ROM area" },
		{ 0xe800, 0x0000, "option ROM", "ROM area" },
		{ 0xf000, 0x0000, "system BIOS", "system BIOS" },
		{ 0xffff, 0x000f, "system BIOS", "system BIOS" },
		{ 0xffff, 0x0010, "high memory", "high memory" },
		{ 0xffff, 0xffff, "high memory", "high memory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct ivt_vector v = { rows[i].offset, rows[i].segment };
		char label[16];

		snprintf(label, sizeof(label), "%04x:%04x", v.segment, v.offset);
		CHECK_TEXT(label, ivt_place(&map, &v), rows[i].want);
		CHECK_TEXT(label, ivt_place(&bare, &v), rows[i].want_bare);
	}
}

static void names(void **state)
{
	(void)state;
	CHECK_TEXT("10", ivt_name(0x10), "video");
	CHECK_TEXT("13", ivt_name(0x13), "disk");
	CHECK_TEXT("15", ivt_name(0x15), "system services");
	CHECK_TEXT("77", ivt_name(0x77), "IRQ 15 disk");
	assert_null(ivt_name(0x60));
	assert_null(ivt_name(256));
	/* Pointers to tables: diskette and hard disk parameters, characters. */
	for (unsigned int i = 0; i < 256; i++) {
		bool table =
		    i == 0x1d || i == 0x1e || i == 0x1f || i == 0x41 || i == 0x43 || i == 0x46;

		CHECK_NUMBER("table", ivt_is_table(i), table);
	}
}

static void iret(void **state)
{
	static const uint8_t code[] = { 0xcf, 0x90 };
	const struct view yes = { code, 1, 0xfff53 }, no = { code + 1, 1, 0 },
			  none = { code, 0, 0 };

	(void)state;
	assert_true(ivt_is_iret(&yes));
	assert_false(ivt_is_iret(&no));
	assert_false(ivt_is_iret(&none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default),
		cmocka_unit_test(places),
		cmocka_unit_test(names),
		cmocka_unit_test(iret),
	};

	return cmocka_run_group_tests_name("decode/ivt", tests, NULL, NULL);
}

/* Bounded views: nothing outside is read, and what is outside reads as zero. */
/* The buffers are on the heap, exactly as long as they say: the sanitizers see the rest. */
#include "unit.h"

static void reading(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x89 };
	static const struct {
		size_t off, width;
		uint64_t want;
	} rows[] = {
		{ 0, 1, 0x01 },
		{ 8, 1, 0x89 },
		{ 9, 1, 0 },
		{ 0, 2, 0x0201 },
		{ 7, 2, 0x8908 },
		{ 8, 2, 0 },
		{ 1, 4, 0x05040302 },
		{ 5, 4, 0x89080706 },
		{ 6, 4, 0 },
		{ 0, 8, 0x0807060504030201 },
		{ 1, 8, 0x8908070605040302 },
		{ 2, 8, 0 },
		{ 0, 3, 0x030201 },
		{ 0, 0, 0 },
		{ 0, 9, 0 },
		{ SIZE_MAX, 1, 0 },
		{ SIZE_MAX, 8, 0 },
		{ 1, SIZE_MAX, 0 },
		{ SIZE_MAX, SIZE_MAX, 0 },
	};
	uint8_t *copy = unit_copy(bytes, sizeof(bytes));
	const struct view v = { copy, sizeof(bytes), 0x1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char label[64];

		snprintf(label, sizeof(label), "%zx, %zx", rows[i].off, rows[i].width);
		CHECK_NUMBER(label, view_le(&v, rows[i].off, rows[i].width), rows[i].want);
	}
	CHECK_NUMBER("u8", view_u8(&v, 8), 0x89);
	CHECK_NUMBER("u16", view_u16(&v, 7), 0x8908);
	CHECK_NUMBER("u32", view_u32(&v, 5), 0x89080706);
	CHECK_NUMBER("u64", view_u64(&v, 1), 0x8908070605040302);
	free(copy);
}

static void has(void **state)
{
	static const struct {
		size_t off, len;
		bool want;
	} rows[] = {
		{ 0, 0, true },		{ 0, 9, true },		{ 9, 0, true },
		{ 0, 10, false },	{ 10, 0, false },	{ 9, 1, false },
		{ 1, SIZE_MAX, false }, { SIZE_MAX, 1, false }, { SIZE_MAX, SIZE_MAX, false },
	};
	const uint8_t bytes[9] = { 0 };
	const struct view v = { bytes, 9, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(view_has(&v, rows[i].off, rows[i].len), rows[i].want);
}

static void parts(void **state)
{
	static const struct {
		size_t off, len, want_len;
		uint64_t want_phys;
	} rows[] = {
		{ 0, 9, 9, 0x1000 }, { 3, 2, 2, 0x1003 },  { 3, SIZE_MAX, 6, 0x1003 },
		{ 9, 1, 0, 0x1009 }, { 10, 1, 0, 0x1000 }, { SIZE_MAX, SIZE_MAX, 0, 0x1000 },
		{ 0, 0, 0, 0x1000 },
	};
	const uint8_t bytes[9] = { 0 };
	const struct view v = { bytes, 9, 0x1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct view part = view_sub(&v, rows[i].off, rows[i].len);

		assert_int_equal(part.len, rows[i].want_len);
		assert_int_equal(part.phys, rows[i].want_phys);
		assert_true(part.bytes >= bytes && part.bytes + part.len <= bytes + sizeof(bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(has),
		cmocka_unit_test(parts),
	};

	return cmocka_run_group_tests_name("base/view", tests, NULL, NULL);
}

/* Numbers and ranges as people type them, and as they should not. */
/* What a number means is the commands' business. */
#include "unit.h"

static void numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "1234", true, 1234 },
		{ "0010", true, 10 }, /* no octal */
		{ "08", true, 8 },
		{ "0x10", true, 16 },
		{ "0XfF", true, 255 },
		{ "0xdeadBEEF", true, 0xdeadbeef },
		{ "1k", true, 1024 },
		{ "4K", true, 4096 },
		{ "0x10M", true, 16u << 20 },
		{ "3g", true, 3ull << 30 },
		{ "16T", true, 16ull << 40 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "0xffffffffffffffff", true, UINT64_MAX },
		{ "16777215T", true, 0xffffffull << 40 },
		{ "18446744073709551616", false, 0 },
		{ "0x10000000000000000", false, 0 },
		{ "16777216T", false, 0 },
		{ "99999999999999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "+1", false, 0 },
		{ "-1", false, 0 },
		{ "0x", false, 0 },
		{ "x10", false, 0 },
		{ "0x-1", false, 0 },
		{ "K", false, 0 },
		{ "1KB", false, 0 },
		{ "1KK", false, 0 },
		{ "1P", false, 0 },
		{ "12a", false, 0 },
		{ "ff", false, 0 },
		{ "0xg", false, 0 },
		{ "1.5", false, 0 },
		{ "1,000", false, 0 },
		{ "1-2", false, 0 },
		{ "1\n", false, 0 },
		{ "\xff", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint64_t value = 0x5a5a;
		bool good = num_parse(rows[i].text, "an address", &value, &e);

		CHECK_NUMBER(rows[i].text, good, rows[i].good);
		CHECK_NUMBER(rows[i].text, value, rows[i].good ? rows[i].value : 0x5a5a);
		CHECK_NUMBER(rows[i].text, e.kind, rows[i].good ? ERR_NONE : ERR_ADDRESS);
	}
}

static void ranges(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t start, end;
	} rows[] = {
		{ "0x400", true, 0x400, 0x500 }, /* one unit, here 256 */
		{ "0x400-0x500", true, 0x400, 0x500 },
		{ "0x400+0x10", true, 0x400, 0x410 },
		{ "0-1", true, 0, 1 },
		{ "1M+4K", true, 0x100000, 0x101000 },
		{ "0-0xffffffffffffffff", true, 0, UINT64_MAX },
		{ "0xfffffffffffffeff", true, 0xfffffffffffffeff, UINT64_MAX },
		{ "0xfffffffffffffff0", false, 0, 0 }, /* the unit wraps */
		{ "0xffffffffffffffff+1", false, 0, 0 },
		{ "0xf000000000000000+0xf000000000000000", false, 0, 0 },
		{ "1-1", false, 0, 0 },
		{ "2-1", false, 0, 0 },
		{ "1+0", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "-", false, 0, 0 },
		{ "1-", false, 0, 0 },
		{ "-1", false, 0, 0 },
		{ "1+", false, 0, 0 },
		{ "1--2", false, 0, 0 },
		{ "1-2-3", false, 0, 0 },
		{ "1-2 ", false, 0, 0 },
		{ "1:2", false, 0, 0 },
		{ "0x400-500", false, 0, 0 }, /* END is decimal: 0x1f4 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct range range = { 7, 9 };
		bool want = rows[i].good;
		bool good = num_parse_range(rows[i].text, 256, &range, &e);

		CHECK_NUMBER(rows[i].text, good, want);
		CHECK_NUMBER(rows[i].text, range.start, want ? rows[i].start : 7);
		CHECK_NUMBER(rows[i].text, range.end, want ? rows[i].end : 9);
		CHECK_NUMBER(rows[i].text, e.kind, want ? ERR_NONE : ERR_RANGE);
	}
}

static void messages(void **state)
{
	char text[500];
	struct err e = ERR_INIT;
	struct range range;
	uint64_t value;

	(void)state;
	memset(text, '9', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(num_parse(text, "an address", &value, &e));
	assert_true(strlen(e.msg) < 80); /* a long operand does not flood the console */
	assert_false(num_parse_range(text, 1, &range, &e));
	assert_true(strlen(e.msg) < 80);
	assert_true(e.hint[0]);
}

static void holds_and_meets(void **state)
{
	static const struct {
		uint64_t start, end;
		bool holds, meets;
	} rows[] = {
		{ 10, 20, true, true },		{ 10, 11, true, true },	  { 19, 20, true, true },
		{ 9, 11, false, true },		{ 19, 21, false, true },  { 5, 25, false, true },
		{ 5, 10, false, false },	{ 20, 25, false, false }, { 15, 12, false, true },
		{ 0, UINT64_MAX, false, true },
	};
	const struct range r = { 10, 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char label[48];

		snprintf(label, sizeof(label), "%llu-%llu", (unsigned long long)rows[i].start,
			 (unsigned long long)rows[i].end);
		CHECK_NUMBER(label, range_holds(&r, rows[i].start, rows[i].end), rows[i].holds);
		CHECK_NUMBER(label, range_meets(&r, rows[i].start, rows[i].end), rows[i].meets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(ranges),
		cmocka_unit_test(messages),
		cmocka_unit_test(holds_and_meets),
	};

	return cmocka_run_group_tests_name("base/num", tests, NULL, NULL);
}

/* Formatting, against the snprintf() of the host's C library. */
/* Conversions that fmt() does not have are not tried. */
#include "base/fmt.h"
#include "unit.h"

#include <inttypes.h>

/* The same arguments for both, into a buffer that is sometimes too short. */
#define SAME(format, ...)                                                                          \
	do {                                                                                       \
		static const size_t sizes[] = { 200, 9, 2, 1 };                                    \
		for (size_t i_ = 0; i_ < ARRAY_LEN(sizes); i_++) {                                 \
			char got[200], want[200];                                                  \
			size_t n = fmt(got, sizes[i_], format, __VA_ARGS__);                       \
			int m = snprintf(want, sizes[i_], format, __VA_ARGS__);                    \
			CHECK_TEXT(format, got, want);                                             \
			CHECK_NUMBER(format, n, (uint64_t)m);                                      \
		}                                                                                  \
	} while (0)

static void as_libc(void **state)
{
	static const uint64_t numbers[] = { 0,	  1,	      9,	  10,	     255,	4096,
					    65535, UINT32_MAX, 1ull << 32, INT64_MAX, 1ull << 63,
					    UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		SAME("%" PRIu64, numbers[i]);
		SAME("%" PRIx64, numbers[i]);
		SAME("%20" PRIu64 "|%-20" PRIu64 "|%020" PRIx64, numbers[i], numbers[i], numbers[i]);
		SAME("%u %x %d", (unsigned int)numbers[i], (unsigned int)numbers[i], (int)numbers[i]);
		SAME("%zu %lu %ld %llu %lld", (size_t)numbers[i], (unsigned long)numbers[i],
		     (long)numbers[i], (unsigned long long)numbers[i], (long long)numbers[i]);
		SAME("%02x%04x%08x", (unsigned int)numbers[i], 7u, (unsigned int)numbers[i]);
	}
	SAME("%s", "");
	SAME("%s and %s", "one", "another");
	SAME("%5s|%-5s|%2s", "abc", "abc", "abc");
	SAME("%.2s|%.0s|%.9s", "abc", "abc", "abc");
	SAME("%.*s|%*s|%-*s", 2, "abc", 5, "abc", 5, "abc");
	SAME("%c%c%%", 'a', '\t');
	SAME("%d%%", -1);
	SAME("%s", "a string that is longer than all of the short buffers");
}

/* Where it differs on purpose: zero has its 0x too. */
static void hex_prefix(void **state)
{
	char text[64];

	(void)state;
	fmt(text, sizeof(text), "%#x %#" PRIx64 " %#6x|%#-8x|", 0u, (uint64_t)255, 10u, 10u);
	CHECK_TEXT("prefix", text, "0x0 0xff    0xa|0xa     |");
}

static void appending(void **state)
{
	char text[8];
	size_t used = fmt(text, sizeof(text), "ab");

	(void)state;
	fmt_append(text, sizeof(text), &used, "%d", 12);
	CHECK_TEXT("fits", text, "ab12");
	fmt_append(text, sizeof(text), &used, "%s", "345678");
	CHECK_TEXT("cut", text, "ab12345");
	CHECK_NUMBER("used", used, sizeof(text) - 1);
	fmt_append(text, sizeof(text), &used, "%s", "more");
	CHECK_TEXT("full", text, "ab12345");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libc),
		cmocka_unit_test(hex_prefix),
		cmocka_unit_test(appending),
	};

	return cmocka_run_group_tests_name("base/fmt", tests, NULL, NULL);
}

/* Lists of names in one string: the first, the last, the one that is not there. */
/* The strings are on the heap, exactly as long as they say: the sanitizers see the rest. */
#include "unit.h"

#include "base/names.h"

static void by_number(void **state)
{
	static const char names[] = "free\0used\0\0lost";
	char *copy = (char *)unit_copy((const uint8_t *)names, sizeof(names));

	(void)state;
	CHECK_TEXT("first", name_at(copy, 0), "free");
	CHECK_TEXT("second", name_at(copy, 1), "used");
	CHECK_TEXT("empty", name_at(copy, 2), "");
	CHECK_TEXT("last", name_at(copy, 3), "lost");
	free(copy);
}

static void by_code(void **state)
{
	static const char codes[] =
		"\x00" "none\0"
		"\x10" "video\0"
		"\xff" "last\0";
	char *copy = (char *)unit_copy((const uint8_t *)codes, sizeof(codes));

	(void)state;
	CHECK_TEXT("0", name_of(copy, 0), "none");
	CHECK_TEXT("0x10", name_of(copy, 0x10), "video");
	CHECK_TEXT("0xff", name_of(copy, 0xff), "last");
	CHECK("in a name", !name_of(copy, 'v'));
	CHECK("no byte", !name_of(copy, 0x110));
	CHECK("without 0", !name_of(copy + 6, 0));
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_number),
		cmocka_unit_test(by_code),
	};

	return cmocka_run_group_tests_name("base/names", tests, NULL, NULL);
}

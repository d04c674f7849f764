/* Blocks from the allocator: zeroed, grown, and refused when they cannot be. */
/* Under sanitizers malloc() stands behind it; the mmap() half runs in every boot test. */
#include "base/alloc.h"
#include "unit.h"

static void zeroed(void **state)
{
	uint8_t *block = alloc_zeroed(5000);

	(void)state;
	assert_non_null(block);
	for (size_t i = 0; i < 5000; i++)
		CHECK_NUMBER("byte", block[i], 0);
	memset(block, 0xff, 5000);
	block = alloc_resize(block, 9000);
	assert_non_null(block);
	for (size_t i = 0; i < 9000; i++)
		CHECK_NUMBER("byte after growing", block[i], i < 5000 ? 0xff : 0);
	alloc_free(block);
	alloc_free(NULL);
}

static void too_large(void **state)
{
	(void)state;
	assert_null(alloc_array(SIZE_MAX / 8, 16));
	assert_null(alloc_zeroed(SIZE_MAX));
}

static void one_more(void **state)
{
	uint64_t *numbers = NULL;
	size_t moves = 0;

	(void)state;
	for (size_t len = 0; len < 1000; len++) {
		uint64_t *room = alloc_room(numbers, len, sizeof(*numbers));

		assert_non_null(room);
		moves += room != numbers;
		numbers = room;
		numbers[len] = len;
	}
	for (size_t i = 0; i < 1000; i++)
		CHECK_NUMBER("entry", numbers[i], i);
	/* 16, 32, ... 1024: seven blocks, not a thousand. */
	CHECK("few moves", moves <= 7);
	alloc_free(numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed),
		cmocka_unit_test(too_large),
		cmocka_unit_test(one_more),
	};

	return cmocka_run_group_tests_name("base/alloc", tests, NULL, NULL);
}

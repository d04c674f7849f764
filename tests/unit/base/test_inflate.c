/* gzip unpacked: what gzip(1) packed, and what nobody should have packed. */
/* Speed is not tested. */
#include "unit.h"

#include "base/inflate.h"

#define BIG 300000

/* What the command writes; free() it. */
static uint8_t *output_of(const char *command, size_t *ret_len)
{
	FILE *pipe = popen(command, "r");
	uint8_t *bytes = malloc(BIG);

	assert_non_null(pipe);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, BIG, pipe);
	assert_int_equal(pclose(pipe), 0);
	return bytes;
}

/* The same text packed by gzip in several ways. */
static void by_gzip(void **state)
{
	static const char *const rows[][2] = {
		{ "seq 1 20000", "gzip -n" },
		{ "seq 1 20000", "gzip -n1" },
		{ "seq 1 20000", "gzip -n9" },
		{ "yes CONFIG_X=y | head -c 250000", "gzip -n" }, /* lengths of 258 */
		{ "printf x", "gzip -n" }, /* fixed codes */
		{ "true", "gzip -n" },
		/* Incompressible: stored blocks. */
		{ "head -c 200000 /bin/sh | gzip -n | head -c 60000", "gzip -n1" },
		{ "head -c 250000 /proc/self/exe", "gzip -n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char command[128];
		size_t want_len, packed_len, len = 0;
		uint8_t *want = output_of(rows[i][0], &want_len), *packed, *got;

		snprintf(command, sizeof(command), "(%s) | %s", rows[i][0], rows[i][1]);
		packed = output_of(command, &packed_len);
		got = malloc(want_len + 1);
		packed = realloc(packed, packed_len); /* so that a read behind it is found */
		CHECK(command, inflate_gzip(packed, packed_len, got, want_len, &len));
		CHECK_NUMBER(command, len, want_len);
		CHECK(command, !memcmp(got, want, len));
		/* A byte less room, a byte less input. */
		CHECK(command, !want_len || !inflate_gzip(packed, packed_len, got, want_len - 1, &len));
		CHECK(command, !inflate_gzip(packed, packed_len - 1, got, want_len, &len));
		free(want);
		free(packed);
		free(got);
	}
}

/* gzip --name puts a name in the header. */
static void with_name(void **state)
{
	size_t packed_len, len = 0;
	uint8_t *packed = output_of("cd tests/unit && gzip -cN unit.h", &packed_len);
	uint8_t *got = malloc(BIG);

	(void)state;
	assert_memory_equal(packed + 10, "unit.h", 7);
	assert_true(inflate_gzip(packed, packed_len, got, BIG, &len));
	assert_memory_equal(got, "/* What every unit test", 23);
	free(packed);
	free(got);
}

#define HEAD "\x1f\x8b\x08\0\0\0\0\0\0\3"
static void damaged(void **state)
{
	static const struct {
		const char *label;
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "a head alone", HEAD, 10 },
		{ "no gzip", "PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ "another method", "\x1f\x8b\x07\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0", 20 },
		{ "block type 3", HEAD "\7\0\0\0\0\0\0\0\0\0", 20 },
		{ "stored, lengths that differ", HEAD "\1\1\0\0\0x\0\0\0\0\1\0\0\0", 24 },
		{ "a distance before the start", HEAD "\3\2\0\0\0\0\0\0\0\0\0\0", 22 },
		{ "too many literals", HEAD "\xfd\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 21 },
		/* Three times 138 lengths of 0, of 320 that there are. */
		{ "lengths repeated too often", HEAD "\375\037\200\300\337\337\037\000\000\000\000\000\000\000\000\000\000\000\000", 29 },
		/* A literal, length code 286, distance 1, the end. */
		{ "a length code that stands for nothing", HEAD "\113\034\003\000\000\000\000\000\003\001\000\000", 22 },
		{ "another length at the end", HEAD "\3\0\0\0\0\0\1\0\0\0", 20 },
		{ "extra longer than all", "\x1f\x8b\x08\4\0\0\0\0\0\3\xff\xff\0\0", 14 },
		{ "a name without end", "\x1f\x8b\x08\x08\0\0\0\0\0\3nam", 13 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *copy = unit_copy(rows[i].bytes, rows[i].len), out[512];
		size_t len = 77;

		CHECK(rows[i].label, !inflate_gzip(copy, rows[i].len, out, sizeof(out), &len));
		CHECK_NUMBER(rows[i].label, len, 77);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_gzip), cmocka_unit_test(with_name),
					    cmocka_unit_test(damaged) };

	return cmocka_run_group_tests_name("base/inflate", tests, NULL, NULL);
}

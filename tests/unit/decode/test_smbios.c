/* SMBIOS: entry points, the walk over the structures, strings; and tables that lie. */
/* Fields are in test_smbiostypes.c. The first entry point is QEMU 7.2's; the others follow DSP0134. */
#include "unit.h"

#include "decode/smbios.h"

#define ENTRY_MAX 40

static const uint8_t sm_qemu[ENTRY_MAX] = {
	0x5f, 0x53, 0x4d, 0x5f, 0x28, 0x1f, 0x02, 0x08, 0x51, 0,    0,	  0,	0,    0, 0,    0,
	0x5f, 0x44, 0x4d, 0x49, 0x5f, 0x39, 0x84, 0x01, 0x10, 0x5a, 0x0f, 0,	0x09, 0, 0x28,
};
static const uint8_t sm3[ENTRY_MAX] = { '_', 'S', 'M', '3', '_',  0,	24,   3,    7,	  0,	1, 0,
					0,   1,	  0,   0,   0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x06, 0, 0 };

/* Makes the len bytes' sum 0 by the one at off. */
static void fix(uint8_t *bytes, size_t len, size_t off)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[off] = (uint8_t)(bytes[off] - sum);
}

static bool entry(const uint8_t *bytes, size_t len, struct smbios_entry *e)
{
	uint8_t *copy = unit_copy(bytes, len);
	bool ok = smbios_entry_decode(&(struct view){ copy, len, 0xf0000 }, e);

	free(copy);
	return ok;
}

static void entries(void **state)
{
	struct smbios_entry e;
	uint8_t bytes[ENTRY_MAX];

	(void)state;
	assert_true(entry(sm_qemu, 31, &e));
	CHECK_TEXT("QEMU", e.anchor, "_SM_");
	CHECK_NUMBER("QEMU", e.version, 0x0208);
	CHECK_NUMBER("QEMU", e.table, 0xf5a10);
	CHECK_NUMBER("QEMU", e.table_len, 0x184);
	CHECK_NUMBER("QEMU", e.count, 9);
	CHECK_NUMBER("QEMU", e.sum, SUM_RIGHT);
	CHECK_NUMBER("QEMU", e.is_maximum, false);
	CHECK_NUMBER("QEMU", e.len, 31);

	/* The second half alone, as before SMBIOS 2.1. */
	assert_true(entry(sm_qemu + 16, 15, &e));
	CHECK_TEXT("_DMI_", e.anchor, "_DMI_");
	CHECK_NUMBER("_DMI_", e.version, 0x0208);
	CHECK_NUMBER("_DMI_", e.table, 0xf5a10);
	CHECK_NUMBER("_DMI_", e.sum, SUM_RIGHT);

	memcpy(bytes, sm3, sizeof(bytes));
	fix(bytes, 24, 5);
	assert_true(entry(bytes, 24, &e));
	CHECK_TEXT("_SM3_", e.anchor, "_SM3_");
	CHECK_NUMBER("_SM3_", e.version, 0x0307);
	CHECK_NUMBER("_SM3_", e.table, 0x06789abcdef0);
	CHECK_NUMBER("_SM3_", e.table_len, 0x100);
	CHECK_NUMBER("_SM3_", e.count, 0);
	CHECK_NUMBER("_SM3_", e.is_maximum, true);
	CHECK_NUMBER("_SM3_", e.sum, SUM_RIGHT);

	/* Cut off anywhere: not one. */
	for (size_t len = 0; len < 31; len++)
		assert_false(entry(sm_qemu, len, &e));
	for (size_t len = 0; len < 24; len++)
		assert_false(entry(bytes, len, &e));
	for (size_t len = 0; len < 15; len++)
		assert_false(entry(sm_qemu + 16, len, &e));
}

/* What one byte makes of QEMU's entry point, or of the 3.x one. */
static void entry_sums(void **state)
{
	static const struct {
		const char *label;
		bool three;
		uint8_t off, value;
		int fix_len, fix_dmi; /* sums made right over that many bytes; -1: not */
		enum sum want;
	} rows[] = {
		{ "as it is", false, 9, 0, -1, -1, SUM_RIGHT },
		{ "outer sum", false, 9, 1, -1, -1, SUM_WRONG },
		{ "inner sum", false, 0x1a, 0x10, 31, -1, SUM_WRONG },
		{ "both put right", false, 0x1a, 0x10, 31, 15, SUM_RIGHT },
		{ "2.1 says 0x1e, and sums that up", false, 5, 0x1e, 30, 15, SUM_RIGHT },
		{ "2.1 says 0x1e, and sums 0x1f up", false, 5, 0x1e, 31, 15, SUM_RIGHT },
		{ "too short", false, 5, 0x1d, 0x1d, 15, SUM_WRONG },
		{ "length 0", false, 5, 0, 31, 15, SUM_WRONG },
		{ "longer than there is", false, 5, 0xff, 31, 15, SUM_UNKNOWN },
		{ "no _DMI_ in it", false, 0x10, 'x', 31, 15, SUM_WRONG },
		{ "3.x put right", true, 9, 1, 24, -1, SUM_RIGHT },
		{ "3.x wrong", true, 9, 1, -1, -1, SUM_WRONG },
		{ "3.x too short", true, 6, 23, 23, -1, SUM_WRONG },
		{ "3.x longer than there is", true, 6, 0xff, 24, -1, SUM_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[ENTRY_MAX];
		struct smbios_entry e;

		memcpy(bytes, rows[i].three ? sm3 : sm_qemu, sizeof(bytes));
		bytes[rows[i].off] = rows[i].value;
		if (rows[i].fix_dmi > 0)
			fix(bytes + 16, (size_t)rows[i].fix_dmi, 5);
		if (rows[i].fix_len > 0)
			fix(bytes, (size_t)rows[i].fix_len, rows[i].three ? 5 : 4);
		CHECK(rows[i].label, entry(bytes, rows[i].three ? 24 : 31, &e));
		CHECK_NUMBER(rows[i].label, e.sum, rows[i].want);
	}
}

static void versions(void **state)
{
	static const uint16_t rows[][2] = {
		{ 0x0201, 0x0201 }, { 0x021f, 0x0203 }, { 0x0221, 0x0203 }, { 0x0233, 0x0206 }, { 0x0306, 0x0306 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[ENTRY_MAX];
		struct smbios_entry e;

		memcpy(bytes, sm_qemu, sizeof(bytes));
		bytes[6] = (uint8_t)(rows[i][0] >> 8);
		bytes[7] = (uint8_t)rows[i][0];
		assert_true(entry(bytes, 31, &e));
		CHECK_NUMBER("version", e.version, rows[i][1]);
	}
}

#define TYPES_MAX 8

/* Tables, and what the walk makes of them: "T" is a type, its length, a handle. */
static void walks(void **state)
{
	static const struct {
		const char *label;
		size_t len;
		uint8_t bytes[64];
		uint32_t count; /* of the entry point; 0 with a maximum length: SMBIOS 3.x */
		uint32_t table_len;
		const char *types; /* of the structures given, as letters */
		enum smbios_end end;
	} rows[] = {
		{ "two and a mark", 18, { 'A', 4, 1, 0, 0, 0, 'B', 4, 2, 0, 0, 0, 127, 4, 3, 0, 0, 0 }, 0, 18, "AB\x7f",
		  SMBIOS_END_MARK },
		{ "rubbish behind the mark", 24, { 'A', 4, 1, 0, 0, 0, 127, 4, 3, 0, 0, 0, 'C', 4, 2, 0, 0, 0, 'D', 9 }, 0,
		  24, "A\x7f", SMBIOS_END_MARK },
		{ "2.x goes on behind a mark", 18, { 'A', 4, 1, 0, 0, 0, 127, 4, 3, 0, 0, 0, 'C', 4, 2, 0, 0, 0 }, 3, 18,
		  "A\x7f" "C", SMBIOS_END_COUNT },
		{ "no mark", 6, { 'A', 4, 1, 0, 0, 0 }, 0, 6, "A", SMBIOS_END_FULL },
		{ "count is reached first", 12, { 'A', 4, 1, 0, 0, 0, 'B', 4, 2, 0, 0, 0 }, 1, 12, "A", SMBIOS_END_COUNT },
		{ "count beyond the table", 12, { 'A', 4, 1, 0, 0, 0, 'B', 4, 2, 0, 0, 0 }, 9, 12, "AB", SMBIOS_END_FEWER },
		{ "count one too high, and the mark is there", 12, { 'A', 4, 1, 0, 0, 0, 127, 4, 2, 0, 0, 0 }, 3, 12, "A\x7f",
		  SMBIOS_END_MARK },
		{ "count beyond the table, a mark within", 18, { 'A', 4, 1, 0, 0, 0, 127, 4, 3, 0, 0, 0, 'C', 4, 2, 0, 0, 0 },
		  9, 18, "A\x7f" "C", SMBIOS_END_FEWER },
		{ "table ends before the bytes", 12, { 'A', 4, 1, 0, 0, 0, 'B', 4, 2, 0, 0, 0 }, 0, 6, "A",
		  SMBIOS_END_FULL },
		{ "nothing", 0, { 0 }, 0, 0, "", SMBIOS_END_FULL },
		{ "table of length 0", 6, { 'A', 4, 1, 0, 0, 0 }, 0, 0, "", SMBIOS_END_FULL },
		{ "half a header", 9, { 'A', 4, 1, 0, 0, 0, 'B', 4, 2 }, 0, 9, "A", SMBIOS_END_CUT },
		{ "length 0", 12, { 'A', 4, 1, 0, 0, 0, 'B', 0, 2, 0, 0, 0 }, 0, 12, "A", SMBIOS_END_SHORT },
		{ "length 3", 6, { 'A', 3, 1, 0, 0, 0 }, 0, 6, "", SMBIOS_END_SHORT },
		{ "all ones", 32, { 'A', 4, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255 }, 0, 32, "A", SMBIOS_END_CUT },
		{ "body one too long", 6, { 'A', 7, 1, 0, 0, 0 }, 0, 6, "", SMBIOS_END_CUT },
		{ "body to the last byte", 6, { 'A', 6, 1, 0, 9, 9 }, 0, 6, "A", SMBIOS_END_STRINGS },
		{ "one zero only", 5, { 'A', 4, 1, 0, 0 }, 0, 5, "A", SMBIOS_END_STRINGS },
		{ "a string without its end", 8, { 'A', 4, 1, 0, 'x', 0, 'y', 'z' }, 0, 8, "A", SMBIOS_END_STRINGS },
		{ "a string, one zero", 6, { 'A', 4, 1, 0, 'x', 0 }, 0, 6, "A", SMBIOS_END_STRINGS },
		{ "a string, two zeros", 7, { 'A', 4, 1, 0, 'x', 0, 0 }, 0, 7, "A", SMBIOS_END_FULL },
		{ "an empty first string", 9, { 'A', 4, 1, 0, 0, 'x', 'y', 0, 0 }, 0, 9, "A", SMBIOS_END_FULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *copy = unit_copy(rows[i].bytes, rows[i].len);
		const struct smbios table = { { .count = rows[i].count, .table_len = rows[i].table_len },
					      { copy, rows[i].len, 0x1000 } };
		struct smbios_walk w;
		struct smbios_record r;
		char types[TYPES_MAX + 1] = "";
		size_t len = 0;

		smbios_walk_init(&w, &table);
		while (smbios_next(&w, &r)) {
			CHECK(rows[i].label, len < TYPES_MAX);
			types[len++] = (char)r.type;
			CHECK_NUMBER(rows[i].label, r.body.phys, 0x1000 + (uint64_t)(r.body.bytes - copy));
		}
		CHECK_TEXT(rows[i].label, types, rows[i].types);
		CHECK_NUMBER(rows[i].label, w.end, rows[i].end);
		CHECK_NUMBER(rows[i].label, w.count, len);
		CHECK(rows[i].label, !smbios_next(&w, &r) && smbios_end_text(w.end)[0]);
		CHECK_NUMBER(rows[i].label, smbios_end_is_right(w.end), rows[i].end <= SMBIOS_END_FULL);
		free(copy);
	}
}

static void strings(void **state)
{
	static const struct {
		const char *label;
		const char *bytes;
		size_t len;
		unsigned int n;
		const char *want; /* NULL: none */
	} rows[] = {
		{ "first", "QEMU\0pc\0", 9, 1, "QEMU" },
		{ "second", "QEMU\0pc\0", 9, 2, "pc" },
		{ "third of two", "QEMU\0pc\0", 9, 3, NULL },
		{ "none of two", "QEMU\0pc\0", 9, 0, NULL },
		{ "far beyond", "QEMU\0pc\0", 9, 255, NULL },
		{ "of none", "\0", 2, 1, NULL },
		{ "of nothing", "", 0, 1, NULL },
		{ "its end is cut off", "QEMU\0pc", 7, 2, NULL },
		{ "before the one that is", "QEMU\0pc", 7, 1, "QEMU" },
		{ "any byte", "\x1b[2J\xff\0", 7, 1, "\x1b[2J\xff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[64] = { 1, 4, 0, 1 };
		struct smbios table = { { .table_len = (uint32_t)(4 + rows[i].len) }, { NULL, 4 + rows[i].len, 0 } };
		struct smbios_walk w;
		struct smbios_record r;
		uint8_t *copy;
		const char *got;

		memcpy(bytes + 4, rows[i].bytes, rows[i].len);
		table.table.bytes = copy = unit_copy(bytes, 4 + rows[i].len);
		smbios_walk_init(&w, &table);
		CHECK(rows[i].label, smbios_next(&w, &r));
		CHECK_NUMBER(rows[i].label, r.handle, 0x100);
		got = smbios_string(&r, rows[i].n);
		CHECK(rows[i].label, !got == !rows[i].want);
		if (got)
			CHECK_TEXT(rows[i].label, got, rows[i].want);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries), cmocka_unit_test(entry_sums), cmocka_unit_test(versions),
		cmocka_unit_test(walks),   cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests_name("decode/smbios", tests, NULL, NULL);
}

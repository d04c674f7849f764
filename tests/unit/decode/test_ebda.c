/* The extended BIOS data area: segments that can and cannot be, sizes, fields. */
/* A real one is looked at on the booted board. */
#include "unit.h"

#include "decode/ebda.h"

static void place(void **state)
{
	static const struct {
		const char *label;
		uint16_t segment;
		int size; /* -1: cannot be read */
		enum ebda_verdict verdict;
		uint64_t start, end;
	} rows[] = {
		{ "usual", 0x9fc0, 1, EBDA_GOOD, 0x9fc00, 0xa0000 },
		{ "8 KiB", 0x9e00, 8, EBDA_GOOD, 0x9e000, 0xa0000 },
		{ "255 KiB", 0x6040, 0xff, EBDA_GOOD, 0x60400, 0xa0000 },
		{ "short", 0x9e00, 4, EBDA_SHORT, 0x9e000, 0x9f000 },
		{ "too long", 0x9fc0, 2, EBDA_TOO_LONG, 0x9fc00, 0xa0000 },
		{ "size 0xff", 0x9fc0, 0xff, EBDA_TOO_LONG, 0x9fc00, 0xa0000 },
		{ "size 0", 0x9fc0, 0, EBDA_NO_SIZE, 0x9fc00, 0x9fc00 },
		{ "unread", 0x9fc0, -1, EBDA_UNREAD, 0x9fc00, 0x9fc00 },
		{ "none", 0, 1, EBDA_NONE, 0, 0 },
		{ "LPT4 of a PC", 0x278, 1, EBDA_BAD_SEGMENT, 0, 0 },
		{ "LPT4 of a PC/XT", 0x3bc, 1, EBDA_BAD_SEGMENT, 0, 0 },
		{ "just below", 0x3ff, 1, EBDA_BAD_SEGMENT, 0, 0 },
		{ "lowest", 0x400, 1, EBDA_SHORT, 0x4000, 0x4400 },
		{ "highest", 0x9fff, 1, EBDA_TOO_LONG, 0x9fff0, 0xa0000 },
		{ "video memory", 0xa000, 1, EBDA_BAD_SEGMENT, 0, 0 },
		{ "all bits", 0xffff, 0xff, EBDA_BAD_SEGMENT, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const uint8_t size = (uint8_t)rows[i].size;
		const struct view v = { &size, rows[i].size >= 0, rows[i].segment * 16u };
		struct ebda ebda;

		ebda_locate(rows[i].segment, &ebda);
		ebda_measure(&v, &ebda);
		CHECK_NUMBER(rows[i].label, ebda.verdict, rows[i].verdict);
		CHECK_NUMBER(rows[i].label, ebda.phys.start, rows[i].start);
		CHECK_NUMBER(rows[i].label, ebda.phys.end, rows[i].end);
		CHECK(rows[i].label, ebda_verdict_text(ebda.verdict)[0]);
	}
}

static void fields(void **state)
{
	static const struct {
		const char *label;
		uint8_t off, len, bytes[16];
		const char *key, *text;
	} rows[] = {
		{ "size", 0x00, 1, { 1 }, "size", "1 KiB" },
		{ "mouse driver",
		  0x22,
		  4,
		  { 0x34, 0x12, 0x00, 0xf0 },
		  "mouse_driver",
		  "f000:1234" },
		{ "no mouse driver", 0x22, 0, { 0 }, "mouse_driver", "" },
		{ "flags 1", 0x26, 1, { 0x82 }, "mouse_flags_1", "packet byte 2, command running" },
		{ "flags 2",
		  0x27,
		  1,
		  { 0x82 },
		  "mouse_flags_2",
		  "packet length 3, driver installed" },
		{ "flags 2 reserved", 0x27, 1, { 0x48 }, "mouse_flags_2", "unknown=0x48" },
		/* 1024 cylinders, 16 heads, 63 sectors a track. */
		{ "disk 0",
		  0x3d,
		  15,
		  { 0, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 63 },
		  "hard_disk_0",
		  "1024 cylinders, 16 heads, 63 sectors" },
		{ "disk 1 without heads",
		  0x4d,
		  2,
		  { 0, 4 },
		  "hard_disk_1",
		  "no heads: not a table of parameters" },
	};
	static struct unit_facts facts;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[1024] = { 0 };
		const struct view v = { bytes, sizeof(bytes), 0x9fc00 };
		struct sink sink = unit_sink(&facts);

		memcpy(bytes + rows[i].off, rows[i].bytes, rows[i].len);
		ebda_decode(&v, &sink);
		CHECK(rows[i].label, unit_fact(&facts, rows[i].key));
		CHECK_TEXT(rows[i].label, unit_fact(&facts, rows[i].key)->text, rows[i].text);
	}
}

/* The fields and the counted rest are all there is, however it is cut. */
static void every_byte_once(void **state)
{
	static struct unit_facts facts;

	(void)state;
	for (size_t len = 0; len <= 1024; len += len < 96 ? 1 : 29) {
		uint8_t *bytes = calloc(1, len + 1);
		const struct view v = { bytes, len, 0x9fc00 };
		struct sink sink = unit_sink(&facts);
		uint64_t not_zero = 0;
		size_t sum = 0;

		assert_non_null(bytes);
		memset(bytes, 0xff, len);
		ebda_decode(&v, &sink);
		for (size_t i = 0; i < facts.len; i++) {
			sum += facts.facts[i].width;
			if (!strcmp(facts.facts[i].key, "unknown"))
				not_zero = facts.facts[i].value;
		}
		/* A field that is cut off is neither a field nor the maker's own. */
		CHECK("bytes", sum <= len && len - sum < 16);
		CHECK("rest", not_zero <= len);
		if (len >= 0x5d)
			CHECK_NUMBER("all", sum, len);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place),
		cmocka_unit_test(fields),
		cmocka_unit_test(every_byte_once),
	};

	return cmocka_run_group_tests_name("decode/ebda", tests, NULL, NULL);
}

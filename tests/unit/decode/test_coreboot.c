/* coreboot's table: records of all forms, sums, lengths that lie, timestamps, the console's log. */
/* Built here after coreboot's own headers, as there is no such board to compare with. */
#include "records.h"

#include "decode/coreboot.h"

#define TABLE_MAX 1024

struct table {
	uint8_t bytes[TABLE_MAX];
	size_t len;
};

static void put(uint8_t *at, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void add(struct table *t, uint64_t value, size_t width)
{
	put(t->bytes + t->len, value, width);
	t->len += width;
}

/* The record's length is what it says; its body follows by add(). */
static void begin(struct table *t, uint32_t type, uint32_t len)
{
	add(t, type, 4);
	add(t, len, 4);
}

static void add_string(struct table *t, uint32_t type, const char *text, size_t len)
{
	begin(t, type, (uint32_t)(8 + len));
	memcpy(t->bytes + t->len, text, len);
	t->len += len;
}

/* RFC 1071. */
static uint16_t ip_sum(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += bytes[i] | (i + 1 < len ? bytes[i + 1] << 8 : 0);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void finish(struct table *t, uint32_t count)
{
	memcpy(t->bytes, "LBIO", 4);
	put(t->bytes + 4, 24, 4);
	put(t->bytes + 8, 0, 4);
	put(t->bytes + 12, t->len - 24, 4);
	put(t->bytes + 16, ip_sum(t->bytes + 24, t->len - 24), 4);
	put(t->bytes + 20, count, 4);
	put(t->bytes + 8, ip_sum(t->bytes, 24), 4);
}

static void make(struct table *t)
{
	memset(t, 0, sizeof(*t));
	t->len = 24;
	begin(t, 1, 8 + 2 * 20);
	add(t, 0, 8);
	add(t, 0x1000, 8);
	add(t, 16, 4);
	add(t, 0x100000, 8);
	add(t, 0x1fe00000, 8);
	add(t, 1, 4);
	add_string(t, 3, "\x00\x08" "Example\0Board-1\0\0\0", 20);
	add_string(t, 4, "4.20\0\0\0", 8);
	begin(t, 0xf, 32);
	add(t, 1, 4);
	add(t, 0x3f8, 4);
	add(t, 115200, 4);
	add(t, 1, 4);
	add(t, 1843200, 4);
	add(t, 0, 4);
	begin(t, 0x16, 16);
	add(t, 0x1ff08000, 8);
	begin(t, 0x17, 16);
	add(t, 0x1ff09000, 8);
	begin(t, 0x31, 24);
	add(t, 0x1ff08000, 8);
	add(t, 0x1000, 4);
	add(t, 0x54494d45, 4);
	begin(t, 0x7777, 11);
	add(t, 0x333231, 3);
	finish(t, 8);
}

static const char all[] =
	"header: signature LBIO; header length 24 bytes; header checksum %#x; records length 191 bytes; "
	"records checksum %#x; records 8\n"
	"memory: start 0x0; size 4 KiB; type coreboot tables\n"
	"memory: start 0x100000; size 510 MiB; type RAM\n"
	"board: name Example, Board-1\n"
	"version: text 4.20\n"
	"serial port: access I/O; address 0x3f8; baud 115200; register width 1 bytes; input clock 1843200 Hz; "
	"PCI address 0x0\n"
	"timestamps: address 0x1ff08000\n"
	"console log: address 0x1ff09000\n"
	"CBMEM entry: address 0x1ff08000; size 4 KiB; id TIME\n"
	"unknown: unknown 313233\n";

static void everything(void **state)
{
	static struct table t;
	static struct records_text text;
	char want[2048];
	struct coreboot head;

	(void)state;
	make(&t);
	records_walk(coreboot_next, t.bytes, t.len, &text);
	snprintf(want, sizeof(want), all, t.bytes[8] | t.bytes[9] << 8, t.bytes[16] | t.bytes[17] << 8);
	CHECK_TEXT("all", text.text, want);
	assert_true(coreboot_table(&(struct view){ t.bytes, t.len, 0 }, &head));
	CHECK_NUMBER("header", head.header_len, 24);
	CHECK_NUMBER("length", head.len, t.len);
	CHECK_NUMBER("records", head.count, 8);
	CHECK_NUMBER("sum", head.sum, SUM_RIGHT);
	CHECK_NUMBER("records sum", head.records_sum, SUM_RIGHT);
	CHECK_NUMBER("timestamps", head.stamps, 0x1ff08000);
	CHECK_NUMBER("console", head.console, 0x1ff09000);
	CHECK_NUMBER("forward", head.forward, 0);
}

static void forward(void **state)
{
	static struct table t = { .len = 24 };
	struct coreboot head;

	(void)state;
	begin(&t, 0x11, 16);
	add(&t, 0x7ff00000, 8);
	finish(&t, 1);
	assert_true(coreboot_table(&(struct view){ t.bytes, t.len, 0 }, &head));
	CHECK_NUMBER("forward", head.forward, 0x7ff00000);
	/* Of a table that is cut off, or of which the header alone was read. */
	assert_true(coreboot_table(&(struct view){ t.bytes, 24, 0 }, &head));
	CHECK_NUMBER("forward", head.forward, 0);
	CHECK_NUMBER("length", head.len, 40);
	CHECK_NUMBER("sum", head.sum, SUM_RIGHT);
	CHECK_NUMBER("records sum", head.records_sum, SUM_UNKNOWN);
}

/* The first record is the memory map, 56 bytes with 16 in front of its list: which is at 0x20. */
static void lies(void **state)
{
	static const struct {
		const char *label;
		size_t off;
		uint32_t value;
		const char *holds; /* of the text */
		enum sum sum, records_sum;
		uint32_t len; /* 0: as it was */
	} rows[] = {
		{ "no record's length", 0x1c, 0, "\nunknown: unknown 00000000 00000000 0010", SUM_RIGHT, SUM_WRONG, 0 },
		{ "length 7", 0x1c, 7, "\nunknown: ", SUM_RIGHT, SUM_WRONG, 0 },
		{ "an empty list", 0x1c, 8, "records 8\nunknown: ", SUM_RIGHT, SUM_WRONG, 0 },
		{ "half a range", 0x1c, 8 + 30, "memory: start 0x100000; unknown 2 bytes, all 0\nunknown: ", SUM_RIGHT, SUM_WRONG, 0 },
		{ "a list beyond the end", 0x1c, UINT32_MAX, "memory: unknown 313233\n", SUM_RIGHT, SUM_WRONG, 0 },
		{ "header beyond the end", 4, 0x10000, "records 8; unknown 0100", SUM_UNKNOWN, SUM_UNKNOWN, COREBOOT_MAX },
		{ "no header", 4, 0, "memory: start 0x0", SUM_UNKNOWN, SUM_WRONG, 191 },
		{ "records beyond the end", 12, UINT32_MAX, "id TIME", SUM_WRONG, SUM_UNKNOWN, COREBOOT_MAX },
		{ "sum", 16, 0xffff, "id TIME", SUM_WRONG, SUM_WRONG, 0 },
		{ "strings that are not there", 0x50, 0xffff, "board: name \n", SUM_RIGHT, SUM_WRONG, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct table t;
		static struct records_text text;
		struct coreboot head;

		make(&t);
		put(t.bytes + rows[i].off, rows[i].value, 4);
		records_walk(coreboot_next, t.bytes, t.len, &text);
		if (!strstr(text.text, rows[i].holds))
			fail_msg("%s: %s", rows[i].label, text.text);
		CHECK(rows[i].label, coreboot_table(&(struct view){ t.bytes, t.len, 0 }, &head));
		CHECK_NUMBER(rows[i].label, head.sum, rows[i].sum);
		CHECK_NUMBER(rows[i].label, head.records_sum, rows[i].records_sum);
		CHECK_NUMBER(rows[i].label, head.len, rows[i].len ? rows[i].len : t.len);
	}
}

static void timestamps(void **state)
{
	static struct table t;
	struct coreboot_stamp s;

	(void)state;
	add(&t, 1000, 8);
	add(&t, 8, 2);
	add(&t, 2000, 2);
	add(&t, 3, 4);
	add(&t, 0, 4), add(&t, 0, 8);
	add(&t, 99, 4), add(&t, 89999000, 8);
	add(&t, 1234, 4), add(&t, 0, 4);
	CHECK_NUMBER("count", coreboot_stamps_len(&(struct view){ t.bytes, t.len, 0 }), 3);
	assert_true(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 0, &s));
	CHECK_TEXT("first", s.name, "power on");
	CHECK_NUMBER("first", s.ticks, 1000);
	CHECK_NUMBER("first", s.us, 0);
	assert_true(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 1, &s));
	CHECK_TEXT("second", s.name, "payload");
	CHECK_NUMBER("second", s.us, 45000);
	assert_false(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 2, &s));
	add(&t, 0, 4);
	assert_true(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 2, &s));
	assert_null(s.name);
	assert_false(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 3, &s));
	assert_false(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, UINT32_MAX, &s));
	put(t.bytes + 10, 0, 2);
	assert_true(coreboot_stamp(&(struct view){ t.bytes, t.len, 0 }, 1, &s));
	CHECK_NUMBER("ticks of no length", s.us, 0);
}

static void console(void **state)
{
	static const struct {
		const char *label;
		uint32_t size, cursor;
		const char *first, *second;
		bool lost;
	} rows[] = {
		{ "not full", 8, 5, "abcde", "", false },
		{ "just full", 8, 8, "abcdefgh", "", false },
		{ "once round", 8, 0x80000003, "defgh", "abc", true },
		{ "empty", 8, 0, "", "", false },
		{ "counted on", 8, 100, "abcdefgh", "", true },
		{ "round, and beyond", 8, 0x80000064, "abcdefgh", "", true },
		{ "size beyond the end", 0xffffffff, 5, "abcde", "", false },
		{ "no size", 0, 5, "", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[16] = "........abcdefgh";
		struct view text[2];
		bool lost;

		put(bytes, rows[i].size, 4);
		put(bytes + 4, rows[i].cursor, 4);
		coreboot_console(&(struct view){ bytes, sizeof(bytes), 0 }, text, &lost);
		CHECK_NUMBER(rows[i].label, text[0].len, strlen(rows[i].first));
		CHECK_NUMBER(rows[i].label, text[1].len, strlen(rows[i].second));
		CHECK(rows[i].label, !memcmp(text[0].bytes, rows[i].first, text[0].len));
		CHECK(rows[i].label, !memcmp(text[1].bytes, rows[i].second, text[1].len));
		CHECK_NUMBER(rows[i].label, lost, rows[i].lost);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(everything), cmocka_unit_test(forward), cmocka_unit_test(lies),
					    cmocka_unit_test(timestamps), cmocka_unit_test(console) };

	return cmocka_run_group_tests_name("decode/coreboot", tests, NULL, NULL);
}

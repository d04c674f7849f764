/* The BIOS data area: fields by hand from the technical references, and hostile ones. */
/* Real areas are compared on the booted board, not here. */
#include "unit.h"

#include "decode/bda.h"

static struct unit_facts facts;

static void decode(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = unit_copy(bytes, len);
	const struct view v = { copy, len, BDA_PHYS };
	struct sink sink = unit_sink(&facts);

	bda_decode(&v, &sink);
	free(copy);
}

static void fields(void **state)
{
	static const struct {
		const char *label;
		uint8_t off, len, bytes[8];
		const char *key;
		uint64_t value;
		const char *text;
	} rows[] = {
		{ "COM1", 0x00, 2, { 0xf8, 0x03 }, "com1_port", 0x3f8, "" },
		{ "no COM4", 0x06, 2, { 0 }, "com4_port", 0, "none" },
		{ "LPT1", 0x08, 2, { 0x78, 0x03 }, "lpt1_port", 0x378, "" },
		{ "EBDA", 0x0e, 2, { 0xc0, 0x9f }, "ebda_segment", 0x9fc0, "at 0x9fc00" },
		{ "two drives",
		  0x10,
		  2,
		  { 0x41, 0 },
		  "equipment",
		  0x41,
		  "diskette, EGA or VGA, diskette drives 2" },
		{ "reserved bits",
		  0x10,
		  2,
		  { 0x08, 0x01 },
		  "equipment",
		  0x108,
		  "EGA or VGA, unknown=0x108" },
		{ "ports",
		  0x10,
		  2,
		  { 0x32, 0xd4 },
		  "equipment",
		  0xd432,
		  "coprocessor, 80x25 mono, serial ports 2, game port, parallel ports 3" },
		{ "640 KiB",
		  0x13,
		  2,
		  { 0x80, 0x02 },
		  "base_memory",
		  640,
		  "640 KiB, up to 0xa0000" },
		{ "caps lock",
		  0x17,
		  1,
		  { 0x41 },
		  "key_flags_1",
		  0x41,
		  "right shift down, caps lock on" },
		{ "write protected", 0x41, 1, { 0x03 }, "diskette_result", 3, "write protected" },
		{ "no such result", 0x41, 1, { 0x77 }, "diskette_result", 0x77, "unknown=0x77" },
		{ "cursor", 0x52, 2, { 79, 24 }, "cursor_on_page_1", 0x184f, "row 24, column 79" },
		{ "cursor hidden",
		  0x60,
		  2,
		  { 0x07, 0x26 },
		  "cursor_shape",
		  0x2607,
		  "scan lines 6 to 7, hidden" },
		{ "restart",
		  0x67,
		  4,
		  { 0x34, 0x12, 0x00, 0x99 },
		  "restart_address",
		  0x99001234,
		  "9900:1234, at 0x9a234" },
		/* 18.2065 ticks a second: an hour is 65543.3 of them. */
		{ "one o'clock",
		  0x6c,
		  4,
		  { 0x08, 0x00, 0x01, 0x00 },
		  "timer_ticks",
		  0x10008,
		  "01:00:00 by the BIOS clock" },
		{ "last tick",
		  0x6c,
		  4,
		  { 0xaf, 0x00, 0x18, 0x00 },
		  "timer_ticks",
		  0x1800af,
		  "23:59:59 by the BIOS clock" },
		{ "no time",
		  0x6c,
		  4,
		  { 0xb0, 0x00, 0x18, 0x00 },
		  "timer_ticks",
		  0x1800b0,
		  "more than a day: not a time" },
		{ "ticks 0xffffffff",
		  0x6c,
		  4,
		  { 0xff, 0xff, 0xff, 0xff },
		  "timer_ticks",
		  0xffffffff,
		  "more than a day: not a time" },
		{ "warm",
		  0x72,
		  2,
		  { 0x34, 0x12 },
		  "restart_flag",
		  0x1234,
		  "warm start: no memory test" },
		{ "odd flag", 0x72, 2, { 0x33, 0x12 }, "restart_flag", 0x1233, "unknown=0x1233" },
		/* Every kind of field that bits_say() knows: words, numbers, numbers plus one. */
		{ "all words", 0x8b, 1, { 0xfc }, "diskette_rates", 0xfc,
		  "first rate code 3, step 5 ms, 1 Mbit/s" },
		{ "no words", 0x8b, 1, { 0x03 }, "diskette_rates", 3, "unknown=0x3" },
		{ "all equipment",
		  0x10,
		  2,
		  { 0xff, 0xff },
		  "equipment",
		  0xffff,
		  "diskette, coprocessor, pointing device, 80x25 mono, diskette drives 4, "
		  "serial ports 7, game port, internal modem, parallel ports 3, unknown=0x108" },
		{ "VDS", 0x7b, 1, { 0x20 }, "int_4b_flags", 0x20, "virtual DMA services" },
		{ "rows", 0x84, 1, { 24 }, "rows_less_one", 24, "25 rows" },
		{ "height", 0x85, 2, { 16, 0 }, "character_height", 16, "16" },
		{ "256K", 0x87, 1, { 0x60 }, "ega_vga_control", 0x60, "256K" },
		{ "media",
		  0x90,
		  1,
		  { 0x17 },
		  "diskette_0_media",
		  0x17,
		  "720K or 1.44M, media known" },
		{ "media code 6", 0x91, 1, { 0x06 }, "diskette_1_media", 6, "unknown=0x6" },
		{ "keyboard", 0x96, 1, { 0x10 }, "key_flags_3", 0x10, "101/102 keys" },
		{ "video tables",
		  0xa8,
		  4,
		  { 0x20, 0x68, 0x00, 0xc0 },
		  "video_save_tables",
		  0xc0006820,
		  "c000:6820, at 0xc6820" },
		{ "controller",
		  0x42,
		  7,
		  { 1, 2, 3, 4, 5, 6, 7 },
		  "diskette_controller",
		  0,
		  "bytes 01020304050607" },
		{ "application_area",
		  0xf0,
		  3,
		  { 1, 0, 0x80 },
		  "application_area",
		  0,
		  "bytes 01008000000000000000000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bda[BDA_SIZE] = { 0 };
		const struct fact *f;

		memcpy(bda + rows[i].off, rows[i].bytes, rows[i].len);
		decode(bda, sizeof(bda));
		f = unit_fact(&facts, rows[i].key);
		CHECK(rows[i].label, f);
		CHECK_NUMBER(rows[i].label, f->value, rows[i].value);
		CHECK_TEXT(rows[i].label, f->text, rows[i].text);
	}
}

static void unknown_bytes(void **state)
{
	uint8_t bda[BDA_SIZE] = { 0 };
	const struct fact *f;

	(void)state;
	bda[0xb9] = 0x40;
	bda[0xbb] = 0x03;
	decode(bda, sizeof(bda));
	f = unit_fact(&facts, "unknown");
	assert_non_null(f);
	/* First the zeros before them, then the two and the hole between. */
	CHECK_NUMBER("zeros", f->phys, 0x4ac);
	CHECK_NUMBER("zeros", f->width, 13);
	CHECK_TEXT("zeros", f->text, "");
	CHECK_NUMBER("bytes", f[1].phys, 0x4b9);
	CHECK_NUMBER("bytes", f[1].width, 3);
	CHECK_NUMBER("bytes", f[1].value, 0x030040);
	CHECK_TEXT("bytes", f[1].text, "unknown=0x400003");
}

/* Whatever the bytes and however many: each byte is in one fact, in order, or missing. */
static void every_byte_once(void **state)
{
	(void)state;
	for (unsigned int fill = 0; fill < 256; fill += 51) {
		for (size_t len = 0; len <= BDA_SIZE; len++) {
			uint8_t bda[BDA_SIZE];
			uint64_t at = BDA_PHYS;

			for (size_t i = 0; i < sizeof(bda); i++)
				bda[i] = (uint8_t)(fill * (i % 7 != 3));
			decode(bda, len);
			for (size_t i = 0; i < facts.len; i++) {
				CHECK_NUMBER(facts.facts[i].key, facts.facts[i].phys, at);
				CHECK(facts.facts[i].key, facts.facts[i].width > 0);
				CHECK(facts.facts[i].key,
				      strlen(facts.facts[i].key) < FACT_NAME_MAX - 1);
				at += facts.facts[i].width;
			}
			CHECK_NUMBER("end", at, BDA_PHYS + BDA_SIZE);
			CHECK("whole", (len == BDA_SIZE) == !unit_fact(&facts, "missing"));
		}
	}
	decode((const uint8_t[BDA_SIZE]){ 0 }, BDA_SIZE);
	assert_true(facts.len > bda_fields_len());
}

static void waiting_keys(void **state)
{
	static const struct {
		const char *label;
		uint16_t head, tail, start, end;
		uint8_t fill;
		const char *text;
	} rows[] = {
		{ "none", 0x1e, 0x1e, 0x1e, 0x3e, 0, "0 keys waiting, empty" },
		{ "old ones", 0x2a, 0x2a, 0x1e, 0x3e, 0xa7, "0 keys waiting, contents not shown" },
		{ "three", 0x20, 0x26, 0x1e, 0x3e, 0xa7, "3 keys waiting, contents not shown" },
		{ "around the end", 0x3c, 0x20, 0x1e, 0x3e, 0xa7,
		  "2 keys waiting, contents not shown" },
		{ "full", 0x1e, 0x3c, 0x1e, 0x3e, 0xa7, "15 keys waiting, contents not shown" },
		{ "XT: no bounds", 0x1e, 0x22, 0, 0, 0xa7, "2 keys waiting, contents not shown" },
		{ "moved", 0x100, 0x104, 0x100, 0x140, 0, "2 keys waiting, empty" },
		{ "head outside", 0x40, 0x20, 0x1e, 0x3e, 0, "pointers make no sense, empty" },
		{ "odd", 0x1f, 0x21, 0x1e, 0x3e, 0, "pointers make no sense, empty" },
		{ "all bits", 0xffff, 0xffff, 0xffff, 0xffff, 0, "pointers make no sense, empty" },
		{ "bounds turned", 0x20, 0x20, 0x3e, 0x1e, 0, "pointers make no sense, empty" },
		{ "no BIOS ran", 0, 0, 0, 0, 0, "not in use, empty" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bda[BDA_SIZE] = { 0 };
		const uint16_t words[] = { rows[i].head, rows[i].tail, rows[i].start, rows[i].end };
		static const uint8_t at[] = { 0x1a, 0x1c, 0x80, 0x82 };

		memset(bda + 0x1e, rows[i].fill, 32);
		for (size_t w = 0; w < 4; w++) {
			bda[at[w]] = (uint8_t)words[w];
			bda[at[w] + 1] = (uint8_t)(words[w] >> 8);
		}
		decode(bda, sizeof(bda));
		CHECK_TEXT(rows[i].label, unit_fact(&facts, "key_buffer")->text, rows[i].text);
	}
}

/* What was typed is in no fact, however the area is cut. */
static void keys_stay_secret(void **state)
{
	uint8_t bda[BDA_SIZE] = { 0 };

	(void)state;
	memset(bda + 0x1e, 0xa7, 32);
	bda[0x19] = 0xa7;
	for (size_t len = 0; len <= sizeof(bda); len++) {
		decode(bda, len);
		for (size_t i = 0; i < facts.len; i++) {
			CHECK_NUMBER(facts.facts[i].key, facts.facts[i].value, 0);
			CHECK(facts.facts[i].key, !strstr(facts.facts[i].text, "a7"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),	    cmocka_unit_test(unknown_bytes),
		cmocka_unit_test(every_byte_once),  cmocka_unit_test(waiting_keys),
		cmocka_unit_test(keys_stay_secret),
	};

	return cmocka_run_group_tests_name("decode/bda", tests, NULL, NULL);
}

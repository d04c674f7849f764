/* Text and NDJSON from the same calls, whatever bytes the strings hold. */
/* Sections of commands are looked at where the commands are. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

static const struct column columns[] = {
	{ "pfn", "pfn", 6 },
	{ "kind", "kind", -5 },
	{ "note", "note", -1 },
};

static void write_all(struct report *r)
{
	const struct cell row1[] = { HEX_CELL(0x10), TEXT_CELL("free"), TEXT_CELL("order 3") };
	const struct cell row2[] = { UINT_CELL(1234567), NO_CELL, BOOL_CELL(true) };
	const struct field fields[] = {
		{ "total", "in all", SIZE_CELL(1536) },
		{ "hidden", NULL, UINT_CELL(7) },
		{ "who", "by", TEXT_CELL(NULL) },
	};

	report_section(r, "pages");
	report_gap(r);
	report_table(r, "kind", columns, ARRAY_LEN(columns));
	report_row(r, row1);
	report_row(r, row2);
	report_record(r, "total", fields, ARRAY_LEN(fields));
	report_note(r, "100%% of %d", 3);
	report_text(r, "drawn: %s", "..##");
	report_gap(r);
	report_gap(r);
	report_json(r, "only", fields + 1, 1);
	report_raw(r, "raw\n", 4);
	report_gap(r);
}

static void text(void **state)
{
	struct report r;
	char *got;

	(void)state;
	unit_report(&r, REPORT_TEXT);
	write_all(&r);
	got = unit_report_end(&r);
	CHECK_TEXT("text", got,
		   "=== pages ===\n"
		   "\n"
		   "   pfn  kind   note\n"
		   "  0x10  free   order 3\n"
		   "1234567  -      yes\n"
		   "in all  1.5 KiB\n"
		   "by      -\n"
		   "100% of 3\n"
		   "drawn: ..##\n"
		   "\n"
		   "raw\n");
	free(got);
}

static void ndjson(void **state)
{
	struct report r;
	char *got;

	(void)state;
	unit_report(&r, REPORT_NDJSON);
	write_all(&r);
	got = unit_report_end(&r);
	CHECK_TEXT("ndjson", got,
		   "{\"section\":\"pages\",\"item\":\"kind\",\"pfn\":\"0x10\",\"kind\":\"free\","
		   "\"note\":\"order 3\"}\n"
		   "{\"section\":\"pages\",\"item\":\"kind\",\"pfn\":1234567,\"kind\":null,"
		   "\"note\":true}\n"
		   "{\"section\":\"pages\",\"item\":\"total\",\"total\":1536,\"hidden\":7,"
		   "\"who\":null}\n"
		   "{\"section\":\"pages\",\"item\":\"note\",\"text\":\"100% of 3\"}\n"
		   "{\"section\":\"pages\",\"item\":\"only\",\"hidden\":7}\n"
		   "raw\n");
	free(got);
}

/* Bytes out of memory must not reach a terminal or break a line. */
static void hostile_strings(void **state)
{
	static const struct {
		const char *label, *string, *text, *json;
	} rows[] = {
		{ "escape", "a\033[2Jb", "a\\x1b[2Jb", "a\\u001b[2Jb" },
		{ "lines", "a\nb\rc\td", "a\\x0ab\\x0dc\\x09d", "a\\u000ab\\u000dc\\u0009d" },
		{ "quotes", "a\"b\\c", "a\"b\\c", "a\\\"b\\\\c" },
		{ "delete", "\x7f", "\\x7f", "\\u007f" },
		{ "high bytes", "\xff\x80\x9b", "\\xff\\x80\\x9b", "\\u00ff\\u0080\\u009b" },
		{ "percent", "%s%n", "%s%n", "%s%n" },
		{ "empty", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct field field = { "k", "", TEXT_CELL(rows[i].string) };
		char want[128], *got;
		struct report r;

		unit_report(&r, REPORT_TEXT);
		report_text(&r, "%s", rows[i].string);
		report_note(&r, "%s", rows[i].string);
		got = unit_report_end(&r);
		snprintf(want, sizeof(want), "%s\n%s\n", rows[i].text, rows[i].text);
		CHECK_TEXT(rows[i].label, got, want);
		free(got);

		unit_report(&r, REPORT_NDJSON);
		report_record(&r, "i", &field, 1);
		got = unit_report_end(&r);
		snprintf(want, sizeof(want), "{\"section\":\"\",\"item\":\"i\",\"k\":\"%s\"}\n",
			 rows[i].json);
		CHECK_TEXT(rows[i].label, got, want);
		free(got);
	}
}

static void sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} rows[] = {
		{ 0, "0 B" },
		{ 1, "1 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1536, "1.5 KiB" },
		{ 102400, "100 KiB" },
		{ 1048576, "1 MiB" },
		{ 536870912, "512 MiB" },
		{ 4294967296, "4 GiB" },
		{ 8ull << 40, "8 TiB" },
		{ 1023ull << 20 | 1, "1023 MiB" },
		{ 200 * 1024 + 512, "201 KiB" },
		{ UINT64_MAX, "16777216 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct field field = { "size", "", SIZE_CELL(rows[i].bytes) };
		char want[40], *got;
		struct report r;

		unit_report(&r, REPORT_TEXT);
		report_record(&r, "i", &field, 1);
		got = unit_report_end(&r);
		snprintf(want, sizeof(want), "  %s\n", rows[i].want);
		CHECK_TEXT(rows[i].want, got, want);
		free(got);
	}
}

static void errors(void **state)
{
	struct err e = ERR_INIT;
	struct report r;
	char *got;

	(void)state;
	err_set(&e, ERR_REFUSED, "/dev/mem: %s", "no");
	err_cause(&e, "STRICT_DEVMEM");
	unit_report(&r, REPORT_TEXT);
	report_error(&r, &e);
	got = unit_report_end(&r);
	CHECK_TEXT("text", got, "not available:  /dev/mem: no\n  cause:  STRICT_DEVMEM\n");
	free(got);
	unit_report(&r, REPORT_NDJSON);
	report_section(&r, "low");
	report_error(&r, &e);
	got = unit_report_end(&r);
	CHECK_TEXT("ndjson", got,
		   "{\"section\":\"low\",\"item\":\"error\",\"error\":\"refused\",\"status\":11,"
		   "\"message\":\"/dev/mem: no\",\"cause\":\"STRICT_DEVMEM\",\"hint\":null}\n");
	free(got);
}

/* On a slow line nobody reads the same paragraph twice; a program gets each error whole. */
static void same_error(void **state)
{
	static const char wanted[] = "not available:  struct pages: no\n  cause:  why\n"
				     "not available:  for the same reason as above\n"
				     "not available:  another\n"
				     "not available:  no\n  cause:  why\n";
	struct err e = ERR_INIT, other = ERR_INIT;
	struct report r;
	char *got;

	(void)state;
	err_set(&other, ERR_REFUSED, "another");
	unit_report(&r, REPORT_TEXT);
	err_set(&e, ERR_REFUSED, "struct pages: no");
	err_cause(&e, "why");
	report_error(&r, &e);
	err_set(&e, ERR_REFUSED, "no");
	err_cause(&e, "why");
	report_error(&r, &e);
	report_error(&r, &other);
	report_error(&r, &e);
	got = unit_report_end(&r);
	CHECK_TEXT("text", got, wanted);
	free(got);
	unit_report(&r, REPORT_NDJSON);
	report_section(&r, "low");
	report_error(&r, &other);
	report_error(&r, &other);
	got = unit_report_end(&r);
	CHECK("ndjson", strstr(strchr(got, '\n'), "another"));
	free(got);
}

/* The last value of a line is broken between words, under where it begins. */
static void long_values(void **state)
{
	static const struct column columns[] = { { "a", "a", -20 }, { "b", "b", -1 } };
	static const char words[] = "one two three four five six seven eight nine ten eleven twelve";
	const struct cell cells[] = { TEXT_CELL("left"), TEXT_CELL(words) };
	const struct field field = { "key", "a label that is quite long", TEXT_CELL(words) };
	struct report r;
	char *got;

	(void)state;
	unit_report(&r, REPORT_TEXT);
	report_table(&r, "item", columns, ARRAY_LEN(columns));
	report_row(&r, cells);
	report_record(&r, "item", &field, 1);
	got = unit_report_end(&r);
	CHECK_TEXT("text", got,
		   "a                     b\n"
		   "left                  one two three four five six seven eight nine ten eleven\n"
		   "                      twelve\n"
		   "a label that is quite long  one two three four five six seven eight nine ten\n"
		   "                            eleven twelve\n");
	free(got);
}

/* A full disk or a closed pipe is told once, at the end, and loops nowhere. */
static void failing_output(void **state)
{
	struct err e = ERR_INIT;
	struct report r;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(fd >= 0);
	report_init(&r, fd, REPORT_TEXT);
	for (int i = 0; i < 5000; i++)
		report_text(&r, "a line that is not written");
	assert_false(report_flush(&r, &e));
	CHECK_NUMBER("kind", e.kind, ERR_OUTPUT);
	CHECK_NUMBER("written", r.written, 0);
	close(fd);
	report_init(&r, fd, REPORT_NDJSON); /* closed */
	report_note(&r, "x");
	e = (struct err)ERR_INIT;
	assert_false(report_flush(&r, &e));
	CHECK_NUMBER("kind", e.kind, ERR_OUTPUT);
}

static void more_than_a_buffer(void **state)
{
	struct report r;
	char line[70], *got;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	unit_report(&r, REPORT_TEXT);
	for (int i = 0; i < 1000; i++)
		report_text(&r, "%s", line);
	got = unit_report_end(&r);
	CHECK_NUMBER("bytes", strlen(got), 70 * 1000);
	CHECK_NUMBER("written", r.written, 70 * 1000);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(ndjson),
		cmocka_unit_test(hostile_strings),
		cmocka_unit_test(sizes),
		cmocka_unit_test(errors),
		cmocka_unit_test(same_error), cmocka_unit_test(long_values),
		cmocka_unit_test(failing_output),
		cmocka_unit_test(more_than_a_buffer),
	};

	return cmocka_run_group_tests_name("report/report", tests, NULL, NULL);
}

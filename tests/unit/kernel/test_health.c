/* The kernel's health: records of /dev/kmsg, which of them are kept, numbers, taint bits. */
/* What changes while ramscope runs is tested in a guest. */
#include "unit.h"

#include "kernel/health.h"

static void records(void **state)
{
	static const struct {
		const char *label, *record;
		bool good;
		uint64_t seq, usec;
		unsigned int severity;
		bool program;
		const char *text;
	} rows[] = {
		/* From a guest of the default board. */
		{ "kernel", "6,158,310046,-;tsc: Refined TSC clocksource calibration\n", true, 158,
		  310046, 6, false, "tsc: Refined TSC clocksource calibration" },
		{ "program", "12,170,5000001,-;hello\n", true, 170, 5000001, 4, true, "hello" },
		{ "with a device", "4,7,1,-;pci: odd\n SUBSYSTEM=pci\n DEVICE=+pci:0\n", true, 7, 1, 4,
		  false, "pci: odd" },
		{ "with a caller", "4,7,1,c,caller=T1;text\n", true, 7, 1, 4, false, "text" },
		{ "no text", "4,7,1,-;\n", true, 7, 1, 4, false, "" },
		{ "no newline", "4,7,1,-;text", true, 7, 1, 4, false, "text" },
		{ "a semicolon", "4,7,1,-;a;b\n", true, 7, 1, 4, false, "a;b" },
		{ "as the kernel escapes", "4,7,1,-;\\x1b[31m\n", true, 7, 1, 4, false,
		  "\\x1b[31m" },
		{ "escape byte", "4,7,1,-;\033[31m\t\xff\n", true, 7, 1, 4, false,
		  "\\x1b[31m\\x09\\xff" },
		{ "largest sequence number", "0,18446744073709551615,0,-;a\n", true, UINT64_MAX, 0, 0,
		  false, "a" },
		{ "no flags", "4,7,1;text\n", true, 7, 1, 4, false, "text" },
		{ "no semicolon", "4,7,1,-\n", false, 0, 0, 0, false, NULL },
		{ "two numbers", "4,7;text\n", false, 0, 0, 0, false, NULL },
		{ "no number", ";text\n", false, 0, 0, 0, false, NULL },
		{ "letters", "4,a,1,-;text\n", false, 0, 0, 0, false, NULL },
		{ "minus", "4,-7,1,-;text\n", false, 0, 0, 0, false, NULL },
		{ "empty", "", false, 0, 0, 0, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = strlen(rows[i].record);
		char *copy = (char *)unit_copy(rows[i].record, len + 1);
		struct health_line line = { 0 };

		CHECK(rows[i].label, health_parse(copy, len, &line) == rows[i].good);
		free(copy);
		if (!rows[i].good)
			continue;
		CHECK_NUMBER(rows[i].label, line.seq, rows[i].seq);
		CHECK_NUMBER(rows[i].label, line.usec, rows[i].usec);
		CHECK_NUMBER(rows[i].label, line.severity, rows[i].severity);
		CHECK_NUMBER(rows[i].label, line.program, rows[i].program);
		CHECK_TEXT(rows[i].label, line.text, rows[i].text);
	}
}

static void long_record(void **state)
{
	static char record[2 * HEALTH_TEXT_MAX + 32] = "4,7,1,-;";
	struct health_line line;
	size_t len = strlen(record);

	(void)state;
	memset(record + len, '\033', sizeof(record) - 1 - len);
	assert_true(health_parse(record, sizeof(record) - 1, &line));
	CHECK_NUMBER("length", strlen(line.text), HEALTH_TEXT_MAX - 1);
}

/* Severities as they come, one digit a record; '-' is a number left out. */
static void kept(void **state)
{
	static const struct {
		const char *label, *severities, *want; /* severity and place of those kept */
		uint64_t seen, errors, lost;
	} rows[] = {
		{ "none", "", "", 0, 0, 0 },
		{ "one", "6", "60", 1, 0, 0 },
		{ "five", "65656", "6051625364", 5, 0, 0 },
		{ "a sixth", "656567", "6051625364", 6, 0, 0 },
		{ "a warning last", "656564", "4560516253", 6, 0, 0 },
		{ "warnings in order", "64636", "4133606264", 5, 1, 0 },
		{ "six warnings", "444444", "4041424344", 6, 0, 0 },
		{ "warnings put out the rest", "67043210", "0243342516", 8, 5, 0 },
		{ "two lost", "6--6", "6063", 2, 0, 2 },
		{ "before the first is not known", "--66", "6263", 2, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct health_log log = { 0 };
		char got[2 * HEALTH_LINES + 1] = "";

		for (size_t n = 0; rows[i].severities[n]; n++) {
			struct health_line line = { .seq = 100 + n };

			line.severity = (unsigned int)(rows[i].severities[n] - '0');
			line.text[0] = (char)('a' + n);
			if (rows[i].severities[n] != '-')
				health_log_add(&log, &line);
		}
		for (size_t n = 0; n < log.len; n++) {
			got[2 * n] = (char)('0' + log.lines[n].severity);
			got[2 * n + 1] = (char)('0' + log.lines[n].seq - 100);
		}
		CHECK_TEXT(rows[i].label, got, rows[i].want);
		CHECK_NUMBER(rows[i].label, log.seen, rows[i].seen);
		CHECK_NUMBER(rows[i].label, log.errors, rows[i].errors);
		CHECK_NUMBER(rows[i].label, log.lost, rows[i].lost);
	}
}

/* Records with the text of one that is kept take no room of their own. */
static void folded(void **state)
{
	static const char texts[] = "abaacdaefga", want[] = "a5b1c1d1e1";
	struct health_log log = { 0 };
	struct health_line line = { .severity = 6 };
	char got[2 * HEALTH_LINES + 1] = "";

	(void)state;
	for (const char *p = texts; *p; p++) {
		line.text[0] = *p;
		health_log_add(&log, &line);
		line.seq++;
	}
	for (size_t n = 0; n < log.len; n++) {
		got[2 * n] = log.lines[n].text[0];
		got[2 * n + 1] = (char)('0' + log.lines[n].times);
	}
	CHECK_TEXT("texts and times", got, want);
	line.severity = 4;
	health_log_add(&log, &line);
	CHECK_NUMBER("another severity", log.lines[0].severity, 4);
	CHECK_NUMBER("another severity", log.lines[0].times, 1);
	CHECK_NUMBER("another severity", log.lines[1].times, 5);
	CHECK_NUMBER("seen", log.seen, strlen(texts) + 1);
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} rows[] = {
		{ "0\n", 0 },	      { "4096\n", 4096 },	{ "12", 12 },
		{ "", HEALTH_NOT_TOLD },  { "\n", HEALTH_NOT_TOLD }, { "x\n", HEALTH_NOT_TOLD },
		{ "1 2\n", HEALTH_NOT_TOLD }, { "-1\n", HEALTH_NOT_TOLD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_NUMBER(rows[i].text, health_number(rows[i].text), rows[i].want);
}

static void taints(void **state)
{
	static const struct {
		uint64_t taint;
		const char *want;
	} rows[] = {
		{ 0, "" },
		{ 1, "P proprietary module" },
		{ 1 << 7, "D oops" },
		{ 1 << 9, "W warning" },
		{ 1 << 5 | 1 << 9, "B bad page, W warning" },
		{ 1 << 12 | 1 << 13, "O module from outside, E unsigned module" },
		{ 1 << 18, "N test" },
		{ 1 << 19 | 1 << 20, "J fwctl, bit 20" },
		{ 1ull << 63, "bit 63" },
	};
	char small[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buf[200];

		health_taint(rows[i].taint, buf, sizeof(buf));
		CHECK_TEXT("taint", buf, rows[i].want);
	}
	health_taint(UINT64_MAX, small, sizeof(small));
	CHECK_TEXT("cut", small, "P propr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records), cmocka_unit_test(long_record), cmocka_unit_test(kept), cmocka_unit_test(folded),
		cmocka_unit_test(numbers), cmocka_unit_test(taints),
	};

	return cmocka_run_group_tests_name("kernel/health", tests, NULL, NULL);
}

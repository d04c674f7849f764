/* The receipt: what counts as changed, and the sentence, by files and a kernel log made by hand. */
/* What a kernel really counts is tested in a guest. */
#include "unit.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define NONE HEALTH_NOT_TOLD

/* The counts as they stand now; text NULL: no such file. */
static int count_file(const char *text)
{
	int fd = text ? memfd_create("ramscope-count", 0) : -1;

	if (text)
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

/* One record a read, as /dev/kmsg gives them; records are separated by '|'. */
static int log_file(const char *records)
{
	int ends[2];

	assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), errno);
	for (size_t n; *records; records += n + (records[n] == '|')) {
		n = strcspn(records, "|");
		assert_int_equal(write(ends[1], records, n), n);
	}
	/* The other end stays open: no end of file, but EAGAIN. */
	return ends[0];
}

static const struct row {
	const char *label;
	uint64_t before[HEALTH_LEN];
	const char *after[HEALTH_LEN], *log; /* log NULL: not readable */
	bool harm; /* a command other than report shows it, too */
	const char *sentence;
} rows[] = {
	{ "clean", { 0, 0, 0 }, { "0\n", "0\n", "0\n" }, "", false,
	  "no harm done: taint 0, no oops, no warning, 0 new lines in the kernel log" },
	{ "as before", { 512, 1, 2 }, { "512\n", "1\n", "2\n" }, "", false,
	  "no harm done: taint 512 as before (W warning), oopses 1 as before, warnings 2 as before, "
	  "0 new lines in the kernel log" },
	{ "taint", { 0, 0, 0 }, { "512\n", "0\n", "0\n" }, "", true,
	  "changed since ramscope started: taint 0 -> 512 (W warning), no oops, no warning, "
	  "0 new lines in the kernel log" },
	{ "one more taint", { 64, 0, 0 }, { "192\n", "0\n", "0\n" }, "", true,
	  "changed since ramscope started: taint 64 -> 192 (D oops), no oops, no warning, "
	  "0 new lines in the kernel log" },
	{ "oops alone", { 0, 0, 0 }, { "0\n", "1\n", "0\n" }, "", true,
	  "changed since ramscope started: taint 0, oopses 0 -> 1, no warning, "
	  "0 new lines in the kernel log" },
	{ "warning alone", { 0, 3, 7 }, { "0\n", "3\n", "8\n" }, "", true,
	  "changed since ramscope started: taint 0, oopses 3 as before, warnings 7 -> 8, "
	  "0 new lines in the kernel log" },
	{ "counts that this kernel does not have", { 0, NONE, NONE }, { "0\n", NULL, NULL }, "", false,
	  "no harm done: taint 0, oopses not told, warnings not told, 0 new lines in the kernel log" },
	{ "told only before", { 0, 5, 0 }, { "0\n", NULL, "0\n" }, "", false,
	  "no harm done: taint 0, oopses not told, no warning, 0 new lines in the kernel log" },
	{ "told only after", { 0, NONE, 0 }, { "0\n", "5\n", "0\n" }, "", false,
	  "no harm done: taint 0, oopses not told, no warning, 0 new lines in the kernel log" },
	{ "nothing told", { NONE, NONE, NONE }, { NULL, NULL, NULL }, NULL, false,
	  "not told whether harm was done: taint not told, oopses not told, warnings not told, "
	  "kernel log not readable (ENOENT No such file or directory)" },
	{ "the log alone", { NONE, NONE, NONE }, { NULL, NULL, NULL }, "6,1,1,-;a\n", false,
	  "no harm done: taint not told, oopses not told, warnings not told, "
	  "1 new line in the kernel log since ramscope started   info     a" },
	{ "lines, worst first", { 0, 0, 0 }, { "0\n", "0\n", "0\n" },
	  "6,1,1,-;a\n|4,2,2,-;b\n|6,3,3,-;a\n", false,
	  "no harm done: taint 0, no oops, no warning, 3 new lines in the kernel log since ramscope "
	  "started   warning  b   info     2 times: a" },
	{ "an error", { 0, 0, 0 }, { "0\n", "0\n", "0\n" }, "3,1,1,-;bad\n", true,
	  "no harm done: taint 0, no oops, no warning, 1 new line in the kernel log since ramscope "
	  "started   error    bad" },
	{ "lost", { 0, 0, 0 }, { "0\n", "0\n", "0\n" }, "6,1,1,-;a\n|6,5,1,-;b\n", false,
	  "no harm done: taint 0, no oops, no warning, 2 new lines in the kernel log since ramscope "
	  "started, 3 lost   info     a   info     b" },
};

static void start(struct context *c, const struct row *row)
{
	struct health *h = &c->health;

	memset(c, 0, sizeof(*c));
	h->started = true;
	for (size_t i = 0; i < HEALTH_LEN; i++) {
		h->before[i] = row->before[i];
		h->fds[i] = count_file(row->after[i]);
	}
	h->log_errno = row->log ? 0 : ENOENT;
	h->log_fd = row->log ? log_file(row->log) : -1;
}

/* On one line, as the words count here and not where the lines end. */
static char *one_line(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = p[1] ? ' ' : '\0';
	return text;
}

static void sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct context c;
		struct err e = ERR_INIT;
		struct report r;
		char want[512], *got;

		snprintf(want, sizeof(want), "=== receipt === %s", rows[i].sentence);
		start(&c, &rows[i]);
		unit_report(&r, REPORT_TEXT);
		c.report = &r;
		assert_true(receipt_section(&c, &e));
		got = unit_report_end(&r);
		CHECK_TEXT(rows[i].label, one_line(got), want);
		free(got);
		/* Once: what was told is not told again at the end. */
		unit_report(&r, REPORT_TEXT);
		c.report = &r;
		receipt_end(&c);
		got = unit_report_end(&r);
		CHECK_TEXT(rows[i].label, got, "");
		free(got);
	}
}

/* At the end of a command that is no report: only what is worth a word, or -v. */
static void at_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i / 2];
		static struct context c;
		struct report r;
		char *got;

		start(&c, row);
		c.verbose = i % 2;
		unit_report(&r, REPORT_TEXT);
		c.report = &r;
		receipt_end(&c);
		got = unit_report_end(&r);
		CHECK_NUMBER(row->label, got[0] != '\0', row->harm || c.verbose);
		free(got);
	}
}

/* What NDJSON has for a count that is not told, and that nothing is told when nothing began. */
static void objects(void **state)
{
	static struct context c;
	struct report r;
	char *got;

	(void)state;
	start(&c, &rows[6]);
	c.verbose = true;
	unit_report(&r, REPORT_NDJSON);
	c.report = &r;
		receipt_end(&c);
	got = unit_report_end(&r);
	assert_non_null(strstr(got, "\"changed\":false,\"taint_before\":0,\"taint_after\":0,"));
	assert_non_null(strstr(got, "\"oops_before\":null,\"oops_after\":null,"));
	free(got);
	memset(&c, 0, sizeof(c));
	c.verbose = true;
	unit_report(&r, REPORT_TEXT);
	c.report = &r;
		receipt_end(&c);
	got = unit_report_end(&r);
	CHECK_TEXT("nothing began", got, "");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences),
		cmocka_unit_test(at_the_end),
		cmocka_unit_test(objects),
	};

	return cmocka_run_group_tests_name("cmd/receipt", tests, NULL, NULL);
}

/* The end of a command: what a person and a program read of its findings, and what they make of the status. */
/* Which command finds what is tested where it is found. */
#include "unit.h"

#include "cmd/cmd.h"

static const struct range nowhere = { 0, 0 }, here = { 0x1000, 0x2000 };

static struct context c;

static char *show(enum report_format format, bool *ret_good, struct err *e)
{
	struct report r;

	unit_report(&r, format);
	c.report = &r;
	*ret_good = findings_section(&c, e);
	return unit_report_end(&r);
}

static void nothing(void **state)
{
	struct err e = ERR_INIT;
	bool good;
	char *got = show(REPORT_TEXT, &good, &e);

	(void)state;
	CHECK("status", good);
	CHECK_TEXT("text", got, "");
	free(got);
}

/* The gravest first, those of one kind together, in 80 columns, and nothing of the firmware drives a terminal. */
static void text(void **state)
{
	struct err e = ERR_INIT;
	bool good;
	char *got;

	(void)state;
	findings_add(&c.findings, FINDING_COUNT, nowhere, "zoneinfo, node 0 Normal, nr_free_pages: the kernel says 7; "
		     "struct pages 8");
	findings_add(&c.findings, FINDING_BAD_MEMORY, here, "1 page");
	findings_add(&c.findings, FINDING_COUNT, nowhere, "an escape: \x1b[31m");
	c.findings.more[FINDING_COUNT] = 3;
	got = show(REPORT_TEXT, &good, &e);
	CHECK_TEXT("text", got,
		   "=== findings ===\n"
		   "error    memory is bad (hwpoison), and the kernel has taken it out of use\n"
		   "         0x1000-0x1fff: 1 page\n"
		   "         try: replace the DIMM; ramscope why ADDRESS says more of the place\n"
		   "warning  a count of the kernel is not what struct pages add up to\n"
		   "         zoneinfo, node 0 Normal, nr_free_pages: the kernel says 7; struct\n"
		   "         pages 8\n"
		   "         an escape: \\x1b[31m\n"
		   "         and 3 more of count\n"
		   "         try: run ramscope check again; one that stays wrong is a page lost or\n"
		   "         counted twice\n");
	free(got);
	CHECK("status", !good && e.kind == ERR_FINDINGS);
	/* Told once. */
	e = (struct err)ERR_INIT;
	got = show(REPORT_TEXT, &good, &e);
	CHECK("the second time", good && !*got);
	free(got);
}

static void objects(void **state)
{
	struct err e = ERR_INIT;
	bool good;
	char *got;

	(void)state;
	findings_add(&c.findings, FINDING_FREE_LIST, here, "a block");
	findings_add(&c.findings, FINDING_FREE_LIST, nowhere, "a list");
	got = show(REPORT_NDJSON, &good, &e);
	assert_non_null(strstr(got, "{\"section\":\"findings\",\"item\":\"finding\",\"severity\":\"error\","
				    "\"name\":\"free-list\",\"what\":"));
	assert_non_null(strstr(got, "\"start\":\"0x1000\",\"end\":\"0x2000\",\"evidence\":\"a block\",\"remedy\":"));
	assert_non_null(strstr(got, "\"start\":null,\"end\":null,\"evidence\":\"a list\",\"remedy\":"));
	free(got);
}

/* A finding of which there are only counts is one still. */
static void counted_only(void **state)
{
	struct err e = ERR_INIT;
	bool good;

	(void)state;
	findings_add(&c.findings, FINDING_COUNT, nowhere, "one");
	c.findings.list[0].kind = FINDING_FLAGS;
	c.findings.more[FINDING_HARM] = 2;
	free(show(REPORT_TEXT, &good, &e));
	CHECK_TEXT("message", e.msg, "3 findings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(text),
		cmocka_unit_test(objects),
		cmocka_unit_test(counted_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

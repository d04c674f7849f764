/* Paragraphs: no line over 80 columns, nothing lost. */
/* Text only; NDJSON must stay silent. */
#include "unit.h"

#include "report/flow.h"

static char *paragraph(const char *label, size_t indent, const char *words,
		       enum report_format format)
{
	struct report r;
	struct flow f;

	unit_report(&r, format);
	flow_init(&f, &r, indent, label);
	flow_words(&f, words);
	flow_end(&f);
	return unit_report_end(&r);
}

static void shapes(void **state)
{
	static const struct {
		const char *label;
		size_t indent;
		const char *words, *want;
	} rows[] = {
		{ "a", 4, "one two", "a   one two\n" },
		{ "", 2, "one", "  one\n" },
		{ "longer than", 4, "one", "longer than  one\n" },
		{ "a", 4, "", "a\n" },
		{ "a", 4, "  one   two ", "a   one two\n" },
		{ "a", 60, "12345678901234567 12345678901234567890\x1b",
		  "a                                                           12345678901234567\n"
		  "                                                            1234567890123456789\n"
		  "                                                            0\\x1b\n" },
		{ "a", 70, "five seven nine eleven",
		  "a                                                                     five\n"
		  "                                                                      seven\n"
		  "                                                                      nine\n"
		  "                                                                      "
		  "eleven\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *got = paragraph(rows[i].label, rows[i].indent, rows[i].words, REPORT_TEXT);

		CHECK_TEXT(rows[i].label, got, rows[i].want);
		free(got);
		got = paragraph(rows[i].label, rows[i].indent, rows[i].words, REPORT_NDJSON);
		CHECK_TEXT(rows[i].label, got, "");
		free(got);
	}
}

static void sentences(void **state)
{
	struct report r;
	char *got;

	(void)state;
	unit_report(&r, REPORT_TEXT);
	flow_text(&r, 4, "%s: %s", "short", "one line");
	flow_text(&r, 4, "%s", "a sentence that is longer than a line of eighty columns goes on "
			       "in the next line, and that is indented");
	got = unit_report_end(&r);
	CHECK_TEXT("text", got,
		   "short: one line\n"
		   "a sentence that is longer than a line of eighty columns goes on in the next\n"
		   "    line, and that is indented\n");
	free(got);
}

/* Whatever the lengths of items and separators, bytes of memory among them. */
static void at_most_80(void **state)
{
	(void)state;
	for (size_t size = 1; size < 60; size++) {
		for (int byte = 0; byte < 2; byte++) {
			char item[64], *got;
			size_t n = byte && size > 15 ? 15 : size, seen = 0;
			struct report r;
			struct flow f;

			memset(item, byte ? 0x1b : 'x', n);
			item[n] = '\0';
			unit_report(&r, REPORT_TEXT);
			flow_init(&f, &r, 14, "label");
			for (int i = 0; i < 40; i++)
				flow_add(&f, "; ", "%s", item);
			flow_end(&f);
			got = unit_report_end(&r);
			for (char *line = got, *end; *line; line = end + 1) {
				end = strchr(line, '\n');
				assert_non_null(end);
				assert_true(end - line <= 80);
				assert_true(end[-1] != ' ');
			}
			for (char *p = got; (p = strstr(p, byte ? "\\x1b" : "x")); p++)
				seen++;
			CHECK_NUMBER("items", seen, 40 * n);
			free(got);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(sentences),
		cmocka_unit_test(at_most_80),
	};

	return cmocka_run_group_tests_name("report/flow", tests, NULL, NULL);
}

/* The list of findings: what is added once, what is counted only, and how many are how grave. */
/* How they are shown, cmd/test_findings.c tests. */
#include "unit.h"

#include "policy/finding.h"

static const struct range nowhere = { 0, 0 }, here = { 0x1000, 0x2000 };

static void added_once(void **state)
{
	static struct findings f;

	(void)state;
	findings_add(&f, FINDING_FREE_LIST, here, "one %d", 1);
	findings_add(&f, FINDING_FREE_LIST, here, "one %d", 1);
	CHECK_NUMBER("the same again", f.len, 1);
	findings_add(&f, FINDING_FREE_LIST, here, "one %d", 2);
	findings_add(&f, FINDING_FREE_LIST, nowhere, "one %d", 1);
	findings_add(&f, FINDING_COUNT, here, "one %d", 1);
	CHECK_NUMBER("other evidence, place, kind", f.len, 4);
	CHECK_TEXT("evidence", f.list[1].evidence, "one 2");
	CHECK_NUMBER("place", f.list[0].where.end, here.end);
}

/* One kind leaves room for the others; what there is no room for is counted all the same. */
static void no_room(void **state)
{
	static struct findings f;

	(void)state;
	for (unsigned int i = 0; i < 100; i++)
		findings_add(&f, FINDING_COUNT, nowhere, "%u", i);
	CHECK_NUMBER("of a kind", f.len, FINDINGS_OF_A_KIND_MAX);
	CHECK_NUMBER("more of it", f.more[FINDING_COUNT], 100 - FINDINGS_OF_A_KIND_MAX);
	for (unsigned int i = 0; i < 400; i++)
		findings_add(&f, (enum finding_kind)(i % FINDING_LEN), nowhere, "the %u", i);
	CHECK_NUMBER("of all", f.len, FINDINGS_MAX);
	CHECK_NUMBER("all are counted", findings_count(&f, SEVERITY_NOTE), 500);
}

static void long_evidence(void **state)
{
	static struct findings f;

	(void)state;
	findings_add(&f, FINDING_HARM, nowhere, "%0500d", 7);
	CHECK_NUMBER("cut", strlen(f.list[0].evidence), FINDING_EVIDENCE_MAX - 1);
}

static void severities(void **state)
{
	static struct findings f;

	(void)state;
	findings_add(&f, FINDING_HARM, nowhere, "an error");
	findings_add(&f, FINDING_COUNT, nowhere, "a warning");
	CHECK_NUMBER("errors", findings_count(&f, SEVERITY_ERROR), 1);
	CHECK_NUMBER("warnings or worse", findings_count(&f, SEVERITY_WARNING), 2);
	CHECK_TEXT("name", severity_name(SEVERITY_WARNING), "warning");
	for (size_t i = 0; i < FINDING_LEN; i++) {
		const struct finding_row row = finding_row((enum finding_kind)i);

		CHECK(row.name, row.severity <= SEVERITY_ERROR && row.what[0] && row.remedy[0]);
		for (size_t j = 0; j < i; j++)
			CHECK(row.name, strcmp(row.name, finding_row((enum finding_kind)j).name) != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(added_once),
		cmocka_unit_test(no_room),
		cmocka_unit_test(long_evidence),
		cmocka_unit_test(severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

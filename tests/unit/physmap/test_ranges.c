/* Sets of ranges: put together in any order, cut with each other, counted in pages. */
/* Each row is a drawing: a letter an address, '.' none. */
#include "unit.h"

#include "physmap/ranges.h"

/* "##.#": 0-1 and 3; as several ranges when told so, last first. */
static struct ranges drawn(const char *text, bool backwards)
{
	struct ranges r = { 0 };
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		size_t at = backwards ? len - 1 - i : i;

		if (text[at] == '#')
			ranges_add(&r, at, at + 1);
	}
	return r;
}

static void check(const char *label, const struct ranges *r, const char *want)
{
	char got[32] = { 0 };

	memset(got, '.', strlen(want));
	for (size_t i = 0; i < r->len; i++) {
		CHECK(label, r->list[i].start < r->list[i].end && r->list[i].end <= strlen(want));
		CHECK(label, !i || r->list[i - 1].end < r->list[i].start);
		memset(got + r->list[i].start, '#', (size_t)(r->list[i].end - r->list[i].start));
	}
	CHECK_TEXT(label, got, want);
	CHECK(label, !r->bad);
}

static void cuts(void **state)
{
	static const struct {
		const char *a, *b, *inside, *outside;
	} rows[] = {
		{ "........", "........", "........", "........" },
		{ "########", "........", "........", "########" },
		{ "........", "########", "........", "........" },
		{ "########", "########", "########", "........" },
		{ "..####..", "........", "........", "..####.." },
		{ "..####..", "####....", "..##....", "....##.." },
		{ "..####..", "....####", "....##..", "..##...." },
		{ "..####..", "...##...", "...##...", "..#..#.." },
		{ "..####..", "##....##", "........", "..####.." },
		{ "########", "#.#.#.#.", "#.#.#.#.", ".#.#.#.#" },
		{ "##.##.##", ".######.", ".#.##.#.", "#......#" },
		{ "#.#.#.#.", "########", "#.#.#.#.", "........" },
		{ "#.......", ".......#", "........", "#......." },
		{ "##..##..", "..##..##", "........", "##..##.." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ranges a = drawn(rows[i].a, false), b = drawn(rows[i].b, false);
		struct ranges inside = { 0 }, outside = { 0 };

		ranges_cut(&a, &b, true, &inside);
		ranges_cut(&a, &b, false, &outside);
		check(rows[i].b, &inside, rows[i].inside);
		check(rows[i].b, &outside, rows[i].outside);
		CHECK_NUMBER(rows[i].a, ranges_sum(&inside) + ranges_sum(&outside), ranges_sum(&a));
		ranges_deinit(&a);
		ranges_deinit(&b);
		ranges_deinit(&inside);
		ranges_deinit(&outside);
	}
}

static void settled(void **state)
{
	static const struct {
		const char *label;
		struct range ranges[4];
		const char *want;
	} rows[] = {
		{ "none", { { 0, 0 } }, "........" },
		{ "in order", { { 0, 2 }, { 4, 6 } }, "##..##.." },
		{ "backwards", { { 6, 8 }, { 3, 4 }, { 0, 1 } }, "#..#..##" },
		{ "they touch", { { 4, 6 }, { 2, 4 } }, "..####.." },
		{ "they meet", { { 1, 5 }, { 0, 3 }, { 4, 7 } }, "#######." },
		{ "one inside another", { { 1, 7 }, { 2, 3 }, { 7, 8 } }, ".#######" },
		{ "empty and wrong", { { 3, 3 }, { 5, 4 }, { 1, 2 } }, ".#......" },
		{ "twice", { { 1, 2 }, { 1, 2 } }, ".#......" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ranges r = { 0 };

		for (size_t j = 0; j < 4; j++)
			ranges_add(&r, rows[i].ranges[j].start, rows[i].ranges[j].end);
		ranges_settle(&r);
		check(rows[i].label, &r, rows[i].want);
		ranges_deinit(&r);
	}
}

static void backwards(void **state)
{
	struct ranges r = drawn("##.####.", true);

	(void)state;
	ranges_settle(&r);
	check("letter by letter from the end", &r, "##.####.");
	CHECK_NUMBER("after it", r.len, 2);
	ranges_deinit(&r);
}

static void pages(void **state)
{
	static const struct {
		const char *label;
		struct range bytes, pfns;
	} rows[] = {
		{ "whole", { 0x1000, 0x3000 }, { 1, 3 } },
		{ "part in front", { 0x1001, 0x3000 }, { 2, 3 } },
		{ "part behind", { 0x1000, 0x3fff }, { 1, 3 } },
		{ "no whole page", { 0x1001, 0x2fff }, { 0, 0 } },
		{ "640 KiB less an EBDA", { 0x1000, 0x9fc00 }, { 1, 0x9f } },
		{ "last page of all", { UINT64_MAX - 5, UINT64_MAX }, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ranges r = { 0 }, p = { 0 };

		ranges_add(&r, rows[i].bytes.start, rows[i].bytes.end);
		ranges_pages(&r, &p);
		CHECK_NUMBER(rows[i].label, p.len, rows[i].pfns.end != 0);
		CHECK_NUMBER(rows[i].label, ranges_sum(&p), rows[i].pfns.end - rows[i].pfns.start);
		if (p.len)
			CHECK_NUMBER(rows[i].label, p.list[0].start, rows[i].pfns.start);
		ranges_deinit(&r);
		ranges_deinit(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts),
		cmocka_unit_test(settled),
		cmocka_unit_test(backwards),
		cmocka_unit_test(pages),
	};

	return cmocka_run_group_tests_name("physmap/ranges", tests, NULL, NULL);
}

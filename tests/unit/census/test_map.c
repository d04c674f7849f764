/* The drawing: how many pages a cell stands for, and which letter it shows. */
/* What the printer makes of rows is tested on the booted board. */
#include "unit.h"

#include "census/map.h"

static void sizes(void **state)
{
	static const struct {
		const char *label;
		struct range pfn;
		size_t rows_max;
		uint64_t cell;
		size_t rows;
	} rows[] = {
		{ "one page", { 0, 1 }, 32, 1, 1 },
		{ "one row", { 0, 64 }, 32, 1, 1 },
		{ "and a page", { 0, 65 }, 32, 1, 2 },
		{ "full", { 0, 2048 }, 32, 1, 32 },
		{ "and a page", { 0, 2049 }, 32, 2, 17 },
		{ "not from 0", { 1000, 3048 }, 32, 1, 32 },
		{ "512 MiB", { 0, 131072 }, 32, 64, 32 },
		{ "and a page", { 0, 131073 }, 32, 128, 17 },
		{ "4 GiB and a hole", { 0, 1310720 }, 32, 1024, 20 },
		{ "one row only", { 0, 131072 }, 1, 2048, 1 },
		{ "2^52 pages", { 0, 1ull << 52 }, 32, 1ull << 41, 32 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct map m;

		CHECK(rows[i].label, map_init(&m, rows[i].pfn, rows[i].rows_max, &e));
		CHECK_NUMBER(rows[i].label, m.cell, rows[i].cell);
		CHECK_NUMBER(rows[i].label, m.rows, rows[i].rows);
		/* The last page has its place. */
		map_add(&m, rows[i].pfn.end - 1, 1, KIND_ANON);
		map_deinit(&m);
	}
}

static void letters(void **state)
{
	struct err e = ERR_INIT;
	char row[MAP_COLUMNS + 1];
	struct map m;

	(void)state;
	/* 8 pages a cell: 16 cells for 128 pages would fit, so 1024 pages in 2 rows. */
	assert_true(map_init(&m, (struct range){ 512, 512 + 1024 }, 2, &e));
	CHECK_NUMBER("cell", m.cell, 8);
	map_add(&m, 512, 8, KIND_RESERVED); /* cell 0: all of it */
	map_add(&m, 520, 3, KIND_FREE);	    /* cell 1: 3 free, 4 anon, 1 hole */
	map_add(&m, 523, 4, KIND_ANON);
	map_add(&m, 527, 1, KIND_HOLE);
	map_add(&m, 528, 7, KIND_FREE); /* cell 2: one bad page shows */
	map_add(&m, 535, 1, KIND_HWPOISON);
	map_add(&m, 536, 64, KIND_SLAB); /* cells 3 to 10 */
	map_add(&m, 600, 4, KIND_FILE);	 /* cell 11, in two runs of one kind */
	map_add(&m, 604, 4, KIND_FILE);
	map_add(&m, 608, 416, KIND_HOLE);      /* cells 12 to 63 */
	map_add(&m, 1024, 512, KIND_ANONHUGE); /* second row */
	map_row(&m, 0, row);
	CHECK_TEXT("first", row,
		   "Ra!SSSSSSSSf                                                    ");
	map_row(&m, 1, row);
	CHECK_TEXT("second", row,
		   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	map_deinit(&m);
}

/* A run over many cells, begun and ended inside one; what was never added is a hole. */
static void long_runs(void **state)
{
	struct err e = ERR_INIT;
	char row[MAP_COLUMNS + 1];
	struct map m;

	(void)state;
	assert_true(map_init(&m, (struct range){ 0, 64 * 4 }, 1, &e));
	CHECK_NUMBER("cell", m.cell, 4);
	map_add(&m, 3, 6, KIND_TABLE);
	map_row(&m, 0, row);
	/* 1 of 4, 4 of 4, 1 of 4: holes were not added, so one page is the most. */
	CHECK_TEXT("cells", row,
		   "TTT                                                             ");
	CHECK_NUMBER("first", m.counts[0][KIND_TABLE], 1);
	CHECK_NUMBER("second", m.counts[1][KIND_TABLE], 4);
	CHECK_NUMBER("third", m.counts[2][KIND_TABLE], 1);
	CHECK_NUMBER("fourth", m.counts[3][KIND_TABLE], 0);
	map_deinit(&m);
}

/* A letter means one kind, and every kind has its row. */
static void kinds(void **state)
{
	(void)state;
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		CHECK("printable", kind_letter(k) >= ' ' && kind_letter(k) <= '~');
		assert_non_null(kind_name(k));
		assert_non_null(kind_meaning(k));
		for (unsigned int other = 0; other < k; other++) {
			CHECK("letter", kind_letter(k) != kind_letter(other));
			CHECK("name", strcmp(kind_name(k), kind_name(other)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(letters),
		cmocka_unit_test(long_runs),
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests_name("census/map", tests, NULL, NULL);
}

/* From struct pages to runs: sequences of pages as letters, cut into windows everywhere. */
/* What becomes of pages that are lost in a window is tested with the census. */
#include "core.h"

#include "census/classify.h"

#define BASE 0xffffea0000000000ull
#define FIRST 4096u /* pfn of the first page: a multiple of every block here */
#define PAGES_MAX 128u
#define LOST_LETTER '*'

static struct core c;
static struct page_layout layout;
static uint8_t bytes[PAGES_MAX * 64];

static int setup(void **state)
{
	struct vmcoreinfo vi;
	struct err e = ERR_INIT;

	(void)state;
	core_info_defaults(&c, 4);
	vi = core_vmcoreinfo(&c);
	return layout_init(&layout, &vi, &e) ? 0 : -1;
}

static void set(size_t i, size_t off, uint64_t value, size_t width)
{
	memcpy(bytes + i * 64 + off, &value, width);
}

/*
 * Letters of the sequences:
 *   a f s S T k R ! ,   a page of that kind, as maps show it
 *   0 to 5              a buddy head of that order; + is a page inside
 *   H L                 head of a compound page: kernel's, and with a hugetlb destructor
 *   t                   a tail of the last head
 *   z                   a tail of the page before the first
 *   x                   the bit of a free page in a word that is no type at all
 */
static void make(const char *letters)
{
	uint64_t head = 0;
	bool huge = false;

	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; letters[i]; i++) {
		char ch = letters[i];
		uint64_t pfn = FIRST + i;

		set(i, 48, UINT32_MAX, 4);
		set(i, 52, ch == ',' || ch == '+' || (ch >= '0' && ch <= '5') ? 0 : 1, 4);
		switch (ch) {
		case 'a':
			set(i, 24, 0xffff888001234561, 8);
			break;
		case 's':
			set(i, 0, CORE_PG(CORE_SWAPBACKED), 8);
			/* fall through */
		case 'f':
			set(i, 24, 0xffff888001234560, 8);
			break;
		case 'S':
			set(i, 0, CORE_PG(CORE_SLAB), 8);
			break;
		case 'R':
			set(i, 0, CORE_PG(CORE_RESERVED), 8);
			break;
		case '!':
			set(i, 0, CORE_PG(CORE_HWPOISON), 8);
			break;
		case 'T':
			set(i, 48, (uint32_t)CORE_TABLE, 4);
			break;
		case 'H':
		case 'L':
			set(i, 0, CORE_PG(CORE_HEAD), 8);
			head = pfn;
			huge = ch == 'L';
			break;
		case 't':
			set(i, 8, BASE + head * 64 + 1, 8);
			set(i, 16, pfn == head + 1 ? (huge ? 2 : 1) : 0, 1);
			break;
		case 'x':
			set(i, 48, 0x8fffff7f, 4);
			break;
		case 'z':
			set(i, 8, BASE + (FIRST - 1) * 64 + 1, 8);
			break;
		case '0':
		case '1':
		case '2':
		case '3':
		case '4':
		case '5':
			set(i, 48, (uint32_t)CORE_BUDDY, 4);
			set(i, 40, (uint64_t)(ch - '0'), 8);
			break;
		default:
			break;
		}
	}
}

/* Classifies [at, at + n) of the sequence into letters, and checks what holds for every run. */
static void classify(size_t at, size_t n, struct classify_carry *carry, char *ret_letters)
{
	struct run *runs = calloc(n ? n : 1, sizeof(*runs));
	uint8_t *copy = unit_copy(bytes + at * 64, n * 64);
	const struct classify_input in = { &layout, { copy, n * 64, 0 }, FIRST + at, n, BASE };
	size_t len, done = 0;

	assert_non_null(runs);
	len = classify_pages(&in, carry, runs);
	assert_true(len <= n);
	for (size_t r = 0; r < len; r++) {
		assert_true(runs[r].pages && runs[r].pages <= n - done);
		assert_true(runs[r].kind <= KIND_LOST);
		for (uint32_t i = 0; i < runs[r].pages; i++)
			ret_letters[done++] = runs[r].kind == KIND_LOST
						  ? LOST_LETTER
						  : kind_rows[runs[r].kind].letter;
	}
	CHECK_NUMBER("pages in runs", done, n);
	ret_letters[n] = '\0';
	free(runs);
	free(copy);
}

static const struct {
	const char *label, *pages, *kinds;
} sequences[] = {
	{ "singles", "aafsSTkR!,,kk", "aafsSTkR!,,kk" },
	{ "nothing", "", "" },
	{ "block of 1", "0k", ".k" },
	{ "block of 4", "2+++k", "....k" },
	{ "block to the end", "3+++++++", "........" },
	{ "blocks side by side", "1+00001+2+++", "............" },
	{ "what lies in a block does not count", "3aR!Stzak", "........k" },
	{ "block within a block", "320+1+0+k", "........k" },
	/* Order 2 at a page that is no multiple of 4; inside, pages are looked at. */
	{ "misplaced block", "k2++k", "kk,,k" },
	{ "block cut by the end", "5+++", "...." },
	{ "compound", "HtttHtk", "KKKKKKk" },
	{ "hugetlb", "LtttttttHt", "HHHHHHHHKK" },
	{ "one compound behind a block", "1+Ht3k", "..KKkk" },
	{ "tails of a page before", "zzzk", "***k" },
	{ "head at the end", "kkH", "kk*" },
	{ "tail after another page", "HtktR", "KKkKR" },
	{ "bad tail", "Ht!t", "KK!K" },
	{ "no type", "kxk", "kkk" },
};

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		struct classify_carry carry = { 0 };
		char got[PAGES_MAX + 1];

		make(sequences[i].pages);
		classify(0, strlen(sequences[i].pages), &carry, got);
		CHECK_TEXT(sequences[i].label, got, sequences[i].kinds);
	}
}

/*
 * In two windows the kinds are the same, but that a compound page may be lost when the cut
 * parts its head from its second page.
 */
static void cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		const char *pages = sequences[i].pages, *want = sequences[i].kinds;
		size_t n = strlen(pages);

		make(pages);
		for (size_t cut = 0; cut <= n; cut++) {
			bool parted =
			    cut && cut < n && (pages[cut - 1] == 'H' || pages[cut - 1] == 'L');
			struct classify_carry carry = { 0 };
			char got[PAGES_MAX + 1];

			classify(0, cut, &carry, got);
			classify(cut, n - cut, &carry, got + cut);
			for (size_t p = 0; p < n; p++) {
				bool may_lose = strchr("HLt", pages[p]) && want[p] != '.' &&
						(parted || pages[p] == 't');

				if (got[p] != want[p] && !(may_lose && got[p] == LOST_LETTER))
					fail_msg("%s, cut at %zu: %s, not %s", sequences[i].label,
						 cut, got, want);
			}
			/* Whose head and second page were seen together is not lost. */
			if (cut >= 2 && cut < n && pages[cut] == 't' && pages[cut - 1] == 't' &&
			    want[cut] != '.')
				CHECK_NUMBER(sequences[i].label, (uint64_t)got[cut],
					     (uint64_t)want[cut]);
		}
	}
}

/* Adds up the letters of [at, at + n) by sums, and checks what holds for every run. */
static void sum(size_t at, size_t n, struct classify_carry *carry, unsigned int *counts)
{
	struct run *runs = calloc(n ? n : 1, sizeof(*runs));
	uint8_t *copy = unit_copy(bytes + at * 64, n * 64);
	const struct classify_input in = { &layout, { copy, n * 64, 0 }, FIRST + at, n, BASE };
	size_t len, done = 0;

	assert_non_null(runs);
	len = classify_sums(&in, carry, runs);
	assert_true(len <= n);
	for (size_t r = 0; r < len; r++) {
		assert_true(runs[r].pages && runs[r].pages <= n - done);
		assert_true(runs[r].kind <= KIND_LOST);
		counts[runs[r].kind] += runs[r].pages;
		done += runs[r].pages;
	}
	CHECK_NUMBER("pages in runs", done, n);
	free(runs);
	free(copy);
}

/* Sums say of two windows what runs say of them, wherever they are cut. */
static void sums(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		size_t n = strlen(sequences[i].pages);

		/* Words that no kernel has are not looked for where only sums are made. */
		if (strchr(sequences[i].pages, 'x'))
			continue;
		make(sequences[i].pages);
		for (size_t cut = 0; cut <= n; cut++) {
			struct classify_carry one = { 0 }, two = { 0 };
			unsigned int want[KIND_LEN + 1] = { 0 }, got[KIND_LEN + 1] = { 0 };
			char letters[PAGES_MAX + 1];

			classify(0, cut, &one, letters);
			classify(cut, n - cut, &one, letters + cut);
			for (size_t p = 0; p < n; p++) {
				unsigned int k = 0;

				while (k < KIND_LEN && kind_rows[k].letter != letters[p])
					k++;
				want[k]++;
			}
			sum(0, cut, &two, got);
			sum(cut, n - cut, &two, got);
			for (unsigned int k = 0; k <= KIND_LEN; k++)
				CHECK_NUMBER(sequences[i].label, got[k], want[k]);
		}
	}
}

/* Three and more windows: what is carried lasts as long as it must and no longer. */
static void many_cuts(void **state)
{
	static const char pages[] = "5+++++++++++++++++++++++++++++++"
				    "LttttttttttttttttttttttttttttttTkaf";
	static const char want[] = "................................"
				   "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHTkaf";
	const size_t n = sizeof(pages) - 1;

	(void)state;
	make(pages);
	for (size_t step = 2; step < n; step++) {
		struct classify_carry carry = { 0 };
		char got[PAGES_MAX + 1];
		/* The head and the page behind it are in one window. */
		bool together = 32 / step == 33 / step;

		for (size_t at = 0; at < n; at += step)
			classify(at, n - at < step ? n - at : step, &carry, got + at);
		for (size_t p = 0; p < n; p++)
			if (got[p] != want[p] && !(want[p] == 'H' && got[p] == '*' && !together))
				fail_msg("step %zu: %s", step, got);
	}
}

static void orders_and_places(void **state)
{
	struct classify_carry carry = { 0 };
	struct run runs[16];
	struct classify_input in = { &layout, { bytes, 16 * 64, 0 }, FIRST, 16, BASE };

	(void)state;
	make("1+1+2+++kkkk,,kk");
	for (size_t i = 10; i < 16; i++)
		set(i, 0, CORE_PLACE(3, 2), 8);
	CHECK_NUMBER("runs", classify_pages(&in, &carry, runs), 6);
	/* Blocks of one order are one run, those of another another. */
	CHECK_NUMBER("order 1", runs[0].order, 1);
	CHECK_NUMBER("order 1", runs[0].pages, 4);
	CHECK_NUMBER("order 2", runs[1].order, 2);
	CHECK_NUMBER("order 2", runs[1].pages, 4);
	CHECK_NUMBER("kernel", runs[2].pages, 2);
	CHECK_NUMBER("kernel", runs[2].place, 0);
	CHECK_NUMBER("kernel elsewhere", runs[3].pages, 2);
	CHECK_NUMBER("kernel elsewhere", runs[3].place, 3 << 2 | 2);
	CHECK_NUMBER("per cpu", runs[4].kind, KIND_PERCPU);
	CHECK_NUMBER("end", runs[5].pages, 2);
}

static void compounds(void **state)
{
	static const struct {
		const char *label;
		uint64_t flags, mapping;
		int32_t mapcount;
		uint8_t dtor;
		enum kind kind;
	} rows[] = {
		{ "kernel", 0, 0, -1, 1, KIND_COMPOUND },
		{ "slab", CORE_PG(CORE_SLAB), 0, -1, 1, KIND_SLAB },
		{ "slab whose overlay looks like a mapping", CORE_PG(CORE_SLAB), 0x1235, 0x500, 1,
		  KIND_SLAB },
		{ "hugetlb", 0, 0, -1, 2, KIND_HUGETLB },
		{ "hugetlb, mapped by someone", 0, 0xffff888000000001, -1, 2, KIND_HUGETLB },
		{ "huge page of a process", CORE_PG(CORE_LRU), 0xffff888000000001, -1, 3,
		  KIND_ANONHUGE },
		{ "huge page of a file", CORE_PG(CORE_LRU), 0xffff888000000000, -1, 3, KIND_FILE },
		{ "shared memory", CORE_PG(CORE_LRU) | CORE_PG(CORE_SWAPBACKED), 0xffff888000000000,
		  -1, 3, KIND_SHMEM },
		{ "truncated", CORE_PG(CORE_LRU), 0, -1, 3, KIND_FILE },
		{ "movable", 0, 0xffff888000000002, -1, 1, KIND_COMPOUND },
		{ "page tables", 0, 0, CORE_TABLE, 1, KIND_TABLE },
		{ "offline", 0, 0, CORE_OFFLINE, 1, KIND_OFFLINE },
		{ "guard", 0, 0, CORE_GUARD, 1, KIND_COMPOUND },
		{ "a type of no known form", 0, 0, (int32_t)0x8fffffff, 1, KIND_COMPOUND },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(bytes, 0, 128);
		set(0, 0, rows[i].flags | CORE_PG(CORE_HEAD), 8);
		set(0, 24, rows[i].mapping, 8);
		set(0, 48, (uint32_t)rows[i].mapcount, 4);
		set(1, 16, rows[i].dtor, 1);
		CHECK_NUMBER(rows[i].label, classify_compound(&layout, bytes, bytes + 64),
			     rows[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cuts),
		cmocka_unit_test(sums),
		cmocka_unit_test(many_cuts),
		cmocka_unit_test(orders_and_places),
		cmocka_unit_test(compounds),
	};

	return cmocka_run_group_tests_name("census/classify", tests, setup, NULL);
}

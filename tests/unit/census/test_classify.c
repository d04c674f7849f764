/* From struct pages to runs: sequences of pages as letters, cut into windows everywhere. */
/* What becomes of pages that are lost in a window is tested with the census. */
#include "forms.h"
#include "unit.h"

#include "census/classify.h"

#define FIRST 4096u /* pfn of the first page: a multiple of every block here */
#define PAGES_MAX 128u
#define BYTES_MAX 64u
#define LOST_LETTER '*'

static enum form form;
static struct page_layout layout;
static uint8_t bytes[(PAGES_MAX + 1) * BYTES_MAX];

static void use(enum form f)
{
	form = f;
	form_layout(&layout, f);
}

static uint8_t *page_of(size_t i)
{
	return bytes + i * layout.size;
}

static void put_word(size_t i, size_t off, uint64_t value)
{
	form_put(page_of(i), off, value, layout.word);
}

static void put_type(size_t i, enum page_type type)
{
	form_put(page_of(i), layout.mapcount, form_type(&layout, type), 4);
}

/* Slab is a flag, and later a type. */
static void put_slab(size_t i, uint64_t flags)
{
	if (form_is_new(form))
		put_type(i, PT_SLAB);
	put_word(i, layout.flags, flags | form_flag(&layout, PF_SLAB));
}

/* A head, and what tells of the compound page in the next struct page. */
static void put_head(size_t i, bool huge, unsigned int order)
{
	put_word(i, layout.flags, form_flag(&layout, PF_HEAD));
	if (form_is_new(form) && huge)
		put_type(i, PT_HUGETLB);
	else if (!form_is_new(form))
		page_of(i + 1)[layout.compound_dtor] = huge ? 2 : 1;
	page_of(i + 1)[layout.compound_order] = (uint8_t)order;
}

/*
 * Letters of the sequences:
 *   a f s S T k R ! ,   a page of that kind, as maps show it
 *   O                   a page given back
 *   0 to 5              a buddy head of that order; + is a page inside
 *   g                   the first of four guard pages, which have no type but there
 *   H L                 head of a compound page: kernel's, and of hugetlb
 *   t                   a tail of the last head
 *   F                   a tail that seems a head: its struct page is the last head's once more
 *   z                   a tail of the page before the first
 *   x                   the bit of a free page in a word that is no type at all
 */
static void make(const char *letters)
{
	uint64_t file = form_is_32(form) ? 0xc1234560 : 0xffff888001234560;
	size_t head = 0, n = strlen(letters);
	unsigned int order = 0;

	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < n; i++) {
		char ch = letters[i];
		bool free = ch == ',' || ch == '+' || (ch >= '0' && ch <= '5');

		form_put(page_of(i), layout.mapcount, UINT32_MAX, 4);
		form_put(page_of(i), layout.refcount, !free, 4);
		switch (ch) {
		case 'a':
			put_word(i, layout.mapping, file | 1);
			break;
		case 's':
			put_word(i, layout.flags, form_flag(&layout, PF_SWAPBACKED));
			/* fall through */
		case 'f':
			put_word(i, layout.mapping, file);
			break;
		case 'S':
			put_slab(i, 0);
			put_word(i, layout.mapping, 1); /* number of slabs, seemingly anonymous */
			break;
		case 'R':
			put_word(i, layout.flags, form_flag(&layout, PF_RESERVED));
			break;
		case '!':
			put_word(i, layout.flags, form_flag(&layout, PF_HWPOISON));
			break;
		case 'T':
			put_type(i, PT_TABLE);
			break;
		case 'O':
			put_type(i, PT_OFFLINE);
			break;
		case 'g':
			put_type(i, PT_GUARD);
			put_word(i, layout.private, 2);
			break;
		case 'H':
		case 'L':
			head = i;
			for (order = 0; strspn(letters + i + 1, "tF!") >= (2u << order) - 1; order++)
				;
			put_head(i, ch == 'L', order);
			break;
		case 't':
			/* In the second struct page something stands there already. */
			form_put(page_of(i), layout.compound_head,
				 form_tail_word(&layout, form, FIRST + head, order), layout.word);
			break;
		case 'F':
			memcpy(page_of(i), page_of(head), layout.size);
			memcpy(page_of(i + 1), page_of(head + 1), layout.size);
			break;
		case 'x':
			form_put(page_of(i), layout.mapcount, 0x8fffff7f, 4);
			break;
		case 'z':
			put_word(i, layout.compound_head, form_tail_word(&layout, form, FIRST - 1, 13));
			break;
		case '0':
		case '1':
		case '2':
		case '3':
		case '4':
		case '5':
			put_type(i, PT_BUDDY);
			put_word(i, layout.private, (uint64_t)(ch - '0'));
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
	uint8_t *copy = unit_copy(page_of(at), n * layout.size);
	const struct classify_input in = { &layout, { copy, n * layout.size, 0 }, FIRST + at, n,
					   form_base(form) };
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
						  : kind_letter(runs[r].kind);
	}
	CHECK_NUMBER("pages in runs", done, n);
	ret_letters[n] = '\0';
	free(runs);
	free(copy);
}

static const struct {
	const char *label, *pages, *kinds;
	bool by_pointer; /* heads that no mask leads to */
} sequences[] = {
	{ "singles", "aafsSTOkR!,,kk", "aafsSTOkR!,,kk", false },
	{ "nothing", "", "", false },
	{ "block of 1", "0k", ".k", false },
	{ "block of 4", "2+++k", "....k", false },
	{ "block to the end", "3+++++++", "........", false },
	{ "blocks side by side", "1+00001+2+++", "............", false },
	{ "what lies in a block does not count", "3aR!Stzak", "........k", false },
	{ "block within a block", "320+1+0+k", "........k", false },
	/* Order 2 at a page that is no multiple of 4; inside, pages are looked at. */
	{ "misplaced block", "k2++k", "kk,,k", false },
	{ "block cut by the end", "5+++", "....", false },
	{ "guards", "g,,,,", "kkkk,", false },
	{ "misplaced guards", "kg,,,", "kk,,,", false },
	{ "guards between blocks", "1+0kg+++2+++", "...kkkkk....", false },
	{ "compound", "HtttHtk", "KKKKKKk", false },
	{ "hugetlb", "LtttttttHt", "HHHHHHHHKK", false },
	{ "one compound behind a block", "1+Ht3k", "..KKkk", false },
	{ "tails of a page before", "zzzk", "***k", false },
	{ "head at the end", "kkH", "kk*", false },
	{ "tail after another page", "HtktR", "KKkKR", true },
	{ "bad tail", "Ht!t", "KK!K", false },
	{ "no type", "kxk", "kkk", false },
};

/* Calls test for every form and every sequence that it can have. */
static void each(void (*test)(const char *label, const char *pages, const char *kinds))
{
	for (enum form f = 0; f < FORM_LEN; f++) {
		use(f);
		for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
			char label[80];

			if (sequences[i].by_pointer && f == FORM_7_2)
				continue;
			snprintf(label, sizeof(label), "%s, %s", form_names[f], sequences[i].label);
			make(sequences[i].pages);
			test(label, sequences[i].pages, sequences[i].kinds);
		}
	}
}

static void check_whole(const char *label, const char *pages, const char *kinds)
{
	struct classify_carry carry = { 0 };
	char got[PAGES_MAX + 1];

	classify(0, strlen(pages), &carry, got);
	CHECK_TEXT(label, got, kinds);
}

static void whole(void **state)
{
	(void)state;
	each(check_whole);
}

/*
 * In two windows the kinds are the same, but that a compound page may be lost when the cut
 * parts its head from its second page.
 */
static void check_cuts(const char *label, const char *pages, const char *want)
{
	size_t n = strlen(pages);

	for (size_t cut = 0; cut <= n; cut++) {
		bool parted = cut && cut < n && (pages[cut - 1] == 'H' || pages[cut - 1] == 'L');
		struct classify_carry carry = { 0 };
		char got[PAGES_MAX + 1];

		classify(0, cut, &carry, got);
		classify(cut, n - cut, &carry, got + cut);
		for (size_t p = 0; p < n; p++) {
			bool may_lose = strchr("HLt", pages[p]) && want[p] != '.' &&
					(parted || pages[p] == 't');

			if (got[p] != want[p] && !(may_lose && got[p] == LOST_LETTER))
				fail_msg("%s, cut at %zu: %s, not %s", label, cut, got, want);
		}
		/* Whose head and second page were seen together is not lost. */
		if (cut >= 2 && cut < n && pages[cut] == 't' && pages[cut - 1] == 't' &&
		    want[cut] != '.')
			CHECK_NUMBER(label, (uint64_t)got[cut], (uint64_t)want[cut]);
	}
}

static void cuts(void **state)
{
	(void)state;
	each(check_cuts);
}

/* Adds up the letters of [at, at + n) by sums, and checks what holds for every run. */
static void sum(size_t at, size_t n, struct classify_carry *carry, unsigned int *counts)
{
	struct run *runs = calloc(n ? n : 1, sizeof(*runs));
	uint8_t *copy = unit_copy(page_of(at), n * layout.size);
	const struct classify_input in = { &layout, { copy, n * layout.size, 0 }, FIRST + at, n,
					   form_base(form) };
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
static void check_sums(const char *label, const char *pages, const char *kinds)
{
	size_t n = strlen(pages);

	(void)kinds;
	/* Words that no kernel has are not looked for where only sums are made. */
	for (size_t cut = 0; cut <= n && !strchr(pages, 'x'); cut++) {
		struct classify_carry one = { 0 }, two = { 0 };
		unsigned int want[KIND_LEN + 1] = { 0 }, got[KIND_LEN + 1] = { 0 };
		char letters[PAGES_MAX + 1];

		classify(0, cut, &one, letters);
		classify(cut, n - cut, &one, letters + cut);
		for (size_t p = 0; p < n; p++) {
			unsigned int k = 0;

			while (k < KIND_LEN && kind_letter(k) != letters[p])
				k++;
			want[k]++;
		}
		sum(0, cut, &two, got);
		sum(cut, n - cut, &two, got);
		for (unsigned int k = 0; k <= KIND_LEN; k++)
			CHECK_NUMBER(label, got[k], want[k]);
	}
}

static void sums(void **state)
{
	(void)state;
	each(check_sums);
}

/* Three and more windows: what is carried lasts as long as it must and no longer. */
static void many_cuts(void **state)
{
	static const char pages[] = "5+++++++++++++++++++++++++++++++"
				    "LtttttttttttttttttttttttttttttttTkaf";
	static const char want[] = "................................"
				   "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHTkaf";
	const size_t n = sizeof(pages) - 1;

	(void)state;
	for (enum form f = 0; f < FORM_LEN; f++) {
		use(f);
		make(pages);
		for (size_t step = 2; step < n; step++) {
			struct classify_carry carry = { 0 };
			char got[PAGES_MAX + 1];
			/* The head and the page behind it are in one window. */
			bool together = 32 / step == 33 / step;

			for (size_t at = 0; at < n; at += step)
				classify(at, n - at < step ? n - at : step, &carry, got + at);
			for (size_t p = 0; p < n; p++)
				if (got[p] != want[p] &&
				    !(want[p] == 'H' && got[p] == '*' && !together))
					fail_msg("%s, step %zu: %s", form_names[f], step, got);
		}
	}
}

/*
 * A huge page of two pages of struct pages, the second being the first once more (6.1 and 6.12).
 * A window that begins there has all it needs.
 */
static void fake_heads(void **state)
{
	static const enum form forms[] = { FORM_6_1, FORM_6_12 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct classify_carry carry = { 0 };
		char pages[129], want[129], got[PAGES_MAX + 1];

		memset(pages, 't', 128);
		memset(want, 'H', 128);
		pages[0] = 'L';
		pages[64] = 'F';
		pages[128] = want[128] = '\0';
		use(forms[i]);
		make(pages);
		classify(0, 128, &carry, got);
		CHECK_TEXT(form_names[forms[i]], got, want);
		carry = (struct classify_carry){ 0 };
		classify(64, 64, &carry, got);
		CHECK_TEXT(form_names[forms[i]], got, want + 64);
	}
}

/* A mask is the same for all compound pages of an order: it lasts for the pages of one. */
static void masks(void **state)
{
	struct classify_carry carry = { 0 };
	char got[PAGES_MAX + 1];

	(void)state;
	use(FORM_7_2);
	make("LtttHttt");
	classify(0, 8, &carry, got);
	CHECK_TEXT("two of an order", got, "HHHHKKKK");
	carry = (struct classify_carry){ 0 };
	classify(0, 4, &carry, got);
	classify(5, 3, &carry, got);
	CHECK_TEXT("not of the one before", got, "***");
}

/* Blocks of which the first page alone has a type, as large as blocks come. */
static void unaccepted(void **state)
{
	struct classify_carry carry = { 0 };
	char got[PAGES_MAX + 1];

	(void)state;
	use(FORM_7_2);
	make("k,,,,,,k");
	put_type(0, PT_UNACCEPTED);
	classify(0, 4, &carry, got);
	classify(4, 4, &carry, got + 4);
	CHECK_TEXT("a block", got, "OOOOOOOO");
	CHECK_NUMBER("to its end", carry.block_end, FIRST + 1024);
	/* Where none can begin it is one page. */
	make("k,k");
	put_type(1, PT_UNACCEPTED);
	carry = (struct classify_carry){ 0 };
	classify(0, 3, &carry, got);
	CHECK_TEXT("misplaced", got, "kOk");
}

static void orders_and_places(void **state)
{
	struct classify_carry carry = { 0 };
	struct run runs[16];
	struct classify_input in = { &layout, { bytes, 16 * 64, 0 }, FIRST, 16, 0xffffea0000000000 };

	(void)state;
	use(FORM_6_1);
	make("1+1+2+++kkkk,,kk");
	for (size_t i = 10; i < 16; i++)
		put_word(i, 0, 3ull << 58 | 2ull << 56);
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
	enum { OLD = 1, NEW = 2, ALL = 3 };
	static const struct {
		const char *label;
		unsigned int forms;
		enum page_flag flags[2]; /* PF_LOCKED: none */
		uint32_t mapping;
		enum page_type type; /* PT_BUDDY: none */
		uint8_t dtor;
		enum kind kind;
	} rows[] = {
		{ "kernel", ALL, { 0 }, 0, 0, 1, KIND_COMPOUND },
		{ "slab", OLD, { PF_SLAB }, 0, 0, 1, KIND_SLAB },
		{ "slab whose overlay looks like a mapping", OLD, { PF_SLAB }, 0x1235, 0, 1, KIND_SLAB },
		{ "slab by type", NEW, { 0 }, 0, PT_SLAB, 0, KIND_SLAB },
		{ "slab by type, seemingly anonymous", NEW, { 0 }, 3, PT_SLAB, 0, KIND_SLAB },
		{ "hugetlb", OLD, { 0 }, 0, 0, 2, KIND_HUGETLB },
		{ "hugetlb, mapped by someone", OLD, { 0 }, 0x1001, 0, 2, KIND_HUGETLB },
		{ "hugetlb by type", NEW, { 0 }, 0, PT_HUGETLB, 0, KIND_HUGETLB },
		{ "hugetlb by type, mapped", NEW, { 0 }, 0x1001, PT_HUGETLB, 0, KIND_HUGETLB },
		{ "huge page of a process", ALL, { PF_LRU }, 0x1001, 0, 3, KIND_ANONHUGE },
		{ "huge page of a file", ALL, { PF_LRU }, 0x1000, 0, 3, KIND_FILE },
		{ "shared memory", ALL, { PF_LRU, PF_SWAPBACKED }, 0x1000, 0, 3, KIND_SHMEM },
		{ "truncated", ALL, { PF_LRU }, 0, 0, 3, KIND_FILE },
		{ "movable", OLD, { 0 }, 0x1002, 0, 1, KIND_COMPOUND },
		{ "page tables", ALL, { 0 }, 0, PT_TABLE, 1, KIND_TABLE },
		{ "page tables with a list", NEW, { 0 }, 0x1001, PT_TABLE, 1, KIND_TABLE },
		{ "offline", ALL, { 0 }, 0, PT_OFFLINE, 1, KIND_OFFLINE },
		{ "guard", ALL, { 0 }, 0, PT_GUARD, 1, KIND_COMPOUND },
		{ "zsmalloc", NEW, { PF_UPTODATE }, 0, PT_ZSMALLOC, 0, KIND_COMPOUND },
	};

	(void)state;
	for (enum form f = 0; f < FORM_LEN; f++) {
		use(f);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			uint64_t flags = form_flag(&layout, PF_HEAD);

			if (!(rows[i].forms & (form_is_new(f) ? NEW : OLD)))
				continue;
			memset(bytes, 0, sizeof(bytes));
			for (size_t n = 0; n < 2; n++)
				flags |= rows[i].flags[n] ? form_flag(&layout, rows[i].flags[n]) : 0;
			put_word(0, layout.flags, flags);
			put_word(0, layout.mapping, rows[i].mapping);
			form_put(page_of(0), layout.mapcount, UINT32_MAX, 4);
			if (rows[i].type)
				put_type(0, rows[i].type);
			if (!form_is_new(f))
				page_of(1)[layout.compound_dtor] = rows[i].dtor;
			CHECK_NUMBER(rows[i].label, classify_compound(&layout, page_of(0), page_of(1)),
				     rows[i].kind);
			/* A type that has no name is the kernel's own. */
			form_put(page_of(0), layout.mapcount, form_is_new(f) ? 0xfd000000 : 0x8fffffff, 4);
			put_word(0, layout.flags, form_flag(&layout, PF_HEAD));
			if (!form_is_new(f))
				page_of(1)[layout.compound_dtor] = 1;
			CHECK_NUMBER(form_names[f], classify_compound(&layout, page_of(0), page_of(1)),
				     KIND_COMPOUND);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cuts),
		cmocka_unit_test(sums),
		cmocka_unit_test(many_cuts),
		cmocka_unit_test(fake_heads),
		cmocka_unit_test(masks),
		cmocka_unit_test(unaccepted),
		cmocka_unit_test(orders_and_places),
		cmocka_unit_test(compounds),
	};

	return cmocka_run_group_tests_name("census/classify", tests, NULL, NULL);
}

/* Words of /proc/kpageflags to kinds, and the file when it is not as it should be. */
/* The kernel's own file is compared with on the booted boards. */
#include "unit.h"
#include "kpf.h"

#include "census/kpageflags.h"
#include "census/oracle.h"

#include <sys/stat.h>
#include <unistd.h>

static void kinds(void **state)
{
	static const struct {
		const char *label;
		uint64_t word, head;
		bool not_ram;
		enum kind want;
	} rows[] = {
		{ "no flag", 0, 0, false, KIND_KERNEL },
		{ "no flag, 7.2's hole", 0, 0, true, KIND_HOLE },
		{ "hole up to 6.12", K_NOPAGE, 0, true, KIND_HOLE },
		{ "offline block", K_NOPAGE, 0, false, KIND_HOLE },
		{ "free", K_BUDDY, 0, false, KIND_FREE },
		{ "poisoned", K_HWPOISON, 0, false, KIND_HWPOISON },
		{ "poisoned in use", K_HWPOISON | K_ANON | K_LRU, 0, false, KIND_HWPOISON },
		{ "poisoned and free", K_HWPOISON | K_BUDDY, 0, false, KIND_HWPOISON },
		{ "reserved", K_RESERVED, 0, false, KIND_RESERVED },
		{ "reserved, not RAM", K_RESERVED, 0, true, KIND_NOTRAM },
		{ "zero page", K_RESERVED | K_ZERO_PAGE, 0, false, KIND_RESERVED },
		{ "a device's page", K_MMAP, 0, true, KIND_NOTRAM },
		{ "slab", K_SLAB, 0, false, KIND_SLAB },
		{ "slab head", K_SLAB | K_HEAD, 0, false, KIND_SLAB },
		{ "slab tail", K_SLAB | K_TAIL, K_SLAB | K_HEAD, false, KIND_SLAB },
		{ "hugetlb head", K_HUGE | K_HEAD, 0, false, KIND_HUGETLB },
		{ "hugetlb in use", K_HUGE | K_HEAD | K_ANON, 0, false, KIND_HUGETLB },
		{ "hugetlb tail, head unseen", K_HUGE | K_TAIL, 0, false, KIND_HUGETLB },
		{ "offline", K_OFFLINE, 0, false, KIND_OFFLINE },
		{ "page table", K_PGTABLE, 0, false, KIND_TABLE },
		{ "page table, 7.2", K_PGTABLE | K_REFERENCED, 0, false, KIND_TABLE },
		{ "page table's tail", K_PGTABLE | K_TAIL, K_PGTABLE | K_HEAD, false, KIND_TABLE },
		{ "anonymous", K_ANON | K_MMAP | K_LRU | K_SWAPBACKED, 0, false, KIND_ANON },
		{ "KSM", K_ANON | K_KSM | K_LRU, 0, false, KIND_ANON },
		{ "huge", K_ANON | K_THP | K_HEAD | K_LRU, 0, false, KIND_ANONHUGE },
		{ "huge, tail", K_ANON | K_THP | K_TAIL, K_ANON | K_THP | K_HEAD, false, KIND_ANONHUGE },
		{ "huge, head unseen", K_ANON | K_THP | K_TAIL, 0, false, KIND_ANONHUGE },
		{ "file", K_LRU | K_UPTODATE | K_MMAP, 0, false, KIND_FILE },
		{ "file, locked", K_LRU | K_UNEVICTABLE, 0, false, KIND_FILE },
		{ "not on the LRU, 7.2's zsmalloc", K_UPTODATE, 0, false, KIND_KERNEL },
		{ "shmem", K_LRU | K_SWAPBACKED, 0, false, KIND_SHMEM },
		{ "shmem, not on the LRU yet", K_SWAPBACKED | K_UPTODATE, 0, false, KIND_SHMEM },
		{ "large file", K_LRU | K_THP | K_HEAD, 0, false, KIND_FILE },
		/* Up to 6.1 a tail shows its own flags, which are none. */
		{ "large file's tail", K_TAIL | K_THP, K_LRU | K_THP | K_HEAD, false, KIND_FILE },
		{ "large shmem's tail", K_TAIL | K_THP, K_LRU | K_SWAPBACKED | K_THP | K_HEAD, false,
		  KIND_SHMEM },
		{ "large file's bad tail", K_TAIL | K_HWPOISON, K_LRU | K_HEAD, false, KIND_HWPOISON },
		{ "good tail of a bad head", K_TAIL, K_LRU | K_HEAD | K_HWPOISON, false, KIND_FILE },
		{ "huge zero page", K_HEAD | K_THP | K_ZERO_PAGE, 0, false, KIND_COMPOUND },
		{ "kernel's compound", K_HEAD, 0, false, KIND_COMPOUND },
		{ "its tail", K_TAIL, K_HEAD, false, KIND_COMPOUND },
		{ "a tail, head unseen", K_TAIL, 0, false, KIND_COMPOUND },
		{ "kernel's, with a flag", K_PRIVATE, 0, false, KIND_KERNEL },
		{ "mapped, a driver's", K_MMAP, 0, false, KIND_KERNEL },
		{ "a bit of no name", K(63) | K(27), 0, false, KIND_KERNEL },
		{ "free, and a bit of no name", K_BUDDY | K(50), 0, false, KIND_FREE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_NUMBER(rows[i].label,
			     kpageflags_kind(rows[i].word, rows[i].head, !rows[i].not_ram),
			     rows[i].want);
}

/* What check holds possible for a word, written apart from this table, always holds the kind. */
static void agrees_with_oracle(void **state)
{
	static const uint8_t bits[] = { 2, 3, 5, 7, 10, 12, 14, 15, 16, 17, 19, 20, 22, 23, 26, 32 };

	(void)state;
	for (uint32_t mask = 0; mask < 1u << ARRAY_LEN(bits); mask++) {
		uint64_t word = 0;
		enum kind kind;

		for (size_t i = 0; i < ARRAY_LEN(bits); i++)
			word |= (uint64_t)(mask >> i & 1) << bits[i];
		/* Tails hang on their heads. */
		if (word & K_TAIL || word == 0)
			continue;
		kind = kpageflags_kind(word, 0, true);
		if (!(oracle_kinds(word) >> kind & 1))
			fail_msg("0x%llx is %s", (unsigned long long)word, kind_name(kind));
	}
}

/* --- files */

static struct kpageflags k;
static struct census census;
static char path[] = "/tmp/test_kpageflags.XXXXXX";
static int file = -1;

static void make_file(const void *bytes, size_t len)
{
	struct err e = ERR_INIT;

	if (file < 0)
		file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(pwrite(file, bytes, len, 0), (ssize_t)len);
	k.fd = -1;
	assert_true(kpageflags_open(&k, path, &e));
}

static void allow(uint64_t first, uint64_t end)
{
	struct err e = ERR_INIT;

	assert_true(guard_allow(&k.guard, first << PAGE_SHIFT, end << PAGE_SHIFT, GUARD_RAM, &e));
}

static void drop_file(void)
{
	kpageflags_close(&k);
	unlink(path);
	close(file);
	file = -1;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
}

static void file_ends(void **state)
{
	static const struct {
		const char *label;
		size_t bytes;
		uint64_t end;
	} rows[] = {
		{ "nothing", 0, 0 },	{ "less than a word", 7, 0 }, { "one", 8, 1 },
		{ "one and a bit", 15, 1 }, { "two", 16, 2 },	      { "odd", 1027, 128 },
		{ "a page", 4096, 512 },
	};
	static const uint8_t zeros[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		make_file(zeros, rows[i].bytes);
		CHECK_NUMBER(rows[i].label, k.end, rows[i].end);
		kpageflags_close(&k);
	}
	drop_file();
}

#define WORDS 400000u /* more than three reads */

struct seen {
	uint8_t kinds[WORDS];
	uint64_t next, calls;
};

static void see(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct seen *s = arg;

	assert_true(pfn == s->next && pages);
	for (uint64_t i = 0; i < pages; i++)
		s->kinds[pfn + i] = (uint8_t)kind;
	s->next = pfn + pages;
	s->calls++;
}

/* A word, and the kind it makes in RAM without a head. */
static const struct {
	uint64_t word;
	enum kind kind;
} pool[] = {
	{ 0, KIND_KERNEL },	      { K_BUDDY, KIND_FREE },	      { K_SLAB, KIND_SLAB },
	{ K_LRU, KIND_FILE },	      { K_RESERVED, KIND_RESERVED },  { K_NOPAGE, KIND_HOLE },
	{ K_LRU | K_SWAPBACKED, KIND_SHMEM }, { K_PGTABLE, KIND_TABLE }, { K(60), KIND_KERNEL },
};

static void whole_file(void **state)
{
	uint64_t *words = calloc(WORDS, sizeof(*words)), sums[KIND_LEN] = { 0 }, x = 1, odd = 0;
	struct seen *seen = calloc(1, sizeof(*seen));
	uint8_t *want = calloc(WORDS, 1);
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < WORDS;) {
		size_t row = (size_t)((x = x * 6364136223846793005u + 1442695040888963407u) >> 40);
		size_t run = row % 7 ? 1 + row % 5 : 1 + row % 3000;

		row %= ARRAY_LEN(pool);
		for (; run && i < WORDS; run--, i++) {
			bool ram = i < 100000 || i >= 250001;

			words[i] = pool[row].word;
			want[i] = (uint8_t)pool[row].kind;
			if (!ram && (want[i] == KIND_KERNEL || want[i] == KIND_RESERVED))
				want[i] = words[i] ? KIND_NOTRAM : KIND_HOLE;
			odd += words[i] >> 60 & 1;
			sums[want[i]]++;
		}
	}
	make_file(words, WORDS * sizeof(*words));
	allow(0, 100000);
	allow(250001, WORDS);
	assert_int_equal(k.end, WORDS);
	assert_true(kpageflags_scan(&k, (struct range){ 0, WORDS }, &(struct census_watch){ see, seen, CENSUS_EVERY }, &census, &e));
	assert_memory_equal(seen->kinds, want, WORDS);
	assert_memory_equal(census.kinds, sums, sizeof(sums));
	CHECK_NUMBER("bits without a name", k.unknown, odd);
	CHECK_NUMBER("which", k.unknown_bits, K(60));
	assert_int_equal(census.first.kind, ERR_NONE);
	assert_int_equal(census.zones_len, 0);
	/* Any part of it says the same. */
	for (int round = 0; round < 50; round++) {
		uint64_t start = (x = x * 6364136223846793005u + 1442695040888963407u) >> 40;
		struct range r = { start % WORDS, 0 };

		r.end = r.start + 1 + (x >> 33) % (WORDS - r.start);
		seen->next = r.start;
		assert_true(kpageflags_scan(&k, r, &(struct census_watch){ see, seen, CENSUS_EVERY }, &census, &e));
		CHECK_NUMBER("up to", seen->next, r.end);
		assert_memory_equal(seen->kinds, want, WORDS);
	}
	assert_false(kpageflags_scan(&k, (struct range){ 5, 5 }, NULL, &census, &e));
	assert_int_equal(e.kind, ERR_RANGE);
	free(words);
	free(seen);
	free(want);
	drop_file();
}

/* A huge page of which the range shows the last tails: what they are stands at its head. */
static void range_inside_compound(void **state)
{
	static uint64_t words[2048];
	struct err e = ERR_INIT;

	(void)state;
	words[1024] = K_HEAD | K_LRU | K_SWAPBACKED | K_THP;
	for (size_t i = 1025; i < 1536; i++)
		words[i] = K_TAIL | K_THP;
	/* Neither the head before nor a single page speaks for a tail behind that page. */
	words[1536] = K_LRU;
	words[1537] = K_TAIL;
	words[1500] |= K(61);
	make_file(words, sizeof(words));
	allow(0, 2048);
	assert_true(kpageflags_scan(&k, (struct range){ 1530, 1540 }, NULL, &census, &e));
	CHECK_NUMBER("shmem", census.kinds[KIND_SHMEM], 6);
	CHECK_NUMBER("compound", census.kinds[KIND_COMPOUND], 1);
	CHECK_NUMBER("file", census.kinds[KIND_FILE], 1);
	CHECK_NUMBER("kernel", census.kinds[KIND_KERNEL], 2);
	CHECK_NUMBER("outside the range", k.unknown, 0);
	drop_file();
}

/* It was longer when it was opened; and a read that fails. The sum holds all the same. */
static void early_end(void **state)
{
	static uint64_t words[5000];
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		words[i] = K_SLAB;
	make_file(words, sizeof(words));
	allow(0, 5000);
	assert_int_equal(ftruncate(file, 1234 * 8 + 3), 0);
	assert_true(kpageflags_scan(&k, (struct range){ 0, k.end }, NULL, &census, &e));
	CHECK_NUMBER("slab", census.kinds[KIND_SLAB], 1234);
	CHECK_NUMBER("unreadable", census.kinds[KIND_UNREADABLE], 5000 - 1234);
	CHECK_TEXT("why", census.first.msg, "/proc/kpageflags: it ended early");
	kpageflags_close(&k);
	k.fd = 1 << 20; /* no descriptor */
	assert_true(kpageflags_scan(&k, (struct range){ 0, 5000 }, NULL, &census, &e));
	CHECK_NUMBER("unreadable", census.kinds[KIND_UNREADABLE], 5000);
	assert_int_equal(census.first.kind, ERR_SYSTEM);
	k.fd = -1;
	drop_file();
}

static void not_there(void **state)
{
	static const char *const paths[] = { "/nonexistent/kpageflags", "/" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct err e = ERR_INIT;

		CHECK(paths[i], !kpageflags_open(&k, paths[i], &e));
		CHECK_NUMBER(paths[i], e.kind, ERR_UNSUPPORTED);
		CHECK(paths[i], e.os && e.hint[0] && strstr(e.msg, paths[i]));
		CHECK(paths[i], k.fd == -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(agrees_with_oracle),
		cmocka_unit_test(file_ends),
		cmocka_unit_test(whole_file),
		cmocka_unit_test(range_inside_compound),
		cmocka_unit_test(early_end),
		cmocka_unit_test(not_there),
	};

	return cmocka_run_group_tests_name("census/kpageflags", tests, NULL, NULL);
}

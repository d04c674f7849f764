/* What /proc/kpageflags must say: by hand from its rules, bit numbers from its documentation. */
/* The file itself is compared with on the booted board. */
#include "core.h"
#include "kpf.h"

#include "census/oracle.h"

static struct core c;
static struct page_layout layout;

static int setup(void **state)
{
	struct vmcoreinfo vi;
	struct err e = ERR_INIT;

	(void)state;
	core_info_defaults(&c, 4);
	vi = core_vmcoreinfo(&c);
	return layout_init(&layout, &vi, &e) ? 0 : -1;
}

/* Every flag that is copied as it is: bit of the page, bit of the file. */
static void copied(void **state)
{
	static const struct {
		unsigned int flag, kpf;
	} rows[] = {
		{ 0, 0 },   { 1, 2 },	{ 2, 3 },   { 3, 4 },	{ 4, 5 },   { 5, 6 },	{ 8, 1 },
		{ 9, 7 },   { 10, 37 }, { 11, 38 }, { 12, 32 }, { 13, 35 }, { 14, 36 }, { 15, 8 },
		{ 17, 34 }, { 18, 9 },	{ 19, 14 }, { 20, 18 }, { 21, 33 }, { 22, 39 }, { 23, 19 },
	};
	uint64_t seen = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct page_facts page = { .flags = 1ull << rows[i].flag,
						 .mapcount_word = UINT32_MAX };
		const struct oracle_page p = { .page = &page };

		CHECK_NUMBER("flag", oracle_flags(&layout, &p), K(rows[i].kpf));
		CHECK("compared", oracle_comparable(&layout, &p, 0) >> rows[i].kpf & 1);
		seen |= 1ull << rows[i].flag;
	}
	/* Workingset, waiters and head have no bit of their own; zone and node neither. */
	for (unsigned int bit = 0; bit < 64; bit++) {
		const struct page_facts page = { .flags = 1ull << bit,
						 .mapcount_word = UINT32_MAX };
		const struct oracle_page p = { .page = &page };

		if (!(seen >> bit & 1))
			CHECK_NUMBER("no bit", oracle_flags(&layout, &p), 0);
	}
}

static void single_pages(void **state)
{
	static const struct {
		const char *label;
		struct page_facts page;
		bool free;
		uint64_t want;
	} rows[] = {
		{ "nothing", { .mapcount_word = UINT32_MAX }, false, 0 },
		{ "mapped once", { .mapcount_word = 0 }, false, K_MMAP },
		{ "mapped often", { .mapcount_word = 0x7fffffff }, false, K_MMAP },
		{ "slab's count is none",
		  { .flags = CORE_PG(CORE_SLAB), .mapcount_word = 5 },
		  false,
		  K_SLAB },
		{ "anonymous", { .mapcount_word = 0, .anon = true }, false, K_MMAP | K_ANON },
		{ "KSM",
		  { .mapcount_word = 0, .anon = true, .ksm = true },
		  false,
		  K_MMAP | K_ANON | K_KSM },
		{ "swap cache",
		  { .flags = CORE_PG(CORE_SWAPBACKED) | CORE_PG(CORE_OWNER_PRIV_1),
		    .mapcount_word = UINT32_MAX,
		    .anon = true },
		  false,
		  K_ANON | K_SWAPBACKED | K_SWAPCACHE | K_OWNER_PRIVATE },
		{ "checked, no swap cache",
		  { .flags = CORE_PG(CORE_OWNER_PRIV_1), .mapcount_word = UINT32_MAX },
		  false,
		  K_OWNER_PRIVATE },
		{ "free head",
		  { .mapcount_word = 0xffffff7f, .typed = true },
		  true,
		  K_BUDDY },
		{ "free inside", { .mapcount_word = UINT32_MAX }, true, K_BUDDY },
		{ "offline",
		  { .mapcount_word = 0xfffffeff, .typed = true },
		  false,
		  K_OFFLINE },
		{ "page table",
		  { .mapcount_word = 0xfffffdff, .typed = true },
		  false,
		  K_PGTABLE },
		{ "guard",
		  { .mapcount_word = 0xfffffbff, .typed = true },
		  false,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct oracle_page p = { .page = &rows[i].page, .free = rows[i].free };

		CHECK_NUMBER(rows[i].label, oracle_flags(&layout, &p), rows[i].want);
	}
}

static void compound_pages(void **state)
{
	static const uint64_t lru = CORE_PG(CORE_LRU), slab = CORE_PG(CORE_SLAB),
			      swap = CORE_PG(CORE_SWAPBACKED),
			      cache = CORE_PG(CORE_SWAPBACKED) | CORE_PG(CORE_OWNER_PRIV_1);
	static const struct {
		const char *label;
		uint64_t head_flags;
		bool anon;
		int32_t mapcount; /* of the whole */
		bool hugetlb, mapped;
		uint64_t head, tail; /* wanted of the head and of a tail without flags */
	} rows[] = {
		{ "kernel", 0, false, -1, false, false, K_HEAD, K_TAIL },
		{ "slab", slab, false, -1, false, false, K_HEAD | K_SLAB, K_TAIL | K_SLAB },
		{ "slab that looks mapped", slab, false, 4, false, true, K_HEAD | K_SLAB,
		  K_TAIL | K_SLAB },
		{ "huge page of a process", lru | swap, true, 0, false, false,
		  K_HEAD | K_LRU | K_SWAPBACKED | K_THP | K_ANON | K_MMAP,
		  K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "its small pages mapped", lru | swap, true, -1, false, true,
		  K_HEAD | K_LRU | K_SWAPBACKED | K_THP | K_ANON | K_MMAP,
		  K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "not mapped at all", lru | swap, true, -1, false, false,
		  K_HEAD | K_LRU | K_SWAPBACKED | K_THP | K_ANON, K_TAIL | K_THP | K_ANON },
		{ "anonymous, off the LRU", 0, true, 0, false, false,
		  K_HEAD | K_THP | K_ANON | K_MMAP, K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "huge page of a file", lru, false, 0, false, false,
		  K_HEAD | K_LRU | K_THP | K_MMAP, K_TAIL | K_THP | K_MMAP },
		{ "hugetlb", 0, true, 0, true, false, K_HEAD | K_HUGE | K_ANON | K_MMAP,
		  K_TAIL | K_HUGE | K_ANON | K_MMAP },
		{ "hugetlb, small pages do not count", 0, false, -1, true, true, K_HEAD | K_HUGE,
		  K_TAIL | K_HUGE },
		{ "swap cache", lru | cache, true, -1, false, false,
		  K_HEAD | K_LRU | K_THP | K_ANON | K_SWAPBACKED | K_SWAPCACHE | K_OWNER_PRIVATE,
		  K_TAIL | K_THP | K_ANON | K_SWAPCACHE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct page_facts head = {
			.flags = rows[i].head_flags | CORE_PG(CORE_HEAD),
			.head = true,
			.mapcount_word = UINT32_MAX,
			.anon = rows[i].anon,
		};
		const struct page_facts tail = { .tail = true, .mapcount_word = UINT32_MAX };
		const struct page_compound compound = { .mapcount = rows[i].mapcount,
							.hugetlb = rows[i].hugetlb };
		struct oracle_page p = { &head, &head, &compound, false, rows[i].mapped };

		CHECK_NUMBER(rows[i].label, oracle_flags(&layout, &p), rows[i].head);
		p.page = &tail;
		CHECK_NUMBER(rows[i].label, oracle_flags(&layout, &p), rows[i].tail);
	}
}

static void comparable(void **state)
{
	/* ZERO_PAGE, IDLE, SOFTDIRTY, ARCH_2, and numbers that mean nothing yet. */
	static const uint64_t never =
	    K(24) | K(25) | K(40) | K(41) | 0x1full << 27 | ~(K(43) - 1);
	static const struct page_facts page = { 0 };
	static const struct oracle_page p = { .page = &page };
	static const struct {
		const char *label, *key, *value;
		uint64_t told, without;
	} rows[] = {
		{ "6.1", "OSRELEASE", "x", 0, never },
		{ "the huge zero page", "OSRELEASE", "x", K_ZERO_PAGE, never | K_THP },
		{ "5.10", "OFFSET(uts_namespace.name)", NULL, 0, never },
		/* Told with hugetlb only, and there always; elsewhere, the rules do not hold. */
		{ "offline not told", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", NULL, 0, never },
		{ "page tables not known", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "-513", 0,
		  never | K_PGTABLE },
		{ "no poison, no PAT", "NUMBER(PG_hwpoison)", NULL, 0, never | K_HWPOISON | K(39) },
		{ "no PAT", "NUMBER(PG_hwpoison)", "22", 0, never | K(39) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct vmcoreinfo vi;
		struct page_layout l;
		uint64_t mask;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		vi = core_vmcoreinfo(&c);
		assert_true(layout_init(&l, &vi, &e));
		mask = oracle_comparable(&l, &p, rows[i].told);
		/* NOPAGE is compared: the bit says that there is no struct page. */
		CHECK_NUMBER(rows[i].label, ~mask, rows[i].without);
		for (unsigned int bit = 0; bit < KPF_LEN; bit++)
			if (!(rows[i].told & K_ZERO_PAGE))
				CHECK(rows[i].label,
				      (mask >> bit & 1) == !oracle_bit_reason(&l, bit));
	}
}

static void bit_names(void **state)
{
	(void)state;
	CHECK_TEXT("0", oracle_bit_name(0), "LOCKED");
	CHECK_TEXT("26", oracle_bit_name(26), "PGTABLE");
	CHECK_TEXT("41", oracle_bit_name(41), "ARCH_2");
	CHECK_TEXT("42", oracle_bit_name(42), "ARCH_3");
	CHECK_TEXT("43", oracle_bit_name(43), "unknown");
	CHECK_TEXT("63", oracle_bit_name(63), "unknown");
	for (unsigned int a = 0; a < KPF_LEN; a++)
		for (unsigned int b = 0; b < a; b++)
			CHECK(oracle_bit_name(a), strcmp(oracle_bit_name(a), oracle_bit_name(b)));
}

#define IS(kind) (1u << KIND_##kind)

static void kinds(void **state)
{
	static const struct {
		const char *label;
		uint64_t told;
		uint32_t kinds;
	} rows[] = {
		{ "hole", K_NOPAGE, IS(HOLE) },
		{ "free", K_BUDDY, IS(FREE) },
		{ "poisoned, whatever else", K_HWPOISON | K_BUDDY | K_RESERVED, IS(HWPOISON) },
		{ "hugetlb of a process", K_HUGE | K_HEAD | K_ANON | K_MMAP, IS(HUGETLB) },
		{ "slab tail", K_SLAB | K_TAIL, IS(SLAB) },
		{ "page table", K_PGTABLE, IS(TABLE) },
		{ "offline", K_OFFLINE, IS(OFFLINE) },
		{ "reserved", K_RESERVED, IS(RESERVED) | IS(NOTRAM) },
		{ "anonymous", K_ANON | K_LRU | K_SWAPBACKED | K_MMAP, IS(ANON) },
		{ "KSM", K_ANON | K_KSM, IS(ANON) },
		{ "huge page", K_ANON | K_HEAD | K_THP | K_LRU, IS(ANONHUGE) },
		{ "its tail", K_ANON | K_TAIL | K_THP, IS(ANONHUGE) },
		{ "file", K_LRU | K_REFERENCED, IS(FILE) },
		{ "shared memory", K_LRU | K_SWAPBACKED, IS(SHMEM) },
		{ "huge file's tail", K_TAIL | K_THP, IS(FILE) | IS(SHMEM) | IS(COMPOUND) },
		{ "compound", K_HEAD, IS(COMPOUND) | IS(FILE) | IS(SHMEM) },
		{ "nothing said", 0, IS(PERCPU) | IS(KERNEL) | IS(FILE) | IS(SHMEM) },
		{ "locked", K_LOCKED, IS(PERCPU) | IS(KERNEL) | IS(FILE) | IS(SHMEM) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_NUMBER(rows[i].label, oracle_kinds(rows[i].told), rows[i].kinds);
	for (unsigned int bit = 0; bit < 64; bit++)
		CHECK("some kind", oracle_kinds(K(bit)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copied),	  cmocka_unit_test(single_pages),
		cmocka_unit_test(compound_pages), cmocka_unit_test(comparable),
		cmocka_unit_test(bit_names),	  cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests_name("census/oracle", tests, setup, NULL);
}

/* What /proc/kpageflags must say: by hand from its rules, bit numbers from its documentation. */
/* The file itself is compared with on the booted board. */
#include "core.h"
#include "forms.h"
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
		{ "anonymous", { .mapcount_word = 0, .mapping = 0x1001 }, false, K_MMAP | K_ANON },
		{ "KSM",
		  { .mapcount_word = 0, .mapping = 0x1003 },
		  false,
		  K_MMAP | K_ANON | K_KSM },
		{ "swap cache",
		  { .flags = CORE_PG(CORE_SWAPBACKED) | CORE_PG(CORE_OWNER_PRIV_1),
		    .mapcount_word = UINT32_MAX,
		    .mapping = 0x1001 },
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
			.mapping = rows[i].anon ? 0x1001 : 0,
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

#define F(flag) (1ull << (flag)) /* by enum page_flag, not by bit */

/* A flags word of a form from flags by meaning. */
static uint64_t word_of(const struct page_layout *l, uint64_t flags)
{
	uint64_t word = 0;

	for (unsigned int f = 0; f < PF_LEN; f++)
		if (flags >> f & 1)
			word |= form_flag(l, (enum page_flag)f);
	return word;
}

static struct page_facts facts_of(const struct page_layout *l, uint64_t flags, uint64_t mapping,
				  enum page_type type)
{
	struct page_facts p = { .flags = word_of(l, flags), .mapping = mapping,
				.mapcount_word = UINT32_MAX };

	if (type) {
		p.mapcount_word = form_type(l, type);
		p.typed = true;
	}
	return p;
}

/*
 * A compound page in each kernel's words: fs/proc/page.c, stable_page_flags(), in 5.10, 6.1, 6.12
 * and 7.2. What stands there of a tail is its own, or its head's, bit by bit.
 */
static void compounds_by_form(void **state)
{
	static const uint64_t lru = F(PF_LRU) | F(PF_UPTODATE) | F(PF_SWAPBACKED);
	static const uint64_t k_lru = K_LRU | K_UPTODATE | K_SWAPBACKED;
	static const struct {
		const char *label;
		enum form form;
		uint64_t head_flags, tail_flags, mapping;
		enum page_type type, tail_type; /* 0: none */
		struct page_compound compound;
		uint64_t small_mapped, head, tail;
	} rows[] = {
		{ "6.1: plain bits are a page's own", FORM_6_1, lru, F(PF_REFERENCED), 0x1001, 0, 0,
		  { .mapcount = 0, .large_mapcount = -1 }, 0,
		  k_lru | K_HEAD | K_THP | K_ANON | K_MMAP,
		  K_REFERENCED | K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "6.12: they are the head's", FORM_6_12, lru, F(PF_REFERENCED), 0x1001, 0, 0,
		  { .mapcount = 0, .large_mapcount = 0, .rmappable = true }, 0,
		  k_lru | K_HEAD | K_THP | K_ANON | K_MMAP, k_lru | K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "7.2: too", FORM_7_2, lru, F(PF_REFERENCED), 0x1001, 0, 0,
		  { .mapcount = 0, .large_mapcount = 0, .rmappable = true }, 0,
		  k_lru | K_HEAD | K_THP | K_ANON | K_MMAP, k_lru | K_TAIL | K_THP | K_ANON | K_MMAP },
		/* On the LRU, but whether it is THP a bit of the second page tells. */
		{ "6.12: not rmappable", FORM_6_12, lru, 0, 0, 0, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, k_lru | K_HEAD, k_lru | K_TAIL },
		{ "6.1: mapped by pages", FORM_6_1, lru, 0, 0x1001, 0, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 3, k_lru | K_HEAD | K_THP | K_ANON | K_MMAP,
		  K_TAIL | K_THP | K_ANON | K_MMAP },
		{ "6.12: only all mappings together count", FORM_6_12, lru, 0, 0x1000, 0, 0,
		  { .mapcount = -1, .large_mapcount = 2, .rmappable = true }, 3,
		  k_lru | K_HEAD | K_THP | K_MMAP, k_lru | K_TAIL | K_THP | K_MMAP },
		{ "6.12: none mapped", FORM_6_12, lru, 0, 0x1000, 0, 0,
		  { .mapcount = 0, .large_mapcount = -1, .rmappable = true }, 0,
		  k_lru | K_HEAD | K_THP, k_lru | K_TAIL | K_THP },
		{ "slab by flag", FORM_6_1, F(PF_SLAB), 0, 1, 0, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, K_SLAB | K_HEAD | K_ANON | K_THP,
		  K_SLAB | K_TAIL | K_ANON | K_THP },
		{ "slab by type", FORM_6_12, F(PF_WORKINGSET), 0, 0, PT_SLAB, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, K_SLAB | K_HEAD, K_SLAB | K_TAIL },
		{ "slab by type, 7.2, seemingly anonymous", FORM_7_2, 0, 0, 1, PT_SLAB, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, K_SLAB | K_HEAD | K_ANON,
		  K_SLAB | K_TAIL | K_ANON },
		{ "hugetlb", FORM_7_2, F(PF_UPTODATE), 0, 0x1001, PT_HUGETLB, 0,
		  { .mapcount = 0, .large_mapcount = 0, .hugetlb = true }, 0,
		  K_UPTODATE | K_HEAD | K_HUGE | K_ANON | K_MMAP,
		  K_UPTODATE | K_TAIL | K_HUGE | K_ANON | K_MMAP },
		{ "bad hugetlb, 6.1", FORM_6_1, F(PF_HWPOISON), 0, 0, 0, 0,
		  { .mapcount = -1, .large_mapcount = -1, .hugetlb = true }, 0,
		  K_HWPOISON | K_HEAD | K_HUGE, K_TAIL | K_HUGE },
		{ "bad hugetlb, 6.12", FORM_6_12, F(PF_HWPOISON), 0, 0, PT_HUGETLB, 0,
		  { .mapcount = -1, .large_mapcount = -1, .hugetlb = true }, 0,
		  K_HWPOISON | K_HEAD | K_HUGE, K_HWPOISON | K_TAIL | K_HUGE },
		{ "a bad page of a folio", FORM_6_12, lru, F(PF_HWPOISON), 0x1000, 0, 0,
		  { .mapcount = -1, .large_mapcount = -1, .rmappable = true }, 0,
		  k_lru | K_HEAD | K_THP, K_HWPOISON | k_lru | K_TAIL | K_THP },
		{ "page tables, 6.12: own type", FORM_6_12, 0, 0, 0, PT_TABLE, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, K_PGTABLE | K_HEAD, K_TAIL },
		{ "page tables, 7.2: the head's", FORM_7_2, 0, 0, 0, PT_TABLE, 0,
		  { .mapcount = -1, .large_mapcount = -1 }, 0, K_PGTABLE | K_HEAD, K_PGTABLE | K_TAIL },
		{ "swap cache of a head, 5.10", FORM_5_10, F(PF_SWAPBACKED) | F(PF_OWNER_PRIV_1), 0, 0x1001,
		  0, 0, { .mapcount = -1, .large_mapcount = -1 }, 0,
		  K_SWAPBACKED | K_SWAPCACHE | K_OWNER_PRIVATE | K_HEAD | K_THP | K_ANON,
		  K_SWAPCACHE | K_TAIL | K_THP | K_ANON },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_layout l;
		struct page_facts head, tail;
		struct oracle_page p = { &head, &head, &rows[i].compound, false, rows[i].small_mapped };

		form_layout(&l, rows[i].form);
		head = facts_of(&l, rows[i].head_flags | F(PF_HEAD), rows[i].mapping, rows[i].type);
		tail = facts_of(&l, rows[i].tail_flags, 0, rows[i].tail_type);
		head.head = true;
		tail.tail = true;
		CHECK_NUMBER(rows[i].label, oracle_flags(&l, &p), rows[i].head);
		p.page = &tail;
		CHECK_NUMBER(rows[i].label, oracle_flags(&l, &p), rows[i].tail);
	}
}

/* Bits that are there or not, and those that two kernels with the same layout tell differently. */
static void comparable_by_form(void **state)
{
	/* Never: ZERO_PAGE, SOFTDIRTY and numbers that mean nothing yet. */
	static const uint64_t never = K(24) | K(40) | 0x1full << 27 | ~(K(43) - 1);
	static const struct {
		const char *label;
		enum form form;
		bool tail;
		uint64_t mapping, without;
	} rows[] = {
		{ "5.10", FORM_5_10, false, 0, K(25) | K(41) },
		{ "5.10, tail", FORM_5_10, true, 0, K(25) | K(41) | K_SWAPCACHE },
		{ "6.1, tail", FORM_6_1, true, 0, K(25) | K(41) },
		/* No ERROR and no UNCACHED any more. KSM is told of all anonymous pages. */
		{ "6.12", FORM_6_12, false, 0x1001, K(1) | K(39) | K_KSM },
		{ "6.12, KSM", FORM_6_12, false, 0x1003, K(1) | K(39) },
		{ "7.2", FORM_7_2, false, 0x1001, K(1) | K(39) },
		{ "7.2, tail", FORM_7_2, true, 0, K(1) | K(39) },
		{ "heads by pointer, 6.17 or not", FORM_LEN, true, 0,
		  K(1) | K(39) | K_KSM | K_OFFLINE | K_PGTABLE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool between = rows[i].form == FORM_LEN;
		const struct page_facts page = { .tail = rows[i].tail, .mapping = rows[i].mapping };
		const struct page_compound compound = { .mapcount = -1 };
		const struct oracle_page p = { .page = &page, .head = rows[i].tail ? &page : NULL,
					       .compound = &compound };
		struct page_layout l;

		form_layout(&l, between ? FORM_7_2 : rows[i].form);
		if (between)
			l.head_form = HEAD_POINTER;
		CHECK_NUMBER(rows[i].label, ~oracle_comparable(&l, &p, 0), never | rows[i].without);
	}
}

static void mapcounts(void **state)
{
	static const struct {
		const char *label;
		enum form form;
		uint32_t word; /* of the page */
		uint64_t flags;
		bool compound;
		int32_t whole, all;
		uint64_t small_mapped, want;
		bool unsettled;
	} rows[] = {
		{ "slab's words are no count", FORM_6_1, 5, F(PF_SLAB), false, 0, 0, 0, 0, false },
		{ "nor those of its tails", FORM_6_1, 5, F(PF_SLAB), true, -1, -1, 0, 0, false },
		{ "slab by type", FORM_7_2, 0xf5000003, 0, false, 0, 0, 0, 0, false },
		{ "mapped twice", FORM_7_2, 1, 0, false, 0, 0, 0, 2, false },
		{ "whole once, this page twice", FORM_7_2, 1, 0, true, 0, 3, 3, 3, false },
		{ "whole, no page apart", FORM_7_2, ~0u, 0, true, 1, 1, 0, 2, false },
		/* CONFIG_NO_PAGE_MAPCOUNT: four mappings, one of them whole, and no page has any. */
		{ "pages without counts", FORM_7_2, ~0u, 0, true, 0, 3, 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct page_compound compound = { .mapcount = rows[i].whole,
							.large_mapcount = rows[i].all,
							.rmappable = true };
		struct page_layout l;
		struct page_facts page, head;
		struct oracle_page p = { &page, rows[i].compound ? &head : NULL, &compound, false,
					 rows[i].small_mapped };
		uint64_t count = 99;

		form_layout(&l, rows[i].form);
		head = facts_of(&l, rows[i].flags, 0x1001, 0);
		page = (struct page_facts){ .flags = rows[i].compound ? 0 : head.flags,
					    .mapcount_word = rows[i].word,
					    .typed = rows[i].word >> 24 == 0xf5 };
		CHECK(rows[i].label, oracle_mapcount(&l, &p, &count) == !rows[i].unsettled);
		CHECK_NUMBER(rows[i].label, count, rows[i].unsettled ? 99 : rows[i].want);
	}
}

static void holes(void **state)
{
	static const struct {
		enum form form;
		uint64_t told;
		bool hole;
	} rows[] = {
		{ FORM_5_10, K_NOPAGE, true },	{ FORM_5_10, 0, false },
		{ FORM_6_12, K_NOPAGE, true },	{ FORM_6_12, 0, false },
		{ FORM_7_2, 0, true },		{ FORM_7_2, K_RESERVED, false },
		{ FORM_7_2_POINTER, 0, true },	{ FORM_6_1, K_BUDDY, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_layout l;

		form_layout(&l, rows[i].form);
		CHECK(form_names[rows[i].form], oracle_is_hole(&l, rows[i].told) == rows[i].hole);
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
		/* From 6.12 on each page of a huge page with one bad page. */
		{ "poisoned hugetlb", K_HWPOISON | K_HUGE | K_TAIL, IS(HWPOISON) | IS(HUGETLB) },
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
		/* Memory that is not accepted yet has no bit. */
		{ "nothing said", 0, IS(PERCPU) | IS(KERNEL) | IS(FILE) | IS(SHMEM) | IS(OFFLINE) },
		{ "locked", K_LOCKED, IS(PERCPU) | IS(KERNEL) | IS(FILE) | IS(SHMEM) | IS(OFFLINE) },
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
		cmocka_unit_test(compounds_by_form),
		cmocka_unit_test(comparable_by_form), cmocka_unit_test(mapcounts),
		cmocka_unit_test(holes),
		cmocka_unit_test(bit_names),	  cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests_name("census/oracle", tests, setup, NULL);
}

/* The proof of a layout: a made-up array that keeps every invariant, and one that breaks each of them. */
/* Pages of our own are in no file: their invariant is tested in guests. */
#include "core.h"

#include "census/proof.h"

/*
 *     0  reserved, ROMs among them; RAM ends at 16384
 *  1024  a free block of order 10
 *  2048  a compound page of order 3 beside anonymous pages
 *  2080  reserved again
 */
#define END 32768u
#define ARRAY_PHYS 0x1000000u
#define LISTED 0xffff888001234560ull

static struct core c;
static struct proof proof;

static void make_machine(void)
{
	const struct core_page reserved = { .flags = CORE_PG(CORE_RESERVED), .mapcount = -1, .refcount = 1 };
	const struct core_page block = {
		.flags = CORE_PLACE(0, 0), .head_word = LISTED, .mapcount = CORE_BUDDY, .private = 10
	};
	const struct core_page inside = { .mapcount = -1 };
	const struct core_page head = { .flags = CORE_PG(CORE_HEAD), .mapcount = -1, .refcount = 1 };
	const struct core_page anon = { .flags = CORE_PG(CORE_LRU) | CORE_PG(CORE_SWAPBACKED) |
						 CORE_PG(CORE_UNEVICTABLE),
					.mapping = LISTED | 1,
					.refcount = 1 };
	struct core_page tail = { .mapcount = -1, .dtor = 1, .order = 3 };

	core_init(&c, 4);
	for (uint64_t at = 0; at < END * 64; at += 0x200000)
		core_map(&c, c.vmemmap + at, ARRAY_PHYS + at, 2, CORE_RW);
	core_section(&c, 0, c.vmemmap | 0xf);
	core_pages(&c, 0, END, &reserved);
	core_pages(&c, 1024, 1024, &inside);
	core_page(&c, 1024, &block);
	core_put64(&c, ARRAY_PHYS + 1024 * 64 + 16, LISTED);
	core_pages(&c, 2048, 32, &anon);
	core_page(&c, 2048, &head);
	tail.head_word = core_tail_word(&c, 2048);
	core_page(&c, 2049, &tail);
	tail.dtor = tail.order = 0;
	core_pages(&c, 2050, 6, &tail);
}

static void prove(void)
{
	core_open_kernel(&c);
	proof_make(&c.kernel, NULL, true, &proof);
	core_deinit(&c);
}

static void all_hold(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	make_machine();
	prove();
	for (unsigned int i = 0; i < INVARIANT_LEN; i++) {
		CHECK_NUMBER(invariant_name(i), proof.findings[i].contradict, 0);
		if (invariant_needed(i) && i != INVARIANT_OWN)
			CHECK(invariant_name(i), proof.findings[i].agree);
	}
	assert_int_equal(proof.confidence, CONFIDENCE_CONSISTENT); /* no page is our own */
	assert_int_equal(proof.pages, END);
	assert_true(proof_holds(&proof, &e));
}

/* A struct page that is as no kernel has it; which invariant says so. */
static void each_is_broken(void **state)
{
	static const struct {
		const char *label;
		enum invariant which;
		uint64_t pfn, offset, value; /* the word there */
	} rows[] = {
		{ "a ROM that is not reserved", INVARIANT_LOW, 0xc8, 0, 0 },
		{ "a ROM held twice", INVARIANT_LOW, 0xc8, 48, 0x2ffffffff },
		{ "zone Normal below 4 GiB", INVARIANT_ZONE, 2060, 0, CORE_PLACE(0, 2) | CORE_PG(CORE_LRU) },
		{ "zone DMA above 16 MiB", INVARIANT_ZONE, 4096, 0, CORE_PLACE(0, 0) | CORE_PG(CORE_LRU) },
		{ "a block of order 11", INVARIANT_BUDDY, 1024, 40, 11 },
		{ "a block on no list", INVARIANT_BUDDY, 1024, 16, 0 },
		{ "a block that is held", INVARIANT_BUDDY, 1024, 48, 0x1ffffff7f },
		{ "a tail of nothing", INVARIANT_TAIL, 2051, 8, 0x1001 },
		{ "a tail before its head", INVARIANT_TAIL, 2051, 8, 0xffffea0000000000 + 2052 * 64 + 1 },
		{ "order and destructor moved", INVARIANT_HEAD, 2049, 16, 0x0105 },
		{ "no destructor", INVARIANT_HEAD, 2049, 16, 0x0300 },
		{ "a small page of hugetlb", INVARIANT_HEAD, 2049, 16, 0x0302 },
		{ "a head without tail", INVARIANT_HEAD, 2049, 8, 0 },
		{ "mapped more often than held", INVARIANT_COUNT, 2070, 48, 0x100000005 },
		{ "mapped less than never", INVARIANT_COUNT, 2070, 48, 0x1fffffffe },
		{ "a mapping of user space", INVARIANT_LIST, 2070, 24, 0x7f0012345001 },
		{ "free, and of another type", INVARIANT_TYPE, 1024, 48, 0x00000000ffff7fff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct tally *f = &proof.findings[rows[i].which];
		struct err e = ERR_INIT;

		make_machine();
		core_put64(&c, ARRAY_PHYS + rows[i].pfn * 64 + rows[i].offset, rows[i].value);
		prove();
		CHECK(rows[i].label, f->contradict);
		CHECK(rows[i].label, f->words[0]);
		CHECK_NUMBER(rows[i].label, proof.confidence, CONFIDENCE_UNKNOWN);
		CHECK(rows[i].label, !proof_holds(&proof, &e) && e.kind == ERR_CONTRADICTED && *e.cause);
	}
}

/* Full of ones, as CONFIG_DEBUG_VM leaves what is not made yet; and of zeros: nothing to see in either. */
static void never_made(void **state)
{
	static uint8_t ones[64], zeros[64];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	make_machine();
	core_put(&c, ARRAY_PHYS + 3000 * 64, ones, 64);
	core_put(&c, ARRAY_PHYS + 0xc8 * 64, zeros, 64);
	prove();
	assert_int_equal(proof.confidence, CONFIDENCE_CONSISTENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_hold),
		cmocka_unit_test(each_is_broken),
		cmocka_unit_test(never_made),
	};

	return cmocka_run_group_tests_name("census/proof", tests, NULL, NULL);
}

/* The census over a made-up array that has every kind of page, however the array is cut. */
/* The kinds expected stand beside the struct pages made, and are not asked of src/. */
#include "core.h"
#include "faults.h"

#include "census/census.h"
#include "census/oracle.h"

#include <unistd.h>

/*
 *        0  section 0: kinds one by one; RAM ends at 16384
 *    32768  section 1: small blocks and compound pages in a pattern
 *    65536  section 2: not there
 *    98304  section 3: its second half is not mapped
 *   131072  end
 */
#define END 131072u
#define RAM_PAGES (CORE_RAM_END / PAGE_SIZE)
#define SECTION3 98304u
#define MAPPED_END 114688u
#define ARRAY_PHYS 0x1000000u
#define ARRAY3_PHYS 0x3e00000u /* the last of the file */

/* 64 nodes and 5 zones: 6 and 3 bits from the top. Zone 5 is none. */
#define PLACE(nid, zone) ((uint64_t)(nid) << 58 | (uint64_t)(zone) << 55)
#define LRU CORE_PG(CORE_LRU)
#define SWAP CORE_PG(CORE_SWAPBACKED)
#define SLAB CORE_PG(CORE_SLAB)
#define RESERVED CORE_PG(CORE_RESERVED)
#define HWPOISON CORE_PG(CORE_HWPOISON)
#define MAPPING 0xffff888001234560ull

static struct core c;
static struct census census;

/* What each page is, by hand. */
static struct {
	uint8_t kind, order;
	bool stray; /* a state no kernel leaves a page in */
	uint64_t flags;
} want[END];

static void put(uint64_t first, uint64_t count, enum kind kind, const struct core_page *page)
{
	core_pages(&c, first, count, page);
	for (uint64_t pfn = first; pfn < first + count; pfn++) {
		want[pfn].kind = (uint8_t)kind;
		want[pfn].flags = page->flags;
	}
}

/* A free block; what lies inside is left as its last owner had it. */
static void block(uint64_t first, unsigned int order, uint64_t place)
{
	const struct core_page head = { .flags = place, .mapcount = CORE_BUDDY, .private = order };
	const struct core_page inside = { .flags = place | LRU, .mapcount = -1, .refcount = 1 };

	put(first, 1, KIND_FREE, &head);
	put(first + 1, (1u << order) - 1, KIND_FREE, &inside);
	for (uint64_t pfn = first; pfn < first + (1u << order); pfn++)
		want[pfn].order = (uint8_t)order;
}

static void compound(uint64_t first, unsigned int order, enum kind kind, uint8_t dtor,
		     struct core_page head)
{
	struct core_page tail = { .flags = head.flags & ~(LRU | SWAP | SLAB | HWPOISON),
				  .head_word = core_tail_word(&c, first),
				  .mapping = 0x400,
				  .mapcount = -1,
				  .dtor = dtor,
				  .order = (uint8_t)order };

	head.flags |= CORE_PG(CORE_HEAD);
	put(first, 1, kind, &head);
	put(first + 1, 1, kind, &tail);
	tail.dtor = 0;
	tail.order = 0;
	put(first + 2, (1u << order) - 2, kind, &tail);
}

static void single_pages(void)
{
	const struct {
		enum kind kind;
		struct core_page page;
	} rows[] = {
		{ KIND_PERCPU, { .mapcount = -1 } },
		{ KIND_PERCPU, { .flags = CORE_PG(CORE_UPTODATE), .private = 7, .mapcount = -1 } },
		{ KIND_KERNEL, { .mapcount = -1, .refcount = 1 } },
		{ KIND_ANON, { .flags = LRU | SWAP, .mapping = MAPPING | 1, .refcount = 1 } },
		{ KIND_ANON, { .flags = LRU | SWAP, .mapping = MAPPING | 3, .refcount = 1 } },
		{ KIND_FILE, { .flags = LRU, .mapping = MAPPING, .mapcount = -1, .refcount = 2 } },
		{ KIND_FILE, { .mapping = MAPPING, .mapcount = -1, .refcount = 2 } },
		{ KIND_FILE, { .flags = LRU, .mapcount = -1, .refcount = 1 } }, /* truncated */
		{ KIND_SHMEM, { .flags = LRU | SWAP, .mapping = MAPPING, .refcount = 2 } },
		{ KIND_SHMEM, { .flags = LRU | SWAP, .mapcount = -1, .refcount = 1 } },
		{ KIND_KERNEL, { .mapping = MAPPING | 2, .mapcount = -1, .refcount = 1 } },
		{ KIND_SLAB, { .flags = SLAB, .mapping = 0x99, .mapcount = 0x123, .refcount = 1 } },
		{ KIND_TABLE, { .mapcount = CORE_TABLE, .refcount = 1 } },
		{ KIND_OFFLINE, { .mapcount = CORE_OFFLINE, .refcount = 1 } },
		{ KIND_KERNEL, { .mapcount = CORE_GUARD, .refcount = 1 } },
		{ KIND_HWPOISON, { .flags = HWPOISON, .mapcount = -1, .refcount = 1 } },
		{ KIND_HWPOISON, { .flags = HWPOISON | LRU, .mapping = MAPPING | 1 } },
		{ KIND_HWPOISON, { .flags = HWPOISON | RESERVED, .mapcount = -1 } },
		{ KIND_RESERVED, { .flags = RESERVED, .mapcount = -1, .refcount = 1 } },
		/* Mapped so often that the count looks odd, and the lowest count that is none. */
		{ KIND_FILE, { .flags = LRU, .mapping = MAPPING, .mapcount = 0x7fffffff } },
		{ KIND_KERNEL, { .mapcount = -128, .refcount = 1 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		put(2100 + i, 1, rows[i].kind, &rows[i].page);
}

/* A head that is no struct page's address, in the hole, not mapped; blocks that cannot be. */
static void stray_pages(void)
{
	const struct {
		uint64_t pfn;
		enum kind kind;
		struct core_page page;
	} rows[] = {
		{ 2200, KIND_COMPOUND, { .head_word = 0x1001, .mapcount = -1 } },
		{ 2201, KIND_COMPOUND, { .head_word = core_tail_word(&c, 4) + 8, .mapcount = -1 } },
		{ 2202, KIND_COMPOUND, { .head_word = core_tail_word(&c, 70000), .mapcount = -1 } },
		{ 2203, KIND_COMPOUND, { .head_word = UINT64_MAX, .mapcount = -1 } },
		{ 2204,
		  KIND_UNREADABLE,
		  { .head_word = core_tail_word(&c, 120000), .mapcount = -1 } },
		/* Order 11 of 0 to 10; order 3 at a page that is no multiple of 8. */
		{ 2208, KIND_KERNEL, { .mapcount = CORE_BUDDY, .private = 11 } },
		{ 2210, KIND_KERNEL, { .mapcount = CORE_BUDDY, .private = 3 } },
		{ 2212, KIND_KERNEL, { .mapcount = CORE_BUDDY, .private = UINT64_MAX } },
		/* Its second struct page is not mapped. */
		{ MAPPED_END - 1,
		  KIND_UNREADABLE,
		  { .flags = CORE_PG(CORE_HEAD), .mapcount = -1, .refcount = 1 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put(rows[i].pfn, 1, rows[i].kind, &rows[i].page);
		want[rows[i].pfn].stray = true;
	}
}

static void section0(void)
{
	const struct core_page reserved = { .flags = RESERVED, .mapcount = -1, .refcount = 1 };
	const struct core_page anon = { .flags = PLACE(0, 1) | LRU | SWAP,
					.mapping = MAPPING | 1,
					.refcount = 1 };
	const struct core_page user = {
		.flags = LRU | SWAP, .mapping = MAPPING | 1, .mapcount = -1, .refcount = 512
	};
	const struct core_page none = { .mapcount = -1, .refcount = 1 };

	put(0, 16384, KIND_RESERVED, &reserved);
	put(16384, 16384, KIND_NOTRAM, &reserved);
	block(1024, 10, 0);
	block(2048, 3, 0);
	block(2056, 3, 0);
	block(2064, 0, 0);
	single_pages();
	compound(2304, 3, KIND_SLAB, 1, (struct core_page){ .flags = SLAB, .refcount = 1 });
	compound(2320, 2, KIND_COMPOUND, 1, none);
	compound(2560, 9, KIND_ANONHUGE, 3, user);
	compound(3072, 9, KIND_ANONHUGE, 3, user);
	put(3100, 1, KIND_HWPOISON,
	    &(struct core_page){
		.flags = HWPOISON, .head_word = core_tail_word(&c, 3072), .mapcount = -1 });
	compound(3584, 9, KIND_HUGETLB, 2, user);
	compound(4096, 9, KIND_HUGETLB, 2, (struct core_page){ .mapcount = -1 });
	compound(4608, 9, KIND_FILE, 3,
		 (struct core_page){
		     .flags = LRU, .mapping = MAPPING, .mapcount = -1, .refcount = 513 });
	compound(5120, 9, KIND_SHMEM, 3,
		 (struct core_page){
		     .flags = LRU | SWAP, .mapping = MAPPING, .mapcount = -1, .refcount = 513 });
	compound(5632, 3, KIND_COMPOUND, 1,
		 (struct core_page){ .flags = HWPOISON, .mapcount = -1, .refcount = 1 });
	want[5632].kind = KIND_HWPOISON;
	compound(5640, 2, KIND_OFFLINE, 1,
		 (struct core_page){ .mapcount = CORE_OFFLINE, .refcount = 1 });
	for (uint64_t pfn = 5641; pfn < 5644; pfn++)
		want[pfn].stray = true; /* who takes pages offline takes single ones */
	compound(5644, 2, KIND_COMPOUND, 1,
		 (struct core_page){ .mapping = MAPPING | 2, .mapcount = -1, .refcount = 1 });
	block(6144, 10, PLACE(0, 1));
	block(7168, 10, PLACE(0, 1));
	put(8192, 4096, KIND_ANON, &anon);
}

/* 64 pages each: a block of 32, a compound slab of 16, and 16 singles of many kinds. */
static void section1(void)
{
	for (uint64_t first = CORE_SECTION_PAGES; first < 2 * CORE_SECTION_PAGES; first += 64) {
		uint64_t place = PLACE(first < 49152 ? 0 : 1, 2);

		block(first, 5, place);
		compound(first + 32, 4, KIND_SLAB, 1,
			 (struct core_page){ .flags = place | SLAB, .refcount = 1 });
		for (unsigned int i = 48; i < 64; i++) {
			const struct core_page anon = { .flags = place | LRU | SWAP,
							.mapping = MAPPING | 1,
							.refcount = 1 };
			const struct core_page table = { .flags = place,
							 .mapcount = CORE_TABLE,
							 .refcount = 1 };

			put(first + i, 1, i % 3 ? KIND_ANON : KIND_TABLE, i % 3 ? &anon : &table);
		}
	}
}

static void section3(void)
{
	const struct core_page no_zone = { .flags = PLACE(0, 5) | RESERVED,
					   .mapcount = -1,
					   .refcount = 1 };
	const struct core_page kernel = { .flags = PLACE(63, 4), .mapcount = -1, .refcount = 1 };

	put(SECTION3, 96, KIND_NOTRAM, &no_zone);
	put(SECTION3 + 96, MAPPED_END - SECTION3 - 96, KIND_KERNEL, &kernel);
}

struct shape {
	const char *label;
	size_t page_size;
	bool small;    /* 4 KiB leaves, no two of them side by side in memory */
	uint64_t skew; /* of the bytes in the file */
	unsigned int levels;
};

static const struct shape shapes[] = {
	{ "64 bytes", 64, false, 0, 4 },
	{ "64 bytes, five levels", 64, false, 0, 5 },
	{ "64 bytes, small pages", 64, true, 0, 4 },
	{ "64 bytes, 4 modulo 8 in the file", 64, true, 4, 4 },
	{ "56 bytes", 56, false, 0, 4 },
	{ "56 bytes, small pages", 56, true, 4, 4 },
};

static void map_array(const struct shape *s)
{
	uint64_t end = 2 * CORE_SECTION_PAGES * s->page_size;
	uint64_t start3 = SECTION3 * s->page_size, end3 = MAPPED_END * s->page_size;

	if (s->small)
		for (uint64_t i = 0; i < end / PAGE_SIZE; i++)
			core_map(&c, c.vmemmap + i * PAGE_SIZE, ARRAY_PHYS + (i ^ 1) * PAGE_SIZE, 1,
				 0);
	else
		for (uint64_t at = 0; at < end; at += 2u << 20)
			core_map(&c, c.vmemmap + at, ARRAY_PHYS + at, 2, 0);
	for (uint64_t at = start3; at < end3; at += PAGE_SIZE)
		core_map(&c, c.vmemmap + at, ARRAY3_PHYS + (at - start3), 1, 0);
}

static void make_machine(const struct shape *s)
{
	const struct range ram = { 0, CORE_RAM_END };

	memset(want, 0, sizeof(want));
	core_init_ram(&c, s->levels, &ram, 1, s->skew);
	c.page_size = s->page_size;
	core_info(&c, "SIZE(page)", s->page_size == 64 ? "64" : "56");
	/* 5 zones of 1408 bytes, and 2 lists of 5 * 64 + 1 references of 16 bytes. */
	core_info(&c, "OFFSET(pglist_data.nr_zones)", "17312");
	map_array(s);
	for (uint64_t n = 0; n < 4; n++)
		if (n != 2)
			core_section(&c, n, c.vmemmap | 0xf);
	section0();
	section1();
	section3();
	stray_pages();
	for (uint64_t pfn = 65536; pfn < END; pfn++)
		if (pfn < SECTION3 || pfn >= MAPPED_END)
			want[pfn].kind = KIND_HOLE;
	core_open_kernel(&c);
}

/* A route that shows no more than half a page, so that the census has to read in pieces. */
static bool short_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		       struct err *e)
{
	if (len > PAGE_SIZE / 2)
		return err_set(e, ERR_REFUSED, "too long");
	return mem_route_file.show(m, phys, len, ret_bytes, e);
}

static void short_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	mem_route_file.hide(m, bytes, phys, len);
}

static const struct mem_route short_route = { "short", "", GUARD_MAP, short_show, short_hide };

struct seen {
	const char *label;
	uint64_t next;
};

static void see(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct seen *s = arg;

	CHECK_NUMBER(s->label, pfn, s->next);
	CHECK(s->label, pages);
	for (uint64_t p = pfn; p < pfn + pages; p++)
		if (want[p].kind != kind)
			fail_msg("%s: pfn %u is %s, not %s", s->label, (unsigned int)p,
				 kind_name(kind), kind_name(want[p].kind));
	s->next = pfn + pages;
}

/* Of the whole census and of each zone: pages of every kind, free pages of every order. */
static void check_sums(const char *label, uint64_t start, uint64_t end)
{
	uint64_t kinds[KIND_LEN] = { 0 }, orders[ORDERS_MAX] = { 0 }, total = 0;

	for (uint64_t pfn = start; pfn < end; pfn++) {
		kinds[want[pfn].kind]++;
		if (want[pfn].kind == KIND_FREE)
			orders[want[pfn].order]++;
	}
	for (unsigned int k = 0; k < KIND_LEN; k++) {
		uint64_t in_zones = 0;

		CHECK_NUMBER(kind_name(k), census.kinds[k], kinds[k]);
		for (size_t z = 0; z < census.zones_len; z++)
			in_zones += census.zones[z].kinds[k];
		CHECK_NUMBER(kind_name(k), in_zones, kinds[k]);
		total += census.kinds[k];
	}
	CHECK_NUMBER(label, total, end - start);
	for (unsigned int o = 0; o < ORDERS_MAX; o++)
		CHECK_NUMBER(label, census.free[o], orders[o]);
}

static void check_zones(const char *label, uint64_t start, uint64_t end)
{
	uint64_t zones = 0;

	for (unsigned int place = 0; place < 512; place++) {
		uint64_t pages = 0, got = 0, none = 0, got_none = 0;

		for (uint64_t pfn = start; pfn < end; pfn++) {
			bool bare = want[pfn].kind == KIND_HOLE ||
				    want[pfn].kind == KIND_UNREADABLE || want[pfn].flags >> 55 == 5;

			none += bare;
			pages += !bare && want[pfn].flags >> 55 == place;
		}
		for (size_t z = 0; z < census.zones_len; z++) {
			const struct census_zone *zone = &census.zones[z];

			for (unsigned int k = 0; k < KIND_LEN; k++) {
				got_none += zone->has_zone ? 0 : zone->kinds[k];
				if (zone->has_zone && zone->nid == place / 8 &&
				    zone->zone == place % 8)
					got += zone->kinds[k];
			}
		}
		CHECK_NUMBER(label, got, pages);
		CHECK_NUMBER(label, got_none, none);
		zones += pages != 0;
		zones += place == 0 && none;
		if (place == 32)
			place = 503; /* nodes 0 to 4, then 63: nobody is between */
	}
	CHECK_NUMBER(label, census.zones_len, zones);
}

/* How many reserved pages there are, of RAM or not, and where: all their pfns added up. */
struct reserved {
	uint64_t pages, pfns;
};

static void see_reserved(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct reserved *r = arg;

	if (kind != KIND_RESERVED && kind != KIND_NOTRAM)
		return;
	r->pages += pages;
	r->pfns += pages * (2 * pfn + pages - 1) / 2;
}

/* Who wants to know of some kinds only is told of all of those. */
static void watch_reserved(const char *label, uint64_t start, uint64_t end)
{
	struct reserved all = { 0 }, some = { 0 };
	struct err e = ERR_INIT;

	CHECK(label, census_scan(&c.kernel, (struct range){ start, end },
				 &(struct census_watch){ see_reserved, &all, CENSUS_EVERY }, &census, &e));
	CHECK(label, census_scan(&c.kernel, (struct range){ start, end },
				 &(struct census_watch){ see_reserved, &some, 1u << KIND_RESERVED }, &census, &e));
	CHECK_NUMBER(label, some.pages, all.pages);
	CHECK_NUMBER(label, some.pfns, all.pfns);
	CHECK_NUMBER(label, some.pages, census.kinds[KIND_RESERVED] + census.kinds[KIND_NOTRAM]);
}

static void scan(const char *label, uint64_t start, uint64_t end)
{
	struct seen seen = { label, start };
	struct err e = ERR_INIT;

	/* With nobody to hand runs to, sums are all that is made. */
	CHECK(label, census_scan(&c.kernel, (struct range){ start, end }, NULL, &census, &e));
	check_sums(label, start, end);
	check_zones(label, start, end);
	CHECK(label, census_scan(&c.kernel, (struct range){ start, end }, &(struct census_watch){ see, &seen, CENSUS_EVERY }, &census, &e));
	CHECK_NUMBER(label, seen.next, end);
	watch_reserved(label, start, end);
	CHECK_NUMBER(label, census.pfn.start, start);
	CHECK_NUMBER(label, census.pfn.end, end);
	check_sums(label, start, end);
	check_zones(label, start, end);
}

static void everything(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct range all;

		make_machine(&shapes[i]);
		all = census_all(&c.kernel);
		CHECK_NUMBER(shapes[i].label, all.start, 0);
		CHECK_NUMBER(shapes[i].label, all.end, END);
		scan(shapes[i].label, all.start, all.end);
		CHECK_NUMBER(shapes[i].label, census.first.kind, ERR_NO_PAGE);
		/* And in pieces of a few struct pages. */
		c.mem.routes[0] = &short_route;
		scan(shapes[i].label, all.start, all.end);
		core_deinit(&c);
	}
}

/* Wherever a range begins and ends: in blocks, in compound pages, in holes. */
static void ranges(void **state)
{
	static const struct range rows[] = {
		{ 0, 1 },	    { 1024, 1025 },	{ 1025, 1026 },	    { 2047, 2049 },
		{ 2050, 2060 },	    { 2321, 2322 },	{ 2323, 2324 },	    { 2561, 2563 },
		{ 3000, 3200 },	    { 3583, 3585 },	{ 4095, 4097 },	    { 6000, 8300 },
		{ 7167, 7169 },	    { 16383, 16385 },	{ 32760, 32800 },   { 40000, 40001 },
		{ 65535, 65537 },   { 65536, 98304 },	{ 80000, 80001 },   { 98303, 98305 },
		{ 114687, 114689 }, { 120000, 120001 }, { 131071, 131072 }, { 98400, 131072 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		make_machine(&shapes[i]);
		for (size_t r = 0; r < ARRAY_LEN(rows); r++)
			scan(shapes[i].label, rows[r].start, rows[r].end);
		for (uint64_t pfn = 2000; pfn < 6000; pfn += 7)
			scan(shapes[i].label, pfn, pfn + 1 + pfn % 97);
		core_deinit(&c);
	}
}

static void behind_the_end(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	make_machine(&shapes[0]);
	assert_true(
	    census_scan(&c.kernel, (struct range){ END, END + 1000 }, NULL, &census, &e));
	CHECK_NUMBER("holes", census.kinds[KIND_HOLE], 1000);
	assert_true(census_scan(&c.kernel, (struct range){ 1ull << 51, (1ull << 52) + 1 }, NULL, &census, &e));
	CHECK_NUMBER("holes", census.kinds[KIND_HOLE], (1ull << 51) + 1);
	assert_false(census_scan(&c.kernel, (struct range){ 5, 5 }, NULL, &census, &e));
	CHECK_NUMBER("empty", e.kind, ERR_RANGE);
	assert_false(census_scan(&c.kernel, (struct range){ 6, 5 }, NULL, &census, &e));
	CHECK_NUMBER("turned", e.kind, ERR_RANGE);
	core_deinit(&c);
}

static void one_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i += 3) {
		make_machine(&shapes[i]);
		for (uint64_t pfn = 0; pfn < END; pfn += pfn < 6000 && pfn > 2000 ? 1 : 509) {
			struct err e = ERR_INIT;
			enum kind kind = KIND_LEN;
			bool there = want[pfn].kind != KIND_UNREADABLE;

			CHECK("kind", census_kind(&c.kernel, pfn, &kind, &e) == there);
			CHECK_NUMBER("page", there ? kind : want[pfn].kind, want[pfn].kind);
			/* A failure says what it was. */
			CHECK_NUMBER("error", e.kind, there ? ERR_NONE : ERR_NO_PAGE);
		}
		core_deinit(&c);
	}
}

/* The file ends where the last struct pages were: each piece of them fails, nothing else. */
static void faults(void **state)
{
	static const struct shape shape = { "cut", 64, false, 0, 4 };
	/* Section 3 has 64 struct pages a page; the first 10 pages of it stay. */
	const uint64_t left = SECTION3 + 640;

	(void)state;
	faults_to_touch();
	make_machine(&shape);
	assert_return_code(ftruncate(c.fd, (off_t)(c.ram[0].offset + ARRAY3_PHYS + 10 * PAGE_SIZE)),
			   0);
	for (uint64_t pfn = left; pfn < MAPPED_END; pfn++)
		want[pfn].kind = KIND_UNREADABLE;
	scan(shape.label, 0, END);
	/* The first that failed was the tail of a head that is not mapped. */
	CHECK_NUMBER("why", census.first.kind, ERR_NO_PAGE);
	scan(shape.label, 98304, END);
	CHECK_NUMBER("why", census.first.kind, ERR_FAULT);
	core_deinit(&c);
}

static void many_zones(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	make_machine(&shapes[0]);
	for (uint64_t nid = 0; nid < 60; nid++) {
		const struct core_page page = { .flags = PLACE(nid, 3),
						.mapcount = -1,
						.refcount = 1 };

		core_page(&c, 9000 + nid, &page);
	}
	/* Those of the machine are 0/0, 0/1, 0/2, 1/2, 63/4 and none. */
	assert_false(census_scan(&c.kernel, (struct range){ 0, END }, NULL, &census, &e));
	CHECK_NUMBER("66 zones", e.kind, ERR_UNSUPPORTED);
	assert_true(census_scan(&c.kernel, (struct range){ 9000, 9060 }, NULL, &census, &e));
	CHECK_NUMBER("60 zones", census.zones_len, 60);
	core_deinit(&c);
}

/* Some page of the compound at head is mapped on its own: as kpageflags' MMAP needs it. */
static bool some_mapped(const uint8_t *head, uint8_t order)
{
	for (size_t i = 0; i < 1u << order; i++) {
		int32_t mapcount;

		memcpy(&mapcount, head + i * 64 + 48, 4);
		if (mapcount >= 0)
			return true;
	}
	return false;
}

/* The kinds are among those that the kernel's own flags of the same page would allow. */
static void agrees_with_kpageflags(void **state)
{
	static uint8_t bytes[1024 * 64];
	const struct page_layout *l = &c.kernel.layout;

	(void)state;
	make_machine(&shapes[0]);
	for (uint64_t pfn = 0; pfn < MAPPED_END; pfn++) {
		struct page_facts page, head;
		struct page_compound compound;
		struct oracle_page p = { .page = &page };
		struct err e = ERR_INIT;
		struct view v = { bytes, 64, 0 }, second = { bytes + 64, 64, 0 };
		uint64_t at = pfn;

		if (want[pfn].kind == KIND_HOLE || want[pfn].kind == KIND_UNREADABLE ||
		    want[pfn].stray)
			continue;
		assert_true(pagearray_read(&c.kernel.pages, pfn, 1, bytes, &e));
		page_decode(l, 0, &v, &page);
		p.free = want[pfn].kind == KIND_FREE;
		if (!p.free && (page.head || page.tail)) {
			if (page.tail)
				assert_true(pagearray_pfn(&c.kernel.pages, page.head_virt, &at));
			assert_true(pagearray_read(&c.kernel.pages, at, 2, bytes, &e));
			page_decode(l, 0, &v, &head);
			page_decode_compound(l, &head, &second, &compound);
			assert_true(
			    pagearray_read(&c.kernel.pages, at, 1u << compound.order, bytes, &e));
			p.head = &head;
			p.compound = &compound;
			p.small_mapped = some_mapped(bytes, compound.order);
		}
		if (!(oracle_kinds(oracle_flags(l, &p)) >> want[pfn].kind & 1))
			fail_msg("pfn %u: %s, with flags 0x%llx", (unsigned int)pfn,
				 kind_name(want[pfn].kind),
				 (unsigned long long)oracle_flags(l, &p));
	}
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),
		cmocka_unit_test(ranges),
		cmocka_unit_test(behind_the_end),
		cmocka_unit_test(one_page),
		cmocka_unit_test(faults),
		cmocka_unit_test(many_zones),
		cmocka_unit_test(agrees_with_kpageflags),
	};

	faults_to_touch();
	return cmocka_run_group_tests_name("census/census", tests, NULL, NULL);
}

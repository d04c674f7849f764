/* Free lists of a machine made by hand: right, and broken in each way that is told apart. */
/* Those of real kernels are walked on booted boards and in their cores. */
#include "core.h"

#include "census/freelists.h"

/* struct pages of section 0 at CORE_FREE; the node's pointer and the node behind them. */
#define POINTERS 0x700000ull
#define NODE 0x701000ull
#define PAGES (CORE_RAM_END / PAGE_SIZE)

/* A struct zone of 1408 bytes. */
enum {
	AREAS = 192,
	AREA = 88, /* five list heads and nr_free */
	START = 1184,
	MANAGED = 1192,
	SPANNED = 1200,
	PRESENT = 1208,
	VM_STAT = 1280,
	ZONE = 1408,
	TYPES = 5,
	NODE_ID = 14000,
};

/* Zones DMA and DMA32: pfns 1 to 4095, and 4096 to the end. */
#define DMA 0
#define DMA32 1

static struct core c;
static struct freelists f;
static uint64_t counts[2][11];

static uint64_t zone_at(unsigned int zone)
{
	return NODE + zone * (uint64_t)ZONE;
}

static uint64_t head_at(unsigned int zone, unsigned int order, unsigned int type)
{
	return c.direct + zone_at(zone) + AREAS + order * AREA + type * 16u;
}

static uint64_t lru_of(uint64_t pfn)
{
	return c.vmemmap + pfn * c.page_size + 8;
}

static void put64_virt(uint64_t virt, uint64_t value)
{
	core_put_virt(&c, virt, &value, 8);
}

static void link(uint64_t first, uint64_t second)
{
	put64_virt(first, second);
	put64_virt(second + 8, first);
}

static void set_block(uint64_t pfn, unsigned int order, unsigned int zone)
{
	const struct core_page page = { .flags = CORE_PLACE(0, zone), .private = order,
					.mapcount = CORE_BUDDY };
	const struct core_page inside = { .flags = CORE_PLACE(0, zone), .mapcount = -1 };

	core_pages(&c, pfn, 1u << order, &inside);
	core_page(&c, pfn, &page);
}

/* Free blocks on one list, in that order; pfns ends with 0. */
static void set_list(unsigned int zone, unsigned int order, unsigned int type, const uint64_t *pfns)
{
	uint64_t at = head_at(zone, order, type);

	for (; *pfns; pfns++) {
		set_block(*pfns, order, zone);
		link(at, lru_of(*pfns));
		at = lru_of(*pfns);
		counts[zone][order]++;
	}
	link(at, head_at(zone, order, type));
	core_put64(&c, zone_at(zone) + AREAS + order * AREA + TYPES * 16, counts[zone][order]);
}

static void set_zone(unsigned int zone, uint64_t start, uint64_t end, uint64_t managed)
{
	core_put64(&c, zone_at(zone) + START, start);
	core_put64(&c, zone_at(zone) + MANAGED, managed);
	core_put64(&c, zone_at(zone) + SPANNED, end - start);
	core_put64(&c, zone_at(zone) + PRESENT, end - start);
	for (unsigned int order = 0; order < 11; order++)
		for (unsigned int type = 0; type < TYPES; type++)
			link(head_at(zone, order, type), head_at(zone, order, type));
}

static void set_keys(void)
{
	static const struct {
		const char *key, *value;
	} keys[] = {
		{ "SYMBOL(node_data)", "ffffffff80700000" },
		{ "OFFSET(pglist_data.node_id)", "14000" },
		{ "OFFSET(zone.free_area)", "192" },
		{ "OFFSET(zone.spanned_pages)", "1200" },
		{ "OFFSET(zone.vm_stat)", "1280" },
		{ "NUMBER(NR_FREE_PAGES)", "0" },
		{ "SIZE(free_area)", "88" },
		{ "OFFSET(free_area.free_list)", "0" },
		{ "LENGTH(free_area.free_list)", "5" },
		{ "SIZE(list_head)", "16" },
		{ "OFFSET(list_head.next)", "0" },
		{ "OFFSET(list_head.prev)", "8" },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		core_info(&c, keys[i].key, keys[i].value);
}

/*
 *	pfn  1     reserved, as are all that no list has
 *	     2048  order 10, DMA, type 1
 *	     5000, 5002, 5008 order 1, and 6144, 7168 order 10, DMA32, type 1
 *	     5010, 5011 order 0, DMA32, type 0
 */
static void init(void)
{
	const struct core_page kept[] = {
		{ .flags = CORE_PG(CORE_RESERVED), .mapcount = -1, .refcount = 1 },
		{ .flags = CORE_PG(CORE_RESERVED) | CORE_PLACE(0, DMA32), .mapcount = -1, .refcount = 1 },
	};

	memset(counts, 0, sizeof(counts));
	core_init(&c, 4);
	core_section(&c, 0, c.vmemmap | 0xf);
	core_map(&c, c.vmemmap, CORE_FREE, 2, CORE_RW);
	core_map(&c, CORE_IMAGE + 0x600000, 0x600000, 2, CORE_RW);
	core_put64(&c, POINTERS, c.direct + NODE);
	set_keys();
	core_pages(&c, 0, 4096, &kept[0]);
	core_pages(&c, 4096, CORE_SECTION_PAGES - 4096, &kept[1]);
	set_zone(DMA, 1, 4096, 1024);
	set_zone(DMA32, 4096, PAGES, 2056);
	set_list(DMA, 10, 1, (const uint64_t[]){ 2048, 0 });
	set_list(DMA32, 1, 1, (const uint64_t[]){ 5000, 5008, 5002, 0 });
	set_list(DMA32, 10, 1, (const uint64_t[]){ 7168, 6144, 0 });
	set_list(DMA32, 0, 0, (const uint64_t[]){ 5010, 5011, 0 });
}

static void look(void)
{
	struct err e = ERR_INIT;

	core_open_kernel(&c);
	if (!freelists_init(&f, &c.kernel, &e) || !freelists_look(&f, &e))
		fail_msg("%s", e.msg);
}

static void done(void)
{
	freelists_deinit(&f);
	core_deinit(&c);
}

static void right(void **state)
{
	struct freelists_sums s;
	const struct zone *z;

	(void)state;
	init();
	look();
	assert_int_equal(f.findings, 0);
	assert_int_equal(f.open, 0);
	s = freelists_sums(&f);
	assert_int_equal(s.blocks, 8);
	assert_int_equal(s.pages, 3 * 1024 + 3 * 2 + 2);
	assert_int_equal(s.lists, 4);
	assert_int_equal(s.moved, 0);
	z = zones_find(&f.zones, 0, DMA32);
	assert_non_null(z);
	assert_int_equal(z->start_pfn, 4096);
	assert_int_equal(z->managed, 2056);
	assert_int_equal(z->spanned, PAGES - 4096);
	assert_int_equal(f.areas[z - f.zones.list][1].blocks[1], 3);
	assert_int_equal(f.blocks.zones[z - f.zones.list].usable, 2056);
	assert_int_equal(f.blocks.zones[z - f.zones.list].ram, PAGES - 4096);
	assert_null(zones_find(&f.zones, 1, DMA));
	/* Another look finds the same: what one look marked is forgotten. */
	f.areas[z - f.zones.list][1].settled = false;
	assert_true(freelists_look(&f, &(struct err)ERR_INIT));
	assert_int_equal(f.findings, 0);
	done();
}

static void no_longer_free(void)
{
	core_page(&c, 5008, &(struct core_page){ .flags = CORE_PLACE(0, DMA32), .mapcount = -1,
						 .head_word = lru_of(5002) });
}

static void other_order(void)
{
	const struct core_page page = { .flags = CORE_PLACE(0, DMA32), .mapcount = CORE_BUDDY };

	core_page(&c, 5008, &page);
	link(lru_of(5000), lru_of(5008));
	link(lru_of(5008), lru_of(5002));
}

static void other_zone(void)
{
	set_block(5008, 1, DMA);
	link(lru_of(5000), lru_of(5008));
	link(lru_of(5008), lru_of(5002));
}

static void circle(void)
{
	link(lru_of(5002), lru_of(5000));
}

static void nowhere(void)
{
	put64_virt(lru_of(5000), 0xdead000000000100);
}

static void between_pages(void)
{
	put64_virt(lru_of(5000), lru_of(5008) + 8);
}

static void wrong_back(void)
{
	put64_virt(lru_of(5008) + 8, lru_of(5002));
}

static void wrong_end(void)
{
	put64_virt(head_at(DMA32, 1, 1) + 8, lru_of(5008));
}

static void taken_off(void)
{
	link(lru_of(5000), lru_of(5002));
}

static void miscounted(void)
{
	core_put64(&c, zone_at(DMA32) + AREAS + 1 * AREA + TYPES * 16, 4);
}

static void not_aligned(void)
{
	set_list(DMA32, 1, 2, (const uint64_t[]){ 5021, 0 });
	core_put64(&c, zone_at(DMA32) + MANAGED, 3000);
}

static void inside(void)
{
	set_list(DMA32, 1, 2, (const uint64_t[]){ 6148, 0 });
}

static void no_such_order(void)
{
	set_block(5016, 0, DMA32);
	core_page(&c, 5016, &(struct core_page){ .flags = CORE_PLACE(0, DMA32), .private = 11,
						 .mapcount = CORE_BUDDY });
	core_put64(&c, zone_at(DMA32) + MANAGED, 3000);
}

static void no_zone(void)
{
	core_page(&c, 5016, &(struct core_page){ .flags = CORE_PLACE(5, DMA), .mapcount = CORE_BUDDY });
}

static void outside_of_zone(void)
{
	core_put64(&c, zone_at(DMA32) + SPANNED, 8000 - 4096);
}

static void too_many(void)
{
	core_put64(&c, zone_at(DMA32) + MANAGED, 2055);
}

static void broken(void **state)
{
	static const struct {
		const char *label;
		void (*make)(void);
		enum freelists_what what;
		uint64_t pfn, ours, told;
	} rows[] = {
		{ "no longer free", no_longer_free, LIST_NOT_FREE, 5008, 0, 0 },
		{ "of another order", other_order, LIST_ORDER, 5008, 0, 1 },
		{ "of another zone", other_zone, LIST_ZONE, 5008, DMA, DMA32 },
		{ "in a circle", circle, LIST_TWICE, 5000, 0, 0 },
		{ "leads nowhere", nowhere, LIST_LOST, 0, 0, 0xdead000000000100 },
		{ "leads to the middle", between_pages, LIST_LOST, 0, 0, 0 },
		{ "wrong back pointer", wrong_back, LIST_BACK, 5008, 0, 0 },
		{ "wrong end of the list", wrong_end, LIST_BACK, 0, 0, 0 },
		{ "taken off", taken_off, LIST_MISSING, 5008, 0, 0 },
		{ "taken off, counted", taken_off, LIST_COUNT, 0, 2, 3 },
		{ "miscounted", miscounted, LIST_COUNT, 0, 3, 4 },
		{ "not aligned", not_aligned, LIST_ALIGN, 5021, 1, 0 },
		{ "inside of another", inside, LIST_INSIDE, 6148, 0, 6144 },
		{ "no such order", no_such_order, LIST_BAD_ORDER, 5016, 11, 0 },
		{ "in no zone", no_zone, LIST_NO_ZONE, 5016, 0, 0 },
		{ "outside of its zone", outside_of_zone, LIST_SPAN, 8191, 0, 0 },
		{ "more than managed", too_many, LIST_MANAGED, 0, 2056, 2055 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct freelists_finding *found = NULL;

		init();
		rows[i].make();
		look();
		CHECK(rows[i].label, f.findings && f.open);
		for (size_t j = 0; j < f.shown_len; j++)
			if (f.shown[j].what == rows[i].what)
				found = &f.shown[j];
		CHECK(rows[i].label, found);
		CHECK_NUMBER(rows[i].label, found->pfn, rows[i].pfn);
		if (rows[i].ours)
			CHECK_NUMBER(rows[i].label, found->ours, rows[i].ours);
		if (rows[i].told)
			CHECK_NUMBER(rows[i].label, found->told, rows[i].told);
		done();
	}
}

/* Lists that are never set up: of zones without memory. */
static void empty_zone(void **state)
{
	(void)state;
	init();
	for (uint64_t at = zone_at(2); at < zone_at(4); at += 8)
		core_put64(&c, at, 0);
	look();
	assert_int_equal(f.findings, 0);
	done();
}

static void bad_keys(void **state)
{
	static const struct {
		const char *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "OFFSET(pglist_data.node_id)", NULL, ERR_KEY_MISSING },
		{ "SYMBOL(node_data)", "ffffffff90000000", ERR_NOT_MAPPED },
		{ "OFFSET(zone.free_area)", NULL, ERR_KEY_MISSING },
		{ "OFFSET(zone.free_area)", "1000", ERR_KEY_OFFSET },
		{ "LENGTH(free_area.free_list)", "0", ERR_KEY_OFFSET },
		{ "LENGTH(free_area.free_list)", "6", ERR_KEY_OFFSET },
		{ "LENGTH(free_area.free_list)", "99999", ERR_KEY_VALUE },
		{ "SIZE(free_area)", "80", ERR_KEY_OFFSET },
		{ "OFFSET(list_head.prev)", "0", ERR_KEY_OFFSET },
		{ "OFFSET(zone.spanned_pages)", "8", ERR_KEY_OFFSET },
		{ "OFFSET(zone.vm_stat)", "1404", ERR_KEY_OFFSET },
		{ "NUMBER(NR_FREE_PAGES)", "-1", ERR_KEY_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		init();
		core_info(&c, rows[i].key, rows[i].value);
		core_open_kernel(&c);
		CHECK(rows[i].key, !freelists_init(&f, &c.kernel, &e));
		CHECK_NUMBER(rows[i].key, e.kind, rows[i].kind);
		done();
	}
}

/* Without NUMA the one node is no pointer but lies there itself. */
static void one_node(void **state)
{
	(void)state;
	init();
	core_info(&c, "SYMBOL(node_data)", NULL);
	core_info(&c, "SYMBOL(contig_page_data)", "ffffffff80701000");
	look();
	assert_int_equal(f.zones.len, 4);
	/* By this address the heads are others than those that the entries know. */
	assert_true(f.findings > 0);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right),    cmocka_unit_test(broken),	cmocka_unit_test(empty_zone),
		cmocka_unit_test(bad_keys), cmocka_unit_test(one_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

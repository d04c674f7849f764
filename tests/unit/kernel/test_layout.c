/* Layouts of struct page, out of VMCOREINFO: those of known kernels, and impossible ones. */
/* Widths and places by hand from the headers of 5.10 and 6.1. */
#include "core.h"

static struct core c;

static bool init(struct page_layout *l, struct err *e)
{
	struct vmcoreinfo vi = core_vmcoreinfo(&c);

	return layout_init(l, &vi, e);
}

/* enum pageflags of 5.10 and 6.1, bit 0 first. */
static const char *const flag_order[] = {
	"locked",     "referenced", "uptodate",	   "dirty",	"lru",		"active",
	"workingset", "waiters",    "error",	   "slab",	"owner_priv_1", "arch_1",
	"reserved",   "private",    "private_2",   "writeback", "head",		"mappedtodisk",
	"reclaim",    "swapbacked", "unevictable", "mlocked",
};

static void board(void **state)
{
	struct err e = ERR_INIT;
	struct page_layout l;

	(void)state;
	core_info_defaults(&c, 4);
	assert_true(init(&l, &e));
	CHECK_NUMBER("size", l.size, 64);
	CHECK_NUMBER("refcount", l.refcount, 52);
	CHECK_NUMBER("mapping", l.mapping, 24);
	CHECK_NUMBER("lru", l.lru, 8);
	CHECK_NUMBER("mapcount", l.mapcount, 48);
	CHECK_NUMBER("private", l.private, 40);
	CHECK_NUMBER("compound_head", l.compound_head, 8);
	CHECK_NUMBER("dtor", l.compound_dtor, 16);
	CHECK_NUMBER("order", l.compound_order, 17);
	/* struct page of 6.1: unsigned char order at 17, atomic_t at 20. */
	CHECK_NUMBER("compound_mapcount", l.compound_mapcount, 20);
	CHECK_NUMBER("hugetlb", l.hugetlb_dtor, 2);
	for (size_t bit = 0; bit < ARRAY_LEN(flag_order); bit++)
		for (unsigned int f = 0; f < PF_LEN; f++)
			if (!strcmp(layout_flag_name((enum page_flag)f), flag_order[bit]))
				CHECK_NUMBER(flag_order[bit], l.flag_bit[f], bit);
	CHECK_NUMBER("uncached", l.flag_bit[PF_UNCACHED], 22);
	CHECK_NUMBER("hwpoison", l.flag_bit[PF_HWPOISON], 23);
	CHECK_NUMBER("known", l.known_flags, 0xffffff);
	CHECK_NUMBER("node", l.node_shift, 58);
	CHECK_NUMBER("node", l.node_width, 6);
	CHECK_NUMBER("zone", l.zone_shift, 56);
	CHECK_NUMBER("zone", l.zone_width, 2);
	CHECK_NUMBER("zones", l.zones, 4);
	CHECK_TEXT("zone 0", l.zone_names[0], "DMA");
	CHECK_TEXT("zone 3", l.zone_names[3], "Movable");
	assert_null(l.zone_names[4]);
	CHECK_NUMBER("orders", l.max_order, 11);
	/* ~PG_buddy: 0x80; then offline 0x100, table 0x200, guard 0x400. */
	CHECK_NUMBER("base", l.type_value[PT_BUDDY], 0xf0000000);
	CHECK_NUMBER("buddy", l.type_mask[PT_BUDDY], 0xf0000000 | 0x80);
	CHECK_NUMBER("offline", l.type_mask[PT_OFFLINE], 0xf0000000 | 0x100);
	CHECK_NUMBER("table", l.type_mask[PT_TABLE], 0xf0000000 | 0x200);
	CHECK_NUMBER("guard", l.type_mask[PT_GUARD], 0xf0000000 | 0x400);
}

/* Each name once, and for every flag and type. */
static void names(void **state)
{
	(void)state;
	for (unsigned int f = 0; f < PF_LEN; f++) {
		assert_non_null(layout_flag_name((enum page_flag)f));
		for (unsigned int g = 0; g < f; g++)
			CHECK("flag twice", strcmp(layout_flag_name((enum page_flag)f),
						   layout_flag_name((enum page_flag)g)));
	}
	for (unsigned int t = 0; t < PT_LEN; t++) {
		assert_non_null(layout_type_name((enum page_type)t));
		for (unsigned int u = 0; u < t; u++)
			CHECK("type twice", strcmp(layout_type_name((enum page_type)t),
						   layout_type_name((enum page_type)u)));
	}
}

/* arch/x86/mm/pat/memtype.c, 5.10 and 6.1: _PGMT_WC is PG_arch_1, _PGMT_UC_MINUS PG_uncached. */
static void cache(void **state)
{
	static const struct {
		const char *label, *hwpoison;
		uint64_t flags;
		enum cache_type want;
	} rows[] = {
		{ "neither", "23", 0, CACHE_WB },
		{ "others", "23", ~(1ull << 11 | 1ull << 22), CACHE_WB },
		{ "arch_1", "23", 1ull << 11, CACHE_WC },
		{ "uncached", "23", 1ull << 22, CACHE_UC_MINUS },
		{ "both", "23", 1ull << 11 | 1ull << 22, CACHE_WT },
		{ "a kernel without X86_PAT", "22", 1ull << 11, CACHE_UNKNOWN },
		{ "not told", NULL, 1ull << 22, CACHE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, "NUMBER(PG_hwpoison)", rows[i].hwpoison);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_NUMBER(rows[i].label, layout_cache(&l, rows[i].flags), rows[i].want);
	}
	CHECK_TEXT("wc", layout_cache_name(CACHE_WC), "write-combining");
	CHECK_TEXT("wt", layout_cache_name(CACHE_WT), "write-through");
	CHECK_TEXT("unknown", layout_cache_name(CACHE_UNKNOWN), "not known");
}

static void late_flags(void **state)
{
	static const struct {
		const char *label, *hwpoison;
		uint8_t hwpoison_bit, uncached_bit;
	} rows[] = {
		{ "PAT and MEMORY_FAILURE", "23", 23, 22 },
		{ "MEMORY_FAILURE only", "22", 22, BIT_ABSENT },
		{ "not told", NULL, BIT_ABSENT, BIT_ABSENT },
		/* It is where it is told to be; of what lies between nothing is known. */
		{ "others between", "24", 24, BIT_ABSENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, "NUMBER(PG_hwpoison)", rows[i].hwpoison);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_HWPOISON], rows[i].hwpoison_bit);
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_UNCACHED], rows[i].uncached_bit);
		CHECK_NUMBER(rows[i].label, layout_flag_mask(&l, PF_HWPOISON),
			     rows[i].hwpoison_bit == BIT_ABSENT ? 0 : 1ull << rows[i].hwpoison_bit);
		CHECK(rows[i].label, !layout_has_flag(&l, 0, PF_HWPOISON));
		CHECK(rows[i].label, layout_has_flag(&l, UINT64_MAX, PF_HWPOISON) ==
					 (rows[i].hwpoison_bit != BIT_ABSENT));
	}
}

static void types(void **state)
{
	static const struct {
		const char *label, *key, *value;
		uint32_t offline, table, guard;
	} rows[] = {
		{ "6.1", "OSRELEASE", "x", 0x100, 0x200, 0x400 },
		/* kmemcg stands at 0x200. */
		{ "5.10", "OFFSET(uts_namespace.name)", NULL, 0x100, 0x400, 0x800 },
		/* Told with hugetlb only, and there always. */
		{ "offline not told", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", NULL, 0x100, 0x200,
		  0x400 },
		/* A type that contradicts: what is not told is not known either. */
		{ "offline elsewhere", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "-513", 0x200, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_NUMBER(rows[i].label, l.type_mask[PT_BUDDY], 0xf0000000 | 0x80);
		CHECK_NUMBER(rows[i].label, l.type_mask[PT_OFFLINE] & ~0xf0000000, rows[i].offline);
		CHECK_NUMBER(rows[i].label, l.type_mask[PT_TABLE] & ~0xf0000000, rows[i].table);
		CHECK_NUMBER(rows[i].label, l.type_mask[PT_GUARD] & ~0xf0000000, rows[i].guard);
	}
}

/*
 * nr_zones behind Z zones and L lists of Z * N + 1 references of 16 bytes. Sizes and offsets
 * of several configurations; NUMA: L = 2.
 */
static void zones(void **state)
{
	static const struct {
		const char *label, *nodes, *zone_size, *nr_zones;
		unsigned int zones, node_shift, zone_shift;
		const char *last; /* name of the last zone; NULL: none is known */
	} rows[] = {
		{ "4 zones, 64 nodes", "64", "1408", "13856", 4, 58, 56, "Movable" },
		/* 5 * 1664 + 2 * (5 * 1024 + 1) * 16 */
		{ "5 zones, 1024 nodes", "1024", "1664", "172192", 5, 54, 51, "Device" },
		/* 5 * 1408 + 2 * (5 * 64 + 1) * 16 */
		{ "5 zones, 64 nodes", "64", "1408", "17312", 5, 58, 55, "Device" },
		/* 4 * 1408 + (4 + 1) * 16 */
		{ "4 zones, no NUMA", NULL, "1408", "5712", 4, 64, 62, "Movable" },
		/* 3 * 1408 + (3 + 1) * 16 */
		{ "3 zones, no NUMA", NULL, "1408", "4288", 3, 64, 62, NULL },
		/* 2 * 1408 + (2 + 1) * 16 */
		{ "2 zones, no NUMA", NULL, "1408", "2864", 2, 64, 63, "Movable" },
		/* 1408 + (1 + 1) * 16 */
		{ "1 zone, no NUMA", NULL, "1408", "1440", 1, 64, 64, NULL },
		/* 4 * 1408 + 2 * (4 * 1 + 1) * 16 */
		{ "NUMA of one node", "1", "1408", "5792", 4, 64, 62, "Movable" },
		/* 4 * 1408 + 2 * (4 * 3 + 1) * 16 */
		{ "three nodes", "3", "1408", "6048", 4, 62, 60, "Movable" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t flags = (UINT64_MAX << 1) << (rows[i].node_shift - 1);
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, "LENGTH(node_data)", rows[i].nodes);
		core_info(&c, "SIZE(zone)", rows[i].zone_size);
		core_info(&c, "OFFSET(pglist_data.nr_zones)", rows[i].nr_zones);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_NUMBER(rows[i].label, l.zones, rows[i].zones);
		CHECK_NUMBER(rows[i].label, l.node_shift, rows[i].node_shift);
		CHECK_NUMBER(rows[i].label, l.zone_shift, rows[i].zone_shift);
		if (rows[i].last)
			CHECK_TEXT(rows[i].label, l.zone_names[l.zones - 1], rows[i].last);
		else
			assert_null(l.zone_names[0]);
		/* All bits of the node set, none of the zone; then the other way around. */
		CHECK_NUMBER(rows[i].label, layout_nid(&l, flags),
			     (1u << (64 - rows[i].node_shift)) - 1);
		CHECK_NUMBER(rows[i].label, layout_zone(&l, flags), 0);
		CHECK_NUMBER(rows[i].label, layout_nid(&l, ~flags), 0);
		CHECK_NUMBER(rows[i].label, layout_zone(&l, ~flags),
			     (1u << (rows[i].node_shift - rows[i].zone_shift)) - 1);
	}
}

static void keys(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "no size", "SIZE(page)", NULL, ERR_KEY_MISSING },
		{ "size 0", "SIZE(page)", "0", ERR_KEY_VALUE },
		{ "size 24", "SIZE(page)", "24", ERR_KEY_VALUE },
		{ "size 60", "SIZE(page)", "60", ERR_KEY_VALUE },
		{ "size 264", "SIZE(page)", "264", ERR_KEY_VALUE },
		{ "size 256", "SIZE(page)", "256", ERR_NONE },
		{ "size 56: no memcg", "SIZE(page)", "56", ERR_NONE },
		{ "size 48: _refcount outside", "SIZE(page)", "48", ERR_KEY_OFFSET },
		{ "negative size", "SIZE(page)", "-64", ERR_KEY_VALUE },
		{ "flags at the end", "OFFSET(page.flags)", "56", ERR_NONE },
		{ "flags one too far", "OFFSET(page.flags)", "57", ERR_KEY_OFFSET },
		{ "refcount at the end", "OFFSET(page._refcount)", "60", ERR_NONE },
		{ "refcount one too far", "OFFSET(page._refcount)", "61", ERR_KEY_OFFSET },
		{ "lru at the end", "OFFSET(page.lru)", "48", ERR_NONE },
		{ "lru half outside", "OFFSET(page.lru)", "56", ERR_KEY_OFFSET },
		{ "negative offset", "OFFSET(page.mapping)", "-8", ERR_KEY_OFFSET },
		{ "huge offset", "OFFSET(page.private)", "18446744073709551615", ERR_KEY_OFFSET },
		{ "mapcount outside", "OFFSET(page._mapcount)", "64", ERR_KEY_OFFSET },
		{ "compound_head outside", "OFFSET(page.compound_head)", "64", ERR_KEY_OFFSET },
		{ "no compound_head", "OFFSET(page.compound_head)", NULL, ERR_KEY_MISSING },
		{ "dtor outside", "OFFSET(page.compound_dtor)", "64", ERR_KEY_OFFSET },
		{ "order outside", "OFFSET(page.compound_order)", "64", ERR_KEY_OFFSET },
		{ "no room for the mapcount", "OFFSET(page.compound_order)", "61", ERR_KEY_OFFSET },
		{ "room for the mapcount", "OFFSET(page.compound_order)", "59", ERR_NONE },
		{ "no lru flag", "NUMBER(PG_lru)", NULL, ERR_KEY_MISSING },
		{ "no head flag", "NUMBER(PG_head_mask)", NULL, ERR_KEY_MISSING },
		{ "flags of 6.12", "NUMBER(PG_lru)", "5", ERR_UNSUPPORTED },
		{ "head of 6.12", "NUMBER(PG_head_mask)", "64", ERR_UNSUPPORTED },
		{ "one flag differs", "NUMBER(PG_swapbacked)", "17", ERR_UNSUPPORTED },
		{ "one flag fewer told", "NUMBER(PG_slab)", NULL, ERR_NONE },
		{ "no buddy", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", NULL, ERR_KEY_MISSING },
		{ "buddy of 6.11", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-1073741825",
		  ERR_UNSUPPORTED },
		{ "hwpoison over another flag", "NUMBER(PG_hwpoison)", "21", ERR_UNSUPPORTED },
		{ "no size of a list", "SIZE(list_head)", NULL, ERR_KEY_MISSING },
		{ "a list of 12 bytes", "SIZE(list_head)", "12", ERR_KEY_VALUE },
		{ "buddy of two bits", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-385",
		  ERR_UNSUPPORTED },
		{ "buddy of no bit", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-1", ERR_UNSUPPORTED },
		{ "no zones", "OFFSET(pglist_data.node_zones)", NULL, ERR_KEY_MISSING },
		{ "no nr_zones", "OFFSET(pglist_data.nr_zones)", NULL, ERR_KEY_MISSING },
		{ "no number of zones fits", "OFFSET(pglist_data.nr_zones)", "13857",
		  ERR_KEY_VALUE },
		{ "nr_zones 0", "OFFSET(pglist_data.nr_zones)", "0", ERR_KEY_VALUE },
		{ "no size of a zone", "SIZE(zone)", NULL, ERR_KEY_MISSING },
		{ "zones of 4 GiB", "SIZE(zone)", "4294967296", ERR_KEY_VALUE },
		{ "0 nodes", "LENGTH(node_data)", "0", ERR_KEY_VALUE },
		{ "2000 nodes", "LENGTH(node_data)", "2000", ERR_KEY_VALUE },
		{ "0 orders", "LENGTH(zone.free_area)", "0", ERR_KEY_VALUE },
		{ "33 orders", "LENGTH(zone.free_area)", "33", ERR_KEY_VALUE },
		{ "16 orders", "LENGTH(zone.free_area)", "16", ERR_NONE },
		{ "17 orders", "LENGTH(zone.free_area)", "17", ERR_KEY_VALUE },
		{ "no hugetlb", "NUMBER(HUGETLB_PAGE_DTOR)", NULL, ERR_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, init(&l, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (rows[i].kind == ERR_KEY_OFFSET && strncmp(rows[i].key, "SIZE", 4))
			CHECK(rows[i].label, strstr(e.msg, rows[i].key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(board), cmocka_unit_test(names), cmocka_unit_test(late_flags), cmocka_unit_test(cache),
		cmocka_unit_test(types), cmocka_unit_test(zones), cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests_name("kernel/layout", tests, NULL, NULL);
}

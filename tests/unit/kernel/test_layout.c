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
		{ "lru at the end", "OFFSET(page.lru)", "48", ERR_KEY_OFFSET },
		{ "lru half outside", "OFFSET(page.lru)", "56", ERR_KEY_OFFSET },
		{ "negative offset", "OFFSET(page.mapping)", "-8", ERR_KEY_OFFSET },
		{ "huge offset", "OFFSET(page.private)", "18446744073709551615", ERR_KEY_OFFSET },
		{ "mapcount outside", "OFFSET(page._mapcount)", "64", ERR_KEY_OFFSET },
		{ "compound_head outside", "OFFSET(page.compound_head)", "64", ERR_KEY_OFFSET },
		{ "no compound_head", "OFFSET(page.compound_head)", NULL, ERR_KEY_MISSING },
		{ "dtor outside", "OFFSET(page.compound_dtor)", "64", ERR_KEY_OFFSET },
		{ "dtor in the word that leads to the head", "OFFSET(page.compound_dtor)", "8", ERR_KEY_VALUE },
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

/* Flags by bit, unknown ones as "-", up to the last that is known. */
static const char *flags_by_bit(const struct page_layout *l, char *buf, size_t size)
{
	size_t n = 0;

	for (unsigned int bit = 0; l->known_flags >> bit; bit++) {
		const char *name = "-";

		for (unsigned int f = 0; f < PF_LEN; f++)
			if (l->flag_bit[f] == bit)
				name = layout_flag_name((enum page_flag)f);
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", name);
	}
	return buf;
}

#define FLAGS_5_10 "locked referenced uptodate dirty lru active workingset waiters error slab " \
	"owner_priv_1 arch_1 reserved private private_2 writeback head mappedtodisk reclaim " \
	"swapbacked unevictable mlocked"
#define FLAGS_6_12 "locked writeback referenced uptodate dirty lru head waiters active workingset " \
	"owner_priv_1 mappedtodisk arch_1 reserved private private_2 reclaim swapbacked unevictable "

/*
 * What Debian's kernels say. Offsets in the second struct page, flags and types by the headers of
 * these versions; zones and their widths as /proc/zoneinfo and NODES_SHIFT of their configuration.
 */
static void real_kernels(void **state)
{
	static const struct {
		const char *name;
		uint8_t word, size, lru, mapping, private, mapcount, refcount, head;
		enum head_form form;
		uint8_t dtor, order, whole, large; /* in the second struct page */
		uint8_t node_shift, zone_shift;
		uint32_t buddy, buddy_mask, table, table_mask, hugetlb, kmemcg_mask;
		const char *flags, *zones;
	} rows[] = {
		{ "5.10-amd64", 8, 64, 8, 24, 40, 48, 52, 8, HEAD_POINTER, 16, 17, 20, 0, 54, 51,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000400, 0, 0xf0000200, FLAGS_5_10,
		  "DMA DMA32 Normal Movable Device" },
		{ "6.1-amd64", 8, 64, 8, 24, 40, 48, 52, 8, HEAD_POINTER, 16, 17, 20, 0, 54, 51,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000200, 0, 0, FLAGS_5_10,
		  "DMA DMA32 Normal Movable Device" },
		{ "6.12-amd64", 8, 64, 8, 24, 40, 48, 52, 8, HEAD_POINTER, 0, 0, 20, 16, 54, 51,
		  0xf0000000, 0xff000000, 0xf2000000, 0xff000000, 0xf4000000, 0,
		  FLAGS_6_12 "mlocked hwpoison", "DMA DMA32 Normal Movable Device" },
		{ "7.2-amd64", 8, 64, 8, 24, 40, 48, 52, 8, HEAD_BY_VALUE, 0, 0, 24, 16, 54, 51,
		  0xf0000000, 0xff000000, 0xf2000000, 0xff000000, 0xf4000000, 0,
		  FLAGS_6_12 "dropbehind mlocked hwpoison", "DMA DMA32 Normal Movable Device" },
		{ "7.3-amd64", 8, 64, 8, 24, 40, 48, 52, 8, HEAD_BY_VALUE, 0, 0, 24, 16, 54, 51,
		  0xf0000000, 0xff000000, 0xf2000000, 0xff000000, 0xf4000000, 0,
		  FLAGS_6_12 "dropbehind mlocked hwpoison", "DMA DMA32 Normal Movable Device" },
		{ "5.10-686", 4, 40, 4, 12, 20, 24, 28, 4, HEAD_POINTER, 8, 9, 12, 0, 32, 30,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000400, 0, 0xf0000200,
		  FLAGS_5_10 " uncached hwpoison", "DMA Normal HighMem Movable" },
		{ "5.10-686-pae", 4, 40, 4, 12, 20, 24, 28, 4, HEAD_POINTER, 8, 9, 12, 0, 32, 30,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000400, 0, 0xf0000200,
		  FLAGS_5_10 " uncached hwpoison", "DMA Normal HighMem Movable" },
		{ "6.1-686", 4, 40, 4, 12, 20, 24, 28, 4, HEAD_POINTER, 8, 9, 12, 0, 32, 30,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000200, 0, 0,
		  FLAGS_5_10 " uncached hwpoison", "DMA Normal HighMem Movable" },
		{ "6.1-686-pae", 4, 40, 4, 12, 20, 24, 28, 4, HEAD_POINTER, 8, 9, 12, 0, 32, 30,
		  0xf0000000, 0xf0000080, 0xf0000000, 0xf0000200, 0, 0,
		  FLAGS_5_10 " uncached hwpoison", "DMA Normal HighMem Movable" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *name = rows[i].name;
		struct err e = ERR_INIT;
		struct page_layout l;
		char got[512] = "";

		core_info_of(&c, name);
		CHECK(name, init(&l, &e));
		CHECK_NUMBER(name, l.word, rows[i].word);
		CHECK_NUMBER(name, l.size, rows[i].size);
		CHECK_NUMBER(name, l.flags, 0);
		CHECK_NUMBER(name, l.lru, rows[i].lru);
		CHECK_NUMBER(name, l.mapping, rows[i].mapping);
		CHECK_NUMBER(name, l.private, rows[i].private);
		CHECK_NUMBER(name, l.mapcount, rows[i].mapcount);
		CHECK_NUMBER(name, l.refcount, rows[i].refcount);
		CHECK_NUMBER(name, l.compound_head, rows[i].head);
		CHECK_NUMBER(name, l.head_form, rows[i].form);
		CHECK_NUMBER(name, l.compound_dtor, rows[i].dtor);
		CHECK_NUMBER(name, l.compound_order, rows[i].order);
		CHECK_NUMBER(name, l.compound_mapcount, rows[i].whole);
		CHECK_NUMBER(name, l.large_mapcount, rows[i].large);
		CHECK_NUMBER(name, l.hugetlb_dtor, rows[i].dtor ? 2 : 0);
		CHECK_NUMBER(name, l.section_width, 0);
		CHECK_NUMBER(name, l.node_shift, rows[i].node_shift);
		CHECK_NUMBER(name, l.zone_shift, rows[i].zone_shift);
		CHECK_NUMBER(name, l.max_order, 11);
		CHECK_NUMBER(name, l.type_value[PT_BUDDY], rows[i].buddy);
		CHECK_NUMBER(name, l.type_mask[PT_BUDDY], rows[i].buddy_mask);
		CHECK_NUMBER(name, l.type_value[PT_TABLE], rows[i].table);
		CHECK_NUMBER(name, l.type_mask[PT_TABLE], rows[i].table_mask);
		CHECK_NUMBER(name, l.type_value[PT_HUGETLB], rows[i].hugetlb);
		CHECK_NUMBER(name, l.type_mask[PT_KMEMCG], rows[i].kmemcg_mask);
		CHECK_TEXT(name, flags_by_bit(&l, got, sizeof(got)), rows[i].flags);
		*got = '\0';
		for (size_t zone = 0; zone < l.zones; zone++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
				 zone ? " " : "", l.zone_names[zone]);
		CHECK_TEXT(name, got, rows[i].zones);
	}
}

/* A tail's word of 7.2: masks of every order, pointers, and the lowest pointer that is no mask. */
static void heads(void **state)
{
	static const struct {
		const char *label;
		enum head_form form;
		uint64_t virt, word, want;
	} rows[] = {
		{ "pointer", HEAD_POINTER, 0xffffea0000000240, 0xffffea0000000201,
		  0xffffea0000000200 },
		{ "32 bits", HEAD_POINTER, 0xf7ab0028, 0xf7ab0001, 0xf7ab0000 },
		/* (~0 << (order + 6)) | 1 */
		{ "order 1", HEAD_BY_VALUE, 0xffffea0000000240, 0xffffffffffffff81,
		  0xffffea0000000200 },
		{ "order 9, last", HEAD_BY_VALUE, 0xffffea000000ffc0, 0xffffffffffff8001,
		  0xffffea0000008000 },
		{ "order 18", HEAD_BY_VALUE, 0xffffea0001ffffc0, 0xffffffffff000001,
		  0xffffea0001000000 },
		{ "pointer there as well", HEAD_BY_VALUE, 0xffffea0000000240, 0xffffea0000000201,
		  0xffffea0000000200 },
		{ "pointer like a mask", HEAD_BY_VALUE, 0xffffe00000000040, 0xffffe00000000001,
		  0xffffe00000000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_layout l = { .head_form = rows[i].form };

		CHECK_NUMBER(rows[i].label, layout_head(&l, rows[i].virt, rows[i].word),
			     rows[i].want);
	}
}

/* Kernels of other options: one line of a real one changed, and what comes of it. */
static void changed_kernels(void **state)
{
	static const struct {
		const char *label, *kernel, *key, *value;
		const char *flags_from;
		uint8_t mlocked, hwpoison, whole;
		enum head_form form;
	} rows[] = {
		{ "7.2, no MEMORY_FAILURE", "7.2-amd64", "NUMBER(PG_hwpoison)", NULL, "7.2", 20,
		  BIT_ABSENT, 24, HEAD_BY_VALUE },
		{ "6.12, no MEMORY_FAILURE", "6.12-amd64", "NUMBER(PG_hwpoison)", NULL,
		  "6.12 to 7.2", BIT_ABSENT, BIT_ABSENT, 0, HEAD_POINTER },
		{ "between: dropbehind, no compound_info", "6.12-amd64", "NUMBER(PG_hwpoison)",
		  "21", "7.2", 20, 21, 0, HEAD_POINTER },
		{ "an unknown flag before hwpoison", "6.12-amd64", "NUMBER(PG_hwpoison)", "22",
		  "6.12 to 7.2", BIT_ABSENT, 22, 0, HEAD_POINTER },
		{ "no power of two", "7.2-amd64", "SIZE(page)", "72", "7.2", 20, 21, 24,
		  HEAD_POINTER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_of(&c, rows[i].kernel);
		core_info(&c, rows[i].key, rows[i].value);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_TEXT(rows[i].label, l.flags_from, rows[i].flags_from);
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_MLOCKED], rows[i].mlocked);
		CHECK_NUMBER(rows[i].label, l.flag_bit[PF_HWPOISON], rows[i].hwpoison);
		CHECK_NUMBER(rows[i].label, l.compound_mapcount, rows[i].whole);
		CHECK_NUMBER(rows[i].label, l.head_form, rows[i].form);
	}
}

/*
 * Section, node and zone from the top: include/linux/page-flags-layout.h. i386 with PAE has 2^36
 * bytes in sections of 2^29, else 2^32 in 2^26.
 */
static void sections(void **state)
{
	static const struct {
		const char *label, *nodes, *nr_zones, *section_bits, *memory_bits;
		uint8_t section_shift, node_shift, node_width, zone_shift;
	} rows[] = {
		{ "PAE", NULL, "3112", "29", "36", 25, 25, 0, 23 },
		{ "half told", NULL, "3112", "29", NULL, 32, 32, 0, 30 },
		{ "not PAE", NULL, "3112", "26", "32", 26, 26, 0, 24 },
		/* 4 * 768 + 2 * (4 * 2 + 1) * 8; 6 + 1 + 2 + 24 bits do not fit, 1 + 6 + 2 + 23 do. */
		{ "a node that does not fit", "2", "3216", "26", "32", 26, 26, 0, 24 },
		{ "a node that fits", "2", "3216", "26", "31", 27, 26, 1, 24 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct page_layout l;

		core_info_of(&c, "6.1-686-pae");
		core_info(&c, "LENGTH(node_data)", rows[i].nodes);
		core_info(&c, "OFFSET(pglist_data.nr_zones)", rows[i].nr_zones);
		core_info(&c, "NUMBER(SECTION_SIZE_BITS)", rows[i].section_bits);
		core_info(&c, "NUMBER(MAX_PHYSMEM_BITS)", rows[i].memory_bits);
		CHECK(rows[i].label, init(&l, &e));
		CHECK_NUMBER(rows[i].label, l.section_shift, rows[i].section_shift);
		CHECK_NUMBER(rows[i].label, l.node_shift, rows[i].node_shift);
		CHECK_NUMBER(rows[i].label, l.node_width, rows[i].node_width);
		CHECK_NUMBER(rows[i].label, l.zone_shift, rows[i].zone_shift);
		CHECK_NUMBER(rows[i].label, l.nodes, rows[i].nodes ? 2 : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(board), cmocka_unit_test(names), cmocka_unit_test(late_flags), cmocka_unit_test(cache),
		cmocka_unit_test(types), cmocka_unit_test(zones), cmocka_unit_test(keys),
		cmocka_unit_test(real_kernels), cmocka_unit_test(heads),
		cmocka_unit_test(changed_kernels), cmocka_unit_test(sections),
	};

	return cmocka_run_group_tests_name("kernel/layout", tests, NULL, NULL);
}

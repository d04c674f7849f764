/* How this kernel lays out struct page and its flags word, from VMCOREINFO. */
/* Knows orders of flags and types that kernels have used; which one this is, the anchors say. */
#include "kernel/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_STRUCT_MAX 256u

static const char *const flag_names[PF_LEN] = {
	[PF_LOCKED] = "locked",
	[PF_REFERENCED] = "referenced",
	[PF_UPTODATE] = "uptodate",
	[PF_DIRTY] = "dirty",
	[PF_LRU] = "lru",
	[PF_ACTIVE] = "active",
	[PF_WORKINGSET] = "workingset",
	[PF_WAITERS] = "waiters",
	[PF_ERROR] = "error",
	[PF_SLAB] = "slab",
	[PF_OWNER_PRIV_1] = "owner_priv_1",
	[PF_ARCH_1] = "arch_1",
	[PF_RESERVED] = "reserved",
	[PF_PRIVATE] = "private",
	[PF_PRIVATE_2] = "private_2",
	[PF_WRITEBACK] = "writeback",
	[PF_HEAD] = "head",
	[PF_MAPPEDTODISK] = "mappedtodisk",
	[PF_RECLAIM] = "reclaim",
	[PF_SWAPBACKED] = "swapbacked",
	[PF_UNEVICTABLE] = "unevictable",
	[PF_MLOCKED] = "mlocked",
	[PF_UNCACHED] = "uncached",
	[PF_HWPOISON] = "hwpoison",
};

static const char *const type_names[PT_LEN] = {
	[PT_BUDDY] = "buddy",
	[PT_OFFLINE] = "offline",
	[PT_TABLE] = "table",
	[PT_GUARD] = "guard",
};

/*
 * Orders of enum pageflags (include/linux/page-flags.h): the flags every configuration has,
 * bit 0 first. Those behind them depend on the configuration; of these VMCOREINFO tells
 * PG_hwpoison alone.
 */
static const struct flag_order {
	const char *name;
	size_t len;
	uint8_t flags[PF_LEN];
} flag_orders[] = {
	{ "5.10 to 6.1", 22,
	  { PF_LOCKED, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_ACTIVE, PF_WORKINGSET,
	    PF_WAITERS, PF_ERROR, PF_SLAB, PF_OWNER_PRIV_1, PF_ARCH_1, PF_RESERVED, PF_PRIVATE,
	    PF_PRIVATE_2, PF_WRITEBACK, PF_HEAD, PF_MAPPEDTODISK, PF_RECLAIM, PF_SWAPBACKED,
	    PF_UNEVICTABLE, PF_MLOCKED } },
};

/* What VMCOREINFO tells of the order; all that are there must agree. */
static const struct {
	const char *key;
	enum page_flag flag;
	bool mask; /* the value is 1 << bit */
} anchors[] = {
	{ "NUMBER(PG_lru)", PF_LRU, false },
	{ "NUMBER(PG_private)", PF_PRIVATE, false },
	{ "NUMBER(PG_swapcache)", PF_OWNER_PRIV_1, false },
	{ "NUMBER(PG_swapbacked)", PF_SWAPBACKED, false },
	{ "NUMBER(PG_slab)", PF_SLAB, false },
	{ "NUMBER(PG_head_mask)", PF_HEAD, true },
};

/* Members of struct page. width is what is read there. */
static const struct {
	const char *key;
	size_t where; /* offsetof in struct page_layout */
	size_t width;
} members[] = {
	{ "OFFSET(page.flags)", offsetof(struct page_layout, flags), 8 },
	{ "OFFSET(page._refcount)", offsetof(struct page_layout, refcount), 4 },
	{ "OFFSET(page.mapping)", offsetof(struct page_layout, mapping), 8 },
	{ "OFFSET(page.lru)", offsetof(struct page_layout, lru), 16 },
	{ "OFFSET(page._mapcount)", offsetof(struct page_layout, mapcount), 4 },
	{ "OFFSET(page.private)", offsetof(struct page_layout, private), 8 },
	{ "OFFSET(page.compound_head)", offsetof(struct page_layout, compound_head), 8 },
	{ "OFFSET(page.compound_dtor)", offsetof(struct page_layout, compound_dtor), 1 },
	{ "OFFSET(page.compound_order)", offsetof(struct page_layout, compound_order), 1 },
};

static bool read_members(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t size = 0, offset = 0;

	if (!vmcoreinfo_number(vi, "SIZE(page)", &size, e))
		return false;
	if (size < 32 || size > PAGE_STRUCT_MAX || size % 8)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SIZE(page)=%" PRIu64
			       " cannot be right", size);
	l->size = (size_t)size;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!vmcoreinfo_number(vi, members[i].key, &offset, e))
			return false;
		if (offset > size - members[i].width)
			return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: %s=%" PRIu64
				       " lies outside SIZE(page)=%" PRIu64, members[i].key, offset,
				       size);
		*(size_t *)(void *)((char *)l + members[i].where) = (size_t)offset;
	}
	return true;
}

static bool order_fits(const struct flag_order *o, const struct vmcoreinfo *vi)
{
	for (size_t i = 0; i < ARRAY_LEN(anchors); i++) {
		uint64_t told, bit = 0;

		if (!vmcoreinfo_optional(vi, anchors[i].key, &told))
			continue;
		while (bit < o->len && o->flags[bit] != anchors[i].flag)
			bit++;
		if (told != (anchors[i].mask ? 1ull << bit : bit))
			return false;
	}
	return true;
}

static void set_flag(struct page_layout *l, enum page_flag flag, uint64_t bit)
{
	l->flag_bit[flag] = (uint8_t)bit;
	l->known_flags |= 1ull << bit;
}

/*
 * Behind the fixed flags come uncached, if X86_PAT is configured, then hwpoison, if
 * MEMORY_FAILURE is. Where hwpoison is tells whether there is uncached.
 */
static void read_late_flags(struct page_layout *l, const struct vmcoreinfo *vi, size_t fixed)
{
	uint64_t hwpoison;

	if (!vmcoreinfo_optional(vi, "NUMBER(PG_hwpoison)", &hwpoison))
		return;
	if (hwpoison < fixed || hwpoison > fixed + 1)
		return;
	set_flag(l, PF_HWPOISON, hwpoison);
	if (hwpoison == fixed + 1)
		set_flag(l, PF_UNCACHED, fixed);
}

static bool read_flags(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t head = 0;

	/* Without these two nothing tells one order from another. */
	if (!vmcoreinfo_number(vi, "NUMBER(PG_lru)", &head, e) ||
	    !vmcoreinfo_number(vi, "NUMBER(PG_head_mask)", &head, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(flag_orders); i++) {
		const struct flag_order *o = &flag_orders[i];

		if (!order_fits(o, vi))
			continue;
		memset(l->flag_bit, BIT_ABSENT, sizeof(l->flag_bit));
		for (size_t bit = 0; bit < o->len; bit++)
			set_flag(l, o->flags[bit], bit);
		read_late_flags(l, vi, o->len);
		l->flags_from = o->name;
		return true;
	}
	err_set(e, ERR_UNSUPPORTED, "the page flags of this kernel are in no order known here");
	return err_cause(e, "PG_lru, PG_swapbacked and the other flags in VMCOREINFO fit none of "
			    "the known ones");
}

/*
 * page_type of 5.10 to 6.1 (include/linux/page-flags.h): bits cleared from all ones, under
 * four that stay. PAGE_BUDDY_MAPCOUNT_VALUE is ~PG_buddy. Behind offline, 5.10 has kmemcg,
 * table, guard; 6.1 table, guard. OFFSET(uts_namespace.name) is told by 6.1 and not by 5.10.
 */
static bool read_types(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t buddy = 0, offline, dummy;
	uint32_t bit;

	if (!vmcoreinfo_number(vi, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", &buddy, e))
		return false;
	bit = ~(uint32_t)buddy;
	if (bit == 0 || bit & (bit - 1) || bit >= 0x10000000) {
		err_set(e, ERR_UNSUPPORTED, "page types of another form (buddy %#" PRIx64 ")",
			buddy);
		return err_cause(e, "known here: the one-bit types of 5.10 to 6.1");
	}
	l->type_base = 0xf0000000;
	l->type_bit[PT_BUDDY] = bit;
	if (vmcoreinfo_optional(vi, "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", &offline))
		l->type_bit[PT_OFFLINE] = ~(uint32_t)offline;
	if (vmcoreinfo_optional(vi, "OFFSET(uts_namespace.name)", &dummy)) {
		l->type_bit[PT_TABLE] = bit << 2;
		l->type_bit[PT_GUARD] = bit << 3;
	}
	return true;
}

static unsigned int log2_up(uint64_t n)
{
	unsigned int shift = 0;

	while (shift < 63 && 1ull << shift < n)
		shift++;
	return shift;
}

/*
 * MAX_NR_ZONES is not told, but nr_zones lies in struct pglist_data behind two arrays that it
 * sizes (include/linux/mmzone.h, 5.10 to 7.2): node_zones[Z], then node_zonelists[L] of
 * Z * N + 1 references of 16 bytes each, with L = 2 and N nodes if NUMA, else 1 and 1.
 */
static unsigned int solve_zones(uint64_t zones_at, uint64_t nr_zones_at, uint64_t zone_size,
				uint64_t nodes, bool numa)
{
	for (unsigned int z = 1; z <= 8; z++)
		if (zones_at + z * zone_size + (numa ? 2 : 1) * (z * nodes + 1) * 16 == nr_zones_at)
			return z;
	return 0;
}

/* Zones of x86_64 in order, where their number leaves no doubt which they are. */
static const struct {
	unsigned int zones;
	const char *names[8];
} zone_sets[] = {
	{ 5, { "DMA", "DMA32", "Normal", "Movable", "Device" } },
	{ 4, { "DMA", "DMA32", "Normal", "Movable" } },
};

static bool read_zones(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t zones_at = 0, nr_zones_at = 0, zone_size = 0, nodes = 1;
	bool numa = vmcoreinfo_optional(vi, "LENGTH(node_data)", &nodes);

	if (!vmcoreinfo_number(vi, "OFFSET(pglist_data.node_zones)", &zones_at, e) ||
	    !vmcoreinfo_number(vi, "OFFSET(pglist_data.nr_zones)", &nr_zones_at, e) ||
	    !vmcoreinfo_number(vi, "SIZE(zone)", &zone_size, e) ||
	    !vmcoreinfo_number(vi, "LENGTH(zone.free_area)", &l->max_order, e))
		return false;
	if (nodes == 0 || nodes > 1024 || zone_size > 1u << 20 || l->max_order == 0 ||
	    l->max_order > 32)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %" PRIu64 " nodes, zones of %" PRIu64
			       " bytes, %" PRIu64 " orders cannot be right", nodes, zone_size,
			       l->max_order);
	l->zones = solve_zones(zones_at, nr_zones_at, zone_size, nodes, numa);
	if (!l->zones)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: no number of zones puts "
			       "pglist_data.nr_zones at %" PRIu64, nr_zones_at);
	/* include/linux/page-flags-layout.h: from the top node, then zone, with VMEMMAP. */
	l->node_width = log2_up(nodes);
	l->node_shift = 64 - l->node_width;
	l->zone_width = log2_up(l->zones);
	l->zone_shift = l->node_shift - l->zone_width;
	for (size_t i = 0; i < ARRAY_LEN(zone_sets); i++)
		if (zone_sets[i].zones == l->zones)
			memcpy(l->zone_names, zone_sets[i].names, sizeof(l->zone_names));
	return true;
}

bool layout_init(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	*l = (struct page_layout){ 0 };
	if (!read_members(l, vi, e) || !read_flags(l, vi, e) || !read_types(l, vi, e) ||
	    !read_zones(l, vi, e))
		return false;
	vmcoreinfo_optional(vi, "NUMBER(HUGETLB_PAGE_DTOR)", &l->hugetlb_dtor);
	/* The next int behind the order: include/linux/mm_types.h, 5.10 and 6.1. */
	l->compound_mapcount = (l->compound_order + 4) & ~(size_t)3;
	if (l->compound_mapcount > l->size - 4)
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: OFFSET(page.compound_order)=%zu "
			       "leaves no room for the mapcount", l->compound_order);
	return true;
}

const char *layout_flag_name(enum page_flag flag)
{
	return flag_names[flag];
}

const char *layout_type_name(enum page_type type)
{
	return type_names[type];
}

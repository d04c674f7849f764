/* How this kernel lays out struct page and its flags word, from VMCOREINFO. */
/* Knows orders of flags and types that kernels have used; which one this is, the anchors say. */
#include "kernel/layout.h"

#include "base/fmt.h"
#include "base/names.h"

#include <inttypes.h>
#include <string.h>

/* By enum page_flag, and by enum page_type. */
static const char flag_names[] =
	"locked\0referenced\0uptodate\0dirty\0lru\0active\0workingset\0waiters\0error\0slab\0"
	"owner_priv_1\0arch_1\0reserved\0private\0private_2\0writeback\0head\0mappedtodisk\0"
	"reclaim\0swapbacked\0unevictable\0mlocked\0uncached\0hwpoison\0dropbehind\0young\0idle\0"
	"arch_2";
static const char type_names[] = "buddy\0offline\0table\0guard\0kmemcg\0hugetlb\0slab\0zsmalloc\0unaccepted\0large_kmalloc";
static const char cache_names[] =
	"write-back\0write-combining\0uncached (UC-)\0write-through\0not known";

/*
 * Orders of enum pageflags (include/linux/page-flags.h): the flags every configuration has,
 * bit 0 first. Those behind them depend on the configuration; of these VMCOREINFO tells
 * PG_hwpoison alone.
 */
static const struct flag_order {
	const char *name;
	size_t len;
	uint8_t cache[2]; /* _PGMT_WC, _PGMT_UC_MINUS: memtype.c; PG_arch_2 in place of uncached later */
	uint8_t flags[PF_LEN];
} flag_orders[] = {
	{ "5.10 to 6.1", 22, { PF_ARCH_1, PF_UNCACHED },
	  { PF_LOCKED, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_ACTIVE, PF_WORKINGSET,
	    PF_WAITERS, PF_ERROR, PF_SLAB, PF_OWNER_PRIV_1, PF_ARCH_1, PF_RESERVED, PF_PRIVATE,
	    PF_PRIVATE_2, PF_WRITEBACK, PF_HEAD, PF_MAPPEDTODISK, PF_RECLAIM, PF_SWAPBACKED,
	    PF_UNEVICTABLE, PF_MLOCKED } },
};

/* What VMCOREINFO tells of the order, as NUMBER(PG_...); all that are there must agree. */
static const struct {
	char name[11];
	uint8_t flag;
} anchors[] = {
	{ "lru", PF_LRU },
	{ "private", PF_PRIVATE },
	{ "swapcache", PF_OWNER_PRIV_1 },
	{ "swapbacked", PF_SWAPBACKED },
	{ "slab", PF_SLAB },
	{ "head_mask", PF_HEAD }, /* 1 << bit */
};

/* Members of struct page, told as OFFSET(page....). width is what is read there. */
static const struct {
	char name[15];
	uint8_t where; /* offsetof in struct page_layout */
	uint8_t width;
} members[] = {
	{ "flags", offsetof(struct page_layout, flags), 8 },
	{ "_refcount", offsetof(struct page_layout, refcount), 4 },
	{ "mapping", offsetof(struct page_layout, mapping), 8 },
	{ "lru", offsetof(struct page_layout, lru), 16 },
	{ "_mapcount", offsetof(struct page_layout, mapcount), 4 },
	{ "private", offsetof(struct page_layout, private), 8 },
	{ "compound_head", offsetof(struct page_layout, compound_head), 8 },
	{ "compound_dtor", offsetof(struct page_layout, compound_dtor), 1 },
	{ "compound_order", offsetof(struct page_layout, compound_order), 1 },
};

static bool read_members(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t size = 0, offset = 0;

	if (!vmcoreinfo_number(vi, "SIZE(page)", &size, e))
		return false;
	if (size < 32 || size > STRUCT_PAGE_MAX || size % 8)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SIZE(page)=%" PRIu64
			       " cannot be right", size);
	l->size = (size_t)size;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char key[32];

		fmt(key, sizeof(key), "OFFSET(page.%s)", members[i].name);
		if (!vmcoreinfo_number(vi, key, &offset, e))
			return false;
		if (offset > size - members[i].width)
			return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: %s=%" PRIu64
				       " lies outside SIZE(page)=%" PRIu64, key, offset, size);
		*(size_t *)(void *)((char *)l + members[i].where) = (size_t)offset;
	}
	return true;
}

static bool order_fits(const struct flag_order *o, const struct vmcoreinfo *vi)
{
	for (size_t i = 0; i < ARRAY_LEN(anchors); i++) {
		uint64_t told, bit = 0;
		char key[32];

		fmt(key, sizeof(key), "NUMBER(PG_%s)", anchors[i].name);
		if (!vmcoreinfo_optional(vi, key, &told))
			continue;
		while (bit < o->len && o->flags[bit] != anchors[i].flag)
			bit++;
		if (told != (anchors[i].flag == PF_HEAD ? 1ull << bit : bit))
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
		memcpy(l->cache_flag, o->cache, sizeof(l->cache_flag));
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
#define TYPE_BASE 0xf0000000u
#define MAPCOUNT_RESERVE (-128) /* PAGE_MAPCOUNT_RESERVE there: a typed page's word is below it */

static void set_type(struct page_layout *l, enum page_type type, uint32_t bit)
{
	l->type_mask[type] = TYPE_BASE | bit;
	l->type_value[type] = TYPE_BASE;
}

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
	l->typed_below = MAPCOUNT_RESERVE;
	set_type(l, PT_BUDDY, bit);
	if (vmcoreinfo_optional(vi, "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", &offline))
		set_type(l, PT_OFFLINE, ~(uint32_t)offline);
	if (vmcoreinfo_optional(vi, "OFFSET(uts_namespace.name)", &dummy)) {
		set_type(l, PT_TABLE, bit << 2);
		set_type(l, PT_GUARD, bit << 3);
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

/* Zones of x86_64 in order: five, or four without Device; of other numbers it is not sure. */
static const char zone_names[] = "DMA\0DMA32\0Normal\0Movable\0Device";

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
	    l->max_order > ORDERS_MAX)
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
	if (l->zones == 4 || l->zones == 5)
		for (size_t i = 0; i < l->zones; i++)
			l->zone_names[i] = name_at(zone_names, i);
	return true;
}

bool layout_init(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	*l = (struct page_layout){ .word = 8 };
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
	return name_at(flag_names, flag);
}

const char *layout_type_name(enum page_type type)
{
	return name_at(type_names, type);
}

enum cache_type layout_cache(const struct page_layout *l, uint64_t flags)
{
	/* Without the second flag there is no account: the first may mean something else then. */
	if (l->flag_bit[l->cache_flag[1]] == BIT_ABSENT)
		return CACHE_UNKNOWN;
	return (layout_has_flag(l, flags, l->cache_flag[0]) ? 1u : 0u) |
	       (layout_has_flag(l, flags, l->cache_flag[1]) ? 2u : 0u);
}

const char *layout_cache_name(enum cache_type type)
{
	return name_at(cache_names, type);
}

/* Where this kernel has its page flags, and how it writes page types. */
/* Tests no version: which of the known orders this is, VMCOREINFO's numbers say. */
#include "kernel/pageflags.h"

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
static const char type_names[] =
	"buddy\0offline\0table\0guard\0kmemcg\0hugetlb\0slab\0zsmalloc\0unaccepted\0large_kmalloc";
static const char cache_names[] =
	"write-back\0write-combining\0uncached (UC-)\0write-through\0not known";

/* What makes sure that an order is this kernel's, beside the anchors; one of them is enough. */
#define SURE_BY_HWPOISON 1u /* PG_hwpoison is told, and is the very next behind it */
#define SURE_BY_INFO 2u /* OFFSET(page.compound_info) is told */

/*
 * Orders of enum pageflags (include/linux/page-flags.h): the flags every configuration has,
 * bit 0 first; owner_2 of 6.12 is mappedtodisk. Those behind depend on the configuration. The
 * first order that fits counts.
 */
static const struct flag_order {
	const char *name;
	uint8_t len;
	uint8_t sure; /* SURE_..., 0: nothing more is asked */
	uint8_t cache[2]; /* _PGMT_WC, _PGMT_UC_MINUS of arch/x86/mm/pat/memtype.c */
	uint8_t flags[22];
} flag_orders[] = {
#define ORDER_OLD \
	PF_LOCKED, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_ACTIVE, PF_WORKINGSET, \
	PF_WAITERS, PF_ERROR, PF_SLAB, PF_OWNER_PRIV_1, PF_ARCH_1, PF_RESERVED, PF_PRIVATE, \
	PF_PRIVATE_2, PF_WRITEBACK, PF_HEAD, PF_MAPPEDTODISK, PF_RECLAIM, PF_SWAPBACKED, \
	PF_UNEVICTABLE, PF_MLOCKED
#define ORDER_NEW \
	PF_LOCKED, PF_WRITEBACK, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_HEAD, \
	PF_WAITERS, PF_ACTIVE, PF_WORKINGSET, PF_OWNER_PRIV_1, PF_MAPPEDTODISK, PF_ARCH_1, \
	PF_RESERVED, PF_PRIVATE, PF_PRIVATE_2, PF_RECLAIM, PF_SWAPBACKED, PF_UNEVICTABLE
	{ "5.10 to 6.5", 22, 0, { PF_ARCH_1, PF_UNCACHED }, { ORDER_OLD } },
	{ "6.12", 20, SURE_BY_HWPOISON, { PF_ARCH_1, PF_ARCH_2 }, { ORDER_NEW, PF_MLOCKED } },
	{ "7.2", 21, SURE_BY_HWPOISON | SURE_BY_INFO, { PF_ARCH_1, PF_ARCH_2 },
	  { ORDER_NEW, PF_DROPBEHIND, PF_MLOCKED } },
	/* Nothing tells whether dropbehind stands in front of mlocked. */
	{ "6.12 to 7.2", 19, 0, { PF_ARCH_1, PF_ARCH_2 }, { ORDER_NEW } },
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

static bool order_sure(const struct flag_order *o, const struct vmcoreinfo *vi)
{
	uint64_t bit, dummy;
	bool told = vmcoreinfo_optional(vi, "NUMBER(PG_hwpoison)", &bit);

	if (told && (bit < o->len || bit > 31))
		return false;
	return !o->sure || (o->sure & SURE_BY_HWPOISON && told && bit == o->len) ||
	       (o->sure & SURE_BY_INFO &&
		vmcoreinfo_optional(vi, "OFFSET(page.compound_info)", &dummy));
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
	return order_sure(o, vi);
}

static void set_flag(struct page_layout *l, enum page_flag flag, uint64_t bit)
{
	l->flag_bit[flag] = (uint8_t)bit;
	l->known_flags |= 1ull << bit;
}

static void use_order(struct page_layout *l, const struct flag_order *o, const struct vmcoreinfo *vi)
{
	uint64_t hwpoison;

	for (uint64_t bit = 0; bit < o->len; bit++)
		set_flag(l, o->flags[bit], bit);
	if (vmcoreinfo_optional(vi, "NUMBER(PG_hwpoison)", &hwpoison)) {
		set_flag(l, PF_HWPOISON, hwpoison);
		/* X86_PAT brings uncached, between the fixed flags and hwpoison. */
		if (o->cache[1] == PF_UNCACHED && hwpoison == o->len + 1u)
			set_flag(l, PF_UNCACHED, o->len);
	}
	memcpy(l->cache_flag, o->cache, sizeof(l->cache_flag));
	l->flags_from = o->name;
}

bool pageflags_read(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t dummy = 0;

	memset(l->flag_bit, BIT_ABSENT, sizeof(l->flag_bit));
	/* Without these two nothing tells one order from another. */
	if (!vmcoreinfo_number(vi, "NUMBER(PG_lru)", &dummy, e) ||
	    !vmcoreinfo_number(vi, "NUMBER(PG_head_mask)", &dummy, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(flag_orders); i++)
		if (order_fits(&flag_orders[i], vi)) {
			use_order(l, &flag_orders[i], vi);
			return true;
		}
	/* No account of cache types: PG_uncached is absent then. */
	l->cache_flag[0] = PF_ARCH_1;
	l->cache_flag[1] = PF_UNCACHED;
	err_set(e, ERR_UNSUPPORTED, "the page flags of this kernel are in no order known here");
	return err_cause(e, "PG_lru, PG_swapbacked and the other flags in VMCOREINFO fit none of "
			    "the known ones");
}

/*
 * Forms of page_type (include/linux/page-flags.h), known by the word of a buddy page. To 6.5 a
 * type is a bit cleared from all ones, under four that stay; from 6.12 on the top byte is a
 * number, and the others belong to the page's owner. 0: the form has no such type.
 */
enum type_form {
	FORM_5_10,
	FORM_6_1,
	FORM_6_12,
	FORM_LEN,
};

static const struct {
	char told[11]; /* as NUMBER(PAGE_..._MAPCOUNT_VALUE), or not at all */
	uint16_t is[FORM_LEN];
} types[PT_LEN] = {
	[PT_BUDDY] = { "BUDDY", { 0x80, 0x80, 0xf0 } },
	[PT_OFFLINE] = { "OFFLINE", { 0x100, 0x100, 0xf1 } },
	[PT_TABLE] = { "", { 0x400, 0x200, 0xf2 } },
	[PT_GUARD] = { "", { 0x800, 0x400, 0xf3 } },
	[PT_KMEMCG] = { "", { 0x200 } },
	[PT_HUGETLB] = { "HUGETLB", { 0, 0, 0xf4 } },
	[PT_SLAB] = { "SLAB", { 0, 0, 0xf5 } },
	[PT_ZSMALLOC] = { "", { 0, 0, 0xf6 } },
	[PT_UNACCEPTED] = { "UNACCEPTED", { 0, 0, 0xf7 } },
	[PT_LARGE_KMALLOC] = { "", { 0, 0, 0xf8 } }, /* with compound_info only */
};

static bool type_told(const struct vmcoreinfo *vi, size_t type, uint32_t *ret_word)
{
	uint64_t told;
	char key[48];

	fmt(key, sizeof(key), "NUMBER(PAGE_%s_MAPCOUNT_VALUE)", types[type].told);
	if (!*types[type].told || !vmcoreinfo_optional(vi, key, &told))
		return false;
	*ret_word = (uint32_t)told;
	return true;
}

static void set_type(struct page_layout *l, enum type_form form, size_t type, uint32_t is)
{
	l->type_mask[type] = form == FORM_6_12 ? 0xff000000u : 0xf0000000u | is;
	l->type_value[type] = form == FORM_6_12 ? is << 24 : 0xf0000000u;
}

/*
 * The rows above hold when all that is told agrees with them; else only what is told counts, and
 * every other type is shown by its number.
 */
static void set_types(struct page_layout *l, const struct vmcoreinfo *vi, enum type_form form)
{
	size_t rows = PT_LEN; /* without the last, in 6.12 */
	uint64_t dummy;
	bool agree = true;
	uint32_t word;

	for (size_t t = 0; t < PT_LEN; t++)
		if (type_told(vi, t, &word)) {
			uint32_t is = form == FORM_6_12 ? word >> 24 : ~word;

			agree = agree && is == types[t].is[form];
			set_type(l, form, t, is);
		}
	if (!vmcoreinfo_optional(vi, "OFFSET(page.compound_info)", &dummy))
		rows--;
	for (size_t t = 0; agree && t < rows; t++)
		if (types[t].is[form])
			set_type(l, form, t, types[t].is[form]);
}

bool pageflags_read_types(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	static const char key[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)";
	uint64_t buddy = 0, dummy;
	bool later = vmcoreinfo_optional(vi, "OFFSET(uts_namespace.name)", &dummy);

	if (!vmcoreinfo_number(vi, key, &buddy, e))
		return false;
	if ((uint32_t)buddy == 0xf0000000u) {
		l->typed_below = -0x1000000;
		set_types(l, vi, FORM_6_12);
	} else if ((uint32_t)buddy == ~0x80u) {
		l->typed_below = -128; /* PAGE_MAPCOUNT_RESERVE */
		set_types(l, vi, later ? FORM_6_1 : FORM_5_10);
	} else {
		err_set(e, ERR_UNSUPPORTED, "page types of another form (buddy %#" PRIx64 ")",
			buddy);
		return err_cause(e, "known here: the one-bit types of 5.10 to 6.5, the numbers of "
				    "6.12 to 7.2");
	}
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

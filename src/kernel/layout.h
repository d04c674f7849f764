/* How this kernel lays out struct page and its flags word. */
/* From VMCOREINFO, BTF and the rules of known kernels; no version is tested, and what none tells stays unknown. */
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#include "kernel/vmcoreinfo.h"

/* Flag bits by meaning; layout.flag_bit[] says where they are, or that they are not. */
enum page_flag {
	PF_LOCKED,
	PF_REFERENCED,
	PF_UPTODATE,
	PF_DIRTY,
	PF_LRU,
	PF_ACTIVE,
	PF_WORKINGSET,
	PF_WAITERS,
	PF_ERROR,
	PF_SLAB,
	PF_OWNER_PRIV_1, /* checked, and with swapbacked: swapcache */
	PF_ARCH_1,
	PF_RESERVED,
	PF_PRIVATE,
	PF_PRIVATE_2,
	PF_WRITEBACK,
	PF_HEAD,
	PF_MAPPEDTODISK,
	PF_RECLAIM,
	PF_SWAPBACKED,
	PF_UNEVICTABLE,
	PF_MLOCKED,
	PF_UNCACHED,
	PF_HWPOISON,
	PF_DROPBEHIND,
	PF_YOUNG,
	PF_IDLE,
	PF_ARCH_2,
	PF_LEN,
};

enum page_type {
	PT_BUDDY,
	PT_OFFLINE,
	PT_TABLE,
	PT_GUARD,
	PT_KMEMCG, /* 5.10 only */
	PT_HUGETLB, /* this and those below: from 6.12 on */
	PT_SLAB,
	PT_ZSMALLOC,
	PT_UNACCEPTED,
	PT_LARGE_KMALLOC,
	PT_LEN,
};

/* What the word at compound_head of a tail holds, beside bit 0; see layout_head(). */
enum head_form {
	HEAD_POINTER, /* the address of the head's struct page */
	/* 7.2: that, or ones down from bit 63 which, laid over the tail's own address, give it. */
	HEAD_BY_VALUE,
};

/* How a page of RAM is cached, as PAT keeps it in page flags (arch/x86/mm/pat/memtype.c). */
enum cache_type {
	CACHE_WB,
	CACHE_WC,
	CACHE_UC_MINUS,
	CACHE_WT,
	CACHE_UNKNOWN, /* this kernel has no such flags, or VMCOREINFO does not tell */
};

#define BIT_ABSENT 0xff
#define STRUCT_PAGE_MAX 256u /* largest SIZE(page) taken for true */
#define ZONES_MAX 8 /* most zones: x86 has at most five */
#define LAYOUT_ZONE_NAMES 6
#define ORDERS_MAX 16 /* most orders; x86 has 11, ARCH_FORCE_MAX_ORDER elsewhere up to 14 */

struct page_layout {
	size_t word; /* bytes of the kernel's unsigned long: 8, or 4 on i386 */
	size_t size; /* SIZE(page) */
	/* Offsets in struct page. flags, mapping, private, compound_head and lru are words. */
	size_t flags, refcount, mapping, lru, mapcount, private, compound_head;
	enum head_form head_form;
	/*
	 * In the second struct page of a compound page: its order, a byte; how often it is mapped
	 * whole and, from 6.12 on, how often all in all (both stored: less one; 0 when not told).
	 */
	size_t compound_order, compound_mapcount, large_mapcount;
	size_t compound_dtor; /* to 6.5, a byte there; 0 when a type tells hugetlb, not a dtor */
	uint64_t hugetlb_dtor; /* NUMBER(HUGETLB_PAGE_DTOR), 0 when not told */
	uint8_t flag_bit[PF_LEN]; /* BIT_ABSENT when this kernel has none, or does not tell */
	uint64_t known_flags; /* mask of the bits in flag_bit[] */
	uint8_t cache_flag[2]; /* enum page_flag: set alone WC and UC-, both WT; see layout_cache() */
	/*
	 * The page_type word shares its place with _mapcount: typed when, as int, below typed_below;
	 * then of type t when (word & type_mask[t]) == type_value[t]. A mask of 0: not told, or none.
	 */
	int32_t typed_below;
	uint32_t type_mask[PT_LEN], type_value[PT_LEN];
	/* From the top of the flags word: section (classic SPARSEMEM only), node, zone. */
	unsigned int section_shift, section_width;
	unsigned int node_shift, node_width;
	unsigned int zone_shift, zone_width;
	unsigned int nodes; /* there may be; with node_width 0 and more than one, flags do not tell */
	unsigned int zones; /* MAX_NR_ZONES */
	const char *zone_names[ZONES_MAX]; /* NULL when not known; zone_names[zones..] are */
	uint64_t max_order; /* LENGTH(zone.free_area): orders 0 .. max_order - 1 */
	const char *flags_from; /* which known order of flags fits; "BTF" when none did */
	bool has_btf; /* BTF was there, and agrees in so many facts */
	unsigned int agreed;
};

struct layoutbtf;

/*
 * Kinds: ERR_KEY_MISSING, ERR_KEY_VALUE, ERR_KEY_OFFSET; ERR_UNSUPPORTED when the anchors
 * (PG_lru, PG_swapbacked, PG_head_mask, PG_slab...) fit no known order of flags.
 */
bool layout_init(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));
/*
 * As above, held against BTF where both tell, and completed from it; btf NULL: there is none.
 * ERR_UNSUPPORTED only where BTF does not tell the flags either. Kinds more: ERR_DISAGREE, ERR_BTF.
 */
bool layout_init_btf(struct page_layout *l, const struct vmcoreinfo *vi, struct layoutbtf *btf,
		     struct err *e) __attribute__((warn_unused_result));
/*
 * The section's number takes width bits of the flags word: classic SPARSEMEM. layout_init() sees
 * that for i386; for x86_64 it assumes VMEMMAP, and who reads the section table knows better.
 */
void layout_set_sections(struct page_layout *l, unsigned int width);
/* Every zone there can be, in order; "DMA" is the first of LAYOUT_ZONE_NAMES. */
const char *layout_zone_name(size_t name);
const char *layout_flag_name(enum page_flag flag);
const char *layout_type_name(enum page_type type);
/* CACHE_WB with nopat, whatever the mapping: then the kernel keeps no account. */
enum cache_type layout_cache(const struct page_layout *l, uint64_t flags);
const char *layout_cache_name(enum cache_type type);

static inline bool layout_has_flag(const struct page_layout *l, uint64_t flags, enum page_flag f)
{
	return l->flag_bit[f] != BIT_ABSENT && (flags >> l->flag_bit[f] & 1);
}

/* The bits of the flags word that say zone and node. */
static inline uint64_t layout_place_mask(const struct page_layout *l)
{
	return l->zone_shift < 64 ? ((1ull << (l->zone_width + l->node_width)) - 1) << l->zone_shift
				  : 0;
}

/* The word that names zone and node together: equal for pages of the same zone and node. */
static inline uint64_t layout_place(const struct page_layout *l, uint64_t flags)
{
	return l->zone_shift < 64 ? (flags & layout_place_mask(l)) >> l->zone_shift : 0;
}

static inline unsigned int layout_zone(const struct page_layout *l, uint64_t flags)
{
	return (unsigned int)(layout_place(l, flags) & ((1u << l->zone_width) - 1));
}

static inline unsigned int layout_nid(const struct page_layout *l, uint64_t flags)
{
	return (unsigned int)(layout_place(l, flags) >> l->zone_width);
}

/*
 * The struct page at virt has word, with bit 0 set, at compound_head: where is its head's? A mask
 * has zeros only in its low bits (order and log2 of SIZE(page)); no struct page lies that high,
 * since the last 4 GiB of the address space of x86_64 are for the kernel's image and modules.
 */
static inline uint64_t layout_head(const struct page_layout *l, uint64_t virt, uint64_t word)
{
	if (l->head_form == HEAD_BY_VALUE && word >> 32 == 0xffffffff)
		return virt & (word - 1);
	return word - 1;
}

static inline bool layout_is_typed(const struct page_layout *l, uint32_t word)
{
	return (int32_t)word < l->typed_below;
}

/* Of that type? word is the one at l->mapcount. */
static inline bool layout_has_type(const struct page_layout *l, uint32_t word, enum page_type t)
{
	return l->type_mask[t] && (word & l->type_mask[t]) == l->type_value[t];
}

static inline uint64_t layout_flag_mask(const struct page_layout *l, enum page_flag f)
{
	return l->flag_bit[f] == BIT_ABSENT ? 0 : 1ull << l->flag_bit[f];
}

#endif

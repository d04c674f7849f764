/* The forms struct page has in different kernels, by hand: layouts for tests of who reads them. */
/* Not from VMCOREINFO, on purpose: that a layout is found right is tested with kernel/layout. */
#ifndef UNIT_FORMS_H
#define UNIT_FORMS_H

#include "kernel/layout.h"

#include <string.h>

/* include/linux/mm_types.h and include/linux/page-flags.h of each. */
enum form {
	FORM_5_10,
	FORM_6_1,
	FORM_6_1_SLOB, /* SIZE(page) 56 */
	FORM_I386, /* 6.1 with MEMCG: words of 4 bytes, SIZE(page) 40 */
	FORM_I386_SMALL, /* 5.10 without: 32 */
	FORM_6_12,
	FORM_7_2, /* heads by mask */
	FORM_7_2_POINTER, /* no hugetlb vmemmap optimisation: heads by pointer */
	FORM_LEN,
};

static const char *const form_names[FORM_LEN] = {
	"5.10", "6.1", "6.1 SLOB", "i386", "i386 small", "6.12", "7.2", "7.2 pointers",
};

static inline bool form_is_new(enum form f)
{
	return f >= FORM_6_12;
}

static inline bool form_is_32(enum form f)
{
	return f == FORM_I386 || f == FORM_I386_SMALL;
}

static inline bool form_is_5_10(enum form f)
{
	return f == FORM_5_10 || f == FORM_I386_SMALL;
}

/* enum pageflags, bit 0 first. */
static const uint8_t form_flags[3][26] = {
	{ PF_LOCKED, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_ACTIVE, PF_WORKINGSET, PF_WAITERS,
	  PF_ERROR, PF_SLAB, PF_OWNER_PRIV_1, PF_ARCH_1, PF_RESERVED, PF_PRIVATE, PF_PRIVATE_2,
	  PF_WRITEBACK, PF_HEAD, PF_MAPPEDTODISK, PF_RECLAIM, PF_SWAPBACKED, PF_UNEVICTABLE, PF_MLOCKED,
	  PF_UNCACHED, PF_HWPOISON, PF_LEN },
	{ PF_LOCKED, PF_WRITEBACK, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_HEAD, PF_WAITERS,
	  PF_ACTIVE, PF_WORKINGSET, PF_OWNER_PRIV_1, PF_MAPPEDTODISK, PF_ARCH_1, PF_RESERVED, PF_PRIVATE,
	  PF_PRIVATE_2, PF_RECLAIM, PF_SWAPBACKED, PF_UNEVICTABLE, PF_MLOCKED, PF_HWPOISON, PF_YOUNG,
	  PF_IDLE, PF_ARCH_2, PF_LEN },
	{ PF_LOCKED, PF_WRITEBACK, PF_REFERENCED, PF_UPTODATE, PF_DIRTY, PF_LRU, PF_HEAD, PF_WAITERS,
	  PF_ACTIVE, PF_WORKINGSET, PF_OWNER_PRIV_1, PF_MAPPEDTODISK, PF_ARCH_1, PF_RESERVED, PF_PRIVATE,
	  PF_PRIVATE_2, PF_RECLAIM, PF_SWAPBACKED, PF_UNEVICTABLE, PF_DROPBEHIND, PF_MLOCKED, PF_HWPOISON,
	  PF_YOUNG, PF_IDLE, PF_ARCH_2, PF_LEN },
};

/* 5.10 and 6.1: a bit under four that stay, cleared. Later: a number in the top byte. */
static const struct {
	uint8_t type;
	uint32_t bit_5_10, bit_6_1, number;
} form_types[] = {
	{ PT_BUDDY, 0x80, 0x80, 0xf0 },	     { PT_OFFLINE, 0x100, 0x100, 0xf1 },
	{ PT_TABLE, 0x400, 0x200, 0xf2 },    { PT_GUARD, 0x800, 0x400, 0xf3 },
	{ PT_KMEMCG, 0x200, 0, 0 },	     { PT_HUGETLB, 0, 0, 0xf4 },
	{ PT_SLAB, 0, 0, 0xf5 },	     { PT_ZSMALLOC, 0, 0, 0xf6 },
	{ PT_UNACCEPTED, 0, 0, 0xf7 },
};

static inline void form_set_types(struct page_layout *l, enum form f)
{
	l->typed_below = form_is_new(f) ? -0x1000000 : -128;
	for (size_t i = 0; i < sizeof(form_types) / sizeof(form_types[0]); i++) {
		uint32_t bit = form_is_5_10(f) ? form_types[i].bit_5_10 : form_types[i].bit_6_1;
		uint32_t number = form_types[i].number;

		if (form_is_new(f) ? !number : !bit)
			continue;
		l->type_mask[form_types[i].type] = form_is_new(f) ? 0xff000000 : 0xf0000000 | bit;
		l->type_value[form_types[i].type] = form_is_new(f) ? number << 24 : 0xf0000000;
	}
}

/* The page_type word of a page of that type; ~0 when the form has none. */
static inline uint32_t form_type(const struct page_layout *l, enum page_type t)
{
	uint32_t mask = l->type_mask[t];

	return mask ? l->type_value[t] | (mask == 0xff000000 ? 0 : 0x0fffffff & ~mask) : ~0u;
}

/* 64 nodes and 4 zones; on i386 one node, 4 zones. */
static inline void form_layout(struct page_layout *l, enum form f)
{
	const bool small = form_is_32(f), new = form_is_new(f);
	const size_t w = small ? 4 : 8;
	const uint8_t *order = form_flags[new ? 1 + (f != FORM_6_12) : 0];

	*l = (struct page_layout){
		.word = w, .size = f == FORM_I386 ? 40 : f == FORM_6_1_SLOB ? 56 : 8 * w,
		.flags = 0, .compound_head = w, .lru = w, .mapping = 3 * w, .private = 5 * w,
		.mapcount = 6 * w, .refcount = 6 * w + 4, .zones = 4, .max_order = 11,
		.head_form = f == FORM_7_2 || f == FORM_7_2_POINTER ? HEAD_BY_VALUE : HEAD_POINTER,
	};
	if (new) {
		l->compound_order = 0; /* the lowest byte of its flags */
		l->large_mapcount = 16;
		l->compound_mapcount = f == FORM_6_12 ? 20 : 24;
	} else {
		l->compound_dtor = 2 * w;
		l->compound_order = 2 * w + 1;
		l->compound_mapcount = 2 * w + 4;
		l->hugetlb_dtor = 2;
	}
	memset(l->flag_bit, BIT_ABSENT, sizeof(l->flag_bit));
	for (unsigned int bit = 0; order[bit] != PF_LEN; bit++) {
		l->flag_bit[order[bit]] = (uint8_t)bit;
		l->known_flags |= 1ull << bit;
	}
	form_set_types(l, f);
	l->node_width = small ? 0 : 6;
	l->node_shift = small ? 32 : 58;
	l->zone_width = 2;
	l->zone_shift = l->node_shift - 2;
}

/* Where struct pages of a form may lie: vmemmap, or mem_map in low memory. */
static inline uint64_t form_base(enum form f)
{
	return form_is_32(f) ? 0xf4a00000 : 0xffffea0000000000;
}

/* The word of the tails of a compound page. */
static inline uint64_t form_tail_word(const struct page_layout *l, enum form f, uint64_t head_pfn,
				      unsigned int order)
{
	if (f == FORM_7_2)
		return (~0ull << (order + 6)) | 1;
	return form_base(f) + head_pfn * l->size + 1;
}

static inline uint64_t form_flag(const struct page_layout *l, enum page_flag flag)
{
	return l->flag_bit[flag] == BIT_ABSENT ? 0 : 1ull << l->flag_bit[flag];
}

/* Field by field into a struct page. */
static inline void form_put(uint8_t *page, size_t off, uint64_t value, size_t width)
{
	memcpy(page + off, &value, width);
}

#endif

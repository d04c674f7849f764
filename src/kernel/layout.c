/* How this kernel lays out struct page and its flags word, from VMCOREINFO. */
/* Flags and types are read by pageflags.c; nothing here tests a version. */
#include "kernel/layout.h"

#include "kernel/layoutbtf.h"
#include "kernel/pageflags.h"

#include "base/fmt.h"
#include "base/names.h"

#include <inttypes.h>

/* How much is read at a member; words and pairs of them are as large as the kernel's. */
enum width {
	WIDTH_BYTE,
	WIDTH_INT,
	WIDTH_WORD,
	WIDTH_LIST,
};

/* Members of struct page that every kernel has, told as OFFSET(page....). */
static const struct {
	char name[10];
	uint8_t where; /* offsetof in struct page_layout */
	uint8_t width; /* enum width */
} members[] = {
	{ "flags", offsetof(struct page_layout, flags), WIDTH_WORD },
	{ "_refcount", offsetof(struct page_layout, refcount), WIDTH_INT },
	{ "mapping", offsetof(struct page_layout, mapping), WIDTH_WORD },
	{ "lru", offsetof(struct page_layout, lru), WIDTH_LIST },
	{ "_mapcount", offsetof(struct page_layout, mapcount), WIDTH_INT },
	{ "private", offsetof(struct page_layout, private), WIDTH_WORD },
};

#define SECTION_BITS_MAX 25 /* 2^52 of memory in sections of 2^27 */

static size_t width_bytes(const struct page_layout *l, enum width width)
{
	static const uint8_t fixed[] = { [WIDTH_BYTE] = 1, [WIDTH_INT] = 4 };

	return width < WIDTH_WORD ? fixed[width] : width == WIDTH_WORD ? l->word : 2 * l->word;
}

/* from is taken off first: the offset of the struct page that key counts from. */
static bool read_offset(const struct page_layout *l, const struct vmcoreinfo *vi, const char *key,
			size_t from, enum width width, size_t *ret_offset, struct err *e)
{
	size_t bytes = width_bytes(l, width);
	uint64_t offset = 0;

	if (!vmcoreinfo_number(vi, key, &offset, e))
		return false;
	if (offset < from || offset - from > l->size - bytes)
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: %s=%" PRIu64
			       " lies outside SIZE(page)=%zu", key, offset, l->size);
	*ret_offset = (size_t)offset - from;
	return true;
}

static bool read_size(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t size = 0, list = 0;

	if (!vmcoreinfo_number(vi, "SIZE(list_head)", &list, e) ||
	    !vmcoreinfo_number(vi, "SIZE(page)", &size, e))
		return false;
	if (list != 8 && list != 16)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SIZE(list_head)=%" PRIu64
			       " is no pair of pointers", list);
	l->word = (size_t)list / 2;
	if (size < 32 || size > STRUCT_PAGE_MAX || size % l->word)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: SIZE(page)=%" PRIu64
			       " cannot be right", size);
	l->size = (size_t)size;
	return true;
}

/* They have a place each: what shares one with them, a tail's word or a type, is none of these. */
static bool members_apart(const struct page_layout *l, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		size_t one = *(const size_t *)(const void *)((const char *)l + members[i].where);

		for (size_t j = 0; j < ARRAY_LEN(members); j++) {
			size_t other = *(const size_t *)(const void *)((const char *)l + members[j].where);

			if (i != j && other >= one && other - one < width_bytes(l, members[i].width))
				return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: OFFSET(page.%s) and "
					       "OFFSET(page.%s) share a place", members[i].name, members[j].name);
		}
	}
	return true;
}

static bool read_members(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char key[32];

		fmt(key, sizeof(key), "OFFSET(page.%s)", members[i].name);
		if (!read_offset(l, vi, key, 0, members[i].width,
				 (size_t *)(void *)((char *)l + members[i].where), e))
			return false;
	}
	return members_apart(l, e);
}

/*
 * The word that leads a tail to its head. In 7.2 it has another name and may hold a mask: with
 * CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP, which is for x86_64 only, where SIZE(page) is a power of
 * two (compound_info_has_mask(), include/linux/page-flags.h).
 */
static bool read_head(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t dummy;
	bool info = vmcoreinfo_optional(vi, "OFFSET(page.compound_info)", &dummy);

	l->head_form = info && l->word == 8 && !(l->size & (l->size - 1)) ? HEAD_BY_VALUE
									   : HEAD_POINTER;
	return read_offset(l, vi, info ? "OFFSET(page.compound_info)" : "OFFSET(page.compound_head)",
			   0, WIDTH_WORD, &l->compound_head, e);
}

/*
 * What the second struct page of a compound page tells of it (include/linux/mm_types.h). To 6.5
 * dtor and order, bytes, then the times mapped whole in the next int. Later the order is the
 * lowest byte of flags, and the mapcounts lie behind flags and compound_head: 6.12 has that of
 * all small pages together, then that of the whole; 7.2 has an int between them, and with words
 * of four bytes the second in a page further on. For kernels between these, that have dropbehind
 * (or may have it) but not compound_info, it is not told.
 */
static bool read_compound(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t dummy;
	bool in_folio = vmcoreinfo_optional(vi, "OFFSET(folio._folio_order)", &dummy);
	size_t from = in_folio ? l->size : 0, behind = 2 * l->word;

	if (in_folio || vmcoreinfo_optional(vi, "OFFSET(page.compound_order)", &dummy)) {
		bool told = vmcoreinfo_optional(vi, "NUMBER(HUGETLB_PAGE_DTOR)", &l->hugetlb_dtor);

		if (!read_offset(l, vi, in_folio ? "OFFSET(folio._folio_dtor)"
						 : "OFFSET(page.compound_dtor)",
				 from, WIDTH_BYTE, &l->compound_dtor, e) ||
		    !read_offset(l, vi, in_folio ? "OFFSET(folio._folio_order)"
						 : "OFFSET(page.compound_order)",
				 from, WIDTH_BYTE, &l->compound_order, e))
			return false;
		/*
		 * enum compound_dtor_id has had no other number for it; flags begin every struct page, and all of
		 * this is in a tail, which has the word that leads to its head as well.
		 */
		if ((told && l->hugetlb_dtor != 2) || l->compound_dtor - l->flags < l->word ||
		    l->compound_dtor - l->compound_head < l->word)
			return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: HUGETLB_PAGE_DTOR=%" PRIu64
				       " in byte %zu of a page cannot be right", l->hugetlb_dtor,
				       l->compound_dtor);
		l->compound_mapcount = (l->compound_order + 4) & ~(size_t)3;
		if (l->compound_mapcount <= l->size - 4)
			return true;
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: OFFSET(page.compound_order)=%zu "
			       "leaves no room for the mapcount", l->compound_order);
	}
	l->compound_order = l->flags;
	if (vmcoreinfo_optional(vi, "OFFSET(page.compound_info)", &dummy)) {
		l->large_mapcount = behind;
		l->compound_mapcount = l->word == 8 ? behind + 8 : 0;
	} else if (l->flag_bit[PF_MLOCKED] != BIT_ABSENT && l->flag_bit[PF_DROPBEHIND] == BIT_ABSENT) {
		l->large_mapcount = behind;
		l->compound_mapcount = behind + 4;
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
 * Z * N + 1 references of a pointer and an int each, with L = 2 and N nodes if NUMA, else 1 and 1.
 */
static unsigned int solve_zones(uint64_t zones_at, uint64_t nr_zones_at, uint64_t zone_size,
				uint64_t nodes, bool numa, size_t word)
{
	for (unsigned int z = 1; z <= ZONES_MAX; z++)
		if (zones_at + z * zone_size + (numa ? 2 : 1) * (z * nodes + 1) * 2 * word ==
		    nr_zones_at)
			return z;
	return 0;
}

/*
 * enum zone_type by the number of zones, where only one choice of options has so many; on x86_64
 * four are also those without DMA that have Device, which is rare enough to be left out.
 * i386 never has Device, and with PAE always HighMem.
 */
static const char zone_names[] = "DMA\0DMA32\0Normal\0HighMem\0Movable\0Device";

static const struct {
	uint8_t word, zones;
	bool pae;
	uint8_t names; /* a bit each of zone_names */
} zone_sets[] = {
	{ 8, 5, false, 0x37 }, { 8, 4, false, 0x17 }, { 8, 2, false, 0x14 },
	{ 4, 4, false, 0x1d }, { 4, 4, true, 0x1d },  { 4, 3, true, 0x1c },
	{ 4, 2, false, 0x14 },
};

static void name_zones(struct page_layout *l, const struct vmcoreinfo *vi)
{
	size_t len, zone = 0;
	bool pae = vmcoreinfo_find(vi, "CONFIG_X86_PAE", &len);

	for (size_t i = 0; i < ARRAY_LEN(zone_sets); i++)
		if (zone_sets[i].word == l->word && zone_sets[i].zones == l->zones &&
		    zone_sets[i].pae == pae)
			for (size_t name = 0; name < LAYOUT_ZONE_NAMES; name++)
				if (zone_sets[i].names >> name & 1)
					l->zone_names[zone++] = layout_zone_name(name);
}

const char *layout_zone_name(size_t name)
{
	return name_at(zone_names, name);
}

/*
 * include/linux/page-flags-layout.h, 5.10 to 7.2: from the top section, node, zone. The section
 * is there with classic SPARSEMEM: not with VMEMMAP, which i386 does not have and x86_64 usually
 * has. The node is left out where it does not fit beside the flags.
 */
void layout_set_sections(struct page_layout *l, unsigned int width)
{
	unsigned int bits = 8 * (unsigned int)l->word, flags = log2_up(l->known_flags + 1);
	unsigned int nodes = log2_up(l->nodes);

	l->section_width = width;
	l->section_shift = bits - width;
	l->zone_width = log2_up(l->zones);
	l->node_width = width + nodes + l->zone_width + flags <= bits ? nodes : 0;
	l->node_shift = l->section_shift - l->node_width;
	l->zone_shift = l->node_shift - l->zone_width;
}

/*
 * i386 has no VMEMMAP. For x86_64 VMCOREINFO tells the address of its vmemmap from 6.12 on, as it
 * does that of vmalloc; before, BTF tells: only with VMEMMAP a section has parts.
 */
static bool is_classic(const struct page_layout *l, const struct vmcoreinfo *vi,
		       const struct layoutbtf *btf, bool *ret_classic, struct err *e)
{
	enum btf_answer answer = btf ? layoutbtf_is_classic(btf, e) : BTF_NO;
	uint64_t dummy;

	*ret_classic = l->word == 4 || answer == BTF_YES ||
		       (vmcoreinfo_optional(vi, "NUMBER(VMALLOC_START)", &dummy) &&
			!vmcoreinfo_optional(vi, "SYMBOL(vmemmap)", &dummy));
	return answer != BTF_BROKEN;
}

static bool read_sections(struct page_layout *l, const struct vmcoreinfo *vi,
			  const struct layoutbtf *btf, struct err *e)
{
	uint64_t section = 0, memory = 0;
	bool classic = false;

	if (!is_classic(l, vi, btf, &classic, e))
		return false;
	if (!classic || !vmcoreinfo_optional(vi, "NUMBER(SECTION_SIZE_BITS)", &section) ||
	    !vmcoreinfo_optional(vi, "NUMBER(MAX_PHYSMEM_BITS)", &memory))
		section = memory = 0;
	else if (memory <= section || memory - section > SECTION_BITS_MAX)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: sections of 2^%" PRIu64
			       " bytes in 2^%" PRIu64 " of memory", section, memory);
	layout_set_sections(l, (unsigned int)(memory - section));
	return true;
}

static bool read_zones(struct page_layout *l, const struct vmcoreinfo *vi, struct layoutbtf *btf,
		       struct err *e)
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
	l->nodes = (unsigned int)nodes;
	l->zones = solve_zones(zones_at, nr_zones_at, zone_size, nodes, numa, l->word);
	name_zones(l, vi);
	if (btf && !layoutbtf_zones(btf, l, e))
		return false;
	if (!l->zones)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: no number of zones puts "
			       "pglist_data.nr_zones at %" PRIu64, nr_zones_at);
	return read_sections(l, vi, btf, e);
}

/* Flags in an order that is known, or by BTF alone. */
static bool read_flags(struct page_layout *l, const struct vmcoreinfo *vi, struct layoutbtf *btf,
		       struct err *e)
{
	if (!pageflags_read(l, vi, e)) {
		if (!btf || e->kind != ERR_UNSUPPORTED)
			return false;
		l->flags_from = "BTF";
	}
	return !btf || layoutbtf_flags(btf, l, e);
}

bool layout_init_btf(struct page_layout *l, const struct vmcoreinfo *vi, struct layoutbtf *btf,
		     struct err *e)
{
	*l = (struct page_layout){ .has_btf = btf };
	if ((btf && !layoutbtf_compare(btf, vi, e)) || !read_size(l, vi, e) ||
	    !read_members(l, vi, e) || !read_head(l, vi, e) || !read_flags(l, vi, btf, e) ||
	    !pageflags_read_types(l, vi, e) || (btf && !layoutbtf_types(btf, l, e)) ||
	    !read_compound(l, vi, e) || (btf && !layoutbtf_compound(btf, l, e)) ||
	    !read_zones(l, vi, btf, e))
		return false;
	l->agreed = btf ? btf->agreed : 0;
	return true;
}

bool layout_init(struct page_layout *l, const struct vmcoreinfo *vi, struct err *e)
{
	return layout_init_btf(l, vi, NULL, e);
}

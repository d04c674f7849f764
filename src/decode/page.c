/* One struct page: its bytes turned into facts. */
/* Keeps what it cannot name. */
#include "decode/page.h"

#include "base/fmt.h"

static uint64_t page_flag_bits(const struct page_layout *l)
{
	return l->zone_shift < 64 ? (1ull << l->zone_shift) - 1 : ~0ull;
}

void page_decode(const struct page_layout *l, uint64_t virt, const struct view *page,
		 struct page_facts *ret_facts)
{
	struct page_facts *p = ret_facts;
	uint64_t compound = view_le(page, l->compound_head, l->word);

	*p = (struct page_facts){ 0 };
	p->flags = view_le(page, l->flags, l->word);
	p->unknown_flags = p->flags & page_flag_bits(l) & ~l->known_flags;
	p->nid = layout_nid(l, p->flags);
	p->zone = layout_zone(l, p->flags);
	p->has_zone = p->zone < l->zones;
	p->tail = compound & TAIL_BIT;
	p->head_virt = p->tail ? layout_head(l, virt, compound) : 0;
	p->head = !p->tail && layout_has_flag(l, p->flags, PF_HEAD);
	p->mapping = view_le(page, l->mapping, l->word);
	p->private = view_le(page, l->private, l->word);
	p->lru[0] = view_le(page, l->lru, l->word);
	p->lru[1] = view_le(page, l->lru + l->word, l->word);
	p->mapcount_word = view_u32(page, l->mapcount);
	p->refcount = (int32_t)view_u32(page, l->refcount);
	p->typed = layout_is_typed(l, p->mapcount_word);
	/* A slab, or who gives a page a type, may have anything where a mapping would be. */
	if (p->tail || p->typed || layout_has_flag(l, p->flags, PF_SLAB))
		return;
	p->anon = p->mapping & MAPPING_ANON;
	p->ksm = (p->mapping & MAPPING_BITS) == MAPPING_KSM;
	p->movable = (p->mapping & MAPPING_BITS) == MAPPING_MOVABLE;
}

/* Stored less one; an offset of 0 is none. */
static int32_t count_at(const struct view *second, size_t off)
{
	return off ? (int32_t)view_u32(second, off) : -1;
}

void page_decode_compound(const struct page_layout *l, const struct page_facts *head,
			  const struct view *second, struct page_compound *ret_compound)
{
	struct page_compound *c = ret_compound;
	/*
	 * PG_workingset of the second page: PG_double_map where slab is a flag, up to 6.1; from
	 * 6.12 on PG_large_rmappable.
	 */
	bool bit = layout_has_flag(l, view_le(second, l->flags, l->word), PF_WORKINGSET);

	c->dtor = l->compound_dtor ? view_u8(second, l->compound_dtor) : 0;
	c->order = view_u8(second, l->compound_order);
	c->mapcount = count_at(second, l->compound_mapcount);
	c->large_mapcount = count_at(second, l->large_mapcount);
	c->double_map = !l->type_mask[PT_SLAB] && bit;
	c->rmappable = l->type_mask[PT_SLAB] && bit;
	c->hugetlb = (l->hugetlb_dtor && c->dtor == l->hugetlb_dtor) ||
		     page_has_type(l, head, PT_HUGETLB);
}

void page_unmask(const struct page_layout *l, uint64_t virt, const struct view *second,
		 struct page_facts *page)
{
	uint64_t word = view_le(second, l->compound_head, l->word), head;

	if (!page->head || virt % PAGE_SIZE || !(word & TAIL_BIT))
		return;
	head = layout_head(l, virt + l->size, word);
	if (head == virt)
		return;
	page->head = false;
	page->tail = true;
	page->head_virt = head;
}

bool page_has_type(const struct page_layout *l, const struct page_facts *p, enum page_type type)
{
	return p->typed && layout_has_type(l, p->mapcount_word, type);
}

uint64_t page_mapcount(const struct page_layout *l, const struct page_facts *page,
		       const struct page_facts *head, const struct page_compound *compound)
{
	int64_t count = page->typed ? 0 : (int64_t)(int32_t)page->mapcount_word + 1;
	int64_t whole = head ? (int64_t)compound->mapcount + 1 : 0;

	if (l->type_mask[PT_SLAB])
		return (uint64_t)(count + whole);
	/* A file's huge page counts each mapping in its small pages already. */
	if (page->typed || !head || !(head->anon || compound->hugetlb))
		return (uint64_t)count;
	return (uint64_t)(count + whole - compound->double_map);
}

/* "bit3", and "bit30-50" for a row of them: more a field than flags. */
static void append_unknown(uint64_t bits, char *buf, size_t size, size_t *n)
{
	for (unsigned int bit = 0, last; bit < 64; bit = last + 1) {
		last = bit;
		if (!(bits >> bit & 1))
			continue;
		while (last < 63 && bits >> (last + 1) & 1)
			last++;
		fmt_append(buf, size, n, "%sbit%u", *n ? " " : "", bit);
		if (last > bit)
			fmt_append(buf, size, n, "-%u", last);
	}
}

uint64_t page_flags_text(const struct page_layout *l, uint64_t flags, char *buf, size_t size)
{
	uint64_t bits = flags & page_flag_bits(l);
	size_t n = 0;

	fmt(buf, size, "%s", bits ? "" : "-");
	for (unsigned int f = 0; f < PF_LEN; f++)
		if (layout_has_flag(l, bits, (enum page_flag)f))
			fmt_append(buf, size, &n, "%s%s", n ? " " : "",
				   layout_flag_name((enum page_flag)f));
	append_unknown(bits & ~l->known_flags, buf, size, &n);
	return bits;
}

/* One number in the top bits of the word, not a bit for each: the mask has no bits apart. */
static bool type_is_number(uint32_t mask)
{
	return mask && !(~mask & (~mask + 1));
}

void page_types_text(const struct page_layout *l, const struct page_facts *p, char *buf,
		     size_t size)
{
	uint32_t known = 0, common = ~0u;
	size_t n = 0;

	fmt(buf, size, "-");
	if (!p->typed)
		return;
	for (unsigned int t = 0; t < PT_LEN; t++) {
		known |= l->type_mask[t];
		if (l->type_mask[t])
			common &= l->type_mask[t];
		if (page_has_type(l, p, (enum page_type)t))
			fmt_append(buf, size, &n, "%s%s", n ? " " : "",
				   layout_type_name((enum page_type)t));
	}
	if (type_is_number(l->type_mask[PT_BUDDY])) {
		if (!n)
			fmt_append(buf, size, &n, "%#x", p->mapcount_word / (~l->type_mask[PT_BUDDY] + 1));
	/* Where even what the types have in common is not there, the word is of another form. */
	} else if ((p->mapcount_word & common) == common) {
		append_unknown(~p->mapcount_word & ~known, buf, size, &n);
	}
}

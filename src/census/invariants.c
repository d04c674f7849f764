/* What one struct page says for or against a layout: a table of invariants. */
/* Each holds on every kernel from 5.10 to 7.2, whatever its configuration; what holds on some only is none. */
#include "census/invariants.h"

#include "base/fmt.h"
#include "census/classify.h"
#include "census/oracle.h"

#include <inttypes.h>
#include <string.h>

#define BIT(n) (1u << (n))
/* References that are none of a mapping's or the page cache's: batches on their way to a list, pins. */
#define PASSING 3
/* x86 has huge pages of 2 MiB, 4 MiB or 1 GiB. */
#define HUGE_ORDER_MIN 9u
#define COMPOUND_ORDER_MAX 20u

__attribute__((format(printf, 2, 3))) static bool no(const struct looked *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fmt_list(p->words, PROOF_WORDS_MAX, format, args);
	va_end(args);
	return false;
}

/* Canonical, and in the upper half; list poison is neither. */
static bool is_kernel_address(const struct page_layout *l, uint64_t virt)
{
	return l->word == 4 ? virt >= 0x40000000 : virt >> 56 == 0xff;
}

static const uint8_t *at(const struct chunk *c, uint64_t pfn)
{
	return c->bytes + (pfn - c->first) * c->k->layout.size;
}

static bool is_inside(const struct chunk *c, uint64_t pfn)
{
	return pfn - c->first < c->count;
}

static void decode(const struct chunk *c, uint64_t pfn, struct page_facts *ret_facts)
{
	const size_t size = c->k->layout.size;
	struct view v = { at(c, pfn), size, 0 };
	uint64_t virt = c->virt + (pfn - c->first) * size;

	page_decode(&c->k->layout, virt, &v, ret_facts);
	if (ret_facts->head && is_inside(c, pfn + 1)) {
		v.bytes += size;
		page_unmask(&c->k->layout, virt, &v, ret_facts);
	}
}

static void decode_compound(const struct chunk *c, uint64_t pfn, const struct page_facts *head,
			    struct page_compound *ret_compound)
{
	struct view second = { at(c, pfn + 1), c->k->layout.size, 0 };

	page_decode_compound(&c->k->layout, head, &second, ret_compound);
}

static bool has(const struct chunk *c, const struct looked *p, enum page_flag flag)
{
	return layout_has_flag(&c->k->layout, p->facts.flags, flag);
}

/* mm/memory.c, mm/shmem.c, mm/mlock.c: what a fault leaves behind. */
static bool look_own(struct chunk *c, const struct looked *p)
{
	unsigned int i = 0;
	bool shared;
	int mapped, held;
	int32_t count = (int32_t)p->facts.mapcount_word + 1;
	uint64_t *mapping;
	static const uint8_t unset[] = { PF_RESERVED, PF_HWPOISON, PF_HEAD, PF_SLAB };

	while (c->own->pfn[i] != p->pfn)
		i++;
	shared = own_is_shared(i);
	mapping = &c->own_mapping[shared];
	mapped = own_mapped(i);
	held = mapped + shared; /* the page cache holds one, too */
	if (count != mapped)
		return no(p, "_mapcount %#x, mapped %d times", p->facts.mapcount_word, mapped);
	if (p->facts.refcount < held || p->facts.refcount > held + PASSING)
		return no(p, "_refcount %#x, held %d times", (uint32_t)p->facts.refcount, held);
	if (p->facts.anon == shared || !is_kernel_address(&c->k->layout, p->facts.mapping))
		return no(p, "mapping %#" PRIx64 " of %s memory", p->facts.mapping,
			  shared ? "shared" : "anonymous");
	if (*mapping && *mapping != p->facts.mapping)
		return no(p, "mapping %#" PRIx64 ", of its neighbour %#" PRIx64, p->facts.mapping, *mapping);
	*mapping = p->facts.mapping;
	for (size_t k = 0; k < sizeof(unset); k++)
		if (has(c, p, unset[k]))
			return no(p, "flags %#" PRIx64 ", %s among them", p->facts.flags,
				  layout_flag_name(unset[k]));
	if (!has(c, p, PF_UPTODATE) || (!shared && !has(c, p, PF_SWAPBACKED)) ||
	    (!shared && c->own->locked && !has(c, p, PF_MLOCKED)))
		return no(p, "flags %#" PRIx64 " without uptodate, swapbacked or mlocked", p->facts.flags);
	/* Not on its list yet: then a batch holds it. */
	if (!has(c, p, PF_LRU) && p->facts.refcount == held)
		return no(p, "flags %#" PRIx64 " without lru", p->facts.flags);
	return true;
}

static bool look_kernel(struct chunk *c, const struct looked *p)
{
	uint64_t told = c->told[p->pfn - c->first];
	uint8_t kind = c->kinds[p->pfn - c->first];

	return oracle_kinds(told) >> kind & 1 ||
	       no(p, "kind %s, kpageflags %#" PRIx64, kind_name(kind), told);
}

/* An anon_vma, an inode: small objects both. */
static bool look_slab(struct chunk *c, const struct looked *p)
{
	uint8_t kind = c->kinds[p->pfn - c->first];

	return kind == KIND_SLAB || no(p, "kind %s and an object in it", kind_name(kind));
}

/* mm/page_alloc.c, init_unavailable_range(): what is no RAM has a struct page made like this. */
static bool look_low(struct chunk *c, const struct looked *p)
{
	if (!has(c, p, PF_RESERVED))
		return no(p, "flags %#" PRIx64 " without reserved", p->facts.flags);
	return (p->facts.refcount == 1 && p->facts.mapcount_word == UINT32_MAX) ||
	       no(p, "_refcount %#x, _mapcount %#x", (uint32_t)p->facts.refcount, p->facts.mapcount_word);
}

/* By the names of zones: arch/x86/mm/init.c, zone_sizes_init(). */
static bool zone_is_likely(const struct page_layout *l, const struct looked *p)
{
	const char *name = p->facts.has_zone ? l->zone_names[p->facts.zone] : NULL;

	if (!name)
		return false;
	if (!strcmp(name, "DMA"))
		return p->pfn < 0x1000;
	if (!strcmp(name, "DMA32"))
		return p->pfn >= 0x1000 && p->pfn < 0x100000;
	return strcmp(name, "Normal") || p->pfn >= 0x100000;
}

/* /proc/zoneinfo takes as long as the census of 64 MiB, so it is read where zones alone do not tell. */
static bool zone_spans(struct chunk *c, const struct looked *p)
{
	const struct page_layout *l = &c->k->layout;

	if (!c->zones || !c->zones->len) {
		bool likely = zone_is_likely(l, p);

		c->wants_zones |= !likely || p->facts.nid;
		/* Without that file, a zone without name may be anywhere. */
		return likely || (p->facts.has_zone && !l->zone_names[p->facts.zone]);
	}
	for (size_t i = 0; i < c->zones->len; i++) {
		const struct zonefiles_zone *z = &c->zones->zones[i];

		if (z->number == p->facts.zone && p->pfn - z->start_pfn < z->spanned && z->present &&
		    (z->nid == p->facts.nid || (l->nodes > 1 && !l->node_width)))
			return true;
	}
	return false;
}

static bool look_zone(struct chunk *c, const struct looked *p)
{
	return zone_spans(c, p) || no(p, "flags %#" PRIx64 ": node %u, zone %u, which does not span it",
				      p->facts.flags, p->facts.nid, p->facts.zone);
}

/* mm/page_alloc.c, set_buddy_order() and __free_one_page(). */
static bool look_buddy(struct chunk *c, const struct looked *p)
{
	const struct page_layout *l = &c->k->layout;
	uint64_t order = p->facts.private;

	if (order >= l->max_order || p->pfn & ((1ull << order) - 1))
		return no(p, "private %#" PRIx64 " is no order of a block there", order);
	if (p->facts.refcount)
		return no(p, "_refcount %#x of a free block", (uint32_t)p->facts.refcount);
	if (!is_kernel_address(l, p->facts.lru[0]) || !is_kernel_address(l, p->facts.lru[1]))
		return no(p, "lru %#" PRIx64 ", %#" PRIx64 " of a free block", p->facts.lru[0],
			  p->facts.lru[1]);
	return !(has(c, p, PF_RESERVED) || has(c, p, PF_LRU) || has(c, p, PF_HEAD)) ||
	       no(p, "flags %#" PRIx64 " of a free block", p->facts.flags);
}

/* Compound pages lie where blocks of their order do: a head is aligned to more than what follows it. */
static bool look_tail(struct chunk *c, const struct looked *p)
{
	struct page_facts head;
	struct page_compound compound;
	uint64_t pfn;

	if (!pagearray_pfn(&c->k->pages, p->facts.head_virt, &pfn))
		return no(p, "head at %#" PRIx64 ", no struct page", p->facts.head_virt);
	if (pfn >= p->pfn || (pfn && (pfn & -pfn) <= p->pfn - pfn))
		return no(p, "head at %#" PRIx64 ", pfn %#" PRIx64, p->facts.head_virt, pfn);
	if (!is_inside(c, pfn))
		return true;
	decode(c, pfn, &head);
	decode_compound(c, pfn, &head, &compound);
	if (!head.head)
		return no(p, "head pfn %#" PRIx64 " has flags %#" PRIx64, pfn, head.flags);
	return compound.order <= COMPOUND_ORDER_MAX && p->pfn - pfn < 1ull << compound.order
		       ? true
		       : no(p, "head pfn %#" PRIx64 " is of order %u", pfn, compound.order);
}

/* Is pfn, where the chunk shows it, a tail of the head? */
static bool is_tail_of(const struct chunk *c, uint64_t pfn, uint64_t head_virt)
{
	struct page_facts facts;

	decode(c, pfn, &facts);
	return facts.tail && facts.head_virt == head_virt;
}

static bool look_head(struct chunk *c, const struct looked *p)
{
	const struct page_layout *l = &c->k->layout;
	struct page_compound compound;
	uint64_t end;

	decode_compound(c, p->pfn, &p->facts, &compound);
	if (!is_tail_of(c, p->pfn + 1, p->virt))
		return no(p, "flags %#" PRIx64 " of a head, and no tail behind", p->facts.flags);
	if (!compound.order || compound.order > COMPOUND_ORDER_MAX ||
	    p->pfn & ((1ull << compound.order) - 1))
		return no(p, "order %u of a compound page there", compound.order);
	end = p->pfn + (1ull << compound.order);
	if ((is_inside(c, end - 1) && !is_tail_of(c, end - 1, p->virt)) ||
	    (is_inside(c, end) && is_tail_of(c, end, p->virt)))
		return no(p, "order %u, and its tails are of another", compound.order);
	/* enum compound_dtor_id, include/linux/mm.h, 5.10 to 6.5: 0 is none, 3 the last. */
	if (l->compound_dtor && (!compound.dtor || compound.dtor > 3))
		return no(p, "destructor %u", compound.dtor);
	return !compound.hugetlb || compound.order >= HUGE_ORDER_MIN ||
	       no(p, "a hugetlb page of order %u", compound.order);
}

static bool look_count(struct chunk *c, const struct looked *p)
{
	(void)c;
	return ((int32_t)p->facts.mapcount_word >= -1 &&
		p->facts.refcount > (int32_t)p->facts.mapcount_word) ||
	       no(p, "_refcount %#x, _mapcount %#x", (uint32_t)p->facts.refcount, p->facts.mapcount_word);
}

static bool look_list(struct chunk *c, const struct looked *p)
{
	const struct page_layout *l = &c->k->layout;
	uint64_t mapping = p->facts.mapping & ~(uint64_t)MAPPING_BITS;

	if (mapping && !is_kernel_address(l, mapping))
		return no(p, "mapping %#" PRIx64, p->facts.mapping);
	/* 6.1 and later keep a count in lru of what is unevictable: include/linux/mm_types.h. */
	return has(c, p, PF_UNEVICTABLE) ||
	       (is_kernel_address(l, p->facts.lru[0]) && is_kernel_address(l, p->facts.lru[1])) ||
	       no(p, "lru %#" PRIx64 ", %#" PRIx64, p->facts.lru[0], p->facts.lru[1]);
}

static bool look_type(struct chunk *c, const struct looked *p)
{
	return page_has_type(&c->k->layout, &p->facts, PT_BUDDY) ||
	       no(p, "_mapcount %#x of what looks like a free block", p->facts.mapcount_word);
}

static bool (*const looks[INVARIANT_LEN])(struct chunk *c, const struct looked *p) = {
	[INVARIANT_OWN] = look_own,	[INVARIANT_KERNEL] = look_kernel,
	[INVARIANT_SLAB] = look_slab,	[INVARIANT_LOW] = look_low,
	[INVARIANT_ZONE] = look_zone,	[INVARIANT_BUDDY] = look_buddy,
	[INVARIANT_TAIL] = look_tail,	[INVARIANT_HEAD] = look_head,
	[INVARIANT_COUNT] = look_count, [INVARIANT_LIST] = look_list,
	[INVARIANT_TYPE] = look_type,
};

bool invariant_look(enum invariant which, struct chunk *c, const struct looked *page)
{
	return looks[which](c, page);
}

/* As a free block is, but for its type: no other page without references is on a list. */
static bool looks_free(const struct page_layout *l, const struct looked *p)
{
	return !p->facts.refcount && p->facts.private < l->max_order &&
	       !(p->pfn & ((1ull << p->facts.private) - 1)) &&
	       is_kernel_address(l, p->facts.lru[0]) && is_kernel_address(l, p->facts.lru[1]);
}

static bool is_known_type(const struct page_layout *l, const struct page_facts *facts)
{
	for (unsigned int t = 0; t < PT_LEN; t++)
		if (t != PT_BUDDY && page_has_type(l, facts, (enum page_type)t))
			return true;
	return false;
}

/* /proc/kpageflags says free of each page in a block; of one that began before the chunk nothing is seen. */
static bool is_comparable(const struct chunk *c, const struct looked *p, bool ram)
{
	uint64_t i = p->pfn - c->first;

	/* A hole to the kernel: 7.2 says 0 of those. */
	if (i >= c->told_len || c->told[i] >> KPF_NOPAGE & 1 || (!ram && !c->told[i]))
		return false;
	return c->kinds[i] < KIND_LEN &&
	       !(c->told[i] >> KPF_BUDDY & 1 && c->first & ((1ull << (c->k->layout.max_order - 1)) - 1) &&
		 !page_has_type(&c->k->layout, &p->facts, PT_BUDDY));
}

static uint32_t single_page(const struct chunk *c, const struct looked *p)
{
	const struct page_layout *l = &c->k->layout;
	const struct page_facts *f = &p->facts;
	uint32_t is = 0;

	if (page_has_type(l, f, PT_BUDDY))
		is |= BIT(INVARIANT_BUDDY) | BIT(INVARIANT_TYPE);
	else if (f->typed && looks_free(l, p) && !is_known_type(l, f))
		is |= BIT(INVARIANT_TYPE);
	if (f->head && is_inside(c, p->pfn + 1))
		is |= BIT(INVARIANT_HEAD);
	if (has(c, p, PF_LRU) && !f->typed)
		is |= BIT(INVARIANT_COUNT) | BIT(INVARIANT_LIST);
	if (c->is_own >> (p->pfn - c->first) & 1 && !f->head)
		is |= BIT(INVARIANT_OWN);
	return is;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	while (size && !*bytes)
		bytes++, size--;
	return !size;
}

void invariant_prepare(const struct chunk *c, uint64_t pfn, struct looked *p)
{
	const struct page_layout *l = &c->k->layout;
	bool ram = c->all_ram || guard_is_ram(&c->k->pages.mem->guard, pfn << PAGE_SHIFT);

	p->pfn = pfn;
	p->virt = c->virt + (pfn - c->first) * l->size;
	p->is = 0;
	decode(c, pfn, &p->facts);
	/* Full of ones: never made (CONFIG_DEBUG_VM). Of zeros: FLATMEM of 5.10 leaves holes like that. */
	if (p->facts.flags == (l->word == 4 ? UINT32_MAX : UINT64_MAX) ||
	    (!p->facts.flags && is_zero(at(c, pfn), l->size)))
		return;
	/* Of what was no RAM a file does not tell. */
	if (!(ram && c->k->pages.mem->live) && pfn << PAGE_SHIFT >= LOW_VIDEO_END &&
	    pfn << PAGE_SHIFT < LOW_END)
		p->is |= BIT(INVARIANT_LOW);
	/* What no zone spans is reserved, and of any zone: mm/page_alloc.c, init_reserved_page(). */
	if (ram && !has(c, p, PF_RESERVED))
		p->is |= BIT(INVARIANT_ZONE);
	p->is |= p->facts.tail ? BIT(INVARIANT_TAIL) : single_page(c, p);
	if (pfn && (pfn == c->slab_pfn[0] || pfn == c->slab_pfn[1]) && c->kinds[pfn - c->first] < KIND_LEN)
		p->is |= BIT(INVARIANT_SLAB);
	if (is_comparable(c, p, ram))
		p->is |= BIT(INVARIANT_KERNEL);
}

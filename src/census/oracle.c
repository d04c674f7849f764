/* What /proc/kpageflags must say of a struct page. */
/* Written from the kernel's side: the file's rules, not the census's. */
#include "census/oracle.h"

#include "base/names.h"

#include <stddef.h>

#define BIT(n) (1ull << (n))
/* By enum kpf. */
static const char bit_names[] =
	"LOCKED\0ERROR\0REFERENCED\0UPTODATE\0DIRTY\0LRU\0ACTIVE\0SLAB\0WRITEBACK\0RECLAIM\0"
	"BUDDY\0MMAP\0ANON\0SWAPCACHE\0SWAPBACKED\0COMPOUND_HEAD\0COMPOUND_TAIL\0HUGE\0"
	"UNEVICTABLE\0HWPOISON\0NOPAGE\0KSM\0THP\0OFFLINE\0ZERO_PAGE\0IDLE\0PGTABLE\0bit27\0"
	"bit28\0bit29\0bit30\0bit31\0RESERVED\0MLOCKED\0MAPPEDTODISK\0PRIVATE\0PRIVATE_2\0"
	"OWNER_PRIVATE\0ARCH\0UNCACHED\0SOFTDIRTY\0ARCH_2\0ARCH_3";

/* The page flag that a bit copies, plus one; 0: it comes from elsewhere. */
#define COPY(flag) ((flag) + 1)
static const uint8_t copied[KPF_LEN] = {
	[KPF_LOCKED] = COPY(PF_LOCKED),
	[KPF_ERROR] = COPY(PF_ERROR),
	[KPF_REFERENCED] = COPY(PF_REFERENCED),
	[KPF_UPTODATE] = COPY(PF_UPTODATE),
	[KPF_DIRTY] = COPY(PF_DIRTY),
	[KPF_LRU] = COPY(PF_LRU),
	[KPF_ACTIVE] = COPY(PF_ACTIVE),
	[KPF_SLAB] = COPY(PF_SLAB),
	[KPF_WRITEBACK] = COPY(PF_WRITEBACK),
	[KPF_RECLAIM] = COPY(PF_RECLAIM),
	[KPF_SWAPBACKED] = COPY(PF_SWAPBACKED),
	[KPF_UNEVICTABLE] = COPY(PF_UNEVICTABLE),
	[KPF_HWPOISON] = COPY(PF_HWPOISON),
	[KPF_RESERVED] = COPY(PF_RESERVED),
	[KPF_MLOCKED] = COPY(PF_MLOCKED),
	[KPF_MAPPEDTODISK] = COPY(PF_MAPPEDTODISK),
	[KPF_PRIVATE] = COPY(PF_PRIVATE),
	[KPF_PRIVATE_2] = COPY(PF_PRIVATE_2),
	[KPF_OWNER_PRIVATE] = COPY(PF_OWNER_PRIV_1),
	[KPF_ARCH] = COPY(PF_ARCH_1),
	[KPF_UNCACHED] = COPY(PF_UNCACHED),
	[KPF_IDLE] = COPY(PF_IDLE),
	[KPF_ARCH_2] = COPY(PF_ARCH_2),
};

static uint64_t copied_bits(const struct page_layout *l, uint64_t flags)
{
	uint64_t word = 0;

	for (unsigned int i = 0; i < KPF_LEN; i++)
		if (copied[i] && layout_has_flag(l, flags, copied[i] - 1u))
			word |= BIT(i);
	return word;
}

/*
 * From 6.12 on, where slab is a type, the file tells of the folio, which is the head: plain bits
 * of a tail are its head's. Before they are its own.
 */
static bool tells_of_folio(const struct page_layout *l)
{
	return l->type_mask[PT_SLAB];
}

/* Only 5.10 has this type; a few bits are a tail's own there that are its head's in 6.1. */
static bool has_kmemcg(const struct page_layout *l)
{
	return l->type_mask[PT_KMEMCG];
}

/*
 * Since 6.17 of a snapshot: types are the head's, too, and a hole reads 0. No fact tells just
 * that: the mask form of heads came later, PG_dropbehind before, in 6.14.
 */
static bool tells_of_snapshot(const struct page_layout *l)
{
	return l->head_form == HEAD_BY_VALUE;
}

static bool may_tell_of_snapshot(const struct page_layout *l)
{
	return l->flag_bit[PF_DROPBEHIND] != BIT_ABSENT;
}

/* The low bits of mapping (PAGE_MAPPING_ANON, PAGE_MAPPING_KSM), whatever the page is used for. */
static bool is_anon(const struct page_facts *owner)
{
	return owner->mapping & 1;
}

static bool is_ksm(const struct page_facts *owner)
{
	return (owner->mapping & 3) == 3;
}

static bool is_slab(const struct page_layout *l, const struct page_facts *owner)
{
	return layout_has_flag(l, owner->flags, PF_SLAB) || page_has_type(l, owner, PT_SLAB);
}

static uint64_t plain_bits(const struct page_layout *l, const struct oracle_page *p,
			   const struct page_facts *owner)
{
	bool folio = tells_of_folio(l);
	bool poison_of_head = folio && p->head && p->compound->hugetlb;
	uint64_t own = copied_bits(l, p->page->flags), heads = copied_bits(l, owner->flags);
	uint64_t swap = BIT(KPF_SWAPBACKED) | BIT(KPF_OWNER_PRIVATE);
	uint64_t from_head = (folio ? ~BIT(KPF_HWPOISON) : 0) |
			     (has_kmemcg(l) ? 0 : BIT(KPF_IDLE)) |
			     (poison_of_head ? BIT(KPF_HWPOISON) : 0);

	return (heads & from_head) | (own & ~from_head) |
	       ((heads & swap) == swap ? BIT(KPF_SWAPCACHE) : 0);
}

/* COMPOUND_*, HUGE and THP. */
static uint64_t compound_bits(const struct page_layout *l, const struct oracle_page *p)
{
	uint64_t word = p->page->head ? BIT(KPF_COMPOUND_HEAD) : BIT(KPF_COMPOUND_TAIL);
	bool huge = layout_has_flag(l, p->head->flags, PF_LRU) || is_anon(p->head);

	if (p->compound->hugetlb)
		word |= BIT(KPF_HUGE);
	else if (tells_of_folio(l) ? p->compound->rmappable : huge)
		word |= BIT(KPF_THP);
	return word;
}

static bool is_mapped(const struct page_layout *l, const struct oracle_page *p)
{
	if (!p->head)
		return (int32_t)p->page->mapcount_word >= 0;
	if (tells_of_folio(l))
		return p->compound->large_mapcount >= 0;
	return p->compound->mapcount >= 0 || (!p->compound->hugetlb && p->small_mapped);
}

uint64_t oracle_flags(const struct page_layout *l, const struct oracle_page *p)
{
	const struct page_facts *owner = p->head ? p->head : p->page;
	const struct page_facts *typed = tells_of_snapshot(l) ? owner : p->page;
	uint64_t word = plain_bits(l, p, owner);

	if (is_slab(l, owner))
		word |= BIT(KPF_SLAB);
	else if (is_mapped(l, p))
		word |= BIT(KPF_MMAP);
	if (is_anon(owner))
		word |= BIT(KPF_ANON);
	if (is_ksm(owner))
		word |= BIT(KPF_KSM);
	if (p->head)
		word |= compound_bits(l, p);
	if (p->free)
		word |= BIT(KPF_BUDDY);
	if (page_has_type(l, typed, PT_OFFLINE))
		word |= BIT(KPF_OFFLINE);
	if (page_has_type(l, typed, PT_TABLE))
		word |= BIT(KPF_PGTABLE);
	return word;
}

bool oracle_mapcount(const struct page_layout *l, const struct oracle_page *p, uint64_t *ret_count)
{
	const struct page_compound *c = p->compound;

	/* Not told; or mappings that neither the pages nor the whole have: pages have no counts. */
	if (p->head && tells_of_folio(l) &&
	    (!l->compound_mapcount || (!p->small_mapped && c->large_mapcount > c->mapcount)))
		return false;
	*ret_count = layout_has_flag(l, (p->head ? p->head : p->page)->flags, PF_SLAB)
			     ? 0
			     : page_mapcount(l, p->page, p->head, c);
	return true;
}

bool oracle_is_hole(const struct page_layout *l, uint64_t told)
{
	return told >> KPF_NOPAGE & 1 || (may_tell_of_snapshot(l) && !told);
}

const char *oracle_bit_name(unsigned int bit)
{
	return bit < KPF_LEN ? name_at(bit_names, bit) : "unknown";
}

const char *oracle_bit_reason(const struct page_layout *l, unsigned int bit)
{
	switch (bit) {
	case KPF_ZERO_PAGE:
		return "depends on zero_pfn, a variable of the kernel";
	case KPF_SOFTDIRTY:
		return "is in page tables, and the kernel never sets it";
	}
	if (bit > KPF_PGTABLE && bit < KPF_RESERVED)
		return "no kernel known here tells it";
	if (bit == KPF_SLAB && tells_of_folio(l))
		return NULL;
	if (copied[bit] && l->flag_bit[copied[bit] - 1] == BIT_ABSENT)
		return "this kernel has no such page flag, or does not tell";
	if ((bit == KPF_OFFLINE && !l->type_mask[PT_OFFLINE]) ||
	    (bit == KPF_PGTABLE && !l->type_mask[PT_TABLE]))
		return "this kernel has no such page type, or does not tell";
	return NULL;
}

/* Bits of which two kernels with the same layout can say two things. */
static uint64_t unsettled_bits(const struct page_layout *l, const struct oracle_page *p)
{
	uint64_t mask = 0;

	if (p->head && tells_of_folio(l) && !l->large_mapcount)
		mask |= BIT(KPF_MMAP);
	/* 6.12 finds each anonymous page merged: it tests for either of two bits, not for both. */
	if (tells_of_folio(l) && !tells_of_snapshot(l) && !is_ksm(p->head ? p->head : p->page))
		mask |= BIT(KPF_KSM);
	if (!p->page->tail)
		return mask;
	/* 5.10: the head's with CONFIG_THP_SWAP, else its own. */
	if (has_kmemcg(l))
		mask |= BIT(KPF_SWAPCACHE);
	if (may_tell_of_snapshot(l) && !tells_of_snapshot(l))
		mask |= BIT(KPF_OFFLINE) | BIT(KPF_PGTABLE);
	return mask;
}

uint64_t oracle_comparable(const struct page_layout *l, const struct oracle_page *p, uint64_t told)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < KPF_LEN; i++)
		if (!oracle_bit_reason(l, i))
			mask |= BIT(i);
	/* The huge zero page is THP without LRU or mapping. */
	if (told & BIT(KPF_ZERO_PAGE))
		mask &= ~BIT(KPF_THP);
	return mask & ~unsettled_bits(l, p);
}

/* First row whose two bits are set wins; of one bit it has it twice. The last takes the rest. */
static const struct {
	uint8_t bit, also;
	uint32_t kinds;
} kind_rules[] = {
	{ KPF_NOPAGE, KPF_NOPAGE, 1u << KIND_HOLE },
	/* From 6.12 on the head's for all of hugetlb: the other pages may be good. */
	{ KPF_HWPOISON, KPF_HUGE, 1u << KIND_HWPOISON | 1u << KIND_HUGETLB },
	{ KPF_HWPOISON, KPF_HWPOISON, 1u << KIND_HWPOISON },
	{ KPF_BUDDY, KPF_BUDDY, 1u << KIND_FREE },
	{ KPF_HUGE, KPF_HUGE, 1u << KIND_HUGETLB },
	{ KPF_SLAB, KPF_SLAB, 1u << KIND_SLAB },
	{ KPF_OFFLINE, KPF_OFFLINE, 1u << KIND_OFFLINE },
	{ KPF_PGTABLE, KPF_PGTABLE, 1u << KIND_TABLE },
	{ KPF_RESERVED, KPF_RESERVED, 1u << KIND_RESERVED | 1u << KIND_NOTRAM },
	{ KPF_ANON, KPF_COMPOUND_HEAD, 1u << KIND_ANONHUGE },
	{ KPF_ANON, KPF_COMPOUND_TAIL, 1u << KIND_ANONHUGE },
	{ KPF_ANON, KPF_ANON, 1u << KIND_ANON },
	/* A tail's own SWAPBACKED does not speak for its head. */
	{ KPF_COMPOUND_TAIL, KPF_THP,
	  1u << KIND_FILE | 1u << KIND_SHMEM | 1u << KIND_COMPOUND },
	{ KPF_LRU, KPF_SWAPBACKED, 1u << KIND_SHMEM },
	{ KPF_LRU, KPF_LRU, 1u << KIND_FILE },
	{ KPF_COMPOUND_HEAD, KPF_COMPOUND_HEAD,
	  1u << KIND_COMPOUND | 1u << KIND_FILE | 1u << KIND_SHMEM },
	{ KPF_COMPOUND_TAIL, KPF_COMPOUND_TAIL,
	  1u << KIND_COMPOUND | 1u << KIND_FILE | 1u << KIND_SHMEM },
	/*
	 * Not on the LRU: page cache on its way there, kernel memory, or memory that is not
	 * accepted yet; the file cannot tell.
	 */
	{ 0, 0, 1u << KIND_PERCPU | 1u << KIND_KERNEL | 1u << KIND_FILE | 1u << KIND_SHMEM |
		      1u << KIND_OFFLINE },
};

uint32_t oracle_kinds(uint64_t told)
{
	size_t i = 0;

	while (i < ARRAY_LEN(kind_rules) - 1 &&
	       !(told >> kind_rules[i].bit & told >> kind_rules[i].also & 1))
		i++;
	return kind_rules[i].kinds;
}

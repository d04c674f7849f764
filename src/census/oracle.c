/* What /proc/kpageflags must say of a struct page. */
/* Written from the kernel's side: the file's rules, not the census's. */
#include "census/oracle.h"

#include <stddef.h>

#define BIT(n) (1ull << (n))
#define NO_FLAG PF_LEN

/* One row a bit: its name, the page flag it copies, or why struct page does not settle it. */
static const struct {
	const char *name;
	enum page_flag flag;
	const char *reason;
} bits[KPF_LEN] = {
	[KPF_LOCKED] = { "LOCKED", PF_LOCKED, NULL },
	[KPF_ERROR] = { "ERROR", PF_ERROR, NULL },
	[KPF_REFERENCED] = { "REFERENCED", PF_REFERENCED, NULL },
	[KPF_UPTODATE] = { "UPTODATE", PF_UPTODATE, NULL },
	[KPF_DIRTY] = { "DIRTY", PF_DIRTY, NULL },
	[KPF_LRU] = { "LRU", PF_LRU, NULL },
	[KPF_ACTIVE] = { "ACTIVE", PF_ACTIVE, NULL },
	[KPF_SLAB] = { "SLAB", PF_SLAB, NULL },
	[KPF_WRITEBACK] = { "WRITEBACK", PF_WRITEBACK, NULL },
	[KPF_RECLAIM] = { "RECLAIM", PF_RECLAIM, NULL },
	[KPF_BUDDY] = { "BUDDY", NO_FLAG, NULL },
	[KPF_MMAP] = { "MMAP", NO_FLAG, NULL },
	[KPF_ANON] = { "ANON", NO_FLAG, NULL },
	[KPF_SWAPCACHE] = { "SWAPCACHE", NO_FLAG, NULL },
	[KPF_SWAPBACKED] = { "SWAPBACKED", PF_SWAPBACKED, NULL },
	[KPF_COMPOUND_HEAD] = { "COMPOUND_HEAD", NO_FLAG, NULL },
	[KPF_COMPOUND_TAIL] = { "COMPOUND_TAIL", NO_FLAG, NULL },
	[KPF_HUGE] = { "HUGE", NO_FLAG, NULL },
	[KPF_UNEVICTABLE] = { "UNEVICTABLE", PF_UNEVICTABLE, NULL },
	[KPF_HWPOISON] = { "HWPOISON", PF_HWPOISON, NULL },
	[KPF_NOPAGE] = { "NOPAGE", NO_FLAG, NULL },
	[KPF_KSM] = { "KSM", NO_FLAG, NULL },
	[KPF_THP] = { "THP", NO_FLAG, NULL },
	[KPF_OFFLINE] = { "OFFLINE", NO_FLAG, NULL },
	[KPF_ZERO_PAGE] = { "ZERO_PAGE", NO_FLAG, "depends on zero_pfn, a variable of the kernel" },
	[KPF_IDLE] = { "IDLE", NO_FLAG, "VMCOREINFO does not tell where PG_idle is" },
	[KPF_PGTABLE] = { "PGTABLE", NO_FLAG, NULL },
	[27] = { "bit27", NO_FLAG, "not known here" },
	[28] = { "bit28", NO_FLAG, "not known here" },
	[29] = { "bit29", NO_FLAG, "not known here" },
	[30] = { "bit30", NO_FLAG, "not known here" },
	[31] = { "bit31", NO_FLAG, "not known here" },
	[KPF_RESERVED] = { "RESERVED", PF_RESERVED, NULL },
	[KPF_MLOCKED] = { "MLOCKED", PF_MLOCKED, NULL },
	[KPF_MAPPEDTODISK] = { "MAPPEDTODISK", PF_MAPPEDTODISK, NULL },
	[KPF_PRIVATE] = { "PRIVATE", PF_PRIVATE, NULL },
	[KPF_PRIVATE_2] = { "PRIVATE_2", PF_PRIVATE_2, NULL },
	[KPF_OWNER_PRIVATE] = { "OWNER_PRIVATE", PF_OWNER_PRIV_1, NULL },
	[KPF_ARCH] = { "ARCH", PF_ARCH_1, NULL },
	[KPF_UNCACHED] = { "UNCACHED", PF_UNCACHED, NULL },
	[KPF_SOFTDIRTY] = { "SOFTDIRTY", NO_FLAG, "is in page tables, and the kernel never sets it" },
	[KPF_ARCH_2] = { "ARCH_2", NO_FLAG, "VMCOREINFO does not tell where PG_arch_2 is" },
};

static uint64_t copied_bits(const struct page_layout *l, uint64_t flags)
{
	uint64_t word = 0;

	for (unsigned int i = 0; i < KPF_LEN; i++)
		if (bits[i].flag != NO_FLAG && layout_has_flag(l, flags, bits[i].flag))
			word |= BIT(i);
	return word;
}

/* COMPOUND_*, HUGE and THP; a tail of a slab is slab too. */
static uint64_t compound_bits(const struct page_layout *l, const struct oracle_page *p)
{
	uint64_t word = p->page->head ? BIT(KPF_COMPOUND_HEAD) : BIT(KPF_COMPOUND_TAIL);

	if (p->compound->hugetlb)
		word |= BIT(KPF_HUGE);
	else if (layout_has_flag(l, p->head->flags, PF_LRU) || p->head->anon)
		word |= BIT(KPF_THP);
	if (p->page->tail && layout_has_flag(l, p->head->flags, PF_SLAB))
		word |= BIT(KPF_SLAB);
	return word;
}

static bool is_mapped(const struct oracle_page *p)
{
	if (!p->head)
		return (int32_t)p->page->mapcount_word >= 0;
	return p->compound->mapcount >= 0 || (!p->compound->hugetlb && p->mapped);
}

uint64_t oracle_flags(const struct page_layout *l, const struct oracle_page *p)
{
	const struct page_facts *owner = p->head ? p->head : p->page;
	uint64_t word = copied_bits(l, p->page->flags);

	if (!layout_has_flag(l, owner->flags, PF_SLAB) && is_mapped(p))
		word |= BIT(KPF_MMAP);
	if (owner->anon)
		word |= BIT(KPF_ANON);
	if (owner->ksm)
		word |= BIT(KPF_KSM);
	if (p->head)
		word |= compound_bits(l, p);
	if (p->free)
		word |= BIT(KPF_BUDDY);
	if (page_has_type(l, p->page, PT_OFFLINE))
		word |= BIT(KPF_OFFLINE);
	if (page_has_type(l, p->page, PT_TABLE))
		word |= BIT(KPF_PGTABLE);
	if (layout_has_flag(l, owner->flags, PF_SWAPBACKED) &&
	    layout_has_flag(l, owner->flags, PF_OWNER_PRIV_1))
		word |= BIT(KPF_SWAPCACHE);
	return word;
}

const char *oracle_bit_name(unsigned int bit)
{
	return bit < KPF_LEN && bits[bit].name ? bits[bit].name : "unknown";
}

const char *oracle_bit_reason(const struct page_layout *l, unsigned int bit)
{
	if (bits[bit].reason)
		return bits[bit].reason;
	if (bits[bit].flag != NO_FLAG && l->flag_bit[bits[bit].flag] == BIT_ABSENT)
		return "this kernel has no such page flag, or does not tell";
	if ((bit == KPF_OFFLINE && !l->type_bit[PT_OFFLINE]) ||
	    (bit == KPF_PGTABLE && !l->type_bit[PT_TABLE]))
		return "VMCOREINFO does not tell this page type";
	return NULL;
}

uint64_t oracle_comparable(const struct page_layout *l, uint64_t told)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < KPF_LEN; i++)
		if (!oracle_bit_reason(l, i))
			mask |= BIT(i);
	/* The huge zero page is THP without LRU or mapping. */
	if (told & BIT(KPF_ZERO_PAGE))
		mask &= ~BIT(KPF_THP);
	/* A bit the kernel sets and no row knows stays in the comparison: it shows up. */
	return mask | ~(BIT(KPF_LEN) - 1);
}

/* First row whose bits are all set wins. */
static const struct {
	uint64_t all;
	uint32_t kinds;
} kind_rules[] = {
	{ BIT(KPF_NOPAGE), 1u << KIND_HOLE },
	{ BIT(KPF_HWPOISON), 1u << KIND_HWPOISON },
	{ BIT(KPF_BUDDY), 1u << KIND_FREE },
	{ BIT(KPF_HUGE), 1u << KIND_HUGETLB },
	{ BIT(KPF_SLAB), 1u << KIND_SLAB },
	{ BIT(KPF_OFFLINE), 1u << KIND_OFFLINE },
	{ BIT(KPF_PGTABLE), 1u << KIND_TABLE },
	{ BIT(KPF_RESERVED), 1u << KIND_RESERVED | 1u << KIND_NOTRAM },
	{ BIT(KPF_ANON) | BIT(KPF_COMPOUND_HEAD), 1u << KIND_ANONHUGE },
	{ BIT(KPF_ANON) | BIT(KPF_COMPOUND_TAIL), 1u << KIND_ANONHUGE },
	{ BIT(KPF_ANON), 1u << KIND_ANON },
	/* A tail's own SWAPBACKED does not speak for its head. */
	{ BIT(KPF_COMPOUND_TAIL) | BIT(KPF_THP),
	  1u << KIND_FILE | 1u << KIND_SHMEM | 1u << KIND_COMPOUND },
	{ BIT(KPF_LRU) | BIT(KPF_SWAPBACKED), 1u << KIND_SHMEM },
	{ BIT(KPF_LRU), 1u << KIND_FILE },
	{ BIT(KPF_COMPOUND_HEAD), 1u << KIND_COMPOUND | 1u << KIND_FILE | 1u << KIND_SHMEM },
	{ BIT(KPF_COMPOUND_TAIL), 1u << KIND_COMPOUND | 1u << KIND_FILE | 1u << KIND_SHMEM },
	/* Not on the LRU: page cache on its way there, or kernel memory; the file cannot tell. */
	{ 0, 1u << KIND_PERCPU | 1u << KIND_KERNEL | 1u << KIND_FILE | 1u << KIND_SHMEM },
};

uint32_t oracle_kinds(uint64_t told)
{
	size_t i = 0;

	while ((told & kind_rules[i].all) != kind_rules[i].all)
		i++;
	return kind_rules[i].kinds;
}

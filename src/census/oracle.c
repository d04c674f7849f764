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
	"OWNER_PRIVATE\0ARCH\0UNCACHED\0SOFTDIRTY\0ARCH_2";

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
};

static uint64_t copied_bits(const struct page_layout *l, uint64_t flags)
{
	uint64_t word = 0;

	for (unsigned int i = 0; i < KPF_LEN; i++)
		if (copied[i] && layout_has_flag(l, flags, copied[i] - 1u))
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
	return bit < KPF_LEN ? name_at(bit_names, bit) : "unknown";
}

const char *oracle_bit_reason(const struct page_layout *l, unsigned int bit)
{
	switch (bit) {
	case KPF_ZERO_PAGE:
		return "depends on zero_pfn, a variable of the kernel";
	case KPF_IDLE:
		return "VMCOREINFO does not tell where PG_idle is";
	case KPF_SOFTDIRTY:
		return "is in page tables, and the kernel never sets it";
	case KPF_ARCH_2:
		return "VMCOREINFO does not tell where PG_arch_2 is";
	}
	if (copied[bit] && l->flag_bit[copied[bit] - 1] == BIT_ABSENT)
		return "this kernel has no such page flag, or does not tell";
	if ((bit == KPF_OFFLINE && !l->type_mask[PT_OFFLINE]) ||
	    (bit == KPF_PGTABLE && !l->type_mask[PT_TABLE]))
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
	/* Bits that are not known here stay in the comparison: one that is set shows up. */
	return mask | ~(BIT(KPF_LEN) - 1);
}

/* First row whose two bits are set wins; of one bit it has it twice. The last takes the rest. */
static const struct {
	uint8_t bit, also;
	uint32_t kinds;
} kind_rules[] = {
	{ KPF_NOPAGE, KPF_NOPAGE, 1u << KIND_HOLE },
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
	/* Not on the LRU: page cache on its way there, or kernel memory; the file cannot tell. */
	{ 0, 0, 1u << KIND_PERCPU | 1u << KIND_KERNEL | 1u << KIND_FILE | 1u << KIND_SHMEM },
};

uint32_t oracle_kinds(uint64_t told)
{
	size_t i = 0;

	while (i < ARRAY_LEN(kind_rules) - 1 &&
	       !(told >> kind_rules[i].bit & told >> kind_rules[i].also & 1))
		i++;
	return kind_rules[i].kinds;
}

/* The paging modes of x86, and the bits of their entries. */
/* Pure: numbers in, numbers and words out. */
#include "kernel/paging.h"

#include "base/fmt.h"

#include <inttypes.h>

#define ENTRY_LARGE (1ull << 7)
#define ENTRY_PROTNONE (1ull << 8) /* with bit 0 clear: Linux, _PAGE_PROTNONE */
#define PSE36 0x1fe000ull

/* By enum. Large pages of level 3 are 1 GiB; above there are none. */
const struct paging paging_modes[PAGING_MODES] = {
	{ "2-level", 2, 4, 10, 32, 1 << 2, 0 },
	{ "PAE", 3, 8, 9, 32, 1 << 2, 0 },
	{ "4-level", 4, 8, 9, 48, 1 << 2 | 1 << 3, 0 },
	{ "5-level", 5, 8, 9, 57, 1 << 2 | 1 << 3, 0 },
};

/* Kinds of entries, for what their bits mean. PDPTE: of PAE, the top one, with few flags. */
enum { TO_TABLE = 1, TO_LARGE = 2, TO_PAGE = 4, PDPTE = 8 };
#define NOT_PDPTE (TO_TABLE | TO_LARGE | TO_PAGE)

static const struct {
	uint8_t bit, kinds;
	char name[9];
} flags[] = {
	{ 0, NOT_PDPTE | PDPTE, "present" },
	{ 1, NOT_PDPTE, "write" },
	{ 2, NOT_PDPTE, "user" },
	{ 3, NOT_PDPTE | PDPTE, "pwt" },
	{ 4, NOT_PDPTE | PDPTE, "pcd" },
	{ 5, NOT_PDPTE, "accessed" },
	{ 6, NOT_PDPTE, "dirty" }, /* Linux sets it in entries that lead to tables, too */
	{ 7, TO_LARGE, "large" },
	{ 7, TO_PAGE, "pat" },
	{ 8, TO_LARGE | TO_PAGE, "global" },
	{ 12, TO_LARGE, "pat" },
	{ 63, NOT_PDPTE, "nx" },
};

/* The top table is the PGD, however many levels there are. */
static const char level_names[][4] = { "", "PTE", "PMD", "PUD", "P4D" };

size_t paging_word(const struct paging *p)
{
	return p->virt_bits == 32 ? 4 : 8;
}

bool paging_is_canonical(const struct paging *p, uint64_t virt)
{
	unsigned int shift = 64u - p->virt_bits;

	if (p->virt_bits == 32)
		return virt <= UINT32_MAX;
	return virt == (uint64_t)((int64_t)(virt << shift) >> shift);
}

unsigned int paging_shift(const struct paging *p, unsigned int level)
{
	return PAGE_SHIFT + p->index_bits * (level - 1);
}

uint64_t paging_size(const struct paging *p, unsigned int level)
{
	return 1ull << paging_shift(p, level);
}

unsigned int paging_entries(const struct paging *p, unsigned int level)
{
	return 1u << (level == p->levels ? p->virt_bits - paging_shift(p, level) : p->index_bits);
}

const char *paging_level_name(const struct paging *p, unsigned int level)
{
	return level < p->levels && level < ARRAY_LEN(level_names) ? level_names[level] : "PGD";
}

bool paging_is_leaf(const struct paging *p, unsigned int level, uint64_t entry)
{
	return level == 1 || ((p->leaf_levels >> level & 1) && (entry & ENTRY_LARGE));
}

/* The bits of an entry that are its address. */
static uint64_t address_mask(const struct paging *p, unsigned int level, bool leaf)
{
	uint64_t mask = p->entry_size == 4 ? UINT32_MAX & PAGE_MASK
					   : (PHYS_END - PAGE_SIZE) & ~p->encryption;

	return leaf ? mask & ~(paging_size(p, level) - 1) : mask;
}

/* In a large entry of 4 bytes bits 20:13 are 39:32 of the address (PSE-36); Linux leaves them 0. */
static uint64_t high_bits(const struct paging *p, unsigned int level, uint64_t entry)
{
	return p->entry_size == 4 && level > 1 && (entry & ENTRY_LARGE) ? entry & PSE36 : 0;
}

uint64_t paging_phys(const struct paging *p, unsigned int level, uint64_t entry)
{
	uint64_t mask = address_mask(p, level, paging_is_leaf(p, level, entry));

	return (entry & mask) | high_bits(p, level, entry) << (32 - 13);
}

static unsigned int kind_of(const struct paging *p, unsigned int level, uint64_t entry)
{
	if (level == 1)
		return TO_PAGE;
	if (paging_is_leaf(p, level, entry))
		return TO_LARGE;
	return p->levels == 3 && level == 3 ? PDPTE : TO_TABLE;
}

/*
 * Linux inverts the address of what it takes out, lest the CPU look there all the same (L1TF:
 * arch/x86/include/asm/pgtable-invert.h, 5.10 to 7.2), but not in entries of 4 bytes.
 */
static void absent(const struct paging *p, uint64_t entry, char *buf, size_t size)
{
	uint64_t kept = (p->entry_size == 8 ? ~entry : entry) & address_mask(p, 1, true);
	size_t n = 0;

	fmt_append(buf, size, &n, "not present%s", entry & ENTRY_PROTNONE ? ", protnone" : "");
	if (entry)
		fmt_append(buf, size, &n, ", kept %#" PRIx64, kept);
}

void paging_flags(const struct paging *p, unsigned int level, uint64_t entry, char *buf,
		  size_t size)
{
	unsigned int kind = kind_of(p, level, entry);
	uint64_t rest = entry & ~address_mask(p, level, paging_is_leaf(p, level, entry)) &
			~high_bits(p, level, entry);
	size_t n = 0;

	buf[0] = '\0';
	if (!(entry & PAGING_PRESENT)) {
		absent(p, entry, buf, size);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		uint64_t bit = 1ull << flags[i].bit;

		if (!(flags[i].kinds & kind) || !(rest & bit))
			continue;
		rest &= ~bit;
		fmt_append(buf, size, &n, "%s%s", n ? " " : "", flags[i].name);
	}
	if (rest & p->encryption)
		fmt_append(buf, size, &n, " encrypted");
	rest &= ~p->encryption;
	/* The processor ignores or reserves them; Linux keeps marks of its own in some. */
	for (unsigned int bit = 0; rest; bit++, rest >>= 1)
		if (rest & 1)
			fmt_append(buf, size, &n, " bit%u", bit);
}

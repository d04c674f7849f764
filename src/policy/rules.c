/* The rules by which the kernel answers, one row each, in the order of its own checks. */
/* Judges only what the rows say: Linux 5.10 to 7.2 on x86, 64 and 32 bits. */
#include "policy/rules.h"

#include "base/num.h"

#include <errno.h>
#include <signal.h>

#define WAY(w) (1u << WAY_##w)
#define PLACE(p) (1u << PLACE_##p)
#define ANYTHING 0xffu
#define SOME_RAM (PLACE(RAM) | PLACE(PART_RAM))
#define NO_RAM (PLACE(LISTED) | PLACE(CLAIMED) | PLACE(UNLISTED))

/* Where an address must lie for a row. */
enum where {
	ANYWHERE,
	LOW, /* the first MiB, pfn < 256 */
	HIGH, /* not there */
	VIDEO,
	FROM_4G,
	WRAPS, /* from 4 GiB on, and claimed modulo 4 GiB */
	BEYOND_CPU,
	BEYOND_DIRECT, /* at or above high_memory */
};

struct rule {
	uint8_t ways, places, where;
	int8_t needs[4]; /* a fact + 1 that must hold, negative: that must not; 0 for none */
	uint8_t result;
	uint8_t os; /* errno; a signal with RESULT_FAULT */
	uint8_t cause;
	bool untold; /* no fact tells whether it applies: it explains, and predicts nothing */
};

#define IS(fact) (FACT_##fact + 1)
#define NOT(fact) (-(FACT_##fact + 1))

static const struct rule rules[] = {
	/*
	 * open("/dev/mem"): the path, the mode, then drivers/char/mem.c, memory_open() and
	 * open_port(): capable() before security_locked_down().
	 */
	{ WAY(OPEN_MEM), ANYTHING, 0, { NOT(NODE), NOT(DEVMEM) }, RESULT_REFUSED, ENOENT,
	  CAUSE_NO_DEVMEM, false },
	{ WAY(OPEN_MEM), ANYTHING, 0, { NOT(NODE) }, RESULT_REFUSED, ENOENT, CAUSE_NO_NODE, false },
	{ WAY(OPEN_MEM), ANYTHING, 0, { NOT(MODE_MEM) }, RESULT_REFUSED, EACCES, CAUSE_FILE_MODE,
	  false },
	{ WAY(OPEN_MEM), ANYTHING, 0, { NOT(DEVMEM) }, RESULT_REFUSED, ENXIO, CAUSE_NO_DEVMEM,
	  false },
	{ WAY(OPEN_MEM), ANYTHING, 0, { NOT(CAP_RAWIO) }, RESULT_REFUSED, EPERM,
	  CAUSE_NO_CAPABILITY, false },
	{ WAY(OPEN_MEM), ANYTHING, 0, { IS(LOCKED) }, RESULT_REFUSED, EPERM, CAUSE_LOCKDOWN,
	  false },
	/* fs/proc/kcore.c, open_kcore(). */
	{ WAY(OPEN_KCORE), ANYTHING, 0, { NOT(PROC) }, RESULT_REFUSED, ENOENT, CAUSE_NO_PROC,
	  false },
	{ WAY(OPEN_KCORE), ANYTHING, 0, { NOT(KCORE) }, RESULT_REFUSED, ENOENT, CAUSE_NO_KCORE,
	  false },
	{ WAY(OPEN_KCORE), ANYTHING, 0, { NOT(MODE_KCORE) }, RESULT_REFUSED, EACCES,
	  CAUSE_FILE_MODE, false },
	{ WAY(OPEN_KCORE), ANYTHING, 0, { NOT(CAP_RAWIO) }, RESULT_REFUSED, EPERM,
	  CAUSE_NO_CAPABILITY, false },
	{ WAY(OPEN_KCORE), ANYTHING, 0, { IS(LOCKED_KCORE) }, RESULT_REFUSED, EPERM,
	  CAUSE_LOCKDOWN_KCORE, false },
	/* fs/namei.c, may_open_dev(); security_file_open(); devcgroup_check_permission(). */
	{ WAY(OPEN_MEM) | WAY(OPEN_KCORE), ANYTHING, 0, { 0 }, RESULT_REFUSED, EACCES, CAUSE_LSM,
	  true },
	{ WAY(OPEN_MEM) | WAY(OPEN_KCORE), ANYTHING, 0, { 0 }, RESULT_REFUSED, EPERM, CAUSE_LSM,
	  true },

	/* An offset that phys_addr_t cannot hold: read_mem(), "p != *ppos"; mmap_mem(). */
	{ WAY(READ), ANYTHING, FROM_4G, { IS(32BIT), NOT(PAE) }, RESULT_EOF, 0, CAUSE_BEYOND_TYPE,
	  false },
	{ WAY(MMAP), ANYTHING, FROM_4G, { IS(32BIT), NOT(PAE) }, RESULT_REFUSED, EINVAL,
	  CAUSE_BEYOND_TYPE, false },
	/* arch/x86/mm/mmap.c, valid_mmap_phys_addr_range() and valid_phys_addr_range(). */
	{ WAY(MMAP), ANYTHING, BEYOND_CPU, { 0 }, RESULT_REFUSED, EINVAL, CAUSE_BEYOND_CPU, false },
	{ WAY(READ), ANYTHING, BEYOND_CPU, { 0 }, RESULT_REFUSED, EFAULT, CAUSE_BEYOND_CPU, false },
	{ WAY(READ), ANYTHING, BEYOND_DIRECT, { 0 }, RESULT_REFUSED, EFAULT, CAUSE_BEYOND_RAM,
	  false },
	/*
	 * page_is_allowed(), range_is_allowed(), compiled with STRICT_DEVMEM: arch/x86/mm/init.c,
	 * devmem_is_allowed(). Below 1 MiB RAM is allowed by mmap and zeros by read.
	 */
	{ WAY(MMAP) | WAY(READ), SOME_RAM, HIGH, { IS(STRICT) }, RESULT_REFUSED, EPERM,
	  CAUSE_STRICT, false },
	{ WAY(READ), SOME_RAM, LOW, { IS(STRICT) }, RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS, false },
	/* kernel/resource.c, iomem_is_exclusive(): busy is exclusive with IO_STRICT_DEVMEM. */
	{ WAY(MMAP) | WAY(READ), PLACE(CLAIMED), HIGH, { IS(STRICT), IS(IO_STRICT), NOT(RELAXED) },
	  RESULT_REFUSED, EPERM, CAUSE_IO_STRICT, false },
	{ WAY(MMAP), NO_RAM, WRAPS, { IS(32BIT), IS(PAE), IS(IO_STRICT), NOT(RELAXED) },
	  RESULT_REFUSED, EPERM, CAUSE_EXCLUSIVE_WRAP, false },
	/* A line may be claimed though its name does not show it. */
	{ WAY(MMAP) | WAY(READ), NO_RAM, HIGH, { IS(STRICT), NOT(RELAXED) }, RESULT_REFUSED, EPERM,
	  CAUSE_IO_STRICT, true },
	/* arch/x86/mm/pat/memtype.c, phys_mem_access_prot_allowed(), without STRICT_DEVMEM. */
	{ WAY(MMAP), SOME_RAM, HIGH, { NOT(STRICT), IS(PAT_CHECK), IS(PAT) }, RESULT_REFUSED,
	  EINVAL, CAUSE_PAT, false },
	/* reserve_pfn_range(): another cache type is in force there. */
	{ WAY(MMAP), ANYTHING, 0, { 0 }, RESULT_REFUSED, EAGAIN, CAUSE_PAT_CONFLICT, true },
	/* kernel/iomem.c, memremap() of a mixed range. STRICT_DEVMEM has answered before. */
	{ WAY(READ), PLACE(PART_RAM), 0, { 0 }, RESULT_REFUSED, EFAULT, CAUSE_PART_RAM, false },
	/* copy_from_kernel_nofault() found no mapping. */
	{ WAY(READ), PLACE(RAM), 0, { 0 }, RESULT_REFUSED, EFAULT, CAUSE_DIRECT_MAP_HOLE, true },
	{ WAY(KCORE), PLACE(RAM), 0, { 0 }, RESULT_REFUSED, EFAULT, CAUSE_DIRECT_MAP_HOLE, true },
	/* The touch: a machine check, revoke_iomem(), an unaccepted page (tdx.c, vc-handle.c). */
	{ WAY(MMAP), ANYTHING, 0, { IS(CONFIDENTIAL) }, RESULT_FAULT, SIGSEGV, CAUSE_CONFIDENTIAL,
	  true },
	{ WAY(MMAP), ANYTHING, 0, { IS(CONFIDENTIAL) }, RESULT_FAULT, SIGBUS, CAUSE_CONFIDENTIAL,
	  true },
	{ WAY(MMAP), PLACE(RAM), 0, { 0 }, RESULT_FAULT, SIGBUS, CAUSE_POISONED, true },
	{ WAY(MMAP), ANYTHING, 0, { 0 }, RESULT_FAULT, SIGBUS, CAUSE_REVOKED, true },

	/* kcore_ram_list(): whole pages of System RAM; with CONFIG_HIGHMEM, all of lowmem. */
	{ WAY(KCORE), SOME_RAM, BEYOND_DIRECT, { IS(32BIT) }, RESULT_ABSENT, 0, CAUSE_HIGHMEM,
	  false },
	{ WAY(KCORE), ANYTHING, BEYOND_DIRECT, { 0 }, RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE, false },
	{ WAY(KCORE), NO_RAM | PLACE(PART_RAM), 0, { NOT(32BIT) }, RESULT_ABSENT, 0,
	  CAUSE_NOT_IN_KCORE, false },
	{ WAY(KCORE), NO_RAM | PLACE(PART_RAM), 0, { NOT(HIGHMEM) }, RESULT_ABSENT, 0,
	  CAUSE_NOT_IN_KCORE, false },

	{ ANYTHING, ANYTHING, 0, { 0 }, RESULT_OK, 0, CAUSE_NONE, false },
};

/* What ramscope does not try, whatever the kernel would answer. */
static const struct rule own[] = {
	{ WAY(MMAP) | WAY(READ), ANYTHING, VIDEO, { 0 }, RESULT_SKIPPED, 0, CAUSE_VIDEO, false },
	{ WAY(MMAP) | WAY(READ), ANYTHING, 0, { IS(CONFIDENTIAL) }, RESULT_SKIPPED, 0,
	  CAUSE_CONFIDENTIAL, false },
	{ WAY(READ), PLACE(PART_RAM), 0, { 0 }, RESULT_SKIPPED, 0, CAUSE_PART_RAM, false },
	{ WAY(MMAP) | WAY(READ), NO_RAM, HIGH, { 0 }, RESULT_SKIPPED, 0, CAUSE_NOT_RAM, false },
};

static enum tri tri(bool known, bool yes)
{
	return !known ? TRI_UNKNOWN : yes ? TRI_YES : TRI_NO;
}

static enum tri lies(const struct facts *f, const struct place *p, enum where where)
{
	uint64_t direct_end = f->lowmem_end ? f->lowmem_end : f->ram_end;

	switch (where) {
	case ANYWHERE:
		break;
	case LOW:
		return tri(true, p->phys < 0x100000);
	case HIGH:
		return tri(true, p->phys >= 0x100000);
	case VIDEO:
		return tri(true, p->phys >= 0xa0000 && p->phys < 0xc0000);
	case FROM_4G:
		return tri(true, p->phys >> 32);
	case WRAPS:
		return tri(true, p->phys >> 32 && p->wraps);
	case BEYOND_CPU:
		return tri(f->phys_bits, f->phys_bits < 64 && p->phys >> (f->phys_bits & 63));
	case BEYOND_DIRECT:
		return tri(direct_end, p->phys >= direct_end);
	}
	return TRI_YES;
}

/* Three-valued AND: no if anything says no, yes if all do. */
static enum tri applies(const struct rule *r, const struct facts *f, enum way way,
			const struct place *p)
{
	enum tri all;

	if (!(r->ways >> way & 1) || !(r->places >> p->kind & 1))
		return TRI_NO;
	all = lies(f, p, r->where);
	for (size_t i = 0; i < ARRAY_LEN(r->needs) && r->needs[i] && all != TRI_NO; i++) {
		int need = r->needs[i];
		enum tri is = f->of[(need < 0 ? -need : need) - 1].value;

		if (is == TRI_UNKNOWN)
			all = TRI_UNKNOWN;
		else if ((is == TRI_YES) != (need > 0))
			all = TRI_NO;
	}
	return all;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->os == b->os;
}

static struct outcome outcome_of(const struct rule *r)
{
	return (struct outcome){ r->result, r->os, r->cause };
}

/* Rows that may apply leave the answer open, unless all lead to the same one. */
struct outcome rules_predict(const struct facts *f, enum way way, const struct place *place)
{
	struct outcome maybe = { RESULT_UNKNOWN, 0, CAUSE_UNKNOWN };
	bool any = false, agree = true;

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct outcome now = outcome_of(&rules[i]);
		enum tri t = rules[i].untold ? TRI_NO : applies(&rules[i], f, way, place);

		if (t == TRI_NO)
			continue;
		agree = agree && (!any || same(&maybe, &now));
		if (t == TRI_YES && agree)
			return now;
		if (!any)
			maybe = now;
		any = true;
		if (t == TRI_YES)
			break;
	}
	maybe.result = RESULT_UNKNOWN;
	return maybe;
}

enum cause rules_explain(const struct facts *f, enum way way, const struct place *place, int os)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];
		bool fits = r->result == RESULT_FAULT ? os == -r->os
						      : os ? r->result == RESULT_REFUSED && r->os == os
							   : r->result == RESULT_EOF;

		if (fits && applies(r, f, way, place) != TRI_NO)
			return r->cause;
	}
	return CAUSE_UNKNOWN;
}

enum cause rules_own(const struct facts *f, enum way way, const struct place *place)
{
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (applies(&own[i], f, way, place) == TRI_YES)
			return own[i].cause;
	return CAUSE_NONE;
}

enum tri rules_match(const struct outcome *predicted, const struct outcome *observed)
{
	if (predicted->result == RESULT_UNKNOWN || observed->result == RESULT_SKIPPED)
		return TRI_UNKNOWN;
	/* Any page may hold nothing but zeros, and a mapping that is not touched has no bytes. */
	if (predicted->result == RESULT_OK || predicted->result == RESULT_MAPPED)
		return tri(true, observed->result == RESULT_OK || observed->result == RESULT_ZEROS ||
					 observed->result == RESULT_MAPPED);
	return tri(true, same(predicted, observed));
}

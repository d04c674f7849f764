/* What fuzz targets share: a machine whose memory is one buffer, a known VMCOREINFO. */
/* For one target a file: everything here is static, and nothing is checked but the guard's word. */
#ifndef FUZZ_MACHINE_H
#define FUZZ_MACHINE_H

#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"
#include "mem/touch.h"

#include <signal.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant that does not hold is a finding. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

/* RAM from 0 to machine.size, a whole number of pages. */
static struct {
	uint8_t *bytes;
	uint64_t size;
	size_t most; /* bytes that one window may show */
	struct mem mem;
} machine __attribute__((unused));

static inline bool machine_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
				struct err *e)
{
	(void)m;
	/* The guard stands in front: nothing outside is ever asked for. */
	MUST(len && len <= machine.size && phys <= machine.size - len);
	if (len > machine.most)
		return err_set(e, ERR_REFUSED, "more than this machine shows at a time");
	*ret_bytes = machine.bytes + phys;
	return true;
}

static inline void machine_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)m, (void)len;
	MUST(bytes == machine.bytes + phys);
}

/* Zeroed memory, on the heap and no longer than that, so that a read behind it is found. */
static inline void machine_init(uint64_t size)
{
	static const struct mem_route route = { "buffer", "", GUARD_MAP, machine_show,
						machine_hide };
	/* Nothing is known: a refusal is not to ask the machine that fuzzes for its cause. */
	static struct facts facts;
	struct err e = ERR_INIT;

	machine.bytes = calloc(1, (size_t)size);
	machine.size = size;
	machine.most = MEM_WINDOW_MAX;
	facts = (struct facts){ .phys_bits = 0 };
	machine.mem = (struct mem){ .fd = -1, .routes = { &route }, .routes_len = 1, .facts = &facts };
	MUST(machine.bytes && guard_allow(&machine.mem.guard, 0, size, GUARD_RAM, &e));
}

static inline void machine_deinit(void)
{
	free(machine.bytes);
}

static inline void machine_nothing(void *arg)
{
	(void)arg;
}

/*
 * touch.c installs its handlers with the first touch. They are taken away again: a fault in a
 * fuzz target is a finding, and the sanitizer's handler is the one that can tell.
 */
__attribute__((constructor)) static void machine_keep_signals(void)
{
	static const int signals[] = { SIGBUS, SIGSEGV };
	struct sigaction before[ARRAY_LEN(signals)];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		MUST(!sigaction(signals[i], NULL, &before[i]));
	MUST(touch_run(machine_nothing, NULL, &e));
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		MUST(!sigaction(signals[i], &before[i], NULL));
}

/* The lines that ramscope needs, of a 6.1 kernel with 4 zones and 64 nodes. */
static const char machine_vmcoreinfo[] __attribute__((unused)) =
    "OFFSET(uts_namespace.name)=0\n"
    "SYMBOL(init_top_pgt)=ffffffff80000000\n"
    "NUMBER(phys_base)=0\n"
    "SYMBOL(mem_section)=ffff888000000000\n"
    "LENGTH(mem_section)=2048\n"
    "SIZE(mem_section)=16\n"
    "OFFSET(mem_section.section_mem_map)=0\n"
    "NUMBER(SECTION_SIZE_BITS)=27\n"
    "NUMBER(MAX_PHYSMEM_BITS)=46\n"
    "SIZE(list_head)=16\n"
    "SIZE(page)=64\n"
    "SIZE(zone)=1408\n"
    "OFFSET(page.flags)=0\n"
    "OFFSET(page._refcount)=52\n"
    "OFFSET(page.mapping)=24\n"
    "OFFSET(page.lru)=8\n"
    "OFFSET(page._mapcount)=48\n"
    "OFFSET(page.private)=40\n"
    "OFFSET(page.compound_dtor)=16\n"
    "OFFSET(page.compound_order)=17\n"
    "OFFSET(page.compound_head)=8\n"
    "OFFSET(pglist_data.node_zones)=0\n"
    "OFFSET(pglist_data.nr_zones)=13856\n"
    "LENGTH(zone.free_area)=11\n"
    "NUMBER(PG_lru)=4\n"
    "NUMBER(PG_swapbacked)=19\n"
    "NUMBER(PG_slab)=9\n"
    "NUMBER(PG_hwpoison)=23\n"
    "NUMBER(PG_head_mask)=65536\n"
    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
    "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n"
    "NUMBER(HUGETLB_PAGE_DTOR)=2\n"
    "LENGTH(node_data)=64\n";

/* A number of the input, little-endian; bytes that are not there are 0. */
static inline uint64_t machine_take(const uint8_t **data, size_t *size, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < width && *size; i++, (*data)++, (*size)--)
		value |= (uint64_t)(*data)[0] << 8 * i;
	return value;
}

#endif

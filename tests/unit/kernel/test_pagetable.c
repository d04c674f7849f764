/* Page tables made by hand: leaves of every size, holes, and tables that must not be believed. */
/* The tables of real kernels are walked on the booted board. */
#include "core.h"

#include "kernel/pagescan.h"
#include "mem/kcore.h"

#include <sys/mman.h>
#include <unistd.h>

/* Bit 51 as the encryption bit of SME; bits 58:52 and 62:59 of an entry are not the address. */
#define SME_BIT 51
#define IGNORED_BITS (0x7full << 52 | 0xfull << 59 | 7ull << 9)

static struct core c;
static struct pagetable pt;

/* Every kind of leaf, at the place of the address space that base says. */
static void map_leaves(uint64_t base)
{
	core_map(&c, base, 0x400000, 1, CORE_RW | CORE_NX);
	core_map(&c, base + 0x1000, 0x401000, 1, CORE_PAT_4K | CORE_G | IGNORED_BITS);
	core_put64(&c, core_entry(&c, base + 0x2000, 1), 0x402000 | CORE_RW); /* not present */
	core_put64(&c, core_entry(&c, base + 0x3000, 1), ~0x403000ull & ~CORE_P);
	core_map(&c, base + 0x1ff000, 0x403000, 1, 0);
	core_map(&c, base + 0x200000, 0x600000, 2, CORE_RW | CORE_NX);
	core_map(&c, base + 0x400000, 0x800000, 2, CORE_PAT_LARGE | IGNORED_BITS);
	core_put64(&c, core_entry(&c, base + 0x600000, 2), 0xa00000 | CORE_PS);
	core_map(&c, base + (1ull << 30), 0, 3, CORE_RW);
	core_map(&c, base + (2ull << 30), 3ull << 30, 3, CORE_PAT_LARGE | CORE_NX | CORE_G);
	core_put64(&c, core_entry(&c, base + (3ull << 30), 3), 1ull << 30 | CORE_PS);
}

static void walks(void **state)
{
	static const struct {
		const char *label;
		uint64_t off, phys, leaf_size; /* 0: not mapped */
		unsigned int last_level;
	} rows[] = {
		{ "4 KiB", 0, 0x400000, 0x1000, 1 },
		{ "its last byte", 0xfff, 0x400fff, 0x1000, 1 },
		{ "PAT, soft bits, no NX", 0x1abc, 0x401abc, 0x1000, 1 },
		{ "not present, with an address", 0x2000, 0, 0, 1 },
		{ "not present, bits turned", 0x3000, 0, 0, 1 },
		{ "entry 0", 0x4000, 0, 0, 1 },
		{ "last of its table", 0x1ff123, 0x403123, 0x1000, 1 },
		{ "2 MiB", 0x200000, 0x600000, 0x200000, 2 },
		{ "its last byte", 0x3fffff, 0x7fffff, 0x200000, 2 },
		{ "2 MiB, PAT is bit 12", 0x400000, 0x800000, 0x200000, 2 },
		{ "2 MiB, PAT, inside", 0x5fedcb, 0x9fedcb, 0x200000, 2 },
		{ "2 MiB, not present", 0x600000, 0, 0, 2 },
		{ "no PMD", 0x800000, 0, 0, 2 },
		{ "1 GiB", 1ull << 30, 0, 1ull << 30, 3 },
		{ "its last byte", (2ull << 30) - 1, (1ull << 30) - 1, 1ull << 30, 3 },
		{ "1 GiB, PAT, beyond RAM", 0x8abcdef0, 0xcabcdef0, 1ull << 30, 3 },
		{ "1 GiB, not present", 3ull << 30, 0, 0, 3 },
		{ "no PUD", 5ull << 30, 0, 0, 3 },
	};
	static const struct {
		unsigned int levels;
		uint64_t base;
	} places[] = {
		{ 4, 0xffffea0000000000 },
		{ 4, 0xffffffff80000000 & ~0x3fffffffffull },
		{ 4, 0 },
		{ 4, 0x00007f8000000000 },
		{ 5, 0xffd4000000000000 },
		{ 5, 0x0080000000000000 },
		{ 5, 0xff00000000000000 },
	};

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		core_init(&c, places[p].levels);
		map_leaves(places[p].base);
		core_open_tables(&c, &pt, places[p].levels);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct err e = ERR_INIT;
			struct pagetable_walk w;
			bool mapped = rows[i].leaf_size != 0;
			const struct pagetable_step *last;

			CHECK(rows[i].label,
			      pagetable_walk(&pt, places[p].base + rows[i].off, &w, &e) == mapped);
			CHECK_NUMBER(rows[i].label, e.kind, mapped ? ERR_NONE : ERR_NOT_MAPPED);
			CHECK_NUMBER(rows[i].label, w.leaf_size, rows[i].leaf_size);
			CHECK_NUMBER(rows[i].label, w.phys, rows[i].phys);
			CHECK_NUMBER(rows[i].label, w.steps_len,
				     places[p].levels - rows[i].last_level + 1);
			last = &w.steps[w.steps_len - 1];
			CHECK_NUMBER(rows[i].label, last->level, rows[i].last_level);
			CHECK_NUMBER(
			    rows[i].label, last->entry_phys,
			    core_entry(&c, places[p].base + rows[i].off, rows[i].last_level));
			CHECK_NUMBER(rows[i].label, w.steps[0].entry_phys & PAGE_MASK, CORE_TOP);
		}
		core_deinit(&c);
	}
}

/* 32 bits: 4 KiB, and 4 MiB or, with PAE, 2 MiB; by 1024 entries of 4 bytes, or 4, 512, 512 of 8. */
static void walks_32(void **state)
{
	static const struct {
		const char *label;
		unsigned int levels;
		uint64_t virt, phys, leaf_size; /* 0: not mapped */
		unsigned int last_level;
	} rows[] = {
		{ "4 KiB", 2, 0xf8000abc, 0x400abc, 0x1000, 1 },
		{ "4 KiB, high", 2, 0xf83ff123, 0xfffff123, 0x1000, 1 },
		{ "PTE not present", 2, 0xf8001000, 0, 0, 1 },
		{ "4 MiB", 2, 0xfb7fffff, 0x00bfffff, 0x400000, 2 },
		{ "4 MiB, PSE-36", 2, 0xfb812345, 0xff80012345, 0x400000, 2 },
		{ "no PTEs", 2, 0xfbc00000, 0, 0, 2 },
		{ "below", 2, 0x08048000, 0x00c00000, 0x1000, 1 },
		{ "address 0", 2, 0, 0, 0, 2 },
		{ "last address", 2, 0xffffffff, 0, 0, 2 },
		{ "direct map", 2, 0xc3ffffff, 0x3ffffff, 0x400000, 2 },
		{ "4 KiB", 3, 0xf8000abc, 0x400abc, 0x1000, 1 },
		{ "4 KiB, high", 3, 0xf81ff123, 0xffffff123, 0x1000, 1 },
		{ "PTE not present", 3, 0xf8001000, 0, 0, 1 },
		{ "2 MiB", 3, 0xfb7fffff, 0x009fffff, 0x200000, 2 },
		{ "2 MiB, high, PAT", 3, 0xfb812345, 0x3fe012345, 0x200000, 2 },
		{ "no PTEs", 3, 0xfbc00000, 0, 0, 2 },
		{ "below", 3, 0x08048000, 0x00c00000, 0x1000, 1 },
		{ "no PMDs", 3, 0x40000000, 0, 0, 3 },
		{ "last address", 3, 0xffffffff, 0, 0, 2 },
		{ "direct map", 3, 0xc3ffffff, 0x3ffffff, 0x200000, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool pae = rows[i].levels == 3, mapped = rows[i].leaf_size != 0;
		struct err e = ERR_INIT;
		struct pagetable_walk w;

		core_init(&c, rows[i].levels);
		core_map(&c, 0xf8000000, 0x400000, 1, CORE_RW);
		core_map(&c, pae ? 0xf81ff000 : 0xf83ff000, pae ? 0xffffff000 : 0xfffff000, 1, 0);
		core_map(&c, pae ? 0xfb600000 : 0xfb400000, 0x800000, 2, CORE_RW);
		core_map(&c, 0xfb800000, pae ? 0x3fe000000 | CORE_PAT_LARGE : 0x801fe000, 2, 0);
		core_map(&c, 0x08048000, 0xc00000, 1, 0);
		core_open_tables(&c, &pt, rows[i].levels);
		CHECK_NUMBER("direct map", pt.page_offset, CORE_PAGE_OFFSET);
		CHECK(rows[i].label, pagetable_walk(&pt, rows[i].virt, &w, &e) == mapped);
		CHECK_NUMBER(rows[i].label, e.kind, mapped ? ERR_NONE : ERR_NOT_MAPPED);
		CHECK_NUMBER(rows[i].label, w.leaf_size, rows[i].leaf_size);
		CHECK_NUMBER(rows[i].label, w.phys, rows[i].phys);
		CHECK_NUMBER(rows[i].label, w.steps_len, rows[i].levels - rows[i].last_level + 1);
		for (size_t s = 0; s < w.steps_len; s++)
			CHECK_NUMBER(rows[i].label, w.steps[s].entry_phys,
				     core_entry(&c, rows[i].virt, w.steps[s].level));
		core_deinit(&c);
	}
}

/* However 4 GiB are split between kernel and processes: the tables are found, or it is said why not. */
static void splits(void **state)
{
	static const uint32_t offsets[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x78000000,
					    0x40000000 };
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
	} rows[] = {
		{ "no tables there", "SYMBOL(swapper_pg_dir)", "c0201000", ERR_UNSUPPORTED },
		{ "no page", "SYMBOL(swapper_pg_dir)", "c0200004", ERR_KEY_VALUE },
		{ "no address of 32 bits", "SYMBOL(swapper_pg_dir)", "ffffffff80200000",
		  ERR_KEY_VALUE },
		{ "low", "SYMBOL(swapper_pg_dir)", "200000", ERR_UNSUPPORTED },
		{ "not told", "SYMBOL(swapper_pg_dir)", NULL, ERR_KEY_MISSING },
		{ "text not told", "SYMBOL(_stext)", NULL, ERR_KEY_MISSING },
		{ "text elsewhere", "SYMBOL(_stext)", "e1000000", ERR_UNSUPPORTED },
	};
	struct err e = ERR_INIT;
	struct vmcoreinfo vi;

	(void)state;
	for (unsigned int levels = 2; levels <= 3; levels++) {
		for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
			uint64_t split = offsets[i];

			/* 2 and 3 GiB less 256 MiB or so: not with PAE, but found all the same. */
			core_init(&c, levels);
			for (uint64_t at = 0; at < CORE_RAM_END; at += core_level_size(&c, 2)) {
				memset(c.bytes + c.ram[0].offset +
					       core_entry(&c, c.direct + at, 2), 0, c.entry_size);
				core_map(&c, split + at, at, 2, CORE_RW);
			}
			core_info_hex(&c, "SYMBOL(swapper_pg_dir)", split + CORE_TOP);
			core_info_hex(&c, "SYMBOL(_stext)", split + CORE_TEXT);
			core_open_tables(&c, &pt, levels);
			CHECK_NUMBER("split", pt.page_offset, split);
			CHECK_NUMBER("kernel's part", pagetable_kernel_part(&pt).start, split);
			CHECK_NUMBER("kernel's part", pagetable_kernel_part(&pt).end, 0xfffff000);
			core_deinit(&c);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		e = (struct err)ERR_INIT;
		core_init(&c, 2);
		core_info(&c, rows[i].key, rows[i].value);
		core_open(&c);
		vi = core_vmcoreinfo(&c);
		CHECK(rows[i].label, !pagetable_init(&pt, &c.mem, &vi, &e));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		core_deinit(&c);
	}
}

static void canonical(void **state)
{
	static const struct {
		const char *label;
		unsigned int levels;
		uint64_t virt;
		enum err_kind kind;
	} rows[] = {
		{ "4: last of the lower half", 4, 0x00007fffffffffff, ERR_NOT_MAPPED },
		{ "4: behind it", 4, 0x0000800000000000, ERR_ADDRESS },
		{ "4: before the upper half", 4, 0xffff7fffffffffff, ERR_ADDRESS },
		{ "4: first of the upper half", 4, 0xffff800000000000, ERR_NOT_MAPPED },
		{ "4: last address", 4, UINT64_MAX, ERR_NOT_MAPPED },
		{ "4: vmemmap of 5 levels", 4, 0xffd4000000000000, ERR_ADDRESS },
		{ "5: last of the lower half", 5, 0x00ffffffffffffff, ERR_NOT_MAPPED },
		{ "5: behind it", 5, 0x0100000000000000, ERR_ADDRESS },
		{ "5: before the upper half", 5, 0xfeffffffffffffff, ERR_ADDRESS },
		{ "5: first of the upper half", 5, 0xff00000000000000, ERR_NOT_MAPPED },
		{ "5: vmemmap of 4 levels", 5, 0xffffea0000000000, ERR_NOT_MAPPED },
		{ "2: last address", 2, 0xffffffff, ERR_NOT_MAPPED },
		{ "2: behind it", 2, 0x100000000, ERR_ADDRESS },
		{ "2: bit 31 copied up", 2, 0xffffffffc0000000, ERR_ADDRESS },
		{ "3: last address", 3, 0xffffffff, ERR_NOT_MAPPED },
		{ "3: behind it", 3, 0x100000000, ERR_ADDRESS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct pagetable_walk w;

		core_init(&c, rows[i].levels);
		core_open_tables(&c, &pt, rows[i].levels);
		CHECK(rows[i].label, !pagetable_walk(&pt, rows[i].virt, &w, &e));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		core_deinit(&c);
	}
}

static bool ignore_run(void *arg, const struct pagescan_run *run, struct err *e)
{
	(void)arg, (void)run, (void)e;
	return true;
}

/* Tables that point outside RAM, at themselves, at those above: an error, and no access. */
static void bad_tables(void **state)
{
	static const uint64_t virt = 0xffffea0000000000;
	static const struct {
		const char *label;
		unsigned int levels, level; /* whose entry is spoiled */
		uint64_t entry;		    /* without CORE_P */
		enum err_kind kind;
	} rows[] = {
		{ "PGD entry behind RAM", 4, 4, CORE_RAM_END, ERR_TABLE_OUTSIDE },
		{ "PUD entry behind RAM", 4, 3, CORE_RAM_END, ERR_TABLE_OUTSIDE },
		{ "PMD entry behind RAM", 4, 2, CORE_RAM_END, ERR_TABLE_OUTSIDE },
		{ "top of the address bits", 4, 2, 0x000ffffffffff000, ERR_TABLE_OUTSIDE },
		{ "hole inside RAM", 4, 2, 0x2000000, ERR_TABLE_OUTSIDE },
		{ "PGD entry at itself", 4, 4, CORE_TOP, ERR_TABLE_LOOP },
		{ "PUD entry at the top", 4, 3, CORE_TOP, ERR_TABLE_LOOP },
		{ "PMD entry at the top", 4, 2, CORE_TOP, ERR_TABLE_LOOP },
		{ "five: P4D entry at the top", 5, 4, CORE_TOP, ERR_TABLE_LOOP },
		{ "five: PMD entry at the top", 5, 2, CORE_TOP, ERR_TABLE_LOOP },
		/* Large pages are of levels 2 and 3 only: higher up the bit makes no leaf. */
		{ "PGD entry large", 4, 4, CORE_RAM_END | CORE_PS, ERR_TABLE_OUTSIDE },
		{ "five: P4D entry large", 5, 4, CORE_RAM_END | CORE_PS, ERR_TABLE_OUTSIDE },
		{ "a table nobody made: zeros", 4, 3, CORE_FREE, ERR_NOT_MAPPED },
	};
	static const struct range ram[] = { { 0, 0x2000000 }, { 0x2200000, CORE_RAM_END } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT, each = ERR_INIT;
		struct pagetable_walk w;

		core_init_ram(&c, rows[i].levels, ram, ARRAY_LEN(ram), 0);
		core_put64(&c, core_entry(&c, virt, rows[i].level), rows[i].entry | CORE_P);
		core_open_tables(&c, &pt, rows[i].levels);
		CHECK(rows[i].label, !pagetable_walk(&pt, virt, &w, &e));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		/* The steps up to the bad table stay, for whoever wants to show them. */
		CHECK(rows[i].label, w.steps_len >= rows[i].levels - rows[i].level + 1);
		CHECK_NUMBER(rows[i].label, w.leaf_size, 0);
		CHECK(rows[i].label, pagescan_each(&pt, virt, virt + 0x1000, ignore_run, NULL,
						    &each) == (rows[i].kind == ERR_NOT_MAPPED));
		if (rows[i].kind != ERR_NOT_MAPPED)
			CHECK_NUMBER(rows[i].label, each.kind, rows[i].kind);
		core_deinit(&c);
	}
}

/* The PTE's page is the page of the PMD above it: found at every level. */
static void own_parent(void **state)
{
	static const uint64_t virt = 0xffffea0000000000;
	struct err e = ERR_INIT;
	struct pagetable_walk w;

	(void)state;
	core_init(&c, 4);
	core_put64(&c, core_entry(&c, virt, 2), (core_entry(&c, virt, 2) & PAGE_MASK) | CORE_P);
	core_open_tables(&c, &pt, 4);
	assert_false(pagetable_walk(&pt, virt, &w, &e));
	CHECK_NUMBER("kind", e.kind, ERR_TABLE_LOOP);
	core_deinit(&c);
	/* Two entries may share a table: that is no loop. */
	core_init(&c, 4);
	core_map(&c, virt, 0x400000, 1, 0);
	core_put64(&c, core_entry(&c, virt + 0x200000, 2),
		   (core_entry(&c, virt, 1) & PAGE_MASK) | CORE_P);
	core_open_tables(&c, &pt, 4);
	e = (struct err)ERR_INIT;
	assert_true(pagetable_walk(&pt, virt + 0x200000, &w, &e));
	CHECK_NUMBER("phys", w.phys, 0x400000);
	assert_true(pagescan_each(&pt, virt, virt + 0x400000, ignore_run, NULL, &e));
	core_deinit(&c);
}

static void encryption(void **state)
{
	static const uint64_t virt = 0xffffea0000000000;
	const uint64_t mask = 1ull << SME_BIT;
	struct err e = ERR_INIT;
	struct pagetable_walk w;
	char text[24];

	(void)state;
	core_init(&c, 4);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)mask);
	core_info(&c, "NUMBER(sme_mask)", text);
	core_map(&c, virt, 0x400000 | mask, 1, CORE_RW);
	core_map(&c, virt + 0x200000, 0x600000 | mask, 2, CORE_RW);
	for (unsigned int level = 2; level <= 4; level++) {
		uint64_t entry = core_entry(&c, virt, level), value = 0;

		/* Tables too are reached through encrypted addresses. */
		memcpy(&value, c.bytes + 0x10000 + entry, 8);
		core_put64(&c, entry, value | mask);
	}
	core_open_tables(&c, &pt, 4);
	assert_true(pagetable_walk(&pt, virt + 5, &w, &e));
	CHECK_NUMBER("4 KiB", w.phys, 0x400005);
	assert_true(pagetable_walk(&pt, virt + 0x200005, &w, &e));
	CHECK_NUMBER("2 MiB", w.phys, 0x600005);
	mem_close(&c.mem);
	/* Without the mask the same tables lie far outside. */
	core_info(&c, "NUMBER(sme_mask)", "0");
	core_open_tables(&c, &pt, 4);
	assert_false(pagetable_walk(&pt, virt, &w, &e));
	CHECK_NUMBER("no mask", e.kind, ERR_TABLE_OUTSIDE);
	core_deinit(&c);
}

static void roots(void **state)
{
	static const struct {
		const char *label, *key, *value;
		enum err_kind kind;
		uint64_t root;
		unsigned int levels;
	} rows[] = {
		{ "as it is", "OSRELEASE", "x", ERR_NONE, 0x200000, 4 },
		{ "moved by KASLR", "SYMBOL(init_top_pgt)", "ffffffff85a09000", ERR_NONE, 0x5a09000,
		  4 },
		{ "phys_base below the link address", "NUMBER(phys_base)", "-1048576", ERR_NONE,
		  0x100000, 4 },
		{ "phys_base above", "NUMBER(phys_base)", "423624704", ERR_NONE, 0x19600000, 4 },
		{ "by its other name", "SYMBOL(init_top_pgt)", NULL, ERR_NONE, 0x200000, 4 },
		{ "five levels", "NUMBER(pgtable_l5_enabled)", "1", ERR_NONE, 0x200000, 5 },
		{ "not told how many", "NUMBER(pgtable_l5_enabled)", NULL, ERR_NONE, 0x200000, 4 },
		{ "no phys_base", "NUMBER(phys_base)", NULL, ERR_KEY_MISSING, 0, 0 },
		{ "phys_base no page", "NUMBER(phys_base)", "16", ERR_KEY_VALUE, 0, 0 },
		{ "root no page", "SYMBOL(init_top_pgt)", "ffffffff80200008", ERR_KEY_VALUE, 0, 0 },
		{ "root in the direct map", "SYMBOL(init_top_pgt)", "ffff888000200000",
		  ERR_KEY_VALUE, 0, 0 },
		{ "root 0", "SYMBOL(init_top_pgt)", "0", ERR_KEY_VALUE, 0, 0 },
		{ "root behind the image", "SYMBOL(init_top_pgt)", "ffffffffc0000000",
		  ERR_KEY_VALUE, 0, 0 },
		{ "last page of the image", "SYMBOL(init_top_pgt)", "ffffffffbffff000", ERR_NONE,
		  0x3ffff000, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct vmcoreinfo vi;

		core_info_defaults(&c, 4);
		core_info(&c, rows[i].key, rows[i].value);
		vi = core_vmcoreinfo(&c);
		CHECK(rows[i].label,
		      pagetable_init(&pt, NULL, &vi, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (rows[i].kind == ERR_NONE) {
			CHECK_NUMBER(rows[i].label, pt.root, rows[i].root);
			CHECK_NUMBER(rows[i].label, pt.paging.levels, rows[i].levels);
		}
	}
	core_info_defaults(&c, 4);
	core_info(&c, "SYMBOL(init_top_pgt)", NULL);
	core_info(&c, "SYMBOL(swapper_pg_dir)", NULL);
	{
		struct vmcoreinfo vi = core_vmcoreinfo(&c);
		struct err e = ERR_INIT;

		assert_false(pagetable_init(&pt, NULL, &vi, &e));
		CHECK_NUMBER("neither name", e.kind, ERR_KEY_MISSING);
	}
}

static void reads(void **state)
{
	struct err e = ERR_INIT;
	uint64_t virt, got[2];
	struct kcore_segment segment;
	struct kcore kcore = { memfd_create("kcore", MFD_CLOEXEC), 1, &segment, { 0, 0 }, NULL, { 0, 0 } };

	(void)state;
	core_init(&c, 4);
	virt = c.vmemmap;
	/* Two pages next to each other whose memory is not, then nothing. */
	core_map(&c, virt, 0x500000, 1, 0);
	core_map(&c, virt + 0x1000, 0x480000, 1, 0);
	core_map(&c, virt + 0x200000, 0x40000000, 2, 0);
	core_put64(&c, 0x500ff8, 0x1111);
	core_put64(&c, 0x480000, 0x2222);
	core_open_tables(&c, &pt, 4);
	assert_true(pagetable_read(&pt, virt + 0xff8, got, 16, &e));
	CHECK_NUMBER("before", got[0], 0x1111);
	CHECK_NUMBER("behind", got[1], 0x2222);
	assert_true(pagetable_read(&pt, virt + 0x2000, got, 0, &e));
	assert_false(pagetable_read(&pt, virt + 0x1ff8, got, 16, &e));
	CHECK_NUMBER("into a hole", e.kind, ERR_NOT_MAPPED);
	assert_false(pagetable_read(&pt, virt + 0x200000, got, 8, &e));
	CHECK_NUMBER("mapped, but no RAM", e.kind, ERR_GUARD);
	/* Nor by /proc/kcore, which would give it; what no route gives, tables too, is had there. */
	c.mem.kcore = &kcore;
	c.mem.routes[c.mem.routes_len++] = &mem_route_kcore;
	segment = (struct kcore_segment){ virt + 0x200000, PAGE_SIZE, 0, KCORE_NO_PHYS };
	assert_return_code(ftruncate(kcore.fd, PAGE_SIZE), 0);
	assert_false(pagetable_read(&pt, virt + 0x200000, got, 8, &e));
	CHECK_NUMBER("no RAM, and in /proc/kcore", e.kind, ERR_GUARD);
	segment.virt = virt + 0x1000;
	c.mem.routes[0] = &mem_route_kcore;
	c.mem.routes_len = 1;
	assert_true(pagetable_read(&pt, virt + 0x1000, got, 8, &e));
	CHECK_NUMBER("its zeros", got[0], 0);
	close(kcore.fd);
	c.mem.kcore = NULL;
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),      cmocka_unit_test(walks_32),   cmocka_unit_test(splits),
		cmocka_unit_test(canonical),  cmocka_unit_test(bad_tables), cmocka_unit_test(own_parent),
		cmocka_unit_test(encryption), cmocka_unit_test(roots),	    cmocka_unit_test(reads),
	};

	return cmocka_run_group_tests_name("kernel/pagetable", tests, NULL, NULL);
}

/* A small machine in an ELF core, made by hand: memory, page tables, sections, struct pages. */
/* Takes no offset and no bit from src/: they stand here a second time, from the manuals. */
#ifndef UNIT_CORE_H
#define UNIT_CORE_H

#include "unit.h"

#include "kernel/kernel.h"
#include "mem/mem.h"

/*
 *   physical     what                            virtual
 *   0x100000     mem_section's roots, 1 MiB      direct map
 *   0x200000     top page table                  kernel image
 *   0x201000-    the tables below it
 *   0x2f0000-    pages of mem_section entries    direct map
 *   0x400000-    free for a test: struct pages
 *   0x4000000    end of RAM, if the test does not say otherwise
 */
#define CORE_ROOTS 0x100000ull
#define CORE_TOP 0x200000ull
#define CORE_SECTIONS 0x2f0000ull
#define CORE_FREE 0x400000ull
#define CORE_RAM_END 0x4000000ull

#define CORE_IMAGE 0xffffffff80000000ull
#define CORE_SECTION_PAGES 32768ull /* 128 MiB */

/*
 * A machine of 32 bits has its direct map at this address, the kernel's text in it at 16 MiB, and
 * what FLATMEM needs in place of the section table: core_flat().
 */
#define CORE_PAGE_OFFSET 0xc0000000ull
#define CORE_TEXT 0x1000000ull
#define CORE_MEM_MAP CORE_ROOTS /* the variable */
#define CORE_NODE (CORE_ROOTS + 0x1000)

/* Bits of a table's entry: Intel SDM 3A, 4.5. */
#define CORE_P (1ull << 0)
#define CORE_RW (1ull << 1)
#define CORE_PS (1ull << 7) /* levels 2 and 3 */
#define CORE_PAT_4K (1ull << 7)
#define CORE_PAT_LARGE (1ull << 12)
#define CORE_G (1ull << 8)
#define CORE_NX (1ull << 63)

/* Flags of a struct page, 5.10 to 6.1, and where layouts of x86_64 put zone and node. */
#define CORE_PG(bit) (1ull << (bit))
enum {
	CORE_LOCKED = 0,
	CORE_REFERENCED = 1,
	CORE_UPTODATE = 2,
	CORE_DIRTY = 3,
	CORE_LRU = 4,
	CORE_ACTIVE = 5,
	CORE_WORKINGSET = 6,
	CORE_SLAB = 9,
	CORE_OWNER_PRIV_1 = 10,
	CORE_RESERVED = 12,
	CORE_PRIVATE = 13,
	CORE_HEAD = 16,
	CORE_SWAPBACKED = 19,
	CORE_UNEVICTABLE = 20,
	CORE_UNCACHED = 22,
	CORE_HWPOISON = 23,
};
/* 64 nodes: 6 bits; 4 zones: 2 bits. */
#define CORE_PLACE(nid, zone) ((uint64_t)(nid) << 58 | (uint64_t)(zone) << 56)

#define CORE_BUDDY (-129)
#define CORE_OFFLINE (-257)
#define CORE_TABLE (-513)
#define CORE_GUARD (-1025)

#define CORE_RAM_MAX 8
#define CORE_MAPS_MAX 4096
#define CORE_INFO_MAX 8192

struct core {
	int fd;
	char path[40];	/* opens the file once more */
	uint8_t *bytes; /* of the file */
	size_t size;
	size_t ram_len;
	struct {
		struct range phys;
		uint64_t offset; /* in the file */
	} ram[CORE_RAM_MAX];
	unsigned int levels;
	size_t word, entry_size; /* bytes of the kernel's words, of a table's entry */
	uint64_t next_table, next_sections;
	uint64_t direct, vmemmap; /* where this kernel has them without KASLR */
	size_t page_size;
	size_t maps_len, last_map; /* last_map: the one that was looked for last */
	struct {
		uint64_t virt, phys, size;
	} maps[CORE_MAPS_MAX];
	char info[CORE_INFO_MAX];
	struct mem mem;
	struct kernel kernel;
};

/*
 * RAM from 0 to CORE_RAM_END, a direct map of it, no section. levels: 4 or 5; 32 bits: 2, or 3 (PAE).
 * There struct pages are of 32 bytes and lie at CORE_FREE in the direct map (vmemmap).
 */
void core_init(struct core *c, unsigned int levels);
/* As core_init(); the file's segments start skew bytes behind a page's start. */
void core_init_ram(struct core *c, unsigned int levels, const struct range *ram, size_t ram_len,
		   uint64_t skew);
void core_deinit(struct core *c);

/* Changes a line of VMCOREINFO, or adds it; value NULL takes it out. */
void core_info(struct core *c, const char *key, const char *value);
void core_info_hex(struct core *c, const char *key, uint64_t value);
/* The lines, for who wants nothing else. */
struct vmcoreinfo core_vmcoreinfo(struct core *c);
/* core_open(), and its page tables: of that many levels. */
void core_open_tables(struct core *c, struct pagetable *pt, unsigned int levels);
/* The lines that core_init() sets for that many levels. */
void core_info_defaults(struct core *c, unsigned int levels);
/* All of what one of Debian's kernels says: a file of tests/data/vmcoreinfo. */
void core_info_of(struct core *c, const char *kernel);

void core_put(struct core *c, uint64_t phys, const void *bytes, size_t len);
void core_put64(struct core *c, uint64_t phys, uint64_t value);
/* Through core_map()'s mappings. */
void core_put_virt(struct core *c, uint64_t virt, const void *bytes, size_t len);

/* Physical address of virt's entry in its table of that level; tables above are made. */
uint64_t core_entry(struct core *c, uint64_t virt, unsigned int level);
/* Bytes that an entry of that level maps. */
uint64_t core_level_size(const struct core *c, unsigned int level);
/* A leaf of level 1, 2 or 3 (4 KiB, 2 or 4 MiB, 1 GiB), present, with more bits. */
void core_map(struct core *c, uint64_t virt, uint64_t phys, unsigned int level, uint64_t bits);

/*
 * mem_section's entry of that number: a page of entries is made, its root set; with 32 bits the table
 * is static and has 8 bytes an entry. core_usage(): the word behind it.
 */
void core_section(struct core *c, uint64_t number, uint64_t section_mem_map);
void core_usage(struct core *c, uint64_t number, uint64_t usage);
/* FLATMEM: mem_map at c->vmemmap, a node of pfns [first, end); the lines of VMCOREINFO for it. */
void core_flat(struct core *c, uint64_t first, uint64_t end);

/* A struct page; core_page() puts it where vmemmap has it. */
struct core_page {
	uint64_t flags, head_word, mapping, private;
	int32_t mapcount, refcount;
	uint8_t dtor, order;
};
void core_page(struct core *c, uint64_t pfn, const struct core_page *page);
void core_pages(struct core *c, uint64_t first, uint64_t count, const struct core_page *page);
/* The word of a tail of the compound page at head. */
uint64_t core_tail_word(const struct core *c, uint64_t head);

/* Writes the ELF headers and opens the file into c->mem. */
void core_open(struct core *c);
/* And the kernel in it into c->kernel. */
void core_open_kernel(struct core *c);

#endif

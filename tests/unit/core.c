/* A small machine in an ELF core: the file, the tables and the struct pages. */
/* Checks nothing: whoever makes a wrong machine on purpose may do so. */
#include "core.h"

#include <elf.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD_SIZE 0x10000u /* headers and notes */
#define NOTES_AT 0x1000u
#define SECTIONS_A_ROOT 256u
#define SECTION_SIZE_32 8u

static const struct {
	const char *key, *value;
} defaults[] = {
	{ "OSRELEASE", "6.1.0-unit" },
	{ "PAGESIZE", "4096" },
	{ "OFFSET(uts_namespace.name)", "0" },
	{ "SYMBOL(swapper_pg_dir)", "ffffffff80200000" },
	{ "LENGTH(mem_section)", "2048" },
	{ "SIZE(mem_section)", "16" },
	{ "OFFSET(mem_section.section_mem_map)", "0" },
	{ "NUMBER(SECTION_SIZE_BITS)", "27" },
	{ "NUMBER(MAX_PHYSMEM_BITS)", "46" },
	{ "SIZE(list_head)", "16" },
	{ "SIZE(page)", "64" },
	{ "SIZE(pglist_data)", "14784" },
	{ "SIZE(zone)", "1408" },
	{ "OFFSET(page.flags)", "0" },
	{ "OFFSET(page._refcount)", "52" },
	{ "OFFSET(page.mapping)", "24" },
	{ "OFFSET(page.lru)", "8" },
	{ "OFFSET(page._mapcount)", "48" },
	{ "OFFSET(page.private)", "40" },
	{ "OFFSET(page.compound_dtor)", "16" },
	{ "OFFSET(page.compound_order)", "17" },
	{ "OFFSET(page.compound_head)", "8" },
	{ "OFFSET(pglist_data.node_zones)", "0" },
	/* 4 zones of 1408 bytes, and 2 lists of 4 * 64 + 1 references of 16 bytes. */
	{ "OFFSET(pglist_data.nr_zones)", "13856" },
	{ "LENGTH(zone.free_area)", "11" },
	{ "NUMBER(PG_lru)", "4" },
	{ "NUMBER(PG_private)", "13" },
	{ "NUMBER(PG_swapcache)", "10" },
	{ "NUMBER(PG_swapbacked)", "19" },
	{ "NUMBER(PG_slab)", "9" },
	{ "NUMBER(PG_hwpoison)", "23" },
	{ "NUMBER(PG_head_mask)", "65536" },
	{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "-129" },
	{ "NUMBER(HUGETLB_PAGE_DTOR)", "2" },
	{ "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "-257" },
	{ "NUMBER(phys_base)", "0" },
	{ "SYMBOL(init_top_pgt)", "ffffffff80200000" },
	{ "NUMBER(pgtable_l5_enabled)", "0" },
	{ "LENGTH(node_data)", "64" },
	{ "NUMBER(sme_mask)", "0" },
};

/* The same with 32 bits: classic SPARSEMEM with PAE, 4 zones, no nodes. NULL: not told. */
static const struct {
	const char *key, *value;
} defaults_32[] = {
	{ "SIZE(list_head)", "8" },
	{ "SYMBOL(swapper_pg_dir)", "c0200000" },
	{ "SYMBOL(_stext)", "c1000000" },
	{ "SYMBOL(mem_section)", "c0100000" },
	{ "LENGTH(mem_section)", "128" },
	{ "SIZE(mem_section)", "8" },
	{ "NUMBER(SECTION_SIZE_BITS)", "29" },
	{ "NUMBER(MAX_PHYSMEM_BITS)", "36" },
	{ "SIZE(page)", "32" },
	{ "OFFSET(page._refcount)", "28" },
	{ "OFFSET(page.mapping)", "12" },
	{ "OFFSET(page.lru)", "4" },
	{ "OFFSET(page._mapcount)", "24" },
	{ "OFFSET(page.private)", "20" },
	{ "OFFSET(page.compound_dtor)", "8" },
	{ "OFFSET(page.compound_order)", "9" },
	{ "OFFSET(page.compound_head)", "4" },
	/* 4 zones of 1408 bytes, and a list of 4 + 1 references of 8 bytes. */
	{ "OFFSET(pglist_data.nr_zones)", "5672" },
	{ "NUMBER(phys_base)", NULL },
	{ "SYMBOL(init_top_pgt)", NULL },
	{ "NUMBER(pgtable_l5_enabled)", NULL },
	{ "LENGTH(node_data)", NULL },
	{ "NUMBER(sme_mask)", NULL },
};

void core_info(struct core *c, const char *key, const char *value)
{
	size_t key_len = strlen(key), len = strlen(c->info);
	char *line = c->info;

	while (*line) {
		char *next = strchr(line, '\n') + 1;

		if (!strncmp(line, key, key_len) && line[key_len] == '=') {
			memmove(line, next, strlen(next) + 1);
			len = strlen(c->info);
			break;
		}
		line = next;
	}
	if (value)
		snprintf(c->info + len, sizeof(c->info) - len, "%s=%s\n", key, value);
}

void core_info_hex(struct core *c, const char *key, uint64_t value)
{
	char text[20];

	snprintf(text, sizeof(text), "%" PRIx64, value);
	core_info(c, key, text);
}

static void info_defaults_32(struct core *c)
{
	c->word = 4;
	c->entry_size = c->levels == 2 ? 4 : 8;
	c->page_size = 32;
	c->direct = CORE_PAGE_OFFSET;
	c->vmemmap = c->direct + CORE_FREE;
	for (size_t i = 0; i < ARRAY_LEN(defaults_32); i++)
		core_info(c, defaults_32[i].key, defaults_32[i].value);
	if (c->levels == 3)
		core_info(c, "CONFIG_X86_PAE", "y");
}

void core_info_defaults(struct core *c, unsigned int levels)
{
	c->info[0] = '\0';
	c->levels = levels;
	c->word = c->entry_size = 8;
	c->page_size = 64;
	/* Documentation/x86/x86_64/mm.rst */
	c->direct = levels == 5 ? 0xff11000000000000 : 0xffff888000000000;
	c->vmemmap = levels == 5 ? 0xffd4000000000000 : 0xffffea0000000000;
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
		core_info(c, defaults[i].key, defaults[i].value);
	core_info_hex(c, "SYMBOL(mem_section)", c->direct + CORE_ROOTS);
	if (levels == 5) {
		core_info(c, "NUMBER(pgtable_l5_enabled)", "1");
		core_info(c, "NUMBER(MAX_PHYSMEM_BITS)", "52");
		core_info(c, "LENGTH(mem_section)", "131072");
	}
	if (levels < 4)
		info_defaults_32(c);
}

void core_info_of(struct core *c, const char *kernel)
{
	char path[64];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/vmcoreinfo/%s", kernel);
	f = fopen(path, "r");
	assert_non_null(f);
	len = fread(c->info, 1, sizeof(c->info) - 1, f);
	assert_true(feof(f));
	c->info[len] = '\0';
	fclose(f);
}

struct vmcoreinfo core_vmcoreinfo(struct core *c)
{
	return (struct vmcoreinfo){ .text = c->info, .len = strlen(c->info) };
}

void core_init_ram(struct core *c, unsigned int levels, const struct range *ram, size_t ram_len,
		   uint64_t skew)
{
	uint64_t offset = HEAD_SIZE + skew;

	memset(c, 0, sizeof(*c));
	core_info_defaults(c, levels);
	c->next_table = CORE_TOP + PAGE_SIZE;
	c->next_sections = CORE_SECTIONS;
	assert_true(ram_len <= CORE_RAM_MAX);
	for (size_t i = 0; i < ram_len; i++) {
		c->ram[c->ram_len].phys = ram[i];
		c->ram[c->ram_len++].offset = offset;
		offset += ram[i].end - ram[i].start;
	}
	c->size = (size_t)offset;
	c->fd = memfd_create("ramscope-unit", MFD_CLOEXEC);
	assert_true(c->fd >= 0);
	snprintf(c->path, sizeof(c->path), "/proc/self/fd/%d", c->fd);
	assert_return_code(ftruncate(c->fd, (off_t)c->size), 0);
	c->bytes = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	assert_ptr_not_equal(c->bytes, MAP_FAILED);
	if (c->word == 8)
		core_map(c, c->direct, 0, 3, CORE_RW | CORE_G | CORE_NX);
	else
		for (uint64_t at = 0; at < CORE_RAM_END; at += core_level_size(c, 2))
			core_map(c, c->direct + at, at, 2, CORE_RW | CORE_G);
}

void core_init(struct core *c, unsigned int levels)
{
	const struct range all = { 0, CORE_RAM_END };

	core_init_ram(c, levels, &all, 1, 0);
}

void core_deinit(struct core *c)
{
	kernel_close(&c->kernel);
	if (c->mem.routes_len)
		mem_close(&c->mem);
	munmap(c->bytes, c->size);
	close(c->fd);
}

void core_put(struct core *c, uint64_t phys, const void *bytes, size_t len)
{
	for (size_t i = 0; i < c->ram_len; i++) {
		const struct range *r = &c->ram[i].phys;

		if (range_holds(r, phys, phys + len)) {
			memcpy(c->bytes + c->ram[i].offset + (phys - r->start), bytes, len);
			return;
		}
	}
	fail_msg("no RAM at 0x%" PRIx64, phys);
}

void core_put64(struct core *c, uint64_t phys, uint64_t value)
{
	core_put(c, phys, &value, sizeof(value));
}

static void put_word(struct core *c, uint64_t phys, uint64_t value, size_t width)
{
	core_put(c, phys, &value, width);
}

static uint64_t get_word(struct core *c, uint64_t phys, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < c->ram_len; i++)
		if (range_holds(&c->ram[i].phys, phys, phys + width))
			memcpy(&value, c->bytes + c->ram[i].offset + (phys - c->ram[i].phys.start),
			       width);
	return value;
}

static unsigned int level_shift(const struct core *c, unsigned int level)
{
	return 12 + (c->entry_size == 4 ? 10 : 9) * (level - 1);
}

uint64_t core_level_size(const struct core *c, unsigned int level)
{
	return 1ull << level_shift(c, level);
}

uint64_t core_entry(struct core *c, uint64_t virt, unsigned int level)
{
	uint64_t table = CORE_TOP;

	for (unsigned int at = c->levels;; at--) {
		uint64_t index = virt >> level_shift(c, at) & (c->entry_size == 4 ? 1023 : 511);
		uint64_t entry = table + c->entry_size * index;
		/* The bits that are write and user elsewhere must be 0 at the top of PAE. */
		bool pdpte = c->levels == 3 && at == 3;

		if (at == level)
			return entry;
		if (!get_word(c, entry, c->entry_size)) {
			put_word(c, entry, c->next_table | CORE_P | (pdpte ? 0 : CORE_RW),
				 c->entry_size);
			c->next_table += PAGE_SIZE;
			assert_true(c->next_table <= CORE_SECTIONS);
		}
		table = get_word(c, entry, c->entry_size) & 0x000ffffffffff000;
	}
}

void core_map(struct core *c, uint64_t virt, uint64_t phys, unsigned int level, uint64_t bits)
{
	put_word(c, core_entry(c, virt, level), phys | bits | CORE_P | (level > 1 ? CORE_PS : 0),
		 c->entry_size);
	assert_true(c->maps_len < CORE_MAPS_MAX);
	c->maps[c->maps_len].virt = virt;
	c->maps[c->maps_len].phys = phys;
	c->maps[c->maps_len++].size = core_level_size(c, level);
}

void core_put_virt(struct core *c, uint64_t virt, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;

	while (len) {
		size_t i = c->last_map, n;

		for (n = 0; virt - c->maps[i].virt >= c->maps[i].size; n++) {
			if (n == c->maps_len)
				fail_msg("0x%" PRIx64 " is not mapped", virt);
			i = (i + 1) % c->maps_len;
		}
		c->last_map = i;
		n = (size_t)(c->maps[i].size - (virt - c->maps[i].virt));
		n = n < len ? n : len;
		core_put(c, c->maps[i].phys + (virt - c->maps[i].virt), from, n);
		virt += n;
		from += n;
		len -= n;
	}
}

static uint64_t section_at(struct core *c, uint64_t number)
{
	uint64_t root = CORE_ROOTS + 8 * (number / SECTIONS_A_ROOT);

	if (c->word == 4)
		return CORE_ROOTS + SECTION_SIZE_32 * number;
	if (!get_word(c, root, 8)) {
		core_put64(c, root, c->direct + c->next_sections);
		c->next_sections += PAGE_SIZE;
		assert_true(c->next_sections <= CORE_FREE);
	}
	return get_word(c, root, 8) - c->direct + 16 * (number % SECTIONS_A_ROOT);
}

void core_section(struct core *c, uint64_t number, uint64_t section_mem_map)
{
	put_word(c, section_at(c, number), section_mem_map, c->word);
}

void core_usage(struct core *c, uint64_t number, uint64_t usage)
{
	put_word(c, section_at(c, number) + c->word, usage, c->word);
}

void core_flat(struct core *c, uint64_t first, uint64_t end)
{
	core_info(c, "SYMBOL(mem_section)", NULL);
	core_info_hex(c, "SYMBOL(mem_map)", c->direct + CORE_MEM_MAP);
	core_info_hex(c, "SYMBOL(contig_page_data)", c->direct + CORE_NODE);
	core_info(c, "OFFSET(pglist_data.node_mem_map)", "100");
	core_info(c, "OFFSET(pglist_data.node_start_pfn)", "200");
	core_info(c, "OFFSET(pglist_data.node_spanned_pages)", "208");
	put_word(c, CORE_MEM_MAP, c->vmemmap, c->word);
	put_word(c, CORE_NODE + 100, c->vmemmap + first * c->page_size, c->word);
	put_word(c, CORE_NODE + 200, first, c->word);
	put_word(c, CORE_NODE + 208, end - first, c->word);
}

static void put_at(uint8_t *to, size_t off, uint64_t value, size_t width)
{
	memcpy(to + off, &value, width);
}

void core_pages(struct core *c, uint64_t first, uint64_t count, const struct core_page *page)
{
	uint8_t bytes[256] = { 0 };
	size_t w = c->word;

	put_at(bytes, 0, page->flags, w);
	put_at(bytes, w, page->head_word, w);
	put_at(bytes, 2 * w, page->dtor, 1);
	put_at(bytes, 2 * w + 1, page->order, 1);
	/* compound_mapcount of a second struct page: nobody maps it whole. */
	put_at(bytes, 2 * w + 4, page->dtor ? UINT32_MAX : 0, 4);
	put_at(bytes, 3 * w, page->mapping, w);
	put_at(bytes, 5 * w, page->private, w);
	put_at(bytes, 6 * w, (uint32_t)page->mapcount, 4);
	put_at(bytes, 6 * w + 4, (uint32_t)page->refcount, 4);
	for (uint64_t i = 0; i < count; i++)
		core_put_virt(c, c->vmemmap + (first + i) * c->page_size, bytes, c->page_size);
}

void core_page(struct core *c, uint64_t pfn, const struct core_page *page)
{
	core_pages(c, pfn, 1, page);
}

uint64_t core_tail_word(const struct core *c, uint64_t head)
{
	return c->vmemmap + head * c->page_size + 1;
}

static size_t put_note(uint8_t *to, const char *name, const void *desc, size_t len)
{
	Elf64_Nhdr n = { (uint32_t)strlen(name) + 1, (uint32_t)len, 0 };
	size_t at = sizeof(n);

	memcpy(to, &n, sizeof(n));
	memcpy(to + at, name, n.n_namesz);
	at += (n.n_namesz + 3u) & ~3u;
	memcpy(to + at, desc, len);
	return at + ((len + 3) & ~(size_t)3);
}

static void write_head(struct core *c)
{
	Elf64_Ehdr head = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(head),
		.e_ehsize = sizeof(head),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (uint16_t)(c->ram_len + 1),
	};
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = NOTES_AT };
	static const uint8_t registers[336];

	ph.p_filesz = put_note(c->bytes + NOTES_AT, "CORE", registers, sizeof(registers));
	ph.p_filesz +=
	    put_note(c->bytes + NOTES_AT + ph.p_filesz, "VMCOREINFO", c->info, strlen(c->info));
	memcpy(c->bytes, &head, sizeof(head));
	memcpy(c->bytes + sizeof(head), &ph, sizeof(ph));
	for (size_t i = 0; i < c->ram_len; i++) {
		uint64_t size = c->ram[i].phys.end - c->ram[i].phys.start;

		ph = (Elf64_Phdr){ .p_type = PT_LOAD,
				   .p_offset = c->ram[i].offset,
				   .p_paddr = c->ram[i].phys.start,
				   .p_filesz = size,
				   .p_memsz = size };
		memcpy(c->bytes + sizeof(head) + (i + 1) * sizeof(ph), &ph, sizeof(ph));
	}
}

void core_open(struct core *c)
{
	struct err e = ERR_INIT;

	write_head(c);
	if (!mem_open_file(&c->mem, c->path, &e))
		fail_msg("%s", e.msg);
}

void core_open_kernel(struct core *c)
{
	struct err e = ERR_INIT;

	core_open(c);
	if (!kernel_open(&c->kernel, &c->mem, &e))
		fail_msg("%s", e.msg);
}

void core_open_tables(struct core *c, struct pagetable *pt, unsigned int levels)
{
	struct err e = ERR_INIT;
	struct vmcoreinfo vi;

	core_open(c);
	vi = core_vmcoreinfo(c);
	assert_true(pagetable_init(pt, &c->mem, &vi, &e));
	CHECK_NUMBER("levels", pt->paging.levels, levels);
	CHECK_NUMBER("root", pt->root, CORE_TOP);
}

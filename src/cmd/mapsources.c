/* The sources of `ramscope map`, put together, and what they disagree about. */
/* Shows nothing. What cannot be read is a source that does not speak. */
#include "cmd/map.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/names.h"
#include "census/zonefiles.h"
#include "cmd/pages.h"
#include "decode/dimms.h"
#include "decode/smbiostypes.h"
#include "firmware/firmware.h"
#include "physmap/words.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define CMDLINE_MAX 65536

/* By rank: Linux lets the higher type have what two entries claim (e820__update_table()). */
static void add_e820(struct physmap *map, uint8_t source, const struct e820_map *e820)
{
	for (size_t i = 0; i < e820->len; i++) {
		const struct e820_range *r = &e820->ranges[i];

		physmap_add(map, &(struct physmap_entry){ r->phys, e820_type(r), r->code, source,
							  !strcmp(e820_type(r), "System RAM") });
	}
}

/*
 * The boot loader's entries are the map that the kernel began with; the firmware's is sorted, and memory that
 * came later is in it, too. Where the table is full, the rest of it went another way.
 */
static void add_firmware(struct map_sources *s)
{
	struct e820_map *maps = s->e820_maps;
	struct err ignored = ERR_INIT;
	bool params = e820_read_boot_params(&maps[0], &ignored) && maps[0].len < E820_TABLE_MAX;
	bool memmap = e820_read_memmap(&maps[1], &ignored);

	if (params)
		add_e820(&s->map, PHYSMAP_E820, &maps[0]);
	if (memmap)
		add_e820(&s->map, params ? PHYSMAP_MEMMAP : PHYSMAP_E820, &maps[1]);
	s->e820 = params ? "boot_params" : memmap ? "/sys/firmware/memmap" : NULL;
}

/* Lines inside of System RAM are parts of it. */
static void add_iomem(struct map_sources *s, const struct iomem *iomem)
{
	unsigned int ram_depth = UINT32_MAX;

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];

		if (r->depth <= ram_depth)
			ram_depth = iomem_is_ram(r) ? r->depth : UINT32_MAX;
		physmap_add(&s->map, &(struct physmap_entry){ r->phys, r->name, 0, PHYSMAP_KERNEL,
							      ram_depth != UINT32_MAX });
		if (r->phys.end > s->facts.kernel_end)
			s->facts.kernel_end = r->phys.end;
	}
}

/* Whole pages of what lines of RAM have, or pieces of a file. */
static void add_ram(struct map_sources *s, const struct context *c)
{
	struct ranges bytes = { 0 };
	struct physmap_piece piece = { 0 };
	const struct guard *g = &c->mem.guard;

	while (physmap_next(&s->map, &piece))
		if (physmap_is_ram(&piece, PHYSMAP_KERNEL))
			ranges_add(&bytes, piece.phys.start, piece.phys.end);
	for (size_t i = 0; c->mem_path && i < g->len; i++)
		if (g->ranges[i].class == GUARD_RAM)
			ranges_add(&bytes, g->ranges[i].phys.start, g->ranges[i].phys.end);
	ranges_settle(&bytes);
	ranges_pages(&bytes, &s->ram);
	s->ram.bad |= bytes.bad;
	ranges_deinit(&bytes);
}

/* All the pages that a range of bytes touches. */
static void add_place(struct ranges *place, uint64_t start, uint64_t end)
{
	ranges_add(place, start >> PAGE_SHIFT, (end + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* "Kernel code" and the like, and what lies between the first and the last of them. */
static struct range image_lines(const struct iomem *iomem)
{
	struct range all = { UINT64_MAX, 0 };

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];

		if (strncmp(r->name, "Kernel ", 7))
			continue;
		all.start = num_least(all.start, r->phys.start);
		if (r->phys.end > all.end)
			all.end = r->phys.end;
	}
	return all;
}

static void add_places(struct map_sources *s, const struct context *c)
{
	struct range image = image_lines(&c->kernel.iomem);
	const struct range *initramfs = &s->e820_maps[0].initramfs;
	const struct ranges *reserved = &c->runs.reserved;

	/* brk, which early page tables are taken from, goes on where bss ends: arch/x86/kernel/setup.c. */
	for (size_t i = 0; i < reserved->len; i++)
		if (range_holds(&reserved->list[i], image.end >> PAGE_SHIFT, (image.end >> PAGE_SHIFT) + 1))
			image.end = reserved->list[i].end << PAGE_SHIFT;
	add_place(&s->places[KEPT_LOW], 0, LOW_END);
	add_place(&s->places[KEPT_IMAGE], image.start, image.end);
	/* There may be two, below 4 GiB and above. */
	for (size_t i = 0; i < c->kernel.iomem.len; i++)
		if (!strcmp(c->kernel.iomem.ranges[i].name, "Crash kernel"))
			add_place(&s->places[KEPT_CRASH], c->kernel.iomem.ranges[i].phys.start,
				  c->kernel.iomem.ranges[i].phys.end);
	add_place(&s->places[KEPT_INITRAMFS], initramfs->start, initramfs->end);
	for (size_t i = 0; c->kernel.is_open && i < c->kernel.pages.len; i++) {
		const struct pagearray_extent *x = &c->kernel.pages.extents[i];

		if (x->mapped)
			add_place(&s->places[KEPT_ARRAY], x->phys, x->phys + (x->same ? PAGE_SIZE : x->len));
	}
	for (size_t i = 0; i < KEPT_LEN; i++)
		ranges_settle(&s->places[i]);
}

static void put_run(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct census_runs *runs = arg;

	/* Every second page of KFENCE's pool, until Linux 6.10: mm/kfence/core.c, kfence_init_pool(). */
	if (kind == KIND_SLAB && pages == 1 && runs->reserved.len &&
	    runs->reserved.list[runs->reserved.len - 1].end == pfn)
		ranges_add(&runs->slabs, pfn, pfn + 1);
	if (kind == KIND_HOLE)
		ranges_add(&runs->holes, pfn, pfn + pages);
	/* A page of RAM in two lines of /proc/iomem is none for the guard, and so for the census. */
	if (kind == KIND_RESERVED || kind == KIND_NOTRAM)
		ranges_add(&runs->reserved, pfn, pfn + pages);
	if (kind == KIND_OFFLINE)
		runs->offline += pages;
}

struct census_watch census_runs_watch(struct census_runs *runs)
{
	return (struct census_watch){ put_run, runs, 1u << KIND_RESERVED | 1u << KIND_OFFLINE };
}

/* Modules, and the addresses that their arrays have; flash and the like are left out of the sum. */
static void add_dimms(struct map_sources *s, struct context *c)
{
	struct smbios smbios;
	struct smbios_walk walk;
	struct smbios_record record;
	struct physmap_entry entry = { .what = "DIMM", .source = PHYSMAP_DIMMS, .ram = true };
	struct dimms_sum sum;

	if (!smbiostable_read(&cmd_need_firmware(c)->smbios, &smbios))
		return;
	dimms_add_up(&smbios, &sum);
	s->dimms = sum.unknown ? 0 : sum.bytes >> 10;
	smbios_walk_init(&walk, &smbios);
	while (smbios_next(&walk, &record))
		if (record.type == SMBIOS_ARRAY_ADDRESS && dimms_range(&record, &entry.phys))
			physmap_add(&s->map, &entry);
}

static void add_efi(struct map_sources *s, struct context *c)
{
	const struct efitables *t = &cmd_need_firmware(c)->efi_tables;
	struct efi_piece p;

	for (size_t i = 0; efi_piece(&t->map.bytes, t->info.descriptor_len, i, &p); i++) {
		const char *type = efi_type(p.type);

		physmap_add(&s->map, &(struct physmap_entry){ p.phys, type ? type : "of no known type", 0, PHYSMAP_EFI,
							      efi_is_ram(&p) });
	}
}

/* What only the kernel's log tells; it may be gone. */
static void add_log(struct map_sources *s)
{
	static const char bounce[] = "software IO TLB: mapped [mem 0x";
	char *text = facts_log_text();
	const char *at = text ? names_find(text, bounce) : NULL;
	uint64_t start, end;

	s->facts.mtrr = text && names_find(text, "MTRRs don't cover all of memory");
	at = at ? num_scan(at + sizeof(bounce) - 1, 16, &start) : NULL;
	if (at && !strncmp(at, "-0x", 3) && num_scan(at + 3, 16, &end))
		add_place(&s->places[KEPT_SWIOTLB], start, end);
	alloc_free(text);
}

/* The report has counted already; where no census is to be had, sums have to do. */
static void need_census(struct context *c)
{
	struct err ignored = ERR_INIT;
	struct pagessource *source = c->runs.end ? NULL : pagessource_open(c, &ignored);
	struct census *census = source ? alloc_zeroed(sizeof(*census)) : NULL;
	const struct census_watch watch = census_runs_watch(&c->runs);

	if (census && pagessource_scan(source, pagessource_range(source), &watch, census, &ignored))
		c->runs.end = pagessource_range(source).end;
	alloc_free(census);
	pagessource_close(source);
	for (size_t i = 0; i < c->runs.slabs.len; i++) {
		const struct range *r = &c->runs.slabs.list[i];

		if (cmd_is_kept(c, r->start << PAGE_SHIFT, r->end << PAGE_SHIFT) == TRI_YES)
			ranges_add(&c->runs.reserved, r->start, r->end);
	}
	ranges_settle(&c->runs.reserved);
}

static void make_balance(struct map_sources *s, struct context *c)
{
	struct balance_in in = {
		.map = c->mem_path ? NULL : &s->map, .facts = &s->facts, .ram = &s->ram, .places = s->places,
		.offline = c->runs.offline, .dimms = s->dimms,
	};
	struct zonefiles *z = c->mem_path ? NULL : alloc_zeroed(sizeof(*z));
	struct err ignored = ERR_INIT;

	if (z && zonefiles_read(z, &ignored)) {
		in.total = z->meminfo[MEMINFO_TOTAL];
		for (size_t i = 0; i < z->len; i++)
			in.present += z->zones[i].present;
	}
	alloc_free(z);
	if (c->runs.end) {
		ranges_add(&c->runs.holes, c->runs.end, UINT64_MAX);
		in.reserved = &c->runs.reserved;
		in.holes = &c->runs.holes;
	}
	balance_make(&in, &s->balance);
	s->balance.bad |= s->map.bad;
}

/* A finding for each line of the sum whose reason is one. */
static void find_reasons(const struct balance *b, struct findings *f)
{
	static const struct {
		uint8_t reason, kind;
	} rows[] = {
		{ LEFT_WORD, FINDING_RAM_LEFT_OUT }, { LEFT_REACH, FINDING_RAM_REACH },
		{ LEFT_MTRR, FINDING_RAM_LOST },     { LEFT_UNKNOWN, FINDING_RAM_LOST },
		{ ADDED_AGAINST, FINDING_RESERVED_USED },
	};

	for (const struct balance_row *row = b->rows; row < b->rows + b->len; row++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (rows[i].reason == row->reason && row->kib)
				findings_add(f, rows[i].kind, row->where, "%" PRIu64 " %s: %s",
					     row->kib >> 10 ? row->kib >> 10 : row->kib,
					     row->kib >> 10 ? "MiB" : "KiB", row->what);
}

/* Two maps of the firmware's: of e820 the words are to be the same, of EFI whether it is RAM. */
static void find_differences(const struct physmap *map, struct findings *f)
{
	struct physmap_piece piece = { 0 };
	bool has_memmap = physmap_has(map, PHYSMAP_MEMMAP);

	while (physmap_next(map, &piece)) {
		const struct physmap_entry *loader = piece.says[PHYSMAP_E820], *memmap = piece.says[PHYSMAP_MEMMAP];
		const struct physmap_entry *efi = piece.says[PHYSMAP_EFI];

		if (has_memmap && loader && (!memmap || strcmp(loader->what, memmap->what)))
			findings_add(f, FINDING_MAPS_DIFFER, piece.phys, "boot_params: %s; /sys/firmware/memmap: %s",
				     loader->what, memmap ? memmap->what : "nothing");
		if (efi && loader && efi->ram != loader->ram)
			findings_add(f, FINDING_MAPS_DIFFER, piece.phys, "e820: %s; EFI: %s", loader->what, efi->what);
	}
}

static void find_all(struct map_sources *s, struct findings *f)
{
	size_t i = 0, j = 0;

	find_reasons(&s->balance, f);
	find_differences(&s->map, f);
	while (physmap_overlap(&s->map, PHYSMAP_E820, &i, &j)) {
		const struct physmap_entry *a = &s->map.entries[j - 1], *b = &s->map.entries[i];

		findings_add(f, FINDING_MAP_OVERLAP,
			     (struct range){ a->phys.start > b->phys.start ? a->phys.start : b->phys.start,
					     num_least(a->phys.end, b->phys.end) },
			     "%s in one entry, %s in another", a->what, b->what);
	}
	if (s->balance.unexplained && !s->balance.bad)
		findings_add(f, FINDING_UNEXPLAINED, (struct range){ 0, 0 }, "%" PRIu64 " KiB %s",
			     (uint64_t)(s->balance.unexplained < 0 ? -s->balance.unexplained : s->balance.unexplained),
			     s->balance.unexplained < 0 ? "are reserved and in it all the same: a driver's?"
							: "are missing in it");
}

struct map_sources *map_sources_open(struct context *c, struct err *e)
{
	struct map_sources *s = alloc_zeroed(sizeof(*s));
	struct err ignored = ERR_INIT;
	size_t len;

	if (!s) {
		err_sys(e, ENOMEM, "the map");
		return NULL;
	}
	if (!c->mem_path) {
		add_firmware(s);
		add_iomem(s, &c->kernel.iomem);
		if (file_read("/proc/cmdline", CMDLINE_MAX, &s->words, &len, &ignored))
			words_add(&s->map, s->words);
		s->facts.efi = !access("/sys/firmware/efi", F_OK);
		add_dimms(s, c);
		add_efi(s, c);
		add_log(s);
	}
	add_ram(s, c);
	need_census(c);
	add_places(s, c);
	make_balance(s, c);
	find_all(s, &c->findings);
	return s;
}

void map_sources_close(struct map_sources *s)
{
	if (!s)
		return;
	balance_deinit(&s->balance);
	for (size_t i = 0; i < KEPT_LEN; i++)
		ranges_deinit(&s->places[i]);
	ranges_deinit(&s->ram);
	physmap_deinit(&s->map);
	alloc_free(s->words);
	alloc_free(s);
}

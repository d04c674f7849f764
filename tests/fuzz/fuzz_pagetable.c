/* Fuzz target: page tables, the section table and the struct page array found through them. */
/*
 * The input is no memory as it is, but what to write into 64 zeroed pages, the first of which
 * is the top table; it does not write struct pages (those are fuzz_page's).
 *
 *   byte 0        bit 0: five levels; bit 1: sections as well; bits 2, 3: 32 bits, PAE and not; bit 4: FLATMEM
 *   bytes 1-8     a virtual address
 *   bytes 9-12    length of a range
 *   then 10 each  number of a word in the 64 pages, and the word
 */
#include "machine.h"

#include "kernel/pagearray.h"
#include "kernel/pagescan.h"

#include <inttypes.h>
#include <stdio.h>

#define MEMORY (64u * PAGE_SIZE)
#define RANGE_MAX (16u << 20)
#define STEPS_MAX 256u

static const struct pagetable *tables;

static bool table_error(enum err_kind kind)
{
	return kind == ERR_ADDRESS || kind == ERR_NOT_MAPPED || kind == ERR_TABLE_OUTSIDE ||
	       kind == ERR_TABLE_LOOP || kind == ERR_GUARD;
}

/* The words fit, however little room there is, and say "present" of what is. */
static void check_flags(const struct pagetable_walk *w)
{
	for (size_t i = 0; i < w->steps_len; i++) {
		char text[160], little[8];

		paging_flags(&tables->paging, w->steps[i].level, w->steps[i].entry, text,
			     sizeof(text));
		MUST(!strncmp(text, "present", 7) && strlen(text) < sizeof(text));
		paging_flags(&tables->paging, w->steps[i].level, w->steps[i].entry, little,
			     sizeof(little));
		MUST(!strcmp(little, "present"));
	}
}

static void check_walk(uint64_t virt)
{
	struct pagetable_walk w;
	struct err e = ERR_INIT;
	bool good = pagetable_walk(tables, virt, &w, &e);

	MUST(w.steps_len <= tables->paging.levels);
	for (size_t i = 0; i < w.steps_len; i++) {
		const struct pagetable_step *s = &w.steps[i];

		MUST(s->level == tables->paging.levels - i &&
		     s->entry_phys <= MEMORY - tables->paging.entry_size);
		MUST(!memcmp(&s->entry, machine.bytes + s->entry_phys, tables->paging.entry_size));
	}
	if (!good) {
		MUST(table_error(e.kind) && !w.leaf_size);
		return;
	}
	MUST(w.leaf_size == 1u << 12 || w.leaf_size == 1u << 21 || w.leaf_size == 1u << 22 ||
	     w.leaf_size == 1u << 30);
	MUST((w.phys & (w.leaf_size - 1)) == (virt & (w.leaf_size - 1)));
	MUST(w.phys < 1ull << 52);
	check_flags(&w);
}

struct seen {
	uint64_t next;
};

static void check_run_at(const struct pagescan_run *run, uint64_t virt)
{
	struct pagetable_walk w;
	struct err e = ERR_INIT;

	MUST(pagetable_walk(tables, virt, &w, &e) == run->mapped);
	if (run->mapped)
		MUST(w.phys == run->phys + (virt - run->virt.start));
	else
		MUST(e.kind == ERR_NOT_MAPPED);
}

/* Runs follow each other, and each says what a walk of its first and last byte says. */
static bool check_run(void *arg, const struct pagescan_run *run, struct err *e)
{
	struct seen *s = arg;

	(void)e;
	MUST(run->virt.start == s->next && run->virt.end > run->virt.start);
	check_run_at(run, run->virt.start);
	check_run_at(run, run->virt.end - 1);
	s->next = run->virt.end;
	return true;
}

static void check_range(uint64_t virt, uint64_t len)
{
	struct seen s = { virt };
	struct err e = ERR_INIT;

	if (pagescan_each(tables, virt, virt + len, check_run, &s, &e))
		MUST(s.next == virt + len);
	else
		MUST(table_error(e.kind) && e.kind != ERR_NOT_MAPPED);
}

static bool check_mapped(void *arg, const struct pagescan_run *run, struct err *e)
{
	uint64_t *next = arg;

	(void)e;
	MUST(run->virt.start >= *next && run->virt.end > run->virt.start);
	if (run->mapped) {
		check_run_at(run, run->virt.start);
		check_run_at(run, run->virt.end - 1);
	}
	*next = run->virt.end;
	return true;
}

/* A pass over the upper half: nothing makes it fail but the top table, and it ends. */
static void check_scan(void)
{
	struct pagescan scan = { .tables_max = 64 };
	struct range part = pagetable_kernel_part(tables);
	uint64_t next = part.start;
	struct err e = ERR_INIT;

	if (!pagescan_all(tables, part.start, part.end, check_mapped, &next, &scan, &e))
		MUST(table_error(e.kind));
	MUST(scan.tables <= scan.tables_max || scan.capped);
}

static void check_read(uint64_t virt, size_t len)
{
	uint8_t *to = malloc(len);
	struct err e = ERR_INIT;

	MUST(to);
	if (!pagetable_read(tables, virt, to, len, &e))
		MUST(table_error(e.kind));
	free(to);
}

static void check_array(const struct memmodel *mm)
{
	struct err e = ERR_INIT;
	struct pagearray pa;
	uint64_t pfn = 0, end = memmodel_end(mm);

	if (!pagearray_init(&pa, tables, mm, 64, &e)) {
		MUST(table_error(e.kind));
		pagearray_deinit(&pa);
		return;
	}
	for (unsigned int step = 0; step < STEPS_MAX && pfn < end; step++) {
		struct mem_window w;
		uint64_t count = 0, copies = 0, virt, back;
		uint8_t page[64];

		e = (struct err)ERR_INIT;
		if (pagearray_window(&pa, pfn, end, &w, &count, &copies, &e)) {
			MUST(w.view.len == count * 64 && w.view.len <= MEM_WINDOW_MAX);
			mem_window_close(&machine.mem, &w);
		}
		MUST(count && copies && count * copies <= end - pfn && e.kind != ERR_FAULT);
		(void)!pagearray_read(&pa, pfn, 1, page, &e);
		if (pagearray_virt(&pa, pfn, &virt))
			MUST(pagearray_pfn(&pa, virt, &back));
		pfn += count * copies;
	}
	pagearray_deinit(&pa);
}

/*
 * 2 roots of 256 sections, or a static table of 512; the table is where the address of the input
 * says. FLATMEM: mem_map is there, and the node behind it.
 */
static void check_sections(uint64_t virt, bool flat)
{
	bool is_static = paging_word(&tables->paging) == 4;
	char lines[400];
	size_t len = (size_t)snprintf(lines, sizeof(lines),
				      "SYMBOL(%s)=%" PRIx64 "\nLENGTH(mem_section)=%d\n"
				      "NUMBER(MAX_PHYSMEM_BITS)=36\n"
				      "SYMBOL(contig_page_data)=%" PRIx64 "\n"
				      "OFFSET(pglist_data.node_start_pfn)=8\n"
				      "OFFSET(pglist_data.node_spanned_pages)=16\n",
				      flat ? "mem_map" : "mem_section", virt,
				      is_static ? 512 : 2, virt);
	char text[sizeof(lines) + sizeof(machine_vmcoreinfo)];
	struct vmcoreinfo vi = { .text = text };
	struct err e = ERR_INIT;
	struct memmodel mm;

	memcpy(text, lines, len);
	memcpy(text + len, machine_vmcoreinfo, sizeof(machine_vmcoreinfo));
	vi.len = len + sizeof(machine_vmcoreinfo) - 1;
	if (flat)
		*strstr(text + len, "mem_section") = 'x';
	if (memmodel_init(&mm, tables, &vi, &e)) {
		MUST(mm.len && (mm.sections || mm.kind == MEMMODEL_FLAT) && mm.sections <= 512);
		for (size_t i = 1; i < mm.offline_len; i++)
			MUST(mm.offline[i - 1].end < mm.offline[i].start);
		for (size_t i = 0; i < mm.len; i++) {
			MUST(mm.runs[i].pfn.start < mm.runs[i].pfn.end);
			MUST(!i || mm.runs[i - 1].pfn.end <= mm.runs[i].pfn.start);
		}
		check_array(&mm);
	} else {
		MUST(table_error(e.kind) || e.kind == ERR_KEY_VALUE ||
		     e.kind == ERR_KEY_MISSING);
	}
	memmodel_deinit(&mm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int mode = (unsigned int)machine_take(&data, &size, 1);
	uint64_t virt = machine_take(&data, &size, 8);
	uint64_t len = machine_take(&data, &size, 4) % RANGE_MAX + 1;
	struct pagetable pt = {
		.mem = &machine.mem,
		.paging = paging_modes[mode & 4	  ? PAGING_2LEVEL
				       : mode & 8 ? PAGING_PAE
				       : mode & 1 ? PAGING_5LEVEL
						  : PAGING_4LEVEL],
		.page_offset = mode & 12 ? 0xc0000000 : 0,
	};

	machine_init(MEMORY);
	while (size) {
		uint64_t at = machine_take(&data, &size, 2) % (MEMORY / 8);
		uint64_t word = machine_take(&data, &size, 8);

		memcpy(machine.bytes + 8 * at, &word, 8);
	}
	tables = &pt;
	check_walk(virt);
	check_range(virt, len);
	check_scan();
	check_read(virt, 5000);
	if (mode & 2)
		check_sections(virt, mode >> 4 & 1);
	machine_deinit();
	return 0;
}

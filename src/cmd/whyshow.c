/* ramscope why: what is known about a physical address, table by table. */
/* Judges nothing, and never touches the address itself. */
#include "cmd/why.h"

#include "base/fmt.h"
#include "cmd/access.h"
#include "cmd/firmware.h"
#include "decode/dimms.h"
#include "decode/page.h"
#include "firmware/firmware.h"

#include <inttypes.h>

/* arch/x86, Documentation/x86/x86_64/mm.rst, 5.10 to 7.2: fixed when KASLR is off. */
static const struct {
	uint64_t start, end;
	const char *name;
} areas[] = {
	{ 0xffd4000000000000, 0xffd6000000000000, "vmemmap, the struct page array (5 levels)" },
	{ 0xffffc90000000000, 0xffffe90000000000, "vmalloc space (4 levels)" },
	{ 0xffffea0000000000, 0xffffeb0000000000, "vmemmap, the struct page array (4 levels)" },
	{ 0xffffffffa0000000, 0xffffffffff000000, "modules" },
};

/*
 * The mistake this command is named for: a virtual address minus PAGE_OFFSET taken for a
 * physical one. Which area does phys plus PAGE_OFFSET fall into?
 */
static const char *subtracted_from(uint64_t phys, uint64_t *ret_virt)
{
	static const uint64_t page_offsets[] = { 0xffff880000000000, 0xffff888000000000,
						 0xff11000000000000 };

	for (size_t i = 0; i < ARRAY_LEN(page_offsets); i++) {
		uint64_t virt = phys + page_offsets[i];

		for (size_t j = 0; phys < virt && j < ARRAY_LEN(areas); j++) {
			if (areas[j].start <= virt && virt < areas[j].end) {
				*ret_virt = virt;
				return areas[j].name;
			}
		}
	}
	return NULL;
}

bool why_explain_subtraction(struct report *r, uint64_t phys)
{
	uint64_t virt;
	const char *area = subtracted_from(phys, &virt);

	if (!area)
		return false;
	report_note(r, "it looks like %#" PRIx64 " minus a constant: %s, is mapped page by "
		    "page, so that no subtraction gives a physical address", virt, area);
	report_note(r, "try: ramscope walk %#" PRIx64, virt);
	return true;
}

/* Why one method is of no use, or NULL. */
static const char *obstacle(const struct why_method *m)
{
	if (!m->allowed)
		return m->own == CAUSE_NONE ? m->words : cause_rows[m->own].text;
	return m->kernel.cause == CAUSE_NONE ? NULL : cause_rows[m->kernel.cause].text;
}

static enum cause cause_of(const struct why_method *m)
{
	return m->allowed ? m->kernel.cause : m->own;
}

/* What lifts the cause of method i, once for all that share it. */
static void show_remedy(struct report *r, const struct why_answer *a, size_t i)
{
	const char *lift = cause_rows[cause_of(&a->methods[i])].lift;
	char names[32];
	size_t n = 0;

	if (!lift)
		return;
	for (size_t j = 0; j < a->methods_len; j++) {
		if (cause_rows[cause_of(&a->methods[j])].lift != lift)
			continue;
		if (j < i)
			return;
		fmt_append(names, sizeof(names), &n, "%s%s", n ? ", " : "", a->methods[j].name);
	}
	report_note(r, "remedy for %s: %s", names, lift);
}

void why_show_methods(struct report *r, const struct why_answer *a)
{
	static const struct column columns[] = {
		{ "method", "method", -6 },
		{ "allowed", "ramscope", -8 },
		{ "kernel", "kernel", -9 },
		{ "cause", NULL, 0 },
		{ "why", "what stands in the way", -1 },
	};
	char buf[32];

	report_table(r, "verdict", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < a->methods_len; i++) {
		const struct why_method *m = &a->methods[i];
		enum cause cause = cause_of(m);
		const struct cell cells[] = {
			TEXT_CELL(m->name),
			BOOL_CELL(m->allowed),
			TEXT_CELL(buf),
			cause == CAUSE_NONE ? NO_CELL : TEXT_CELL(cause_rows[cause].name),
			TEXT_CELL(obstacle(m)),
		};

		access_result_text(&m->kernel, buf, sizeof(buf));
		report_row(r, cells);
	}
	for (size_t i = 0; i < a->methods_len; i++)
		show_remedy(r, a, i);
}

static void firmware_row(struct report *r, const char *source, bool known,
			 const struct e820_map *map, uint64_t phys)
{
	const struct e820_range *f = known ? e820_find(map, phys) : NULL;
	const struct cell cells[] = {
		f ? HEX_CELL(f->phys.start) : NO_CELL,
		f ? HEX_CELL(f->phys.end - 1) : NO_CELL,
		TEXT_CELL(f ? e820_type(f) : known ? "not mentioned" : "not available"),
		TEXT_CELL(source),
	};

	report_row(r, cells);
}

static void show_firmware(const struct why *w, uint64_t phys)
{
	static const struct column columns[] = {
		{ "start", "start", 12 },
		{ "last", "last", 12 },
		{ "type", "firmware type", -25 },
		{ "source", "by", -1 },
	};
	struct report *r = w->c->report;

	if (w->c->mem_path)
		return;
	report_table(r, "firmware", columns, ARRAY_LEN(columns));
	firmware_row(r, "/sys/firmware/memmap", w->has_memmap, &w->memmap, phys);
	firmware_row(r, "e820, boot_params", w->has_e820, &w->e820, phys);
}

/* Of a live machine by the kernel's copy: nothing is touched here. What is wrong with a file's is not asked for. */
static bool read_smbios(struct context *c, struct smbios *ret_smbios)
{
	static struct smbiostable sys;
	size_t findings = c->findings.len;
	bool good;

	if (!c->mem_path)
		return smbiostable_sys(&sys, ret_smbios);
	good = smbiostable_read(&cmd_need_firmware(c)->smbios, ret_smbios);
	c->findings.len = findings;
	return good;
}

#define MODULES_SHOWN 4

/* Which memory module it is, as far as SMBIOS tells. */
static void show_modules(struct why *w, uint64_t phys)
{
	static const struct column columns[] = {
		{ "start", "start", 12 },     { "last", "last", 12 },		{ "handle", NULL, 0 },
		{ "by_device", NULL, 0 },     { "interleave_position", NULL, 0 }, { "interleave_depth", NULL, 0 },
		{ "of", NULL, 0 },	      { "locator", "module", -10 },	{ "module", "by SMBIOS", -1 },
	};
	struct report *r = w->c->report;
	struct dimm_place place;
	char name[32], text[400];
	unsigned int n = 0;

	if (!w->tried_smbios) {
		w->tried_smbios = true;
		w->has_smbios = read_smbios(w->c, &w->smbios);
	}
	for (; w->has_smbios && n < MODULES_SHOWN && dimms_at(&w->smbios, phys, n, &place); n++) {
		const struct cell cells[] = {
			HEX_CELL(place.phys.start),
			HEX_CELL(place.phys.end - 1),
			HEX_CELL(place.handle),
			BOOL_CELL(place.by_device),
			place.by_device ? UINT_CELL(place.interleave_position) : NO_CELL,
			place.by_device ? UINT_CELL(place.interleave_depth) : NO_CELL,
			UINT_CELL(place.of),
			place.has_dimm ? TEXT_CELL(name) : NO_CELL,
			place.has_dimm ? TEXT_CELL(text) : NO_CELL,
		};

		if (!n)
			report_table(r, "module", columns, ARRAY_LEN(columns));
		if (place.has_dimm)
			firmware_slot(&w->smbios, &place.dimm, name, sizeof(name), text, sizeof(text));
		report_row(r, cells);
	}
	if (n && place.of > 1)
		report_note(r, "any of %u modules may hold it: %s", place.of,
			    place.by_device ? "they are interleaved" : "SMBIOS maps them as one");
}

static void show_iomem(struct why *w, uint64_t phys)
{
	static const struct column columns[] = {
		{ "start", "start", 12 },
		{ "last", "last", 12 },
		{ "name", "/proc/iomem", -1 },
	};
	const struct iomem *iomem = &w->c->kernel.iomem;
	bool any = false;

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *l = &iomem->ranges[i];
		char name[80];
		const struct cell cells[] = { HEX_CELL(l->phys.start), HEX_CELL(l->phys.end - 1),
					      TEXT_CELL(name) };

		if (!range_holds(&l->phys, phys, phys + 1))
			continue;
		fmt(name, sizeof(name), "%*s%s", (int)(2 * l->depth), "", l->name);
		if (!any)
			report_table(w->c->report, "iomem", columns, ARRAY_LEN(columns));
		report_row(w->c->report, cells);
		any = true;
	}
}

static void show_section(const struct why *w, uint64_t pfn)
{
	const struct memmodel *mm = &w->c->kernel.memmodel;
	const struct page_layout *l = &w->c->kernel.layout;
	uint8_t page[STRUCT_PAGE_MAX];
	struct err ignored = ERR_INIT;
	bool have = pagearray_read(&w->c->kernel.pages, pfn, 1, page, &ignored);
	const struct view v = { page, l->size, 0 };
	enum cache_type cache = have ? layout_cache(l, view_u64(&v, l->flags)) : CACHE_UNKNOWN;
	const struct field fields[] = {
		{ "number", "section",
		  mm->section_shift ? UINT_CELL(pfn >> mm->section_shift) : NO_CELL },
		{ "online", "online", BOOL_CELL(memmodel_find(mm, pfn) != NULL) },
		{ "cache", "cache type", TEXT_CELL(layout_cache_name(cache)) },
	};

	report_record(w->c->report, "section", fields, ARRAY_LEN(fields));
}

#define MAPPINGS_SHOWN 16

static void show_mappings(struct why *w, uint64_t phys)
{
	static const struct column columns[] = {
		{ "virt", "mapped at", 18 },
		{ "area", "in", -1 },
	};
	struct report *r = w->c->report;
	struct kernel *k = &w->c->kernel;
	size_t at = 0, shown = 0;
	uint64_t virt;

	if (!w->tried_mappings) {
		struct err e = ERR_INIT;

		w->tried_mappings = true;
		w->has_mappings = mappings_init(&w->mappings, &k->pagetable, &k->memmodel,
						k->layout.size, &k->vmcoreinfo, &e);
		if (!w->has_mappings)
			report_error(r, &e);
	}
	if (!w->has_mappings)
		return;
	for (; mappings_next(&w->mappings, phys, &at, &virt); shown++) {
		const char *area = mappings_area(&w->mappings, virt, phys);
		const struct cell cells[] = { HEX_CELL(virt), TEXT_CELL(area) };

		if (!shown)
			report_table(r, "mapping", columns, ARRAY_LEN(columns));
		if (shown < MAPPINGS_SHOWN)
			report_row(r, cells);
	}
	if (shown > MAPPINGS_SHOWN)
		report_note(r, "%zu more virtual addresses lead there", shown - MAPPINGS_SHOWN);
	if (!shown)
		report_note(r, "no virtual address of the kernel leads there");
	if (w->mappings.capped || w->mappings.scan.lost)
		report_note(r, "not all page tables were read: %zu mappings kept, %" PRIu64
			    " tables could not be had", w->mappings.len, w->mappings.scan.lost);
}

/* Is it part of the struct page array, and whose struct page lies there? */
static void show_array(const struct why *w, uint64_t phys)
{
	const struct pagearray *pa = &w->c->kernel.pages;

	for (size_t i = 0; i < pa->len; i++) {
		const struct pagearray_extent *x = &pa->extents[i];
		uint64_t virt = x->virt + (phys - x->phys), pfn = 0;
		bool here = x->mapped && phys - x->phys < x->len && pagearray_holder(pa, virt, &pfn);
		const struct field fields[] = {
			{ "first_pfn", "struct page of pfn", HEX_CELL(pfn) },
			{ "virt", "lies here, at", HEX_CELL(virt) },
		};

		if (here)
			report_record(w->c->report, "struct_page", fields, ARRAY_LEN(fields));
	}
}

void why_show_place(struct why *w, uint64_t phys)
{
	show_firmware(w, phys);
	show_modules(w, phys);
	show_iomem(w, phys);
	if (!w->has_kernel)
		return;
	show_section(w, phys >> PAGE_SHIFT);
	show_mappings(w, phys);
	show_array(w, phys);
}

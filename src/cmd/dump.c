/* ramscope dump: bytes at physical addresses, as hex or as they are. */
/* Asks for nothing the guard does not allow, and skips no page silently. */
#include "cmd/safe.h"

#include "report/flow.h"
#include "report/hexdump.h"

#include <inttypes.h>

#define PIECE 65536u /* copied at a time */

enum {
	OPT_RAW,
	OPT_PAGES,
	OPT_VMCOREINFO,
};

struct dump {
	struct context *c;
	bool raw;
	struct hexdump hex;
	/* What could not be read: the range still to be told, and the first reason. */
	struct range bad;
	struct err bad_why, first;
	uint64_t bad_bytes;
};

/* Tells the range that could not be read, if there is one. */
static void end_bad(struct dump *d)
{
	const struct err *e = &d->bad_why;
	const struct field fields[] = {
		{ "start", NULL, HEX_CELL(d->bad.start) },
		{ "end", NULL, HEX_CELL(d->bad.end) },
		{ "error", NULL, TEXT_CELL(err_name(e->kind)) },
		{ "message", NULL, TEXT_CELL(e->msg) },
		{ "cause", NULL, e->cause[0] ? TEXT_CELL(e->cause) : NO_CELL },
	};

	if (d->bad.start == d->bad.end)
		return;
	hexdump_end(&d->hex);
	report_json(d->c->report, "unreadable", fields, ARRAY_LEN(fields));
	flow_text(d->c->report, 3, "-- %s: 0x%" PRIx64 "-0x%" PRIx64 ": %s",
		  e->kind == ERR_WITHHELD ? "withheld" : "not readable", d->bad.start,
		  d->bad.end - 1, e->msg);
	if (e->cause[0])
		flow_text(d->c->report, 3, "-- cause: %s", e->cause);
	d->bad = (struct range){ 0, 0 };
}

/* Notes [start, end) as unreadable; false in raw mode, where nothing may be left out. */
static bool note_bad(struct dump *d, uint64_t start, uint64_t end, const struct err *why)
{
	bool joins = d->bad.end == start && d->bad.start != d->bad.end &&
		     d->bad_why.kind == why->kind && d->bad_why.os == why->os &&
		     !strcmp(d->bad_why.cause, why->cause);

	if (d->first.kind == ERR_NONE)
		d->first = *why;
	d->bad_bytes += end - start;
	if (d->raw)
		return false;
	if (!joins) {
		end_bad(d);
		d->bad.start = start;
		d->bad_why = *why;
	}
	d->bad.end = end;
	return true;
}

static void put_bytes(struct dump *d, uint64_t phys, const uint8_t *bytes, size_t len)
{
	end_bad(d);
	if (d->raw)
		report_raw(d->c->report, bytes, len);
	else
		hexdump_put(&d->hex, phys, bytes, len);
}

/* Where the guard next allows something, or end. */
static uint64_t next_allowed(const struct guard *g, uint64_t phys, uint64_t end)
{
	for (size_t i = 0; i < g->len; i++) {
		uint64_t start = g->ranges[i].phys.start;

		if (start > phys && start < end)
			end = start;
	}
	return end;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* One piece, at most len bytes; page by page where the whole is refused or faults. */
static bool dump_piece(struct dump *d, uint64_t phys, size_t len)
{
	static uint8_t buf[PIECE];
	struct mem *m = &d->c->mem;
	const struct mem_route *route;

	if (mem_copy(m, phys, buf, len, &route, &(struct err)ERR_INIT)) {
		put_bytes(d, phys, buf, len);
		return true;
	}
	for (uint64_t end = phys + len, next; phys < end; phys = next) {
		struct err e = ERR_INIT;

		next = num_least((phys & PAGE_MASK) + PAGE_SIZE, end);
		if (mem_copy(m, phys, buf, (size_t)(next - phys), &route, &e))
			put_bytes(d, phys, buf, (size_t)(next - phys));
		else if (!note_bad(d, phys, next, &e))
			return false;
	}
	return true;
}

/* Dumps [phys, end); false when it must stop: in raw mode at what cannot be read. */
static bool dump_phys(struct dump *d, uint64_t phys, uint64_t end)
{
	const struct guard *g = &d->c->mem.guard;

	while (phys < end && !d->c->report->write_errno) {
		uint64_t limit = phys + num_least(end - phys, PIECE - phys % PIECE), next;
		struct err e = ERR_INIT;

		next = safe_piece(d->c, phys, limit, GUARD_MAP, &e);
		if (next > phys) {
			if (!dump_piece(d, phys, (size_t)(next - phys)))
				return false;
		} else {
			/* A page alone, or all up to where the guard next allows something. */
			next = guard_run_end(g, phys, GUARD_MAP) > phys
				       ? num_least((phys & PAGE_MASK) + PAGE_SIZE, end)
				       : next_allowed(g, phys, end);
			if (!note_bad(d, phys, next, &e))
				return false;
		}
		phys = next;
	}
	return true;
}

/* Struct pages that lie together: pfns [first, ...) from virt on, len bytes at x. */
static void head_extent(struct dump *d, uint64_t pfn, uint64_t virt, uint64_t phys, uint64_t len)
{
	const struct field fields[] = {
		{ "pfn", NULL, HEX_CELL(pfn) },
		{ "virt", NULL, HEX_CELL(virt) },
		{ "phys", NULL, HEX_CELL(phys) },
		{ "bytes", NULL, UINT_CELL(len) },
	};

	if (d->raw)
		return;
	end_bad(d);
	hexdump_end(&d->hex);
	report_json(d->c->report, "extent", fields, ARRAY_LEN(fields));
	report_text(d->c->report,
		    "-- struct page of pfn 0x%" PRIx64 ", %zu bytes each, at 0x%" PRIx64, pfn,
		    d->c->kernel.pages.page_size, virt);
}

/* The struct pages of pfns that have one array, by the physical pieces it lies in. */
static bool dump_run(struct dump *d, const struct memmodel_run *run, uint64_t first, uint64_t end)
{
	const struct pagearray *pa = &d->c->kernel.pages;
	uint64_t virt = run->base + first * pa->page_size, stop = run->base + end * pa->page_size;

	for (size_t i = 0; i < pa->len && virt < stop; i++) {
		const struct pagearray_extent *x = &pa->extents[i];
		uint64_t n, pfn = (virt - run->base) / pa->page_size;
		struct err e = ERR_INIT;

		if (virt - x->virt >= x->len)
			continue;
		n = num_least(x->len - (virt - x->virt), stop - virt);
		err_set(&e, ERR_NO_PAGE, "the struct page of pfn %#" PRIx64 " is not mapped", pfn);
		if (x->mapped)
			head_extent(d, pfn, virt, x->phys + (virt - x->virt), n);
		if (!(x->mapped
			  ? dump_phys(d, x->phys + (virt - x->virt), x->phys + (virt - x->virt) + n)
			  : note_bad(d, virt, virt + n, &e)))
			return false;
		virt += n;
	}
	return true;
}

/* Page frames [first, end) have no struct page: told in their place, the end of raw output. */
static bool dump_hole(struct dump *d, uint64_t first, uint64_t end)
{
	const struct field fields[] = {
		{ "pfn", NULL, HEX_CELL(first) },
		{ "end", NULL, HEX_CELL(end) },
	};

	if (first == end)
		return true;
	if (d->first.kind == ERR_NONE) {
		err_set(&d->first, ERR_NO_PAGE, "pfn %#" PRIx64 " has no struct page", first);
		err_cause(&d->first, "no memory section that is online covers it");
	}
	if (d->raw)
		return false;
	end_bad(d);
	hexdump_end(&d->hex);
	report_json(d->c->report, "no-page", fields, ARRAY_LEN(fields));
	report_text(d->c->report, "-- no struct pages: pfn 0x%" PRIx64 "-0x%" PRIx64, first,
		    end - 1);
	return true;
}

static bool dump_pages(struct dump *d, const struct range *pfns)
{
	const struct memmodel *mm = &d->c->kernel.memmodel;
	uint64_t at = pfns->start;

	for (size_t i = 0; i < mm->len && at < pfns->end; i++) {
		const struct memmodel_run *run = &mm->runs[i];
		uint64_t start = most(run->pfn.start, at), end = num_least(run->pfn.end, pfns->end);

		if (start >= end)
			continue;
		if (!dump_hole(d, at, start) || !dump_run(d, run, start, end))
			return false;
		at = end;
	}
	return dump_hole(d, at, pfns->end);
}

static bool finish(struct dump *d, struct err *e)
{
	end_bad(d);
	hexdump_end(&d->hex);
	if (d->first.kind == ERR_NONE)
		return true;
	*e = d->first;
	if (d->bad_bytes && !d->raw)
		err_while(e, "%" PRIu64 " bytes not readable, the first", d->bad_bytes);
	return false;
}

static bool run_pages(struct dump *d, struct err *e)
{
	struct range pfns;

	if (!num_parse_range(d->c->options[OPT_PAGES], 1, &pfns, e) || !cmd_need_kernel(d->c, e))
		return false;
	if (!d->raw)
		report_section(d->c->report, "dump");
	(void)dump_pages(d, &pfns);
	return finish(d, e);
}

static bool run_vmcoreinfo(struct dump *d, struct err *e)
{
	const struct vmcoreinfo *vi = &d->c->kernel.vmcoreinfo;

	if (!cmd_need_kernel(d->c, e))
		return false;
	if (!vi->phys)
		return err_set(e, ERR_UNSUPPORTED, "where VMCOREINFO lies in memory is not known");
	if (!d->raw)
		report_section(d->c->report, "dump");
	(void)dump_phys(d, vi->phys & PAGE_MASK, (vi->phys + vi->size + PAGE_SIZE - 1) & PAGE_MASK);
	return finish(d, e);
}

static bool run_range(struct dump *d, const char *text, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct range range;

	if (!num_parse_range(text, 256, &range, e) || !cmd_need_memory(d->c, e))
		return false;
	/* For safe_piece(), which has a second source. */
	(void)!cmd_need_kernel(d->c, &ignored);
	if (!d->raw)
		report_section(d->c->report, "dump");
	(void)dump_phys(d, range.start, range.end);
	return finish(d, e);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct dump d = {
		.c = c,
		.raw = c->options[OPT_RAW] != NULL,
		.hex = { .report = c->report },
	};
	int wanted = argc + (c->options[OPT_PAGES] != NULL) + (c->options[OPT_VMCOREINFO] != NULL);

	if (wanted != 1) {
		err_set(e, ERR_USAGE, "dump takes one of RANGE, --pages and --vmcoreinfo");
		return err_hint(e, "ramscope dump --help");
	}
	if (d.raw && c->report->format == REPORT_NDJSON)
		return err_set(e, ERR_USAGE, "--raw and --json exclude each other");
	if (c->options[OPT_PAGES])
		return run_pages(&d, e);
	if (c->options[OPT_VMCOREINFO])
		return run_vmcoreinfo(&d, e);
	return run_range(&d, argv[0], e);
}

const struct cmd cmd_dump = {
	.name = "dump",
	.args = "[RANGE]",
	.summary = "bytes of physical memory, as hex or as they are",
	.args_min = 0,
	.args_max = 1,
	.options =
	    (const struct cmd_option[]){
		[OPT_RAW] = { "raw", NULL, "the bytes as they are, to standard output" },
		[OPT_PAGES] = { "pages", "PFNRANGE", "the struct pages of these page frames" },
		[OPT_VMCOREINFO] = { "vmcoreinfo", NULL, "the pages the VMCOREINFO note lies in" },
		{ NULL, NULL, NULL },
	    },
	.details =
	    "RANGE is START-END (END not included) or START+LENGTH, physical; START alone is\n"
	    "256 bytes. Equal lines are folded to '*'. What cannot be read is named in its\n"
	    "place, and the exit status says so; with --raw it ends the output.",
	.run = run,
};

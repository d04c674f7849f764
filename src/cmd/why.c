/* ramscope why: what an address is, whether it may be touched, and all that is known about it. */
/* Never touches the address itself. */
#include "cmd/why.h"

#include "base/fmt.h"
#include "census/census.h"
#include "cmd/safe.h"
#include "kernel/place.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>

enum {
	OPT_PFN,
};

/* What an operand turned out to be. */
struct subject {
	const char *operand;
	bool is_virt;
	uint64_t virt, phys;
};

static const struct {
	char name[6];
	uint8_t open, way, guard;
} ways[WHY_METHODS] = {
	{ "mmap", WAY_OPEN_MEM, WAY_MMAP, GUARD_MAP },
	{ "read", WAY_OPEN_MEM, WAY_READ, GUARD_READ },
	{ "kcore", WAY_OPEN_KCORE, WAY_KCORE, GUARD_KCORE },
};

/*
 * Few kernels tell of STRICT_DEVMEM. Page tables and struct pages were read by now, by another way
 * if mmap of RAM was refused.
 */
static void learn(struct context *c)
{
	struct err why = ERR_INIT;

	if (c->mem_is_open && !c->open_mem && c->facts.of[FACT_STRICT].value == TRI_UNKNOWN &&
	    mem_why_not(&c->mem, &mem_route_mmap, &why) && why.os == EPERM)
		facts_observed(&c->facts, FACT_STRICT, TRI_YES, "mmap of RAM above 1 MiB: EPERM");
}

/* Memory, kernel and firmware map: what is missing is told, and the rest is shown all the same. */
static void prepare(struct why *w)
{
	struct context *c = w->c;
	struct err ignored = ERR_INIT;

	c->safe.keep = true;
	cmd_need_facts(c);
	w->has_memory = cmd_need_memory(c, &w->no_memory);
	w->has_kernel = w->has_memory && cmd_need_kernel(c, &w->no_memory);
	if (c->mem_path)
		return;
	/* The guard tells what would be allowed; nothing is touched here in any case. */
	if (!cmd_need_map(c, &ignored))
		w->no_map = c->facts.of[FACT_PROC].value == TRI_NO ? CAUSE_NO_PROC : CAUSE_NO_MAP;
	learn(c);
	c->facts.ram_end = guard_ram_end(&c->mem.guard);
	w->has_memmap = e820_read_memmap(&w->memmap, &ignored);
	w->has_e820 = e820_read_boot_params(&w->e820, &ignored);
}

/* The way of one method: what ramscope says, and what the kernel would. */
static void judge_method(struct why *w, size_t i, const struct place *place, enum cause page,
			 struct why_method *m)
{
	struct context *c = w->c;
	struct err why = ERR_INIT;
	int os = ways[i].open == WAY_OPEN_MEM ? c->open_mem : c->open_kcore;

	*m = (struct why_method){ .name = ways[i].name, .own = page };
	if (os)
		m->kernel = (struct outcome){ RESULT_REFUSED, os,
					      rules_explain(&c->facts, ways[i].open, place, os) };
	if (w->no_map) {
		m->own = os ? m->kernel.cause : w->no_map;
		m->kernel.result = os ? RESULT_REFUSED : RESULT_UNKNOWN;
		return;
	}
	if (!os)
		m->kernel = rules_predict(&c->facts, ways[i].way, place);
	if (page == CAUSE_DIRECT_MAP_HOLE && m->kernel.result == RESULT_OK &&
	    ways[i].way != WAY_MMAP)
		m->kernel = ways[i].way == WAY_READ
				    ? (struct outcome){ RESULT_REFUSED, EFAULT, page }
				    : (struct outcome){ RESULT_ZEROS, 0, page };
	m->allowed = page == CAUSE_NONE && guard_check(&c->mem.guard, place->phys, PAGE_SIZE,
						       ways[i].guard, &why);
	if (page == CAUSE_NONE && !m->allowed)
		m->own = rules_own(&c->facts, ways[i].way, place);
	if (m->allowed && rules_own(&c->facts, ways[i].way, place) == CAUSE_CONFIDENTIAL) {
		m->own = CAUSE_CONFIDENTIAL;
		m->allowed = false;
	}
	if (m->own == CAUSE_NONE && !m->allowed)
		m->own = m->kernel.cause;
	fmt(m->words, sizeof(m->words), "%s", why.cause);
}

static void judge_file(struct why *w, uint64_t page, struct why_answer *a)
{
	struct why_method *m = &a->methods[0];
	struct err why = ERR_INIT;

	m->name = "file";
	m->allowed = guard_check(&w->c->mem.guard, page, PAGE_SIZE, GUARD_MAP, &why);
	fmt(m->words, sizeof(m->words), "the file does not hold this page");
	m->kernel.result = m->allowed ? RESULT_OK : RESULT_ABSENT;
	a->methods_len = 1;
}

static void judge(struct why *w, uint64_t phys, struct why_answer *a)
{
	struct context *c = w->c;
	uint64_t page = phys & PAGE_MASK;
	struct place place = place_at(&c->kernel.iomem, phys);
	enum cause state = CAUSE_NONE;
	struct err why = ERR_INIT;

	*a = (struct why_answer){ .phys = phys };
	if (c->mem_path) {
		judge_file(w, page, a);
		return;
	}
	/* What cannot be allowed anyway needs no look at its struct page. */
	if (guard_check(&c->mem.guard, page, PAGE_SIZE, GUARD_MAP, &why) &&
	    safe_end(c, page, page + PAGE_SIZE, &why) == page)
		state = c->safe.cause;
	for (size_t i = 0; i < WHY_METHODS; i++)
		judge_method(w, i, &place, state, &a->methods[i]);
	a->methods_len = WHY_METHODS;
}

static const struct iomem_range *innermost(const struct iomem *iomem, uint64_t phys)
{
	const struct iomem_range *found = NULL;

	for (size_t i = 0; i < iomem->len; i++)
		if (range_holds(&iomem->ranges[i].phys, phys, phys + 1))
			found = &iomem->ranges[i];
	return found;
}

/* "RAM: free, in the buddy allocator", "RAM kept at boot: ... (Kernel code)", 'not RAM: "PCI Bus 0000:00"'. */
static void what_it_is(struct why *w, uint64_t phys, char *buf, size_t size)
{
	struct context *c = w->c;
	const struct iomem_range *line = innermost(&c->kernel.iomem, phys);
	struct err ignored = ERR_INIT;
	enum kind kind;
	const char *meaning = "";
	size_t n = 0;

	if (w->no_map) {
		fmt(buf, size, "not known: %s", cause_rows[w->no_map].text);
		return;
	}
	if (!guard_is_ram(&c->mem.guard, phys)) {
		fmt(buf, size, line ? "not RAM: \"%s\"" : "neither RAM nor a known device",
		    line ? line->name : "");
		if (line && iomem_is_ram(line))
			fmt(buf, size, "RAM in a part of its page only");
		return;
	}
	if (w->has_kernel && census_kind(&c->kernel, phys >> PAGE_SHIFT, &kind, &ignored))
		meaning = kind_meaning(kind);
	/* "RAM kept at boot: ..." says it already. */
	fmt_append(buf, size, &n, "%s%s%s", strncmp(meaning, "RAM ", 4) ? "RAM" : "",
		   *meaning && strncmp(meaning, "RAM ", 4) ? ": " : "", meaning);
	if (line && !iomem_is_ram(line))
		fmt_append(buf, size, &n, " (%s)", line->name);
}

static bool is_useful(const struct why_method *m)
{
	return m->allowed &&
	       (m->kernel.result == RESULT_OK || m->kernel.result == RESULT_UNKNOWN);
}

/* "yes, by mmap, read", "no". */
static void may_be_touched(const struct why_answer *a, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < a->methods_len; i++)
		if (is_useful(&a->methods[i]))
			fmt_append(buf, size, &n, "%s %s", n ? "," : "yes, by", a->methods[i].name);
	if (!n)
		fmt(buf, size, "no");
}

/* The first lines: what it is and whether it may be touched. */
static void show_answer(struct why *w, const struct subject *s, const char *what, const char *touch,
			bool brief)
{
	const struct field fields[] = {
		{ "operand", NULL, TEXT_CELL(s->operand) },
		{ "virt", s->is_virt ? "virtual" : NULL, s->is_virt ? HEX_CELL(s->virt) : NO_CELL },
		{ "phys", "address", HEX_CELL(s->phys) },
		{ "pfn", "pfn", HEX_CELL(s->phys >> PAGE_SHIFT) },
		{ "what", "it is", TEXT_CELL(what) },
		{ "touch", "may be touched", TEXT_CELL(touch) },
	};
	struct report *r = w->c->report;

	if (!brief) {
		report_record(r, "address", fields, ARRAY_LEN(fields));
		return;
	}
	report_json(r, "address", fields, ARRAY_LEN(fields));
	if (s->is_virt)
		report_text(r, "0x%" PRIx64 " leads to", s->virt);
	report_text(r, "0x%-14" PRIx64 " %-3.3s %s", s->phys, touch, what);
}

/* Beyond what this processor can address: no memory, no device. */
static bool is_beyond(const struct why *w, uint64_t phys)
{
	unsigned int bits = w->c->facts.phys_bits;

	return bits && bits < 64 && phys >> bits;
}

static void explain_beyond(struct why *w, uint64_t phys)
{
	struct report *r = w->c->report;

	report_note(r, "%#" PRIx64 " is no physical address: this CPU has %u address bits", phys,
		    w->c->facts.phys_bits);
	if (why_explain_subtraction(r, phys))
		return;
	/* The lower half, of 5 levels at most: Documentation/x86/x86_64/mm.rst. */
	if (phys < 1ull << 56)
		report_note(r, "as a virtual address it is a user's: /proc/PID/pagemap tells the "
			    "page frame of a process's address, for ramscope why --pfn");
}

static bool tell_phys(struct why *w, const struct subject *s, bool brief, struct err *e)
{
	struct context *c = w->c;
	char what[120], touch[48];
	struct why_answer a;

	if (is_beyond(w, s->phys)) {
		if (brief)
			show_answer(w, s, "no physical address", "no", true);
		else
			explain_beyond(w, s->phys);
		return true;
	}
	judge(w, s->phys, &a);
	may_be_touched(&a, touch, sizeof(touch));
	what_it_is(w, s->phys, what, sizeof(what));
	show_answer(w, s, what, touch, brief);
	if (brief)
		return true;
	why_show_methods(c->report, &a);
	why_show_place(w, s->phys);
	if (!innermost(&c->kernel.iomem, s->phys) && !guard_is_ram(&c->mem.guard, s->phys))
		(void)!why_explain_subtraction(c->report, s->phys);
	if (!w->has_kernel && !c->mem_path)
		page_show_told(c, s->phys >> PAGE_SHIFT, false);
	if (!w->has_kernel || page_show(c, s->phys >> PAGE_SHIFT, false, e))
		return true;
	if (e->kind != ERR_NO_PAGE)
		return false;
	report_note(c->report, "%s: %s", e->msg, e->cause);
	return true;
}

/* The upper half of the address space is the kernel's, and no physical address is so large. */
static bool find_subject(struct why *w, const char *operand, struct subject *s, struct err *e)
{
	struct pagetable_walk walk;
	uint64_t number = 0;

	*s = (struct subject){ .operand = operand };
	if (!num_parse(operand, "an address", &number, e))
		return false;
	if (w->c->options[OPT_PFN]) {
		if (number >= PHYS_END >> PAGE_SHIFT)
			return err_set(e, ERR_ADDRESS, "%s is no page frame number", operand);
		s->phys = number << PAGE_SHIFT;
		return true;
	}
	s->phys = number;
	if (!(number >> 63))
		return true;
	s->is_virt = true;
	s->virt = number;
	if (!w->has_kernel) {
		*e = w->no_memory;
		return err_while(e, "virtual %#" PRIx64, number);
	}
	if (!pagetable_walk(&w->c->kernel.pagetable, number, &walk, e))
		return false;
	s->phys = walk.phys;
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	static struct why w;
	bool brief = argc > 1 && !c->verbose, good;
	uint64_t number;

	/* Said before anything is opened: a slip of the finger needs no root. */
	if (argc == 1 && !num_parse(argv[0], "an address", &number, e))
		return false;
	w.c = c;
	prepare(&w);
	if (c->mem_path && !w.has_memory) {
		*e = w.no_memory;
		return false;
	}
	report_section(c->report, "why");
	good = w.has_kernel;
	*e = w.no_memory;
	for (int i = 0; i < argc; i++) {
		struct err one = ERR_INIT;
		struct subject s;

		if (i && !brief)
			report_text(c->report, "%s", "");
		if (find_subject(&w, argv[i], &s, &one) && tell_phys(&w, &s, brief, &one))
			continue;
		if (argc > 1)
			report_error(c->report, &one);
		*e = one;
		good = false;
	}
	return good;
}

const struct cmd cmd_why = {
	.name = "why",
	.args = "ADDR...",
	.summary = "all about an address, and may it be touched",
	.args_min = 1,
	.args_max = INT_MAX,
	.options = (const struct cmd_option[]){
		[OPT_PFN] = { "pfn", NULL, "the operands are page frame numbers" },
		{ NULL, NULL, NULL },
	},
	.details = "ADDR is a physical address, or a virtual one of the kernel: these begin with\n"
		   "0xff or 0xffff8, larger than any physical address. Of several addresses each\n"
		   "gets one line; -v tells all of each. The address itself is not touched.",
	.run = run,
};

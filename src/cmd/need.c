/* Steps that commands share: opening memory and kernel once, when first needed. */
/* Reports nothing. */
#include "cmd/cmd.h"

#include "census/oracle.h"
#include "cmd/safe.h"
#include "decode/page.h"
#include "firmware/firmware.h"
#include "mem/confine.h"
#include "mem/probe.h"

#include <inttypes.h>

/* Memory that is on no list here, and that somebody takes the blame for. */
static bool allow_override(struct context *c, struct err *e)
{
	bool reads = !strcmp(c->method, "read");

	return guard_allow(&c->mem.guard, c->override.start, c->override.end,
			   reads ? GUARD_NAMED_READ : GUARD_NAMED, e);
}

bool cmd_take_override(struct context *c, const char *text, struct err *e)
{
	struct range *r = &c->override;

	if (!text)
		return true;
	if (c->mem_path)
		return err_set(e, ERR_USAGE,
			       "--mem and --i-know-this-address-is-safe exclude each other");
	if (!num_parse_range(text, PAGE_SIZE, r, e)) {
		e->kind = ERR_USAGE;
		return err_while(e, "--i-know-this-address-is-safe");
	}
	if (r->end > PHYS_END)
		return err_set(e, ERR_USAGE, "--i-know-this-address-is-safe: no CPU has physical "
			       "addresses up to %#" PRIx64, r->end);
	r->start &= PAGE_MASK;
	r->end = (r->end + PAGE_SIZE - 1) & PAGE_MASK;
	return true;
}

void cmd_tell_override(const struct context *c, struct report *r)
{
	const struct field fields[] = {
		{ "start", NULL, HEX_CELL(c->override.start) },
		{ "end", NULL, HEX_CELL(c->override.end) },
	};

	if (!c->override.end)
		return;
	report_section(r, "override");
	report_json(r, "override", fields, ARRAY_LEN(fields));
	report_text(r, "0x%" PRIx64 "-0x%" PRIx64 " may be touched: --i-know-this-address-is-safe",
		    c->override.start, c->override.end - 1);
}

void cmd_need_facts(struct context *c)
{
	if (c->has_facts || c->mem_path)
		return;
	c->has_facts = true;
	facts_gather(&c->facts, facts_caps());
	c->open_mem = mem_probe_open("/dev/mem");
	c->open_kcore = mem_probe_open("/proc/kcore");
}

bool cmd_need_map(struct context *c, struct err *e)
{
	if (c->mem_is_open)
		return true;
	guard_init(&c->mem.guard);
	iomem_deinit(&c->kernel.iomem);
	return kernel_open_iomem(&c->kernel, &c->mem, e);
}

static bool open_memory(struct context *c, struct err *e)
{
	struct err ignored = ERR_INIT;

	if (c->mem_path) {
		c->mem_is_open = mem_open_file(&c->mem, c->mem_path, e) && confine_enter(e);
		return c->mem_is_open;
	}
	health_start(&c->health);
	if (!mem_open_live(&c->mem, c->method, c->has_facts ? &c->facts : NULL, e))
		return false;
	/* For access, which tries every way whatever --method says. */
	(void)!mem_open_route(&c->mem, &mem_route_mmap, &ignored);
	(void)!mem_open_route(&c->mem, &mem_route_kcore, &ignored);
	own_open(&c->own);
	/* All that takes a privilege is open before confine_enter(), and nothing is touched. */
	c->mem_is_open = cmd_need_map(c, e) && allow_override(c, e) && confine_enter(e);
	/* Without /proc/iomem nothing may be touched: the next section is to say so as well. */
	if (!c->mem_is_open) {
		own_close(&c->own);
		mem_close(&c->mem);
	}
	return c->mem_is_open;
}

bool cmd_need_memory(struct context *c, struct err *e)
{
	if (c->mem_is_open)
		return true;
	/* Asked once: under lockdown each attempt is a line in the kernel log. */
	if (c->refused_method != c->method && open_memory(c, &c->no_memory))
		return true;
	c->refused_method = c->method;
	*e = c->no_memory;
	return false;
}

bool cmd_need_kernel(struct context *c, struct err *e)
{
	if (!cmd_need_memory(c, e))
		return false;
	return c->kernel.is_open || kernel_open(&c->kernel, &c->mem, e);
}

bool cmd_need_proof(struct context *c, struct err *e)
{
	if (!cmd_need_kernel(c, e))
		return false;
	if (!c->has_proof)
		proof_make(&c->kernel, c->mem.live ? &c->own : NULL, false, &c->proof);
	c->has_proof = true;
	return proof_holds(&c->proof, e);
}

/* Of RAM struct pages say more than the guard's ranges do: the kernel is opened for them once they are needed. */
static uint64_t safe_ram(void *arg, uint64_t phys, uint64_t end, struct err *e)
{
	struct context *c = arg;
	struct err ignored = ERR_INIT;

	if (!guard_is_ram(&c->mem.guard, phys))
		return num_least(end, guard_edge(&c->mem.guard, phys));
	(void)!cmd_need_kernel(c, &ignored);
	return safe_end(c, phys, end, e);
}

enum tri cmd_is_kept(void *arg, uint64_t phys, uint64_t end)
{
	struct context *c = arg;
	const struct page_layout *l = &c->kernel.layout;

	for (uint64_t pfn = phys >> PAGE_SHIFT; pfn << PAGE_SHIFT < end; pfn++) {
		uint8_t page[STRUCT_PAGE_MAX];
		struct err ignored = ERR_INIT;
		struct page_facts p;
		uint64_t word;
		bool kept;

		if (c->kernel.is_open && pagearray_read(&c->kernel.pages, pfn, 1, page, &ignored)) {
			page_decode(l, pfn, &(struct view){ page, l->size, 0 }, &p);
			kept = layout_has_flag(l, p.flags, PF_RESERVED);
		} else if (mem_flags(&c->mem, pfn, &word, 1)) {
			kept = word >> KPF_RESERVED & 1;
		} else {
			return TRI_UNKNOWN;
		}
		if (!kept)
			return TRI_NO;
	}
	return TRI_YES;
}

const struct firmware *cmd_need_firmware(struct context *c)
{
	static struct firmware firmware;
	struct firmware *f = &firmware;

	if (c->firmware)
		return c->firmware;
	c->firmware = f;
	f->live = !c->mem_path;
	if (cmd_need_memory(c, &f->reach.no_memory))
		f->reach.mem = &c->mem;
	f->reach.iomem = &c->kernel.iomem;
	f->reach.safe = safe_ram;
	f->reach.kept = cmd_is_kept;
	f->reach.arg = c;
	firmware_gather(f);
	firmware_compare(f, &c->findings);
	return f;
}

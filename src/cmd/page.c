/* ramscope page: one struct page, every field. */
/* Reads the struct page and, for a compound page, its head and the second one. */
#include "cmd/cmd.h"

#include "base/fmt.h"
#include "census/census.h"
#include "census/kpageflags.h"
#include "census/oracle.h"
#include "decode/page.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

/* A page, and the compound page it is part of. */
struct page_set {
	uint64_t pfn, head_pfn;
	uint8_t bytes[STRUCT_PAGE_MAX], head_bytes[2 * STRUCT_PAGE_MAX];
	struct page_facts page, head;
	struct page_compound compound;
	bool in_compound;
};

static bool read_set(struct context *c, uint64_t pfn, struct page_set *s, struct err *e)
{
	const struct page_layout *l = &c->kernel.layout;
	const struct pagearray *pa = &c->kernel.pages;
	struct view v = { s->bytes, l->size, 0 };
	struct view second;
	uint64_t virt = 0;

	*s = (struct page_set){ .pfn = pfn, .head_pfn = pfn };
	if (!pagearray_read(pa, pfn, 1, s->bytes, e))
		return false;
	if (!pagearray_virt(pa, pfn, &virt))
		return err_set(e, ERR_NO_PAGE, "pfn %#" PRIx64 " has no struct page", pfn);
	page_decode(l, virt, &v, &s->page);
	if (s->page.head) {
		if (!pagearray_read(pa, pfn + 1, 1, s->head_bytes, e))
			return false;
		second = (struct view){ s->head_bytes, l->size, 0 };
		page_unmask(l, virt, &second, &s->page);
	}
	s->in_compound = s->page.head || s->page.tail;
	if (!s->in_compound)
		return true;
	if (s->page.tail && !pagearray_pfn(pa, s->page.head_virt, &s->head_pfn))
		return err_set(e, ERR_NO_PAGE, "pfn %#" PRIx64 " names %#" PRIx64
			       " as its head, which is no struct page", pfn, s->page.head_virt);
	if (!pagearray_read(pa, s->head_pfn, 2, s->head_bytes, e))
		return false;
	v = (struct view){ s->head_bytes, l->size, 0 };
	second = (struct view){ s->head_bytes + l->size, l->size, 0 };
	page_decode(l, 0, &v, &s->head);
	page_decode_compound(l, &s->head, &second, &s->compound);
	return true;
}

static void show_counts(struct context *c, const struct page_set *s, const char *kind)
{
	const struct page_facts *p = &s->page;
	const bool whole = s->in_compound;
	const uint64_t mapcount =
		page_mapcount(&c->kernel.layout, p, whole ? &s->head : NULL, whole ? &s->compound : NULL);
	char flags[PAGE_TEXT_MAX], types[PAGE_TEXT_MAX];
	uint64_t flag_bits = page_flags_text(&c->kernel.layout, p->flags, flags, sizeof(flags));
	const char *zone = p->has_zone ? c->kernel.layout.zone_names[p->zone] : "none";
	uint64_t virt = 0;
	bool has_virt = pagearray_virt(&c->kernel.pages, s->pfn, &virt);
	const struct field fields[] = {
		{ "pfn", "pfn", HEX_CELL(s->pfn) },
		{ "phys", "address", HEX_CELL(s->pfn << PAGE_SHIFT) },
		{ "kind", "kind", TEXT_CELL(kind) },
		{ "flags", "flags", flag_bits ? TEXT_CELL(flags) : NO_CELL },
		{ "refcount", "refcount", UINT_CELL((uint32_t)p->refcount) },
		{ "mapcount", "mapcount", UINT_CELL(mapcount) },
		{ "type", "page type", p->typed ? TEXT_CELL(types) : NO_CELL },
		{ "node", "node", UINT_CELL(p->nid) },
		{ "zone", "zone", zone ? TEXT_CELL(zone) : UINT_CELL(p->zone) },
		{ "mapping", "mapping", HEX_CELL(p->mapping) },
		{ "anon", p->anon ? "anonymous" : NULL, BOOL_CELL(p->anon) },
		{ "ksm", p->ksm ? "merged (KSM)" : NULL, BOOL_CELL(p->ksm) },
		{ "movable", p->movable ? "movable driver" : NULL, BOOL_CELL(p->movable) },
		{ "private", "private", HEX_CELL(p->private) },
		{ "lru_next", "lru.next", HEX_CELL(p->lru[0]) },
		{ "lru_prev", "lru.prev", HEX_CELL(p->lru[1]) },
		{ "mapcount_word", "_mapcount word", HEX_CELL(p->mapcount_word) },
		{ "flags_word", "flags word", HEX_CELL(p->flags) },
		{ "unknown_flags", p->unknown_flags ? "flags unknown" : NULL,
		  HEX_CELL(p->unknown_flags) },
		{ "struct_page_virt", "struct page at", has_virt ? HEX_CELL(virt) : NO_CELL },
	};

	page_types_text(&c->kernel.layout, p, types, sizeof(types));
	report_record(c->report, "page", fields, ARRAY_LEN(fields));
}

static void show_compound(struct context *c, const struct page_set *s)
{
	const struct field fields[] = {
		{ "role", "compound page", TEXT_CELL(s->page.head ? "head" : "tail") },
		{ "head_pfn", "head pfn", HEX_CELL(s->head_pfn) },
		{ "order", "order", UINT_CELL(s->compound.order) },
		{ "dtor", c->kernel.layout.compound_dtor ? "destructor" : NULL,
		  c->kernel.layout.compound_dtor ? UINT_CELL(s->compound.dtor) : NO_CELL },
		{ "hugetlb", "hugetlb", BOOL_CELL(s->compound.hugetlb) },
		{ "mapped_whole", "mapped whole",
		  UINT_CELL((uint32_t)(s->compound.mapcount + 1)) },
		{ "head_refcount", "refcount of head", UINT_CELL((uint32_t)s->head.refcount) },
	};

	if (s->in_compound)
		report_record(c->report, "compound", fields, ARRAY_LEN(fields));
}

bool page_show(struct context *c, uint64_t pfn, bool section, struct err *e)
{
	struct page_set s;
	enum kind kind;

	if (!read_set(c, pfn, &s, e) || !census_kind(&c->kernel, pfn, &kind, e))
		return false;
	if (section)
		report_section(c->report, "page");
	show_counts(c, &s, kind_name(kind));
	show_compound(c, &s);
	return true;
}

void page_show_told(struct context *c, uint64_t pfn, bool section)
{
	int fd = open(KPAGEFLAGS_PATH, O_RDONLY | O_CLOEXEC);
	uint64_t word = 0, n = 0;
	struct err ignored = ERR_INIT;
	char names[256] = "";
	size_t used = 0;

	if (fd < 0)
		return;
	if (kpageflags_read(fd, pfn, &word, 1, &n, &ignored) && n) {
		const struct field fields[] = {
			{ "pfn", "pfn", HEX_CELL(pfn) },
			{ "phys", "address", HEX_CELL(pfn << PAGE_SHIFT) },
			{ "told", "kernel says", word ? TEXT_CELL(names) : NO_CELL },
			{ "word", "kpageflags", HEX_CELL(word) },
		};

		for (unsigned int bit = 0; bit < KPF_LEN; bit++)
			if (word >> bit & 1)
				fmt_append(names, sizeof(names), &used, "%s%s", used ? " " : "",
					   oracle_bit_name(bit));
		if (section)
			report_section(c->report, "page");
		report_record(c->report, "told", fields, ARRAY_LEN(fields));
	}
	close(fd);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	uint64_t pfn;

	(void)argc;
	if (!num_parse(argv[0], "a page frame number or an address", &pfn, e))
		return false;
	if (c->options[0])
		pfn >>= PAGE_SHIFT;
	if (!cmd_need_proof(c, e)) {
		if (!c->mem_path && e->kind != ERR_USAGE)
			page_show_told(c, pfn, true);
		return err_while(e, "struct page of pfn %#" PRIx64, pfn);
	}
	if (!page_show(c, pfn, true, e))
		return false;
	sources_show(c);
	return true;
}

const struct cmd cmd_page = {
	.name = "page",
	.args = "PFN",
	.summary = "one struct page, every field and every flag",
	.args_min = 1,
	.args_max = 1,
	.options = (const struct cmd_option[]){
		{ "phys", NULL, "the operand is a physical address, not a pfn" },
		{ NULL, NULL, NULL },
	},
	.run = run,
};

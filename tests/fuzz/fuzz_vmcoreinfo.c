/* Fuzz target: VMCOREINFO as a note and as text, and everything that is set up from it. */
/* The input is the note, the text, and lines that come before those of a known kernel. */
#include "machine.h"

#include "census/classify.h"
#include "decode/page.h"
#include "kernel/memmodel.h"

#define PAGES 8u

static void check_key(const struct vmcoreinfo *vi, const char *key)
{
	struct err e = ERR_INIT;
	uint64_t value = 1, again = 2;
	const char *text;
	size_t len = 0;

	text = vmcoreinfo_find(vi, key, &len);
	if (text)
		MUST(text > vi->text && len <= (size_t)(vi->text + vi->len - text));
	if (vmcoreinfo_number(vi, key, &value, &e)) {
		MUST(text && vmcoreinfo_optional(vi, key, &again) && again == value);
	} else {
		MUST(e.kind == (text ? ERR_KEY_VALUE : ERR_KEY_MISSING));
		MUST(value == 1 && !vmcoreinfo_optional(vi, key, &again));
	}
}

/* Whatever the layout says, no read goes past the struct pages: they lie on the heap. */
static void use_layout(const struct page_layout *l, int fill)
{
	uint8_t *bytes = malloc(PAGES * l->size);
	struct classify_input in = { l, { bytes, PAGES * l->size, 0 }, 0, PAGES, 0 };
	struct classify_carry carry = { 0 };
	struct view page = { bytes, l->size, 0 };
	struct page_compound compound;
	struct page_facts facts;
	struct run runs[PAGES];
	char text[PAGE_TEXT_MAX];

	MUST(bytes);
	memset(bytes, fill, PAGES * l->size);
	page_decode(l, 0, &page, &facts);
	page_decode_compound(l, &facts, &page, &compound);
	page_flags_text(l, facts.flags, text, sizeof(text));
	MUST(memchr(text, 0, sizeof(text)));
	page_types_text(l, &facts, text, sizeof(text));
	MUST(memchr(text, 0, sizeof(text)));
	MUST(facts.has_zone == (facts.zone < l->zones));
	MUST(classify_pages(&in, &carry, runs) <= PAGES);
	free(bytes);
}

static void check_layout(const struct vmcoreinfo *vi)
{
	static const int fills[] = { 0, 0xff, 0x5a, 0x81 };
	struct err e = ERR_INIT;
	struct page_layout l;

	if (!layout_init(&l, vi, &e)) {
		MUST(e.kind == ERR_KEY_MISSING || e.kind == ERR_KEY_VALUE ||
		     e.kind == ERR_KEY_OFFSET || e.kind == ERR_UNSUPPORTED);
		return;
	}
	MUST(l.zones && l.zone_shift <= l.node_shift && l.node_shift <= 64);
	MUST(l.max_order && l.max_order <= ORDERS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(fills); i++)
		use_layout(&l, fills[i]);
}

/* A page of memory, all zero: the root table may be there, and then maps nothing. */
static void check_tables(const struct vmcoreinfo *vi)
{
	struct err e = ERR_INIT;
	struct pagetable pt;
	struct memmodel mm;

	machine_init(PAGE_SIZE);
	if (!pagetable_init(&pt, &machine.mem, vi, &e)) {
		/* A page of zeros is no table that maps itself: nothing of 32 bits is found. */
		MUST(e.kind == ERR_KEY_MISSING || e.kind == ERR_KEY_VALUE ||
		     e.kind == ERR_UNSUPPORTED);
	} else {
		MUST(pt.paging.levels == 4 || pt.paging.levels == 5);
		MUST(!memmodel_init(&mm, &pt, vi, &e) && e.kind != ERR_NONE);
		memmodel_deinit(&mm);
	}
	machine_deinit();
}

static void check(struct vmcoreinfo *vi)
{
	static const char *const keys[] = {
		"SIZE(page)",
		"SYMBOL(mem_section)",
		"NUMBER(phys_base)",
		"KERNELOFFSET",
		"NUMBER(PG_lru)",
		"OFFSET(page.flags)",
		"OSRELEASE",
		"",
		"=",
	};

	MUST(vi->len == strlen(vi->text));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		check_key(vi, keys[i]);
	check_layout(vi);
	check_tables(vi);
	vmcoreinfo_deinit(vi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view input = { data, size, 0x1000 };
	size_t len = size + sizeof(machine_vmcoreinfo);
	uint8_t *both = malloc(len);
	const struct view lines = { both, len, 0 };
	struct err e = ERR_INIT;
	struct vmcoreinfo vi;

	if (vmcoreinfo_from_note(&input, &vi, &e))
		check(&vi);
	else
		MUST(e.kind == ERR_NO_VMCOREINFO);
	MUST(both);
	if (size)
		memcpy(both, data, size);
	memcpy(both + size, machine_vmcoreinfo, sizeof(machine_vmcoreinfo));
	MUST(vmcoreinfo_from_text(&lines, &vi, &e));
	check(&vi);
	free(both);
	return 0;
}

/* Fuzz target: free lists of rubbish, in a machine whose memory is the input. */
/*
 * 64 struct pages, one zone of one node, orders 0 to 3, two migrate types:
 *
 *   0x0000  top page table   0x1000-0x2fff  the tables below it, which map all at BASE
 *   0x3000  64 struct pages  0x4000         the node with its zone
 *
 * The input: four bytes each, where a word is put (list heads, links, orders, types, flags) and what.
 */
#include "machine.h"

#include "base/alloc.h"
#include "census/freelists.h"

#define BASE 0xffffea0000000000ull
#define PAGES 64u
#define ARRAY 0x3000u
#define NODE 0x4000u
#define AREAS (NODE + 64)
#define AREA 40u /* two list heads and nr_free */
#define ORDERS 4u

static struct kernel kernel;
static struct freelists f;

static void put64(uint64_t at, uint64_t value)
{
	memcpy(machine.bytes + at, &value, 8);
}

static void make_machine(struct memmodel_run *run, struct pagearray_extent *extent)
{
	static char text[sizeof(machine_vmcoreinfo)];
	struct vmcoreinfo vi = { .text = text, .len = sizeof(text) - 1 };
	struct err e = ERR_INIT;

	memcpy(text, machine_vmcoreinfo, sizeof(text));
	machine_init(0x5000);
	put64(0x0000 + 8 * (BASE >> 39 & 511), 0x1003);
	put64(0x1000 + 8 * (BASE >> 30 & 511), 0x2003);
	put64(0x2000 + 8 * (BASE >> 21 & 511), 0x83); /* 2 MiB: all of the machine */
	*run = (struct memmodel_run){ { 0, PAGES }, BASE + ARRAY };
	*extent = (struct pagearray_extent){
		.virt = BASE + ARRAY, .phys = ARRAY, .len = PAGES * 64, .mapped = true
	};
	kernel.memmodel = (struct memmodel){ .section_shift = 15, .sections = 1, .len = 1, .runs = run };
	kernel.pages = (struct pagearray){ &machine.mem, &kernel.memmodel, 64, 1, extent };
	MUST(layout_init(&kernel.layout, &vi, &e));
	kernel.layout.max_order = ORDERS;
	MUST(pagetable_init(&kernel.pagetable, &machine.mem, &vi, &e));
}

/* As zones_init() leaves it, with one zone that spans all. */
static void make_zones(void)
{
	struct zones *z = &f.zones;

	*z = (struct zones){ .pt = &kernel.pagetable, .len = 1, .areas_size = ORDERS * AREA };
	z->layout = (struct zones_layout){
		.word = 8, .zone_size = 1024, .free_area = 64, .area_size = AREA, .orders = ORDERS,
		.list_size = 16, .prev = 8, .types = 2, .nr_free = 32,
		.start_pfn = 0, .managed = 8, .spanned = 16, .present = 24, .free = 32,
	};
	z->areas = alloc_zeroed(z->areas_size);
	f.before = alloc_zeroed(z->areas_size);
	MUST(z->areas && f.before);
	z->list[0] = (struct zone){ .virt = BASE + NODE, .areas = z->areas };
	put64(NODE + 8, PAGES);
	put64(NODE + 16, PAGES);
	for (uint64_t at = 0; at < ORDERS * 2; at++) {
		uint64_t head = AREAS + at / 2 * AREA + at % 2 * 16;

		put64(head, BASE + head);
		put64(head + 8, BASE + head);
	}
}

/* A word that may mean something: a struct page's list entry, a head, a small number, a type. */
static uint64_t word_of(unsigned int what, unsigned int which)
{
	switch (what & 3) {
	case 0:
		return BASE + ARRAY + which % PAGES * 64 + 8;
	case 1:
		return BASE + AREAS + which % 8 / 2 * AREA + which % 2 * 16;
	case 2:
		return which;
	}
	return which & 1 ? 0xffffff7f : 0xffffffff;
}

static void put_words(const uint8_t *data, size_t size)
{
	static const uint8_t fields[] = { 0, 8, 16, 40, 48, 24, 56 };

	for (; size >= 4; data += 4, size -= 4) {
		uint64_t at = data[0] & 0x80 ? AREAS + data[0] % (ORDERS * AREA / 8) * 8u
					     : ARRAY + data[0] % PAGES * 64u +
						       fields[data[1] % ARRAY_LEN(fields)];

		put64(at, word_of(data[2], data[3]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pagearray_extent extent;
	struct memmodel_run run;
	struct freelists_sums sums;
	struct err e = ERR_INIT;
	uint64_t by_area = 0;

	kernel = (struct kernel){ .is_open = true };
	memset(&f, 0, sizeof(f));
	f.k = &kernel;
	make_machine(&run, &extent);
	make_zones();
	put_words(data, size);
	/* Twice: what a look leaves behind is not to lead the next astray. */
	for (int i = 0; i < 2; i++) {
		MUST(freelists_look(&f, &e));
		sums = freelists_sums(&f);
		MUST(sums.blocks <= 2 * f.blocks.len && f.blocks.len <= PAGES);
		MUST(f.shown_len <= FREELISTS_SHOWN_MAX && f.shown_len <= f.findings);
		MUST(!f.findings == !f.open);
	}
	for (size_t o = 0; o < ORDERS; o++)
		by_area += f.areas[0][o].findings;
	MUST(by_area + f.areas[BLOCKS_NO_ZONE][0].findings == f.findings);
	freelists_deinit(&f);
	machine_deinit();
	return 0;
}

/* /proc/iomem: lines in the kernel's form and in others, and what the guard gets of them. */
/* The map of a real guest is in the corpus of the fuzz target. */
#include "unit.h"

#include "base/alloc.h"
#include "kernel/iomem.h"

static bool parse(const char *text, struct iomem *iomem, struct err *e)
{
	size_t len = strlen(text);
	char *copy = alloc_zeroed(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return iomem_parse(copy, len, iomem, e);
}

static void lines(void **state)
{
	static const char text[] = "00000000-00000fff : Reserved\n"
				   "00001000-0009fbff : System RAM\n"
				   "000a0000-000bffff : PCI Bus 0000:00\n"
				   "00100000-bffdffff : System RAM\n"
				   "  1e600000-1ea000ff : Kernel code\n"
				   "    fed00000-fed003ff : PNP0103:00\n"
				   "fd00000000-ffffffffff : a : b \n"
				   "100000000-100000000 : \n";
	static const struct {
		uint64_t start, end;
		unsigned int depth;
		const char *name;
	} want[] = {
		{ 0, 0x1000, 0, "Reserved" },
		{ 0x1000, 0x9fc00, 0, "System RAM" },
		{ 0xa0000, 0xc0000, 0, "PCI Bus 0000:00" },
		{ 0x100000, 0xbffe0000, 0, "System RAM" },
		{ 0x1e600000, 0x1ea00100, 1, "Kernel code" },
		{ 0xfed00000, 0xfed00400, 2, "PNP0103:00" },
		{ 0xfd00000000, 0x10000000000, 0, "a : b " },
		{ 0x100000000, 0x100000001, 0, "" },
	};
	struct err e = ERR_INIT;
	struct iomem iomem;

	(void)state;
	assert_true(parse(text, &iomem, &e));
	CHECK_NUMBER("lines", iomem.len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK_NUMBER(want[i].name, iomem.ranges[i].phys.start, want[i].start);
		CHECK_NUMBER(want[i].name, iomem.ranges[i].phys.end, want[i].end);
		CHECK_NUMBER(want[i].name, iomem.ranges[i].depth, want[i].depth);
		CHECK_TEXT(want[i].name, iomem.ranges[i].name, want[i].name);
	}
	iomem_deinit(&iomem);
}

static void forms(void **state)
{
	static const struct {
		const char *label, *text;
		size_t len; /* lines; 0: refused */
		const char *says;
	} rows[] = {
		{ "no newline at the end", "1000-1fff : System RAM", 1, NULL },
		{ "empty lines", "\n1000-1fff : a\n\n2000-2fff : b\n", 2, NULL },
		{ "one byte", "ffff-ffff : a\n", 1, NULL },
		{ "64 bits", "fffffffffffff000-fffffffffffffffe : a\n", 1, NULL },
		{ "to the last address", "fffffffffffff000-ffffffffffffffff : a\n", 0, "line 1" },
		{ "65 bits", "10000000000000000-10000000000000fff : a\n", 0, "line 1" },
		{ "end below start", "1000-1fff : a\n3000-2fff : b\n", 0,
		  "line 2 ('3000-2fff : b')" },
		{ "empty file", "", 0, "empty" },
		{ "only newlines", "\n\n", 0, "empty" },
		{ "no end", "1000 : a\n", 0, "line 1" },
		{ "no start", "-1fff : a\n", 0, "line 1" },
		{ "minus", "--1-1fff : a\n", 0, "line 1" },
		{ "plus", "+1000-1fff : a\n", 0, "line 1" },
		{ "space behind the minus", "1000- 1fff : a\n", 0, "line 1" },
		{ "tab", "\t1000-1fff : a\n", 0, "line 1" },
		{ "no colon", "1000-1fff a\n", 0, "line 1" },
		{ "no name", "1000-1fff\n", 0, "line 1" },
		{ "no space before the name", "1000-1fff :a\n", 0, "line 1" },
		{ "name only", "System RAM\n", 0, "line 1" },
		{ "indent only", "    \n", 0, "line 1" },
		{ "hidden", "00000000-00000000 : Reserved\n  00000000-00000000 : System RAM\n", 0,
		  "hides" },
		{ "one byte at 1", "00000000-00000001 : Reserved\n", 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct iomem iomem;

		CHECK(rows[i].label, parse(rows[i].text, &iomem, &e) == (rows[i].len != 0));
		if (rows[i].len) {
			CHECK_NUMBER(rows[i].label, iomem.len, rows[i].len);
		} else {
			CHECK_NUMBER(rows[i].label, e.kind, ERR_IOMEM);
			CHECK(rows[i].label, strstr(e.msg, rows[i].says));
		}
		iomem_deinit(&iomem);
	}
}

/* A long line does not overflow the message, and a NUL inside does not end the file. */
static void odd_bytes(void **state)
{
	static const char nul[] = "1000-1fff : a\0b\n2000-2fff : c\n";
	static char text[2000];
	struct err e = ERR_INIT;
	struct iomem iomem;
	char *copy;

	(void)state;
	memset(text, 'f', sizeof(text) - 1);
	assert_false(parse(text, &iomem, &e));
	CHECK_NUMBER("long number", e.kind, ERR_IOMEM);
	iomem_deinit(&iomem);
	copy = alloc_zeroed(sizeof(nul));
	assert_non_null(copy);
	memcpy(copy, nul, sizeof(nul));
	assert_true(iomem_parse(copy, sizeof(nul) - 1, &iomem, &e));
	CHECK_NUMBER("lines", iomem.len, 2);
	CHECK_TEXT("name", iomem.ranges[0].name, "a");
	CHECK_NUMBER("next line", iomem.ranges[1].phys.start, 0x2000);
	iomem_deinit(&iomem);
}

/* What is RAM, low or mixed afterwards: the class of single pages, -1 when refused. */
static int class_of(const struct guard *g, uint64_t phys)
{
	for (size_t i = 0; i < g->len; i++)
		if (range_holds(&g->ranges[i].phys, phys, phys + PAGE_SIZE))
			return (int)g->ranges[i].class;
	return -1;
}

static void allowed(void **state)
{
	/* The usual PC: EBDA in the last page of base memory, a hole below 4 GiB. */
	static const char pc[] = "00000000-00000fff : Reserved\n"
				 "00001000-0009fbff : System RAM\n"
				 "0009fc00-0009ffff : Reserved\n"
				 "000a0000-000bffff : PCI Bus 0000:00\n"
				 "000c0000-000c95ff : Video ROM\n"
				 "00100000-bffdffff : System RAM\n"
				 "  01000000-01e00dc0 : Kernel code\n"
				 "bffe0000-bfffffff : Reserved\n"
				 "fee00000-fee00fff : Local APIC\n"
				 "100000000-13fffffff : System RAM\n";
	/* RAM whose edges are inside pages; two pieces that meet in one. */
	static const char edges[] = "00001000-0009efff : System RAM\n"
				    "00100000-01000800 : System RAM\n"
				    "01000801-02000fff : System RAM\n"
				    "02001800-02002fff : System RAM\n";
	static const char uefi[] = "00001000-00057fff : System RAM\n"
				   "00058000-00058fff : Reserved\n"
				   "00059000-0009dfff : System RAM\n"
				   "0009e000-0009ffff : Reserved\n";
	static const char whole[] = "00000000-0fffffff : System RAM\n";
	static const char none[] = "00100000-0fffffff : System RAM\n";
	static const char inner[] = "100000000-1ffffffff : hotplug\n"
				    "  100000000-13fffffff : System RAM (kmem)\n";
	static const char wraps[] = "fffffffffffff001-fffffffffffffffe : System RAM\n";
	static const struct {
		const char *label, *text;
		uint64_t phys;
		int class;
	} rows[] = {
		{ "page 0", pc, 0, GUARD_LOW },
		{ "base memory", pc, 0x1000, GUARD_RAM },
		{ "its last whole page", pc, 0x9e000, GUARD_RAM },
		{ "part RAM, part EBDA", pc, 0x9f000, GUARD_LOW_MIXED },
		{ "video", pc, 0xa0000, -1 },
		{ "end of video", pc, 0xbf000, -1 },
		{ "video ROM", pc, 0xc0000, GUARD_LOW },
		{ "between the ROMs", pc, 0xd0000, GUARD_LOW },
		{ "BIOS", pc, 0xff000, GUARD_LOW },
		{ "first MiB's end", pc, 0x100000, GUARD_RAM },
		{ "kernel", pc, 0x1000000, GUARD_RAM },
		{ "last page below the hole", pc, 0xbffdf000, GUARD_RAM },
		{ "ACPI tables", pc, 0xbffe0000, -1 },
		{ "PCI hole", pc, 0xc0000000, -1 },
		{ "APIC", pc, 0xfee00000, -1 },
		{ "4 GiB", pc, 0x100000000, GUARD_RAM },
		{ "last page", pc, 0x13ffff000, GUARD_RAM },
		{ "behind it", pc, 0x140000000, -1 },
		{ "RAM ends at a page: the rest is the EBDA", edges, 0x9f000, GUARD_LOW },
		{ "last whole page", edges, 0xfff000, GUARD_RAM },
		{ "two pieces meet in it", edges, 0x1000000, -1 },
		{ "first whole page", edges, 0x1001000, GUARD_RAM },
		{ "up to a page's end", edges, 0x2000000, GUARD_RAM },
		{ "begins in the middle", edges, 0x2001000, -1 },
		{ "whole again", edges, 0x2002000, GUARD_RAM },
		{ "before the hole", uefi, 0x57000, GUARD_RAM },
		{ "hole in base memory", uefi, 0x58000, -1 },
		{ "behind the hole", uefi, 0x59000, GUARD_RAM },
		{ "rest of base memory", uefi, 0x9e000, GUARD_LOW },
		{ "one line for all: base memory", whole, 0x9f000, GUARD_RAM },
		{ "one line for all: video", whole, 0xa0000, -1 },
		{ "one line for all: end of video", whole, 0xbf000, -1 },
		{ "one line for all: ROM", whole, 0xc0000, GUARD_RAM },
		{ "one line for all: end", whole, 0xffff000, GUARD_RAM },
		{ "no RAM below 640 KiB: page 0", none, 0, GUARD_LOW },
		{ "no RAM below 640 KiB", none, 0x1000, -1 },
		{ "no RAM below 640 KiB: its end", none, 0x9f000, -1 },
		{ "RAM inside another resource", inner, 0x100000000, GUARD_RAM },
		{ "the resource's rest", inner, 0x140000000, -1 },
		{ "RAM in the last page: nothing", wraps, 0x100000, -1 },
		{ "RAM in the last page", wraps, 0xffffffffffffe000, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct iomem iomem;
		struct guard g;

		guard_init(&g);
		CHECK(rows[i].label, parse(rows[i].text, &iomem, &e));
		CHECK(rows[i].label, iomem_allow(&iomem, &g, &e));
		CHECK_NUMBER(rows[i].label, (uint64_t)class_of(&g, rows[i].phys),
			     (uint64_t)rows[i].class);
		iomem_deinit(&iomem);
	}
}

/* read() of the mixed page makes the kernel warn, so that way stays closed. */
static void mixed_page(void **state)
{
	struct err e = ERR_INIT;
	struct iomem iomem;
	struct guard g;

	(void)state;
	guard_init(&g);
	assert_true(parse("00001000-0009fbff : System RAM\n", &iomem, &e));
	assert_true(iomem_allow(&iomem, &g, &e));
	assert_true(guard_check(&g, 0x9f000, PAGE_SIZE, GUARD_MAP, &e));
	assert_false(guard_check(&g, 0x9f000, PAGE_SIZE, GUARD_READ, &e));
	assert_false(guard_is_ram(&g, 0x9f000));
	assert_true(guard_is_ram(&g, 0x9e000));
	iomem_deinit(&iomem);
}

static void too_many(void **state)
{
	char *text = calloc(2 * GUARD_RANGES_MAX, 40);
	struct err e = ERR_INIT;
	struct iomem iomem;
	struct guard g;
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	guard_init(&g);
	for (unsigned int i = 0; i < 2 * GUARD_RANGES_MAX; i++)
		n += (size_t)sprintf(text + n, "%x-%x : System RAM\n", (i + 1) << 20,
				     ((i + 1) << 20) + 0xfff);
	assert_true(parse(text, &iomem, &e));
	assert_false(iomem_allow(&iomem, &g, &e));
	CHECK_NUMBER("kind", e.kind, ERR_UNSUPPORTED);
	iomem_deinit(&iomem);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),      cmocka_unit_test(forms),
		cmocka_unit_test(odd_bytes),  cmocka_unit_test(allowed),
		cmocka_unit_test(mixed_page), cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests_name("kernel/iomem", tests, NULL, NULL);
}

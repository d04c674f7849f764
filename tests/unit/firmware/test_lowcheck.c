/* The BIOS data area against others: what agrees is no finding, and each thing that is wrong is one. */
/* That a real machine's words are read right is tested in guests. */
#include "unit.h"

#include "base/alloc.h"
#include "firmware/lowcheck.h"

static uint8_t memory[LOW_END];
static struct low low;
static struct lowcheck others;
static struct iomem iomem;

static void put16(uint32_t phys, uint16_t value)
{
	memory[phys] = (uint8_t)value;
	memory[phys + 1] = (uint8_t)(value >> 8);
}

static void add_e820(size_t map, uint64_t start, uint64_t end, const char *type)
{
	struct e820_map *m = &others.e820[map];

	others.has_e820[map] = true;
	m->ranges[m->len++] = (struct e820_range){ .phys = { start, end }, .type = type };
}

/* A PC as it should be: COM1, 639 KiB, an EBDA of 1 KiB that nobody uses. */
static void machine(void)
{
	static const char lines[] = "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
				    "0009fc00-0009ffff : Reserved\n000a0000-000bffff : PCI Bus 0000:00\n"
				    "000c0000-000c7fff : Video ROM\n000f0000-000fffff : System ROM\n";
	char *text = alloc_zeroed(sizeof(lines));
	struct err e = ERR_INIT;

	memset(memory, 0, sizeof(memory));
	memset(&low, 0, sizeof(low));
	memset(&others, 0, sizeof(others));
	memset(low.mem.state, LOWMEM_READ, sizeof(low.mem.state));
	low.mem.bytes = memory;
	put16(0x400, 0x3f8);
	put16(0x40e, 0x9fc0);
	put16(0x413, 639);
	memory[0x9fc00] = 1;
	others.live = true;
	others.serial = (struct lowcheck_ports){ true, 2, { 0x3f8, 0x2f8 } };
	for (size_t i = 0; i < 2; i++) {
		add_e820(i, 0, 0x9fc00, "System RAM");
		add_e820(i, 0x9fc00, 0xa0000, "Reserved");
		add_e820(i, 0xf0000, 0x100000, "Reserved");
	}
	memset(others.kept, TRI_YES, sizeof(others.kept));
	iomem_deinit(&iomem);
	assert_non_null(text);
	memcpy(text, lines, sizeof(lines));
	assert_true(iomem_parse(text, sizeof(lines) - 1, &iomem, &e));
	others.iomem = &iomem;
}

static size_t check(struct lowcheck_row *rows, struct findings *f)
{
	struct view bytes = { memory, LOW_END, 0 };

	memset(f, 0, sizeof(*f));
	low.bda = view_sub(&bytes, BDA_PHYS, BDA_SIZE);
	low.base_end = (uint64_t)view_u16(&low.bda, BDA_MEMORY_KIB) << 10;
	if (low.base_end > LOW_VIDEO_START)
		low.base_end = 0;
	ebda_locate(view_u16(&low.bda, BDA_EBDA_SEGMENT), &low.ebda);
	bytes = view_sub(&bytes, (size_t)low.ebda.phys.start, LOW_VIDEO_START - (size_t)low.ebda.phys.start);
	ebda_measure(&bytes, &low.ebda);
	return lowcheck_rows(&low, &others, rows, f);
}

static void com2(void)
{
	put16(0x402, 0x2e8);
}

static void com2_found(void)
{
	put16(0x402, 0x2f8);
}

static void no_serial_driver(void)
{
	others.serial = (struct lowcheck_ports){ 0 };
	put16(0x402, 0x2e8);
}

static void lpt(void)
{
	put16(0x408, 0x378);
	others.parallel = (struct lowcheck_ports){ true, 1, { 0x278 } };
}

static void too_much(void)
{
	put16(0x413, 641);
}

static void more_ram(void)
{
	put16(0x413, 630);
}

static void less_ram(void)
{
	others.e820[0].ranges[0].phys.end = others.e820[1].ranges[0].phys.end = 0x9d000;
}

static void bad_segment(void)
{
	put16(0x40e, 0xffff);
}

static void no_size(void)
{
	memory[0x9fc00] = 0;
}

static void too_long(void)
{
	memory[0x9fc00] = 2;
}

static void no_ebda(void)
{
	put16(0x40e, 0);
}

/* One of the two maps is enough. */
static void usable(void)
{
	others.e820[1].ranges[1].type = "System RAM";
	others.e820[1].ranges[0].phys.end = 0x9f000;
}

static void used(void)
{
	iomem.ranges[2].name = "System RAM";
}

static void taken(void)
{
	used();
	others.kept[0x9f] = TRI_NO;
}

static void not_kept(void)
{
	others.kept[0x9f] = TRI_NO;
}

static void by_efi(void)
{
	others.efi = true;
	bad_segment();
}

static void blank(void)
{
	memset(memory + BDA_PHYS, 0, BDA_SIZE);
}

static void file(void)
{
	others = (struct lowcheck){ .live = false };
	too_much();
}

static void machines(void **state)
{
	const int none = -1;
	static struct findings f;
	const struct {
		const char *label;
		void (*change)(void);
		int want; /* the only finding */
		size_t rows;
		uint64_t start; /* of it */
	} rows[] = {
		{ "as it should be", machine, none, 5, 0 },
		{ "a port that the driver did not find", com2, FINDING_BIOS_DATA, 5, 0x402 },
		{ "a second port, found", com2_found, none, 5, 0 },
		{ "no driver", no_serial_driver, none, 5, 0 },
		{ "a parallel port elsewhere", lpt, FINDING_BIOS_DATA, 5, 0x408 },
		{ "more than 640 KiB", too_much, FINDING_BIOS_DATA, 5, 0x413 },
		{ "RAM above base memory", more_ram, FINDING_BIOS_DATA, 5, 630 << 10 },
		{ "less RAM than base memory", less_ram, none, 5, 0 },
		{ "EBDA segment 0xffff", bad_segment, FINDING_BIOS_DATA, 5, 0x40e },
		{ "EBDA size 0", no_size, FINDING_BIOS_DATA, 5, 0x40e },
		{ "EBDA too long", too_long, FINDING_BIOS_DATA, 5, 0x40e },
		{ "no EBDA", no_ebda, none, 5, 0 },
		{ "EBDA usable", usable, FINDING_EBDA_USABLE, 5, 0x9fc00 },
		{ "EBDA in the kernel's RAM", used, FINDING_EBDA_USABLE, 5, 0x9fc00 },
		{ "EBDA in use", taken, FINDING_EBDA_FREE, 5, 0x9fc00 },
		{ "a page that is not reserved", not_kept, none, 5, 0 },
		{ "EFI", by_efi, none, 0, 0 },
		{ "nobody filled it", blank, none, 0, 0 },
		{ "a file", file, FINDING_BIOS_DATA, 2, 0x413 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lowcheck_row got[LOWCHECK_ROWS_MAX];

		machine();
		rows[i].change();
		CHECK_NUMBER(rows[i].label, check(got, &f), rows[i].rows);
		CHECK_NUMBER(rows[i].label, f.len, rows[i].want != none);
		if (rows[i].want == none)
			continue;
		CHECK_NUMBER(rows[i].label, f.list[0].kind, (uint64_t)rows[i].want);
		CHECK_NUMBER(rows[i].label, f.list[0].where.start, rows[i].start);
	}
}

static void words(void **state)
{
	struct lowcheck_row rows[LOWCHECK_ROWS_MAX];
	static struct findings f;

	(void)state;
	machine();
	com2();
	used();
	memcpy(others.reboot, "warm", 5);
	put16(0x472, 0x1234);
	(void)check(rows, &f);
	CHECK_TEXT("base", rows[0].bios, "639 KiB, to 0x9fc00");
	CHECK_TEXT("base", rows[0].others, "the firmware's RAM ends at 0x9fc00");
	CHECK_TEXT("EBDA", rows[1].others, "boot_params: Reserved; /sys/firmware/memmap: Reserved; the kernel: RAM, reserved");
	CHECK_NUMBER("EBDA", rows[1].agree, TRI_NO);
	CHECK_TEXT("serial", rows[2].bios, "0x3f8, 0x2e8");
	CHECK_TEXT("serial", rows[2].others, "the driver found 0x3f8, 0x2f8");
	CHECK_NUMBER("serial", rows[2].agree, TRI_NO);
	CHECK_TEXT("parallel", rows[3].bios, "none");
	CHECK_NUMBER("parallel", rows[3].agree, TRI_UNKNOWN);
	CHECK_TEXT("restart", rows[4].bios, "0x1234");
	CHECK_TEXT("restart", rows[4].others, "the kernel will write 0x1234 (reboot=warm)");
}

static void inside(void **state)
{
	struct lowcheck_row rows[LOWCHECK_ROWS_MAX];
	static struct findings f;

	(void)state;
	machine();
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0x9fbf0, .name = "before" };
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0x9fc00, .name = "RSD PTR" };
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0x9fff0, .name = "_MP_" };
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0xa0000, .name = "behind" };
	CHECK_NUMBER("rows", check(rows, &f), LOWCHECK_ROWS_MAX);
	CHECK_TEXT("what", rows[2].what, "in the EBDA");
	CHECK_TEXT("inside", rows[2].bios, "RSD PTR 0x9fc00, _MP_ 0x9fff0");
}

static void serial(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		uint16_t last;
	} rows[] = {
		{ "", 0, 0 },
		{ "serinfo:1.0 driver revision:\n0: uart:16550A port:000003F8 irq:4 tx:1 rx:0 RTS\n"
		  "1: uart:unknown port:000002F8 irq:3\n", 1, 0x3f8 },
		{ "0: uart:16550A port:000003F8 irq:4\n1: uart:8250 port:000002E8 irq:3", 2, 0x2e8 },
		{ "0: uart:16550A mmio:0xFE034000 irq:4\n", 0, 0 },
		{ "0: uart:16550A port:00000000 irq:4\n0: uart:16550A port:00010000 irq:4\n0: uart:16550A port:\n", 0, 0 },
		{ "uart:a port:1\nuart:a port:2\nuart:a port:3\nuart:a port:4\nuart:a port:5\nuart:a port:6\n"
		  "uart:a port:7\nuart:a port:8\nuart:a port:9\n", LOWCHECK_PORTS_MAX, 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *text = (char *)unit_copy(rows[i].text, strlen(rows[i].text) + 1);
		struct lowcheck_ports got;

		lowcheck_serial(text, &got);
		CHECK(rows[i].text, got.told);
		CHECK_NUMBER(rows[i].text, got.len, rows[i].len);
		if (got.len)
			CHECK_NUMBER(rows[i].text, got.ports[got.len - 1], rows[i].last);
		free(text);
	}
}

static void letters(void **state)
{
	struct lowcheck_row rows[LOWCHECK_ROWS_MAX];
	static struct findings f;
	static const struct {
		size_t page;
		char what, owner;
	} want[] = {
		{ 0x00, 'B', 'k' }, { 0x01, '.', 'k' }, { 0x02, 'r', 'u' }, { 0x03, 'w', '?' },
		{ 0x04, 'x', 'k' }, { 0x9f, 'E', 'f' }, { 0xa0, 'V', 'd' }, { 0xbf, 'V', 'd' },
		{ 0xc0, 'R', 'd' }, { 0xc8, '.', '.' }, { 0xc9, 'r', '.' }, { 0xe0, 'S', '.' },
		{ 0xf0, 'S', 'f' }, { 0xf1, 'T', 'f' }, { 0xf2, 'S', 'f' }, { 0xff, '.', '!' },
	};

	(void)state;
	machine();
	memory[0x2123] = memory[0xc9001] = memory[0xe0001] = memory[0xf0001] = memory[0xf2001] = 7;
	memset(memory + 0xff000, 0xff, PAGE_SIZE);
	low.mem.state[3] = LOWMEM_WITHHELD;
	low.mem.state[4] = LOWMEM_REFUSED;
	low.rom_ranges[low.rom_ranges_len++] = (struct range){ 0xc0000, 0xc0200 };
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0xf1010, .sum = SUM_RIGHT };
	low.hits.hits[low.hits.len++] = (struct signature_hit){ .phys = 0xf2010, .sum = SUM_WRONG };
	others.kept[2] = others.kept[0xff] = TRI_NO;
	others.kept[3] = TRI_UNKNOWN;
	iomem.ranges[5].name = "System RAM";
	iomem.ranges[5].phys.start = 0xff000;
	(void)check(rows, &f);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		char label[16];

		snprintf(label, sizeof(label), "page %#zx", want[i].page);
		CHECK_NUMBER(label, (uint8_t)lowcheck_what(&low, want[i].page), (uint8_t)want[i].what);
		CHECK_NUMBER(label, (uint8_t)lowcheck_owner(&others, want[i].page), (uint8_t)want[i].owner);
	}
	CHECK_TEXT("legend", lowcheck_what_name('V'), "video memory");
	CHECK_TEXT("legend", lowcheck_what_name('#'), "");
}

static int clean(void **state)
{
	(void)state;
	iomem_deinit(&iomem);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines),
		cmocka_unit_test(words),
		cmocka_unit_test(inside),
		cmocka_unit_test(serial),
		cmocka_unit_test(letters),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}

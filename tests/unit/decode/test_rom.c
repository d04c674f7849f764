/* Option ROM headers: sums, expansions, and pointers that lead astray. */
/* Real ROMs are looked at on the booted board. */
#include "unit.h"

#include "decode/rom.h"

#define AREA 0x30000u

static uint8_t area[AREA];

static void put_word(size_t at, unsigned int value)
{
	area[at] = (uint8_t)value;
	area[at + 1] = (uint8_t)(value >> 8);
}

/* A ROM of units * 512 bytes whose sum is right. */
static void put_rom(size_t at, uint8_t units)
{
	area[at] = 0x55;
	area[at + 1] = 0xaa;
	area[at + 2] = units;
}

static void fix_sum(size_t at, size_t len, size_t sum_at)
{
	uint8_t sum = 0;

	area[sum_at] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + area[at + i]);
	area[sum_at] = (uint8_t)-sum;
}

static size_t scan(size_t len, struct rom *roms, size_t max)
{
	uint8_t *copy = unit_copy(area, len);
	const struct view v = { copy, len, ROM_AREA_START };
	size_t pos = 0, n = 0;

	while (n < max && rom_next(&v, &pos, &roms[n]))
		n++;
	free(copy);
	return n;
}

static void search(void **state)
{
	struct rom roms[8];

	(void)state;
	memset(area, 0, sizeof(area));
	CHECK_NUMBER("nothing", scan(AREA, roms, 8), 0);

	/* 4 KiB, right; inside it at 2 KiB the same two bytes, which are no ROM. */
	put_rom(0, 8);
	put_rom(0x800, 1);
	fix_sum(0, 0x1000, 0x900);
	put_rom(0x1000, 2); /* behind it, wrong by default */
	area[0x1010] = 1;
	put_rom(0x1a00, 1); /* not at a multiple of 2 KiB */
	CHECK_NUMBER("two", scan(AREA, roms, 8), 2);
	CHECK_NUMBER("first", roms[0].phys.start, 0xc0000);
	CHECK_NUMBER("first", roms[0].phys.end, 0xc1000);
	CHECK_NUMBER("first", roms[0].sum, SUM_RIGHT);
	CHECK_NUMBER("second", roms[1].phys.start, 0xc1000);
	CHECK_NUMBER("second", roms[1].sum, SUM_WRONG);

	/* With a wrong sum the size is not believed: the one within is told too. */
	area[0x900]++;
	CHECK_NUMBER("three", scan(AREA, roms, 8), 3);
	CHECK_NUMBER("within", roms[1].phys.start, 0xc0800);
}

static void odd_sizes(void **state)
{
	static const struct {
		const char *label;
		size_t at, len;
		uint8_t units;
		uint64_t end;
		enum sum sum;
	} rows[] = {
		{ "size 0", 0, AREA, 0, 0xc0000, SUM_UNKNOWN },
		{ "size 0xff", 0, AREA, 0xff, 0xdfe00, SUM_WRONG },
		{ "size 0xff at the end", AREA - 0x800, AREA, 0xff, 0x10f600, SUM_UNKNOWN },
		{ "cut behind its header", 0, 3, 1, 0xc0200, SUM_UNKNOWN },
		{ "cut by a byte", 0, 511, 1, 0xc0200, SUM_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rom rom;

		memset(area, 0, sizeof(area));
		put_rom(rows[i].at, rows[i].units);
		CHECK_NUMBER(rows[i].label, scan(rows[i].len, &rom, 1), 1);
		CHECK_NUMBER(rows[i].label, rom.phys.end, rows[i].end);
		CHECK_NUMBER(rows[i].label, rom.sum, rows[i].sum);
		CHECK(rows[i].label, !rom.has_pci && !rom.has_pnp);
	}
	memset(area, 0, sizeof(area));
	put_rom(0, 1);
	for (size_t len = 0; len < 3; len++) {
		struct rom rom;

		CHECK_NUMBER("shorter than a header", scan(len, &rom, 1), 0);
	}
}

/* A network card's ROM of 1 KiB with both expansions. */
static void put_network_rom(void)
{
	static const uint8_t pci[] = { 'P', 'C', 'I', 'R', 0x86, 0x80, 0x0e, 0x10, 0, 0,    0x18,
				       0,   3,	 0,   0,   0x02, 2,    0,    1,	   0, 0x00, 0x80 };
	static const uint8_t pnp[] = { '$',  'P',  'n',	 'P',  1, 2,	0, 0,	 0, 0, 0x41,
				       0xd0, 0x0a, 0x03, 0x80, 0, 0x90, 0, 0x02, 0, 0, 0 };

	memset(area, 0, sizeof(area));
	put_rom(0, 2);
	put_word(0x18, 0x20);
	put_word(0x1a, 0x40);
	memcpy(area + 0x20, pci, sizeof(pci));
	memcpy(area + 0x40, pnp, sizeof(pnp));
	strcpy((char *)area + 0x80, "maker");
	strcpy((char *)area + 0x90, "a \033[31mcard");
	fix_sum(0x40, 0x20, 0x49);
	fix_sum(0, 0x400, 0x3ff);
}

static void expansions(void **state)
{
	struct rom rom;
	char id[8];

	(void)state;
	put_network_rom();
	CHECK_NUMBER("found", scan(AREA, &rom, 1), 1);
	CHECK("sum", rom.sum == SUM_RIGHT);
	CHECK("PCI", rom.has_pci && rom.last);
	CHECK_NUMBER("vendor", rom.vendor, 0x8086);
	CHECK_NUMBER("device", rom.device, 0x100e);
	CHECK_NUMBER("class", rom.class, 0x020000);
	CHECK_NUMBER("image", rom.image_size, 1024);
	CHECK_TEXT("class", rom_class(rom.class), "network");
	CHECK_TEXT("code", rom_code_type(rom.code_type), "x86");
	CHECK("PnP", rom.has_pnp && rom.pnp_sum == SUM_RIGHT);
	CHECK_TEXT("maker", rom.maker, "maker");
	CHECK_TEXT("product", rom.product, "a \033[31mcard"); /* shown by report as \x1b */
	rom_eisa_id(rom.device_id, id);
	CHECK_TEXT("EISA", id, "PNP0A03");
	assert_null(rom_class(0xff0000));
	assert_null(rom_code_type(4));
}

static void stray_pointers(void **state)
{
	static const struct {
		const char *label;
		unsigned int pci, pnp;
		bool has_pci, has_pnp;
	} rows[] = {
		{ "none", 0, 0, false, false },
		{ "all bits", 0xffff, 0xffff, false, false },
		{ "at the end", 0x400, 0x400, false, false },
		{ "last byte", 0x3ff, 0x3ff, false, false },
		{ "not there", 0x21, 0x41, false, false },
		{ "each other's", 0x40, 0x20, false, false },
		{ "right", 0x20, 0x40, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rom rom;

		put_network_rom();
		put_word(0x18, rows[i].pci);
		put_word(0x1a, rows[i].pnp);
		CHECK_NUMBER(rows[i].label, scan(AREA, &rom, 1), 1);
		CHECK_NUMBER(rows[i].label, rom.has_pci, rows[i].has_pci);
		CHECK_NUMBER(rows[i].label, rom.has_pnp, rows[i].has_pnp);
	}
}

static void stray_names(void **state)
{
	struct rom rom;

	(void)state;
	/* No end in sight: cut. Outside the ROM: empty. */
	put_network_rom();
	memset(area + 0x80, 'x', 0x380);
	put_word(0x40 + 0x10, 0xfff0);
	scan(AREA, &rom, 1);
	CHECK_NUMBER("cut", strlen(rom.maker), ROM_NAME_MAX - 1);
	CHECK_TEXT("outside", rom.product, "");
	put_network_rom();
	put_word(0x40 + 0x0e, 0);
	area[0x45] = 0xff; /* 4080 bytes of header in a ROM of 1024 */
	scan(AREA, &rom, 1);
	CHECK_TEXT("no maker", rom.maker, "");
	CHECK_NUMBER("PnP sum", rom.pnp_sum, SUM_UNKNOWN);
	/* Every length of view: no read beyond it (the sanitizers watch). */
	put_network_rom();
	for (size_t len = 0; len <= 0x400; len++)
		scan(len, &rom, 1);
}

static void eisa(void **state)
{
	char id[8] = "garbage";

	(void)state;
	rom_eisa_id(0, id);
	CHECK_TEXT("none", id, "");
	rom_eisa_id(0x0303d041, id); /* bytes 41 d0 03 03 */
	CHECK_TEXT("keyboard", id, "PNP0303");
	rom_eisa_id(0xffffffff, id);
	CHECK_TEXT("all bits", id, "___FFFF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search),      cmocka_unit_test(odd_sizes),
		cmocka_unit_test(expansions),  cmocka_unit_test(stray_pointers),
		cmocka_unit_test(stray_names), cmocka_unit_test(eisa),
	};

	return cmocka_run_group_tests_name("decode/rom", tests, NULL, NULL);
}

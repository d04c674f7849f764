/* The MP table and coreboot's, followed from the first MiB: circles, pointers to nothing, lengths of any size. */
/* What is in them is tested with their decoders. */
#include "core.h"

#include "firmware/firmware.h"

#define FLOATING 0xf0000
#define OTHER 0xf0100
#define PCMP 0xf1000
#define LBIO 0xf8000
#define TABLE 0x500000
#define STAMPS 0x501000

static struct core core;
static struct firmware firmware;

static void put(uint64_t phys, uint64_t value, size_t len)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	core_put(&core, phys, bytes, len);
}

static uint8_t get(uint64_t phys)
{
	return core.bytes[core.ram[0].offset + phys];
}

static void fix_sum(uint64_t phys, size_t len, uint64_t sum)
{
	uint8_t all = 0;

	put(sum, 0, 1);
	for (size_t i = 0; i < len; i++)
		all = (uint8_t)(all + get(phys + i));
	put(sum, (uint8_t)-all, 1);
}

static void put_floating(uint64_t phys, uint32_t table)
{
	core_put(&core, phys, "_MP_", 4);
	put(phys + 4, table, 4);
	put(phys + 8, 1, 1);
	put(phys + 9, 4, 1);
	fix_sum(phys, 16, phys + 10);
}

static void put_mp(uint64_t phys, uint16_t len, uint16_t extended_len)
{
	core_put(&core, phys, "PCMP", 4);
	put(phys + 4, len, 2);
	put(phys + 40, extended_len, 2);
	fix_sum(phys, len, phys + 7);
}

/* RFC 1071. */
static uint16_t ip_sum(uint64_t phys, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += get(phys + i) | get(phys + i + 1) << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

/* A table with one record of type and address. */
static void put_lbio(uint64_t phys, uint32_t type, uint64_t address)
{
	core_put(&core, phys, "LBIO", 4);
	put(phys + 4, 24, 4);
	put(phys + 8, 0, 4);
	put(phys + 12, 16, 4);
	put(phys + 20, 1, 4);
	put(phys + 24, type, 4);
	put(phys + 28, 16, 4);
	put(phys + 32, address, 8);
	put(phys + 16, ip_sum(phys + 24, 16), 4);
	put(phys + 8, ip_sum(phys, 24), 4);
}

static const struct boardtables *gather(void)
{
	core_open(&core);
	memset(&firmware, 0, sizeof(firmware));
	firmware.reach.mem = &core.mem;
	firmware_gather(&firmware);
	return &firmware.board;
}

static void end(void)
{
	firmware_deinit(&firmware);
	core_deinit(&core);
}

static void mp(void **state)
{
	static const struct {
		const char *label;
		uint32_t first, second; /* where the floating pointers lead, 0: to no table */
		uint64_t phys; /* of the table that is had, 0: of none */
		bool why;
	} rows[] = {
		{ "one", PCMP, 0, PCMP, false },
		{ "a default configuration", 0, 0, 0, false },
		{ "the second", 0, PCMP, PCMP, false },
		{ "the first leads to nothing", 0xf0000000, PCMP, PCMP, false },
		{ "both lead to nothing", 0xf0000000, 0xffffffff, 0, true },
		{ "something else", TABLE, 0, TABLE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct boardtables *t;

		core_init(&core, 4);
		put_floating(FLOATING, rows[i].first);
		put_floating(OTHER, rows[i].second);
		put_mp(PCMP, 100, 20);
		t = gather();
		CHECK_NUMBER(rows[i].label, t->mp.bytes.len ? t->mp.bytes.phys : 0, rows[i].phys);
		if (rows[i].phys == PCMP)
			CHECK_NUMBER(rows[i].label, t->mp.bytes.len, 120);
		CHECK(rows[i].label, !t->mp.why == !rows[i].why);
		end();
	}
}

static void forwards(void **state)
{
	static const struct {
		const char *label;
		uint64_t leads, back; /* from LBIO, and from TABLE, 0: there it ends */
		unsigned int forwards;
		uint64_t phys; /* of the table that is had, 0: of none */
	} rows[] = {
		{ "one that leads on", TABLE, 0, 1, TABLE },
		{ "to itself", LBIO, 0, 8, LBIO },
		{ "in a circle", TABLE, LBIO, 8, LBIO },
		{ "to nothing", 0xf00000000, 0, 1, 0 },
		{ "to something else", STAMPS, 0, 1, STAMPS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct boardtables *t;

		core_init(&core, 4);
		put_lbio(LBIO, 0x11, rows[i].leads);
		put_lbio(TABLE, rows[i].back ? 0x11 : 0x16, rows[i].back ? rows[i].back : STAMPS);
		t = gather();
		CHECK_NUMBER(rows[i].label, t->forwards, rows[i].forwards);
		CHECK_NUMBER(rows[i].label, t->coreboot.bytes.len ? t->coreboot.bytes.phys : 0, rows[i].phys);
		CHECK(rows[i].label, !t->coreboot.bytes.len == (t->coreboot.why != NULL));
		end();
	}
}

static void stamps(void **state)
{
	static const struct {
		uint32_t count;
		size_t len; /* what is more than a table may have is cut off */
	} rows[] = { { 0, 16 }, { 5, 16 + 5 * 12 }, { 87380, 1 << 20 }, { 87381, 1 << 20 },
		     { UINT32_MAX, 1 << 20 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct boardtables *t;

		core_init(&core, 4);
		put_lbio(LBIO, 0x16, STAMPS);
		put(STAMPS + 12, rows[i].count, 4);
		t = gather();
		CHECK_NUMBER("timestamps", t->stamps.phys, STAMPS);
		CHECK_NUMBER("timestamps", t->stamps.bytes.len, rows[i].len);
		CHECK("console", !found_any(&t->console));
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(mp), cmocka_unit_test(forwards), cmocka_unit_test(stamps) };

	return cmocka_run_group_tests_name("firmware/boardtables", tests, NULL, NULL);
}

/* EFI: what boot_params tells, system tables of 64 and 32 bits, configuration tables, the memory map. */
/* Real ones are compared with the kernel's log on a board with UEFI; the CRCs here are zlib's. */
#include "records.h"

#include "decode/efi.h"

static void put(uint8_t *at, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void info(void **state)
{
	static uint8_t params[0x1e0];
	const struct view v = { params, sizeof(params), 0 };
	struct efi_info i;

	(void)state;
	assert_false(efi_info(&v, &i));
	memcpy(params + 0x1c0, "EL64", 4);
	put(params + 0x1c4, 0x1f5eb018, 4);
	put(params + 0x1c8, 48, 4);
	put(params + 0x1cc, 1, 4);
	put(params + 0x1d0, 0x1f772040, 4);
	put(params + 0x1d4, 0x19b0, 4);
	put(params + 0x1d8, 2, 4);
	put(params + 0x1dc, 3, 4);
	assert_true(efi_info(&v, &i));
	assert_true(i.is64);
	CHECK_NUMBER("system", i.system, 0x21f5eb018);
	CHECK_NUMBER("map", i.map, 0x31f772040);
	CHECK_NUMBER("size", i.map_len, 0x19b0);
	CHECK_NUMBER("descriptor", i.descriptor_len, 48);
	CHECK_NUMBER("version", i.descriptor_version, 1);
	memcpy(params + 0x1c0, "EL32", 4);
	assert_true(efi_info(&v, &i));
	assert_false(i.is64);
	assert_false(efi_info(&(struct view){ params, 0x1df, 0 }, &i));
	params[0x1c0] = 'e';
	assert_false(efi_info(&v, &i));
}

/* As a firmware leaves it: consoles and boot services are 0. */
static size_t make_system(uint8_t *t, bool is64, uint32_t crc)
{
	size_t width = is64 ? 8 : 4, end = is64 ? 120 : 72;

	memset(t, 0, EFI_SYSTEM_LEN);
	memcpy(t, "IBI SYST", 8);
	put(t + 8, is64 ? 2 << 16 | 70 : 2 << 16 | 31, 4);
	put(t + 12, end, 4);
	put(t + 16, crc, 4);
	put(t + 24, is64 ? 0x1f52a818 : 0x7f52a818, width);
	put(t + 24 + width, 0x10000, 4);
	put(t + end - 4 * width, is64 ? 0xfffffffeff5ebb98 : 0x7f5ebb98, width);
	put(t + end - 2 * width, is64 ? 11 : 2, width);
	put(t + end - width, is64 ? 0x1f5ebc98 : 0x7f5ebc98, width);
	return end;
}

static void facts_of(const uint8_t *t, size_t len, bool is64, struct unit_facts *facts)
{
	struct sink sink = unit_sink(facts);

	fields_decode(efi_system_rows(is64), &(struct view){ t, len, 0 }, &(struct fields){ .sink = &sink });
}

static void system_table(void **state)
{
	static const struct {
		bool is64;
		uint32_t crc;
		uint16_t minor;
		uint64_t vendor, tables, tables_len;
	} rows[] = {
		{ true, 0xe0a5846f, 70, 0x1f52a818, 0x1f5ebc98, 11 },
		{ false, 0x8cc8e36b, 31, 0x7f52a818, 0x7f5ebc98, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *label = rows[i].is64 ? "64" : "32";
		static struct unit_facts facts;
		uint8_t t[EFI_SYSTEM_LEN];
		size_t len = make_system(t, rows[i].is64, rows[i].crc);
		struct efi_system s;

		CHECK(label, efi_system(&(struct view){ t, len, 0 }, rows[i].is64, &s));
		CHECK_NUMBER(label, s.sum, SUM_RIGHT);
		CHECK_NUMBER(label, s.major, 2);
		CHECK_NUMBER(label, s.minor, rows[i].minor);
		CHECK_NUMBER(label, s.vendor, rows[i].vendor);
		CHECK_NUMBER(label, s.tables, rows[i].tables);
		CHECK_NUMBER(label, s.tables_len, rows[i].tables_len);
		facts_of(t, len, rows[i].is64, &facts);
		CHECK(label, !unit_fact(&facts, "unknown") && !unit_fact(&facts, "consoles"));
		CHECK_NUMBER(label, unit_fact(&facts, "vendor")->value, rows[i].vendor);
		CHECK_NUMBER(label, unit_fact(&facts, "table_list")->value, rows[i].tables);
		CHECK(label, !efi_system(&(struct view){ t, len - 1, 0 }, rows[i].is64, &s));
		t[len - 1] ^= 1;
		CHECK(label, efi_system(&(struct view){ t, len, 0 }, rows[i].is64, &s));
		CHECK_NUMBER(label, s.sum, SUM_WRONG);
		for (size_t header = 0; header < 256; header += 255) {
			put(t + 12, header ? 0xffffffff : 0, 4);
			CHECK(label, efi_system(&(struct view){ t, len, 0 }, rows[i].is64, &s));
			CHECK_NUMBER(label, s.sum, SUM_UNKNOWN);
		}
		t[0] = 0;
		CHECK(label, !efi_system(&(struct view){ t, len, 0 }, rows[i].is64, &s));
	}
}

/* Names by the GUID as it is written, with all that a fact shows of it. */
static void entries(void **state)
{
	static const struct {
		const char *guid, *name;
	} rows[] = {
		{ "8868e871-e4f1-11d3-bc22-0080c73c8881", "ACPI 2.0" },
		{ "eb9d2d30-2d88-11d3-9a16-0090273fc14d", "ACPI 1.0" },
		{ "eb9d2d31-2d88-11d3-9a16-0090273fc14d", "SMBIOS" },
		{ "f2fd1544-9794-4a2c-992e-e5bbcf20e394", "SMBIOS 3" },
		{ "eb9d2d2f-2d88-11d3-9a16-0090273fc14d", "MP" },
		{ "dcfa911d-26eb-469f-a220-38b7dc461220", "memory attributes" },
		{ "ee4e5898-3914-4259-9d6e-dc7bd79403cf", "LZMA" },
		{ "2d9f28a2-a886-456a-97a8-f11ef24ff455", "Dell RCI2" },
		{ "00000000-0000-0000-0000-000000000000", "unknown" },
	};

	(void)state;
	for (size_t n = 0; n < 2 * ARRAY_LEN(rows); n++) {
		bool is64 = n % 2;
		const char *guid = rows[n / 2].guid;
		unsigned int a, b, c, d[8];
		static struct unit_facts facts;
		struct sink sink = unit_sink(&facts);
		uint8_t bytes[2 * 24] = { 0 }, *at = bytes + efi_entry_len(is64);
		struct record r;
		uint64_t phys;

		assert_int_equal(sscanf(guid, "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &a, &b, &c, d, d + 1, d + 2,
					d + 3, d + 4, d + 5, d + 6, d + 7), 11);
		put(at, a, 4);
		put(at + 4, b, 2);
		put(at + 6, c, 2);
		for (size_t i = 0; i < 8; i++)
			at[8 + i] = (uint8_t)d[i];
		put(at + 16, 0x1f77d014, 4);
		CHECK(guid, efi_entry(&(struct view){ bytes, 2 * efi_entry_len(is64), 0 }, is64, 1, &r, &phys));
		CHECK_TEXT(guid, r.name, rows[n / 2].name);
		CHECK_NUMBER(guid, phys, 0x1f77d014);
		fields_decode(r.rows, &r.bytes, &(struct fields){ .sink = &sink });
		CHECK_TEXT(guid, unit_fact(&facts, "guid")->text, guid);
		CHECK(guid, facts.len == 2);
		CHECK(guid, !efi_entry(&(struct view){ bytes, 2 * efi_entry_len(is64) - 1, 0 }, is64, 1, &r, &phys));
		CHECK(guid, !efi_entry(&(struct view){ bytes, 48, 0 }, is64, SIZE_MAX, &r, &phys));
	}
}

static void map(void **state)
{
	static const struct {
		const char *label;
		uint32_t type;
		uint64_t start, pages, attributes, end; /* end 0: there is no such piece */
		const char *name;
		bool ram, memory;
	} rows[] = {
		{ "conventional", 7, 0x100000, 0x706, 0xf, 0x806000, "conventional", true, true },
		{ "boot data", 4, 0x900000, 1, 0xf, 0x901000, "boot services data", true, true },
		{ "special purpose", 7, 0x100000000, 1, 0x4000f, 0x100001000, "conventional", false, true },
		{ "runtime", 6, 0x1fef4000, 0x84, 0x800000000000000f, 0x1ff78000, "runtime services data", false, true },
		{ "NVS", 10, 0x806000, 2, 0xf, 0x808000, "ACPI NVS", false, true },
		{ "reserved RAM", 0, 0x1eaa0000, 2, 0xf, 0x1eaa2000, "reserved", false, true },
		{ "reserved", 0, 0xb0000000, 0x10000, 1, 0xc0000000, "reserved", false, false },
		{ "flash", 11, 0xffc00000, 0x400, 0x8000000000000001, 0x100000000, "MMIO", false, false },
		{ "cached MMIO", 11, 0, 1, 0xf, 0x1000, "MMIO", false, false },
		{ "unaccepted", 15, 0, 1, 0xf, 0x1000, "unaccepted", false, true },
		{ "type of a maker", 0x80000000, 0, 1, 0, 0x1000, NULL, false, false },
		{ "empty", 7, 0x1000, 0, 0xf, 0x1000, "conventional", true, true },
		{ "too many pages", 7, 0x1000, 1ull << 52, 0xf, 0, "conventional", true, true },
		{ "wraps", 7, 0xfffffffffffff000, 2, 0xf, 0, "conventional", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[2 * 48] = { 0 };
		struct efi_piece p;
		const char *name = efi_type(rows[i].type);

		put(bytes + 48, rows[i].type, 4);
		put(bytes + 56, rows[i].start, 8);
		put(bytes + 72, rows[i].pages, 8);
		put(bytes + 80, rows[i].attributes, 8);
		CHECK(rows[i].label, efi_piece(&(struct view){ bytes, 96, 0 }, 48, 1, &p));
		CHECK_NUMBER(rows[i].label, p.phys.start, rows[i].end ? rows[i].start : 0);
		CHECK_NUMBER(rows[i].label, p.phys.end, rows[i].end);
		CHECK_NUMBER(rows[i].label, p.attributes, rows[i].attributes);
		CHECK(rows[i].label, !name == !rows[i].name && (!name || !strcmp(name, rows[i].name)));
		CHECK(rows[i].label, efi_is_ram(&p) == rows[i].ram && efi_is_memory(&p) == rows[i].memory);
		CHECK(rows[i].label, !efi_piece(&(struct view){ bytes, 95, 0 }, 48, 1, &p));
		CHECK(rows[i].label, !efi_piece(&(struct view){ bytes, 96, 0 }, 39, 0, &p));
		CHECK(rows[i].label, !efi_piece(&(struct view){ bytes, 96, 0 }, 0, 0, &p));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(info), cmocka_unit_test(system_table),
					    cmocka_unit_test(entries), cmocka_unit_test(map) };

	return cmocka_run_group_tests_name("decode/efi", tests, NULL, NULL);
}

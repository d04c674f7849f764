/* EFI's tables, followed from struct boot_params: pointers to nothing, lengths of any size, a maker's name. */
/* A host that EFI started tells of its own tables below /sys: nothing of it is tested there, but on booted boards. */
#include "core.h"

#include "firmware/firmware.h"

#include <unistd.h>

#define SYSTEM 0x500000
#define VENDOR 0x500ff8 /* four characters to the end of the page */
#define TABLES 0x502000
#define MAP 0x503000
#define NOWHERE 0xf00000000

static struct core core;
static struct firmware firmware;
static uint8_t params[4096];

static void set(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void put(uint64_t phys, uint64_t value, size_t len)
{
	uint8_t bytes[8];

	set(bytes, value, len);
	core_put(&core, phys, bytes, len);
}

static void tell(uint64_t system, uint64_t map, uint32_t map_len, uint32_t descriptor_len)
{
	memset(params, 0, sizeof(params));
	memcpy(params + 0x1c0, "EL64", 4);
	set(params + 0x1c4, system, 4);
	set(params + 0x1d8, system >> 32, 4);
	set(params + 0x1c8, descriptor_len, 4);
	set(params + 0x1d0, map, 4);
	set(params + 0x1dc, map >> 32, 4);
	set(params + 0x1d4, map_len, 4);
}

static void put_piece(size_t number, uint32_t type, uint64_t start, uint64_t pages, uint64_t attributes)
{
	uint64_t at = MAP + number * 48;

	put(at, type, 4);
	put(at + 8, start, 8);
	put(at + 24, pages, 8);
	put(at + 32, attributes, 8);
}

/* Two configuration tables, ACPI 2.0 and SMBIOS; a map of three pieces, the last of them a device's. */
static void healthy(void)
{
	core_init(&core, 4);
	core_put(&core, SYSTEM, "IBI SYST", 8);
	put(SYSTEM + 8, 2 << 16 | 70, 4);
	put(SYSTEM + 12, 120, 4);
	put(SYSTEM + 24, VENDOR, 8);
	put(SYSTEM + 104, 2, 8);
	put(SYSTEM + 112, TABLES, 8);
	core_put(&core, VENDOR, "A\0\x39\x20\033\0Z", 8);
	core_put(&core, TABLES, "\x71\xe8\x68\x88\xf1\xe4\xd3\x11\xbc\x22\0\x80\xc7\x3c\x88\x81", 16);
	put(TABLES + 16, 0x1f77d014, 8);
	core_put(&core, TABLES + 24, "\x31\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\0\x90\x27\x3f\xc1\x4d", 16);
	put(TABLES + 40, 0x1f520000, 8);
	put_piece(0, 7, 0, 0x100, 8);
	put_piece(1, 4, 0x100000, 0x100, 8);
	put_piece(2, 11, 0xfed00000, 1, 8);
	tell(SYSTEM, MAP, 3 * 48, 48);
}

static const struct efitables *gather(void)
{
	core_open(&core);
	memset(&firmware, 0, sizeof(firmware));
	firmware.reach.mem = &core.mem;
	firmware.boot_params = (struct view){ params, sizeof(params), 0 };
	efitables_gather(&firmware.efi_tables, &firmware);
	return &firmware.efi_tables;
}

static void end(void)
{
	efitables_deinit(&firmware.efi_tables);
	core_deinit(&core);
}

static bool other_host(void)
{
	return access("/sys/firmware/efi", F_OK) == 0;
}

static void whole(void **state)
{
	const struct efitables *t;

	(void)state;
	if (other_host())
		skip();
	healthy();
	firmware.efi.smbios = 0;
	t = gather();
	assert_true(t->here && t->info.is64);
	CHECK_NUMBER("version", t->head.minor, 70);
	CHECK_TEXT("vendor", t->vendor, "A?\033Z");
	CHECK_NUMBER("tables", t->tables.bytes.len, 48);
	CHECK_NUMBER("ACPI", firmware.efi.acpi20, 0x1f77d014);
	CHECK_NUMBER("SMBIOS", firmware.efi.smbios, 0x1f520000);
	CHECK_NUMBER("SMBIOS 3", firmware.efi.smbios3, 0);
	/* Pieces that meet are one, and no device is memory. */
	CHECK_NUMBER("memory", t->memory_len, 1);
	CHECK_NUMBER("memory", t->memory[0].end, 0x200000);
	CHECK_NUMBER("reach", firmware.reach.efi_len, 1);
	end();
}

static void lies(void **state)
{
	static const struct {
		const char *label;
		uint64_t system, map;
		uint32_t map_len, descriptor_len, tables_len;
		uint64_t tables;
		bool has_system, has_map;
		size_t memory_len, tables_bytes;
	} rows[] = {
		{ "no system table", NOWHERE, MAP, 144, 48, 2, TABLES, false, true, 1, 0 },
		{ "another table", MAP, MAP, 144, 48, 2, TABLES, true, true, 1, 0 },
		{ "no map", SYSTEM, NOWHERE, 144, 48, 2, TABLES, true, false, 0, 48 },
		{ "an empty map", SYSTEM, MAP, 0, 48, 2, TABLES, true, false, 0, 48 },
		{ "a map of 4 GiB", SYSTEM, MAP, UINT32_MAX, 48, 2, TABLES, true, false, 0, 48 },
		{ "descriptors of 0", SYSTEM, MAP, 144, 0, 2, TABLES, true, true, 0, 48 },
		{ "descriptors of 39", SYSTEM, MAP, 144, 39, 2, TABLES, true, true, 0, 48 },
		{ "descriptors as long as the map", SYSTEM, MAP, 144, 144, 2, TABLES, true, true, 1, 48 },
		{ "longer than the map", SYSTEM, MAP, 144, UINT32_MAX, 2, TABLES, true, true, 0, 48 },
		{ "no tables", SYSTEM, MAP, 144, 48, 0, TABLES, true, true, 1, 0 },
		{ "tables nowhere", SYSTEM, MAP, 144, 48, 2, NOWHERE, true, true, 1, 0 },
		{ "a virtual address", SYSTEM, MAP, 144, 48, 2, 0xfffffffeff5ebc98, true, true, 1, 0 },
		{ "4 billion tables", SYSTEM, MAP, 144, 48, UINT32_MAX, TABLES, true, true, 1, 1 << 20 },
	};

	(void)state;
	if (other_host())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct efitables *t;

		healthy();
		put(SYSTEM + 104, rows[i].tables_len, 8);
		put(SYSTEM + 112, rows[i].tables, 8);
		tell(rows[i].system, rows[i].map, rows[i].map_len, rows[i].descriptor_len);
		t = gather();
		CHECK(rows[i].label, t->here && !t->system.bytes.len == !rows[i].has_system);
		CHECK(rows[i].label, !t->map.bytes.len == !rows[i].has_map && !t->map.why == rows[i].has_map);
		CHECK_NUMBER(rows[i].label, t->memory_len, rows[i].memory_len);
		CHECK_NUMBER(rows[i].label, t->tables.bytes.len, rows[i].tables_bytes);
		end();
	}
}

static void none(void **state)
{
	(void)state;
	healthy();
	memset(params, 0, sizeof(params));
	assert_false(gather()->here);
	assert_null(firmware.reach.efi);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(whole), cmocka_unit_test(lies), cmocka_unit_test(none) };

	return cmocka_run_group_tests_name("firmware/efitables", tests, NULL, NULL);
}

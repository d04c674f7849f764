/* SMBIOS fields: values that mean something else, sizes, arrays, versions, structures that are cut short. */
/* That all fields are named as others name them is held by a boot test, against dmidecode. */
#include "unit.h"

#include "decode/smbiostypes.h"

#define LONGEST 0x64 /* of the types here: type 17 as of 3.7 */

/* Decodes len bytes with one field in them; strings: "one", "two". */
static void decode(uint8_t type, size_t len, size_t off, const uint8_t *bytes, size_t n, unsigned int version,
		   struct unit_facts *facts)
{
	static const char strings[] = "one\0two\0";
	struct sink sink = unit_sink(facts);
	uint8_t body[256 + sizeof(strings)] = { type, (uint8_t)len, 0x34, 0x12 };
	struct smbios table = { { .table_len = (uint32_t)(len + sizeof(strings)) }, { NULL, len + sizeof(strings), 0x1000 } };
	struct smbios_walk w;
	struct smbios_record r;
	uint8_t *copy;

	memcpy(body + off, bytes, n);
	memcpy(body + len, strings, sizeof(strings));
	table.table.bytes = copy = unit_copy(body, table.table.len);
	smbios_walk_init(&w, &table);
	assert_true(smbios_next(&w, &r));
	smbios_decode(&r, version, &sink);
	free(copy);
}

static void values(void **state)
{
	static const struct {
		uint8_t type, len, off, n;
		uint8_t bytes[16];
		const char *key, *text; /* text NULL: no such fact */
	} rows[] = {
		{ 0, 0x1a, 0x04, 1, { 2 }, "vendor", "two" },
		{ 0, 0x1a, 0x04, 1, { 0 }, "vendor", "none" },
		{ 0, 0x1a, 0x04, 1, { 3 }, "vendor", "no string number 3" },
		{ 0, 0x1a, 0x09, 1, { 0 }, "rom_size", "64 KiB" },
		{ 0, 0x1a, 0x09, 1, { 0x7f }, "rom_size", "8 MiB" },
		{ 0, 0x1a, 0x09, 1, { 0xff }, "rom_size", "see extended" },
		{ 0, 0x1a, 0x18, 2, { 0x20, 0x00 }, "extended_rom_size", "32 MiB" },
		{ 0, 0x1a, 0x18, 2, { 0x01, 0x40 }, "extended_rom_size", "1 GiB" },
		{ 0, 0x1a, 0x18, 2, { 0x01, 0x80 }, "extended_rom_size", "unknown=0x8001" },
		{ 0, 0x1a, 0x0a, 2, { 0x90, 0 }, "characteristics", "ISA, PCI" },
		{ 0, 0x1a, 0x0a, 2, { 0xff, 0xff }, "characteristics",
		  "unknown, not supported, ISA, MCA, EISA, PCI, PC Card, Plug and Play, APM, upgradeable, "
		  "shadowing allowed, VL-VESA, ESCD, boot from CD, unknown=0x3" },
		{ 0, 0x1a, 0x0c, 2, { 1, 0x80 }, "services", "selectable boot, NEC PC-98" },
		{ 0, 0x1a, 0x0e, 4, { 1, 0, 1 }, "vendor_bits", "0x10001" },
		{ 0, 0x1a, 0x0a, 1, { 0 }, "characteristics", "none" },
		{ 0, 0x1a, 0x13, 1, { 0x18 }, "extension_2", "UEFI, virtual machine" },
		{ 0, 0x1a, 0x14, 1, { 0xff }, "bios_major", "not told" },
		{ 0, 0x13, 0x12, 1, { 1 }, "extension_1", "ACPI" },
		{ 0, 0x13, 0x12, 1, { 1 }, "extension_2", NULL },
		{ 1, 0x1b, 0x18, 1, { 6 }, "wake_up", "power switch" },
		{ 1, 0x1b, 0x08, 16, { 0 }, "uuid", "not present" },
		{ 2, 0x0f, 0x09, 1, { 9 }, "features", "hosting board, replaceable" },
		{ 2, 0x0f, 0x0b, 2, { 0xff, 0xff }, "chassis_handle", "none" },
		{ 2, 0x0f, 0x0d, 1, { 10 }, "type", "motherboard" },
		{ 3, 0x15, 0x05, 1, { 0x97 }, "type", "rack mount chassis, lock present" },
		{ 3, 0x15, 0x05, 1, { 0x24 }, "type", "stick PC" },
		{ 3, 0x15, 0x05, 1, { 0x25 }, "type", "unknown=0x25" },
		{ 3, 0x15, 0x11, 1, { 2 }, "height", "2 U" },
		{ 4, 0x32, 0x06, 1, { 0xb3 }, "family", "Xeon" },
		{ 4, 0x32, 0x06, 1, { 0xfe }, "family", "see family 2" },
		{ 4, 0x32, 0x06, 1, { 0x30 }, "family", "unknown=0x30" },
		{ 4, 0x32, 0x28, 2, { 0x6b, 0 }, "family_2", "Zen" },
		{ 4, 0x32, 0x28, 2, { 0x2c, 1 }, "family_2", "6x86" },
		{ 4, 0x32, 0x28, 2, { 0x00, 1 }, "family_2", "unknown=0x100" },
		{ 4, 0x32, 0x28, 2, { 0x2c, 2 }, "family_2", "unknown=0x22c" },
		{ 4, 0x32, 0x08, 4, { 0x57, 0x06, 0x05, 0 }, "signature", "0x50657, family 6, model 85, stepping 7" },
		{ 4, 0x32, 0x08, 4, { 0x12, 0x0f, 0x83, 0 }, "signature", "0x830f12, family 23, model 49, stepping 2" },
		{ 4, 0x32, 0x08, 4, { 0x43, 0x05, 0xf3, 0xf }, "signature", "0xff30543, family 5, model 4, stepping 3" },
		{ 4, 0x32, 0x0c, 4, { 0x01, 0x02, 0, 0x80 }, "cpuid_flags", "FPU, APIC, PBE" },
		{ 4, 0x32, 0x11, 1, { 0x8c }, "voltage", "1.2 V" },
		{ 4, 0x32, 0x11, 1, { 0x03 }, "voltage", "5.0 V, 3.3 V" },
		{ 4, 0x32, 0x11, 1, { 0x00 }, "voltage", "unknown" },
		{ 4, 0x32, 0x18, 1, { 0x41 }, "status", "enabled, populated" },
		{ 4, 0x32, 0x18, 1, { 0x00 }, "status", "unknown, unpopulated" },
		{ 4, 0x32, 0x19, 1, { 0x24 }, "upgrade", "LGA1155" },
		{ 4, 0x32, 0x19, 1, { 0x49 }, "upgrade", "AM5" },
		{ 4, 0x32, 0x19, 1, { 0x57 }, "upgrade", "BGA2833" },
		{ 4, 0x32, 0x19, 1, { 0x58 }, "upgrade", "unknown=0x58" },
		{ 4, 0x32, 0x23, 1, { 0xff }, "cores", "see cores 2" },
		{ 4, 0x32, 0x2a, 2, { 0x80, 1 }, "cores_2", "384" },
		{ 4, 0x32, 0x30, 2, { 0x00, 3 }, "threads_enabled", "768" },
		{ 4, 0x33, 0x32, 1, { 1 }, "unknown", "01" }, /* a field of a later version */
		{ 7, 0x1b, 0x05, 2, { 0x80, 0x01 }, "configuration", "level 1, not socketed, internal, enabled, write back" },
		{ 7, 0x1b, 0x07, 2, { 0x00, 0x02 }, "maximum_size", "512 KiB" },
		{ 7, 0x1b, 0x07, 2, { 0x10, 0x80 }, "maximum_size", "1 MiB" },
		{ 7, 0x1b, 0x07, 2, { 0xff, 0xff }, "maximum_size", "see size 2" },
		{ 7, 0x1b, 0x13, 4, { 0x00, 0x80, 0, 0x80 }, "maximum_size_2", "2 GiB" },
		{ 7, 0x1b, 0x13, 4, { 0xff, 0xff, 0, 0 }, "maximum_size_2", "65535 KiB" },
		{ 7, 0x1b, 0x0b, 2, { 2, 0 }, "supported_sram", "unknown" },
		{ 7, 0x1b, 0x12, 1, { 0x0e }, "associativity", "20-way" },
		{ 16, 0x17, 0x04, 1, { 3 }, "location", "system board" },
		{ 16, 0x17, 0x04, 1, { 0xa4 }, "location", "CXL add-on card" },
		{ 16, 0x17, 0x06, 1, { 7 }, "error_correction", "CRC" },
		{ 16, 0x17, 0x07, 4, { 0, 0, 0, 4 }, "maximum_capacity", "64 GiB" },
		{ 16, 0x17, 0x07, 4, { 0, 0, 0, 0x80 }, "maximum_capacity", "see extended capacity" },
		{ 16, 0x17, 0x0b, 2, { 0xfe, 0xff }, "error_handle", "not provided" },
		{ 16, 0x17, 0x0f, 8, { 0, 0, 0, 0, 0, 4 }, "extended_capacity", "4 TiB" },
		{ 17, 0x64, 0x08, 2, { 0xff, 0xff }, "total_width", "unknown" },
		{ 17, 0x64, 0x08, 2, { 72 }, "total_width", "72 bits" },
		{ 17, 0x64, 0x0c, 2, { 0, 0 }, "size", "no module" },
		{ 17, 0x64, 0x0c, 2, { 0xff, 0xff }, "size", "unknown" },
		{ 17, 0x64, 0x0c, 2, { 0xff, 0x7f }, "size", "see extended" },
		{ 17, 0x64, 0x0c, 2, { 0x00, 0x40 }, "size", "16 GiB" },
		{ 17, 0x64, 0x0c, 2, { 0x00, 0x82 }, "size", "512 KiB" },
		{ 17, 0x64, 0x0e, 1, { 0x11 }, "form_factor", "CAMM" },
		{ 17, 0x64, 0x12, 1, { 0x18 }, "type", "DDR3" },
		{ 17, 0x64, 0x12, 1, { 0x24 }, "type", "HBM3" },
		{ 17, 0x64, 0x12, 1, { 0x15 }, "type", "unknown=0x15" },
		{ 17, 0x64, 0x13, 2, { 0x80, 0x20 }, "type_detail", "synchronous, registered (buffered)" },
		{ 17, 0x64, 0x15, 2, { 0x6a, 0x0a }, "speed", "2666 MT/s" },
		{ 17, 0x64, 0x15, 2, { 0xff, 0xff }, "speed", "see extended speed" },
		{ 17, 0x64, 0x1b, 1, { 2 }, "attributes", "rank 2" },
		{ 17, 0x64, 0x1c, 4, { 0, 0, 2, 0 }, "extended_size", "128 GiB" },
		{ 17, 0x64, 0x1c, 4, { 0xff, 0xff, 0xff, 0x7f }, "extended_size", "2147483647 MiB" },
		{ 17, 0x64, 0x1c, 4, { 0, 0, 0, 0x80 }, "extended_size", "none" },
		{ 17, 0x64, 0x28, 1, { 7 }, "technology", "Intel Optane persistent memory" },
		{ 17, 0x64, 0x2c, 2, { 0x80, 0xce }, "module_maker", "JEDEC bank 1, 0xce" },
		{ 17, 0x64, 0x2c, 2, { 0, 0 }, "module_maker", "unknown" },
		{ 17, 0x64, 0x34, 8, { 255, 255, 255, 255, 255, 255, 255, 255 }, "non_volatile_size", "unknown" },
		{ 17, 0x64, 0x3c, 8, { 0, 0, 0, 0, 4 }, "volatile_size", "16 GiB" },
		{ 17, 0x64, 0x54, 4, { 0x00, 0, 1, 0 }, "extended_speed", "65536 MT/s" },
		{ 17, 0x64, 0x5e, 2, { 0x00, 0xff }, "pmic0_revision", "unknown" },
		{ 17, 0x64, 0x60, 2, { 0x86, 0x9d }, "rcd_maker", "JEDEC bank 7, 0x9d" },
		{ 17, 0x15, 0x12, 1, { 3 }, "type", "DRAM" },
		{ 17, 0x15, 0x12, 1, { 3 }, "speed", NULL },
		{ 18, 0x17, 0x04, 1, { 0x0c }, "error_type", "corrected single-bit error" },
		{ 18, 0x17, 0x0b, 4, { 0, 0, 0, 0x80 }, "array_address", "unknown" },
		{ 33, 0x1f, 0x0b, 8, { 0, 0, 0, 0, 0, 0, 0, 0x80 }, "array_address", "unknown" },
		{ 33, 0x1f, 0x13, 8, { 0, 0x10 }, "device_address", "0x1000" },
		{ 19, 0x1f, 0x04, 4, { 0, 0, 0x40, 0 }, "start", "0x100000000" },
		{ 19, 0x1f, 0x08, 4, { 0xff, 0xff, 0x1f, 0 }, "last", "0x7fffffff" },
		{ 19, 0x1f, 0x08, 4, { 0xff, 0xff, 0xff, 0xff }, "last", "see extended" },
		{ 20, 0x23, 0x11, 1, { 0xff }, "interleave_position", "unknown" },
		{ 20, 0x23, 0x11, 1, { 2 }, "interleave_position", "2" },
		{ 32, 0x0b, 0x0a, 1, { 3 }, "boot_status", "firmware-detected hardware failure" },
		{ 32, 0x0b, 0x0a, 1, { 0x80 }, "boot_status", "unknown=0x80" },
		{ 32, 0x14, 0x0b, 2, { 1, 2 }, "unknown", "0102 ..." },
		{ 127, 5, 4, 1, { 9 }, "unknown", "09" },
		{ 11, 5, 4, 1, { 2 }, "unknown", "02" },
		{ 11, 5, 4, 1, { 2 }, "string", "one" },
		{ 221, 4, 4, 0, { 0 }, "string", "one" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct unit_facts facts;
		const struct fact *fact;
		char label[64];

		snprintf(label, sizeof(label), "row %zu: type %u %s", i, rows[i].type, rows[i].key);
		decode(rows[i].type, rows[i].len, rows[i].off, rows[i].bytes, rows[i].n, 0x0307, &facts);
		fact = unit_fact(&facts, rows[i].key);
		CHECK(label, !fact == !rows[i].text);
		if (fact)
			CHECK_TEXT(label, fact->text, rows[i].text);
		if (fact && strcmp(rows[i].key, "string"))
			CHECK_NUMBER(label, fact->phys, 0x1000u + rows[i].off);
	}
}

static void uuids(void **state)
{
	static const uint8_t bytes[] = { 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
					 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	static const uint8_t ones[] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	static const struct {
		unsigned int version;
		const uint8_t *bytes;
		const char *want;
	} rows[] = {
		{ 0x0205, bytes, "33221100-5544-7766-8899-aabbccddeeff" },
		{ 0x0206, bytes, "00112233-4455-6677-8899-aabbccddeeff" },
		{ 0x0300, bytes, "00112233-4455-6677-8899-aabbccddeeff" },
		{ 0x0300, ones, "not present, can be set" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct unit_facts facts;

		decode(1, 0x19, 8, rows[i].bytes, 16, rows[i].version, &facts);
		CHECK_TEXT("UUID", unit_fact(&facts, "uuid")->text, rows[i].want);
	}
}

/* What a fact's key has in the n-th of its kind; "" when there are fewer. */
static const char *nth(const struct unit_facts *facts, const char *key, size_t n)
{
	for (size_t i = 0; i < facts->len; i++)
		if (!strcmp(facts->facts[i].key, key) && n-- == 0)
			return facts->facts[i].text;
	return "";
}

static void arrays(void **state)
{
	static struct unit_facts facts;

	(void)state;
	/* A board of three objects, of which two are there. */
	decode(2, 0x13, 0x0e, (const uint8_t[]){ 3, 0x11, 0, 0x22, 0 }, 5, 0x0307, &facts);
	CHECK_TEXT("board", nth(&facts, "contained_objects", 0), "3");
	CHECK_TEXT("board", nth(&facts, "contained_object", 0), "0x11");
	CHECK_TEXT("board", nth(&facts, "contained_object", 1), "0x22");
	CHECK_TEXT("board", nth(&facts, "contained_object", 2), "");
	/* Half a handle, and 255 of them: none is read behind the end. */
	decode(2, 0x10, 0x0e, (const uint8_t[]){ 255, 0x11 }, 2, 0x0307, &facts);
	CHECK_TEXT("half", nth(&facts, "contained_object", 0), "");
	CHECK_TEXT("half", nth(&facts, "unknown", 0), "11");
	/* A chassis of two elements of 3 bytes, and its SKU. */
	decode(3, 0x1c, 0x13, (const uint8_t[]){ 2, 3, 0x91, 1, 4, 0x0a, 2, 5, 1 }, 9, 0x0307, &facts);
	CHECK_TEXT("chassis", nth(&facts, "contained_type", 0), "memory device (type 17)");
	CHECK_TEXT("chassis", nth(&facts, "contained_maximum", 0), "4");
	CHECK_TEXT("chassis", nth(&facts, "contained_type", 1), "board of type 10");
	CHECK_TEXT("chassis", nth(&facts, "contained_minimum", 1), "2");
	CHECK_TEXT("chassis", nth(&facts, "sku", 0), "one");
	/* Elements of 0 bytes are none; of 2 have no maximum; of 5 have two bytes more. */
	decode(3, 0x16, 0x13, (const uint8_t[]){ 255, 0, 1 }, 3, 0x0307, &facts);
	CHECK_TEXT("size 0", nth(&facts, "contained_type", 0), "");
	CHECK_TEXT("size 0", nth(&facts, "sku", 0), "one");
	decode(3, 0x1a, 0x13, (const uint8_t[]){ 1, 5, 1, 2, 3, 4, 5 }, 7, 0x0307, &facts);
	CHECK_TEXT("size 5", nth(&facts, "unknown", 0), "0405");
	CHECK_TEXT("size 5", nth(&facts, "sku", 0), "");
	/* Unknown types: their bytes by 64, then the strings. */
	decode(200, 4 + 130, 4, (const uint8_t[]){ 1 }, 1, 0x0307, &facts);
	CHECK_NUMBER("pieces", facts.len, 5);
	CHECK_NUMBER("pieces", facts.facts[2].width, 2);
	CHECK_TEXT("pieces", facts.facts[4].text, "two");
	CHECK_NUMBER("pieces", facts.facts[4].phys, 0x1000 + 4 + 130 + 4);
}

/* Every type at every length: no byte is lost, none is read behind the end. */
static void lengths(void **state)
{
	static struct unit_facts facts;
	uint8_t bytes[252];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	for (unsigned int type = 0; type < 256; type++) {
		for (size_t len = 4; len < 256; len += len < LONGEST + 4 ? 1 : 31) {
			size_t end = 4;

			decode((uint8_t)type, len, 4, bytes, len - 4, 0x0307, &facts);
			for (size_t i = 0; i < facts.len && strcmp(facts.facts[i].key, "string"); i++) {
				CHECK_NUMBER("order", facts.facts[i].phys, 0x1000 + end);
				end += facts.facts[i].width;
				CHECK("text", facts.facts[i].text[0]);
			}
			CHECK_NUMBER("end", end, len);
		}
	}
}

static void names(void **state)
{
	static const struct {
		unsigned int type;
		const char *want;
	} rows[] = {
		{ 0, "BIOS" }, { 16, "physical memory array" }, { 17, "memory device" },
		{ 19, "memory array mapped address" }, { 32, "system boot" }, { 33, "64-bit memory error" },
		{ 46, "string property" }, { 47, "unknown type" }, { 125, "unknown type" }, { 126, "inactive" },
		{ 127, "end of table" }, { 128, "OEM-specific" }, { 255, "OEM-specific" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_TEXT("name", smbios_type_name(rows[i].type), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),  cmocka_unit_test(uuids), cmocka_unit_test(arrays),
		cmocka_unit_test(lengths), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("decode/smbiostypes", tests, NULL, NULL);
}

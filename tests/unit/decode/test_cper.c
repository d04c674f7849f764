/* Hardware error records: what is valid is told and nothing else, records that are cut or lie end the walk. */
/* The fields of a memory error are held to the kernel's own print of them in tests/boot/test_firmware_acpi.py. */
#include "unit.h"

#include "decode/cper.h"

#define BLOCK 20
#define HEAD 72
#define MEMORY 80

/* A fatal memory error: address, card and module handle are valid. */
static void build(uint8_t *bytes)
{
	static const uint8_t guid[] = { 0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e,
					0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1 };
	uint8_t *entry = bytes + BLOCK, *section = entry + HEAD;

	memset(bytes, 0, BLOCK + HEAD + MEMORY);
	bytes[0] = 0x11;
	bytes[12] = HEAD + MEMORY;
	bytes[16] = 1;
	memcpy(entry, guid, sizeof(guid));
	entry[16] = 1;
	entry[21] = 3;
	entry[22] = 2;
	entry[24] = MEMORY;
	memcpy(entry + 44, "DIMM_A1", 7);
	memcpy(entry + 64, "\x56\x34\x12\x01\x09\x11\x23\x20", 8);
	section[0] = 1 << 1 | 1 << 4;
	section[2] = 1 << 1;
	memcpy(section + 16, "\0\x90\x78\x56\x34\x12\0\0", 8);
	section[34] = 3;
	section[36] = 7;
	section[78] = 0x2a;
	section[79] = 0x11;
}

struct parts {
	unsigned int len, bad;
	char last[ACPI_PART_NAME_MAX];
};

static void take_part(void *arg, const struct acpi_part *part)
{
	struct parts *p = arg;

	p->len++;
	p->bad += part->bad;
	memcpy(p->last, part->name, sizeof(p->last));
}

static void decode(const uint8_t *bytes, size_t len, struct parts *parts, struct unit_facts *facts)
{
	uint8_t *exact = unit_copy(bytes, len);
	const struct acpi_sink to = { take_part, unit_sink(facts), parts };

	*parts = (struct parts){ 0 };
	cper_decode(&(struct view){ exact, len, 0x1000 }, &to);
	free(exact);
}

static void memory(void **state)
{
	static struct unit_facts facts;
	uint8_t bytes[BLOCK + HEAD + MEMORY];
	struct cper_error e;
	struct parts parts;

	(void)state;
	build(bytes);
	decode(bytes, sizeof(bytes), &parts, &facts);
	CHECK_NUMBER("parts", parts.len, 2);
	CHECK_NUMBER("parts", parts.bad, 0);
	CHECK_TEXT("parts", parts.last, "memory error");
	CHECK_TEXT("status", unit_fact(&facts, "status")->text, "uncorrectable, entries 1");
	CHECK_TEXT("severity", unit_fact(&facts, "severity")->text, "fatal");
	CHECK_TEXT("FRU", unit_fact(&facts, "fru_text")->text, "DIMM_A1");
	CHECK_TEXT("phys", unit_fact(&facts, "physical_address")->text, "0x123456789000");
	CHECK_NUMBER("phys", unit_fact(&facts, "physical_address")->phys, 0x1000 + BLOCK + HEAD + 16);
	CHECK_TEXT("card", unit_fact(&facts, "card")->text, "3");
	CHECK_TEXT("handle", unit_fact(&facts, "module_handle")->text, "0x112a");
	/* Not valid, though its bytes are not 0; the time is, by the entry's own bits. */
	CHECK("not valid", !unit_fact(&facts, "module") && !unit_fact(&facts, "time") && !unit_fact(&facts, "fru_id"));
	bytes[BLOCK + 22] = 4;
	decode(bytes, sizeof(bytes), &parts, &facts);
	CHECK_TEXT("time", unit_fact(&facts, "time")->text, "2023-11-09 12:34:56");

	assert_true(cper_first(&(struct view){ bytes, sizeof(bytes), 0 }, &e));
	CHECK_TEXT("first", e.severity, "fatal");
	CHECK_TEXT("first", e.what, "memory error");
	CHECK("first", e.has_phys && e.has_handle && !e.cleared);
	CHECK_NUMBER("first", e.phys, 0x123456789000);
	CHECK_NUMBER("first", e.handle, 0x112a);
	CHECK_NUMBER("first", e.entries, 1);
}

static void odd(void **state)
{
	static const struct {
		const char *label;
		size_t off;
		uint32_t value; /* laid there */
		size_t len;	/* of what is left of the record; 0: all */
		bool first, cleared;
		unsigned int parts, bad;
	} cases[] = {
		{ "as it is", 0, 0x11, 0, true, false, 2, 0 },
		{ "cleared by the kernel", 0, 0, 0, true, true, 2, 0 },
		{ "cleared, and cut", 0, 0, 80, false, false, 0, 0 },
		{ "nothing recorded", 12, 0, BLOCK, true, false, 1, 0 },
		{ "shorter than a block", 0, 0x11, 19, false, false, 0, 0 },
		{ "no byte", 0, 0x11, 1, false, false, 0, 0 },
		{ "cut in the entry", 0, 0x11, BLOCK + 63, true, false, 2, 2 },
		{ "data longer than the region", 12, 0xffffffff, 0, true, false, 2, 1 },
		{ "entry longer than the data", BLOCK + 24, 0xffffffff, 0, true, false, 2, 1 },
		{ "entry of no bytes", BLOCK + 24, 0, 0, true, false, 4, 1 },
		{ "another section", BLOCK, 1, 0, true, false, 2, 0 },
		{ "raw data beyond", 8, 0xffffffff, 0, true, false, 2, 1 },
		{ "raw data far away", 4, 0xffffffff, 0, true, false, 2, 0 },
	};
	static struct unit_facts facts;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[BLOCK + HEAD + MEMORY], *exact;
		size_t len = cases[i].len ? cases[i].len : sizeof(bytes);
		struct parts parts;
		struct cper_error e;

		build(bytes);
		for (size_t b = 0; b < 4; b++)
			bytes[cases[i].off + b] = (uint8_t)(cases[i].value >> 8 * b);
		decode(bytes, len, &parts, &facts);
		CHECK_NUMBER(cases[i].label, parts.len, cases[i].parts);
		CHECK_NUMBER(cases[i].label, parts.bad, cases[i].bad);
		exact = unit_copy(bytes, len);
		CHECK(cases[i].label, cper_first(&(struct view){ exact, len, 0 }, &e) == cases[i].first);
		if (cases[i].first)
			CHECK_NUMBER(cases[i].label, e.cleared, cases[i].cleared);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(memory), cmocka_unit_test(odd) };

	return cmocka_run_group_tests_name("decode/cper", tests, NULL, NULL);
}

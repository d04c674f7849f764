/* ACPI's root structures: sums, lengths that lie, entries cut off. */
/* The RSDP is QEMU 7.2's; the rest is built here after ACPI 6.5, 5.2. */
#include "unit.h"

#include "decode/acpi.h"

static const uint8_t rsdp_0[20] = { 0x52, 0x53, 0x44, 0x20, 0x50, 0x54, 0x52, 0x20, 0x77, 0x42,
				    0x4f, 0x43, 0x48, 0x53, 0x20, 0,	0xa4, 0x1a, 0xfe, 0x1f };

/* Makes the sum of len bytes 0, by the byte at. */
static void fix(uint8_t *bytes, size_t len, size_t at)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[at] = (uint8_t)(bytes[at] - sum);
}

static void put(uint8_t *bytes, size_t off, size_t width, uint64_t value)
{
	for (size_t i = 0; i < width; i++)
		bytes[off + i] = (uint8_t)(value >> 8 * i);
}

static void rsdp(void **state)
{
	static const struct {
		const char *label;
		uint8_t revision;
		uint32_t len;
		size_t has, broken; /* bytes there are; which of them is wrong, 0 for none */
		enum sum sum, extended, both;
		bool ok;
	} cases[] = {
		{ "revision 0", 0, 0, 20, 0, SUM_RIGHT, SUM_UNKNOWN, SUM_RIGHT, true },
		{ "its sum", 0, 0, 20, 9, SUM_WRONG, SUM_UNKNOWN, SUM_WRONG, true },
		{ "cut", 0, 0, 19, 0, SUM_RIGHT, SUM_UNKNOWN, SUM_UNKNOWN, false },
		{ "another signature", 0, 0, 20, 1, SUM_WRONG, SUM_UNKNOWN, SUM_UNKNOWN, false },
		{ "revision 2", 2, 36, 36, 0, SUM_RIGHT, SUM_RIGHT, SUM_RIGHT, true },
		{ "second sum", 2, 36, 36, 33, SUM_RIGHT, SUM_WRONG, SUM_WRONG, true },
		{ "first sum", 2, 36, 36, 9, SUM_WRONG, SUM_WRONG, SUM_WRONG, true },
		{ "too short to be", 2, 20, 36, 0, SUM_RIGHT, SUM_WRONG, SUM_WRONG, true },
		{ "length 0", 2, 0, 36, 0, SUM_RIGHT, SUM_WRONG, SUM_WRONG, true },
		{ "4 GiB long", 2, 0xffffffff, 36, 0, SUM_RIGHT, SUM_UNKNOWN, SUM_UNKNOWN, true },
		{ "revision 2, cut", 2, 36, 20, 0, SUM_RIGHT, SUM_WRONG, SUM_WRONG, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[36] = { 0 }, *exact;
		struct acpi_rsdp r = { .revision = 99 };
		struct view v = { NULL, cases[i].has, 0 };

		memcpy(bytes, rsdp_0, 20);
		bytes[15] = cases[i].revision;
		put(bytes, 20, 4, cases[i].len);
		put(bytes, 24, 8, 0x123456789aull);
		fix(bytes, 20, 8);
		fix(bytes, 36, 32);
		if (cases[i].broken)
			bytes[cases[i].broken]++;
		v.bytes = exact = unit_copy(bytes, cases[i].has);
		CHECK(cases[i].label, acpi_rsdp(&v, &r) == cases[i].ok);
		CHECK(cases[i].label, acpi_rsdp_sum(&v) == cases[i].both);
		CHECK_NUMBER(cases[i].label, r.revision, cases[i].ok ? cases[i].revision : 99);
		if (cases[i].ok) {
			CHECK_NUMBER(cases[i].label, r.sum, cases[i].sum);
			CHECK_NUMBER(cases[i].label, r.extended, cases[i].extended);
			CHECK_NUMBER(cases[i].label, r.rsdt, 0x1ffe1aa4);
			CHECK_NUMBER(cases[i].label, r.xsdt,
				     cases[i].revision && cases[i].has == 36 ? 0x123456789a : 0);
			CHECK_TEXT(cases[i].label, r.oem_id + 1, "OCHS ");
		}
		free(exact);
	}
}

static void header(void **state)
{
	static const struct {
		const char *label, *signature;
		uint32_t len;
		size_t has;
		bool ok;
		enum sum sum;
	} cases[] = {
		{ "right", "APIC", 44, 44, true, SUM_RIGHT },
		{ "more behind", "APIC", 44, 60, true, SUM_RIGHT },
		{ "header alone", "APIC", 36, 36, true, SUM_RIGHT },
		{ "cut", "APIC", 44, 43, true, SUM_UNKNOWN },
		{ "4 GiB", "APIC", 0xffffffff, 44, true, SUM_UNKNOWN },
		{ "header cut", "APIC", 44, 35, false, 0 },
		{ "length 0", "APIC", 0, 44, false, 0 },
		{ "length 35", "APIC", 35, 44, false, 0 },
		{ "FACS", "FACS", 64, 64, true, SUM_UNKNOWN },
		{ "FACS, short", "FACS", 63, 64, false, 0 },
		{ "nothing", "APIC", 44, 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[64] = "....len.RcOEMID_OEMTABLE....INTL", *exact;
		struct acpi_header h = { .len = 1 };
		struct view v = { NULL, cases[i].has, 0 };

		memcpy(bytes, cases[i].signature, 4);
		put(bytes, 4, 4, cases[i].len);
		fix(bytes, cases[i].len <= sizeof(bytes) ? cases[i].len : 44, 9);
		v.bytes = exact = unit_copy(bytes, cases[i].has);
		CHECK(cases[i].label, acpi_header(&v, &h) == cases[i].ok);
		CHECK_NUMBER(cases[i].label, h.len, cases[i].ok ? cases[i].len : 1);
		CHECK_NUMBER(cases[i].label, h.sum, cases[i].sum);
		if (cases[i].ok && *cases[i].signature == 'A') {
			CHECK_TEXT(cases[i].label, h.oem_id, "OEMID_");
			CHECK_TEXT(cases[i].label, h.oem_table_id, "OEMTABLE");
			CHECK_TEXT(cases[i].label, h.creator_id, "INTL");
			CHECK_NUMBER(cases[i].label, h.revision, 'R');
		}
		free(exact);
	}
}

static void entries(void **state)
{
	static const struct {
		const char *label, *signature;
		uint32_t len;
		size_t has, want;
	} cases[] = {
		{ "RSDT", "RSDT", 44, 60, 2 },	      { "XSDT", "XSDT", 52, 60, 2 },
		{ "half an entry", "XSDT", 51, 60, 1 }, { "none", "RSDT", 36, 60, 0 },
		{ "length 0", "RSDT", 0, 60, 0 },     { "length beyond", "RSDT", 0xffffffff, 60, 6 },
		{ "cut", "XSDT", 60, 59, 2 },	      { "header cut", "XSDT", 60, 35, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[60] = { 0 }, *exact;
		bool wide = *cases[i].signature == 'X';
		struct view v = { NULL, cases[i].has, 0 };
		uint64_t first = wide ? 0x8877665544332211 : 0x44332211;

		memcpy(bytes, cases[i].signature, 4);
		put(bytes, 4, 4, cases[i].len);
		put(bytes, 36, 8, 0x8877665544332211);
		v.bytes = exact = unit_copy(bytes, cases[i].has);
		CHECK_NUMBER(cases[i].label, acpi_entries_len(&v), cases[i].want);
		CHECK_NUMBER(cases[i].label, acpi_entry(&v, 0), cases[i].want ? first : 0);
		CHECK_NUMBER(cases[i].label, acpi_entry(&v, cases[i].want), 0);
		free(exact);
	}
}

static void pointers(void **state)
{
	uint8_t bytes[148] = "FACP";
	struct acpi_pointers p;
	struct view v = { bytes, sizeof(bytes), 0 };

	(void)state;
	put(bytes, 4, 4, 148);
	put(bytes, 36, 8, 0x2222222211111111);
	put(bytes, 132, 8, 0x3333333333);
	put(bytes, 140, 8, 0x4444444444);
	acpi_fadt_pointers(&v, &p);
	CHECK_NUMBER("facs", p.facs, 0x11111111);
	CHECK_NUMBER("dsdt", p.dsdt, 0x22222222);
	CHECK_NUMBER("x_facs", p.x_facs, 0x3333333333);
	CHECK_NUMBER("x_dsdt", p.x_dsdt, 0x4444444444);
	/* Of ACPI 1.0: what lies behind its 116 bytes is something else. */
	put(bytes, 4, 4, 116);
	acpi_fadt_pointers(&v, &p);
	CHECK_NUMBER("short", p.dsdt, 0x22222222);
	CHECK_NUMBER("short", p.x_facs | p.x_dsdt, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsdp),
		cmocka_unit_test(header),
		cmocka_unit_test(entries),
		cmocka_unit_test(pointers),
	};

	return cmocka_run_group_tests_name("decode/acpi", tests, NULL, NULL);
}

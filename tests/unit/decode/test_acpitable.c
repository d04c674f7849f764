/* ACPI tables: structures of every kind found, lengths that lie, bytes that nothing is known of. */
/* That each field is what others say it is, tests/boot/test_firmware_acpi.py holds; here is what iasl refuses. */
#include "unit.h"

#include "decode/acpitable.h"

/* What came, as one text a part: "depth name type len: field=meaning; ..."; a bad part has "BAD". */
struct told {
	size_t used;
	char text[8192];
	uint64_t next; /* facts and parts go forward */
};

static void tell(struct told *t, const char *format, const char *a, unsigned int b, unsigned int c)
{
	int n = snprintf(t->text + t->used, sizeof(t->text) - t->used, format, a, b, c);

	assert_in_range(n, 0, sizeof(t->text) - t->used - 1);
	t->used += (size_t)n;
}

static void take_part(void *arg, const struct acpi_part *part)
{
	struct told *t = arg;

	tell(t, "\n%s %u,%u:", part->name[0] ? part->name : "?", part->type, (unsigned int)part->len);
	if (part->bad)
		tell(t, " %s", "BAD", 0, 0);
}

static void take_fact(void *arg, const struct fact *fact)
{
	struct told *t = arg;

	assert_true(fact->phys >= t->next);
	t->next = fact->phys + fact->width;
	/* The header is test_acpi.c's; type and length came with the part. */
	if (fact->phys >= 36 && strcmp(fact->key, "type") && strcmp(fact->key, "length")) {
		tell(t, " %s", fact->name, 0, 0);
		tell(t, "=%s;", fact->text, 0, 0);
	}
}

#define BODY_MAX 120
struct body {
	size_t len;
	uint8_t bytes[BODY_MAX];
};
#define BODY(...) { sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }

static const struct {
	const char *label, *signature;
	struct body body;
	const char *want; /* from the end of the table's own facts on */
} cases[] = {
	{ "MADT", "APIC", BODY(0, 0, 0xe0, 0xfe, 1, 0, 0, 0, 0, 8, 1, 2, 1, 0, 0, 0, 2, 10, 0, 9, 9, 0, 0, 0, 0xd, 0),
	  " local APIC address=0xfee00000; flags=8259 pair;"
	  "\nlocal APIC 0,8: processor=1; APIC ID=2; flags=enabled;"
	  "\ninterrupt override 2,10: bus=ISA; IRQ=9; interrupt=9; flags=active high, level;" },
	{ "a kind not known", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 4, 0xab, 0xcd, 0, 8, 1, 2, 1, 0, 0, 0),
	  " local APIC address=0x0; flags=none;\n? 127,4: unknown=abcd;"
	  "\nlocal APIC 0,8: processor=1; APIC ID=2; flags=enabled;" },
	{ "length 0", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 4, 6, 0xff, 5, 0, 1, 0, 0, 7, 7),
	  " local APIC address=0x0; flags=none;"
	  "\nlocal APIC NMI 4,6: processor=all; flags=active high, edge; LINT=1;"
	  "\nlocal APIC 0,0: BAD unknown=00000707;" },
	{ "length 1", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3),
	  " local APIC address=0x0; flags=none;\nlocal APIC 0,1: BAD unknown=00010203;" },
	{ "length beyond", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 2, 1, 0, 0),
	  " local APIC address=0x0; flags=none;\nlocal APIC 0,8: BAD unknown=00080102 01 ...;" },
	{ "one byte left", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 9),
	  " local APIC address=0x0; flags=none;\nlocal x2APIC 9,0: BAD unknown=09;" },
	{ "longer than the rows", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 2, 1, 0, 0, 0, 5, 6),
	  " local APIC address=0x0; flags=none;"
	  "\nlocal APIC 0,10: processor=1; APIC ID=2; flags=enabled; unknown=0506;" },
	{ "shorter than the rows", "APIC", BODY(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 1),
	  " local APIC address=0x0; flags=none;\nlocal APIC 0,5: processor=1; APIC ID=2; unknown=01;" },
	{ "cut in the fixed part", "APIC", BODY(0, 0, 0xe0, 0xfe, 1), " local APIC address=0xfee00000; unknown=01;" },
	{ "SLIT", "SLIT", BODY(2, 0, 0, 0, 0, 0, 0, 0, 10, 20, 30, 10, 9),
	  " domains=2; node 0 to 0, 1 ...=10 20; node 1 to 0, 1 ...=30 10; unknown=09;" },
	{ "SLIT, short", "SLIT", BODY(2, 0, 0, 0, 0, 0, 0, 0, 10, 20, 30), " domains=2; node 0 to 0, 1 ...=10 20; unknown=1e;" },
	{ "SLIT of 2^64 - 1", "SLIT", BODY(255, 255, 255, 255, 255, 255, 255, 255, 10),
	  " domains=18446744073709551615; unknown=0a;" },
	{ "SLIT of none", "SLIT", BODY(0, 0, 0, 0, 0, 0, 0, 0, 10), " domains=0; unknown=0a;" },
	{ "structures in structures", "DMAR",
	  BODY(0x26, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 1, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0, 3, 10, 0, 0, 2,
	       0xf0, 0x1f, 7, 1, 2),
	  " address width=bits 39; flags=INTR_REMAP;"
	  "\nremapping unit 0,26: flags=INCLUDE_PCI_ALL; size exponent=0; segment=0; registers=0xfed90000;"
	  "\nscope 3,10: device=I/O APIC; enumeration ID=2; bus=0xf0;\npath 0,2: PCI path=1f.7;\npath 0,2: PCI path=01.2;" },
	{ "a structure that ends within one", "DMAR",
	  BODY(0x26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 12, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 9),
	  " address width=bits 39; flags=none;\nroot port ATS 2,12: flags=ALL_PORTS; segment=0;\nscope 1,8: BAD unknown=0108 ...;"
	  "\n? 2304,0: BAD unknown=0009;" },
	{ "IVHD entries by type", "IVRS",
	  BODY(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 63, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       0, 3, 8, 0, 0, 0x48, 0, 0, 1, 2, 0xa0, 0, 1, 0xf0, 1, 0, 0, 'A', 'M', 'D', '1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       0, 2, 5, 'u', 'i', 'd', 0, 0),
	  " info=none;\nremapping unit 16,63: scope=unit; flags=HtTunEn; device=00:02.0; capability=0x0; registers=0x0; segment=0; info=0x0;"
	  " features=0x0;\ndevices 3,4: entry=range start; device=00:01.0; settings=none;"
	  "\nspecial 72,8: entry=special device; device=00:00.0; settings=INITPass; handle=2; source=00:14.0; variety=I/O APIC;"
	  "\nACPI 240,27: entry=ACPI device; device=00:00.1; settings=none; HID=AMD1; CID=; UID kind=text; UID length=5;"
	  " UID=756964 ...;" },
	{ "HEST, banks counted", "HEST",
	  BODY(2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	       0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 0x0c, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0d, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       0x7f, 0, 1, 0),
	  " sources=2;\nmachine check 0,68: kind=0x0; source=7; flags=none; enabled=1; records=1; sections=1; MCG_CAP=0x0; MCG_CTL=0x0;"
	  " banks=1;\nbank 0,28: bank=3; clear status=yes; format=Intel 64; control MSR=0x40c; control=0x0; status MSR=0x40d;"
	  " address MSR=0x0; misc MSR=0x0;\n? 127,0: BAD unknown=7f0001 ...;" },
	{ "HEST, more banks than there are", "HEST",
	  BODY(1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0),
	  " sources=1;\nmachine check, no exception 1,7188: BAD unknown=01000000 00000001 01000000 01000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 ff ...;" },
	{ "DBG2", "DBG2",
	  BODY(46, 0, 0, 0, 1, 0, 0, 0, 7, 7, 0, 43, 0, 1, 5, 0, 38, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 22, 0, 34, 0, 1, 8, 0,
	       1, 0xf8, 3, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 'C', 'O', 'M', '1', 0),
	  " offset of devices=46; devices=1; unknown=0707;\ndebug device 0,43: revision=0; registers=1; name length=5;"
	  " name offset=38; OEM data length=0; OEM data offset=0; port type=serial; subtype=0x1; registers offset=22;"
	  " sizes offset=34; register=I/O, 8 bits, from bit 0, access byte, address 0x3f8; size=8 bytes; name=COM1;" },
	{ "DBG2, devices beyond", "DBG2", BODY(255, 255, 255, 255, 1, 0, 0, 0, 1, 2),
	  " offset of devices=4294967295; devices=1; unknown=0102;" },
	{ "NFIT, an array", "NFIT",
	  BODY(0, 0, 0, 0, 2, 0, 24, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0),
	  "\ninterleave 2,24: interleave=1; lines=2; line size=256 bytes;\nline 0,4: offset=0x0;\nline 0,4: offset=0x4;" },
	{ "a table that is not known", "OEM1", BODY(1, 2, 3), " unknown=010203;" },
};

static void tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t bytes[36 + BODY_MAX] = { 0 }, *exact;
		size_t len = 36 + cases[i].body.len;
		struct told told = { 0 };
		const struct acpi_sink to = { take_part, { take_fact, &told }, &told };
		const char *body;

		memcpy(bytes, cases[i].signature, 4);
		bytes[4] = (uint8_t)len;
		memcpy(bytes + 36, cases[i].body.bytes, cases[i].body.len);
		exact = unit_copy(bytes, len);
		acpi_decode(&(struct view){ exact, len, 0 }, &to);
		body = strchr(told.text + 1, ':');
		CHECK(cases[i].label, body);
		CHECK_TEXT(cases[i].label, body + 1, cases[i].want);
		free(exact);
	}
}

/* FACS has no header but signature and length; FADT's later fields are there when it is long enough. */
static void fixed(void **state)
{
	static struct unit_facts facts;
	uint8_t bytes[276] = "FACS";
	struct told told = { 0 };
	struct acpi_sink to = { take_part, unit_sink(&facts), &told };

	(void)state;
	bytes[4] = 64;
	bytes[8] = 0x34;
	bytes[32] = 2;
	acpi_decode(&(struct view){ bytes, 64, 0x1000 }, &to);
	CHECK_TEXT("FACS", unit_fact(&facts, "hardware_signature")->text, "0x34");
	CHECK_NUMBER("FACS", unit_fact(&facts, "version")->phys, 0x1020);
	CHECK("FACS", !unit_fact(&facts, "oem") && !unit_fact(&facts, "unknown"));

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "FACP", 4);
	bytes[4] = 116;
	to.facts = unit_sink(&facts);
	acpi_decode(&(struct view){ bytes, 116, 0 }, &to);
	CHECK("ACPI 1.0", unit_fact(&facts, "flags") && !unit_fact(&facts, "reset_register"));
	bytes[4] = 276 & 0xff;
	bytes[5] = 276 >> 8;
	bytes[116] = 1;
	bytes[120] = 0xf9;
	bytes[121] = 0xc;
	to.facts = unit_sink(&facts);
	acpi_decode(&(struct view){ bytes, 276, 0 }, &to);
	CHECK_TEXT("ACPI 6", unit_fact(&facts, "reset_register")->text,
		   "I/O, 0 bits, from bit 0, access any, address 0xcf9");
	CHECK_NUMBER("ACPI 6", unit_fact(&facts, "hypervisor")->phys, 268);
	CHECK("ACPI 6", !unit_fact(&facts, "unknown"));
}

static void names(void **state)
{
	(void)state;
	assert_non_null(acpi_table_name("APIC"));
	assert_memory_equal(acpi_table_name("APIC"), "CPUs, interrupts>", 17);
	assert_null(acpi_table_name("SSDT"));
	assert_null(acpi_table_name("APIX"));
	assert_null(acpi_table_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables), cmocka_unit_test(fixed), cmocka_unit_test(names) };

	return cmocka_run_group_tests_name("decode/acpitable", tests, NULL, NULL);
}

/* SMBIOS and ACPI tables found in a machine's memory, good ones and hostile ones, and what is found wrong with them. */
/* The files of /sys are compared on booted boards. */
#include "core.h"

#include "decode/acpi.h"
#include "decode/smbios.h"
#include "firmware/firmware.h"

#define RSDP 0xe0000
#define RSDT 0x500000
#define XSDT 0x501000
#define FADT 0x502000
#define DSDT 0x503000
#define FACS 0x504000
#define SSDT 0x505000 /* and the pages behind it */

static struct core core;
static struct firmware firmware;
static struct findings found;

static void put8(uint64_t phys, uint8_t value)
{
	core_put(&core, phys, &value, 1);
}

static void put32(uint64_t phys, uint32_t value)
{
	core_put(&core, phys, &value, 4);
}

static uint8_t get8(uint64_t phys)
{
	return core.bytes[core.ram[0].offset + phys];
}

/* The byte at sum is made such that len bytes at phys add up to 0. */
static void fix_sum(uint64_t phys, size_t len, uint64_t sum)
{
	uint8_t all = 0;

	put8(sum, 0);
	for (size_t i = 0; i < len; i++)
		all = (uint8_t)(all + get8(phys + i));
	put8(sum, (uint8_t)-all);
}

static void put_table(uint64_t phys, const char *signature, uint32_t len)
{
	core_put(&core, phys, signature, 4);
	put32(phys + 4, len);
	fix_sum(phys, len, phys + 9);
}

static void put_rsdp(uint64_t phys, uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
	core_put(&core, phys, "RSD PTR ", 8);
	put8(phys + 15, revision);
	put32(phys + 16, rsdt);
	put32(phys + 20, 36);
	core_put64(&core, phys + 24, xsdt);
	fix_sum(phys, 20, phys + 8);
	fix_sum(phys, 36, phys + 32);
}

/* A machine as it should be: both lists with FADT and two SSDT. */
static void healthy(void)
{
	core_init(&core, 4);
	put_rsdp(RSDP, 2, RSDT, XSDT);
	for (uint64_t i = 0; i < 2; i++) {
		put32(RSDT + 36 + 4 * (i + 1), (uint32_t)(SSDT + i * PAGE_SIZE));
		core_put64(&core, XSDT + 36 + 8 * (i + 1), SSDT + i * PAGE_SIZE);
		put8(SSDT + i * PAGE_SIZE + 36, (uint8_t)(i + 1));
		put_table(SSDT + i * PAGE_SIZE, "SSDT", 37);
	}
	put32(RSDT + 36, FADT);
	core_put64(&core, XSDT + 36, FADT);
	put_table(RSDT, "RSDT", 48);
	put_table(XSDT, "XSDT", 60);
	put32(FADT + 36, FACS);
	put32(FADT + 40, DSDT);
	core_put64(&core, FADT + 140, DSDT);
	put_table(FADT, "FACP", 244);
	put_table(DSDT, "DSDT", 40);
	core_put(&core, FACS, "FACS", 4);
	put32(FACS + 4, 64);
}

static enum tri kept;

static enum tri tell_kept(void *arg, uint64_t phys, uint64_t end)
{
	(void)arg, (void)phys, (void)end;
	return kept;
}

/*
 * Found as in a file, and compared as if it were live: by the firmware's map, tables lie in RAM from type up, and all else
 * in what it reserves.
 */
static void gather(const char *type)
{
	struct e820_range all = { .phys = { 0, CORE_RAM_END }, .type = type };

	core_open(&core);
	memset(&firmware, 0, sizeof(firmware));
	memset(&found, 0, sizeof(found));
	firmware.reach.mem = &core.mem;
	firmware_gather(&firmware);
	firmware.live = true;
	firmware.memmap.len = 1;
	firmware.memmap.ranges[0] = all;
	firmware.reach.e820 = &firmware.memmap;
	firmware.reach.kept = tell_kept;
	if (strcmp(type, "System RAM"))
		core.mem.guard.ranges[0].class = GUARD_TABLE;
	firmware_compare(&firmware, &found);
}

static void end(void)
{
	firmware_deinit(&firmware);
	core_deinit(&core);
}

static void good_machine(void **state)
{
	static const struct {
		const char *name;
		uint64_t phys;
		size_t len;
		unsigned int from;
	} rows[] = {
		{ "XSDT", XSDT, 60, ACPI_FROM_RSDP },
		{ "RSDT", RSDT, 48, ACPI_FROM_RSDP },
		{ "FACP", FADT, 244, ACPI_FROM_RSDT | ACPI_FROM_XSDT },
		{ "SSDT1", SSDT, 37, ACPI_FROM_RSDT | ACPI_FROM_XSDT },
		{ "SSDT2", SSDT + PAGE_SIZE, 37, ACPI_FROM_RSDT | ACPI_FROM_XSDT },
		{ "DSDT", DSDT, 40, ACPI_FROM_FADT },
		{ "FACS", FACS, 64, ACPI_FROM_FADT },
	};

	(void)state;
	healthy();
	gather("Reserved");
	CHECK_NUMBER("RSDPs", firmware.acpi.rsdps_len, 1);
	assert_ptr_equal(firmware.acpi.rsdp, &firmware.acpi.rsdps[0]);
	CHECK_NUMBER("RSDP", firmware.acpi.rsdp->phys, RSDP);
	CHECK_NUMBER("RSDP", firmware.acpi.rsdp->bytes.len, 36);
	CHECK_NUMBER("tables", firmware.acpi.len, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct acpilist_table *t = &firmware.acpi.tables[i];

		CHECK_TEXT("name", t->name, rows[i].name);
		CHECK_NUMBER(rows[i].name, t->memory.phys, rows[i].phys);
		CHECK_NUMBER(rows[i].name, acpilist_bytes(t)->len, rows[i].len);
		CHECK_NUMBER(rows[i].name, acpilist_bytes(t)->phys, rows[i].phys);
		CHECK_NUMBER(rows[i].name, t->from, rows[i].from);
	}
	assert_ptr_equal(acpilist_find(&firmware.acpi, "SSDT"), &firmware.acpi.tables[3]);
	assert_null(acpilist_find(&firmware.acpi, "APIC"));
	CHECK_NUMBER("findings", found.len, 0);
	end();
}

static void old_machine(void **state)
{
	(void)state;
	healthy();
	put_rsdp(RSDP, 0, RSDT, 0x123456789abc);
	gather("Reserved");
	CHECK_NUMBER("RSDP", firmware.acpi.rsdp->bytes.len, 20);
	CHECK_NUMBER("tables", firmware.acpi.len, 6);
	CHECK_TEXT("root", firmware.acpi.tables[0].name, "RSDT");
	CHECK_NUMBER("findings", found.len, 0);
	end();
}

/* Each is one thing wrong in a machine that is otherwise healthy. */
static void xsdt_loop(void)
{
	core_put64(&core, XSDT + 44, XSDT);
	fix_sum(XSDT, 60, XSDT + 9);
}

static void xsdt_twice(void)
{
	core_put64(&core, XSDT + 52, SSDT);
	core_put64(&core, XSDT + 44, SSDT);
	fix_sum(XSDT, 60, XSDT + 9);
}

static void xsdt_nowhere(void)
{
	core_put64(&core, XSDT + 52, 0xfee00000);
	fix_sum(XSDT, 60, XSDT + 9);
}

static void xsdt_zero(void)
{
	core_put64(&core, XSDT + 52, 0);
	put32(RSDT + 44, 0);
	fix_sum(XSDT, 60, XSDT + 9);
	fix_sum(RSDT, 48, RSDT + 9);
}

static void rsdt_only(void)
{
	put_rsdp(RSDP, 2, RSDT, 0xfed00000);
}

static void length_0(void)
{
	put32(SSDT + 4, 0);
}

static void length_short(void)
{
	put32(SSDT + 4, 9);
}

static void length_all_ones(void)
{
	put32(SSDT + 4, 0xffffffff);
}

static void length_too_long(void)
{
	put32(SSDT + 4, 2u << 20);
}

static void wrong_sum(void)
{
	put8(SSDT + 36, 77);
}

static void facs_written(void)
{
	put8(FACS + 16, 1);
}

static void fadt_to_itself(void)
{
	put32(FADT + 36, FADT);
	put32(FADT + 40, FADT);
	core_put64(&core, FADT + 140, FADT);
	fix_sum(FADT, 244, FADT + 9);
}

static void fadt_of_two_minds(void)
{
	put32(FADT + 40, DSDT + 0x800);
	fix_sum(FADT, 244, FADT + 9);
}

static void two_facs(void)
{
	core_put64(&core, FADT + 132, FACS + 0x800);
	core_put(&core, FACS + 0x800, "FACS\x40\0\0", 8);
	fix_sum(FADT, 244, FADT + 9);
}

static void wrong_rsdp_sum(void)
{
	put8(RSDP + 8, (uint8_t)(get8(RSDP + 8) + 1));
}

static void no_rsdp(void)
{
	put8(RSDP, 'X');
}

static void hostile(void **state)
{
	static const struct {
		const char *label;
		void (*spoil)(void);
		size_t tables;
		size_t findings;
		enum finding_kind first;
		const char *evidence;
	} rows[] = {
		/* What only one list has, and then what cannot be had. */
		{ "XSDT lists itself", xsdt_loop, 7, 2, FINDING_LISTS_DIFFER, "ACPI XSDT: listed by the XSDT only" },
		{ "a table listed twice", xsdt_twice, 7, 1, FINDING_LISTS_DIFFER, "SSDT2: listed by the RSDT only" },
		{ "XSDT leads to the local APIC", xsdt_nowhere, 8, 3, FINDING_TABLE_UNREACHABLE, "0xfee00000" },
		{ "an entry of 0", xsdt_zero, 6, 0, 0, "" },
		{ "RSDP leads to HPET", rsdt_only, 7, 1, FINDING_TABLE_UNREACHABLE, "0xfed00000" },
		{ "length 0", length_0, 7, 1, FINDING_TABLE_UNREACHABLE, "SSDT1: 0 bytes" },
		{ "length of a part of the header", length_short, 7, 1, FINDING_TABLE_SUM, "ACPI SSDT1" },
		{ "length 0xffffffff", length_all_ones, 7, 1, FINDING_TABLE_UNREACHABLE, "4294967295 bytes" },
		{ "2 MiB", length_too_long, 7, 1, FINDING_TABLE_UNREACHABLE, "2097152 bytes" },
		{ "wrong sum", wrong_sum, 7, 1, FINDING_TABLE_SUM, "ACPI SSDT1, by memory" },
		{ "FACS was written", facs_written, 7, 0, 0, "" },
		{ "FADT leads to itself", fadt_to_itself, 5, 0, 0, "" },
		{ "two DSDT", fadt_of_two_minds, 8, 2, FINDING_LISTS_DIFFER, "DSDT at 0x503800 and 0x503000" },
		{ "two FACS", two_facs, 8, 1, FINDING_LISTS_DIFFER, "FACS at 0x504000 and 0x504800" },
		{ "RSDP's sum", wrong_rsdp_sum, 7, 1, FINDING_TABLE_SUM, "ACPI RSDP, by scan" },
		{ "no RSDP", no_rsdp, 0, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		healthy();
		rows[i].spoil();
		gather("Reserved");
		CHECK_NUMBER(rows[i].label, firmware.acpi.len, rows[i].tables);
		if (found.len != rows[i].findings)
			for (size_t j = 0; j < found.len; j++)
				print_error("%s\n", found.list[j].evidence);
		CHECK_NUMBER(rows[i].label, found.len, rows[i].findings);
		if (found.len) {
			CHECK_NUMBER(rows[i].label, found.list[0].kind, rows[i].first);
			if (!strstr(found.list[0].evidence, rows[i].evidence))
				fail_msg("%s: %s", rows[i].label, found.list[0].evidence);
		}
		end();
	}
}

/* Machines with nothing wrong have two of one, as old and new systems want them: told, and no reason for alarm. */
static void two_of_one(void **state)
{
	static void (*const spoil[])(void) = { xsdt_twice, two_facs };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spoil); i++) {
		healthy();
		spoil[i]();
		gather("Reserved");
		CHECK_NUMBER("findings", found.len, 1);
		CHECK_NUMBER("of weight", findings_count(&found, SEVERITY_WARNING), 0);
		end();
	}
}

/* The second RSDP is followed if only its sum is right, and used if both are wrong. */
static void two_rsdps(void **state)
{
	(void)state;
	healthy();
	put_rsdp(RSDP + 0x40, 2, RSDT, XSDT);
	put_rsdp(RSDP, 2, 0, 0x600000);
	put8(RSDP + 8, (uint8_t)(get8(RSDP + 8) + 1));
	gather("Reserved");
	CHECK_NUMBER("RSDPs", firmware.acpi.rsdps_len, 2);
	CHECK_NUMBER("followed", firmware.acpi.rsdp->phys, RSDP + 0x40);
	CHECK_NUMBER("tables", firmware.acpi.len, 7);
	/* With a wrong sum beside a right one it is no RSDP. */
	CHECK_NUMBER("findings", found.len, 0);
	end();
	/* Both sums right: two that tell different things. */
	healthy();
	put_rsdp(RSDP + 0x40, 2, RSDT, XSDT);
	put_rsdp(RSDP, 2, 0, 0x600000);
	gather("Reserved");
	CHECK("differ", found.len);
	end();
}

/* What /sys shows of SSDT1, SSDT2, DSDT and FACS, each in its way. */
static void other_route(void **state)
{
	static const struct {
		size_t table, change, longer; /* which byte; SIZE_MAX: none */
		const char *evidence; /* NULL: none */
	} rows[] = {
		{ 3, SIZE_MAX, 0, NULL },
		{ 4, 36, 0, "ACPI SSDT2: byte 0x24 is 0x2 by memory, 0xfd by /sys" },
		{ 5, SIZE_MAX, 2, "ACPI DSDT: 40 bytes by memory, 42 by /sys" },
		{ 6, 20, 0, NULL },
	};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acpilist_table *t;

		healthy();
		gather("Reserved");
		t = &firmware.acpi.tables[rows[i].table];
		memcpy(bytes, t->memory.bytes.bytes, t->memory.bytes.len);
		t->sys = (struct found){ .route = ROUTE_SYS, .bytes = { bytes, t->memory.bytes.len + rows[i].longer, 0 } };
		if (rows[i].change != SIZE_MAX)
			bytes[rows[i].change] ^= 0xff;
		firmware_compare(&firmware, &found);
		CHECK_NUMBER(t->name, found.len, rows[i].evidence != NULL);
		if (found.len) {
			CHECK_NUMBER(t->name, found.list[0].kind, FINDING_ROUTES_DIFFER);
			CHECK_TEXT(t->name, found.list[0].evidence, rows[i].evidence);
		}
		t->sys = (struct found){ 0 };
		end();
	}
}

static void differ(void **state)
{
	static const struct {
		const char *a, *b;
		size_t at;
	} rows[] = {
		{ "", "", SIZE_MAX },	  { "", "a", SIZE_MAX },   { "abc", "abc", SIZE_MAX },
		{ "abc", "abd", 2 },	  { "abc", "ab", 2 },	   { "ab", "abc", 2 },
		{ "xbc", "abc", 0 },	  { "xbc", "ab", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct found a = { .bytes = { (const uint8_t *)rows[i].a, strlen(rows[i].a), 0 } };
		struct found b = { .bytes = { (const uint8_t *)rows[i].b, strlen(rows[i].b), 0 } };

		CHECK_NUMBER(rows[i].b, found_differ(&a, &b), rows[i].at);
	}
}

static void in_ram(void **state)
{
	static const struct {
		enum tri kept;
		enum finding_kind kind;
		const char *evidence;
	} rows[] = {
		{ TRI_YES, FINDING_TABLE_IN_USABLE, "struct pages: reserved" },
		{ TRI_NO, FINDING_TABLE_IN_RAM, "struct pages: not reserved" },
		{ TRI_UNKNOWN, FINDING_TABLE_IN_USABLE, "struct pages: not known" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		healthy();
		kept = rows[i].kept;
		gather("System RAM");
		/* RSDP and seven tables. */
		CHECK_NUMBER(rows[i].evidence, found.len, 8);
		for (size_t j = 0; j < found.len; j++) {
			CHECK_NUMBER(rows[i].evidence, found.list[j].kind, rows[i].kind);
			if (!strstr(found.list[j].evidence, rows[i].evidence))
				fail_msg("%s", found.list[j].evidence);
		}
		end();
	}
}

/* A list of more tables than there is room for, each with a list of its own. */
static void too_many(void **state)
{
	(void)state;
	healthy();
	for (uint32_t i = 0; i < 250; i++) {
		core_put64(&core, XSDT + 36 + 8 * i, 0x600000 + i * 64);
		put_table(0x600000 + i * 64, "SSDT", 40);
	}
	put_table(XSDT, "XSDT", 36 + 8 * 250);
	gather("Reserved");
	CHECK_NUMBER("tables", firmware.acpi.len, ACPI_TABLES_MAX);
	CHECK_NUMBER("more", firmware.acpi.dropped, 250 + 2 + 3 - ACPI_TABLES_MAX);
	end();
}

#define SM 0xf0010
#define SM3 0xf0040
#define DMI 0x510000

static void put_records(uint64_t phys)
{
	/* Types 1, 0 and 127, headers only; no strings. */
	static const uint8_t bytes[] = { 1, 4, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 127, 4, 0, 2, 0, 0, 0xee, 0xee };

	core_put(&core, phys, bytes, sizeof(bytes));
}

static void put_sm(uint64_t phys, uint32_t table, uint16_t len, uint16_t count)
{
	core_put(&core, phys, "_SM_", 4);
	put8(phys + 5, 31);
	put8(phys + 6, 2);
	put8(phys + 7, 8);
	core_put(&core, phys + 16, "_DMI_", 5);
	core_put(&core, phys + 0x16, &len, 2);
	put32(phys + 0x18, table);
	core_put(&core, phys + 0x1c, &count, 2);
	fix_sum(phys + 16, 15, phys + 21);
	fix_sum(phys, 31, phys + 4);
}

static void put_sm3(uint64_t phys, uint64_t table, uint32_t len)
{
	core_put(&core, phys, "_SM3_", 5);
	put8(phys + 6, 24);
	put8(phys + 7, 3);
	put32(phys + 12, len);
	core_put64(&core, phys + 16, table);
	fix_sum(phys, 24, phys + 5);
}

static void smbios(void **state)
{
	static const struct {
		const char *label;
		bool sm, sm3;
		uint32_t sm_table, sm3_len;
		uint64_t sm3_table;
		uint16_t sm_len, count;
		bool spoil; /* the sum of _SM3_ */
		const char *anchor; /* followed; "" for none */
		size_t len; /* of what was had of the table */
		size_t findings;
	} rows[] = {
		{ "none", false, false, 0, 0, 0, 0, 0, false, "", 0, 0 },
		{ "2.8", true, false, DMI, 0, 0, 18, 3, false, "_SM_", 18, 0 },
		{ "2.8, one structure counted", true, false, DMI, 0, 0, 18, 1, false, "_SM_", 6, 0 },
		{ "2.8, more counted than there are", true, false, DMI, 0, 0, 18, 9, false, "_SM_", 18, 0 },
		{ "3.0, at most 64 KiB", false, true, 0, 0x10000, DMI, 0, 0, false, "_SM3_", 18, 0 },
		{ "3.0, at most more than there is memory", false, true, 0, 0x100000, CORE_RAM_END - PAGE_SIZE, 0, 0,
		  false, "_SM3_", 18, 0 },
		{ "both", true, true, DMI, 18, DMI, 18, 3, false, "_SM3_", 18, 0 },
		{ "both, _SM3_ leads nowhere", true, true, DMI, 18, 0xfed00000, 18, 3, false, "_SM_", 18, 1 },
		{ "both, the sum of _SM3_ is wrong", true, true, DMI, 18, DMI, 18, 3, true, "_SM_", 18, 1 },
		{ "2.8, nowhere", true, false, 0xfed00000, 0, 0, 18, 3, false, "_SM_", 0, 1 },
		{ "2.8, no bytes", true, false, DMI, 0, 0, 0, 3, false, "_SM_", 0, 1 },
		{ "3.0, 4 GiB", false, true, 0, 0xffffffff, DMI, 0, 0, false, "_SM3_", 18, 0 },
		{ "3.0, beyond the last address", false, true, 0, 18, UINT64_MAX - 4, 0, 0, false, "_SM3_", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smbios_entry e = { .anchor = "" };

		core_init(&core, 4);
		put_records(DMI);
		put_records(CORE_RAM_END - PAGE_SIZE);
		if (rows[i].sm)
			put_sm(SM, rows[i].sm_table, rows[i].sm_len, rows[i].count);
		if (rows[i].sm3)
			put_sm3(SM3, rows[i].sm3_table, rows[i].sm3_len);
		if (rows[i].spoil)
			put8(SM3 + 9, 1);
		gather("Reserved");
		CHECK_NUMBER(rows[i].label, firmware.smbios.entries_len, rows[i].sm + rows[i].sm3);
		if (firmware.smbios.entry)
			CHECK(rows[i].label, smbios_entry_decode(&firmware.smbios.entry->bytes, &e));
		CHECK_TEXT(rows[i].label, e.anchor, rows[i].anchor);
		CHECK_NUMBER(rows[i].label, smbiostable_bytes(&firmware.smbios)->len, rows[i].len);
		CHECK_NUMBER(rows[i].label, found.len, rows[i].findings);
		end();
	}
}

/* Two entry points of one kind with different contents. */
static void two_minds(void **state)
{
	(void)state;
	core_init(&core, 4);
	put_records(DMI);
	put_sm(SM, DMI, 18, 3);
	put_sm(SM3, DMI, 18, 2);
	gather("Reserved");
	CHECK_NUMBER("findings", found.len, 1);
	CHECK_NUMBER("kind", found.list[0].kind, FINDING_ROUTES_DIFFER);
	end();
}

static void file_core(void **state)
{
	(void)state;
	healthy();
	core_put64(&core, XSDT + 52, 0xfee00000);
	fix_sum(XSDT, 60, XSDT + 9);
	core_open(&core);
	memset(&firmware, 0, sizeof(firmware));
	memset(&found, 0, sizeof(found));
	firmware.reach.mem = &core.mem;
	firmware_gather(&firmware);
	firmware_compare(&firmware, &found);
	/* What a file does not hold is nobody's fault; that the lists differ is the firmware's. */
	CHECK_NUMBER("findings", found.len, 2);
	for (size_t i = 0; i < found.len; i++)
		CHECK_NUMBER("kind", found.list[i].kind, FINDING_LISTS_DIFFER);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_machine), cmocka_unit_test(old_machine), cmocka_unit_test(hostile),
		cmocka_unit_test(in_ram),	cmocka_unit_test(too_many),    cmocka_unit_test(smbios),
		cmocka_unit_test(two_minds),	cmocka_unit_test(file_core),   cmocka_unit_test(two_rsdps),
		cmocka_unit_test(differ),	cmocka_unit_test(other_route),
		cmocka_unit_test(two_of_one),
	};

	return cmocka_run_group_tests_name("firmware/firmware", tests, NULL, NULL);
}

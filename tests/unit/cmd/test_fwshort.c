/* What is said of a firmware unasked: a few lines, however much its tables repeat themselves, and no secret. */
/* What is in the tables is held to account where it is decoded. */
#include "unit.h"

#include "cmd/cmd.h"
#include "decode/coreboot.h"
#include "firmware/firmware.h"

#define TIMES 1000
#define SHORT 2048 /* bytes: ten lines and more of a serial line */

static struct firmware firmware;
static struct context c;

static char *show(enum report_format format)
{
	struct report r;
	struct err e = ERR_INIT;

	memset(&c, 0, sizeof(c));
	unit_report(&r, format);
	c.report = &r;
	c.firmware = &firmware;
	(void)cmd_firmware.run(&c, 0, NULL, &e);
	return unit_report_end(&r);
}

/* UEFI 2.10, 4.6: ACPI 2.0's GUID, and where its table is. */
static void efi(void **state)
{
	static const uint8_t entry[24] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11, 0xbc, 0x22, 0, 0x80,
					   0xc7, 0x3c, 0x88, 0x81, 0, 0, 0x10 };
	static uint8_t entries[TIMES * sizeof(entry)];
	char *got;

	(void)state;
	for (size_t i = 0; i < TIMES; i++)
		memcpy(entries + i * sizeof(entry), entry, sizeof(entry));
	memset(&firmware, 0, sizeof(firmware));
	firmware.efi_tables.here = firmware.efi_tables.info.is64 = true;
	firmware.efi_tables.tables.bytes = (struct view){ entries, sizeof(entries), 0x200000 };
	got = show(REPORT_TEXT);
	CHECK("the first", strstr(got, "ACPI 2.0 0x100000") != NULL);
	CHECK("how many more", strstr(got, "999 told twice") != NULL);
	CHECK("short", strlen(got) < SHORT);
	free(got);
}

/* coreboot_tables.h, release 4.20: a header, and records of a version, four letters each. */
static void coreboot(void **state)
{
	static const uint8_t record[12] = { 4, 0, 0, 0, 12, 0, 0, 0, '4', '.', '2', '0' };
	static uint8_t table[COREBOOT_HEADER_LEN + TIMES * sizeof(record)] = { 'L', 'B', 'I', 'O', COREBOOT_HEADER_LEN };
	char *got;

	(void)state;
	table[12] = TIMES * sizeof(record) & 0xff;
	table[13] = TIMES * sizeof(record) >> 8;
	for (size_t i = 0; i < TIMES; i++)
		memcpy(table + COREBOOT_HEADER_LEN + i * sizeof(record), record, sizeof(record));
	memset(&firmware, 0, sizeof(firmware));
	firmware.has_low = true;
	firmware.low.hits.len = 1;
	memcpy(firmware.low.hits.hits[0].name, "LBIO", 4);
	firmware.board.coreboot.bytes = (struct view){ table, sizeof(table), 0x200000 };
	got = show(REPORT_TEXT);
	CHECK("the first", strstr(got, "4.20, table at") != NULL);
	CHECK("short", strlen(got) < SHORT);
	free(got);
}

/* Microsoft Software Licensing Tables, MSDM: its data are the key by which Windows was bought. */
static void product_key(void **state)
{
	static uint8_t table[40] = { 'M', 'S', 'D', 'M', sizeof(table), [36] = 0x5e, 0xc3, 0xe7, 0x42 };
	struct acpilist_table *t = &firmware.acpi.tables[0];
	char *got;

	(void)state;
	memset(&firmware, 0, sizeof(firmware));
	firmware.acpi.len = 1;
	memcpy(t->signature, "MSDM", 4);
	memcpy(t->name, "MSDM", 4);
	t->memory.bytes = (struct view){ table, sizeof(table), 0x200000 };
	got = show(REPORT_NDJSON);
	CHECK("the table", strstr(got, "\"MSDM\"") != NULL);
	CHECK("its data", strstr(got, "5ec3e742") == NULL);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(efi), cmocka_unit_test(coreboot),
					     cmocka_unit_test(product_key) };

	return cmocka_run_group_tests_name("cmd/fwshort", tests, NULL, NULL);
}

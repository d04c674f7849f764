/* The MP configuration table: every kind of entry, both sums, ends in odd places. */
/* The real ones of QEMU's boards are compared with the kernel's log. */
#include "records.h"

#include "decode/mp.h"

/* Two processors, two buses; sums are right. The extended entries begin at 0x84. */
static const uint8_t table[] = {
	'P', 'C', 'M', 'P', 0x84, 0, 4, 0xf5, 'O', 'E', 'M', '0', ' ', ' ', ' ', ' ', 'P', 'R', 'O', 'D', ' ', ' ', ' ',
	' ', ' ', ' ', ' ', ' ', 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0xe0, 0xfe, 0x24, 0, 0x64, 0,
	/* 0x2c */ 0, 0, 0x14, 3, 0x63, 6, 0, 0, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x40 */ 0, 1, 0x14, 0, 0x63, 6, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x54 */ 1, 0, 'P', 'C', 'I', ' ', ' ', ' ', 1, 1, 'I', 'S', 'A', ' ', ' ', ' ',
	/* 0x64 */ 2, 2, 0x11, 1, 0, 0, 0xc0, 0xfe,
	/* 0x6c */ 3, 0, 0x0f, 0, 0, 0x0e, 2, 10, 3, 3, 0, 0, 1, 9, 0xff, 9,
	/* 0x7c */ 4, 1, 5, 0, 1, 0, 0xff, 1,
	/* 0x84 */ 128, 20, 0, 1, 0, 0, 0, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 129, 8, 1, 1, 0, 0, 0, 0,
	130, 8, 0, 1, 1, 0, 0, 0,
};

static void everything(void **state)
{
	static struct records_text t;
	struct mp_table head;

	(void)state;
	records_walk(mp_next, table, sizeof(table), &t);
	CHECK_TEXT("all", t.text,
		   "header: signature PCMP; length 132 bytes; revision 1.4; checksum 0xf5; OEM OEM0; product PROD; "
		   "OEM table 0x0; OEM table size 0 bytes; entries 7; local APIC 0xfee00000; extended length 36 bytes; "
		   "extended checksum 0x64\n"
		   "processor: local APIC 0; version 0x14; flags usable, boots the machine; CPUID 0x663; "
		   "features 0x181\n"
		   "processor: local APIC 1; version 0x14; flags none; CPUID 0x663; features 0x1000000\n"
		   "bus: number 0; type PCI\n"
		   "bus: number 1; type ISA\n"
		   "I/O APIC: number 2; version 0x11; flags usable; address 0xfec00000\n"
		   "I/O interrupt: kind INT; signal active low, level; bus 0; line device 3 INTC#; to APIC 2; "
		   "pin 10\n"
		   "I/O interrupt: kind ExtINT; signal as bus; bus 1; line IRQ 9; "
		   "to APIC all; pin 9\n"
		   "local interrupt: kind NMI; signal active high, edge; bus 1; line IRQ 0; to APIC all; pin 1\n"
		   "address space: bus 0; kind memory; start 0xe0000000; length 0x10000000\n"
		   "bus hierarchy: bus 1; flags decodes what no other does; parent 0\n"
		   "compatible addresses: bus 0; flags taken away; ranges VGA I/O\n");
	assert_true(mp_table(&(struct view){ table, sizeof(table), 0 }, &head));
	CHECK_NUMBER("length", head.len, sizeof(table));
	CHECK_NUMBER("base", head.base_len, 0x84);
	CHECK_NUMBER("count", head.count, 7);
	CHECK_NUMBER("sum", head.sum, SUM_RIGHT);
	CHECK_NUMBER("extended sum", head.extended_sum, SUM_RIGHT);
}

static void odd(void **state)
{
	static const struct {
		const char *label;
		size_t off, len;
		uint8_t value;
		const char *last; /* how the text ends */
	} rows[] = {
		{ "type that is not known", 0x6c, sizeof(table), 9, "address 0xfec00000\nunknown: unknown 000f0000 " },
		{ "extended one, not known", 0x84, sizeof(table), 200,
		  "unknown: unknown 00010000 00e00000 00000000 0010 ...\nbus hierarchy: " },
		{ "extended one of length 0", 0x85, sizeof(table), 0, "address space: bus 0; kind memory; " },
		{ "extended one of length 1", 0x85, sizeof(table), 1, "address space: bus 0; kind memory; " },
		{ "extended one too long", 0xa1 - 8, sizeof(table), 255, "bus hierarchy: bus 1; " },
		{ "cut off", 0, 0x50, 'P', "processor: local APIC 1; version 0x14; flags none; CPUID 0x663; "
					    "features 0x1000000; unknown 4 bytes, all 0\n" },
		{ "cut off behind a type", 0, 0x6d, 'P', "I/O interrupt:\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct records_text t;
		uint8_t bytes[sizeof(table)];
		struct mp_table head;

		memcpy(bytes, table, sizeof(bytes));
		bytes[rows[i].off] = rows[i].value;
		records_walk(mp_next, bytes, rows[i].len, &t);
		if (!strstr(t.text, rows[i].last))
			fail_msg("%s: %s", rows[i].label, t.text);
		assert_true(mp_table(&(struct view){ bytes, rows[i].len, 0 }, &head));
		if (rows[i].off && rows[i].off < 0x84)
			CHECK_NUMBER(rows[i].label, head.sum, SUM_WRONG);
		if (rows[i].off >= 0x84)
			CHECK_NUMBER(rows[i].label, head.extended_sum, SUM_WRONG);
		if (rows[i].len < sizeof(table))
			CHECK_NUMBER(rows[i].label, head.sum, SUM_UNKNOWN);
	}
}

static void none(void **state)
{
	struct mp_table head;
	static struct records_text t;

	(void)state;
	assert_false(mp_table(&(struct view){ table, MP_HEADER_LEN - 1, 0 }, &head));
	assert_false(mp_table(&(struct view){ table + 1, sizeof(table) - 1, 0 }, &head));
	records_walk(mp_next, table, 0, &t);
	CHECK_TEXT("empty", t.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(everything), cmocka_unit_test(odd), cmocka_unit_test(none) };

	return cmocka_run_group_tests_name("decode/mp", tests, NULL, NULL);
}

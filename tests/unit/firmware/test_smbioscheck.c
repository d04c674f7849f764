/* What SMBIOS says that ought not to be: tables with one thing wrong, and tables with nothing wrong. */
/* Structures are DSP0134 3.7, 7.18 to 7.20 and 7.34, cut to what is looked at. */
#include "unit.h"

#include "firmware/smbioscheck.h"

#define DEVICE(size, error) \
	17, 0x15, 0x11, 0, 0x10, 0, (error), 0, 0, 0, 0, 0, (uint8_t)(size), (uint8_t)((size) >> 8), 9, 0, 1, 0, 3, 0, 0, \
		'A', '1', 0, 0
/* 0 to that many MiB. */
#define RANGE(mib) \
	19, 0x0f, 0x20, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)(((mib) - 1) >> 6), 0, 0x10, 0, 1, 0, 0
#define ERROR32(kind, address3) 18, 0x17, 0x30, 0, (kind), 3, 3, 0, 0, 0, 0, 0, 0x10, 0, (address3), 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0
#define ERROR64(kind, address7) \
	33, 0x1f, 0x31, 0, (kind), 3, 3, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 0, 0, (address7), 0, 0, 0, 0, 0, 0, 0, 0, \
		0, 0x10, 0, 0, 0, 0
#define END 127, 4, 0x7f, 0, 0, 0

static void findings_of(void **state)
{
	static const struct {
		const char *label;
		uint8_t bytes[120];
		size_t len;
		size_t want;
		enum finding_kind kind;
		struct range where;
		const char *evidence; /* what it begins with */
	} rows[] = {
#define BYTES(...) { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })
		{ "nothing", BYTES(END), 0, 0, { 0, 0 }, "" },
		{ "adds up", BYTES(DEVICE(512, 0), RANGE(512), END), 0, 0, { 0, 0 }, "" },
		{ "modules, no ranges", BYTES(DEVICE(512, 0), END), 0, 0, { 0, 0 }, "" },
		{ "ranges, no modules", BYTES(RANGE(512), END), 0, 0, { 0, 0 }, "" },
		{ "of unknown size", BYTES(DEVICE(0xffff, 0), DEVICE(512, 0), RANGE(256), END), 0, 0, { 0, 0 }, "" },
		{ "half is mapped", BYTES(DEVICE(1024, 0), RANGE(512), END), 1, FINDING_DIMM_SUM, { 0, 0 },
		  "SMBIOS: 1024 MiB in the modules, 512 MiB in the ranges of their arrays" },
		{ "no error", BYTES(ERROR32(3, 0), ERROR64(2, 0), ERROR64(1, 0), END), 0, 0, { 0, 0 }, "" },
		{ "not a kind", BYTES(ERROR32(0x0f, 0), ERROR64(0, 0), END), 0, 0, { 0, 0 }, "" },
		{ "single bit", BYTES(ERROR32(6, 0), END), 1, FINDING_MEMORY_ERROR, { 0x1000, 0x2000 },
		  "SMBIOS type 18, handle 0x30: single-bit error, module not told" },
		{ "of a module", BYTES(DEVICE(512, 0x30), ERROR32(0x0e, 0), END), 1, FINDING_MEMORY_ERROR, { 0x1000, 0x2000 },
		  "SMBIOS type 18, handle 0x30: uncorrectable error, module A1" },
		{ "corrected", BYTES(ERROR64(0x0c, 0), END), 1, FINDING_MEMORY_CORRECTED, { 0x100001000, 0x100002000 },
		  "SMBIOS type 33, handle 0x31: corrected single-bit error, module not told" },
		{ "broken off", BYTES(DEVICE(512, 0), 17, 0x15, 0x12), 1, FINDING_TABLE_BROKEN, { 0x1019, 0x101a },
		  "SMBIOS: a structure reaches beyond the end of the table, at byte 25 of 28" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct findings findings;
		uint8_t *copy = unit_copy(rows[i].bytes, rows[i].len);
		const struct smbios s = { { .version = 0x0300, .table_len = (uint32_t)rows[i].len, .is_maximum = true },
					  { copy, rows[i].len, 0x1000 } };

		findings.len = 0;
		smbios_check(&s, &findings);
		CHECK_NUMBER(rows[i].label, findings.len, rows[i].want);
		if (findings.len) {
			CHECK_NUMBER(rows[i].label, findings.list[0].kind, rows[i].kind);
			CHECK_NUMBER(rows[i].label, findings.list[0].where.start, rows[i].where.start);
			CHECK_NUMBER(rows[i].label, findings.list[0].where.end, rows[i].where.end);
			CHECK_TEXT(rows[i].label, findings.list[0].evidence, rows[i].evidence);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(findings_of) };

	return cmocka_run_group_tests_name("firmware/smbioscheck", tests, NULL, NULL);
}

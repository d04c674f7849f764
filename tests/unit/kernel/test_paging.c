/* Entries of page tables in every mode: their bits by name, and where they lead. */
/* The values are put together by hand from Intel SDM 3A, 4.3 to 4.5. */
#include "unit.h"

#include "kernel/paging.h"

static void texts(void **state)
{
	static const struct {
		unsigned int mode, level;
		uint64_t entry;
		const char *text;
	} rows[] = {
		{ PAGING_4LEVEL, 4, 0, "not present" },
		{ PAGING_4LEVEL, 4, 0x67, "present write user accessed dirty" },
		{ PAGING_4LEVEL, 2, 0x80000000000001e3,
		  "present write accessed dirty large global nx" },
		{ PAGING_4LEVEL, 3, 0xc00011e3,
		  "present write accessed dirty large global pat" },
		/* In a PTE bit 7 is PAT, and so not "large"; above the PUD it is nothing. */
		{ PAGING_4LEVEL, 1, 0x80000000000001e3,
		  "present write accessed dirty pat global nx" },
		{ PAGING_4LEVEL, 4, 0x81, "present bit7" },
		{ PAGING_5LEVEL, 4, 0x81, "present bit7" },
		{ PAGING_4LEVEL, 1, 0x19, "present pwt pcd" },
		{ PAGING_4LEVEL, 1, 0x7ff0000000000e01,
		  "present bit9 bit10 bit11 bit52 bit53 bit54 bit55 bit56 bit57 bit58 bit59 "
		  "bit60 bit61 bit62" },
		{ PAGING_4LEVEL, 1, 0x000ffffffffff001, "present" },
		/* In large entries the bits below the page's address are reserved. */
		{ PAGING_4LEVEL, 2, 0x000fffffffffe081,
		  "present large bit13 bit14 bit15 bit16 bit17 bit18 bit19 bit20" },
		{ PAGING_PAE, 2, 0x000fffffffe000e3, "present write accessed dirty large" },
		{ PAGING_PAE, 3, 0x12345019, "present pwt pcd" },
		{ PAGING_PAE, 3, 0x8000000012345067, "present bit1 bit2 bit5 bit6 bit63" },
		{ PAGING_2LEVEL, 2, 0xffc001e3, "present write accessed dirty large global" },
		{ PAGING_2LEVEL, 2, 0x001ff083, "present write large pat" },
		{ PAGING_2LEVEL, 2, 0x00200081, "present large bit21" },
		{ PAGING_2LEVEL, 1, 0xfffff067, "present write user accessed dirty" },
		/* Not present: the address is inverted, but not in 4 bytes. */
		{ PAGING_4LEVEL, 1, 0x800fffffedcbb062, "not present, kept 0x12344000" },
		{ PAGING_4LEVEL, 1, 0x800fffffedcbb162,
		  "not present, protnone, kept 0x12344000" },
		{ PAGING_PAE, 1, 0x000fffffedcbb062, "not present, kept 0x12344000" },
		{ PAGING_2LEVEL, 1, 0x12344162, "not present, protnone, kept 0x12344000" },
	};
	static const char *const names[PAGING_MODES][6] = {
		{ "", "PTE", "PGD", "" },
		{ "", "PTE", "PMD", "PGD", "" },
		{ "", "PTE", "PMD", "PUD", "PGD", "" },
		{ "", "PTE", "PMD", "PUD", "P4D", "PGD" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct paging *p = &paging_modes[rows[i].mode];
		char buf[160], little[8];

		paging_flags(p, rows[i].level, rows[i].entry, buf, sizeof(buf));
		CHECK_TEXT("flags", buf, rows[i].text);
		paging_flags(p, rows[i].level, rows[i].entry, little, sizeof(little));
		CHECK("cut", strlen(little) < sizeof(little));
		CHECK("cut", !strncmp(little, rows[i].text, strlen(little)));
	}
	for (unsigned int mode = 0; mode < PAGING_MODES; mode++) {
		const struct paging *p = &paging_modes[mode];

		for (unsigned int level = 1; level <= p->levels; level++)
			CHECK_TEXT("level", paging_level_name(p, level), names[mode][level]);
	}
}

/* The bit of SME is neither address nor unknown. */
static void encrypted(void **state)
{
	struct paging p = paging_modes[PAGING_4LEVEL];
	char buf[64];

	(void)state;
	p.encryption = 1ull << 51;
	paging_flags(&p, 1, 0x8000012345063, buf, sizeof(buf));
	CHECK_TEXT("flags", buf, "present write accessed dirty encrypted");
	CHECK_NUMBER("page", paging_phys(&p, 1, 0x8000012345063), 0x12345000);
	CHECK_NUMBER("page without", paging_phys(&paging_modes[PAGING_4LEVEL], 1, 0x8000012345063),
		     0x8000012345000);
}

static void shapes(void **state)
{
	static const struct {
		unsigned int mode, level;
		uint64_t size;
		unsigned int entries;
	} rows[] = {
		{ PAGING_2LEVEL, 1, 1ull << 12, 1024 }, { PAGING_2LEVEL, 2, 1ull << 22, 1024 },
		{ PAGING_PAE, 1, 1ull << 12, 512 },	{ PAGING_PAE, 2, 1ull << 21, 512 },
		{ PAGING_PAE, 3, 1ull << 30, 4 },	{ PAGING_4LEVEL, 3, 1ull << 30, 512 },
		{ PAGING_4LEVEL, 4, 1ull << 39, 512 },	{ PAGING_5LEVEL, 5, 1ull << 48, 512 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct paging *p = &paging_modes[rows[i].mode];

		CHECK_NUMBER(p->name, paging_size(p, rows[i].level), rows[i].size);
		CHECK_NUMBER(p->name, paging_entries(p, rows[i].level), rows[i].entries);
		CHECK_NUMBER(p->name, paging_word(p), p->levels < 4 ? 4 : 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(encrypted),
		cmocka_unit_test(shapes),
	};

	return cmocka_run_group_tests_name("kernel/paging", tests, NULL, NULL);
}

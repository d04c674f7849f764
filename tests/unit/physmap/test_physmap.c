/* The cutting of one map out of several lists, and the reasons for which they may differ. */
/* Pieces are written as text, "start-end e820 kernel word", so that a whole map is one row. */
#include "unit.h"

#include "base/fmt.h"
#include "physmap/left.h"

#include <inttypes.h>

static const char *word(const struct physmap_piece *piece, enum physmap_source source)
{
	return piece->says[source] ? piece->says[source]->what : "-";
}

static void cutting(void **state)
{
	static const struct {
		const char *label;
		struct physmap_entry entries[6];
		const char *want;
	} rows[] = {
		{ "nothing", { { .what = "" } }, "" },
		{ "one",
		  { { { 1, 5 }, "a", 0, PHYSMAP_E820, true } },
		  "1-5 a -;" },
		{ "the same twice",
		  { { { 1, 5 }, "a", 0, PHYSMAP_E820, true }, { { 1, 5 }, "b", 0, PHYSMAP_KERNEL, true } },
		  "1-5 a b;" },
		{ "a hole between",
		  { { { 1, 5 }, "a", 0, PHYSMAP_E820, true }, { { 7, 9 }, "b", 0, PHYSMAP_KERNEL, true } },
		  "1-5 a -;7-9 - b;" },
		{ "half over",
		  { { { 1, 5 }, "a", 0, PHYSMAP_E820, true }, { { 3, 9 }, "b", 0, PHYSMAP_KERNEL, true } },
		  "1-3 a -;3-5 a b;5-9 - b;" },
		{ "inside",
		  { { { 0, 9 }, "a", 0, PHYSMAP_E820, true }, { { 3, 4 }, "b", 0, PHYSMAP_KERNEL, true } },
		  "0-3 a -;3-4 a b;4-9 a -;" },
		{ "the later of one source",
		  { { { 0, 9 }, "RAM", 0, PHYSMAP_KERNEL, true }, { { 3, 4 }, "code", 0, PHYSMAP_KERNEL, true } },
		  "0-3 - RAM;3-4 - code;4-9 - RAM;" },
		{ "the higher rank of one source",
		  { { { 0, 6 }, "two", 2, PHYSMAP_E820, false }, { { 3, 9 }, "one", 1, PHYSMAP_E820, true } },
		  "0-6 two -;6-9 one -;" },
		{ "out of order, empty, wrong",
		  { { { 7, 9 }, "c", 0, PHYSMAP_E820, true }, { { 4, 4 }, "x", 0, PHYSMAP_E820, true },
		    { { 5, 2 }, "y", 0, PHYSMAP_E820, true }, { { 1, 2 }, "a", 0, PHYSMAP_E820, true } },
		  "1-2 a -;7-9 c -;" },
		{ "to the end of addresses",
		  { { { 5, UINT64_MAX }, "a", 0, PHYSMAP_E820, true } },
		  "5-18446744073709551615 a -;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct physmap m = { 0 };
		struct physmap_piece piece = { 0 };
		char got[256] = "";
		size_t used = 0;

		for (size_t j = 0; j < ARRAY_LEN(rows[i].entries); j++)
			physmap_add(&m, &rows[i].entries[j]);
		while (physmap_next(&m, &piece))
			fmt_append(got, sizeof(got), &used, "%" PRIu64 "-%" PRIu64 " %s %s;", piece.phys.start,
				   piece.phys.end, word(&piece, PHYSMAP_E820), word(&piece, PHYSMAP_KERNEL));
		CHECK_TEXT(rows[i].label, got, rows[i].want);
		physmap_deinit(&m);
	}
}

static void overlaps(void **state)
{
	static const struct {
		const char *label;
		struct physmap_entry entries[4];
		size_t want;
	} rows[] = {
		{ "none", { { { 0, 4 }, "a", 0, PHYSMAP_E820, true }, { { 4, 8 }, "b", 0, PHYSMAP_E820, true } }, 0 },
		{ "one", { { { 0, 5 }, "a", 0, PHYSMAP_E820, true }, { { 4, 8 }, "b", 0, PHYSMAP_E820, true } }, 1 },
		{ "of one mind", { { { 0, 5 }, "a", 0, PHYSMAP_E820, true }, { { 4, 8 }, "a", 0, PHYSMAP_E820, true } }, 0 },
		{ "another source", { { { 0, 5 }, "a", 0, PHYSMAP_E820, true }, { { 4, 8 }, "b", 0, PHYSMAP_KERNEL, true } }, 0 },
		{ "three over each other",
		  { { { 0, 9 }, "a", 0, PHYSMAP_E820, true },
		    { { 1, 8 }, "b", 0, PHYSMAP_E820, true },
		    { { 2, 7 }, "c", 0, PHYSMAP_E820, true } },
		  3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct physmap m = { 0 };
		size_t a = 0, b = 0, got = 0;

		for (size_t j = 0; j < ARRAY_LEN(rows[i].entries); j++)
			physmap_add(&m, &rows[i].entries[j]);
		while (physmap_overlap(&m, PHYSMAP_E820, &a, &b)) {
			CHECK(rows[i].label, b - 1 < a && a < m.len);
			got++;
		}
		CHECK_NUMBER(rows[i].label, got, rows[i].want);
		physmap_deinit(&m);
	}
}

#define GIB (1ull << 30)
static const char ram[] = "System RAM", reserved[] = "Reserved";

/* What the firmware and the kernel say of one range, and the reason. */
static void reasons(void **state)
{
	static const struct {
		const char *label;
		struct range phys;
		const char *firmware, *kernel, *word; /* NULL: nothing */
		bool word_ram;
		struct left_facts facts;
		enum left want;
	} rows[] = {
		{ "of one mind", { 0x100000, 0x200000 }, ram, ram, .want = LEFT_NONE },
		{ "none of it RAM", { 0x100000, 0x200000 }, reserved, "PCI Bus", .want = LEFT_NONE },
		{ "page 0", { 0, 0x1000 }, ram, reserved, .want = LEFT_PAGE0 },
		{ "page 0 and more", { 0, 0x2000 }, ram, reserved, .want = LEFT_UNKNOWN },
		{ "video memory as RAM", { 0xa0000, 0x100000 }, ram, NULL, .want = LEFT_VIDEO },
		{ "mem=", { GIB, 2 * GIB }, ram, NULL, "mem=1G", .want = LEFT_WORD },
		{ "a word that says RAM", { GIB, 2 * GIB }, ram, NULL, "memmap=1G@1G", true, .want = LEFT_UNKNOWN },
		{ "no PAE", { 4 * GIB, 5 * GIB }, ram, NULL, .facts = { .kernel_end = 4 * GIB }, .want = LEFT_REACH },
		{ "above 4 GiB with PAE", { 4 * GIB, 5 * GIB }, ram, NULL, .facts = { .kernel_end = 9 * GIB },
		  .want = LEFT_UNKNOWN },
		{ "MTRR", { GIB, 2 * GIB }, ram, reserved, .facts = { .mtrr = true, .efi = true }, .want = LEFT_MTRR },
		{ "MTRR, but it is gone", { GIB, 2 * GIB }, ram, NULL, .facts = { .mtrr = true }, .want = LEFT_UNKNOWN },
		{ "EFI", { GIB, 2 * GIB }, ram, reserved, .facts = { .efi = true }, .want = LEFT_EFI },
		{ "EFI, not reserved", { GIB, 2 * GIB }, ram, NULL, .facts = { .efi = true }, .want = LEFT_UNKNOWN },
		{ "tables of the initramfs", { GIB, 2 * GIB }, ram, "ACPI Tables", .want = LEFT_ACPI },
		{ "nobody knows", { GIB, 2 * GIB }, ram, reserved, .want = LEFT_UNKNOWN },
		{ "a DIMM that came later", { 4 * GIB, 5 * GIB }, NULL, ram, .want = ADDED_LATER },
		{ "memory for dax", { GIB, 2 * GIB }, "Soft Reserved", ram, .want = ADDED_LATER },
		{ "memmap=@", { GIB, 2 * GIB }, NULL, ram, "memmap=1G@1G", true, .want = ADDED_WORD },
		{ "memmap=@ against the firmware", { GIB, 2 * GIB }, reserved, ram, "memmap=1G@1G", true,
		  .want = ADDED_AGAINST },
		{ "against the firmware", { GIB, 2 * GIB }, reserved, ram, .want = ADDED_AGAINST },
		{ "ACPI's, too", { GIB, 2 * GIB }, "ACPI Non-volatile Storage", ram, .want = ADDED_AGAINST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct physmap_entry entries[PHYSMAP_SOURCES] = {
			[PHYSMAP_E820] = { .what = rows[i].firmware, .ram = rows[i].firmware == ram },
			[PHYSMAP_KERNEL] = { .what = rows[i].kernel, .ram = rows[i].kernel == ram },
			[PHYSMAP_WORDS] = { .what = rows[i].word, .ram = rows[i].word_ram },
		};
		struct physmap_piece piece = { .phys = rows[i].phys };
		enum left got;

		for (unsigned int j = 0; j < PHYSMAP_SOURCES; j++)
			piece.says[j] = entries[j].what ? &entries[j] : NULL;
		got = left_reason(&piece, &rows[i].facts);
		CHECK_NUMBER(rows[i].label, got, rows[i].want);
		if (rows[i].word && (got == LEFT_WORD || got == ADDED_WORD || got == ADDED_AGAINST))
			CHECK_TEXT(rows[i].label, left_text(&piece, got), rows[i].word);
		else
			CHECK(rows[i].label, !left_text(&piece, got) == (got == LEFT_NONE));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cutting),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests_name("physmap/physmap", tests, NULL, NULL);
}

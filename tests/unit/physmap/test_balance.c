/* The balance: machines as lists of ranges, and the lines that come of them, which must add up. */
/* Lines are written as text, "=e820 1024;-page-0 4;", by name and KiB. */
#include "unit.h"

#include "base/fmt.h"
#include "physmap/balance.h"

#include <inttypes.h>

#define MIB (1ull << 20)

/* What a test machine is made of; ranges of pfns end with an empty one. */
struct machine {
	const char *label;
	struct physmap_entry map[8];
	struct range ram[4], array[2], reserved[4], holes[3];
	uint64_t dimms, offline, total, present;
	bool census, file;
	const char *want;
	int64_t unexplained;
	uint64_t rest; /* pages in no known place */
};

/* 16 MiB of RAM from 1 MiB on, and 640 KiB less an EBDA of 1 KiB. */
#define FIRMWARE \
	{ { 0, 0x9fc00 }, "System RAM", 1, PHYSMAP_E820, true }, \
	{ { 0x9fc00, 0xa0000 }, "Reserved", 2, PHYSMAP_E820, false }, \
	{ { MIB, 17 * MIB }, "System RAM", 1, PHYSMAP_E820, true }
#define KERNEL \
	{ { 0x1000, 0x9fc00 }, "System RAM", 0, PHYSMAP_KERNEL, true }, \
	{ { MIB, 17 * MIB }, "System RAM", 0, PHYSMAP_KERNEL, true }
#define RAM { { 1, 0x9f }, { 0x100, 0x1100 } }
#define UP_TO_RAM "=e820 17023;-page-0 4;-parts 3;=ram 17016;"

static const struct machine machines[] = {
	{ .label = "nothing known but the sums",
	  .map = { KERNEL }, .ram = RAM, .total = 4000, .present = 4254,
	  .want = "=ram 17016;-boot 1016;-unexplained 0;=total 16000;" },
	{ .label = "the firmware's map, too",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .total = 4000, .present = 4254,
	  .want = UP_TO_RAM "-boot 1016;-unexplained 0;=total 16000;" },
	{ .label = "sums, and RAM without struct pages",
	  .map = { KERNEL }, .ram = RAM, .total = 4000, .present = 4200,
	  .want = "=ram 17016;-no-page 216;-boot 800;-unexplained 0;=total 16000;" },
	{ .label = "one of the two sums",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .total = 4000, .want = UP_TO_RAM },
	{ .label = "neither",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .want = UP_TO_RAM },
	{ .label = "a census, all explained",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 3890,
	  .reserved = { { 0, 0x100 }, { 0x100, 0x1ce } }, .array = { { 0x180, 0x1ce } },
	  .want = UP_TO_RAM "-low 632;-page-array 312;-boot 512;-unexplained 0;=total 15560;", .rest = 128 },
	{ .label = "ten pages are missing",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4086, .reserved = { { 0, 0x100 } },
	  .want = UP_TO_RAM "-low 632;-unexplained 40;=total 16344;", .unexplained = 40 },
	{ .label = "ten too many",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4106, .reserved = { { 0, 0x100 } },
	  .offline = 3,
	  .want = UP_TO_RAM "-low 632;+unexplained 40;=total 16424;", .unexplained = -40 },
	{ .label = "a balloon has them",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4086, .reserved = { { 0, 0x100 } },
	  .offline = 10, .want = UP_TO_RAM "-low 632;-given 40;-unexplained 0;=total 16344;" },
	{ .label = "MemTotal minds some of a balloon",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4090, .reserved = { { 0, 0x100 } },
	  .offline = 10, .want = UP_TO_RAM "-low 632;-given 24;-unexplained 0;=total 16360;" },
	{ .label = "a balloon that MemTotal does not mind",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4096, .reserved = { { 0, 0x100 } },
	  .offline = 10, .want = UP_TO_RAM "-low 632;-unexplained 0;=total 16384;" },
	{ .label = "a section is offline",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .census = true, .total = 4000, .reserved = { { 0, 0x100 } },
	  .holes = { { 0x10a0, 0x2000 } },
	  .want = UP_TO_RAM "-no-page 384;-low 632;-unexplained 0;=total 16000;" },
	{ .label = "two words on the command line, one of them twice",
	  .map = { FIRMWARE, { { 0x1000, 0x9fc00 }, "System RAM", 0, PHYSMAP_KERNEL, true },
		   { { 2 * MIB, 8 * MIB }, "System RAM", 0, PHYSMAP_KERNEL, true },
		   { { MIB, 2 * MIB }, "memmap=1M$1M", 0, PHYSMAP_WORDS, false },
		   { { 8 * MIB, UINT64_MAX }, "mem=8M", 0, PHYSMAP_WORDS, false } },
	  .ram = { { 1, 0x9f }, { 0x200, 0x800 } },
	  .want = "=e820 17023;-page-0 4;-word 1024;-word 9216;-parts 3;=ram 6776;" },
	{ .label = "a word that takes from two pieces",
	  .map = { FIRMWARE, { { 0x1000, 0x10000 }, "System RAM", 0, PHYSMAP_KERNEL, true },
		   { { 0x10000, UINT64_MAX }, "mem=64K", 0, PHYSMAP_WORDS, false } },
	  .ram = { { 1, 0x10 } },
	  .want = "=e820 17023;-page-0 4;-word 16959;=ram 60;" },
	{ .label = "less than a KiB",
	  .map = { FIRMWARE, { { 0x1000, 0x9fc00 }, "System RAM", 0, PHYSMAP_KERNEL, true },
		   { { MIB, 2 * MIB }, "System RAM", 0, PHYSMAP_KERNEL, true },
		   { { 2 * MIB, 2 * MIB + 0x600 }, "memmap=1536$2M", 0, PHYSMAP_WORDS, false },
		   { { 2 * MIB + 0x600, 17 * MIB }, "System RAM", 0, PHYSMAP_KERNEL, true } },
	  .ram = { { 1, 0x9f }, { 0x100, 0x200 }, { 0x201, 0x1100 } },
	  .want = "=e820 17023;-page-0 4;-word 1;-parts 6;=ram 17012;" },
	{ .label = "memory that came later",
	  .map = { FIRMWARE, KERNEL, { { 32 * MIB, 40 * MIB }, "System RAM", 0, PHYSMAP_KERNEL, true } },
	  .ram = { { 1, 0x9f }, { 0x100, 0x1100 }, { 0x2000, 0x2800 } },
	  .want = "=e820 17023;-page-0 4;+added 8192;-parts 3;=ram 25208;" },
	{ .label = "DIMMs without addresses",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .dimms = 17408,
	  .want = "=dimms 17408;-kept 385;" UP_TO_RAM },
	{ .label = "DIMMs with addresses",
	  .map = { FIRMWARE, KERNEL, { { 0, 17 * MIB }, "DIMM", 0, PHYSMAP_DIMMS, true },
		   { { 4095 * MIB, 4096 * MIB }, "Reserved", 2, PHYSMAP_E820, false } },
	  .ram = RAM, .dimms = 17408,
	  .want = "=dimms 17408;-firmware 1;-firmware 384;" UP_TO_RAM },
	{ .label = "DIMMs with addresses that cannot be right",
	  .map = { FIRMWARE, KERNEL, { { 0, 16 * MIB }, "DIMM", 0, PHYSMAP_DIMMS, true } }, .ram = RAM, .dimms = 17408,
	  .want = "=dimms 17408;-kept 385;" UP_TO_RAM },
	{ .label = "DIMMs smaller than what the firmware calls RAM",
	  .map = { FIRMWARE, KERNEL }, .ram = RAM, .dimms = 16384,
	  .want = "=dimms 16384;+kept 639;" UP_TO_RAM },
	{ .label = "a file",
	  .ram = RAM, .census = true, .file = true, .reserved = { { 0, 0x100 } },
	  .want = "=ram 17016;-low 632;=left 16384;" },
};

static void fill(struct ranges *r, const struct range *list, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ranges_add(r, list[i].start, list[i].end);
}

static void balances(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		const struct machine *m = &machines[i];
		struct ranges ram = { 0 }, reserved = { 0 }, holes = { 0 }, places[KEPT_LEN] = { 0 };
		struct left_facts facts = { 0 };
		struct physmap map = { 0 };
		struct balance_in in = {
			.map = m->file ? NULL : &map, .facts = &facts, .ram = &ram, .dimms = m->dimms, .places = places,
			.offline = m->offline, .total = m->total, .present = m->present,
		};
		struct balance b;
		char got[256] = "";
		size_t used = 0;
		int64_t sum = 0;

		for (size_t j = 0; j < ARRAY_LEN(m->map); j++)
			physmap_add(&map, &m->map[j]);
		fill(&ram, m->ram, ARRAY_LEN(m->ram));
		fill(&reserved, m->reserved, ARRAY_LEN(m->reserved));
		fill(&holes, m->holes, ARRAY_LEN(m->holes));
		ranges_add(&places[KEPT_LOW], 0, 0x100);
		fill(&places[KEPT_ARRAY], m->array, ARRAY_LEN(m->array));
		if (m->census) {
			in.reserved = &reserved;
			in.holes = &holes;
		}
		balance_make(&in, &b);
		for (size_t j = 0; j < b.len; j++) {
			const struct balance_row *row = &b.rows[j];

			fmt_append(got, sizeof(got), &used, "%c%s %" PRIu64 ";", row->sign, row->name, row->kib);
			if (row->sign == '=' && j)
				CHECK_NUMBER(m->label, row->kib, (uint64_t)sum);
			sum = row->sign == '=' ? (int64_t)row->kib
			      : row->sign == '+' ? sum + (int64_t)row->kib : sum - (int64_t)row->kib;
		}
		CHECK_TEXT(m->label, got, m->want);
		CHECK_NUMBER(m->label, b.unexplained, m->unexplained);
		CHECK_NUMBER(m->label, ranges_sum(&b.rest), m->rest);
		CHECK(m->label, !b.bad);
		balance_deinit(&b);
		ranges_deinit(&ram);
		ranges_deinit(&reserved);
		ranges_deinit(&holes);
		for (size_t j = 0; j < KEPT_LEN; j++)
			ranges_deinit(&places[j]);
		physmap_deinit(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(balances),
	};

	return cmocka_run_group_tests_name("physmap/balance", tests, NULL, NULL);
}

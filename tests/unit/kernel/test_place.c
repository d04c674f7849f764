/* What /proc/iomem makes of a page: RAM, part RAM, claimed, listed, on no line. */
/* The lines are those of machines that were looked at. */
#include "unit.h"

#include "base/alloc.h"
#include "kernel/place.h"

static const char lines[] = "00000000-00000fff : Reserved\n"
			    "00001000-0009fbff : System RAM\n"
			    "0009fc00-0009ffff : Reserved\n"
			    "000a0000-000bffff : PCI Bus 0000:00\n"
			    "000f0000-000fffff : System ROM\n"
			    "00100000-bffdefff : System RAM\n"
			    "  01000000-01ffffff : Kernel code\n"
			    "bffdf000-bfffffff : ACPI Tables\n"
			    "c0000000-febfffff : PCI Bus 0000:00\n"
			    "  fd000000-fdffffff : 0000:00:02.0\n"
			    "    fd000000-fd0fffff : bochs-drm\n"
			    "  feb00000-feb7ffff : 0000:00:03.0\n"
			    "fec00000-fec003ff : IOAPIC 0\n"
			    "fed00000-fed003ff : HPET 0\n"
			    "fee00000-fee00fff : Local APIC\n"
			    "fffc0000-ffffffff : Reserved\n"
			    "100000000-13fffffff : System RAM\n"
			    "140000000-1400007ff : System RAM\n";

static void places(void **state)
{
	static const struct {
		uint64_t phys;
		enum place_kind kind;
		bool wraps;
	} rows[] = {
		{ 0, PLACE_CLAIMED, false },
		{ 0x1000, PLACE_RAM, false },
		{ 0x9f000, PLACE_PART_RAM, false },
		{ 0x9ffff, PLACE_PART_RAM, false },
		{ 0xa0000, PLACE_CLAIMED, false },
		{ 0xe0000, PLACE_UNLISTED, false },
		{ 0x100fff, PLACE_RAM, false },
		{ 0x1000000, PLACE_RAM, false },
		{ 0xbffdf000, PLACE_CLAIMED, false },
		{ 0xc0000000, PLACE_LISTED, false },
		{ 0xfd000000, PLACE_CLAIMED, false },
		{ 0xfd100000, PLACE_LISTED, false },
		{ 0xfeb00000, PLACE_LISTED, false },
		{ 0xfec00fff, PLACE_CLAIMED, false },
		{ 0xfec01000, PLACE_UNLISTED, false },
		{ 0xfed00000, PLACE_LISTED, false },
		{ 0xfee00000, PLACE_CLAIMED, false },
		{ 0xfffff000, PLACE_LISTED, false },
		{ 0x100000000, PLACE_RAM, true },
		{ 0x13ffff000, PLACE_RAM, true },
		{ 0x140000000, PLACE_PART_RAM, true },
		{ 0x1c0000000, PLACE_UNLISTED, false },
		{ 0x1fec00000, PLACE_UNLISTED, true },
		{ 0x1fec01000, PLACE_UNLISTED, false },
		{ UINT64_MAX, PLACE_UNLISTED, false },
	};
	struct err e = ERR_INIT;
	struct iomem iomem;
	char *text = alloc_zeroed(sizeof(lines));

	(void)state;
	memcpy(text, lines, sizeof(lines));
	assert_true(iomem_parse(text, sizeof(lines) - 1, &iomem, &e));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct place p = place_at(&iomem, rows[i].phys);
		char label[24];

		snprintf(label, sizeof(label), "0x%llx", (unsigned long long)rows[i].phys);
		CHECK_NUMBER(label, p.phys, rows[i].phys & ~0xfffull);
		CHECK_NUMBER(label, p.kind, rows[i].kind);
		CHECK_NUMBER(label, p.wraps, rows[i].wraps);
	}
	iomem_deinit(&iomem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests_name("kernel/place", tests, NULL, NULL);
}

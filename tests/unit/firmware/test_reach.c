/* What a pointer of the firmware may lead to: maps of real machines, and every kind of place that is no memory. */
/* Nothing is read here: the guard's word is what counts. */
#include "core.h"

#include "base/alloc.h"
#include "firmware/reach.h"

/* A PC of 3 GiB and more above 4 GiB, as e820 and /proc/iomem of one 6.1 kernel have it, shortened. */
static const struct {
	uint64_t start, end;
	const char *type;
} e820_rows[] = {
	{ 0, 0x9fc00, "System RAM" },
	{ 0x9fc00, 0xa0000, "Reserved" },
	{ 0xf0000, 0x100000, "Reserved" },
	{ 0x100000, 0xbff00400, "System RAM" },
	{ 0xbff00400, 0xbff10000, "ACPI Tables" },
	{ 0xbff10000, 0xbff20000, "Reserved" },
	{ 0xbff20000, 0xbff30000, "ACPI Non-volatile Storage" },
	{ 0xbff30000, 0xc0000000, "Reserved" },
	{ 0xd0000000, 0xd0010000, "ACPI Tables" },
	{ 0xd0010000, 0xd0020000, "Unusable memory" },
	{ 0xe0000000, 0xf0000000, "Reserved" },
	{ 0xfed00000, 0xfed01000, "Reserved" },
	{ 0xfee00000, 0xfee01000, "ACPI Tables" },
	{ 0xfffc0000, 0x100000000, "Reserved" },
	{ 0x100000000, 0x140000000, "System RAM" },
	{ 0x140000000, 0x140010000, "Reserved" },
};

static const char iomem_text[] =
	"00000000-00000fff : Reserved\n"
	"00001000-0009fbff : System RAM\n"
	"0009fc00-0009ffff : Reserved\n"
	"000f0000-000fffff : System ROM\n"
	"00100000-bff003ff : System RAM\n"
	"  01000000-01ffffff : Kernel code\n"
	"bff00400-bff0ffff : ACPI Tables\n"
	"bff10000-bff1ffff : Reserved\n"
	"bff20000-bff2ffff : ACPI Non-volatile Storage\n"
	"bff30000-bfffffff : Reserved\n"
	"  bff40000-bff47fff : BOOT0000:00\n"
	"  bff50000-bff50003 : ACPI PM1a_EVT_BLK\n"
	"  bff80000-bfffffff : Graphics Stolen Memory\n"
	"c0000000-febfffff : PCI Bus 0000:00\n"
	"  d0000000-d000ffff : ACPI Tables\n"
	"  e0000000-efffffff : PCI MMCONFIG 0000 [bus 00-ff]\n"
	"    e0000000-efffffff : Reserved\n"
	"fec00000-fec003ff : IOAPIC 0\n"
	"fed00000-fed003ff : HPET 0\n"
	"fee00000-fee00fff : Local APIC\n"
	"fffc0000-ffffffff : Reserved\n"
	"100000000-13fffffff : System RAM\n"
	"140000000-14000ffff : Reserved\n";

struct maps {
	struct mem mem;
	struct iomem iomem;
	struct e820_map e820;
	struct reach reach;
};

static void maps_init(struct maps *m)
{
	struct err e = ERR_INIT;
	char *text = alloc_zeroed(sizeof(iomem_text));

	memset(m, 0, sizeof(*m));
	memcpy(text, iomem_text, sizeof(iomem_text));
	assert_true(iomem_parse(text, sizeof(iomem_text) - 1, &m->iomem, &e));
	m->mem.live = true;
	guard_init(&m->mem.guard);
	assert_true(iomem_allow(&m->iomem, &m->mem.guard, &e));
	for (size_t i = 0; i < ARRAY_LEN(e820_rows); i++)
		m->e820.ranges[m->e820.len++] = (struct e820_range){
			.phys = { e820_rows[i].start, e820_rows[i].end }, .type = e820_rows[i].type };
	m->reach = (struct reach){ .mem = &m->mem, .iomem = &m->iomem, .e820 = &m->e820 };
}

static void places(void **state)
{
	static const struct {
		const char *label;
		uint64_t phys, len;
		const char *refused; /* what the message has in it; NULL: allowed */
	} rows[] = {
		{ "RAM", 0x200000, 4096, NULL },
		{ "BIOS", 0xf5a10, 400, NULL },
		{ "EBDA in a page that is part RAM", 0x9fc00, 1024, NULL },
		{ "video memory", 0xa0000, 1, "not touched" },
		{ "into video memory", 0x9fff0, 32, "not touched" },
		{ "ACPI tables in a page that is part RAM", 0xbff00400, 36, NULL },
		{ "all of the ACPI tables", 0xbff00400, 0xfc00, NULL },
		{ "reserved, above ACPI tables that hang on RAM", 0xbff10100, 100, NULL },
		{ "ACPI NVS", 0xbff20000, 64, NULL },
		{ "reserved, and nothing else there", 0xbff30000, 0x10000, NULL },
		{ "reserved, and coreboot's table, as its DSDT says", 0xbff40000, 0x8000, NULL },
		{ "reserved, and registers of ACPI", 0xbff50800, 4, "ACPI PM1a_EVT_BLK" },
		{ "reserved, and a device claims it", 0xbff80000, 4, "Graphics Stolen Memory" },
		{ "from one into the other", 0xbff7fff0, 32, "Graphics Stolen Memory" },
		{ "a BAR", 0xc0000000, 36, "PCI Bus 0000:00" },
		{ "ACPI tables that a bus window covers", 0xd0000000, 36, "PCI Bus 0000:00" },
		{ "MMCONFIG, which e820 reserves", 0xe0000000, 36, "is a device" },
		{ "I/O APIC", 0xfec00000, 36, "chipset" },
		{ "HPET", 0xfed00000, 36, "chipset" },
		{ "local APIC, whatever e820 calls it", 0xfee00000, 36, "chipset" },
		{ "flash, right below RAM", 0xfffc0000, 36, "chipset" },
		{ "RAM above 4 GiB", 0x100000000, 36, NULL },
		{ "reserved above 4 GiB", 0x140000000, 36, "not known to be memory" },
		{ "on no map", 0x200000000, 36, "does not have it" },
		{ "beyond what a CPU can address", PHYS_END - 8, 36, "not a piece" },
		{ "the last byte that there can be", UINT64_MAX, 1, "not a piece" },
		{ "wraps", UINT64_MAX - 8, 36, "not a piece" },
		{ "nothing", 0x200000, 0, "not a piece" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct maps m;
		struct err e = ERR_INIT;
		size_t before;
		bool good;

		maps_init(&m);
		before = m.mem.guard.len;
		good = reach_allow(&m.reach, rows[i].phys, rows[i].len, &e);
		CHECK_NUMBER(rows[i].label, good, rows[i].refused == NULL);
		if (good) {
			CHECK(rows[i].label, guard_check(&m.mem.guard, rows[i].phys, rows[i].len, GUARD_MAP, &e));
		} else {
			CHECK_NUMBER(rows[i].label, e.kind, ERR_GUARD);
			if (!strstr(e.msg, rows[i].refused))
				fail_msg("%s: %s", rows[i].label, e.msg);
			/* What was refused is on no list; what lies in front of it may be. */
			CHECK(rows[i].label, m.mem.guard.len <= before + 1);
		}
		iomem_deinit(&m.iomem);
	}
}

/* Where one of the maps is missing, or EFI has a word too. */
static void other_maps(void **state)
{
	static const struct range efi[] = { { 0xbff00000, 0xbff18000 }, { 0x140000000, 0x140008000 } };
	static const struct {
		const char *label;
		bool no_iomem, no_e820, efi;
		uint64_t phys;
		const char *refused;
	} rows[] = {
		{ "no iomem: RAM all the same", true, false, false, 0x200000, NULL },
		{ "no iomem: nothing else", true, false, false, 0xbff00400, "no /proc/iomem" },
		{ "no e820: nothing but the guard's", false, true, false, 0xbff00400, "no map of the firmware" },
		{ "EFI agrees", false, false, true, 0xbff10100, NULL },
		{ "EFI does not", false, false, true, 0xbff30000, "not known to be memory" },
		{ "EFI does not, but it is ACPI's", false, false, true, 0xbff20000, NULL },
		{ "EFI knows of memory above 4 GiB", false, false, true, 0x140000000, NULL },
		{ "and of its end", false, false, true, 0x140008000, "not known to be memory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct maps m;
		struct err e = ERR_INIT;
		bool good;

		maps_init(&m);
		if (rows[i].no_iomem)
			m.reach.iomem = NULL;
		if (rows[i].no_e820)
			m.reach.e820 = NULL;
		if (rows[i].efi) {
			m.reach.efi = efi;
			m.reach.efi_len = ARRAY_LEN(efi);
		}
		good = reach_allow(&m.reach, rows[i].phys, 36, &e);
		CHECK_NUMBER(rows[i].label, good, rows[i].refused == NULL);
		if (!good && !strstr(e.msg, rows[i].refused))
			fail_msg("%s: %s", rows[i].label, e.msg);
		iomem_deinit(&m.iomem);
	}
}

/* A page that is part RAM is for mmap alone: read() of it makes the kernel warn. */
static void mixed_page(void **state)
{
	static struct maps m;
	struct err e = ERR_INIT;

	(void)state;
	maps_init(&m);
	assert_true(reach_allow(&m.reach, 0xbff00400, 0x2000, &e));
	assert_false(guard_check(&m.mem.guard, 0xbff00400, 1, GUARD_READ, &e));
	assert_true(guard_check(&m.mem.guard, 0xbff01000, 1, GUARD_READ, &e));
	iomem_deinit(&m.iomem);
}

static uint64_t secret = 0x205000;

static uint64_t not_secret(void *arg, uint64_t phys, uint64_t end, struct err *e)
{
	assert_ptr_equal(arg, &secret);
	if (phys >= secret && phys < secret + PAGE_SIZE) {
		err_set(e, ERR_GUARD, "secret");
		return phys;
	}
	return phys < secret ? num_least(end, secret) : end;
}

static void safe_pages(void **state)
{
	static struct maps m;
	struct err e = ERR_INIT;

	(void)state;
	maps_init(&m);
	m.reach.safe = not_secret;
	m.reach.arg = &secret;
	assert_true(reach_allow(&m.reach, 0x204000, 0x1000, &e));
	assert_true(reach_allow(&m.reach, 0x206000, 0x1000, &e));
	assert_false(reach_allow(&m.reach, 0x204000, 0x1001, &e));
	assert_string_equal(e.msg, "secret");
	iomem_deinit(&m.iomem);
}

static void no_memory(void **state)
{
	struct reach r = { .mem = NULL };
	struct err e = ERR_INIT;
	uint8_t byte;

	(void)state;
	err_set(&r.no_memory, ERR_REFUSED, "locked down");
	assert_false(reach_read(&r, 0x200000, &byte, 1, &e));
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_string_equal(e.msg, "locked down");
}

static void limits(void **state)
{
	static struct core c;
	struct reach r;
	struct view v;
	struct err e = ERR_INIT;

	(void)state;
	core_init(&c, 4);
	core_put(&c, CORE_FREE, "abc", 3);
	core_open(&c);
	r = (struct reach){ .mem = &c.mem };
	assert_true(reach_load(&r, CORE_FREE, 3, &v, &e));
	assert_memory_equal(v.bytes, "abc", 3);
	assert_true(v.phys == CORE_FREE && v.len == 3);
	alloc_free((void *)v.bytes);
	/* Outside the file, one byte of it too. */
	assert_false(reach_load(&r, CORE_RAM_END - 2, 3, &v, &e));
	assert_int_equal(e.kind, ERR_GUARD);
	assert_false(reach_load(&r, CORE_FREE, 0, &v, &e));
	assert_int_equal(e.kind, ERR_GUARD);
	assert_false(reach_load(&r, CORE_FREE, 0xffffffff, &v, &e));
	assert_int_equal(e.kind, ERR_UNSUPPORTED);
	assert_true(reach_load(&r, CORE_FREE, REACH_TABLE_MAX, &v, &e));
	alloc_free((void *)v.bytes);
	assert_false(reach_load(&r, CORE_FREE, REACH_TABLE_MAX + 1, &v, &e));
	/* Circles end. */
	for (int i = 0; i < 15; i++) {
		assert_true(reach_load(&r, CORE_FREE, REACH_TABLE_MAX, &v, &e) || i == 14);
		if (i < 14)
			alloc_free((void *)v.bytes);
	}
	assert_int_equal(e.kind, ERR_UNSUPPORTED);
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),     cmocka_unit_test(other_maps), cmocka_unit_test(mixed_page),
		cmocka_unit_test(safe_pages), cmocka_unit_test(no_memory),  cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests_name("firmware/reach", tests, NULL, NULL);
}

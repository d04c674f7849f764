/* Bad memory: what counts it, and that no page of it is shown by any route. */
/* A file stands in for /proc/kpageflags; the kernel's own is asked on the booted board. */
#include "faults.h"
#include "unit.h"

#include "mem/poison.h"
#include "mem/touch.h"

#include <sys/mman.h>
#include <unistd.h>

#define BAD 0x3000ull
#define PAGES 0x700u /* of RAM: more than are asked about at once */
#define TOLD 0x680u /* and so many words has the file */

static uint8_t ram[PAGES * PAGE_SIZE];
static unsigned int shows;

static bool show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes, struct err *e)
{
	(void)m, (void)len, (void)e;
	shows++;
	*ret_bytes = ram + phys;
	return true;
}

static void hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)m, (void)bytes, (void)phys, (void)len;
}

static const struct mem_route by_map = { "map", "", GUARD_MAP, show, hide };
static const struct mem_route by_read = { "read", "", GUARD_READ, show, hide };
static const struct mem_route by_kcore = { "kcore", "", GUARD_KCORE, show, hide };

static void counted(void **state)
{
	static const struct {
		const char *label, *text;
		bool want;
	} rows[] = {
		{ "none", "MemTotal: 4 kB\nHardwareCorrupted:     0 kB\nX: 8 kB\n", false },
		{ "a page", "MemTotal: 4 kB\nHardwareCorrupted:     4 kB\n", true },
		{ "many", "HardwareCorrupted: 1048576 kB", true },
		{ "not configured", "MemTotal: 4 kB\nCorrupted: 4 kB\n", false },
		{ "no number", "HardwareCorrupted:", false },
		{ "too large", "HardwareCorrupted: 99999999999999999999 kB\n", false },
		{ "empty", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(rows[i].label, poison_is_counted(rows[i].text) == rows[i].want);
}

static void routes(void **state)
{
	static const struct {
		const char *label;
		uint64_t phys;
		size_t len;
		uint64_t bad; /* pfn */
		bool counts; /* /proc/meminfo does */
		bool want;
	} rows[] = {
		{ "before", BAD - 8, 8, BAD >> 12, true, true },
		{ "behind", BAD + PAGE_SIZE, 8, BAD >> 12, true, true },
		{ "its first byte", BAD - 8, 9, BAD >> 12, true, false },
		{ "its last byte", BAD + PAGE_SIZE - 1, 9, BAD >> 12, true, false },
		{ "inside", BAD + 0x800, 8, BAD >> 12, true, false },
		{ "around", 0x1000, 0x5000, BAD >> 12, true, false },
		{ "far on in a window", 0, 0x640 * PAGE_SIZE - 1, 0x63f, true, false },
		{ "the word before", 0x63d000, 0x2000, 0x63f, true, true },
		{ "behind the file's end", TOLD * PAGE_SIZE - 1, 2, BAD >> 12, true, true },
		{ "none is counted", BAD, 8, BAD >> 12, false, true },
	};
	const struct mem_route *const all[] = { &by_map, &by_read, &by_kcore };
	static uint8_t got[PAGES * PAGE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const uint64_t word = 1ull << 19 | 1ull << 5, others = ~(1ull << 19);
		struct mem m = { .fd = -1, .live = true, .has_flags = true };
		struct err e = ERR_INIT;

		m.flags_fd = memfd_create("kpageflags", MFD_CLOEXEC);
		for (uint64_t pfn = 0; pfn < TOLD; pfn++)
			assert_int_equal(pwrite(m.flags_fd, pfn == rows[i].bad ? &word : &others, 8,
						(off_t)pfn * 8), 8);
		m.poisoned = rows[i].counts;
		assert_true(guard_allow(&m.guard, 0, sizeof(ram), GUARD_RAM, &e));
		for (size_t j = 0; j < ARRAY_LEN(all); j++) {
			m.routes[m.routes_len++] = all[j];
			shows = 0;
			CHECK(rows[i].label, rows[i].want == mem_read_by(&m, all[j], rows[i].phys, got,
									 rows[i].len, &e));
			CHECK(rows[i].label, rows[i].want || (e.kind == ERR_GUARD &&
							      strstr(e.cause, "hwpoison")));
		}
		shows = 0;
		if (rows[i].len <= MEM_WINDOW_MAX) {
			struct mem_window w;

			CHECK(rows[i].label, rows[i].want == mem_window_open(&m, rows[i].phys,
									     rows[i].len, &w, &e));
			CHECK_NUMBER(rows[i].label, shows, rows[i].want);
		}
		mem_close(&m);
		assert_false(m.has_flags);
	}
}

static void load(void *arg)
{
	(void)*(volatile uint8_t *)arg;
}

/* None was counted at the start; after a fault it is asked about all the same. */
static void found_later(void **state)
{
	const uint64_t word = 1ull << 19;
	struct mem m = { .fd = -1, .live = true, .has_flags = true };
	struct err e = ERR_INIT;
	uint8_t got[8], *none = mmap(NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	faults_to_touch();
	m.routes[m.routes_len++] = &by_kcore;
	m.flags_fd = memfd_create("kpageflags", MFD_CLOEXEC);
	assert_int_equal(pwrite(m.flags_fd, &word, 8, BAD >> 12 << 3), 8);
	assert_true(guard_allow(&m.guard, 0, sizeof(ram), GUARD_RAM, &e));
	assert_true(mem_read(&m, BAD, got, sizeof(got), &e));
	assert_false(touch_faulted());
	assert_false(touch_run(load, none, &e));
	assert_true(touch_faulted());
	assert_false(mem_read(&m, BAD, got, sizeof(got), &e));
	CHECK_NUMBER("kind", e.kind, ERR_GUARD);
	assert_true(mem_read(&m, BAD - 8, got, sizeof(got), &e));
	mem_close(&m);
	munmap(none, PAGE_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),
		cmocka_unit_test(routes),
		cmocka_unit_test(found_later),
	};

	faults_to_touch();
	return cmocka_run_group_tests_name("mem/poison", tests, NULL, NULL);
}

/* What may be touched together, on a machine made by hand that passes for the live one. */
/* What a real kernel does with such pages is tested on the booted board. */
#include "core.h"

#include <sys/mman.h>
#include <unistd.h>

#include "cmd/safe.h"

#define GOOD 0xfu /* section_mem_map: present, map, online, early */
#define PAGES 0x4000 /* 64 MiB of RAM */
#define AT 0x1000 /* the page that each row is about; the first of a group of 64 */

static struct core c;
static struct context x;

/* A direct map in small pages around AT, or one of 1 GiB as core_init() makes it. */
static void machine(bool small, uint64_t hole)
{
	const struct core_page plain = { .flags = CORE_PG(CORE_RESERVED), .mapcount = -1 };

	core_init(&c, 4);
	core_section(&c, 0, c.vmemmap | GOOD);
	core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
	core_pages(&c, 0, PAGES, &plain);
	if (!small)
		return;
	core_put64(&c, core_entry(&c, c.direct, 3), 0);
	for (uint64_t at = 0; at < PAGES; at += 512)
		if (at != AT)
			core_map(&c, c.direct + at * PAGE_SIZE, at * PAGE_SIZE, 2, 0);
	for (uint64_t pfn = AT; pfn < AT + 512; pfn++)
		if (pfn != hole)
			core_map(&c, c.direct + pfn * PAGE_SIZE, pfn * PAGE_SIZE, 1, 0);
}

/* flags_fd: what stands for /proc/kpageflags, or -1. */
static void open_machine(int flags_fd)
{
	core_open_kernel(&c);
	x = (struct context){ .mem = c.mem, .kernel = c.kernel };
	x.kernel.pagetable.mem = &x.mem;
	x.kernel.pages.mem = &x.mem;
	x.kernel.pages.memmodel = &x.kernel.memmodel;
	x.mem.live = true;
	x.mem.has_flags = flags_fd >= 0;
	x.mem.flags_fd = flags_fd;
}

/* Splits pages [first, end) as a reader would: "1000-1003 1004! 1005-1040". */
static void split(uint64_t first, uint64_t end, enum guard_way way, char *buf, size_t size,
		  struct err *last)
{
	uint64_t at = first * PAGE_SIZE;
	size_t n = 0;

	buf[0] = '\0';
	while (at < end * PAGE_SIZE) {
		struct err e = ERR_INIT;
		uint64_t next = safe_piece(&x, at, end * PAGE_SIZE, way, &e);
		bool good = next > at;

		if (!good) {
			CHECK_NUMBER("kind", e.kind, ERR_GUARD);
			*last = e;
			next = at + PAGE_SIZE;
		}
		n += (size_t)snprintf(buf + n, size - n, good ? "%s%llx-%llx" : "%s%llx!",
				      n ? " " : "", (unsigned long long)at / PAGE_SIZE,
				      (unsigned long long)next / PAGE_SIZE);
		at = next;
	}
}

static void by_struct_pages(void **state)
{
	static const struct {
		const char *label;
		uint64_t flags;
		int32_t type;
		const char *want, *cause;
	} rows[] = {
		{ "plain", 0, -1, "1000-1006", "" },
		{ "hwpoison", CORE_PG(CORE_HWPOISON), -1, "1000-1003 1003! 1004-1006", "hwpoison" },
		{ "given back", 0, CORE_OFFLINE, "1000-1003 1003! 1004-1006", "given back" },
		{ "a page table", 0, CORE_TABLE, "1000-1006", "" },
		{ "write-combining", CORE_PG(11), -1, "1000-1003 1003-1004 1004-1006", "" },
		{ "uncached", CORE_PG(CORE_UNCACHED), -1, "1000-1003 1003-1004 1004-1006", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct core_page page = { .flags = rows[i].flags, .mapcount = rows[i].type };
		struct err last = ERR_INIT;
		char got[160];

		machine(false, 0);
		core_page(&c, AT + 3, &page);
		open_machine(-1);
		split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
		CHECK_TEXT(rows[i].label, got, rows[i].want);
		CHECK(rows[i].label, strstr(last.cause, rows[i].cause) != NULL);
		core_deinit(&c);
	}
}

/* What 6.1 does not have: pages that are not accepted yet; and no account of cache types. */
static void other_layouts(void **state)
{
	const struct core_page page = { .flags = CORE_PG(11), .mapcount = -4097 };
	struct err last = ERR_INIT;
	struct page_layout *l = &x.kernel.layout;
	char got[160];

	(void)state;
	machine(false, 0);
	core_page(&c, AT + 3, &page);
	open_machine(-1);
	split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("a type that is not known", got, "1000-1003 1003-1004 1004-1006");
	l->flag_bit[l->cache_flag[1]] = BIT_ABSENT;
	split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("no account of cache types", got, "1000-1006");
	l->type_mask[PT_UNACCEPTED] = 0xf0001000;
	l->type_value[PT_UNACCEPTED] = 0xf0000000;
	split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("not accepted", got, "1000-1003 1003! 1004-1006");
	assert_non_null(strstr(last.cause, "accepted"));
	core_deinit(&c);
}

static void direct_map_holes(void **state)
{
	struct err last = ERR_INIT;
	char got[160];

	(void)state;
	machine(true, AT + 3);
	open_machine(-1);
	split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("hole", got, "1000-1003 1003! 1004-1006");
	assert_non_null(strstr(last.cause, "unmapped"));
	/* The same when what is whole is remembered. */
	x.safe.keep = true;
	for (int i = 0; i < 2; i++) {
		split(AT, AT + 6, GUARD_READ, got, sizeof(got), &last);
		CHECK_TEXT("remembered", got, "1000-1003 1003! 1004-1006");
	}
	/* Named as safe: the hole is no reason, and what follows is asked about all the same. */
	x.safe = (struct safe_state){ 0 };
	x.override = (struct range){ (AT + 3) * PAGE_SIZE, (AT + 4) * PAGE_SIZE };
	split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("named", got, "1000-1004 1004-1006");
	core_deinit(&c);
}

static void named_as_safe(void **state)
{
	const struct core_page bad = { .flags = CORE_PG(CORE_HWPOISON), .mapcount = -1 };
	const struct core_page given = { .mapcount = CORE_OFFLINE };
	struct err e = ERR_INIT, last = ERR_INIT;
	char got[160];

	(void)state;
	machine(false, 0);
	core_page(&c, AT + 1, &given);
	core_page(&c, AT + 2, &bad);
	open_machine(-1);
	x.override = (struct range){ AT * PAGE_SIZE, (AT + 3) * PAGE_SIZE };
	split(AT, AT + 4, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("bad memory stays closed", got, "1000-1002 1002! 1003-1004");
	/* Behind RAM, and not on a page's start. */
	x.override = (struct range){ PAGES * PAGE_SIZE, (PAGES + 2) * PAGE_SIZE };
	assert_true(guard_allow(&x.mem.guard, x.override.start, x.override.end, GUARD_NAMED, &e));
	split(PAGES - 1, PAGES + 3, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("behind RAM", got, "3fff-4000 4000-4002 4002!");
	CHECK_NUMBER("inside a page",
		     safe_piece(&x, PAGES * PAGE_SIZE + 5, PAGES * PAGE_SIZE + 9, GUARD_MAP, &e),
		     PAGES * PAGE_SIZE + 9);
	split(PAGES, PAGES + 1, GUARD_READ, got, sizeof(got), &last);
	CHECK_TEXT("by read", got, "4000!");
	core_deinit(&c);
}

/* /proc/kpageflags in the second place, by its bits: Documentation/admin-guide/mm/pagemap.rst. */
static void by_kpageflags(void **state)
{
	static const struct {
		const char *label;
		unsigned int bit;
		const char *want, *cause;
	} rows[] = {
		{ "nothing special", 5, "1000-1006", "" },
		{ "hwpoison", 19, "1000-1003 1003! 1004-1006", "hwpoison" },
		{ "no page", 20, "1000-1003 1003! 1004-1006", "online" },
		{ "offline", 23, "1000-1003 1003! 1004-1006", "given back" },
		{ "uncached", 39, "1000-1003 1003-1004 1004-1006", "" },
		{ "PG_arch_1", 38, "1000-1003 1003-1004 1004-1006", "" },
		{ "PG_arch_2", 41, "1000-1003 1003-1004 1004-1006", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t word = 1ull << rows[i].bit;
		int fd = memfd_create("kpageflags", MFD_CLOEXEC);
		struct err last = ERR_INIT;
		char got[160];

		machine(false, 0);
		open_machine(fd);
		assert_return_code(ftruncate(fd, PAGES * 8), 0);
		assert_int_equal(pwrite(fd, &word, 8, (AT + 3) * 8), 8);
		x.kernel.is_open = false;
		split(AT, AT + 6, GUARD_MAP, got, sizeof(got), &last);
		CHECK_TEXT(rows[i].label, got, rows[i].want);
		CHECK(rows[i].label, strstr(last.cause, rows[i].cause) != NULL);
		/* Neither source: no page of RAM. */
		x.mem.has_flags = false;
		split(AT, AT + 2, GUARD_MAP, got, sizeof(got), &last);
		CHECK_TEXT("neither", got, "1000! 1001!");
		CHECK("neither", last.hint[0]);
		close(fd);
		core_deinit(&c);
	}
}

/* Sections: one that is not online, and one that went offline after the start. */
static void sections(void **state)
{
	static const struct range ram = { 0, 0x8400000 }; /* 4 MiB more than a section */
	const struct core_page plain = { .flags = CORE_PG(CORE_RESERVED), .mapcount = -1 };
	const uint64_t next = CORE_SECTION_PAGES, word = 1ull << 20;
	int fd = memfd_create("kpageflags", MFD_CLOEXEC);
	struct err last = ERR_INIT;
	char got[160];

	(void)state;
	core_init_ram(&c, 4, &ram, 1, 0);
	core_section(&c, 0, c.vmemmap | GOOD);
	core_section(&c, 1, c.vmemmap | 3);
	core_map(&c, c.vmemmap, CORE_FREE, 2, 0);
	core_pages(&c, 0, next, &plain);
	open_machine(fd);
	split(next - 2, next + 2, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("not online", got, "7ffe-8000 8000! 8001!");
	assert_non_null(strstr(last.cause, "online"));
	split(AT, AT + 2, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("online", got, "1000-1002");
	assert_int_equal(pwrite(fd, &word, 8, AT * 8), 8);
	split(AT, AT + 2, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("gone offline", got, "1000! 1001-1002");
	close(fd);
	core_deinit(&c);
}

/* Page 0 and the ROMs are on the guard's list and in no struct page's account: nothing is asked. */
static void no_ram(void **state)
{
	static const struct range ram = { 0x1000, CORE_RAM_END };
	struct err e = ERR_INIT, last = ERR_INIT;
	char got[160];

	(void)state;
	core_init_ram(&c, 4, &ram, 1, 0);
	core_section(&c, 0, c.vmemmap | GOOD);
	open_machine(-1);
	assert_true(guard_allow(&x.mem.guard, 0, 0x1000, GUARD_LOW, &e));
	split(0, 2, GUARD_MAP, got, sizeof(got), &last);
	CHECK_TEXT("page 0, and RAM of which nothing is known", got, "0-1 1!");
	core_deinit(&c);
}

/* A file is what it is; no range is too long. */
static void whole(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	machine(false, 0);
	open_machine(-1);
	/* So many as are asked about together, up to a multiple of their number. */
	CHECK_NUMBER("64", safe_piece(&x, AT * PAGE_SIZE, UINT64_MAX, GUARD_MAP, &e),
		     (AT + 64) * PAGE_SIZE);
	CHECK_NUMBER("63", safe_piece(&x, (AT + 1) * PAGE_SIZE + 7, UINT64_MAX, GUARD_MAP, &e),
		     (AT + 64) * PAGE_SIZE);
	CHECK_NUMBER("none", safe_piece(&x, UINT64_MAX - 5, UINT64_MAX, GUARD_MAP, &e),
		     UINT64_MAX - 5);
	x.mem.live = false;
	CHECK_NUMBER("file", safe_piece(&x, AT * PAGE_SIZE, UINT64_MAX, GUARD_MAP, &e),
		     PAGES * PAGE_SIZE);
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_struct_pages), cmocka_unit_test(direct_map_holes),
		cmocka_unit_test(named_as_safe),   cmocka_unit_test(by_kpageflags),
		cmocka_unit_test(other_layouts),   cmocka_unit_test(no_ram),
		cmocka_unit_test(sections),	   cmocka_unit_test(whole),
	};

	return cmocka_run_group_tests_name("cmd/safe", tests, NULL, NULL);
}

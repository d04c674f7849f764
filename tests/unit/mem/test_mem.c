/* The routes: their order, the guard in front of all of them, refusals, faults. */
/* A file stands in for /dev/mem: what the device itself answers is seen on the booted board. */
#include "faults.h"
#include "unit.h"

#include "mem/mem.h"
#include "mem/refusal.h"
#include "mem/touch.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM_END 0x10000u /* the guard's; the file is longer */
#define FILE_END 0x20000u

/* Routes that remember what they were asked, and answer as told. */
static struct {
	unsigned int shows, hides;
	uint64_t last_phys;
	size_t last_len;
	int os; /* refuse with it, when not 0 */
} asked[2];
static uint8_t ram[RAM_END];

static bool fake_show(unsigned int which, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	asked[which].shows++;
	asked[which].last_phys = phys;
	asked[which].last_len = len;
	if (asked[which].os) {
		err_sys(e, asked[which].os, "no%u", which);
		e->kind = ERR_REFUSED;
		return err_cause(e, "cause%u", which);
	}
	*ret_bytes = ram + phys;
	return true;
}

static bool show0(struct mem *m, uint64_t phys, size_t len, const uint8_t **bytes, struct err *e)
{
	(void)m;
	return fake_show(0, phys, len, bytes, e);
}

static bool show1(struct mem *m, uint64_t phys, size_t len, const uint8_t **bytes, struct err *e)
{
	(void)m;
	return fake_show(1, phys, len, bytes, e);
}

static void hide0(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)m, (void)len;
	assert_ptr_equal(bytes, ram + phys);
	asked[0].hides++;
}

static void hide1(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)m, (void)len;
	assert_ptr_equal(bytes, ram + phys);
	asked[1].hides++;
}

static const struct mem_route first = { "first", "", GUARD_MAP, show0, hide0 };
static const struct mem_route second = { "second", "", GUARD_READ, show1, hide1 };

/* 0-0xe000 RAM, 0xe000-0xf000 part RAM, 0xf000-0x10000 RAM. */
static void allow(struct mem *m)
{
	struct err e = ERR_INIT;

	assert_true(guard_allow(&m->guard, 0, 0xe000, GUARD_RAM, &e));
	assert_true(guard_allow(&m->guard, 0xe000, 0xf000, GUARD_LOW_MIXED, &e));
	assert_true(guard_allow(&m->guard, 0xf000, RAM_END, GUARD_RAM, &e));
}

static void open_fake(struct mem *m)
{
	memset(m, 0, sizeof(*m));
	memset(asked, 0, sizeof(asked));
	m->fd = -1;
	m->routes[0] = &first;
	m->routes[1] = &second;
	m->routes_len = 2;
	allow(m);
	for (size_t i = 0; i < sizeof(ram); i++)
		ram[i] = (uint8_t)(i * 31 + (i >> 8));
}

static void order_of_routes(void **state)
{
	static const struct {
		const char *label;
		uint64_t phys;
		size_t len;
		int refuse0, refuse1;
		enum err_kind kind;
		unsigned int asked0, asked1;
		uint64_t served0, served1;
		const char *says; /* in the message */
		const char *cause;
	} rows[] = {
		{ "first serves", 0x1000, 8, 0, 0, ERR_NONE, 1, 0, 8, 0, "", "" },
		{ "second serves", 0x1000, 8, EINVAL, 0, ERR_NONE, 1, 1, 0, 8, "", "" },
		{ "both refuse", 0x1000, 8, EINVAL, EPERM, ERR_REFUSED, 1, 1, 0, 0,
		  "first at 0x1000: no0: EINVAL Invalid argument; second at 0x1000: no1: EPERM "
		  "Operation not "
		  "permitted",
		  "cause0" },
		{ "guard", 0x10000, 8, 0, 0, ERR_GUARD, 0, 0, 0, 0,
		  "page at 0x10000 not touched", "not a whole page" },
		{ "guard in the middle", 0xfffc, 8, 0, 0, ERR_GUARD, 1, 0, 4, 0,
		  "page at 0x10000 not touched", "not a whole page" },
		{ "mixed page", 0xe010, 8, 0, 0, ERR_NONE, 1, 0, 8, 0, "", "" },
		{ "mixed page, first refuses", 0xe010, 8, EINVAL, 0, ERR_REFUSED, 1, 0, 0, 0,
		  "no0: EINVAL Invalid argument; page at 0xe000 not touched", "cause0" },
		{ "no bytes", 0x1000, 0, 0, 0, ERR_NONE, 0, 0, 0, 0, "", "" },
		{ "three pages", 0x0ffe, 0x1004, 0, 0, ERR_NONE, 3, 0, 0x1004, 0, "", "" },
		{ "wraps", UINT64_MAX, 2, 0, 0, ERR_GUARD, 0, 0, 0, 0, "not a piece of memory",
		  "" },
		{ "far", 1ull << 63, 2, 0, 0, ERR_GUARD, 0, 0, 0, 0, "0x8000000000000000", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static uint8_t got[RAM_END];
		struct err e = ERR_INIT;
		struct mem m;

		open_fake(&m);
		asked[0].os = rows[i].refuse0;
		asked[1].os = rows[i].refuse1;
		CHECK(rows[i].label, mem_read(&m, rows[i].phys, got, rows[i].len, &e) ==
					 (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, asked[0].shows, rows[i].asked0);
		CHECK_NUMBER(rows[i].label, asked[1].shows, rows[i].asked1);
		CHECK_NUMBER(rows[i].label, m.served[0], rows[i].served0);
		CHECK_NUMBER(rows[i].label, m.served[1], rows[i].served1);
		if (rows[i].kind == ERR_NONE) {
			assert_memory_equal(got, ram + rows[i].phys, rows[i].len);
			continue;
		}
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (!strstr(e.msg, rows[i].says) || !strstr(e.cause, rows[i].cause))
			fail_msg("%s: \"%s\", \"%s\"", rows[i].label, e.msg, e.cause);
		if (rows[i].kind == ERR_REFUSED)
			CHECK_NUMBER(rows[i].label, (uint64_t)e.os, EINVAL);
	}
}

/* What the kernel said outweighs what the guard said, whichever came first. */
static void kernel_over_guard(void **state)
{
	struct err e = ERR_INIT;
	uint8_t byte;
	struct mem m;

	(void)state;
	open_fake(&m);
	m.routes[0] = &second;
	m.routes[1] = &first;
	asked[0].os = EPERM;
	assert_false(mem_read(&m, 0xe000, &byte, 1, &e));
	CHECK_NUMBER("kind", e.kind, ERR_REFUSED);
	CHECK_NUMBER("errno", (uint64_t)e.os, EPERM);
	CHECK_TEXT("cause", e.cause, "cause0");
	CHECK("both are named", strstr(e.msg, "not touched; first at 0xe000: no0"));
}

/* A better way that did not open is named beside the one that did not serve. */
static void unopened_too(void **state)
{
	struct err e = ERR_INIT;
	uint8_t byte;
	struct mem m;

	(void)state;
	open_fake(&m);
	m.routes[0] = &second;
	m.routes_len = 1;
	err_set(&e, ERR_REFUSED, "/dev/mem: no");
	err_cause(&e, "locked down");
	err_hint(&e, "unlock");
	refusal_note(&m, &first, true, 0, &e);
	asked[1].os = EPERM;
	assert_false(mem_read(&m, 0x1000, &byte, 1, &e));
	CHECK("both are named", strstr(e.msg, "/dev/mem: no; second at 0x1000: no1"));
	CHECK("both causes", strstr(e.cause, "locked down; "));
	CHECK_TEXT("what helps", e.hint, "unlock");
	/* What ramscope itself refuses, it would refuse then as well. */
	assert_false(mem_read(&m, 0x10000, &byte, 1, &e));
	CHECK_NUMBER("guard", e.kind, ERR_GUARD);
	CHECK("only its words", !strstr(e.msg, "/dev/mem"));
}

static void one_route_only(void **state)
{
	struct err e = ERR_INIT;
	uint8_t byte = 0;
	struct mem m;

	(void)state;
	open_fake(&m);
	assert_true(mem_read_by(&m, &second, 0x1234, &byte, 1, &e));
	CHECK_NUMBER("byte", byte, ram[0x1234]);
	CHECK_NUMBER("first not asked", asked[0].shows, 0);
	CHECK_NUMBER("served", m.served[1], 1);
	asked[1].os = EPERM;
	assert_false(mem_read_by(&m, &second, 0x1234, &byte, 1, &e));
	CHECK_NUMBER("first not asked", asked[0].shows, 0);
	assert_false(mem_read_by(&m, &second, 0xe000, &byte, 1, &e));
	CHECK_NUMBER("guard", e.kind, ERR_GUARD);
	CHECK_NUMBER("asked no more", asked[1].shows, 2);
	CHECK_NUMBER("hidden again", asked[1].hides, 1);
}

static void windows(void **state)
{
	struct mem_window w = { { NULL, 0, 0 }, NULL };
	struct err e = ERR_INIT;
	struct mem m;

	(void)state;
	open_fake(&m);
	assert_true(mem_window_open(&m, 0x1ff0, 0x3000, &w, &e));
	CHECK_NUMBER("in one piece", asked[0].shows, 1);
	CHECK_NUMBER("length", asked[0].last_len, 0x3000);
	CHECK_NUMBER("phys", w.view.phys, 0x1ff0);
	assert_ptr_equal(w.view.bytes, ram + 0x1ff0);
	mem_window_close(&m, &w);
	CHECK_NUMBER("closed", asked[0].hides, 1);
	asked[0].os = EINVAL;
	assert_true(mem_window_open(&m, 0x1000, 0x1000, &w, &e));
	assert_ptr_equal(w.route, &second);
	mem_window_close(&m, &w);
	CHECK_NUMBER("closed by its own route", asked[1].hides, 1);
	assert_false(mem_window_open(&m, 0xd000, 0x2000, &w, &e));
	CHECK_NUMBER("second never asked for the mixed page", asked[1].shows, 1);
	assert_false(mem_window_open(&m, 0xd000, RAM_END, &w, &e));
	CHECK_NUMBER("out of the guard", e.kind, ERR_GUARD);
}

/* The two live routes on a file of FILE_END bytes. */
static int open_live(struct mem *m, const struct mem_route *route)
{
	int fd = memfd_create("ramscope-unit", 0);

	memset(m, 0, sizeof(*m));
	assert_true(fd >= 0);
	for (unsigned int i = 0; i < FILE_END / PAGE_SIZE; i++) {
		uint8_t page[PAGE_SIZE];

		memset(page, (int)(0x40 + i), sizeof(page));
		assert_int_equal(write(fd, page, sizeof(page)), sizeof(page));
	}
	m->live = true;
	m->fd = fd;
	m->routes[0] = route;
	m->routes_len = 1;
	allow(m);
	return fd;
}

static void live_routes(void **state)
{
	const struct mem_route *const routes[] = { &mem_route_mmap, &mem_route_read };

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(routes); r++) {
		const char *label = routes[r]->name;
		struct err e = ERR_INIT;
		struct mem_window w, again;
		uint8_t got[3];
		struct mem m;

		open_live(&m, routes[r]);
		CHECK(label, mem_read(&m, 0x2fff, got, 3, &e));
		CHECK_NUMBER(label, got[0], 0x42);
		CHECK_NUMBER(label, got[2], 0x43);
		CHECK(label, mem_window_open(&m, 0x1001, 0x4fff, &w, &e));
		CHECK_NUMBER(label, w.view.bytes[0], 0x41);
		CHECK_NUMBER(label, w.view.bytes[0xfff], 0x42);
		CHECK_NUMBER(label, w.view.bytes[0x4ffe], 0x45);
		/* One buffer: a second window by read() would change what the first shows. */
		CHECK(label, mem_window_open(&m, 0, 1, &again, &e) == (r == 0));
		if (r == 0)
			mem_window_close(&m, &again);
		CHECK_NUMBER(label, w.view.bytes[0], 0x41);
		mem_window_close(&m, &w);
		CHECK(label, mem_window_open(&m, 0, 1, &again, &e));
		mem_window_close(&m, &again);
		mem_close(&m);
	}
}

/* The guard lies: the file ends earlier. A mapping faults, read() comes back empty. */
static void file_gone(void **state)
{
	const struct {
		const struct mem_route *route;
		enum err_kind kind;
		const char *says;
	} rows[] = {
		{ &mem_route_mmap, ERR_FAULT, "mmap at 0x3000: SIGBUS" },
		{ &mem_route_read, ERR_REFUSED, "read at 0x3000: /dev/mem: end of file" },
	};

	(void)state;
	faults_to_touch();
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		const char *label = rows[r].route->name;
		struct err e = ERR_INIT;
		uint8_t got[2 * PAGE_SIZE];
		struct mem m;
		int fd = open_live(&m, rows[r].route);

		assert_return_code(ftruncate(fd, 0x3000), 0);
		CHECK(label, mem_read(&m, 0x2000, got, PAGE_SIZE, &e));
		CHECK(label, !mem_read(&m, 0x2000, got, sizeof(got), &e));
		CHECK_NUMBER(label, e.kind, rows[r].kind);
		CHECK(label, strstr(e.msg, rows[r].says) == e.msg);
		CHECK(label, mem_read(&m, 0x2000, got, PAGE_SIZE, &e));
		mem_close(&m);
	}
}

/* A page that faulted is left alone by the other routes: the kernel would fault in their place. */
static void fault_is_final(void **state)
{
	struct err e = ERR_INIT;
	uint8_t got[2 * PAGE_SIZE];
	struct mem m;
	int fd = open_live(&m, &mem_route_mmap);

	(void)state;
	faults_to_touch();
	memset(asked, 0, sizeof(asked));
	m.routes[m.routes_len++] = &second;
	assert_return_code(ftruncate(fd, 0x3000), 0);
	assert_false(mem_read(&m, 0x2000, got, sizeof(got), &e));
	CHECK_NUMBER("kind", e.kind, ERR_FAULT);
	CHECK_NUMBER("the other was not asked", asked[1].shows, 0);
	assert_true(mem_read(&m, 0x1000, got, sizeof(got), &e));
	/* A refusal is not final. */
	close(fd);
	m.fd = -1;
	assert_true(mem_read(&m, 0x3000, got, PAGE_SIZE, &e));
	CHECK_NUMBER("the other was asked", asked[1].shows, 1);
	mem_close(&m);
}

/* Shown while it was there, gone when it is touched. */
static void window_gone(void **state)
{
	struct err e = ERR_INIT;
	struct mem_window w;
	uint8_t got[16];
	struct mem m;
	int fd = open_live(&m, &mem_route_mmap);

	(void)state;
	faults_to_touch();
	assert_true(mem_window_open(&m, 0x1000, 0x4000, &w, &e));
	assert_true(touch_copy(got, w.view.bytes + 0x3000, sizeof(got), &e));
	assert_return_code(ftruncate(fd, 0x3000), 0);
	assert_false(touch_copy(got, w.view.bytes + 0x3000, sizeof(got), &e));
	CHECK_NUMBER("kind", e.kind, ERR_FAULT);
	assert_true(touch_copy(got, w.view.bytes + 0x1000, sizeof(got), &e));
	mem_window_close(&m, &w);
	mem_close(&m);
}

static void refusals(void **state)
{
	static const struct {
		const char *label;
		const struct mem_route *route;
		uint64_t phys;
		size_t len;
		int os;
	} rows[] = {
		{ "mmap, no such file", &mem_route_mmap, 0x1000, 8, EBADF },
		{ "read, no such file", &mem_route_read, 0x1000, 8, EBADF },
		{ "mmap beyond off_t", &mem_route_mmap, 1ull << 63, 8, EINVAL },
		{ "read beyond off_t", &mem_route_read, 1ull << 63, 8, EFAULT },
		{ "read across off_t", &mem_route_read, (1ull << 63) - 4, 8, EFAULT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint8_t got[8];
		struct mem m = { .fd = -1, .live = true };

		m.routes[m.routes_len++] = rows[i].route;
		assert_true(guard_allow(&m.guard, 0, UINT64_MAX & PAGE_MASK, GUARD_RAM, &e));
		CHECK(rows[i].label, !mem_read(&m, rows[i].phys, got, rows[i].len, &e));
		CHECK_NUMBER(rows[i].label, e.kind, ERR_REFUSED);
		CHECK_NUMBER(rows[i].label, (uint64_t)e.os, (uint64_t)rows[i].os);
		mem_close(&m);
	}
}

static void methods(void **state)
{
	struct err e = ERR_INIT;
	struct mem m;

	(void)state;
	assert_false(mem_open_live(&m, "kcor", NULL, &e));
	CHECK_NUMBER("unknown", e.kind, ERR_USAGE);
	assert_false(mem_open_live(&m, "", NULL, &e));
	CHECK_NUMBER("none", e.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_routes), cmocka_unit_test(unopened_too), cmocka_unit_test(kernel_over_guard),
		cmocka_unit_test(one_route_only),  cmocka_unit_test(windows),
		cmocka_unit_test(live_routes),	   cmocka_unit_test(file_gone),
		cmocka_unit_test(fault_is_final),  cmocka_unit_test(window_gone),
		cmocka_unit_test(refusals),
		cmocka_unit_test(methods),
	};

	faults_to_touch();
	return cmocka_run_group_tests_name("mem/mem", tests, NULL, NULL);
}

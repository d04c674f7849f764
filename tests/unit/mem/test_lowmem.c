/* The first MiB: pages that are given, withheld, refused, not there. */
/* The routes are made up; the real ones are tried on the booted board. */
#include "unit.h"

#include "base/alloc.h"
#include "mem/lowmem.h"

#include <errno.h>

static uint8_t ram[LOW_END + PAGE_SIZE];

static struct {
	bool closed;	      /* mmap is refused with EINVAL */
	bool strict;	      /* read() gives zeros for RAM below 1 MiB and EPERM above */
	uint64_t refused;     /* a page that is refused with EACCES; 1 for none */
	uint64_t least, most; /* addresses asked for */
} kernel;

static bool refuse(int os, struct err *e)
{
	err_sys(e, os, "/dev/mem");
	e->kind = ERR_REFUSED;
	return false;
}

static bool map_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		     struct err *e)
{
	(void)m;
	kernel.least = phys < kernel.least ? phys : kernel.least;
	kernel.most = phys + len > kernel.most ? phys + len : kernel.most;
	if (phys <= kernel.refused && kernel.refused < phys + len)
		return refuse(EACCES, e);
	assert_true(phys + len <= LOW_VIDEO_START || phys >= LOW_VIDEO_END);
	*ret_bytes = ram + phys;
	return true;
}

static bool mmap_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	return kernel.closed ? refuse(EINVAL, e) : map_show(m, phys, len, ret_bytes, e);
}

static bool read_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	static const uint8_t zeros[LOW_END];

	if (kernel.strict && phys + len > LOW_END)
		return refuse(EPERM, e);
	if (!map_show(m, phys, len, ret_bytes, e))
		return false;
	if (kernel.strict && phys >= 0x1000 && phys < LOW_VIDEO_START)
		*ret_bytes = zeros;
	return true;
}

static void hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)m, (void)bytes, (void)phys, (void)len;
}

static const struct mem_route by_map = { "map", "", GUARD_MAP, mmap_show, hide };
static const struct mem_route by_read = { "read", "", GUARD_READ, read_show, hide };

static void open_machine(struct mem *m, bool live, bool map, bool read)
{
	struct err e = ERR_INIT;

	memset(m, 0, sizeof(*m));
	m->fd = -1;
	m->live = live;
	m->guard.healthy = 0x180000;
	if (map)
		m->routes[m->routes_len++] = &by_map;
	if (read)
		m->routes[m->routes_len++] = &by_read;
	assert_true(guard_allow(&m->guard, 0, 0x1000, GUARD_LOW, &e));
	assert_true(guard_allow(&m->guard, 0x1000, 0x9f000, GUARD_RAM, &e));
	assert_true(guard_allow(&m->guard, 0x9f000, 0xa0000, GUARD_LOW_MIXED, &e));
	assert_true(guard_allow(&m->guard, 0xc0000, 0x100000, GUARD_LOW, &e));
	assert_true(guard_allow(&m->guard, 0x100000, 0x200000, GUARD_RAM, &e));
}

static void states(void **state)
{
	static const struct {
		const char *label;
		bool live, map, read, strict;
		uint64_t refused;
		uint8_t page0, ram_zero, ram_used, mixed, rom;
		enum err_kind first;
	} rows[] = {
		{ "mmap", true, true, true, false, 1, LOWMEM_READ, LOWMEM_READ, LOWMEM_READ,
		  LOWMEM_READ, LOWMEM_READ, ERR_NONE },
		{ "mmap, strict", true, true, true, true, 1, LOWMEM_READ, LOWMEM_READ, LOWMEM_READ,
		  LOWMEM_READ, LOWMEM_READ, ERR_NONE },
		{ "read", true, false, true, false, 1, LOWMEM_READ, LOWMEM_READ, LOWMEM_READ,
		  LOWMEM_REFUSED, LOWMEM_READ, ERR_GUARD },
		{ "read, strict", true, false, true, true, 1, LOWMEM_READ, LOWMEM_WITHHELD,
		  LOWMEM_WITHHELD, LOWMEM_REFUSED, LOWMEM_READ, ERR_WITHHELD },
		{ "page 0 refused", true, true, false, false, 0, LOWMEM_REFUSED, LOWMEM_READ,
		  LOWMEM_READ, LOWMEM_READ, LOWMEM_READ, ERR_REFUSED },
		{ "a ROM page refused", true, true, false, false, 0xc8000, LOWMEM_READ, LOWMEM_READ,
		  LOWMEM_READ, LOWMEM_READ, LOWMEM_READ, ERR_REFUSED },
		{ "not in the file", false, true, false, false, 0, LOWMEM_ABSENT, LOWMEM_READ,
		  LOWMEM_READ, LOWMEM_READ, LOWMEM_READ, ERR_REFUSED },
	};

	(void)state;
	memset(ram + 0x5000, 0x5a, 0x1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct lowmem low;
		struct mem m;

		kernel.strict = rows[i].strict;
		kernel.refused = rows[i].refused == 1 ? UINT64_MAX : rows[i].refused;
		kernel.least = UINT64_MAX;
		kernel.most = 0;
		open_machine(&m, rows[i].live, rows[i].map, rows[i].read);
		assert_true(lowmem_read(&low, &m, &e));
		CHECK_NUMBER(rows[i].label, low.state[0], rows[i].page0);
		CHECK_NUMBER(rows[i].label, low.state[2], rows[i].ram_zero);
		CHECK_NUMBER(rows[i].label, low.state[5], rows[i].ram_used);
		CHECK_NUMBER(rows[i].label, low.state[0x9f], rows[i].mixed);
		CHECK_NUMBER(rows[i].label, low.state[0xa0], LOWMEM_ABSENT);
		CHECK_NUMBER(rows[i].label, low.state[0xbf], LOWMEM_ABSENT);
		CHECK_NUMBER(rows[i].label, low.state[0xff], rows[i].rom);
		CHECK_NUMBER(rows[i].label, low.state[0xc8],
			     rows[i].refused == 0xc8000 ? LOWMEM_REFUSED : LOWMEM_READ);
		CHECK_NUMBER(rows[i].label, low.first.kind, rows[i].first);
		CHECK_NUMBER(rows[i].label, low.bytes[0x5123],
			     rows[i].ram_used == LOWMEM_READ ? 0x5a : 0);
		lowmem_deinit(&low);
		mem_close(&m);
	}
}

/* Zeros in place of bytes are an error of their own, and not taken for bytes that are zero. */
static void withheld(void **state)
{
	static const struct {
		const char *label;
		bool strict;
		uint64_t healthy;
		bool map;
		uint64_t refused, phys;
		size_t len;
		enum err_kind kind;
	} rows[] = {
		{ "not strict, zeros", false, 0x180000, false, 1, 0x2000, 16, ERR_NONE },
		{ "strict, zeros in a page that has more", true, 0x180000, false, 1, 0x5000, 16,
		  ERR_WITHHELD },
		{ "strict, two pages", true, 0x180000, false, 1, 0x4ffc, 8, ERR_WITHHELD },
		{ "strict, page 0 and RAM", true, 0x180000, false, 1, 0xffc, 8, ERR_WITHHELD },
		{ "strict, page 0", true, 0x180000, false, 1, 0x400, 8, ERR_NONE },
		{ "strict, a ROM", true, 0x180000, false, 1, 0xf0000, 16, ERR_NONE },
		{ "strict, above", true, 0x180000, false, 1, 0x100000, 16, ERR_REFUSED },
		{ "mmap first", true, 0x180000, true, 1, 0x5000, 16, ERR_NONE },
		{ "both refuse", true, 0x180000, true, 0x5000, 0x5000, 16, ERR_REFUSED },
		{ "mmap refused", true, 0x180000, true, 2, 0x5000, 16, ERR_WITHHELD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct mem_route *route;
		struct err e = ERR_INIT;
		uint8_t got[16];
		struct mem m;

		kernel.strict = rows[i].strict;
		kernel.refused = rows[i].refused <= 2 ? UINT64_MAX : rows[i].refused;
		kernel.closed = rows[i].refused == 2;
		open_machine(&m, true, rows[i].map, true);
		m.guard.healthy = rows[i].healthy;
		CHECK(rows[i].label, mem_read(&m, rows[i].phys, got, rows[i].len, &e) ==
					 (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		CHECK(rows[i].label,
		      mem_copy(&m, rows[i].phys, got, rows[i].len, &route, &e) ==
			      (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (rows[i].kind == ERR_WITHHELD)
			CHECK(rows[i].label, strstr(e.cause, "gives zeros"));
		mem_close(&m);
		kernel.closed = false;
	}
}

/* A zero by the route that is believed is a zero; the kernel is asked once whether it is strict. */
static void observed(void **state)
{
	struct err e = ERR_INIT;
	uint8_t got[16];
	struct mem m;

	(void)state;
	kernel.refused = UINT64_MAX;
	kernel.strict = true;
	open_machine(&m, true, false, true);
	assert_false(mem_read(&m, 0x2000, got, 16, &e));
	assert_int_equal(m.strict, TRI_YES);
	kernel.strict = false;
	assert_false(mem_read(&m, 0x2000, got, 16, &e));
	assert_true(mem_read(&m, 0x5000, got, 16, &e));
	mem_close(&m);
	open_machine(&m, true, false, true);
	m.facts = alloc_zeroed(sizeof(*m.facts));
	m.owns_facts = true;
	assert_true(mem_read(&m, 0x2000, got, 16, &e));
	assert_int_equal(mem_facts(&m)->of[FACT_STRICT].value, TRI_NO);
	CHECK("evidence", strstr(mem_facts(&m)->of[FACT_STRICT].from, "observed: "));
	CHECK_NUMBER("end of RAM", mem_facts(&m)->ram_end, 0x200000);
	mem_close(&m);
	/* Refused for another reason: that tells nothing of what is strict. */
	open_machine(&m, true, false, true);
	kernel.refused = 0x180000;
	assert_false(mem_read(&m, 0x2000, got, 16, &e));
	CHECK_NUMBER("kind", e.kind, ERR_WITHHELD);
	CHECK_NUMBER("strict", m.strict, TRI_UNKNOWN);
	kernel.refused = UINT64_MAX;
	assert_true(mem_read(&m, 0x2000, got, 16, &e));
	mem_close(&m);
	/* Nothing to ask, and nobody told. */
	open_machine(&m, true, false, true);
	m.guard.healthy = 0;
	m.facts = alloc_zeroed(sizeof(*m.facts));
	m.owns_facts = true;
	assert_false(mem_read(&m, 0x2000, got, 16, &e));
	CHECK_NUMBER("kind", e.kind, ERR_WITHHELD);
	facts_observed(m.facts, FACT_STRICT, TRI_NO, "the test says so");
	assert_true(mem_read(&m, 0x2000, got, 16, &e));
	mem_close(&m);
}

/* The zeros of /proc/kcore are none of STRICT_DEVMEM's. */
static void by_kcore(void **state)
{
	static const struct mem_route by_kcore = { "kcore", "", GUARD_KCORE, map_show, hide };
	struct err e = ERR_INIT;
	uint8_t got[16] = { 1 };
	struct mem m;

	(void)state;
	kernel.strict = true;
	kernel.refused = UINT64_MAX;
	open_machine(&m, true, false, false);
	m.routes[m.routes_len++] = &by_kcore;
	m.strict = TRI_YES;
	assert_true(mem_read(&m, 0x2000, got, 16, &e));
	CHECK_NUMBER("a zero", got[0], 0);
	mem_close(&m);
}

static void views(void **state)
{
	static const struct {
		const char *label;
		uint32_t start, end;
		size_t len;
	} rows[] = {
		{ "vectors", 0, 1024, 1024 },
		{ "up to video memory", 0x9fc00, LOW_END, 0x400 },
		{ "video memory", 0xa0000, LOW_END, 0 },
		{ "up to a refused page", 0xc0000, LOW_END, 0x8000 },
		{ "in the refused page", 0xc8123, 0xc8200, 0 },
		{ "behind it", 0xc9000, LOW_END, 0x37000 },
		{ "past the end", 0xff800, UINT32_MAX, 0x800 },
		{ "outside", LOW_END, LOW_END + 1, 0 },
		{ "far outside", UINT32_MAX, UINT32_MAX, 0 },
		{ "empty", 0x500, 0x500, 0 },
		{ "turned round", 0x500, 0x400, 0 },
	};
	struct err e = ERR_INIT;
	struct lowmem low;
	struct mem m;

	(void)state;
	kernel.strict = false;
	kernel.refused = 0xc8000;
	open_machine(&m, true, true, false);
	assert_true(lowmem_read(&low, &m, &e));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct view v = lowmem_view(&low, rows[i].start, rows[i].end);

		CHECK_NUMBER(rows[i].label, v.len, rows[i].len);
		CHECK_NUMBER(rows[i].label, v.phys, rows[i].start);
	}
	lowmem_deinit(&low);
	mem_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(withheld),
		cmocka_unit_test(observed),
		cmocka_unit_test(by_kcore),
		cmocka_unit_test(views),
	};

	return cmocka_run_group_tests_name("mem/lowmem", tests, NULL, NULL);
}

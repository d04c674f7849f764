/* One page tried by one method: what the answer says of bytes, refusals, faults and what is not tried. */
/* A file stands in for /dev/mem, and ends where memory faults. */
#include "faults.h"
#include "unit.h"

#include "mem/probe.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_END 0x3000u

static void answers(void **state)
{
	static const struct {
		const char *label;
		const struct mem_route *route;
		uint64_t phys;
		bool beyond;
		enum probe_answer answer;
		int os;
		bool zeros;
	} rows[] = {
		{ "bytes by mmap", &mem_route_mmap, 0x1000, false, PROBE_OK, 0, false },
		{ "bytes by read", &mem_route_read, 0x1000, false, PROBE_OK, 0, false },
		{ "zeros", &mem_route_mmap, 0x2000, false, PROBE_OK, 0, true },
		{ "a touch that faults", &mem_route_mmap, 0x3000, false, PROBE_FAULT, -SIGBUS, false },
		{ "no bytes", &mem_route_read, 0x3000, false, PROBE_REFUSED, 0, false },
		{ "refused", &mem_route_mmap, 1ull << 63, false, PROBE_REFUSED, EINVAL, false },
		{ "not allowed", &mem_route_mmap, 0, false, PROBE_SKIPPED, 0, false },
		{ "mapped only", &mem_route_mmap, 0, true, PROBE_MAPPED, 0, false },
		{ "mapped only, would fault", &mem_route_mmap, 0x5000, true, PROBE_MAPPED, 0, false },
	};
	struct err e = ERR_INIT;
	struct mem m = { .fd = memfd_create("ramscope-unit", MFD_CLOEXEC), .live = true };
	const uint8_t byte = 0x5a;

	(void)state;
	faults_to_touch();
	assert_return_code(ftruncate(m.fd, FILE_END), 0);
	assert_int_equal(pwrite(m.fd, &byte, 1, 0x1800), 1);
	assert_true(guard_allow(&m.guard, 0x1000, 0x4000, GUARD_RAM, &e));
	assert_true(guard_allow(&m.guard, 1ull << 63, (1ull << 63) + PAGE_SIZE, GUARD_RAM, &e));
	m.routes[m.routes_len++] = &mem_route_mmap;
	m.routes[m.routes_len++] = &mem_route_read;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct probe p = mem_probe(&m, rows[i].route, rows[i].phys, rows[i].beyond);

		CHECK_NUMBER(rows[i].label, p.answer, rows[i].answer);
		CHECK_NUMBER(rows[i].label, (uint64_t)p.os, (uint64_t)rows[i].os);
		CHECK_NUMBER(rows[i].label, p.zeros, rows[i].zeros);
	}
	mem_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers) };

	faults_to_touch();
	return cmocka_run_group_tests_name("mem/probe", tests, NULL, NULL);
}

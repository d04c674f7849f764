/* Which devices are opened, by made-up facts: none in a confidential guest but /proc/kcore. */
/* Whether a device opens is this machine's affair, and no byte of one is read. */
#include "unit.h"

#include "mem/mem.h"
#include "policy/cause.h"
#include "policy/told.h"

#include <sys/wait.h>
#include <unistd.h>

/* /proc/cpuinfo of guests and hosts, shortened. */
#define SIZES "address sizes\t: 46 bits physical, 48 bits virtual\n"
#define CPU(flags) "processor\t: 0\nflags\t\t: fpu pat " flags "\n" SIZES

static const struct {
	const char *label, *cpuinfo, *log;
	bool confidential;
} rows[] = {
	{ "TDX", CPU("hypervisor tdx_guest nopl"), "", true },
	{ "SEV, by its flags", CPU("sev sev_es hypervisor"), "", true },
	{ "SEV, whose flags the kernel has cleared", CPU("hypervisor nopl"),
	  "<6>[    0.2] Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP\n", true },
	{ "a host with SEV", CPU("sme sev sev_es"),
	  "<6>[    0.2] Memory Encryption Features active: AMD SME\n", false },
	{ "a plain guest", CPU("hypervisor nopl"), "<5>[    0.0] Linux version 6.1.192\n", false },
	{ "names that contain it", CPU("hypervisor tdx_guests xtdx_guest sev_es"), "", false },
};

static struct facts facts_of(size_t row)
{
	struct facts f = { .phys_bits = 0 };

	told_log(&f, rows[row].log);
	told_cpuinfo(&f, rows[row].cpuinfo);
	return f;
}

/* In a process of its own: what opens stays open, and the child that touches comes with it. */
static void in_child(void (*fn)(size_t row), size_t row)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		fn(row);
		fflush(stdout);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	CHECK_NUMBER(rows[row].label, (uint64_t)status, 0);
}

static void by_method(size_t row)
{
	static const char *const methods[] = { "mmap", "read", "auto", "kcore" };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		struct facts f = facts_of(row);
		struct err e = ERR_INIT, why = ERR_INIT;
		struct mem m;
		bool good = mem_open_live(&m, methods[i], &f, &e);

		if (!rows[row].confidential) {
			CHECK(methods[i], e.kind != ERR_GUARD);
			continue;
		}
		CHECK(methods[i], m.fd < 0);
		CHECK(methods[i], !good || (m.routes_len == 1 && m.routes[0] == &mem_route_kcore));
		if (i < 2) {
			CHECK_NUMBER(methods[i], e.kind, ERR_GUARD);
			CHECK_TEXT(methods[i], e.cause, cause_rows[CAUSE_CONFIDENTIAL].text);
		}
		if (!strcmp(methods[i], "auto") && good) {
			CHECK(methods[i], mem_why_not(&m, &mem_route_mmap, &why) &&
						  !strcmp(why.cause, cause_rows[CAUSE_CONFIDENTIAL].text));
			/* Nor later, when somebody asks for that route. */
			CHECK(methods[i], !mem_open_route(&m, &mem_route_mmap, &e) && m.fd < 0);
			CHECK(methods[i], !mem_open_route(&m, &mem_route_read, &e) && m.fd < 0);
		}
		if (good)
			mem_close(&m);
	}
}

static void confidential(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = facts_of(i);

		CHECK_NUMBER(rows[i].label, f.of[FACT_CONFIDENTIAL].value,
			     rows[i].confidential ? TRI_YES : TRI_NO);
		in_child(by_method, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(confidential) };

	return cmocka_run_group_tests_name("mem/open", tests, NULL, NULL);
}

/* Touching memory that is not there: every fault an error, and no other fault swallowed. */
/* Real machine checks are not made; their signal is. */
#include "faults.h"
#include "unit.h"

#include "mem/touch.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile unsigned int reached;

/* Two pages of a file that has only one; *ret_none is a page nobody may read. */
static uint8_t *short_file(uint8_t **ret_none)
{
	int fd = memfd_create("ramscope-unit", 0);
	uint8_t *pages;

	assert_true(fd >= 0);
	assert_return_code(ftruncate(fd, 2 * PAGE_SIZE), 0);
	pages = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(pages, MAP_FAILED);
	memset(pages, 0x5a, 2 * PAGE_SIZE);
	assert_return_code(ftruncate(fd, PAGE_SIZE), 0);
	close(fd);
	*ret_none = mmap(NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(*ret_none, MAP_FAILED);
	return pages;
}

static void count_up(void *arg)
{
	reached += *(unsigned int *)arg;
}

static void load(void *arg)
{
	volatile uint8_t *p = arg;

	reached++;
	(void)*p;
	reached += 100;
}

static void nothing_wrong(void **state)
{
	struct err e = ERR_INIT;
	unsigned int n = 7;

	(void)state;
	reached = 0;
	assert_true(touch_run(count_up, &n, &e));
	CHECK_NUMBER("ran once", reached, 7);
	CHECK_NUMBER("no error", e.kind, ERR_NONE);
}

/* Again and again, in any order: a fault leaves nothing behind. */
static void faults(void **state)
{
	uint8_t *none, *pages = short_file(&none);
	const struct {
		const char *label;
		uint8_t *at;
		const char *says, *cause; /* NULL: no fault */
	} rows[] = {
		{ "end of the file", pages + PAGE_SIZE, "SIGBUS", "shorter" },
		{ "the page before", pages + PAGE_SIZE - 1, NULL, NULL },
		{ "no access", none, "SIGSEGV", "no longer mapped" },
		{ "no access, again", none + 4095, "SIGSEGV", "no longer mapped" },
		{ "last byte behind the file", pages + 2 * PAGE_SIZE - 1, "SIGBUS", "shorter" },
		{ "a good byte", pages, NULL, NULL },
	};

	(void)state;
	faults_to_touch();
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		const char *label = rows[i % ARRAY_LEN(rows)].label;
		const char *says = rows[i % ARRAY_LEN(rows)].says;
		struct err e = ERR_INIT;

		reached = 0;
		CHECK(label, touch_run(load, rows[i % ARRAY_LEN(rows)].at, &e) == !says);
		CHECK_NUMBER(label, reached, says ? 1 : 101);
		CHECK_NUMBER(label, e.kind, says ? ERR_FAULT : ERR_NONE);
		if (says) {
			CHECK(label, strstr(e.msg, says));
			CHECK(label, strstr(e.cause, rows[i % ARRAY_LEN(rows)].cause));
		}
	}
	munmap(pages, 2 * PAGE_SIZE);
	munmap(none, PAGE_SIZE);
}

static void copies(void **state)
{
	uint8_t *none, *pages = short_file(&none), to[16];

	(void)state;
	faults_to_touch();
	for (size_t len = 0; len <= sizeof(to); len++) {
		for (size_t before = 0; before <= sizeof(to); before++) {
			struct err e = ERR_INIT;
			bool inside = len <= before;

			memset(to, 0, sizeof(to));
			assert_true(touch_copy(to, pages + PAGE_SIZE - before, len, &e) == inside);
			for (size_t i = 0; inside && i < sizeof(to); i++)
				CHECK_NUMBER("copied", to[i], i < len ? 0x5a : 0);
			CHECK_NUMBER("kind", e.kind, inside ? ERR_NONE : ERR_FAULT);
		}
	}
	munmap(pages, 2 * PAGE_SIZE);
	munmap(none, PAGE_SIZE);
}

/* What the kernel sends when a load meets memory that is known to be bad: sigaction(2). */
static void send_poison(void *arg)
{
	siginfo_t info = { .si_signo = SIGBUS, .si_code = BUS_MCEERR_AR };

	(void)arg;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info);
	reached += 100;
}

static void poison(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	faults_to_touch();
	reached = 0;
	assert_false(touch_run(send_poison, NULL, &e));
	CHECK_NUMBER("left at once", reached, 0);
	CHECK_NUMBER("kind", e.kind, ERR_FAULT);
	CHECK("cause", strstr(e.cause, "poisoned"));
}

/* A defect of the program itself must not look like a page that faults. */
static void other_faults(void **state)
{
	uint8_t *none, *pages = short_file(&none);
	const struct {
		const char *label;
		uint8_t *at;
		int signal;
	} rows[] = {
		{ "behind the file", pages + PAGE_SIZE, SIGBUS },
		{ "no access", none, SIGSEGV },
	};

	(void)state;
	faults_to_touch();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int status = 0;
		pid_t child = fork();

		if (!child) {
			struct err e = ERR_INIT;

			(void)!touch_run(load, rows[i].at, &e);
			load(rows[i].at);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		CHECK(rows[i].label, WIFSIGNALED(status));
		CHECK_NUMBER(rows[i].label, (uint64_t)WTERMSIG(status), (uint64_t)rows[i].signal);
	}
	munmap(pages, 2 * PAGE_SIZE);
	munmap(none, PAGE_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wrong), cmocka_unit_test(faults),
		cmocka_unit_test(copies),	 cmocka_unit_test(poison),
		cmocka_unit_test(other_faults),
	};

	faults_to_touch();
	return cmocka_run_group_tests_name("mem/touch", tests, NULL, NULL);
}

/* Touching memory that is not there: every fault an error, and no other fault swallowed. */
/* Real machine checks are not made; their signal is, and the one that kills. */
#include "faults.h"
#include "unit.h"

#include "mem/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
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
			CHECK_NUMBER(label, (uint64_t)-e.os,
				     (uint64_t)(strcmp(says, "SIGBUS") ? SIGSEGV : SIGBUS));
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

/* For ever, if all is well: somebody kills it. */
static void touch_long(void *arg)
{
	time_t start = time(NULL);

	*(volatile pid_t *)arg = getpid();
	while (time(NULL) - start < 10)
		;
}

/* From here on in a child, which outlives nobody: it ends in the middle of a touch. */
static void child_ends_with_parent(void **state)
{
	volatile pid_t *shared = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	cpu_set_t cpus;
	pid_t parent;

	(void)state;
	assert_ptr_not_equal(shared, MAP_FAILED);
	assert_return_code(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	signal(SIGCHLD, SIG_IGN); /* as some who start programs leave it */
	touch_use_child();
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	assert_return_code(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	CHECK_NUMBER("CPUs", (uint64_t)CPU_COUNT(&cpus), 1);
	parent = fork();
	if (!parent) {
		struct err e = ERR_INIT;

		(void)!touch_run(touch_long, (void *)shared, &e);
		_exit(0);
	}
	while (!*shared)
		usleep(1000);
	assert_int_not_equal(*shared, parent);
	assert_return_code(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	/* The orphan has come to this process. */
	assert_int_equal(waitpid(*shared, &status, 0), *shared);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_return_code(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	munmap((void *)shared, PAGE_SIZE);
}

struct seen {
	const uint8_t *bytes;
	pid_t pid;
	uint8_t sum;
	int open;
};

static void look(void *arg)
{
	struct seen *s = arg;

	s->pid = getpid();
	for (size_t i = 0; i < PAGE_SIZE; i++)
		s->sum = (uint8_t)(s->sum + s->bytes[i]);
	for (int fd = 0; fd < 256; fd++)
		s->open += fcntl(fd, F_GETFD) >= 0;
}

/* A mapping that is younger than the child, and a result on the caller's stack. */
static void shares_memory(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct err e = ERR_INIT;
		struct seen s = { 0 };
		uint8_t *none, *pages = short_file(&none);

		pages[4095] = 0x51;
		s.bytes = pages;
		assert_true(touch_run(look, &s, &e));
		CHECK_NUMBER("sum", s.sum, (uint8_t)(4095 * 0x5a + 0x51));
		assert_int_not_equal(s.pid, getpid());
		CHECK_NUMBER("descriptors of the child", (uint64_t)s.open, 2);
		munmap(pages, 2 * PAGE_SIZE);
		munmap(none, PAGE_SIZE);
	}
}

static void kill_itself(void *arg)
{
	reached++;
	kill(getpid(), *(int *)arg);
	reached += 100;
}

static void deaths(void **state)
{
	int lowest = -1, by_signal = SIGKILL;
	unsigned int before = touch_deaths();

	(void)state;
	for (unsigned int i = 1; i <= 1000; i++) {
		struct err e = ERR_INIT;
		unsigned int n = 3;

		reached = 0;
		assert_false(touch_run(kill_itself, &by_signal, &e));
		CHECK_NUMBER("begun once", reached, 1);
		CHECK_NUMBER("kind", e.kind, ERR_FAULT);
		CHECK("message", strstr(e.msg, "SIGKILL"));
		CHECK("cause", strstr(e.cause, "killed"));
		CHECK_NUMBER("deaths", touch_deaths() - before, i);
		/* Nothing is left of it: no zombie, no descriptor. */
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
		if (i == 1)
			lowest = dup(0);
		else
			assert_int_equal(dup(0), lowest);
		close(lowest);
		if (i % 2 && !touch_run(count_up, &n, &e))
			fail_msg("after the death: %s", e.msg);
		CHECK_NUMBER("next touch", reached, i % 2 ? 4 : 1);
	}
}

/* A signal that ends it at any moment: while it waits, too, and then nothing is lost. */
static void death_between(void **state)
{
	static const uint8_t page[PAGE_SIZE];
	unsigned int before = touch_deaths();

	(void)state;
	for (unsigned int i = 1; i <= 100; i++) {
		struct err e = ERR_INIT;
		struct seen s = { .bytes = page };
		siginfo_t info;

		assert_true(touch_run(look, &s, &e));
		assert_return_code(kill(s.pid, SIGKILL), 0);
		if (i % 2)
			assert_return_code(waitid(P_PID, (id_t)s.pid, &info, WEXITED | WNOWAIT), 0);
		reached = 0;
		assert_true(touch_run(count_up, &i, &e));
		CHECK_NUMBER("done once", reached, i);
		CHECK_NUMBER("deaths", touch_deaths() - before, 2 * i - 1);
		assert_true(touch_run(look, &s, &e));
		assert_int_not_equal(s.pid, getpid());
		assert_return_code(kill(s.pid, SIGKILL), 0);
		assert_return_code(waitid(P_PID, (id_t)s.pid, &info, WEXITED | WNOWAIT), 0);
		assert_true(touch_run(look, &s, &e));
		assert_int_not_equal(s.pid, getpid());
		CHECK_NUMBER("deaths", touch_deaths() - before, 2 * i);
	}
}

static void errno_stays(void **state)
{
	uint8_t *none, *pages = short_file(&none);
	struct seen s = { .bytes = pages };
	int by_signal = SIGKILL;
	unsigned int n = 1;
	const struct {
		const char *label;
		void (*fn)(void *arg);
		void *arg;
		bool good;
	} rows[] = {
		{ "done", count_up, &n, true },
		{ "calls that fail", look, &s, true },
		{ "fault", load, none, false },
		{ "death", kill_itself, &by_signal, false },
		{ "a new child", count_up, &n, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;

		errno = EDOM;
		CHECK(rows[i].label, touch_run(rows[i].fn, rows[i].arg, &e) == rows[i].good);
		CHECK_NUMBER(rows[i].label, (uint64_t)errno, EDOM);
	}
	munmap(pages, 2 * PAGE_SIZE);
	munmap(none, PAGE_SIZE);
}

/* A death leaves no touch open that a defect of the program could hide in. */
static void other_fault_after_death(void **state)
{
	uint8_t *none, *pages = short_file(&none);
	int by_signal = SIGKILL, status = 0;
	struct err e = ERR_INIT;
	pid_t pid;

	(void)state;
	faults_to_touch();
	assert_false(touch_run(kill_itself, &by_signal, &e));
	pid = fork();
	if (!pid) {
		load(none);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	munmap(pages, 2 * PAGE_SIZE);
	munmap(none, PAGE_SIZE);
}

/* Without descriptors there is no child: better a touch in this process than none. */
static void no_child(void **state)
{
	struct rlimit before, none;
	struct err e = ERR_INIT;
	static const uint8_t page[PAGE_SIZE];
	struct seen s = { .bytes = page };
	int by_signal = SIGKILL;

	(void)state;
	assert_false(touch_run(kill_itself, &by_signal, &e));
	assert_return_code(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	assert_return_code(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_true(touch_run(look, &s, &e));
	assert_int_equal(s.pid, getpid());
	assert_return_code(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(touch_run(look, &s, &e));
	assert_int_not_equal(s.pid, getpid());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wrong),
		cmocka_unit_test(faults),
		cmocka_unit_test(copies),
		cmocka_unit_test(poison),
		cmocka_unit_test(other_faults),
		cmocka_unit_test(child_ends_with_parent),
		/* The same again, and what only a child can do. */
		cmocka_unit_test(nothing_wrong),
		cmocka_unit_test(faults),
		cmocka_unit_test(copies),
		cmocka_unit_test(poison),
		cmocka_unit_test(shares_memory),
		cmocka_unit_test(deaths),
		cmocka_unit_test(death_between),
		cmocka_unit_test(errno_stays),
		cmocka_unit_test(other_fault_after_death),
		cmocka_unit_test(no_child),
	};

	faults_to_touch();
	return cmocka_run_group_tests_name("mem/touch", tests, NULL, NULL);
}

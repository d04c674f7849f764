/* A confined process: what it may still do, and that every call it may not ends it. */
/* That the command enters in time, and its child with it, is tested in a guest. */
#include "unit.h"

#include "base/alloc.h"
#include "base/file.h"
#include "mem/confine.h"
#include "mem/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK 0x40 /* exit status */

/* Not _exit(): before a call that does not return, a sanitizer makes calls of its own. */
static void end(int status)
{
	syscall(SYS_exit_group, status);
}

/* Runs fn in a process of its own, confined; what wait() says of it. */
static int confined(void (*fn)(const void *arg), const void *arg)
{
	const struct rlimit none = { 0, 0 };
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		struct err e = ERR_INIT;

		setrlimit(RLIMIT_CORE, &none);
		touch_use_child();
		end(!confine_enter(&e) ? 1 : (fn(arg), OK));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void tell_state(const void *arg)
{
	(void)arg;
	end(OK | (int)confine_state());
}

/* Asked of the kernel itself: is there a filter that can end a process? Linux 4.14. */
static void need_filter(void)
{
	const uint32_t get_action_avail = 2, kill_process = 0x80000000;

	if (syscall(SYS_seccomp, get_action_avail, 0, &kill_process)) {
		print_message("this kernel has no seccomp filters: not tested\n");
		skip();
	}
}

static void all_on(void **state)
{
	int status;

	(void)state;
	need_filter();
	status = confined(tell_state, NULL);
	CHECK_NUMBER("all three", (uint64_t)WEXITSTATUS(status),
		     OK | CONFINE_CAPABILITIES | CONFINE_PRIVILEGES | CONFINE_CALLS);
	CHECK_NUMBER("not this process", confine_state(), 0);
}

/* What the kernel itself says of the process. */
static void look_at_status(const void *arg)
{
	static const char *const lines[] = {
		"\nCapInh:\t0000000000000000\n", "\nCapPrm:\t0000000000000000\n",
		"\nCapEff:\t0000000000000000\n", "\nCapAmb:\t0000000000000000\n",
		"\nNoNewPrivs:\t1\n",		 "\nSeccomp:\t2\n",
	};
	struct err e = ERR_INIT;
	char *text;
	size_t len;

	(void)arg;
	if (!file_read("/proc/self/status", 65536, &text, &len, &e))
		end(2);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (!strstr(text, lines[i]))
			end(3 + (int)i);
}

static void told_by_kernel(void **state)
{
	int status;

	(void)state;
	need_filter();
	status = confined(look_at_status, NULL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OK);
}

/* A system call as it stands: the numbers are the kernel's, no library in between. */
struct call {
	const char *label;
	long number;
	unsigned long args[6];
};

static void make_call(const void *arg)
{
	const struct call *c = arg;

	if (syscall(c->number, c->args[0], c->args[1], c->args[2], c->args[3], c->args[4],
		    c->args[5]) == -1 &&
	    errno == EFAULT)
		end(1);
}

#define AT AT_FDCWD
#define NAME (unsigned long)"/proc/self/status"
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define X32 0x40000000

/* Harmless even if it is not stopped: descriptor -1, the file exists and may not be written. */
static void forbidden(void **state)
{
	static const struct call rows[] = {
		{ "open to write", SYS_open, { NAME, O_WRONLY } },
		{ "open to read and write", SYS_open, { NAME, O_RDWR | O_CLOEXEC } },
		{ "open with mode 3", SYS_open, { NAME, O_ACCMODE } },
		{ "open and create", SYS_open, { NAME, O_RDONLY | O_CREAT, 0600 } },
		{ "open and truncate", SYS_open, { NAME, O_RDONLY | O_TRUNC } },
		{ "openat to write", SYS_openat, { AT, NAME, O_WRONLY } },
		{ "openat to read and write", SYS_openat, { AT, NAME, O_RDWR } },
		{ "openat without a name", SYS_openat, { AT, (unsigned long)"/tmp", O_TMPFILE | O_RDWR } },
		{ "openat2", 437, { AT, NAME, 0, 0 } },
		{ "creat", SYS_creat, { (unsigned long)"/proc/self/status", 0600 } },
		{ "pwrite64", SYS_pwrite64, { -1ul, NAME, 1, 0 } },
		{ "ftruncate", SYS_ftruncate, { -1ul, 0 } },
		{ "ioctl", SYS_ioctl, { -1ul, FIONREAD, 0 } },
		{ "fcntl, flags", SYS_fcntl, { -1ul, F_SETFL, 0 } },
		{ "fcntl, a copy", SYS_fcntl, { -1ul, F_DUPFD, 0 } },
		{ "map to run", SYS_mmap, { 0, 4096, PROT_READ | PROT_EXEC, ANON, -1ul, 0 } },
		{ "map to write and run", SYS_mmap, { 0, 4096, RW | PROT_EXEC, ANON, -1ul, 0 } },
		{ "map to write, shared", SYS_mmap, { 0, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1ul, 0 } },
		{ "map to write, only", SYS_mmap, { 0, 4096, PROT_WRITE, MAP_SHARED, -1ul, 0 } },
		{ "map to write, shared and validated", SYS_mmap,
		  { 0, 4096, RW, MAP_SHARED_VALIDATE, -1ul, 0 } },
		{ "mprotect", SYS_mprotect, { 0, 4096, RW } },
		{ "mprotect, to read", SYS_mprotect, { 0, 4096, PROT_READ } },
		{ "fork by clone", SYS_clone, { SIGCHLD } },
		{ "thread by clone", SYS_clone, { CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD } },
		{ "namespace by clone", SYS_clone, { CLONE_VM | CLONE_NEWUSER | SIGCHLD } },
		{ "fork", SYS_fork, { 0 } },
		{ "clone3", 435, { 0, 0 } },
		{ "execve", SYS_execve, { (unsigned long)"/no/such", 0, 0 } },
		{ "execveat", SYS_execveat, { -1ul, (unsigned long)"", 0, 0, AT_EMPTY_PATH } },
		{ "ptrace", SYS_ptrace, { PTRACE_PEEKDATA, 0, 0, 0 } },
		{ "write to another's memory", SYS_process_vm_writev, { 0, 0, 0, 0, 0, 0 } },
		{ "kill", SYS_kill, { 0x7fffffff, 0 } },
		{ "prctl, dumpable", SYS_prctl, { PR_SET_DUMPABLE, 1 } },
		{ "prctl, to ask", SYS_prctl, { PR_GET_DUMPABLE } },
		{ "mount", SYS_mount, { (unsigned long)"", (unsigned long)"/no/such", 0, 0, 0 } },
		{ "mknod", SYS_mknod, { (unsigned long)"/no/such", S_IFCHR, 0x101 } },
		{ "mknodat", SYS_mknodat, { AT, (unsigned long)"/no/such", S_IFCHR, 0x101 } },
		{ "unlink", SYS_unlink, { (unsigned long)"/no/such" } },
		{ "rename", SYS_rename, { (unsigned long)"/no/such", (unsigned long)"/no/such" } },
		{ "chmod", SYS_chmod, { (unsigned long)"/no/such", 0 } },
		{ "socket", SYS_socket, { -1ul, 0, 0 } },
		{ "iopl", SYS_iopl, { 4 } },
		{ "init_module", SYS_init_module, { 0, 0, 0 } },
		{ "bpf", SYS_bpf, { -1ul, 0, 0 } },
		{ "setuid", SYS_setuid, { -1ul } },
		{ "syslog, to clear", SYS_syslog, { 5, 0, 0 } },
		{ "capset", SYS_capset, { 0, 0 } },
		{ "a number that does not exist", 0x3fff, { 0 } },
		/* The same number as an allowed call, and not the same call. */
		{ "x32 read", X32 | SYS_read, { -1ul, 0, 0 } },
		{ "x32 open", X32 | SYS_open, { NAME, O_RDONLY } },
	};

	(void)state;
	need_filter();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int status = confined(make_call, &rows[i]);

		CHECK(rows[i].label, WIFSIGNALED(status));
		CHECK_NUMBER(rows[i].label, (uint64_t)WTERMSIG(status), SIGSYS);
	}
}

/* Refusals of the kernel itself do not matter here: that the process lives, does. */
static void allowed(void **state)
{
	static const struct call rows[] = {
		{ "open", SYS_open, { NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK } },
		{ "openat", SYS_openat, { AT, NAME, O_RDONLY | O_DIRECTORY } },
		{ "map to read, shared", SYS_mmap, { 0, 4096, PROT_READ, MAP_SHARED, -1ul, 0 } },
		{ "map to write, private", SYS_mmap, { 0, 4096, RW, ANON, -1ul, 0 } },
		{ "fcntl, close on exec", SYS_fcntl, { -1ul, F_SETFD, FD_CLOEXEC } },
		{ "pread64", SYS_pread64, { -1ul, 0, 0, 0 } },
		{ "lseek", SYS_lseek, { -1ul, 0, SEEK_END } },
		{ "fstat", SYS_fstat, { -1ul, 0 } },
		{ "clock_gettime", SYS_clock_gettime, { -1ul, 0 } },
	};

	(void)state;
	need_filter();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int status = confined(make_call, &rows[i]);

		CHECK(rows[i].label, WIFEXITED(status));
		CHECK_NUMBER(rows[i].label, (uint64_t)WEXITSTATUS(status), OK);
	}
}

#ifdef __x86_64__
/* The number of getpid() by the gate of 32-bit programs, where it is that of mkdir(NULL). */
static void make_call32(const void *arg)
{
	long number = SYS_getpid;

	(void)arg;
	__asm__ volatile("int $0x80" : "+a"(number) : "b"(0) : "memory", "r8", "r9", "r10", "r11");
}

static void other_architecture(void **state)
{
	int status;

	(void)state;
	need_filter();
	status = confined(make_call32, NULL);
	assert_true(WIFSIGNALED(status));
	/* A kernel without such programs has no such gate either. */
	if (WTERMSIG(status) != SIGSEGV)
		assert_int_equal(WTERMSIG(status), SIGSYS);
}
#endif

static void nothing(void *arg)
{
	(void)arg;
}

static void call_kill(void *arg)
{
	kill(getpid(), *(int *)arg);
}

/*
 * The program's own ways: buffers, and a child again and again. No fault here: under it a
 * sanitizer makes forbidden calls; tests/boot has one.
 */
static void live_on(const void *arg)
{
	int by_signal = SIGKILL;
	char *block = alloc_resize(alloc_zeroed(10), 3u << 20);

	(void)arg;
	if (!block)
		end(2);
	block[(3u << 20) - 1] = 1;
	for (unsigned int i = 0; i < 3; i++) {
		struct err e = ERR_INIT;

		if (!touch_run(nothing, NULL, &e))
			end(3);
		/* It may not even kill itself: the filter does. */
		if (touch_run(call_kill, &by_signal, &e) || strstr(e.msg, "SIGKILL") ||
		    touch_deaths() != i + 1)
			end(4);
	}
	alloc_free(block);
}

static void work_goes_on(void **state)
{
	int status;

	(void)state;
	need_filter();
	status = confined(live_on, NULL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_on),	    cmocka_unit_test(told_by_kernel),
		cmocka_unit_test(forbidden),	    cmocka_unit_test(allowed),
#ifdef __x86_64__
		cmocka_unit_test(other_architecture),
#endif
		cmocka_unit_test(work_goes_on),
	};

	return cmocka_run_group_tests_name("mem/confine", tests, NULL, NULL);
}

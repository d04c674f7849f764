/* Touching mapped memory: under SIGBUS and SIGSEGV handlers, and in a child that may die of it. */
/* Does not map and does not decide what may be touched. */
#include "mem/touch.h"

#include "base/alloc.h"
#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 65536u /* the largest signal frame, that of AMX, has 11 KiB */
#define TRIES 3

static sigjmp_buf touch_escape;
static volatile sig_atomic_t touching;
static bool faulted;

/* What is to be done, and what became of it: both processes see it. */
static struct {
	void (*fn)(void *arg);
	void *arg;
	volatile bool taken; /* fn was begun */
	volatile bool dead; /* and the child is no more */
	volatile sig_atomic_t signal, code; /* what ended fn; 0: nothing did */
} job;

/*
 * The child has the same memory (CLONE_VM), so it sees every mapping and puts results where they
 * are wanted. Signals and descriptors are its own: what kills it leaves the parent alone. Both
 * wait in turn, each for a byte of the other's; end of file instead says that the child is dead.
 *
 *	parent  requests[1] --byte--> requests[0]  child: fn(arg)
 *	        replies[0]  <--byte-- replies[1]
 *
 * The parent keeps requests[0] open as well: a byte for a dead child is then no SIGPIPE.
 */
static struct {
	bool wanted;
	pid_t pid; /* 0: there is none */
	uint8_t *stack;
	unsigned int deaths;
	int requests[2], replies[2];
} child;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!touching) {
		/* Not ours: it faults again, and the default action shows the real defect. */
		signal(sig, SIG_DFL);
		return;
	}
	job.signal = sig;
	job.code = info->si_code;
	siglongjmp(touch_escape, 1);
}

static void install_handlers(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
}

static void do_job(void)
{
	job.taken = true;
	job.dead = false;
	job.signal = 0;
	if (!sigsetjmp(touch_escape, 0)) {
		/* The fences keep the compiler, which sees no fault coming, from moving loads of fn out. */
		touching = 1;
		atomic_signal_fence(memory_order_seq_cst);
		job.fn(job.arg);
		atomic_signal_fence(memory_order_seq_cst);
	}
	touching = 0;
}

static void do_job_here(void)
{
	static bool installed;

	if (!installed)
		install_handlers();
	installed = true;
	do_job();
}

/*
 * The child's life. errno is the parent's too: calls may fail here only while that waits in
 * touch_run(), which keeps its value.
 */
static int serve(void *unused)
{
	char byte;

	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Nothing else stays open here, so that the parent's death is an end of file too. */
	dup2(child.requests[0], 0);
	dup2(child.replies[1], 1);
	syscall(SYS_close_range, 2, ~0u, 0); /* Linux 5.9 */
	install_handlers();
	while (read(0, &byte, 1) == 1) {
		do_job();
		if (write(1, &byte, 1) != 1)
			break;
	}
	return 0;
}

/* Gives back what was had for a child, all or some of it. */
static void clear_child(void)
{
	close(child.requests[0]);
	close(child.requests[1]);
	close(child.replies[0]);
	alloc_free(child.stack);
	child.pid = 0;
}

static bool make_child(void)
{
	child.requests[0] = child.requests[1] = child.replies[0] = -1;
	child.stack = alloc_zeroed(STACK_SIZE);
	if (child.stack && !pipe2(child.requests, O_CLOEXEC) && !pipe2(child.replies, O_CLOEXEC)) {
		child.pid = clone(serve, child.stack + STACK_SIZE, TOUCH_CLONE_FLAGS, NULL);
		close(child.replies[1]);
	}
	if (child.pid > 0)
		return true;
	clear_child();
	return false;
}

/* A child that is gone is fetched: no zombie stays. */
static void bury_child(void)
{
	int status = 0;

	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	clear_child();
	child.deaths++;
	touching = 0;
	job.dead = true;
	job.signal = WTERMSIG(status);
}

/* True when the job was done, or begun by a child that died of it. */
static bool do_job_there(void)
{
	for (int i = 0; i < TRIES && (child.pid || make_child()); i++) {
		char byte = 0;
		ssize_t n = write(child.requests[1], &byte, 1);

		do
			n = read(child.replies[0], &byte, 1);
		while (n < 0 && errno == EINTR);
		if (n != 1)
			bury_child();
		if (job.taken)
			return true;
	}
	return false;
}

static bool fault_error(struct err *e)
{
	static const struct {
		int signal;
		const char *name;
	} names[] = { { SIGBUS, "SIGBUS" }, { SIGSEGV, "SIGSEGV" }, { SIGKILL, "SIGKILL" } };
	const char *name = "a signal";

	faulted = true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].signal == job.signal)
			name = names[i].name;
	err_set(e, ERR_FAULT, "%s while the page was touched", name);
	e->os = -(int)job.signal;
	if (job.dead)
		return err_cause(e, "the child process that touches was killed by it");
	if (job.signal == SIGSEGV)
		return err_cause(e, "the page is no longer mapped");
	if (job.code == BUS_MCEERR_AR)
		return err_cause(e, "the memory is poisoned (hardware error)");
	return err_cause(e, "the mapping was revoked, or the file is shorter than it was");
}

bool touch_run(void (*fn)(void *arg), void *arg, struct err *e)
{
	int os = errno;

	job.fn = fn;
	job.arg = arg;
	job.taken = false;
	if (!child.wanted || !do_job_there())
		do_job_here();
	errno = os;
	return (!job.signal && !job.dead) || fault_error(e);
}

/* Turns are taken fastest on one CPU: the other's would have to be woken for each. */
static void stay_on_cpu(void)
{
	unsigned int cpu = 0;
	cpu_set_t set;

	/* The system call itself: behind sched_getcpu() musl has a reader of the vDSO. */
	if (syscall(SYS_getcpu, &cpu, NULL, NULL))
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set); /* beyond 1024 CPUs none is set, and the next call fails */
	sched_setaffinity(0, sizeof(set), &set);
}

void touch_use_child(void)
{
	/*
	 * Before Linux 5.16 a core dump of one process kills all that share its memory (commit
	 * 0258b5fd7c71, "coredump: Limit coredumps to a single thread group"); memory that is not
	 * dumpable is never dumped.
	 */
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGCHLD, SIG_DFL); /* ignored, it would leave nothing to wait for */
	stay_on_cpu();
	child.wanted = true;
}

unsigned int touch_deaths(void)
{
	return child.deaths;
}

bool touch_faulted(void)
{
	return faulted;
}

struct copy {
	void *to;
	const void *from;
	size_t len;
};

static void copy(void *arg)
{
	const struct copy *c = arg;

	memcpy(c->to, c->from, c->len);
}

bool touch_copy(void *to, const void *from, size_t len, struct err *e)
{
	struct copy c = { to, from, len };

	return touch_run(copy, &c, e);
}

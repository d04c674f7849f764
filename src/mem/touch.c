/* Touching mapped memory under SIGBUS and SIGSEGV handlers. */
/* Does not map and does not decide what may be touched. */
#include "mem/touch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

static sigjmp_buf touch_escape;
static volatile sig_atomic_t touching;
static volatile sig_atomic_t touch_signal, touch_code;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!touching) {
		/* Not ours: it faults again, and the default action shows the real defect. */
		signal(sig, SIG_DFL);
		return;
	}
	touch_signal = sig;
	touch_code = info->si_code;
	siglongjmp(touch_escape, 1);
}

static void install_handlers(void)
{
	static bool installed;
	struct sigaction sa;

	if (installed)
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	installed = true;
}

static bool fault_error(struct err *e)
{
	bool bus = touch_signal == SIGBUS;

	err_set(e, ERR_FAULT, "%s while the page was touched", bus ? "SIGBUS" : "SIGSEGV");
	if (bus && touch_code == BUS_MCEERR_AR)
		return err_cause(e, "the memory is poisoned (hardware error)");
	if (bus)
		return err_cause(e, "the mapping was revoked, or the file is shorter than it was");
	return err_cause(e, "the page is no longer mapped");
}

bool touch_run(void (*fn)(void *arg), void *arg, struct err *e)
{
	install_handlers();
	if (sigsetjmp(touch_escape, 0)) {
		touching = 0;
		return fault_error(e);
	}
	/* The fences keep the compiler, which sees no fault coming, from moving loads of fn out. */
	touching = 1;
	atomic_signal_fence(memory_order_seq_cst);
	fn(arg);
	atomic_signal_fence(memory_order_seq_cst);
	touching = 0;
	return true;
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

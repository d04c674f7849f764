/* The system calls that are left, one row each, and the steps that give up the rest. */
/* Not for calls that start the program: those are over. */
#include "mem/confine.h"

#include "base/num.h"
#include "mem/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/audit.h, and calls that have another number where a long has 32 bits. */
#ifdef __i386__
#define ARCH 0x40000003u
#define CALL(name, name32) SYS_##name32
#else
#define ARCH 0xc000003eu
#define CALL(name, name32) SYS_##name
#endif

#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC)
#define DENY 1

/* syslog(2) */
#define LOG_READ_ALL 3
#define LOG_SIZE 10

/*
 * The first row that fits decides: the argument, in whose lower half all of these bits lie, has
 * that value under that mask. What no row fits is denied. In front the calls made most often.
 */
static const struct row {
	uint16_t call;
	uint8_t arg, deny;
	uint32_t mask, value;
} rows[] = {
	{ SYS_read, 0, 0, 0, 0 },
	{ SYS_write, 0, 0, 0, 0 },
	{ SYS_pread64, 0, 0, 0, 0 },
	{ SYS_munmap, 0, 0, 0, 0 },
	/* Nothing to run, and nothing to write that anybody else sees. */
	{ CALL(mmap, mmap2), 2, DENY, PROT_EXEC, PROT_EXEC },
	{ CALL(mmap, mmap2), 2, 0, PROT_WRITE, 0 },
	{ CALL(mmap, mmap2), 3, 0, MAP_TYPE, MAP_PRIVATE },
	{ SYS_mremap, 0, 0, 0, 0 },
	{ SYS_madvise, 0, 0, 0, 0 },
	{ SYS_mlock, 0, 0, 0, 0 }, /* mem/own.c */
	/* Files. */
	{ SYS_open, 1, 0, WRITES, O_RDONLY },
	{ SYS_openat, 2, 0, WRITES, O_RDONLY },
	{ CALL(fcntl, fcntl64), 1, 0, UINT32_MAX, F_SETFD }, /* musl's open() with O_CLOEXEC */
	{ SYS_close, 0, 0, 0, 0 },
	{ CALL(lseek, _llseek), 0, 0, 0, 0 },
	{ CALL(fstat, fstat64), 0, 0, 0, 0 },
	{ CALL(stat, stat64), 0, 0, 0, 0 },
	{ CALL(newfstatat, fstatat64), 0, 0, 0, 0 },
	{ SYS_statx, 0, 0, 0, 0 },
	{ SYS_getdents64, 0, 0, 0, 0 },
	{ SYS_readlink, 0, 0, 0, 0 },
	{ SYS_access, 0, 0, 0, 0 },
	/* What else policy/facts.c asks, to explain a refusal. */
	{ SYS_uname, 0, 0, 0, 0 },
	{ CALL(geteuid, geteuid32), 0, 0, 0, 0 },
	{ CALL(getegid, getegid32), 0, 0, 0, 0 },
	{ CALL(getgroups, getgroups32), 0, 0, 0, 0 },
	{ SYS_syslog, 0, 0, UINT32_MAX, LOG_READ_ALL },
	{ SYS_syslog, 0, 0, UINT32_MAX, LOG_SIZE },
	/* A new child in mem/touch.c. */
	{ SYS_clone, 0, 0, UINT32_MAX, TOUCH_CLONE_FLAGS },
	{ SYS_prctl, 0, 0, UINT32_MAX, PR_SET_PDEATHSIG },
	{ SYS_pipe2, 0, 0, 0, 0 },
	{ SYS_dup2, 0, 0, 0, 0 },
	{ SYS_close_range, 0, 0, 0, 0 },
	{ SYS_rt_sigaction, 0, 0, 0, 0 },
	{ SYS_rt_sigprocmask, 0, 0, 0, 0 },
	{ SYS_rt_sigreturn, 0, 0, 0, 0 },
	{ SYS_wait4, 0, 0, 0, 0 },
	{ SYS_getpid, 0, 0, 0, 0 },
	{ SYS_poll, 0, 0, 0, 0 }, /* low --watch */
	/* And the end. */
	{ CALL(clock_gettime, clock_gettime64), 0, 0, 0, 0 },
	{ SYS_exit, 0, 0, 0, 0 },
	{ SYS_exit_group, 0, 0, 0, 0 },
};

/* linux/filter.h and linux/seccomp.h, which musl does not bring. */
struct instruction {
	uint16_t code;
	uint8_t if_true, if_false; /* instructions to skip */
	uint32_t k;
};

struct program {
	unsigned short len;
	const struct instruction *filter;
};

enum {
	LOAD = 0x20, /* BPF_LD | BPF_W | BPF_ABS, from struct seccomp_data: */
	DATA_CALL = 0,
	DATA_ARCH = 4,
	DATA_ARGS = 16, /* 8 bytes each, the lower half first */
	AND = 0x54, /* BPF_ALU | BPF_AND | BPF_K */
	EQUAL = 0x15, /* BPF_JMP | BPF_JEQ | BPF_K */
	RETURN = 0x06, /* BPF_RET | BPF_K */
};

#define RETURN_ALLOW 0x7fff0000u
#define RETURN_KILL_PROCESS 0x80000000u
#define SET_MODE_FILTER 1
#define FLAG_SPEC_ALLOW 4 /* a scan is not to pay for store bypass off, as before Linux 5.16 */

#define HEAD_LEN 4
#define ROW_LEN 6

/* x32 calls have the architecture of x86_64 and a bit in their number that no row has. */
static size_t make_filter(struct instruction *to)
{
	const struct instruction kill = { RETURN, 0, 0, RETURN_KILL_PROCESS };
	const struct instruction load_call = { LOAD, 0, 0, DATA_CALL };
	struct instruction *at = to;

	*at++ = (struct instruction){ LOAD, 0, 0, DATA_ARCH };
	*at++ = (struct instruction){ EQUAL, 1, 0, ARCH };
	*at++ = kill;
	*at++ = load_call;
	for (const struct row *r = rows; r < rows + ARRAY_LEN(rows); r++) {
		*at++ = (struct instruction){ EQUAL, 0, ROW_LEN - 1, r->call };
		*at++ = (struct instruction){ LOAD, 0, 0, DATA_ARGS + 8u * r->arg };
		*at++ = (struct instruction){ AND, 0, 0, r->mask };
		*at++ = (struct instruction){ EQUAL, 0, 1, r->value };
		*at++ = (struct instruction){ RETURN, 0, 0,
					      r->deny ? RETURN_KILL_PROCESS : RETURN_ALLOW };
		*at++ = load_call;
	}
	*at++ = kill;
	return (size_t)(at - to);
}

static unsigned int state;

/* Notes what a step came to. A call or a mode that does not exist is none of its failures. */
static bool took(enum confine which, long result, const char *call, struct err *e)
{
	if (!result)
		state |= which;
	return !result || errno == ENOSYS || errno == EINVAL || err_sys(e, errno, "%s", call);
}

bool confine_enter(struct err *e)
{
	struct instruction filter[HEAD_LEN + ROW_LEN * ARRAY_LEN(rows) + 1];
	const struct program program = { (unsigned short)make_filter(filter), filter };
	/* linux/capability.h: version 3, this process; three sets of 64. */
	const uint32_t header[2] = { 0x20080522, 0 }, none[6] = { 0 };

	return took(CONFINE_CAPABILITIES, syscall(SYS_capset, header, none), "capset", e) &&
	       took(CONFINE_PRIVILEGES, prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul), "no_new_privs", e) &&
	       took(CONFINE_CALLS, syscall(SYS_seccomp, SET_MODE_FILTER, FLAG_SPEC_ALLOW, &program),
		    "seccomp", e);
}

unsigned int confine_state(void)
{
	return state;
}

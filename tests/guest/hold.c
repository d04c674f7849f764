/* hold: keeps what a command writes where the host finds it in its own copy of memory. */
/* Does not look at the bytes and frees nothing: the command stays stopped on its way out. */
#include "guest.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/*
 *   hold NAME BYTES COMMAND [ARG...] &
 *
 * Runs the command with its standard output in BYTES of memory made ready beforehand, then prints
 *   hold <name> <bytes written> <exit status> <pfn>+<pages>,...
 * and stays. The command writes into pages that exist already and is stopped before it gives its
 * memory back, so that as little as possible changes in the guest between what the command saw
 * and the moment the host stops the machine.
 */

static char *make_ready(const char *name, size_t bytes, int *ret_fd)
{
	int fd = memfd_create(name, 0);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		die("memfd_create");
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED || mlock(p, bytes))
		die("mmap");
	/* Twice, as write() does later: the first makes a page dirty, the second active. */
	for (int i = 0; i < 2; i++)
		for (size_t at = 0; at < bytes; at += PAGE)
			if (pwrite(fd, "-", 1, (off_t)at) != 1)
				die("pwrite");
	*ret_fd = fd;
	return p;
}

static void run_command(int fd, char **argv)
{
	if (dup2(fd, STDOUT_FILENO) < 0 || ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		die("ptrace");
	execvp(argv[0], argv);
	die(argv[0]);
}

/* The exit status, or 128 + a signal, with the command stopped in its exit. */
static int wait_for_exit(pid_t child)
{
	unsigned long message;
	int status;

	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) ||
	    ptrace(PTRACE_CONT, child, NULL, NULL))
		die("command did not start");
	for (;;) {
		int pass;

		if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			die("waitpid");
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
			break;
		pass = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		if (ptrace(PTRACE_CONT, child, NULL, pass))
			die("ptrace");
	}
	if (ptrace(PTRACE_GETEVENTMSG, child, NULL, &message))
		die("ptrace");
	status = (int)message;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void print_runs(const uint64_t *pfns, size_t count)
{
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && pfns[i + n] == pfns[i] + n;)
			n++;
		printf("%s%#llx+%zu", i ? "," : "", (unsigned long long)pfns[i], n);
	}
}

int main(int argc, char **argv)
{
	size_t bytes, pages;
	uint64_t *pfns;
	char *memory;
	pid_t child;
	int fd, status;

	if (argc < 4) {
		fputs("usage: hold NAME BYTES COMMAND [ARG...]\n", stderr);
		return 2;
	}
	bytes = number(argv[2]);
	pages = (bytes + PAGE - 1) / PAGE;
	pfns = map_anon(pages * sizeof(*pfns), PROT_READ | PROT_WRITE, MAP_POPULATE);
	memory = make_ready(argv[1], bytes, &fd);
	find_pfns(memory, pages, pfns);
	setvbuf(stdout, NULL, _IOFBF, 65536);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		run_command(fd, argv + 3);
	status = wait_for_exit(child);
	/* The offset is shared with the command, so it says how much was written. */
	printf("hold %s %lld %d ", argv[1], (long long)lseek(fd, 0, SEEK_CUR), status);
	print_runs(pfns, pages);
	putchar('\n');
	fflush(stdout);
	stay();
}

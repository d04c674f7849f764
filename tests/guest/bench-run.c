/* bench-run: runs a command several times and prints how long each took, from start to end. */
/* Does not judge: a run that fails ends it, and the numbers are for the host to compare. */
#include "guest.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

/*
 *   bench-run RUNS COMMAND [ARG...]
 *
 * Prints "bench-run <ns of each run>..."; the command's standard output goes to /dev/null.
 * An exit status of 1 counts as success: it says that there are findings.
 */
int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	size_t runs;

	if (argc < 3) {
		fputs("usage: bench-run RUNS COMMAND [ARG...]\n", stderr);
		return 2;
	}
	runs = number(argv[1]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	printf("bench-run");
	for (size_t r = 0; r < runs; r++) {
		uint64_t start = now_ns(), end;
		pid_t child;
		int status;

		errno = posix_spawnp(&child, argv[2], &actions, NULL, argv + 2, environ);
		if (errno || waitpid(child, &status, 0) != child)
			die(argv[2]);
		end = now_ns();
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
			printf("\nbench-run: %s failed, wait status %#x\n", argv[2],
			       (unsigned int)status);
			return 1;
		}
		printf(" %llu", (unsigned long long)(end - start));
	}
	putchar('\n');
	return 0;
}

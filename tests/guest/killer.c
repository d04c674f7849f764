/* killer: runs ramscope again and again and kills, at random, the child that touches for it. */
/* Judges only the form of what ramscope wrote: whole lines of NDJSON, its receipt and end record. */
#include "guest.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#define OUT "/tmp/killer.out"
#define HANG_NS 30000000000ull
#define STATUS_MAX 64

extern char **environ;

static struct {
	size_t killed, told, hung, corrupt; /* told: deaths that the receipts tell of */
	size_t status[STATUS_MAX];
} sums;

static void sleep_ns(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };

	nanosleep(&t, NULL);
}

static pid_t parent_of(pid_t pid)
{
	char path[32], text[256];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	end = strrchr(text, ')'); /* "pid (comm) state ppid ..." */
	return end && strlen(end) > 4 ? (pid_t)atoi(end + 4) : 0;
}

/* Process numbers are given out in order: a child's is a little above its parent's. */
static int kill_child(pid_t parent)
{
	for (pid_t pid = parent + 1; pid < parent + 64; pid++)
		if (parent_of(pid) == parent && !kill(pid, SIGKILL))
			return 1;
	return 0;
}

static pid_t start(char **argv)
{
	posix_spawn_file_actions_t actions;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, OUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	if (errno)
		die(argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

/* Every line an object, the last one the end record, a newline behind it; no death told that was none. */
static int is_whole(size_t killed)
{
	static const char deaths[] = "\"deaths\":";
	static char text[1 << 20];
	int fd = open(OUT, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *line = text, *last = NULL, *receipt;
	size_t told;

	close(fd);
	if (len <= 0 || text[len - 1] != '\n')
		return 0;
	text[len] = '\0';
	while (*line) {
		size_t n = strcspn(line, "\n");

		if (n < 2 || line[0] != '{' || line[n - 1] != '}')
			return 0;
		last = line;
		line += n + 1;
	}
	receipt = strstr(text, deaths);
	if (!receipt)
		return 0;
	told = strtoul(receipt + strlen(deaths), NULL, 10);
	sums.told += told;
	return told <= killed && strstr(last, "\"item\":\"end\"") != NULL;
}

/* One run; kills its child after each gap ns or less, at most kills times. */
static void run(char **argv, uint64_t gap, size_t kills)
{
	uint64_t begin = now_ns();
	pid_t pid = start(argv);
	size_t before = sums.killed;
	int status;

	while (kills--) {
		sleep_ns(random_u64() % (gap + 1));
		if (waitpid(pid, &status, WNOHANG) == pid)
			goto ended;
		sums.killed += (size_t)kill_child(pid);
	}
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (now_ns() - begin > HANG_NS) {
			sums.hung++;
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return;
		}
		sleep_ns(1000000);
	}
ended:
	if (!WIFEXITED(status) || !is_whole(sums.killed - before))
		sums.corrupt++;
	else if (WEXITSTATUS(status) < STATUS_MAX)
		sums.status[WEXITSTATUS(status)]++;
}

/*
 *   killer TIMES EACH COMMAND [ARG...]
 *
 * Runs the command until its child was killed TIMES times, at most EACH times in one run. Its
 * standard output is left in /tmp/killer.out. Prints
 *   killer runs=R killed=K told=T hung=H corrupt=C status=S:N...
 */
int main(int argc, char **argv)
{
	size_t times, each, runs = 0;
	uint64_t begin, alone;

	if (argc < 4) {
		fputs("usage: killer TIMES EACH COMMAND [ARG...]\n", stderr);
		return 2;
	}
	times = number(argv[1]);
	each = number(argv[2]);
	begin = now_ns();
	run(argv + 3, 0, 0);
	alone = now_ns() - begin;
	while (sums.killed < times && runs < 10 * times && !sums.hung) {
		run(argv + 3, alone / each, each);
		runs++;
	}
	printf("killer runs=%zu killed=%zu told=%zu hung=%zu corrupt=%zu status=", runs, sums.killed,
	       sums.told, sums.hung, sums.corrupt);
	for (int i = 0; i < STATUS_MAX; i++)
		if (sums.status[i])
			printf("%d:%zu,", i, sums.status[i]);
	putchar('\n');
	return 0;
}

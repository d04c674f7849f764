/* addresses: runs a command on many physical addresses, random and the edges of /proc/iomem. */
/* Judges nothing: prints how often each exit status came. */
#include "guest.h"

#include <spawn.h>
#include <sys/wait.h>

#define BATCH 500
#define WORDS 8 /* of the command */

extern char **environ;

static struct {
	char text[BATCH][24];
	char *argv[WORDS + BATCH + 1];
	int words, len;
	size_t runs, all, status[256];
} batch;

static void flush(void)
{
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status;

	if (!batch.len)
		return;
	batch.argv[batch.words + batch.len] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&child, batch.argv[0], &actions, NULL, batch.argv, environ);
	if (errno || waitpid(child, &status, 0) != child)
		die(batch.argv[0]);
	batch.status[WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)]++;
	batch.runs++;
	batch.all += (size_t)batch.len;
	batch.len = 0;
}

static void add(uint64_t phys)
{
	snprintf(batch.text[batch.len], sizeof(batch.text[0]), "%#llx", (unsigned long long)phys);
	batch.argv[batch.words + batch.len] = batch.text[batch.len];
	if (++batch.len == BATCH)
		flush();
}

/* The page below, the page at it, and the page above. */
static void add_around(uint64_t phys)
{
	if (phys >= PAGE)
		add(phys - PAGE);
	add(phys);
	add(phys + PAGE);
}

/* Both edges of every line, and what comes behind it. */
static void add_edges(void)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long long start, last;
	char line[256];

	if (!f)
		die("/proc/iomem");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %llx-%llx", &start, &last) != 2)
			continue;
		add_around(start);
		add_around(last);
		add_around(last + 1);
	}
	fclose(f);
}

/*
 *   addresses COUNT BITS COMMAND [ARG...]
 *
 * Runs the command on COUNT addresses below 2^BITS and on the edges of /proc/iomem, 500 at a time.
 * Prints "addresses all=N runs=R status=S:N,...".
 */
int main(int argc, char **argv)
{
	size_t count, bits;

	if (argc < 4 || argc - 3 > WORDS) {
		fputs("usage: addresses COUNT BITS COMMAND [ARG...]\n", stderr);
		return 2;
	}
	count = number(argv[1]);
	bits = number(argv[2]);
	batch.words = argc - 3;
	memcpy(batch.argv, argv + 3, (size_t)batch.words * sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		add(random_u64() >> (64 - bits));
	add_edges();
	flush();
	printf("addresses all=%zu runs=%zu status=", batch.all, batch.runs);
	for (int i = 0; i < 256; i++)
		if (batch.status[i])
			printf("%d:%zu,", i, batch.status[i]);
	putchar('\n');
	return 0;
}

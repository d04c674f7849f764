/* Runs one fuzz target over files and directories given: the corpus replayed without a fuzzer. */
/* Makes no new inputs; clang's -fsanitize=fuzzer does that with the same target. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int replayed;

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "FAIL %s: %s\n", path, why);
	return 1;
}

static int replay_file(const char *path, size_t size)
{
	/* As long as the file and no longer, so that a read behind it is found. */
	uint8_t *bytes = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!bytes || !f)
		return fail(path, "cannot be opened");
	n = fread(bytes, 1, size, f);
	fclose(f);
	if (n != size)
		return fail(path, "cannot be read");
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	replayed++;
	return 0;
}

static int replay(const char *path)
{
	char name[4096];
	struct dirent *entry;
	struct stat st;
	int bad = 0;
	DIR *dir;

	if (stat(path, &st))
		return fail(path, "is not there");
	if (!S_ISDIR(st.st_mode))
		return replay_file(path, (size_t)st.st_size);
	dir = opendir(path);
	if (!dir)
		return fail(path, "cannot be opened");
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) >= (int)sizeof(name))
			bad |= fail(path, "is too long a path");
		else
			bad |= replay(name);
	}
	closedir(dir);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	if (!replayed)
		bad |= fail(argv[0], "no input at all");
	if (!bad)
		printf("ok %s: %u inputs\n",
		       strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0], replayed);
	return bad;
}

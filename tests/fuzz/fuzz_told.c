/* Fuzz target: the texts of /proc, /sys and the kernel log that facts are read from. */
/* The first byte chooses the file, the rest is its text. */
#include "machine.h"

#include "policy/told.h"

static void config(struct facts *f, const char *text)
{
	told_config(f, "/proc/config.gz", text);
}

static void release(struct facts *f, const char *text)
{
	told_release(f, text, text);
}

static void caps(struct facts *f, const char *text)
{
	told_caps(f, (uint64_t)text[0] << 16, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tellers[])(struct facts *f, const char *text) = {
		told_lockdown, told_cmdline, config, told_log, told_cpuinfo, release, told_zones, caps,
	};
	static struct facts f;
	char *text;

	if (!size)
		return 0;
	/* On the heap and no longer than the text, so that a read behind it is found. */
	text = malloc(size);
	MUST(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	memset(&f, 0, sizeof(f));
	tellers[data[0] % (sizeof(tellers) / sizeof(tellers[0]))](&f, text);
	for (size_t i = 0; i < FACT_LEN; i++) {
		MUST(f.of[i].value <= TRI_YES);
		MUST(memchr(f.of[i].from, 0, FACT_FROM_MAX));
		MUST(f.of[i].value == TRI_UNKNOWN || f.of[i].from[0]);
	}
	MUST(!f.phys_bits || (f.phys_bits >= 32 && f.phys_bits <= 63));
	free(text);
	return 0;
}

/* The words of the kernel command line that change its map of memory: mem= and memmap=. */
/* Does not know whether the kernel obeyed: /proc/iomem does. */
#include "physmap/words.h"

#include <string.h>

/* lib/cmdline.c, memparse(), but for octal, which nobody means; NULL: no number. */
static const char *scan_size(const char *p, uint64_t *ret_value)
{
	static const char suffixes[] = "KkMmGgTtPpEe";
	bool hex = *p == '0' && (p[1] | 0x20) == 'x';
	const char *suffix;

	p = num_scan(hex ? p + 2 : p, hex ? 16 : 10, ret_value);
	suffix = p && *p ? strchr(suffixes, *p) : NULL;
	if (!suffix)
		return p;
	*ret_value <<= 10 * ((size_t)(suffix - suffixes) / 2 + 1);
	return p + 1;
}

static void add(struct physmap *m, const char *word, uint64_t start, uint64_t size, bool ram)
{
	uint64_t end = size > UINT64_MAX - start ? UINT64_MAX : start + size;

	physmap_add(m, &(struct physmap_entry){ { start, end }, word, 0, PHYSMAP_WORDS, ram });
}

/* One of memmap='s: exactmap, SIZE (as mem=), SIZE@START: RAM; #: ACPI; $: reserved; !: protected; %: retyped. */
static void add_one(struct physmap *m, const char *word, const char *p)
{
	uint64_t size, start;
	const char *end;

	if (!strncmp(p, "exactmap", 8)) {
		add(m, word, 0, UINT64_MAX, false);
		return;
	}
	end = scan_size(p, &size);
	if (!end || !size)
		return;
	if (!*end || !strchr("@#$!%", *end))
		add(m, word, size, UINT64_MAX, false);
	else if (scan_size(end + 1, &start))
		add(m, word, start, size, *end == '@');
}

static const char *unquoted(const char *value)
{
	return value + (*value == '"');
}

static void add_word(struct physmap *m, const char *word)
{
	if (!strncmp(word, "mem=", 4)) {
		add_one(m, word, unquoted(word + 4));
		return;
	}
	if (strncmp(word, "memmap=", 7))
		return;
	for (const char *p = unquoted(word + 7); p; p = strchr(p, ',')) {
		p += *p == ',';
		add_one(m, word, p);
	}
}

/* kernel/params.c, next_arg(): a blank between quotes ends no word. */
void words_add(struct physmap *m, char *text)
{
	char *p = text, *word;

	for (;;) {
		bool quoted = false;

		p += strspn(p, " \t\n");
		if (!*p)
			return;
		for (word = p; *p && (quoted || !strchr(" \t\n", *p)); p++)
			quoted ^= *p == '"';
		if (*p)
			*p++ = '\0';
		if (!strcmp(word, "--"))
			return;
		add_word(m, word);
	}
}

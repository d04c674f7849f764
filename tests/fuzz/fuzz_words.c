/* Fuzz target: the kernel command line, for mem= and memmap=. */
/* The input is the line. */
#include "machine.h"

#include "physmap/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct physmap m = { 0 };

	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	words_add(&m, text);
	for (size_t i = 0; i < m.len; i++) {
		const struct physmap_entry *x = &m.entries[i];

		MUST(x->source == PHYSMAP_WORDS && x->phys.start < x->phys.end);
		MUST(x->what >= text && x->what + strlen(x->what) <= text + size);
		MUST(!strncmp(x->what, "mem", 3));
	}
	physmap_deinit(&m);
	free(text);
	return 0;
}

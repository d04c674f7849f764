/* Facts: their names, and the keys that follow from them. */
/* Puts nothing anywhere. */
#include "decode/sink.h"

#include <stdbool.h>

static char key_char(char c)
{
	bool upper = c >= 'A' && c <= 'Z';

	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return c;
	return upper ? (char)(c - 'A' + 'a') : '_';
}

void fact_init(struct fact *fact, const char *name, unsigned int number, uint64_t phys,
	       size_t width)
{
	*fact = (struct fact){ .phys = phys, .width = width };
	for (size_t i = 0; name[i] && i < FACT_NAME_MAX - 1; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';

		fact->name[i] = (char)(name[i] + (digit ? (int)number : 0));
		fact->key[i] = key_char(fact->name[i]);
	}
}

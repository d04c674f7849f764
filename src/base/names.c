/* Lists of names in one string each. */
/* Knows no list. */
#include "base/names.h"

#include <string.h>

const char *name_at(const char *names, size_t number)
{
	while (number--)
		names += strlen(names) + 1;
	return names;
}

const char *name_of(const char *codes, unsigned int code)
{
	do {
		if ((unsigned char)*codes++ == code)
			return codes;
		codes += strlen(codes) + 1;
	} while (*codes);
	return NULL;
}

const char *names_find(const char *text, const char *what)
{
	size_t len = strlen(what);

	while ((text = strchr(text, *what)) && strncmp(text, what, len))
		text++;
	return text;
}

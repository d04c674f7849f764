/* The table of kinds. */
/* Does not classify: classify.c does. */
#include "census/kinds.h"

#include "base/names.h"

static const char letters[] = {
#define X(kind, letter, name, meaning) letter,
	KINDS(X)
#undef X
};

/* Name and meaning in turn. */
static const char texts[] =
#define X(kind, letter, name, meaning) name "\0" meaning "\0"
	KINDS(X);
#undef X

char kind_letter(unsigned int kind)
{
	return letters[kind];
}

const char *kind_name(unsigned int kind)
{
	return name_at(texts, 2 * kind);
}

const char *kind_meaning(unsigned int kind)
{
	return name_at(texts, 2 * kind + 1);
}

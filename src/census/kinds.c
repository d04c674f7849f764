/* The table of kinds. */
/* Does not classify: classify.c does. */
#include "census/kinds.h"

const struct kind_row kind_rows[KIND_LEN] = {
#define X(kind, letter, name, meaning) [kind] = { letter, name, meaning },
	KINDS(X)
#undef X
};

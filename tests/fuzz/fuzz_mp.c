/* Fuzz target: the MP configuration table. */
/* The input is the table. */
#include "records.h"

#include "decode/mp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_table t;

	if (mp_table(&(struct view){ data, size, 0 }, &t))
		MUST(t.len >= t.base_len && (t.len <= size || t.sum != SUM_RIGHT || t.extended_sum != SUM_RIGHT));
	records_walk(mp_next, data, size);
	return 0;
}

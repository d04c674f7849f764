/* Fuzz target: the BIOS's own tables in the first MiB. */
/* The input is one of them. */
#include "records.h"

#include "decode/biostable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	records_walk(biostable_next, data, size);
	return 0;
}

/* Fuzz target: gzip, as /proc/config.gz is. */
/* The input is the file. */
#include "machine.h"

#include "base/inflate.h"

#define ROOM 100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Half the time with little room, on the heap, so that a write behind it is found. */
	size_t room = size % 2 ? ROOM : size, len = SIZE_MAX;
	uint8_t *out = malloc(room ? room : 1);

	MUST(out);
	if (inflate_gzip(data, size, out, room, &len))
		MUST(len <= room);
	else
		MUST(len == SIZE_MAX);
	free(out);
	return 0;
}

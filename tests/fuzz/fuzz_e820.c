/* Fuzz target: the e820 table of struct boot_params. */
/* The input is the structure, or its beginning. */
#include "machine.h"

#include "firmware/e820.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct e820_map map;
	struct err e = ERR_INIT;

	if (!e820_parse(&(struct view){ data, size, 0 }, &map, &e)) {
		MUST(e.kind == ERR_UNSUPPORTED);
		return 0;
	}
	MUST(map.len <= E820_RANGES_MAX);
	for (size_t i = 0; i < map.len; i++) {
		const struct e820_range *r = &map.ranges[i];

		MUST(r->phys.start < r->phys.end);
		MUST(e820_type(r)[0] && strlen(e820_type(r)) < 32);
		MUST(e820_find(&map, r->phys.start) && e820_find(&map, r->phys.end - 1));
	}
	return 0;
}

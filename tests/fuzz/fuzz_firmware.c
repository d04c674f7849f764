/* Fuzz target: the e820 table of struct boot_params. */
/* The input is the structure, or its beginning. */
#include "machine.h"

#include "kernel/firmware.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct firmware_map map;
	struct err e = ERR_INIT;

	if (!firmware_parse_e820(&(struct view){ data, size, 0 }, &map, &e)) {
		MUST(e.kind == ERR_UNSUPPORTED);
		return 0;
	}
	MUST(map.len <= FIRMWARE_RANGES_MAX);
	for (size_t i = 0; i < map.len; i++) {
		const struct firmware_range *r = &map.ranges[i];

		MUST(r->phys.start < r->phys.end);
		MUST(firmware_type(r)[0] && strlen(firmware_type(r)) < 32);
		MUST(firmware_find(&map, r->phys.start) && firmware_find(&map, r->phys.end - 1));
	}
	return 0;
}

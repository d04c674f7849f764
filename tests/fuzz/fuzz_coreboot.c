/* Fuzz target: coreboot's table, its timestamps, the log of its console. */
/* The input is each of them. */
#include "records.h"

#include "decode/coreboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view v = { data, size, 0 };
	struct coreboot t;
	struct coreboot_stamp s;
	struct view text[2];
	bool lost;

	if (coreboot_table(&v, &t))
		MUST(t.len <= COREBOOT_MAX);
	records_walk(coreboot_next, data, size);
	for (uint32_t i = 0; coreboot_stamp(&v, i, &s); i++)
		MUST(i < coreboot_stamps_len(&v) && i < size / 12);
	coreboot_console(&v, text, &lost);
	for (size_t i = 0; i < 2; i++)
		MUST(text[i].bytes >= data && text[i].bytes <= data + size &&
		     text[i].len <= size - (size_t)(text[i].bytes - data));
	MUST(text[0].len + text[1].len <= size);
	return 0;
}

/* Command lines and what they do to the map of memory. */
/* That Linux does so, too, is tested with booted boards. */
#include "unit.h"

#include "base/fmt.h"
#include "physmap/words.h"

#include <inttypes.h>

static void words(void **state)
{
	static const struct {
		const char *text, *want; /* "start-end RAM? word;" */
	} rows[] = {
		{ "", "" },
		{ "quiet console=ttyS0", "" },
		{ "mem=300M", "12c00000-ffffffffffffffff - mem=300M;" },
		{ "a mem=0x10000000 b", "10000000-ffffffffffffffff - mem=0x10000000;" },
		{ "mem=4096k\n", "400000-ffffffffffffffff - mem=4096k;" },
		{ "mem=1T", "10000000000-ffffffffffffffff - mem=1T;" },
		{ "mem=nopentium", "" },
		{ "mem=", "" },
		{ "mem=0", "" },
		{ "xmem=5M mem5M memory=5M", "" },
		{ "memmap=16M$0x10000000", "10000000-11000000 - memmap=16M$0x10000000;" },
		{ "memmap=64M!128M", "8000000-c000000 - memmap=64M!128M;" },
		{ "memmap=64M@128M", "8000000-c000000 RAM memmap=64M@128M;" },
		{ "memmap=4K#0x1000", "1000-2000 - memmap=4K#0x1000;" },
		{ "memmap=1M%2M-1+2", "200000-300000 - memmap=1M%2M-1+2;" },
		{ "memmap=300M", "12c00000-ffffffffffffffff - memmap=300M;" },
		{ "memmap=4K$8K,4K$0x10000", "2000-3000 - memmap=4K$8K,4K$0x10000;10000-11000 - memmap=4K$8K,4K$0x10000;" },
		{ "memmap=exactmap memmap=1M@0", "0-ffffffffffffffff - memmap=exactmap;0-100000 RAM memmap=1M@0;" },
		{ "memmap=4K$", "" },
		{ "memmap=$4K", "" },
		{ "memmap=4K$junk", "" },
		{ "memmap=,", "" },
		{ "memmap=", "" },
		{ "memmap=2$0xffffffffffffffff", "" },
		{ "memmap=9$0xfffffffffffffffe", "fffffffffffffffe-ffffffffffffffff - memmap=9$0xfffffffffffffffe;" },
		{ "memmap=0x99999999999999999$5", "" },
		{ "memmap=\"4K$8K\"", "2000-3000 - memmap=\"4K$8K\";" },
		{ "x=\"a mem=5M b\" mem=6M", "600000-ffffffffffffffff - mem=6M;" },
		{ "mem=6M -- mem=5M", "600000-ffffffffffffffff - mem=6M;" },
		{ "mem=6M mem=5M", "600000-ffffffffffffffff - mem=6M;500000-ffffffffffffffff - mem=5M;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *text = (char *)unit_copy(rows[i].text, strlen(rows[i].text) + 1), got[256] = "";
		struct physmap m = { 0 };
		size_t used = 0;

		words_add(&m, text);
		for (size_t j = 0; j < m.len; j++) {
			const struct physmap_entry *x = &m.entries[j];

			fmt_append(got, sizeof(got), &used, "%" PRIx64 "-%" PRIx64 " %s %s;", x->phys.start, x->phys.end,
				   x->ram ? "RAM" : "-", x->what);
			CHECK_NUMBER(rows[i].text, x->source, PHYSMAP_WORDS);
		}
		CHECK_TEXT(rows[i].text, got, rows[i].want);
		physmap_deinit(&m);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("physmap/words", tests, NULL, NULL);
}

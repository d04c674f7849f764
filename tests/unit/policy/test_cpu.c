/* /proc/cpuinfo: the three lines that bear on memory. */
/* Flags of real processors are not listed here. */
#include "unit.h"

#include "policy/cpu.h"

#define SIZES "address sizes\t: 40 bits physical, 57 bits virtual\n"

static void parse(void **state)
{
	static const struct {
		const char *label, *text;
		unsigned int phys_bits, virt_bits; /* 0: refused */
		bool pat, la57;
	} rows[] = {
		{ "both flags", "flags\t\t: fpu pat pse36 la57\n" SIZES, 40, 57, true, true },
		{ "flag at the line's end", "flags\t: fpu pat\n" SIZES, 40, 57, true, false },
		{ "flag at the text's end", SIZES "flags\t: la57", 40, 57, false, true },
		{ "longer words", "flags\t: path apat la5 la571\n" SIZES, 40, 57, false, false },
		{ "in another line", "model name\t: pat la57\nflags\t: fpu\n" SIZES, 40, 57, false,
		  false },
		{ "flags of the VMX line", "vmx flags\t: pat\nflags\t: fpu\n" SIZES, 40, 57, false,
		  false },
		{ "a line that begins alike", "flagsx\t: pat\nflags\t: fpu\n" SIZES, 40, 57, false,
		  false },
		{ "first processor counts", "flags : pat\n" SIZES "flags : fpu\n", 40, 57, true,
		  false },
		{ "no flags", SIZES, 40, 57, false, false },
		{ "colon at once", "flags:pat\naddress sizes:36 bits physical, 32 bits virtual\n",
		  36, 32, true, false },
		{ "fewest bits", "address sizes : 32 bits physical, 32 bits virtual\n", 32, 32,
		  false, false },
		{ "most bits", "address sizes : 63 bits physical, 64 bits virtual\n", 63, 64, false,
		  false },
		{ "too few", "address sizes : 31 bits physical, 32 bits virtual\n", 0, 0, false,
		  false },
		{ "too many", "address sizes : 65 bits physical, 48 bits virtual\n", 0, 0, false,
		  false },
		{ "no number", "address sizes : none, none\n", 0, 0, false, false },
		{ "no comma", "address sizes : 40 bits physical\n", 0, 0, false, false },
		{ "no such line", "flags : pat\n", 0, 0, false, false },
		{ "no colon", "address sizes \n", 0, 0, false, false },
		{ "nothing", "", 0, 0, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct cpu cpu = { 0 };

		CHECK(rows[i].label, cpu_parse(rows[i].text, &cpu, &e) == (rows[i].phys_bits != 0));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].phys_bits ? ERR_NONE : ERR_UNSUPPORTED);
		CHECK_NUMBER(rows[i].label, cpu.phys_bits, rows[i].phys_bits);
		CHECK_NUMBER(rows[i].label, cpu.virt_bits, rows[i].virt_bits);
		CHECK_NUMBER(rows[i].label, cpu.pat, rows[i].pat);
		CHECK_NUMBER(rows[i].label, cpu.la57, rows[i].la57);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse) };

	return cmocka_run_group_tests_name("kernel/cpu", tests, NULL, NULL);
}

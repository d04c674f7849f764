/* sum: times the adding up of anonymous memory, the yardstick for a pass over as many bytes. */
/* Does not touch /dev/mem and does not tune its loop: it is what a compiler makes of the obvious
 * one. */
#include "guest.h"

/*
 *   sum MIB small|huge ROUNDS
 *
 * Prints "sum <ns of each round>..."; the first round meets cold caches and untranslated code.
 */
int main(int argc, char **argv)
{
	size_t bytes, rounds;
	uint64_t *memory, total = 0;
	int advice;

	if (argc != 4) {
		fputs("usage: sum MIB small|huge ROUNDS\n", stderr);
		return 2;
	}
	bytes = number(argv[1]) * MIB;
	advice = strcmp(argv[2], "huge") ? MADV_NOHUGEPAGE : MADV_HUGEPAGE;
	rounds = number(argv[3]);
	memory = (uint64_t *)(void *)map_advised(bytes, advice);
	for (size_t i = 0; i < bytes / sizeof(*memory); i++)
		memory[i] = i;
	printf("sum");
	for (size_t r = 0; r < rounds; r++) {
		uint64_t start = now_ns();

		for (size_t i = 0; i < bytes / sizeof(*memory); i++)
			total += memory[i];
		/* The result must look needed, or there is no loop. */
		__asm__ volatile("" : : "r"(total) : "memory");
		printf(" %llu", (unsigned long long)(now_ns() - start));
	}
	putchar('\n');
	return 0;
}

/* Why the kernel's map of a piece is not the firmware's. */
/* Rules from arch/x86/kernel/e820.c, setup.c and cpu/mtrr/cleanup.c, 5.10 to 6.12. */
#include "physmap/left.h"

#include "base/names.h"

#include <string.h>

#define FOUR_GIB (1ull << 32)

static const char names[] =
#define X(reason, name, text) name "\0"
	LEFT_REASONS(X);
#undef X

static const char texts[] =
#define X(reason, name, text) text "\0"
	LEFT_REASONS(X);
#undef X

static bool kernel_says(const struct physmap_piece *piece, const char *what)
{
	const struct physmap_entry *kernel = piece->says[PHYSMAP_KERNEL];

	return kernel && !strncmp(kernel->what, what, strlen(what));
}

static enum left left_out(const struct physmap_piece *piece, const struct left_facts *facts)
{
	const struct physmap_entry *word = piece->says[PHYSMAP_WORDS];

	/* trim_bios_range() */
	if (piece->phys.end <= PAGE_SIZE)
		return LEFT_PAGE0;
	if (piece->phys.start >= 0xa0000 && piece->phys.end <= 0x100000)
		return LEFT_VIDEO;
	if (word && !word->ram)
		return LEFT_WORD;
	/* Where addresses have 32 bits /proc/iomem ends at 4 GiB: e820__reserve_resources(). */
	if (piece->phys.start >= FOUR_GIB && facts->kernel_end <= FOUR_GIB)
		return LEFT_REACH;
	/* arch_reserve_mem_area() */
	if (kernel_says(piece, "ACPI"))
		return LEFT_ACPI;
	/* mtrr_trim_uncached_memory(), efi_mem_reserve(): both make it reserved. */
	if (facts->mtrr && kernel_says(piece, "Reserved"))
		return LEFT_MTRR;
	if (facts->efi && kernel_says(piece, "Reserved"))
		return LEFT_EFI;
	return LEFT_UNKNOWN;
}

static enum left added(const struct physmap_piece *piece)
{
	static const char kept[] = "Reserved\0ACPI Tables\0ACPI Non-volatile Storage\0Unusable memory\0";
	const struct physmap_entry *word = piece->says[PHYSMAP_WORDS];
	const struct physmap_entry *firmware = piece->says[PHYSMAP_E820];

	/* Soft Reserved and Persistent Memory are there to become RAM: drivers/dax/kmem.c. */
	for (const char *name = kept; firmware && *name; name += strlen(name) + 1)
		if (!strcmp(firmware->what, name))
			return ADDED_AGAINST;
	return word && word->ram ? ADDED_WORD : ADDED_LATER;
}

enum left left_reason(const struct physmap_piece *piece, const struct left_facts *facts)
{
	bool firmware = physmap_is_ram(piece, PHYSMAP_E820), kernel = physmap_is_ram(piece, PHYSMAP_KERNEL);

	if (firmware == kernel)
		return LEFT_NONE;
	return firmware ? left_out(piece, facts) : added(piece);
}

const char *left_name(enum left reason)
{
	return name_at(names, reason);
}

const char *left_text(const struct physmap_piece *piece, enum left reason)
{
	const struct physmap_entry *word = piece->says[PHYSMAP_WORDS];
	bool by_word = reason == LEFT_WORD || reason == ADDED_WORD || (reason == ADDED_AGAINST && word && word->ram);

	if (reason == LEFT_NONE)
		return NULL;
	return by_word ? word->what : name_at(texts, reason);
}

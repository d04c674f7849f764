/* May a range that a pointer of the firmware names be read, and reading it. */
/* A device is never read: what is not memory for sure is refused, with what it is. */
#ifndef FIRMWARE_REACH_H
#define FIRMWARE_REACH_H

#include "firmware/e820.h"
#include "kernel/iomem.h"
#include "mem/mem.h"

#define REACH_TABLE_MAX (1u << 20) /* bytes of one table */
#define REACH_TOTAL_MAX (16u << 20) /* and of all together: pointers may lead in circles */

/*
 * Memory for sure is, page by page,
 *
 *   what the guard allows already: RAM, if safe() has nothing against it, and the first MiB;
 *   what e820 calls "ACPI Tables" or "ACPI Non-volatile Storage";
 *   what e820 calls "Reserved", and EFI's map memory; or, where there is no such map, what hangs together with RAM
 *   by such pieces without a gap: no island, which flash, MMCONFIG and registers are;
 *
 * and in the last two cases /proc/iomem must show nothing there but that, or coreboot's table, which is memory.
 *
 *	0        1M            TOLUD                        0xe0000000    0xfed00000    0xfffc0000   4G
 *	| low ...| System RAM | Reserved | ACPI | Reserved |   gap   | MMCONFIG | gap | HPET ... | flash |
 *	          read                read                     refused
 */
struct reach {
	struct mem *mem; /* NULL: there is none, no_memory says why */
	struct err no_memory;
	const struct iomem *iomem; /* of the live machine */
	const struct e820_map *e820; /* NULL: none was had, and nothing is added to the guard's ranges */
	const struct range *efi; /* what EFI's map calls memory; NULL: no EFI, or its map was not had */
	size_t efi_len;
	/*
	 * RAM: how far from phys on, at most to end, the pages may be touched; phys: not at all, and *e says why.
	 * NULL: all that the guard allows.
	 */
	uint64_t (*safe)(void *arg, uint64_t phys, uint64_t end, struct err *e);
	/* Does the kernel keep those pages of RAM for ever, as their struct pages tell (PG_reserved)? NULL: not known. */
	enum tri (*kept)(void *arg, uint64_t phys, uint64_t end);
	void *arg; /* of both */
	size_t read; /* bytes so far */
};

/*
 * True when every byte of [phys, phys + len) may be read; the guard then allows its pages. Kind ERR_GUARD:
 * "0xfed00000 is a device: HPET 0", "... is not memory: ..."; the kind of no_memory where there is none.
 */
bool reach_allow(struct reach *r, uint64_t phys, uint64_t len, struct err *e) __attribute__((warn_unused_result));
/* The same, and copies them. Kinds: as mem_read(), too; ERR_UNSUPPORTED beyond the limits above. */
bool reach_read(struct reach *r, uint64_t phys, void *buf, size_t len, struct err *e)
	__attribute__((warn_unused_result));
/* The same into a new buffer: alloc_free() ret_view->bytes. */
bool reach_load(struct reach *r, uint64_t phys, size_t len, struct view *ret_view, struct err *e)
	__attribute__((warn_unused_result));

#endif

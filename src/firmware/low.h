/* The first MiB, read once, and every decoder run over what was read. */
/* Shows nothing, and follows no pointer out of the first MiB. */
#ifndef FIRMWARE_LOW_H
#define FIRMWARE_LOW_H

#include "decode/bda.h"
#include "decode/ebda.h"
#include "decode/ivt.h"
#include "decode/rom.h"
#include "decode/signature.h"
#include "mem/lowmem.h"

#define LOW_ROMS_MAX 32

struct low {
	struct lowmem mem;
	struct view bda;   /* empty when page 0 could not be had */
	uint64_t base_end; /* end of base memory by the BIOS data area, 0 when not known */
	struct ebda ebda;
	struct ivt ivt;
	struct ivt_map map;
	bool iret; /* the default vector leads to an IRET */
	struct rom roms[LOW_ROMS_MAX];
	struct range rom_ranges[LOW_ROMS_MAX]; /* of those whose checksum is right */
	size_t roms_len, rom_ranges_len, roms_dropped;
	struct signature_hits hits;
};

/* Pages that follow each other in one state; video memory is none of lowmem's states. */
struct low_run {
	uint32_t start, end;
	const char *state;
};

/* Kinds: those of mem_read() when no page at all could be had. lowmem_deinit(&low->mem) after use.
 */
bool low_gather(struct low *ret_low, struct mem *m, struct err *e)
    __attribute__((warn_unused_result));
/* The run of pages that begins at start. */
struct low_run low_run_at(const struct low *low, uint32_t start);
/* "EBDA 0x9fc00-0x9ffff, 1 KiB: ends at 640 KiB, as it should" */
void low_ebda_text(const struct low *low, char *buf, size_t size);
/* Class, identifiers and names of a ROM, comma separated. */
void low_rom_text(const struct rom *rom, char *buf, size_t size);

#endif

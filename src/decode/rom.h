/* Option ROM headers in 0xc0000-0xeffff, with their PCI and Plug and Play expansions. */
/* Judges the first image of a ROM; does not run or disassemble anything. */
#ifndef DECODE_ROM_H
#define DECODE_ROM_H

#include "base/num.h"
#include "decode/sum.h"

#define ROM_AREA_START 0xc0000u
#define ROM_AREA_END 0xf0000u
#define ROM_STEP 2048u /* a ROM begins at a multiple of it */
#define ROM_NAME_MAX 40

struct rom {
	struct range phys; /* by its size byte; may reach beyond what was read */
	enum sum sum;
	bool has_pci, has_pnp;
	/* When has_pci: the PCI data structure. */
	uint16_t vendor, device;
	uint32_t class;	     /* base class << 16 | subclass << 8 | interface */
	uint32_t image_size; /* bytes */
	uint8_t code_type;
	bool last; /* no further image follows */
	/* When has_pnp: the first Plug and Play expansion header. Strings as they are, cut. */
	enum sum pnp_sum;
	uint32_t device_id; /* compressed EISA identifier, 0 for none */
	char maker[ROM_NAME_MAX], product[ROM_NAME_MAX];
};

/*
 * The next ROM in v at or after *pos, which starts at 0; *pos goes on behind it when its
 * checksum is right, else by one step. v->phys must be a multiple of ROM_STEP.
 */
bool rom_next(const struct view *v, size_t *pos, struct rom *ret_rom);
/* "x86", "EFI" ...; NULL when the number is not assigned. */
const char *rom_code_type(uint8_t code_type);
/* "display", "network" ...: the base class; NULL when not known. */
const char *rom_class(uint32_t class);
/* "PNPB02F" out of a compressed EISA identifier; "" for 0. */
void rom_eisa_id(uint32_t id, char text[8]);

#endif

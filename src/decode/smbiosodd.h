/* Values of SMBIOS structures that no row of words can say. */
/* A part of smbiostypes.c: nobody else includes it, but for the names of memory types. */
#ifndef DECODE_SMBIOSODD_H
#define DECODE_SMBIOSODD_H

#include "decode/bits.h"
#include "decode/smbios.h"

/* DSP0134 3.7, 7.18.2, from 1 on. */
#define SMBIOS_MEMORY_TYPES \
	"other,unknown,DRAM,EDRAM,VRAM,SRAM,RAM,ROM,flash,EEPROM,FEPROM,EPROM,CDRAM,3DRAM,SDRAM,SGRAM,RDRAM,DDR,DDR2," \
	"DDR2 FB-DIMM,,,,DDR3,FBD2,DDR4,LPDDR,LPDDR2,LPDDR3,LPDDR4,logical non-volatile device,HBM,HBM2,DDR5,LPDDR5,HBM3"

/* What the function below needs besides the field: its arg. */
struct smbios_odd {
	const struct smbios_record *record;
	unsigned int version;
};

/* struct fields' say(): by the type and the offset of the field. */
void smbios_say_odd(const void *arg, const struct view *v, size_t off, struct bits_text *t);

#endif

/* Memory modules by SMBIOS: how many, how large, and which of them a physical address belongs to. */
/* What the structures say together; each one's fields are smbiostypes.h's. Believes them: whether they are right others tell. */
#ifndef DECODE_DIMMS_H
#define DECODE_DIMMS_H

#include "base/num.h"
#include "decode/smbios.h"

/*
 * How structures hang together, each by the handle of another (DSP0134 3.7, 7.17 to 7.21):
 *
 *     16 array  <---- array handle ---- 17 device, one a slot
 *        ^                                 ^
 *        | array handle                    | device handle
 *     19 range of an array              20 range of a device, often left out
 */
struct dimm {
	struct smbios_record record; /* type 17: locator, speed and all else are facts of it */
	uint16_t array;
	bool known; /* the size is told */
	uint64_t size; /* bytes, 0: an empty slot, or not known */
	uint64_t ram; /* of these, what is no persistent memory */
};

/* Of arrays of system memory only: flash of the firmware and video memory are no RAM. */
struct dimms_sum {
	unsigned int arrays, slots, populated;
	unsigned int unknown; /* populated, and no size is told: bytes is too low */
	uint64_t bytes;	   /* RAM in all modules */
	uint64_t capacity; /* of all arrays, 0: not told */
	uint64_t mapped;   /* by the ranges of the arrays, type 19; 0: there are none */
	uint64_t mapped_devices; /* by those of the devices, type 20; 0: there are none */
};

/* Which module an address belongs to, as far as SMBIOS tells. */
struct dimm_place {
	bool by_device; /* type 20 says it, else type 19 does: then any module of that array may be it */
	unsigned int of; /* so many may be it; 0: the array has no module */
	struct range phys; /* for which that holds */
	/* With by_device: 0 when not interleaved, 0xff when that is not known. */
	uint8_t interleave_position, interleave_depth;
	uint16_t handle; /* of dimm, or of the array when of is 0 */
	bool has_dimm; /* there is such a structure */
	struct dimm dimm;
};

/* False: the structure is no memory device. */
bool dimm_decode(const struct smbios_record *r, struct dimm *ret_dimm);
/* What types 19 and 20 map, end exclusive. False: not one of them, or it ends before it starts. */
bool dimms_range(const struct smbios_record *r, struct range *ret_phys);
/* Bytes an array, type 16, may have at most; 0: not told. */
uint64_t dimms_capacity(const struct smbios_record *r);
void dimms_add_up(const struct smbios *s, struct dimms_sum *ret_sum);
/* Number n, from 0 on, of the modules that phys may belong to; false when there are no more. */
bool dimms_at(const struct smbios *s, uint64_t phys, unsigned int n, struct dimm_place *ret_place);

#endif

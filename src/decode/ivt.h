/* The real-mode interrupt vectors, 0x000-0x3ff: which differ from the default, and where to. */
/* Says where a vector points, not what the code there does. */
#ifndef DECODE_IVT_H
#define DECODE_IVT_H

#include "base/num.h"
#include "base/view.h"

#define IVT_LEN 256
#define IVT_SIZE (4 * IVT_LEN)
#define IVT_DEFAULT_MIN 16 /* so many vectors must share a target for it to be the default */

struct ivt_vector {
	uint16_t offset, segment;
};

struct ivt {
	size_t len;		  /* vectors that were there to read */
	size_t zero;		  /* of them 0000:0000: never set */
	size_t same;		  /* that share the default; 0 when there is none */
	struct ivt_vector common; /* the default: the target most vectors share */
	struct ivt_vector vectors[IVT_LEN];
};

/* What else is known of the first MiB; all may be empty. */
struct ivt_map {
	uint64_t base_end; /* end of base memory by the BIOS, 0 when not known */
	struct range ebda;
	const struct range *roms;
	size_t roms_len;
};

/* v starts at address 0; a vector cut off at its end does not count. */
void ivt_decode(const struct view *v, struct ivt *ret_ivt);

static inline uint32_t ivt_phys(const struct ivt_vector *vector)
{
	return ((uint32_t)vector->segment << 4) + vector->offset;
}

bool ivt_is_zero(const struct ivt_vector *vector);
bool ivt_is_default(const struct ivt *ivt, const struct ivt_vector *vector);
/* "video", "IRQ 6 diskette" ...; NULL when the number has no use of old. */
const char *ivt_name(unsigned int number);
/* True when the vector is the address of a table, not of code. */
bool ivt_is_table(unsigned int number);
/* "never set", "system BIOS", "option ROM", "EBDA", "RAM" ... */
const char *ivt_place(const struct ivt_map *map, const struct ivt_vector *vector);
/* True when the bytes a vector points to are an IRET: it does nothing. */
bool ivt_is_iret(const struct view *target);

#endif

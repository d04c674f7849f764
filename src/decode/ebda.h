/* The extended BIOS data area: where it is, whether that can be, and what is in it. */
/* Does not search: the BIOS data area says its segment. */
#ifndef DECODE_EBDA_H
#define DECODE_EBDA_H

#include "base/num.h"
#include "base/view.h"
#include "decode/sink.h"

#define EBDA_END 0xa0000u /* it lies at the top of the memory below 640 KiB */

enum ebda_verdict {
	EBDA_GOOD,
	EBDA_NONE,	  /* the segment is 0 */
	EBDA_BAD_SEGMENT, /* below 0x400 or above 640 KiB: a port, or rubbish */
	EBDA_UNREAD,	  /* its first byte could not be read */
	EBDA_NO_SIZE,	  /* the size byte is 0 */
	EBDA_TOO_LONG,	  /* it says to reach beyond 640 KiB: cut there */
	EBDA_SHORT,	  /* it ends below 640 KiB */
};

struct ebda {
	enum ebda_verdict verdict;
	uint16_t segment;
	unsigned int size_kib; /* as its first byte says */
	struct range phys;     /* empty when there is none */
};

/* From the segment alone: verdict EBDA_UNREAD with an empty range at its start, or why not. */
void ebda_locate(uint16_t segment, struct ebda *ret_ebda);
/* And from its bytes; v starts at the segment. */
void ebda_measure(const struct view *v, struct ebda *ebda);
const char *ebda_verdict_text(enum ebda_verdict verdict);
/* Its fields, and how many of the other bytes are not 0, key "unknown". */
void ebda_decode(const struct view *v, struct sink *sink);

#endif

/* Checksums of firmware tables: the verdict and the byte sum. */
/* A table that is cut off is not judged. */
#ifndef DECODE_SUM_H
#define DECODE_SUM_H

#include "base/view.h"

enum sum {
	SUM_RIGHT,
	SUM_WRONG,
	SUM_UNKNOWN, /* no length, or it reaches beyond the bytes at hand, or no rule */
};

/* All len bytes added up must give 0 modulo 256. */
static inline enum sum sum_bytes(const struct view *v, size_t len)
{
	uint8_t sum = 0;

	if (len == 0 || !view_has(v, 0, len))
		return SUM_UNKNOWN;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + v->bytes[i]);
	return sum ? SUM_WRONG : SUM_RIGHT;
}

static inline const char *sum_name(enum sum sum)
{
	static const char *const names[] = {
		[SUM_RIGHT] = "valid",
		[SUM_WRONG] = "wrong",
		[SUM_UNKNOWN] = "cannot be judged",
	};

	return names[sum];
}

#endif

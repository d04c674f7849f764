/* Tables of the first MiB that announce themselves by a signature. */
/* Finds them and checks their sums; what they hold is for others. */
#ifndef DECODE_SIGNATURE_H
#define DECODE_SIGNATURE_H

#include "base/num.h"
#include "decode/sum.h"

/* Where a signature may stand: one bit an area. */
enum signature_area {
	SIGNATURE_PAGE0 = 1 << 0, /* 0x00000-0x00fff */
	SIGNATURE_EBDA = 1 << 1,  /* first KiB of the EBDA */
	SIGNATURE_BASE = 1 << 2,  /* last KiB of base memory */
	SIGNATURE_C = 1 << 3,	  /* 0xc0000-0xdffff */
	SIGNATURE_E = 1 << 4,	  /* 0xe0000-0xeffff */
	SIGNATURE_F = 1 << 5,	  /* 0xf0000-0xfffff */
};

#define SIGNATURE_HITS_MAX 48

struct signature_hit {
	char name[9]; /* as it is known; mostly what stands in memory */
	const char *what;
	uint64_t phys;
	size_t len; /* of the structure, 0 when it cannot be told */
	enum sum sum;
	uint64_t part_of; /* phys of the hit it lies in, 0 for none */
};

struct signature_hits {
	size_t len;
	size_t dropped; /* found, but there was no room */
	struct signature_hit hits[SIGNATURE_HITS_MAX];
};

/*
 * Adds what v holds of the signatures that belong into area. v may go on beyond the area, so
 * that a structure which begins in it can be summed up: only [v->phys, end) is searched.
 * The same place found twice is one hit. Above 0xe0000 what only looks like a signature, "_PTCG_", is one too: what is
 * "not known", and its sum is right or cannot be judged.
 */
void signature_scan(const struct view *v, uint64_t end, enum signature_area area,
		    struct signature_hits *hits);

#endif

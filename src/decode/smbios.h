/* SMBIOS: its entry points, the structures of its table one after another, and their strings. */
/* Knows no structure's fields: decode/smbiostypes.h does. */
#ifndef DECODE_SMBIOS_H
#define DECODE_SMBIOS_H

#include "decode/sum.h"

/*
 * DSP0134 3.7, 5.2. What is asked for is in all three entry points:
 *
 *               at   sums                        table at   length of it      structures
 *     _SM_      2.x  of all, and of _DMI_ in it  32 bits    exact             how many
 *     _SM3_     3.x  of all                      64 bits    at most           not told
 *     _DMI_     2.0  of its 15 bytes             32 bits    exact             how many
 */
struct smbios_entry {
	char anchor[6]; /* "_SM_", "_SM3_", "_DMI_" */
	uint8_t len;	/* bytes of the entry point itself */
	uint16_t version; /* 0x0307 is 3.7; a few that never were are read as what they mean */
	enum sum sum;
	bool is_maximum; /* the table ends by its last structure, not by table_len */
	uint32_t count;	 /* structures, 0: not told */
	uint32_t table_len;
	uint64_t table; /* physical */
};

/* v begins with the anchor, else false. Whether to trust it is the caller's: sum tells. */
bool smbios_entry_decode(const struct view *v, struct smbios_entry *ret_entry);

struct smbios_record {
	uint8_t type;
	uint16_t handle;
	struct view body;    /* the formatted area with its header: 4 bytes or more */
	struct view strings; /* each ends by a 0; one that was cut off is left out */
};

/* Why a walk ended. The first two are how it should. */
enum smbios_end {
	SMBIOS_END_MARK,  /* structure 127 */
	SMBIOS_END_COUNT, /* as many structures as the entry point says */
	SMBIOS_END_FULL,  /* all bytes used up: right, if there was no count to reach */
	SMBIOS_END_FEWER, /* all bytes used up, and the entry point says that there are more */
	SMBIOS_END_CUT,	  /* a structure reaches beyond the end */
	SMBIOS_END_SHORT, /* a length below 4: where the next one is cannot be told */
	SMBIOS_END_STRINGS, /* no double 0 behind the last structure, which was given all the same */
};

/* A table and what leads to it. */
struct smbios {
	struct smbios_entry entry;
	struct view table; /* the bytes at hand of it; no more than entry.table_len of them are walked */
};

struct smbios_walk {
	struct view table;
	size_t pos;	/* of the next structure */
	uint32_t count; /* structures given */
	uint32_t wanted; /* 0: not told */
	bool marked;	/* structure 127 ends it */
	bool at_mark;	/* the last one given was structure 127 */
	bool done;
	enum smbios_end end; /* when done */
};

void smbios_walk_init(struct smbios_walk *w, const struct smbios *s);
/* The next structure, or false: w->end says why, w->pos where. */
bool smbios_next(struct smbios_walk *w, struct smbios_record *ret_record);
/* The first structure of that type, and of that handle if it is not SMBIOS_ANY. */
#define SMBIOS_ANY 0x10000u
bool smbios_find(const struct smbios *s, uint8_t type, unsigned int handle, struct smbios_record *ret_record);
/* A walk that ended as it should. */
bool smbios_end_is_right(enum smbios_end end);
/* "structure 127 ends it"; a clause. */
const char *smbios_end_text(enum smbios_end end);

/* String n of 1 and more, as it stands there; NULL: there is none of that number. */
const char *smbios_string(const struct smbios_record *r, unsigned int n);

#endif

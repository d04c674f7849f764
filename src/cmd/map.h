/* What the files of `ramscope map` share: its sources put together, and its parts. */
/* Only for them: other commands see the section in cmd.h. */
#ifndef CMD_MAP_H
#define CMD_MAP_H

#include "census/kinds.h"
#include "cmd/cmd.h"
#include "firmware/e820.h"
#include "physmap/balance.h"

/* All that the map is made of. Too large for the stack. */
struct map_sources {
	struct physmap map;
	struct left_facts facts;
	struct ranges ram; /* pfns */
	struct ranges places[KEPT_LEN];
	struct balance balance;
	uint64_t dimms; /* KiB; 0: not told */
	const char *e820; /* where PHYSMAP_E820 is from; NULL: not to be had */
	struct e820_map e820_maps[2];
	char *words; /* owned: the kernel command line */
};

/*
 * From what is open: the map, the sum, and what is wrong with them among c's findings. NULL, of kind ERR_SYSTEM,
 * without memory for it.
 */
struct map_sources *map_sources_open(struct context *c, struct err *e);
void map_sources_close(struct map_sources *s);

void map_show_balance(struct context *c, const struct map_sources *s);
/* The largest pieces of what is kept since boot and not known by its place. */
void map_show_rest(struct context *c, const struct map_sources *s);
/* The ranges with what each source says; without details those that are anybody's RAM. */
void map_show_table(struct context *c, const struct map_sources *s, bool details);
void map_show_segments(struct context *c);

#endif

/* The numbers of /proc/zoneinfo, buddyinfo, pagetypeinfo and meminfo against struct pages. */
/* Live only. A number is right when it lies where struct pages say that it must. */
#ifndef CENSUS_FIGURES_H
#define CENSUS_FIGURES_H

#include "census/census.h"
#include "census/freelists.h"
#include "census/zonefiles.h"

enum figures_file {
	FIGURES_ZONEINFO,
	FIGURES_BUDDYINFO,
	FIGURES_PAGETYPEINFO,
	FIGURES_MEMINFO,
	FIGURES_FILES,
};

#define FIGURE_NONE 0xff

/* One number of a file. What changed between reading the file twice may be anything between. */
struct figure {
	uint8_t file; /* enum figures_file */
	uint8_t zone, order, type; /* by index in zonefiles; FIGURE_NONE: of none */
	bool agrees;
	bool moves; /* the file said one thing and then another: where it does not agree, no verdict */
	const char *name; /* "present", "blocks", "MemFree" */
	const char *why; /* it cannot be told exactly; NULL: it can, and least is most */
	uint64_t before, after; /* what the file says, first and last */
	uint64_t least, most; /* what struct pages say */
};

struct figures {
	size_t len, room;
	struct figure *list; /* owned */
	uint64_t open; /* that do not agree */
	uint64_t moving; /* of these, those that do not hold still */
	unsigned int looks;
	struct zonefiles *before, *after; /* owned */
	struct census *census; /* owned; of the last look */
};

/* Kind ERR_SYSTEM. figures_deinit() in any case. */
bool figures_init(struct figures *f, struct err *e) __attribute__((warn_unused_result));
void figures_deinit(struct figures *f);
/*
 * One look: the files, the free lists (freelists_look()), the census, the files again. A number that
 * agreed in one look is settled. Kinds: those of zonefiles_read(), freelists_look(), census_scan().
 */
bool figures_look(struct figures *f, const struct kernel *k, struct freelists *lists, struct err *e)
	__attribute__((warn_unused_result));
/* What figures_look() does with what it has read: pure. */
bool figures_compare(struct figures *f, const struct page_layout *l, struct freelists *lists,
		     struct err *e) __attribute__((warn_unused_result));
/* "zoneinfo" */
const char *figures_file_name(enum figures_file file);

#endif

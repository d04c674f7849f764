/* What the files of `ramscope check` share: what was compared, and its three blocks. */
/* Only for them. */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "census/compare.h"
#include "census/figures.h"
#include "census/freelists.h"
#include "cmd/cmd.h"

/* One direction of the comparison. */
struct check_way {
	bool asked; /* not for a core, which has no files beside it */
	bool whole; /* all that there is was compared */
	uint64_t disagreements;
	struct err why_not; /* it could not be had; ERR_NONE */
};

struct check {
	struct context *c;
	struct check_way pages, files, lists;
	struct compare_totals totals;
	struct figures figures;
	struct freelists freelists;
};

/* "agree", "DISAGREE", ... behind the block's heading. */
void check_show_pages(const struct check *k);
void check_show_files(const struct check *k);
void check_show_lists(const struct check *k);
/* The line that a block begins with. */
void check_heading(const struct check *k, const struct check_way *way, const char *against);

#endif

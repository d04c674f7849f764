/* What the files of `ramscope low` share. */
/* Only for them: other commands see the section in cmd.h. */
#ifndef CMD_LOW_H
#define CMD_LOW_H

#include "cmd/cmd.h"
#include "firmware/low.h"
#include "firmware/lowcheck.h"

/* The brief form, text only; of a BIOS data area that nobody has filled nothing. */
void lowtext_show(struct report *r, const struct low *low, bool filled);
/* The numbers of vectors by where they point, but for the default, text only. */
void lowtext_places(struct report *r, const struct low *low);
/* The fields of the tables found. */
void lowtables_show(struct report *r, const struct low *low);

/* What others say, gathered; static storage, once. Memory is open. */
struct lowcheck *lowcheck_gather(struct context *c);
/* The BIOS data area against the others; brief, as text: a line. False: nobody has filled it. */
bool lowcheck_show(struct context *c, const struct low *low, const struct lowcheck *k, bool brief);
/* What lies at each page, and who has it. */
void lowcheck_map(struct context *c, const struct low *low, const struct lowcheck *k);
/* What the keyboard buffer holds. */
void lowcheck_keys(struct report *r, const struct low *low);

/* Reads again after so many seconds and shows what changed since low was read. */
bool lowwatch_run(struct context *c, const struct low *low, uint64_t seconds, struct err *e)
	__attribute__((warn_unused_result));

#endif

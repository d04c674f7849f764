/* The two ways of showing the first MiB. */
/* Only for low.c, which shows all, and lowtext.c, which is brief. */
#ifndef CMD_LOW_H
#define CMD_LOW_H

#include "cmd/cmd.h"
#include "firmware/low.h"

/* The brief form, text only. */
void lowtext_show(struct report *r, const struct low *low);
/* The fields of the tables found. */
void lowtables_show(struct report *r, const struct low *low);

#endif

/* One of the structures that a table of the firmware is made of: what it is called, and its rows. */
/* A table's decoder gives them one after another; decode/fields.h has what is in them. */
#ifndef DECODE_RECORD_H
#define DECODE_RECORD_H

#include "base/view.h"

struct record {
	const char *name; /* "processor"; NULL: of no known kind */
	const char *rows; /* as fields_decode() takes them */
	struct view bytes; /* all of it */
};

#endif

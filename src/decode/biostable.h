/* Tables of the BIOS in the first MiB, field by field: all that decode/signature.h finds and no other decoder has. */
/* A hit's bytes go in; which table it is, they say themselves. */
#ifndef DECODE_BIOSTABLE_H
#define DECODE_BIOSTABLE_H

#include "decode/record.h"

/* The header, then the entries, if the table has any. Bytes that begin with no known signature give nothing. */
record_next_fn biostable_next;

#endif

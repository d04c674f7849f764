/* The BIOS data area, 0x400-0x4ff: every byte as a fact, by field. */
/* Never shows what was typed: of the keyboard buffer only how many keys wait in it. */
#ifndef DECODE_BDA_H
#define DECODE_BDA_H

#include "base/view.h"
#include "decode/sink.h"

#define BDA_PHYS 0x400u
#define BDA_SIZE 0x100u

/* Offsets that others need. */
#define BDA_EBDA_SEGMENT 0x0e
#define BDA_MEMORY_KIB 0x13
#define BDA_RESTART_FLAG 0x72

/*
 * v starts at BDA_PHYS. One fact a field, in order of address, and between them what no field
 * covers, key "unknown", in runs of zeros and of at most 16 bytes that are not. A field wider
 * than 4 bytes has value 0 and its bytes as text, which is empty when they are all 0. What of
 * the area v does not reach, or cuts a field in two, is one fact "missing" of that many bytes.
 */
void bda_decode(const struct view *v, struct sink *sink);
/* Fields in the table: facts of a whole BDA but for the "unknown" ones. */
size_t bda_fields_len(void);

#endif

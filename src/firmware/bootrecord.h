/* The hardware error record that the last boot left: the region that BERT names, by memory and by /sys. */
/* Finds and reads it; decode/cper.h says what is in it. */
#ifndef FIRMWARE_BOOTRECORD_H
#define FIRMWARE_BOOTRECORD_H

#include "firmware/found.h"

struct bootrecord {
	struct found memory, sys; /* no trace of either: no BERT, or it names no region */
};

struct firmware;

/* f->acpi is gathered. */
void bootrecord_gather(struct bootrecord *ret, struct firmware *f);
void bootrecord_deinit(struct bootrecord *b);
/* As acpilist_bytes(). */
const struct view *bootrecord_bytes(const struct bootrecord *b);

#endif

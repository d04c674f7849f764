/* What ACPI tables say that a person ought to know, as findings. */
/* Judges the contents; sums, places and routes are firmware_compare()'s. */
#ifndef FIRMWARE_ACPICHECK_H
#define FIRMWARE_ACPICHECK_H

#include "firmware/firmware.h"

void acpicheck(const struct firmware *f, struct findings *findings);
/* The first hardware error the last boot left: "fatal memory error at 0x1234000, SMBIOS handle 0x1100"; or "". */
void acpicheck_record_text(const struct firmware *f, char *buf, size_t size);

#endif

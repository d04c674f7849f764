/* What a decoder found, shown: a sink for its facts. */
/* For structures of the firmware; low.c has its own way for the BIOS data area. */
#ifndef CMD_FACTS_H
#define CMD_FACTS_H

#include "decode/sink.h"
#include "report/report.h"

/* The sink's arg. Text: "  name  meaning", wrapped; NDJSON: an object a fact. */
struct facts_shown {
	struct report *report;
	const char *item;  /* of the NDJSON objects: "smbios_field" */
	const char *table; /* their member "table": "memory device", "APIC" */
	uint64_t phys;	   /* their member "at": where the structure begins, which tells two of a kind apart */
};

void facts_put(void *arg, const struct fact *fact);

#endif

/* What `ramscope why` knows for all of its operands, and of one. */
/* Only for why.c, which takes operands and judges, and whyshow.c, which shows the rest. */
#ifndef CMD_WHY_H
#define CMD_WHY_H

#include "cmd/cmd.h"
#include "decode/smbios.h"
#include "firmware/e820.h"
#include "kernel/mappings.h"
#include "policy/rules.h"

#define WHY_METHODS 3 /* mmap, read, kcore */

/* Found out once a process. */
struct why {
	struct context *c;
	bool has_memory, has_kernel, has_memmap, has_e820, tried_mappings, has_mappings,
		tried_smbios, has_smbios;
	enum cause no_map; /* why there is no /proc/iomem; CAUSE_NONE when it was read */
	struct err no_memory; /* or no kernel: told once, and the exit status */
	struct e820_map memmap, e820;
	struct mappings mappings;
	struct smbios smbios;
};

/* What speaks for and against one method at one address. */
struct why_method {
	const char *name;
	bool allowed; /* by ramscope */
	enum cause own; /* why not, CAUSE_NONE when the guard's own words are to be used */
	char words[ERR_NOTE_MAX];
	struct outcome kernel; /* predicted; of a file that does not open, observed */
};

struct why_answer {
	uint64_t phys;
	struct why_method methods[WHY_METHODS];
	size_t methods_len;
};

void why_show_methods(struct report *r, const struct why_answer *a);
/* Firmware, memory module, /proc/iomem, section, cache type, mappings, whose struct pages lie there. */
void why_show_place(struct why *w, uint64_t phys);
/* The 2012 mistake, told from a physical address that nothing is at; false when it is not one. */
bool why_explain_subtraction(struct report *r, uint64_t phys);

#endif

/* What /proc/cpuinfo says that bears on memory access. */
/* The first processor stands for all. */
#ifndef POLICY_CPU_H
#define POLICY_CPU_H

#include "base/err.h"

struct cpu {
	unsigned int phys_bits, virt_bits; /* "address sizes" */
	bool pat; /* the flag; it stays with nopat */
	bool la57;
	bool tdx_guest, sev, hypervisor; /* sev is the host's flag as well: then no hypervisor */
};

bool cpu_parse(const char *text, struct cpu *ret_cpu, struct err *e)
	__attribute__((warn_unused_result));

#endif

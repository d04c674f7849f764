/* What the kernel says of itself that decides who may touch which memory, and where it says so. */
/* Reads files of /proc and /sys, never memory; concludes nothing: rules.c does. */
#ifndef POLICY_FACTS_H
#define POLICY_FACTS_H

#include "base/err.h"

#include <stdint.h>

enum tri {
	TRI_UNKNOWN,
	TRI_NO,
	TRI_YES,
};

enum known {
	FACT_NODE, /* /dev/mem exists */
	FACT_DEVMEM, /* CONFIG_DEVMEM */
	FACT_MODE_MEM, /* owner and mode of /dev/mem let this process read it */
	FACT_PROC, /* /proc is mounted */
	FACT_KCORE, /* /proc/kcore exists */
	FACT_MODE_KCORE, /* as FACT_MODE_MEM, for /proc/kcore */
	FACT_CAP_RAWIO, /* CAP_SYS_RAWIO, in the first user namespace */
	FACT_CAP_ADMIN, /* CAP_SYS_ADMIN, likewise: /proc/iomem shows addresses */
	FACT_LOCKED, /* lockdown is integrity or confidentiality */
	FACT_LOCKED_KCORE, /* lockdown is confidentiality */
	FACT_STRICT, /* CONFIG_STRICT_DEVMEM */
	FACT_IO_STRICT, /* CONFIG_IO_STRICT_DEVMEM */
	FACT_RELAXED, /* iomem=relaxed */
	FACT_PAT, /* PAT is on */
	FACT_PAT_CHECK, /* this kernel checks mmap of RAM when PAT is on: 5.10 to 6.12 do, 7.2 does not */
	FACT_32BIT, /* 32-bit kernel */
	FACT_PAE, /* 32-bit kernel with PAE */
	FACT_HIGHMEM, /* 32-bit kernel with CONFIG_HIGHMEM, whether this machine has such memory or not */
	FACT_CONFIDENTIAL, /* TDX or SEV guest */
	FACT_LEN,
};

#define FACT_FROM_MAX 80

struct facts {
	struct {
		enum tri value;
		char from[FACT_FROM_MAX]; /* where it stands and what stands there; "" when nowhere */
	} of[FACT_LEN];
	unsigned int phys_bits; /* of the CPU; 0 when not known */
	uint64_t ram_end; /* one past the last page of RAM; 0 when not known; the caller sets it */
	uint64_t lowmem_end; /* 32-bit kernel: where highmem begins; 0 when not known, or none */
};

/*
 * Gathers all of them. What cannot be read leaves its facts unknown: no failure. caps is what
 * facts_caps() gave before capabilities were dropped; the kernel log needs CAP_SYSLOG still.
 */
void facts_gather(struct facts *f, uint64_t caps);
/* The kernel log, alloc_free() it; NULL when it cannot be read. It may have lost its beginning. */
char *facts_log_text(void);
/* Has the kernel log told of, by a function of told.h; not when it cannot be read. */
void facts_log(struct facts *f, void (*tell)(struct facts *f, const char *text));
/* CapEff of this process, by capget(2); 0 when that fails. */
uint64_t facts_caps(void);
/* A fact that was observed instead of told: from is a short phrase. */
void facts_observed(struct facts *f, enum known fact, enum tri value, const char *from);
/* Its name in NDJSON: "strict-devmem". */
const char *facts_name(enum known fact);

#endif

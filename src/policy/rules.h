/* What the kernel will answer to open, mmap, read and a touch, derived from what it says of itself. */
/* Pure: asks the kernel nothing. facts.c gathers, mem/ observes. */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "policy/cause.h"
#include "policy/facts.h"

#include <stdbool.h>

/* What is done to memory. */
enum way {
	WAY_OPEN_MEM, /* open("/dev/mem", O_RDONLY) */
	WAY_MMAP,
	WAY_READ,
	WAY_OPEN_KCORE, /* open("/proc/kcore", O_RDONLY) */
	WAY_KCORE, /* pread() of it, by its physical segments */
	WAY_LEN,
};

/* What lies at an address, as /proc/iomem tells. */
enum place_kind {
	PLACE_RAM, /* a whole page of System RAM */
	PLACE_PART_RAM, /* a page that is part RAM, part not */
	PLACE_LISTED, /* on a line that is not RAM and that no driver has claimed: a bus, a device */
	PLACE_CLAIMED, /* on a line that is busy: a driver's, ACPI tables, an I/O APIC */
	PLACE_UNLISTED, /* on no line: below the end of RAM, a device may be there */
};

struct place {
	uint64_t phys;
	enum place_kind kind;
	bool wraps; /* from 4 GiB on: the page at phys modulo 4 GiB is RAM, or claimed */
};

enum result {
	RESULT_OK, /* the page's bytes */
	RESULT_ZEROS, /* success, and zeros in place of the bytes */
	RESULT_REFUSED, /* os says how */
	RESULT_EOF, /* read() gave no bytes */
	RESULT_FAULT, /* mapped, and the touch faulted */
	RESULT_ABSENT, /* /proc/kcore has no segment there */
	RESULT_MAPPED, /* mapped, and not touched; rules_predict() says RESULT_OK */
	RESULT_SKIPPED, /* not tried: it could do harm, or what it needs did not open */
	RESULT_UNKNOWN, /* predictions only: the kernel does not say what decides it */
};

struct outcome {
	enum result result;
	int os; /* errno, with RESULT_REFUSED */
	enum cause cause; /* CAUSE_NONE with RESULT_OK and RESULT_MAPPED */
};

/*
 * The answer to expect. A fact that decides and is not known gives RESULT_UNKNOWN, with the
 * cause that it would be.
 */
struct outcome rules_predict(const struct facts *f, enum way way, const struct place *place);
/*
 * The cause of what was observed: the first rule, in the order of the kernel's own checks, that
 * gives this errno for this place and that no known fact contradicts; CAUSE_UNKNOWN when none
 * does. os 0 stands for read()'s end of file, minus a signal for a touch that faulted.
 */
enum cause rules_explain(const struct facts *f, enum way way, const struct place *place, int os);
/* Why ramscope itself does not try it; CAUSE_NONE when it does. The guard in mem/ is what acts. */
enum cause rules_own(const struct facts *f, enum way way, const struct place *place);
/* Did the kernel answer as predicted? Unknown when nothing was predicted, or nothing tried. */
enum tri rules_match(const struct outcome *predicted, const struct outcome *observed);

#endif

/* What access found out: one page of each class of address, predicted and observed by every way. */
/* Only for access.c, which gathers, and accesstext.c, which shows. */
#ifndef CMD_ACCESS_H
#define CMD_ACCESS_H

#include "cmd/cmd.h"
#include "policy/rules.h"

#define ACCESS_TARGETS_MAX 12

struct access_answer {
	struct outcome predicted, observed; /* observed.cause: why it was refused or not tried */
	enum tri match;
};

enum access_how {
	TOUCH, /* its bytes may be had */
	MAP_ONLY, /* mapped and dropped untouched */
	BEYOND, /* and read() is refused before it touches anything */
};

struct access_target {
	const char *name;
	struct place place;
	enum access_how how;
	enum cause why; /* RAM that is mapped only: what speaks against a touch */
	struct access_answer answers[WAY_LEN]; /* those of opening are in struct access */
};

struct access {
	struct access_answer opens[WAY_LEN]; /* WAY_OPEN_MEM, WAY_OPEN_KCORE */
	size_t len;
	struct access_target targets[ACCESS_TARGETS_MAX];
	struct access_target *ram; /* RAM above 1 MiB; NULL when none is known */
	bool other_method; /* memory was had, but not by --method */
	enum cause no_map; /* why /proc/iomem does not tell; CAUSE_NONE when it does */
	struct outcome behind; /* by mmap or read of RAM, were /dev/mem open; OK when nothing more */
	unsigned int matched, mismatched, unpredicted;
};

/* full: evidence, and what works meanwhile. */
void accesstext_show(struct context *c, const struct access *a, bool full);

/* "ok", "zeros", "EPERM", "eof", "fault", "absent", "mapped", "skipped", "unknown". */
void access_result_text(const struct outcome *o, char *buf, size_t size);

#endif

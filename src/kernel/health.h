/* The kernel's health before and after: taint, oopses, warnings, and what its log got meanwhile. */
/* Says what changed, not who did it: others work on the machine too. */
#ifndef KERNEL_HEALTH_H
#define KERNEL_HEALTH_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum health_count {
	HEALTH_TAINT, /* a word of bits, /proc/sys/kernel/tainted */
	HEALTH_OOPS, /* /sys/kernel/oops_count: Linux 6.2, and 6.1.7 */
	HEALTH_WARN, /* /sys/kernel/warn_count: the same */
	HEALTH_LEN,
};

/* In place of a count that the kernel does not tell. */
#define HEALTH_NOT_TOLD UINT64_MAX

#define HEALTH_LINES 5
#define HEALTH_TEXT_MAX 200

/* A record of the kernel's log. */
struct health_line {
	uint64_t seq, usec; /* its number since boot; microseconds since boot */
	unsigned int severity; /* 0 emergency ... 4 warning ... 7 debug */
	bool program; /* written by a program, not by the kernel */
	unsigned int times; /* of records kept: how many have this text */
	char text[HEALTH_TEXT_MAX]; /* its first line, bytes other than printable ASCII as \xNN */
};

/* Records that the log got. */
struct health_log {
	uint64_t seen; /* were read */
	uint64_t errors; /* of these, errors or worse: what a warning of a clock is not */
	uint64_t lost; /* overwritten before they could be read, as far as numbers tell */
	bool overwritten; /* some were, even if none are counted in lost */
	uint64_t next_seq; /* of the record to come, when any was seen */
	size_t len;
	struct health_line lines[HEALTH_LINES]; /* warnings and worse first, else as they came */
};

struct health {
	bool started;
	int fds[HEALTH_LEN];
	uint64_t before[HEALTH_LEN], after[HEALTH_LEN];
	int log_fd;
	int log_errno; /* why the log cannot be read; 0 when it can */
	struct health_log log;
	unsigned int deaths; /* children of ours that died while they touched memory */
};

/*
 * Notes how things are, and keeps open what health_end() reads, so that it needs no privilege
 * then. Once; later calls do nothing. What is not to be had is not told: no failure.
 */
void health_start(struct health *h);
/* Notes how things are now, and takes in the new records of the log. Once. */
void health_end(struct health *h);

/* The parts of it that ask nobody. */

/*
 * A record as /dev/kmsg gives it: "priority,seq,usec,flags[,...];text\n", more lines behind.
 * A 0 must stand at record[len].
 */
bool health_parse(const char *record, size_t len, struct health_line *ret_line)
	__attribute__((warn_unused_result));
/* Counts a record, in the order of the log, and keeps it if it is among the first to show. */
void health_log_add(struct health_log *log, const struct health_line *line);
/* A number with a newline behind, as the files have it; else HEALTH_NOT_TOLD. */
uint64_t health_number(const char *text);
/* "W warning, bit 40": letters and names of the bits that are set; "" for none. */
void health_taint(uint64_t taint, char *buf, size_t size);

#endif

/* Why the kernel refuses, or ramscope does: one row a cause, with what lifts it. */
/* A list, not a judge: rules.c decides which cause it is. */
#ifndef POLICY_CAUSE_H
#define POLICY_CAUSE_H

enum cause {
	CAUSE_NONE, /* allowed */
	CAUSE_UNKNOWN, /* no rule here fits what the kernel answered */
	/* opening /dev/mem or /proc/kcore */
	CAUSE_NO_DEVMEM,
	CAUSE_NO_NODE,
	CAUSE_NO_PROC,
	CAUSE_NO_KCORE,
	CAUSE_FILE_MODE,
	CAUSE_NO_CAPABILITY,
	CAUSE_LOCKDOWN,
	CAUSE_LOCKDOWN_KCORE,
	CAUSE_LSM,
	CAUSE_NO_MAP, /* /proc/iomem, without which nothing may be touched */
	/* reading and mapping */
	CAUSE_STRICT,
	CAUSE_STRICT_ZEROS,
	CAUSE_IO_STRICT,
	CAUSE_EXCLUSIVE_WRAP,
	CAUSE_PAT,
	CAUSE_PAT_CONFLICT,
	CAUSE_BEYOND_CPU,
	CAUSE_BEYOND_RAM,
	CAUSE_BEYOND_TYPE,
	CAUSE_NOT_IN_KCORE,
	CAUSE_HIGHMEM,
	CAUSE_DIRECT_MAP_HOLE,
	/* touching */
	CAUSE_REVOKED,
	CAUSE_POISONED,
	/* ramscope's own */
	CAUSE_PART_RAM,
	CAUSE_VIDEO,
	CAUSE_NOT_RAM,
	CAUSE_CONFIDENTIAL,
	CAUSE_HWPOISON,
	CAUSE_OFFLINE,
	CAUSE_UNACCEPTED,
	CAUSE_NOT_ONLINE,
	CAUSE_STATE_UNKNOWN,
	CAUSE_LEN,
};

struct cause_row {
	const char *name; /* in NDJSON, and in the man page's list */
	const char *text; /* a clause: what stands in the way */
	const char *lift; /* what lifts it, as an order; NULL where nothing does */
	const char *meanwhile; /* what works until then; NULL where nothing more is to be said */
};

extern const struct cause_row cause_rows[CAUSE_LEN];

#endif

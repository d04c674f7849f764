/* Texts of /proc, /sys and the kernel log, read for the facts that stand in them. */
/* Pure: no file is opened here. Whatever the text, at worst a fact stays unknown. */
#ifndef POLICY_TOLD_H
#define POLICY_TOLD_H

#include "policy/facts.h"

/*
 * Each sets facts that are still unknown and leaves the others: who is asked first is believed.
 * Texts end with a 0. A path is only for the evidence.
 */
/* Any other form of text than these leaves all as it is. */
void told_lockdown(struct facts *f, const char *text); /* "none [integrity] confidentiality\n" */
void told_cmdline(struct facts *f, const char *text); /* /proc/cmdline, up to " -- " */
/*
 * A complete .config: an option that stands nowhere in it is off. Cut text ends with no
 * newline and is not believed.
 */
void told_config(struct facts *f, const char *path, const char *text);
/* Lines that begin "<6>[    0.000000] ", as klogctl() gives them. */
void told_log(struct facts *f, const char *text);
/* Of told_log() the part that tells of a TDX or SEV guest. */
void told_guest(struct facts *f, const char *log);
void told_cpuinfo(struct facts *f, const char *text);
/* uname: "6.1.0-56-cloud-amd64", "x86_64". */
void told_release(struct facts *f, const char *release, const char *machine);
/* /proc/zoneinfo: is there a zone HighMem, and where does it begin. */
void told_zones(struct facts *f, const char *text);
/* CapEff, and /proc/self/uid_map (NULL when it cannot be read). */
void told_caps(struct facts *f, uint64_t caps, const char *uid_map);

/* A file's owner and mode against this process's. */
struct told_owner {
	unsigned int mode, uid, gid; /* of the file */
	unsigned int euid;
	bool in_group; /* the process is in gid */
	uint64_t caps;
};
void told_mode(struct facts *f, enum known fact, const char *path, const struct told_owner *o);

/* Notes the fact unless it is known already. */
void told(struct facts *f, enum known fact, enum tri value, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif

/* Errors as values: kind, message, cause and hint, owned by the caller. */
/* Does not print, allocate or exit: main.c prints the one error and picks the status. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define ERR_MSG_MAX 320
#define ERR_NOTE_MAX 240

/*
 * One row a kind of failure: enumerator, exit status, name (in NDJSON), meaning (for the manual).
 * The man page's EXIT STATUS section lists the same rows; tests/man.sh holds the two together.
 */
#define ERR_KINDS(X) \
	X(ERR_NONE, 0, "ok", "everything asked for was done") \
	X(ERR_FINDINGS, 1, "findings", "done, and the report holds disagreements or findings") \
	X(ERR_USAGE, 2, "usage", "bad option or wrong number of arguments") \
	X(ERR_COMMAND, 3, "command", "no such command") \
	X(ERR_ADDRESS, 4, "address", "not an address or page frame number") \
	X(ERR_RANGE, 5, "range", "not a range") \
	X(ERR_SYSTEM, 10, "system", "a system call failed for a reason of its own") \
	X(ERR_REFUSED, 11, "refused", "the kernel refused the access") \
	X(ERR_GUARD, 12, "guard", "ramscope itself refused: the address is not on its list") \
	X(ERR_FAULT, 13, "fault", "the page faulted when it was touched") \
	X(ERR_OUTPUT, 14, "output", "the report could not be written") \
	X(ERR_WITHHELD, 15, "withheld", "the kernel gave zeros in place of the bytes") \
	X(ERR_NOT_FILE, 20, "not-file", "--mem names something that is not a regular file") \
	X(ERR_EMPTY, 21, "empty", "--mem names an empty file") \
	X(ERR_NOT_CORE, 22, "not-core", "--mem names a file that is not an ELF core") \
	X(ERR_TRUNCATED, 23, "truncated", "the ELF core ends before its headers say") \
	X(ERR_CLASS, 24, "class", "the ELF core is of a class or machine not supported") \
	X(ERR_NO_VMCOREINFO, 25, "no-vmcoreinfo", "there is no VMCOREINFO note") \
	X(ERR_KEY_MISSING, 30, "key-missing", "VMCOREINFO lacks a key that is needed") \
	X(ERR_KEY_VALUE, 31, "key-value", "a value in VMCOREINFO cannot be right") \
	X(ERR_KEY_OFFSET, 32, "key-offset", "an offset in VMCOREINFO lies outside its structure") \
	X(ERR_IOMEM, 33, "iomem", "/proc/iomem cannot be understood") \
	X(ERR_BTF, 34, "btf", "the kernel's BTF cannot be understood") \
	X(ERR_DISAGREE, 35, "disagree", "VMCOREINFO and BTF tell different layouts") \
	X(ERR_TABLE_OUTSIDE, 40, "table-outside", "a page table lies outside RAM") \
	X(ERR_TABLE_LOOP, 41, "table-loop", "a page table points back at itself") \
	X(ERR_NOT_MAPPED, 42, "not-mapped", "the virtual address is not mapped") \
	X(ERR_NO_PAGE, 43, "no-page", "no struct page exists for the page frame") \
	X(ERR_CONTRADICTED, 44, "contradicted", "struct pages contradict the layout that the kernel tells") \
	X(ERR_UNSUPPORTED, 50, "unsupported", "this kernel or file lacks what the command needs")

enum err_kind {
#define X(kind, status, name, meaning) kind,
	ERR_KINDS(X)
#undef X
};

struct err {
	enum err_kind kind;
	int os; /* errno; minus the signal with ERR_FAULT; 0 when there was neither */
	char msg[ERR_MSG_MAX];
	char cause[ERR_NOTE_MAX]; /* why, with evidence; may be empty */
	char hint[ERR_NOTE_MAX]; /* what to try; may be empty */
};

/* The initialiser: no error. */
#define ERR_INIT { .kind = ERR_NONE }

/* Each fills *e and returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set(), of kind ERR_SYSTEM, with ": <errno in words>" appended. */
bool err_sys(struct err *e, int os, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "<context>: " in front of the message of an error already set. */
bool err_while(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool err_cause(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool err_hint(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

int err_status(const struct err *e); /* exit status of the kind */
const char *err_name(enum err_kind kind);
/* Exit status of a kind, or -1 past the last one: lets a caller walk the table. */
int err_kind_status(enum err_kind kind);

#endif

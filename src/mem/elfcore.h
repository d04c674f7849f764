/* An ELF core of a whole machine: QEMU's dump-guest-memory, kdump's vmcore. */
/* Knows ELF headers and notes, not what the memory means; compressed kdump files are refused. */
#ifndef MEM_ELFCORE_H
#define MEM_ELFCORE_H

#include "base/view.h"
#include "mem/guard.h"

#define ELFCORE_SEGMENTS_MAX 1024

struct elfcore_segment {
	struct range phys;
	uint64_t offset; /* in the file; any alignment: QEMU 7.2 writes 4 modulo 8 */
};

struct elfcore {
	size_t segments_len;
	struct range note_file; /* where PT_NOTE lies in the file; empty when there is none */
	struct range vmcoreinfo; /* the text's place within notes; empty when there is none */
	char *notes; /* the bytes of PT_NOTE, owned */
	struct elfcore_segment segments[ELFCORE_SEGMENTS_MAX];
};

/*
 * Reads the ELF and program headers from head, the first bytes of a file of file_size bytes.
 * Every PT_LOAD and PT_NOTE must lie inside the file. Pure: the fuzz target.
 * Kinds: ERR_NOT_CORE, ERR_CLASS, ERR_TRUNCATED, ERR_UNSUPPORTED.
 */
bool elfcore_parse(const struct view *head, uint64_t file_size, struct elfcore *ret_core,
		   struct err *e) __attribute__((warn_unused_result));
/* Finds the note named name; the range is within notes. False when there is none. Pure. */
bool elfcore_find_note(const struct view *notes, const char *name, struct range *ret_desc);

/* Opens the core behind fd; *ret_core is freed by elfcore_close(), which takes NULL. */
bool elfcore_open(int fd, struct elfcore **ret_core, struct err *e)
	__attribute__((warn_unused_result));
void elfcore_close(struct elfcore *core);
/* Allows what the core holds. */
bool elfcore_allow(const struct elfcore *core, struct guard *g, struct err *e)
	__attribute__((warn_unused_result));
/* The VMCOREINFO text. Kind ERR_NO_VMCOREINFO. */
bool elfcore_vmcoreinfo(const struct elfcore *core, struct view *ret_text, struct err *e)
	__attribute__((warn_unused_result));

#endif

/* VMCOREINFO: what the kernel tells crash dumpers about itself, "KEY=VALUE" a line. */
/* Finds values; what they mean is decided where they are used. */
#ifndef KERNEL_VMCOREINFO_H
#define KERNEL_VMCOREINFO_H

#include "base/view.h"
#include "mem/mem.h"

struct vmcoreinfo {
	char *text; /* owned; lines ended by '\n', a 0 at the end */
	size_t len;
	uint64_t phys; /* of the note, 0 when not known */
	uint64_t size; /* of the note, in bytes */
};

/*
 * The live kernel's: /sys/kernel/vmcoreinfo gives "0x<physical address> <size in hex without
 * 0x>" (kernel/ksysfs.c), there lies an ELF note "VMCOREINFO". Where that cannot be had, the note
 * of /proc/kcore. Kinds: ERR_NO_VMCOREINFO, and those of mem_read().
 */
bool vmcoreinfo_read(struct mem *m, struct vmcoreinfo *ret_vi, struct err *e)
	__attribute__((warn_unused_result));
/* The text out of the note's bytes. Pure. Kind ERR_NO_VMCOREINFO. */
bool vmcoreinfo_from_note(const struct view *note, struct vmcoreinfo *ret_vi, struct err *e)
	__attribute__((warn_unused_result));
/* A copy of the text. */
bool vmcoreinfo_from_text(const struct view *text, struct vmcoreinfo *ret_vi, struct err *e)
	__attribute__((warn_unused_result));
void vmcoreinfo_deinit(struct vmcoreinfo *vi);

/* The value behind "key=", up to the line's end; NULL when there is no such line. */
const char *vmcoreinfo_find(const struct vmcoreinfo *vi, const char *key, size_t *ret_len);
/*
 * key is "SYMBOL(x)" or "KERNELOFFSET" (hexadecimal), or "SIZE(x)", "OFFSET(x)", "LENGTH(x)",
 * "NUMBER(x)" (decimal, may be negative; hexadecimal after 0x).
 * Kinds: ERR_KEY_MISSING, ERR_KEY_VALUE.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *vi, const char *key, uint64_t *ret_value,
		       struct err *e) __attribute__((warn_unused_result));
/* As vmcoreinfo_number(), but false without an error when the key is not there. */
bool vmcoreinfo_optional(const struct vmcoreinfo *vi, const char *key, uint64_t *ret_value);
/* As vmcoreinfo_number(), from min to max; kind ERR_KEY_VALUE outside of that, too. */
bool vmcoreinfo_within(const struct vmcoreinfo *vi, const char *key, uint64_t min, uint64_t max,
		       uint64_t *ret_value, struct err *e) __attribute__((warn_unused_result));

#endif

/* What BTF tells of a layout, held against VMCOREINFO and the rules; and taken where they tell nothing. */
/* Settles nothing by itself: where two disagree, both values are told and no layout comes of it. */
#ifndef KERNEL_LAYOUTBTF_H
#define KERNEL_LAYOUTBTF_H

#include "kernel/btf.h"
#include "kernel/layout.h"

#define LAYOUTBTF_NAMES 64

struct layoutbtf {
	struct btf btf;
	char *file; /* owned */
	struct btf_name names[LAYOUTBTF_NAMES]; /* those that VMCOREINFO speaks of, and a few more */
	size_t names_len;
	unsigned int agreed; /* facts that two sources told alike */
};

/* The running kernel's. Kinds: ERR_SYSTEM with ENOENT where the kernel has none; those of btf_init(). */
bool layoutbtf_read(struct layoutbtf *b, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));
/* As above, out of bytes that must stay. */
bool layoutbtf_init(struct layoutbtf *b, const struct view *file, const struct vmcoreinfo *vi,
		    struct err *e) __attribute__((warn_unused_result));
void layoutbtf_deinit(struct layoutbtf *b);

/*
 * All kinds below: ERR_DISAGREE, with the name of the fact and both values; ERR_BTF.
 * layoutbtf_compare: every SIZE, OFFSET, LENGTH and NUMBER of VMCOREINFO that BTF tells too.
 * The others: that part of l, as VMCOREINFO and the rules have it, against BTF. What l does not
 * know is filled in.
 */
bool layoutbtf_compare(struct layoutbtf *b, const struct vmcoreinfo *vi, struct err *e)
	__attribute__((warn_unused_result));
bool layoutbtf_flags(struct layoutbtf *b, struct page_layout *l, struct err *e)
	__attribute__((warn_unused_result));
bool layoutbtf_types(struct layoutbtf *b, struct page_layout *l, struct err *e)
	__attribute__((warn_unused_result));
bool layoutbtf_compound(struct layoutbtf *b, struct page_layout *l, struct err *e)
	__attribute__((warn_unused_result));
bool layoutbtf_zones(struct layoutbtf *b, struct page_layout *l, struct err *e)
	__attribute__((warn_unused_result));
/* BTF_YES: classic SPARSEMEM. BTF_NO: VMEMMAP, or it does not tell. */
enum btf_answer layoutbtf_is_classic(const struct layoutbtf *b, struct err *e)
	__attribute__((warn_unused_result));

#endif

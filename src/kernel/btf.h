/* BTF, the types of the running kernel: sizes, members, enumerators. */
/* Source: Documentation/bpf/btf.rst, 5.10 to 7.2. Reads bytes it is given; no chain is followed without an end. */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include "base/err.h"
#include "base/view.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define BTF_MAX (64u << 20) /* largest taken; a kernel of 7.3 has 5.3 MB */
#define BTF_NAME_MAX 32

/* A struct, union, enum or typedef that is wanted. id: 0 when there is none, or more than one. */
struct btf_name {
	char name[BTF_NAME_MAX];
	uint32_t id;
	uint8_t kind; /* of the one that was found */
	bool twice;
};

struct btf {
	struct view types, strings; /* in the caller's bytes */
	uint32_t last; /* types are numbered 1 .. last; 0 is void */
	uint32_t *starts; /* owned: where types 1, 65, 129 ... begin */
};

struct btf_member {
	uint64_t bit; /* from the start of the struct that was asked */
	uint32_t bits; /* of a bit field; 0 for any other member */
	uint32_t type;
};

/* Answers to a question: BTF_BROKEN comes with an error of kind ERR_BTF that names what is wrong. */
enum btf_answer {
	BTF_NO,
	BTF_YES,
	BTF_BROKEN,
};

/*
 * One pass over all types: each has its room and a kind that is known, and names gets its ids.
 * file must stay. Kinds: ERR_BTF, ERR_SYSTEM.
 */
bool btf_init(struct btf *b, const struct view *file, struct btf_name *names, size_t names_len,
	      struct err *e) __attribute__((warn_unused_result));
void btf_deinit(struct btf *b);

/* All of these look through typedef, const, volatile, restrict and tags. */
enum btf_answer btf_size(const struct btf *b, uint32_t id, uint64_t *ret_size, struct err *e)
	__attribute__((warn_unused_result));
/* Also inside structs and unions without a name, however deep. */
enum btf_answer btf_member(const struct btf *b, uint32_t id, const char *name,
			   struct btf_member *ret_member, struct err *e)
	__attribute__((warn_unused_result));
/* Elements of an array. */
enum btf_answer btf_length(const struct btf *b, uint32_t id, uint64_t *ret_length, struct err *e)
	__attribute__((warn_unused_result));
/* An enumerator's value; a negative one of 32 bits is extended to 64. */
enum btf_answer btf_value(const struct btf *b, uint32_t id, const char *name, uint64_t *ret_value,
			  struct err *e) __attribute__((warn_unused_result));

#endif

/* /proc/kcore: the running kernel's memory as an ELF core, by physical and by virtual address. */
/* Knows its headers and notes, not what the memory means. */
#ifndef MEM_KCORE_H
#define MEM_KCORE_H

#include "base/num.h"
#include "base/view.h"
#include "policy/facts.h"

#define KCORE_NO_PHYS UINT64_MAX

/* Addresses next to each other, and where they are in the file. */
struct kcore_segment {
	uint64_t virt, size, offset;
	uint64_t phys; /* KCORE_NO_PHYS: not RAM in the direct map */
};

struct kcore {
	int fd;
	size_t len;
	struct kcore_segment *segments; /* owned */
	struct range note_file; /* where PT_NOTE lies; empty when there is none */
	char *notes; /* owned, NULL when there are none */
	struct range vmcoreinfo; /* the text's place within notes; empty when there is none */
};

/*
 * How many bytes the headers take, from the first KCORE_IDENT of them: 32-bit kernels have ELF32
 * headers. 0 when it is no core.
 */
#define KCORE_IDENT 64u
size_t kcore_head_size(const struct view *ident);
/*
 * Headers to segments, from as many bytes as kcore_head_size() said. Pure: the fuzz target. There
 * is no end of file to check against; offsets fit off_t. Kinds: ERR_NOT_CORE, ERR_TRUNCATED,
 * ERR_SYSTEM without memory. ret_kcore->segments is the caller's to free, after a failure too.
 */
bool kcore_parse(const struct view *head, struct kcore *ret_kcore, struct err *e)
	__attribute__((warn_unused_result));

/* Opens it. Kinds: as kcore_parse(); ERR_SYSTEM with errno when it does not open. */
bool kcore_open(const char *path, struct kcore **ret_kcore, struct err *e)
	__attribute__((warn_unused_result));
void kcore_close(struct kcore *kcore); /* takes NULL */

/* The text of VMCOREINFO; false when there is no such note (before Linux 4.19). */
bool kcore_vmcoreinfo(const struct kcore *kcore, struct view *ret_text);

/* Does a segment of RAM hold phys? */
bool kcore_has(const struct kcore *kcore, uint64_t phys);
/*
 * Copies len bytes of [at, at + len), which may cross segments. by_virt: at is a virtual address.
 * Pages that the kernel will not show read as zeros, and nothing tells so: hwpoison, offline and
 * unaccepted ones, holes of the direct map, and what is no RAM any more (fs/proc/kcore.c, 6.1 to
 * 7.2; 5.10 lets bad and offline pages be read). So zeros are only as good as what the struct page
 * says of them. Kinds: ERR_REFUSED, errno 0 when no segment has it; with errno otherwise.
 */
bool kcore_read(const struct kcore *kcore, bool by_virt, uint64_t at, uint8_t *buf, size_t len,
		struct err *e) __attribute__((warn_unused_result));

/* What its VMCOREINFO says of a 32-bit kernel, when f does not know it yet: FACT_PAE. */
void kcore_tell(const struct kcore *kcore, struct facts *f);

#endif

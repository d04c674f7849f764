/* /proc/iomem: the kernel's own map of physical addresses, and what it makes safe to touch. */
/* Addresses read as 0 without CAP_SYS_ADMIN; that is an error here, not a map of nothing. */
#ifndef KERNEL_IOMEM_H
#define KERNEL_IOMEM_H

#include "base/num.h"
#include "mem/guard.h"

struct iomem_range {
	struct range phys; /* as printed, end made exclusive; not page aligned */
	unsigned int depth; /* 0: outermost */
	const char *name; /* in text; empty when the line has none */
};

struct iomem {
	char *text; /* owned */
	struct iomem_range *ranges; /* owned, in the order of the file */
	size_t len;
};

/*
 * Parses text of the form "  00001000-0009fbff : System RAM", two spaces a level. Takes
 * text over (changed in place, freed by iomem_deinit() even after a failure).
 * Kind ERR_IOMEM: a line of another form, an end below its start, all addresses hidden.
 */
bool iomem_parse(char *text, size_t len, struct iomem *ret_iomem, struct err *e)
	__attribute__((warn_unused_result));
bool iomem_read(struct iomem *ret_iomem, struct err *e) __attribute__((warn_unused_result));
void iomem_deinit(struct iomem *iomem);

/* True for a line named "System RAM", at any depth, "System RAM (virtio_mem)" included. */
bool iomem_is_ram(const struct iomem_range *r);
/*
 * Fills the guard: whole pages of System RAM; of the first MiB page 0, the page that is part
 * RAM, and 0xc0000-0xfffff. Two RAM lines that meet inside a page leave that page out.
 */
bool iomem_allow(const struct iomem *iomem, struct guard *g, struct err *e)
	__attribute__((warn_unused_result));

#endif

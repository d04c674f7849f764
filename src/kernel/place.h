/* What lies at an address, as /proc/iomem tells: the form in which policy/ wants it. */
/* Tells nothing of whether a page may be touched: the guard does. */
#ifndef KERNEL_PLACE_H
#define KERNEL_PLACE_H

#include "kernel/iomem.h"
#include "policy/rules.h"

/* Of the page of phys. */
struct place place_at(const struct iomem *iomem, uint64_t phys);
/* Has a driver, or the kernel, claimed the line (IORESOURCE_BUSY)? By its name: iomem tells no more. */
bool place_is_claimed(const struct iomem_range *line);

#endif

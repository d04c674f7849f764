/* What the firmware called each piece of physical memory at boot: the e820 map, told twice. */
/* Reads /sys, never memory; the kernel may use a piece otherwise, which is /proc/iomem's to say. */
#ifndef KERNEL_FIRMWARE_H
#define KERNEL_FIRMWARE_H

#include "base/num.h"
#include "base/view.h"

/* The boot protocol's table of 128 entries, and those that setup_data adds to the other map. */
#define FIRMWARE_RANGES_MAX 256

struct firmware_range {
	struct range phys; /* not page aligned */
	const char *type;  /* in words; NULL: not a known one, see number */
	char number[16];
};

struct firmware_map {
	size_t len;
	struct firmware_range ranges[FIRMWARE_RANGES_MAX];
};

/*
 * /sys/firmware/memmap/N/{start,end,type} (Documentation/ABI/testing/sysfs-firmware-memmap): the
 * map as the firmware gave it. Needs CONFIG_FIRMWARE_MEMMAP. Kind ERR_SYSTEM, ERR_UNSUPPORTED.
 */
bool firmware_read_memmap(struct firmware_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/*
 * The e820 table in struct boot_params, as the boot loader handed it over:
 * /sys/kernel/boot_params/data. Kinds: ERR_SYSTEM, ERR_UNSUPPORTED.
 */
bool firmware_read_e820(struct firmware_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/*
 * The same from the bytes of struct boot_params. Pure. Entries that are empty or wrap are left
 * out. Kind ERR_UNSUPPORTED when the table is cut short.
 */
bool firmware_parse_e820(const struct view *params, struct firmware_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/* "System RAM", or "type 0x6" of one that is not known. */
const char *firmware_type(const struct firmware_range *r);
/* The piece that holds phys, or NULL: the map does not speak of it. */
const struct firmware_range *firmware_find(const struct firmware_map *map, uint64_t phys);

#endif

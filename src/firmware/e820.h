/* What the firmware called each piece of physical memory at boot: the e820 map, told twice. */
/* Reads /sys, never memory; the kernel may use a piece otherwise, which is /proc/iomem's to say. */
#ifndef FIRMWARE_E820_H
#define FIRMWARE_E820_H

#include "base/num.h"
#include "base/view.h"

/* Entries of the boot protocol's table; where there are more, a boot loader puts them into setup_data. */
#define E820_TABLE_MAX 128u
/* Those, and what setup_data and hotplug add to the other map. */
#define E820_RANGES_MAX 256

struct e820_range {
	struct range phys; /* not page aligned */
	const char *type;  /* in words; NULL: not a known one, see number */
	uint32_t code;	   /* of the type, 0 when only its word is told, and is not a known one */
	char number[16];
};

struct e820_map {
	struct range initramfs; /* where the boot loader put it; boot_params only, empty: nowhere */
	size_t len;
	struct e820_range ranges[E820_RANGES_MAX];
};

/*
 * /sys/firmware/memmap/N/{start,end,type} (Documentation/ABI/testing/sysfs-firmware-memmap): the
 * map as the firmware gave it. Needs CONFIG_FIRMWARE_MEMMAP. Kind ERR_SYSTEM, ERR_UNSUPPORTED.
 */
bool e820_read_memmap(struct e820_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/*
 * The e820 table in struct boot_params, as the boot loader handed it over:
 * /sys/kernel/boot_params/data. Kinds: ERR_SYSTEM, ERR_UNSUPPORTED.
 */
bool e820_read_boot_params(struct e820_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/*
 * The same from the bytes of struct boot_params. Pure. Entries that are empty or wrap are left
 * out. Kind ERR_UNSUPPORTED when the table is cut short.
 */
bool e820_parse(const struct view *params, struct e820_map *ret_map, struct err *e)
	__attribute__((warn_unused_result));
/* "System RAM", or "type 0x6" of one that is not known. */
const char *e820_type(const struct e820_range *r);
/* The piece that holds phys, or NULL: the map does not speak of it. */
const struct e820_range *e820_find(const struct e820_map *map, uint64_t phys);

#endif

/* One table or pointer of the firmware as one route gave it: bytes, place, or why not. */
/* What the bytes mean is decode's; which of two routes is right, nobody's. */
#ifndef FIRMWARE_FOUND_H
#define FIRMWARE_FOUND_H

#include "firmware/low.h"
#include "firmware/reach.h"

/* How it was come by. */
enum route {
	ROUTE_NONE, /* it was not looked for, or is not told of, by this route */
	ROUTE_SCAN, /* a signature in the first MiB, EBDA included */
	ROUTE_EFI, /* EFI's configuration table, by /sys/firmware/efi/systab */
	ROUTE_BOOT_PARAMS, /* the boot loader told: /sys/kernel/boot_params/data */
	ROUTE_POINTER, /* memory, where another table points */
	ROUTE_SYS, /* the kernel's copy below /sys/firmware */
};

struct found {
	uint8_t route; /* enum route */
	uint64_t phys; /* where it is or was said to be; 0: the route does not tell */
	struct view bytes; /* len 0: not had; its phys is the above */
	const struct err *why; /* why not, or what it leads to was not had; NULL when there is none */
};

/* "scan", "EFI", "boot_params", "memory", "/sys". */
const char *route_name(enum route route);
/* Was there a trace of it at all: bytes, or a pointer that led nowhere? */
bool found_any(const struct found *f);
/* Fills *f from len bytes of memory at phys; false when they were not had, and f->why says why. */
bool found_load(struct found *f, enum route route, struct reach *r, uint64_t phys, size_t len);
/* Fills *f from a file below /sys; ENOENT leaves no trace. */
bool found_file(struct found *f, const char *path);
/* Sets why, once: false; and takes it away again. */
bool found_fail(struct found *f, const struct err *e);
void found_forgive(struct found *f);
void found_deinit(struct found *f);
/* The first offset at which both differ, their common length if one is longer; SIZE_MAX: the same, or not both had. */
size_t found_differ(const struct found *a, const struct found *b);

#endif

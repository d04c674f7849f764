/* EFI: the system table, the configuration tables and the memory map, by memory and by /sys. */
/* Finds and reads; decode/efi.h says what is in them. */
#ifndef FIRMWARE_EFITABLES_H
#define FIRMWARE_EFITABLES_H

#include "decode/efi.h"
#include "firmware/found.h"

#define EFI_VENDOR_MAX 48

struct efitables {
	bool here; /* the kernel was started by EFI, as boot_params tells; else nothing below is had */
	struct efi_info info;
	struct found system, tables; /* by memory */
	/* By memory; its route is ROUTE_SYS when it could not be read, and the bytes are what the kernel keeps of it. */
	struct found map;
	struct efi_system head; /* of system, 0 when it was not had */
	char vendor[EFI_VENDOR_MAX]; /* who made the firmware, any byte but 0; empty: not had */
	size_t memory_len;
	struct range *memory; /* owned: what the map calls memory, in its order, joined: for struct reach */
};

struct firmware;

/*
 * f->boot_params, f->efi and f->reach are there. Fills in f->reach's efi, and of f->efi what /sys does not tell: the
 * kernel may have been built without CONFIG_EFI.
 */
void efitables_gather(struct efitables *ret, struct firmware *f);
void efitables_deinit(struct efitables *t);

#endif

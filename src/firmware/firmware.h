/* All that the firmware left in memory and that the kernel tells of it, gathered once. */
/* Decodes no more than it takes to find the next; shows nothing. */
#ifndef FIRMWARE_FIRMWARE_H
#define FIRMWARE_FIRMWARE_H

#include "firmware/acpilist.h"
#include "firmware/boardtables.h"
#include "firmware/efitables.h"
#include "firmware/bootrecord.h"
#include "firmware/smbiostable.h"
#include "policy/finding.h"

struct firmware {
	struct reach reach; /* filled by the caller: mem, no_memory, iomem, safe; efi by efitables_gather() */
	bool live;
	bool has_low;
	struct low low;
	struct err no_low;
	bool has_memmap;
	struct e820_map memmap; /* /sys/firmware/memmap, else boot_params */
	struct view boot_params; /* struct boot_params, empty when not had; the file's bytes */
	bool has_efi; /* /sys/firmware/efi is there: the kernel was started by EFI */
	struct {
		uint64_t acpi20, acpi, smbios3, smbios; /* by /sys/firmware/efi/systab; 0: not told */
	} efi;
	struct efitables efi_tables;
	struct smbiostable smbios;
	struct acpilist acpi;
	struct boardtables board;
	struct bootrecord bootrecord;
};

/*
 * By every route there is; what cannot be had is left out and has its reason beside it. f->reach's mem,
 * no_memory, iomem, safe and arg, and f->live are the caller's, all else is 0 before.
 */
void firmware_gather(struct firmware *f);
void firmware_deinit(struct firmware *f);
/* Where routes differ, sums are wrong, tables lie in the wrong place. */
void firmware_compare(const struct firmware *f, struct findings *findings);
/* Was the system BIOS area had, where signatures are? Without it nobody knows what is not here. */
bool firmware_scanned(const struct firmware *f);
/* The hits of one signature in the first MiB, as decode/signature.c names them: the next behind at, which starts as NULL. */
const struct signature_hit *firmware_hit(const struct firmware *f, const char *name,
					 const struct signature_hit *after);

#endif

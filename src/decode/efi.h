/* EFI: what the boot loader tells of it, the system table, the configuration tables, the memory map. */
/* Follows no pointer: addresses come out, the caller reads there. */
#ifndef DECODE_EFI_H
#define DECODE_EFI_H

#include "base/num.h"
#include "decode/record.h"
#include "decode/sum.h"

/* Bytes that efi_system() may need, and those of the smallest memory descriptor (UEFI 2.10, 4.3 and 7.2.3). */
#define EFI_SYSTEM_LEN 120
#define EFI_DESCRIPTOR_LEN 40

/* struct efi_info in struct boot_params: arch/x86/include/uapi/asm/bootparam.h, 5.10 to 7.2. */
struct efi_info {
	bool is64; /* the firmware's pointers have 64 bits, whatever the kernel's have */
	uint64_t system; /* physical, of the system table */
	uint64_t map;	 /* of the memory map as it was when the boot loader left boot services */
	uint32_t map_len, descriptor_len, descriptor_version;
};

/* params: struct boot_params. False when the kernel was not started by EFI. */
bool efi_info(const struct view *params, struct efi_info *ret_info);

/* What leads on from the system table. Once the kernel has told EFI its virtual addresses, these two are such. */
struct efi_system {
	uint16_t major, minor; /* 2 and 70 is 2.7 */
	enum sum sum; /* CRC-32 of the header */
	uint64_t vendor; /* of the name, UTF-16 */
	uint64_t tables; /* of the configuration tables */
	uint32_t tables_len; /* how many there are */
};

/* v begins with the system table: else false. */
bool efi_system(const struct view *v, bool is64, struct efi_system *ret_system);
/* The rows of the system table. */
const char *efi_system_rows(bool is64);

/* Bytes of one configuration table's entry. */
size_t efi_entry_len(bool is64);
/* Configuration tables that lead to what others decode: the type of their records. */
enum { EFI_ACPI20, EFI_ACPI, EFI_SMBIOS, EFI_SMBIOS3, EFI_ENTRIES_LEN };

/*
 * Entry number of configuration tables v: its name is that of a GUID that is known, else "unknown". *ret_phys is where the
 * table lies. False: there is no such entry.
 */
bool efi_entry(const struct view *v, bool is64, size_t number, struct record *ret_record, uint64_t *ret_phys);

/* A piece of the memory map. */
struct efi_piece {
	struct range phys;
	uint32_t type;
	uint64_t attributes;
};

/*
 * Piece number of the memory map v, whose descriptors have len bytes each. False: there is no such piece, or len is
 * none. A piece that is empty or beyond all memory is 0-0.
 */
bool efi_piece(const struct view *v, size_t len, size_t number, struct efi_piece *ret_piece);
/* "conventional", "runtime services data" ...; NULL when the type has no name. */
const char *efi_type(uint32_t type);
/* What the attributes mean, as bits_say() takes it, but for EFI_RUNTIME. */
extern const char efi_attribute_words[];
#define EFI_WRITE_BACK (1ull << 3)
#define EFI_SPECIAL_PURPOSE (1ull << 18)
#define EFI_RUNTIME (1ull << 63)
/* Is it RAM to the kernel? Its EFI stub makes e820 of the map: drivers/firmware/efi/libstub/x86-stub.c, 5.10 to 7.2. */
bool efi_is_ram(const struct efi_piece *piece);
/* Is it memory at all, whoever has it? No device lets its registers be cached. */
bool efi_is_memory(const struct efi_piece *piece);

#endif

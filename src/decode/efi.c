/* EFI's tables: UEFI Specification 2.10. */
/* The firmware may be of 32 bits under a kernel of 64: every pointer is as wide as the firmware's. */
#include "decode/efi.h"

#include "base/names.h"

/* struct efi_info, the high halves of its addresses last. */
#define INFO 0x1c0u

bool efi_info(const struct view *params, struct efi_info *ret_info)
{
	struct view v = view_sub(params, INFO, 32);
	bool is64 = view_u32(&v, 0) == 0x34364c45, is32 = view_u32(&v, 0) == 0x32334c45; /* "EL64", "EL32" */

	if (!view_has(&v, 0, 32) || !(is64 || is32))
		return false;
	*ret_info = (struct efi_info){
		.is64 = is64,
		.system = view_u32(&v, 4) | (uint64_t)view_u32(&v, 24) << 32,
		.map = view_u32(&v, 16) | (uint64_t)view_u32(&v, 28) << 32,
		.map_len = view_u32(&v, 20),
		.descriptor_len = view_u32(&v, 8),
		.descriptor_version = view_u32(&v, 12),
	};
	return true;
}

/*
 * 4.2 and 4.3, with pointers of 8 bytes and of 4. Consoles and boot services are gone when the kernel runs:
 *
 *	0 "IBI SYST"  8 revision  12 length of this  16 CRC-32 of it  24 vendor  firmware's revision
 *	  six pointers  runtime services  boot services  number of configuration tables  pointer to them
 */
#define HEADER "8c signature\0" "4x revision\0" "4z length\0" "4x CRC-32\0" "4-\0"

static const char system64_rows[] =
	HEADER
	"8x vendor\0"
	"4x firmware revision\0"
	"4-\0"
	"w-consoles\0"
	"g-error console\0"
	"8x runtime services\0"
	"8-boot services\0"
	"8n tables\0"
	"8x table list\0";
static const char system32_rows[] =
	HEADER
	"4x vendor\0"
	"4x firmware revision\0"
	"g-consoles\0"
	"8-error console\0"
	"4x runtime services\0"
	"4-boot services\0"
	"4n tables\0"
	"4x table list\0";

const char *efi_system_rows(bool is64)
{
	return is64 ? system64_rows : system32_rows;
}

/* 4.2: CRC-32 of as many bytes as the header says, its own four taken for 0. */
#define CRC 16u

static enum sum judge(const struct view *v)
{
	size_t len = view_u32(v, 12);
	uint32_t crc = UINT32_MAX;

	if (len < CRC + 4 || !view_has(v, 0, len))
		return SUM_UNKNOWN;
	for (size_t i = 0; i < len; i++) {
		crc ^= i - CRC < 4 ? 0 : v->bytes[i];
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc == view_u32(v, CRC) ? SUM_RIGHT : SUM_WRONG;
}

bool efi_system(const struct view *v, bool is64, struct efi_system *ret_system)
{
	size_t pointer = is64 ? 8 : 4, end = is64 ? EFI_SYSTEM_LEN : 72;

	if (!view_has(v, 0, end) || memcmp(v->bytes, "IBI SYST", 8))
		return false;
	*ret_system = (struct efi_system){
		.major = view_u16(v, 10),
		.minor = view_u16(v, 8),
		.sum = judge(v),
		.vendor = view_le(v, 24, pointer),
		.tables = view_le(v, end - pointer, pointer),
		.tables_len = view_u32(v, end - 2 * pointer),
	};
	return true;
}

/*
 * The first half of a GUID tells those below apart. UEFI 2.10, 4.6; PI 1.8; EDK II's MdeModulePkg; Linux's
 * include/linux/efi.h, 5.10 to 7.2. The first are those of the enumeration.
 */
static const struct guid {
	uint32_t a;
	uint16_t b, c;
	char name[20];
} guids[] = {
	{ 0x8868e871, 0xe4f1, 0x11d3, "ACPI 2.0" },
	{ 0xeb9d2d30, 0x2d88, 0x11d3, "ACPI 1.0" },
	{ 0xeb9d2d31, 0x2d88, 0x11d3, "SMBIOS" },
	{ 0xf2fd1544, 0x9794, 0x4a2c, "SMBIOS 3" },
	{ 0xeb9d2d2f, 0x2d88, 0x11d3, "MP" },
	{ 0xb122a263, 0x3661, 0x4f68, "ESRT" },
	{ 0x880aaca3, 0x4adc, 0x4a04, "properties" },
	{ 0xdcfa911d, 0x26eb, 0x469f, "memory attributes" },
	{ 0xeb66918a, 0x7eef, 0x402a, "runtime properties" },
	{ 0x36122546, 0xf7e7, 0x4c8f, "conformance" },
	{ 0xb1b621d5, 0xf19c, 0x41a5, "device tree" },
	{ 0xd719b2cb, 0x3d3a, 0x4596, "image security" },
	{ 0x1e2ed096, 0x30e2, 0x4254, "TPM final log" },
	{ 0xb7799cb0, 0xeca2, 0x4943, "TPM log" },
	{ 0x05ad34ba, 0x6f02, 0x4214, "DXE services" },
	{ 0x7739f24c, 0x93d7, 0x11d4, "HOB list" },
	{ 0xee4e5898, 0x3914, 0x4259, "LZMA" },
	{ 0x49152e77, 0x1ada, 0x4764, "debug images" },
	{ 0x4c19049f, 0x4137, 0x4dd3, "memory types" },
	{ 0x060cc026, 0x4c0d, 0x4dda, "memory status codes" },
	{ 0x1ce1e5bc, 0x7ceb, 0x42f2, "Linux random seed" },
	{ 0x888eb0c6, 0x8ede, 0x4ff5, "Linux reservations" },
	{ 0xe03fc20a, 0x85dc, 0x406e, "Linux screen" },
	{ 0x5568e427, 0x68fc, 0x4f3d, "Linux initrd" },
	{ 0x800f683f, 0xd08b, 0x423a, "Linux memory map" },
	{ 0xc451ed2b, 0x9694, 0x45d3, "shim MOK variables" },
	{ 0xadf956ad, 0xe98c, 0x484c, "secret" },
	{ 0x067b1f5f, 0xcf26, 0x44c5, "confidential blob" },
	{ 0xd5d1de3c, 0x105c, 0x44f9, "unaccepted memory" },
	{ 0x3b13a7d4, 0x633e, 0x11dd, "UV system table" },
	{ 0x2d9f28a2, 0xa886, 0x456a, "Dell RCI2" },
};

static const char entry64_rows[] = "gg GUID\0" "8x address\0", entry32_rows[] = "gg GUID\0" "4x address\0";

size_t efi_entry_len(bool is64)
{
	return is64 ? 24 : 20;
}

bool efi_entry(const struct view *v, bool is64, size_t number, struct record *ret_record, uint64_t *ret_phys)
{
	size_t len = efi_entry_len(is64);
	struct view entry = number < v->len / len ? view_sub(v, number * len, len) : view_sub(v, v->len, 0);

	if (!entry.len)
		return false;
	*ret_record = (struct record){ .type = UINT32_MAX, .name = "unknown", .rows = is64 ? entry64_rows : entry32_rows, .bytes = entry };
	*ret_phys = view_le(&entry, 16, len - 16);
	for (uint32_t i = 0; i < ARRAY_LEN(guids); i++) {
		if (guids[i].a != view_u32(&entry, 0) || guids[i].b != view_u16(&entry, 4) ||
		    guids[i].c != view_u16(&entry, 6))
			continue;
		ret_record->type = i;
		ret_record->name = guids[i].name;
	}
	return true;
}

/* 7.2.3, table 7.10. */
static const char types[] =
	"reserved\0"
	"loader code\0"
	"loader data\0"
	"boot services code\0"
	"boot services data\0"
	"runtime services code\0"
	"runtime services data\0"
	"conventional\0"
	"unusable\0"
	"ACPI reclaim\0"
	"ACPI NVS\0"
	"MMIO\0"
	"MMIO port space\0"
	"PAL code\0"
	"persistent\0"
	"unaccepted";
#define TYPES_LEN 16

/* Loader, boot services, conventional memory: free when the kernel runs. */
#define RAM_TYPES 0x9eu
#define MMIO_TYPES 0x1800u

/* 7.2.3, the attributes, from bit 0 up; those of bits 62 and 63 are efi.h's. */
const char efi_attribute_words[] = "UC|WC|WT|WB|UCE||||||||WP|RP|XP|NV|more reliable|RO|SP|crypto|hot-pluggable";

const char *efi_type(uint32_t type)
{
	return type < TYPES_LEN ? name_at(types, type) : NULL;
}

static bool is_one_of(uint32_t type, uint32_t mask)
{
	return type < TYPES_LEN && mask >> type & 1;
}

bool efi_is_ram(const struct efi_piece *piece)
{
	return is_one_of(piece->type, RAM_TYPES) && !(piece->attributes & EFI_SPECIAL_PURPOSE);
}

bool efi_is_memory(const struct efi_piece *piece)
{
	return !is_one_of(piece->type, MMIO_TYPES) && piece->attributes & EFI_WRITE_BACK;
}

bool efi_piece(const struct view *v, size_t len, size_t number, struct efi_piece *ret_piece)
{
	struct view d;
	uint64_t pages, start;

	if (len < EFI_DESCRIPTOR_LEN || number >= v->len / len)
		return false;
	d = view_sub(v, number * len, len);
	start = view_u64(&d, 8);
	pages = view_u64(&d, 24);
	*ret_piece = (struct efi_piece){ .type = view_u32(&d, 0), .attributes = view_u64(&d, 32) };
	if (pages <= (PHYS_END - 1) >> PAGE_SHIFT && start < PHYS_END)
		ret_piece->phys = (struct range){ start, start + (pages << PAGE_SHIFT) };
	return true;
}

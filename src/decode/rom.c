/* Option ROM headers: the signature, the sum, and what the two pointers lead to. */
/* Offsets in a ROM are 16 bits and are believed only where they stay inside it. */
#include "decode/rom.h"

#include "base/names.h"

/*
 * Every ROM (IBM PC/AT technical reference; PCI Firmware Specification 3.0, 5.1.2):
 *   0x00 55 aa    0x02 size in 512 bytes    0x18 -> PCI data structure
 *   0x1a -> Plug and Play expansion header (Plug and Play BIOS Specification 1.0A, 3.2)
 */
#define ROM_UNIT 512u
#define ROM_PCI 0x18
#define ROM_PNP 0x1a

/* PCI Firmware Specification 3.0, table 5-2. */
static const char code_types[] = "x86\0Open Firmware\0PA-RISC\0EFI";
#define CODE_TYPES_LEN 4

/* PCI Code and ID Assignment Specification 1.11, 1. */
static const char classes[] =
	"old\0storage\0network\0display\0multimedia\0memory\0"
	"bridge\0serial\0system\0input\0docking\0processor\0"
	"serial bus\0wireless\0I/O\0satellite\0encryption\0signal";
#define CLASSES_LEN 18

const char *rom_code_type(uint8_t code_type)
{
	return code_type < CODE_TYPES_LEN ? name_at(code_types, code_type) : NULL;
}

const char *rom_class(uint32_t class)
{
	return class >> 16 < CLASSES_LEN ? name_at(classes, class >> 16) : NULL;
}

/* Three letters of 5 bits, then four digits, first byte first (Plug and Play BIOS 1.0A, 3.2). */
void rom_eisa_id(uint32_t id, char text[8])
{
	uint32_t big = (id & 0xff) << 24 | (id & 0xff00) << 8 | (id >> 8 & 0xff00) | id >> 24;

	memset(text, 0, 8);
	for (unsigned int i = 0; id && i < 3; i++)
		text[i] = (char)('@' + (big >> (26 - 5 * i) & 0x1f));
	for (unsigned int i = 0; id && i < 4; i++)
		text[3 + i] = "0123456789ABCDEF"[big >> (12 - 4 * i) & 15];
}

static void read_pci(const struct view *image, struct rom *rom)
{
	struct view p = view_sub(image, view_u16(image, ROM_PCI), 0x18);

	if (!view_u16(image, ROM_PCI) || !view_has(&p, 0, 0x16) || memcmp(p.bytes, "PCIR", 4))
		return;
	rom->has_pci = true;
	rom->vendor = view_u16(&p, 4);
	rom->device = view_u16(&p, 6);
	rom->class = view_u32(&p, 0x0c) >> 8;
	rom->image_size = view_u16(&p, 0x10) * ROM_UNIT;
	rom->code_type = view_u8(&p, 0x14);
	rom->last = view_u8(&p, 0x15) & 0x80;
}

static void read_name(const struct view *image, size_t off, char *name)
{
	size_t n = 0;

	/* Offset 0 means that there is no string. */
	while (off && n < ROM_NAME_MAX - 1 && view_u8(image, off + n)) {
		name[n] = (char)view_u8(image, off + n);
		n++;
	}
	name[n] = '\0';
}

static void read_pnp(const struct view *image, struct rom *rom)
{
	struct view p = view_sub(image, view_u16(image, ROM_PNP), SIZE_MAX);

	if (!view_u16(image, ROM_PNP) || !view_has(&p, 0, 0x20) || memcmp(p.bytes, "$PnP", 4))
		return;
	rom->has_pnp = true;
	rom->pnp_sum = sum_bytes(&p, view_u8(&p, 5) * 16u);
	rom->device_id = view_u32(&p, 0x0a);
	read_name(image, view_u16(&p, 0x0e), rom->maker);
	read_name(image, view_u16(&p, 0x10), rom->product);
}

static void read_rom(const struct view *v, size_t at, struct rom *rom)
{
	uint32_t size = view_u8(v, at + 2) * ROM_UNIT;
	struct view image = view_sub(v, at, size);

	memset(rom, 0, sizeof(*rom));
	rom->phys = (struct range){ v->phys + at, v->phys + at + size };
	rom->sum = sum_bytes(&image, size);
	read_pci(&image, rom);
	read_pnp(&image, rom);
}

bool rom_next(const struct view *v, size_t *pos, struct rom *ret_rom)
{
	size_t at = *pos;

	while (view_has(v, at, 3) && view_u16(v, at) != 0xaa55)
		at += ROM_STEP;
	*pos = at;
	if (!view_has(v, at, 3))
		return false;
	read_rom(v, at, ret_rom);
	if (ret_rom->sum == SUM_RIGHT)
		at = (size_t)(ret_rom->phys.end - 1 - v->phys) / ROM_STEP * ROM_STEP;
	*pos = at + ROM_STEP;
	return true;
}

/* Tables of the BIOS in the first MiB: one row each. */
/* Checks no sums: decode/signature.c does. */
#include "decode/biostable.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "decode/fields.h"
#include "decode/rom.h"

/* What each begins with; its number, from 1 up, is the code of its header in kinds[]. */
static const char signatures[] =
	"$PIR\0"
	"_32_\0"
	"$PnP\0"
	"$PMM\0"
	"_MP_\0"
	"_SYSID_\0"
	"32OS\0"
	"\xaa\x55VPD\0"
	"_SM_\0"
	"_DMI_\0"
	"_SM3_\0"
	"RSD PTR ";
#define SIGNATURES_LEN 12

#define VPD 8
#define ENTRY 0x40 /* and more: the code of the entries */
#define PNP_DEVICE 23 /* where it stands; all else that say() gets is $PIR's */
#define PIR_EXCLUSIVE 10

#define DMI \
	"5c DMI signature\0" \
	"1x DMI checksum\0" \
	"2z structures length\0" \
	"4x structures\0" \
	"2n count\0" \
	"1x BCD version\0"

static const char kinds[] =
	/* PCI IRQ Routing Table Specification 1.0. */
	"\x01" "PCI IRQ routing\0"
	"4c signature\0"
	"1n minor version\0"
	"1n major version\0"
	"2z length\0"
	"1n router bus\0"
	"1! router device\0"
	"2! exclusive IRQs\0"
	"2x compatible vendor\0"
	"2x compatible device\0"
	"4x miniport data\0"
	"b-\0"
	"1x checksum\0" "\0"
	"\x41" "device\0"
	"1n bus\0"
	"1! device\0"
	"3! INTA\0" "3! INTB\0" "3! INTC\0" "3! INTD\0"
	"1n slot:|0=on board\0"
	"1-\0" "\0"
	/* Standard BIOS 32-bit Service Directory Proposal 0.4. */
	"\x02" "BIOS32\0"
	"4c signature\0"
	"4x entry point\0"
	"1n revision\0"
	"1z length:10\0"
	"1x checksum\0"
	"5-\0" "\0"
	/* Plug and Play BIOS Specification 1.0A, 4.4. */
	"\x03" "Plug and Play\0"
	"4c signature\0"
	"1x version\0"
	"1z length\0"
	"2b events:*2 not supported,polled,by interrupt\0"
	"1x checksum\0"
	"4x event flag\0"
	"2x real-mode offset\0"
	"2x real-mode segment\0"
	"2x protected-mode offset\0"
	"4x protected-mode base\0"
	"4! OEM device\0"
	"2x real-mode data\0"
	"4x protected-mode data\0" "\0"
	/* POST Memory Manager Specification 1.01, 3. */
	"\x04" "POST memory\0"
	"4c signature\0"
	"1x revision\0"
	"1z length\0"
	"1x checksum\0"
	"2x entry offset\0"
	"2x entry segment\0"
	"5-\0" "\0"
	/* MultiProcessor Specification 1.4, 4.1. */
	"\x05" "MP pointer\0"
	"4c signature\0"
	"4x table\0"
	"1z length:10\0"
	"1e revision:1 1.1,,,1.4\0"
	"1x checksum\0"
	"1n default configuration:|0=none\0"
	"1b mode:|||||||*1 virtual wire,IMCR and PIC\0"
	"3-\0" "\0"
	/* Preboot Execution Environment 2.1, SYSID BIOS support. */
	"\x06" "SYSID\0"
	"7c signature\0"
	"1x checksum\0"
	"2z length\0"
	"4x structures\0"
	"2n count\0"
	"1n revision\0" "\0"
	/* Compaq Deskpro 4000 and 6000 Technical Reference Guide: a list of ROM services. */
	"\x07" "Compaq services\0"
	"4c signature\0"
	"1n count\0" "\0"
	"\x47" "service\0"
	"4c name\0"
	"4x address\0"
	"2z size\0" "\0"
	/* IBM: Using the BIOS Build ID to identify ThinkPad systems; the date is on longer ones alone. */
	"\x08" "IBM VPD\0"
	"2x magic\0"
	"3c signature\0"
	"1z length\0"
	"7y other\0"
	"9c BIOS build\0"
	"7c box serial number\0"
	"bc board serial number\0"
	"7c machine type\0"
	"1x checksum\0"
	"8c BIOS date\0"
	"0y rest\0" "\0"
	/* DSP0134 3.7, 5.2.1 and 5.2.2; the second part of the first is the older _DMI_ as well. */
	"\x09" "SMBIOS 2\0"
	"4c signature\0"
	"1x checksum\0"
	"1z length\0"
	"1n major version\0"
	"1n minor version\0"
	"2z largest structure\0"
	"1n revision\0"
	"5y formatted area\0" DMI "\0"
	"\x0a" "DMI\0" DMI "\0"
	"\x0b" "SMBIOS 3\0"
	"5c signature\0"
	"1x checksum\0"
	"1z length\0"
	"1n major version\0"
	"1n minor version\0"
	"1n document revision\0"
	"1n revision\0"
	"1-\0"
	"4z structures at most\0"
	"8x structures\0" "\0"
	/* ACPI 6.5, 5.2.5.3; 20 bytes in ACPI 1.0. */
	"\x0c" "ACPI root\0"
	"8c signature\0"
	"1x checksum\0"
	"6c OEM\0"
	"1n revision\0"
	"4x RSDT\0"
	"4z length\0"
	"8x XSDT\0"
	"1x extended checksum\0"
	"3-\0" "\0";

/* "3-7 9-12 14-15", behind what is there. */
static void say_irqs(uint16_t irqs, struct bits_text *t)
{
	for (unsigned int i = 0, end; i < 16; i = end + 1) {
		for (end = i; irqs >> end & 1; end++)
			;
		if (end > i)
			fmt_append(t->buf, t->size, &t->used, end - i > 1 ? "%s%u-%u" : "%s%u", t->used ? " " : "", i,
				   end - 1);
	}
	if (!irqs)
		fmt_append(t->buf, t->size, &t->used, "%snone", t->used ? " " : "");
}

/* A PCI device's number, and its function if that is not the first; IRQs; what Plug and Play has for a device. */
static void say(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	bool header = arg == NULL;
	uint8_t byte = view_u8(v, off);
	char id[8];

	if (header && off == PNP_DEVICE) {
		rom_eisa_id(view_u32(v, off), id);
		bits_text_add(t, "%s", *id ? id : "none");
	} else if (off == (header ? PIR_EXCLUSIVE - 1u : 1u)) {
		bits_text_add(t, byte & 7 ? "%u.%u" : "%u", byte >> 3, byte & 7);
	} else if (header) {
		say_irqs(view_u16(v, off), t);
	} else if (byte) {
		bits_text_add(t, "link %#x, IRQs", byte);
		say_irqs(view_u16(v, off + 1), t);
	} else {
		bits_text_add(t, "not connected");
	}
}

/* 0: none of them. */
static unsigned int number_of(const struct view *v)
{
	for (unsigned int i = 0; i < SIGNATURES_LEN; i++) {
		const char *signature = name_at(signatures, i);

		if (view_has(v, 0, strlen(signature)) && !memcmp(v->bytes, signature, strlen(signature)))
			return i + 1;
	}
	return 0;
}

bool biostable_next(struct record_walk *w, struct record *ret_record)
{
	unsigned int code = number_of(&w->table);
	struct record r = { .type = RECORD_HEADER, .say = say };

	if (w->pos) {
		code += ENTRY;
		r.type = 0;
		r.arg = kinds;
	}
	if (!record_kind(kinds, code, &r))
		return false;
	/* A header that takes all that is left has no entries. */
	if (!record_take(w, code == VPD ? SIZE_MAX : fields_size(r.rows), 0, &r.bytes))
		return false;
	*ret_record = r;
	return true;
}

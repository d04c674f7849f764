/* Tables of the BIOS in the first MiB: one row each. */
/* Checks no sums: decode/signature.c does. */
#include "decode/biostable.h"

#include "base/num.h"
#include "decode/bits.h"
#include "decode/rom.h"

#define IRQS "0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15"
#define LINE(x) "1x " x " link:|0=none\0" "2b " x " IRQs:" IRQS "\0"

#define PNP_DEVICE 23
#define DMI \
	"5c DMI signature\0" \
	"1x DMI checksum\0" \
	"2z structures length\0" \
	"4x structures\0" \
	"2n count\0" \
	"1x BCD version\0"

static const struct table {
	char signature[9];
	uint8_t len; /* of the header; the entries follow */
	uint8_t entry_len; /* 0: there are none */
	const char *rows;
	const char *entry, *entry_rows;
} tables[] = {
	/* DSP0134 3.7, 5.2.1 and 5.2.2; the second part of the first is the older _DMI_ as well. */
	{ "_SM_", 31, 0,
	  "4c signature\0"
	  "1x checksum\0"
	  "1z length\0"
	  "1n major version\0"
	  "1n minor version\0"
	  "2z largest structure\0"
	  "1n revision\0"
	  "5y formatted area\0" DMI, NULL, NULL },
	{ "_DMI_", 15, 0, DMI, NULL, NULL },
	{ "_SM3_", 24, 0,
	  "5c signature\0"
	  "1x checksum\0"
	  "1z length\0"
	  "1n major version\0"
	  "1n minor version\0"
	  "1n document revision\0"
	  "1n revision\0"
	  "1-\0"
	  "4z structures at most\0"
	  "8x structures\0", NULL, NULL },
	/* ACPI 6.5, 5.2.5.3; 20 bytes in ACPI 1.0. */
	{ "RSD PTR ", 36, 0,
	  "8c signature\0"
	  "1x checksum\0"
	  "6c OEM\0"
	  "1n revision\0"
	  "4x RSDT\0"
	  "4z length\0"
	  "8x XSDT\0"
	  "1x extended checksum\0"
	  "3-\0", NULL, NULL },
	/* PCI IRQ Routing Table Specification 1.0. */
	{ "$PIR", 32, 16,
	  "4c signature\0"
	  "1n minor version\0"
	  "1n major version\0"
	  "2z length\0"
	  "1n router bus\0"
	  "1! router device\0"
	  "2b exclusive IRQs:" IRQS "\0"
	  "2x compatible vendor\0"
	  "2x compatible device\0"
	  "4x miniport data\0"
	  "b-\0"
	  "1x checksum\0",
	  "device",
	  "1n bus\0"
	  "1! device\0"
	  LINE("INTA") LINE("INTB") LINE("INTC") LINE("INTD")
	  "1n slot:|0=on board\0"
	  "1-\0" },
	/* Standard BIOS 32-bit Service Directory Proposal 0.4. */
	{ "_32_", 16, 0,
	  "4c signature\0"
	  "4x entry point\0"
	  "1n revision\0"
	  "1z length:10\0"
	  "1x checksum\0"
	  "5-\0", NULL, NULL },
	/* Plug and Play BIOS Specification 1.0A, 4.4. */
	{ "$PnP", 33, 0,
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
	  "4x protected-mode data\0", NULL, NULL },
	/* POST Memory Manager Specification 1.01, 3. */
	{ "$PMM", 16, 0,
	  "4c signature\0"
	  "1x revision\0"
	  "1z length\0"
	  "1x checksum\0"
	  "2x entry offset\0"
	  "2x entry segment\0"
	  "5-\0", NULL, NULL },
	/* MultiProcessor Specification 1.4, 4.1. */
	{ "_MP_", 16, 0,
	  "4c signature\0"
	  "4x table\0"
	  "1z length:10\0"
	  "1e revision:1 1.1,,,1.4\0"
	  "1x checksum\0"
	  "1n default configuration:|0=none\0"
	  "1b mode:|||||||*1 virtual wire,IMCR and PIC\0"
	  "3-\0", NULL, NULL },
	/* Preboot Execution Environment 2.1, SYSID BIOS support. */
	{ "_SYSID_", 17, 0,
	  "7c signature\0"
	  "1x checksum\0"
	  "2z length\0"
	  "4x structures\0"
	  "2n count\0"
	  "1n revision\0", NULL, NULL },
	/* Compaq Deskpro 4000 and 6000 Technical Reference Guide: a list of ROM services. */
	{ "32OS", 5, 10,
	  "4c signature\0"
	  "1n count\0",
	  "service",
	  "4c name\0"
	  "4x address\0"
	  "2z size\0" },
	/* IBM: Using the BIOS Build ID to identify ThinkPad systems; the date is on longer ones alone. */
	{ "\xaa\x55VPD", 255, 0,
	  "2x magic\0"
	  "3c signature\0"
	  "1z length\0"
	  "7y other\0"
	  "9c BIOS build\0"
	  "7c box serial number\0"
	  "bc board serial number\0"
	  "7c machine type\0"
	  "1x checksum\0"
	  "8c BIOS date\0", NULL, NULL },
};

/* A PCI device's number, and its function if that is not the first; what Plug and Play has for a device. */
static void say(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	uint8_t device = view_u8(v, off);
	char id[8];

	(void)arg;
	if (off == PNP_DEVICE) {
		rom_eisa_id(view_u32(v, off), id);
		bits_text_add(t, "%s", *id ? id : "none");
	} else {
		bits_text_add(t, device & 7 ? "%u.%u" : "%u", device >> 3, device & 7);
	}
}

static const struct table *table_of(const struct view *v)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		size_t len = strlen(tables[i].signature);

		if (view_has(v, 0, len) && !memcmp(v->bytes, tables[i].signature, len))
			return &tables[i];
	}
	return NULL;
}

bool biostable_next(struct record_walk *w, struct record *ret_record)
{
	const struct table *t = table_of(&w->table);
	struct record r = { .say = say };
	bool header = !w->pos;

	if (!t || (!header && !t->entry_len))
		return false;
	r.type = header ? RECORD_HEADER : 0;
	r.name = header ? "header" : t->entry;
	r.rows = header ? t->rows : t->entry_rows;
	if (!record_take(w, header ? t->len : t->entry_len, 0, &r.bytes))
		return false;
	*ret_record = r;
	return true;
}

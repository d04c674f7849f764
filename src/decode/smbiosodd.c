/* Values of SMBIOS structures that no row of words can say: one function a kind of value. */
/* Which field has which: the table at the end. */
#include "decode/smbiosodd.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "decode/fields.h"
#include "decode/smbiostypes.h"

#include <inttypes.h>

#define SEE_EXTENDED "see extended"

/* 7.1: 64 KiB times one more; or the field behind. */
static void say_rom(const struct view *v, struct bits_text *t)
{
	if (view_u8(v, 0) == 0xff)
		bits_text_add(t, SEE_EXTENDED);
	else
		fields_say_size((uint64_t)(view_u8(v, 0) + 1) << 16, t);
}

/* 7.1: 14 bits of MiB or, with bit 14, GiB. */
static void say_rom_extended(const struct view *v, struct bits_text *t)
{
	uint16_t value = view_u16(v, 0);

	if (value >> 15)
		bits_text_add(t, "unknown=%#x", value);
	else
		fields_say_size((uint64_t)(value & 0x3fff) << (value >> 14 ? 30 : 20), t);
}

/* 7.2.1: as the text has it, or from 2.6 on little-endian in the first three parts. */
static void say_uuid(const struct view *v, unsigned int version, struct bits_text *t)
{
	static const uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	uint8_t all = 0, any = 0xff;

	for (size_t i = 0; i < 16; i++) {
		all |= v->bytes[i];
		any &= v->bytes[i];
	}
	if (!all || any == 0xff) {
		bits_text_add(t, all ? "not present, can be set" : "not present");
		return;
	}
	for (size_t i = 0; i < 16; i++)
		fmt_append(t->buf, t->size, &t->used, "%s%02x", i >= 4 && i <= 10 && i % 2 == 0 ? "-" : "",
			   v->bytes[i < 8 && version >= 0x0206 ? order[i] : i]);
}

/* 7.4.4: another structure's type, or a kind of board. */
static void say_element(const struct view *v, struct bits_text *t)
{
	uint8_t value = view_u8(v, 0);

	if (value & 0x80)
		bits_text_add(t, "%s (type %u)", smbios_type_name(value & 0x7f), value & 0x7f);
	else
		bits_text_add(t, "board of type %u", value);
}

/* 7.5.2: those of x86; what else there is has a number here. */
static void say_family(const struct view *v, struct bits_text *t)
{
	static const char families[] =
		"\x01" "other\0" "\x02" "unknown\0" "\x03" "8086\0" "\x04" "80286\0" "\x05" "80386\0" "\x06" "80486\0"
		"\x07" "8087\0" "\x08" "80287\0" "\x09" "80387\0" "\x0a" "80487\0" "\x0b" "Pentium\0"
		"\x0c" "Pentium Pro\0" "\x0d" "Pentium II\0" "\x0e" "Pentium MMX\0" "\x0f" "Celeron\0"
		"\x10" "Pentium II Xeon\0" "\x11" "Pentium III\0" "\x12" "M1\0" "\x13" "M2\0" "\x14" "Celeron M\0"
		"\x15" "Pentium 4 HT\0" "\x16" "Intel\0" "\x18" "Duron\0" "\x19" "K5\0" "\x1a" "K6\0" "\x1b" "K6-2\0"
		"\x1c" "K6-3\0" "\x1d" "Athlon\0" "\x1e" "AMD29000\0" "\x1f" "K6-2+\0" "\x28" "Core Duo\0"
		"\x29" "Core Duo Mobile\0" "\x2a" "Core Solo Mobile\0" "\x2b" "Atom\0" "\x2c" "Core M\0"
		"\x2d" "Core m3\0" "\x2e" "Core m5\0" "\x2f" "Core m7\0"
		"\x38" "Turion II Ultra Dual-Core Mobile M\0" "\x39" "Turion II Dual-Core Mobile M\0"
		"\x3a" "Athlon II Dual-Core M\0" "\x3b" "Opteron 6100\0" "\x3c" "Opteron 4100\0"
		"\x3d" "Opteron 6200\0" "\x3e" "Opteron 4200\0" "\x3f" "FX\0" "\x46" "C-Series\0" "\x47" "E-Series\0"
		"\x48" "A-Series\0" "\x49" "G-Series\0" "\x4a" "Z-Series\0" "\x4b" "R-Series\0" "\x4c" "Opteron 4300\0"
		"\x4d" "Opteron 6300\0" "\x4e" "Opteron 3300\0" "\x4f" "FirePro\0" "\x66" "Athlon X4\0"
		"\x67" "Opteron X1000\0" "\x68" "Opteron X2000\0" "\x69" "Opteron A-Series\0" "\x6a" "Opteron X3000\0"
		"\x6b" "Zen\0" "\x78" "Crusoe TM5000\0" "\x79" "Crusoe TM3000\0" "\x7a" "Efficeon TM8000\0"
		"\x80" "Weitek\0" "\x82" "Itanium\0" "\x83" "Athlon 64\0" "\x84" "Opteron\0" "\x85" "Sempron\0"
		"\x86" "Turion 64\0" "\x87" "Dual-Core Opteron\0" "\x88" "Athlon 64 X2\0" "\x89" "Turion 64 X2\0"
		"\x8a" "Quad-Core Opteron\0" "\x8b" "Third-Generation Opteron\0" "\x8c" "Phenom FX\0"
		"\x8d" "Phenom X4\0" "\x8e" "Phenom X2\0" "\x8f" "Athlon X2\0" "\xa0" "V30\0"
		"\xa1" "Quad-Core Xeon 3200\0" "\xa2" "Dual-Core Xeon 3000\0" "\xa3" "Quad-Core Xeon 5300\0"
		"\xa4" "Dual-Core Xeon 5100\0" "\xa5" "Dual-Core Xeon 5000\0" "\xa6" "Dual-Core Xeon LV\0"
		"\xa7" "Dual-Core Xeon ULV\0" "\xa8" "Dual-Core Xeon 7100\0" "\xa9" "Quad-Core Xeon 5400\0"
		"\xaa" "Quad-Core Xeon\0" "\xab" "Dual-Core Xeon 5200\0" "\xac" "Dual-Core Xeon 7200\0"
		"\xad" "Quad-Core Xeon 7300\0" "\xae" "Quad-Core Xeon 7400\0" "\xaf" "Multi-Core Xeon 7400\0"
		"\xb0" "Pentium III Xeon\0" "\xb1" "Pentium III Speedstep\0" "\xb2" "Pentium 4\0" "\xb3" "Xeon\0"
		"\xb5" "Xeon MP\0" "\xb6" "Athlon XP\0" "\xb7" "Athlon MP\0" "\xb8" "Itanium 2\0" "\xb9" "Pentium M\0"
		"\xba" "Celeron D\0" "\xbb" "Pentium D\0" "\xbc" "Pentium EE\0" "\xbd" "Core Solo\0"
		"\xbe" "Core 2 or K7\0" "\xbf" "Core 2 Duo\0" "\xc0" "Core 2 Solo\0" "\xc1" "Core 2 Extreme\0"
		"\xc2" "Core 2 Quad\0" "\xc3" "Core 2 Extreme Mobile\0" "\xc4" "Core 2 Duo Mobile\0"
		"\xc5" "Core 2 Solo Mobile\0" "\xc6" "Core i7\0" "\xc7" "Dual-Core Celeron\0" "\xcd" "Core i5\0"
		"\xce" "Core i3\0" "\xcf" "Core i9\0" "\xd0" "Xeon D\0" "\xd2" "C7-M\0" "\xd3" "C7-D\0" "\xd4" "C7\0"
		"\xd5" "Eden\0" "\xd6" "Multi-Core Xeon\0" "\xd7" "Dual-Core Xeon 3xxx\0"
		"\xd8" "Quad-Core Xeon 3xxx\0" "\xd9" "Nano\0" "\xda" "Dual-Core Xeon 5xxx\0"
		"\xdb" "Quad-Core Xeon 5xxx\0" "\xdd" "Dual-Core Xeon 7xxx\0" "\xde" "Quad-Core Xeon 7xxx\0"
		"\xdf" "Multi-Core Xeon 7xxx\0" "\xe0" "Multi-Core Xeon 3400\0" "\xe4" "Opteron 3000\0"
		"\xe5" "Sempron II\0" "\xe6" "Embedded Opteron Quad-Core\0" "\xe7" "Phenom Triple-Core\0"
		"\xe8" "Turion Ultra Dual-Core Mobile\0" "\xe9" "Turion Dual-Core Mobile\0"
		"\xea" "Athlon Dual-Core\0" "\xeb" "Sempron SI\0" "\xec" "Phenom II\0" "\xed" "Athlon II\0"
		"\xee" "Six-Core Opteron\0" "\xef" "Sempron M\0" "\xfe" "see family 2\0";
	/* From 0x100 on. */
	static const char more[] = "\x2c" "6x86\0" "\x2d" "MediaGX\0" "\x2e" "MII\0" "\x40" "WinChip\0";
	uint64_t value = view_le(v, 0, v->len);
	const char *name = value < 0x100 ? name_of(families, (unsigned int)value) : NULL;

	if (value >= 0x100 && value < 0x200)
		name = name_of(more, (unsigned int)value - 0x100);
	if (name)
		bits_text_add(t, "%s", name);
	else
		bits_text_add(t, "unknown=%#" PRIx64, value);
}

/* 7.5.3: CPUID.1:EAX, where family 15 has more of the family, and 6 and 15 more of the model (Intel SDM 2A, CPUID). */
static void say_signature(const struct view *v, struct bits_text *t)
{
	uint32_t eax = view_u32(v, 0), family = eax >> 8 & 0xf, model = eax >> 4 & 0xf;

	if (family == 6 || family == 15)
		model |= eax >> 12 & 0xf0;
	if (family == 15)
		family += eax >> 20 & 0xff;
	bits_text_add(t, "%#x, family %u, model %u, stepping %u", eax, family, model, eax & 0xf);
}

/* 7.5.4: tenths of a volt, or which of three the socket can do. */
static void say_voltage(const struct view *v, struct bits_text *t)
{
	uint8_t value = view_u8(v, 0);

	if (value & 0x80)
		bits_text_add(t, "%u.%u V", (value & 0x7f) / 10, (value & 0x7f) % 10);
	else
		bits_say("5.0 V|3.3 V|2.9 V", value, t);
	if (!t->used)
		bits_text_add(t, "unknown");
}

/* 7.8: KiB, or with the highest bit 64 KiB. */
static void say_cache(const struct view *v, struct bits_text *t)
{
	unsigned int top = (unsigned int)v->len * 8 - 1;
	uint64_t value = view_le(v, 0, v->len), units = value & ((1ull << top) - 1);

	if (top == 15 && value == 0xffff)
		bits_text_add(t, "see size 2");
	else
		fields_say_size(units << (value >> top ? 16 : 10), t);
}

/* 7.18: MiB, or with the highest bit KiB. */
static void say_device(const struct view *v, struct bits_text *t)
{
	uint16_t value = view_u16(v, 0);
	const char *word = !value ? "no module" : value == 0xffff ? "unknown" : value == 0x7fff ? SEE_EXTENDED : NULL;

	if (word)
		bits_text_add(t, "%s", word);
	else
		fields_say_size((uint64_t)(value & 0x7fff) << (value >> 15 ? 10 : 20), t);
}

/* 7.18.5: MiB, without the highest bit. */
static void say_device_extended(const struct view *v, struct bits_text *t)
{
	uint64_t value = view_u32(v, 0) & 0x7fffffff;

	if (value)
		fields_say_size(value << 20, t);
	else
		bits_text_add(t, "none");
}

/* 7.18.8: JEDEC's number of a maker, as an SPD has it: so many pages before, parity, and the number in that. */
static void say_maker(const struct view *v, struct bits_text *t)
{
	if (view_u16(v, 0))
		bits_text_add(t, "JEDEC bank %u, %#x", (view_u8(v, 0) & 0x7f) + 1, view_u8(v, 1));
	else
		bits_text_add(t, "unknown");
}

/* 7.20, 7.21: KiB, of which the last one counts. */
static void say_address(const struct view *v, bool last, struct bits_text *t)
{
	uint32_t value = view_u32(v, 0);

	if (value == 0xffffffff)
		bits_text_add(t, SEE_EXTENDED);
	else
		bits_text_add(t, "%#" PRIx64, ((uint64_t)value << 10) + (last ? 1023 : 0));
}

enum {
	ROM,
	ROM_EXTENDED,
	UUID,
	FAMILY,
	SIGNATURE,
	VOLTAGE,
	CACHE,
	DEVICE,
	DEVICE_EXTENDED,
	MAKER,
	FIRST,
	LAST,
	ELEMENT, /* anywhere behind the fields of a chassis */
};

static const struct {
	uint8_t type, off, width, what;
} odds[] = {
	{ 0, 0x09, 1, ROM },	   { 0, 0x18, 2, ROM_EXTENDED }, { 1, 0x08, 16, UUID },	  { 4, 0x06, 1, FAMILY },
	{ 4, 0x08, 4, SIGNATURE }, { 4, 0x11, 1, VOLTAGE },	 { 4, 0x28, 2, FAMILY },  { 7, 0x07, 2, CACHE },
	{ 7, 0x09, 2, CACHE },	   { 7, 0x13, 4, CACHE },	 { 7, 0x17, 4, CACHE },	  { 17, 0x0c, 2, DEVICE },
	{ 17, 0x1c, 4, DEVICE_EXTENDED },
	{ 17, 0x2c, 2, MAKER },	   { 17, 0x30, 2, MAKER },	 { 17, 0x5c, 2, MAKER },  { 17, 0x60, 2, MAKER },
	{ 19, 0x04, 4, FIRST },	   { 19, 0x08, 4, LAST },	 { 20, 0x04, 4, FIRST },  { 20, 0x08, 4, LAST },
	{ 3, 0, 1, ELEMENT },
};

void smbios_say_odd(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	const struct smbios_odd *odd = arg;
	size_t at = (size_t)(v->bytes - odd->record->body.bytes) + off, i = 0;
	struct view field;

	while (odds[i].what != ELEMENT && (odds[i].type != odd->record->type || odds[i].off != at))
		i++;
	field = view_sub(v, off, odds[i].width);
	switch (odds[i].what) {
	case ROM:
		say_rom(&field, t);
		break;
	case ROM_EXTENDED:
		say_rom_extended(&field, t);
		break;
	case UUID:
		say_uuid(&field, odd->version, t);
		break;
	case FAMILY:
		say_family(&field, t);
		break;
	case SIGNATURE:
		say_signature(&field, t);
		break;
	case VOLTAGE:
		say_voltage(&field, t);
		break;
	case CACHE:
		say_cache(&field, t);
		break;
	case DEVICE:
		say_device(&field, t);
		break;
	case DEVICE_EXTENDED:
		say_device_extended(&field, t);
		break;
	case MAKER:
		say_maker(&field, t);
		break;
	case FIRST:
	case LAST:
		say_address(&field, odds[i].what == LAST, t);
		break;
	default:
		say_element(&field, t);
	}
}

/* The MP configuration table, entry by entry. */
/* MultiProcessor Specification 1.4: 4.2 header, 4.3 base entries, 4.4 extended entries. */
#include "decode/mp.h"

#include "base/num.h"
#include "decode/fields.h"

/* Offsets in the header. */
#define BASE_LEN 4
#define COUNT 34
#define EXTENDED_LEN 40
#define EXTENDED_SUM 42

#define INTERRUPT \
	"1e kind:0 INT,NMI,SMI,ExtINT\0" \
	"2! signal\0" \
	"1n bus\0" \
	"1! line\0"
#define SIGNAL 1

/* By type and one more. An entry begins with its type, an extended one has its length behind it. */
static const char kinds[] =
	"\x01" "processor\0"
	"1n local APIC\0"
	"1x version\0"
	"1b flags:usable|boots the machine\0"
	"4x CPUID\0"
	"4x features\0"
	"8-\0" "\0"
	"\x02" "bus\0" "1n number\0" "6c type\0" "\0"
	"\x03" "I/O APIC\0" "1n number\0" "1x version\0" "1b flags:usable\0" "4x address\0" "\0"
	"\x04" "I/O interrupt\0" INTERRUPT "1n to APIC:|ff=all\0" "1n pin\0" "\0"
	"\x05" "local interrupt\0" INTERRUPT "1n to APIC:|ff=all\0" "1n pin\0" "\0"
	"\x81" "address space\0"
	"1n bus\0"
	"1e kind:0 I/O,memory,prefetched memory\0"
	"8x start\0"
	"8x length\0" "\0"
	"\x82" "bus hierarchy\0" "1n bus\0" "1b flags:decodes what no other does\0" "1n parent\0" "3-\0" "\0"
	"\x83" "compatible addresses\0" "1n bus\0" "1b flags:taken away\0" "4e ranges:0 ISA I/O,VGA I/O\0" "\0"
	"\xff" "header\0"
	"4c signature\0"
	"2z length\0"
	"1e revision:1 1.1,,,1.4\0"
	"1x checksum\0"
	"8c OEM\0"
	"cc product\0"
	"4x OEM table\0"
	"2z OEM table size\0"
	"2n entries\0"
	"4x local APIC\0"
	"2z extended length\0"
	"1x extended checksum\0"
	"1-\0" "\0";

#define HEADER 0xff
#define BUS 1

/* The extended entries and their sum, which stands in the header, add up to 0. */
static enum sum judge_extended(const struct view *v, size_t off, size_t len)
{
	uint8_t sum = view_u8(v, EXTENDED_SUM);

	if (!len || !view_has(v, off, len))
		return SUM_UNKNOWN;
	while (len--)
		sum = (uint8_t)(sum + v->bytes[off++]);
	return sum ? SUM_WRONG : SUM_RIGHT;
}

bool mp_table(const struct view *v, struct mp_table *ret_table)
{
	uint16_t extended_len = view_u16(v, EXTENDED_LEN);
	struct mp_table t = { .base_len = view_u16(v, BASE_LEN), .count = view_u16(v, COUNT) };

	if (!view_has(v, 0, MP_HEADER_LEN) || memcmp(v->bytes, "PCMP", 4))
		return false;
	t.len = (uint32_t)t.base_len + extended_len;
	t.sum = sum_bytes(v, t.base_len);
	t.extended_sum = judge_extended(v, t.base_len, extended_len);
	*ret_table = t;
	return true;
}

static bool is_pci(const struct record_walk *w, uint8_t bus)
{
	return w->seen[bus / 32] >> bus % 32 & 1;
}

/*
 * The signal, where it is not as usual on its bus. Which line of it: that of a PCI device in the upper bits, from INTA#
 * on in the lower two (D.3).
 */
static void say(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	uint8_t line = view_u8(v, off);

	if (off == SIGNAL) {
		bits_say("*2 ,active high,,active low|*2 ,edge,,level", view_u16(v, off), t);
		if (!t->used)
			bits_text_add(t, "as bus");
	} else if (is_pci(arg, view_u8(v, off - 1))) {
		bits_text_add(t, "device %u INT%c#", line >> 2 & 31, 'A' + (line & 3));
	} else {
		bits_text_add(t, "IRQ %u", line);
	}
}

/* A table has its PCI buses before their interrupts. */
static void keep_in_mind(struct record_walk *w, const struct record *r)
{
	uint8_t bus = view_u8(&r->bytes, 0);

	if (r->type == BUS && view_has(&r->bytes, 1, 3) && !memcmp(r->bytes.bytes + 1, "PCI", 3))
		w->seen[bus / 32] |= 1u << bus % 32;
}

bool mp_next(struct record_walk *w, struct record *ret_record)
{
	uint8_t type = view_u8(&w->table, w->pos), told = 0;
	struct record r = { .type = type, .name = "unknown", .rows = "", .say = say, .arg = w };
	size_t len = SIZE_MAX, skip = type < MP_EXTENDED ? 1 : 2;

	if (!w->pos) {
		r.type = RECORD_HEADER;
		skip = 0;
	} else if (type >= MP_EXTENDED) {
		told = view_u8(&w->table, w->pos + 1);
	}
	if (record_kind(kinds, w->pos ? type + 1u : HEADER, &r))
		len = skip + fields_size(r.rows);
	if (!record_take(w, told > 2 ? told : len, skip, &r.bytes))
		return false;
	keep_in_mind(w, &r);
	*ret_record = r;
	return true;
}

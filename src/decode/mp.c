/* The MP configuration table, entry by entry. */
/* MultiProcessor Specification 1.4: 4.2 header, 4.3 base entries, 4.4 extended entries. */
#include "decode/mp.h"

#include "base/num.h"
#include "decode/bits.h"

/* Offsets in the header. */
#define BASE_LEN 4
#define COUNT 34
#define EXTENDED_LEN 40
#define EXTENDED_SUM 42

static const char header_rows[] =
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
	"1-\0";

#define INTERRUPT \
	"1e kind:0 INT,NMI,SMI,ExtINT\0" \
	"2b signal:*2 polarity of the bus,active high,,active low|*2 trigger of the bus,edge,,level\0" \
	"1n bus\0" \
	"1! source\0"

/* An entry begins with its type, an extended one has its length behind it. */
static const struct kind {
	uint8_t type, len;
	const char *name, *rows;
} kinds[] = {
	{ 0, 20, "processor",
	  "1n local APIC\0"
	  "1x version\0"
	  "1b flags:usable|boots the machine\0"
	  "4x signature\0"
	  "4b features:FPU|||||||MCE|CX8|APIC\0"
	  "8-\0" },
	{ 1, 8, "bus", "1n number\0" "6c type\0" },
	{ 2, 8, "I/O APIC", "1n number\0" "1x version\0" "1b flags:usable\0" "4x address\0" },
	{ 3, 8, "I/O interrupt", INTERRUPT "1n I/O APIC:|ff=all\0" "1n pin\0" },
	{ 4, 8, "local interrupt", INTERRUPT "1n local APIC:|ff=all\0" "1n pin\0" },
	{ 128, 20, "address space",
	  "1n bus\0"
	  "1e kind:0 I/O,memory,prefetched memory\0"
	  "8x start\0"
	  "8x length\0" },
	{ 129, 8, "bus hierarchy", "1n bus\0" "1b flags:decodes what no other does\0" "1n parent\0" "3-\0" },
	{ 130, 8, "compatible addresses", "1n bus\0" "1b flags:taken away\0" "4e ranges:0 ISA I/O,VGA I/O\0" },
};

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

/* Which line of the bus: that of a PCI device in the upper bits, from INTA# on in the lower two (D.3). */
static void say_source(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	uint8_t source = view_u8(v, off);

	if (is_pci(arg, view_u8(v, off - 1)))
		bits_text_add(t, "device %u INT%c#", source >> 2 & 31, 'A' + (source & 3));
	else
		bits_text_add(t, "IRQ %u", source);
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
	uint8_t type = view_u8(&w->table, w->pos);
	bool extended = type >= MP_EXTENDED;
	uint8_t told = extended ? view_u8(&w->table, w->pos + 1) : 0;
	struct record r = { .type = type, .name = "unknown", .rows = "", .say = say_source, .arg = w };
	size_t len = told >= 2 ? told : SIZE_MAX, skip = extended ? 2 : 1;

	if (!w->pos) {
		r.type = RECORD_HEADER;
		r.name = "header";
		r.rows = header_rows;
		len = MP_HEADER_LEN;
		skip = 0;
	}
	for (size_t i = 0; w->pos && i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].type != type)
			continue;
		r.name = kinds[i].name;
		r.rows = kinds[i].rows;
		len = told >= 2 ? told : kinds[i].len;
	}
	if (!record_take(w, len, skip, &r.bytes))
		return false;
	keep_in_mind(w, &r);
	*ret_record = r;
	return true;
}

/* coreboot's table, record by record. */
/* Believes no length: every record is cut to what is there, and the shortest step is a record's own header. */
#include "decode/coreboot.h"

#include "base/names.h"
#include "decode/bits.h"

#define RECORD_LEN 8u

#define TEXT "0c text\0"
#define PLACE "8x address\0"
#define AREA PLACE "4z size\0"

/* By type and one more, without the 8 bytes of type and length that each begins with. */
static const char kinds[] =
	"\x02" "memory\0"
	"8x start\0" "8z size\0"
	"4e type:1 RAM,reserved,ACPI,ACPI NVS,unusable,vendor reserved|10=coreboot tables\0" "\0"
	"\x04" "board\0" "0! name\0" "\0"
	"\x05" "version\0" TEXT "\0"
	"\x06" "extra version\0" TEXT "\0"
	"\x07" "build\0" TEXT "\0"
	"\x08" "compiled at\0" TEXT "\0"
	"\x09" "compiled by\0" TEXT "\0"
	"\x0a" "compiled on\0" TEXT "\0"
	"\x0b" "compile domain\0" TEXT "\0"
	"\x0c" "compiler\0" TEXT "\0"
	"\x0d" "linker\0" TEXT "\0"
	"\x0e" "assembler\0" TEXT "\0"
	"\x10" "serial port\0"
	"4e access:1 I/O,memory\0"
	"4x address\0"
	"4n baud\0"
	"4n register width:bytes\0"
	"4n input clock:Hz\0"
	"4x PCI address\0" "\0"
	"\x11" "console\0" "2e kind:0 serial,VGA,BTEXT,log buffer,SROM,EHCI,serial in memory\0" "2-\0" "\0"
	"\x12" "forward\0" PLACE "\0"
	"\x13" "framebuffer\0"
	PLACE
	"4n width\0"
	"4n height\0"
	"4n bytes per line\0"
	"1n bits per pixel\0"
	"8y colors\0"
	"1n orientation\0"
	"2-\0" "\0"
	"\x17" "timestamps\0" PLACE "\0"
	"\x18" "console log\0" PLACE "\0"
	"\x19" "MRC cache\0" PLACE "\0"
	"\x1a" "VBNV\0" AREA "\0"
	"\x23" "DMA memory\0" AREA "\0"
	"\x24" "RAM oops\0" AREA "\0"
	"\x25" "ACPI GNVS\0" PLACE "\0"
	"\x27" "version time\0" "4n seconds since 1970\0" "\0"
	"\x2a" "SPI flash\0" "4z size\0" "4z sector\0" "4x erase command\0" "\0"
	"\x2b" "serial number\0" TEXT "\0"
	"\x2d" "VPD\0" PLACE "\0"
	"\x31" "boot medium\0" "8x FMAP\0" "8x CBFS\0" "8z CBFS size\0" "8z size\0" "\0"
	"\x32" "CBMEM entry\0" AREA "4! id\0" "\0"
	"\x33" "TSC\0" "4n frequency:kHz\0" "\0"
	"\x35" "vboot work\0" AREA "\0"
	"\x37" "TPM log\0" PLACE "\0"
	"\x38" "FMAP\0" PLACE "\0"
	"\x39" "platform version\0" TEXT "\0"
	"\x41" "board setup\0" "8x firmware setup\0" "4n board\0" "4n RAM code\0" "4n SKU\0" "\0"
	"\x44" "ACPI RSDP\0" PLACE "\0"
	"\xc9" "CMOS layout\0" "0y records\0" "\0"
	"\xff" "header\0"
	"4c signature\0"
	"4z header length\0"
	"4x header checksum\0"
	"4z records length\0"
	"4x records checksum\0"
	"4n records\0" "\0";

#define HEADER 0xff
#define FORWARD 0x11
#define STAMPS 0x16
#define CONSOLE 0x17

/* One's complement: what is carried out comes in again below. */
static enum sum judge(const struct view *v, size_t len, uint32_t sum)
{
	if (!len || !view_has(v, 0, len))
		return SUM_UNKNOWN;
	for (size_t i = 0; i < len; i++) {
		sum += (uint32_t)v->bytes[i] << i % 2 * 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum == 0xffff ? SUM_RIGHT : SUM_WRONG;
}

enum sum coreboot_sum(const struct view *v, size_t len)
{
	return judge(v, len, 0);
}

/* What the records lead to. */
static void find_places(const struct view *v, struct coreboot *t)
{
	struct record_walk w = { .table = view_sub(v, 0, t->len) };
	struct record r;

	while (coreboot_next(&w, &r)) {
		uint64_t place = view_u64(&r.bytes, 0);

		if (r.type == FORWARD)
			t->forward = place;
		else if (r.type == STAMPS)
			t->stamps = place;
		else if (r.type == CONSOLE)
			t->console = place;
	}
}

bool coreboot_table(const struct view *v, struct coreboot *ret_table)
{
	struct coreboot t = { .header_len = view_u32(v, 4), .count = view_u32(v, 20) };
	uint32_t records_len = view_u32(v, 12);
	struct view records = view_sub(v, t.header_len, records_len);

	if (!view_has(v, 0, COREBOOT_HEADER_LEN) || memcmp(v->bytes, "LBIO", 4))
		return false;
	t.len = (uint32_t)num_least((uint64_t)t.header_len + records_len, COREBOOT_MAX);
	t.sum = coreboot_sum(v, t.header_len);
	t.records_sum = judge(&records, records_len, view_u32(v, 16) & 0xffff);
	find_places(v, &t);
	*ret_table = t;
	return true;
}

/* The board: where in what follows two strings begin, and these. Of CBMEM: four letters as one number. */
static void say(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	uint32_t id = view_u32(v, off);
	char letters[5] = { (char)(id >> 24), (char)(id >> 16), (char)(id >> 8), (char)id };

	(void)arg;
	if (off)
		bits_text_add(t, "%s", letters);
	for (size_t i = 0; !off && i < 2; i++) {
		struct view string = view_sub(v, 2u + view_u8(v, i), SIZE_MAX);

		bits_text_add(t, "%.*s", (int)string.len, (const char *)string.bytes);
	}
}

/* At a memory map: goes into its list, if that is not empty. */
static void enter_list(struct record_walk *w)
{
	while (w->pos && w->pos >= w->list && view_u32(&w->table, w->pos) == COREBOOT_RANGE &&
	       view_u32(&w->table, w->pos + 4) >= RECORD_LEN) {
		w->list = w->pos + view_sub(&w->table, w->pos, view_u32(&w->table, w->pos + 4)).len;
		w->pos += RECORD_LEN;
	}
}

bool coreboot_next(struct record_walk *w, struct record *ret_record)
{
	struct record r = { .name = "unknown", .rows = "", .say = say };
	size_t len, skip = 0;

	enter_list(w);
	if (!w->pos) {
		r.type = RECORD_HEADER;
		len = view_u32(&w->table, 4);
		len = len < COREBOOT_HEADER_LEN ? COREBOOT_HEADER_LEN : len;
	} else if (w->pos < w->list) {
		r.type = COREBOOT_RANGE;
		len = (size_t)num_least(w->list - w->pos, COREBOOT_RANGE_LEN);
	} else {
		r.type = view_u32(&w->table, w->pos);
		len = view_u32(&w->table, w->pos + 4);
		skip = RECORD_LEN;
	}
	if (len < skip)
		len = SIZE_MAX;
	else if (r.type < HEADER - 1 || r.type == RECORD_HEADER)
		(void)record_kind(kinds, r.type == RECORD_HEADER ? HEADER : r.type + 1, &r);
	if (!record_take(w, len, skip, &r.bytes))
		return false;
	*ret_record = r;
	return true;
}

/* coreboot, src/commonlib/include/commonlib/timestamp_serialized.h, release 4.20; names of our own. */
static const char stamps[] =
	"\x00" "power on\0"
	"\x01" "romstage\0"
	"\x02" "RAM setup\0"
	"\x03" "RAM setup done\0"
	"\x04" "romstage done\0"
	"\x05" "verified boot\0"
	"\x06" "verified boot done\0"
	"\x08" "ramstage loading\0"
	"\x09" "ramstage loaded\0"
	"\x0a" "ramstage\0"
	"\x0b" "bootblock\0"
	"\x0c" "bootblock done\0"
	"\x0d" "romstage loading\0"
	"\x0e" "romstage loaded\0"
	"\x0f" "LZMA\0"
	"\x10" "LZMA done\0"
	"\x11" "LZ4\0"
	"\x12" "LZ4 done\0"
	"\x1e" "chipset setup\0"
	"\x1f" "devices: finding\0"
	"\x28" "devices: resources\0"
	"\x32" "devices: enabling\0"
	"\x3c" "devices: setup\0"
	"\x41" "option ROMs\0"
	"\x42" "option ROMs copied\0"
	"\x43" "option ROMs done\0"
	"\x46" "devices done\0"
	"\x4b" "CBMEM done\0"
	"\x50" "tables\0"
	"\x55" "chipset finish\0"
	"\x5a" "payload loading\0"
	"\x62" "ACPI wake-up\0"
	"\x63" "payload\0"
	"\x64" "postcar\0"
	"\x65" "postcar done\0";

/* 0 when it began  8 how many fit  10 ticks a microsecond  12 how many there are  16 number, 64 bits of ticks since ... */
#define STAMP_LEN 12

uint32_t coreboot_stamps_len(const struct view *v)
{
	return view_u32(v, 12);
}

bool coreboot_stamp(const struct view *v, uint32_t number, struct coreboot_stamp *ret_stamp)
{
	uint64_t off = COREBOOT_STAMPS_LEN + (uint64_t)number * STAMP_LEN;
	struct view entry = view_sub(v, off < v->len ? (size_t)off : v->len, STAMP_LEN);
	uint16_t mhz = view_u16(v, 10);

	if (number >= coreboot_stamps_len(v) || entry.len < STAMP_LEN)
		return false;
	ret_stamp->id = view_u32(&entry, 0);
	ret_stamp->name = name_of(stamps, ret_stamp->id);
	ret_stamp->ticks = view_u64(v, 0) + view_u64(&entry, 4);
	ret_stamp->us = mhz ? ret_stamp->ticks / mhz : 0;
	return true;
}

/*
 * src/lib/cbmem_console.c: 0 size of the text  4 where the next byte goes, bit 31: once round  8 text. In releases
 * before 4.8 it could count on beyond the size.
 */
void coreboot_console(const struct view *v, struct view ret_text[2], bool *ret_lost)
{
	uint32_t cursor = view_u32(v, 4), at = cursor & 0x0fffffff;
	struct view text = view_sub(v, COREBOOT_CONSOLE_LEN, view_u32(v, 0));
	bool round = cursor >> 31 && at < text.len;

	ret_text[0] = round ? view_sub(&text, at, SIZE_MAX) : view_sub(&text, 0, at);
	ret_text[1] = round ? view_sub(&text, 0, at) : view_sub(&text, text.len, 0);
	*ret_lost = round || at > text.len;
}

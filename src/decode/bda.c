/* The BIOS data area: one table of fields, one walk over it. */
/* Does not find the EBDA or follow a pointer. */
#include "decode/bda.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "decode/bits.h"

/* What the letter in a field's row makes say() say. */
enum {
	SAY_NOTHING = '-', /* the number says all */
	SAY_ADDRESS = 'a', /* segment:offset */
	SAY_BITS = 'b',    /* for bits_say() */
	SAY_CURSOR = 'c',
	SAY_DISK = 'd', /* a result of INT 13h */
	SAY_KEYS = 'k',
	SAY_MEMORY = 'm', /* KiB */
	SAY_NUMBER = 'n',
	SAY_PORT = 'p',
	SAY_RESET = 'r',
	SAY_SEGMENT = 's',
	SAY_TICKS = 't',
	SAY_UNKNOWN = 'u', /* no field: bytes that belong to none */
	SAY_ROWS = 'v',
	SAY_SHAPE = 'w',
	SAY_SECRET = 'x',
	SAY_BYTES = 'y',
};

/*
 * The area as the IBM PC/AT and PS/2 and BIOS interface technical references give it, with
 * Ralf Brown's MEMORY.LST for what they leave out. Reserved for the maker and left unknown on
 * purpose: 0xac-0xef. By rising offset, from 0 to the end of the area, without a hole; a test
 * holds it. A row: offset, width, a letter of the above, name; of bits also what they mean, as
 * in bits.h. A field is there as often as it fits in front of the next; then its name has a
 * number in it, of the first.
 */
static const char bda_fields[] =
	"\x00\x02" "p" "COM1 port\0"
	"\x08\x02" "p" "LPT1 port\0"
	"\x0e\x02" "s" "EBDA segment\0"
	"\x10\x02" "b" "equipment\0"
		"diskette|coprocessor|pointing device||"
		"*2 EGA or VGA,40x25 colour,80x25 colour,80x25 mono|+2 diskette drives||"
		"#3 serial ports|game port|internal modem|#2 parallel ports\0"
	"\x12\x01" "-" "factory test\0"
	"\x13\x02" "m" "base memory\0"
	"\x15\x01" "-" "POST scratch\0"
	"\x16\x01" "-" "PS/2 control\0"
	"\x17\x01" "b" "key flags 1\0"
		"right shift down|left shift down|ctrl down|alt down|"
		"scroll lock on|num lock on|caps lock on|insert on\0"
	"\x18\x01" "b" "key flags 2\0"
		"left ctrl down|left alt down|sysrq down|paused|"
		"scroll lock down|num lock down|caps lock down|insert down\0"
	"\x19\x01" "x" "alt keypad entry\0"
	"\x1a\x02" "-" "key head\0"
	"\x1c\x02" "-" "key tail\0"
	"\x1e\x20" "k" "key buffer\0"
	"\x3e\x01" "b" "diskette recalibrated\0"
		"drive 0|drive 1|drive 2|drive 3||||interrupt came\0"
	"\x3f\x01" "b" "diskette motors\0"
		"motor 0|motor 1|motor 2|motor 3|#2 drive||writing\0"
	"\x40\x01" "n" "diskette motor ticks\0"
	"\x41\x01" "d" "diskette result\0"
	"\x42\x07" "y" "diskette controller\0"
	"\x49\x01" "-" "video mode\0"
	"\x4a\x02" "n" "columns\0"
	"\x4c\x02" "n" "video page size\0"
	"\x4e\x02" "-" "video page start\0"
	"\x50\x02" "c" "cursor on page 0\0"
	"\x60\x02" "w" "cursor shape\0"
	"\x62\x01" "n" "video page\0"
	"\x63\x02" "-" "CRT port\0"
	"\x65\x01" "b" "CRT mode\0"
		"80 columns|graphics|mono|video on|high res|blinking\0"
	"\x66\x01" "b" "CRT palette\0"
		"#4 border|bright|cyan/magenta\0"
	/* Linux puts its trampoline here to start processors: smpboot.c, 5.10 to 7.2. */
	"\x67\x04" "a" "restart address\0"
	"\x6b\x01" "-" "stray interrupt\0"
	"\x6c\x04" "t" "timer ticks\0"
	"\x70\x01" "n" "midnight passed\0"
	"\x71\x01" "b" "break flag\0"
		"|||||||ctrl-break pressed\0"
	"\x72\x02" "r" "restart flag\0"
	"\x74\x01" "d" "hard disk result\0"
	"\x75\x01" "n" "hard disks\0"
	"\x76\x01" "b" "hard disk control\0"
		"|||more than 8 heads|||no ECC retries|no retries\0"
	"\x77\x01" "-" "XT hard disk port\0"
	"\x78\x01" "n" "LPT1 timeout\0"
	"\x7b\x01" "b" "int 4b flags\0"
		"|||int 4b to be chained||virtual DMA services\0"
	"\x7c\x01" "n" "COM1 timeout\0"
	"\x80\x02" "-" "key start\0"
	"\x82\x02" "-" "key end\0"
	"\x84\x01" "v" "rows less one\0"
	"\x85\x02" "n" "character height\0"
	/* IBM VGA: bits 6:5 count 64 KiB of adapter memory, less one. */
	"\x87\x01" "b" "EGA/VGA control\0"
		"no cursor emulation|mono monitor|wait for retrace|EGA/VGA inactive||"
		"*2 ,128K,192K,256K|memory kept\0"
	"\x88\x01" "b" "EGA/VGA switches\0"
		"#4 switches|#4 feature bits\0"
	/* Bits 7 and 4 together: 00 350 lines, 01 400 lines, 10 200 lines. */
	"\x89\x01" "b" "VGA flags\0"
		"VGA active|gray summing|mono monitor|palette kept|"
		"400 lines||display switching|200 lines\0"
	"\x8a\x01" "n" "display combination\0"
	"\x8b\x01" "b" "diskette rates\0"
		"||#2 first rate code|*2 ,step 7 ms,step 6 ms,step 5 ms|"
		"*2 ,300 kbit/s,250 kbit/s,1 Mbit/s\0"
	"\x8c\x01" "b" "hard disk status\0"
		"error|index|corrected|data request|seek done|write fault|ready|busy\0"
	"\x8d\x01" "b" "hard disk error\0"
		"no address mark|no track 0|aborted|change requested|"
		"ID not found|media changed|bad ECC|bad sector\0"
	"\x8e\x01" "-" "hard disk interrupt\0"
	"\x8f\x01" "b" "diskette drives\0"
		"drive 0 change line|drive 0 multi-rate|drive 0 determined||"
		"drive 1 change line|drive 1 multi-rate|drive 1 determined\0"
	"\x90\x01" "b" "diskette 0 media\0"
		"*3 ,trying 360K in 1.2M,trying 1.2M,360K,360K in 1.2M,1.2M,,720K or 1.44M|"
		"|media known|double step|*2 ,300 kbit/s,250 kbit/s,1 Mbit/s\0"
	"\x92\x01" "b" "diskette 0 at start\0"
		"change line|multi-rate|determined||||*2 ,300 kbit/s,250 kbit/s,1 Mbit/s\0"
	"\x94\x01" "n" "diskette 0 cylinder\0"
	"\x96\x01" "b" "key flags 3\0"
		"last code was E1|last code was E0|right ctrl down|right alt down|"
		"101/102 keys|num lock forced|ID byte 1 read|reading ID\0"
	"\x97\x01" "b" "keyboard LEDs\0"
		"scroll lock|num lock|caps lock||ack received|resend|LED update|transmit error\0"
	"\x98\x04" "a" "wait flag address\0"
	"\x9c\x04" "n" "wait microseconds\0"
	"\xa0\x01" "b" "wait flag\0"
		"waiting|||||||time is up\0"
	"\xa1\x07" "y" "network adapters\0"
	"\xa8\x04" "a" "video save tables\0"
	"\xac\x44" "u" "unknown\0"
	"\xf0\x10" "y" "application area\0";

/* One row of the table. */
struct bda_field {
	size_t off, width;
	char say;
	const char *name, *words; /* words: of bits only */
};

/* Takes the row at row apart and returns the next one; after the last comes offset 0. */
static const char *read_row(const char *row, struct bda_field *f)
{
	f->off = (unsigned char)row[0];
	f->width = (unsigned char)row[1];
	f->say = row[2];
	f->name = row + 3;
	f->words = f->name + strlen(f->name) + 1;
	return f->say == SAY_BITS ? f->words + strlen(f->words) + 1 : f->words;
}

/* Results of INT 13h: IBM's BIOS references, Ralf Brown's list. */
static const char disk_codes[] =
	"\x00" "\0"
	"\x01" "invalid command\0"
	"\x02" "address mark not found\0"
	"\x03" "write protected\0"
	"\x04" "sector not found\0"
	"\x05" "reset failed\0"
	"\x06" "media changed\0"
	"\x07" "parameters rejected\0"
	"\x08" "DMA overrun\0"
	"\x09" "DMA across 64K\0"
	"\x0a" "bad sector\0"
	"\x0b" "bad track\0"
	"\x0c" "media type unknown\0"
	"\x0d" "bad number of sectors\0"
	"\x0e" "control address mark\0"
	"\x0f" "DMA arbitration\0"
	"\x10" "CRC or ECC error\0"
	"\x11" "ECC corrected\0"
	"\x20" "controller failed\0"
	"\x31" "no media\0"
	"\x40" "seek failed\0"
	"\x80" "timed out\0"
	"\xaa" "not ready\0"
	"\xbb" "undefined error\0"
	"\xcc" "write fault\0"
	"\xe0" "status error\0"
	"\xff" "sense failed\0";

/* Values of the restart flag that the restart code looks for, by Ralf Brown's list. */
static const uint16_t resets[] = { 0x1234, 0x4321, 0x5678, 0x9abc, 0xabcd, 0x0064, 0x0000 };
static const char reset_names[] =
	"warm start: no memory test\0" "warm start: memory kept\0" "suspended\0"
	"manufacturing test\0" "self-test loop\0" "burn-in\0" "cold start";

static const char *reset_name(uint32_t value)
{
	for (size_t i = 0; i < ARRAY_LEN(resets); i++)
		if (resets[i] == value)
			return name_at(reset_names, i);
	return NULL;
}

/* A name; without one the value. */
static void say_name(const char *name, uint32_t value, struct bits_text *t)
{
	if (!name)
		bits_text_add(t, "unknown=%#x", value);
	else if (*name)
		bits_text_add(t, "%s", name);
}

static bool is_zero(const struct view *v, size_t off, size_t len)
{
	while (len--)
		if (v->bytes[off++])
			return false;
	return true;
}

/* Waiting keys: the ring between head (0x41a) and tail (0x41c), bounds at 0x480 and 0x482. */
static void say_keys(const struct bda_field *f, const struct view *v, struct bits_text *t)
{
	unsigned int head = view_u16(v, 0x1a), tail = view_u16(v, 0x1c);
	unsigned int start = view_u16(v, 0x80), end = view_u16(v, 0x82);

	if (!start && !end) {
		/* PC and XT: the bounds are fixed. */
		start = (unsigned int)f->off;
		end = start + (unsigned int)f->width;
	}
	if (start >= end || head < start || head >= end || tail < start || tail >= end ||
	    ((head | tail | start | end) & 1))
		bits_text_add(t, head | tail ? "pointers make no sense" : "not in use");
	else
		bits_text_add(t, "%u keys waiting",
			      (tail >= head ? tail - head : tail + end - start - head) / 2);
	bits_text_add(t, is_zero(v, f->off, f->width) ? "empty" : "contents not shown");
}

/* label and the bytes in order of address. */
static void put_hex(const char *label, const struct view *v, size_t off, size_t len,
		    struct bits_text *t)
{
	char hex[2 * 16 + 1] = "";

	for (size_t i = 0; i < len && i < 16; i++)
		fmt(hex + 2 * i, 3, "%02x", view_u8(v, off + i));
	bits_text_add(t, "%s%s", label, hex);
}

/* Puts the meaning of value, the field at f->off, into t. */
static void say(const struct bda_field *f, const struct view *v, uint32_t value,
		struct bits_text *t)
{
	uint32_t s;

	switch (f->say) {
	case SAY_BITS:
		bits_say(f->words, value, t);
		break;
	case SAY_NUMBER:
		if (value > 9)
			bits_text_add(t, "%u", value);
		break;
	case SAY_PORT:
		if (!value)
			bits_text_add(t, "none");
		break;
	case SAY_SEGMENT:
		bits_text_add(t, value ? "at %#x" : "none", value << 4);
		break;
	case SAY_ADDRESS:
		if (value)
			bits_text_add(t, "%04x:%04x, at %#x", value >> 16, value & 0xffff,
				      (value >> 16 << 4) + (value & 0xffff));
		break;
	case SAY_MEMORY:
		bits_text_add(t, "%u KiB, up to %#x", value, value << 10);
		break;
	case SAY_DISK:
		say_name(name_of(disk_codes, value), value, t);
		break;
	case SAY_RESET:
		say_name(reset_name(value), value, t);
		break;
	case SAY_ROWS:
		if (value)
			bits_text_add(t, "%u rows", value + 1);
		break;
	case SAY_CURSOR:
		bits_text_add(t, "row %u, column %u", value >> 8, value & 0xff);
		break;
	case SAY_SHAPE:
		bits_text_add(t, "scan lines %u to %u%s", value >> 8 & 0x1f, value & 0x1f,
			      value >> 8 & 0x20 ? ", hidden" : "");
		break;
	case SAY_TICKS:
		/* The 8254 divides 1193182 Hz by 65536; a day is 0x1800b0 ticks. */
		s = (uint32_t)(value * UINT64_C(65536) / 1193182);
		if (value >= 0x1800b0)
			bits_text_add(t, "more than a day: not a time");
		else
			bits_text_add(t, "%02u:%02u:%02u by the BIOS clock", s / 3600, s / 60 % 60,
				      s % 60);
		break;
	case SAY_KEYS:
		say_keys(f, v, t);
		break;
	case SAY_SECRET:
		bits_text_add(t, v->bytes[f->off] ? "in use, not shown" : "not in use");
		break;
	case SAY_BYTES:
		if (!is_zero(v, f->off, f->width))
			put_hex("bytes ", v, f->off, f->width, t);
		break;
	}
}

size_t bda_fields_len(void)
{
	const char *row = bda_fields;
	struct bda_field f;
	size_t n = 0;

	do {
		row = read_row(row, &f);
		if (f.say != SAY_UNKNOWN)
			n += ((*row ? (unsigned char)*row : BDA_SIZE) - f.off) / f.width;
	} while (*row);
	return n;
}

static void put_field(const struct bda_field *f, unsigned int number, const struct view *v,
		      struct sink *sink)
{
	struct bits_text t;
	struct fact fact;

	fact_init(&fact, f->name, number, v->phys + f->off, f->width);
	if (f->width <= 4 && f->say != SAY_SECRET)
		fact.value = view_le(v, f->off, f->width);
	bits_text_init(&t, fact.text, sizeof(fact.text));
	say(f, v, (uint32_t)fact.value, &t);
	sink->put(sink->arg, &fact);
}

/* How far from start on bytes are 0 or not; a hole of less than 4 zeros does not end a run. */
static size_t run_end(const struct view *v, size_t start, size_t end)
{
	size_t at = start, zeros = 0;

	if (!v->bytes[at]) {
		while (at < end && !v->bytes[at])
			at++;
		return at;
	}
	while (at < end && at - start < 16 && zeros < 4) {
		zeros = v->bytes[at] ? 0 : zeros + 1;
		at++;
	}
	return at - zeros;
}

/* Bytes [start, end) that no field has, as they lie. */
static void put_unknown(const struct view *v, size_t start, size_t end, struct sink *sink)
{
	for (size_t next; start < end; start = next) {
		struct bits_text t;
		struct fact fact;

		next = run_end(v, start, end);
		fact_init(&fact, "unknown", 0, v->phys + start, next - start);
		if (fact.width <= 4)
			fact.value = view_le(v, start, fact.width);
		bits_text_init(&t, fact.text, sizeof(fact.text));
		if (v->bytes[start])
			put_hex("unknown=0x", v, start, fact.width, &t);
		sink->put(sink->arg, &fact);
	}
}

static void put_missing(const struct view *v, size_t start, struct sink *sink)
{
	struct bits_text t;
	struct fact fact;

	fact_init(&fact, "missing", 0, v->phys + start, BDA_SIZE - start);
	bits_text_init(&t, fact.text, sizeof(fact.text));
	bits_text_add(&t, "beyond what could be read");
	sink->put(sink->arg, &fact);
}

void bda_decode(const struct view *v, struct sink *sink)
{
	struct view area = view_sub(v, 0, BDA_SIZE);
	const char *row = bda_fields;
	struct bda_field f;

	do {
		unsigned int number = 0;

		row = read_row(row, &f);
		do {
			/* Of a field that is cut off nothing is shown: it may be the key buffer. */
			if (!view_has(&area, f.off, f.width)) {
				put_missing(&area, f.off, sink);
				return;
			}
			if (f.say == SAY_UNKNOWN)
				put_unknown(&area, f.off, f.off + f.width, sink);
			else
				put_field(&f, number++, &area, sink);
			f.off += f.width;
		} while ((uint8_t)f.off != (uint8_t)*row);
	} while (*row);
}

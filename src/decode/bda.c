/* The BIOS data area: one table of fields, one walk over it. */
/* Does not find the EBDA or follow a pointer. */
#include "decode/bda.h"

#include "base/fmt.h"
#include "base/num.h"
#include "decode/bdawords.h"

#include <inttypes.h>

struct bda_field {
	uint8_t off, width;
	uint8_t count, first; /* so many of them, the first of that number: '#' in the name */
	uint8_t table_len;
	const char *name;
	/* Puts the meaning of value into t; NULL when the number says all. */
	void (*say)(const struct bda_field *f, const struct view *v, uint64_t value,
		    struct bits_text *t);
	const void *table; /* of struct bits_row or struct bits_code, as say() wants it */
};

static void say_port(const struct bda_field *f, const struct view *v, uint64_t value,
		     struct bits_text *t)
{
	(void)f, (void)v;
	if (!value)
		bits_text_add(t, "none");
}

static void say_segment(const struct bda_field *f, const struct view *v, uint64_t value,
			struct bits_text *t)
{
	(void)f, (void)v;
	if (value)
		bits_text_add(t, "at %#" PRIx64, value << 4);
	else
		bits_text_add(t, "none");
}

static void say_kib(const struct bda_field *f, const struct view *v, uint64_t value,
		    struct bits_text *t)
{
	(void)f, (void)v;
	bits_text_add(t, "%" PRIu64 " KiB, up to %#" PRIx64, value, value << 10);
}

static void say_bits(const struct bda_field *f, const struct view *v, uint64_t value,
		     struct bits_text *t)
{
	(void)v;
	bits_say(f->table, f->table_len, value, t);
}

static void say_code(const struct bda_field *f, const struct view *v, uint64_t value,
		     struct bits_text *t)
{
	const char *name = bits_code_name(f->table, value);

	(void)v;
	if (name)
		bits_text_add(t, "%s", name);
	else if (value)
		bits_text_add(t, "unknown=%#" PRIx64, value);
}

static void say_number(const struct bda_field *f, const struct view *v, uint64_t value,
		       struct bits_text *t)
{
	(void)f, (void)v;
	if (value > 9)
		bits_text_add(t, "%" PRIu64, value);
}

static void say_rows(const struct bda_field *f, const struct view *v, uint64_t value,
		     struct bits_text *t)
{
	(void)f, (void)v;
	if (value)
		bits_text_add(t, "%" PRIu64 " rows", value + 1);
}

static void say_cursor(const struct bda_field *f, const struct view *v, uint64_t value,
		       struct bits_text *t)
{
	(void)f, (void)v;
	bits_text_add(t, "row %" PRIu64 ", column %" PRIu64, value >> 8, value & 0xff);
}

static void say_shape(const struct bda_field *f, const struct view *v, uint64_t value,
		      struct bits_text *t)
{
	(void)f, (void)v;
	bits_text_add(t, "scan lines %" PRIu64 " to %" PRIu64, value >> 8 & 0x1f, value & 0x1f);
	if (value >> 8 & 0x20)
		bits_text_add(t, "hidden");
}

static void say_pointer(const struct bda_field *f, const struct view *v, uint64_t value,
			struct bits_text *t)
{
	(void)f, (void)v;
	if (value)
		bits_text_add(t, "%04" PRIx64 ":%04" PRIx64 ", at %#" PRIx64, value >> 16,
			      value & 0xffff, (value >> 16 << 4) + (value & 0xffff));
}

/* The 8254 divides 1193182 Hz by 65536; a day is 0x1800b0 ticks. */
static void say_ticks(const struct bda_field *f, const struct view *v, uint64_t value,
		      struct bits_text *t)
{
	uint64_t s = value * 65536 / 1193182;

	(void)f, (void)v;
	if (value >= 0x1800b0)
		bits_text_add(t, "more than a day: not a time");
	else
		bits_text_add(t, "%02u:%02u:%02u by the BIOS clock", (unsigned int)(s / 3600),
			      (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
}

/* Values that the restart code looks for, by Ralf Brown's list. */
static void say_reset(const struct bda_field *f, const struct view *v, uint64_t value,
		      struct bits_text *t)
{
	static const struct {
		uint16_t value;
		const char *name;
	} resets[] = {
		{ 0x1234, "warm start: no memory test" },
		{ 0x4321, "warm start: memory kept" },
		{ 0x5678, "suspended" },
		{ 0x9abc, "manufacturing test" },
		{ 0xabcd, "self-test loop" },
		{ 0x0064, "burn-in" },
		{ 0x0000, "cold start" },
	};

	(void)f, (void)v;
	for (size_t i = 0; i < ARRAY_LEN(resets); i++)
		if (resets[i].value == value) {
			bits_text_add(t, "%s", resets[i].name);
			return;
		}
	bits_text_add(t, "unknown=%#" PRIx64, value);
}

/* Waiting keys: the ring between head (0x41a) and tail (0x41c), bounds at 0x480 and 0x482. */
static void say_keys(const struct bda_field *f, const struct view *v, uint64_t value,
		     struct bits_text *t)
{
	unsigned int head = view_u16(v, 0x1a), tail = view_u16(v, 0x1c);
	unsigned int start = view_u16(v, 0x80), end = view_u16(v, 0x82);
	bool used = false;

	(void)value;
	if (!start && !end) {
		/* PC and XT: the bounds are fixed. */
		start = f->off;
		end = f->off + f->width;
	}
	for (size_t i = 0; i < f->width; i++)
		used |= v->bytes[f->off + i] != 0;
	if (start >= end || head < start || head >= end || tail < start || tail >= end ||
	    ((head | tail | start | end) & 1))
		bits_text_add(t, head | tail ? "pointers make no sense" : "not in use");
	else
		bits_text_add(t, "%u keys waiting",
			      (tail >= head ? tail - head : tail + end - start - head) / 2);
	bits_text_add(t, used ? "contents not shown" : "empty");
}

/* Digits typed with Alt held: shown only as being there. */
static void say_secret(const struct bda_field *f, const struct view *v, uint64_t value,
		       struct bits_text *t)
{
	(void)value;
	bits_text_add(t, v->bytes[f->off] ? "in use, not shown" : "not in use");
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

static void say_bytes(const struct bda_field *f, const struct view *v, uint64_t value,
		      struct bits_text *t)
{
	(void)value;
	for (size_t i = 0; i < f->width; i++)
		if (view_u8(v, f->off + i)) {
			put_hex("bytes ", v, f->off, f->width, t);
			return;
		}
}

#define FIELDS(off, width, count, first, name, say)                                                \
	{                                                                                          \
		off, width, count, first, 0, name, say, NULL                                       \
	}
#define FIELD(off, width, name, say) FIELDS(off, width, 1, 0, name, say)
#define FLAGS(off, width, count, name, rows)                                                       \
	{                                                                                          \
		off, width, count, 0, ARRAY_LEN(rows), name, say_bits, rows                        \
	}
#define CODES(off, width, name, codes)                                                             \
	{                                                                                          \
		off, width, 1, 0, 0, name, say_code, codes                                         \
	}

/*
 * The area as the IBM PC/AT and PS/2 and BIOS interface technical references give it, with
 * Ralf Brown's MEMORY.LST for what they leave out. Reserved for the maker and left unknown on
 * purpose: 0xac-0xef. By rising offset, the last one ending with the area; a test holds it.
 */
static const struct bda_field bda_fields[] = {
	FIELDS(0x00, 2, 4, 1, "COM# port", say_port),
	FIELDS(0x08, 2, 3, 1, "LPT# port", say_port),
	FIELD(0x0e, 2, "EBDA segment", say_segment),
	FLAGS(0x10, 2, 1, "equipment", equipment_bits),
	FIELD(0x12, 1, "factory test", NULL),
	FIELD(0x13, 2, "base memory", say_kib),
	FIELD(0x15, 1, "POST scratch", NULL),
	FIELD(0x16, 1, "PS/2 control", NULL),
	FLAGS(0x17, 1, 1, "key flags 1", keyboard1_bits),
	FLAGS(0x18, 1, 1, "key flags 2", keyboard2_bits),
	FIELD(0x19, 1, "alt keypad entry", say_secret),
	FIELD(0x1a, 2, "key head", NULL),
	FIELD(0x1c, 2, "key tail", NULL),
	FIELD(0x1e, 32, "key buffer", say_keys),
	FLAGS(0x3e, 1, 1, "diskette recalibrated", recalibrated_bits),
	FLAGS(0x3f, 1, 1, "diskette motors", motor_bits),
	FIELD(0x40, 1, "diskette motor ticks", say_number),
	CODES(0x41, 1, "diskette result", disk_codes),
	FIELD(0x42, 7, "diskette controller", say_bytes),
	FIELD(0x49, 1, "video mode", NULL),
	FIELD(0x4a, 2, "columns", say_number),
	FIELD(0x4c, 2, "video page size", say_number),
	FIELD(0x4e, 2, "video page start", NULL),
	FIELDS(0x50, 2, 8, 0, "cursor on page #", say_cursor),
	FIELD(0x60, 2, "cursor shape", say_shape),
	FIELD(0x62, 1, "video page", say_number),
	FIELD(0x63, 2, "CRT port", NULL),
	FLAGS(0x65, 1, 1, "CRT mode", crt_mode_bits),
	FLAGS(0x66, 1, 1, "CRT palette", palette_bits),
	/* Linux puts its trampoline here to start processors: smpboot.c, 5.10 to 7.2. */
	FIELD(0x67, 4, "restart address", say_pointer),
	FIELD(0x6b, 1, "stray interrupt", NULL),
	FIELD(0x6c, 4, "timer ticks", say_ticks),
	FIELD(0x70, 1, "midnight passed", say_number),
	FLAGS(0x71, 1, 1, "break flag", break_bits),
	FIELD(0x72, 2, "restart flag", say_reset),
	CODES(0x74, 1, "hard disk result", disk_codes),
	FIELD(0x75, 1, "hard disks", say_number),
	FLAGS(0x76, 1, 1, "hard disk control", disk_control_bits),
	FIELD(0x77, 1, "XT hard disk port", NULL),
	FIELDS(0x78, 1, 3, 1, "LPT# timeout", say_number),
	FLAGS(0x7b, 1, 1, "int 4b flags", vds_bits),
	FIELDS(0x7c, 1, 4, 1, "COM# timeout", say_number),
	FIELD(0x80, 2, "key start", NULL),
	FIELD(0x82, 2, "key end", NULL),
	FIELD(0x84, 1, "rows less one", say_rows),
	FIELD(0x85, 2, "character height", say_number),
	FLAGS(0x87, 1, 1, "EGA/VGA control", video_control_bits),
	FLAGS(0x88, 1, 1, "EGA/VGA switches", video_switch_bits),
	FLAGS(0x89, 1, 1, "VGA flags", vga_flag_bits),
	FIELD(0x8a, 1, "display combination", say_number),
	FLAGS(0x8b, 1, 1, "diskette rates", diskette_rate_bits),
	FLAGS(0x8c, 1, 1, "hard disk status", disk_status_bits),
	FLAGS(0x8d, 1, 1, "hard disk error", disk_error_bits),
	FIELD(0x8e, 1, "hard disk interrupt", NULL),
	FLAGS(0x8f, 1, 1, "diskette drives", diskette_kind_bits),
	FLAGS(0x90, 1, 2, "diskette # media", media_bits),
	FLAGS(0x92, 1, 2, "diskette # at start", media_start_bits),
	FIELDS(0x94, 1, 2, 0, "diskette # cylinder", say_number),
	FLAGS(0x96, 1, 1, "key flags 3", keyboard3_bits),
	FLAGS(0x97, 1, 1, "keyboard LEDs", keyboard_led_bits),
	FIELD(0x98, 4, "wait flag address", say_pointer),
	FIELD(0x9c, 4, "wait microseconds", say_number),
	FLAGS(0xa0, 1, 1, "wait flag", wait_bits),
	FIELD(0xa1, 7, "network adapters", say_bytes),
	FIELD(0xa8, 4, "video save tables", say_pointer),
	FIELD(0xf0, 16, "application area", say_bytes),
};

size_t bda_fields_len(void)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(bda_fields); i++)
		n += bda_fields[i].count;
	return n;
}

/* One field, cut out of the table's row: number of those in the row. */
static void put_field(const struct bda_field *row, unsigned int number, const struct view *v,
		      struct sink *sink)
{
	struct bda_field f = *row;
	struct bits_text t;
	struct fact fact;

	f.off = (uint8_t)(f.off + number * f.width);
	fact_init(&fact, f.name, f.first + number, v->phys + f.off, f.width);
	if (f.width <= 4 && f.say != say_secret)
		fact.value = view_le(v, f.off, f.width);
	bits_text_init(&t, fact.text, sizeof(fact.text));
	if (f.say)
		f.say(&f, v, fact.value, &t);
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
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(bda_fields); i++) {
		const struct bda_field *f = &bda_fields[i];

		for (unsigned int n = 0; n < f->count; n++) {
			size_t off = f->off + n * (size_t)f->width;

			/* Of a field that is cut off nothing is shown: it may be the key buffer. */
			if (!view_has(&area, off, f->width)) {
				put_missing(&area, at, sink);
				return;
			}
			put_unknown(&area, at, off, sink);
			put_field(f, n, &area, sink);
			at = off + f->width;
		}
	}
}

/* The BIOS data area: one table of fields, one walk over it. */
/* Does not find the EBDA or follow a pointer. */
#include "decode/bda.h"

#include "base/fmt.h"
#include "base/num.h"
#include "decode/bdawords.h"

#include <inttypes.h>
#include <stdio.h>

struct bda_field {
	uint8_t off, width, table_len;
	const char *key, *name;
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
		{ 0x1234, "warm start: no memory test" }, { 0x4321, "warm start: memory kept" },
		{ 0x5678, "suspended" },		  { 0x9abc, "manufacturing test" },
		{ 0xabcd, "self-test loop" },		  { 0x0064, "burn-in" },
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

#define FIELD(off, width, key, name, say) { off, width, 0, key, name, say, NULL }
#define FLAGS(off, width, key, name, rows) \
	{ off, width, ARRAY_LEN(rows), key, name, say_bits, rows }
#define CODES(off, width, key, name, codes) { off, width, 0, key, name, say_code, codes }

/*
 * The area as the IBM PC/AT and PS/2 and BIOS interface technical references give it, field
 * names by Ralf Brown's MEMORY.LST. Reserved for the maker and left unknown on purpose:
 * 0xac-0xef. By rising offset, the last one ending with the area; a test holds it.
 */
static const struct bda_field bda_fields[] = {
	FIELD(0x00, 2, "com1", "COM1 port", say_port),
	FIELD(0x02, 2, "com2", "COM2 port", say_port),
	FIELD(0x04, 2, "com3", "COM3 port", say_port),
	FIELD(0x06, 2, "com4", "COM4 port", say_port),
	FIELD(0x08, 2, "lpt1", "LPT1 port", say_port),
	FIELD(0x0a, 2, "lpt2", "LPT2 port", say_port),
	FIELD(0x0c, 2, "lpt3", "LPT3 port", say_port),
	FIELD(0x0e, 2, "ebda_segment", "EBDA segment", say_segment),
	FLAGS(0x10, 2, "equipment", "equipment", equipment_bits),
	FIELD(0x12, 1, "post_test", "manufacturing test", NULL),
	FIELD(0x13, 2, "memory_kib", "base memory", say_kib),
	FIELD(0x15, 1, "post_scratch", "POST scratch", NULL),
	FIELD(0x16, 1, "ps2_control", "PS/2 control flags", NULL),
	FLAGS(0x17, 1, "kbd_flags1", "keyboard flags 1", keyboard1_bits),
	FLAGS(0x18, 1, "kbd_flags2", "keyboard flags 2", keyboard2_bits),
	FIELD(0x19, 1, "kbd_alt", "alt + keypad entry", say_secret),
	FIELD(0x1a, 2, "kbd_head", "key buffer: next out", NULL),
	FIELD(0x1c, 2, "kbd_tail", "key buffer: next in", NULL),
	FIELD(0x1e, 32, "kbd_buffer", "key buffer", say_keys),
	FLAGS(0x3e, 1, "fd_recalibrated", "diskette recalibrated", recalibrated_bits),
	FLAGS(0x3f, 1, "fd_motor", "diskette motors", motor_bits),
	FIELD(0x40, 1, "fd_motor_ticks", "diskette motor ticks", say_number),
	CODES(0x41, 1, "fd_result", "diskette last result", disk_codes),
	FIELD(0x42, 7, "fd_controller", "diskette controller", say_bytes),
	FIELD(0x49, 1, "video_mode", "video mode", NULL),
	FIELD(0x4a, 2, "video_columns", "columns", say_number),
	FIELD(0x4c, 2, "video_page_size", "video page size", say_number),
	FIELD(0x4e, 2, "video_page_start", "video page start", NULL),
	FIELD(0x50, 2, "cursor0", "cursor on page 0", say_cursor),
	FIELD(0x52, 2, "cursor1", "cursor on page 1", say_cursor),
	FIELD(0x54, 2, "cursor2", "cursor on page 2", say_cursor),
	FIELD(0x56, 2, "cursor3", "cursor on page 3", say_cursor),
	FIELD(0x58, 2, "cursor4", "cursor on page 4", say_cursor),
	FIELD(0x5a, 2, "cursor5", "cursor on page 5", say_cursor),
	FIELD(0x5c, 2, "cursor6", "cursor on page 6", say_cursor),
	FIELD(0x5e, 2, "cursor7", "cursor on page 7", say_cursor),
	FIELD(0x60, 2, "cursor_shape", "cursor shape", say_shape),
	FIELD(0x62, 1, "video_page", "video page", say_number),
	FIELD(0x63, 2, "crtc_port", "CRT controller port", NULL),
	FLAGS(0x65, 1, "crt_mode", "CRT mode register", crt_mode_bits),
	FLAGS(0x66, 1, "crt_palette", "CRT palette register", palette_bits),
	/* Linux puts its trampoline here to start processors: smpboot.c, 5.10 to 7.2. */
	FIELD(0x67, 4, "reset_vector", "restart address", say_pointer),
	FIELD(0x6b, 1, "last_irq", "last stray interrupt", NULL),
	FIELD(0x6c, 4, "ticks", "timer ticks", say_ticks),
	FIELD(0x70, 1, "midnight", "midnight passed", say_number),
	FLAGS(0x71, 1, "break", "break flag", break_bits),
	FIELD(0x72, 2, "reset_flag", "restart flag", say_reset),
	CODES(0x74, 1, "hd_result", "hard disk last result", disk_codes),
	FIELD(0x75, 1, "hd_count", "hard disks", say_number),
	FLAGS(0x76, 1, "hd_control", "hard disk control", disk_control_bits),
	FIELD(0x77, 1, "hd_port", "hard disk port (XT)", NULL),
	FIELD(0x78, 1, "lpt1_timeout", "LPT1 timeout", say_number),
	FIELD(0x79, 1, "lpt2_timeout", "LPT2 timeout", say_number),
	FIELD(0x7a, 1, "lpt3_timeout", "LPT3 timeout", say_number),
	FLAGS(0x7b, 1, "vds_flags", "int 4b flags", vds_bits),
	FIELD(0x7c, 1, "com1_timeout", "COM1 timeout", say_number),
	FIELD(0x7d, 1, "com2_timeout", "COM2 timeout", say_number),
	FIELD(0x7e, 1, "com3_timeout", "COM3 timeout", say_number),
	FIELD(0x7f, 1, "com4_timeout", "COM4 timeout", say_number),
	FIELD(0x80, 2, "kbd_start", "key buffer start", NULL),
	FIELD(0x82, 2, "kbd_end", "key buffer end", NULL),
	FIELD(0x84, 1, "video_rows", "rows less one", say_rows),
	FIELD(0x85, 2, "char_height", "character height", say_number),
	FLAGS(0x87, 1, "video_control", "EGA/VGA control", video_control_bits),
	FLAGS(0x88, 1, "video_switches", "EGA/VGA switches", video_switch_bits),
	FLAGS(0x89, 1, "vga_flags", "VGA flags", vga_flag_bits),
	FIELD(0x8a, 1, "display_index", "display combination", say_number),
	FLAGS(0x8b, 1, "fd_rate", "diskette rates", diskette_rate_bits),
	FLAGS(0x8c, 1, "hd_status", "hard disk status", disk_status_bits),
	FLAGS(0x8d, 1, "hd_error", "hard disk error", disk_error_bits),
	FIELD(0x8e, 1, "hd_interrupt", "hard disk interrupt", NULL),
	FLAGS(0x8f, 1, "fd_kinds", "diskette drives", diskette_kind_bits),
	FLAGS(0x90, 1, "fd0_media", "diskette 0 media", media_bits),
	FLAGS(0x91, 1, "fd1_media", "diskette 1 media", media_bits),
	FLAGS(0x92, 1, "fd0_start", "diskette 0 at start", media_start_bits),
	FLAGS(0x93, 1, "fd1_start", "diskette 1 at start", media_start_bits),
	FIELD(0x94, 1, "fd0_cylinder", "diskette 0 cylinder", say_number),
	FIELD(0x95, 1, "fd1_cylinder", "diskette 1 cylinder", say_number),
	FLAGS(0x96, 1, "kbd_flags3", "keyboard flags 3", keyboard3_bits),
	FLAGS(0x97, 1, "kbd_leds", "keyboard LEDs", keyboard_led_bits),
	FIELD(0x98, 4, "wait_pointer", "wait flag address", say_pointer),
	FIELD(0x9c, 4, "wait_us", "wait, microseconds", say_number),
	FLAGS(0xa0, 1, "wait_flag", "wait flag", wait_bits),
	FIELD(0xa1, 7, "network", "network adapters", say_bytes),
	FIELD(0xa8, 4, "video_tables", "video save pointers", say_pointer),
	FIELD(0xf0, 16, "applications", "applications' area", say_bytes),
};

size_t bda_fields_len(void)
{
	return ARRAY_LEN(bda_fields);
}

static void put_field(const struct bda_field *f, const struct view *v, struct sink *sink)
{
	struct fact fact = { f->key, f->name, v->phys + f->off, f->width, 0, "" };
	struct bits_text t;

	if (f->width <= 4 && f->say != say_secret)
		fact.value = view_le(v, f->off, f->width);
	bits_text_init(&t, fact.text, sizeof(fact.text));
	if (f->say)
		f->say(f, v, fact.value, &t);
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
		struct fact fact = { "unknown", "not known", v->phys + start, 0, 0, "" };
		struct bits_text t;

		next = run_end(v, start, end);
		fact.width = next - start;
		if (fact.width <= 4)
			fact.value = view_le(v, start, fact.width);
		bits_text_init(&t, fact.text, sizeof(fact.text));
		if (v->bytes[start])
			put_hex("unknown=0x", v, start, fact.width, &t);
		sink->put(sink->arg, &fact);
	}
}

void bda_decode(const struct view *v, struct sink *sink)
{
	struct view area = view_sub(v, 0, BDA_SIZE);
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(bda_fields); i++) {
		const struct bda_field *f = &bda_fields[i];

		/* Of a field that is cut off nothing is shown: it may be the key buffer. */
		if (!view_has(&area, f->off, f->width))
			break;
		put_unknown(&area, at, f->off, sink);
		put_field(f, &area, sink);
		at = f->off + f->width;
	}
	if (at < BDA_SIZE) {
		struct fact fact = { "missing", "not there", area.phys + at, BDA_SIZE - at, 0,
				     "beyond what could be read" };

		sink->put(sink->arg, &fact);
	}
}

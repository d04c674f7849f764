/* The extended BIOS data area: plausibility, size, the few fields that have a meaning of old. */
/* The rest of it is the BIOS maker's own, and only counted. */
#include "decode/ebda.h"

#include "decode/bits.h"

#include <inttypes.h>

static const char *const verdicts[] = {
	[EBDA_GOOD] = "ends at 640 KiB, as it should",
	[EBDA_NONE] = "none: the segment is 0",
	[EBDA_BAD_SEGMENT] = "none: the segment is not between 0x400 and 0x9fff",
	[EBDA_UNREAD] = "its first byte could not be read",
	[EBDA_NO_SIZE] = "its size byte is 0",
	[EBDA_TOO_LONG] = "says to reach beyond 640 KiB; cut there",
	[EBDA_SHORT] = "ends below 640 KiB",
};

const char *ebda_verdict_text(enum ebda_verdict verdict)
{
	return verdicts[verdict];
}

void ebda_locate(uint16_t segment, struct ebda *ret_ebda)
{
	uint64_t phys = (uint64_t)segment << 4;

	memset(ret_ebda, 0, sizeof(*ret_ebda));
	ret_ebda->segment = segment;
	ret_ebda->verdict = EBDA_UNREAD;
	if (!segment)
		ret_ebda->verdict = EBDA_NONE;
	else if (segment < 0x400 || phys >= EBDA_END)
		ret_ebda->verdict = EBDA_BAD_SEGMENT;
	else
		ret_ebda->phys = (struct range){ phys, phys };
}

void ebda_measure(const struct view *v, struct ebda *ebda)
{
	uint64_t size;

	if (ebda->verdict != EBDA_UNREAD || !view_has(v, 0, 1))
		return;
	ebda->size_kib = view_u8(v, 0);
	size = (uint64_t)ebda->size_kib << 10;
	if (!size) {
		ebda->verdict = EBDA_NO_SIZE;
		return;
	}
	ebda->verdict = EBDA_GOOD;
	ebda->phys.end = ebda->phys.start + size;
	if (ebda->phys.end > EBDA_END) {
		ebda->verdict = EBDA_TOO_LONG;
		ebda->phys.end = EBDA_END;
	} else if (ebda->phys.end < EBDA_END) {
		ebda->verdict = EBDA_SHORT;
	}
}

/* A pointing device driver's flags: IBM PS/2 and PC BIOS interface technical reference. */
static const struct bits_row mouse1_bits[] = {
	{ 0, 3, 0, "packet byte" }, { 3, 1, 0, "resend" },	    { 4, 1, 0, "ack" },
	{ 5, 1, 0, "error" },	    { 7, 1, 0, "command running" },
};
static const struct bits_row mouse2_bits[] = {
	{ 0, 3, 1, "packet length" },
	{ 7, 1, 0, "driver installed" },
};

static void say_kib(const struct view *v, size_t off, uint64_t value, struct bits_text *t)
{
	(void)v, (void)off;
	bits_text_add(t, "%" PRIu64 " KiB", value);
}

static void say_pointer(const struct view *v, size_t off, uint64_t value, struct bits_text *t)
{
	(void)v, (void)off;
	if (value)
		bits_text_add(t, "%04" PRIx64 ":%04" PRIx64, value >> 16, value & 0xffff);
}

static void say_mouse1(const struct view *v, size_t off, uint64_t value, struct bits_text *t)
{
	(void)v, (void)off;
	bits_say(mouse1_bits, ARRAY_LEN(mouse1_bits), value, t);
}

static void say_mouse2(const struct view *v, size_t off, uint64_t value, struct bits_text *t)
{
	(void)v, (void)off;
	bits_say(mouse2_bits, ARRAY_LEN(mouse2_bits), value, t);
}

/* Fixed disk parameter table: cylinders at 0, heads at 2, sectors a track at 14. */
static void say_disk(const struct view *v, size_t off, uint64_t value, struct bits_text *t)
{
	(void)value;
	if (view_u8(v, off + 2))
		bits_text_add(t, "%u cylinders, %u heads, %u sectors", view_u16(v, off),
			      view_u8(v, off + 2), view_u8(v, off + 14));
	else if (view_u64(v, off) | view_u64(v, off + 8))
		bits_text_add(t, "no heads: not a table of parameters");
}

/* IBM PS/2 and PC BIOS interface technical reference; Ralf Brown's MEMORY.LST for 0x3d. */
static const struct {
	uint8_t off, width;
	const char *name;
	void (*say)(const struct view *v, size_t off, uint64_t value, struct bits_text *t);
} ebda_fields[] = {
	{ 0x00, 1, "size", say_kib },
	{ 0x22, 4, "mouse driver", say_pointer },
	{ 0x26, 1, "mouse flags 1", say_mouse1 },
	{ 0x27, 1, "mouse flags 2", say_mouse2 },
	{ 0x3d, 16, "hard disk 0", say_disk },
	{ 0x4d, 16, "hard disk 1", say_disk },
};

static bool is_field(size_t off)
{
	for (size_t i = 0; i < ARRAY_LEN(ebda_fields); i++)
		if (off >= ebda_fields[i].off && off < ebda_fields[i].off + ebda_fields[i].width)
			return true;
	return false;
}

void ebda_decode(const struct view *v, struct sink *sink)
{
	struct bits_text t;
	struct fact fact;

	for (size_t i = 0; i < ARRAY_LEN(ebda_fields); i++) {
		uint8_t off = ebda_fields[i].off, width = ebda_fields[i].width;

		if (!view_has(v, off, width))
			continue;
		fact_init(&fact, ebda_fields[i].name, 0, v->phys + off, width);
		fact.value = view_le(v, off, width); /* 0 when wider than 8 bytes */
		bits_text_init(&t, fact.text, sizeof(fact.text));
		ebda_fields[i].say(v, off, fact.value, &t);
		sink->put(sink->arg, &fact);
	}
	fact_init(&fact, "unknown", 0, v->phys, 0);
	for (size_t off = 0; off < v->len; off++) {
		if (is_field(off))
			continue;
		fact.width++;
		fact.value += v->bytes[off] != 0;
	}
	bits_text_init(&t, fact.text, sizeof(fact.text));
	bits_text_add(&t, "%" PRIu64 " of %zu bytes not 0", fact.value, fact.width);
	if (fact.width)
		sink->put(sink->arg, &fact);
}

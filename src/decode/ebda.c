/* The extended BIOS data area: plausibility, size, the few fields that have a meaning of old. */
/* The rest of it is the BIOS maker's own, and only counted. */
#include "decode/ebda.h"

#include "base/names.h"
#include "decode/bits.h"

#include <inttypes.h>

/* By enum ebda_verdict. */
static const char verdicts[] =
	"ends at 640 KiB, as it should\0"
	"none: the segment is 0\0"
	"none: the segment is not between 0x400 and 0x9fff\0"
	"its first byte could not be read\0"
	"its size byte is 0\0"
	"says to reach beyond 640 KiB; cut there\0"
	"ends below 640 KiB";

const char *ebda_verdict_text(enum ebda_verdict verdict)
{
	return name_at(verdicts, verdict);
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

/* IBM PS/2 and PC BIOS interface technical reference; Ralf Brown's MEMORY.LST for 0x3d. */
static const struct {
	uint8_t off, width;
	char name[14];
} ebda_fields[] = {
	{ 0x00, 1, "size" },	       { 0x22, 4, "mouse driver" }, { 0x26, 1, "mouse flags 1" },
	{ 0x27, 1, "mouse flags 2" }, { 0x3d, 16, "hard disk 0" }, { 0x4d, 16, "hard disk 1" },
};

/* Puts the meaning of value, the field at off, into t. */
static void say(const struct view *v, size_t off, uint32_t value, struct bits_text *t)
{
	switch (off) {
	case 0x00:
		bits_text_add(t, "%u KiB", value);
		break;
	case 0x22:
		if (value)
			bits_text_add(t, "%04x:%04x", value >> 16, value & 0xffff);
		break;
	case 0x26:
		bits_say("#3 packet byte|resend|ack|error||command running", value, t);
		break;
	case 0x27:
		bits_say("+3 packet length|||||driver installed", value, t);
		break;
	default:
		/* Fixed disk parameter table: cylinders at 0, heads at 2, sectors a track at 14. */
		if (view_u8(v, off + 2))
			bits_text_add(t, "%u cylinders, %u heads, %u sectors", view_u16(v, off),
				      view_u8(v, off + 2), view_u8(v, off + 14));
		else if (view_u64(v, off) | view_u64(v, off + 8))
			bits_text_add(t, "no heads: not a table of parameters");
	}
}

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
		say(v, off, (uint32_t)fact.value, &t);
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

/* SMBIOS: its entry points, the structures of its table one after another, and their strings. */
/* Reads nothing beyond the bytes it is given, whatever the lengths in them say. */
#include "decode/smbios.h"

#include "base/names.h"
#include "base/num.h"

#define HEADER 4u

#define SM_LEN 0x1f
#define SM_DMI 0x10
#define DMI_LEN 0x0f
#define SM3_LEN 0x18

static enum sum worse(enum sum a, enum sum b)
{
	return a > b ? a : b;
}

/* Versions that some firmware tells and that never were (2.31, 2.33, 2.51), and what it means. */
static uint16_t real_version(uint16_t version)
{
	static const uint16_t odd[][2] = { { 0x021f, 0x0203 }, { 0x0221, 0x0203 }, { 0x0233, 0x0206 } };

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		if (version == odd[i][0])
			return odd[i][1];
	return version;
}

static uint16_t version_at(const struct view *v, size_t off)
{
	return real_version((uint16_t)(view_u8(v, off) << 8 | view_u8(v, off + 1)));
}

/* DSP0134 3.7, table 1, from _DMI_ on; and all that there was before SMBIOS 2.1. */
static void decode_dmi(const struct view *v, struct smbios_entry *e)
{
	uint8_t bcd = view_u8(v, 0x0e);

	e->len = DMI_LEN;
	e->version = (uint16_t)((bcd & 0xf0) << 4 | (bcd & 0x0f));
	e->sum = sum_bytes(v, DMI_LEN);
	e->table_len = view_u16(v, 0x06);
	e->table = view_u32(v, 0x08);
	e->count = view_u16(v, 0x0c);
}

static void decode_sm(const struct view *v, struct smbios_entry *e)
{
	struct view dmi = view_sub(v, SM_DMI, DMI_LEN);
	enum sum sum = sum_bytes(v, view_u8(v, 5));

	/* SMBIOS 2.1 has 0x1e for its own length, which is 0x1f: either may be what was summed up. */
	if (view_u8(v, 5) == SM_LEN - 1 && sum != SUM_RIGHT)
		sum = sum_bytes(v, SM_LEN);
	if (view_u8(v, 5) < SM_LEN - 1 || memcmp(dmi.bytes, "_DMI_", 5))
		sum = SUM_WRONG;
	decode_dmi(&dmi, e);
	e->sum = worse(e->sum, sum);
	e->len = SM_LEN;
	e->version = version_at(v, 6);
}

static void decode_sm3(const struct view *v, struct smbios_entry *e)
{
	uint8_t len = view_u8(v, 6);

	e->len = SM3_LEN;
	e->version = version_at(v, 7);
	e->sum = len < SM3_LEN ? SUM_WRONG : sum_bytes(v, len);
	e->is_maximum = true;
	e->table_len = view_u32(v, 0x0c);
	e->table = view_u64(v, 0x10);
}

bool smbios_entry_decode(const struct view *v, struct smbios_entry *ret_entry)
{
	static const struct {
		char anchor[6];
		uint8_t len;
		void (*decode)(const struct view *v, struct smbios_entry *e);
	} kinds[] = {
		{ "_SM3_", SM3_LEN, decode_sm3 },
		{ "_SM_", SM_LEN, decode_sm },
		{ "_DMI_", DMI_LEN, decode_dmi },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!view_has(v, 0, kinds[i].len) ||
		    memcmp(v->bytes, kinds[i].anchor, strlen(kinds[i].anchor)))
			continue;
		*ret_entry = (struct smbios_entry){ 0 };
		memcpy(ret_entry->anchor, kinds[i].anchor, sizeof(ret_entry->anchor));
		kinds[i].decode(v, ret_entry);
		return true;
	}
	return false;
}

void smbios_walk_init(struct smbios_walk *w, const struct smbios *s)
{
	*w = (struct smbios_walk){
		.table = view_sub(&s->table, 0, s->entry.table_len),
		.wanted = s->entry.count,
		.marked = s->entry.is_maximum || !s->entry.count,
	};
}

static bool finish(struct smbios_walk *w, enum smbios_end end)
{
	w->done = true;
	w->end = end;
	return false;
}

/* The strings from off on; *ret_end is behind the double 0 that ends them, 0 when there is none. */
static struct view strings_at(const struct view *v, size_t off, size_t *ret_end)
{
	size_t at = off;

	*ret_end = 0;
	/* None at all are two zeros as well. */
	if (view_has(v, at, 1) && !v->bytes[at])
		at++;
	while (view_has(v, at, 1) && v->bytes[at]) {
		const uint8_t *end = memchr(v->bytes + at, 0, v->len - at);

		if (!end)
			return view_sub(v, off, at - off);
		at = (size_t)(end - v->bytes) + 1;
	}
	if (view_has(v, at, 1))
		*ret_end = at + 1;
	return view_sub(v, off, at - off);
}

bool smbios_next(struct smbios_walk *w, struct smbios_record *ret_record)
{
	struct view rest = view_sub(&w->table, w->pos, SIZE_MAX);
	size_t len = view_u8(&rest, 1), end;

	if (w->done)
		return false;
	if (w->wanted && w->count == w->wanted)
		return finish(w, SMBIOS_END_COUNT);
	/* Some firmware counts one too many: nothing is missing when the last one is the last. */
	if (!rest.len)
		return finish(w, !w->wanted ? SMBIOS_END_FULL : w->at_mark ? SMBIOS_END_MARK : SMBIOS_END_FEWER);
	if (rest.len < HEADER)
		return finish(w, SMBIOS_END_CUT);
	if (len < HEADER)
		return finish(w, SMBIOS_END_SHORT);
	if (!view_has(&rest, 0, len))
		return finish(w, SMBIOS_END_CUT);
	ret_record->type = view_u8(&rest, 0);
	ret_record->handle = view_u16(&rest, 2);
	ret_record->body = view_sub(&rest, 0, len);
	ret_record->strings = strings_at(&rest, len, &end);
	w->count++;
	w->at_mark = ret_record->type == 127;
	w->pos += end ? end : rest.len;
	if (w->marked && w->at_mark)
		finish(w, SMBIOS_END_MARK);
	else if (!end)
		finish(w, SMBIOS_END_STRINGS);
	return true;
}

bool smbios_find(const struct smbios *s, uint8_t type, unsigned int handle, struct smbios_record *ret_record)
{
	struct smbios_record r;
	struct smbios_walk w;

	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r))
		if (r.type == type && (r.handle == handle || handle == SMBIOS_ANY)) {
			*ret_record = r;
			return true;
		}
	return false;
}

bool smbios_end_is_right(enum smbios_end end)
{
	return end <= SMBIOS_END_FULL;
}

const char *smbios_end_text(enum smbios_end end)
{
	return name_at("structure 127 ends it\0"
		       "all that the entry point counts are there\0"
		       "all its bytes are used\0"
		       "the entry point counts more structures than there are\0"
		       "a structure reaches beyond the end of the table\0"
		       "a structure says that it is shorter than its header\0"
		       "the strings of the last structure do not end",
		       end);
}

const char *smbios_string(const struct smbios_record *r, unsigned int n)
{
	const char *at = (const char *)r->strings.bytes, *end = at + r->strings.len;

	while (n > 1 && at < end && *at) {
		at += strlen(at) + 1;
		n--;
	}
	return n && at < end && *at ? at : NULL;
}

/* Fuzz target: everything that decodes the first MiB, from one input. */
/* The input is the bytes themselves, laid where each decoder looks; no structure of its own. */
#include "decode/bda.h"
#include "decode/ebda.h"
#include "decode/ivt.h"
#include "decode/rom.h"
#include "decode/signature.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t next, end; /* facts in order, none beyond the bytes there are */
};

/* What holds for every fact: its text ends, its place is within the area. */
static void put(void *arg, const struct fact *fact)
{
	struct seen *seen = arg;

	if (!memchr(fact->text, 0, sizeof(fact->text)) || fact->phys < seen->next ||
	    fact->phys >= seen->end || fact->width > seen->end - fact->phys)
		abort();
}

static void decode_bda(const struct view *v)
{
	struct view area = { v->bytes, v->len, BDA_PHYS };
	struct seen seen = { BDA_PHYS, BDA_PHYS + BDA_SIZE };
	struct sink sink = { put, &seen };

	bda_decode(&area, &sink);
}

static void decode_ebda(const struct view *v)
{
	struct ebda ebda;
	struct seen seen;
	struct sink sink = { put, &seen };
	struct view bytes;

	ebda_locate(view_u16(v, BDA_EBDA_SEGMENT), &ebda);
	bytes = (struct view){ v->bytes, v->len, ebda.phys.start };
	ebda_measure(&bytes, &ebda);
	if (ebda.phys.end > EBDA_END || ebda.phys.start > ebda.phys.end ||
	    !ebda_verdict_text(ebda.verdict))
		abort();
	bytes = view_sub(&bytes, 0, (size_t)(ebda.phys.end - ebda.phys.start));
	seen = (struct seen){ bytes.phys, bytes.phys + bytes.len };
	ebda_decode(&bytes, &sink);
}

static void decode_ivt(const struct view *v)
{
	const struct range rom = { 0xc0000, 0xc8000 };
	const struct ivt_map map = {
		view_u16(v, BDA_MEMORY_KIB) * 1024u, { 0x9fc00, 0xa0000 }, &rom, 1
	};
	struct view area = { v->bytes, v->len, 0 };
	struct ivt ivt;

	ivt_decode(&area, &ivt);
	if (ivt.same + ivt.zero > ivt.len || ivt.len > IVT_LEN)
		abort();
	for (unsigned int i = 0; i < ivt.len; i++)
		if (!ivt_place(&map, &ivt.vectors[i])[0])
			abort();
}

static void decode_roms(const struct view *v)
{
	struct view area = { v->bytes, v->len, ROM_AREA_START };
	size_t pos = 0, last = 0;
	struct rom rom;

	while (rom_next(&area, &pos, &rom)) {
		char id[8];

		rom_eisa_id(rom.device_id, id);
		if (pos <= last || !memchr(rom.maker, 0, sizeof(rom.maker)) ||
		    !memchr(rom.product, 0, sizeof(rom.product)) || strlen(id) > 7 ||
		    !sum_name(rom.sum)[0])
			abort();
		last = pos;
	}
}

static void find_signatures(const struct view *v)
{
	static struct signature_hits hits;

	hits.len = hits.dropped = 0;
	for (unsigned int area = SIGNATURE_PAGE0; area <= SIGNATURE_F; area <<= 1) {
		struct view at = { v->bytes, v->len, 0x10000ull * area };

		signature_scan(&at, at.phys + v->len, (enum signature_area)area, &hits);
	}
	for (size_t i = 0; i < hits.len; i++)
		if (hits.hits[i].phys % 16 || hits.hits[i].part_of >= hits.hits[i].phys)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view v = { data, size, 0 };

	decode_bda(&v);
	decode_ebda(&v);
	decode_ivt(&v);
	decode_roms(&v);
	find_signatures(&v);
	return 0;
}

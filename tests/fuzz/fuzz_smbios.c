/* Fuzz target: SMBIOS, from the entry point to the module that an address belongs to. */
/* The input is what dmidecode --dump-bin writes: the entry point, and from byte 32 on the table. */
#include "decode/dimms.h"
#include "decode/smbiostypes.h"
#include "firmware/smbioscheck.h"

#include <stdlib.h>

#define ENTRY 32
#define DECODED 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t next, end; /* facts in order, none beyond the structure and its strings */
};

static void put(void *arg, const struct fact *fact)
{
	struct seen *seen = arg;

	if (!memchr(fact->text, 0, sizeof(fact->text)) || !fact->text[0] || !fact->key[0] ||
	    fact->phys < seen->next || fact->phys >= seen->end || fact->width > seen->end - fact->phys)
		abort();
	seen->next = fact->phys + fact->width;
}

static void decode(const struct smbios *s)
{
	struct smbios_record r;
	struct smbios_walk w;
	uint64_t last = 0;

	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r)) {
		struct seen seen = { r.body.phys + 4, r.strings.phys + r.strings.len };
		struct sink sink = { put, &seen };

		if (r.body.len < 4 || r.body.phys + r.body.len > r.strings.phys || (last && r.body.phys <= last) ||
		    !smbios_type_name(r.type)[0])
			abort();
		last = r.body.phys;
		if (!r.strings.len)
			seen.end = r.body.phys + r.body.len;
		/* Of so many all fields: they take most of the time. */
		if (w.count <= DECODED)
			smbios_decode(&r, s->entry.version, &sink);
	}
	if (!w.done || !smbios_end_text(w.end)[0] || w.pos > w.table.len)
		abort();
}

static void ask(const struct smbios *s, uint64_t phys)
{
	struct dimm_place place;
	unsigned int n = 0;

	while (n < 8 && dimms_at(s, phys, n, &place)) {
		if (!range_holds(&place.phys, phys, phys + 1) || (place.of ? n >= place.of : n))
			abort();
		if (place.has_dimm && place.dimm.ram > place.dimm.size)
			abort();
		n++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct findings findings;
	const struct view v = { data, size, 0 };
	struct smbios s;
	struct dimms_sum sum;

	if (!smbios_entry_decode(&v, &s.entry))
		s.entry = (struct smbios_entry){ .version = 0x0205, .table_len = UINT32_MAX };
	s.table = view_sub(&v, ENTRY, SIZE_MAX);
	s.table.phys = 0x1000;
	decode(&s);
	dimms_add_up(&s, &sum);
	if (sum.populated > sum.slots || sum.unknown > sum.populated)
		abort();
	for (unsigned int shift = 10; shift < 64; shift += 12)
		ask(&s, 1ull << shift);
	ask(&s, 0);
	ask(&s, UINT64_MAX);
	memset(&findings, 0, sizeof(findings));
	smbios_check(&s, &findings);
	return 0;
}

/* What SMBIOS says that ought not to be: a table that breaks off, modules that do not add up, memory errors. */
/* Judges by the table alone; what e820 says of the same memory is the map's. */
#include "firmware/smbioscheck.h"

#include "decode/dimms.h"
#include "decode/smbiostypes.h"

#include <inttypes.h>

static void check_end(const struct smbios *s, struct findings *findings)
{
	struct smbios_record r;
	struct smbios_walk w;
	uint64_t at;

	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r))
		;
	at = w.table.phys + w.pos;
	if (!smbios_end_is_right(w.end))
		findings_add(findings, FINDING_TABLE_BROKEN, (struct range){ at, at + 1 },
			     "SMBIOS: %s, at byte %zu of %zu", smbios_end_text(w.end), w.pos, w.table.len);
}

static void check_sum(const struct smbios *s, struct findings *findings)
{
	struct dimms_sum sum;

	dimms_add_up(s, &sum);
	if (!sum.unknown && sum.bytes && sum.mapped && sum.bytes != sum.mapped)
		findings_add(findings, FINDING_DIMM_SUM, (struct range){ 0, 0 },
			     "SMBIOS: %" PRIu64 " MiB in the modules, %" PRIu64 " MiB in the ranges of their arrays",
			     sum.bytes >> 20, sum.mapped >> 20);
}

/* Which slot, if a device names this error as its own; or else the array's or nobody's. */
static void owner_of(const struct smbios *s, uint16_t handle, struct fact *ret_locator)
{
	struct smbios_record r;
	struct smbios_walk w;

	*ret_locator = (struct fact){ 0 };
	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r))
		if (r.type == SMBIOS_DEVICE && view_u16(&r.body, 6) == handle &&
		    smbios_fact(&r, s->entry.version, "locator", ret_locator))
			return;
}

/* DSP0134 3.7, 7.19.1: from 4 on an error was seen; 0x0c and 0x0d were corrected. */
static bool check_error(const struct smbios *s, const struct smbios_record *r, struct findings *findings)
{
	bool wide = r->type == SMBIOS_ERROR64;
	uint64_t phys = view_le(&r->body, 0x0b, wide ? 8 : 4), none = wide ? 1ull << 63 : 1u << 31;
	uint32_t size = view_u32(&r->body, wide ? 0x1b : 0x13);
	uint8_t kind = view_u8(&r->body, 4);
	struct fact type, locator;
	struct range where = { phys, phys + (size && size != 1u << 31 ? size : 1) };

	if (kind < 4 || kind > 0x0e)
		return false;
	if (phys == none || where.end < phys)
		where = (struct range){ 0, 0 };
	(void)smbios_fact(r, s->entry.version, "error_type", &type);
	owner_of(s, r->handle, &locator);
	findings_add(findings, kind == 0x0c || kind == 0x0d ? FINDING_MEMORY_CORRECTED : FINDING_MEMORY_ERROR, where,
		     "SMBIOS type %u, handle %#x: %s, module %s", r->type, r->handle, type.text,
		     locator.text[0] ? locator.text : "not told");
	return true;
}

void smbios_check(const struct smbios *s, struct findings *findings)
{
	struct smbios_record r;
	struct smbios_walk w;
	size_t errors = 0;

	check_end(s, findings);
	check_sum(s, findings);
	smbios_walk_init(&w, s);
	/* Each takes a walk over the table, and a table may have a hundred thousand. */
	while (errors < FINDINGS_MAX && smbios_next(&w, &r))
		if (r.type == SMBIOS_ERROR32 || r.type == SMBIOS_ERROR64)
			errors += check_error(s, &r, findings);
}

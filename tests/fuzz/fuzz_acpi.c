/* Fuzz target: ACPI's RSDP, table headers, root tables, all tables, hardware error records. */
/* The input is the bytes themselves: whatever they begin with, every decoder gets them. */
#include "decode/acpi.h"
#include "decode/acpitable.h"
#include "decode/cper.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const struct view *v;
	bool in_order; /* and no byte but zeros left out */
	uint64_t next;
};

static void take_part(void *arg, const struct acpi_part *part)
{
	const struct seen *seen = arg;

	if (!memchr(part->name, 0, sizeof(part->name)) || part->depth > 3 || part->v.phys > seen->v->len ||
	    part->v.len > seen->v->len - part->v.phys || (!part->bad && part->len != part->v.len && part->depth))
		abort();
}

static void take_fact(void *arg, const struct fact *fact)
{
	struct seen *seen = arg;

	if (!memchr(fact->text, 0, sizeof(fact->text)) || !memchr(fact->name, 0, sizeof(fact->name)) ||
	    fact->phys > seen->v->len || fact->width > seen->v->len - fact->phys)
		abort();
	if (!seen->in_order)
		return;
	if (fact->phys < seen->next)
		abort();
	while (seen->next < fact->phys)
		if (seen->v->bytes[seen->next++])
			abort();
	seen->next = fact->phys + fact->width;
}

static void decode_table(const struct view *v)
{
	/* The devices of DBG2 have their parts where they say. */
	struct seen seen = { v, v->len < 4 || memcmp(v->bytes, "DBG2", 4), 0 };
	const struct acpi_sink to = { take_part, { take_fact, &seen }, &seen };
	struct acpi_header h;

	if (!acpi_header(v, &h))
		return;
	acpi_decode(v, &to);
	while (seen.in_order && seen.next < v->len)
		if (v->bytes[seen.next++])
			abort();
}

static void decode_record(const struct view *v)
{
	struct seen seen = { v, false, 0 };
	const struct acpi_sink to = { take_part, { take_fact, &seen }, &seen };
	struct cper_error e;

	cper_decode(v, &to);
	if (cper_first(v, &e) && (!e.severity[0] || !e.what[0] || !memchr(e.what, 0, sizeof(e.what))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view v = { data, size, 0 };
	struct acpi_pointers pointers;
	struct acpi_rsdp rsdp;

	if (acpi_rsdp(&v, &rsdp) && (acpi_rsdp_sum(&v) == SUM_RIGHT) > (rsdp.sum == SUM_RIGHT))
		abort();
	for (size_t i = 0; i < acpi_entries_len(&v); i++)
		(void)acpi_entry(&v, i);
	acpi_fadt_pointers(&v, &pointers);
	decode_table(&v);
	decode_record(&v);
	return 0;
}

/* What ACPI tables say that a person ought to know: an error of the last boot, DMA into memory in use, broken lists. */
/* Judges the contents; sums, places and routes are compare.c's. */
#include "firmware/acpicheck.h"

#include "base/fmt.h"
#include "decode/acpi.h"
#include "decode/acpitable.h"
#include "decode/cper.h"

#include <inttypes.h>

/* "fatal memory error at 0x1234000, SMBIOS handle 0x1100"; an empty text: no record. */
void acpicheck_record_text(const struct firmware *f, char *buf, size_t size)
{
	struct cper_error e;
	size_t n = 0;

	buf[0] = '\0';
	if (!cper_first(bootrecord_bytes(&f->bootrecord), &e))
		return;
	fmt_append(buf, size, &n, "%s %s", e.severity, e.what);
	if (e.has_phys)
		fmt_append(buf, size, &n, " at %#" PRIx64, e.phys);
	if (e.has_handle)
		fmt_append(buf, size, &n, ", SMBIOS handle %#x", e.handle);
	if (e.cleared)
		fmt_append(buf, size, &n, ", already in the kernel's log");
}

static void check_record(const struct firmware *f, struct findings *findings)
{
	char text[FINDING_EVIDENCE_MAX];
	struct cper_error e = { .has_phys = false };

	acpicheck_record_text(f, text, sizeof(text));
	(void)!cper_first(bootrecord_bytes(&f->bootrecord), &e);
	if (text[0])
		findings_add(findings, FINDING_ERROR_RECORD,
			     e.has_phys ? (struct range){ e.phys, e.phys + 1 } : (struct range){ 0, 0 }, "BERT: %s",
			     text);
}

/* One table. base: of a reserved memory structure (VT-d 4.1, 8.4), until its other end has come, too. */
struct check {
	const struct firmware *f;
	struct findings *findings;
	const char *table;
	bool reserved;
	uint64_t base;
};

static void take_part(void *arg, const struct acpi_part *part)
{
	struct check *c = arg;
	uint64_t at = part->v.phys;

	c->reserved = !strcmp(c->table, "DMAR") && part->depth == 1 && part->type == 1 && !part->bad;
	if (part->bad && part->name[0])
		findings_add(c->findings, FINDING_TABLE_BROKEN, (struct range){ at, at + 1 },
			     "ACPI %s: %s, %" PRIu64 " bytes long, it says; %zu are left", c->table, part->name,
			     part->len, part->v.len);
}

static void take_fact(void *arg, const struct fact *fact)
{
	struct check *c = arg;
	const struct e820_range *e820;

	if (!c->reserved)
		return;
	if (!strcmp(fact->key, "base"))
		c->base = fact->value;
	if (strcmp(fact->key, "limit") || !c->f->has_memmap)
		return;
	e820 = e820_find(&c->f->memmap, c->base);
	if (e820 && !strcmp(e820_type(e820), "System RAM"))
		findings_add(c->findings, FINDING_DMA_IN_RAM, (struct range){ c->base, fact->value + 1 },
			     "DMAR: reserved memory; the firmware's map: System RAM");
}

void acpicheck(const struct firmware *f, struct findings *findings)
{
	check_record(f, findings);
	for (size_t i = 0; i < f->acpi.len; i++) {
		const struct acpilist_table *t = &f->acpi.tables[i];
		struct check c = { .f = f, .findings = findings, .table = t->name };
		struct acpi_header header;

		if (acpi_header(acpilist_bytes(t), &header))
			acpi_decode(acpilist_bytes(t), &(struct acpi_sink){ take_part, { take_fact, &c }, &c });
	}
}

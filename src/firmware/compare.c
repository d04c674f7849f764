/* Where routes differ, sums are wrong, and tables lie where none should. */
/* Says what it sees; which route is right it does not know. */
#include "base/fmt.h"
#include "decode/acpi.h"
#include "decode/coreboot.h"
#include "decode/mp.h"
#include "decode/smbios.h"
#include "firmware/acpicheck.h"

#include <inttypes.h>

struct compare {
	const struct firmware *f;
	struct findings *findings;
};

static bool is_had(const struct found *f)
{
	return f->bytes.len != 0;
}

/* Of what /sys gave nobody knows the place. */
static bool has_place(const struct found *f)
{
	return is_had(f) && f->route != ROUTE_SYS;
}

static struct range range_of(const struct found *f)
{
	return has_place(f) ? (struct range){ f->phys, f->phys + f->bytes.len } : (struct range){ 0, 0 };
}

static void check_place(const struct compare *c, const char *what, const struct found *t)
{
	const struct reach *r = &c->f->reach;
	const struct e820_range *e820 = r->e820 && has_place(t) ? e820_find(r->e820, t->phys) : NULL;
	struct range where = range_of(t);
	enum tri kept = TRI_UNKNOWN;

	if (!has_place(t) || !c->f->live)
		return;
	if ((!e820 || strcmp(e820_type(e820), "System RAM")) && !guard_is_ram(&r->mem->guard, t->phys))
		return;
	if (r->kept)
		kept = r->kept(r->arg, where.start, where.end);
	findings_add(c->findings, kept == TRI_NO ? FINDING_TABLE_IN_RAM : FINDING_TABLE_IN_USABLE, where,
		     "%s, %zu bytes; the firmware's map: %s; its struct pages: %s", what, t->bytes.len,
		     e820 ? e820_type(e820) : "nothing",
		     kept == TRI_NO ? "not reserved" : kept == TRI_YES ? "reserved" : "not known");
}

/* The pointer led to something that is not memory: only then is it the firmware's fault that nothing was had. */
static void check_had(const struct compare *c, const char *what, const struct found *t)
{
	/* Without the firmware's map nothing above 1 MiB is known to be memory: that is no fault of a table. */
	bool may_be_had = c->f->live && c->f->reach.mem && c->f->reach.e820;

	if (may_be_had && t->why && (t->why->kind == ERR_GUARD || t->why->kind == ERR_UNSUPPORTED))
		findings_add(c->findings, FINDING_TABLE_UNREACHABLE, (struct range){ t->phys, t->phys + 1 }, "%s: %s",
			     what, t->why->msg);
}

static void check_sum(const struct compare *c, const char *what, const struct found *t, enum sum sum)
{
	if (is_had(t) && sum == SUM_WRONG)
		findings_add(c->findings, FINDING_TABLE_SUM, range_of(t), "%s, by %s", what, route_name(t->route));
}

static void check_one(const struct compare *c, const char *what, const struct found *t, enum sum sum)
{
	check_place(c, what, t);
	check_had(c, what, t);
	check_sum(c, what, t, sum);
}

/* Both had and not the same; whole: a missing end is a difference too. */
static void check_same(const struct compare *c, const char *what, const struct found *a, const struct found *b,
		       bool whole)
{
	size_t at = found_differ(a, b), both = (size_t)num_least(a->bytes.len, b->bytes.len);

	if (at == SIZE_MAX || (at == both && !whole))
		return;
	if (at == both)
		findings_add(c->findings, FINDING_ROUTES_DIFFER, range_of(a), "%s: %zu bytes by %s, %zu by %s", what,
			     a->bytes.len, route_name(a->route), b->bytes.len, route_name(b->route));
	else
		findings_add(c->findings, FINDING_ROUTES_DIFFER, range_of(a), "%s: byte %#zx is %#x by %s, %#x by %s",
			     what, at, a->bytes.bytes[at], route_name(a->route), b->bytes.bytes[at],
			     route_name(b->route));
}

/* Four letters in the BIOS's code at a multiple of 16: the scan takes them for a table, and a wrong sum gives them away. */
static bool is_stray(const struct found *t, enum sum sum, bool has_sound)
{
	return has_sound && t->route == ROUTE_SCAN && sum == SUM_WRONG;
}

/* An entry point with that anchor and a right sum. */
static bool has_sound_entry(const struct smbiostable *s, const char *anchor)
{
	struct smbios_entry e;

	for (size_t i = 0; i < s->entries_len; i++)
		if (smbios_entry_decode(&s->entries[i].bytes, &e) && !strcmp(e.anchor, anchor) && e.sum == SUM_RIGHT)
			return true;
	return false;
}

static void compare_smbios(const struct compare *c)
{
	const struct smbiostable *s = &c->f->smbios;
	struct smbios_entry e, other;

	for (size_t i = 0; i < s->entries_len; i++) {
		const struct found *t = &s->entries[i];
		bool good = smbios_entry_decode(&t->bytes, &e);

		if (good && is_stray(t, e.sum, has_sound_entry(s, e.anchor)))
			continue;
		check_one(c, "SMBIOS entry point", t, good ? e.sum : SUM_UNKNOWN);
		for (size_t j = 0; good && j < i; j++)
			if (smbios_entry_decode(&s->entries[j].bytes, &other) && !strcmp(e.anchor, other.anchor) &&
			    !is_stray(&s->entries[j], other.sum, e.sum == SUM_RIGHT))
				check_same(c, "SMBIOS entry point", &s->entries[j], t, false);
	}
	check_one(c, "SMBIOS structures", &s->memory, SUM_UNKNOWN);
	check_same(c, "SMBIOS structures", &s->memory, &s->sys, true);
}

static void compare_rsdps(const struct compare *c)
{
	const struct acpilist *a = &c->f->acpi;

	for (size_t i = 0; i < a->rsdps_len; i++) {
		enum sum sum = acpi_rsdp_sum(&a->rsdps[i].bytes);

		if (is_stray(&a->rsdps[i], sum, a->rsdp && acpi_rsdp_sum(&a->rsdp->bytes) == SUM_RIGHT))
			continue;
		check_one(c, "ACPI RSDP", &a->rsdps[i], sum);
		if (a->rsdp && &a->rsdps[i] != a->rsdp)
			check_same(c, "ACPI RSDP", a->rsdp, &a->rsdps[i], true);
	}
}

/* The RSDT and XSDT of one machine list the same tables, and both addresses in FADT are one. */
static void compare_lists(const struct compare *c, const struct acpilist_table *t, const char *what)
{
	const unsigned int both = ACPI_FROM_RSDT | ACPI_FROM_XSDT;
	const struct acpilist *a = &c->f->acpi;
	const struct acpilist_table *rsdt = acpilist_find(a, "RSDT"), *xsdt = acpilist_find(a, "XSDT");

	if (rsdt && xsdt && is_had(&rsdt->memory) && is_had(&xsdt->memory) && (t->from & both) &&
	    (t->from & both) != both)
		findings_add(c->findings, FINDING_LISTS_DIFFER, (struct range){ t->memory.phys, t->memory.phys + 1 },
			     "%s: listed by the %s only", what, t->from & ACPI_FROM_RSDT ? "RSDT" : "XSDT");
}

static void compare_fadt(const struct compare *c, const struct acpilist_table *t)
{
	struct acpi_pointers p;

	if (strcmp(t->signature, "FACP") || !is_had(&t->memory))
		return;
	acpi_fadt_pointers(&t->memory.bytes, &p);
	if (p.dsdt && p.x_dsdt && p.dsdt != p.x_dsdt)
		findings_add(c->findings, FINDING_LISTS_DIFFER, range_of(&t->memory),
			     "FADT: DSDT at %#x and %#" PRIx64, p.dsdt, p.x_dsdt);
	if (p.facs && p.x_facs && p.facs != p.x_facs)
		findings_add(c->findings, FINDING_LISTS_DIFFER, range_of(&t->memory),
			     "FADT: FACS at %#x and %#" PRIx64, p.facs, p.x_facs);
}

static void compare_acpi(const struct compare *c)
{
	const struct acpilist *a = &c->f->acpi;

	compare_rsdps(c);
	for (size_t i = 0; i < a->len; i++) {
		const struct acpilist_table *t = &a->tables[i];
		struct acpi_header h;
		char what[24];

		fmt(what, sizeof(what), "ACPI %s", t->name);
		check_place(c, what, &t->memory);
		check_had(c, what, &t->memory);
		/* A table too short for a header has no sum that could be right. */
		check_sum(c, what, is_had(&t->memory) ? &t->memory : &t->sys,
			  acpi_header(acpilist_bytes(t), &h) ? h.sum : SUM_WRONG);
		if (!acpilist_changes(t))
			check_same(c, what, &t->memory, &t->sys, true);
		compare_lists(c, t, what);
		compare_fadt(c, t);
	}
}

/* What /sys tells of EFI's configuration tables, and what they say themselves. */
static void compare_efi(const struct compare *c)
{
	const struct efitables *t = &c->f->efi_tables;
	const uint64_t told[EFI_ENTRIES_LEN] = {
		[EFI_ACPI20] = c->f->efi.acpi20,
		[EFI_ACPI] = c->f->efi.acpi,
		[EFI_SMBIOS] = c->f->efi.smbios,
		[EFI_SMBIOS3] = c->f->efi.smbios3,
	};
	struct record r;
	uint64_t phys;

	check_one(c, "EFI system table", &t->system, t->head.sum);
	check_one(c, "EFI configuration tables", &t->tables, SUM_UNKNOWN);
	for (size_t i = 0; efi_entry(&t->tables.bytes, t->info.is64, i, &r, &phys); i++)
		if (r.type < EFI_ENTRIES_LEN && told[r.type] && told[r.type] != phys)
			findings_add(c->findings, FINDING_ROUTES_DIFFER, (struct range){ phys, phys + 1 },
				     "%s: at %#" PRIx64 " by EFI's tables, %#" PRIx64 " by /sys/firmware/efi/systab",
				     r.name, phys, told[r.type]);
}

static void compare_board(const struct compare *c)
{
	const struct boardtables *b = &c->f->board;
	struct coreboot coreboot = { 0 };
	struct mp_table mp = { 0 };

	/* What a pointer led to and is no such table counts as one that is wrong. */
	check_one(c, "MP table", &b->mp, mp_table(&b->mp.bytes, &mp) ? mp.sum : SUM_WRONG);
	check_one(c, "coreboot table", &b->coreboot,
		  !coreboot_table(&b->coreboot.bytes, &coreboot) || coreboot.sum != SUM_RIGHT ? SUM_WRONG :
												coreboot.records_sum);
}

void firmware_compare(const struct firmware *f, struct findings *findings)
{
	const struct compare c = { f, findings };

	compare_smbios(&c);
	compare_acpi(&c);
	compare_efi(&c);
	compare_board(&c);
	check_had(&c, "boot error record", &f->bootrecord.memory);
	check_same(&c, "boot error record", &f->bootrecord.memory, &f->bootrecord.sys, false);
	acpicheck(f, findings);
}

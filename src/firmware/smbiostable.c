/* SMBIOS: every entry point there is, and the structure table by memory and by /sys. */
/* Follows one pointer: that of the entry point. */
#include "firmware/smbiostable.h"

#include "decode/smbios.h"
#include "firmware/firmware.h"

#include <inttypes.h>

#define SYS "/sys/firmware/dmi/tables/"

/* The longest of the three entry points; and the shortest, which stands alone in old BIOSes. */
#define SM_LEN 0x1f
#define SM3_LEN 0x18
#define DMI_LEN 0x0f

static struct found *new_entry(struct smbiostable *s)
{
	return s->entries_len < SMBIOS_ENTRIES_MAX ? &s->entries[s->entries_len++] : NULL;
}

static void add_hits(struct smbiostable *s, struct firmware *f, const char *name, size_t len)
{
	const struct signature_hit *hit = NULL;
	struct found *new;

	while ((hit = firmware_hit(f, name, hit)))
		if (!hit->part_of && (new = new_entry(s)))
			(void)found_load(new, ROUTE_SCAN, &f->reach, hit->phys, len);
}

static void add_efi(struct smbiostable *s, struct firmware *f, uint64_t phys, size_t len)
{
	struct found *new = phys ? new_entry(s) : NULL;

	if (new)
		(void)found_load(new, ROUTE_EFI, &f->reach, phys, len);
}

static void add_sys(struct smbiostable *s)
{
	struct found *new = new_entry(s);

	if (new && !found_file(new, SYS "smbios_entry_point") && !found_any(new))
		s->entries_len--;
	(void)found_file(&s->sys, SYS "DMI");
}

/* Of a table that says only how long it is at most: as much of it as can be had. */
static size_t reachable(struct firmware *f, uint64_t phys, size_t most)
{
	struct err ignored = ERR_INIT;
	size_t len = 0, next;

	most = (size_t)num_least(most, REACH_TABLE_MAX);
	while (len < most) {
		next = (size_t)num_least(most - len, PAGE_SIZE - ((phys + len) & (PAGE_SIZE - 1)));
		if (!reach_allow(&f->reach, phys + len, next, &ignored))
			break;
		len += next;
	}
	/* None at all: the attempt tells why. */
	return len ? len : most;
}

/* To the end of its last structure, where the kernel's copy ends too (drivers/firmware/dmi_scan.c). */
static bool trim(struct found *table, const struct smbios_entry *e, struct err *why)
{
	struct smbios_walk walk;
	struct smbios_record record;

	smbios_walk_init(&walk, &(struct smbios){ *e, table->bytes });
	while (smbios_next(&walk, &record))
		;
	if (!smbios_end_is_right(walk.end))
		return err_set(why, ERR_UNSUPPORTED, "%s", smbios_end_text(walk.end));
	table->bytes.len = walk.pos;
	return true;
}

/* True when its table was had, and is whole. What is wrong with one that is not taken stands beside its entry point. */
static bool follow(struct smbiostable *s, struct firmware *f, struct found *entry)
{
	struct found table;
	struct smbios_entry e;
	struct err why = ERR_INIT;
	bool good;

	if (!smbios_entry_decode(&entry->bytes, &e))
		return false;
	good = found_load(&table, ROUTE_POINTER, &f->reach, e.table,
			  e.is_maximum ? reachable(f, e.table, e.table_len) : e.table_len);
	if (!good && table.why)
		why = *table.why;
	good = good && trim(&table, &e, &why);
	if (!good) {
		err_while(&why, "its table at %#" PRIx64, e.table);
		found_fail(entry, &why);
	}
	if (good || !s->entry || (table.bytes.len && !s->memory.bytes.len)) {
		found_deinit(&s->memory);
		s->memory = table;
		s->entry = entry;
	} else {
		found_deinit(&table);
	}
	return good;
}

/* The first whose sum is right and whose table is whole; or else any whole one, any one, any entry point at all. */
static void choose(struct smbiostable *s, struct firmware *f)
{
	struct smbios_entry e;

	for (unsigned int wrong = 0; wrong < 2; wrong++)
		for (size_t i = 0; i < s->entries_len; i++)
			if (smbios_entry_decode(&s->entries[i].bytes, &e) && (e.sum != SUM_RIGHT) == wrong &&
			    follow(s, f, &s->entries[i]))
				return;
}

void smbiostable_gather(struct smbiostable *ret, struct firmware *f)
{
	add_efi(ret, f, f->efi.smbios3, SM3_LEN);
	add_efi(ret, f, f->efi.smbios, SM_LEN);
	add_hits(ret, f, "_SM3_", SM3_LEN);
	add_hits(ret, f, "_SM_", SM_LEN);
	add_hits(ret, f, "_DMI_", DMI_LEN);
	if (f->live)
		add_sys(ret);
	choose(ret, f);
	/* Of the one that was taken the table tells itself. */
	for (size_t i = 0; i < ret->entries_len; i++)
		if (ret->entry == &ret->entries[i] && ret->entries[i].bytes.len)
			found_forgive(&ret->entries[i]);
}

void smbiostable_deinit(struct smbiostable *s)
{
	for (size_t i = 0; i < s->entries_len; i++)
		found_deinit(&s->entries[i]);
	found_deinit(&s->memory);
	found_deinit(&s->sys);
}

const struct view *smbiostable_bytes(const struct smbiostable *s)
{
	return s->memory.bytes.len ? &s->memory.bytes : &s->sys.bytes;
}

bool smbiostable_read(const struct smbiostable *s, struct smbios *ret_smbios)
{
	const struct view *table = smbiostable_bytes(s);

	if (!table->len)
		return false;
	if (!s->entry || !smbios_entry_decode(&s->entry->bytes, &ret_smbios->entry))
		ret_smbios->entry = (struct smbios_entry){ .version = 0x0300, .sum = SUM_UNKNOWN };
	/* Only a most is told: the table was cut behind its last structure. */
	if (!ret_smbios->entry.anchor[0] || ret_smbios->entry.is_maximum)
		ret_smbios->entry.table_len = (uint32_t)table->len;
	ret_smbios->table = *table;
	/* /sys has a copy of what lies where the entry point says. */
	if (!table->phys && ret_smbios->entry.anchor[0])
		ret_smbios->table.phys = ret_smbios->entry.table;
	return true;
}

bool smbiostable_sys(struct smbiostable *s, struct smbios *ret_smbios)
{
	add_sys(s);
	s->entry = s->entries_len ? &s->entries[0] : NULL;
	return smbiostable_read(s, ret_smbios);
}

/* EFI: the system table, the configuration tables and the memory map. */
/* The map comes first: it says which of the rest is memory. */
#include "firmware/efitables.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/names.h"
#include "firmware/firmware.h"

#define SYS "/sys/firmware/efi/"
#define KEPT_WORDS 5 /* of EFI_DESCRIPTOR_LEN bytes together */
#define KEPT_MAX 512u

/* A number that the kernel has kept; 0: it tells of none. */
static uint64_t kept_number(const char *path)
{
	struct err ignored = ERR_INIT;
	uint64_t value = 0;
	char *text;
	size_t len;

	if (!file_read(path, PAGE_SIZE, &text, &len, &ignored))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	(void)!num_parse(text, path, &value, &ignored);
	alloc_free(text);
	return value;
}

/* A pointer of the system table may be no physical address any more. */
static uint64_t pointer_of(const char *path, uint64_t in_memory)
{
	uint64_t kept = kept_number(path);

	return kept || in_memory >= PHYS_END ? kept : in_memory;
}

/*
 * In place of the map, where it cannot be read: those of its pieces that the kernel keeps, as descriptors
 * (Documentation/ABI/testing/sysfs-firmware-efi-runtime-map).
 */
static void gather_kept_map(struct efitables *t)
{
	static const char members[] = "type\0phys_addr\0virt_addr\0num_pages\0attribute";
	uint64_t *all = NULL, (*room)[KEPT_WORDS];
	size_t len = 0;

	while (len < KEPT_MAX && (room = alloc_room(all, len, sizeof(*room)))) {
		all = room[0];
		for (size_t i = 0; i < KEPT_WORDS; i++) {
			char path[64];

			fmt(path, sizeof(path), SYS "runtime-map/%zu/%s", len, name_at(members, i));
			room[len][i] = kept_number(path);
		}
		/* A piece has at least one page: there is no such directory. */
		if (!room[len][3])
			break;
		len++;
	}
	t->map.route = ROUTE_SYS;
	t->map.bytes = (struct view){ (const uint8_t *)all, len * sizeof(*room), 0 };
	t->info.descriptor_len = sizeof(*room);
}

/* Pieces that meet become one: a table may lie across two. */
static void gather_memory(struct efitables *t)
{
	size_t most = t->map.bytes.len / EFI_DESCRIPTOR_LEN;
	struct efi_piece p;

	t->memory = most ? alloc_array(most, sizeof(*t->memory)) : NULL;
	for (size_t i = 0; t->memory && efi_piece(&t->map.bytes, t->info.descriptor_len, i, &p); i++) {
		if (!efi_is_memory(&p) || p.phys.end <= p.phys.start)
			continue;
		if (t->memory_len && t->memory[t->memory_len - 1].end == p.phys.start)
			t->memory[t->memory_len - 1].end = p.phys.end;
		else
			t->memory[t->memory_len++] = p.phys;
	}
}

static void gather_vendor(struct efitables *t, struct firmware *f)
{
	uint64_t phys = pointer_of(SYS "fw_vendor", t->head.vendor);
	uint8_t name[2 * EFI_VENDOR_MAX];
	struct err ignored = ERR_INIT;
	size_t len = (size_t)num_least(sizeof(name), PAGE_SIZE - (phys & (PAGE_SIZE - 1)));

	if (!phys || !reach_read(&f->reach, phys, name, len, &ignored))
		return;
	for (size_t i = 0; i + 1 < len && i / 2 < EFI_VENDOR_MAX - 1 && (name[i] || name[i + 1]); i += 2)
		t->vendor[i / 2] = name[i + 1] ? '?' : (char)name[i];
}

/* The tables that others follow, where /sys does not tell of them. */
static void tell_others(const struct efitables *t, struct firmware *f)
{
	uint64_t *const told[EFI_ENTRIES_LEN] = {
		[EFI_ACPI20] = &f->efi.acpi20,
		[EFI_ACPI] = &f->efi.acpi,
		[EFI_SMBIOS] = &f->efi.smbios,
		[EFI_SMBIOS3] = &f->efi.smbios3,
	};
	struct record r;
	uint64_t phys;

	for (size_t i = 0; efi_entry(&t->tables.bytes, t->info.is64, i, &r, &phys); i++)
		if (r.type < EFI_ENTRIES_LEN && !*told[r.type])
			*told[r.type] = phys;
}

void efitables_gather(struct efitables *ret, struct firmware *f)
{
	struct efitables *t = ret;
	uint64_t phys;

	t->here = efi_info(&f->boot_params, &t->info);
	if (!t->here)
		return;
	if (!found_load(&t->map, ROUTE_BOOT_PARAMS, &f->reach, t->info.map, t->info.map_len))
		gather_kept_map(t);
	gather_memory(t);
	f->reach.efi = t->memory;
	f->reach.efi_len = t->memory_len;
	if (!found_load(&t->system, ROUTE_BOOT_PARAMS, &f->reach, t->info.system, EFI_SYSTEM_LEN) ||
	    !efi_system(&t->system.bytes, t->info.is64, &t->head))
		return;
	gather_vendor(t, f);
	phys = pointer_of(SYS "config_table", t->head.tables);
	if (phys && t->head.tables_len)
		(void)found_load(&t->tables, ROUTE_POINTER, &f->reach, phys,
				 (size_t)num_least((uint64_t)t->head.tables_len * efi_entry_len(t->info.is64),
						   REACH_TABLE_MAX));
	tell_others(t, f);
}

void efitables_deinit(struct efitables *t)
{
	found_deinit(&t->map);
	found_deinit(&t->system);
	found_deinit(&t->tables);
	alloc_free(t->memory);
}

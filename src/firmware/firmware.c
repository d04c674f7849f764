/* All that the firmware left in memory and that the kernel tells of it, gathered once. */
/* The order matters: each step needs what those before it found. */
#include "firmware/firmware.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/names.h"

/* The line "KEY=0x..." of text; 0 when there is none. */
static uint64_t line_value(const char *text, const char *key)
{
	const char *at = names_find(text, key);
	uint64_t value = 0;

	return at && num_scan(at + strlen(key), 16, &value) ? value : 0;
}

/* drivers/firmware/efi/efi.c, systab_show(): lines as "ACPI20=0x7fb7e014". */
static void gather_efi(struct firmware *f)
{
	struct err ignored = ERR_INIT;
	char *text;
	size_t len;

	if (!file_read("/sys/firmware/efi/systab", PAGE_SIZE, &text, &len, &ignored))
		return;
	f->efi.acpi20 = line_value(text, "ACPI20=0x");
	f->efi.acpi = line_value(text, "ACPI=0x");
	f->efi.smbios3 = line_value(text, "SMBIOS3=0x");
	f->efi.smbios = line_value(text, "SMBIOS=0x");
	f->has_efi = true;
	alloc_free(text);
}

static void gather_maps(struct firmware *f)
{
	struct err ignored = ERR_INIT;
	char *bytes;
	size_t len;

	if (file_read("/sys/kernel/boot_params/data", 65536, &bytes, &len, &ignored))
		f->boot_params = (struct view){ (const uint8_t *)bytes, len, 0 };
	f->has_memmap = e820_read_memmap(&f->memmap, &ignored) ||
			(f->boot_params.len && e820_parse(&f->boot_params, &f->memmap, &ignored));
	f->reach.e820 = f->has_memmap ? &f->memmap : NULL;
}

void firmware_gather(struct firmware *f)
{
	if (f->live) {
		gather_maps(f);
		gather_efi(f);
		efitables_gather(&f->efi_tables, f);
	}
	f->has_low = f->reach.mem && low_gather(&f->low, f->reach.mem, &f->no_low);
	smbiostable_gather(&f->smbios, f);
	acpilist_gather(&f->acpi, f);
	boardtables_gather(&f->board, f);
	bootrecord_gather(&f->bootrecord, f);
}

void firmware_deinit(struct firmware *f)
{
	if (f->has_low)
		lowmem_deinit(&f->low.mem);
	alloc_free((void *)f->boot_params.bytes);
	smbiostable_deinit(&f->smbios);
	acpilist_deinit(&f->acpi);
	boardtables_deinit(&f->board);
	efitables_deinit(&f->efi_tables);
	bootrecord_deinit(&f->bootrecord);
}

bool firmware_scanned(const struct firmware *f)
{
	return f->has_low && lowmem_view(&f->low.mem, ROM_AREA_END, LOW_END).len == LOW_END - ROM_AREA_END;
}

const struct signature_hit *firmware_hit(const struct firmware *f, const char *name,
					 const struct signature_hit *after)
{
	const struct signature_hits *hits = &f->low.hits;

	for (size_t i = after ? (size_t)(after - hits->hits) + 1 : 0; i < hits->len; i++)
		if (!strcmp(hits->hits[i].name, name))
			return &hits->hits[i];
	return NULL;
}

/* The hardware error record that the last boot left: where BERT says it is. */
/* Decodes nothing. */
#include "firmware/bootrecord.h"

#include "firmware/firmware.h"

/* What the kernel shows of the same region, since Linux 4.12: acpi_table_data_init(), drivers/acpi/sysfs.c. */
#define SYS "/sys/firmware/acpi/tables/data/BERT"

void bootrecord_gather(struct bootrecord *ret, struct firmware *f)
{
	const struct acpilist_table *bert = acpilist_find(&f->acpi, "BERT");
	const struct view *v = bert ? acpilist_bytes(bert) : NULL;
	/* ACPI 6.5, 18.3.1: the region's length and address. */
	uint32_t len = v ? view_u32(v, 36) : 0;
	uint64_t phys = v ? view_u64(v, 40) : 0;

	if (!len || !phys)
		return;
	(void)found_load(&ret->memory, ROUTE_POINTER, &f->reach, phys, (size_t)num_least(len, REACH_TABLE_MAX));
	if (f->live)
		(void)found_file(&ret->sys, SYS);
}

void bootrecord_deinit(struct bootrecord *b)
{
	found_deinit(&b->memory);
	found_deinit(&b->sys);
}

const struct view *bootrecord_bytes(const struct bootrecord *b)
{
	return b->memory.bytes.len ? &b->memory.bytes : &b->sys.bytes;
}

/* What lies at an address, as /proc/iomem tells. */
/* Judges lines by their names, for the file shows no flags. */
#include "kernel/place.h"

#include <string.h>

/*
 * How names begin that are not IORESOURCE_BUSY: do_mark_busy() in arch/x86/kernel/e820.c, windows
 * of drivers/pci and acpi, mmconfig-shared.c, hpet_insert_resource(), drivers/pnp/system.c; 5.10 to
 * 7.2. A BAR is named after its device, 0000:00:02.0, and what a driver claims in it lies below.
 */
static const char free_names[] = "Reserved\0PCI Bus\0PCI MMCONFIG\0PCI ECAM\0HPET\0pnp \0"
				 "Persistent Memory\0Soft Reserved\0";

static bool is_bar(const char *name)
{
	static const char form[] = "0000:00:00.0";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? !strchr("0123456789abcdef", name[i]) || !name[i]
				   : name[i] != form[i])
			return false;
	return true;
}

bool place_is_claimed(const struct iomem_range *line)
{
	if (line->phys.start < LOW_END)
		return true;
	for (const char *name = free_names; *name; name += strlen(name) + 1)
		if (!strncmp(line->name, name, strlen(name)))
			return false;
	return !is_bar(line->name);
}

static enum place_kind kind_at(const struct iomem *iomem, uint64_t page)
{
	enum place_kind kind = PLACE_UNLISTED;

	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];

		if (!range_meets(&r->phys, page, page + PAGE_SIZE))
			continue;
		if (iomem_is_ram(r))
			return range_holds(&r->phys, page, page + PAGE_SIZE) ? PLACE_RAM
									      : PLACE_PART_RAM;
		if (place_is_claimed(r))
			kind = PLACE_CLAIMED;
		else if (kind == PLACE_UNLISTED)
			kind = PLACE_LISTED;
	}
	return kind;
}

struct place place_at(const struct iomem *iomem, uint64_t phys)
{
	uint64_t page = phys & PAGE_MASK;
	enum place_kind low = kind_at(iomem, page & 0xffffffff);

	return (struct place){
		.phys = page,
		.kind = kind_at(iomem, page),
		.wraps = page >> 32 && low != PLACE_LISTED && low != PLACE_UNLISTED,
	};
}

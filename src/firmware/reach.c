/* May a range that a pointer of the firmware names be read, and reading it. */
/* Looks at maps only; mem reads, and its guard has the last word. */
#include "firmware/reach.h"

#include "base/alloc.h"

#include <errno.h>
#include <inttypes.h>

/*
 * From here to 4 GiB are the registers of I/O APIC, HPET, local APICs and TPM, and the flash, whatever a map
 * may call it (Intel and AMD chipsets alike).
 */
#define CHIPSET_START 0xfec00000u

/*
 * What the kernel calls memory of the firmware: e820_type_to_string(), arch/x86/kernel/e820.c, 5.10 to 6.12; and what
 * coreboot's DSDT calls the place of its table (acpi_ssdt_write_cbtable(), src/acpi/acpi.c). Registers have names as
 * "ACPI PM1a_EVT_BLK" (drivers/acpi/osl.c).
 */
static bool is_firmware_line(const char *name)
{
	static const char names[] = "Reserved\0ACPI Tables\0ACPI Non-volatile Storage\0BOOT0000:00\0";
	const char *at = names;

	while (*at && strcmp(at, name))
		at += strlen(at) + 1;
	return *at;
}

/* The page of phys by /proc/iomem: nothing but memory? *ret_mixed: part of it is RAM. */
static bool iomem_agrees(const struct reach *r, uint64_t page, bool *ret_mixed, struct err *e)
{
	*ret_mixed = false;
	if (!r->iomem || !r->iomem->len)
		return err_set(e, ERR_GUARD, "%#" PRIx64 " may be a device: there is no /proc/iomem", page);
	for (size_t i = 0; i < r->iomem->len; i++) {
		const struct iomem_range *line = &r->iomem->ranges[i];

		if (!range_meets(&line->phys, page, page + PAGE_SIZE))
			continue;
		if (iomem_is_ram(line))
			*ret_mixed = true;
		else if (!is_firmware_line(line->name))
			return err_set(e, ERR_GUARD, "%#" PRIx64 " is a device: %.60s", page, line->name);
	}
	return true;
}

static bool is_acpi(const struct e820_range *r)
{
	return !strncmp(e820_type(r), "ACPI ", 5);
}

static bool is_type(const struct e820_range *r, const char *type)
{
	return !strcmp(e820_type(r), type);
}

/* Is there RAM right below, or below what is right below and is memory too? */
static bool hangs_on_ram(const struct e820_map *map, const struct e820_range *r)
{
	for (size_t steps = 0; r && steps < map->len; steps++) {
		if (is_type(r, "System RAM"))
			return true;
		if ((!is_acpi(r) && !is_type(r, "Reserved")) || !r->phys.start)
			return false;
		r = e820_find(map, r->phys.start - 1);
	}
	return false;
}

static bool efi_agrees(const struct reach *r, uint64_t phys)
{
	for (size_t i = 0; i < r->efi_len; i++)
		if (range_holds(&r->efi[i], phys, phys + 1))
			return true;
	return false;
}

static bool e820_agrees(const struct reach *r, uint64_t phys, struct err *e)
{
	const struct e820_range *at = r->e820 ? e820_find(r->e820, phys) : NULL;

	if (!at)
		return err_set(e, ERR_GUARD, "%#" PRIx64 " is not memory: %s", phys,
			       r->e820 ? "the firmware's map does not have it" :
					 "there is no map of the firmware");
	if (is_acpi(at))
		return true;
	if (!is_type(at, "Reserved"))
		return err_set(e, ERR_GUARD, "%#" PRIx64 " is not known to be memory: the firmware calls it %s",
			       phys, e820_type(at));
	if (r->efi ? efi_agrees(r, phys) : phys < CHIPSET_START && hangs_on_ram(r->e820, at))
		return true;
	err_set(e, ERR_GUARD, "%#" PRIx64 " is not known to be memory", phys);
	return err_cause(e, r->efi ? "EFI's map does not call it memory" :
				     "the firmware reserves it, away from all RAM: flash and registers are so");
}

/* The first byte that is asked for decides for the page. */
static bool add_page(struct reach *r, uint64_t phys, struct err *e)
{
	uint64_t page = phys & PAGE_MASK;
	bool mixed;

	if (page >= CHIPSET_START && page < 1ull << 32)
		return err_set(e, ERR_GUARD, "%#" PRIx64 " is no memory: chipset registers and flash are there",
			       phys);
	return iomem_agrees(r, page, &mixed, e) && e820_agrees(r, phys, e) &&
	       guard_allow(&r->mem->guard, page, page + PAGE_SIZE, mixed ? GUARD_LOW_MIXED : GUARD_TABLE, e);
}

/* What the guard allows of [phys, end), less what safe() has against it. */
static bool is_safe(struct reach *r, uint64_t phys, uint64_t end, struct err *e)
{
	while (r->safe && phys < end) {
		uint64_t next = r->safe(r->arg, phys, end, e);

		if (next == phys)
			return false;
		phys = next;
	}
	return true;
}

bool reach_allow(struct reach *r, uint64_t phys, uint64_t len, struct err *e)
{
	uint64_t end = phys + len, next;

	if (!r->mem) {
		*e = r->no_memory;
		return false;
	}
	if (!len || phys >= PHYS_END || len > PHYS_END - phys)
		return err_set(e, ERR_GUARD, "%" PRIu64 " bytes at %#" PRIx64 ": not a piece of memory", len, phys);
	for (uint64_t at = phys; at < end; at = next) {
		next = num_least(guard_run_end(&r->mem->guard, at, GUARD_MAP), end);
		if (next > at) {
			if (!is_safe(r, at, next, e))
				return false;
			continue;
		}
		/* Of a file and of video memory the guard has said all. */
		if (!r->mem->live || at < LOW_END)
			return guard_check(&r->mem->guard, at, 1, GUARD_MAP, e);
		if (!add_page(r, at, e))
			return false;
		next = (at & PAGE_MASK) + PAGE_SIZE;
	}
	return true;
}

static bool is_bearable(const struct reach *r, uint64_t phys, size_t len, struct err *e)
{
	if (len <= REACH_TABLE_MAX && len <= REACH_TOTAL_MAX - r->read)
		return true;
	return err_set(e, ERR_UNSUPPORTED, "%zu bytes at %#" PRIx64 ": more than %s may have", len, phys,
		       len > REACH_TABLE_MAX ? "a table" : "all tables together");
}

static bool read_allowed(struct reach *r, uint64_t phys, void *buf, size_t len, struct err *e)
{
	r->read += len;
	return mem_read(r->mem, phys, buf, len, e);
}

bool reach_read(struct reach *r, uint64_t phys, void *buf, size_t len, struct err *e)
{
	return is_bearable(r, phys, len, e) && reach_allow(r, phys, len, e) && read_allowed(r, phys, buf, len, e);
}

bool reach_load(struct reach *r, uint64_t phys, size_t len, struct view *ret_view, struct err *e)
{
	uint8_t *bytes;

	/* Before there is a buffer: a table may say any length. */
	if (!is_bearable(r, phys, len, e) || !reach_allow(r, phys, len, e))
		return false;
	bytes = alloc_zeroed(len);
	if (!bytes)
		return err_sys(e, ENOMEM, "a buffer of %zu bytes", len);
	if (!read_allowed(r, phys, bytes, len, e)) {
		alloc_free(bytes);
		return false;
	}
	*ret_view = (struct view){ bytes, len, phys };
	return true;
}

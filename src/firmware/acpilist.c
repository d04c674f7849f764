/* ACPI: every RSDP there is, and the tables it leads to, by memory and by /sys. */
/* A table is read once, however many pointers lead to it: circles end there. */
#include "firmware/acpilist.h"

#include "base/fmt.h"
#include "base/names.h"
#include "decode/acpi.h"
#include "firmware/firmware.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYS "/sys/firmware/acpi/tables"

/* struct boot_params: acpi_rsdp_addr, since Linux 5.0 (Documentation/x86/zero-page.rst). */
#define BOOT_PARAMS_RSDP 0x70u

#define RSDP_LEN_1 20u /* ACPI 1.0 */

static bool is_signature(const struct acpilist_table *t, const char *signature)
{
	return !strcmp(t->signature, signature);
}

static void add_rsdp(struct acpilist *a, struct firmware *f, enum route route, uint64_t phys)
{
	struct found *new = &a->rsdps[a->rsdps_len];
	struct acpi_rsdp r;

	if (!phys || a->rsdps_len == ACPI_RSDPS_MAX)
		return;
	a->rsdps_len++;
	/* Before revision 2 there are 20 bytes, and what is behind may be out of reach. */
	if (!found_load(new, route, &f->reach, phys, ACPI_RSDP_LEN)) {
		found_deinit(new);
		(void)found_load(new, route, &f->reach, phys, RSDP_LEN_1);
	}
	if (acpi_rsdp(&new->bytes, &r) && r.revision < 2)
		new->bytes.len = RSDP_LEN_1;
}

static void add_hits(struct acpilist *a, struct firmware *f)
{
	const struct signature_hit *hit = NULL;

	while ((hit = firmware_hit(f, "RSD PTR", hit)))
		add_rsdp(a, f, ROUTE_SCAN, hit->phys);
}

static struct acpilist_table *new_table(struct acpilist *a)
{
	if (a->len < ACPI_TABLES_MAX)
		return &a->tables[a->len++];
	a->dropped++;
	return NULL;
}

/* FACS has 8 bytes that all have; its length stands where all have it (ACPI 6.5, 5.2.10). */
static void load(struct acpilist_table *t, struct firmware *f, uint64_t phys)
{
	uint32_t len;

	if (!found_load(&t->memory, ROUTE_POINTER, &f->reach, phys, 8))
		return;
	memcpy(t->signature, t->memory.bytes.bytes, 4);
	len = view_u32(&t->memory.bytes, 4);
	found_deinit(&t->memory);
	(void)found_load(&t->memory, ROUTE_POINTER, &f->reach, phys, len);
}

/* NULL for none, and for one more than there is room for. */
static struct acpilist_table *add(struct acpilist *a, struct firmware *f, uint64_t phys, unsigned int from)
{
	struct acpilist_table *t = NULL;

	for (size_t i = 0; i < a->len && !t; i++)
		if (a->tables[i].memory.phys == phys)
			t = &a->tables[i];
	if (!phys || (!t && !(t = new_table(a))))
		return NULL;
	if (!t->from)
		load(t, f, phys);
	t->from |= (uint8_t)from;
	return t;
}

static void add_listed(struct acpilist *a, struct firmware *f, const struct acpilist_table *root, unsigned int from)
{
	size_t entries = root ? acpi_entries_len(&root->memory.bytes) : 0;

	for (size_t i = 0; i < entries; i++)
		(void)add(a, f, acpi_entry(&root->memory.bytes, i), from);
}

static void add_pointed(struct acpilist *a, struct firmware *f)
{
	/* More come behind while these are looked at, and none of them is a FADT. */
	for (size_t i = 0; i < a->len; i++) {
		struct acpi_pointers p;

		if (!is_signature(&a->tables[i], "FACP") || !a->tables[i].memory.bytes.len)
			continue;
		acpi_fadt_pointers(&a->tables[i].memory.bytes, &p);
		(void)add(a, f, p.x_dsdt, ACPI_FROM_FADT);
		(void)add(a, f, p.dsdt, ACPI_FROM_FADT);
		(void)add(a, f, p.x_facs, ACPI_FROM_FADT);
		(void)add(a, f, p.facs, ACPI_FROM_FADT);
	}
}

static void add_by_memory(struct acpilist *a, struct firmware *f)
{
	struct acpilist_table *xsdt, *rsdt;
	struct acpi_rsdp r;

	if (!a->rsdp || !acpi_rsdp(&a->rsdp->bytes, &r))
		return;
	xsdt = add(a, f, r.xsdt, ACPI_FROM_RSDP);
	rsdt = add(a, f, r.rsdt, ACPI_FROM_RSDP);
	add_listed(a, f, xsdt, ACPI_FROM_XSDT);
	add_listed(a, f, rsdt, ACPI_FROM_RSDT);
	add_pointed(a, f);
}

/* What points to a table of which no byte was had. */
static const char *pointer_name(const struct acpilist_table *t)
{
	static const char names[] = "of RSDP\0of RSDT\0of XSDT\0of FACP";
	unsigned int bit = 0;

	while (bit < 3 && !(t->from & 1 << bit))
		bit++;
	return name_at(names, bit);
}

/* Numbered where there are several, as the kernel does: acpi_table_attr_init(), drivers/acpi/sysfs.c. */
static void name_tables(struct acpilist *a)
{
	for (size_t i = 0; i < a->len; i++) {
		unsigned int same = 0, number = 0;

		for (size_t j = 0; j < a->len; j++) {
			same += is_signature(&a->tables[j], a->tables[i].signature);
			number += j <= i && is_signature(&a->tables[j], a->tables[i].signature);
		}
		fmt(a->tables[i].name, sizeof(a->tables[i].name), same > 1 ? "%s%u" : "%s",
		    a->tables[i].signature[0] ? a->tables[i].signature : pointer_name(&a->tables[i]), number);
	}
}

/*
 * The table by memory that a file shows: of those with its signature that have none yet one with the same bytes,
 * else, when all files had their turn (last), any.
 */
static struct acpilist_table *partner(struct acpilist *a, size_t len, const struct found *sys, bool last)
{
	for (size_t i = 0; i < len; i++) {
		struct acpilist_table *t = &a->tables[i];

		if (found_any(&t->sys) || strncmp(t->signature, (const char *)sys->bytes.bytes, 4))
			continue;
		if (last || found_differ(&t->memory, sys) == SIZE_MAX)
			return t;
	}
	return NULL;
}

static void take_file(struct acpilist *a, const char *name)
{
	struct acpilist_table *t;
	char path[64];

	/* Directories: "data", "dynamic"; the latter's tables were loaded later, not by the firmware. */
	if (name[0] < 'A' || name[0] > 'Z' || !(t = new_table(a)))
		return;
	fmt(path, sizeof(path), SYS "/%s", name);
	if (!found_file(&t->sys, path) && !found_any(&t->sys)) {
		a->len--;
		return;
	}
	fmt(t->name, sizeof(t->name), "%s", name);
	memcpy(t->signature, t->sys.bytes.bytes ? (const char *)t->sys.bytes.bytes : name, 4);
}

static void list_files(struct acpilist *a)
{
	/* What getdents64() fills: Linux's struct linux_dirent64, which is musl's struct dirent. */
	static _Alignas(struct dirent) char buf[4096];
	int fd = open(SYS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	if (fd < 0)
		return;
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n; at += ((const struct dirent *)(buf + at))->d_reclen)
			take_file(a, ((const struct dirent *)(buf + at))->d_name);
	close(fd);
}

/* Each file goes to its table by memory; those without stay behind. */
static void match_files(struct acpilist *a, size_t by_memory)
{
	for (unsigned int last = 0; last < 2; last++) {
		size_t kept = by_memory;

		for (size_t i = by_memory; i < a->len; i++) {
			struct acpilist_table *t = &a->tables[i], *to = NULL;

			if (t->sys.bytes.len >= 4)
				to = partner(a, by_memory, &t->sys, last);
			if (!to) {
				a->tables[kept++] = *t;
				continue;
			}
			/* Of two that are the same byte for byte the kernel has one: its number is the right one. */
			memcpy(to->name, t->name, sizeof(to->name));
			to->sys = t->sys;
		}
		a->len = kept;
	}
}

void acpilist_gather(struct acpilist *ret, struct firmware *f)
{
	size_t by_memory;

	/* As the kernel prefers them: acpi_os_get_root_pointer(), drivers/acpi/osl.c. */
	add_rsdp(ret, f, ROUTE_BOOT_PARAMS, view_u64(&f->boot_params, BOOT_PARAMS_RSDP));
	add_rsdp(ret, f, ROUTE_EFI, f->efi.acpi20 ? f->efi.acpi20 : f->efi.acpi);
	add_hits(ret, f);
	for (unsigned int wrong = 0; wrong < 2 && !ret->rsdp; wrong++)
		for (size_t i = 0; i < ret->rsdps_len && !ret->rsdp; i++)
			if (ret->rsdps[i].bytes.len &&
			    (acpi_rsdp_sum(&ret->rsdps[i].bytes) != SUM_RIGHT) == wrong)
				ret->rsdp = &ret->rsdps[i];
	add_by_memory(ret, f);
	name_tables(ret);
	by_memory = ret->len;
	if (f->live)
		list_files(ret);
	match_files(ret, by_memory);
}

void acpilist_deinit(struct acpilist *a)
{
	for (size_t i = 0; i < a->rsdps_len; i++)
		found_deinit(&a->rsdps[i]);
	for (size_t i = 0; i < a->len; i++) {
		found_deinit(&a->tables[i].memory);
		found_deinit(&a->tables[i].sys);
	}
}

const struct view *acpilist_bytes(const struct acpilist_table *t)
{
	return t->memory.bytes.len ? &t->memory.bytes : &t->sys.bytes;
}

bool acpilist_changes(const struct acpilist_table *t)
{
	return is_signature(t, "FACS");
}

const struct acpilist_table *acpilist_find(const struct acpilist *a, const char *signature)
{
	for (size_t i = 0; i < a->len; i++)
		if (is_signature(&a->tables[i], signature))
			return &a->tables[i];
	return NULL;
}

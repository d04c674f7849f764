/* The firmware's map of memory, from /sys. */
/* Believes neither of the two: both are shown. */
#include "firmware/e820.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/fmt.h"

#include <errno.h>
#include <inttypes.h>

/*
 * struct boot_params: Documentation/x86/zero-page.rst (Documentation/arch/x86/zero-page.rst
 * from 6.5 on); struct boot_e820_entry is packed.
 */
#define EXT_RAMDISK_IMAGE 0x0c0u /* upper halves */
#define EXT_RAMDISK_SIZE 0x0c4u
#define E820_ENTRIES 0x1e8u
#define RAMDISK_IMAGE 0x218u
#define RAMDISK_SIZE 0x21cu
#define E820_TABLE 0x2d0u
#define E820_ENTRY_SIZE 20u

/*
 * arch/x86/include/asm/e820/types.h; the words are those of e820_type_to_string(),
 * arch/x86/kernel/e820.c, 5.10 to 6.12, which /sys/firmware/memmap shows.
 */
static const struct {
	uint32_t type;
	const char *name;
} types[] = {
	{ 1, "System RAM" },
	{ 2, "Reserved" },
	{ 3, "ACPI Tables" },
	{ 4, "ACPI Non-volatile Storage" },
	{ 5, "Unusable memory" },
	{ 7, "Persistent Memory" },
	{ 12, "Persistent Memory (legacy)" },
	{ 0xefffffff, "Soft Reserved" },
};

static void add(struct e820_map *map, uint64_t start, uint64_t end, const char *name,
		uint32_t type)
{
	struct e820_range *r = &map->ranges[map->len];

	if (start >= end || map->len == E820_RANGES_MAX)
		return;
	map->len++;
	*r = (struct e820_range){ .phys = { start, end }, .code = type };
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (name ? strcmp(types[i].name, name) : types[i].type != type)
			continue;
		r->type = types[i].name;
		r->code = types[i].type;
	}
	if (!r->type && name)
		fmt(r->number, sizeof(r->number), "%s", name);
	else if (!r->type)
		fmt(r->number, sizeof(r->number), "type %#x", type);
}

static struct range initramfs(const struct view *params)
{
	uint64_t start = view_u32(params, EXT_RAMDISK_IMAGE), size = view_u32(params, EXT_RAMDISK_SIZE);

	start = start << 32 | view_u32(params, RAMDISK_IMAGE);
	size = size << 32 | view_u32(params, RAMDISK_SIZE);
	if (!start || size > UINT64_MAX - start)
		size = 0;
	return (struct range){ start, start + size };
}

bool e820_parse(const struct view *params, struct e820_map *ret_map, struct err *e)
{
	size_t entries = view_u8(params, E820_ENTRIES);

	if (entries > E820_TABLE_MAX || !view_has(params, E820_TABLE, entries * E820_ENTRY_SIZE))
		return err_set(e, ERR_UNSUPPORTED, "boot_params: %zu entries of e820 in %zu bytes",
			       entries, params->len);
	ret_map->len = 0;
	ret_map->initramfs = initramfs(params);
	for (size_t i = 0; i < entries; i++) {
		size_t at = E820_TABLE + i * E820_ENTRY_SIZE;
		uint64_t start = view_u64(params, at);

		add(ret_map, start, start + view_u64(params, at + 8), NULL,
		    view_u32(params, at + 16));
	}
	return true;
}

bool e820_read_boot_params(struct e820_map *ret_map, struct err *e)
{
	char *bytes;
	size_t len;
	bool good;

	if (!file_read("/sys/kernel/boot_params/data", 65536, &bytes, &len, e))
		return false;
	good = e820_parse(&(struct view){ (const uint8_t *)bytes, len, 0 }, ret_map, e);
	alloc_free(bytes);
	return good;
}

/* One file of an entry; alloc_free() what it gives. Its newline is cut off. */
static char *read_member(unsigned int number, const char *member, struct err *e)
{
	char path[64], *text;
	size_t len;

	fmt(path, sizeof(path), "/sys/firmware/memmap/%u/%s", number, member);
	if (!file_read(path, PAGE_SIZE, &text, &len, e))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool read_number(unsigned int number, const char *member, uint64_t *ret_value,
			struct err *e)
{
	char *text = read_member(number, member, e);
	bool good = text && num_parse(text, member, ret_value, e);

	alloc_free(text);
	return good;
}

bool e820_read_memmap(struct e820_map *ret_map, struct err *e)
{
	ret_map->len = 0;
	for (unsigned int i = 0; i < E820_RANGES_MAX; i++) {
		uint64_t start = 0, last = 0;
		struct err one = ERR_INIT;
		char *type = NULL;

		if (!read_number(i, "start", &start, &one) || !read_number(i, "end", &last, &one) ||
		    !(type = read_member(i, "type", &one))) {
			/* Numbered from 0 without gaps: the first that is not there ends the list. */
			if (i && one.os == ENOENT)
				return true;
			*e = one;
			return false;
		}
		add(ret_map, start, last + 1, type, 0);
		alloc_free(type);
	}
	return true;
}

const char *e820_type(const struct e820_range *r)
{
	return r->type ? r->type : r->number;
}

const struct e820_range *e820_find(const struct e820_map *map, uint64_t phys)
{
	for (size_t i = 0; i < map->len; i++)
		if (range_holds(&map->ranges[i].phys, phys, phys + 1))
			return &map->ranges[i];
	return NULL;
}

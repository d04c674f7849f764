/* What the BIOS left in its data area, held against those who know better. */
/* Reads small files of /proc and /sys, never memory. */
#include "firmware/lowcheck.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/names.h"

#include <inttypes.h>
#include <unistd.h>

#define FILE_MAX 8192

/* "0: uart:16550A port:000003F8 irq:4 ...", drivers/tty/serial/serial_core.c, uart_line_info(), 5.10 to 7.2. */
void lowcheck_serial(char *text, struct lowcheck_ports *ret_ports)
{
	*ret_ports = (struct lowcheck_ports){ .told = true };
	for (char *line = text, *next; *line; line = next) {
		size_t len = strcspn(line, "\n");
		const char *chip, *port;
		uint64_t value;

		next = line + len + (line[len] != '\0');
		line[len] = '\0';
		chip = names_find(line, "uart:");
		port = names_find(line, "port:");
		if (chip && port && strncmp(chip, "uart:unknown", 12) && num_scan(port + 5, 16, &value) &&
		    value && value < 0x10000 && ret_ports->len < LOWCHECK_PORTS_MAX)
			ret_ports->ports[ret_ports->len++] = (uint16_t)value;
	}
}

/* The file's text, to be freed; NULL when it cannot be had. */
static char *text_of(const char *path)
{
	struct err ignored = ERR_INIT;
	char *text;
	size_t len;

	return file_read(path, FILE_MAX, &text, &len, &ignored) ? text : NULL;
}

/* "888\t1912": drivers/parport/procfs.c. */
static void read_parallel(struct lowcheck_ports *p)
{
	char path[] = "/proc/sys/dev/parport/parport0/base-addr";
	char *digit = &path[sizeof("/proc/sys/dev/parport/parport") - 1];

	for (; *digit < '4'; ++*digit) {
		char *text = text_of(path);
		uint64_t value;

		if (text && num_scan(text, 10, &value) && value && value < 0x10000) {
			p->told = true;
			p->ports[p->len++] = (uint16_t)value;
		}
		alloc_free(text);
	}
}

void lowcheck_read(struct lowcheck *k)
{
	char *serial = text_of("/proc/tty/driver/serial"), *reboot = text_of("/sys/kernel/reboot/mode");
	struct err ignored = ERR_INIT;

	k->live = true;
	k->efi = !access("/sys/firmware/efi", F_OK);
	if (serial)
		lowcheck_serial(serial, &k->serial);
	if (reboot)
		fmt(k->reboot, sizeof(k->reboot), "%.*s", (int)strcspn(reboot, "\n"), reboot);
	alloc_free(serial);
	alloc_free(reboot);
	read_parallel(&k->parallel);
	k->has_e820[0] = e820_read_boot_params(&k->e820[0], &ignored);
	k->has_e820[1] = e820_read_memmap(&k->e820[1], &ignored);
}

/* What the pieces of a map that meet the range are called: "Reserved", "System RAM, Reserved". */
static bool say_e820(const struct e820_map *map, const struct range *r, char *buf, size_t size)
{
	bool usable = false;
	size_t used = 0;

	fmt(buf, size, "nothing");
	for (size_t i = 0; i < map->len; i++) {
		const char *type = e820_type(&map->ranges[i]);

		if (!range_meets(&map->ranges[i].phys, r->start, r->end))
			continue;
		fmt_append(buf, size, &used, "%s%s", used ? ", " : "", type);
		usable |= !strcmp(type, "System RAM");
	}
	return usable;
}

static bool iomem_uses(const struct iomem *iomem, const struct range *r)
{
	for (size_t i = 0; iomem && i < iomem->len; i++)
		if (iomem_is_ram(&iomem->ranges[i]) && range_meets(&iomem->ranges[i].phys, r->start, r->end))
			return true;
	return false;
}

/* Of all pages of the range: no when one is not kept. */
static enum tri is_kept(const struct lowcheck *k, const struct range *r)
{
	enum tri all = TRI_YES;

	for (uint64_t page = r->start / PAGE_SIZE; page * PAGE_SIZE < r->end && page < LOW_PAGES; page++)
		if (k->kept[page] != TRI_YES && all != TRI_NO)
			all = k->kept[page];
	return all;
}

struct work {
	const struct low *low;
	const struct lowcheck *k;
	struct findings *findings;
	struct lowcheck_row *rows;
	size_t len;
};

static struct lowcheck_row *add(struct work *w, const char *what)
{
	struct lowcheck_row *row = &w->rows[w->len++];

	*row = (struct lowcheck_row){ .what = what };
	return row;
}

/* The ports at off of the area, at most so many, against the driver's. */
static void check_ports(struct work *w, const char *what, size_t off, size_t count, const struct lowcheck_ports *p)
{
	struct lowcheck_row *row = add(w, what);
	size_t bios = 0, others = 0;

	fmt(row->bios, sizeof(row->bios), "none");
	fmt(row->others, sizeof(row->others), p->told ? "the driver found none" : "no driver tells");
	for (size_t i = 0; p->told && i < p->len; i++)
		fmt_append(row->others, sizeof(row->others), &others, "%s%#x", i ? ", " : "the driver found ",
			   p->ports[i]);
	row->agree = p->told ? TRI_YES : TRI_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		uint16_t port = view_u16(&w->low->bda, off + 2 * i);
		uint64_t at = w->low->bda.phys + off + 2 * i;
		bool found = !p->told;

		if (!port)
			continue;
		fmt_append(row->bios, sizeof(row->bios), &bios, "%s%#x", bios ? ", " : "", port);
		for (size_t j = 0; j < p->len; j++)
			found |= p->ports[j] == port;
		if (found)
			continue;
		row->agree = TRI_NO;
		findings_add(w->findings, FINDING_BIOS_DATA, (struct range){ at, at + 2 },
			     "%s: the BIOS found %#x; %s", what, port, row->others);
	}
}

/* Where RAM of the firmware's map ends that begins below 640 KiB. */
static uint64_t e820_end(const struct e820_map *map)
{
	uint64_t end = 0;

	for (size_t i = 0; i < map->len; i++)
		if (!strcmp(e820_type(&map->ranges[i]), "System RAM") && map->ranges[i].phys.start < LOW_VIDEO_START &&
		    map->ranges[i].phys.end > end)
			end = map->ranges[i].phys.end;
	return end;
}

static void check_base(struct work *w)
{
	struct lowcheck_row *row = add(w, "base memory");
	uint16_t kib = view_u16(&w->low->bda, BDA_MEMORY_KIB);
	const uint64_t at = BDA_PHYS + BDA_MEMORY_KIB;
	size_t used = 0;

	fmt(row->bios, sizeof(row->bios), "%u KiB, to %#x", kib, kib << 10);
	if (!w->low->base_end) {
		row->agree = TRI_NO;
		findings_add(w->findings, FINDING_BIOS_DATA, (struct range){ at, at + 2 },
			     "base memory of %u KiB: there is room for 640", kib);
	}
	for (size_t i = 0; i < 2; i++) {
		uint64_t end = e820_end(&w->k->e820[i]);

		if (!w->k->has_e820[i] || (used && end == e820_end(&w->k->e820[0])))
			continue;
		fmt_append(row->others, sizeof(row->others), &used, "%sthe firmware's RAM ends at %#" PRIx64,
			   used ? "; " : "", end);
		if (!w->low->base_end)
			continue;
		if (row->agree == TRI_UNKNOWN)
			row->agree = TRI_YES;
		if (end <= w->low->base_end)
			continue;
		row->agree = TRI_NO;
		/* Of the EBDA its own row tells. */
		if (!range_holds(&w->low->ebda.phys, w->low->base_end, end))
			findings_add(w->findings, FINDING_BIOS_DATA, (struct range){ w->low->base_end, end },
				     "base memory ends at %#" PRIx64 "; the firmware's map has RAM to %#" PRIx64,
				     w->low->base_end, end);
	}
}

static void check_ebda(struct work *w)
{
	static const char names[] = "boot_params\0/sys/firmware/memmap";
	const struct ebda *ebda = &w->low->ebda;
	struct lowcheck_row *row = add(w, "EBDA");
	const uint64_t at = BDA_PHYS + BDA_EBDA_SEGMENT;
	enum tri kept = is_kept(w->k, &ebda->phys);
	bool usable = false, used_as_ram = iomem_uses(w->k->iomem, &ebda->phys);
	size_t used = 0;

	low_ebda_text(w->low, row->bios, sizeof(row->bios));
	if (ebda->verdict == EBDA_BAD_SEGMENT || ebda->verdict == EBDA_NO_SIZE || ebda->verdict == EBDA_TOO_LONG) {
		row->agree = TRI_NO;
		findings_add(w->findings, FINDING_BIOS_DATA, (struct range){ at, at + 2 }, "EBDA %s", row->bios);
	}
	if (ebda->phys.end <= ebda->phys.start)
		return;
	for (size_t i = 0; i < 2; i++) {
		char said[64];

		if (!w->k->has_e820[i])
			continue;
		usable |= say_e820(&w->k->e820[i], &ebda->phys, said, sizeof(said));
		fmt_append(row->others, sizeof(row->others), &used, "%s: %s; ", name_at(names, i), said);
	}
	fmt_append(row->others, sizeof(row->others), &used, "the kernel: %s",
		   !used_as_ram	     ? "not RAM"
		   : kept == TRI_YES ? "RAM, reserved"
		   : kept == TRI_NO  ? "RAM, not reserved"
				     : "RAM");
	row->agree = usable || used_as_ram ? TRI_NO : row->agree == TRI_NO ? TRI_NO : TRI_YES;
	if (usable || used_as_ram)
		findings_add(w->findings,
			     used_as_ram && kept == TRI_NO ? FINDING_EBDA_FREE : FINDING_EBDA_USABLE, ebda->phys,
			     "%s", row->others);
}

/* What announces itself in there. */
static void tell_inside(struct work *w)
{
	const struct signature_hits *hits = &w->low->hits;
	struct lowcheck_row *row = NULL;
	size_t used = 0;

	for (size_t i = 0; i < hits->len; i++) {
		if (!range_holds(&w->low->ebda.phys, hits->hits[i].phys, hits->hits[i].phys + 1))
			continue;
		if (!row)
			row = add(w, "in the EBDA");
		fmt_append(row->bios, sizeof(row->bios), &used, "%s%s %#" PRIx64, used ? ", " : "",
			   hits->hits[i].name, hits->hits[i].phys);
	}
}

/* What the kernel leaves there when it restarts: arch/x86/kernel/reboot.c, 5.10 to 7.2. */
static void check_restart(struct work *w)
{
	struct lowcheck_row *row = add(w, "restart flag");
	bool warm = !strcmp(w->k->reboot, "warm");

	fmt(row->bios, sizeof(row->bios), "%#x", view_u16(&w->low->bda, BDA_RESTART_FLAG));
	if (w->k->reboot[0])
		fmt(row->others, sizeof(row->others), "the kernel will write %#x (reboot=%s)", warm ? 0x1234 : 0,
		    w->k->reboot);
	else
		fmt(row->others, sizeof(row->others), "the kernel does not tell what it will write");
}

static bool is_blank(const uint8_t *bytes, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (bytes[i] != bytes[0])
			return false;
	return true;
}

size_t lowcheck_rows(const struct low *low, const struct lowcheck *k, struct lowcheck_row *rows,
		     struct findings *findings)
{
	struct work w = { low, k, findings, rows, 0 };

	if (k->efi || low->bda.len < BDA_SIZE || is_blank(low->bda.bytes, BDA_SIZE))
		return 0;
	check_base(&w);
	check_ebda(&w);
	tell_inside(&w);
	if (!k->live)
		return w.len;
	check_ports(&w, "serial ports", 0, 4, &k->serial);
	check_ports(&w, "parallel ports", 8, 3, &k->parallel);
	check_restart(&w);
	return w.len;
}

const char lowcheck_what_legend[] =
	"B vectors and BIOS data\0E EBDA\0V video memory\0R option ROM\0T firmware table\0S system BIOS\0"
	"r other bytes\0. all bytes alike\0w withheld\0x not to be had\0";
const char lowcheck_owner_legend[] =
	"k RAM that the kernel keeps\0u RAM that the kernel uses\0? RAM\0f the firmware's\0"
	"d a device or ROM\0. nobody's\0! the firmware's, and used as RAM\0";

const char *lowcheck_what_name(char letter)
{
	const char *at = lowcheck_what_legend;

	while (*at && *at != letter)
		at += strlen(at) + 1;
	return *at ? at + 2 : "";
}

static bool has_table(const struct low *low, uint64_t start)
{
	for (size_t i = 0; i < low->hits.len; i++)
		if (low->hits.hits[i].phys - start < PAGE_SIZE && low->hits.hits[i].sum == SUM_RIGHT)
			return true;
	return false;
}

char lowcheck_what(const struct low *low, size_t page)
{
	const uint64_t start = page * PAGE_SIZE, end = start + PAGE_SIZE;
	const uint8_t state = low->mem.state[page];

	if (start >= LOW_VIDEO_START && start < LOW_VIDEO_END)
		return 'V';
	if (state != LOWMEM_READ)
		return state == LOWMEM_WITHHELD ? 'w' : 'x';
	if (!page)
		return 'B';
	if (range_meets(&low->ebda.phys, start, end))
		return 'E';
	for (size_t i = 0; i < low->rom_ranges_len; i++)
		if (range_meets(&low->rom_ranges[i], start, end))
			return 'R';
	if (has_table(low, start))
		return 'T';
	if (is_blank(low->mem.bytes + start, PAGE_SIZE))
		return '.';
	return start >= 0xe0000 ? 'S' : 'r';
}

enum {
	FIRMWARE = 1 << 0, /* its map has it, as something else than RAM */
	USABLE = 1 << 1, /* and as RAM */
	RAM = 1 << 2, /* by /proc/iomem */
	LINE = 1 << 3, /* which has it as something else */
	KEPT = 1 << 4,
	FREE = 1 << 5, /* not kept */
};

/* The first whose bits are all there. */
static const struct {
	uint8_t bits;
	char letter;
} owners[] = {
	{ FIRMWARE | RAM | FREE, '!' }, { FIRMWARE, 'f' }, { RAM | FREE, 'u' }, { RAM | KEPT, 'k' },
	{ RAM, '?' },		       { USABLE, 'k' },	  { LINE, 'd' },       { 0, '.' },
};

char lowcheck_owner(const struct lowcheck *k, size_t page)
{
	const uint64_t start = page * PAGE_SIZE, end = start + PAGE_SIZE;
	unsigned int bits = k->kept[page] == TRI_YES ? KEPT : k->kept[page] == TRI_NO ? FREE : 0;
	size_t i = 0;

	for (size_t map = 0; map < 2; map++)
		for (size_t j = 0; k->has_e820[map] && j < k->e820[map].len; j++)
			if (range_meets(&k->e820[map].ranges[j].phys, start, end))
				bits |= strcmp(e820_type(&k->e820[map].ranges[j]), "System RAM") ? FIRMWARE
												  : USABLE;
	for (size_t j = 0; k->iomem && j < k->iomem->len; j++)
		if (range_meets(&k->iomem->ranges[j].phys, start, end))
			bits |= iomem_is_ram(&k->iomem->ranges[j]) ? RAM : LINE;
	while (owners[i].bits & ~bits)
		i++;
	return owners[i].letter;
}

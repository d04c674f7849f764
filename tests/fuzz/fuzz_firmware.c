/* Fuzz target: a whole machine's firmware, found, followed, read and shown. */
/* What the tables say is for the decoders' own targets; circles, pointers out of memory and terminals are for this one. */
/*
 * The input is pieces of memory: a byte for the page, two for the place in it, two for the length, the bytes. Pages
 * are numbered as they stand in pages[], the last of which are beyond the first MiB.
 */
#include "machine.h"

#include "cmd/cmd.h"
#include "firmware/firmware.h"

#include <sys/mman.h>
#include <unistd.h>

#define END 0x144000u

static const struct range pages[] = {
	{ 0, 0x1000 },		{ 0x9f000, 0xa0000 }, { 0xc0000, 0xc1000 },
	{ 0xf0000, 0xf2000 },	{ LOW_END, END },
};

static uint64_t page_phys(size_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		size_t len = (size_t)(pages[i].end - pages[i].start) / PAGE_SIZE;

		if (number < len)
			return pages[i].start + number * PAGE_SIZE;
		number -= len;
	}
	return pages[0].start;
}

static void lay(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		memset(machine.bytes + pages[i].start, 0, (size_t)(pages[i].end - pages[i].start));
	while (size) {
		uint64_t phys = page_phys(machine_take(&data, &size, 1)) + machine_take(&data, &size, 2) % PAGE_SIZE;
		size_t len = (size_t)machine_take(&data, &size, 2);

		len = (size_t)num_least(num_least(len, size), END - phys);
		memcpy(machine.bytes + phys, data, len);
		data += len;
		size -= len;
	}
}

/* One machine for all inputs: to make it takes longer than to read it. */
static void make_machine(void)
{
	struct err e = ERR_INIT;

	if (machine.bytes)
		return;
	machine_init(END);
	guard_init(&machine.mem.guard);
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		MUST(guard_allow(&machine.mem.guard, pages[i].start, pages[i].end, GUARD_RAM, &e));
}

/* In place of mem/lowmem.c, which takes a millisecond to find out what is not there: the pages as they lie. */
bool lowmem_read(struct lowmem *low, struct mem *m, struct err *e)
{
	(void)m, (void)e;
	memset(low, 0, sizeof(*low));
	low->bytes = machine.bytes;
	for (size_t i = 0; i < ARRAY_LEN(pages) - 1; i++)
		for (uint64_t at = pages[i].start; at < pages[i].end; at += PAGE_SIZE)
			low->state[at / PAGE_SIZE] = LOWMEM_READ;
	return true;
}

void lowmem_deinit(struct lowmem *low)
{
	low->bytes = NULL;
}

struct view lowmem_view(const struct lowmem *low, uint32_t start, uint32_t end)
{
	uint32_t stop = start;

	while (stop < end && stop < LOW_END && low->state[stop / PAGE_SIZE] == LOWMEM_READ)
		stop = (stop / PAGE_SIZE + 1) * PAGE_SIZE;
	stop = (uint32_t)num_least(stop, end);
	return (struct view){ low->bytes + start, stop > start ? stop - start : 0, start };
}

/* Every table that was had lies where it says, in memory that there is. */
static void check(const struct found *f)
{
	struct err e = ERR_INIT;

	if (f->bytes.len) {
		MUST(f->bytes.phys == f->phys && guard_check(&machine.mem.guard, f->phys, f->bytes.len, GUARD_MAP, &e));
		MUST(!memcmp(f->bytes.bytes, machine.bytes + f->phys, f->bytes.len));
	} else if (f->why) {
		MUST(f->why->kind != ERR_NONE && f->why->msg[0]);
	}
}

/* What `ramscope firmware` says of it is printable ASCII in lines. */
static void show(struct firmware *f, enum report_format format)
{
	static struct context c;
	static struct report report;
	static uint8_t text[1 << 20];
	static int fd = -1;
	struct err e = ERR_INIT;
	off_t len;

	if (fd < 0)
		fd = memfd_create("report", 0);
	memset(&c, 0, sizeof(c));
	report_init(&report, fd, format);
	c.report = &report;
	c.mem_path = "";
	c.mem_is_open = true;
	c.firmware = f;
	(void)cmd_firmware.run(&c, 0, NULL, &e);
	MUST(report_flush(&report, &e));
	len = lseek(fd, 0, SEEK_CUR);
	MUST(len > 0 && (size_t)len == report.written);
	len = len < (off_t)sizeof(text) ? len : (off_t)sizeof(text);
	MUST(pread(fd, text, (size_t)len, 0) == len && !lseek(fd, 0, SEEK_SET));
	for (off_t i = 0; i < len; i++)
		MUST((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct firmware f;
	static struct findings findings;

	make_machine();
	lay(data, size);
	memset(&f, 0, sizeof(f));
	findings.len = 0;
	f.reach.mem = &machine.mem;
	firmware_gather(&f);
	firmware_compare(&f, &findings);
	check(&f.smbios.memory);
	for (size_t i = 0; i < f.acpi.rsdps_len; i++)
		check(&f.acpi.rsdps[i]);
	for (size_t i = 0; i < f.acpi.len; i++)
		check(&f.acpi.tables[i].memory);
	MUST(f.reach.read <= REACH_TOTAL_MAX && findings.len <= FINDINGS_MAX);
	show(&f, size % 2 ? REPORT_TEXT : REPORT_NDJSON);
	firmware_deinit(&f);
	return 0;
}

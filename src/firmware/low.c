/* The first MiB: read once, and every decoder run over what was read. */
/* Shows nothing; cmd/low.c and cmd/lowtext.c do. */
#include "firmware/low.h"

#include "base/fmt.h"
#include "base/names.h"
#include "decode/bits.h"

#include <inttypes.h>

/* By enum lowmem_state. */
static const char state_names[] =
	"not in the file\0read\0withheld: the kernel gives zeros\0refused\0faulted";

static const char *state_at(const struct low *low, uint32_t phys)
{
	if (phys >= LOW_VIDEO_START && phys < LOW_VIDEO_END)
		return "video memory, not touched";
	return name_at(state_names, low->mem.state[phys / PAGE_SIZE]);
}

struct low_run low_run_at(const struct low *low, uint32_t start)
{
	struct low_run run = { start, start + PAGE_SIZE, state_at(low, start) };

	while (run.end < LOW_END && state_at(low, run.end) == run.state)
		run.end += PAGE_SIZE;
	return run;
}

static void gather_base(struct low *low)
{
	struct view vectors = lowmem_view(&low->mem, 0, IVT_SIZE);
	struct view bytes;

	ivt_decode(&vectors, &low->ivt);
	low->bda = lowmem_view(&low->mem, BDA_PHYS, BDA_PHYS + BDA_SIZE);
	low->base_end = (uint64_t)view_u16(&low->bda, BDA_MEMORY_KIB) << 10;
	if (low->base_end > LOW_VIDEO_START)
		low->base_end = 0; /* not a size that can be */
	ebda_locate(view_u16(&low->bda, BDA_EBDA_SEGMENT), &low->ebda);
	bytes = lowmem_view(&low->mem, (uint32_t)low->ebda.phys.start, LOW_VIDEO_START);
	ebda_measure(&bytes, &low->ebda);
}

static void gather_roms(struct low *low)
{
	for (uint32_t at = ROM_AREA_START; at < ROM_AREA_END;) {
		struct view v = lowmem_view(&low->mem, at, ROM_AREA_END);
		struct rom rom;
		size_t pos = 0;

		while (rom_next(&v, &pos, &rom)) {
			if (low->roms_len == LOW_ROMS_MAX) {
				low->roms_dropped++;
				continue;
			}
			low->roms[low->roms_len++] = rom;
			if (rom.sum == SUM_RIGHT)
				low->rom_ranges[low->rom_ranges_len++] = rom.phys;
		}
		at += (uint32_t)v.len ? (uint32_t)v.len : PAGE_SIZE;
	}
}

/* Every run of pages in [start, end) that was read, to the end of the run or of the first MiB. */
static void scan(struct low *low, uint64_t start, uint64_t end, enum signature_area area)
{
	uint32_t at = (uint32_t)start;

	while (at < end && at < LOW_END) {
		struct view v = lowmem_view(&low->mem, at, LOW_END);

		signature_scan(&v, end, area, &low->hits);
		at = (uint32_t)(v.len ? at + v.len : (at / PAGE_SIZE + 1) * PAGE_SIZE);
	}
}

static void gather_signatures(struct low *low)
{
	uint64_t base_end;

	scan(low, 0, PAGE_SIZE, SIGNATURE_PAGE0);
	if (low->ebda.phys.start)
		scan(low, low->ebda.phys.start, low->ebda.phys.start + 1024, SIGNATURE_EBDA);
	/* MultiProcessor Specification 1.4, 4: its last KiB; of 640 KiB where the BIOS does not tell how much it is. */
	base_end = low->base_end >= 1024 ? low->base_end : LOW_VIDEO_START;
	scan(low, base_end - 1024, base_end, SIGNATURE_BASE);
	scan(low, 0xc0000, 0xe0000, SIGNATURE_C);
	scan(low, 0xe0000, 0xf0000, SIGNATURE_E);
	scan(low, 0xf0000, LOW_END, SIGNATURE_F);
}

/* Whether the default vector does nothing at all. */
static void gather_default(struct low *low)
{
	struct view target;
	uint32_t phys;

	low->map =
	    (struct ivt_map){ low->base_end, low->ebda.phys, low->rom_ranges, low->rom_ranges_len };
	phys = ivt_phys(&low->ivt.common);
	target = lowmem_view(&low->mem, phys < LOW_END ? phys : LOW_END - 1, LOW_END);
	low->iret = low->ivt.same && phys < LOW_END && ivt_is_iret(&target);
}

static bool any_read(const struct lowmem *mem)
{
	for (size_t i = 0; i < ARRAY_LEN(mem->state); i++)
		if (mem->state[i] == LOWMEM_READ)
			return true;
	return false;
}

bool low_gather(struct low *ret_low, struct mem *m, struct err *e)
{
	memset(ret_low, 0, sizeof(*ret_low));
	if (!lowmem_read(&ret_low->mem, m, e))
		return false;
	if (!any_read(&ret_low->mem)) {
		*e = ret_low->mem.first;
		lowmem_deinit(&ret_low->mem);
		return err_while(e, "the first MiB");
	}
	gather_base(ret_low);
	gather_roms(ret_low);
	gather_signatures(ret_low);
	gather_default(ret_low);
	return true;
}

void low_ebda_text(const struct low *low, char *buf, size_t size)
{
	const struct ebda *ebda = &low->ebda;

	if (ebda->phys.end > ebda->phys.start)
		fmt(buf, size, "%#" PRIx64 "-%#" PRIx64 ", %u KiB: %s", ebda->phys.start,
		    ebda->phys.end - 1, ebda->size_kib, ebda_verdict_text(ebda->verdict));
	else
		fmt(buf, size, "segment %#x: %s", ebda->segment, ebda_verdict_text(ebda->verdict));
}

void low_rom_text(const struct rom *rom, char *buf, size_t size)
{
	const char *class = rom_class(rom->class), *code = rom_code_type(rom->code_type);
	struct bits_text t;
	char id[8];

	bits_text_init(&t, buf, size);
	if (rom->has_pci) {
		bits_text_add(&t, "PCI %04x:%04x %s", rom->vendor, rom->device,
			      class ? class : "class unknown");
		if (!class)
			bits_text_add(&t, "class=%#x", rom->class);
		if (!code)
			bits_text_add(&t, "code type unknown=%#x", rom->code_type);
		else if (rom->code_type)
			bits_text_add(&t, "%s code", code);
		if (!rom->last)
			bits_text_add(&t, "more images follow");
	}
	if (rom->has_pnp) {
		rom_eisa_id(rom->device_id, id);
		if (id[0] || rom->pnp_sum != SUM_RIGHT)
			bits_text_add(&t, "PnP %s%schecksum %s", id, id[0] ? " " : "",
				      sum_name(rom->pnp_sum));
		if (rom->maker[0])
			bits_text_add(&t, "%s", rom->maker);
		if (rom->product[0])
			bits_text_add(&t, "%s", rom->product);
	}
	if (!rom->has_pci && !rom->has_pnp)
		bits_text_add(&t, "neither PCI nor PnP header");
}

/* The real-mode interrupt vectors: names, the default, and places. */
/* Knows no BIOS by name: the default is whatever most vectors share. */
#include "decode/ivt.h"

#include "base/names.h"

/*
 * Classic uses: Intel SDM 3A table 6-1 for the processor's own, IBM PC/AT and PS/2 and BIOS
 * interface technical references for the BIOS's, Ralf Brown's list for the rest.
 */
static const char ivt_names[] =
	"\x00" "divide error\0"
	"\x01" "single step\0"
	"\x02" "NMI\0"
	"\x03" "breakpoint\0"
	"\x04" "overflow\0"
	"\x05" "print screen\0"
	"\x06" "invalid opcode\0"
	"\x07" "no coprocessor\0"
	"\x08" "IRQ 0 timer\0"
	"\x09" "IRQ 1 keyboard\0"
	"\x0a" "IRQ 2 cascade\0"
	"\x0b" "IRQ 3 COM2\0"
	"\x0c" "IRQ 4 COM1\0"
	"\x0d" "IRQ 5 LPT2\0"
	"\x0e" "IRQ 6 diskette\0"
	"\x0f" "IRQ 7 LPT1\0"
	"\x10" "video\0"
	"\x11" "equipment\0"
	"\x12" "memory size\0"
	"\x13" "disk\0"
	"\x14" "serial port\0"
	"\x15" "system services\0"
	"\x16" "keyboard\0"
	"\x17" "printer\0"
	"\x18" "boot failed, ROM BASIC\0"
	"\x19" "bootstrap\0"
	"\x1a" "clock, PCI BIOS\0"
	"\x1b" "ctrl-break\0"
	"\x1c" "timer tick\0"
	"\x1d" "video parameters\0"
	"\x1e" "diskette parameters\0"
	"\x1f" "characters 128-255\0"
	"\x20" "DOS terminate\0"
	"\x21" "DOS services\0"
	"\x22" "DOS end address\0"
	"\x23" "DOS ctrl-break\0"
	"\x24" "DOS critical error\0"
	"\x25" "DOS disk read\0"
	"\x26" "DOS disk write\0"
	"\x27" "DOS stay resident\0"
	"\x28" "DOS idle\0"
	"\x29" "DOS fast output\0"
	"\x2f" "DOS multiplex\0"
	"\x33" "mouse\0"
	"\x40" "diskette, relocated\0"
	"\x41" "hard disk 0 parameters\0"
	"\x42" "video, relocated\0"
	"\x43" "characters 0-127\0"
	"\x46" "hard disk 1 parameters\0"
	"\x4a" "clock alarm\0"
	"\x4b" "virtual DMA\0"
	"\x5c" "NetBIOS\0"
	"\x67" "expanded memory\0"
	"\x6d" "video, VGA BIOS\0"
	"\x70" "IRQ 8 clock\0"
	"\x71" "IRQ 9\0"
	"\x72" "IRQ 10\0"
	"\x73" "IRQ 11\0"
	"\x74" "IRQ 12 mouse\0"
	"\x75" "IRQ 13 coprocessor\0"
	"\x76" "IRQ 14 disk\0"
	"\x77" "IRQ 15 disk\0";

/* Vectors that are addresses of tables. */
static const uint8_t ivt_tables[] = { 0x1d, 0x1e, 0x1f, 0x41, 0x43, 0x46 };

const char *ivt_name(unsigned int number)
{
	return name_of(ivt_names, number);
}

bool ivt_is_table(unsigned int number)
{
	for (size_t i = 0; i < ARRAY_LEN(ivt_tables); i++)
		if (ivt_tables[i] == number)
			return true;
	return false;
}

static bool equal(const struct ivt_vector *a, const struct ivt_vector *b)
{
	return a->segment == b->segment && a->offset == b->offset;
}

bool ivt_is_zero(const struct ivt_vector *vector)
{
	return !vector->segment && !vector->offset;
}

bool ivt_is_default(const struct ivt *ivt, const struct ivt_vector *vector)
{
	return ivt->same && equal(vector, &ivt->common);
}

/* How many vectors from first on are like it. */
static size_t count_equal(const struct ivt *ivt, size_t first)
{
	size_t n = 0;

	for (size_t i = first; i < ivt->len; i++)
		n += equal(&ivt->vectors[i], &ivt->vectors[first]);
	return n;
}

void ivt_decode(const struct view *v, struct ivt *ret_ivt)
{
	memset(ret_ivt, 0, sizeof(*ret_ivt));
	while (ret_ivt->len < IVT_LEN && view_has(v, 4 * ret_ivt->len, 4)) {
		struct ivt_vector *vector = &ret_ivt->vectors[ret_ivt->len];

		vector->offset = view_u16(v, 4 * ret_ivt->len);
		vector->segment = view_u16(v, 4 * ret_ivt->len + 2);
		ret_ivt->zero += ivt_is_zero(vector);
		ret_ivt->len++;
	}
	/* The first of those that share a target is the one that counts them all. */
	for (size_t i = 0; i + IVT_DEFAULT_MIN <= ret_ivt->len; i++) {
		size_t n = ivt_is_zero(&ret_ivt->vectors[i]) ? 0 : count_equal(ret_ivt, i);

		if (n >= IVT_DEFAULT_MIN && n > ret_ivt->same) {
			ret_ivt->same = n;
			ret_ivt->common = ret_ivt->vectors[i];
		}
	}
}

/*
 *   0x00000  vectors, BIOS data area
 *   0x00500  RAM, up to what INT 12h gives; above it what ROMs and the BIOS took for themselves
 *            EBDA, somewhere below 640 KiB
 *   0xa0000  video memory
 *   0xc0000  ROMs
 *   0xf0000  system BIOS
 *   0x100000 the first 64 KiB above, reachable from segment 0xffff
 */
static const struct {
	uint32_t end;
	char name[16];
} places[] = {
	{ 0x400, "vector table" },     { 0x500, "BIOS data area" }, { 0xa0000, "RAM" },
	{ 0xc0000, "video memory" },   { 0xf0000, "ROM area" },	    { 0x100000, "system BIOS" },
	{ UINT32_MAX, "high memory" },
};

const char *ivt_place(const struct ivt_map *map, const struct ivt_vector *vector)
{
	uint32_t phys = ivt_phys(vector);
	size_t i = 0;

	if (ivt_is_zero(vector))
		return "never set";
	if (range_holds(&map->ebda, phys, phys + 1))
		return "EBDA";
	for (size_t r = 0; r < map->roms_len; r++)
		if (range_holds(&map->roms[r], phys, phys + 1))
			return "option ROM";
	while (phys >= places[i].end)
		i++;
	if (phys >= 0x500 && phys < 0xa0000 && map->base_end && phys >= map->base_end)
		return "RAM taken by a ROM";
	return places[i].name;
}

bool ivt_is_iret(const struct view *target)
{
	return view_u8(target, 0) == 0xcf; /* Intel SDM 2A, IRET */
}

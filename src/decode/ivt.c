/* The real-mode interrupt vectors: names, the default, and places. */
/* Knows no BIOS by name: the default is whatever most vectors share. */
#include "decode/ivt.h"

/*
 * Classic uses: Intel SDM 3A table 6-1 for the processor's own, IBM PC/AT and PS/2 and BIOS
 * interface technical references for the BIOS's, Ralf Brown's list for the rest.
 */
static const struct {
	uint8_t number;
	bool is_table;
	const char *name;
} ivt_names[] = {
	{ 0x00, false, "divide error" },
	{ 0x01, false, "single step" },
	{ 0x02, false, "NMI" },
	{ 0x03, false, "breakpoint" },
	{ 0x04, false, "overflow" },
	{ 0x05, false, "print screen" },
	{ 0x06, false, "invalid opcode" },
	{ 0x07, false, "no coprocessor" },
	{ 0x08, false, "IRQ 0 timer" },
	{ 0x09, false, "IRQ 1 keyboard" },
	{ 0x0a, false, "IRQ 2 cascade" },
	{ 0x0b, false, "IRQ 3 COM2" },
	{ 0x0c, false, "IRQ 4 COM1" },
	{ 0x0d, false, "IRQ 5 LPT2" },
	{ 0x0e, false, "IRQ 6 diskette" },
	{ 0x0f, false, "IRQ 7 LPT1" },
	{ 0x10, false, "video" },
	{ 0x11, false, "equipment" },
	{ 0x12, false, "memory size" },
	{ 0x13, false, "disk" },
	{ 0x14, false, "serial port" },
	{ 0x15, false, "system services" },
	{ 0x16, false, "keyboard" },
	{ 0x17, false, "printer" },
	{ 0x18, false, "boot failed, ROM BASIC" },
	{ 0x19, false, "bootstrap" },
	{ 0x1a, false, "clock, PCI BIOS" },
	{ 0x1b, false, "ctrl-break" },
	{ 0x1c, false, "timer tick" },
	{ 0x1d, true, "video parameters" },
	{ 0x1e, true, "diskette parameters" },
	{ 0x1f, true, "characters 128-255" },
	{ 0x20, false, "DOS terminate" },
	{ 0x21, false, "DOS services" },
	{ 0x22, false, "DOS end address" },
	{ 0x23, false, "DOS ctrl-break" },
	{ 0x24, false, "DOS critical error" },
	{ 0x25, false, "DOS disk read" },
	{ 0x26, false, "DOS disk write" },
	{ 0x27, false, "DOS stay resident" },
	{ 0x28, false, "DOS idle" },
	{ 0x29, false, "DOS fast output" },
	{ 0x2f, false, "DOS multiplex" },
	{ 0x33, false, "mouse" },
	{ 0x40, false, "diskette, relocated" },
	{ 0x41, true, "hard disk 0 parameters" },
	{ 0x42, false, "video, relocated" },
	{ 0x43, true, "characters 0-127" },
	{ 0x46, true, "hard disk 1 parameters" },
	{ 0x4a, false, "clock alarm" },
	{ 0x4b, false, "virtual DMA" },
	{ 0x5c, false, "NetBIOS" },
	{ 0x67, false, "expanded memory" },
	{ 0x6d, false, "video, VGA BIOS" },
	{ 0x70, false, "IRQ 8 clock" },
	{ 0x71, false, "IRQ 9" },
	{ 0x72, false, "IRQ 10" },
	{ 0x73, false, "IRQ 11" },
	{ 0x74, false, "IRQ 12 mouse" },
	{ 0x75, false, "IRQ 13 coprocessor" },
	{ 0x76, false, "IRQ 14 disk" },
	{ 0x77, false, "IRQ 15 disk" },
};

static size_t name_index(unsigned int number)
{
	size_t i = 0;

	while (i < ARRAY_LEN(ivt_names) && ivt_names[i].number != number)
		i++;
	return i;
}

const char *ivt_name(unsigned int number)
{
	size_t i = name_index(number);

	return i < ARRAY_LEN(ivt_names) ? ivt_names[i].name : NULL;
}

bool ivt_is_table(unsigned int number)
{
	size_t i = name_index(number);

	return i < ARRAY_LEN(ivt_names) && ivt_names[i].is_table;
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
	const char *name;
} places[] = {
	{ 0x400, "vector table" },  { 0x500, "BIOS data area" }, { 0xa0000, "RAM" },
	{ 0xc0000, "video memory" }, { 0xf0000, "ROM area" },	  { 0x100000, "system BIOS" },
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

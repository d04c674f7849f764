/* Signatures of firmware tables: one row each, one scan. */
/* Follows no pointer. */
#include "decode/signature.h"

#include "decode/acpi.h"
#include "decode/coreboot.h"

#define ALIGN 16u

/* How long a structure is: a number of width bytes at off, times scale, and plus; or scale alone. */
struct length {
	uint8_t off, width;
	uint8_t scale;
	uint8_t min; /* a shorter one cannot be judged */
	uint8_t plus;
};

/* How a structure is summed up: all its bytes, or by the function of that name. */
enum judge {
	JUDGE_BYTES,
	JUDGE_RSDP,
	JUDGE_COREBOOT,
	JUDGE_VPD,
	JUDGE_NOTHING,
};

struct signature {
	char name[8];
	uint8_t areas, bytes_len;
	struct length length;
	uint8_t judge; /* enum judge */
	char what[20];
};

/* Three generations sum up different parts: bytes 0-0x45, 0-0x2f, or 0x0d-0x2f. */
static enum sum judge_vpd(const struct view *v, size_t len)
{
	struct view late = view_sub(v, 0x0d, SIZE_MAX);

	if (len < 0x30 || !view_has(v, 0, len))
		return SUM_UNKNOWN;
	if ((len >= 0x46 && sum_bytes(v, 0x46) == SUM_RIGHT) || sum_bytes(v, 0x30) == SUM_RIGHT)
		return SUM_RIGHT;
	return sum_bytes(&late, 0x30 - 0x0d);
}

static enum sum judge(enum judge by, const struct view *v, size_t len)
{
	switch (by) {
	case JUDGE_BYTES:
		break;
	case JUDGE_RSDP:
		return acpi_rsdp_sum(v);
	case JUDGE_COREBOOT:
		return coreboot_sum(v, len);
	case JUDGE_VPD:
		return judge_vpd(v, len);
	case JUDGE_NOTHING:
		return SUM_UNKNOWN;
	}
	return sum_bytes(v, len);
}

#define EF (SIGNATURE_E | SIGNATURE_F)
#define CEF (SIGNATURE_C | EF)
#define MP (SIGNATURE_EBDA | SIGNATURE_BASE | SIGNATURE_F)

/*
 * SMBIOS: DSP0134 3.6, 5.2.1 and 5.2.2 (SMBIOS 2.1 may say 0x1e for 0x1f: taken as it is).
 * RSDP: ACPI 6.5, 5.2.5. _MP_: MultiProcessor Specification 1.4, 4.1. $PIR: PCI IRQ Routing
 * Table Specification 1.0. _32_: Standard BIOS 32-bit Service Directory 0.4. $PnP: Plug and
 * Play BIOS Specification 1.0A, 4.4. $PMM: POST Memory Manager Specification 1.01. _SYSID_:
 * PXE 2.1, SYSID BIOS support. 32OS: Compaq's list of ROM services: a count at 4, 10 bytes
 * each, no sum. AA 55 VPD: IBM's BIOS build ID. LBIO: coreboot's table, header size at 4.
 * All of them stand at multiples of 16.
 */
static const struct signature signatures[] = {
	{ "_SM_", SIGNATURE_F, 4, { 5, 1, 1, 0x1e, 0 }, JUDGE_BYTES, "SMBIOS 2.x" },
	{ "_SM3_", SIGNATURE_F, 5, { 6, 1, 1, 0x18, 0 }, JUDGE_BYTES, "SMBIOS 3.x" },
	{ "_DMI_", SIGNATURE_F, 5, { 0, 0, 0x0f, 0x0f, 0 }, JUDGE_BYTES, "DMI" },
	{ "RSD PTR", SIGNATURE_EBDA | EF, 8, { 0, 0, 20, 20, 0 }, JUDGE_RSDP, "ACPI" },
	{ "_MP_", MP, 4, { 8, 1, 16, 16, 0 }, JUDGE_BYTES, "MP configuration" },
	{ "$PIR", SIGNATURE_F, 4, { 6, 2, 1, 32, 0 }, JUDGE_BYTES, "PCI IRQ routing" },
	{ "_32_", EF, 4, { 9, 1, 16, 16, 0 }, JUDGE_BYTES, "BIOS32 services" },
	{ "$PnP", SIGNATURE_F, 4, { 5, 1, 1, 0x21, 0 }, JUDGE_BYTES, "Plug and Play" },
	{ "$PMM", EF, 4, { 5, 1, 1, 16, 0 }, JUDGE_BYTES, "POST memory manager" },
	{ "_SYSID_", EF, 7, { 8, 2, 1, 0x11, 0 }, JUDGE_BYTES, "system ID" },
	{ "32OS", EF, 4, { 4, 1, 10, 5, 5 }, JUDGE_NOTHING, "Compaq services" },
	{ "$VPD", CEF, 5, { 5, 1, 1, 0x30, 0 }, JUDGE_VPD, "IBM product data" },
	{ "$SNY", EF, 4, { 5, 1, 1, 6, 0 }, JUDGE_BYTES, "Sony" },
	{ "LBIO", SIGNATURE_PAGE0 | SIGNATURE_F, 4, { 4, 4, 1, 24, 0 }, JUDGE_COREBOOT, "coreboot" },
};

static size_t length_of(const struct length *l, const struct view *v)
{
	uint64_t n = l->width ? view_le(v, l->off, l->width) * l->scale + l->plus : l->scale;

	return n < l->min || n > SIZE_MAX ? 0 : (size_t)n;
}

static bool begins(const struct signature *s, const struct view *v)
{
	const char *bytes = s->name; /* what stands there, but for two */

	if (s->judge == JUDGE_RSDP)
		bytes = "RSD PTR ";
	else if (s->judge == JUDGE_VPD)
		bytes = "\xaa\x55VPD";
	return view_has(v, 0, s->bytes_len) && !memcmp(v->bytes, bytes, s->bytes_len);
}

static void add(struct signature_hit *hit, struct signature_hits *hits)
{
	for (size_t i = 0; i < hits->len; i++) {
		const struct signature_hit *other = &hits->hits[i];

		if (other->phys == hit->phys)
			return;
		/* A length that cannot be trusted is not to swallow the tables behind it. */
		if (other->sum == SUM_RIGHT && hit->phys > other->phys && hit->phys - other->phys < other->len)
			hit->part_of = other->phys;
	}
	if (hits->len == SIGNATURE_HITS_MAX)
		hits->dropped++;
	else
		hits->hits[hits->len++] = *hit;
}

static void add_known(const struct signature *s, const struct view *v, struct signature_hits *hits)
{
	struct signature_hit hit = { .what = s->what, .phys = v->phys, .len = length_of(&s->length, v), .sum = SUM_UNKNOWN };

	memcpy(hit.name, s->name, sizeof(s->name));
	if (hit.len)
		hit.sum = judge(s->judge, v, hit.len);
	add(&hit, hits);
}

static bool is_capital(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/*
 * "_PTCG_": capitals and digits between underscores, nothing of a word behind. Those that are known have their sum and
 * then their length there, so that a sum that is right is no accident; one that is not says nothing.
 */
static void add_other(const struct view *v, struct signature_hits *hits)
{
	struct signature_hit hit = { .what = "not known", .phys = v->phys, .sum = SUM_UNKNOWN };
	size_t n = 1, len;

	while (is_capital(view_u8(v, n)) && n < sizeof(hit.name) - 2)
		n++;
	if (view_u8(v, 0) != '_' || n < 4 || view_u8(v, n) != '_' || is_capital(view_u8(v, n + 1)) ||
	    (view_u8(v, n + 1) | ' ') >= 'a')
		return;
	memcpy(hit.name, v->bytes, n + 1);
	len = view_u8(v, n + 2);
	if (len > n + 2 && sum_bytes(v, len) == SUM_RIGHT) {
		hit.len = len;
		hit.sum = SUM_RIGHT;
	}
	add(&hit, hits);
}

void signature_scan(const struct view *v, uint64_t end, enum signature_area area,
		    struct signature_hits *hits)
{
	size_t first = (size_t)(-v->phys & (ALIGN - 1));

	for (size_t off = first; view_has(v, off, ALIGN) && v->phys + off < end; off += ALIGN) {
		struct view at = view_sub(v, off, SIZE_MAX);

		bool known = !(area & EF);

		for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
			bool here = begins(&signatures[i], &at);

			known |= here;
			if (here && (signatures[i].areas & area))
				add_known(&signatures[i], &at, hits);
		}
		if (!known)
			add_other(&at, hits);
	}
}

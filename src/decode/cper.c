/* Hardware error records: status blocks, the errors in them, and what was recorded of each. */
/* Believes no length; an error of a kind that is not known is shown as bytes. */
#include "decode/cper.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "decode/acpikinds.h"

/* ACPI 6.5, 18.3.2.7.1. */
static const char block[] =
	"4b status:uncorrectable|correctable|several uncorrectable|several correctable|#: entries\0"
	"4n raw data offset\0" "4n raw data:bytes\0" "4n data:bytes\0"
	"4e severity:0 recoverable,fatal,corrected,none\0";
#define BLOCK_LEN 20

/* ACPI 6.5, 18.3.2.7.1, generic error data entry; the time is there from revision 3.0 on. */
static const char entry[] =
	"gg section\0" "4e severity:0 recoverable,fatal,corrected,none\0" "2x revision\0"
	"1b valid:FRU ID|FRU text|time\0"
	"1b flags:primary|containment warning|reset|threshold exceeded|not accessible|latent|propagated|overflow\0"
	"4n data:bytes\0" "gg FRU ID\0" "kc FRU text\0" "8! time\0";
static const char entry_valid[] = "......abc";
#define ENTRY_LEN 64
#define ENTRY_LEN_3 72

/* UEFI 2.10, N.2.12: error status. */
#define STATUS \
	"8b error:||||||||*8 ,internal,,,in memory,in a TLB,in a cache,in a function unit,in self-test,overflow,,,,,,," \
	"bus,virtual map,improper access,not implemented,lost lockstep,response,parity,protocol,path,timeout,poisoned" \
	"|address|control|data|responder|requester|first|overflow\0"
#define KIND \
	"1e kind:0 unknown,no error,single-bit ECC,multi-bit ECC,single-symbol chipkill ECC,multi-symbol chipkill ECC," \
	"master abort,target abort,parity,watchdog timeout,invalid address,mirror broken,memory sparing,scrub corrected," \
	"scrub uncorrected,physical memory map-out\0"

/*
 * UEFI 2.10, appendix N, by the first 32 bits of the section's GUID: N.2.5 and N.2.6 memory, N.2.4.1 and N.2.4.2 processor,
 * N.2.7 PCI Express. 'z' is a reserved row, which nothing makes valid.
 */
static const char sections[] =
	"a5bc1114 memory error>=.abcdefghijklmnospqr\0"
	"8x valid\0" STATUS "8x physical address\0" "8x address mask\0" "2n node\0" "2n card\0" "2n module\0" "2n bank\0"
	"2n device\0" "2n row\0" "2n column\0" "2n bit\0" "8x requester\0" "8x responder\0" "8x target\0" KIND
	"1x extended\0" "2n rank\0" "2x card handle\0" "2x module handle\0"
	"\0"
	"61ec04fc memory error, DDR4 or later>=.abcdefghijklmnozpqrst\0"
	"8x valid\0" STATUS "8x physical address\0" "8x address mask\0" "2n node\0" "2n card\0" "2n module\0" "2n bank\0"
	"4n device\0" "4n row\0" "4n column\0" "4n rank\0" "4n bit\0" "1n chip\0" KIND "1b status:corrected\0" "1x reserved\0"
	"8x requester\0" "8x responder\0" "8x target\0" "4x card handle\0" "4x module handle\0"
	"\0"
	"9876ccad processor error>=.abcdefzghhhhijklm\0"
	"8x valid\0" "1e processor:0 x86,Itanium,ARM\0" "1e mode:0 IA-32,Itanium,x86-64,ARM 32,ARM 64\0"
	"1b kind:cache|TLB|bus|micro-architecture\0" "1e operation:0 unknown,data read,data write,instruction\0"
	"1b flags:restartable|precise IP|overflow|corrected\0" "1n level\0" "2x reserved\0" "8x version\0"
	"wc brand\0" "wc brand, 2nd part\0" "wc brand, 3rd part\0" "wc brand, 4th part\0" "8x processor ID\0"
	"8x target\0" "8x requester\0" "8x responder\0" "8x IP\0"
	"\0"
	"dc3ea0b0 x86 processor error>=.abb\0"
	"8b valid:APIC ID|CPUID|#6 causes|#6 contexts\0" "8x APIC ID\0" "wy CPUID\0" "gy CPUID, rest\0" "0y causes\0"
	"\0"
	"d995e954 PCI Express error>=.abczdddddddddefgghhhhhhhhh\0"
	"8x valid\0" "4e port:0 endpoint,legacy endpoint,,,root port,upstream port,downstream port,PCI bridge,"
	"PCIe bridge,integrated endpoint,event collector\0"
	"4x version\0" "4x command and status\0" "4x reserved\0" "2x vendor\0" "2x device ID\0" "3x class\0"
	"1x function\0" "1x device\0" "2x segment\0" "1x bus\0" "1x secondary bus\0" "3x slot\0" "8x serial number\0"
	"4x bridge status\0" "uy capability\0" "uy capability, rest\0" "4x AER header\0"
	"4b uncorrectable:||||data link|surprise down|||||||poisoned|flow control|completion timeout|completer abort|"
	"unexpected completion|receiver overflow|malformed|ECRC|unsupported|ACS|internal|MC blocked|AtomicOp blocked|prefix\0"
	"4x uncorrectable mask\0" "4x severity mask\0"
	"4b correctable:receiver||||||bad TLP|bad DLLP|replay rollover||||replay timeout|advisory|internal|log overflow\0"
	"4x correctable mask\0" "4x AER capabilities\0" "gy TLP header\0" "0y AER, rest\0"
	"\0"
	"81212a96 firmware error\0" "\0"
	"c5753963 PCI bus error\0" "\0"
	"eb5e4685 PCI device error\0" "\0"
	"5b51fef7 DMA remapping error\0" "\0"
	"71761d37 VT-d error\0" "\0"
	"036f84e1 AMD IOMMU error\0" "\0"
	" error of an unknown kind\0" "\0";

/* ACPI 6.5, table 18.11. */
static const char severities[] = "recoverable\0fatal\0corrected\0none";

/* Leaves out what is not valid: row by row a letter. */
struct filter {
	const struct sink *to;
	const char *letters; /* of the rows to come */
	uint64_t valid;
};

static void put_valid(void *arg, const struct fact *fact)
{
	struct filter *f = arg;
	char letter = *f->letters;

	if (letter)
		f->letters++;
	if (!letter || letter == '.' || f->valid >> (letter - 'a') & 1)
		f->to->put(f->to->arg, fact);
}

/* 18.3.2.7.1: second, minute, hour, precise or not, day, month, year, century, in binary-coded decimal. */
static void say_time(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	uint64_t time = view_u64(v, off);
	unsigned int date = (unsigned int)(time >> 32), clock = (unsigned int)time;

	(void)arg;
	bits_text_add(t, "%02x%02x-%02x-%02x %02x:%02x:%02x%s", date >> 24, date >> 16 & 0xff, date >> 8 & 0xff,
		      date & 0xff, clock >> 16 & 0xff, clock >> 8 & 0xff, clock & 0xff,
		      clock >> 24 & 1 ? "" : ", not precise");
}

static void fields(const struct acpi_sink *to, const char *rows, const char *letters, uint64_t valid,
		   const struct view *v)
{
	struct filter filter = { &to->facts, letters, valid };
	struct sink sink = { put_valid, &filter };

	fields_decode(rows, v, &(struct fields){ .sink = &sink, .say = say_time });
}

static void section_kind(const struct view *v, struct acpi_kind *ret_kind)
{
	char key[12];

	fmt(key, sizeof(key), "%08x", view_u32(v, 0));
	(void)acpi_kind_find(sections, key, ret_kind); /* the last one fits all */
}

/* How long the entry is that v begins with; more than there is when it is cut off. */
static uint64_t entry_len(const struct view *v, size_t *ret_head)
{
	*ret_head = view_u16(v, 20) >= 0x300 ? ENTRY_LEN_3 : ENTRY_LEN;
	return (uint64_t)*ret_head + view_u32(v, 24);
}

static void show_entry(const struct acpi_sink *to, struct acpi_part *part, const struct acpi_kind *kind)
{
	struct view begin = view_sub(&part->v, 0, part->head), body = view_sub(&part->v, part->head, SIZE_MAX);

	part->head = 0;
	acpi_part_begin(to, part, kind);
	fields(to, entry, entry_valid, view_u8(&begin, 22), &begin);
	/* A section's first field says which of the others are valid. */
	fields(to, kind->rows, *kind->tail ? kind->tail + 1 : "", view_u64(&body, 0), &body);
}

static void show_entries(const struct acpi_sink *to, struct view rest)
{
	while (rest.len) {
		struct acpi_part part = { .depth = 1, .v = rest };
		struct acpi_kind kind;

		part.len = entry_len(&rest, &part.head);
		part.bad = rest.len < ENTRY_LEN || part.len > rest.len;
		section_kind(&rest, &kind);
		if (part.bad) {
			acpi_part_begin(to, &part, &kind);
			acpi_fields(to, "", &rest);
			return;
		}
		part.v = view_sub(&rest, 0, (size_t)part.len);
		show_entry(to, &part, &kind);
		rest = view_sub(&rest, (size_t)part.len, SIZE_MAX);
	}
}

/* What the block at the start of v takes: its data, and raw data that may lie behind them. */
static uint64_t block_len(const struct view *v)
{
	uint64_t len = BLOCK_LEN + (uint64_t)view_u32(v, 12), raw = (uint64_t)view_u32(v, 4) + view_u32(v, 8);

	return view_u32(v, 8) && raw > len ? raw : len;
}

/* Linux has cleared the status, and nothing else: a whole entry, as long as the block says. */
static bool is_cleared(const struct view *v)
{
	struct view data = view_sub(v, BLOCK_LEN, view_u32(v, 12));
	size_t head;

	return !view_u32(v, 0) && data.len >= ENTRY_LEN && entry_len(&data, &head) <= data.len;
}

void cper_decode(const struct view *v, const struct acpi_sink *to)
{
	static const struct acpi_kind status = { "error status block", "", block };
	struct view rest = *v;

	while (view_has(&rest, 0, BLOCK_LEN) && (view_u32(&rest, 0) || is_cleared(&rest))) {
		struct acpi_part part = { .v = rest, .len = block_len(&rest) };
		struct view begin = view_sub(&rest, 0, BLOCK_LEN), raw;

		part.bad = part.len > rest.len;
		acpi_part_begin(to, &part, &status);
		acpi_fields(to, block, &begin);
		show_entries(to, view_sub(&rest, BLOCK_LEN, (size_t)num_least(view_u32(&rest, 12), rest.len)));
		raw = view_sub(&rest, view_u32(&rest, 4), view_u32(&rest, 8));
		acpi_fields(to, "0y raw bytes\0", &raw);
		rest = view_sub(&rest, (size_t)num_least(part.len, rest.len), SIZE_MAX);
	}
}

/* What of a memory error tells where it was: N.2.5 and N.2.6 differ behind the address. */
static void find_memory(const struct view *body, bool late, struct cper_error *e)
{
	uint64_t valid = view_u64(body, 0);

	e->has_phys = (valid & 2) && view_has(body, 16, 8);
	e->phys = view_u64(body, 16);
	e->has_handle = late ? valid >> 19 & 1 && view_has(body, 92, 2) : valid >> 17 & 1 && view_has(body, 78, 2);
	e->handle = view_u16(body, late ? 92 : 78);
}

bool cper_first(const struct view *v, struct cper_error *ret_error)
{
	struct view first = view_sub(v, BLOCK_LEN, SIZE_MAX), body;
	struct acpi_kind kind;
	size_t head;

	if (!view_has(v, 0, BLOCK_LEN) || !(view_u32(v, 0) || is_cleared(v)))
		return false;
	(void)entry_len(&first, &head);
	body = view_sub(&first, head, SIZE_MAX);
	section_kind(&first, &kind);
	*ret_error = (struct cper_error){
		.severity = view_u32(v, 16) < 4 ? name_at(severities, view_u32(v, 16)) : "unclear",
		.cleared = !view_u32(v, 0),
		.entries = view_u32(v, 0) >> 4 & 0x3ff,
	};
	fmt(ret_error->what, sizeof(ret_error->what), "%.*s", (int)strcspn(kind.name, ">,"), kind.name);
	if (!memcmp(kind.name, "memory", 6))
		find_memory(&body, view_u32(&first, 0) == 0x61ec04fc, ret_error);
	return true;
}

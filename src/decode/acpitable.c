/* ACPI tables: the one walk over a table, the structures in it, and those in them. */
/* What there is to walk stands in strings: acpisystem.c, acpiiommu.c, acpinfit.c, acpierror.c. */
#include "decode/acpitable.h"

#include "base/fmt.h"
#include "base/num.h"
#include "decode/acpi.h"
#include "decode/acpikinds.h"

#include <inttypes.h>

/* By ACPI_LIST_... */
const char *const acpi_lists[] = {
	acpi_madt, acpi_srat, acpi_mcfg, acpi_dmar, acpi_scope, acpi_path, acpi_ivrs, acpi_ivhd,
	acpi_nfit, acpi_line, acpi_hint, acpi_hest, acpi_bank,	acpi_einj, acpi_erst,
	/* DBG2, device information structures: Microsoft Debug Port Table 2, 2021. */
	"012"
	"1n revision\0" "2n length:bytes\0" "\0"
	" debug device>D\0"
	"1n registers\0" "2n name length\0" "2n name offset\0" "2n OEM data length\0" "2n OEM data offset\0"
	"2e port type:8000 serial,1394,USB,net\0" "2x subtype\0" "2-\0" "2n registers offset\0" "2n sizes offset\0"
	"\0",
};

/* ACPI 6.5, 5.2.6. */
static const char head[] =
	"4c signature\0" "4n length:bytes\0" "1n revision\0" "1x checksum\0" "6c OEM\0" "8c OEM table\0"
	"4x OEM revision\0" "4c creator\0" "4x creator revision\0";

/* '@': 5.2.3.2, generic address; 18.3.2.9, hardware error notification. */
static const char *small(const void *arg, unsigned int letter)
{
	(void)arg;
	return letter == 'G' ?
		"1e:0 memory,I/O,PCI,EC,SMBus,CMOS,PCI BAR,IPMI,GPIO,serial bus,PCC,PRM|7f=fixed hardware\0"
		"1n:bits\0" "1n from bit\0" "1e access:0 any,byte,word,dword,qword\0" "8x address\0" :
		"1e:0 polled,external interrupt,local interrupt,SCI,NMI,CMCI,MCE,GPIO,SEA,SEI,GSIV,SDEI\0"
		"1n length\0" "2x writable\0" "4n every:ms\0" "4n vector\0" "4n polling threshold\0" "4n within:ms\0"
		"4n error threshold\0" "4n within:ms\0";
}

/* '!': a PCI function. Two bytes of a path (VT-d 4.1, 8.3.1), or 16 bits bus, device, function (AMD IOMMU 3.08). */
static void say_function(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	unsigned int id = view_u16(v, off);

	(void)arg;
	if (v->len == 2)
		bits_text_add(t, "%02x.%x", id & 0xff, id >> 8);
	else
		bits_text_add(t, "%02x:%02x.%x", id >> 8, id >> 3 & 0x1f, id & 7);
}

void acpi_fields(const struct acpi_sink *to, const char *rows, const struct view *v)
{
	struct sink facts = to->facts;
	const struct fields how = { &facts, 0, small, say_function, NULL };

	fields_decode(rows, v, &how);
}

const char *acpi_rows_end(const char *rows)
{
	while (*rows)
		rows += strlen(rows) + 1;
	return rows + 1;
}

/* Is it one of those, "1,b name"? An empty one is any. */
static bool has_key(const char *keys, const char *key)
{
	for (;;) {
		size_t len = strcspn(keys, ", ");

		if (!len || (len == strlen(key) && !memcmp(keys, key, len)))
			return true;
		if (keys[len] == ' ')
			return false;
		keys += len + 1;
	}
}

bool acpi_kind_find(const char *kinds, const char *key, struct acpi_kind *ret_kind)
{
	for (; *kinds; kinds = acpi_rows_end(kinds)) {
		if (!has_key(kinds, key))
			continue;
		ret_kind->name = strchr(kinds, ' ') + 1;
		ret_kind->tail = ret_kind->name + strcspn(ret_kind->name, ">");
		ret_kind->rows = kinds + strlen(kinds) + 1;
		if (*ret_kind->tail)
			ret_kind->tail++;
		return true;
	}
	return false;
}

/* kind NULL: not known. */
void acpi_part_begin(const struct acpi_sink *to, struct acpi_part *part, const struct acpi_kind *kind)
{
	if (kind)
		fmt(part->name, sizeof(part->name), "%.*s", (int)strcspn(kind->name, ">"), kind->name);
	to->part(to->arg, part);
}

static const char *list_kinds(const char *list)
{
	return acpi_rows_end(list + 3);
}

static size_t digit(char c)
{
	return (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* How many of the tail's elements there are: SIZE_MAX when nobody says. */
static size_t tail_count(const struct acpi_kind *kind, const struct view *v)
{
	const char *at = kind->tail;

	return *at && at[1] ? view_u8(v, digit(at[1]) * 16 + digit(at[2])) : SIZE_MAX;
}

/* As the structure at the start of v says, or its kind; 0: cannot be told. */
static uint64_t part_len(const char *list, const struct acpi_kind *kind, const struct view *v)
{
	size_t type = view_u8(v, 0), width = digit(list[2]), count;

	/* AMD IOMMU 3.08, 5.2.2.2: 4, 8, 16 or 32 bytes by the upper bits; 0xf0 says the length of its end. */
	if (list[1] == 'v')
		return type == 0xf0 ? 22u + view_u8(v, 21) : 4u << (type >> 6);
	if (width)
		return view_le(v, digit(list[1]), width);
	if (!kind)
		return 0;
	count = tail_count(kind, v);
	width = fields_size(list + 3) + fields_size(kind->rows);
	if (count != SIZE_MAX) {
		const char *kinds = list_kinds(acpi_lists[*kind->tail - 'a']);

		width += count * fields_size(kinds + strlen(kinds) + 1);
	}
	return width;
}

static void walk(const struct acpi_sink *to, const char *list, struct view rest, unsigned int depth);

/* SLIT (5.2.17): a row of the matrix a fact. */
static void show_distances(const struct acpi_sink *to, const struct view *v)
{
	uint64_t n = view_u64(v, ACPI_HEADER_LEN);
	struct view rest = view_sub(v, ACPI_HEADER_LEN + 8, SIZE_MAX);

	for (uint64_t i = 0; i < n && n <= rest.len; i++) {
		struct bits_text t;
		struct fact fact;

		fact_init(&fact, "", 0, rest.phys, (size_t)n);
		fmt(fact.key, sizeof(fact.key), "node%" PRIu64, i);
		fmt(fact.name, sizeof(fact.name), "node %" PRIu64 " to 0, 1 ...", i);
		fact.value = view_le(&rest, 0, (size_t)n);
		bits_text_init(&t, fact.text, sizeof(fact.text));
		for (uint64_t j = 0; j < n; j++)
			fmt_append(t.buf, t.size, &t.used, "%s%u", j ? " " : "", rest.bytes[j]);
		to->facts.put(to->facts.arg, &fact);
		rest = view_sub(&rest, (size_t)n, SIZE_MAX);
	}
	acpi_fields(to, "", &rest);
}

/* DBG2's devices say where in them their parts lie. */
static void show_debug_device(const struct acpi_sink *to, const struct view *v)
{
	static const struct {
		const char *rows;
		uint8_t where, count, size; /* offset of its offset; of its count, of what is size bytes long */
	} parts[] = {
		{ ACPI_GAS("register"), 18, 3, 12 },
		{ "4z size\0", 20, 3, 4 },
		{ "0c name\0", 6, 4, 1 },
		{ "0y OEM data\0", 10, 8, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t count = parts[i].count == 3 ? view_u8(v, 3) : view_u16(v, parts[i].count);
		size_t at = view_u16(v, parts[i].where), each = parts[i].size;

		/* Text and data are one field as long as they say. */
		if (each == 1 && count) {
			each = count;
			count = 1;
		}
		for (; count; count--, at += each) {
			struct view field = view_sub(v, at, each);

			acpi_fields(to, parts[i].rows, &field);
		}
	}
}

static void show_tail(const struct acpi_sink *to, const char *tail, const struct view *v, size_t off,
		      unsigned int depth)
{
	/* DBG2 alone says where its structures begin. */
	size_t start = *tail == 'P' && view_u32(v, 36) > off ? view_u32(v, 36) : off;
	struct view gap = view_sub(v, off, start - off);

	acpi_fields(to, "", &gap);
	if (*tail == 'S')
		show_distances(to, v);
	else if (*tail == 'D')
		show_debug_device(to, v);
	else
		walk(to, acpi_lists[(*tail | 0x20) - 'a'], view_sub(v, start, SIZE_MAX), depth + 1);
}

/* A structure: its head, its rows, and what its tail is. */
static void show(const struct acpi_sink *to, const char *head_rows, const struct acpi_kind *kind,
		 struct acpi_part *part)
{
	struct view v = part->v, begin = view_sub(&v, 0, part->head);
	size_t size = kind && *kind->tail ? part->head + fields_size(kind->rows) : v.len;

	acpi_part_begin(to, part, kind);
	acpi_fields(to, head_rows, &begin);
	v = view_sub(&v, part->head, size - part->head);
	acpi_fields(to, kind ? kind->rows : "", &v);
	if (kind && *kind->tail)
		show_tail(to, kind->tail, &part->v, size, part->depth);
}

static void walk(const struct acpi_sink *to, const char *list, struct view rest, unsigned int depth)
{
	size_t width = digit(list[0]), head_len = fields_size(list + 3);

	while (rest.len) {
		struct acpi_part part = { .depth = depth, .v = rest, .head = head_len };
		struct acpi_kind kind;
		char key[16] = "";
		bool known;

		part.type = (uint32_t)view_le(&rest, 0, width);
		if (width)
			fmt(key, sizeof(key), "%x", part.type);
		known = acpi_kind_find(list_kinds(list), key, &kind);
		part.len = part_len(list, known ? &kind : NULL, &rest);
		if (!part.len || part.len < head_len || part.len > rest.len) {
			part.bad = true;
			acpi_part_begin(to, &part, known ? &kind : NULL);
			acpi_fields(to, "", &rest);
			return;
		}
		part.v = view_sub(&rest, 0, (size_t)part.len);
		show(to, list + 3, known ? &kind : NULL, &part);
		rest = view_sub(&rest, (size_t)part.len, SIZE_MAX);
	}
}

const char *acpi_table_name(const char *signature)
{
	struct acpi_kind kind;

	return acpi_kind_find(acpi_tables, signature, &kind) ? kind.name : NULL;
}

void acpi_decode(const struct view *v, const struct acpi_sink *to)
{
	struct acpi_part part = { .v = *v, .len = v->len };
	struct acpi_header h;
	struct acpi_kind kind;
	bool known;

	if (!acpi_header(v, &h))
		return;
	known = acpi_kind_find(acpi_tables, h.signature, &kind);
	/* FACS has no more of the header than these (5.2.10). */
	part.head = strcmp(h.signature, "FACS") ? ACPI_HEADER_LEN : 8;
	show(to, head, known ? &kind : NULL, &part);
}

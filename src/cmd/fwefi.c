/* ramscope firmware efi: the system table, the configuration tables, the memory map. */
/* What they mean is decode/efi.c's; whether the map agrees with others, physmap's. */
#include "base/fmt.h"
#include "base/names.h"
#include "cmd/firmware.h"
#include "cmd/records.h"
#include "decode/bits.h"
#include "firmware/firmware.h"
#include "report/flow.h"

#include <inttypes.h>

#define INDENT 10
#define TYPES 16

/* How much of each type there is; the last is of no known one. */
struct sums {
	uint64_t bytes[TYPES + 1];
	size_t pieces;
};

static void add_up(const struct efitables *t, struct sums *ret_sums)
{
	struct efi_piece p;

	memset(ret_sums, 0, sizeof(*ret_sums));
	while (efi_piece(&t->map.bytes, t->info.descriptor_len, ret_sums->pieces, &p)) {
		ret_sums->bytes[p.type < TYPES ? p.type : TYPES] += p.phys.end - p.phys.start;
		ret_sums->pieces++;
	}
}

/* 2.70 is written 2.7, 2.31 is 2.3.1 (UEFI 2.10, 4.2.1). */
static void put_version(const struct efi_system *s, char *buf, size_t size)
{
	fmt(buf, size, s->minor % 10 ? "%u.%u.%u" : "%u.%u", s->major, s->minor / 10, s->minor % 10);
}

static void show_system(struct report *r, const struct efitables *t)
{
	char version[24];
	struct flow flow;
	const struct field fields[] = {
		{ "version", NULL, TEXT_CELL(t->head.major ? version : NULL) },
		{ "vendor", NULL, TEXT_CELL(t->vendor[0] ? t->vendor : NULL) },
		{ "bits", NULL, UINT_CELL(t->info.is64 ? 64 : 32) },
		{ "phys", NULL, HEX_CELL(t->info.system) },
		{ "checksum", NULL, TEXT_CELL(sum_name(t->head.sum)) },
		{ "map", NULL, HEX_CELL(t->info.map) },
	};

	put_version(&t->head, version, sizeof(version));
	report_json(r, "efi", fields, ARRAY_LEN(fields));
	flow_init(&flow, r, INDENT, "EFI");
	if (t->head.major)
		flow_add(&flow, "", "%s", version);
	if (t->vendor[0])
		flow_add(&flow, " ", "by %s", t->vendor);
	flow_add(&flow, ", ", "%u bits", t->info.is64 ? 64 : 32);
	flow_add(&flow, ", ", "system table at %#" PRIx64, t->info.system);
	if (t->head.major && t->head.sum != SUM_RIGHT)
		flow_add(&flow, ", ", "checksum %s", sum_name(t->head.sum));
	flow_end(&flow);
}

/* Names of the configuration tables that are known, and the places of those that lead to what others show. */
static void show_tables(struct report *r, const struct efitables *t)
{
	struct record record;
	struct flow flow;
	size_t unknown = 0, again = 0;
	uint64_t phys, told = 0; /* a bit a type: a list that lies has the same one a hundred thousand times */

	flow_init(&flow, r, INDENT, "  tables");
	for (size_t i = 0; efi_entry(&t->tables.bytes, t->info.is64, i, &record, &phys); i++) {
		uint64_t bit = record.type < 64 ? 1ull << record.type : 0;

		if (!bit)
			unknown++;
		else if (told & bit)
			again++;
		else if (record.type < EFI_ENTRIES_LEN)
			flow_add(&flow, ", ", "%s %#" PRIx64, record.name, phys);
		else
			flow_add(&flow, ", ", "%s", record.name);
		told |= bit;
	}
	if (again)
		flow_add(&flow, ", ", "%zu told twice", again);
	if (unknown)
		flow_add(&flow, ", ", "%zu of unknown GUID", unknown);
	flow_end(&flow);
}

static void add_size(struct flow *flow, size_t *count, const char *name, uint64_t bytes)
{
	bool small = bytes < 10u << 20;

	if (bytes)
		flow_add(flow, (*count)++ ? ", " : " ", "%s %" PRIu64 " %s", name, bytes >> (small ? 10 : 20),
			 small ? "KiB" : "MiB");
}

static void show_sums(struct report *r, const struct efitables *t)
{
	struct sums sums;
	struct flow flow;
	size_t count = 0;

	add_up(t, &sums);
	if (!sums.pieces)
		return;
	flow_init(&flow, r, INDENT, "  map");
	flow_add(&flow, "", "%zu pieces%s:", sums.pieces, t->map.route == ROUTE_SYS ? ", those the kernel keeps" : "");
	for (uint32_t type = 0; type < TYPES; type++)
		add_size(&flow, &count, efi_type(type), sums.bytes[type]);
	add_size(&flow, &count, "of unknown type", sums.bytes[TYPES]);
	flow_end(&flow);
}

static void show_map(struct report *r, const struct efitables *t)
{
	static const struct column columns[] = {
		{ "start", "start", 11 },    { "last", "last", 11 },
		{ "bytes", "size", 9 },	     { "type", "type", -21 },
		{ "type_number", NULL, 0 },  { "attributes", NULL, 0 },
		{ "meaning", "attributes", -1 },
	};
	struct efi_piece p;

	if (t->map.bytes.len)
		report_table(r, "efi_memory", columns, ARRAY_LEN(columns));
	for (size_t i = 0; efi_piece(&t->map.bytes, t->info.descriptor_len, i, &p); i++) {
		struct bits_text words;
		char text[96];

		bits_text_init(&words, text, sizeof(text));
		bits_say(efi_attribute_words, p.attributes & ~EFI_RUNTIME, &words);
		if (p.attributes & EFI_RUNTIME)
			bits_text_add(&words, "runtime");
		report_row(r, (const struct cell[]){ HEX_CELL(p.phys.start), HEX_CELL(p.phys.end - 1),
						     SIZE_CELL(p.phys.end - p.phys.start), TEXT_CELL(efi_type(p.type)),
						     UINT_CELL(p.type), HEX_CELL(p.attributes), TEXT_CELL(text) });
	}
}

static void show_all(struct report *r, const struct efitables *t)
{
	struct record record = { .name = "system table", .rows = efi_system_rows(t->info.is64), .bytes = t->system.bytes };
	uint64_t phys;

	if (t->head.major)
		record_show(r, "efi_field", &record);
	for (size_t i = 0; efi_entry(&t->tables.bytes, t->info.is64, i, &record, &phys); i++)
		record_show(r, "efi_field", &record);
	show_map(r, t);
}

static bool show(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);
	const struct efitables *t = &f->efi_tables;
	const struct found *const parts[] = { &t->map, &t->system, &t->tables };
	bool all = ask->details || c->report->format == REPORT_NDJSON;

	if (!t->here)
		return err_set(e, ERR_UNSUPPORTED, "the kernel was not started by EFI");
	show_system(c->report, t);
	if (!ask->brief) {
		show_tables(c->report, t);
		show_sums(c->report, t);
	}
	if (all)
		show_all(c->report, t);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i]->why && all)
			report_error(c->report, parts[i]->why);
		else if (parts[i]->why)
			report_text(c->report, "  %s at %#" PRIx64 " not read: ramscope firmware efi says why",
				    name_at("memory map\0system table\0tables", i), parts[i]->phys);
	return true;
}

const struct firmware_part fw_efi = { "efi", "EFI", show };

/* ramscope firmware smbios: the board, its memory modules, and every structure. */
/* Decodes nothing itself: decode/smbiostypes.c has the fields, decode/dimms.c the modules. */
#include "base/fmt.h"
#include "cmd/facts.h"
#include "cmd/firmware.h"
#include "decode/dimms.h"
#include "decode/fields.h"
#include "decode/smbiostypes.h"
#include "firmware/firmware.h"
#include "firmware/smbioscheck.h"
#include "report/flow.h"

#include <inttypes.h>

#define INDENT 10
#define SLOTS_SHOWN 8

/* What one structure says, for a line of text and for cells. */
struct said {
	const struct smbios *smbios;
	const struct smbios_record *record;
	size_t used;
	char text[400];
};

/* The fact's text; NULL when it says nothing, or what makers write in place of that. */
static const char *get(const struct said *s, const char *key, struct fact *fact)
{
	static const char nothing[][16] = { "", "none", "unknown", "Unknown", "Not Specified" };

	(void)smbios_fact(s->record, s->smbios->entry.version, key, fact);
	for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
		if (!strcmp(fact->text, nothing[i]))
			return NULL;
	return fact->text;
}

/* Adds a word, "serial %s", and the fact, if it says anything. */
static void add(struct said *s, const char *word, const char *key)
{
	struct fact fact;
	const char *text = get(s, key, &fact);

	if (text)
		fmt_append(s->text, sizeof(s->text), &s->used, "%s%s%s", s->used ? " " : "", word, text);
}

static void show_line(struct report *r, const char *label, const char *text)
{
	struct flow flow;

	flow_init(&flow, r, INDENT, label);
	flow_words(&flow, text);
	flow_end(&flow);
}

/* Of each type the first, which is the main one if there are more. */
static void show_identity(struct report *r, const struct smbios *smbios)
{
	static const struct {
		char label[7];
		uint8_t type;
		char keys[3][13], word[8], last[14];
	} lines[] = {
		{ "system", SMBIOS_SYSTEM, { "manufacturer", "product", "version" }, "serial ", "serial_number" },
		{ "board", SMBIOS_BOARD, { "manufacturer", "product", "version" }, "serial ", "serial_number" },
		{ "BIOS", SMBIOS_BIOS, { "vendor", "version", "" }, "of ", "release_date" },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct smbios_record record;
		struct said said = { smbios, &record, 0, "" };

		if (!smbios_find(smbios, lines[i].type, SMBIOS_ANY, &record))
			continue;
		for (size_t k = 0; k < 3; k++)
			add(&said, "", lines[i].keys[k]);
		add(&said, lines[i].word, lines[i].last);
		show_line(r, lines[i].label, said.text);
	}
}

#define SIZE_MAX_TEXT 32

static const char *size_text(uint64_t bytes, char *buf)
{
	struct bits_text t;

	bits_text_init(&t, buf, SIZE_MAX_TEXT);
	fields_say_size(bytes, &t);
	return buf;
}

/* "2 of 4 slots, 16 GiB of at most 64 GiB, correction: none". */
static void show_memory(struct report *r, const struct smbios *smbios)
{
	struct dimms_sum sum;
	struct smbios_record array;
	struct fact ecc = { 0 };
	char text[200], size[SIZE_MAX_TEXT];
	size_t n = 0;

	dimms_add_up(smbios, &sum);
	report_json(r, "smbios_memory",
		    (const struct field[]){
			    { "arrays", NULL, UINT_CELL(sum.arrays) },
			    { "slots", NULL, UINT_CELL(sum.slots) },
			    { "populated", NULL, UINT_CELL(sum.populated) },
			    { "size_unknown", NULL, UINT_CELL(sum.unknown) },
			    { "bytes", NULL, UINT_CELL(sum.bytes) },
			    { "capacity", NULL, sum.capacity ? UINT_CELL(sum.capacity) : NO_CELL },
			    { "array_ranges", NULL, sum.mapped ? UINT_CELL(sum.mapped) : NO_CELL },
			    { "device_ranges", NULL, sum.mapped_devices ? UINT_CELL(sum.mapped_devices) : NO_CELL },
		    },
		    8);
	if (!sum.slots)
		return;
	fmt_append(text, sizeof(text), &n, "%u of %u slots, %s", sum.populated, sum.slots, size_text(sum.bytes, size));
	if (sum.capacity)
		fmt_append(text, sizeof(text), &n, " of at most %s", size_text(sum.capacity, size));
	if (sum.unknown)
		fmt_append(text, sizeof(text), &n, ", %u of unknown size not counted", sum.unknown);
	if (smbios_find(smbios, SMBIOS_ARRAY, SMBIOS_ANY, &array) &&
	    smbios_fact(&array, smbios->entry.version, "error_correction", &ecc))
		fmt_append(text, sizeof(text), &n, ", correction: %s", ecc.text);
	show_line(r, "memory", text);
}

static void show_slot_object(struct report *r, const struct said *s, const struct dimm *dimm)
{
	static const char keys[][18] = { "locator",	     "bank_locator", "type",	     "speed",
					 "configured_speed", "manufacturer", "serial_number", "part_number" };
	struct fact facts[ARRAY_LEN(keys)];
	struct field fields[ARRAY_LEN(keys) + 4] = {
		{ "handle", NULL, HEX_CELL(dimm->record.handle) },
		{ "array", NULL, HEX_CELL(dimm->array) },
		{ "bytes", NULL, dimm->known ? UINT_CELL(dimm->size) : NO_CELL },
		{ "ram", NULL, dimm->known ? UINT_CELL(dimm->ram) : NO_CELL },
	};

	/* Text shows a few of them, and a table may have thousands. */
	if (r->format != REPORT_NDJSON)
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		fields[4 + i] = (struct field){ keys[i], NULL, TEXT_CELL(get(s, keys[i], &facts[i])) };
	report_json(r, "smbios_slot", fields, ARRAY_LEN(fields));
}

void firmware_slot(const struct smbios *smbios, const struct dimm *dimm, char *name, size_t name_size, char *text,
		   size_t text_size)
{
	struct said said = { smbios, &dimm->record, 0, "empty" };
	struct fact fact;
	char size[SIZE_MAX_TEXT];

	fmt(name, name_size, "%s", get(&said, "locator", &fact) ? fact.text : "slot");
	if (dimm->size || !dimm->known) {
		fmt_append(said.text, sizeof(said.text), &said.used, "%s",
			   dimm->known ? size_text(dimm->size, size) : "unknown size");
		add(&said, "", "type");
		add(&said, "", get(&said, "configured_speed", &fact) ? "configured_speed" : "speed");
		add(&said, "", "manufacturer");
		add(&said, "", "part_number");
		add(&said, "serial ", "serial_number");
	}
	fmt(text, text_size, "%s", said.text);
}

static void show_slot(struct report *r, const struct smbios *smbios, const struct dimm *dimm, bool shown)
{
	const struct said said = { smbios, &dimm->record, 0, "" };
	char label[32] = "  ", text[400];

	show_slot_object(r, &said, dimm);
	if (!shown)
		return;
	firmware_slot(smbios, dimm, label + 2, sizeof(label) - 2, text, sizeof(text));
	show_line(r, label, text);
}

static void show_slots(struct report *r, const struct smbios *smbios)
{
	struct smbios_record record;
	struct smbios_walk w;
	struct dimm dimm;
	size_t n = 0;

	smbios_walk_init(&w, smbios);
	while (smbios_next(&w, &record))
		if (dimm_decode(&record, &dimm))
			show_slot(r, smbios, &dimm, n++ < SLOTS_SHOWN);
	if (n > SLOTS_SHOWN)
		report_text(r, "  %zu more: ramscope firmware smbios %u", n - SLOTS_SHOWN, SMBIOS_DEVICE);
}

/* Every structure, or those of one type; how many that are. */
static size_t show_structures(struct report *r, const struct smbios *smbios, int type)
{
	struct smbios_record record;
	struct smbios_walk w;
	size_t n = 0;

	smbios_walk_init(&w, smbios);
	while (smbios_next(&w, &record)) {
		const char *name = smbios_type_name(record.type);
		struct facts_shown shown = { r, "smbios_field", name, record.body.phys };
		struct sink sink = { facts_put, &shown };

		if (type >= 0 && type != record.type)
			continue;
		n++;
		report_json(r, "smbios_structure",
			    (const struct field[]){
				    { "type", NULL, UINT_CELL(record.type) },
				    { "name", NULL, TEXT_CELL(name) },
				    { "handle", NULL, HEX_CELL(record.handle) },
				    { "at", NULL, HEX_CELL(record.body.phys) },
				    { "bytes", NULL, UINT_CELL(record.body.len) },
			    },
			    5);
		report_text(r, "%s (type %u, handle %#x, at %#" PRIx64 ", %zu bytes)", name, record.type, record.handle,
			    record.body.phys, record.body.len);
		smbios_decode(&record, smbios->entry.version, &sink);
	}
	return n;
}

/* "SMBIOS 2.8, 9 structures, 388 bytes at 0xf5a10"; "388 of 440 bytes" when the count leaves some out. */
static void show_table(struct report *r, const struct smbios *smbios)
{
	struct smbios_record record;
	struct smbios_walk w;
	char text[200], of[16] = "";

	smbios_walk_init(&w, smbios);
	while (smbios_next(&w, &record))
		;
	if (w.end == SMBIOS_END_COUNT && w.pos < smbios->entry.table_len)
		fmt(of, sizeof(of), " of %u", smbios->entry.table_len);
	report_json(r, "smbios",
		    (const struct field[]){
			    { "entry", NULL, TEXT_CELL(smbios->entry.anchor) },
			    { "major", NULL, UINT_CELL(smbios->entry.version >> 8) },
			    { "minor", NULL, UINT_CELL(smbios->entry.version & 0xff) },
			    { "checksum", NULL, TEXT_CELL(sum_name(smbios->entry.sum)) },
			    { "table", NULL, HEX_CELL(smbios->table.phys) },
			    { "bytes", NULL, UINT_CELL(smbios->table.len) },
			    { "structures", NULL, UINT_CELL(w.count) },
			    { "sound", NULL, BOOL_CELL(smbios_end_is_right(w.end)) },
			    { "end", NULL, TEXT_CELL(smbios_end_text(w.end)) },
		    },
		    9);
	fmt(text, sizeof(text), "%u.%u, %u structures, %zu%s bytes at %#" PRIx64 "%s%s%s", smbios->entry.version >> 8,
	    smbios->entry.version & 0xff, w.count, w.pos, of, smbios->table.phys,
	    smbios->entry.sum == SUM_WRONG ? "; the checksum is wrong" : "", smbios_end_is_right(w.end) ? "" : "; ",
	    smbios_end_is_right(w.end) ? "" : smbios_end_text(w.end));
	show_line(r, "SMBIOS", text);
}

static bool show(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);
	const struct smbiostable *table = &f->smbios;
	struct report *r = c->report;
	struct smbios smbios;
	uint64_t type = 0;

	if (!smbiostable_read(table, &smbios)) {
		if (!table->memory.why)
			return firmware_none(f, "SMBIOS table", e);
		*e = *table->memory.why;
		return err_while(e, "SMBIOS");
	}
	if (ask->which && (!num_parse(ask->which, "a type of SMBIOS", &type, e) || type > 255))
		return e->kind == ERR_NONE ? err_set(e, ERR_USAGE, "types of SMBIOS are 0 to 255") : false;
	smbios_check(&smbios, &c->findings);
	if (!ask->which) {
		show_table(r, &smbios);
		show_identity(r, &smbios);
		show_memory(r, &smbios);
		show_slots(r, &smbios);
	}
	if (ask->details && !show_structures(r, &smbios, ask->which ? (int)type : -1) && ask->which)
		return err_set(e, ERR_UNSUPPORTED, "there is no SMBIOS structure of type %u", (unsigned int)type);
	return true;
}

const struct firmware_part fw_smbios = { "smbios", "SMBIOS", show };

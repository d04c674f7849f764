/* ramscope low: the first MiB, decoded. */
/* Never asks for 0xa0000-0xbffff, and decodes no page the kernel gave zeros for. */
#include "cmd/low.h"

#include "base/fmt.h"
#include "base/names.h"
#include "firmware/firmware.h"
#include "report/flow.h"

#include <inttypes.h>

static void show_pages(struct report *r, const struct low *low)
{
	static const struct column columns[] = {
		{ "start", "start", 8 },
		{ "end", "end", 8 },
		{ "state", "pages", -1 },
	};

	report_table(r, "page", columns, ARRAY_LEN(columns));
	for (uint32_t at = 0; at < LOW_END;) {
		struct low_run run = low_run_at(low, at);
		const struct cell cells[] = { HEX_CELL(run.start), HEX_CELL(run.end),
					      TEXT_CELL(run.state) };

		report_row(r, cells);
		at = run.end;
	}
	if (low->mem.first.kind != ERR_NONE)
		report_error(r, &low->mem.first);
}

static void show_base(struct report *r, const struct low *low)
{
	char text[96];
	const struct ebda *ebda = &low->ebda;
	const struct field fields[] = {
		{ "base_end", NULL,
		  low->base_end ? HEX_CELL(low->base_end) : NO_CELL },
		{ "segment", NULL, HEX_CELL(ebda->segment) },
		{ "start", NULL, ebda->phys.start ? HEX_CELL(ebda->phys.start) : NO_CELL },
		{ "end", NULL, ebda->phys.end ? HEX_CELL(ebda->phys.end) : NO_CELL },
		{ "size_kib", NULL, UINT_CELL(ebda->size_kib) },
		{ "verdict", NULL, TEXT_CELL(ebda_verdict_text(ebda->verdict)) },
		{ "text", NULL, TEXT_CELL(text) },
	};

	low_ebda_text(low, text, sizeof(text));
	if (low->bda.len)
		report_json(r, "ebda", fields, ARRAY_LEN(fields));
}

struct fact_sink {
	struct report *report;
	const char *item;
};

/* A fact: an object in NDJSON; in text address, name, value and, wrapped, what it means. */
static void put_fact(void *arg, const struct fact *fact)
{
	const struct fact_sink *s = arg;
	bool has_value = fact->width && fact->width <= 4;
	const struct field fields[] = {
		{ "field", NULL, TEXT_CELL(fact->key) },
		{ "name", NULL, TEXT_CELL(fact->name) },
		{ "phys", NULL, HEX_CELL(fact->phys) },
		{ "bytes", NULL, UINT_CELL(fact->width) },
		{ "value", NULL, has_value ? HEX_CELL(fact->value) : NO_CELL },
		{ "meaning", NULL, fact->text[0] ? TEXT_CELL(fact->text) : NO_CELL },
	};
	char label[80], value[24] = "";
	struct flow flow;

	report_json(s->report, s->item, fields, ARRAY_LEN(fields));
	if (has_value)
		fmt(value, sizeof(value), "0x%" PRIx64, fact->value);
	fmt(label, sizeof(label), "%#7" PRIx64 "  %-22s %10s", fact->phys, fact->name, value);
	flow_init(&flow, s->report, 44, label);
	if (fact->text[0] || has_value)
		flow_words(&flow, fact->text);
	else
		flow_add(&flow, "", "%zu bytes, all 0", fact->width);
	flow_end(&flow);
}

static void show_facts(struct report *r, const struct low *low)
{
	struct fact_sink arg = { r, "bda" };
	struct sink sink = { put_fact, &arg };
	struct view ebda =
	    lowmem_view(&low->mem, (uint32_t)low->ebda.phys.start, (uint32_t)low->ebda.phys.end);

	if (low->bda.len) {
		report_text(r, "BIOS data area:");
		bda_decode(&low->bda, &sink);
	}
	if (low->ebda.phys.end > low->ebda.phys.start) {
		report_text(r, "EBDA:");
		arg.item = "ebda_field";
		ebda_decode(&ebda, &sink);
	}
}

static void show_vectors(struct report *r, const struct low *low)
{
	static const struct column columns[] = {
		{ "number", "no", 4 },	   { "name", "vector", -22 }, { "vector", "address", -9 },
		{ "phys", "physical", 8 }, { "place", "where", -1 },
	};
	const struct ivt *ivt = &low->ivt;
	char at[16];
	const struct field fields[] = {
		{ "read", "vectors read", UINT_CELL(ivt->len) },
		{ "zero", "never set", UINT_CELL(ivt->zero) },
		{ "default_count", "share the default", UINT_CELL(ivt->same) },
		{ "default", "the default", ivt->same ? TEXT_CELL(at) : NO_CELL },
		{ "default_phys", "physical", HEX_CELL(ivt_phys(&ivt->common)) },
		{ "default_place", "where", TEXT_CELL(ivt_place(&low->map, &ivt->common)) },
		{ "default_is_iret", "it is an IRET", BOOL_CELL(low->iret) },
	};

	if (!ivt->len)
		return;
	fmt(at, sizeof(at), "%04x:%04x", ivt->common.segment, ivt->common.offset);
	report_record(r, "ivt", fields, ivt->same ? ARRAY_LEN(fields) : 4);
	report_text(r, "others, in hex, by where they point:");
	lowtext_places(r, low);
	if (ivt->zero + ivt->same == ivt->len && r->format == REPORT_TEXT)
		return;
	report_table(r, "vector", columns, ARRAY_LEN(columns));
	for (unsigned int i = 0; i < ivt->len; i++) {
		const struct ivt_vector *v = &ivt->vectors[i];
		const char *name = ivt_name(i);
		const struct cell cells[] = {
			HEX_CELL(i),	       name ? TEXT_CELL(name) : NO_CELL,   TEXT_CELL(at),
			HEX_CELL(ivt_phys(v)), TEXT_CELL(ivt_place(&low->map, v)),
		};

		fmt(at, sizeof(at), "%04x:%04x", v->segment, v->offset);
		/* Those never set are told above. */
		if (!ivt_is_default(ivt, v) && (!ivt_is_zero(v) || r->format == REPORT_NDJSON))
			report_row(r, cells);
	}
}

static void show_rom_object(struct report *r, const struct rom *rom)
{
	/* By cells[]. */
	static const char keys[] =
	    "phys\0size\0checksum\0vendor\0device\0class\0code_type\0image_size\0last\0"
	    "pnp_id\0pnp_checksum\0maker\0product";
	struct column columns[13] = { 0 };
	char id[8];
	struct cell cells[ARRAY_LEN(columns)] = {
		HEX_CELL(rom->phys.start),
		UINT_CELL(rom->phys.end - rom->phys.start),
		TEXT_CELL(sum_name(rom->sum)),
	};

	rom_eisa_id(rom->device_id, id);
	if (rom->has_pci) {
		cells[3] = HEX_CELL(rom->vendor);
		cells[4] = HEX_CELL(rom->device);
		cells[5] = HEX_CELL(rom->class);
		cells[6] = UINT_CELL(rom->code_type);
		cells[7] = UINT_CELL(rom->image_size);
		cells[8] = BOOL_CELL(rom->last);
	}
	if (rom->has_pnp) {
		cells[9] = TEXT_CELL(id);
		cells[10] = TEXT_CELL(sum_name(rom->pnp_sum));
		cells[11] = TEXT_CELL(rom->maker);
		cells[12] = TEXT_CELL(rom->product);
	}
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		columns[i].key = name_at(keys, i);
	report_table(r, "rom", columns, ARRAY_LEN(columns));
	report_row(r, cells);
}

static void show_rom_text(struct report *r, const struct rom *rom, bool first)
{
	uint64_t size = rom->phys.end - rom->phys.start;
	char text[160], label[64];
	struct flow flow;

	fmt(label, sizeof(label), "%s%#" PRIx64 " %3" PRIu64 ".%c KiB",
	    first ? "option ROMs  " : "             ", rom->phys.start, size >> 10,
	    size & 512 ? '5' : '0');
	flow_init(&flow, r, 32, label);
	flow_add(&flow, "", "checksum %s,", sum_name(rom->sum));
	low_rom_text(rom, text, sizeof(text));
	flow_words(&flow, text);
	flow_end(&flow);
}

static void show_roms(struct report *r, const struct low *low)
{
	for (size_t i = 0; i < low->roms_len; i++) {
		if (r->format == REPORT_NDJSON)
			show_rom_object(r, &low->roms[i]);
		else
			show_rom_text(r, &low->roms[i], i == 0);
	}
	if (low->roms_dropped)
		report_note(r, "%zu more ROM headers not shown", low->roms_dropped);
}

static void show_signatures(struct report *r, const struct low *low)
{
	static const struct column columns[] = {
		{ "phys", "table at", 8 },  { "name", "name", -8 },
		{ "bytes", "bytes", 6 },    { "checksum", "checksum", -16 },
		{ "part_of", "within", 8 }, { "what", "what", -1 },
	};

	if (low->hits.len)
		report_table(r, "signature", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < low->hits.len; i++) {
		const struct signature_hit *hit = &low->hits.hits[i];
		const struct cell cells[] = {
			HEX_CELL(hit->phys),
			TEXT_CELL(hit->name),
			hit->len ? UINT_CELL(hit->len) : NO_CELL,
			TEXT_CELL(sum_name(hit->sum)),
			hit->part_of ? HEX_CELL(hit->part_of) : NO_CELL,
			TEXT_CELL(hit->what),
		};

		report_row(r, cells);
	}
	if (low->hits.dropped)
		report_note(r, "%zu more signatures not shown", low->hits.dropped);
}

static void show_all(struct context *c, const struct low *low, const struct lowcheck *k)
{
	static void (*const parts[])(struct report * r, const struct low *low) = {
		show_pages, show_base, show_roms, show_signatures, lowtables_show, show_vectors, show_facts,
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		parts[i](c->report, low);
		/* The answers first. */
		if (parts[i] == show_base)
			(void)lowcheck_show(c, low, k, false);
		report_gap(c->report);
		if (parts[i] != show_base)
			continue;
		lowcheck_map(c, low, k);
		report_gap(c->report);
	}
}

/* The first MiB as it is now; static, for it is 10 KB. Kept to the end of the program. */
static struct low *gather(struct context *c, struct err *e)
{
	static struct low low;

	report_section(c->report, "low");
	return cmd_need_memory(c, e) && low_gather(&low, &c->mem, e) ? &low : NULL;
}

/* The same as it was when the firmware's tables were looked for, which a report does in any case. */
static const struct low *gathered(struct context *c, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);

	report_section(c->report, "low");
	if (!cmd_need_memory(c, e))
		return NULL;
	*e = f->no_low;
	return f->has_low ? &f->low : NULL;
}

bool low_section(struct context *c, bool details, struct err *e)
{
	const struct low *low = details ? gather(c, e) : gathered(c, e);
	const struct lowcheck *k;
	bool filled;

	if (!low)
		return false;
	k = lowcheck_gather(c);
	if (details || c->report->format == REPORT_NDJSON) {
		show_all(c, low, k);
	} else {
		filled = lowcheck_show(c, low, k, true);
		lowtext_show(c->report, low, filled);
	}
	return true;
}

enum {
	OPT_MAP,
	OPT_WATCH,
	OPT_KEYS,
};

#define WATCH_MAX 86400 /* s */

static bool take_seconds(const struct context *c, uint64_t *ret_seconds, struct err *e)
{
	const char *text = c->options[OPT_WATCH];

	*ret_seconds = 0;
	if (!text)
		return true;
	if (c->mem_path)
		return err_set(e, ERR_USAGE, "--watch needs the running machine: a saved file does not change");
	if (!num_parse(text, "--watch", ret_seconds, e) || !*ret_seconds || *ret_seconds > WATCH_MAX)
		return err_set(e, ERR_USAGE, "--watch '%.40s': not a number of seconds up to %d", text, WATCH_MAX);
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	bool part = c->options[OPT_MAP] || c->options[OPT_KEYS] || c->options[OPT_WATCH], good = true;
	struct low *low;
	uint64_t seconds;

	(void)argc, (void)argv;
	if (!take_seconds(c, &seconds, e) || !cmd_need_memory(c, e))
		return false;
	if (!part)
		return low_section(c, true, e);
	low = gather(c, e);
	if (!low)
		return false;
	if (c->options[OPT_MAP])
		lowcheck_map(c, low, lowcheck_gather(c));
	if (c->options[OPT_KEYS])
		lowcheck_keys(c->report, low);
	if (seconds) {
		(void)lowcheck_gather(c); /* opens the kernel, before the first look */
		good = lowwatch_run(c, low, seconds, e);
	}
	lowmem_deinit(&low->mem);
	return good;
}

const struct cmd cmd_low = {
	.name = "low",
	.args = "",
	.summary = "the first MiB: vectors, BIOS data, EBDA, ROMs, tables found there",
	.options = (const struct cmd_option[]){
		[OPT_MAP] = { "map", NULL, "what lies at each page, and who has it, only" },
		[OPT_WATCH] = { "watch", "N", "what changes within N seconds, only" },
		[OPT_KEYS] = { "keys", NULL, "what the keyboard buffer holds, only" },
		{ NULL, NULL, NULL },
	},
	.details =
	    "Video memory (0xa0000-0xbffff) is not touched. The keyboard buffer can hold a\n"
	    "password that was typed before the kernel started: without --keys only the\n"
	    "number of keys that wait in it is shown. Zeros that the kernel gives in place\n"
	    "of memory are named as withheld and not decoded.",
	.run = run,
};

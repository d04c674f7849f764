/* ramscope firmware acpi: the tables of ACPI, and the hardware error record of the last boot. */
/* What a table says is decode's; how it was had, firmware.c's. */
#include "base/fmt.h"
#include "cmd/facts.h"
#include "cmd/firmware.h"
#include "decode/acpi.h"
#include "decode/acpitable.h"
#include "decode/cper.h"
#include "firmware/acpicheck.h"
#include "report/flow.h"

#include <inttypes.h>
#include <strings.h>

#define INDENT 10 /* of the summary */
#define COLUMNS 9 /* of the list */
#define FACTS_MAX 2048 /* of a table that nobody asked for by name: a table that lies has a hundred thousand */

/* Where the parts and facts of a table go. Text: the table's own fields one a line, each structure in it a paragraph. */
struct shown {
	struct facts_shown facts;
	const char *name;
	char table[64]; /* its name, and that of the structure: "APIC: local APIC" */
	uint64_t next; /* facts before it are told already */
	size_t left;   /* so many facts more */
	size_t dropped;
	bool lines; /* every fact a line */
	bool in_flow;
	struct flow flow;
};

static void end_flow(struct shown *s)
{
	if (s->in_flow)
		flow_end(&s->flow);
	s->in_flow = false;
}

static void put_part(void *arg, const struct acpi_part *part)
{
	struct shown *s = arg;
	int indent = (int)part->depth * 2;
	char label[64];

	s->facts.phys = part->v.phys;
	fmt(s->table, sizeof(s->table), "%s%s%s%s", s->name, part->depth ? ": " : "",
	    !part->depth ? "" : part->name[0] ? part->name : "unknown",
	    part->bad ? ", cut short" : "");
	if (part->depth == 0 && !s->lines)
		s->next = part->v.phys + part->head;
	/* What is within a structure within a structure stands in its line. */
	if (part->depth == (s->in_flow ? 3 : 0) && !s->lines)
		return;
	end_flow(s);
	if (part->name[0])
		fmt(label, sizeof(label), "%*s%s", indent, "", part->name);
	else
		fmt(label, sizeof(label), "%*stype %#x", indent, "", part->type);
	flow_init(&s->flow, s->facts.report, 26, label);
	s->in_flow = true;
	if (part->bad) {
		flow_add(&s->flow, "", "%" PRIu64 " bytes long, it says:", part->len);
		flow_words(&s->flow, "the rest is not decoded");
	}
	if (s->lines)
		end_flow(s);
}

static void put_fact(void *arg, const struct fact *fact)
{
	struct shown *s = arg;

	if (!s->left) {
		s->dropped++;
		return;
	}
	s->left--;
	if (s->facts.report->format == REPORT_NDJSON || (!s->in_flow && fact->phys >= s->next))
		facts_put(&s->facts, fact);
	if (!s->in_flow || !strcmp(fact->key, "type") || !strcmp(fact->key, "length"))
		return;
	flow_add(&s->flow, s->flow.fresh ? "" : "; ", "%s", fact->name);
	flow_words(&s->flow, fact->text);
}

static void decode_into(struct context *c, const struct view *v, const char *name, bool lines, size_t most,
			void (*decode)(const struct view *v, const struct acpi_sink *to))
{
	struct shown s = { .facts = { c->report, "acpi_field", NULL, v->phys }, .name = name, .left = most, .lines = lines };

	s.facts.table = s.table;
	decode(v, &(struct acpi_sink){ put_part, { put_fact, &s }, &s });
	end_flow(&s);
	if (s.dropped)
		report_note(c->report, "%zu more fields: ramscope firmware acpi %.*s", s.dropped, (int)strcspn(name, " "),
			    name);
}

/* The record that BERT leads to stands behind BERT. */
static void show_record(struct context *c, const struct firmware *f, size_t most)
{
	const struct bootrecord *b = &f->bootrecord;
	struct err e;
	char text[160];

	acpicheck_record_text(f, text, sizeof(text));
	if (text[0])
		flow_text(c->report, 2, "the last boot left: %s", text);
	else if (bootrecord_bytes(b)->len)
		report_text(c->report, "the last boot left no error there");
	else if (b->memory.why) {
		e = *b->memory.why;
		err_while(&e, "the region of BERT");
		report_error(c->report, &e);
	}
	decode_into(c, bootrecord_bytes(b), "BERT record", true, most, cper_decode);
}

static void show_table(struct context *c, const struct firmware *f, const struct acpilist_table *t, size_t most)
{
	const struct view *v = acpilist_bytes(t);
	const char *what = acpi_table_name(t->signature);
	struct acpi_header h;
	char ways[96], at[24] = "";

	if (!acpi_header(v, &h)) {
		report_text(c->report, "%s: not had, or no table", t->name);
		return;
	}
	/* /sys does not tell where. */
	if (v->phys)
		fmt(at, sizeof(at), " at %#" PRIx64, v->phys);
	firmware_ways(t, ways, sizeof(ways));
	flow_text(c->report, 2, "%s%s: %.*s%s%" PRIu32 " bytes, revision %u, checksum %s; by %s", t->name, at,
		  what ? (int)strcspn(what, ">") : 0, what ? what : "", what ? ", " : "", h.len, h.revision,
		  strcmp(h.signature, "FACS") ? sum_name(h.sum) : "none", ways);
	decode_into(c, v, t->name, false, most, acpi_decode);
	if (!strcmp(t->signature, "BERT"))
		show_record(c, f, most);
	report_gap(c->report);
}

static void list_rsdp(struct report *r, const struct found *found)
{
	struct acpi_rsdp rsdp;

	if (acpi_rsdp(&found->bytes, &rsdp))
		report_row(r, (const struct cell[COLUMNS]){
				      HEX_CELL(found->phys), TEXT_CELL("RSDP"), UINT_CELL(rsdp.len), UINT_CELL(rsdp.revision),
				      TEXT_CELL(sum_name(acpi_rsdp_sum(&found->bytes))), TEXT_CELL(rsdp.oem_id), NO_CELL,
				      TEXT_CELL(route_name(found->route)), TEXT_CELL("root") });
}

static void list_table(struct report *r, const struct acpilist_table *t)
{
	const struct view *v = acpilist_bytes(t);
	const char *name = acpi_table_name(t->signature);
	char what[40] = "not had", ways[96];
	struct acpi_header h = { .len = (uint32_t)v->len };
	struct cell cells[COLUMNS] = { t->memory.phys ? HEX_CELL(t->memory.phys) : NO_CELL, TEXT_CELL(t->name) };

	firmware_ways(t, ways, sizeof(ways));
	if (acpi_header(v, &h)) {
		fmt(what, sizeof(what), "%.*s", name ? (int)strcspn(name, ">") : 0, name ? name : "");
		cells[3] = UINT_CELL(h.revision);
		cells[4] = TEXT_CELL(h.sum == SUM_UNKNOWN ? "none" : sum_name(h.sum));
		cells[5] = TEXT_CELL(h.oem_id[0] ? h.oem_id : NULL);
		cells[6] = TEXT_CELL(h.oem_table_id[0] ? h.oem_table_id : NULL);
	}
	cells[2] = UINT_CELL(h.len);
	cells[7] = TEXT_CELL(ways);
	cells[8] = TEXT_CELL(what[0] ? what : NULL);
	report_row(r, cells);
}

static void list_tables(struct report *r, const struct acpilist *a)
{
	static const struct column columns[COLUMNS] = {
		{ "phys", "at", 11 },	  { "name", "table", -6 },   { "bytes", "bytes", 7 },
		{ "revision", "rev", 3 }, { "checksum", "sum", -5 }, { "oem", "OEM", -6 },
		{ "model", "model", -8 }, { "ways", NULL, 0 },	     { "what", "what", -1 },
	};

	report_table(r, "acpi_table", columns, COLUMNS);
	/* NDJSON has it once a route. */
	for (size_t i = 0; i < a->rsdps_len; i++)
		if (!i || r->format == REPORT_NDJSON || a->rsdps[i].phys != a->rsdps[0].phys)
			list_rsdp(r, &a->rsdps[i]);
	for (size_t i = 0; i < a->len; i++)
		list_table(r, &a->tables[i]);
	if (a->dropped)
		report_note(r, "%zu more tables not looked at", a->dropped);
}

/* A few lines: an error first, then the tables' names, with what is wrong of one behind it. */
static void show_short(struct report *r, const struct firmware *f)
{
	const struct acpilist *a = &f->acpi;
	struct acpi_rsdp rsdp;
	struct flow flow;
	char text[160];

	acpicheck_record_text(f, text, sizeof(text));
	flow_init(&flow, r, INDENT, "ACPI");
	if (text[0]) {
		flow_words(&flow, "the last boot left a hardware error record:");
		flow_words(&flow, text);
		flow_words(&flow, "(ramscope firmware acpi BERT);");
	}
	if (a->rsdp && acpi_rsdp(&a->rsdp->bytes, &rsdp))
		flow_add(&flow, " ", "RSDP at %#" PRIx64 ", revision %u;", a->rsdp->phys, rsdp.revision);
	flow_add(&flow, " ", "%zu table%s:", a->len, a->len == 1 ? "" : "s");
	for (size_t i = 0; i < a->len; i++) {
		const struct view *v = acpilist_bytes(&a->tables[i]);
		struct acpi_header h;
		bool has = acpi_header(v, &h);

		flow_add(&flow, " ", "%s%s", a->tables[i].name,
			 !has ? " (not had)" : h.sum == SUM_WRONG ? " (checksum wrong)" : "");
	}
	flow_end(&flow);
}

/* As people call them, too. */
static bool is_asked(const char *which, const char *name)
{
	static const char also[][2][5] = { { "MADT", "APIC" }, { "FADT", "FACP" } };

	for (size_t i = 0; i < ARRAY_LEN(also); i++)
		if (!strcasecmp(which, also[i][0]))
			which = also[i][1];
	return !strcasecmp(which, "all") || !strcasecmp(which, name);
}

static bool show(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);
	const struct acpilist *a = &f->acpi;
	bool json = c->report->format == REPORT_NDJSON, found = false;

	if (!a->len && !a->rsdps_len)
		return firmware_none(f, "ACPI table", e);
	if (!ask->details && !json) {
		show_short(c->report, f);
		return true;
	}
	if (!ask->which || json) {
		list_tables(c->report, a);
		if (!json)
			report_text(c->report, "%s", "decoded: ramscope firmware acpi APIC, or all");
	}
	for (size_t i = 0; i < a->len; i++) {
		/* MSDM is a product key of Windows: not for a report that goes from hand to hand. */
		if (ask->which ? !is_asked(ask->which, a->tables[i].name) : !json || !strcmp(a->tables[i].signature, "MSDM"))
			continue;
		show_table(c, f, &a->tables[i], ask->which ? SIZE_MAX : FACTS_MAX);
		found = true;
	}
	if (!ask->which || found)
		return true;
	err_set(e, ERR_UNSUPPORTED, "there is no ACPI table '%.12s' here", ask->which);
	return err_hint(e, "ramscope firmware acpi, which lists those that are");
}

const struct firmware_part fw_acpi = { "acpi", "ACPI", show };

/* ramscope firmware: what the firmware left in memory, part by part, and by which routes it was had. */
/* Each part is a file of its own; this one has the list of them. */
#include "cmd/firmware.h"

#include "base/fmt.h"
#include "base/names.h"
#include "firmware/firmware.h"
#include "report/flow.h"

/* In the order of the report, and NULL at the end: a part is a row here and its file. */
static const struct firmware_part *const parts[] = {
	&fw_smbios,
	&fw_acpi,
	&fw_mp,
	&fw_pir,
	&fw_efi,
	&fw_coreboot,
	NULL,
};

#define WAYS_MAX SMBIOS_ENTRIES_MAX

/* One thing of the firmware and all the ways by which it was looked for. */
struct thing {
	const char *part, *name;
	bool changes; /* it may, while the system runs */
	size_t len;
	const struct found *ways[WAYS_MAX];
};

static void add_way(struct thing *t, const struct found *f)
{
	if (found_any(f) && t->len < WAYS_MAX)
		t->ways[t->len++] = f;
}

static const struct found *first_had(const struct thing *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->ways[i]->bytes.len)
			return t->ways[i];
	return NULL;
}

/* NULL: there are not two to compare. */
static const char *verdict(const struct thing *t)
{
	const struct found *first = first_had(t);
	size_t had = 0;

	for (size_t i = 0; i < t->len; i++) {
		had += t->ways[i]->bytes.len != 0;
		if (first && found_differ(first, t->ways[i]) != SIZE_MAX)
			return t->changes ? "changing" : "different";
	}
	return had > 1 ? "the same" : NULL;
}

/* "scan, /sys: the same", "memory not had, /sys". */
static void put_ways(const struct thing *t, char *buf, size_t size)
{
	const char *said = verdict(t);
	size_t n = 0;

	for (size_t i = 0; i < t->len; i++)
		fmt_append(buf, size, &n, "%s%s%s", i ? ", " : "", route_name(t->ways[i]->route),
			   t->ways[i]->bytes.len ? "" : " not had");
	if (said)
		fmt_append(buf, size, &n, ": %s", said);
}

void firmware_ways(const struct acpilist_table *table, char *buf, size_t size)
{
	struct thing t = { .changes = acpilist_changes(table) };

	add_way(&t, &table->memory);
	add_way(&t, &table->sys);
	put_ways(&t, buf, size);
}

/* *first: the first reason why something was not had, and what. */
static void show_thing(struct report *r, const struct thing *t, struct err *first)
{
	const struct found *had = first_had(t);
	const struct err *why = NULL;
	uint64_t phys = 0;
	char ways[96];

	for (size_t i = 0; i < t->len; i++) {
		phys = phys ? phys : t->ways[i]->phys;
		why = t->ways[i]->why ? t->ways[i]->why : why;
	}
	if (why && first->kind == ERR_NONE) {
		*first = *why;
		err_while(first, "%s", t->name);
	}
	put_ways(t, ways, sizeof(ways));
	if (t->len)
		report_row(r, (const struct cell[]){
				      TEXT_CELL(t->part),
				      TEXT_CELL(t->name),
				      phys ? HEX_CELL(phys) : NO_CELL,
				      had ? UINT_CELL(had->bytes.len) : NO_CELL,
				      TEXT_CELL(verdict(t)),
				      TEXT_CELL(why ? why->msg : NULL),
				      TEXT_CELL(ways),
			      });
}

/* An entry point of each kind; ramscope does not compare one kind with another. */
static void show_smbios(struct report *r, const struct smbiostable *s, struct err *first)
{
	static const char anchors[][6] = { "_SM3_", "_SM_", "_DMI_" };
	struct thing t;

	for (size_t a = 0; a < ARRAY_LEN(anchors); a++) {
		t = (struct thing){ .part = "smbios", .name = anchors[a] };
		for (size_t i = 0; i < s->entries_len; i++)
			if (s->entries[i].bytes.len > 5 &&
			    !memcmp(s->entries[i].bytes.bytes, anchors[a], strlen(anchors[a])))
				add_way(&t, &s->entries[i]);
		show_thing(r, &t, first);
	}
	t = (struct thing){ .part = "smbios", .name = "DMI" };
	add_way(&t, &s->memory);
	add_way(&t, &s->sys);
	show_thing(r, &t, first);
}

/* Text shows one by one only what is not like the rest. */
static void show_acpi(struct report *r, const struct acpilist *a, struct err *first)
{
	static const char ways[] = "memory, /sys: the same\0memory\0/sys";
	size_t count[3] = { 0 }, n = 0;
	struct thing t = { .part = "acpi", .name = "RSDP" };
	char text[80];

	for (size_t i = 0; i < a->rsdps_len; i++)
		add_way(&t, &a->rsdps[i]);
	show_thing(r, &t, first);
	for (size_t i = 0; i < a->len; i++) {
		const struct acpilist_table *table = &a->tables[i];
		bool differs, failed = table->memory.why || table->sys.why;

		t = (struct thing){ .part = "acpi", .name = table->name, .changes = acpilist_changes(table) };
		add_way(&t, &table->memory);
		add_way(&t, &table->sys);
		differs = !t.changes && verdict(&t) && verdict(&t)[0] == 'd';
		if (r->format == REPORT_NDJSON || differs || failed)
			show_thing(r, &t, first);
		else
			count[t.len > 1 ? 0 : table->memory.bytes.len ? 1 : 2]++;
	}
	for (size_t i = 0; i < ARRAY_LEN(count); i++)
		if (count[i])
			fmt_append(text, sizeof(text), &n, "%s%zu by %s", n ? "; " : "", count[i], name_at(ways, i));
	if (n && r->format == REPORT_TEXT)
		report_row(r, (const struct cell[]){ NO_CELL, TEXT_CELL("ACPI tables"), NO_CELL, NO_CELL, NO_CELL,
						     NO_CELL, TEXT_CELL(text) });
}

static void show_routes(struct report *r, const struct firmware *f)
{
	static const struct column columns[] = {
		{ "part", NULL, 0 },	  { "name", "table", -12 }, { "phys", "at", 11 },
		{ "bytes", "bytes", 7 }, { "verdict", NULL, 0 },   { "why", NULL, 0 },
		{ "ways", "had by", -1 },
	};
	struct err first = ERR_INIT;

	if (!f->smbios.entries_len && !f->smbios.sys.bytes.len && !f->acpi.rsdps_len && !f->acpi.len)
		return;
	report_table(r, "table", columns, ARRAY_LEN(columns));
	show_smbios(r, &f->smbios, &first);
	show_acpi(r, &f->acpi, &first);
	if (f->acpi.dropped)
		report_note(r, "%zu more ACPI tables not looked at", f->acpi.dropped);
	if (first.kind != ERR_NONE)
		report_error(r, &first);
}

bool firmware_none(const struct firmware *f, const char *what, struct err *e)
{
	if (firmware_scanned(f))
		return err_set(e, ERR_UNSUPPORTED, "there is no %s", what);
	err_set(e, ERR_UNSUPPORTED, "no %s seen, but the first MiB could not be searched", what);
	return err_hint(e, "ramscope low, which says why");
}

/* Each part in short; what is not here at all is one line for all of it. */
static bool show_parts(struct context *c, bool brief, struct err *e)
{
	const struct firmware_ask ask = { .details = c->report->format == REPORT_NDJSON, .brief = brief };
	const bool scanned = firmware_scanned(cmd_need_firmware(c));
	struct flow none;
	size_t absent = 0;

	flow_init(&none, c->report, 10, scanned ? "not here" : "not seen");
	for (size_t i = 0; parts[i]; i++) {
		struct err one = ERR_INIT;

		if (parts[i]->show(c, &ask, &one))
			continue;
		if (one.kind == ERR_UNSUPPORTED) {
			report_json(c->report, "absent",
				    (const struct field[]){ { "part", NULL, TEXT_CELL(parts[i]->name) },
							    { "why", NULL, TEXT_CELL(one.msg) } },
				    2);
			flow_add(&none, ", ", "%s", parts[i]->title);
			absent++;
			continue;
		}
		report_error(c->report, &one);
		if (e->kind == ERR_NONE)
			*e = one;
	}
	if (absent && !scanned)
		flow_words(&none, "(the first MiB could not be searched)");
	if (absent)
		flow_end(&none);
	return e->kind == ERR_NONE;
}

bool firmware_section(struct context *c, struct err *e)
{
	report_section(c->report, "firmware");
	(void)cmd_need_firmware(c);
	return show_parts(c, true, e);
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	const struct firmware_ask ask = { .details = true, .which = argc > 1 ? argv[1] : NULL };
	const struct firmware *f;
	size_t i = 0;
	bool good;

	while (argc && parts[i] && strcmp(parts[i]->name, argv[0]))
		i++;
	if (!parts[i]) {
		err_set(e, ERR_USAGE, "no part '%.20s' of the firmware", argv[0]);
		return err_hint(e, "ramscope firmware --help");
	}
	if (c->mem_path && !cmd_need_memory(c, e))
		return false;
	report_section(c->report, "firmware");
	f = cmd_need_firmware(c);
	if (argc)
		return parts[i]->show(c, &ask, e);
	good = show_parts(c, false, e);
	show_routes(c->report, f);
	return good;
}

const struct cmd cmd_firmware = {
	.name = "firmware",
	.args = "[PART [WHICH]]",
	.summary = "SMBIOS, ACPI, MP, EFI, coreboot tables by each route",
	.args_max = 2,
	.details = "Without PART what there is in short, and by which ways it was had.\n"
		   "PART is smbios, acpi, mp, pir, efi or coreboot: all of its tables, decoded.\n"
		   "WHICH is one of them: a type of SMBIOS, 17; a signature of ACPI, APIC.",
	.run = run,
};

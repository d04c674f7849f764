/* ramscope firmware coreboot: its table, where the time of the boot went, what its console said. */
/* What the records say is decode's. */
#include "base/fmt.h"
#include "cmd/firmware.h"
#include "cmd/records.h"
#include "decode/coreboot.h"
#include "decode/fields.h"
#include "firmware/firmware.h"
#include "report/flow.h"

#include <inttypes.h>

#define INDENT 10

/* The time of the last stamp, in microseconds. */
static uint64_t last_stamp(const struct view *v)
{
	struct coreboot_stamp s = { 0 };
	uint64_t last = 0;

	for (uint32_t i = 0; coreboot_stamp(v, i, &s); i++)
		last = s.us > last ? s.us : last;
	return last;
}

/* The first text or name of a record, for the summary. */
static void put_text(void *arg, const struct fact *fact)
{
	struct flow *flow = arg;

	flow_add(flow, ", ", "%s", fact->text);
}

/* The version, the board, and how much of its memory map is RAM. */
static void show_short(struct report *r, const struct boardtables *t, const struct coreboot *head)
{
	struct record_walk walk = { .table = t->coreboot.bytes };
	uint64_t ram = 0, us = last_stamp(&t->stamps.bytes);
	size_t versions = 0, boards = 0;
	struct flow flow;
	struct sink sink = { put_text, &flow };
	struct record record;
	enum sum sum = head->sum == SUM_RIGHT ? head->records_sum : head->sum;

	records_head(r, "coreboot", t->coreboot.phys, sum);
	flow_init(&flow, r, INDENT, "coreboot");
	while (coreboot_next(&walk, &record)) {
		if (record.type == COREBOOT_RANGE && view_u32(&record.bytes, 16) == COREBOOT_RAM)
			ram += view_u64(&record.bytes, 8);
		/* The first of each: a table that lies has thousands. */
		if ((record.type == COREBOOT_VERSION && !versions++) || (record.type == COREBOOT_BOARD && !boards++))
			fields_decode(record.rows, &record.bytes, &(struct fields){ .sink = &sink, .say = record.say });
	}
	flow_add(&flow, ", ", "table at %#" PRIx64, t->coreboot.phys);
	flow_add(&flow, ", ", "%" PRIu64 " MiB of RAM", ram >> 20);
	if (us)
		flow_add(&flow, ", ", "%" PRIu64 " ms to the payload", us / 1000);
	if (sum != SUM_RIGHT)
		flow_add(&flow, ", ", "checksum %s", sum_name(sum));
	if (head->forward)
		flow_add(&flow, ", ", "which leads on, too often or to nothing");
	flow_end(&flow);
}

static void show_stamps(struct report *r, const struct view *v)
{
	static const struct column columns[] = {
		{ "ticks", NULL, 0 }, { "us", "microseconds", 12 }, { "since", "since last", 12 }, { "id", "id", 5 },
		{ "name", "timestamp", -1 },
	};
	struct coreboot_stamp s;
	uint64_t last = 0;

	if (v->len)
		report_table(r, "coreboot_timestamp", columns, ARRAY_LEN(columns));
	for (uint32_t i = 0; coreboot_stamp(v, i, &s); i++) {
		report_row(r, (const struct cell[]){ UINT_CELL(s.ticks), UINT_CELL(s.us),
						     UINT_CELL(s.us > last ? s.us - last : 0), UINT_CELL(s.id),
						     TEXT_CELL(s.name) });
		last = s.us;
	}
}

/* A line of the log, of which len bytes are left; one that is too long is broken. Returns where the next begins. */
static size_t show_line(struct report *r, const char *text, size_t len)
{
	char line[77];
	size_t n = 0;

	while (n < len && n < sizeof(line) - 1 && text[n] && text[n] != '\n')
		n++;
	fmt(line, sizeof(line), "%.*s", (int)n, text);
	report_record(r, "coreboot_console", (const struct field[]){ { "text", "", TEXT_CELL(line) } }, 1);
	return n + (n < len && (!text[n] || text[n] == '\n'));
}

static void show_console(struct report *r, const struct view *v)
{
	struct view text[2];
	bool lost;

	if (!v->len)
		return;
	coreboot_console(v, text, &lost);
	report_text(r, "console%s:", lost ? ", its beginning overwritten" : "");
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; at < text[i].len;)
			at += show_line(r, (const char *)text[i].bytes + at, text[i].len - at);
}

/* What a record points to and was not had. */
static void show_lack(struct report *r, const char *what, const struct found *f)
{
	struct err e;

	if (!f->why)
		return;
	e = *f->why;
	err_while(&e, "coreboot's %s", what);
	report_error(r, &e);
}

static bool show(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);
	const struct boardtables *t = &f->board;
	struct coreboot head;

	if (!f->has_low || !firmware_hit(f, "LBIO", NULL))
		return firmware_none(f, "coreboot table", e);
	if (!coreboot_table(&t->coreboot.bytes, &head)) {
		if (!t->coreboot.why)
			return err_set(e, ERR_UNSUPPORTED, "coreboot's table leads to something else");
		*e = *t->coreboot.why;
		return err_while(e, "coreboot's table");
	}
	show_short(c->report, t, &head);
	show_lack(c->report, "timestamps", &t->stamps);
	show_lack(c->report, "console", &t->console);
	if (ask->details || c->report->format == REPORT_NDJSON) {
		records_show(c->report, "coreboot_field", &t->coreboot.bytes, coreboot_next);
		show_stamps(c->report, &t->stamps.bytes);
		show_console(c->report, &t->console.bytes);
	}
	return true;
}

const struct firmware_part fw_coreboot = { "coreboot", "coreboot", show };

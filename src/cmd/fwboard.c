/* ramscope firmware mp, pir, coreboot: what boards have beside ACPI, or in its place. */
/* What the records say is decode's. */
#include "base/fmt.h"
#include "cmd/firmware.h"
#include "cmd/records.h"
#include "decode/biostable.h"
#include "decode/coreboot.h"
#include "decode/fields.h"
#include "decode/mp.h"
#include "firmware/firmware.h"
#include "report/flow.h"

#include <inttypes.h>

#define INDENT 10

/* "1 processor", "2 processors". */
static void add_count(struct flow *flow, size_t count, const char *what)
{
	flow_add(flow, ", ", "%zu %s%s", count, what, count == 1 ? "" : what[strlen(what) - 1] == 's' ? "es" : "s");
}

static void add_sum(struct flow *flow, enum sum sum)
{
	if (sum != SUM_RIGHT)
		flow_add(flow, ", ", "checksum %s", sum_name(sum));
}

static bool wants_records(const struct context *c, const struct firmware_ask *ask)
{
	return ask->details || c->report->format == REPORT_NDJSON;
}

/* The hits of a signature, each with the records it has. */
static void show_hits(struct context *c, const struct firmware *f, const char *name, const char *item)
{
	const struct signature_hit *hit = NULL;

	while ((hit = firmware_hit(f, name, hit))) {
		struct view v = lowmem_view(&f->low.mem, (uint32_t)hit->phys, LOW_END);

		v = view_sub(&v, 0, hit->len);
		report_text(c->report, "%s at %#" PRIx64 ", %zu bytes, checksum %s", name, hit->phys, v.len,
			    sum_name(hit->sum));
		records_show(c->report, item, &v, biostable_next);
	}
}

/* MultiProcessor Specification 1.4, 4.3: base entries have a type below this. */
#define MP_TYPES 5

static void count_entries(const struct view *v, size_t counts[MP_TYPES], size_t *ret_base)
{
	struct record_walk walk = { .table = *v };
	struct record r;

	memset(counts, 0, MP_TYPES * sizeof(*counts));
	*ret_base = 0;
	while (mp_next(&walk, &r)) {
		*ret_base += r.type < MP_EXTENDED;
		if (r.type < MP_TYPES)
			counts[r.type]++;
	}
}

static void mp_short(struct report *r, const struct found *t, const struct mp_table *head)
{
	size_t counts[MP_TYPES], base;
	struct flow flow;
	enum sum sum = head->sum == SUM_RIGHT && head->extended_sum == SUM_WRONG ? SUM_WRONG : head->sum;

	count_entries(&t->bytes, counts, &base);
	records_head(r, "mp", t->phys, sum);
	flow_init(&flow, r, INDENT, "MP");
	flow_add(&flow, "", "table at %#" PRIx64, t->phys);
	add_count(&flow, counts[0], "processor");
	add_count(&flow, counts[1], "bus");
	add_count(&flow, counts[2], "I/O APIC");
	add_count(&flow, counts[3] + counts[4], "interrupt");
	add_sum(&flow, sum);
	if (base != head->count)
		flow_add(&flow, ", ", "%zu entries where it says %u", base, head->count);
	flow_end(&flow);
}

/* Why there is a pointer and no table. */
static const char *no_table(const struct firmware *f, const struct found *t)
{
	if (t->phys)
		return "its pointer leads to something else";
	if (firmware_hit(f, "_MP_", NULL)->sum != SUM_RIGHT)
		return "its pointer is not followed, the checksum is not valid";
	return "no table, a default configuration";
}

static bool show_mp(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);
	const struct found *t = &f->board.mp;
	struct mp_table head;
	bool good = mp_table(&t->bytes, &head);

	if (!f->has_low || !firmware_hit(f, "_MP_", NULL))
		return firmware_none(f, "MP table", e);
	if (good)
		mp_short(c->report, t, &head);
	else if (!t->why)
		report_text(c->report, "%-*s%s", INDENT, "MP", no_table(f, t));
	if (wants_records(c, ask)) {
		show_hits(c, f, "_MP_", "mp_field");
		records_show(c->report, "mp_field", &t->bytes, mp_next);
	}
	if (!t->why)
		return true;
	*e = *t->why;
	return err_while(e, "MP table");
}

/* PCI IRQ Routing Table Specification 1.0: 32 bytes, and 16 a device. */
static void pir_short(struct report *r, const struct firmware *f)
{
	const struct signature_hit *hit = NULL;
	struct flow flow;

	while ((hit = firmware_hit(f, "$PIR", hit))) {
		flow_init(&flow, r, INDENT, "PCI IRQs");
		flow_add(&flow, "", "routing table at %#" PRIx64, hit->phys);
		/* 0: the length it says is none. */
		add_count(&flow, hit->len ? hit->len / 16 - 2 : 0, "device");
		add_sum(&flow, hit->sum);
		flow_end(&flow);
		records_head(r, "pir", hit->phys, hit->sum);
	}
}

static bool show_pir(struct context *c, const struct firmware_ask *ask, struct err *e)
{
	const struct firmware *f = cmd_need_firmware(c);

	if (!f->has_low || !firmware_hit(f, "$PIR", NULL))
		return firmware_none(f, "PCI IRQ routing table", e);
	pir_short(c->report, f);
	if (wants_records(c, ask))
		show_hits(c, f, "$PIR", "pir_field");
	return true;
}

const struct firmware_part fw_mp = { "mp", "MP table", show_mp };
const struct firmware_part fw_pir = { "pir", "PCI IRQ routing", show_pir };

/* What access found out, shown: the answer, its evidence, the table, the causes. */
/* Asks nothing and decides nothing. */
#include "cmd/access.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/oserr.h"
#include "report/flow.h"

#include <string.h>

static const char *way_name(enum way w)
{
	return name_at("open\0mmap\0read\0open\0kcore", w);
}

static const char *result_name(enum result r)
{
	return name_at("ok\0zeros\0refused\0eof\0fault\0absent\0mapped\0skipped\0unknown", r);
}

/* "EPERM" */
static const char *errno_name(int os, char *buf, size_t size)
{
	oserr_text(os, buf, size);
	if (buf[0] == 'E')
		buf[strcspn(buf, " ")] = '\0';
	return buf;
}

/* A word for the table. */
static const char *word(const struct access_answer *x, const struct access_answer *opened,
			char *buf, size_t size)
{
	const struct outcome *o = &x->observed;

	if (o->result == RESULT_SKIPPED)
		return opened->observed.result == RESULT_OK ? "not tried" : "not open";
	if (o->result == RESULT_REFUSED)
		return errno_name(o->os, buf, size);
	if (o->result == RESULT_ZEROS)
		return o->cause == CAUSE_STRICT_ZEROS ? "withheld" : "ok";
	return name_at("ok\0\0\0end of file\0fault\0absent\0maps", o->result);
}

/* Does the way show the page's own bytes? */
static bool shows(const struct access_target *t, enum way w)
{
	const struct outcome *o = &t->answers[w].observed;

	return o->result == RESULT_OK || (o->result == RESULT_ZEROS && !o->cause);
}

/* "RAM, by mmap and read of /dev/mem and by /proc/kcore" */
static void add_ways(const char *what, const bool *by, char *buf, size_t size, size_t *used)
{
	const bool mem = by[WAY_MMAP] || by[WAY_READ];

	if (!mem && !by[WAY_KCORE])
		return;
	fmt_append(buf, size, used, "%s%s, by ", *used ? "; " : "", what);
	if (mem)
		fmt_append(buf, size, used, "%s%s%s of /dev/mem", by[WAY_MMAP] ? "mmap" : "",
			   by[WAY_MMAP] && by[WAY_READ] ? " and " : "", by[WAY_READ] ? "read" : "");
	if (by[WAY_KCORE])
		fmt_append(buf, size, used, "%s/proc/kcore", mem ? " and by " : "");
}

/* The ways to RAM; those to the first MiB where they are others. */
static void reach_text(const struct access *a, char *buf, size_t size)
{
	bool ram[WAY_LEN] = { false }, low[WAY_LEN] = { false };
	size_t used = 0;

	for (enum way w = 0; a->ram && w < WAY_LEN; w++)
		ram[w] = shows(a->ram, w);
	for (size_t i = 0; i < a->len; i++)
		for (enum way w = 0; w < WAY_KCORE && a->targets[i].place.phys < LOW_END; w++)
			low[w] = low[w] || (shows(&a->targets[i], w) && !ram[WAY_MMAP] && !ram[WAY_READ]);
	fmt(buf, size, "no memory at all");
	add_ways("RAM", ram, buf, size, &used);
	add_ways("the first MiB", low, buf, size, &used);
}

/* What stands between this process and RAM by the best way; CAUSE_NONE when nothing does. */
static enum cause main_cause(const struct access *a)
{
	const enum cause causes[] = {
		a->opens[WAY_OPEN_MEM].observed.cause,
		a->no_map,
		a->ram ? a->ram->answers[WAY_MMAP].observed.cause : CAUSE_NONE,
		a->ram ? a->ram->answers[WAY_READ].observed.cause : CAUSE_NONE,
	};

	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if (causes[i])
			return causes[i];
	return CAUSE_NONE;
}

static void show_verdict(struct context *c, const struct access *a)
{
	enum cause cause = main_cause(a);
	const struct cause_row *row = &cause_rows[cause];
	const struct cause_row *next = &cause_rows[a->behind.cause];
	bool more = a->behind.result == RESULT_REFUSED;
	char reach[96];
	const struct field fields[] = {
		{ "reach", "reachable", TEXT_CELL(reach) },
		{ "text", "in the way", TEXT_CELL(cause ? row->text : "nothing") },
		{ "lift", "remedy", TEXT_CELL(row->lift ? row->lift : cause ? "none" : "none needed") },
		{ "cause", NULL, TEXT_CELL(row->name) },
		{ "behind", more ? "behind it" : NULL, more ? TEXT_CELL(next->text) : NO_CELL },
		{ "matched", NULL, UINT_CELL(a->matched) },
		{ "mismatched", NULL, UINT_CELL(a->mismatched) },
		{ "unpredicted", NULL, UINT_CELL(a->unpredicted) },
	};

	reach_text(a, reach, sizeof(reach));
	report_record(c->report, "verdict", fields, ARRAY_LEN(fields));
}

/* Does the fact bear on anything here? Unknown ones are shown when they would. */
static bool bears(const struct facts *f, enum known fact)
{
	enum tri value = f->of[fact].value, strict = f->of[FACT_STRICT].value;
	bool opens = f->of[FACT_NODE].value == TRI_YES && f->of[FACT_CAP_RAWIO].value != TRI_NO;

	switch (fact) {
	case FACT_NODE:
	case FACT_PROC:
	case FACT_KCORE:
	case FACT_MODE_MEM:
	case FACT_MODE_KCORE:
		return value == TRI_NO;
	case FACT_DEVMEM:
		return f->of[FACT_NODE].value == TRI_NO || value == TRI_NO;
	case FACT_CAP_RAWIO:
		return f->of[FACT_NODE].value == TRI_YES || value == TRI_NO;
	case FACT_LOCKED:
		return opens || value == TRI_YES;
	case FACT_STRICT:
		return true;
	case FACT_IO_STRICT:
		return strict == TRI_YES;
	case FACT_RELAXED:
		return strict == TRI_YES && f->of[FACT_IO_STRICT].value == TRI_YES;
	case FACT_PAT:
		return strict != TRI_YES;
	case FACT_PAT_CHECK:
		return strict != TRI_YES && f->of[FACT_PAT].value != TRI_NO;
	case FACT_32BIT:
	case FACT_CONFIDENTIAL:
		return value == TRI_YES;
	case FACT_PAE:
		return f->of[FACT_32BIT].value == TRI_YES;
	case FACT_CAP_ADMIN:
		return value == TRI_NO && f->of[FACT_CAP_RAWIO].value == TRI_YES;
	case FACT_LOCKED_KCORE: /* stands where FACT_LOCKED does */
	case FACT_HIGHMEM: /* a kernel with highmem has no more of it in /proc/kcore than others */
	case FACT_LEN:
		break;
	}
	return false;
}

static void show_facts(struct context *c, bool full)
{
	const struct facts *f = &c->facts;

	for (enum known k = 0; k < FACT_LEN; k++) {
		enum tri value = f->of[k].value;
		const char *from = f->of[k].from;
		const struct field fields[] = {
			{ "name", NULL, TEXT_CELL(facts_name(k)) },
			{ "value", NULL, value ? BOOL_CELL(value == TRI_YES) : NO_CELL },
			{ "from", NULL, *from ? TEXT_CELL(from) : NO_CELL },
		};

		report_json(c->report, "fact", fields, ARRAY_LEN(fields));
		if (!full || !bears(f, k))
			continue;
		if (value)
			report_text(c->report, "  %s", from);
		else
			report_text(c->report, "  not told: %s%s%s", facts_name(k), *from ? "; " : "",
				    from);
	}
}

static void json_answer(struct context *c, const char *class, const struct place *place,
			enum way w, const struct access_answer *x)
{
	char os[32];
	const struct field fields[] = {
		{ "class", NULL, TEXT_CELL(class) },
		{ "phys", NULL, place ? HEX_CELL(place->phys) : NO_CELL },
		{ "way", NULL, TEXT_CELL(way_name(w)) },
		{ "predicted", NULL, TEXT_CELL(result_name(x->predicted.result)) },
		{ "predicted_cause", NULL, TEXT_CELL(cause_rows[x->predicted.cause].name) },
		{ "observed", NULL, TEXT_CELL(result_name(x->observed.result)) },
		{ "errno", NULL, x->observed.os ? TEXT_CELL(os) : NO_CELL },
		{ "cause", NULL, TEXT_CELL(cause_rows[x->observed.cause].name) },
		{ "match", NULL, x->match ? BOOL_CELL(x->match == TRI_YES) : NO_CELL },
	};

	errno_name(x->observed.os, os, sizeof(os));
	report_json(c->report, "answer", fields, ARRAY_LEN(fields));
}

static void show_table(struct context *c, const struct access *a)
{
	const struct access_answer *mem = &a->opens[WAY_OPEN_MEM];
	const struct access_answer *core = &a->opens[WAY_OPEN_KCORE];
	bool table = a->len && !a->no_map && (mem->observed.result == RESULT_OK ||
					      core->observed.result == RESULT_OK);

	json_answer(c, "/dev/mem", NULL, WAY_OPEN_MEM, mem);
	json_answer(c, "/proc/kcore", NULL, WAY_OPEN_KCORE, core);
	if (table)
		report_text(c->report, "%-16s %14s  %-11s  %-11s  kcore", "class", "address", "mmap",
			    "read");
	for (size_t i = 0; i < a->len; i++) {
		const struct access_target *t = &a->targets[i];
		const struct access_answer *x = t->answers;
		char map[32], read[32], kcore[32];

		if (table)
			report_text(c->report, "%-16s %#14llx  %-11s  %-11s  %s", t->name,
			    (unsigned long long)t->place.phys, word(&x[WAY_MMAP], mem, map, 32),
			    word(&x[WAY_READ], mem, read, 32), word(&x[WAY_KCORE], core, kcore, 32));
		json_answer(c, t->name, &t->place, WAY_MMAP, &x[WAY_MMAP]);
		json_answer(c, t->name, &t->place, WAY_READ, &x[WAY_READ]);
		json_answer(c, t->name, &t->place, WAY_KCORE, &x[WAY_KCORE]);
	}
}

/* "label  words": wrapped, what follows the first line under the words. */
static void paragraph(struct report *r, const char *label, const char *text)
{
	struct flow flow;

	flow_init(&flow, r, 15, label);
	flow_words(&flow, text);
	flow_end(&flow);
}

static void show_cause(struct context *c, enum cause cause, const char *label, bool full)
{
	const struct cause_row *row = &cause_rows[cause];
	const struct field fields[] = {
		{ "name", NULL, TEXT_CELL(row->name) },
		{ "text", NULL, TEXT_CELL(row->text) },
		{ "lift", NULL, row->lift ? TEXT_CELL(row->lift) : NO_CELL },
		{ "meanwhile", NULL, row->meanwhile ? TEXT_CELL(row->meanwhile) : NO_CELL },
	};

	report_json(c->report, "cause", fields, ARRAY_LEN(fields));
	paragraph(c->report, label, row->text);
	if (row->lift && full)
		paragraph(c->report, "    remedy", row->lift);
	if (row->meanwhile && full)
		paragraph(c->report, "    meanwhile", row->meanwhile);
}

#define LABEL_MAX 24

/* Each cause once, in the order of the enumeration, under the first answer that it gave. */
static void show_causes(struct context *c, const struct access *a, bool full)
{
	char labels[CAUSE_LEN][LABEL_MAX] = { { 0 } };
	bool ours[CAUSE_LEN] = { false };

	for (enum way w = 0; w < WAY_LEN; w++) {
		const struct access_answer *x = &a->opens[w];
		char os[32];

		if (x->observed.cause && !labels[x->observed.cause][0])
			fmt(labels[x->observed.cause], LABEL_MAX, "open %s",
			    errno_name(x->observed.os, os, sizeof(os)));
	}
	if (a->no_map)
		fmt(labels[a->no_map], LABEL_MAX, "not tried");
	for (size_t i = 0; i < a->len; i++) {
		for (enum way w = 0; w < WAY_LEN; w++) {
			const struct access_answer *x = &a->targets[i].answers[w];
			char *label = labels[x->observed.cause], buf[32];

			if (!x->observed.cause || label[0])
				continue;
			ours[x->observed.cause] = x->observed.result == RESULT_SKIPPED;
			if (x->observed.result == RESULT_SKIPPED)
				fmt(label, LABEL_MAX, "not tried");
			else
				fmt(label, LABEL_MAX, "%s %s", way_name(w), word(x, x, buf, sizeof(buf)));
		}
	}
	for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_LEN; cause++)
		if (labels[cause][0])
			show_cause(c, cause, labels[cause], full && !ours[cause]);
}

void access_result_text(const struct outcome *o, char *buf, size_t size)
{
	if (o->result == RESULT_REFUSED)
		errno_name(o->os, buf, size);
	else
		fmt(buf, size, "%s", result_name(o->result));
}

static void find_mismatch(struct context *c, const char *class, struct range where, enum way w,
			  const struct access_answer *x)
{
	enum cause rule = x->predicted.cause;
	char predicted[32], observed[32];

	if (x->match != TRI_NO)
		return;
	access_result_text(&x->predicted, predicted, sizeof(predicted));
	access_result_text(&x->observed, observed, sizeof(observed));
	findings_add(&c->findings, FINDING_ANSWER, where,
		     "%s of %s: predicted %s, observed %s%s%s", way_name(w), class, predicted, observed,
		     rule ? "; expected rule: " : "", rule ? cause_rows[rule].name : "");
}

void accesstext_show(struct context *c, const struct access *a, bool full)
{
	show_verdict(c, a);
	if (full)
		report_text(c->report, "this follows from");
	show_facts(c, full);
	show_table(c, a);
	show_causes(c, a, full);
	for (enum way w = 0; w < WAY_LEN; w++) {
		find_mismatch(c, w == WAY_OPEN_MEM ? "/dev/mem" : "/proc/kcore", (struct range){ 0, 0 }, w,
			      &a->opens[w]);
		for (size_t i = 0; i < a->len; i++)
			find_mismatch(c, a->targets[i].name,
				      range_of_pages(a->targets[i].place.phys >> PAGE_SHIFT, 1), w,
				      &a->targets[i].answers[w]);
	}
	if (full || a->mismatched)
		report_text(c->report, "predicted = observed in %u answers; %u differ, %u were not predicted",
			    a->matched, a->mismatched, a->unpredicted);
}

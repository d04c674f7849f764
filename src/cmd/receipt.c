/* The receipt: whether the kernel is as healthy as before memory was touched. */
/* Blames nobody: what changed, changed since ramscope started. */
#include "cmd/cmd.h"
#include "mem/confine.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/oserr.h"
#include "report/flow.h"

#include <inttypes.h>

/* By enum health_count: as a subject, and when there are none. */
static const char subjects[] = "taint\0oopses\0warnings";
static const char nones[] = "taint 0\0no oops\0no warning";

static const char severities[] = "emerg\0alert\0crit\0error\0warning\0notice\0info\0debug";

struct sentence {
	char text[400];
	size_t used;
};

#define ADD(s, ...) fmt_append((s)->text, sizeof((s)->text), &(s)->used, __VA_ARGS__)

static bool is_told(const struct health *h, size_t i)
{
	return h->before[i] != HEALTH_NOT_TOLD && h->after[i] != HEALTH_NOT_TOLD;
}

static bool count_changed(const struct health *h, size_t i)
{
	return is_told(h, i) && h->before[i] != h->after[i];
}

static bool changed(const struct health *h)
{
	for (size_t i = 0; i < HEALTH_LEN; i++)
		if (count_changed(h, i))
			return true;
	return h->deaths != 0;
}

static bool anything_told(const struct health *h)
{
	return !h->log_errno || is_told(h, HEALTH_TAINT) || is_told(h, HEALTH_OOPS);
}

static void add_count(struct sentence *s, const struct health *h, size_t i)
{
	uint64_t before = h->before[i], after = h->after[i];

	if (!is_told(h, i))
		ADD(s, "%s not told", name_at(subjects, i));
	else if (before != after)
		ADD(s, "%s %" PRIu64 " -> %" PRIu64, name_at(subjects, i), before, after);
	else if (after)
		ADD(s, "%s %" PRIu64 " as before", name_at(subjects, i), after);
	else
		ADD(s, "%s", name_at(nones, i));
}

static void add_log(struct sentence *s, const struct health *h)
{
	const struct health_log *log = &h->log;
	char why[64];

	if (h->log_errno) {
		oserr_text(h->log_errno, why, sizeof(why));
		ADD(s, "kernel log not readable (%s)", why);
		return;
	}
	ADD(s, "%" PRIu64 " new line%s in the kernel log", log->seen, log->seen == 1 ? "" : "s");
	if (log->seen)
		ADD(s, " since ramscope started");
	if (log->lost)
		ADD(s, ", %" PRIu64 " lost", log->lost);
	else if (log->overwritten)
		ADD(s, ", others overwritten");
}

static void show_lines(struct report *r, const struct health_log *log)
{
	uint64_t left = log->seen;

	for (size_t i = 0; i < log->len; i++) {
		const struct health_line *l = &log->lines[i];
		struct sentence before = { .used = 0 };
		struct flow flow;
		char label[16];
		const struct field fields[] = {
			{ "seq", NULL, UINT_CELL(l->seq) },
			{ "usec", NULL, UINT_CELL(l->usec) },
			{ "severity", NULL, UINT_CELL(l->severity) },
			{ "program", NULL, BOOL_CELL(l->program) },
			{ "times", NULL, UINT_CELL(l->times) },
			{ "text", NULL, TEXT_CELL(l->text) },
		};

		report_json(r, "log", fields, ARRAY_LEN(fields));
		left -= l->times;
		if (l->times > 1)
			ADD(&before, "%u times: ", l->times);
		if (l->program)
			ADD(&before, "a program: ");
		fmt(label, sizeof(label), "  %s", name_at(severities, l->severity));
		flow_init(&flow, r, 11, label);
		flow_words(&flow, before.text);
		flow_words(&flow, l->text);
		flow_end(&flow);
	}
	if (left)
		report_text(r, "  and %" PRIu64 " more: dmesg", left);
}

static struct cell told(uint64_t value)
{
	return value == HEALTH_NOT_TOLD ? NO_CELL : UINT_CELL(value);
}

static void show_json(struct report *r, const struct health *h, const char *taint)
{
	const unsigned int on = confine_state();
	const struct field fields[] = {
		{ "changed", NULL, BOOL_CELL(changed(h)) },
		{ "taint_before", NULL, told(h->before[HEALTH_TAINT]) },
		{ "taint_after", NULL, told(h->after[HEALTH_TAINT]) },
		{ "taint", NULL, TEXT_CELL(taint) },
		{ "oops_before", NULL, told(h->before[HEALTH_OOPS]) },
		{ "oops_after", NULL, told(h->after[HEALTH_OOPS]) },
		{ "warn_before", NULL, told(h->before[HEALTH_WARN]) },
		{ "warn_after", NULL, told(h->after[HEALTH_WARN]) },
		{ "deaths", NULL, UINT_CELL(h->deaths) },
		{ "log_lines", NULL, told(h->log_errno ? HEALTH_NOT_TOLD : h->log.seen) },
		{ "log_lost", NULL, told(h->log_errno ? HEALTH_NOT_TOLD : h->log.lost) },
		{ "log_overwritten", NULL, BOOL_CELL(h->log.overwritten) },
		{ "no_capabilities", NULL, BOOL_CELL(on & CONFINE_CAPABILITIES) },
		{ "no_new_privs", NULL, BOOL_CELL(on & CONFINE_PRIVILEGES) },
		{ "seccomp", NULL, BOOL_CELL(on & CONFINE_CALLS) },
	};

	report_json(r, "receipt", fields, ARRAY_LEN(fields));
}

/* What the process gave up before it touched anything. */
static void show_confinement(struct report *r)
{
	const unsigned int on = confine_state();

	report_text(r, "ramscope ran with%s capabilities, %s privileges to be had, system calls %s",
		    on & CONFINE_CAPABILITIES ? "out" : "", on & CONFINE_PRIVILEGES ? "no" : "new",
		    on & CONFINE_CALLS ? "filtered" : "not filtered");
}

static void show(struct context *c)
{
	const struct health *h = &c->health;
	struct report *r = c->report;
	struct sentence s = { .used = 0 }, harm = { .used = 0 };
	/* Of bits that are new the names; of those that were there all. */
	uint64_t gained = h->after[HEALTH_TAINT] & ~h->before[HEALTH_TAINT];
	char taint[200] = "";

	if (is_told(h, HEALTH_TAINT))
		health_taint(gained ? gained : h->after[HEALTH_TAINT], taint, sizeof(taint));
	report_section(r, "receipt");
	ADD(&s, "%s", changed(h)	     ? "changed since ramscope started: "
		      : anything_told(h) ? "no harm done: "
					     : "not told whether harm was done: ");
	for (size_t i = 0; i < HEALTH_LEN; i++) {
		struct sentence one = { .used = 0 };

		add_count(&one, h, i);
		if (i == HEALTH_TAINT && *taint)
			ADD(&one, " (%s)", taint);
		ADD(&s, "%s, ", one.text);
		if (count_changed(h, i))
			ADD(&harm, "%s%s", harm.used ? ", " : "", one.text);
	}
	if (h->deaths) {
		struct sentence one = { .used = 0 };

		ADD(&one, "%u child%s killed by a touch", h->deaths, h->deaths == 1 ? "" : "ren");
		ADD(&s, "%s, ", one.text);
		ADD(&harm, "%s%s", harm.used ? ", " : "", one.text);
	}
	add_log(&s, h);
	show_json(r, h, taint);
	report_note(r, "%s", s.text);
	show_lines(r, &h->log);
	if (harm.used)
		findings_add(&c->findings, FINDING_HARM, (struct range){ 0, 0 }, "%s", harm.text);
	if (c->verbose)
		show_confinement(r);
}

bool receipt_section(struct context *c, struct err *e)
{
	(void)e;
	if (!c->health.started)
		return true;
	health_end(&c->health);
	show(c);
	c->health.started = false;
	return true;
}

void receipt_end(struct context *c)
{
	struct health *h = &c->health;

	if (!h->started)
		return;
	health_end(h);
	if (c->verbose || changed(h) || h->log.errors)
		show(c);
}

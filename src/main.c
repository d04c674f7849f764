/* The command table, the options, and the only printing of errors. */
/* Does no work of its own. */
#include "base/fmt.h"
#include "cmd/cmd.h"
#include "report/flow.h"

#include <string.h>
#include <unistd.h>

#ifndef RAMSCOPE_VERSION
#define RAMSCOPE_VERSION "unversioned"
#endif

static const struct cmd *const cmds[] = {
	&cmd_report, &cmd_access, &cmd_map, &cmd_low,  &cmd_firmware, &cmd_pages,
	&cmd_page,   &cmd_walk,	  &cmd_why, &cmd_dump, &cmd_check,
};

enum common {
	OPT_MEM,
	OPT_METHOD,
	OPT_SAFE,
	OPT_JSON,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
	OPT_COMMON_LEN,
};

static const struct {
	char letter;
	struct cmd_option row;
} common_options[OPT_COMMON_LEN] = {
	[OPT_MEM] = { 0, { "mem", "FILE", "read a saved ELF core instead of this machine" } },
	[OPT_METHOD] = { 0, { "method", "auto|mmap|read|kcore|kpageflags",
			    "how to reach memory (default: auto)" } },
	[OPT_SAFE] = { 0, { "i-know-this-address-is-safe", "RANGE",
			    "touch what is on no list" } },
	[OPT_JSON] = { 0, { "json", NULL, "NDJSON: one object a line" } },
	[OPT_VERBOSE] = { 'v', { "verbose", NULL, "how long the pass took; the receipt" } },
	[OPT_HELP] = { 'h', { "help", NULL, "this help; after a command, that command's" } },
	[OPT_VERSION] = { 'V', { "version", NULL, "version" } },
};

/* The command line taken apart. An option's value is "" for a flag, NULL when not given. */
struct parsed {
	const char *common[OPT_COMMON_LEN];
	const char *own[CMD_OPTIONS_MAX];
	const struct cmd *cmd;
	char **operands;
	int operands_len;
};

static void print_option(struct report *r, char letter, const struct cmd_option *o)
{
	char left[64];

	/* A name too long for its column has its line to itself. */
	bool long_name = fmt(left, sizeof(left), "--%s%s%s", o->name, o->arg ? "=" : "",
			     o->arg ? o->arg : "") > 24;

	report_text(r, "  %c%c%c %-24s%s%s", letter ? '-' : ' ', letter ? letter : ' ',
		    letter ? ',' : ' ', left, long_name ? "" : " ", long_name ? "" : o->help);
	if (long_name)
		report_text(r, "%31s%s", "", o->help);
}

static void print_common_options(struct report *r)
{
	report_text(r, "%s", "");
	report_text(r, "Common options:");
	for (size_t i = 0; i < OPT_COMMON_LEN; i++)
		print_option(r, common_options[i].letter, &common_options[i].row);
}

static void print_help(struct report *r)
{
	report_text(r, "usage: ramscope [option...] [command [option...] [operand...]]");
	report_text(r, "%s", "");
	report_text(r, "What every page of this machine's memory is used for, read through /dev/mem.");
	report_text(r, "Never writes.");
	report_text(r, "%s", "");
	report_text(r, "Commands (default: report):");
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++) {
		char left[64];

		fmt(left, sizeof(left), "%s %s", cmds[i]->name, cmds[i]->args);
		report_text(r, "  %-12s %s", left, cmds[i]->summary);
	}
	print_common_options(r);
	report_text(r, "%s", "");
	report_text(r, "Numbers are decimal, or hexadecimal after 0x, with K, M, G or T behind.");
	report_text(r, "Exit status: 0 done, 1 done with findings, others say what failed: "
		       "ramscope(8).");
}

/* A text of several lines. */
static void print_lines(struct report *r, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		report_text(r, "%.*s", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void print_cmd_help(struct report *r, const struct cmd *cmd)
{
	report_text(r, "usage: ramscope %s%s%s%s", cmd->name,
		    cmd->options ? " [option...]" : "", *cmd->args ? " " : "", cmd->args);
	report_text(r, "%s", "");
	report_text(r, "%s", cmd->summary);
	if (cmd->details) {
		report_text(r, "%s", "");
		print_lines(r, cmd->details);
	}
	if (cmd->options) {
		report_text(r, "%s", "");
		report_text(r, "Options:");
	}
	for (const struct cmd_option *o = cmd->options; o && o->name; o++)
		print_option(r, 0, o);
	print_common_options(r);
}

static int print_error(const struct err *e)
{
	static struct report r;
	struct err ignored = ERR_INIT;

	report_init(&r, STDERR_FILENO, REPORT_TEXT);
	flow_text(&r, 10, "ramscope: %s", e->msg);
	if (e->cause[0])
		flow_text(&r, 10, "ramscope: cause: %s", e->cause);
	if (e->hint[0])
		flow_text(&r, 10, "ramscope: try: %s", e->hint);
	/* Nobody is left to tell when this fails as well. */
	(void)!report_flush(&r, &ignored);
	return err_status(e);
}

static const struct cmd *find_cmd(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		if (!strcmp(cmds[i]->name, name))
			return cmds[i];
	return NULL;
}

/* The option that text names up to its end or '=', and where its value goes. */
static const struct cmd_option *find_option(struct parsed *p, const char *text,
					    const char ***ret_value)
{
	size_t len = strcspn(text, "=");

	for (size_t i = 0; i < OPT_COMMON_LEN; i++) {
		*ret_value = &p->common[i];
		if (!strncmp(common_options[i].row.name, text, len) &&
		    !common_options[i].row.name[len])
			return &common_options[i].row;
	}
	for (size_t i = 0; p->cmd && p->cmd->options && p->cmd->options[i].name; i++) {
		*ret_value = &p->own[i];
		if (!strncmp(p->cmd->options[i].name, text, len) && !p->cmd->options[i].name[len])
			return &p->cmd->options[i];
	}
	return NULL;
}

static bool bad_option(const struct parsed *p, const char *why, const char *arg, struct err *e)
{
	err_set(e, ERR_USAGE, "%s '%.60s'", why, arg);
	return err_hint(e, "ramscope %s%s--help", p->cmd ? p->cmd->name : "", p->cmd ? " " : "");
}

/* --name, --name=VALUE, --name VALUE. */
static bool parse_long(struct parsed *p, char ***argv, struct err *e)
{
	const char *arg = **argv, *equals = strchr(arg, '=');
	const char **value;
	const struct cmd_option *o = find_option(p, arg + 2, &value);

	if (!o)
		return bad_option(p, "unknown option", arg, e);
	if (equals && !o->arg)
		return bad_option(p, "this option takes no value:", arg, e);
	if (!equals && o->arg && !*++*argv)
		return bad_option(p, "this option needs a value:", arg, e);
	/* One range, so that nobody adds them up. */
	if (*value && value == &p->common[OPT_SAFE])
		return bad_option(p, "given twice:", arg, e);
	*value = equals ? equals + 1 : o->arg ? **argv : "";
	return true;
}

/* -v, or several in one: -vh. */
static bool parse_letters(struct parsed *p, const char *arg, struct err *e)
{
	for (const char *c = arg + 1; *c; c++) {
		size_t i = 0;

		while (i < OPT_COMMON_LEN && common_options[i].letter != *c)
			i++;
		if (i == OPT_COMMON_LEN)
			return bad_option(p, "unknown option", arg, e);
		p->common[i] = "";
	}
	return true;
}

/* The first operand is the command; the others move together at the start of argv. */
static bool parse(char **argv, struct parsed *p, struct err *e)
{
	bool options = true;

	p->operands = argv;
	for (; *argv; argv++) {
		const char *arg = *argv;

		if (options && !strcmp(arg, "--")) {
			options = false;
		} else if (options && arg[0] == '-' && arg[1] == '-') {
			if (!parse_long(p, &argv, e))
				return false;
		} else if (options && arg[0] == '-' && arg[1]) {
			if (!parse_letters(p, arg, e))
				return false;
		} else if (p->cmd) {
			p->operands[p->operands_len++] = *argv;
		} else {
			p->cmd = find_cmd(arg);
			if (p->cmd)
				continue;
			err_set(e, ERR_COMMAND, "unknown command '%.40s'", arg);
			return err_hint(e, "ramscope --help");
		}
	}
	return true;
}

static bool is_given(const struct parsed *p, const char *name)
{
	for (size_t i = 0; p->cmd->options && p->cmd->options[i].name; i++)
		if (!strcmp(p->cmd->options[i].name, name))
			return p->own[i] != NULL;
	return false;
}

/* Where sentences about the command go: raw bytes on standard output are to stay as they are. */
static struct report *report_for_sentences(struct context *c, const struct parsed *p)
{
	static struct report aside;

	if (!is_given(p, "raw"))
		return c->report;
	report_init(&aside, STDERR_FILENO, REPORT_TEXT);
	return &aside;
}

static bool run(char **argv, struct context *c, struct err *e)
{
	struct parsed p = { 0 };
	struct report *told;
	struct err found = ERR_INIT, ignored = ERR_INIT;
	bool good;

	if (!parse(argv, &p, e))
		return false;
	if (p.common[OPT_VERSION]) {
		report_text(c->report, "ramscope " RAMSCOPE_VERSION);
		return true;
	}
	if (p.common[OPT_HELP]) {
		p.cmd ? print_cmd_help(c->report, p.cmd) : print_help(c->report);
		return true;
	}
	if (!p.cmd)
		p.cmd = &cmd_report;
	if (p.operands_len < p.cmd->args_min || p.operands_len > p.cmd->args_max) {
		err_set(e, ERR_USAGE, "%s takes %s%s", p.cmd->name,
			p.cmd->args_max ? p.cmd->args_max > 1 ? "operands: " : "one operand: " : "no operand", p.cmd->args);
		return err_hint(e, "ramscope %s --help", p.cmd->name);
	}
	c->mem_path = p.common[OPT_MEM];
	c->method = p.common[OPT_METHOD] ? p.common[OPT_METHOD] : "auto";
	if (!mem_is_method(c->method, e))
		return false;
	c->verbose = p.common[OPT_VERBOSE] != NULL;
	c->report->format = p.common[OPT_JSON] ? REPORT_NDJSON : REPORT_TEXT;
	memcpy(c->options, p.own, sizeof(c->options));
	if (!cmd_take_override(c, p.common[OPT_SAFE], e))
		return false;
	told = report_for_sentences(c, &p);
	cmd_tell_override(c, told);
	(void)!report_flush(told, &ignored);
	good = p.cmd->run(c, p.operands_len, p.operands, e);
	c->report = told;
	receipt_end(c);
	if (!findings_section(c, &found) && good) {
		*e = found;
		good = false;
	}
	/* A write that failed is told by main(), if it was of the report itself. */
	(void)!report_flush(told, &ignored);
	return good;
}

int main(int argc, char **argv)
{
	static struct context c;
	static struct report report;
	struct err e = ERR_INIT, flush = ERR_INIT;
	bool good, written;

	report_init(&report, STDOUT_FILENO, REPORT_TEXT);
	c.report = &report;
	good = run(argc ? argv + 1 : argv, &c, &e);
	written = report_flush(&report, &flush);
	/*
	 * Memory and mappings are left to the kernel, which takes them down together, and faster
	 * than one after the other. Findings are in the report; only failures are told here.
	 */
	if (!good && e.kind != ERR_FINDINGS)
		return print_error(&e);
	if (!written)
		return print_error(&flush);
	return good ? 0 : err_status(&e);
}

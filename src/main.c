/* The command table, the options, and the only printing of errors. */
/* Does no work of its own. */
#include "base/fmt.h"
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef RAMSCOPE_VERSION
#define RAMSCOPE_VERSION "unversioned"
#endif

static const struct cmd *const cmds[] = {
	&cmd_report, &cmd_access, &cmd_map,  &cmd_low,  &cmd_pages,
	&cmd_page,   &cmd_walk,   &cmd_why, &cmd_dump, &cmd_check,
};

enum common {
	OPT_MEM,
	OPT_METHOD,
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
	[OPT_METHOD] = { 0, { "method", "auto|mmap|read", "how to reach /dev/mem (default: auto)" } },
	[OPT_JSON] = { 0, { "json", NULL, "NDJSON: one object a line" } },
	[OPT_VERBOSE] = { 'v', { "verbose", NULL, "say more: how long the pass took, by which route" } },
	[OPT_HELP] = { 'h', { "help", NULL, "this help; after a command, that command's" } },
	[OPT_VERSION] = { 'V', { "version", NULL, "version" } },
};

struct parsed {
	const char *common[OPT_COMMON_LEN];
	const char *own[CMD_OPTIONS_MAX];
};

static void print_option(struct report *r, char letter, const struct cmd_option *o)
{
	char left[64];

	fmt(left, sizeof(left), "--%s%s%s", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
	report_text(r, "  %c%c%c %-24s %s", letter ? '-' : ' ', letter ? letter : ' ',
		    letter ? ',' : ' ', left, o->help);
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
	report_text(r, "What this machine knows of its memory, read through /dev/mem. Never writes.");
	report_text(r, "%s", "");
	report_text(r, "Commands (default: report):");
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++) {
		char left[64];

		fmt(left, sizeof(left), "%s %s", cmds[i]->name, cmds[i]->args);
		report_text(r, "  %-12s %s", left, cmds[i]->summary);
	}
	print_common_options(r);
	report_text(r, "%s", "");
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
		    cmd->options[0].name ? " [option...]" : "", *cmd->args ? " " : "", cmd->args);
	report_text(r, "%s", "");
	report_text(r, "%s", cmd->summary);
	if (cmd->details) {
		report_text(r, "%s", "");
		print_lines(r, cmd->details);
	}
	if (cmd->options[0].name) {
		report_text(r, "%s", "");
		report_text(r, "Options:");
	}
	for (size_t i = 0; i < CMD_OPTIONS_MAX && cmd->options[i].name; i++)
		print_option(r, 0, &cmd->options[i]);
	print_common_options(r);
}

static int print_error(const struct err *e)
{
	static struct report r;
	struct err ignored = ERR_INIT;

	report_init(&r, STDERR_FILENO, REPORT_TEXT);
	report_text(&r, "ramscope: %s", e->msg);
	if (e->cause[0])
		report_text(&r, "ramscope: cause: %s", e->cause);
	if (e->hint[0])
		report_text(&r, "ramscope: try: %s", e->hint);
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

static struct option to_getopt(const struct cmd_option *o, int value)
{
	return (struct option){ o->name, o->arg ? required_argument : no_argument, NULL, value };
}

/*
 * Parses options from argv[optind] on: the common ones, and cmd's when it is not NULL.
 * Without cmd it stops at the first operand, the command.
 */
static bool parse_options(int argc, char **argv, const struct cmd *cmd, struct parsed *p,
			  struct err *e)
{
	struct option longs[OPT_COMMON_LEN + CMD_OPTIONS_MAX + 1] = { 0 };
	const int own = 256 + OPT_COMMON_LEN;
	size_t n = 0;
	int c;

	for (size_t i = 0; i < OPT_COMMON_LEN; i++)
		longs[n++] = to_getopt(&common_options[i].row, 256 + (int)i);
	for (size_t i = 0; cmd && i < CMD_OPTIONS_MAX && cmd->options[i].name; i++)
		longs[n++] = to_getopt(&cmd->options[i], own + (int)i);
	opterr = 0;
	while ((c = getopt_long(argc, argv, cmd ? "hVv" : "+hVv", longs, NULL)) != -1) {
		if (c == '?') {
			err_set(e, ERR_USAGE, "bad option '%.60s'", argv[optind - 1]);
			return err_hint(e, "ramscope %s%s--help", cmd ? cmd->name : "",
					cmd ? " " : "");
		}
		for (int i = 0; i < OPT_COMMON_LEN; i++)
			if (common_options[i].letter && common_options[i].letter == c)
				c = 256 + i;
		if (c >= own)
			p->own[c - own] = optarg ? optarg : "";
		else
			p->common[c - 256] = optarg ? optarg : "";
	}
	return true;
}

static bool run(int argc, char **argv, struct context *c, struct err *e)
{
	struct parsed p = { 0 };
	const struct cmd *cmd = NULL;
	int operands;

	if (!parse_options(argc, argv, NULL, &p, e))
		return false;
	if (optind < argc) {
		cmd = find_cmd(argv[optind]);
		if (!cmd) {
			err_set(e, ERR_COMMAND, "no command '%.40s'", argv[optind]);
			return err_hint(e, "ramscope --help");
		}
		optind++;
		if (!parse_options(argc, argv, cmd, &p, e))
			return false;
	}
	if (p.common[OPT_VERSION]) {
		report_text(c->report, "ramscope " RAMSCOPE_VERSION);
		return true;
	}
	if (p.common[OPT_HELP]) {
		cmd ? print_cmd_help(c->report, cmd) : print_help(c->report);
		return true;
	}
	if (!cmd)
		cmd = &cmd_report;
	operands = argc - optind;
	if (operands < cmd->args_min || operands > cmd->args_max) {
		err_set(e, ERR_USAGE, "%s takes %s%s", cmd->name,
			*cmd->args ? "operands: " : "no operands", cmd->args);
		return err_hint(e, "ramscope %s --help", cmd->name);
	}
	c->mem_path = p.common[OPT_MEM];
	c->method = p.common[OPT_METHOD] ? p.common[OPT_METHOD] : "auto";
	c->verbose = p.common[OPT_VERBOSE] != NULL;
	c->report->format = p.common[OPT_JSON] ? REPORT_NDJSON : REPORT_TEXT;
	memcpy(c->options, p.own, sizeof(c->options));
	return cmd->run(c, operands, argv + optind, e);
}

int main(int argc, char **argv)
{
	static struct context c;
	static struct report report;
	struct err e = ERR_INIT, flush = ERR_INIT;
	bool good, written;

	report_init(&report, STDOUT_FILENO, REPORT_TEXT);
	c.report = &report;
	good = run(argc, argv, &c, &e);
	written = report_flush(&report, &flush);
	kernel_close(&c.kernel);
	if (c.mem_is_open)
		mem_close(&c.mem);
	/* Findings are in the report already; only failures are told here. */
	if (!good && e.kind != ERR_FINDINGS)
		return print_error(&e);
	if (!written)
		return print_error(&flush);
	return good ? 0 : err_status(&e);
}

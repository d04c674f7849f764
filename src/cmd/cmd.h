/* What every command gets, and the table row that describes one. */
/* A command composes mem, kernel, decode, census and report; the layers do not know it. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/num.h"
#include "census/kinds.h"
#include "census/proof.h"
#include "kernel/health.h"
#include "kernel/kernel.h"
#include "mem/mem.h"
#include "policy/cause.h"
#include "policy/facts.h"
#include "physmap/ranges.h"
#include "policy/finding.h"
#include "report/report.h"

#define CMD_OPTIONS_MAX 8

struct cmd_option {
	const char *name; /* long option, without dashes */
	const char *arg; /* its argument as --help shows it, NULL for a flag */
	const char *help;
};

/* What safe.c has found out; all 0 before. */
struct safe_state {
	bool tried_direct, has_direct;
	enum cause cause; /* of the last refusal */
	uint64_t direct; /* where the direct map begins */
	/* Nothing is going to be touched: a stretch of it once found whole may be taken for whole. */
	bool keep;
	struct range whole;
};

struct firmware;

/* What `ramscope map` needs of the census; the report has had it by then. In pfns. */
struct census_runs {
	struct ranges reserved, holes;
	struct ranges slabs; /* single pages of slab just behind reserved ones: may be both */
	uint64_t offline; /* pages given back */
	uint64_t end; /* of the census, whose maker sets it once it is whole; 0: none yet */
};

/* For a scan that is to fill it. */
struct census_watch census_runs_watch(struct census_runs *runs);

struct context {
	struct report *report;
	const char *mem_path; /* --mem, NULL for the live machine */
	const char *method; /* --method */
	struct range override; /* --i-know-this-address-is-safe, whole pages; empty when not given */
	bool verbose;
	/* By index of the command's own options: the argument, "" for a flag, NULL if not given. */
	const char *options[CMD_OPTIONS_MAX];
	struct mem mem;
	bool mem_is_open;
	const char *refused_method; /* with it memory did not open, because of no_memory */
	struct err no_memory;
	struct kernel kernel;
	struct own own; /* open with memory, live only */
	bool has_proof;
	struct proof proof; /* of kernel.layout */
	struct safe_state safe;
	/* The census came from /proc/kpageflags; why memory could not be had was shown with it. */
	bool told;
	struct census_runs runs;
	struct health health; /* started before memory is first touched; never for --mem */
	bool has_facts;
	struct facts facts;
	struct findings findings; /* of all that was looked at */
	struct firmware *firmware; /* NULL before cmd_need_firmware() */
	int open_mem, open_kcore; /* errno of opening /dev/mem, /proc/kcore; 0: it opens */
};

struct cmd {
	const char *name;
	const char *args; /* operands as --help shows them, "" for none */
	const char *summary; /* one line */
	int args_min, args_max;
	const struct cmd_option *options; /* ended by a NULL name; NULL for none */
	const char *details; /* more for the command's own --help, may be NULL */
	/* argv holds the operands only. */
	bool (*run)(struct context *c, int argc, char *const *argv, struct err *e);
};

extern const struct cmd cmd_report, cmd_access, cmd_map, cmd_low, cmd_pages, cmd_page, cmd_walk,
	cmd_why, cmd_dump, cmd_check, cmd_firmware;

/*
 * Takes --i-know-this-address-is-safe; text NULL: not given. Kind ERR_USAGE.
 * cmd_tell_override: the record of it, which begins the output.
 */
bool cmd_take_override(struct context *c, const char *text, struct err *e)
	__attribute__((warn_unused_result));
void cmd_tell_override(const struct context *c, struct report *r);

/*
 * Steps that commands share. Each does what is still to do and no more.
 * cmd_need_facts: what the live kernel says of itself is gathered, and whether its files open. It
 * takes as long as the census of 3 GiB, so only commands call it that judge every way to memory,
 * and before cmd_need_memory(), which gives up the privileges it needs. Nothing for a file.
 * cmd_need_memory: the source is open and its guard filled.
 * cmd_need_map: of the live machine, where no memory is to be had: /proc/iomem is read all the same, and
 * the guard filled from it. Kinds: those of kernel_open_iomem().
 * cmd_need_kernel: and VMCOREINFO, page tables and struct page layout are known.
 * cmd_need_proof: and struct pages do not contradict that layout; else kind ERR_CONTRADICTED.
 * cmd_need_firmware: all that there is of the firmware, gathered as far as it goes: with no memory what
 * /sys has, of a file what memory has. Its findings are added. Never fails.
 */
void cmd_need_facts(struct context *c);
bool cmd_need_memory(struct context *c, struct err *e) __attribute__((warn_unused_result));
bool cmd_need_map(struct context *c, struct err *e) __attribute__((warn_unused_result));
bool cmd_need_kernel(struct context *c, struct err *e) __attribute__((warn_unused_result));
bool cmd_need_proof(struct context *c, struct err *e) __attribute__((warn_unused_result));

const struct firmware *cmd_need_firmware(struct context *c);
/* PG_reserved of every page of the range: by struct pages, else by /proc/kpageflags. arg: the context. */
enum tri cmd_is_kept(void *arg, uint64_t phys, uint64_t end);

/* The sections of a report, as `ramscope report` strings them together. */
bool access_section(struct context *c, struct err *e);
bool map_section(struct context *c, struct err *e);
bool low_section(struct context *c, bool details, struct err *e);
/* Without which routes the tables were had by, unless they differ: that is a finding. */
bool firmware_section(struct context *c, struct err *e);
bool pages_section(struct context *c, struct err *e);
/* Which way memory was read; nothing for a file. Never fails. */
bool routes_section(struct context *c, struct err *e);
/* Whether the kernel is as healthy as before; nothing for a file. Never fails. */
bool receipt_section(struct context *c, struct err *e);
/* The same at the end of any other command, if there is something to tell or with --verbose. */
void receipt_end(struct context *c);

/*
 * What was found wrong, gravest first, and forgotten then; nothing when there is nothing. The end of every
 * command. Kind ERR_FINDINGS when one is a warning or worse.
 */
bool findings_section(struct context *c, struct err *e) __attribute__((warn_unused_result));

/* Which sources the layout is from, and what they say of it in short. */
void sources_show(struct context *c);
/*
 * How sure the layout is: a line, and an invariant a line with --verbose or when one is contradicted. Nothing
 * before cmd_need_proof().
 */
void layout_show(struct context *c);

/* The records of one struct page, as `ramscope page` shows them; section: under their heading. */
bool page_show(struct context *c, uint64_t pfn, bool section, struct err *e);
/* Without its struct page: the flags that the kernel tells of it, by the kernel's names. */
void page_show_told(struct context *c, uint64_t pfn, bool section);

#endif

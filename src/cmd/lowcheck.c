/* ramscope low: what others say of the first MiB, its map, and the keyboard buffer when asked for. */
/* Judges nothing: firmware/lowcheck.c does. */
#include "cmd/low.h"

#include "base/fmt.h"
#include "report/flow.h"

#include <inttypes.h>

struct lowcheck *lowcheck_gather(struct context *c)
{
	static struct lowcheck k; /* 16 KB */
	struct err ignored = ERR_INIT;

	if (k.live || c->mem_path)
		return &k;
	lowcheck_read(&k);
	k.iomem = &c->kernel.iomem;
	/* Without struct pages /proc/kpageflags may tell. */
	(void)!cmd_need_kernel(c, &ignored);
	for (uint64_t page = 0; page < LOW_PAGES; page++)
		k.kept[page] = (uint8_t)cmd_is_kept(c, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
	return &k;
}

static void show_row(struct report *r, const struct lowcheck_row *row)
{
	const struct field fields[] = {
		{ "what", NULL, TEXT_CELL(row->what) },
		{ "bios", NULL, TEXT_CELL(row->bios) },
		{ "others", NULL, TEXT_CELL(row->others) },
		{ "agree", NULL, row->agree ? BOOL_CELL(row->agree == TRI_YES) : NO_CELL },
	};
	char text[sizeof(row->bios) + sizeof(row->others) + 8];
	struct flow flow;

	report_json(r, "check", fields, ARRAY_LEN(fields));
	fmt(text, sizeof(text), "%s%s%s", row->bios,
	    !row->others[0]	    ? ""
	    : row->agree == TRI_NO ? ", BUT "
				    : "; ",
	    row->others);
	flow_init(&flow, r, 16, row->what);
	flow_words(&flow, text);
	flow_end(&flow);
}

bool lowcheck_show(struct context *c, const struct low *low, const struct lowcheck *k, bool brief)
{
	struct lowcheck_row rows[LOWCHECK_ROWS_MAX];
	size_t len = lowcheck_rows(low, k, rows, &c->findings);
	bool differs = false;

	if (!low->bda.len)
		return false;
	for (size_t i = 0; i < len; i++) {
		differs |= rows[i].agree == TRI_NO;
		if (!brief)
			show_row(c->report, &rows[i]);
	}
	if (!len || brief)
		report_text(c->report, "BIOS data     %s",
			    k->efi	? "none: the machine was started by EFI"
			    : !len	? "none: nobody has filled that area"
			    : !k->live ? "of a file: compared with nothing"
			    : differs	? "DIFFERS from what others say: see the findings"
					: "agrees with the firmware's map, the kernel and its drivers");
	return len != 0;
}

static void show_legend(struct report *r, const char *label, const char *legend, const char *used)
{
	struct flow flow;

	flow_init(&flow, r, 9, label);
	for (; *legend; legend += strlen(legend) + 1)
		if (strchr(used, *legend))
			flow_add(&flow, ", ", "%s", legend);
	flow_end(&flow);
}

void lowcheck_map(struct context *c, const struct low *low, const struct lowcheck *k)
{
	char what[LOW_PAGES + 1] = "", owner[LOW_PAGES + 1] = "";
	struct report *r = c->report;

	report_text(r, "%-9s%s, 4 KiB a letter", "page map", k->live ? "what lies there, below it who has it"
								     : "what lies there");
	for (size_t page = 0; page < LOW_PAGES; page++) {
		what[page] = lowcheck_what(low, page);
		owner[page] = lowcheck_owner(k, page);
	}
	for (size_t row = 0; row < LOW_PAGES; row += LOWCHECK_CELLS) {
		char cells[LOWCHECK_CELLS + 1], owners[LOWCHECK_CELLS + 1];
		const struct field fields[] = {
			{ "phys", NULL, HEX_CELL(row * PAGE_SIZE) },
			{ "cells", NULL, TEXT_CELL(cells) },
			{ "owners", NULL, k->live ? TEXT_CELL(owners) : NO_CELL },
		};

		fmt(cells, sizeof(cells), "%s", what + row);
		fmt(owners, sizeof(owners), "%s", owner + row);
		report_json(r, "map", fields, ARRAY_LEN(fields));
		report_text(r, "0x%05zx  %s", row * PAGE_SIZE, cells);
		if (k->live)
			report_text(r, "%9s%s", "", owners);
	}
	show_legend(r, "there", lowcheck_what_legend, what);
	if (k->live)
		show_legend(r, "has it", lowcheck_owner_legend, owner);
}

#define KEYS_AT 0x1e
#define KEYS_LEN 0x20

/* Two bytes a key: the character, 0 or 0xe0 for none, and the scan code; the oldest is where the next one goes. */
void lowcheck_keys(struct report *r, const struct low *low)
{
	const struct view *bda = &low->bda;
	unsigned int tail = view_u16(bda, 0x1c), first = KEYS_AT;
	char typed[KEYS_LEN / 2 + 1] = "", codes[KEYS_LEN / 2 * 5 + 1] = "";
	size_t used = 0, len = 0;
	const struct field fields[] = {
		{ "typed", "characters", TEXT_CELL(typed) },
		{ "codes", "key codes", TEXT_CELL(codes) },
	};

	if (tail >= KEYS_AT && tail < KEYS_AT + KEYS_LEN && !(tail & 1))
		first = tail;
	for (unsigned int i = 0; i < KEYS_LEN; i += 2) {
		uint16_t key = view_u16(bda, KEYS_AT + (first - KEYS_AT + i) % KEYS_LEN);
		char c = (char)(key & 0xff);

		if (!key)
			continue;
		fmt_append(codes, sizeof(codes), &len, "%s%04x", len ? " " : "", key);
		if (c && (key & 0xff) != 0xe0)
			typed[used++] = c;
	}
	typed[used] = '\0';
	if (!bda->len)
		report_note(r, "the BIOS data area could not be read");
	else if (!len)
		report_note(r, "the keyboard buffer is empty");
	else
		report_record(r, "keys", fields, ARRAY_LEN(fields));
}

/* From what sources the layout of struct page is. */
/* Compares nothing: kernel/layoutbtf.c does. */
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>

void sources_show(struct context *c)
{
	const struct kernel *k = &c->kernel;
	const struct page_layout *l = &k->layout;
	/* A file has no BTF, and a kernel need not have it; all else is worth a word. */
	bool refused = k->no_btf.kind != ERR_NONE && k->no_btf.os != ENOENT;
	const struct field fields[] = {
		{ "sources", NULL, TEXT_CELL(l->has_btf ? "vmcoreinfo btf" : "vmcoreinfo") },
		{ "agreed", NULL, UINT_CELL(l->agreed) },
		{ "no_btf", NULL, refused ? TEXT_CELL(k->no_btf.msg) : NO_CELL },
		{ "flags_order", NULL, TEXT_CELL(l->flags_from) },
		{ "head_form", NULL,
		  TEXT_CELL(l->head_form == HEAD_POINTER ? "pointer" : "by-value") },
		{ "word", NULL, UINT_CELL(l->word) },
	};

	report_json(c->report, "sources", fields, ARRAY_LEN(fields));
	if (refused)
		report_note(c->report, "BTF is not used: %s", k->no_btf.msg);
	if (c->verbose && l->has_btf)
		report_text(c->report, "layout by VMCOREINFO and BTF, which tell %u facts alike; flags "
			    "as in %s", l->agreed, l->flags_from);
	else if (c->verbose)
		report_text(c->report, "layout by VMCOREINFO alone; flags as in %s", l->flags_from);
}

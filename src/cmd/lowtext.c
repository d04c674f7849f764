/* The first MiB in brief, for the report; and the vectors by place, for both. */
/* `ramscope low` and NDJSON have it in full. */
#include "base/fmt.h"
#include "cmd/low.h"

#include "report/flow.h"

#include <inttypes.h>

#define INDENT 14

/* Fields of the BIOS data area that get a line of their own, in words. */
static const char answers[][13] = { "equipment", "key_buffer", "restart_flag" };

struct brief {
	struct report *report;
	struct flow flow;
	size_t fields;
};

static bool is_answer(const struct fact *fact)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (!strcmp(fact->key, answers[i]))
			return true;
	return false;
}

static bool is_port(const struct fact *fact)
{
	return fact->width == 2 && fact->phys < BDA_PHYS + BDA_EBDA_SEGMENT;
}

static void put_answer(void *arg, const struct fact *fact)
{
	struct brief *b = arg;
	char text[FACT_TEXT_MAX + 24];

	if (!is_answer(fact))
		return;
	if (fact->width <= 4)
		fmt(text, sizeof(text), "%s (0x%" PRIx64 ")", fact->text, fact->value);
	else
		fmt(text, sizeof(text), "%s", fact->text);
	flow_init(&b->flow, b->report, INDENT, fact->name);
	flow_words(&b->flow, text);
	flow_end(&b->flow);
}

static void put_port(void *arg, const struct fact *fact)
{
	struct brief *b = arg;

	if (!is_port(fact) || !fact->value)
		return;
	flow_add(&b->flow, ", ", "%.4s %#" PRIx64, fact->name, fact->value);
	b->fields++;
}

static void show_pages(struct report *r, const struct low *low)
{
	struct flow flow;

	if (low->mem.first.kind == ERR_NONE)
		return;
	flow_init(&flow, r, INDENT, "pages");
	for (uint32_t at = 0; at < LOW_END;) {
		struct low_run run = low_run_at(low, at);

		flow_add(&flow, "; ", "0x%x-%#x %s", run.start, run.end - 1, run.state);
		at = run.end;
	}
	flow_end(&flow);
	flow_init(&flow, r, INDENT, "  why");
	flow_words(&flow, low->mem.first.msg);
	flow_end(&flow);
	if (!low->mem.first.cause[0])
		return;
	flow_init(&flow, r, INDENT, "  cause");
	flow_words(&flow, low->mem.first.cause);
	flow_end(&flow);
}

static void show_memory(struct report *r, const struct low *low)
{
	uint64_t top = low->ebda.phys.start ? low->ebda.phys.start : LOW_VIDEO_START;
	struct flow flow;
	char text[96];

	flow_init(&flow, r, INDENT, "base memory");
	if (low->base_end)
		flow_add(&flow, "", "%" PRIu64 " KiB", low->base_end >> 10);
	else
		flow_add(&flow, "", "size not known");
	if (low->base_end && low->base_end < top)
		flow_add(&flow, ", ", "%" PRIu64 " KiB above it taken by ROMs or the BIOS",
			 (top - low->base_end) >> 10);
	flow_end(&flow);
	low_ebda_text(low, text, sizeof(text));
	flow_init(&flow, r, INDENT, "EBDA");
	flow_words(&flow, text);
	flow_end(&flow);
}

static void show_ports(struct report *r, const struct low *low)
{
	struct brief b = { .report = r };
	struct sink sink = { put_port, &b };

	flow_init(&b.flow, r, INDENT, "ports");
	bda_decode(&low->bda, &sink);
	if (!b.fields)
		flow_add(&b.flow, "", "none found by the BIOS");
	flow_end(&b.flow);
}

static void show_bda(struct report *r, const struct low *low)
{
	struct brief b = { .report = r };
	struct sink sink = { put_answer, &b };

	bda_decode(&low->bda, &sink);
}

/* What only looks like a header is counted. */
static void show_roms(struct report *r, const struct low *low)
{
	size_t shown = 0, other = low->roms_len - low->rom_ranges_len;
	struct flow flow;
	char text[160];

	for (size_t i = 0; i < low->roms_len; i++) {
		const struct rom *rom = &low->roms[i];

		if (rom->sum != SUM_RIGHT)
			continue;
		flow_init(&flow, r, INDENT, shown++ ? "" : "option ROMs");
		flow_add(&flow, "", "%#" PRIx64 "-%#" PRIx64 ",", rom->phys.start, rom->phys.end - 1);
		low_rom_text(rom, text, sizeof(text));
		flow_words(&flow, text);
		flow_end(&flow);
	}
	if (other)
		report_text(r, "%-14s%zu header%s with a wrong checksum", shown ? "" : "option ROMs", other,
			    other == 1 ? "" : "s");
}

static void show_signatures(struct report *r, const struct low *low)
{
	struct flow flow;

	flow_init(&flow, r, INDENT, "tables");
	for (size_t i = 0; i < low->hits.len; i++) {
		const struct signature_hit *hit = &low->hits.hits[i];

		if (hit->part_of)
			continue;
		flow_add(&flow, ", ", "%s %#" PRIx64 "%s%s", hit->name, hit->phys,
			 hit->sum == SUM_RIGHT ? "" : " checksum ",
			 hit->sum == SUM_RIGHT ? "" : sum_name(hit->sum));
	}
	if (!low->hits.len)
		flow_words(&flow, low->mem.first.kind == ERR_NONE ? "none found" : "none in what could be read");
	flow_end(&flow);
}

/* The numbers of vectors that lie in one place, runs as 08-0f. */
static void show_place(struct report *r, const struct low *low, const char *place)
{
	const struct ivt *ivt = &low->ivt;
	struct flow flow;
	char label[40];

	fmt(label, sizeof(label), "  %s", place);
	flow_init(&flow, r, 22, label);
	for (unsigned int i = 0, end; i < ivt->len; i = end) {
		end = i + 1;
		if (ivt_is_default(ivt, &ivt->vectors[i]) ||
		    strcmp(ivt_place(&low->map, &ivt->vectors[i]), place))
			continue;
		while (end < ivt->len && !ivt_is_default(ivt, &ivt->vectors[end]) &&
		       !strcmp(ivt_place(&low->map, &ivt->vectors[end]), place))
			end++;
		if (end - i > 1)
			flow_add(&flow, " ", "%02x-%02x", i, end - 1);
		else
			flow_add(&flow, " ", "%02x", i);
	}
	flow_end(&flow);
}

static bool seen_before(const struct low *low, unsigned int number)
{
	const char *place = ivt_place(&low->map, &low->ivt.vectors[number]);

	for (unsigned int i = 0; i < number; i++)
		if (!ivt_is_default(&low->ivt, &low->ivt.vectors[i]) &&
		    !strcmp(ivt_place(&low->map, &low->ivt.vectors[i]), place))
			return true;
	return false;
}

static size_t count_place(const struct low *low, const char *place)
{
	size_t n = 0;

	for (unsigned int i = 0; i < low->ivt.len; i++)
		n += !ivt_is_default(&low->ivt, &low->ivt.vectors[i]) &&
		     !strcmp(ivt_place(&low->map, &low->ivt.vectors[i]), place);
	return n;
}

static void show_vectors(struct report *r, const struct low *low)
{
	const struct ivt *ivt = &low->ivt;
	struct flow flow;

	flow_init(&flow, r, INDENT, "vectors");
	if (ivt->same)
		flow_add(&flow, "", "%zu of %zu at %04x:%04x%s, the default", ivt->same, ivt->len, ivt->common.segment,
			 ivt->common.offset, low->iret ? ", an IRET" : "");
	else if (ivt->zero < ivt->len)
		flow_add(&flow, "", "no target is shared by %d", IVT_DEFAULT_MIN);
	for (unsigned int i = 0; i < ivt->len; i++) {
		const char *place = ivt_place(&low->map, &ivt->vectors[i]);

		if (!ivt_is_default(ivt, &ivt->vectors[i]) && !seen_before(low, i))
			flow_add(&flow, "; ", "%s %zu", place, count_place(low, place));
	}
	flow_end(&flow);
}

void lowtext_places(struct report *r, const struct low *low)
{
	for (unsigned int i = 0; i < low->ivt.len; i++)
		if (!ivt_is_default(&low->ivt, &low->ivt.vectors[i]) && !seen_before(low, i))
			show_place(r, low, ivt_place(&low->map, &low->ivt.vectors[i]));
}

void lowtext_show(struct report *r, const struct low *low, bool filled)
{
	show_pages(r, low);
	if (filled) {
		show_memory(r, low);
		show_ports(r, low);
	}
	show_roms(r, low);
	show_signatures(r, low);
	if (filled)
		show_bda(r, low);
	if (low->ivt.len)
		show_vectors(r, low);
}

/* ramscope low --watch: the first MiB now and some seconds later, and what changed meanwhile. */
/* Never shows what was typed. */
#include "cmd/low.h"

#include "base/fmt.h"
#include "census/census.h"

#include <inttypes.h>
#include <poll.h>

#define RUN_MAX 8u /* bytes of a row */
#define GAP_MAX 4u /* so many equal bytes do not end a run */
#define ROWS_MAX 48u
#define NEAR 8u /* bytes between two places that are one finding */
#define WATCHED_END 0x10000u /* of what the kernel never uses: its own check looks there, too (check.c) */

/* What of the BIOS data area moves by itself, and what is nobody's business: offsets. */
static const struct {
	uint8_t start, end;
	const char *why;
} moving[] = {
	{ 0x17, 0x19, "legacy keyboard" },
	{ 0x19, 0x1a, "not shown" },
	{ 0x1a, 0x1e, "legacy keyboard" },
	{ 0x1e, 0x3e, "not shown" },
	{ 0x40, 0x41, "timer" },
	{ 0x67, 0x6b, "a CPU started" },
	{ 0x6b, 0x71, "timer" },
	{ 0x96, 0x98, "legacy keyboard" },
	{ 0x9c, 0xa1, "timer" },
};

static const char *why_moving(uint32_t phys)
{
	for (size_t i = 0; i < ARRAY_LEN(moving); i++)
		if (phys >= BDA_PHYS + moving[i].start && phys < BDA_PHYS + moving[i].end)
			return moving[i].why;
	return NULL;
}

static bool is_secret(uint32_t phys)
{
	const uint32_t off = phys - BDA_PHYS;

	return off == 0x19 || (off >= 0x1e && off < 0x3e);
}

struct naming {
	uint32_t phys;
	char *buf;
	size_t size;
};

static void put_name(void *arg, const struct fact *fact)
{
	const struct naming *n = arg;

	if (fact->phys <= n->phys && n->phys - fact->phys < fact->width)
		fmt(n->buf, n->size, "%s", fact->name);
}

/* "vector 0x8 IRQ 0 timer", "timer ticks", "EBDA". */
static void name_place(const struct low *low, uint32_t phys, char *buf, size_t size)
{
	struct naming n = { phys, buf, size };
	struct sink sink = { put_name, &n };
	char letter = lowcheck_what(low, phys / PAGE_SIZE);
	const char *vector = phys < IVT_SIZE ? ivt_name(phys / 4) : NULL;

	if (phys < IVT_SIZE)
		fmt(buf, size, "vector %#x %s", phys / 4, vector ? vector : "");
	else if (phys < BDA_PHYS + BDA_SIZE)
		bda_decode(&low->bda, &sink);
	else if (letter == 'B')
		fmt(buf, size, "page 0");
	else if (phys < LOW_VIDEO_START && letter != 'E')
		fmt(buf, size, "RAM");
	else
		fmt(buf, size, "%s", lowcheck_what_name(letter));
}

struct watch {
	struct context *c;
	const struct low *low;
	struct lowmem after;
	size_t rows, bytes, unread;
	struct range odd; /* places near one another that are one finding */
	char first[120];
};

static bool differs(const struct watch *w, uint32_t phys)
{
	return w->low->mem.bytes[phys] != w->after.bytes[phys];
}

static void hex(const uint8_t *bytes, uint32_t len, char *buf)
{
	for (uint32_t i = 0; i < len; i++)
		fmt(buf + 2 * i, 3, "%02x", bytes[i]);
}

/* Is the page one that the kernel keeps and does not write to, or has free? */
static bool is_unused(struct context *c, uint32_t phys)
{
	struct err ignored = ERR_INIT;
	enum kind kind;

	if (cmd_is_kept(c, phys & PAGE_MASK, (phys & PAGE_MASK) + PAGE_SIZE) == TRI_YES)
		return true;
	return c->kernel.is_open && census_kind(&c->kernel, phys / PAGE_SIZE, &kind, &ignored) &&
	       (kind == KIND_FREE || kind == KIND_PERCPU);
}

static void add_finding(struct watch *w)
{
	if (w->odd.end)
		findings_add(&w->c->findings, FINDING_BIOS_WRITES, w->odd, "%s", w->first);
	w->odd = (struct range){ 0, 0 };
}

static void show_run(struct watch *w, uint32_t phys, uint32_t len)
{
	static const struct column columns[] = {
		{ "phys", "address", 8 },  { "bytes", NULL, 0 }, { "before", "before", -16 },
		{ "after", "after", -16 }, { "place", "where", -1 }, { "moves", NULL, 0 },
	};
	char before[2 * RUN_MAX + 1] = "", after[2 * RUN_MAX + 1] = "", place[FACT_NAME_MAX + 48] = "";
	const char *why = why_moving(phys);
	const bool secret = is_secret(phys);
	const struct cell cells[] = {
		HEX_CELL(phys),
		UINT_CELL(len),
		secret ? NO_CELL : TEXT_CELL(before),
		secret ? NO_CELL : TEXT_CELL(after),
		TEXT_CELL(place),
		BOOL_CELL(why != NULL),
	};

	hex(w->low->mem.bytes + phys, len, before);
	hex(w->after.bytes + phys, len, after);
	name_place(w->low, phys, place, sizeof(place));
	if (why)
		fmt_append(place, sizeof(place), &(size_t){ strlen(place) }, ": %s", why);
	if (!w->rows)
		report_table(w->c->report, "change", columns, ARRAY_LEN(columns));
	if (w->rows++ < ROWS_MAX)
		report_row(w->c->report, cells);
	if (why || phys >= WATCHED_END || !is_unused(w->c, phys))
		return;
	if (phys > w->odd.end + NEAR)
		add_finding(w);
	if (!w->odd.end) {
		w->odd.start = phys;
		fmt(w->first, sizeof(w->first), "%s: %s, then %s", place, before, after);
	}
	w->odd.end = phys + len;
}

/* A field that moves by itself, or is not shown, is a run of its own. */
static uint32_t run_end(const struct watch *w, uint32_t phys, uint32_t page_end)
{
	uint32_t end = phys + 1;

	for (uint32_t at = end; at < page_end && at - phys < RUN_MAX && at - end < GAP_MAX; at++) {
		if (why_moving(at) != why_moving(phys))
			break;
		if (differs(w, at))
			end = at + 1;
	}
	return end;
}

static void compare(struct watch *w)
{
	for (uint32_t page = 0; page < LOW_END; page += PAGE_SIZE) {
		uint32_t at = page, end = page + PAGE_SIZE;

		if (w->low->mem.state[page / PAGE_SIZE] != LOWMEM_READ ||
		    w->after.state[page / PAGE_SIZE] != LOWMEM_READ) {
			w->unread += page < LOW_VIDEO_START || page >= LOW_VIDEO_END;
			continue;
		}
		while (at < end) {
			uint32_t next = differs(w, at) ? run_end(w, at, end) : at + 1;

			for (uint32_t i = at; i < next; i++)
				w->bytes += differs(w, i);
			if (next > at && differs(w, at))
				show_run(w, at, next - at);
			at = next;
		}
		add_finding(w);
	}
	if (w->rows > ROWS_MAX)
		report_note(w->c->report, "%zu more places not shown", w->rows - ROWS_MAX);
}

bool lowwatch_run(struct context *c, const struct low *low, uint64_t seconds, struct err *e)
{
	struct watch w = { .c = c, .low = low };

	report_note(c->report, "watching for %" PRIu64 " s ...", seconds);
	if (!report_flush(c->report, e))
		return false;
	/* Not nanosleep(): musl's needs CONFIG_COMPAT_32BIT_TIME of a 32-bit kernel. */
	(void)poll(NULL, 0, (int)seconds * 1000);
	if (!lowmem_read(&w.after, &c->mem, e))
		return false;
	compare(&w);
	report_note(c->report, "%zu byte%s in %zu place%s changed within %" PRIu64 " s", w.bytes,
		    w.bytes == 1 ? "" : "s", w.rows, w.rows == 1 ? "" : "s", seconds);
	if (w.unread)
		report_note(c->report, "%zu of %u pages could not be watched: ramscope low says why", w.unread,
			    (unsigned int)(LOW_PAGES - (LOW_VIDEO_END - LOW_VIDEO_START) / PAGE_SIZE));
	lowmem_deinit(&w.after);
	return true;
}

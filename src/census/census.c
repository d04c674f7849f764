/* The census: windows over the struct page array, runs out of them, sums out of runs. */
/* A window that faults or is refused is read again in small pieces; nothing is counted twice. */
#include "census/census.h"

#include "base/alloc.h"
#include "census/classify.h"
#include "decode/page.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SMALL_PIECE 32u /* struct pages; half a page of memory at the usual size */
#define STRUCT_PAGE_MIN 32u
#define RUNS_MAX (MEM_WINDOW_MAX / STRUCT_PAGE_MIN)
/* Windows classified in one touch: asking the child that touches costs as much as 300 pages. */
#define TOGETHER 8u

struct piece {
	struct classify_input in;
	uint64_t copies; /* the pfns behind have the very same struct pages, so many times in all */
	struct mem_window window;
	struct run *runs;
	size_t runs_len;
	bool placed; /* runs say where they are; else they are sums of the whole piece */
};

struct pass {
	const struct kernel *k;
	struct census *c;
	struct range range; /* counted; the pass itself may begin before */
	const struct census_watch *watch;
	struct piece pieces[TOGETHER]; /* of which [from, len) are classified now */
	size_t from, len;
	struct classify_carry carry, carry_next;
	struct run *runs; /* of all pieces */
	struct census_zone *zone; /* of the run before */
	bool sums; /* what is counted now has no place */
	bool full; /* more zones than fit */
};

static struct census_zone *find_zone(struct pass *p, uint64_t place, bool none)
{
	const struct page_layout *l = &p->k->layout;
	struct census *c = p->c;
	unsigned int zone = (unsigned int)(place & ((1u << l->zone_width) - 1));
	bool has_zone = !none && zone < l->zones;

	for (size_t i = 0; i < c->zones_len; i++)
		if (c->zones[i].has_zone == has_zone && (!has_zone || c->zones[i].place == place))
			return &c->zones[i];
	if (c->zones_len == CENSUS_ZONES_MAX) {
		p->full = true;
		return &c->zones[0];
	}
	c->zones[c->zones_len] = (struct census_zone){
		.place = place, .has_zone = has_zone,
		.nid = (unsigned int)(place >> l->zone_width), .zone = zone,
	};
	return &c->zones[c->zones_len++];
}

/* Counts [start, end), cut to the range asked for. */
static void count(struct pass *p, uint64_t start, uint64_t end, enum kind kind,
		  const struct run *run)
{
	bool none = kind == KIND_HOLE || kind == KIND_UNREADABLE;
	uint64_t place = none ? UINT64_MAX : run->place;

	if (start < p->range.start)
		start = p->range.start;
	if (end > p->range.end)
		end = p->range.end;
	if (start >= end)
		return;
	if (!p->zone || p->zone->place != place)
		p->zone = find_zone(p, place, none);
	p->c->kinds[kind] += end - start;
	p->zone->kinds[kind] += end - start;
	if (kind == KIND_FREE) {
		p->c->free[run->order] += end - start;
		p->zone->free[run->order] += end - start;
	}
	if (p->watch && !p->sums)
		p->watch->fn(p->watch->arg, start, end - start, kind);
}

/* Reserved pages are RAM the kernel keeps, or no RAM at all: a section covers what lies in it. */
static void count_reserved(struct pass *p, uint64_t start, uint64_t end, const struct run *run)
{
	const struct guard *g = &p->k->pages.mem->guard;

	while (start < end) {
		bool ram = guard_is_ram(g, start << PAGE_SHIFT);
		uint64_t stop = num_least(guard_edge(g, start << PAGE_SHIFT) >> PAGE_SHIFT, end);

		count(p, start, stop, ram ? KIND_RESERVED : KIND_NOTRAM, run);
		start = stop;
	}
}

/*
 * A compound page seen from one of its tails only, or a head without its second struct page.
 * *ret_end: the pages from pfn up to there are of the same one.
 */
static enum kind resolve_lost(struct pass *p, uint64_t pfn, uint64_t *ret_end, struct err *e)
{
	const struct page_layout *l = &p->k->layout;
	const struct pagearray *pa = &p->k->pages;
	uint8_t pages[2 * STRUCT_PAGE_MAX];
	const uint8_t *second = pages + l->size;
	uint64_t word, head = pfn, virt, end;

	*ret_end = pfn + 1;
	if (l->size > sizeof(pages) / 2 || !pagearray_read(pa, pfn, 1, pages, e))
		return KIND_UNREADABLE;
	word = page_word(l, pages + l->compound_head);
	if ((word & TAIL_BIT) && (!pagearray_virt(pa, pfn, &virt) ||
				  !pagearray_pfn(pa, layout_head(l, virt, word), &head)))
		return KIND_COMPOUND; /* between two states: the head it names is none */
	if (!pagearray_read(pa, head, 2, pages, e))
		return KIND_UNREADABLE;
	/* Below a page of struct pages, where no head is but a true one, its order holds. */
	end = head + (1ull << (second[l->compound_order] & 31));
	if (word & TAIL_BIT && pfn - head < end - head)
		*ret_end = end;
	return classify_compound(l, pages, second);
}

static void count_unreadable(struct pass *p, uint64_t first, uint64_t n, const struct err *e)
{
	if (p->c->first.kind == ERR_NONE && range_meets(&p->range, first, first + n))
		p->c->first = *e;
	count(p, first, first + n, KIND_UNREADABLE, NULL);
}

/* Lost tails in a row, or a lost head; returns where those of the first compound page end. */
static uint64_t count_lost(struct pass *p, uint64_t pfn, uint64_t end, const struct run *run)
{
	struct err e = ERR_INIT;
	uint64_t stop;
	enum kind kind = resolve_lost(p, pfn, &stop, &e);

	stop = num_least(stop, end);
	if (kind == KIND_UNREADABLE)
		count_unreadable(p, pfn, stop - pfn, &e);
	else
		count(p, pfn, stop, kind, run);
	return stop;
}

static uint64_t tally_run(struct pass *p, uint64_t pfn, uint64_t pages, const struct run *run)
{
	uint64_t end = pfn + pages;

	if (run->kind == KIND_RESERVED)
		count_reserved(p, pfn, end, run);
	else if (run->kind != KIND_LOST)
		count(p, pfn, end, (enum kind)run->kind, run);
	else
		for (uint64_t lost = pfn; lost < end;)
			lost = count_lost(p, lost, end, run);
	return end;
}

static void tally(struct pass *p, const struct piece *piece)
{
	uint64_t pfn = piece->in.first, copies = piece->copies;

	p->sums = !piece->placed;
	if (piece->runs_len == 1) {
		tally_run(p, pfn, copies * piece->in.count, piece->runs);
		copies = 0;
	}
	for (uint64_t copy = 0; copy < copies; copy++)
		for (size_t i = 0; i < piece->runs_len; i++)
			pfn = tally_run(p, pfn, piece->runs[i].pages, &piece->runs[i]);
	p->sums = false;
}

/* Whether somebody wants to know where these are. What is no RAM is still among the reserved pages. */
static bool is_watched(const struct pass *p, const struct piece *piece)
{
	uint32_t kinds = 0;

	for (size_t i = 0; i < piece->runs_len; i++)
		kinds |= 1u << piece->runs[i].kind;
	return p->watch && (kinds & p->watch->kinds);
}

/* Under mem_window_run(): a fault leaves carry as it was, so the pieces can be had again. */
static void classify(void *arg)
{
	struct pass *p = arg;
	struct run *runs = p->runs;

	p->carry_next = p->carry;
	for (size_t i = p->from; i < p->len; i++) {
		struct piece *piece = &p->pieces[i];
		const struct classify_input *in = &piece->in;

		struct classify_carry carry = p->carry_next;

		piece->runs = runs;
		/* Where each page is matters where the range cuts the window. */
		piece->placed = !range_holds(&p->range, in->first, in->first + in->count) ||
				(p->watch && p->watch->kinds == CENSUS_EVERY);
		if (!piece->placed) {
			piece->runs_len = classify_sums(in, &carry, runs);
			piece->placed = is_watched(p, piece);
		}
		if (piece->placed) {
			carry = p->carry_next;
			piece->runs_len = classify_pages(in, &carry, runs);
		}
		p->carry_next = carry;
		runs += piece->runs_len;
	}
}

static void set_input(const struct pass *p, struct piece *piece, uint64_t first, uint64_t n,
		      uint64_t copies, const struct view *pages)
{
	const struct memmodel_run *run = memmodel_find(&p->k->memmodel, first);

	piece->in = (struct classify_input){ &p->k->layout, *pages, first, n, run ? run->base : 0 };
	piece->copies = copies;
}

/* The slow way: copies of a few struct pages at a time, each of which may fail alone. */
static void scan_pieces(struct pass *p, uint64_t first, uint64_t n)
{
	uint8_t pages[SMALL_PIECE * STRUCT_PAGE_MAX];

	while (n) {
		uint64_t count = n < SMALL_PIECE ? n : SMALL_PIECE;
		struct view v = { pages, (size_t)count * p->k->layout.size, 0 };
		struct err e = ERR_INIT;

		if (pagearray_read(&p->k->pages, first, (size_t)count, pages, &e)) {
			p->from = 0;
			p->len = 1;
			set_input(p, &p->pieces[0], first, count, 1, &v);
			classify(p);
			p->carry = p->carry_next;
			tally(p, &p->pieces[0]);
		} else {
			count_unreadable(p, first, count, &e);
		}
		first += count;
		n -= count;
	}
}

/* Pieces [from, len) in one touch; the windows are closed before others may be needed. */
static bool scan_windows(struct pass *p, size_t from, size_t len)
{
	struct err e = ERR_INIT;

	p->from = from;
	p->len = len;
	if (!mem_window_run(&p->pieces[from].window, classify, p, &e))
		return false;
	p->carry = p->carry_next;
	for (size_t i = from; i < len; i++)
		mem_window_close(p->k->pages.mem, &p->pieces[i].window);
	for (size_t i = from; i < len; i++)
		tally(p, &p->pieces[i]);
	return true;
}

/* All pieces; one by one when that fails, and page by page the one that it fails for. */
static void scan_pending(struct pass *p, size_t *len)
{
	struct piece bad;
	size_t n = *len;

	*len = 0;
	if (!n || (n > 1 && scan_windows(p, 0, n)))
		return;
	for (size_t i = 0; i < n; i++) {
		if (scan_windows(p, i, i + 1))
			continue;
		mem_window_close(p->k->pages.mem, &p->pieces[i].window);
		bad = p->pieces[i];
		scan_pieces(p, bad.in.first, bad.in.count * bad.copies);
	}
}

static void scan(struct pass *p, uint64_t first, uint64_t end)
{
	size_t pending = 0, together = p->watch ? 1 : TOGETHER;

	while (first < end) {
		struct piece *piece = &p->pieces[pending];
		struct err e = ERR_INIT;
		uint64_t n, copies;

		if (pagearray_window(&p->k->pages, first, end, &piece->window, &n, &copies, &e)) {
			set_input(p, piece, first, n, copies, &piece->window.view);
			/* Of windows that are copies there is one at a time. */
			if (++pending == together || piece->window.route->way != GUARD_MAP)
				scan_pending(p, &pending);
		} else {
			scan_pending(p, &pending);
			if (e.kind == ERR_NO_PAGE)
				count(p, first, first + n, KIND_HOLE, NULL);
			else
				scan_pieces(p, first, n);
		}
		first += n * copies;
	}
	scan_pending(p, &pending);
}

/* The system call itself: behind clock_gettime() musl has a reader of the vDSO, 1 KB of it. */
uint64_t census_now_ns(void)
{
#ifdef SYS_clock_gettime64
	const long number = SYS_clock_gettime64;
#else
	const long number = SYS_clock_gettime;
#endif
	int64_t t[2] = { 0, 0 };

	syscall(number, CLOCK_MONOTONIC, t);
	return (uint64_t)t[0] * 1000000000u + (uint64_t)t[1];
}

bool census_scan(const struct kernel *k, struct range range, const struct census_watch *watch,
		 struct census *ret_census, struct err *e)
{
	struct pass p = { .k = k, .c = ret_census, .range = range, .watch = watch };
	uint64_t block = 1ull << (k->layout.max_order - 1);
	/* A range may begin inside a buddy block. */
	uint64_t start = range.start & ~(block - 1), began;
	size_t runs = (size_t)num_least(range.end - start, watch ? RUNS_MAX : RUNS_MAX * TOGETHER);

	if (range.start >= range.end)
		return err_set(e, ERR_RANGE, "nothing to scan");
	*ret_census = (struct census){ .pfn = range };
	p.runs = alloc_array(runs, sizeof(*p.runs)); /* at most one a page */
	if (!p.runs)
		return err_sys(e, ENOMEM, "the census");
	began = census_now_ns();
	scan(&p, start, range.end);
	/* A small machine's windows are few enough to stay until now: their cost is part of the pass. */
	mem_drop_stale(k->pages.mem);
	ret_census->ns = census_now_ns() - began;
	alloc_free(p.runs);
	if (p.full)
		return err_set(e, ERR_UNSUPPORTED, "more than %d zones", CENSUS_ZONES_MAX);
	return true;
}

struct range census_all(const struct kernel *k)
{
	return (struct range){ 0, memmodel_end(&k->memmodel) };
}

static void take_kind(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	(void)pfn, (void)pages;
	*(enum kind *)arg = kind;
}

bool census_kind(const struct kernel *k, uint64_t pfn, enum kind *ret_kind, struct err *e)
{
	const struct census_watch watch = { take_kind, ret_kind, CENSUS_EVERY };
	struct census *c = alloc_zeroed(sizeof(*c));
	bool good;

	if (!c)
		return err_sys(e, ENOMEM, "the census");
	good = census_scan(k, (struct range){ pfn, pfn + 1 }, &watch, c, e);
	if (good && c->kinds[KIND_UNREADABLE]) {
		*e = c->first;
		good = false;
	}
	alloc_free(c);
	return good;
}

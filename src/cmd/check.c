/* ramscope check: every struct page against /proc/kpageflags and /proc/kpagecount. */
/* Compares only pages that read the same before and after the kernel was asked. */
#include "base/fmt.h"
#include "base/alloc.h"
#include "census/census.h"
#include "census/classify.h"
#include "census/kpageflags.h"
#include "census/oracle.h"
#include "cmd/cmd.h"
#include "decode/page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 3 /* a difference that is gone when looked at again was drift */
#define SHOWN_MAX 16
#define CHUNK_MIN 1024u
#define SUBSECTION 512u /* pages of 2 MiB: PAGES_PER_SUBSECTION, include/linux/mmzone.h, 5.10 to 7.2 */

enum {
	WHAT_FLAGS,
	WHAT_MAPCOUNT,
	WHAT_KIND,
	WHAT_LEN,
};

static const char *const what_names[WHAT_LEN] = { "flags", "mapcount", "kind" };

struct disagreement {
	uint64_t pfn;
	int what;
	uint64_t ours, told;
};

struct totals {
	uint64_t compared, changed, holes, unread, differ[WHAT_LEN];
	size_t shown_len;
	struct disagreement shown[SHOWN_MAX];
};

/* A piece of the array: whole buddy blocks, so that every page sees the head of its block. */
struct chunk {
	const struct kernel *k;
	uint64_t first, count;
	uint8_t *before, *after; /* count struct pages */
	uint64_t *flags, *counts; /* what the kernel says */
	uint8_t *kinds;
	struct run *runs;
};

struct check {
	struct context *c;
	int flags_fd, counts_fd;
	struct chunk chunk;
	struct totals totals;
};

static struct view page_at(const struct chunk *ch, const uint8_t *pages, uint64_t pfn)
{
	size_t size = ch->k->layout.size;

	return (struct view){ pages + (pfn - ch->first) * size, size, 0 };
}

static bool is_stable(const struct chunk *ch, uint64_t pfn)
{
	size_t size = ch->k->layout.size, off = (size_t)(pfn - ch->first) * size;

	return !memcmp(ch->before + off, ch->after + off, size);
}

static bool is_inside(const struct chunk *ch, uint64_t pfn)
{
	return pfn - ch->first < ch->count;
}

/* Head and second struct page, from the chunk or, for huge pages larger than it, from afar. */
static bool read_compound(const struct chunk *ch, uint64_t head_pfn, struct page_facts *head,
			  struct page_compound *compound, uint8_t *kind, bool *ret_stable)
{
	const struct page_layout *l = &ch->k->layout;
	uint8_t far[2 * STRUCT_PAGE_MAX];
	struct view v, second;
	struct err e = ERR_INIT;

	if (is_inside(ch, head_pfn) && is_inside(ch, head_pfn + 1)) {
		v = page_at(ch, ch->before, head_pfn);
		second = page_at(ch, ch->before, head_pfn + 1);
		*ret_stable = is_stable(ch, head_pfn) && is_stable(ch, head_pfn + 1);
	} else {
		if (l->size > sizeof(far) / 2 ||
		    !pagearray_read(&ch->k->pages, head_pfn, 2, far, &e))
			return false;
		v = (struct view){ far, l->size, 0 };
		second = (struct view){ far + l->size, l->size, 0 };
		*ret_stable = true; /* only hugetlb is this large: it is seen again with its head */
	}
	page_decode(l, &v, head);
	page_decode_compound(l, &second, compound);
	if (*kind == KIND_LOST)
		*kind = (uint8_t)classify_compound(l, v.bytes, second.bytes);
	return true;
}

/* Is some page of the compound mapped on its own? All its pages must hold still. */
static bool any_mapped(const struct chunk *ch, uint64_t head_pfn, unsigned int order,
		       bool *ret_stable)
{
	uint64_t end = order < 32 ? head_pfn + (1ull << order) : head_pfn;
	bool mapped = false;

	for (uint64_t pfn = head_pfn; pfn < end && is_inside(ch, pfn); pfn++) {
		struct view v = page_at(ch, ch->before, pfn);

		mapped = mapped || (int32_t)view_u32(&v, ch->k->layout.mapcount) >= 0;
		*ret_stable = *ret_stable && is_stable(ch, pfn);
	}
	return mapped;
}

/* The kernel's rule: a page without references below an aligned buddy head of enough order. */
static bool in_free_block(const struct chunk *ch, uint64_t pfn, const struct page_facts *page,
			  bool *ret_stable)
{
	const struct page_layout *l = &ch->k->layout;

	if (page_has_type(l, page, PT_BUDDY))
		return true;
	for (unsigned int order = 0; page->refcount == 0 && order < l->max_order; order++) {
		uint64_t head = pfn & ~((1ull << order) - 1);
		struct page_facts h;
		struct view v;

		if (!is_inside(ch, head))
			continue;
		v = page_at(ch, ch->before, head);
		page_decode(l, &v, &h);
		if (page_has_type(l, &h, PT_BUDDY) && h.private >= order) {
			*ret_stable = *ret_stable && is_stable(ch, head);
			return true;
		}
	}
	return false;
}

static void differ(struct totals *t, uint64_t pfn, int what, uint64_t ours, uint64_t told)
{
	t->differ[what]++;
	if (t->shown_len < SHOWN_MAX)
		t->shown[t->shown_len++] = (struct disagreement){ pfn, what, ours, told };
}

static void compare_page(const struct chunk *ch, uint64_t pfn, struct totals *t)
{
	const struct page_layout *l = &ch->k->layout;
	struct view v = page_at(ch, ch->before, pfn);
	uint64_t told = ch->flags[pfn - ch->first], count = ch->counts[pfn - ch->first];
	uint64_t mask = oracle_comparable(l, told), flags, mapcount;
	uint8_t kind = ch->kinds[pfn - ch->first];
	bool stable = is_stable(ch, pfn);
	struct page_facts page, head;
	struct page_compound compound;
	struct oracle_page p = { .page = &page };

	page_decode(l, &v, &page);
	if (page.head && is_inside(ch, pfn + 1)) {
		struct view second = page_at(ch, ch->before, pfn + 1);
		uint64_t virt;

		if (pagearray_virt(&ch->k->pages, pfn, &virt))
			page_unmask(l, virt, &second, &page);
	}
	if (page.head || page.tail) {
		uint64_t head_pfn = pfn;

		if ((page.tail && !pagearray_pfn(&ch->k->pages, page.head_virt, &head_pfn)) ||
		    !read_compound(ch, head_pfn, &head, &compound, &kind, &stable)) {
			t->changed++;
			return;
		}
		p.head = &head;
		p.compound = &compound;
		p.mapped = !compound.hugetlb && any_mapped(ch, head_pfn, compound.order, &stable);
	} else {
		p.free = in_free_block(ch, pfn, &page, &stable);
	}
	if (!stable) {
		t->changed++;
		return;
	}
	t->compared++;
	flags = oracle_flags(l, &p);
	if ((flags ^ told) & mask)
		differ(t, pfn, WHAT_FLAGS, flags & mask, told & mask);
	/* fs/proc/page.c, kpagecount_read(): none for slab and typed pages. */
	mapcount = layout_has_flag(l, (p.head ? p.head : &page)->flags, PF_SLAB)
			   ? 0
			   : page_mapcount(&page, p.head, p.compound);
	if (mapcount != count)
		differ(t, pfn, WHAT_MAPCOUNT, mapcount, count);
	if (!(oracle_kinds(told) >> kind & 1))
		differ(t, pfn, WHAT_KIND, kind, told);
}

/* The census's own verdict on the pages as they were before. */
static void classify_chunk(struct chunk *ch)
{
	const struct memmodel_run *run = memmodel_find(&ch->k->memmodel, ch->first);
	struct classify_input in = {
		&ch->k->layout,
		{ ch->before, (size_t)ch->count * ch->k->layout.size, 0 },
		ch->first, ch->count, run ? run->base : 0,
	};
	struct classify_carry carry = { 0 };
	size_t n = classify_pages(&in, &carry, ch->runs), at = 0;

	for (size_t i = 0; i < n; i++) {
		memset(ch->kinds + at, ch->runs[i].kind, ch->runs[i].pages);
		at += ch->runs[i].pages;
	}
}

/* What lies beyond the file's end reads as "no page". */
static bool ask(int fd, const char *path, uint64_t pfn, uint64_t *words, uint64_t count,
		uint64_t beyond, struct err *e)
{
	uint64_t done;

	if (!kpageflags_read(fd, pfn, words, count, &done, e))
		return err_while(e, "%s", path);
	for (uint64_t i = done; i < count; i++)
		words[i] = beyond;
	return true;
}

/* No struct page there: the kernel must say so too. */
static void compare_hole(struct chunk *ch, struct totals *t)
{
	for (uint64_t i = 0; i < ch->count; i++) {
		t->holes++;
		if (!(ch->flags[i] >> KPF_NOPAGE & 1))
			differ(t, ch->first + i, WHAT_KIND, KIND_HOLE, ch->flags[i]);
	}
}

static bool ask_both(struct check *k, struct err *e)
{
	struct chunk *ch = &k->chunk;

	return ask(k->flags_fd, "/proc/kpageflags", ch->first, ch->flags, ch->count,
		   1ull << KPF_NOPAGE, e) &&
	       ask(k->counts_fd, "/proc/kpagecount", ch->first, ch->counts, ch->count, 0, e);
}

static bool compare_chunk(struct check *k, struct totals *t, struct err *e);

/* Struct pages come and go by subsections: each half of the chunk by itself. No block crosses. */
static bool compare_halves(struct check *k, struct totals *t, struct err *e)
{
	struct chunk *ch = &k->chunk;
	uint64_t first = ch->first, count = ch->count;
	bool good;

	ch->count = SUBSECTION;
	good = compare_chunk(k, t, e);
	ch->first += SUBSECTION;
	ch->count = count - SUBSECTION;
	good = good && compare_chunk(k, t, e);
	ch->first = first;
	ch->count = count;
	return good;
}

static bool compare_chunk(struct check *k, struct totals *t, struct err *e)
{
	struct chunk *ch = &k->chunk;
	const struct pagearray *pa = &ch->k->pages;
	bool have = pagearray_read(pa, ch->first, (size_t)ch->count, ch->before, e);

	if (!have && e->kind == ERR_NO_PAGE && ch->count > SUBSECTION)
		return compare_halves(k, t, e);
	if (!have && e->kind != ERR_NO_PAGE) {
		t->unread += ch->count;
		return true;
	}
	if (!ask_both(k, e))
		return false;
	if (!have) {
		compare_hole(ch, t);
		return true;
	}
	if (!pagearray_read(pa, ch->first, (size_t)ch->count, ch->after, e)) {
		t->unread += ch->count;
		return true;
	}
	classify_chunk(ch);
	for (uint64_t pfn = ch->first; pfn < ch->first + ch->count; pfn++)
		compare_page(ch, pfn, t);
	return true;
}

static uint64_t differences(const struct totals *t)
{
	return t->differ[WHAT_FLAGS] + t->differ[WHAT_MAPCOUNT] + t->differ[WHAT_KIND];
}

static bool check_all(struct check *k, uint64_t chunk_pages, struct err *e)
{
	uint64_t end = memmodel_end(&k->chunk.k->memmodel);

	for (uint64_t pfn = 0; pfn < end; pfn += chunk_pages) {
		struct totals t;

		k->chunk.first = pfn;
		k->chunk.count = end - pfn < chunk_pages ? end - pfn : chunk_pages;
		for (int round = 0; round < ROUNDS; round++) {
			t = k->totals;
			if (!compare_chunk(k, &t, e))
				return false;
			if (differences(&t) == differences(&k->totals))
				break;
		}
		k->totals = t;
	}
	return true;
}

static void show_underivable(struct context *c)
{
	static const struct column columns[] = {
		{ "bit", "bit", 3 },
		{ "name", "not compared", -14 },
		{ "reason", "because", -1 },
	};

	report_table(c->report, "not_compared", columns, ARRAY_LEN(columns));
	for (unsigned int bit = 0; bit < KPF_LEN; bit++) {
		const char *reason = oracle_bit_reason(&c->kernel.layout, bit);
		const struct cell cells[] = { UINT_CELL(bit), TEXT_CELL(oracle_bit_name(bit)),
					      TEXT_CELL(reason) };

		if (reason && strncmp(oracle_bit_name(bit), "bit", 3))
			report_row(c->report, cells);
	}
}

static void show_disagreements(struct context *c, const struct totals *t)
{
	static const struct column columns[] = {
		{ "pfn", "pfn", 11 },	    { "what", "what", -8 },
		{ "ours", "struct page", 18 }, { "told", "kernel says", 18 },
		{ "names", "differing", -1 },
	};

	if (!t->shown_len)
		return;
	report_table(c->report, "disagreement", columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < t->shown_len; i++) {
		const struct disagreement *d = &t->shown[i];
		char names[128] = "";
		size_t n = 0;
		const struct cell cells[] = {
			HEX_CELL(d->pfn), TEXT_CELL(what_names[d->what]),
			d->what == WHAT_KIND ? TEXT_CELL(kind_rows[d->ours].name)
					     : HEX_CELL(d->ours),
			HEX_CELL(d->told), TEXT_CELL(names),
		};

		for (unsigned int bit = 0; d->what == WHAT_FLAGS && bit < KPF_LEN; bit++)
			if ((d->ours ^ d->told) >> bit & 1)
				fmt_append(names, sizeof(names), &n, "%s%s", n ? " " : "",
					   oracle_bit_name(bit));
		report_row(c->report, cells);
	}
}

static bool is_whole(const struct totals *t)
{
	return t->compared && !t->unread;
}

static void show(struct context *c, const struct totals *t)
{
	uint64_t bad = differences(t);
	bool whole = is_whole(t);
	const struct field fields[] = {
		{ "disagreements", "disagreements", UINT_CELL(bad) },
		{ "pages", "struct pages", UINT_CELL(t->compared + t->changed + t->unread) },
		{ "compared", "compared", UINT_CELL(t->compared) },
		{ "changed", "changed meanwhile", UINT_CELL(t->changed) },
		{ "unread", t->unread ? "not readable" : NULL, UINT_CELL(t->unread) },
		{ "holes", "pfns without one", UINT_CELL(t->holes) },
		{ "flags", NULL, UINT_CELL(t->differ[WHAT_FLAGS]) },
		{ "mapcount", NULL, UINT_CELL(t->differ[WHAT_MAPCOUNT]) },
		{ "kind", NULL, UINT_CELL(t->differ[WHAT_KIND]) },
	};

	report_note(c->report, bad    ? "struct pages and the kernel's own files DISAGREE"
			       : !whole ? "what could be compared agrees, but not all could"
					: "struct pages and the kernel's own files agree");
	report_record(c->report, "check", fields, ARRAY_LEN(fields));
	show_disagreements(c, t);
	show_underivable(c);
}

static bool open_oracle(const char *path, int *ret_fd, struct err *e)
{
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return true;
	err_sys(e, errno, "%s", path);
	e->kind = ERR_UNSUPPORTED;
	return err_hint(e, "root, /proc, and a kernel with CONFIG_PROC_PAGE_MONITOR=y");
}

static bool make_buffers(struct chunk *ch, uint64_t pages, size_t page_size)
{
	ch->before = alloc_zeroed(pages * page_size);
	ch->after = alloc_zeroed(pages * page_size);
	ch->flags = alloc_zeroed(pages * sizeof(*ch->flags));
	ch->counts = alloc_zeroed(pages * sizeof(*ch->counts));
	ch->kinds = alloc_zeroed(pages);
	ch->runs = alloc_zeroed(pages * sizeof(*ch->runs));
	return ch->before && ch->after && ch->flags && ch->counts && ch->kinds && ch->runs;
}

static void free_buffers(struct chunk *ch)
{
	alloc_free(ch->before);
	alloc_free(ch->after);
	alloc_free(ch->flags);
	alloc_free(ch->counts);
	alloc_free(ch->kinds);
	alloc_free(ch->runs);
}

static bool check_live(struct check *k, struct err *e)
{
	const struct page_layout *l = &k->c->kernel.layout;
	uint64_t pages = 1ull << (l->max_order - 1);
	bool good;

	if (pages < CHUNK_MIN)
		pages = CHUNK_MIN;
	k->chunk.k = &k->c->kernel;
	good = make_buffers(&k->chunk, pages, l->size)
		       ? check_all(k, pages, e)
		       : err_sys(e, ENOMEM, "the comparison");
	free_buffers(&k->chunk);
	if (!good)
		return false;
	show(k->c, &k->totals);
	if (differences(&k->totals) || !is_whole(&k->totals))
		return err_set(e, ERR_FINDINGS, "disagreements");
	return true;
}

static bool run(struct context *c, int argc, char *const *argv, struct err *e)
{
	struct check *k;
	bool good;

	(void)argc, (void)argv;
	if (c->mem_path)
		return err_set(e, ERR_USAGE, "check asks the running kernel: not with --mem");
	if (!cmd_need_kernel(c, e)) {
		/* Two columns of one source agree always: that would be no comparison. */
		if (e->kind != ERR_REFUSED && e->kind != ERR_UNSUPPORTED)
			return false;
		e->kind = ERR_UNSUPPORTED;
		return err_while(e, "nothing to compare " KPAGEFLAGS_PATH " with: struct pages");
	}
	k = alloc_zeroed(sizeof(*k));
	if (!k)
		return err_sys(e, ENOMEM, "the comparison");
	k->c = c;
	k->flags_fd = k->counts_fd = -1;
	report_section(c->report, "check");
	good = open_oracle("/proc/kpageflags", &k->flags_fd, e) &&
	       open_oracle("/proc/kpagecount", &k->counts_fd, e) && check_live(k, e);
	if (k->flags_fd >= 0)
		close(k->flags_fd);
	if (k->counts_fd >= 0)
		close(k->counts_fd);
	alloc_free(k);
	return good;
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "",
	.summary = "every struct page against /proc/kpageflags and /proc/kpagecount",
	.details = "A page counts when its struct page reads the same before and after the kernel\nwas "
		   "asked; differences count when there are some on the third look too.",
	.run = run,
};

/* The census out of /proc/kpageflags. */
/* Counts only; that the file is asked at all, and why, pages.c says. */
#include "census/kpageflags.h"

#include "base/alloc.h"
#include "census/oracle.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define BIT(n) (1ull << (n))
#define WORDS_MAX (1u << 17) /* 1 MiB a read */
#define PFN_END (1ull << 40) /* 52 bits of physical address: nothing lies behind */
#define BLOCK 1024u /* pages; compound pages other than hugetlb begin at a multiple of their size */

/* KPF_LOCKED to KPF_PGTABLE and KPF_RESERVED to KPF_ARCH_3. */
#define KNOWN_BITS ((BIT(KPF_PGTABLE + 1) - 1) | (BIT(KPF_LEN) - BIT(KPF_RESERVED)))

/*
 * First row whose two bits are set wins; of one bit it has it twice; the last takes the rest.
 * stable_page_flags(), fs/proc/page.c, 5.10, 6.1, 6.12 and 7.2. Plain bits of a tail are its own
 * up to 6.1 and its head's later; kpageflags_kind() puts the head's in their place everywhere.
 */
static const struct {
	uint8_t bit, also, kind;
} rules[] = {
	{ KPF_NOPAGE, KPF_NOPAGE, KIND_HOLE }, /* up to 6.12 */
	{ KPF_HWPOISON, KPF_HWPOISON, KIND_HWPOISON },
	{ KPF_BUDDY, KPF_BUDDY, KIND_FREE },
	{ KPF_HUGE, KPF_HUGE, KIND_HUGETLB },
	{ KPF_SLAB, KPF_SLAB, KIND_SLAB },
	{ KPF_OFFLINE, KPF_OFFLINE, KIND_OFFLINE },
	{ KPF_PGTABLE, KPF_PGTABLE, KIND_TABLE }, /* may be COMPOUND or REFERENCED too */
	{ KPF_RESERVED, KPF_RESERVED, KIND_RESERVED },
	{ KPF_ANON, KPF_COMPOUND_HEAD, KIND_ANONHUGE },
	{ KPF_ANON, KPF_COMPOUND_TAIL, KIND_ANONHUGE },
	{ KPF_ANON, KPF_ANON, KIND_ANON },
	/* Set before a page reaches the LRU, and on nothing but anonymous memory and shmem. */
	{ KPF_SWAPBACKED, KPF_SWAPBACKED, KIND_SHMEM },
	{ KPF_LRU, KPF_LRU, KIND_FILE },
	{ KPF_COMPOUND_HEAD, KPF_COMPOUND_HEAD, KIND_COMPOUND },
	{ KPF_COMPOUND_TAIL, KPF_COMPOUND_TAIL, KIND_COMPOUND },
	/* UPTODATE alone is page cache on its way to the LRU, or all of zsmalloc in 7.2. */
	{ 0, 0, KIND_KERNEL },
};

enum kind kpageflags_kind(uint64_t word, uint64_t head, bool ram)
{
	size_t i = 0;

	if (word & BIT(KPF_COMPOUND_TAIL) && head && !(word & BIT(KPF_HWPOISON)))
		word = head & ~BIT(KPF_HWPOISON);
	while (i < ARRAY_LEN(rules) - 1 && !(word >> rules[i].bit & word >> rules[i].also & 1))
		i++;
	if (!ram && (rules[i].kind == KIND_RESERVED || rules[i].kind == KIND_KERNEL))
		return word ? KIND_NOTRAM : KIND_HOLE;
	return rules[i].kind;
}

bool kpageflags_read(int fd, uint64_t pfn, uint64_t *words, uint64_t count, uint64_t *ret_count,
		     struct err *e)
{
	size_t done = 0, want = (size_t)count * sizeof(*words);

	while (done < want) {
		ssize_t n = pread(fd, (char *)words + done, want - done,
				  (off_t)(pfn * sizeof(*words) + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "reading it");
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_count = done / sizeof(*words);
	return true;
}

/*
 * The file has no size: the first pfn of which it tells nothing. Twice as far at a time, then by
 * halves: a 32-bit kernel cuts positions to 32 bits, and begins anew at 4 GiB.
 */
static bool find_end(struct kpageflags *k, struct err *e)
{
	uint64_t have = 0, lack = PFN_END;

	while (have < lack) {
		uint64_t pfn = lack == PFN_END ? 2 * have : have + (lack - have) / 2, word, n;

		if (!kpageflags_read(k->fd, pfn, &word, 1, &n, e))
			return false;
		if (n)
			have = pfn + 1;
		else
			lack = pfn;
	}
	k->end = have;
	return true;
}

static bool unusable(struct err *e)
{
	e->kind = ERR_UNSUPPORTED;
	return err_hint(e, "root, /proc, and a kernel with CONFIG_PROC_PAGE_MONITOR=y");
}

bool kpageflags_open_file(const char *path, int *ret_fd, struct err *e)
{
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return true;
	err_sys(e, errno, "%.200s", path);
	return unusable(e);
}

bool kpageflags_open(struct kpageflags *k, const char *path, struct err *e)
{
	guard_init(&k->guard);
	if (!kpageflags_open_file(path, &k->fd, e))
		return false;
	if (find_end(k, e))
		return true;
	err_while(e, "%.200s", path);
	kpageflags_close(k);
	return unusable(e);
}

void kpageflags_close(struct kpageflags *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

/* Runs of one kind on their way into the census. */
struct told {
	struct kpageflags *k;
	struct range range;
	const struct census_watch *watch;
	struct census *c;
	uint64_t start, end; /* the run at hand */
	enum kind kind;
	uint64_t head; /* word of the last head; 0 behind the compound page's end */
	uint64_t edge; /* up to here ram is right */
	bool ram;
};

static void flush(struct told *t)
{
	if (t->start < t->range.start)
		t->start = t->range.start;
	if (t->start < t->end) {
		t->c->kinds[t->kind] += t->end - t->start;
		if (t->watch)
			t->watch->fn(t->watch->arg, t->start, t->end - t->start, t->kind);
	}
	t->start = t->end;
}

static void add(struct told *t, uint64_t count, enum kind kind)
{
	if (kind != t->kind)
		flush(t);
	t->kind = kind;
	t->end += count;
}

static void add_words(struct told *t, const uint64_t *words, uint64_t count)
{
	const struct guard *g = &t->k->guard;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t word = words[i];

		if (t->end >= t->edge) {
			t->ram = guard_is_ram(g, t->end << PAGE_SHIFT);
			t->edge = guard_edge(g, t->end << PAGE_SHIFT) >> PAGE_SHIFT;
		}
		if (!(word & BIT(KPF_COMPOUND_TAIL)))
			t->head = word & BIT(KPF_COMPOUND_HEAD) ? word : 0;
		if (word & ~KNOWN_BITS && t->end >= t->range.start) {
			t->k->unknown++;
			t->k->unknown_bits |= word & ~KNOWN_BITS;
		}
		add(t, 1, kpageflags_kind(word, t->head, t->ram));
	}
}

static void scan(struct told *t, uint64_t *words)
{
	uint64_t end = t->range.end, n;
	struct err *first = &t->c->first;

	while (t->end < end && kpageflags_read(t->k->fd, t->end, words,
					       num_least(end - t->end, WORDS_MAX), &n, first)) {
		if (!n) {
			err_set(first, ERR_SYSTEM, "it ended early");
			break;
		}
		add_words(t, words, n);
	}
	if (t->end < end) {
		err_while(first, KPAGEFLAGS_PATH);
		add(t, end - t->end, KIND_UNREADABLE);
	}
	flush(t);
}

bool kpageflags_scan(struct kpageflags *k, struct range range, const struct census_watch *watch,
		     struct census *ret_census, struct err *e)
{
	/* A range may begin inside a compound page. */
	uint64_t start = range.start & ~(uint64_t)(BLOCK - 1), began;
	struct told t = { .k = k, .range = range, .watch = watch, .c = ret_census,
			  .start = start, .end = start };
	uint64_t *words;

	if (range.start >= range.end)
		return err_set(e, ERR_RANGE, "nothing to scan");
	words = alloc_array(WORDS_MAX, sizeof(*words));
	if (!words)
		return err_sys(e, ENOMEM, "the census");
	*ret_census = (struct census){ .pfn = range };
	k->unknown = k->unknown_bits = 0;
	began = census_now_ns();
	scan(&t, words);
	ret_census->ns = census_now_ns() - began;
	alloc_free(words);
	return true;
}

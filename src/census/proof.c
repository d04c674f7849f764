/* Is the layout that the kernel tells the one its struct pages have? Which pages are looked at. */
/* What a page must say, invariants.c knows. */
#include "census/proof.h"

#include "base/alloc.h"
#include "base/names.h"
#include "census/classify.h"
#include "census/invariants.h"

#include <inttypes.h>
#include <string.h>

#define SAMPLES_MIN 2u /* chunks spread over memory, however soon all has been seen */
#define SAMPLES_MAX 96u
#define LOOKS 3 /* a contradiction counts when this many looks in a row found the same */
#define LOOKS_MAX 9

static const bool is_needed[] = {
#define X(invariant, name, needed, looks_at) needed,
	INVARIANTS(X)
#undef X
};

/* Name and what it looks at in turn. */
static const char texts[] =
#define X(invariant, name, needed, looks_at) name "\0" looks_at "\0"
	INVARIANTS(X);
#undef X

const char *invariant_name(unsigned int invariant)
{
	return name_at(texts, 2 * invariant);
}

const char *invariant_looks_at(unsigned int invariant)
{
	return name_at(texts, 2 * invariant + 1);
}

bool invariant_needed(unsigned int invariant)
{
	return is_needed[invariant];
}

struct work {
	struct proof *proof;
	struct own *own;
	bool all;
	struct chunk chunk;
	struct zonefiles zones; /* of zoneinfo only */
	struct tally found[INVARIANT_LEN]; /* in the chunk, in this look */
	struct run runs[CHUNK_PAGES];
	uint64_t seen[OWN_LEN + 3 + SAMPLES_MAX]; /* first pfns of chunks */
	size_t seen_len;
	uint8_t bytes[CHUNK_PAGES * STRUCT_PAGE_MAX];
};

/* Kinds as the census has them. A block that began before the chunk is not known. */
static void classify_chunk(struct work *w)
{
	struct chunk *c = &w->chunk;
	const size_t size = c->k->layout.size;
	struct classify_input in = { &c->k->layout, { c->bytes, (size_t)c->count * size, 0 },
				     c->first, c->count, c->virt - c->first * size };

	classify_kinds(&in, w->runs, c->kinds);
}

static void mark_chunk(struct chunk *c)
{
	const struct guard *g = &c->k->pages.mem->guard;
	uint64_t phys = c->first << PAGE_SHIFT;

	c->all_ram = guard_is_ram(g, phys) && guard_edge(g, phys) >= (c->first + c->count) << PAGE_SHIFT;
	c->is_own = 0;
	for (unsigned int i = 0; c->own && i < OWN_LEN; i++)
		if (c->own->pfn[i] - c->first < c->count)
			c->is_own |= 1u << (c->own->pfn[i] - c->first);
}

/* False when the chunk is not to be had: then it says nothing. */
static bool read_chunk(struct work *w)
{
	struct chunk *c = &w->chunk;
	struct err ignored = ERR_INIT;

	if (!pagearray_virt(&c->k->pages, c->first, &c->virt) ||
	    !pagearray_read(&c->k->pages, c->first, (size_t)c->count, c->bytes, &ignored))
		return false;
	classify_chunk(w);
	mark_chunk(c);
	/* The kernel takes as long for a word as the census for 25 struct pages: some are enough. */
	c->told_len = c->is_own ? mem_flags(c->k->pages.mem, c->first, c->told, (size_t)c->count) : 0;
	return true;
}

static void look_at_page(struct work *w, const struct looked *p)
{
	for (unsigned int i = 0; i < INVARIANT_LEN; i++) {
		struct tally *f = &w->found[i];

		if (!(p->is >> i & 1))
			continue;
		if (invariant_look(i, &w->chunk, p)) {
			f->agree++;
		} else if (!f->contradict++) {
			f->pfn = p->pfn;
			memcpy(f->words, p->words, PROOF_WORDS_MAX);
		}
	}
}

/* The first pfn that contradicts and how, as one number; 0: none does. */
static uint64_t look_at_chunk(struct work *w)
{
	struct chunk *c = &w->chunk;
	char words[PROOF_WORDS_MAX];
	struct looked page = { .words = words };
	uint64_t what = 0;

	memset(w->found, 0, sizeof(w->found));
	for (uint64_t pfn = c->first; pfn < c->first + c->count; pfn++) {
		invariant_prepare(c, pfn, &page);
		look_at_page(w, &page);
		/* What lies inside a free block has been left as it was. */
		if (c->kinds[pfn - c->first] == KIND_FREE && page.is >> INVARIANT_BUDDY & 1)
			pfn |= (1ull << page.facts.private) - 1;
	}
	for (unsigned int i = 0; i < INVARIANT_LEN && !what; i++)
		if (w->found[i].contradict)
			what = w->found[i].pfn * INVARIANT_LEN + i + 1;
	return what;
}

/* True when zones are known now that were not before. */
static bool want_zones(struct work *w)
{
	struct err ignored = ERR_INIT;

	return w->chunk.wants_zones && w->chunk.zones && !w->zones.len &&
	       zonefiles_read_zones(&w->zones, &ignored);
}

/* On a live machine pages change while they are looked at: what contradicts then does so once. */
static void look_again(struct work *w)
{
	uint64_t before = 0;
	struct err ignored = ERR_INIT;

	for (int look = 0, same = 0; look < LOOKS_MAX && same < LOOKS; look++) {
		uint64_t what;

		/* Pages of our own may have moved. */
		w->chunk.own = w->own && (!look || own_find(w->own, &ignored)) ? w->own : NULL;
		if (!read_chunk(w))
			return;
		what = look_at_chunk(w);
		if (want_zones(w))
			continue;
		if (!what)
			break;
		same = what == before ? same + 1 : 1;
		before = what;
	}
}

static void add_findings(struct work *w)
{
	for (unsigned int i = 0; i < INVARIANT_LEN; i++) {
		struct tally *all = &w->proof->findings[i], *one = &w->found[i];

		if (one->contradict && !all->contradict) {
			all->pfn = one->pfn;
			memcpy(all->words, one->words, PROOF_WORDS_MAX);
		}
		all->agree += one->agree;
		all->contradict += one->contradict;
	}
}

static void look(struct work *w, uint64_t first)
{
	const struct memmodel_run *run = memmodel_find(&w->chunk.k->memmodel, first);

	if (!run)
		return;
	w->chunk.first = first;
	w->chunk.count = num_least(run->pfn.end - first, CHUNK_PAGES);
	memset(w->found, 0, sizeof(w->found));
	look_again(w);
	add_findings(w);
	w->proof->pages += w->chunk.count;
}

/* As look(), of the chunk that pfn is in, unless it was looked at. */
static void sample(struct work *w, uint64_t pfn)
{
	uint64_t first = pfn & ~(uint64_t)(CHUNK_PAGES - 1);

	for (size_t i = 0; i < w->seen_len; i++)
		if (w->seen[i] == first)
			return;
	w->seen[w->seen_len++] = first;
	look(w, first);
}

static bool all_seen(const struct proof *p)
{
	for (unsigned int i = 0; i < INVARIANT_LEN; i++)
		if (invariant_needed(i) && i != INVARIANT_OWN && !p->findings[i].agree)
			return false;
	return true;
}

/* The bits of n in reverse, as a part of end: each new number halves the largest gap before it. */
static uint64_t spread(uint64_t n, uint64_t end)
{
	uint64_t at = 0;

	for (; n; n >>= 1, end >>= 1)
		at += n & 1 ? end >> 1 : 0;
	return at;
}

/*
 * Where a buddy block of the highest order may begin, so that free memory shows; every second one elsewhere,
 * for what lies in memory that is used.
 */
static void sample_all_over(struct work *w)
{
	const struct kernel *k = w->chunk.k;
	uint64_t end = memmodel_end(&k->memmodel), block = 1ull << (k->layout.max_order - 1);
	/* Where no page is our own, the others make up for it. */
	uint64_t least = w->own ? SAMPLES_MIN : SAMPLES_MAX;

	for (uint64_t i = 1; i <= SAMPLES_MAX && (i <= least || !all_seen(w->proof)); i++) {
		uint64_t pfn = spread(i, end);

		if (i & 1)
			pfn &= ~(block - 1);
		if (guard_is_ram(&k->pages.mem->guard, pfn << PAGE_SHIFT))
			sample(w, pfn);
	}
}

/* An object that a page of our own points to lies in a slab, which mostly is a compound page. */
static void look_at_slabs(struct work *w)
{
	struct chunk *c = &w->chunk;

	for (unsigned int i = 0; i < ARRAY_LEN(c->slab_pfn); i++) {
		struct pagetable_walk walk;
		struct err ignored = ERR_INIT;

		if (!c->own_mapping[i] ||
		    !pagetable_walk(&c->k->pagetable, c->own_mapping[i] & ~(uint64_t)MAPPING_BITS, &walk,
				    &ignored))
			continue;
		c->slab_pfn[i] = walk.phys >> PAGE_SHIFT;
		sample(w, c->slab_pfn[i]);
	}
}

static void look_at_all(struct work *w)
{
	const struct memmodel *mm = &w->chunk.k->memmodel;

	for (size_t i = 0; i < mm->len; i++)
		for (uint64_t pfn = mm->runs[i].pfn.start; pfn < mm->runs[i].pfn.end; pfn += CHUNK_PAGES)
			look(w, pfn);
	look_at_slabs(w);
}

static void look_at_sample(struct work *w)
{
	for (unsigned int i = 0; w->own && i < OWN_LEN; i++)
		if (w->own->pfn[i])
			sample(w, w->own->pfn[i]);
	sample(w, LOW_VIDEO_END >> PAGE_SHIFT);
	if (!w->proof->findings[INVARIANT_HEAD].agree)
		look_at_slabs(w);
	sample_all_over(w);
}

static void judge(struct proof *p)
{
	bool contradicted = false, proven = true;

	/* Types that are not known may be of free pages, too, as long as there are some of the known one. */
	if (p->findings[INVARIANT_BUDDY].agree)
		p->findings[INVARIANT_TYPE].contradict = 0;
	for (unsigned int i = 0; i < INVARIANT_LEN; i++) {
		const struct tally *f = &p->findings[i];

		contradicted = contradicted || f->contradict;
		proven = proven && (f->agree || !invariant_needed(i));
		p->held += f->agree && !f->contradict;
	}
	p->confidence = contradicted ? CONFIDENCE_UNKNOWN
			: proven     ? CONFIDENCE_PROVEN
				     : CONFIDENCE_CONSISTENT;
}

static void prepare(struct work *w)
{
	struct mem *m = w->chunk.k->pages.mem;
	struct err *e = &w->proof->not_own;

	w->chunk.bytes = w->bytes;
	if (!w->own)
		err_set(e, ERR_UNSUPPORTED, "a file holds no pages of ramscope's");
	else if (!own_find(w->own, e))
		w->own = NULL;
	w->chunk.zones = m->live ? &w->zones : NULL;
	w->chunk.wants_zones = w->all;
	(void)!want_zones(w);
}

void proof_make(const struct kernel *k, struct own *own, bool all, struct proof *ret_proof)
{
	struct work *w = alloc_zeroed(sizeof(*w));

	*ret_proof = (struct proof){ .confidence = CONFIDENCE_CONSISTENT, .not_own = ERR_INIT };
	if (!w || k->layout.size > STRUCT_PAGE_MAX)
		return;
	w->proof = ret_proof;
	w->own = own;
	w->all = all;
	w->chunk.k = k;
	prepare(w);
	all ? look_at_all(w) : look_at_sample(w);
	judge(ret_proof);
	alloc_free(w);
}

bool proof_holds(const struct proof *p, struct err *e)
{
	unsigned int i = 0;

	if (p->confidence != CONFIDENCE_UNKNOWN)
		return true;
	while (!p->findings[i].contradict)
		i++;
	err_set(e, ERR_CONTRADICTED, "layout unknown: the array contradicts what the kernel tells of it");
	return err_cause(e, "pfn %#" PRIx64 " has %s (%s)", p->findings[i].pfn, p->findings[i].words,
			 invariant_looks_at(i));
}

const char *proof_confidence_name(enum confidence confidence)
{
	static const char *const names[CONFIDENCE_LEN] = { "unknown", "consistent", "proven" };

	return names[confidence];
}

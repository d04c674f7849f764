/* Where the memory went: from the DIMMs to MemTotal, line by line. */
/* Every line is counted for itself, but for "unexplained", which is what is missing. */
#include "physmap/balance.h"

#include "base/names.h"

#include <string.h>

#define KIB_SHIFT (PAGE_SHIFT - 10)

static const char kept_names[] =
#define X(place, name, text) name "\0"
	KEPT_PLACES(X);
#undef X

static const char kept_texts[] =
#define X(place, name, text) text "\0"
	KEPT_PLACES(X);
#undef X

static void put(struct balance *b, char sign, const char *name, const char *what, uint64_t kib)
{
	if (b->len == BALANCE_ROWS) {
		b->bad = true;
		return;
	}
	b->rows[b->len++] = (struct balance_row){ sign, name, what, kib, LEFT_NONE, { 0, 0 } };
}

/* The same for what is missing or too much: only when it is something. */
static void put_difference(struct balance *b, const char *name, const char *what, uint64_t have, uint64_t want)
{
	if (have != want)
		put(b, have > want ? '-' : '+', name, what, have > want ? have - want : want - have);
}

/* Bytes of pieces that have the same text, put together; rows from first on. */
static void put_bytes(struct balance *b, size_t first, enum left reason, const char *name, const char *what,
		      const struct range *phys)
{
	char sign = reason > LEFT_UNKNOWN && reason != LEFT_NONE ? '+' : '-';
	struct balance_row *row = &b->rows[first];

	while (row < b->rows + b->len && (row->sign != sign || strcmp(row->what, what)))
		row++;
	if (row == b->rows + b->len) {
		put(b, sign, name, what, 0);
		row->where.start = phys->start;
	}
	if (b->bad)
		return;
	row->reason = reason;
	row->kib += phys->end - phys->start;
	row->where.end = phys->end;
}

/* Rows of bytes become rows of KiB; what that leads to, coming from kib. */
static uint64_t settle(struct balance *b, size_t first, uint64_t kib)
{
	for (size_t i = first; i < b->len; i++) {
		b->rows[i].kib >>= 10;
		kib = b->rows[i].sign == '-' ? kib - b->rows[i].kib : kib + b->rows[i].kib;
	}
	return kib;
}

/* The DIMMs, and what of them the firmware keeps. */
static void put_dimms(struct balance *b, const struct balance_in *in, uint64_t e820)
{
	struct physmap_piece piece = { 0 };
	size_t first = b->len + 1;
	uint64_t outside = 0;

	put(b, '=', "dimms", "DIMMs, by SMBIOS", in->dimms);
	while (physmap_next(in->map, &piece)) {
		const struct physmap_entry *x = piece.says[PHYSMAP_E820];
		bool ram = physmap_is_ram(&piece, PHYSMAP_E820);

		if (ram && !piece.says[PHYSMAP_DIMMS])
			outside += piece.phys.end - piece.phys.start;
		if (!ram && piece.says[PHYSMAP_DIMMS])
			put_bytes(b, first, LEFT_NONE, "firmware",
				  x ? x->what : "not in its map", &piece.phys);
	}
	/* Addresses that cannot be right are told by many a firmware: then one sum has to do. */
	if (outside || settle(b, first, in->dimms) != e820) {
		b->len = first;
		put_difference(b, "kept", "kept by the firmware, or hidden by devices", in->dimms, e820);
	}
}

/* The firmware's RAM, and what of it is none of the kernel's; ends at what is System RAM. */
static void put_e820(struct balance *b, const struct balance_in *in)
{
	struct physmap_piece piece = { 0 };
	uint64_t e820 = 0, kernel = ranges_sum(in->ram) << KIB_SHIFT;
	size_t first;

	while (physmap_next(in->map, &piece))
		if (physmap_is_ram(&piece, PHYSMAP_E820))
			e820 += piece.phys.end - piece.phys.start;
	if (!e820)
		return;
	e820 >>= 10;
	if (in->dimms)
		put_dimms(b, in, e820);
	put(b, '=', "e820", "RAM in the firmware's map (e820)", e820);
	first = b->len;
	piece = (struct physmap_piece){ 0 };
	while (physmap_next(in->map, &piece)) {
		enum left reason = left_reason(&piece, in->facts);

		if (reason != LEFT_NONE)
			put_bytes(b, first, reason, left_name(reason), left_text(&piece, reason), &piece.phys);
	}
	put_difference(b, "parts", "parts of pages", settle(b, first, e820), kernel);
}

/* Moves what of *rest lies in where to a row; pages. */
static uint64_t put_kept(struct balance *b, struct ranges *rest, const struct ranges *where, const char *name,
			 const char *what)
{
	struct ranges in = { 0 }, out = { 0 };
	uint64_t pages;

	ranges_cut(rest, where, true, &in);
	ranges_cut(rest, where, false, &out);
	pages = ranges_sum(&in);
	b->bad |= in.bad | out.bad;
	ranges_deinit(&in);
	ranges_deinit(rest);
	*rest = out;
	if (pages)
		put(b, '-', name, what, pages << KIB_SHIFT);
	return pages;
}

/* What the kernel keeps, seen page by page; returns how many pages are left. */
static uint64_t put_census(struct balance *b, const struct balance_in *in)
{
	struct ranges holes = { 0 }, all = { 0 };
	uint64_t pages = ranges_sum(in->ram);

	ranges_cut(in->holes, in->ram, true, &holes);
	ranges_cut(in->reserved, in->ram, true, &b->rest);
	ranges_add(&all, 0, UINT64_MAX);
	pages -= put_kept(b, &holes, &all, "no-page", "no struct page: offline, or out of reach");
	for (unsigned int i = 0; i < KEPT_LEN; i++)
		pages -= put_kept(b, &b->rest, &in->places[i], name_at(kept_names, i), name_at(kept_texts, i));
	b->bad |= holes.bad | all.bad | b->rest.bad;
	ranges_deinit(&holes);
	ranges_deinit(&all);
	if (b->rest.len)
		put(b, '-', "boot", "other, kept since boot", ranges_sum(&b->rest) << KIB_SHIFT);
	return pages - ranges_sum(&b->rest);
}

/* Without census: what never went to the page allocator as one sum. */
static uint64_t put_sums(struct balance *b, const struct balance_in *in)
{
	uint64_t pages = ranges_sum(in->ram);

	put_difference(b, "no-page", "no struct page: offline, or out of reach", pages << KIB_SHIFT,
		       in->present << KIB_SHIFT);
	put_difference(b, "boot", "kept since boot", in->present << KIB_SHIFT,
		       in->total << KIB_SHIFT);
	return in->total;
}

void balance_make(const struct balance_in *in, struct balance *ret_balance)
{
	struct balance *b = ret_balance;
	uint64_t left, given;

	*b = (struct balance){ 0 };
	if (in->map)
		put_e820(b, in);
	put(b, '=', "ram", in->map ? "System RAM, in whole pages" : "memory in the file, in whole pages",
	    ranges_sum(in->ram) << KIB_SHIFT);
	if (!in->reserved && (!in->total || !in->present))
		return;
	left = in->reserved ? put_census(b, in) : put_sums(b, in);
	if (!in->total) {
		put(b, '=', "left", "left for the page allocator", left << KIB_SHIFT);
		return;
	}
	/* A balloon takes pages out of MemTotal; not every kind of page that is given back does. */
	given = left > in->total ? num_least(left - in->total, in->offline) : 0;
	left -= given;
	put_difference(b, "given", "given back to the host (balloon)", given << KIB_SHIFT, 0);
	b->unexplained = ((int64_t)left - (int64_t)in->total) * (1 << KIB_SHIFT);
	put(b, b->unexplained < 0 ? '+' : '-', "unexplained",
	    b->unexplained < 0 ? "unexplained: reserved, and in MemTotal" : "unexplained",
	    (uint64_t)(b->unexplained < 0 ? -b->unexplained : b->unexplained));
	put(b, '=', "total", "MemTotal", in->total << KIB_SHIFT);
}

void balance_deinit(struct balance *b)
{
	ranges_deinit(&b->rest);
}

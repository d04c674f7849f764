/* Sets of addresses as lists of ranges: put together, cut, counted. */
/* Knows nothing of what lies there. */
#include "physmap/ranges.h"

#include "base/alloc.h"

void ranges_add(struct ranges *r, uint64_t start, uint64_t end)
{
	struct range *list;

	if (start >= end)
		return;
	if (r->len && r->list[r->len - 1].end == start) {
		r->list[r->len - 1].end = end;
		return;
	}
	list = alloc_room(r->list, r->len, sizeof(*list));
	if (!list) {
		r->bad = true;
		return;
	}
	r->list = list;
	r->list[r->len++] = (struct range){ start, end };
}

/* By Shell: short, and quick enough for the million pieces that a page array can have. */
static void sort(struct ranges *r)
{
	for (size_t gap = r->len / 2; gap; gap /= 2) {
		for (size_t i = gap; i < r->len; i++) {
			struct range one = r->list[i];
			size_t at = i;

			for (; at >= gap && r->list[at - gap].start > one.start; at -= gap)
				r->list[at] = r->list[at - gap];
			r->list[at] = one;
		}
	}
}

void ranges_settle(struct ranges *r)
{
	size_t len = 0;

	sort(r);
	for (size_t i = 0; i < r->len; i++) {
		struct range *last = len ? &r->list[len - 1] : NULL, *one = &r->list[i];

		if (!last || last->end < one->start)
			r->list[len++] = *one;
		else if (last->end < one->end)
			last->end = one->end;
	}
	r->len = len;
}

void ranges_cut(const struct ranges *a, const struct ranges *b, bool inside, struct ranges *to)
{
	size_t first = 0;

	to->bad |= a->bad | b->bad;
	for (size_t i = 0; i < a->len; i++) {
		uint64_t at = a->list[i].start, end = a->list[i].end;

		while (first < b->len && b->list[first].end <= at)
			first++;
		for (size_t j = first; at < end; j++) {
			struct range next = j < b->len ? b->list[j] : (struct range){ end, end };
			uint64_t from = num_least(end, next.start > at ? next.start : at);
			uint64_t until = num_least(end, next.end);

			if (inside)
				ranges_add(to, from, until);
			else
				ranges_add(to, at, from);
			at = until;
		}
	}
}

void ranges_pages(const struct ranges *a, struct ranges *to)
{
	to->bad |= a->bad;
	for (size_t i = 0; i < a->len; i++) {
		struct range whole = range_whole_pages(&a->list[i]);

		ranges_add(to, whole.start >> PAGE_SHIFT, whole.end >> PAGE_SHIFT);
	}
}

uint64_t ranges_sum(const struct ranges *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->len; i++)
		sum += r->list[i].end - r->list[i].start;
	return sum;
}

void ranges_deinit(struct ranges *r)
{
	alloc_free(r->list);
	*r = (struct ranges){ 0 };
}

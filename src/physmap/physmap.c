/* One physical map out of several: the cutting. */
/* Judges nothing: left.c does. */
#include "physmap/physmap.h"

#include "base/alloc.h"

#include <string.h>

void physmap_add(struct physmap *m, const struct physmap_entry *entry)
{
	struct physmap_entry *entries;

	if (entry->phys.start >= entry->phys.end)
		return;
	entries = alloc_room(m->entries, m->len, sizeof(*entries));
	if (!entries) {
		m->bad = true;
		return;
	}
	m->entries = entries;
	m->entries[m->len++] = *entry;
}

bool physmap_has(const struct physmap *m, enum physmap_source source)
{
	for (size_t i = 0; i < m->len; i++)
		if (m->entries[i].source == source)
			return true;
	return false;
}

/* The piece that begins at start: up to where the next entry begins or ends. */
static bool cut(const struct physmap *m, uint64_t start, struct physmap_piece *piece)
{
	bool any = false;

	*piece = (struct physmap_piece){ .phys = { start, UINT64_MAX } };
	for (size_t i = 0; i < m->len; i++) {
		const struct physmap_entry *x = &m->entries[i], **says = &piece->says[x->source];

		if (x->phys.end <= start)
			continue;
		if (x->phys.start > start) {
			piece->phys.end = num_least(piece->phys.end, x->phys.start);
			continue;
		}
		piece->phys.end = num_least(piece->phys.end, x->phys.end);
		any = true;
		if (!*says || (*says)->rank <= x->rank)
			*says = x;
	}
	return any;
}

bool physmap_next(const struct physmap *m, struct physmap_piece *piece)
{
	struct physmap_piece more;
	bool any = false;

	/* Past a hole, if there is one. */
	while (!any && piece->phys.end != UINT64_MAX)
		any = cut(m, piece->phys.end, piece);
	/* Where an entry of less rank begins or ends, nothing changes. */
	while (any && piece->phys.end != UINT64_MAX && cut(m, piece->phys.end, &more) &&
	       !memcmp(piece->says, more.says, sizeof(more.says)))
		piece->phys.end = more.phys.end;
	return any;
}

bool physmap_is_ram(const struct physmap_piece *piece, enum physmap_source source)
{
	return piece->says[source] && piece->says[source]->ram;
}

bool physmap_overlap(const struct physmap *m, enum physmap_source source, size_t *i, size_t *j)
{
	for (; *i < m->len; (*i)++, *j = 0) {
		const struct physmap_entry *a = &m->entries[*i];

		while (a->source == source && (*j)++ < *i) {
			const struct physmap_entry *b = &m->entries[*j - 1];

			if (b->source == source && range_meets(&a->phys, b->phys.start, b->phys.end) &&
			    strcmp(a->what, b->what))
				return true;
		}
	}
	return false;
}

void physmap_deinit(struct physmap *m)
{
	alloc_free(m->entries);
	*m = (struct physmap){ 0 };
}

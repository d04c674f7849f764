/* The zones of every node: struct zone in the kernel's memory, found through pglist_data. */
/* Takes pointers of the kernel for what they are: addresses to be walked, never to be trusted. */
#include "kernel/zones.h"

#include "base/alloc.h"

#include <errno.h>
#include <inttypes.h>

#define NODES_MAX 1024u
#define POINTERS 64u /* of node_data, read at a time */
#define ZONE_MAX 65536u /* largest SIZE(zone) taken for true */

/* What VMCOREINFO tells, each of at most max. */
static const struct {
	const char *key;
	uint8_t where; /* offsetof in struct zones_layout */
	uint32_t max;
} keys[] = {
	{ "OFFSET(pglist_data.node_zones)", offsetof(struct zones_layout, node_zones), 1u << 20 },
	{ "OFFSET(pglist_data.node_id)", offsetof(struct zones_layout, node_id), 1u << 20 },
	{ "SIZE(zone)", offsetof(struct zones_layout, zone_size), ZONE_MAX },
	{ "OFFSET(zone.free_area)", offsetof(struct zones_layout, free_area), ZONE_MAX },
	{ "SIZE(free_area)", offsetof(struct zones_layout, area_size), 4096 },
	{ "OFFSET(free_area.free_list)", offsetof(struct zones_layout, free_list), 4096 },
	{ "LENGTH(free_area.free_list)", offsetof(struct zones_layout, types), ZONES_TYPES_MAX },
	{ "SIZE(list_head)", offsetof(struct zones_layout, list_size), 16 },
	{ "OFFSET(list_head.next)", offsetof(struct zones_layout, next), 8 },
	{ "OFFSET(list_head.prev)", offsetof(struct zones_layout, prev), 8 },
	{ "OFFSET(zone.spanned_pages)", offsetof(struct zones_layout, spanned), ZONE_MAX },
	{ "OFFSET(zone.vm_stat)", offsetof(struct zones_layout, free), ZONE_MAX },
};

static bool read_keys(struct zones_layout *t, const struct vmcoreinfo *vi, struct err *e)
{
	uint64_t value = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!vmcoreinfo_within(vi, keys[i].key, 0, keys[i].max, &value, e))
			return false;
		*(size_t *)(void *)((char *)t + keys[i].where) = (size_t)value;
	}
	if (!vmcoreinfo_within(vi, "NUMBER(NR_FREE_PAGES)", 0, 255, &value, e))
		return false;
	t->free += (size_t)value * t->word;
	return true;
}

static bool read_layout(struct zones_layout *t, const struct page_layout *l,
			const struct vmcoreinfo *vi, struct err *e)
{
	*t = (struct zones_layout){ .word = l->word, .orders = (size_t)l->max_order };
	if (!read_keys(t, vi, e))
		return false;
	t->nr_free = t->free_list + t->types * t->list_size;
	t->start_pfn = t->spanned - 2 * t->word;
	t->managed = t->spanned - t->word;
	t->present = t->spanned + t->word;
	if (!t->types || t->list_size != 2 * t->word || t->next + t->prev != t->word ||
	    t->area_size < t->word || t->nr_free > t->area_size - t->word ||
	    t->free_area + t->orders * t->area_size > t->zone_size ||
	    t->spanned < 2 * t->word || t->present + t->word > t->zone_size ||
	    t->free + t->word > t->zone_size)
		return err_set(e, ERR_KEY_OFFSET, "VMCOREINFO: free lists (%zu of %zu bytes in "
			       "%zu) do not fit SIZE(zone)=%zu", t->types, t->list_size,
			       t->area_size, t->zone_size);
	return true;
}

static bool add_node(struct zones *z, uint64_t node, const struct page_layout *l, struct err *e)
{
	uint8_t bytes[4];
	struct view v = { bytes, sizeof(bytes), 0 };

	if (!pagetable_read(z->pt, node + z->layout.node_id, bytes, sizeof(bytes), e))
		return err_while(e, "node at %#" PRIx64, node);
	if (z->len + l->zones > ZONES_LIST_MAX)
		return err_set(e, ERR_UNSUPPORTED, "more than %u zones", ZONES_LIST_MAX);
	for (unsigned int i = 0; i < l->zones; i++)
		z->list[z->len++] = (struct zone){
			.nid = view_u32(&v, 0),
			.number = i,
			.virt = node + z->layout.node_zones + i * z->layout.zone_size,
		};
	return true;
}

/* Pointers to the nodes, many of them NULL. */
static bool add_nodes(struct zones *z, const struct page_layout *l, const struct vmcoreinfo *vi,
		      struct err *e)
{
	const size_t word = z->layout.word;
	uint64_t virt = 0, len = 0;
	uint8_t bytes[POINTERS * 8];

	if (!vmcoreinfo_optional(vi, "SYMBOL(node_data)", &virt))
		return vmcoreinfo_number(vi, "SYMBOL(contig_page_data)", &virt, e) &&
		       add_node(z, virt, l, e);
	if (!vmcoreinfo_number(vi, "LENGTH(node_data)", &len, e))
		return false;
	for (uint64_t at = 0; at < num_least(len, NODES_MAX); at += POINTERS) {
		struct view v = { bytes, (size_t)num_least(len - at, POINTERS) * word, 0 };

		if (!pagetable_read(z->pt, virt + at * word, bytes, v.len, e))
			return err_while(e, "node_data");
		for (size_t i = 0; i < v.len; i += word) {
			uint64_t node = view_le(&v, i, word);

			if (node && !add_node(z, node, l, e))
				return false;
		}
	}
	return z->len || err_set(e, ERR_KEY_VALUE, "node_data has no node");
}

static bool read_zone(struct zones *z, struct zone *zone, struct err *e)
{
	const struct zones_layout *t = &z->layout;
	uint8_t counts[4 * 8], free[8];
	struct view v = { counts, 4 * t->word, 0 }, f = { free, t->word, 0 };

	if (!pagetable_read(z->pt, zone->virt + t->start_pfn, counts, v.len, e) ||
	    !pagetable_read(z->pt, zone->virt + t->free, free, f.len, e) ||
	    !pagetable_read(z->pt, zone->virt + t->free_area, zone->areas, z->areas_size, e))
		return err_while(e, "zone %u of node %u", zone->number, zone->nid);
	zone->start_pfn = view_le(&v, 0, t->word);
	zone->managed = view_le(&v, t->word, t->word);
	zone->spanned = view_le(&v, 2 * t->word, t->word);
	zone->present = view_le(&v, 3 * t->word, t->word);
	zone->free = view_le(&f, 0, t->word);
	return true;
}

bool zones_init(struct zones *z, const struct pagetable *pt, const struct page_layout *l,
		const struct vmcoreinfo *vi, struct err *e)
{
	*z = (struct zones){ .pt = pt };
	if (!read_layout(&z->layout, l, vi, e) || !add_nodes(z, l, vi, e))
		return false;
	z->areas_size = z->layout.orders * z->layout.area_size;
	z->areas = alloc_array(z->len, z->areas_size);
	if (!z->areas)
		return err_sys(e, ENOMEM, "zones");
	for (size_t i = 0; i < z->len; i++)
		z->list[i].areas = z->areas + i * z->areas_size;
	return zones_read(z, e);
}

void zones_deinit(struct zones *z)
{
	alloc_free(z->areas);
	z->areas = NULL;
	z->len = 0;
}

bool zones_read(struct zones *z, struct err *e)
{
	for (size_t i = 0; i < z->len; i++)
		if (!read_zone(z, &z->list[i], e))
			return false;
	return true;
}

const struct zone *zones_find(const struct zones *z, unsigned int nid, unsigned int number)
{
	for (size_t i = 0; i < z->len; i++)
		if (z->list[i].nid == nid && z->list[i].number == number)
			return &z->list[i];
	return NULL;
}

const uint8_t *zones_area(const struct zones *z, const struct zone *zone, size_t order)
{
	return zone->areas + order * z->layout.area_size;
}

struct zones_list zones_list(const struct zones *z, const struct zone *zone, size_t order,
			     size_t type)
{
	const struct zones_layout *t = &z->layout;
	size_t off = order * t->area_size + t->free_list + type * t->list_size;
	struct view v = { zone->areas, z->areas_size, 0 };

	return (struct zones_list){
		zone->virt + t->free_area + off,
		view_le(&v, off + t->next, t->word),
		view_le(&v, off + t->prev, t->word),
	};
}

uint64_t zones_nr_free(const struct zones *z, const struct zone *zone, size_t order)
{
	struct view v = { zones_area(z, zone, order), z->layout.area_size, 0 };

	return view_le(&v, z->layout.nr_free, z->layout.word);
}

/* The zones of every node: struct zone in the kernel's memory, found through pglist_data. */
/* Reads the structs and their list heads; follows no list. */
#ifndef KERNEL_ZONES_H
#define KERNEL_ZONES_H

#include "kernel/layout.h"
#include "kernel/pagetable.h"

#define ZONES_LIST_MAX 64
#define ZONES_TYPES_MAX 16 /* most migrate types; kernels have 4 to 8 */

/* Where things are in pglist_data, struct zone and struct free_area. Bytes. */
struct zones_layout {
	size_t word;
	size_t node_zones, node_id, zone_size; /* pglist_data's array of zones */
	size_t free_area, area_size, orders; /* zone's array of free areas */
	size_t free_list, list_size, next, prev, types; /* free area's array of list heads */
	size_t nr_free;
	size_t start_pfn, managed, spanned, present;
	size_t free; /* vm_stat[NR_FREE_PAGES] */
};

struct zone {
	unsigned int nid, number; /* as page flags have them */
	uint64_t virt; /* of the struct zone */
	uint64_t start_pfn, managed, spanned, present; /* pages */
	uint64_t free; /* NR_FREE_PAGES, without what processors have not added yet */
	uint8_t *areas; /* in zones.areas: its free areas as they are */
};

struct zones {
	const struct pagetable *pt;
	struct zones_layout layout;
	size_t len;
	struct zone list[ZONES_LIST_MAX]; /* by node, then by number; those without memory too */
	uint8_t *areas; /* owned */
	size_t areas_size; /* of one zone */
};

/*
 * From SYMBOL(node_data), or SYMBOL(contig_page_data) without NUMA; OFFSET(pglist_data.node_zones),
 * OFFSET(pglist_data.node_id), SIZE(zone), OFFSET(zone.free_area), OFFSET(zone.spanned_pages),
 * OFFSET(zone.vm_stat), NUMBER(NR_FREE_PAGES), SIZE(free_area), OFFSET(free_area.free_list),
 * LENGTH(free_area.free_list), SIZE(list_head), OFFSET(list_head.next), OFFSET(list_head.prev).
 * Not told, but there from 5.10 to 7.2 (include/linux/mmzone.h): nr_free stands behind free_list, and
 * zone_start_pfn, managed_pages, spanned_pages and present_pages are words in a row.
 * Kinds: ERR_KEY_*, ERR_UNSUPPORTED (more than ZONES_LIST_MAX zones), ERR_SYSTEM, those of pagetable_read().
 */
bool zones_init(struct zones *z, const struct pagetable *pt, const struct page_layout *l,
		const struct vmcoreinfo *vi, struct err *e) __attribute__((warn_unused_result));
void zones_deinit(struct zones *z);
/* Reads all zones anew. Kinds: those of pagetable_read(). */
bool zones_read(struct zones *z, struct err *e) __attribute__((warn_unused_result));
/* The zone of that node and number, or NULL. */
const struct zone *zones_find(const struct zones *z, unsigned int nid, unsigned int number);

/* A list of free blocks: the address of its head, and what the head holds. */
struct zones_list {
	uint64_t virt, next, prev;
};
struct zones_list zones_list(const struct zones *z, const struct zone *zone, size_t order,
			     size_t type);
uint64_t zones_nr_free(const struct zones *z, const struct zone *zone, size_t order);
/* The bytes of one order's free area, zones.layout.area_size of them. */
const uint8_t *zones_area(const struct zones *z, const struct zone *zone, size_t order);

#endif

/* One struct page: its bytes turned into facts. */
/* Pure; the layout says where things are, and bits it does not know are kept by number. */
#ifndef DECODE_PAGE_H
#define DECODE_PAGE_H

#include "base/view.h"
#include "kernel/layout.h"

#include <string.h>

#define PAGE_TEXT_MAX 256

/*
 * include/linux/page-flags.h, 5.10 to 7.2: the low bits of mapping, and of a tail's first word.
 * 7.2 has movable among the page flags and uses this value of mapping no more.
 */
#define MAPPING_ANON 1u
#define MAPPING_MOVABLE 2u
#define MAPPING_KSM 3u
#define MAPPING_BITS 3u
#define TAIL_BIT 1u

struct page_facts {
	uint64_t flags; /* the whole word */
	uint64_t unknown_flags; /* PG_ bits set that have no name here */
	unsigned int nid, zone;
	bool has_zone; /* false: in no zone's span */
	bool head, tail;
	uint64_t head_virt; /* of a tail: the struct page of its head */
	uint64_t mapping, private, lru[2];
	uint32_t mapcount_word; /* _mapcount, or page_type */
	int32_t refcount;
	bool typed; /* mapcount_word is a type */
	bool anon, ksm, movable;
};

/* What the second struct page of a compound page tells of all of it. */
struct page_compound {
	uint8_t dtor, order;
	int32_t mapcount; /* stored: times mapped whole, less one; -1 when not told */
	int32_t large_mapcount; /* stored: mappings of all its pages, less one; -1 when not told */
	bool double_map; /* up to 6.1 */
	bool rmappable; /* from 6.12 on: anonymous memory or page cache, not the kernel's own */
	bool hugetlb;
};

/* A word of the kernel at p, 4 or 8 bytes. p may be at any alignment: it is in a core file. */
static inline uint64_t page_word(const struct page_layout *l, const uint8_t *p)
{
	uint64_t word = 0;

	memcpy(&word, p, l->word == 4 ? 4 : 8);
	return word;
}

/*
 * page must hold l->size bytes; fields of a shorter one read as zero. virt is where the struct
 * page is: without it head_virt is right only where heads are pointers.
 */
void page_decode(const struct page_layout *l, uint64_t virt, const struct view *page,
		 struct page_facts *ret_facts);
/* head is the first struct page, second the one behind it. */
void page_decode_compound(const struct page_layout *l, const struct page_facts *head,
			  const struct view *second, struct page_compound *ret_compound);

/*
 * With hugetlb_free_vmemmap=on (6.1, 6.12) the tails' pages of the array are all the head's, so
 * that every page of struct pages seems to begin with the head. page is at virt, second behind it:
 * a head that is none becomes the tail that it is. page_fixed_fake_head(), linux/page-flags.h.
 */
void page_unmask(const struct page_layout *l, uint64_t virt, const struct view *second,
		 struct page_facts *page);

bool page_has_type(const struct page_layout *l, const struct page_facts *p, enum page_type type);
/*
 * Times mapped, as /proc/kpagecount means it: __page_mapcount(), mm/util.c, up to 6.1, and
 * folio_precise_page_mapcount(), fs/proc/internal.h, from 6.12 on. head and compound are those
 * of the compound page, NULL when page is in none.
 */
uint64_t page_mapcount(const struct page_layout *l, const struct page_facts *page,
		       const struct page_facts *head, const struct page_compound *compound);

/* "lru uptodate bit24": names of the flags set, unknown ones by number. Returns their bits. */
uint64_t page_flags_text(const struct page_layout *l, uint64_t flags, char *buf, size_t size);
/* "buddy"; of an unknown one "bit13", or from 6.12 on, where types are numbers, "0xf9"; "-". */
void page_types_text(const struct page_layout *l, const struct page_facts *p, char *buf,
		     size_t size);

#endif

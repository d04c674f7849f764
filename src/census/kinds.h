/* The kinds of page frame that the census tells apart. */
/* One row a kind: enumerator, letter in maps, name, meaning. The man page lists the same rows. */
#ifndef CENSUS_KINDS_H
#define CENSUS_KINDS_H

#define KINDS(X) \
	X(KIND_FREE, '.', "free", "free, in the buddy allocator") \
	X(KIND_PERCPU, ',', "percpu", "free, on a per-cpu list") \
	X(KIND_ANON, 'a', "anon", "anonymous memory of processes") \
	X(KIND_ANONHUGE, 'A', "anonhuge", "anonymous memory in huge pages") \
	X(KIND_FILE, 'f', "file", "page cache of files") \
	X(KIND_SHMEM, 's', "shmem", "shared memory and tmpfs") \
	X(KIND_HUGETLB, 'H', "hugetlb", "hugetlb pool, in use or not") \
	X(KIND_SLAB, 'S', "slab", "slab allocator of the kernel") \
	X(KIND_TABLE, 'T', "table", "page tables") \
	X(KIND_KERNEL, 'k', "kernel", "other kernel memory, single pages") \
	X(KIND_COMPOUND, 'K', "compound", "other kernel memory, compound pages") \
	X(KIND_RESERVED, 'R', "reserved", "RAM kept at boot: kernel, page array") \
	X(KIND_OFFLINE, 'O', "offline", "ballooned, offline, not accepted") \
	X(KIND_HWPOISON, '!', "hwpoison", "bad memory, taken out of use") \
	X(KIND_NOTRAM, '-', "notram", "has a struct page but is not RAM") \
	X(KIND_HOLE, ' ', "hole", "no struct page") \
	X(KIND_UNREADABLE, '?', "unreadable", "its struct page could not be read")

enum kind {
#define X(kind, letter, name, meaning) kind,
	KINDS(X)
#undef X
	KIND_LEN,
};

/* Of an enum kind. */
char kind_letter(unsigned int kind);
const char *kind_name(unsigned int kind);
const char *kind_meaning(unsigned int kind);

#endif

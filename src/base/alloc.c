/* Memory for the few buffers whose size is known late. */
/* Under sanitizers malloc() serves instead, so that they see every overrun and leak. */
#include "base/alloc.h"

#include <stdint.h>

#ifdef __SANITIZE_ADDRESS__
#define ALLOC_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOC_WATCHED 1
#endif
#endif

/* In front of each block: its size, and enough room to keep what follows aligned. */
union header {
	size_t size;
	uint64_t align[2];
};

#ifdef ALLOC_WATCHED
#include <stdlib.h>
#include <string.h>

static void *get(size_t size)
{
	return calloc(1, size);
}

static void *grow(union header *h, size_t size)
{
	union header *bigger = realloc(h, size);

	if (bigger && size > bigger->size)
		memset((char *)bigger + bigger->size, 0, size - bigger->size);
	return bigger;
}

static void give_back(union header *h)
{
	free(h);
}
#else
#include <sys/mman.h>

static void *get(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void *grow(union header *h, size_t size)
{
	void *p = mremap(h, h->size, size, MREMAP_MAYMOVE);

	return p == MAP_FAILED ? NULL : p;
}

static void give_back(union header *h)
{
	munmap(h, h->size);
}
#endif

void *alloc_resize(void *block, size_t size)
{
	union header *h = block ? (union header *)block - 1 : NULL;

	if (size > SIZE_MAX - sizeof(*h))
		return NULL;
	size += sizeof(*h);
	h = h ? grow(h, size) : get(size);
	if (!h)
		return NULL;
	h->size = size;
	return h + 1;
}

void *alloc_room(void *block, size_t len, size_t size)
{
	const union header *h = block ? (union header *)block - 1 : NULL;

	if (h && len < (h->size - sizeof(*h)) / size)
		return block;
	return alloc_resize(block, (len ? 2 * len : 16) * size);
}

void *alloc_zeroed(size_t size)
{
	return alloc_resize(NULL, size);
}

void *alloc_array(size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL : alloc_zeroed(count * size);
}

void alloc_free(void *block)
{
	if (block)
		give_back((union header *)block - 1);
}

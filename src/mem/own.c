/* Pages of this process: made, locked and found. */
/* They stay until the end: the kernel takes them down with the process. */
#include "mem/own.h"

#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_PFN ((1ull << 55) - 1)

void own_open(struct own *o)
{
	*o = (struct own){ .fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) };
}

void own_close(struct own *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

/* Locked as soon as it is there. Where locking is refused the pages are touched, and may move. */
static uint8_t *make(size_t pages, int protection, int flags, bool *locked)
{
	size_t len = pages * PAGE_SIZE;
	uint8_t *p = mmap(NULL, len, protection, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Of small folios, where the kernel makes others. */
	if (protection & PROT_WRITE)
		(void)!madvise(p, len, MADV_NOHUGEPAGE);
	*locked = !mlock(p, len);
	for (size_t i = 0; i < pages; i++) {
		volatile uint8_t *byte = p + i * PAGE_SIZE;

		if (protection & PROT_WRITE)
			*byte = (uint8_t)i;
		(void)*byte;
	}
	return p;
}

/* mremap() of no bytes of a shared mapping maps the same pages once more: mremap(2). */
static bool map_again(const struct own *o)
{
	for (size_t first = 1; first < OWN_SHARED; first++) {
		size_t len = (OWN_SHARED - first) * PAGE_SIZE;
		uint8_t *p = mremap(o->shared + first * PAGE_SIZE, 0, len, MREMAP_MAYMOVE);

		if (p == MAP_FAILED)
			return false;
		for (size_t at = 0; at < len; at += PAGE_SIZE)
			(void)*(volatile uint8_t *)(p + at);
	}
	return true;
}

static bool make_all(struct own *o, struct err *e)
{
	bool shared_locked;

	if (o->anon)
		return true;
	o->shared = make(OWN_SHARED, PROT_READ, MAP_SHARED, &shared_locked);
	if (!o->shared || !map_again(o))
		return err_sys(e, errno, "shared pages of our own");
	o->anon = make(OWN_ANON, PROT_READ | PROT_WRITE, MAP_PRIVATE, &o->locked);
	return o->anon || err_sys(e, errno, "pages of our own");
}

static bool ask(const struct own *o, const uint8_t *where, uint64_t *pfn, size_t count)
{
	uint64_t words[OWN_LEN];
	off_t at = (off_t)((uintptr_t)where / PAGE_SIZE * sizeof(*words));

	if (pread(o->fd, words, count * sizeof(*words), at) != (ssize_t)(count * sizeof(*words)))
		return false;
	for (size_t i = 0; i < count; i++)
		pfn[i] = words[i] & PAGEMAP_PRESENT ? words[i] & PAGEMAP_PFN : 0;
	return true;
}

bool own_find(struct own *o, struct err *e)
{
	if (o->fd < 0)
		return err_set(e, ERR_UNSUPPORTED, "/proc/self/pagemap does not open");
	if (!make_all(o, e))
		return false;
	if (!ask(o, o->anon, o->pfn, OWN_ANON) || !ask(o, o->shared, o->pfn + OWN_ANON, OWN_SHARED))
		return err_sys(e, errno, "/proc/self/pagemap");
	/* Without CAP_SYS_ADMIN the pfns are zeros. */
	return o->pfn[0] || err_set(e, ERR_UNSUPPORTED, "/proc/self/pagemap tells no pfns");
}

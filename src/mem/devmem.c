/* /dev/mem by mmap() and by read(): the two live routes. */
/* Opens nothing and judges nothing: mem.c has opened the device and asked the guard. */
#include "base/alloc.h"
#include "mem/mem.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define STALE_MAX 128u /* mappings: page tables and vm_area_structs are memory of the kernel's */

/* The errno is all that the kernel says; refusal.c finds the cause. */
static bool refused(int os, struct err *e)
{
	err_sys(e, os, "/dev/mem");
	e->kind = ERR_REFUSED;
	return false;
}

static bool mmap_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	uint64_t skip = phys & (PAGE_SIZE - 1);
	void *p;

	if (phys > INT64_MAX)
		return refused(EINVAL, e); /* off_t is signed */
	p = mmap(NULL, len + (size_t)skip, PROT_READ, MAP_SHARED, m->fd, (off_t)(phys - skip));
	if (p == MAP_FAILED)
		return refused(errno, e);
	*ret_bytes = (const uint8_t *)p + skip;
	return true;
}

/*
 * Taking a mapping down makes the processor forget all it knows of addresses, which costs more
 * than the mapping itself. So windows that follow each other, as those of a census do, go
 * together: what was hidden waits until its neighbour is, and at most STALE_MAX of them.
 */
void mem_drop_stale(struct mem *m)
{
	if (m->stale_len)
		munmap((void *)m->stale, m->stale_len);
	m->stale_len = m->stale_maps = 0;
}

static void mmap_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	size_t skip = (size_t)(phys & (PAGE_SIZE - 1));
	uintptr_t start = (uintptr_t)bytes - skip;

	len = (len + skip + PAGE_SIZE - 1) & ~(size_t)(PAGE_SIZE - 1);
	/* Linux places new mappings below the ones before. */
	if (m->stale_len && start + len != m->stale)
		mem_drop_stale(m);
	m->stale = start;
	m->stale_len += len;
	if (++m->stale_maps == STALE_MAX)
		mem_drop_stale(m);
}

/*
 * read() judges the whole count first and drops what it had when a later page fails
 * (drivers/char/mem.c, read_mem), so it is asked for a page at a time.
 */
static bool read_page(int fd, uint64_t phys, uint8_t *to, size_t len, struct err *e)
{
	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)phys);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(errno, e);
		if (n == 0) {
			/* i386: the address does not fit the kernel's type. */
			return err_set(e, ERR_REFUSED, "/dev/mem: end of file");
		}
		phys += (uint64_t)n;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

uint8_t *mem_bounce(struct mem *m, size_t len, struct err *e)
{
	if (m->bounce_busy || len > MEM_WINDOW_MAX) {
		err_set(e, ERR_UNSUPPORTED, "a second window by read()");
		return NULL;
	}
	if (!m->bounce)
		m->bounce = alloc_zeroed(MEM_WINDOW_MAX);
	if (!m->bounce)
		err_sys(e, ENOMEM, "a buffer for read()");
	return m->bounce;
}

static bool read_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	size_t done = 0;
	uint8_t *to;

	if (phys > (uint64_t)INT64_MAX - len)
		return refused(EFAULT, e);
	to = mem_bounce(m, len, e);
	if (!to)
		return false;
	while (done < len) {
		size_t n = PAGE_SIZE - (size_t)((phys + done) & (PAGE_SIZE - 1));

		if (n > len - done)
			n = len - done;
		if (!read_page(m->fd, phys + done, to + done, n, e))
			return false;
		done += n;
	}
	m->bounce_busy = true;
	*ret_bytes = to;
	return true;
}

void mem_bounce_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	(void)bytes, (void)phys, (void)len;
	m->bounce_busy = false;
}

const struct mem_route mem_route_mmap = {
	"mmap", "map /dev/mem, at most 2 MiB at a time, and load from the mapping",
	GUARD_MAP, mmap_show, mmap_hide,
};

const struct mem_route mem_route_read = {
	"read", "read() /dev/mem, a page at a time: slower, and not refused by PAT",
	GUARD_READ, read_show, mem_bounce_hide,
};

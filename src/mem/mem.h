/* Bytes at physical addresses: live through /dev/mem, or saved in a file. */
/* Says what may be touched and by which route; knows nothing of kernels or struct pages. */
#ifndef MEM_MEM_H
#define MEM_MEM_H

#include "base/view.h"
#include "mem/guard.h"

#define MEM_WINDOW_MAX (2u << 20) /* range_is_allowed() loops a page under a lock: keep it short */
#define MEM_ROUTES_MAX 4

/* A method that no route serves: the census out of /proc/kpageflags, and nothing else. */
#define MEM_NO_METHOD "kpageflags"

struct mem;
struct elfcore;

/* One way to reach memory. */
struct mem_route {
	const char *name; /* as --method names it */
	const char *help;
	enum guard_way way;
	/*
	 * Shows [phys, phys + len), len at most MEM_WINDOW_MAX, allowed by the guard already.
	 * Kinds: ERR_REFUSED with errno in e->os; ERR_SYSTEM; ERR_FAULT.
	 */
	bool (*show)(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		     struct err *e);
	void (*hide)(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len);
};

extern const struct mem_route mem_route_mmap, mem_route_read, mem_route_file;

struct mem {
	struct guard guard;
	const struct mem_route *routes[MEM_ROUTES_MAX]; /* in order of preference */
	size_t routes_len;
	uint64_t served[MEM_ROUTES_MAX]; /* bytes shown by each */
	int fd;
	bool live; /* /dev/mem, not a file */
	struct elfcore *core; /* NULL when live */
	uint8_t *bounce; /* MEM_WINDOW_MAX bytes, for read(); made when first needed */
	bool bounce_busy;
	uintptr_t stale; /* mappings hidden and still to be taken down */
	size_t stale_len;
};

/*
 * A piece of physical memory in sight. Touch its bytes only inside touch_run(), and never
 * hand them to a system call: the kernel would touch them.
 */
struct mem_window {
	struct view view;
	const struct mem_route *route;
};

/* Is it a word that mem_open_live() takes? Kind ERR_USAGE. */
bool mem_is_method(const char *method, struct err *e) __attribute__((warn_unused_result));
/*
 * Opens /dev/mem. method is "auto", "mmap" or "read". The guard starts empty: nothing can
 * be read before somebody fills it. Kinds: ERR_USAGE, ERR_REFUSED, ERR_SYSTEM; ERR_UNSUPPORTED
 * for MEM_NO_METHOD.
 */
bool mem_open_live(struct mem *m, const char *method, struct err *e)
	__attribute__((warn_unused_result));
/*
 * Opens a saved file (ELF core: dump-guest-memory, kdump's vmcore). Its guard allows what
 * the file holds. Kinds: ERR_NOT_FILE, ERR_EMPTY, ERR_NOT_CORE, ERR_TRUNCATED, ERR_CLASS.
 */
bool mem_open_file(struct mem *m, const char *path, struct err *e)
	__attribute__((warn_unused_result));
void mem_close(struct mem *m);

/*
 * Copies len bytes from phys, a page at a time, by the first route that gives each page.
 * When none does, the error names the last refusal of every route; kind ERR_GUARD before any
 * system call when the guard forbids it. On failure buf is undefined. A page that faulted is
 * tried by no other route: read() of poisoned memory would fault in the kernel.
 */
bool mem_read(struct mem *m, uint64_t phys, void *buf, size_t len, struct err *e)
	__attribute__((warn_unused_result));
/* As mem_read(), but by one route only. */
bool mem_read_by(struct mem *m, const struct mem_route *route, uint64_t phys, void *buf,
		 size_t len, struct err *e) __attribute__((warn_unused_result));

/* Opens a window of at most MEM_WINDOW_MAX bytes. Only one window by read() at a time. */
bool mem_window_open(struct mem *m, uint64_t phys, size_t len, struct mem_window *ret_window,
		     struct err *e) __attribute__((warn_unused_result));
void mem_window_close(struct mem *m, struct mem_window *w);
/*
 * Copies len bytes, at most MEM_WINDOW_MAX, through one window: faster than mem_read() and all
 * or nothing. *ret_route is the one that showed them.
 */
bool mem_copy(struct mem *m, uint64_t phys, void *buf, size_t len,
	      const struct mem_route **ret_route, struct err *e) __attribute__((warn_unused_result));

/* For mem_close(): takes down what the mmap route keeps for later. */
void mem_drop_stale(struct mem *m);

#endif

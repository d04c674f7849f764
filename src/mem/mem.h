/* Bytes at physical addresses: live through /dev/mem or /proc/kcore, or saved in a file. */
/* Says what may be touched and by which route; knows nothing of kernels or struct pages. */
#ifndef MEM_MEM_H
#define MEM_MEM_H

#include "base/view.h"
#include "mem/guard.h"
#include "policy/facts.h"

#define MEM_WINDOW_MAX (2u << 20) /* range_is_allowed() loops a page under a lock: keep it short */
#define MEM_ROUTES_MAX 4

/* A method that no route serves: the census out of /proc/kpageflags, and nothing else. */
#define MEM_NO_METHOD "kpageflags"

struct mem;
struct elfcore;
struct kcore;

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

extern const struct mem_route mem_route_mmap, mem_route_read, mem_route_kcore, mem_route_file;

/* The first time that a route did not give what was asked of it. */
struct mem_refusal {
	const struct mem_route *route;
	bool opening; /* it did not even open */
	uint64_t phys;
	struct err why; /* without cause: mem_why_not() finds it */
};

struct mem {
	struct guard guard;
	const struct mem_route *routes[MEM_ROUTES_MAX]; /* those that opened, in order of preference */
	size_t routes_len;
	uint64_t served[MEM_ROUTES_MAX]; /* bytes shown by each of routes[] */
	struct mem_refusal refusals[MEM_ROUTES_MAX]; /* one a route at most, those not open too */
	size_t refusals_len;
	int fd; /* /dev/mem or the file; -1 when it is not open */
	int flags_fd; /* /proc/kpageflags, when has_flags; see poison.h */
	bool has_flags, poisoned;
	bool live; /* the running machine, not a file */
	bool forced; /* --method names one route */
	struct elfcore *core; /* NULL when live */
	struct kcore *kcore; /* NULL when it is not open */
	uint64_t caps; /* capabilities when it was opened */
	struct facts *facts; /* the caller's, or owned; NULL until somebody needs them */
	bool owns_facts;
	enum tri strict; /* STRICT_DEVMEM, as observed */
	uint8_t *bounce; /* MEM_WINDOW_MAX bytes, for read() and kcore; made when first needed */
	bool bounce_busy;
	uintptr_t stale; /* mappings hidden and still to be taken down */
	size_t stale_len, stale_maps; /* bytes; how many */
};

/*
 * A piece of physical memory in sight. Touch its bytes only inside mem_window_run(), and never
 * hand them to a system call: the kernel would touch them. By kcore, a page of zeros may be one
 * that the kernel will not show (kcore_read()): ask the struct page before you believe it.
 */
struct mem_window {
	struct view view;
	const struct mem_route *route;
};

/* Is it a word that mem_open_live() takes? Kind ERR_USAGE. */
bool mem_is_method(const char *method, struct err *e) __attribute__((warn_unused_result));
/*
 * Opens what the method needs of /dev/mem and /proc/kcore. method is "auto", which takes every
 * route in the order mmap, read, kcore, or the name of one. Good when one route is open; when none
 * is, the error holds all failures and their causes. In a confidential guest (TDX, SEV) /dev/mem
 * stays closed: kind ERR_GUARD. The guard starts empty: nothing can be read before somebody fills
 * it. facts: the caller's, which then learn what is observed; NULL has them gathered when they are
 * needed. Kinds: ERR_USAGE, ERR_REFUSED, ERR_GUARD.
 */
bool mem_open_live(struct mem *m, const char *method, struct facts *facts, struct err *e)
	__attribute__((warn_unused_result));
/*
 * Opens a saved file (ELF core: dump-guest-memory, kdump's vmcore). Its guard allows what
 * the file holds. Kinds: ERR_NOT_FILE, ERR_EMPTY, ERR_NOT_CORE, ERR_TRUNCATED, ERR_CLASS.
 */
bool mem_open_file(struct mem *m, const char *path, struct err *e)
	__attribute__((warn_unused_result));
void mem_close(struct mem *m);
/* Opens what one live route needs, if it is not open; routes[] stays as it is. Kinds: as above. */
bool mem_open_route(struct mem *m, const struct mem_route *route, struct err *e)
	__attribute__((warn_unused_result));

/* What the kernel says of itself; gathered now, in some milliseconds, unless the caller has them. */
const struct facts *mem_facts(struct mem *m);
/*
 * The words of /proc/kpageflags of count pfns from pfn on: how many were had, 0 when the file is not
 * open or does not go so far.
 */
size_t mem_flags(const struct mem *m, uint64_t pfn, uint64_t *words, size_t count);
/*
 * Why a route did not serve, the first time that it did not: true, and *ret_why has the cause.
 * False when it never failed.
 */
bool mem_why_not(struct mem *m, const struct mem_route *route, struct err *ret_why);
/* Bytes shown by the route so far. */
uint64_t mem_served(const struct mem *m, const struct mem_route *route);

/*
 * Copies len bytes from phys, a page at a time, by the first route that gives each page.
 * When none does, the error names the last refusal of every route and their causes; kind
 * ERR_GUARD before memory is touched when the guard forbids it, or when the kernel knows a page of
 * it to be bad (hwpoison), whatever the way and whosever memory it is; ERR_WITHHELD when the kernel gave
 * zeros in place of the bytes. On failure buf is undefined. A page that faulted is tried by no
 * other route: read() of poisoned memory would fault in the kernel.
 */
bool mem_read(struct mem *m, uint64_t phys, void *buf, size_t len, struct err *e)
	__attribute__((warn_unused_result));
/* As mem_read(), but by one route only. */
bool mem_read_by(struct mem *m, const struct mem_route *route, uint64_t phys, void *buf,
		 size_t len, struct err *e) __attribute__((warn_unused_result));

/*
 * The same at a virtual address, by /proc/kcore alone: for what page tables by physical address do
 * not lead to. Kind ERR_UNSUPPORTED when it is not open.
 */
bool mem_read_virt(struct mem *m, uint64_t virt, void *buf, size_t len, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Opens a window of at most MEM_WINDOW_MAX bytes. Only one window by read() or kcore at a time.
 * Kinds: as mem_read(); a window of which a part is withheld is withheld as a whole.
 */
bool mem_window_open(struct mem *m, uint64_t phys, size_t len, struct mem_window *ret_window,
		     struct err *e) __attribute__((warn_unused_result));
void mem_window_close(struct mem *m, struct mem_window *w);
/*
 * Calls fn(arg), which may touch the window's bytes: as touch_run() where they are mapped memory,
 * and directly where they are a copy. Kind ERR_FAULT.
 */
bool mem_window_run(const struct mem_window *w, void (*fn)(void *arg), void *arg, struct err *e)
	__attribute__((warn_unused_result));
/* Copies len bytes of the window from off on. Kind ERR_FAULT. */
bool mem_window_copy(const struct mem_window *w, size_t off, void *to, size_t len, struct err *e)
	__attribute__((warn_unused_result));
/*
 * Copies len bytes, at most MEM_WINDOW_MAX, through one window: faster than mem_read() and all
 * or nothing. *ret_route is the one that showed them.
 */
bool mem_copy(struct mem *m, uint64_t phys, void *buf, size_t len,
	      const struct mem_route **ret_route, struct err *e) __attribute__((warn_unused_result));

/*
 * For routes that copy: the buffer, NULL with *e set when it is in use or len is too long; and
 * what gives it free.
 */
uint8_t *mem_bounce(struct mem *m, size_t len, struct err *e);
void mem_bounce_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len);
/* Takes down what the mmap route keeps for later: for mem_close(), and where its cost belongs. */
void mem_drop_stale(struct mem *m);

#endif

/* What the test programs inside the guest share: giving up, page frame numbers, a clock, chance. */
/* Uses nothing of ramscope: these programs make the facts that ramscope is compared with. */
#ifndef GUEST_H
#define GUEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define MIB (1024ul * 1024)

static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static inline size_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (!*text || *end) {
		errno = EINVAL;
		die(text);
	}
	return value;
}

/* Writes into a file of the kernel's. */
static inline void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
		die(path);
	close(fd);
}

static inline void *map_anon(size_t bytes, int prot, int flags)
{
	void *p = mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Memory for which the kernel is asked to use huge pages, or not to; aligned to 2 MiB. */
static inline char *map_advised(size_t bytes, int advice)
{
	uintptr_t p = (uintptr_t)map_anon(bytes + 2 * MIB, PROT_READ | PROT_WRITE, MAP_NORESERVE);

	p = (p + 2 * MIB - 1) & ~(2 * MIB - 1);
	if (madvise((void *)p, bytes, advice))
		die("madvise");
	return (char *)p;
}

/* Page frame numbers of count present pages from p on (pagemap: bits 0-54, bit 63). */
static inline void find_pfns(const void *p, size_t count, uint64_t *pfns)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0)
		die("pagemap");
	for (size_t done = 0; done < count;) {
		off_t at = (off_t)(((uintptr_t)p / PAGE + done) * sizeof(uint64_t));
		ssize_t got = pread(fd, pfns + done, (count - done) * sizeof(uint64_t), at);

		if (got <= 0)
			die("pagemap");
		done += (size_t)got / sizeof(uint64_t);
	}
	close(fd);
	for (size_t i = 0; i < count; i++) {
		if (!(pfns[i] >> 63)) {
			errno = EFAULT;
			die("pagemap: page not present");
		}
		pfns[i] &= (1ull << 55) - 1;
	}
}

/* Has equal pages merged by ksmd (at most 256 into one), which is stopped when half are; how many. */
static inline size_t ksm_merge(char *p, size_t pages)
{
	char text[32] = "";

	if (madvise(p, pages * PAGE, MADV_MERGEABLE))
		die("MADV_MERGEABLE");
	put("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	put("/sys/kernel/mm/ksm/run", "1");
	for (int i = 0; i < 250 && atol(text) < (long)pages / 2; i++) {
		int fd = open("/sys/kernel/mm/ksm/pages_sharing", O_RDONLY);
		ssize_t n;

		usleep(20000);
		n = read(fd, text, sizeof(text) - 1);
		if (fd < 0 || n <= 0)
			die("pages_sharing");
		text[n] = 0;
		close(fd);
	}
	put("/sys/kernel/mm/ksm/run", "0");
	return (size_t)atol(text);
}

/* The same numbers at each start: xorshift (Marsaglia, 2003). */
static inline uint64_t random_u64(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void stay(void)
{
	for (;;)
		pause();
}

#endif

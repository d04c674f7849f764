/* load: fills a guest with pages of every kind that a program can cause, and stays. */
/* Does not verify what it made: the test does, with the kernel's own counts. */
#include "guest.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

/*
 *   load [MIB|sound] &
 *
 * For a guest of MIB MiB (default: what sysinfo says): 20% small anonymous pages interleaved with
 * shmem pages, half of them freed again at random; 10% huge anonymous pages; 10% shmem in one
 * piece; and some of each other kind; of "sound" memory none is bad. Prints "load <kind> <pages>"
 * for each, then "load ready".
 */

static void told(const char *kind, size_t pages)
{
	printf("load %s %zu\n", kind, pages);
	fflush(stdout);
}

/* The load that is measured must be the same each time, so the generator is seeded with a constant.
 */
static uint32_t random_bits(void)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x >> 16;
}

static char *map_shmem(size_t bytes, int *ret_fd)
{
	int fd = memfd_create("load", 0);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		die("memfd_create");
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	*ret_fd = fd;
	return p;
}

/* Gives each page back with a chance of one half; the number of those kept. */
static size_t free_half(char *p, size_t bytes, int advice)
{
	size_t kept = 0;

	for (size_t at = 0; at < bytes; at += PAGE, kept++) {
		size_t run = 0;

		while (at + run < bytes && random_bits() & 1)
			run += PAGE;
		if (run && madvise(p + at, run, advice))
			die("madvise");
		at += run;
	}
	return kept;
}

static void make_interleaved(size_t bytes)
{
	size_t half = bytes / 2 / PAGE * PAGE;
	int fd;
	char *anon = map_advised(half, MADV_NOHUGEPAGE);
	char *shmem = map_shmem(half, &fd);

	madvise(anon, half, MADV_DONTFORK);
	madvise(shmem, half, MADV_DONTFORK);
	for (size_t at = 0; at < half; at += PAGE)
		anon[at] = shmem[at] = 1;
	told("anon", free_half(anon, half, MADV_DONTNEED));
	told("shmem", free_half(shmem, half, MADV_REMOVE));
}

static void make_huge(size_t bytes)
{
	char *p = map_advised(bytes, MADV_HUGEPAGE);

	madvise(p, bytes, MADV_DONTFORK);
	for (size_t at = 0; at < bytes; at += PAGE)
		p[at] = 1;
	told("anonhuge", bytes / PAGE);
}

static void make_shmem(size_t bytes)
{
	int fd;
	char *p = map_shmem(bytes, &fd);

	madvise(p, bytes, MADV_DONTFORK);
	for (size_t at = 0; at < bytes; at += PAGE)
		p[at] = 1;
	told("shmem-contiguous", bytes / PAGE);
}

/* Page cache needs a file system that is not tmpfs (whose pages are shmem), and without a disk:
 * ramfs. */
static void make_file(size_t bytes)
{
	char *p;
	int fd;

	mkdir("/load", 0700);
	if (mount("ramfs", "/load", "ramfs", 0, NULL))
		die("mount ramfs");
	fd = open("/load/file", O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		die("/load/file");
	for (size_t at = 0; at < bytes; at += PAGE)
		if (pwrite(fd, "x", 1, (off_t)at) != 1)
			die("/load/file");
	/* Half of it mapped, half only cached. */
	p = mmap(NULL, bytes / 2, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	told("file", bytes / PAGE);
}

static void make_slab(size_t files)
{
	char name[32];

	mkdir("/slab", 0700);
	if (mount("tmpfs", "/slab", "tmpfs", 0, NULL))
		die("mount tmpfs");
	for (size_t i = 0; i < files; i++) {
		int fd;

		snprintf(name, sizeof(name), "/slab/%zu", i);
		fd = open(name, O_WRONLY | O_CREAT, 0600);
		if (fd < 0)
			die(name);
		close(fd);
	}
	told("slab-files", files);
}

/* Reading one page in 2 MiB maps the zero page there, at the cost of a page table. */
static void make_tables(size_t tables)
{
	char *p = map_anon(tables * 2 * MIB, PROT_READ, MAP_NORESERVE);
	volatile char sink;

	if (madvise(p, tables * 2 * MIB, MADV_NOHUGEPAGE) ||
	    madvise(p, tables * 2 * MIB, MADV_DONTFORK))
		die("madvise");
	for (size_t i = 0; i < tables; i++)
		sink = p[i * 2 * MIB];
	(void)sink;
	told("table", tables);
}

/* Half of the pool in use. */
static void make_hugetlb(size_t huge_pages)
{
	char text[16], *p;

	snprintf(text, sizeof(text), "%zu", huge_pages);
	put("/proc/sys/vm/nr_hugepages", text);
	p = map_anon(huge_pages / 2 * 2 * MIB, PROT_READ | PROT_WRITE, MAP_HUGETLB);
	madvise(p, huge_pages / 2 * 2 * MIB, MADV_DONTFORK);
	for (size_t i = 0; i < huge_pages / 2; i++)
		p[i * 2 * MIB] = 1;
	told("hugetlb", huge_pages * 512);
}

/* Equal pages; ksmd is stopped when it is done. */
static void make_ksm(size_t pages)
{
	char *p = map_advised(pages * PAGE, MADV_NOHUGEPAGE);

	madvise(p, pages * PAGE, MADV_DONTFORK);
	memset(p, 0x5a, pages * PAGE);
	told("ksm-shared", ksm_merge(p, pages));
}

/*
 * Mapped twice, by a child: small pages, huge pages whole, and a huge page that the child maps in
 * small pieces ("double mapped"), of which it has unmapped some.
 */
static void make_shared(void)
{
	char *small = map_advised(2 * MIB, MADV_NOHUGEPAGE);
	char *huge = map_advised(6 * MIB, MADV_HUGEPAGE);
	int ready[2];
	char byte = 0;
	pid_t child;

	memset(small, 1, 2 * MIB);
	memset(huge, 1, 6 * MIB);
	if (mlock(small, MIB) || pipe(ready))
		die("mlock");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (mprotect(huge, 64 * PAGE, PROT_READ) || munmap(huge + 2 * MIB, 32 * PAGE))
			die("mprotect");
		if (write(ready[1], &byte, 1) != 1)
			die("write");
		stay();
	}
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	told("shared", 8 * MIB / PAGE);
}

static void told_bus_error(int number)
{
	(void)number;
}

/*
 * Told by software that it is bad: the kernel takes the page out of use and marks it. 7.2 sends
 * the signal that a real error would bring (madvise_inject_error(), mm/madvise.c).
 */
static void make_poison(void)
{
	char *p = map_advised(PAGE, MADV_NOHUGEPAGE);

	*p = 1;
	signal(SIGBUS, told_bus_error);
	if (!madvise(p, PAGE, MADV_HWPOISON))
		told("hwpoison", 1);
	else if (errno == EINVAL) /* no CONFIG_MEMORY_FAILURE: the tests know where that may be */
		told("hwpoison", 0);
	else
		die("MADV_HWPOISON");
}

int main(int argc, char **argv)
{
	struct sysinfo info;
	bool sound;
	size_t mib;

	if (sysinfo(&info))
		die("sysinfo");
	sound = argc == 2 && !strcmp(argv[1], "sound");
	mib = argc == 2 && !sound ? number(argv[1]) : info.totalram / MIB * info.mem_unit;
	/* Off by itself in guests below 512 MiB of usable memory. */
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	/* Fragments are made last and left alone: nobody is to compact them. */
	put("/proc/sys/vm/compaction_proactiveness", "0");
	make_hugetlb(8);
	make_huge(mib / 10 / 2 * 2 * MIB);
	make_shmem(mib / 10 * MIB);
	make_file(mib / 64 * MIB);
	make_slab(mib * 10 < 20000 ? mib * 10 : 20000);
	make_tables(mib / 2);
	make_ksm(512);
	make_shared();
	if (!sound)
		make_poison();
	make_interleaved(mib * MIB / 5);
	puts("load ready");
	fflush(stdout);
	stay();
}

/* special: makes pages whose kind is hard to tell, says where they are, and stays. */
/* Does not judge: it passes on what its own page tables and /proc/kpageflags say of them. */
#include "guest.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define HUGE_PAGES 512ul
#define HUGE (HUGE_PAGES * PAGE)
#define GIB (1ul << 30)

#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

/*
 *   special SITUATION... &
 *
 * Prints for each piece of memory
 *   special <piece> <flags that all pages have> <flags that any has> <pfn>+<pages>,...
 * with words of /proc/kpageflags, then "special ready". The first bytes of each page that holds any
 * are the name of its piece.
 */

static void mark(char *p, size_t bytes, const char *piece)
{
	for (size_t at = 0; at < bytes; at += PAGE)
		strcpy(p + at, piece);
}

/* kpageflags of the pages: what all of them have, and what any. */
static void read_flags(const uint64_t *pfns, size_t pages, uint64_t *ret_all, uint64_t *ret_any)
{
	static uint64_t words[HUGE_PAGES];
	int fd = open("/proc/kpageflags", O_RDONLY);

	*ret_all = ~0ull;
	*ret_any = 0;
	for (size_t at = 0, n; at < pages; at += n) {
		for (n = 1; at + n < pages && n < HUGE_PAGES && pfns[at + n] == pfns[at] + n;)
			n++;
		if (pread(fd, words, n * sizeof(*words), (off_t)(pfns[at] * sizeof(*words))) !=
		    (ssize_t)(n * sizeof(*words)))
			die("/proc/kpageflags");
		for (size_t i = 0; i < n; i++) {
			*ret_all &= words[i];
			*ret_any |= words[i];
		}
	}
	close(fd);
}

/* The pages from p on, those side by side as one. */
static void tell(const char *piece, const char *p, size_t pages)
{
	uint64_t *pfns = malloc(pages * sizeof(*pfns)), all, any;
	const char *separator = "";

	if (!pfns)
		die("malloc");
	find_pfns(p, pages, pfns);
	read_flags(pfns, pages, &all, &any);
	printf("special %s %#llx %#llx ", piece, (unsigned long long)all, (unsigned long long)any);
	for (size_t at = 0, n; at < pages; at += n) {
		for (n = 1; at + n < pages && pfns[at + n] == pfns[at] + n;)
			n++;
		printf("%s%#llx+%zu", separator, (unsigned long long)pfns[at], n);
		separator = ",";
	}
	putchar('\n');
	free(pfns);
}

/* A huge page of anonymous memory, and nothing that is more or less than one. */
static char *make_thp(const char *piece)
{
	char *p = map_advised(HUGE, MADV_HUGEPAGE);
	uint64_t pfns[HUGE_PAGES];

	mark(p, HUGE, piece);
	find_pfns(p, HUGE_PAGES, pfns);
	for (size_t i = 0; i < HUGE_PAGES; i++) {
		if (pfns[i] != (pfns[0] & ~(HUGE_PAGES - 1)) + i) {
			errno = ENOMEM;
			die("no huge page");
		}
	}
	return p;
}

static void advise(char *p, size_t bytes, int advice, const char *what)
{
	if (madvise(p, bytes, advice))
		die(what);
}

static void make_thps(void)
{
	char *whole = make_thp("thp-whole"), *cut = make_thp("thp-mapped-by-pages");
	char *half = make_thp("thp-half-unmapped"), *split = make_thp("thp-split");

	tell("thp-whole", whole, HUGE_PAGES);
	/* The page table is split, the page is not. */
	if (mprotect(cut, HUGE / 2, PROT_READ))
		die("mprotect");
	tell("thp-mapped-by-pages", cut, HUGE_PAGES);
	/* What is unmapped stays allocated until the page is split, which has to wait for need. */
	advise(half + HUGE / 2, HUGE / 2, MADV_DONTNEED, "MADV_DONTNEED");
	tell("thp-half-unmapped", half, HUGE_PAGES / 2);
	/* Advice for one half only splits the page itself: mm/madvise.c, 5.10 to 7.2. */
	advise(split, HUGE / 2, MADV_COLD, "MADV_COLD");
	tell("thp-split", split, HUGE_PAGES);
}

/* One process maps the page whole, another by small pages, and not all of them. */
static void make_thp_shared(void)
{
	char *p = make_thp("thp-shared"), byte = 0;
	int ready[2];
	pid_t child;

	if (pipe(ready))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (munmap(p, 32 * PAGE) || write(ready[1], &byte, 1) != 1)
			die("munmap");
		stay();
	}
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	tell("thp-shared", p, HUGE_PAGES);
}

/* In huge pages too; the end of a file that is cut short splits the last of them. */
static void make_shmem(void)
{
	uintptr_t room = (uintptr_t)map_anon(3 * HUGE, PROT_NONE, 0);
	char *p = (char *)((room + HUGE - 1) & ~(HUGE - 1));
	int fd;

	mkdir("/huge", 0700);
	if (mount("tmpfs", "/huge", "tmpfs", 0, "huge=always"))
		die("mount tmpfs");
	fd = open("/huge/file", O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, 2 * HUGE))
		die("/huge/file");
	if (mmap(p, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		die("mmap");
	mark(p, HUGE, "shmem-huge");
	mark(p + HUGE, HUGE, "shmem-cut");
	if (ftruncate(fd, HUGE + HUGE / 2))
		die("ftruncate");
	mark(p + HUGE, HUGE / 2, "shmem-cut"); /* to split a page of a file is to unmap it */
	tell("shmem-huge", p, HUGE_PAGES);
	tell("shmem-cut", p + HUGE, HUGE_PAGES / 2);
}

/* Read and never written: the small zero page and the huge one. */
static void make_zero(void)
{
	char *small = map_advised(PAGE, MADV_NOHUGEPAGE), *huge = map_advised(HUGE, MADV_HUGEPAGE);
	volatile char sink = *(volatile char *)small;

	sink = *(volatile char *)huge;
	(void)sink;
	tell("zero-small", small, 1);
	tell("zero-huge", huge, HUGE_PAGES);
}

/* Pages of equal bytes become one, pages of zeros the zero page. */
static void make_ksm(void)
{
	char *equal = map_advised(64 * PAGE, MADV_NOHUGEPAGE);
	char *zeros = map_advised(64 * PAGE, MADV_NOHUGEPAGE);

	mark(equal, 64 * PAGE, "ksm-equal");
	memset(zeros, 0, 64 * PAGE);
	put("/sys/kernel/mm/ksm/use_zero_pages", "1");
	ksm_merge(equal, 64);
	advise(zeros, 64 * PAGE, MADV_MERGEABLE, "MADV_MERGEABLE");
	put("/sys/kernel/mm/ksm/run", "1");
	for (int i = 0; i < 250; i++) {
		uint64_t pfns[64];

		usleep(20000);
		find_pfns(zeros, 64, pfns);
		if (pfns[0] == pfns[63])
			break;
	}
	put("/sys/kernel/mm/ksm/run", "0");
	tell("ksm-equal", equal, 1);
	tell("ksm-zero", zeros, 1);
}

/* Of a pool that is there already; one page of each size, and the rest of the pool unused. */
static void make_hugetlb(const char *piece, size_t bytes, int shift)
{
	char *p = map_anon(bytes, PROT_READ | PROT_WRITE,
			   MAP_HUGETLB | (int)((unsigned)shift << MAP_HUGE_SHIFT));

	mark(p, bytes, piece);
	tell(piece, p, bytes / PAGE);
}

static void make_hugetlb_2m(void)
{
	make_hugetlb("hugetlb-2m", HUGE, 21);
}

static void make_hugetlb_1g(void)
{
	make_hugetlb("hugetlb-1g", GIB, 30);
}

/* move_pages(2): small and huge pages, to and fro between two nodes without an end. */
static void migrate(void)
{
	const size_t count = 4096, huge = 8;
	char *small = map_advised(count * PAGE, MADV_NOHUGEPAGE);
	char *thp = map_advised(huge * HUGE, MADV_HUGEPAGE);
	void **at = calloc(count + huge, sizeof(*at));
	int *nodes = calloc(count + huge, sizeof(*nodes));
	int *status = calloc(count + huge, sizeof(*status));

	if (!at || !nodes || !status)
		die("calloc");
	mark(small, count * PAGE, "migrated");
	mark(thp, huge * HUGE, "migrated");
	for (size_t i = 0; i < count + huge; i++)
		at[i] = i < count ? small + i * PAGE : thp + (i - count) * HUGE;
	printf("special migrated %zu %zu\n", count, (size_t)(huge * HUGE_PAGES));
	puts("special ready");
	fflush(stdout);
	for (int node = 1;; node = !node) {
		for (size_t i = 0; i < count + huge; i++)
			nodes[i] = node;
		if (syscall(SYS_move_pages, 0, count + huge, at, nodes, status, 2 /* MPOL_MF_MOVE */) < 0)
			die("move_pages");
	}
}

static const struct {
	const char *name;
	void (*make)(void);
} situations[] = {
	{ "thp", make_thps },		    { "thp-shared", make_thp_shared },
	{ "shmem", make_shmem },	    { "zero", make_zero },
	{ "ksm", make_ksm },		    { "hugetlb-2m", make_hugetlb_2m },
	{ "hugetlb-1g", make_hugetlb_1g },  { "migrate", migrate },
};

int main(int argc, char **argv)
{
	/* Off by itself in guests below 512 MiB of usable memory; and no khugepaged repairs anything. */
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "100000000");
	for (int i = 1; i < argc; i++) {
		size_t s = 0;

		while (s < sizeof(situations) / sizeof(*situations) &&
		       strcmp(situations[s].name, argv[i]))
			s++;
		if (s == sizeof(situations) / sizeof(*situations)) {
			errno = EINVAL;
			die(argv[i]);
		}
		situations[s].make();
	}
	puts("special ready");
	fflush(stdout);
	stay();
}

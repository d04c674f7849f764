/* mark: makes one page that a test can look for, says where it is, and stays. */
/* Does not look for it itself: its page frame number comes from the kernel's pagemap. */
#include "guest.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>

/*
 *   mark MAPPINGS
 *
 * One private anonymous page of random bytes, locked, mapped by MAPPINGS processes. Prints
 *   mark <pfn> <the page in hexadecimal>
 */
int main(int argc, char **argv)
{
	size_t mappings = argc == 2 ? number(argv[1]) : 1;
	unsigned char *page = map_anon(PAGE, PROT_READ | PROT_WRITE, 0);
	int ready[2];
	uint64_t pfn;
	char byte = 0;

	for (size_t done = 0; done < PAGE; done += 256)
		if (getrandom(page + done, 256, 0) != 256)
			die("getrandom");
	if (mlock(page, PAGE))
		die("mlock");
	/* A page on its way to the LRU lists is held by a per-cpu list of 15: push it out. */
	if (mlock(map_anon(64 * PAGE, PROT_READ | PROT_WRITE, 0), 64 * PAGE))
		die("mlock");
	find_pfns(page, 1, &pfn);
	if (pipe(ready))
		die("pipe");
	for (size_t i = 1; i < mappings; i++) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (write(ready[1], &byte, 1) != 1)
				die("write");
			stay();
		}
		if (read(ready[0], &byte, 1) != 1)
			die("read");
	}
	printf("mark %#llx ", (unsigned long long)pfn);
	for (size_t i = 0; i < PAGE; i++)
		printf("%02x", page[i]);
	putchar('\n');
	fflush(stdout);
	stay();
}

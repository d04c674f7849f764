/* secret: a page that the kernel takes out of its own direct map, by memfd_secret(2); stays. */
/* Needs a kernel with CONFIG_SECRETMEM, booted with secretmem.enable=1 before Linux 6.5. */
#include "guest.h"

#include <sys/random.h>
#include <sys/syscall.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* Prints   secret <pfn> <the page in hexadecimal> */
int main(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	unsigned char *page;
	uint64_t pfn;

	if (fd < 0 || ftruncate(fd, PAGE))
		die("memfd_secret");
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		die("mmap");
	/* Not by getrandom(2): the kernel does not reach such a page. */
	for (size_t i = 0; i < PAGE; i++) {
		unsigned char byte;

		if (getrandom(&byte, 1, 0) != 1)
			die("getrandom");
		page[i] = byte;
	}
	find_pfns(page, 1, &pfn);
	printf("secret %#llx ", (unsigned long long)pfn);
	for (size_t i = 0; i < PAGE; i++)
		printf("%02x", page[i]);
	putchar('\n');
	fflush(stdout);
	stay();
}

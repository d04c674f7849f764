/* Memory with a hardware error, as /proc/kpageflags tells of it. */
/* Asks the kernel and touches nothing; of the words of that file it reads one bit. */
#include "mem/poison.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/names.h"
#include "mem/refusal.h"
#include "mem/touch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#define HWPOISON (1ull << 19) /* KPF_HWPOISON, include/uapi/linux/kernel-page-flags.h */
#define AT_ONCE 512u
#define MEMINFO_MAX 65536u

bool poison_is_counted(const char *meminfo)
{
	static const char key[] = "HardwareCorrupted:";
	const char *p = names_find(meminfo, key);
	uint64_t kib = 0;

	if (!p)
		return false;
	p += sizeof(key) - 1;
	return num_scan(p + strspn(p, " "), 10, &kib) && kib;
}

void poison_open(struct mem *m)
{
	struct err ignored = ERR_INIT;
	char *text;
	size_t len;

	m->flags_fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	m->has_flags = m->flags_fd >= 0;
	if (!m->has_flags || !file_read("/proc/meminfo", MEMINFO_MAX, &text, &len, &ignored))
		return;
	m->poisoned = poison_is_counted(text);
	alloc_free(text);
}

void poison_close(struct mem *m)
{
	if (m->has_flags)
		close(m->flags_fd);
	m->has_flags = m->poisoned = false;
}

size_t mem_flags(const struct mem *m, uint64_t pfn, uint64_t *words, size_t count)
{
	ssize_t n = m->has_flags ? pread(m->flags_fd, words, count * sizeof(*words),
					 (off_t)(pfn * sizeof(*words)))
				 : 0;

	return n > 0 ? (size_t)n / sizeof(*words) : 0;
}

bool poison_check(const struct mem *m, uint64_t phys, uint64_t len, struct err *e)
{
	uint64_t words[AT_ONCE], pfn = phys >> PAGE_SHIFT;
	uint64_t end = ((phys + len - 1) >> PAGE_SHIFT) + 1;

	/* What has just faulted may be bad now, and is going to be tried again in smaller pieces. */
	while ((m->poisoned || touch_faulted()) && pfn < end) {
		size_t n = mem_flags(m, pfn, words, (size_t)num_least(end - pfn, AT_ONCE));

		for (size_t i = 0; i < n; i++) {
			if (!(words[i] & HWPOISON))
				continue;
			err_set(e, ERR_GUARD, "page at %#" PRIx64 " not touched",
				(pfn + i) << PAGE_SHIFT);
			return refusal_tell(m, CAUSE_HWPOISON, e);
		}
		/* Behind its end there is no RAM. */
		if (!n)
			break;
		pfn += n;
	}
	return true;
}

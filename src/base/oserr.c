/* errno by name and in words: one table. */
/* Says nothing of causes: those depend on what was called. */
#include "base/oserr.h"

#include "base/fmt.h"
#include "base/num.h"

#include <errno.h>

/* POSIX.1-2017, <errno.h>. */
static const struct {
	int os;
	const char *text;
} rows[] = {
	{ EPERM, "EPERM Operation not permitted" },
	{ ENOENT, "ENOENT No such file or directory" },
	{ EIO, "EIO Input/output error" },
	{ ENXIO, "ENXIO No such device or address" },
	{ EAGAIN, "EAGAIN Try again" },
	{ ENOMEM, "ENOMEM Out of memory" },
	{ EACCES, "EACCES Permission denied" },
	{ EFAULT, "EFAULT Bad address" },
	{ ENODEV, "ENODEV No such device" },
	{ ENOTDIR, "ENOTDIR Not a directory" },
	{ EISDIR, "EISDIR Is a directory" },
	{ EINVAL, "EINVAL Invalid argument" },
	{ EMFILE, "EMFILE Too many open files" },
	{ ENOSPC, "ENOSPC No space left on device" },
	{ EPIPE, "EPIPE Broken pipe" },
	{ ELOOP, "ELOOP Too many symbolic links" },
};

void oserr_text(int os, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].os == os) {
			fmt(buf, size, "%s", rows[i].text);
			return;
		}
	}
	fmt(buf, size, "errno %d", os);
}

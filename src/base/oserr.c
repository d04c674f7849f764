/* errno by name and in words: one table. */
/* Says nothing of causes: those depend on what was called. */
#include "base/oserr.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"

#include <errno.h>

/* POSIX.1-2017, <errno.h>. */
#define ROWS(X) \
	X(EPERM, "Operation not permitted") \
	X(ENOENT, "No such file or directory") \
	X(EIO, "Input/output error") \
	X(ENXIO, "No such device or address") \
	X(EAGAIN, "Try again") \
	X(ENOMEM, "Out of memory") \
	X(EACCES, "Permission denied") \
	X(EFAULT, "Bad address") \
	X(ENODEV, "No such device") \
	X(ENOTDIR, "Not a directory") \
	X(EISDIR, "Is a directory") \
	X(EINVAL, "Invalid argument") \
	X(EMFILE, "Too many open files") \
	X(ENOSPC, "No space left on device") \
	X(EPIPE, "Broken pipe") \
	X(ELOOP, "Too many symbolic links")

static const uint8_t codes[] = {
#define X(os, text) os,
	ROWS(X)
#undef X
};

static const char texts[] =
#define X(os, text) #os " " text "\0"
	ROWS(X);
#undef X

void oserr_text(int os, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i] == os) {
			fmt(buf, size, "%s", name_at(texts, i));
			return;
		}
	}
	fmt(buf, size, "errno %d", os);
}

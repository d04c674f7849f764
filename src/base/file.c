/* Small text files of /proc and /sys, whole. */
/* Grows the buffer as it reads: stat() knows no size there. */
#include "base/file.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool read_all(int fd, size_t max, char **text, size_t *len, struct err *e)
{
	size_t size = 0;

	for (;;) {
		ssize_t n;

		if (size - *len < 2) {
			char *bigger;

			size = size ? size * 2 : 8192;
			bigger = alloc_resize(*text, size);
			if (!bigger)
				return err_sys(e, ENOMEM, "a buffer of %zu bytes", size);
			*text = bigger;
		}
		n = read(fd, *text + *len, size - *len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "read");
		if (n == 0)
			break;
		*len += (size_t)n;
		if (*len > max)
			return err_set(e, ERR_UNSUPPORTED, "longer than %zu bytes", max);
	}
	(*text)[*len] = '\0';
	return true;
}

bool file_read(const char *path, size_t max, char **ret_text, size_t *ret_len, struct err *e)
{
	char *text = NULL;
	size_t len = 0;
	bool good;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	good = read_all(fd, max, &text, &len, e);
	close(fd);
	if (!good) {
		alloc_free(text);
		return err_while(e, "%s", path);
	}
	*ret_text = text;
	*ret_len = len;
	return true;
}

/* errno by name and in words. */
/* Only those that the calls made here can give; the whole of strerror() is 2 KB of text. */
#ifndef BASE_OSERR_H
#define BASE_OSERR_H

#include <stddef.h>

/* "EINVAL Invalid argument" into buf, or "errno 71" for one that is not known. */
void oserr_text(int os, char *buf, size_t size);

#endif

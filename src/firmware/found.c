/* One table or pointer of the firmware as one route gave it. */
/* Decodes nothing. */
#include "firmware/found.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/names.h"

#include <errno.h>

const char *route_name(enum route route)
{
	return name_at("none\0scan\0EFI\0boot_params\0memory\0/sys", route);
}

bool found_any(const struct found *f)
{
	return f->bytes.len || f->why;
}

/* Few are not had: the error lies in a page of its own. */
bool found_fail(struct found *f, const struct err *e)
{
	struct err *why = alloc_zeroed(sizeof(*why));

	if (why)
		*why = *e;
	f->why = why;
	return false;
}

void found_forgive(struct found *f)
{
	alloc_free((void *)f->why);
	f->why = NULL;
}

bool found_load(struct found *f, enum route route, struct reach *r, uint64_t phys, size_t len)
{
	struct err e = ERR_INIT;

	*f = (struct found){ .route = (uint8_t)route, .phys = phys };
	return reach_load(r, phys, len, &f->bytes, &e) || found_fail(f, &e);
}

bool found_file(struct found *f, const char *path)
{
	struct err e = ERR_INIT;
	char *bytes;
	size_t len;

	*f = (struct found){ .route = ROUTE_SYS };
	if (!file_read(path, REACH_TABLE_MAX, &bytes, &len, &e))
		return e.os == ENOENT ? false : found_fail(f, &e);
	f->bytes = (struct view){ (const uint8_t *)bytes, len, 0 };
	return true;
}

void found_deinit(struct found *f)
{
	alloc_free((void *)f->bytes.bytes);
	found_forgive(f);
	*f = (struct found){ 0 };
}

size_t found_differ(const struct found *a, const struct found *b)
{
	size_t at = 0, both = (size_t)num_least(a->bytes.len, b->bytes.len);

	while (at < both && a->bytes.bytes[at] == b->bytes.bytes[at])
		at++;
	return !both || (at == both && a->bytes.len == b->bytes.len) ? SIZE_MAX : at;
}

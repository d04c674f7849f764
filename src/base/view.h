/* A bounded view of bytes that knows which physical address it shows. */
/* Never reads past its end: a field that does not fit reads as zero, and view_has() says so. */
#ifndef BASE_VIEW_H
#define BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
	const uint8_t *bytes;
	size_t len;
	uint64_t phys; /* physical address of bytes[0] */
};

static inline bool view_has(const struct view *v, size_t off, size_t len)
{
	return off <= v->len && len <= v->len - off;
}

/* Little-endian unsigned of width 1, 2, 4 or 8 bytes at any alignment; 0 when out of bounds. */
static inline uint64_t view_le(const struct view *v, size_t off, size_t width)
{
	uint64_t value = 0;

	if (width > sizeof(value) || !view_has(v, off, width))
		return 0;
	for (size_t i = width; i-- > 0;)
		value = value << 8 | v->bytes[off + i];
	return value;
}

static inline uint8_t view_u8(const struct view *v, size_t off)
{
	return (uint8_t)view_le(v, off, 1);
}

static inline uint16_t view_u16(const struct view *v, size_t off)
{
	return (uint16_t)view_le(v, off, 2);
}

static inline uint32_t view_u32(const struct view *v, size_t off)
{
	return (uint32_t)view_le(v, off, 4);
}

static inline uint64_t view_u64(const struct view *v, size_t off)
{
	return view_le(v, off, 8);
}

/* The part of v from off, at most len bytes; empty when off is outside. */
static inline struct view view_sub(const struct view *v, size_t off, size_t len)
{
	/* An empty one may have a null pointer, to which not even 0 may be added. */
	if (off > v->len || !v->len)
		return (struct view){ v->bytes, 0, v->phys };
	if (len > v->len - off)
		len = v->len - off;
	return (struct view){ v->bytes + off, len, v->phys + off };
}

#endif

/* Unpacks gzip in memory: RFC 1951 and 1952, for /proc/config.gz. */
/* No checksum is computed: what the kernel serves from its own image is not damaged on the way. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The first member of the gzip file in [in, in + len), unpacked to out; *ret_len is its length.
 * False when it is no gzip, is damaged in a way that shows, needs more than size bytes, or its
 * length is not the one it ends with. Any input is safe: at most size bytes are written.
 */
bool inflate_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t size, size_t *ret_len)
	__attribute__((warn_unused_result));

#endif

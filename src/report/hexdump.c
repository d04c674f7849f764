/* Bytes as hex. */
/* Reads no memory: the bytes are copies already. */
#include "report/hexdump.h"

#include "base/num.h"

#include <string.h>

static char *put_digits(char *to, uint64_t value, int digits)
{
	while (digits-- > 0)
		*to++ = "0123456789abcdef"[value >> 4 * digits & 15];
	return to;
}

/* "00000400:"; 80 columns hold 12 digits, and no x86 has more than 52 bits of address. */
static char *put_address(char *to, uint64_t phys)
{
	to = put_digits(to, phys, phys >> 48 ? 16 : phys >> 32 ? 12 : 8);
	*to++ = ':';
	return to;
}

static void put_line(struct report *r, uint64_t phys, const uint8_t *bytes, size_t n)
{
	char line[112], *p = put_address(line, phys);

	for (size_t i = 0; i < HEXDUMP_LINE; i++) {
		*p++ = ' ';
		if (i < n) {
			p = put_digits(p, bytes[i], 2);
		} else {
			*p++ = ' ';
			*p++ = ' ';
		}
	}
	*p++ = ' ';
	*p++ = '|';
	for (size_t i = 0; i < n; i++)
		*p++ = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	*p++ = '|';
	*p++ = '\n';
	report_raw(r, line, (size_t)(p - line));
}

void hexdump_end(struct hexdump *h)
{
	char line[24], *p = put_address(line, h->next);

	*p++ = '\n';
	if (h->folded)
		report_raw(h->report, line, (size_t)(p - line));
	h->folded = h->foldable = false;
}

static void put_text(struct hexdump *h, uint64_t phys, const uint8_t *bytes, size_t n)
{
	bool whole = n == HEXDUMP_LINE;
	bool same = whole && h->foldable && h->next == phys && !memcmp(h->last, bytes, n);

	if (same && !h->folded)
		report_raw(h->report, "*\n", 2);
	if (!same)
		put_line(h->report, phys, bytes, n);
	h->folded = same;
	h->foldable = whole;
	h->next = phys + n;
	memcpy(h->last, bytes, n);
}

static void put_json(struct hexdump *h, uint64_t phys, const uint8_t *bytes, size_t n)
{
	char hex[2 * HEXDUMP_OBJECT + 1], *p = hex;
	const struct field fields[] = {
		{ "phys", NULL, HEX_CELL(phys) },
		{ "hex", NULL, TEXT_CELL(hex) },
	};

	for (size_t i = 0; i < n; i++)
		p = put_digits(p, bytes[i], 2);
	*p = '\0';
	report_json(h->report, "bytes", fields, ARRAY_LEN(fields));
}

void hexdump_put(struct hexdump *h, uint64_t phys, const uint8_t *bytes, size_t len)
{
	bool json = h->report->format == REPORT_NDJSON;
	size_t step = json ? HEXDUMP_OBJECT : HEXDUMP_LINE;

	while (len) {
		size_t n = step - (size_t)(phys % step);

		if (n > len)
			n = len;
		(json ? put_json : put_text)(h, phys, bytes, n);
		phys += n;
		bytes += n;
		len -= n;
	}
}

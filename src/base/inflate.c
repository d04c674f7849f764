/* Unpacks gzip in memory: canonical Huffman codes, decoded a bit at a time. */
/* Small, not fast: 30 KB of text in a millisecond is enough for what it is used for. */
#include "base/inflate.h"

#include <string.h>

#define BITS_MAX 15 /* RFC 1951, 3.2.7: no code is longer */
#define LITERALS 288
#define DISTANCES 32

struct stream {
	const uint8_t *in;
	size_t in_len, in_pos;
	unsigned int held, held_len; /* bits of the byte before in_pos */
	uint8_t *out;
	size_t size, len;
	bool bad;
};

struct code {
	uint16_t count[BITS_MAX + 1]; /* of codes that long */
	uint16_t symbols[LITERALS]; /* in the order of their codes */
};

/* n bits, the lowest first. Behind the end zeros, and bad. */
static unsigned int bits(struct stream *s, unsigned int n)
{
	unsigned int value = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (!s->held_len) {
			if (s->in_pos == s->in_len) {
				s->bad = true;
				return 0;
			}
			s->held = s->in[s->in_pos++];
			s->held_len = 8;
		}
		value |= (s->held & 1) << i;
		s->held >>= 1;
		s->held_len--;
	}
	return value;
}

/* RFC 1951, 3.2.2. Lengths that ask for more codes than there are do no harm: some are never met. */
static void code_make(struct code *c, const uint8_t *lengths, size_t n)
{
	uint16_t next[BITS_MAX + 2] = { 0 };

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < n; i++)
		c->count[lengths[i]]++;
	c->count[0] = 0;
	for (unsigned int i = 1; i <= BITS_MAX; i++)
		next[i + 1] = (uint16_t)(next[i] + c->count[i]);
	for (size_t i = 0; i < n; i++)
		if (lengths[i])
			c->symbols[next[lengths[i]]++] = (uint16_t)i;
}

/* Codes of one length are consecutive numbers, and those of the next length follow them. */
static unsigned int symbol(struct stream *s, const struct code *c)
{
	unsigned int code = 0, first = 0, index = 0;

	for (unsigned int i = 1; i <= BITS_MAX && !s->bad; i++) {
		unsigned int count = c->count[i];

		code |= bits(s, 1);
		if (code - first < count)
			return c->symbols[index + code - first];
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	s->bad = true; /* a code that stands for nothing */
	return 0;
}

static void put(struct stream *s, uint8_t byte)
{
	if (s->len < s->size)
		s->out[s->len++] = byte;
	else
		s->bad = true;
}

/* RFC 1951, 3.2.5: lengths 257-285 and distances 0-29 are a base and some more bits. */
static unsigned int length_of(struct stream *s, unsigned int sym)
{
	unsigned int more;

	if (sym < 8)
		return sym + 3;
	if (sym >= 28) {
		s->bad |= sym > 28;
		return 258;
	}
	more = sym / 4 - 1;
	return 3 + ((4 + sym % 4) << more) + bits(s, more);
}

static unsigned int distance_of(struct stream *s, unsigned int sym)
{
	unsigned int more;

	if (sym < 2)
		return sym + 1;
	s->bad |= sym > 29;
	more = s->bad ? 0 : sym / 2 - 1;
	return 1 + ((2 + sym % 2) << more) + bits(s, more);
}

static void block(struct stream *s, const struct code *literals, const struct code *distances)
{
	while (!s->bad) {
		unsigned int sym = symbol(s, literals), length, distance;

		if (sym == 256)
			return;
		if (sym < 256) {
			put(s, (uint8_t)sym);
			continue;
		}
		length = length_of(s, sym - 257);
		distance = distance_of(s, symbol(s, distances));
		s->bad |= distance > s->len;
		while (length-- && !s->bad)
			put(s, s->out[s->len - distance]);
	}
}

static void block_stored(struct stream *s)
{
	unsigned int len;

	s->held_len = 0;
	len = bits(s, 16);
	s->bad |= (bits(s, 16) ^ len) != 0xffff;
	while (len-- && !s->bad)
		put(s, (uint8_t)bits(s, 8));
}

static void block_fixed(struct stream *s)
{
	uint8_t lengths[LITERALS + DISTANCES];
	struct code literals, distances;

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	memset(lengths + LITERALS, 5, DISTANCES);
	code_make(&literals, lengths, LITERALS);
	code_make(&distances, lengths + LITERALS, DISTANCES);
	block(s, &literals, &distances);
}

/* RFC 1951, 3.2.7: the lengths of the codes, themselves coded. */
static void read_lengths(struct stream *s, const struct code *c, uint8_t *lengths, unsigned int n)
{
	for (unsigned int i = 0; i < n && !s->bad;) {
		unsigned int sym = symbol(s, c), repeat = 1;
		uint8_t value = (uint8_t)sym;

		if (sym == 16) {
			s->bad |= !i;
			value = i ? lengths[i - 1] : 0;
			repeat = 3 + bits(s, 2);
		} else if (sym > 16) {
			value = 0;
			repeat = sym == 17 ? 3 + bits(s, 3) : 11 + bits(s, 7);
		}
		s->bad |= repeat > n - i;
		while (repeat-- && !s->bad)
			lengths[i++] = value;
	}
}

static void block_dynamic(struct stream *s)
{
	static const char order[] = "\20\21\22\0\10\7\11\6\12\5\13\4\14\3\15\2\16\1\17";
	uint8_t lengths[LITERALS + DISTANCES] = { 0 }, meta[19] = { 0 };
	struct code literals, distances;
	unsigned int n_literals = 257 + bits(s, 5), n_distances = 1 + bits(s, 5);
	unsigned int n_meta = 4 + bits(s, 4);

	for (unsigned int i = 0; i < n_meta; i++)
		meta[(unsigned char)order[i]] = (uint8_t)bits(s, 3);
	s->bad |= n_literals > LITERALS;
	if (s->bad)
		return;
	code_make(&literals, meta, sizeof(meta));
	read_lengths(s, &literals, lengths, n_literals + n_distances);
	code_make(&distances, lengths + n_literals, n_distances);
	code_make(&literals, lengths, n_literals);
	block(s, &literals, &distances);
}

/* RFC 1952, 2.3: ten bytes, then what the flags announce. */
static void header(struct stream *s)
{
	unsigned int flags, n = 0;

	s->bad |= bits(s, 16) != 0x8b1f || bits(s, 8) != 8;
	flags = bits(s, 8);
	for (int i = 0; i < 6; i++)
		(void)bits(s, 8);
	if (flags & 4)
		for (n = bits(s, 16); n && !s->bad; n--)
			(void)bits(s, 8);
	for (unsigned int flag = 8; flag <= 16; flag *= 2)
		while (flags & flag && !s->bad && bits(s, 8))
			;
	if (flags & 2)
		(void)bits(s, 16);
}

bool inflate_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t size, size_t *ret_len)
{
	static void (*const blocks[])(struct stream *s) = { block_stored, block_fixed,
							     block_dynamic };
	struct stream s = { .in = in, .in_len = len, .out = out, .size = size };
	bool last = false;
	uint32_t told;

	header(&s);
	while (!last && !s.bad) {
		unsigned int type;

		last = bits(&s, 1);
		type = bits(&s, 2);
		if (type == 3)
			return false;
		blocks[type](&s);
	}
	s.held_len = 0;
	(void)bits(&s, 16), (void)bits(&s, 16); /* the CRC */
	told = bits(&s, 16);
	told |= (uint32_t)bits(&s, 16) << 16;
	if (s.bad || told != (uint32_t)s.len)
		return false;
	*ret_len = s.len;
	return true;
}

/* Memory modules: sizes, arrays of other memory, ranges of both kinds, and handles that lead nowhere. */
/* The tables are built here, structure by structure, after DSP0134 3.7, 7.17 to 7.21. */
#include "unit.h"

#include "decode/dimms.h"

#define GIB (1ull << 30)
#define TABLE_MAX 2048

struct builder {
	size_t len;
	uint8_t bytes[TABLE_MAX];
};

static void put(uint8_t *at, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* A structure of len bytes, all 0; its fields are the caller's. */
static uint8_t *add(struct builder *b, uint8_t type, uint8_t len, uint16_t handle)
{
	uint8_t *at = b->bytes + b->len;

	b->len += len + 2u;
	memset(at, 0, len + 2u);
	put(at, type, 1);
	put(at + 1, len, 1);
	put(at + 2, handle, 2);
	return at;
}

static void add_array(struct builder *b, uint16_t handle, uint8_t use, uint32_t kib, uint64_t extended)
{
	uint8_t *at = add(b, 16, 0x17, handle);

	put(at + 5, use, 1);
	put(at + 7, kib, 4);
	put(at + 0x0f, extended, 8);
}

static uint8_t *add_device(struct builder *b, uint16_t handle, uint16_t array, uint16_t size, uint32_t extended)
{
	uint8_t *at = add(b, 17, 0x5c, handle);

	put(at + 4, array, 2);
	put(at + 0x0c, size, 2);
	put(at + 0x1c, extended, 4);
	return at;
}

/* Wide: the addresses stand in the fields of 64 bits. */
static void add_range(struct builder *b, uint8_t type, uint16_t of, uint64_t start, uint64_t end, bool wide)
{
	uint8_t *at = add(b, type, type == 19 ? 0x1f : 0x23, 0x9000);

	put(at + 4, wide ? UINT32_MAX : start >> 10, 4);
	put(at + 8, wide ? UINT32_MAX : (end - 1) >> 10, 4);
	put(at + 0x0c, of, 2);
	put(at + (type == 19 ? 0x0f : 0x13), wide ? start : 0, 8);
	put(at + (type == 19 ? 0x17 : 0x1b), wide ? end - 1 : 0, 8);
}

static struct smbios finish(struct builder *b)
{
	return (struct smbios){ { .table_len = (uint32_t)b->len }, { unit_copy(b->bytes, b->len), b->len, 0 } };
}

static void drop(struct smbios *s)
{
	free((void *)(uintptr_t)s->table.bytes);
}

static void sizes(void **state)
{
	static const struct {
		const char *label;
		uint8_t len;
		uint16_t size;
		uint32_t extended;
		uint64_t persistent, is_ram;
		bool known;
		uint64_t want, ram;
	} rows[] = {
		{ "empty", 0x5c, 0, 0, 0, 0, true, 0, 0 },
		{ "not known", 0x5c, 0xffff, 0, 0, 0, false, 0, 0 },
		{ "MiB", 0x5c, 0x4000, 0, 0, 0, true, 16 * GIB, 16 * GIB },
		{ "KiB", 0x5c, 0x8200, 0, 0, 0, true, 512 << 10, 512 << 10 },
		{ "the largest in MiB", 0x5c, 0x7ffe, 0, 0, 0, true, 0x7ffeull << 20, 0x7ffeull << 20 },
		{ "extended", 0x5c, 0x7fff, 0x20000, 0, 0, true, 128 * GIB, 128 * GIB },
		{ "its highest bit is none of it", 0x5c, 0x7fff, 0x80020000, 0, 0, true, 128 * GIB, 128 * GIB },
		{ "extended, but 2.6 has no such field", 0x1c, 0x7fff, 0, 0, 0, true, 0x7fffull << 20, 0x7fffull << 20 },
		{ "persistent", 0x5c, 0x4000, 0, 16 * GIB, 0, true, 16 * GIB, 0 },
		{ "half of it", 0x5c, 0x4000, 0, 8 * GIB, 8 * GIB, true, 16 * GIB, 8 * GIB },
		{ "not known how much", 0x5c, 0x4000, 0, UINT64_MAX, UINT64_MAX, true, 16 * GIB, 16 * GIB },
		{ "more than there is", 0x5c, 0x4000, 0, 1, 17 * GIB, true, 16 * GIB, 16 * GIB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct builder b = { 0 };
		struct smbios s;
		struct smbios_record r;
		struct dimm dimm;
		uint8_t *at = add_device(&b, 0x11, 0x10, rows[i].size, rows[i].extended);

		put(at + 0x34, rows[i].persistent, 8);
		put(at + 0x3c, rows[i].is_ram, 8);
		at[1] = rows[i].len;
		if (rows[i].len < 0x5c)
			memset(at + rows[i].len, 0, 0x5c - rows[i].len);
		b.len = rows[i].len + 2u;
		s = finish(&b);
		CHECK(rows[i].label, smbios_find(&s, 17, 0x11, &r) && dimm_decode(&r, &dimm));
		CHECK_NUMBER(rows[i].label, dimm.known, rows[i].known);
		CHECK_NUMBER(rows[i].label, dimm.size, rows[i].want);
		CHECK_NUMBER(rows[i].label, dimm.ram, rows[i].ram);
		CHECK_NUMBER(rows[i].label, dimm.array, 0x10);
		drop(&s);
	}
}

static void ranges(void **state)
{
	static const struct {
		const char *label;
		uint8_t type, len;
		uint64_t start, last; /* fields of 32 bits */
		uint64_t wide_start, wide_last;
		bool ok;
		struct range want;
	} rows[] = {
		{ "16 GiB", 19, 0x1f, 0, 0xffffff, 0, 0, true, { 0, 16 * GIB } },
		{ "the last KiB of 4 TiB", 20, 0x23, 0, 0xfffffffe, 0, 0, true, { 0, (4ull << 40) - 1024 } },
		{ "wide", 19, 0x1f, 0xffffffff, 0xffffffff, 4ull << 40, (5ull << 40) - 1, true, { 4ull << 40, 5ull << 40 } },
		{ "wide, of a device", 20, 0x23, 0xffffffff, 0, 4ull << 40, 4ull << 40, true, { 4ull << 40, (4ull << 40) + 1 } },
		{ "no room for wide ones", 19, 0x0f, 0xffffffff, 0xffffffff, 0, 0, true, { 0x3fffffffc00, 4ull << 40 } },
		{ "ends before it starts", 19, 0x1f, 0x100000, 0xfffff - 1, 0, 0, false, { 0, 0 } },
		{ "wide, ends before it starts", 20, 0x23, 0xffffffff, 0, 1, 0, false, { 0, 0 } },
		{ "all there is", 19, 0x1f, 0xffffffff, 0, 0, UINT64_MAX, false, { 0, 0 } },
		{ "neither", 18, 0x17, 0, 0xffff, 0, 0, false, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct builder b = { 0 };
		struct smbios s;
		struct smbios_record r;
		struct range phys = { 1, 2 };
		uint8_t *at = add(&b, rows[i].type, rows[i].len, 1);
		size_t wide = rows[i].type == 19 ? 0x0f : 0x13;

		put(at + 4, rows[i].start, 4);
		put(at + 8, rows[i].last, 4);
		if (wide + 16 <= rows[i].len) {
			put(at + wide, rows[i].wide_start, 8);
			put(at + wide + 8, rows[i].wide_last, 8);
		}
		s = finish(&b);
		CHECK(rows[i].label, smbios_find(&s, rows[i].type, 1, &r));
		CHECK_NUMBER(rows[i].label, dimms_range(&r, &phys), rows[i].ok);
		CHECK_NUMBER(rows[i].label, phys.start, rows[i].ok ? rows[i].want.start : 1);
		CHECK_NUMBER(rows[i].label, phys.end, rows[i].ok ? rows[i].want.end : 2);
		drop(&s);
	}
}

/* Two arrays of system memory, one of them large; the firmware's flash; a slot empty, one not known. */
static void sums(void **state)
{
	struct builder b = { 0 };
	struct dimms_sum sum;
	struct smbios s;

	(void)state;
	add_device(&b, 0x11, 0x10, 0x4000, 0);
	add_device(&b, 0x12, 0x10, 0, 0);
	add_device(&b, 0x13, 0x20, 0xffff, 0);
	add_device(&b, 0x14, 0x30, 16, 0);
	add_array(&b, 0x10, 3, 64 << 20, 0);
	add_array(&b, 0x20, 3, 0x80000000, 4ull << 40);
	add_array(&b, 0x30, 5, 16 << 10, 0);
	add_range(&b, 19, 0x10, 0, 3 * GIB, false);
	add_range(&b, 19, 0x10, 4 * GIB, 17 * GIB, false);
	add_range(&b, 19, 0x30, 4 * GIB - (16 << 20), 4 * GIB, false);
	add_range(&b, 20, 0x11, 0, 16 * GIB, true);
	s = finish(&b);
	dimms_add_up(&s, &sum);
	CHECK_NUMBER("arrays", sum.arrays, 2);
	CHECK_NUMBER("slots", sum.slots, 3);
	CHECK_NUMBER("populated", sum.populated, 2);
	CHECK_NUMBER("unknown", sum.unknown, 1);
	CHECK_NUMBER("bytes", sum.bytes, 16 * GIB);
	CHECK_NUMBER("capacity", sum.capacity, 64 * GIB + (4ull << 40));
	CHECK_NUMBER("mapped", sum.mapped, 16 * GIB);
	CHECK_NUMBER("devices", sum.mapped_devices, 16 * GIB);
	drop(&s);
}

static void places(void **state)
{
	static const struct {
		const char *label;
		uint64_t phys;
		unsigned int n;
		bool ok, by_device, has_dimm;
		unsigned int of;
		uint16_t handle;
	} rows[] = {
		/* Array 0x10: 0-2 GiB, one module; array 0x20: 4-8 GiB, two; array 0x30: 8-9 GiB, none. */
		{ "the only one", 0, 0, true, false, true, 1, 0x11 },
		{ "the last byte", 2 * GIB - 1, 0, true, false, true, 1, 0x11 },
		{ "no second", 0, 1, false, false, false, 0, 0 },
		{ "a hole", 2 * GIB, 0, false, false, false, 0, 0 },
		{ "one of two", 4 * GIB, 0, true, false, true, 2, 0x21 },
		{ "the other", 4 * GIB, 1, true, false, true, 2, 0x23 },
		{ "no third", 4 * GIB, 2, false, false, false, 0, 0 },
		{ "an array without modules", 8 * GIB, 0, true, false, false, 0, 0x30 },
		{ "once only", 8 * GIB, 1, false, false, false, 0, 0 },
		/* Device ranges: 16-17 GiB one, 17-18 GiB interleaved, 18-19 GiB of a handle that is none. */
		{ "told", 16 * GIB, 0, true, true, true, 1, 0x21 },
		{ "interleaved", 17 * GIB, 0, true, true, true, 2, 0x21 },
		{ "interleaved, second", 17 * GIB, 1, true, true, true, 2, 0x23 },
		{ "interleaved, no third", 17 * GIB, 2, false, false, false, 0, 0 },
		{ "of nothing", 18 * GIB, 0, true, true, false, 1, 0x99 },
		{ "of an empty slot", 19 * GIB, 0, true, true, true, 1, 0x22 },
		{ "of an array's handle", 20 * GIB, 0, true, true, false, 1, 0x10 },
		{ "beyond all", UINT64_MAX, 0, false, false, false, 0, 0 },
	};
	struct builder b = { 0 };
	struct smbios s;

	(void)state;
	add_array(&b, 0x10, 3, 0, 0);
	add_device(&b, 0x11, 0x10, 2048, 0);
	add_array(&b, 0x20, 3, 0, 0);
	add_device(&b, 0x21, 0x20, 2048, 0);
	add_device(&b, 0x22, 0x20, 0, 0);
	add_device(&b, 0x23, 0x20, 0xffff, 0);
	add_array(&b, 0x30, 3, 0, 0);
	add_range(&b, 19, 0x10, 0, 2 * GIB, false);
	add_range(&b, 19, 0x20, 4 * GIB, 8 * GIB, false);
	add_range(&b, 19, 0x20, 0, 1 * GIB, false); /* meets the first: that counts */
	add_range(&b, 19, 0x30, 8 * GIB, 9 * GIB, true);
	add_range(&b, 19, 0x20, 16 * GIB, 24 * GIB, true);
	add_range(&b, 20, 0x21, 16 * GIB, 17 * GIB, false);
	add_range(&b, 20, 0x21, 17 * GIB, 18 * GIB, false);
	add_range(&b, 20, 0x23, 17 * GIB, 18 * GIB, true);
	add_range(&b, 20, 0x99, 18 * GIB, 19 * GIB, true);
	add_range(&b, 20, 0x22, 19 * GIB, 20 * GIB, true);
	add_range(&b, 20, 0x10, 20 * GIB, 21 * GIB, true);
	s = finish(&b);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dimm_place place;
		bool ok = dimms_at(&s, rows[i].phys, rows[i].n, &place);

		CHECK_NUMBER(rows[i].label, ok, rows[i].ok);
		if (!ok)
			continue;
		CHECK_NUMBER(rows[i].label, place.by_device, rows[i].by_device);
		CHECK_NUMBER(rows[i].label, place.has_dimm, rows[i].has_dimm);
		CHECK_NUMBER(rows[i].label, place.of, rows[i].of);
		CHECK_NUMBER(rows[i].label, place.handle, rows[i].handle);
		CHECK(rows[i].label, range_holds(&place.phys, rows[i].phys, rows[i].phys + 1));
	}
	drop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes), cmocka_unit_test(ranges), cmocka_unit_test(sums), cmocka_unit_test(places),
	};

	return cmocka_run_group_tests_name("decode/dimms", tests, NULL, NULL);
}

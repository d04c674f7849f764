/* Signatures: right, wrong, cut off, in the wrong place. */
/* SMBIOS, RSDP, _MP_, $PIR and _32_ bytes are QEMU 7.2's; the others are made from their specs. */
#include "unit.h"

#include "decode/signature.h"

#define F SIGNATURE_F
#define E SIGNATURE_E
#define C SIGNATURE_C
#define EBDA SIGNATURE_EBDA
#define BASE SIGNATURE_BASE
#define PAGE0 SIGNATURE_PAGE0
#define ALL (F | E | C | EBDA | BASE | PAGE0)

static const struct sample {
	const char *name;
	unsigned int areas; /* where it may stand */
	size_t len;
	bool has_sum;
	uint8_t bytes[72];
} samples[] = {
	{ "_SM_", F, 31, true, { 0x5f, 0x53, 0x4d, 0x5f, 0x28, 0x1f, 0x02, 0x08, 0x51, 0,    0,
				 0,    0,    0,	   0,	 0,    0x5f, 0x44, 0x4d, 0x49, 0x5f, 0x39,
				 0x84, 0x01, 0x10, 0x5a, 0x0f, 0,    0x09, 0,	 0x28 } },
	{ "_SM3_", F, 24, true, { '_', 'S', 'M', '3', '_', 0, 24, 3, 6, 0, 1, 0, 0, 0x10 } },
	{ "_DMI_",
	  F,
	  15,
	  true,
	  { 0x5f, 0x44, 0x4d, 0x49, 0x5f, 0x39, 0x84, 0x01, 0x10, 0x5a, 0x0f, 0, 0x09, 0, 0x28 } },
	{ "RSD PTR", EBDA | E | F, 20, true, { 0x52, 0x53, 0x44, 0x20, 0x50, 0x54, 0x52,
					       0x20, 0x77, 0x42, 0x4f, 0x43, 0x48, 0x53,
					       0x20, 0,	   0xa4, 0x1a, 0xfe, 0x1f } },
	{ "_MP_",
	  EBDA | BASE | F,
	  16,
	  true,
	  { 0x5f, 0x4d, 0x50, 0x5f, 0xb0, 0x5b, 0x0f, 0, 1, 4, 0x86 } },
	{ "$PIR",
	  F,
	  32,
	  true,
	  { '$', 'P', 'I', 'R', 0, 1, 32, 0, 0, 8, 0, 0, 0x86, 0x80, 0x2e, 0x12 } },
	{ "_32_", E | F, 16, true, { 0x5f, 0x33, 0x32, 0x5f, 0x6c, 0xd2, 0x0f, 0, 0, 1, 0x8f } },
	{ "$PnP", F, 33, true, { '$', 'P', 'n', 'P', 0x10, 0x21 } },
	{ "$PMM", E | F, 16, true, { '$', 'P', 'M', 'M', 1, 16, 0, 0, 0, 0xf0 } },
	{ "_SYSID_", E | F, 17, true, { '_', 'S', 'Y', 'S', 'I', 'D', '_', 0, 17, 0 } },
	{ "32OS", E | F, 25, false, { '3', '2', 'O', 'S', 2 } },
	{ "$VPD", C | E | F, 0x30, true, { 0xaa, 0x55, 'V', 'P', 'D', 0x30 } },
	{ "$SNY", E | F, 16, true, { '$', 'S', 'N', 'Y', 0, 16 } },
	{ "LBIO", PAGE0 | F, 24, true, { 'L', 'B', 'I', 'O', 24, 0, 0, 0 } },
};

/* Makes a sample's sum right, in its last byte; coreboot's is another sum. */
static void fix_sum(const struct sample *s, uint8_t *bytes)
{
	uint8_t sum = 0;

	if (!strcmp(s->name, "LBIO")) {
		/* 4c 42 49 4f, 18 00 in words: 424c + 4f49 + 0018 = 91ad; 91ad + 6e52 = ffff. */
		bytes[8] = 0x52;
		bytes[9] = 0x6e;
		return;
	}
	for (size_t i = 0; i < s->len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[s->len - 1] = (uint8_t)(bytes[s->len - 1] - sum);
}

static void scan(const uint8_t *bytes, size_t len, uint64_t phys, unsigned int area,
		 struct signature_hits *hits)
{
	uint8_t *copy = unit_copy(bytes, len);
	const struct view v = { copy, len, phys };

	hits->len = hits->dropped = 0;
	signature_scan(&v, phys + len, area, hits);
	free(copy);
}

static void each_where_it_belongs(void **state)
{
	static const unsigned int areas[] = { F, E, C, EBDA, BASE, PAGE0 };
	struct signature_hits hits;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		uint8_t bytes[96] = { 0 };

		memcpy(bytes + 16, s->bytes, s->len);
		fix_sum(s, bytes + 16);
		for (size_t a = 0; a < ARRAY_LEN(areas); a++) {
			bool expected = s->areas & areas[a];

			scan(bytes, sizeof(bytes), 0xf0000, areas[a], &hits);
			CHECK_NUMBER(s->name, hits.len > 0, expected);
			if (!expected)
				continue;
			CHECK_TEXT(s->name, hits.hits[0].name, s->name);
			CHECK_NUMBER(s->name, hits.hits[0].phys, 0xf0010);
			CHECK_NUMBER(s->name, hits.hits[0].len, s->len);
			CHECK_NUMBER(s->name, hits.hits[0].sum,
				     s->has_sum ? SUM_RIGHT : SUM_UNKNOWN);
		}
	}
}

static void wrong_and_cut(void **state)
{
	struct signature_hits hits;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		uint8_t bytes[96] = { 0 };

		memcpy(bytes, s->bytes, s->len);
		fix_sum(s, bytes);
		bytes[s->len - 1]++;
		scan(bytes, sizeof(bytes), 0xf0000, s->areas, &hits);
		CHECK_NUMBER(s->name, hits.hits[0].sum, s->has_sum ? SUM_WRONG : SUM_UNKNOWN);
		/* Cut behind the first 16 bytes, which the search needs: not judged. */
		for (size_t len = 16; len < s->len; len++) {
			scan(bytes, len, 0xf0000, s->areas, &hits);
			CHECK(s->name, hits.len && hits.hits[0].sum == SUM_UNKNOWN);
		}
		scan(bytes, 15, 0xf0000, s->areas, &hits);
		CHECK_NUMBER(s->name, hits.len, 0);
		/* A length of 1 byte, or 16, cannot be, though a sum may be right by chance. */
		if (s->len > 16 && s->bytes[5] == s->len) {
			memset(bytes + s->len / 2, 0, sizeof(bytes) - s->len / 2);
			for (size_t b = 5; b < 16; b++)
				bytes[b] = 0;
			bytes[5] = 16;
			for (size_t b = 0; b < 15; b++)
				bytes[15] = (uint8_t)(bytes[15] - bytes[b]);
			scan(bytes, sizeof(bytes), 0xf0000, s->areas, &hits);
			CHECK_NUMBER(s->name, hits.hits[0].sum, SUM_UNKNOWN);
			CHECK_NUMBER(s->name, hits.hits[0].len, 0);
		}
		/* Every byte 0xff behind the signature: a length that cannot be, or a wrong sum. */
		memset(bytes + 8, 0xff, sizeof(bytes) - 8);
		if (s->bytes[5] == s->len)
			bytes[5] = 0xff;
		scan(bytes, sizeof(bytes), 0xf0000, s->areas, &hits);
		CHECK(s->name, hits.hits[0].sum != SUM_RIGHT);
	}
}

static void alignment(void **state)
{
	struct signature_hits hits;

	(void)state;
	for (size_t shift = 0; shift < 32; shift++) {
		uint8_t bytes[128] = { 0 };

		memcpy(bytes + shift, samples[6].bytes, 16);
		scan(bytes, sizeof(bytes), 0xf0000, F, &hits);
		CHECK_NUMBER("step", hits.len, shift % 16 == 0);
		/* The address counts, not the place in the view. */
		scan(bytes, sizeof(bytes), 0xf0000 - shift, F, &hits);
		CHECK_NUMBER("address", hits.len, 1);
	}
}

static void one_hit_a_place(void **state)
{
	struct signature_hits hits = { 0 };
	uint8_t bytes[4096] = { 0 };
	const struct view v = { bytes, 32, 0x9fc00 };

	(void)state;
	/* The EBDA's first KiB is the last of base memory: found by both searches. */
	memcpy(bytes, samples[4].bytes, 16);
	signature_scan(&v, 0x9fc20, EBDA, &hits);
	signature_scan(&v, 0x9fc20, BASE, &hits);
	CHECK_NUMBER("twice", hits.len, 1);

	/* _DMI_ is a part of _SM_. */
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + 32, samples[0].bytes, 31);
	scan(bytes, 128, 0xf0000, F, &hits);
	CHECK_NUMBER("SMBIOS", hits.len, 2);
	CHECK_NUMBER("SMBIOS", hits.hits[0].part_of, 0);
	CHECK_NUMBER("DMI", hits.hits[1].part_of, 0xf0020);

	/* More than there is room for are counted. */
	for (size_t i = 0; i < sizeof(bytes); i += 16)
		memcpy(bytes + i, samples[6].bytes, 16);
	scan(bytes, sizeof(bytes), 0xf0000, F, &hits);
	CHECK_NUMBER("room", hits.len, SIGNATURE_HITS_MAX);
	CHECK_NUMBER("dropped", hits.dropped, 256 - SIGNATURE_HITS_MAX);

	/* The search ends where the area ends, though the view goes on. */
	hits.len = 0;
	signature_scan(&(struct view){ bytes, sizeof(bytes), 0xf0000 }, 0xf0020, F, &hits);
	CHECK_NUMBER("end", hits.len, 2);
}

static void revision_2(void **state)
{
	struct signature_hits hits;
	uint8_t bytes[48] = { 0 };

	(void)state;
	memcpy(bytes, samples[3].bytes, 20);
	bytes[15] = 2;
	bytes[8] = (uint8_t)(bytes[8] - 2);
	bytes[20] = 36;
	bytes[32] = (uint8_t)-36; /* extended checksum: the first 20 bytes are 0 already */
	scan(bytes, sizeof(bytes), 0xe0000, E, &hits);
	CHECK_NUMBER("both right", hits.hits[0].sum, SUM_RIGHT);
	bytes[33]++;
	scan(bytes, sizeof(bytes), 0xe0000, E, &hits);
	CHECK_NUMBER("second wrong", hits.hits[0].sum, SUM_WRONG);
	bytes[20] = 20;
	scan(bytes, sizeof(bytes), 0xe0000, E, &hits);
	CHECK_NUMBER("too short to be", hits.hits[0].sum, SUM_WRONG);
	memset(bytes + 20, 0xff, 4);
	scan(bytes, sizeof(bytes), 0xe0000, E, &hits);
	CHECK_NUMBER("4 GiB long", hits.hits[0].sum, SUM_UNKNOWN);
}

/* IBM's product data is summed up in three ways; any of them will do. */
static void product_data(void **state)
{
	static const struct {
		const char *label;
		uint8_t len;
		size_t start, end; /* what is summed */
		enum sum want;
	} rows[] = {
		{ "long", 0x46, 0, 0x46, SUM_RIGHT },
		{ "all", 0x30, 0, 0x30, SUM_RIGHT },
		{ "without the head", 0x30, 0x0d, 0x30, SUM_RIGHT },
		{ "none of them", 0x30, 1, 0x30, SUM_WRONG },
		{ "too short", 0x2f, 0, 0x2f, SUM_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[96] = { 0xaa, 0x55,	 'V',	       'P',
				      'D',  rows[i].len, [0x10] = 'T', [0x40] = 9 };
		struct signature_hits hits;
		uint8_t sum = 0;

		for (size_t b = rows[i].start; b < rows[i].end; b++)
			sum = (uint8_t)(sum + bytes[b]);
		bytes[rows[i].end - 1] = (uint8_t)(bytes[rows[i].end - 1] - sum);
		scan(bytes, sizeof(bytes), 0xf0000, F, &hits);
		CHECK_NUMBER(rows[i].label, hits.hits[0].sum, rows[i].want);
	}
}

/* What looks like a signature, and what does not. */
static void others(void **state)
{
	static const struct {
		const char *bytes, *name; /* name NULL: no hit */
		enum signature_area area;
		enum sum sum;
		size_t len;
	} rows[] = {
		{ "_PTCG_\x01\x14", "_PTCG_", SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_PTCG_\x04\x10", "_PTCG_", SIGNATURE_E, SUM_RIGHT, 16 },
		{ "_UUID_", "_UUID_", SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_TOOLON_", "_TOOLON_", SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_TOOLONG_", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_PTCG_", NULL, SIGNATURE_C, SUM_UNKNOWN, 0 },
		{ "_SB_PCI0_", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_XY_", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_PTC_a", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_PTC__", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_PtC_", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
		{ "_____", NULL, SIGNATURE_F, SUM_UNKNOWN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct signature_hits hits;
		uint8_t bytes[32] = { 0 };
		struct view v = { bytes, sizeof(bytes), 0xf0000 };

		hits.len = 0;
		memcpy(bytes, rows[i].bytes, strlen(rows[i].bytes));
		signature_scan(&v, v.phys + 16, rows[i].area, &hits);
		CHECK_NUMBER(rows[i].bytes, hits.len, rows[i].name != NULL);
		if (!rows[i].name)
			continue;
		CHECK_TEXT(rows[i].bytes, hits.hits[0].name, rows[i].name);
		CHECK_NUMBER(rows[i].bytes, hits.hits[0].sum, rows[i].sum);
		CHECK_NUMBER(rows[i].bytes, hits.hits[0].len, rows[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_where_it_belongs),
		cmocka_unit_test(wrong_and_cut),
		cmocka_unit_test(alignment),
		cmocka_unit_test(one_hit_a_place),
		cmocka_unit_test(revision_2),
		cmocka_unit_test(product_data),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests_name("decode/signature", tests, NULL, NULL);
}

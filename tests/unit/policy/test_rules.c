/* What kernels answer, by kernel, place and way: written by hand from their sources. */
/* The boards in tests/boot observe a part of it; here are the kernels that no board has as well. */
#include "unit.h"

#include "policy/rules.h"

#include <errno.h>
#include <signal.h>

#define G (1ull << 30)

/* Facts as letters: y, n, or ? for each, in the order of the enumeration. */
#define KERNEL_FACTS 19

/*                node devmem mode proc kcore kmode rawio admin locked lockedk
 *                strict iostrict relaxed pat patcheck 32bit pae highmem confidential */
#define OPEN_ALL "yyyyyyyynn"
static const struct {
	const char *name, *facts;
	uint64_t ram_end, lowmem_end;
	unsigned int phys_bits;
} kernels[] = {
	{ "nopat", OPEN_ALL "nnnnynnnn", 5 * G, 0, 40 },
	{ "pat", OPEN_ALL "nnnyynnnn", 5 * G, 0, 40 },
	{ "7.2", OPEN_ALL "nnnynnnnn", 5 * G, 0, 40 },
	{ "strict", OPEN_ALL "ynnyynnnn", 5 * G, 0, 40 },
	{ "strict-7.2", OPEN_ALL "ynnynnnnn", 5 * G, 0, 40 },
	{ "iostrict", OPEN_ALL "yynyynnnn", 5 * G, 0, 40 },
	{ "relaxed", OPEN_ALL "yyyyynnnn", 5 * G, 0, 40 },
	{ "debian", OPEN_ALL "?" "?nyynnnn", 5 * G, 0, 40 },
	{ "untold", "??????????" "?????????", 0, 0, 0 },
	{ "686", OPEN_ALL "yynyyynyn", 2 * G, 0x37fe0000, 36 },
	{ "686-pae", OPEN_ALL "yynyyyyyn", 6 * G, 0x37fe0000, 36 },
	{ "686-pae-relaxed", OPEN_ALL "yyyyyyyyn", 6 * G, 0x37fe0000, 36 },
	{ "686-nopat", OPEN_ALL "nnnnyynyn", 2 * G, 0x37fe0000, 36 },
	{ "686-small", OPEN_ALL "nnnnyynnn", G / 2, 0, 36 },
	{ "nobody", "yyyyyn" "nnnn" "ynnyynnnn", 5 * G, 0, 40 },
	{ "nobody-mode", "yynyyn" "nnnn" "ynnyynnnn", 5 * G, 0, 40 },
	{ "no-cap", "yyyyyy" "nnnn" "ynnyynnnn", 5 * G, 0, 40 },
	{ "no-cap-mode-untold", "yy?yyy" "nnnn" "ynnyynnnn", 5 * G, 0, 40 },
	{ "integrity", "yyyyyy" "yyyn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "confidentiality", "yyyyyy" "yyyy" "nnnyynnnn", 5 * G, 0, 40 },
	{ "lockdown-untold", "yyyyyy" "yy??" "nnnyynnnn", 5 * G, 0, 40 },
	{ "no-devmem", "nn?yyy" "yynn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "node-by-hand", "ynyyyy" "yynn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "chroot", "ny?yyy" "yynn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "chroot-untold", "n??yyy" "yynn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "no-proc", "yyyn??" "yynn" "????y????", 0, 0, 0 },
	{ "no-kcore", "yyyyn?" "yynn" "nnnyynnnn", 5 * G, 0, 40 },
	{ "guest", OPEN_ALL "nnnyynnny", 5 * G, 0, 40 },
};

static struct facts kernel(const char *name)
{
	struct facts f = { .phys_bits = 0 };
	size_t i = 0;

	while (strcmp(kernels[i].name, name))
		i++;
	assert_int_equal(strlen(kernels[i].facts), FACT_LEN);
	for (size_t j = 0; j < FACT_LEN; j++)
		f.of[j].value = kernels[i].facts[j] == 'y'   ? TRI_YES
				: kernels[i].facts[j] == 'n' ? TRI_NO
							     : TRI_UNKNOWN;
	f.phys_bits = kernels[i].phys_bits;
	f.ram_end = kernels[i].ram_end;
	f.lowmem_end = kernels[i].lowmem_end;
	return f;
}

#define PAGE0 { 0, PLACE_CLAIMED, false }
#define LOWRAM { 0x1000, PLACE_RAM, false }
#define MIXED { 0x9f000, PLACE_PART_RAM, false }
#define ROM { 0xf0000, PLACE_CLAIMED, false }
#define RAM { 0x100000, PLACE_RAM, false }
#define PFN255 { 0xff000, PLACE_RAM, false }
#define RAM_TOP { 5 * G - 0x1000, PLACE_RAM, false }
#define HIGHMEM { 0x40000000, PLACE_RAM, false }
#define LOWMEM_LAST { 0x37fdf000, PLACE_RAM, false }
#define HIGHMEM_FIRST { 0x37fe0000, PLACE_RAM, false }
#define IOAPIC { 0xfec00000, PLACE_CLAIMED, false }
#define BUS { 0xd0000000, PLACE_LISTED, false }
#define HOLE { 0xe0000000, PLACE_UNLISTED, false }
#define BEYOND { 0x200000000, PLACE_UNLISTED, false }
#define WRAPPED { 0x200100000, PLACE_UNLISTED, true }
#define FAR { 1ull << 40, PLACE_UNLISTED, false }
#define FAR36 { 1ull << 36, PLACE_UNLISTED, true }

#define OK RESULT_OK, 0, CAUSE_NONE
#define NO(os, cause) RESULT_REFUSED, os, CAUSE_##cause
#define MAYBE(cause) RESULT_UNKNOWN, -1, CAUSE_##cause

static const struct {
	const char *kernel;
	enum way way;
	struct place place;
	enum result result;
	int os; /* -1: any */
	enum cause cause;
} predictions[] = {
	/* Opening. */
	{ "nopat", WAY_OPEN_MEM, PAGE0, OK },
	{ "nopat", WAY_OPEN_KCORE, PAGE0, OK },
	{ "no-devmem", WAY_OPEN_MEM, PAGE0, NO(ENOENT, NO_DEVMEM) },
	{ "no-devmem", WAY_OPEN_KCORE, PAGE0, OK },
	{ "node-by-hand", WAY_OPEN_MEM, PAGE0, NO(ENXIO, NO_DEVMEM) },
	{ "chroot", WAY_OPEN_MEM, PAGE0, NO(ENOENT, NO_NODE) },
	{ "chroot-untold", WAY_OPEN_MEM, PAGE0, NO(ENOENT, NO_NODE) },
	{ "nobody", WAY_OPEN_MEM, PAGE0, NO(EPERM, NO_CAPABILITY) },
	{ "nobody", WAY_OPEN_KCORE, PAGE0, NO(EACCES, FILE_MODE) },
	/* Refused in any case; how, is not known. */
	{ "no-cap-mode-untold", WAY_OPEN_MEM, PAGE0, MAYBE(FILE_MODE) },
	{ "nobody-mode", WAY_OPEN_MEM, PAGE0, NO(EACCES, FILE_MODE) },
	{ "no-cap", WAY_OPEN_MEM, PAGE0, NO(EPERM, NO_CAPABILITY) },
	{ "no-cap", WAY_OPEN_KCORE, PAGE0, NO(EPERM, NO_CAPABILITY) },
	{ "integrity", WAY_OPEN_MEM, PAGE0, NO(EPERM, LOCKDOWN) },
	{ "integrity", WAY_OPEN_KCORE, PAGE0, OK },
	{ "confidentiality", WAY_OPEN_MEM, PAGE0, NO(EPERM, LOCKDOWN) },
	{ "confidentiality", WAY_OPEN_KCORE, PAGE0, NO(EPERM, LOCKDOWN_KCORE) },
	{ "lockdown-untold", WAY_OPEN_MEM, PAGE0, MAYBE(LOCKDOWN) },
	{ "lockdown-untold", WAY_OPEN_KCORE, PAGE0, MAYBE(LOCKDOWN_KCORE) },
	{ "no-proc", WAY_OPEN_MEM, PAGE0, OK },
	{ "no-proc", WAY_OPEN_KCORE, PAGE0, NO(ENOENT, NO_PROC) },
	{ "no-kcore", WAY_OPEN_KCORE, PAGE0, NO(ENOENT, NO_KCORE) },
	{ "untold", WAY_OPEN_MEM, PAGE0, MAYBE(NO_DEVMEM) },
	/* PAT off: all that lies below the end of RAM. */
	{ "nopat", WAY_MMAP, PAGE0, OK },
	{ "nopat", WAY_READ, PAGE0, OK },
	{ "nopat", WAY_MMAP, RAM, OK },
	{ "nopat", WAY_READ, RAM, OK },
	{ "nopat", WAY_READ, RAM_TOP, OK },
	{ "nopat", WAY_MMAP, MIXED, OK },
	{ "nopat", WAY_READ, MIXED, NO(EFAULT, PART_RAM) },
	{ "nopat", WAY_MMAP, IOAPIC, OK },
	{ "nopat", WAY_MMAP, BEYOND, OK },
	{ "nopat", WAY_READ, BEYOND, NO(EFAULT, BEYOND_RAM) },
	{ "nopat", WAY_MMAP, FAR, NO(EINVAL, BEYOND_CPU) },
	{ "nopat", WAY_READ, FAR, NO(EFAULT, BEYOND_CPU) },
	/* PAT on: 5.10 to 6.12, and 7.2. */
	{ "pat", WAY_MMAP, RAM, NO(EINVAL, PAT) },
	{ "pat", WAY_READ, RAM, OK },
	{ "pat", WAY_MMAP, LOWRAM, OK },
	{ "pat", WAY_MMAP, PFN255, OK },
	{ "pat", WAY_READ, LOWRAM, OK },
	{ "pat", WAY_MMAP, MIXED, OK },
	{ "pat", WAY_MMAP, IOAPIC, OK },
	{ "7.2", WAY_MMAP, RAM, OK },
	/* STRICT_DEVMEM. */
	{ "strict", WAY_MMAP, PAGE0, OK },
	{ "strict", WAY_READ, PAGE0, OK },
	{ "strict", WAY_MMAP, LOWRAM, OK },
	{ "strict", WAY_READ, LOWRAM, RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS },
	{ "strict", WAY_READ, PFN255, RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS },
	{ "strict", WAY_MMAP, MIXED, OK },
	{ "strict", WAY_READ, MIXED, RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS },
	{ "strict", WAY_READ, ROM, OK },
	{ "strict", WAY_MMAP, RAM, NO(EPERM, STRICT) },
	{ "strict", WAY_READ, RAM, NO(EPERM, STRICT) },
	{ "strict-7.2", WAY_MMAP, RAM, NO(EPERM, STRICT) },
	{ "strict", WAY_MMAP, IOAPIC, OK },
	{ "strict", WAY_MMAP, BEYOND, OK },
	{ "strict", WAY_READ, FAR, NO(EFAULT, BEYOND_CPU) },
	{ "strict", WAY_KCORE, RAM, OK },
	{ "strict", WAY_KCORE, LOWRAM, OK },
	{ "strict", WAY_KCORE, PAGE0, RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE },
	{ "strict", WAY_KCORE, MIXED, RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE },
	{ "strict", WAY_KCORE, BEYOND, RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE },
	/* IO_STRICT_DEVMEM. */
	{ "iostrict", WAY_MMAP, IOAPIC, NO(EPERM, IO_STRICT) },
	{ "iostrict", WAY_READ, IOAPIC, NO(EPERM, IO_STRICT) },
	{ "iostrict", WAY_MMAP, BUS, OK },
	{ "iostrict", WAY_MMAP, HOLE, OK },
	{ "iostrict", WAY_MMAP, ROM, OK },
	{ "iostrict", WAY_MMAP, PAGE0, OK },
	{ "relaxed", WAY_MMAP, IOAPIC, OK },
	{ "relaxed", WAY_MMAP, RAM, NO(EPERM, STRICT) },
	/* A kernel that does not tell its configuration. */
	{ "debian", WAY_MMAP, RAM, MAYBE(STRICT) },
	{ "debian", WAY_READ, RAM, MAYBE(STRICT) },
	{ "debian", WAY_READ, LOWRAM, MAYBE(STRICT_ZEROS) },
	{ "debian", WAY_MMAP, LOWRAM, OK },
	{ "debian", WAY_MMAP, IOAPIC, MAYBE(IO_STRICT) },
	{ "debian", WAY_READ, FAR, NO(EFAULT, BEYOND_CPU) },
	{ "untold", WAY_MMAP, RAM, MAYBE(BEYOND_CPU) },
	/* 32 bits. */
	{ "686-small", WAY_READ, RAM, OK },
	{ "686", WAY_READ, BEYOND, RESULT_EOF, 0, CAUSE_BEYOND_TYPE },
	{ "686", WAY_MMAP, BEYOND, NO(EINVAL, BEYOND_TYPE) },
	{ "686", WAY_READ, HIGHMEM, NO(EFAULT, BEYOND_RAM) },
	{ "686", WAY_READ, HIGHMEM_FIRST, NO(EFAULT, BEYOND_RAM) },
	{ "686", WAY_READ, LOWMEM_LAST, NO(EPERM, STRICT) },
	{ "686", WAY_MMAP, HIGHMEM, NO(EPERM, STRICT) },
	{ "686-nopat", WAY_MMAP, HIGHMEM, OK },
	{ "686-nopat", WAY_READ, LOWMEM_LAST, OK },
	{ "686-nopat", WAY_KCORE, HIGHMEM, RESULT_ABSENT, 0, CAUSE_HIGHMEM },
	{ "686-nopat", WAY_KCORE, LOWMEM_LAST, OK },
	{ "686-nopat", WAY_KCORE, PAGE0, OK },
	{ "686-nopat", WAY_KCORE, MIXED, OK },
	{ "686-small", WAY_KCORE, PAGE0, RESULT_ABSENT, 0, CAUSE_NOT_IN_KCORE },
	{ "686-pae", WAY_READ, WRAPPED, NO(EFAULT, BEYOND_RAM) },
	{ "686-pae", WAY_MMAP, WRAPPED, NO(EPERM, EXCLUSIVE_WRAP) },
	{ "686-pae", WAY_MMAP, BEYOND, OK },
	{ "686-pae-relaxed", WAY_MMAP, WRAPPED, OK },
	{ "686-pae", WAY_MMAP, FAR36, NO(EINVAL, BEYOND_CPU) },
};

static void predict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(predictions); i++) {
		struct facts f = kernel(predictions[i].kernel);
		struct outcome o = rules_predict(&f, predictions[i].way, &predictions[i].place);
		char label[96];

		snprintf(label, sizeof(label), "%s, way %d, %#llx", predictions[i].kernel,
			 (int)predictions[i].way, (unsigned long long)predictions[i].place.phys);
		CHECK_NUMBER(label, o.result, predictions[i].result);
		if (predictions[i].os >= 0)
			CHECK_NUMBER(label, (unsigned int)o.os, (unsigned int)predictions[i].os);
		CHECK_TEXT(label, cause_rows[o.cause].name, cause_rows[predictions[i].cause].name);
	}
}

static void explain(void **state)
{
	static const struct {
		const char *kernel;
		enum way way;
		struct place place;
		int os;
		enum cause cause;
	} rows[] = {
		{ "untold", WAY_OPEN_MEM, PAGE0, ENOENT, CAUSE_NO_DEVMEM },
		{ "chroot", WAY_OPEN_MEM, PAGE0, ENOENT, CAUSE_NO_NODE },
		{ "chroot", WAY_OPEN_MEM, PAGE0, ENXIO, CAUSE_UNKNOWN },
		{ "untold", WAY_OPEN_MEM, PAGE0, ENXIO, CAUSE_NO_DEVMEM },
		{ "untold", WAY_OPEN_MEM, PAGE0, EPERM, CAUSE_NO_CAPABILITY },
		{ "lockdown-untold", WAY_OPEN_MEM, PAGE0, EPERM, CAUSE_LOCKDOWN },
		{ "nopat", WAY_OPEN_MEM, PAGE0, EPERM, CAUSE_LSM },
		{ "nopat", WAY_OPEN_MEM, PAGE0, EACCES, CAUSE_LSM },
		{ "nopat", WAY_OPEN_KCORE, PAGE0, EPERM, CAUSE_LSM },
		{ "lockdown-untold", WAY_OPEN_KCORE, PAGE0, EPERM, CAUSE_LOCKDOWN_KCORE },
		{ "nopat", WAY_OPEN_MEM, PAGE0, EMFILE, CAUSE_UNKNOWN },
		{ "pat", WAY_MMAP, RAM, EINVAL, CAUSE_PAT },
		{ "untold", WAY_MMAP, RAM, EINVAL, CAUSE_BEYOND_CPU },
		{ "debian", WAY_MMAP, RAM, EPERM, CAUSE_STRICT },
		{ "debian", WAY_MMAP, RAM, EINVAL, CAUSE_PAT },
		{ "nopat", WAY_MMAP, RAM, EPERM, CAUSE_UNKNOWN },
		{ "strict", WAY_MMAP, RAM, EINVAL, CAUSE_UNKNOWN },
		{ "debian", WAY_READ, RAM, EPERM, CAUSE_STRICT },
		{ "nopat", WAY_READ, RAM, EFAULT, CAUSE_DIRECT_MAP_HOLE },
		{ "nopat", WAY_KCORE, RAM, EFAULT, CAUSE_DIRECT_MAP_HOLE },
		{ "nopat", WAY_READ, MIXED, EFAULT, CAUSE_PART_RAM },
		{ "nopat", WAY_READ, BEYOND, EFAULT, CAUSE_BEYOND_RAM },
		{ "nopat", WAY_READ, RAM, 0, CAUSE_UNKNOWN },
		{ "686", WAY_READ, BEYOND, 0, CAUSE_BEYOND_TYPE },
		{ "686-pae", WAY_READ, BEYOND, 0, CAUSE_UNKNOWN },
		{ "686-pae", WAY_MMAP, WRAPPED, EPERM, CAUSE_EXCLUSIVE_WRAP },
		{ "iostrict", WAY_MMAP, IOAPIC, EPERM, CAUSE_IO_STRICT },
		/* A line whose name shows no claim, and one claimed without IO_STRICT (EXCLUSIVE). */
		{ "iostrict", WAY_MMAP, BUS, EPERM, CAUSE_IO_STRICT },
		{ "relaxed", WAY_MMAP, BUS, EPERM, CAUSE_UNKNOWN },
		{ "nopat", WAY_MMAP, HOLE, EAGAIN, CAUSE_PAT_CONFLICT },
		{ "nopat", WAY_MMAP, RAM, -SIGBUS, CAUSE_POISONED },
		{ "nopat", WAY_MMAP, HOLE, -SIGBUS, CAUSE_REVOKED },
		{ "guest", WAY_MMAP, RAM, -SIGSEGV, CAUSE_CONFIDENTIAL },
		{ "guest", WAY_MMAP, RAM, -SIGBUS, CAUSE_CONFIDENTIAL },
		{ "nopat", WAY_MMAP, RAM, -SIGSEGV, CAUSE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = kernel(rows[i].kernel);
		char label[96];

		snprintf(label, sizeof(label), "%s, way %d, %#llx, %d", rows[i].kernel,
			 (int)rows[i].way, (unsigned long long)rows[i].place.phys, rows[i].os);
		CHECK_TEXT(label,
			   cause_rows[rules_explain(&f, rows[i].way, &rows[i].place, rows[i].os)].name,
			   cause_rows[rows[i].cause].name);
	}
}

static void not_tried(void **state)
{
	static const struct {
		const char *kernel;
		enum way way;
		struct place place;
		enum cause cause;
	} rows[] = {
		{ "nopat", WAY_READ, RAM, CAUSE_NONE },
		{ "nopat", WAY_READ, PAGE0, CAUSE_NONE },
		{ "nopat", WAY_MMAP, MIXED, CAUSE_NONE },
		{ "nopat", WAY_READ, MIXED, CAUSE_PART_RAM },
		{ "nopat", WAY_MMAP, { 0xa0000, PLACE_CLAIMED, false }, CAUSE_VIDEO },
		{ "nopat", WAY_READ, { 0xbf000, PLACE_CLAIMED, false }, CAUSE_VIDEO },
		{ "nopat", WAY_READ, { 0xc0000, PLACE_CLAIMED, false }, CAUSE_NONE },
		{ "nopat", WAY_MMAP, IOAPIC, CAUSE_NOT_RAM },
		{ "nopat", WAY_KCORE, RAM, CAUSE_NONE },
		{ "guest", WAY_MMAP, RAM, CAUSE_CONFIDENTIAL },
		{ "guest", WAY_READ, LOWRAM, CAUSE_CONFIDENTIAL },
		{ "guest", WAY_KCORE, RAM, CAUSE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = kernel(rows[i].kernel);
		char label[32];

		snprintf(label, sizeof(label), "row %zu", i);
		CHECK_TEXT(label, cause_rows[rules_own(&f, rows[i].way, &rows[i].place)].name,
			   cause_rows[rows[i].cause].name);
	}
}

static void match(void **state)
{
	static const struct {
		struct outcome predicted, observed;
		enum tri match;
	} rows[] = {
		{ { OK }, { OK }, TRI_YES },
		{ { OK }, { RESULT_ZEROS, 0, CAUSE_NONE }, TRI_YES },
		{ { OK }, { RESULT_MAPPED, 0, CAUSE_NONE }, TRI_YES },
		{ { OK }, { RESULT_SKIPPED, 0, CAUSE_NONE }, TRI_UNKNOWN },
		{ { OK }, { NO(EPERM, STRICT) }, TRI_NO },
		{ { OK }, { RESULT_EOF, 0, CAUSE_NONE }, TRI_NO },
		{ { OK }, { RESULT_ABSENT, 0, CAUSE_NONE }, TRI_NO },
		{ { OK }, { RESULT_FAULT, 0, CAUSE_NONE }, TRI_NO },
		{ { RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS }, { RESULT_ZEROS, 0, CAUSE_NONE }, TRI_YES },
		{ { RESULT_ZEROS, 0, CAUSE_STRICT_ZEROS }, { OK }, TRI_NO },
		{ { NO(EPERM, STRICT) }, { NO(EPERM, UNKNOWN) }, TRI_YES },
		{ { NO(EPERM, STRICT) }, { NO(EINVAL, PAT) }, TRI_NO },
		{ { NO(EPERM, STRICT) }, { OK }, TRI_NO },
		{ { NO(EPERM, STRICT) }, { RESULT_EOF, 0, CAUSE_NONE }, TRI_NO },
		{ { RESULT_EOF, 0, CAUSE_BEYOND_TYPE }, { RESULT_EOF, 0, CAUSE_NONE }, TRI_YES },
		{ { RESULT_UNKNOWN, EPERM, CAUSE_STRICT }, { OK }, TRI_UNKNOWN },
		{ { RESULT_ABSENT, 0, CAUSE_NONE }, { RESULT_ABSENT, 0, CAUSE_NONE }, TRI_YES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char label[32];

		snprintf(label, sizeof(label), "row %zu", i);
		CHECK_NUMBER(label, rules_match(&rows[i].predicted, &rows[i].observed), rows[i].match);
	}
}

/* Every cause has its words, and no two share a name. */
static void causes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CAUSE_LEN; i++) {
		assert_non_null(cause_rows[i].name);
		assert_non_null(cause_rows[i].text);
		/* One line of 80 columns behind the label that access puts in front. */
		CHECK(cause_rows[i].name, strlen(cause_rows[i].text) <= 65);
		CHECK(cause_rows[i].text, !cause_rows[i].lift || strlen(cause_rows[i].lift) <= 65);
		CHECK(cause_rows[i].name,
		      !cause_rows[i].meanwhile || strlen(cause_rows[i].meanwhile) <= 65);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(cause_rows[i].name, cause_rows[j].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(predict), cmocka_unit_test(explain), cmocka_unit_test(not_tried),
		cmocka_unit_test(match),   cmocka_unit_test(causes),
	};

	return cmocka_run_group_tests_name("policy/rules", tests, NULL, NULL);
}

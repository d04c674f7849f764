/* BTF: what is asked of a small file, and files that are refused. */
/* The files are those kept for the fuzz target, made by tests/fuzz/corpus/make-btf.py; bpftool reads "machine". */
#include "unit.h"

#include "kernel/btf.h"

#include "base/alloc.h"
#include "base/file.h"

static char *bytes;
static struct btf b;
static struct btf_name names[] = { { .name = "page" },	     { .name = "wide" },
				   { .name = "pageflags" },  { .name = "atomic_t" },
				   { .name = "zone" },	     { .name = "free_area" },
				   { .name = "signed" },   { .name = "nowhere" } };

enum {
	PAGE,
	WIDE,
	PAGEFLAGS,
	ATOMIC_T,
	ZONE,
	FREE_AREA,
	SIGNED,
	NOWHERE,
};

static bool open_file(const char *name, struct err *e)
{
	struct view v = { NULL, 0, 0 };
	char path[64];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		names[i].id = names[i].kind = 0;
		names[i].twice = false;
	}
	snprintf(path, sizeof(path), "tests/fuzz/corpus/btf/%s", name);
	assert_true(file_read(path, 1 << 20, &bytes, &v.len, e));
	v.bytes = (uint8_t *)bytes;
	return btf_init(&b, &v, names, ARRAY_LEN(names), e);
}

static void close_file(void)
{
	btf_deinit(&b);
	alloc_free(bytes);
}

static void members(void **state)
{
	static const struct {
		const char *label;
		int in;
		const char *name;
		enum btf_answer answer;
		uint64_t bit;
		uint32_t bits;
	} rows[] = {
		{ "first", PAGE, "flags", BTF_YES, 0, 0 },
		{ "two unions deep", PAGE, "lru", BTF_YES, 64, 0 },
		{ "in the other branch", PAGE, "compound_order", BTF_YES, 136, 0 },
		{ "a bit field", PAGE, "bits", BTF_YES, 64 + 192, 8 },
		{ "beside a bit field", PAGE, "private", BTF_YES, 320, 0 },
		{ "behind the union", PAGE, "_refcount", BTF_YES, 416, 0 },
		{ "none", PAGE, "slab_cache", BTF_NO, 0, 0 },
		{ "of a member with a name", PAGE, "next", BTF_NO, 0, 0 },
		{ "no struct", PAGEFLAGS, "PG_lru", BTF_NO, 0, 0 },
		{ "a typedef of a number", ATOMIC_T, "counter", BTF_NO, 0, 0 },
	};
	struct err e = ERR_INIT;

	(void)state;
	assert_true(open_file("machine", &e));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct btf_member m = { 0, 0, 0 };

		CHECK_NUMBER(rows[i].label, btf_member(&b, names[rows[i].in].id, rows[i].name, &m, &e),
			     rows[i].answer);
		CHECK_NUMBER(rows[i].label, m.bit, rows[i].bit);
		CHECK_NUMBER(rows[i].label, m.bits, rows[i].bits);
	}
	close_file();
}

static void values(void **state)
{
	static const struct {
		int in;
		const char *name;
		enum btf_answer answer;
		uint64_t value;
	} rows[] = {
		{ PAGEFLAGS, "PG_locked", BTF_YES, 0 },	   { PAGEFLAGS, "PG_young", BTF_YES, 24 },
		{ PAGEFLAGS, "PG_arch_2", BTF_NO, 7 },	   { WIDE, "WIDE", BTF_YES, 1ull << 40 },
		{ SIGNED, "PGTY_negative", BTF_YES, UINT64_MAX }, { PAGE, "flags", BTF_NO, 7 },
	};
	struct err e = ERR_INIT;

	(void)state;
	assert_true(open_file("machine", &e));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t value = 7;

		CHECK_NUMBER(rows[i].name, btf_value(&b, names[rows[i].in].id, rows[i].name, &value, &e),
			     rows[i].answer);
		CHECK_NUMBER(rows[i].name, value, rows[i].value);
	}
	close_file();
}

static void sizes(void **state)
{
	struct btf_member m = { 0, 0, 0 };
	struct err e = ERR_INIT;
	uint64_t value = 0;

	(void)state;
	assert_true(open_file("machine", &e));
	CHECK_NUMBER("page", btf_size(&b, names[PAGE].id, &value, &e), BTF_YES);
	CHECK_NUMBER("page", value, 64);
	/* typedef, const, volatile and a tag, then a long. */
	CHECK_NUMBER("atomic_t", btf_size(&b, names[ATOMIC_T].id, &value, &e), BTF_YES);
	CHECK_NUMBER("atomic_t", value, 8);
	CHECK_NUMBER("array", btf_member(&b, names[ZONE].id, "free_area", &m, &e), BTF_YES);
	CHECK_NUMBER("array", btf_length(&b, m.type, &value, &e), BTF_YES);
	CHECK_NUMBER("array", value, 11);
	CHECK_NUMBER("no array", btf_length(&b, names[ZONE].id, &value, &e), BTF_NO);
	CHECK_NUMBER("void", btf_size(&b, 0, &value, &e), BTF_NO);
	CHECK_NUMBER("behind the last", btf_size(&b, b.last + 1, &value, &e), BTF_BROKEN);
	CHECK_NUMBER("nowhere", names[NOWHERE].id, 0);
	close_file();
}

/* What is refused, when, and which words tell of it. */
static void broken(void **state)
{
	static const struct {
		const char *file, *words;
		bool opens; /* and a question for page.flags finds it out */
	} rows[] = {
		{ "empty", "no header", false },
		{ "big-endian", "no header", false },
		{ "version-2", "no header", false },
		{ "long-header", "a header of", false },
		{ "header-only", "its types", false },
		{ "cut-in-types", "its types", false },
		{ "cut-in-names", "its names", false },
		{ "names-without-end", "names have no end", false },
		{ "kind-0", "type 1 is of kind 0", false },
		{ "kind-25", "type 1 is of kind 25", false },
		{ "no-room-for-members", "type 1 is cut off", false },
		{ "type-77", "no type 78, the last is 1", true },
		{ "ring-of-typedefs", "type 1 stands for another", true },
		{ "ring-of-structs", "16 deep", true },
		{ "a-billion-members", "type 1 has more than 4096 members", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct btf_member m = { 0, 0, 0 };
		struct err e = ERR_INIT;

		CHECK(rows[i].file, open_file(rows[i].file, &e) == rows[i].opens);
		if (rows[i].opens)
			CHECK_NUMBER(rows[i].file, btf_member(&b, names[PAGE].id, "mapping", &m, &e),
				     BTF_BROKEN);
		CHECK_NUMBER(rows[i].file, e.kind, ERR_BTF);
		if (!strstr(e.msg, rows[i].words))
			fail_msg("%s: %s", rows[i].file, e.msg);
		close_file();
	}
}

/* Of several structs with a name none is taken. */
static void ambiguous(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_true(open_file("three-of-a-name", &e));
	CHECK_NUMBER("page", names[PAGE].id, 0);
	CHECK_NUMBER("last", b.last, 3);
	close_file();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members), cmocka_unit_test(values),	cmocka_unit_test(sizes),
		cmocka_unit_test(broken),  cmocka_unit_test(ambiguous),
	};

	return cmocka_run_group_tests_name("kernel/btf", tests, NULL, NULL);
}

/* VMCOREINFO: values in every form the kernel writes, and in those it never does. */
/* What a value means is tested where it is used. */
#include "unit.h"

#include "kernel/vmcoreinfo.h"
#include "mem/kcore.h"

static bool from_text(const char *text, size_t len, struct vmcoreinfo *vi)
{
	uint8_t *copy = unit_copy(text, len);
	const struct view v = { copy, len, 0 };
	struct err e = ERR_INIT;
	bool good = vmcoreinfo_from_text(&v, vi, &e);

	free(copy);
	return good;
}

static void numbers(void **state)
{
	static const struct {
		const char *label, *text, *key;
		uint64_t value;
		enum err_kind kind;
	} rows[] = {
		{ "size", "SIZE(page)=64\n", "SIZE(page)", 64, ERR_NONE },
		{ "symbol is hexadecimal", "SYMBOL(a)=ffffffff82610000\n", "SYMBOL(a)",
		  0xffffffff82610000, ERR_NONE },
		{ "symbol of decimal digits", "SYMBOL(a)=100\n", "SYMBOL(a)", 0x100, ERR_NONE },
		{ "offset of the kernel", "KERNELOFFSET=4200000\n", "KERNELOFFSET", 0x4200000,
		  ERR_NONE },
		{ "negative", "NUMBER(phys_base)=-129\n", "NUMBER(phys_base)", (uint64_t)-129,
		  ERR_NONE },
		{ "hexadecimal number", "NUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  "NUMBER(VMALLOC_START)", 0xffffc90000000000, ERR_NONE },
		{ "largest", "NUMBER(a)=18446744073709551615\n", "NUMBER(a)", UINT64_MAX,
		  ERR_NONE },
		{ "too large", "NUMBER(a)=18446744073709551616\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "symbol too large", "SYMBOL(a)=10000000000000000\n", "SYMBOL(a)", 0,
		  ERR_KEY_VALUE },
		{ "no newline", "NUMBER(a)=7", "NUMBER(a)", 7, ERR_NONE },
		{ "between others", "NUMBER(b)=1\nNUMBER(a)=2\nNUMBER(c)=3\n", "NUMBER(a)", 2,
		  ERR_NONE },
		{ "first of two", "NUMBER(a)=2\nNUMBER(a)=3\n", "NUMBER(a)", 2, ERR_NONE },
		{ "not at a line's start", "XNUMBER(a)=2\nNUMBER(a)=3\n", "NUMBER(a)", 3,
		  ERR_NONE },
		{ "key is longer", "NUMBER(a)x=2\nNUMBER(a)=3\n", "NUMBER(a)", 3, ERR_NONE },
		{ "key in a value", "OSRELEASE=NUMBER(a)=2\n", "NUMBER(a)", 0, ERR_KEY_MISSING },
		{ "key without a value", "NUMBER(a)\nNUMBER(b)=1\n", "NUMBER(a)", 0,
		  ERR_KEY_MISSING },
		{ "missing", "NUMBER(b)=1\n", "NUMBER(a)", 0, ERR_KEY_MISSING },
		{ "empty text", "", "NUMBER(a)", 0, ERR_KEY_MISSING },
		{ "empty value", "NUMBER(a)=\nNUMBER(b)=5\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "only a sign", "NUMBER(a)=-\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "two signs", "NUMBER(a)=--1\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "plus", "NUMBER(a)=+1\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "space before", "NUMBER(a)= 1\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "space behind", "NUMBER(a)=1 \n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "letters", "NUMBER(a)=x\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "hexadecimal without 0x", "NUMBER(a)=ff\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "0x alone", "NUMBER(a)=0x\n", "NUMBER(a)", 0, ERR_KEY_VALUE },
		{ "rubbish behind", "SYMBOL(a)=ffg\n", "SYMBOL(a)", 0, ERR_KEY_VALUE },
		{ "carriage return", "SIZE(a)=64\r\n", "SIZE(a)", 0, ERR_KEY_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct vmcoreinfo vi;
		uint64_t value = 12345, other = 12345;

		assert_true(from_text(rows[i].text, strlen(rows[i].text), &vi));
		CHECK(rows[i].label, vmcoreinfo_number(&vi, rows[i].key, &value, &e) ==
					 (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		CHECK_NUMBER(rows[i].label, value,
			     rows[i].kind == ERR_NONE ? rows[i].value : 12345);
		CHECK(rows[i].label, rows[i].kind == ERR_NONE || strstr(e.msg, rows[i].key));
		CHECK(rows[i].label,
		      vmcoreinfo_optional(&vi, rows[i].key, &other) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, other, value);
		vmcoreinfo_deinit(&vi);
	}
}

static void find(void **state)
{
	struct vmcoreinfo vi;
	const char *value;
	size_t len = 0;

	(void)state;
	assert_true(from_text("OSRELEASE=6.1.192\nBUILD-ID=00ff\nEMPTY=\n", 39, &vi));
	value = vmcoreinfo_find(&vi, "BUILD-ID", &len);
	assert_non_null(value);
	CHECK_NUMBER("length", len, 4);
	assert_memory_equal(value, "00ff", 4);
	assert_non_null(vmcoreinfo_find(&vi, "EMPTY", &len));
	CHECK_NUMBER("empty", len, 0);
	assert_null(vmcoreinfo_find(&vi, "OSRELEAS", &len));
	assert_null(vmcoreinfo_find(&vi, "", &len));
	vmcoreinfo_deinit(&vi);
	assert_null(vmcoreinfo_find(&vi, "OSRELEASE", &len));
}

/* A note is padded with zeros: what follows them is not part of the text. */
static void padding(void **state)
{
	static const char text[] = "SIZE(a)=64\n\0SIZE(b)=64\n";
	struct vmcoreinfo vi;
	uint64_t value;

	(void)state;
	assert_true(from_text(text, sizeof(text), &vi));
	CHECK_NUMBER("length", vi.len, 11);
	assert_true(vmcoreinfo_optional(&vi, "SIZE(a)", &value));
	assert_false(vmcoreinfo_optional(&vi, "SIZE(b)", &value));
	vmcoreinfo_deinit(&vi);
}

/* The note as it lies in memory: name size 11, descriptor size, type 0, name in 12 bytes. */
static void note(void **state)
{
	static const struct {
		const char *label;
		uint32_t namesz, descsz;
		const char *name;
		bool good;
	} rows[] = {
		{ "the kernel's", 11, 12, "VMCOREINFO", true },
		{ "of another name", 11, 12, "vmcoreinfo", false },
		{ "name without its end", 10, 12, "VMCOREINFO", false },
		{ "descriptor longer than the note", 11, 13, "VMCOREINFO", false },
		{ "empty descriptor", 11, 0, "VMCOREINFO", true },
		{ "zeros", 0, 0, "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t bytes[36] = { 0 }, *copy;
		struct err e = ERR_INIT;
		struct vmcoreinfo vi = { 0 };
		struct view v;
		uint64_t value = 0;

		memcpy(bytes, &rows[i].namesz, 4);
		memcpy(bytes + 4, &rows[i].descsz, 4);
		memcpy(bytes + 12, rows[i].name, strlen(rows[i].name));
		memcpy(bytes + 24, "SIZE(a)=64\n", 11);
		copy = unit_copy(bytes, sizeof(bytes));
		v = (struct view){ copy, sizeof(bytes), 0x1000 };
		CHECK(rows[i].label, vmcoreinfo_from_note(&v, &vi, &e) == rows[i].good);
		if (!rows[i].good)
			CHECK_NUMBER(rows[i].label, e.kind, ERR_NO_VMCOREINFO);
		CHECK(rows[i].label, vmcoreinfo_optional(&vi, "SIZE(a)", &value) ==
					 (rows[i].good && rows[i].descsz));
		vmcoreinfo_deinit(&vi);
		free(copy);
	}
}

/* Nothing is allowed, so that the kernel's own note cannot be read: /proc/kcore's is. */
static void second_copy(void **state)
{
	static char notes[] = "OSRELEASE=6.1\nSIZE(a)=64\n";
	struct kcore kcore = { .fd = -1, .notes = notes, .vmcoreinfo = { 14, 25 } };
	struct vmcoreinfo vi = { 0 };
	struct err e = ERR_INIT;
	uint64_t value = 0;
	struct mem m;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.fd = -1;
	m.live = true;
	m.routes[m.routes_len++] = &mem_route_read;
	assert_false(vmcoreinfo_read(&m, &vi, &e));
	m.kcore = &kcore;
	assert_true(vmcoreinfo_read(&m, &vi, &e));
	CHECK_NUMBER("no error stays", e.kind, ERR_NONE);
	CHECK("key", vmcoreinfo_optional(&vi, "SIZE(a)", &value));
	CHECK_NUMBER("value", value, 64);
	CHECK("outside of the note", !vmcoreinfo_optional(&vi, "OSRELEASE", &value));
	vmcoreinfo_deinit(&vi);
	kcore.vmcoreinfo.end = kcore.vmcoreinfo.start;
	assert_false(vmcoreinfo_read(&m, &vi, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(find),
		cmocka_unit_test(padding),
		cmocka_unit_test(note),
		cmocka_unit_test(second_copy),
	};

	return cmocka_run_group_tests_name("kernel/vmcoreinfo", tests, NULL, NULL);
}

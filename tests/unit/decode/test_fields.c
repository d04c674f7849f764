/* The walk over a structure's rows: every form, values that mean something else, ends in odd places. */
/* The structure is made up; real ones are compared with dmidecode, iasl and biosdecode. */
#include "unit.h"

#include "decode/fields.h"

static const char rows[] =
	"1n count:cores|ff=unknown\0"
	"2x handle\0"
	"2z size:400|7fff=see below\0"
	"1e form:1 other,unknown,,DIMM|a0=private\0"
	"1b flags:ready||*2 none,one,,all\0"
	"3-\0"
	"6c maker\0"
	"gg GUID\0"
	"4y raw\0"
	"1s name0\0"
	"1! odd\0";

static const char *string(const void *arg, unsigned int n)
{
	(void)arg;
	return n == 1 ? "A1_DIMM0" : NULL;
}

static void say(const void *arg, const struct view *v, size_t off, struct bits_text *t)
{
	(void)arg;
	bits_text_add(t, "%u at %zu", view_u8(v, off), off);
}

/* What most of the tests have: all fields, with values of the plainest kind. */
static const uint8_t plain[] = {
	8,    0x34, 0x12, 16,	0,    4,    1,	  0,	0,    0,    'Q',  'E', 'M',
	'U',  ' ',  0,	  0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde, 0x12, 0x34,
	0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0xaa, 0xbb, 0,    0,    1,	  7,
};

static void decode(const uint8_t *bytes, size_t len, struct unit_facts *facts)
{
	uint8_t *exact = unit_copy(bytes, len);
	struct sink sink = unit_sink(facts);
	const struct view v = { exact, len, 0x1000 };
	const struct fields how = { &sink, 2, string, say, NULL };

	fields_decode(rows, &v, &how);
	free(exact);
}

static void forms(void **state)
{
	static const struct {
		size_t off;
		uint8_t value;
		const char *key, *text; /* text NULL: there is no such fact */
	} cases[] = {
		{ 0, 8, "count", "8 cores" },
		{ 0, 0xff, "count", "unknown" },
		{ 1, 0x34, "handle", "0x1234" },
		{ 3, 16, "size", "16 KiB" },
		{ 3, 0, "size", "0 bytes" },
		{ 4, 0x04, "size", "1040 KiB" },
		{ 5, 1, "form", "other" },
		{ 5, 2, "form", "unknown" },
		{ 5, 3, "form", "unknown=0x3" },
		{ 5, 4, "form", "DIMM" },
		{ 5, 0, "form", "unknown=0x0" },
		{ 5, 5, "form", "unknown=0x5" },
		{ 5, 0xa0, "form", "private" },
		{ 6, 0x01, "flags", "ready, none" },
		{ 6, 0x14, "flags", "one, unknown=0x10" },
		{ 7, 0, "reserved", NULL },
		{ 8, 1, "reserved", "unknown=0x100" },
		{ 10, 'K', "maker", "KEMU" },
		{ 15, 27, "maker", "QEMU \033" },
		{ 16, 0x78, "guid", "12345678-9abc-def0-1234-56789abcdef0" },
		{ 32, 0xaa, "raw", "aabb ..." },
		{ 36, 0, "name2", "none" },
		{ 36, 1, "name2", "A1_DIMM0" },
		{ 36, 9, "name2", "no string number 9" },
		{ 37, 7, "odd", "7 at 37" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static struct unit_facts facts;
		uint8_t bytes[sizeof(plain)];
		const struct fact *fact;

		memcpy(bytes, plain, sizeof(bytes));
		bytes[cases[i].off] = cases[i].value;
		decode(bytes, sizeof(bytes), &facts);
		fact = unit_fact(&facts, cases[i].key);
		if (!cases[i].text) {
			CHECK(cases[i].key, !fact);
			continue;
		}
		CHECK(cases[i].key, fact);
		CHECK_TEXT(cases[i].key, fact->text, cases[i].text);
		CHECK(cases[i].key, fact->phys - 0x1000 <= cases[i].off &&
					    fact->phys - 0x1000 + fact->width > cases[i].off);
	}
}

/* Shorter and longer than the rows know: no byte is lost, none is read behind the end. */
static void ends(void **state)
{
	static uint8_t bytes[sizeof(plain) + 600];

	(void)state;
	memset(bytes, 0xee, sizeof(bytes));
	memcpy(bytes, plain, sizeof(plain));
	assert_int_equal(fields_size(rows), sizeof(plain));
	for (size_t len = 0; len <= sizeof(bytes); len += len < sizeof(plain) + 4 ? 1 : 97) {
		static struct unit_facts facts;
		size_t covered = 0;

		decode(bytes, len, &facts);
		for (size_t i = 0; i < facts.len; i++) {
			const struct fact *fact = &facts.facts[i];

			CHECK("order", fact->phys - 0x1000 >= covered);
			covered = (size_t)(fact->phys - 0x1000) + fact->width;
		}
		/* Reserved bytes that are 0 are no fact. */
		CHECK("end", covered == len || (len >= 7 && len < 11 && covered >= 7));
		if (len > sizeof(plain))
			CHECK("unknown", unit_fact(&facts, "unknown")->width == len - sizeof(plain));
	}
}

/* Bits of which none is set; the last field, which takes what there is, or nothing. */
static void rest(void **state)
{
	static const uint8_t bytes[] = { 0, 'a', 'b', 'c', 0, 'd' };

	(void)state;
	for (size_t len = 1; len <= sizeof(bytes); len++) {
		static struct unit_facts facts;
		uint8_t *exact = unit_copy(bytes, len);
		struct sink sink = unit_sink(&facts);
		const struct view v = { exact, len, 0 };

		fields_decode("1b flags:one|two\0" "0c text\0", &v, &(struct fields){ .sink = &sink });
		free(exact);
		CHECK_TEXT("flags", unit_fact(&facts, "flags")->text, "none");
		CHECK_NUMBER("facts", facts.len, len > 1 ? 2 : 1);
		if (len > 1) {
			CHECK_NUMBER("width", unit_fact(&facts, "text")->width, len - 1);
			assert_memory_equal(unit_fact(&facts, "text")->text, "abc", len < 4 ? len - 1 : 4);
		}
	}
}

static const char *inner(const void *arg, unsigned int letter)
{
	(void)arg;
	return letter == 'P' ? "1e:0 memory,I/O\0" "1n:bits\0" "2-\0" "4x address\0" : "";
}

/* A small structure is one fact, whose text has all of it. */
static void small(void **state)
{
	static const struct {
		uint8_t bytes[8];
		const char *text;
	} cases[] = {
		{ { 1, 8, 0, 0, 0xf9, 0x0c }, "I/O, 8 bits, address 0xcf9" },
		{ { 2, 8, 1, 0, 0xf9, 0x0c }, "unknown=0x2, 8 bits, unknown=0x1, address 0xcf9" },
		{ { 0 }, "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static struct unit_facts facts;
		struct sink sink = unit_sink(&facts);
		const struct view v = { cases[i].bytes, 8, 0 };

		fields_decode("8@ port:P\0", &v, &(struct fields){ .sink = &sink, .string = inner });
		CHECK_NUMBER(cases[i].text, facts.len, 1);
		CHECK_TEXT(cases[i].text, facts.facts[0].text, cases[i].text);
		CHECK_NUMBER(cases[i].text, facts.facts[0].width, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(forms), cmocka_unit_test(ends), cmocka_unit_test(rest),
					   cmocka_unit_test(small) };

	return cmocka_run_group_tests_name("decode/fields", tests, NULL, NULL);
}

/* Refusals of several routes in one message, and the cause of each by made-up facts. */
/* The rules themselves are tested with policy/. */
#include "unit.h"

#include "base/alloc.h"
#include "mem/refusal.h"

#include <errno.h>

static void joins(void **state)
{
	static const struct {
		const char *label;
		struct err first, second;
		enum err_kind kind;
		const char *msg, *cause, *hint;
	} rows[] = {
		{ "two causes",
		  { ERR_REFUSED, EPERM, "a", "x", "do x" }, { ERR_REFUSED, EINVAL, "b", "y", "do y" },
		  ERR_REFUSED, "a; b", "x; y", "do x" },
		{ "the same twice",
		  { ERR_REFUSED, EPERM, "a", "x", "" }, { ERR_REFUSED, EPERM, "a", "x", "do x" },
		  ERR_REFUSED, "a", "x", "do x" },
		{ "kernel over guard",
		  { ERR_GUARD, 0, "a", "x", "do x" }, { ERR_REFUSED, EPERM, "b", "y", "" },
		  ERR_REFUSED, "a; b", "y", "" },
		{ "guard after kernel",
		  { ERR_REFUSED, EPERM, "b", "y", "" }, { ERR_GUARD, 0, "a", "x", "do x" },
		  ERR_REFUSED, "b; a", "y", "" },
		{ "withheld over refused",
		  { ERR_REFUSED, EINVAL, "a", "x", "" }, { ERR_WITHHELD, 0, "b", "y", "do y" },
		  ERR_WITHHELD, "a; b", "x; y", "do y" },
		{ "refused after withheld",
		  { ERR_WITHHELD, 0, "b", "y", "do y" }, { ERR_REFUSED, EINVAL, "a", "x", "" },
		  ERR_WITHHELD, "b; a", "y; x", "do y" },
		{ "no cause known",
		  { ERR_REFUSED, EPERM, "a", "", "" }, { ERR_REFUSED, EPERM, "b", "y", "" },
		  ERR_REFUSED, "a; b", "y", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err all = ERR_INIT;

		refusal_join(&all, &rows[i].first);
		CHECK_NUMBER(rows[i].label, all.kind, rows[i].first.kind);
		refusal_join(&all, &rows[i].second);
		CHECK_NUMBER(rows[i].label, all.kind, rows[i].kind);
		CHECK_TEXT(rows[i].label, all.msg, rows[i].msg);
		CHECK_TEXT(rows[i].label, all.cause, rows[i].cause);
		CHECK_TEXT(rows[i].label, all.hint, rows[i].hint);
	}
}

/* However much is said, what fits is a text. */
static void long_texts(void **state)
{
	struct err all = ERR_INIT, e;

	(void)state;
	for (int i = 0; i < 9; i++) {
		err_set(&e, ERR_REFUSED, "%0100d", i);
		err_cause(&e, "%0100d", i);
		refusal_join(&all, &e);
	}
	CHECK_NUMBER("message", strlen(all.msg), sizeof(all.msg) - 1);
	CHECK_NUMBER("cause", strlen(all.cause), sizeof(all.cause) - 1);
}

static void known(struct mem *m, enum known fact, enum tri value)
{
	facts_observed(m->facts, fact, value, "the test says so");
}

static void open_machine(struct mem *m, bool strict)
{
	struct err e = ERR_INIT;

	memset(m, 0, sizeof(*m));
	m->fd = -1;
	m->live = true;
	m->facts = alloc_zeroed(sizeof(*m->facts));
	m->owns_facts = true;
	assert_non_null(m->facts);
	assert_true(guard_allow(&m->guard, 0, 0x1000, GUARD_LOW, &e));
	assert_true(guard_allow(&m->guard, 0x1000, 0x9f000, GUARD_RAM, &e));
	assert_true(guard_allow(&m->guard, 0x9f000, 0xa0000, GUARD_LOW_MIXED, &e));
	assert_true(guard_allow(&m->guard, 0x100000, 0x200000, GUARD_RAM, &e));
	m->facts->phys_bits = 40;
	for (int i = 0; i < FACT_LEN; i++)
		known(m, (enum known)i, TRI_NO);
	known(m, FACT_STRICT, strict ? TRI_YES : TRI_NO);
	known(m, FACT_PAT, TRI_YES);
	known(m, FACT_PAT_CHECK, TRI_YES);
}

static void explains(void **state)
{
	static const struct {
		const char *label;
		const struct mem_route *route;
		bool strict, forced, opening;
		uint64_t phys;
		int os;
		enum cause cause;
	} rows[] = {
		{ "PAT", &mem_route_mmap, false, false, false, 0x100000, EINVAL, CAUSE_PAT },
		{ "PAT, forced", &mem_route_mmap, false, true, false, 0x100000, EINVAL, CAUSE_PAT },
		{ "strict, mmap", &mem_route_mmap, true, false, false, 0x100000, EPERM,
		  CAUSE_STRICT },
		{ "strict, read", &mem_route_read, true, true, false, 0x100000, EPERM,
		  CAUSE_STRICT },
		{ "direct-map hole", &mem_route_read, false, true, false, 0x101000, EFAULT,
		  CAUSE_DIRECT_MAP_HOLE },
		{ "end of file", &mem_route_read, false, false, false, 0x101000, 0, CAUSE_UNKNOWN },
		{ "not in kcore", &mem_route_kcore, false, false, false, 0, 0, CAUSE_NOT_IN_KCORE },
		{ "part RAM", &mem_route_read, false, false, false, 0x9f000, EFAULT, CAUSE_PART_RAM },
		{ "behind RAM", &mem_route_read, false, false, false, 0x200000, EFAULT,
		  CAUSE_BEYOND_RAM },
		{ "no core", &mem_route_kcore, false, false, true, 0, 0, CAUSE_UNKNOWN },
		{ "no capability", &mem_route_read, false, false, true, 0, EPERM,
		  CAUSE_NO_CAPABILITY },
		{ "no node", &mem_route_mmap, false, false, true, 0, ENOENT, CAUSE_NO_DEVMEM },
		{ "no /proc", &mem_route_kcore, false, false, true, 0, ENOENT, CAUSE_NO_PROC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cause_row *row = &cause_rows[rows[i].cause];
		struct err e = ERR_INIT, why = ERR_INIT;
		char hint[2 * ERR_NOTE_MAX];
		struct mem m;

		/* What works meanwhile is worth a word where --method keeps ramscope from it. */
		snprintf(hint, sizeof(hint), "%s%s%s", row->lift ? row->lift : "",
			 row->lift && row->meanwhile && rows[i].forced ? "; " : "",
			 row->meanwhile && (rows[i].forced || !row->lift) ? row->meanwhile : "");
		open_machine(&m, rows[i].strict);
		m.forced = rows[i].forced;
		err_sys(&e, rows[i].os, "refused");
		e.kind = ERR_REFUSED;
		assert_false(mem_why_not(&m, rows[i].route, &why));
		refusal_note(&m, rows[i].route, rows[i].opening, rows[i].phys, &e);
		assert_true(mem_why_not(&m, rows[i].route, &why));
		CHECK_TEXT(rows[i].label, why.msg, e.msg);
		CHECK_TEXT(rows[i].label, why.cause, row->text);
		CHECK_TEXT(rows[i].label, why.hint, hint);
		refusal_explain(&m, rows[i].route, rows[i].phys, &e);
		CHECK_TEXT(rows[i].label, e.cause, row->text);
		mem_close(&m);
	}
}

static void first_only(void **state)
{
	struct err e = ERR_INIT, why = ERR_INIT;
	struct mem m;

	(void)state;
	open_machine(&m, false);
	err_set(&e, ERR_GUARD, "guard");
	refusal_note(&m, &mem_route_read, false, 0, &e);
	CHECK("the guard's are not the route's", !mem_why_not(&m, &mem_route_read, &why));
	err_set(&e, ERR_REFUSED, "first");
	refusal_note(&m, &mem_route_read, false, 0, &e);
	err_set(&e, ERR_REFUSED, "second");
	refusal_note(&m, &mem_route_read, false, 0, &e);
	assert_true(mem_why_not(&m, &mem_route_read, &why));
	CHECK_TEXT("first", why.msg, "first");
	mem_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(explains),
		cmocka_unit_test(first_only),
	};

	return cmocka_run_group_tests_name("mem/refusal", tests, NULL, NULL);
}

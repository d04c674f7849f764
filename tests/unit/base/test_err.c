/* Errors: what a caller gets, however long the words are. */
/* How they are printed is tested with the binary itself. */
#include "unit.h"

#include <errno.h>

static void set(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	CHECK_NUMBER("at first", e.kind, ERR_NONE);
	CHECK_NUMBER("at first", err_status(&e), 0);
	assert_false(err_set(&e, ERR_RANGE, "'%s' is not a range", "x"));
	CHECK_NUMBER("kind", e.kind, ERR_RANGE);
	CHECK_NUMBER("status", err_status(&e), 5);
	CHECK_TEXT("message", e.msg, "'x' is not a range");
	assert_false(err_cause(&e, "because %d", 1));
	assert_false(err_hint(&e, "try %d", 2));
	CHECK_TEXT("cause", e.cause, "because 1");
	CHECK_TEXT("hint", e.hint, "try 2");

	/* A new error has nothing of the old one. */
	assert_false(err_sys(&e, EPERM, "/dev/mem"));
	CHECK_NUMBER("kind", e.kind, ERR_SYSTEM);
	CHECK_NUMBER("errno", (uint64_t)e.os, EPERM);
	CHECK_TEXT("message", e.msg, "/dev/mem: EPERM Operation not permitted");
	CHECK_TEXT("cause", e.cause, "");
	CHECK_TEXT("hint", e.hint, "");
	assert_false(err_set(&e, ERR_GUARD, "no"));
	CHECK_NUMBER("errno", (uint64_t)e.os, 0);
}

static void context(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_sys(&e, EINVAL, "mmap");
	err_cause(&e, "PAT");
	assert_false(err_while(&e, "page of pfn %#x", 0x10));
	CHECK_TEXT("one", e.msg, "page of pfn 0x10: mmap: EINVAL Invalid argument");
	CHECK_TEXT("cause stays", e.cause, "PAT");
	CHECK_NUMBER("errno stays", (uint64_t)e.os, EINVAL);
	assert_false(err_while(&e, "census"));
	CHECK_TEXT("two", e.msg, "census: page of pfn 0x10: mmap: EINVAL Invalid argument");
	/* A percent sign in an old message is not a format. */
	err_set(&e, ERR_USAGE, "%s", "100%s %n");
	err_while(&e, "in");
	CHECK_TEXT("percent", e.msg, "in: 100%s %n");
}

static void long_words(void **state)
{
	char text[1000];
	struct err e = ERR_INIT;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_USAGE, "%s", text);
	CHECK_NUMBER("set", strlen(e.msg), ERR_MSG_MAX - 1);
	err_sys(&e, EIO, "%s", text);
	CHECK_NUMBER("sys", strlen(e.msg), ERR_MSG_MAX - 1);
	err_while(&e, "%s", text);
	CHECK_NUMBER("while", strlen(e.msg), ERR_MSG_MAX - 1);
	err_cause(&e, "%s", text);
	CHECK_NUMBER("cause", strlen(e.cause), ERR_NOTE_MAX - 1);
	err_hint(&e, "%s", text);
	CHECK_NUMBER("hint", strlen(e.hint), ERR_NOTE_MAX - 1);
	err_set(&e, ERR_USAGE, "short");
	for (int i = 0; i < 200; i++)
		err_while(&e, "level %d", i);
	assert_true(strlen(e.msg) < ERR_MSG_MAX);
}

/* Every kind has a name and a status of its own. */
static void kinds(void **state)
{
	int kind;

	(void)state;
	for (kind = 0; err_kind_status((enum err_kind)kind) >= 0; kind++) {
		CHECK("name", err_name((enum err_kind)kind)[0]);
		CHECK("status", err_kind_status((enum err_kind)kind) < 126);
		for (int other = 0; other < kind; other++) {
			CHECK("own status", err_kind_status((enum err_kind)kind) !=
						err_kind_status((enum err_kind)other));
			CHECK("own name", strcmp(err_name((enum err_kind)kind),
						 err_name((enum err_kind)other)));
		}
	}
	CHECK_NUMBER("last", (uint64_t)kind, ERR_UNSUPPORTED + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set),
		cmocka_unit_test(context),
		cmocka_unit_test(long_words),
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}

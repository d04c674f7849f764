/* errno in words, against the names of errno.h and the words of the host's strerror(). */
/* Which errno a call gives is not asked here. */
#include "base/oserr.h"
#include "unit.h"

#include <errno.h>

#define ROW(e) { e, #e }

static void words(void **state)
{
	static const struct {
		int os;
		const char *name;
	} rows[] = {
		ROW(EPERM),  ROW(ENOENT),  ROW(EIO),	ROW(ENXIO),  ROW(EACCES), ROW(EFAULT),
		ROW(ENODEV), ROW(ENOTDIR), ROW(EISDIR), ROW(EINVAL), ROW(ENOSPC), ROW(EPIPE),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char got[64], want[64];

		oserr_text(rows[i].os, got, sizeof(got));
		snprintf(want, sizeof(want), "%s %s", rows[i].name, strerror(rows[i].os));
		CHECK_TEXT(rows[i].name, got, want);
	}
}

static void unknown(void **state)
{
	char text[64];

	(void)state;
	oserr_text(4095, text, sizeof(text));
	CHECK_TEXT("unknown", text, "errno 4095");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests_name("base/oserr", tests, NULL, NULL);
}

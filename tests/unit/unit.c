/* Helpers that unit tests share. */
/* Expects nothing by itself, but for room. */
#include "unit.h"

#include <unistd.h>

uint8_t *unit_copy(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

static void put(void *arg, const struct fact *fact)
{
	struct unit_facts *facts = arg;

	assert_true(facts->len < UNIT_FACTS_MAX);
	facts->facts[facts->len++] = *fact;
}

struct sink unit_sink(struct unit_facts *facts)
{
	facts->len = 0;
	return (struct sink){ put, facts };
}

const struct fact *unit_fact(const struct unit_facts *facts, const char *key)
{
	for (size_t i = 0; i < facts->len; i++)
		if (!strcmp(facts->facts[i].key, key))
			return &facts->facts[i];
	return NULL;
}

void unit_report(struct report *r, enum report_format format)
{
	char path[] = "/tmp/ramscope-unit-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	report_init(r, fd, format);
}

char *unit_report_end(struct report *r)
{
	struct err e = ERR_INIT;
	off_t size;
	char *text;

	assert_true(report_flush(r, &e));
	size = lseek(r->fd, 0, SEEK_END);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(pread(r->fd, text, (size_t)size, 0), size);
	close(r->fd);
	return text;
}

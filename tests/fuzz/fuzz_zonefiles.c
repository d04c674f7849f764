/* Fuzz target: /proc/zoneinfo, buddyinfo, pagetypeinfo and meminfo, and what is made of their numbers. */
/* The text is cut at bytes of 0xff: zoneinfo first, then the three others. */
#include "machine.h"

#include "census/figures.h"

static struct zonefiles z;
static struct freelists lists;
static struct page_layout layout;

/* The next part, on the heap and no longer than it is, so that a read behind it is found. */
static char *take(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size ? memchr(*data, 0xff, *size) : NULL;
	size_t len = end ? (size_t)(end - *data) : *size;
	char *text = malloc(len + 1);

	MUST(text);
	memcpy(text, *data, len);
	text[len] = '\0';
	*data += len + (end != NULL);
	*size -= len + (end != NULL);
	return text;
}

static void check_names(void)
{
	MUST(z.len <= ZONES_LIST_MAX);
	for (size_t i = 0; i < z.len; i++) {
		const struct zonefiles_zone *zone = &z.zones[i];

		MUST(zone->name[0] && memchr(zone->name, 0, sizeof(zone->name)));
		MUST(zone->orders <= ORDERS_MAX && zone->types <= ZONES_TYPES_MAX);
	}
	for (size_t i = 0; i < ZONES_TYPES_MAX; i++)
		MUST(memchr(z.types[i], 0, sizeof(z.types[i])));
	for (unsigned int i = 0; i < MEMINFO_LEN; i++)
		MUST(z.told >> i & 1 || !z.meminfo[i]);
}

/* Numbers of any size are compared, and each comes out right or wrong. */
static void compare(void)
{
	struct figures f;
	struct err e = ERR_INIT;
	uint64_t wrong = 0;

	MUST(figures_init(&f, &e));
	*f.before = *f.after = z;
	lists.zones.len = z.len ? 1 : 0;
	if (figures_compare(&f, &layout, &lists, &e)) {
		MUST(f.len <= f.room);
		for (size_t i = 0; i < f.len; i++) {
			MUST(f.list[i].name && f.list[i].least <= f.list[i].most);
			wrong += !f.list[i].agrees;
		}
		MUST(wrong == f.open);
	}
	figures_deinit(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct zonefiles *to, const char *text) = {
		zonefiles_zoneinfo, zonefiles_buddyinfo, zonefiles_pagetypeinfo, zonefiles_meminfo,
	};

	memset(&z, 0, sizeof(z));
	for (size_t i = 0; i < ARRAY_LEN(parsers); i++) {
		char *text = take(&data, &size);

		parsers[i](&z, text);
		free(text);
	}
	check_names();
	compare();
	return 0;
}

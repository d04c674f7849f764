/* What the kernel counts itself: /proc/zoneinfo, buddyinfo, pagetypeinfo and meminfo. */
/* Compares nothing. */
#include "census/zonefiles.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/names.h"

#include <string.h>

#define FILE_MAX (4u << 20) /* zoneinfo has 4 lines a processor and zone */

static const char meminfo_names[] = "MemTotal\0MemFree\0AnonPages\0Shmem\0Slab\0PageTables\0"
				    "Hugetlb\0HardwareCorrupted\0SwapCached";

const char *zonefiles_meminfo_name(enum meminfo which)
{
	return name_at(meminfo_names, which);
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

/* Behind word, and the blanks behind that, when text begins with it; else NULL. */
static const char *skip_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) ? NULL : skip_blanks(text + len);
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? skip_blanks(end + 1) : NULL;
}

/* A number and the blanks behind it. */
static const char *number(const char *text, uint64_t *ret_value)
{
	const char *end = num_scan(text, 10, ret_value);

	return end ? skip_blanks(end) : NULL;
}

/* A name, up to a blank, a comma or the line's end; NULL when it is empty or too long. */
static const char *name(const char *text, char *to)
{
	size_t len = strcspn(text, " ,\n");

	if (!len || len >= ZONEFILES_NAME_MAX)
		return NULL;
	memcpy(to, text, len);
	to[len] = '\0';
	return skip_blanks(text + len);
}

/* "Node 0, zone   Normal", with what follows; NULL when it is another line. */
static const char *zone_line(const char *line, unsigned int *ret_nid, char *to)
{
	uint64_t nid;
	const char *at = skip_word(line, "Node");

	at = at ? number(at, &nid) : NULL;
	at = at ? skip_word(at, ",") : NULL;
	at = at ? skip_word(at, "zone") : NULL;
	if (!at || nid > UINT16_MAX)
		return NULL;
	*ret_nid = (unsigned int)nid;
	return name(at, to);
}

static struct zonefiles_zone *add_zone(struct zonefiles *z, unsigned int nid, const char *name_is)
{
	struct zonefiles_zone *zone = &z->zones[z->len];

	if (z->len == ZONES_LIST_MAX)
		return NULL;
	*zone = (struct zonefiles_zone){ .nid = nid };
	if (z->len && zone[-1].nid == nid)
		zone->number = zone[-1].number + 1;
	memcpy(zone->name, name_is, sizeof(zone->name));
	z->len++;
	return zone;
}

static struct zonefiles_zone *find_zone(struct zonefiles *z, unsigned int nid, const char *name_is)
{
	for (size_t i = 0; i < z->len; i++)
		if (z->zones[i].nid == nid && !strcmp(z->zones[i].name, name_is))
			return &z->zones[i];
	return NULL;
}

/* Lines of a zone: the number behind the word. */
static const struct {
	char word[20];
	uint8_t where; /* offsetof in struct zonefiles_zone */
	bool sums; /* one a processor */
} zone_words[] = {
	{ "pages free ", offsetof(struct zonefiles_zone, free), false },
	{ "spanned ", offsetof(struct zonefiles_zone, spanned), false },
	{ "present ", offsetof(struct zonefiles_zone, present), false },
	{ "managed ", offsetof(struct zonefiles_zone, managed), false },
	{ "start_pfn:", offsetof(struct zonefiles_zone, start_pfn), false },
	{ "count:", offsetof(struct zonefiles_zone, percpu), true },
	{ "vm stats threshold:", offsetof(struct zonefiles_zone, threshold), false },
};

static void zone_word(struct zonefiles_zone *zone, const char *line)
{
	uint64_t value;

	if (skip_word(line, "cpu:"))
		zone->cpus++;
	for (size_t i = 0; i < ARRAY_LEN(zone_words); i++) {
		uint64_t *to = (uint64_t *)(void *)((char *)zone + zone_words[i].where);
		const char *at = skip_word(line, zone_words[i].word);

		if (at && number(at, &value))
			*to = zone_words[i].sums ? *to + value : value;
	}
}

void zonefiles_zoneinfo(struct zonefiles *z, const char *text)
{
	struct zonefiles_zone *zone = NULL;
	char name_is[ZONEFILES_NAME_MAX] = "";
	unsigned int nid;

	for (const char *line = skip_blanks(text); line; line = next_line(line)) {
		if (zone_line(line, &nid, name_is))
			zone = add_zone(z, nid, name_is);
		else if (zone)
			zone_word(zone, line);
	}
}

/* Up to ORDERS_MAX numbers; returns how many. */
static size_t numbers(const char *text, uint64_t *to)
{
	size_t len = 0;

	while (text && *text != '\n' && *text && len < ORDERS_MAX) {
		bool more = *text == '>';
		uint64_t value;

		text = number(text + more, &value);
		if (text)
			to[len++] = more ? ZONEFILES_CAPPED : value;
	}
	return len;
}

void zonefiles_buddyinfo(struct zonefiles *z, const char *text)
{
	char name_is[ZONEFILES_NAME_MAX] = "";
	unsigned int nid;

	for (const char *line = skip_blanks(text); line; line = next_line(line)) {
		const char *at = zone_line(line, &nid, name_is);
		struct zonefiles_zone *zone = at ? find_zone(z, nid, name_is) : NULL;

		if (zone)
			zone->orders = numbers(at, zone->blocks);
	}
}

void zonefiles_pagetypeinfo(struct zonefiles *z, const char *text)
{
	char name_is[ZONEFILES_NAME_MAX] = "", type[ZONEFILES_NAME_MAX] = "";
	unsigned int nid;

	/* "Node    0, zone   Normal, type    Movable      1 ..."; lines below have no ", type". */
	for (const char *line = skip_blanks(text); line; line = next_line(line)) {
		const char *at = zone_line(line, &nid, name_is);
		struct zonefiles_zone *zone = at ? find_zone(z, nid, name_is) : NULL;

		at = at ? skip_word(at, ",") : NULL;
		at = at ? skip_word(at, "type") : NULL;
		at = at ? name(at, type) : NULL;
		if (!at || !zone || zone->types == ZONES_TYPES_MAX)
			continue;
		memcpy(z->types[zone->types], type, sizeof(type));
		numbers(at, zone->by_type[zone->types++]);
	}
}

void zonefiles_meminfo(struct zonefiles *z, const char *text)
{
	for (const char *line = skip_blanks(text); line; line = next_line(line)) {
		for (unsigned int i = 0; i < MEMINFO_LEN; i++) {
			const char *at = skip_word(line, zonefiles_meminfo_name((enum meminfo)i));
			uint64_t value;

			at = at && *at == ':' ? number(skip_blanks(at + 1), &value) : NULL;
			if (!at || !skip_word(at, "kB"))
				continue;
			z->told |= 1u << i;
			z->meminfo[i] = value >> (PAGE_SHIFT - 10);
		}
	}
}

static bool read_file(struct zonefiles *z, const char *path,
		      void (*parse)(struct zonefiles *z, const char *text), struct err *e)
{
	char *text;
	size_t len;

	if (!file_read(path, FILE_MAX, &text, &len, e))
		return false;
	parse(z, text);
	alloc_free(text);
	return true;
}

bool zonefiles_read_zones(struct zonefiles *z, struct err *e)
{
	return read_file(z, "/proc/zoneinfo", zonefiles_zoneinfo, e) &&
	       (z->len || err_set(e, ERR_UNSUPPORTED, "/proc/zoneinfo has no zone"));
}

bool zonefiles_read(struct zonefiles *z, struct err *e)
{
	struct err ignored = ERR_INIT;

	memset(z, 0, sizeof(*z));
	if (!zonefiles_read_zones(z, e) ||
	    !read_file(z, "/proc/buddyinfo", zonefiles_buddyinfo, e) ||
	    !read_file(z, "/proc/meminfo", zonefiles_meminfo, e))
		return false;
	(void)!read_file(z, "/proc/pagetypeinfo", zonefiles_pagetypeinfo, &ignored);
	return true;
}

/* What BTF tells of a layout, held against VMCOREINFO and the rules; and taken where they tell nothing. */
/* Asks BTF by the kernel's own names; what they mean is decided in layout.c. */
#include "kernel/layoutbtf.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/fmt.h"

#include <inttypes.h>
#include <string.h>

/* Wanted beside the structs that VMCOREINFO has. */
static const char wanted[][20] = {
	"page", "folio", "pageflags", "pagetype", "zone_type", "compound_dtor_id", "zone_stat_item",
	"mem_section_usage",
};

static void want(struct layoutbtf *b, const char *name, size_t len)
{
	if (len >= BTF_NAME_MAX || b->names_len == LAYOUTBTF_NAMES)
		return;
	for (size_t i = 0; i < b->names_len; i++)
		if (strlen(b->names[i].name) == len && !memcmp(b->names[i].name, name, len))
			return;
	memcpy(b->names[b->names_len++].name, name, len);
}

/* "WORD(name.member)=value"; without a member it is empty. */
struct line {
	char word[8], name[BTF_NAME_MAX], member[BTF_NAME_MAX];
	size_t key_len;
	uint64_t value;
};

/* Takes text up to an end character, if it is short enough; what follows the end, or NULL. */
static const char *take(const char *text, const char *end, const char *stop, char *buf, size_t size)
{
	size_t n = 0;

	while (text + n < end && text[n] != stop[0] && text[n] != stop[1] && n < size - 1)
		n++;
	if (text + n == end || (text[n] != stop[0] && text[n] != stop[1]))
		return NULL;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return text + n + (text[n] == stop[0]);
}

/* One line of VMCOREINFO, from text to end; false when it is of another form. */
static bool split(const char *text, const char *end, struct line *ret_line)
{
	struct line *l = ret_line;
	const char *p = take(text, end, "((", l->word, sizeof(l->word));
	bool minus;

	l->member[0] = '\0';
	p = p ? take(p, end, ".)", l->name, sizeof(l->name)) : NULL;
	if (p && *p != ')')
		p = take(p, end, "))", l->member, sizeof(l->member));
	else if (p)
		p++;
	if (!p || p == end || *p != '=')
		return false;
	l->key_len = (size_t)(p - text);
	minus = p + 1 < end && p[1] == '-';
	if (num_scan(p + 1 + minus, 10, &l->value) != end)
		return false;
	l->value = minus ? 0 - l->value : l->value;
	return true;
}

static const char *line_end(const struct vmcoreinfo *vi, const char *text)
{
	const char *newline = memchr(text, '\n', (size_t)(vi->text + vi->len - text));

	return newline ? newline : vi->text + vi->len;
}

bool layoutbtf_init(struct layoutbtf *b, const struct view *file, const struct vmcoreinfo *vi,
		    struct err *e)
{
	const char *text = vi->text, *end;
	struct line line;

	*b = (struct layoutbtf){ .names_len = 0 };
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		want(b, wanted[i], strlen(wanted[i]));
	for (; text < vi->text + vi->len; text = end + 1) {
		end = line_end(vi, text);
		if (split(text, end, &line) && line.word[0] != 'N')
			want(b, line.name, strlen(line.name));
	}
	return btf_init(&b->btf, file, b->names, b->names_len, e);
}

bool layoutbtf_read(struct layoutbtf *b, const struct vmcoreinfo *vi, struct err *e)
{
	struct view file = { NULL, 0, 0 };
	char *bytes;

	if (!file_read(BTF_PATH, BTF_MAX, &bytes, &file.len, e))
		return false;
	file.bytes = (const uint8_t *)bytes;
	if (!layoutbtf_init(b, &file, vi, e)) {
		alloc_free(bytes);
		return false;
	}
	b->file = bytes;
	return true;
}

void layoutbtf_deinit(struct layoutbtf *b)
{
	btf_deinit(&b->btf);
	alloc_free(b->file);
	b->file = NULL;
}

static uint32_t id_of(const struct layoutbtf *b, const char *name)
{
	for (size_t i = 0; i < b->names_len; i++)
		if (!strcmp(b->names[i].name, name))
			return b->names[i].id;
	return 0;
}

static bool disagree(const char *what, uint64_t told, uint64_t btf, struct err *e)
{
	err_set(e, ERR_DISAGREE, "VMCOREINFO and BTF disagree: %s is %" PRId64 " by the one, %"
		PRId64 " by the other", what, (int64_t)told, (int64_t)btf);
	err_cause(e, "one of them is not of the kernel that runs, or a rule here does not fit it");
	return err_hint(e, "--method=kpageflags, with which the kernel counts; low and dump need no layout");
}

static bool agree(struct layoutbtf *b, const char *what, uint64_t told, uint64_t btf, struct err *e)
{
	if (told != btf)
		return disagree(what, told, btf, e);
	b->agreed++;
	return true;
}

/* An enumerator of the enum of that name. */
static enum btf_answer value_of(const struct layoutbtf *b, const char *in, const char *name,
				uint64_t *ret_value, struct err *e)
{
	uint32_t id = id_of(b, in);

	return id ? btf_value(&b->btf, id, name, ret_value, e) : BTF_NO;
}

/* A member of the struct of that name, at a whole byte. */
static enum btf_answer member_of(const struct layoutbtf *b, const char *in, const char *name,
				 struct btf_member *ret_member, struct err *e)
{
	uint32_t id = id_of(b, in);
	enum btf_answer answer = id ? btf_member(&b->btf, id, name, ret_member, e) : BTF_NO;

	return answer == BTF_YES && (ret_member->bits || ret_member->bit % 8) ? BTF_NO : answer;
}

/* NUMBER(...): what enum has it, and how VMCOREINFO writes it. */
static enum btf_answer number_of(const struct layoutbtf *b, const char *name, uint64_t *ret_value,
				 struct err *e)
{
	static const char type[] = "PAGE_", behind[] = "_MAPCOUNT_VALUE";
	char text[BTF_NAME_MAX + 8];
	enum btf_answer answer;
	size_t len = strlen(name);

	if (!strcmp(name, "PG_head_mask")) {
		answer = value_of(b, "pageflags", "PG_head", ret_value, e);
		*ret_value = 1ull << (*ret_value & 63);
		return answer;
	}
	if (!strncmp(name, "PG_", 3))
		return value_of(b, "pageflags", name, ret_value, e);
	if (len > sizeof(type) + sizeof(behind) && !strncmp(name, type, sizeof(type) - 1) &&
	    !strcmp(name + len - (sizeof(behind) - 1), behind)) {
		size_t n = fmt(text, sizeof(text), "PGTY_%.*s",
			       (int)(len - sizeof(type) - sizeof(behind) + 2), name + sizeof(type) - 1);

		for (size_t i = sizeof(type); i < n; i++)
			text[i] |= 0x20;
		answer = value_of(b, "pagetype", text, ret_value, e);
		*ret_value = (uint64_t)(int64_t)(int32_t)((uint32_t)*ret_value << 24);
		return answer;
	}
	if (!strcmp(name, "HUGETLB_PAGE_DTOR"))
		return value_of(b, "compound_dtor_id", name, ret_value, e);
	return value_of(b, "zone_stat_item", name, ret_value, e);
}

static enum btf_answer told_by_btf(const struct layoutbtf *b, const struct line *l,
				   uint64_t *ret_value, struct err *e)
{
	struct btf_member m;
	enum btf_answer answer;

	*ret_value = 0;
	if (l->word[0] == 'N')
		return number_of(b, l->name, ret_value, e);
	if (!strcmp(l->word, "SIZE")) {
		uint32_t id = id_of(b, l->name);

		return id ? btf_size(&b->btf, id, ret_value, e) : BTF_NO;
	}
	if (!l->member[0])
		return BTF_NO;
	answer = member_of(b, l->name, l->member, &m, e);
	if (answer != BTF_YES)
		return answer;
	if (!strcmp(l->word, "LENGTH"))
		return btf_length(&b->btf, m.type, ret_value, e);
	*ret_value = m.bit / 8;
	return strcmp(l->word, "OFFSET") ? BTF_NO : BTF_YES;
}

bool layoutbtf_compare(struct layoutbtf *b, const struct vmcoreinfo *vi, struct err *e)
{
	const char *text = vi->text, *end;
	struct line line;

	for (; text < vi->text + vi->len; text = end + 1) {
		enum btf_answer answer;
		char key[sizeof(line)];
		uint64_t value;

		end = line_end(vi, text);
		if (!split(text, end, &line))
			continue;
		answer = told_by_btf(b, &line, &value, e);
		fmt(key, sizeof(key), "%.*s", (int)line.key_len, text);
		if (answer == BTF_BROKEN || (answer == BTF_YES && !agree(b, key, line.value, value, e)))
			return false;
	}
	return true;
}

bool layoutbtf_flags(struct layoutbtf *b, struct page_layout *l, struct err *e)
{
	if (!id_of(b, "pageflags"))
		return true;
	for (unsigned int f = 0; f < PF_LEN; f++) {
		uint64_t bit = BIT_ABSENT;
		char name[24];

		fmt(name, sizeof(name), "PG_%s", layout_flag_name((enum page_flag)f));
		if (value_of(b, "pageflags", name, &bit, e) == BTF_BROKEN)
			return false;
		if (l->flag_bit[f] != BIT_ABSENT) {
			if (!agree(b, name, l->flag_bit[f], bit, e))
				return false;
		} else if (bit < 8 * l->word) {
			l->flag_bit[f] = (uint8_t)bit;
			l->known_flags |= 1ull << bit;
		}
	}
	return true;
}

bool layoutbtf_types(struct layoutbtf *b, struct page_layout *l, struct err *e)
{
	if (!id_of(b, "pagetype"))
		return true;
	for (unsigned int t = 0; t < PT_LEN; t++) {
		uint64_t byte = 0;
		char name[24];

		fmt(name, sizeof(name), "PGTY_%s", layout_type_name((enum page_type)t));
		if (value_of(b, "pagetype", name, &byte, e) == BTF_BROKEN)
			return false;
		if (l->type_mask[t]) {
			if (!agree(b, name, l->type_value[t], byte << 24, e))
				return false;
		} else if (byte && byte < 0x100) {
			l->type_mask[t] = 0xff000000u;
			l->type_value[t] = (uint32_t)byte << 24;
		}
	}
	return true;
}

/* Mapcounts in the second struct page: of struct page to 6.1, of struct folio later. */
static const struct {
	uint8_t where; /* offsetof in struct page_layout */
	bool folio;
	char member[20];
} mapcounts[] = {
	{ offsetof(struct page_layout, compound_mapcount), false, "compound_mapcount" },
	{ offsetof(struct page_layout, compound_mapcount), true, "_entire_mapcount" },
	{ offsetof(struct page_layout, large_mapcount), true, "_large_mapcount" },
};

bool layoutbtf_compound(struct layoutbtf *b, struct page_layout *l, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(mapcounts); i++) {
		size_t *known = (size_t *)(void *)((char *)l + mapcounts[i].where);
		size_t from = mapcounts[i].folio ? l->size : 0;
		struct btf_member m;
		enum btf_answer answer = member_of(b, mapcounts[i].folio ? "folio" : "page",
						   mapcounts[i].member, &m, e);
		uint64_t at = answer == BTF_YES ? m.bit / 8 : 0;

		if (answer == BTF_BROKEN)
			return false;
		/* Those of a third struct page, with words of four bytes, are left unknown. */
		if (answer == BTF_NO || at < from || at - from > l->size - 4)
			continue;
		if (*known && !agree(b, mapcounts[i].member, *known, at - from, e))
			return false;
		*known = (size_t)(at - from);
	}
	return true;
}

bool layoutbtf_zones(struct layoutbtf *b, struct page_layout *l, struct err *e)
{
	uint64_t zones = 0, number;

	switch (value_of(b, "zone_type", "__MAX_NR_ZONES", &zones, e)) {
	case BTF_BROKEN:
		return false;
	case BTF_NO:
		return true;
	case BTF_YES:
		break;
	}
	if (l->zones && !agree(b, "MAX_NR_ZONES", l->zones, zones, e))
		return false;
	if (!zones || zones > ZONES_MAX)
		return err_set(e, ERR_BTF, "BTF: %" PRIu64 " zones", zones);
	l->zones = (unsigned int)zones;
	/* By the number of zones their names were likely, no more. */
	memset(l->zone_names, 0, sizeof(l->zone_names));
	for (unsigned int name = 0; name < LAYOUT_ZONE_NAMES; name++) {
		char text[16];
		enum btf_answer answer;

		fmt(text, sizeof(text), "ZONE_%s", layout_zone_name(name));
		for (size_t i = 5; text[i]; i++)
			text[i] = (char)(text[i] >= 'a' ? text[i] - 0x20 : text[i]);
		answer = value_of(b, "zone_type", text, &number, e);
		if (answer == BTF_BROKEN)
			return false;
		if (answer == BTF_NO || number >= zones)
			continue;
		l->zone_names[number] = layout_zone_name(name);
	}
	return true;
}

enum btf_answer layoutbtf_is_classic(const struct layoutbtf *b, struct err *e)
{
	uint32_t id = id_of(b, "mem_section_usage");
	struct btf_member m;
	enum btf_answer answer;

	if (!id)
		return BTF_NO;
	answer = btf_member(&b->btf, id, "subsection_map", &m, e);
	return answer == BTF_BROKEN ? BTF_BROKEN : answer == BTF_YES ? BTF_NO : BTF_YES;
}

/* A structure of the firmware as one string: the one walk over its rows. */
/* Knows no structure. */
#include "decode/fields.h"

#include "base/fmt.h"
#include "base/num.h"

#include <inttypes.h>

/* A row taken apart; name and words lie in it. */
struct row {
	size_t width;
	char form;
	char name[FACT_NAME_MAX];
	const char *words;
};

static unsigned int digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The row behind. */
static const char *read_row(const char *at, struct row *row)
{
	const char *name = at + 2 + (at[2] == ' ');
	size_t len = strcspn(name, ":");

	row->width = digit(at[0]);
	row->form = at[1];
	row->words = name + len;
	if (!len) {
		name = "reserved";
		len = strlen(name);
	}
	len = (size_t)num_least(len, sizeof(row->name) - 1);
	memcpy(row->name, name, len);
	row->name[len] = '\0';
	if (*row->words)
		row->words++;
	return row->words + strlen(row->words) + 1;
}

/* A hexadecimal number; *at goes behind it. */
static uint64_t hex_at(const char **at)
{
	uint64_t value = 0;

	for (; (**at >= '0' && **at <= '9') || (**at >= 'a' && **at <= 'f'); ++*at)
		value = value << 4 | digit(**at);
	return value;
}

/* "value=word" behind the first '|': false when there is none for this value. */
static bool say_special(const char *words, uint64_t value, struct bits_text *t)
{
	while (*(words += strcspn(words, "|"))) {
		words++;
		if (hex_at(&words) == value) {
			bits_text_add(t, "%.*s", (int)strcspn(words + 1, "|"), words + 1);
			return true;
		}
	}
	return false;
}

static void say_number(const struct row *row, uint64_t value, struct bits_text *t)
{
	int len = (int)strcspn(row->words, "|");

	bits_text_add(t, row->form == 'n' ? "%" PRIu64 "%s%.*s" : "%#" PRIx64 "%s%.*s", value,
		      len ? " " : "", len, row->words);
}

void fields_say_size(uint64_t bytes, struct bits_text *t)
{
	unsigned int unit = 0;

	while (unit < 5 && bytes && !(bytes % 1024)) {
		bytes /= 1024;
		unit++;
	}
	bits_text_add(t, "%" PRIu64 " %s%s", bytes, &"\0\0\0\0Ki\0\0Mi\0\0Gi\0\0Ti\0\0Pi"[unit * 4],
		      unit ? "B" : "bytes");
}

static void say_size(const char *words, uint64_t value, struct bits_text *t)
{
	uint64_t factor = hex_at(&words);

	fields_say_size(factor ? value * factor : value, t);
}

static void say_unknown(uint64_t value, struct bits_text *t)
{
	bits_text_add(t, "unknown=%#" PRIx64, value);
}

static void say_one_of(const char *words, uint64_t value, struct bits_text *t)
{
	uint64_t n = hex_at(&words);
	size_t len = 0;

	if (value >= n) {
		words++;
		while (n++ < value && words[strcspn(words, ",|")] == ',')
			words += strcspn(words, ",") + 1;
		len = n > value ? strcspn(words, ",|") : 0;
	}
	if (len)
		bits_text_add(t, "%.*s", (int)len, words);
	else
		say_unknown(value, t);
}

static void say_bytes(const struct view *v, struct bits_text *t)
{
	size_t len = v->len;

	while (len && !v->bytes[len - 1])
		len--;
	if (!len)
		bits_text_add(t, "%zu bytes, all 0", v->len);
	for (size_t i = 0; i < len && t->used + 8 < t->size; i++)
		fmt_append(t->buf, t->size, &t->used, "%s%02x", i && i % 4 == 0 ? " " : "", v->bytes[i]);
	if (len && len < v->len)
		fmt_append(t->buf, t->size, &t->used, " ...");
}

/* UEFI 2.10, appendix A: 32, 16 and 16 bits little-endian, then two bytes and six. */
static void say_guid(const struct view *v, struct bits_text *t)
{
	bits_text_add(t, "%08x-%04x-%04x-%02x%02x-", view_u32(v, 0), view_u16(v, 4),
		      view_u16(v, 6), view_u8(v, 8), view_u8(v, 9));
	for (size_t i = 10; i < 16; i++)
		fmt_append(t->buf, t->size, &t->used, "%02x", view_u8(v, i));
}

static void say_characters(const struct view *v, struct bits_text *t)
{
	size_t len = 0;

	for (size_t i = 0; i < v->len && v->bytes[i]; i++)
		if (v->bytes[i] != ' ')
			len = i + 1;
	bits_text_add(t, "%.*s", (int)len, (const char *)v->bytes);
}

static void say_string(const struct fields *how, unsigned int n, struct bits_text *t)
{
	const char *string = n ? how->string(how->arg, n) : "none";

	if (string)
		bits_text_add(t, "%s", string);
	else
		bits_text_add(t, "no string number %u", n);
}

static bool is_zero(const struct view *v, size_t off, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (v->bytes[off + i])
			return false;
	return true;
}

static void put_inner(void *arg, const struct fact *fact)
{
	bool named = strcmp(fact->name, "reserved") != 0;

	bits_text_add(arg, "%s%s%s", named ? fact->name : "", named ? " " : "", fact->text);
}

static void say_inner(const struct fields *how, const struct row *row, const struct view *v,
		      struct bits_text *t)
{
	struct sink sink = { put_inner, t };
	struct fields inner = *how;

	inner.sink = &sink;
	fields_decode(how->string(how->arg, (unsigned char)*row->words), v, &inner);
}

static void say(const struct row *row, const struct view *v, size_t off, const struct fields *how,
		struct bits_text *t)
{
	struct view field = view_sub(v, off, row->width);
	uint64_t value = view_le(&field, 0, row->width);

	switch (row->form) {
	case 'b':
		bits_say(row->words, value, t);
		if (!t->used)
			bits_text_add(t, "none");
		break;
	case 'c':
		say_characters(&field, t);
		break;
	case 'g':
		say_guid(&field, t);
		break;
	case 'y':
		say_bytes(&field, t);
		break;
	case 's':
		say_string(how, (unsigned int)value, t);
		break;
	case '@':
		if (is_zero(v, off, row->width))
			bits_text_add(t, "none");
		else
			say_inner(how, row, &field, t);
		break;
	case '!':
		how->say(how->arg, v, off, t);
		break;
	case '-':
		say_unknown(value, t);
		break;
	default:
		if (say_special(row->words, value, t))
			break;
		if (row->form == 'e')
			say_one_of(row->words, value, t);
		else if (row->form == 'z')
			say_size(row->words, value, t);
		else
			say_number(row, value, t);
	}
}

static void put(const struct row *row, const struct view *v, size_t off, const struct fields *how)
{
	struct bits_text t;
	struct fact fact;

	/* Too wide for a number, and for words: bytes that are not 0. */
	struct row shown = *row;

	if (row->form == '-' && is_zero(v, off, row->width))
		return;
	if (row->form == '-' && row->width > 8)
		shown.form = 'y';
	fact_init(&fact, row->name, how->number, v->phys + off, row->width);
	fact.value = view_le(v, off, row->width);
	bits_text_init(&t, fact.text, sizeof(fact.text));
	say(&shown, v, off, how, &t);
	how->sink->put(how->sink->arg, &fact);
}

void fields_decode(const char *rows, const struct view *v, const struct fields *how)
{
	struct row row;
	size_t off = 0;

	for (; *rows; off += row.width) {
		rows = read_row(rows, &row);
		if (!row.width)
			row.width = v->len - off ? v->len - off : 1;
		if (!view_has(v, off, row.width))
			break;
		put(&row, v, off, how);
	}
	if (off < v->len)
		put(&(struct row){ v->len - off, 'y', "unknown", "" }, v, off, how);
}

size_t fields_size(const char *rows)
{
	struct row row;
	size_t size = 0;

	while (*rows) {
		rows = read_row(rows, &row);
		size += row.width;
	}
	return size;
}

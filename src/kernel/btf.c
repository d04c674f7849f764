/* BTF, the types of the running kernel: sizes, members, enumerators. */
/* Keeps no copy: a type is found from the next of the starts that are noted. */
#include "kernel/btf.h"

#include "base/alloc.h"

#include <errno.h>
#include <string.h>

#define MAGIC 0xeb9fu
#define HEADER 24u /* bytes of it that are needed; hdr_len may say more */
#define RECORD 12u /* struct btf_type: name, info, size or type */
#define STRIDE 64u /* types from one noted start to the next */
#define CHAIN_MAX 32u /* typedefs and qualifiers in a row */
#define DEPTH_MAX 16u /* of structs without a name inside each other */
#define MEMBERS_MAX 4096u /* looked at for one question; struct page of 7.2 has 60 */

enum btf_kind {
	KIND_VOID,
	KIND_INT,
	KIND_PTR,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FWD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNC,
	KIND_FUNC_PROTO,
	KIND_VAR,
	KIND_DATASEC,
	KIND_FLOAT,
	KIND_DECL_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
	KIND_LEN,
};

/* Bytes behind the record: once, and for each of vlen. */
static const struct {
	uint8_t once, each;
} extra[KIND_LEN] = {
	[KIND_INT] = { 4, 0 },	       [KIND_ARRAY] = { 12, 0 },   [KIND_STRUCT] = { 0, 12 },
	[KIND_UNION] = { 0, 12 },      [KIND_ENUM] = { 0, 8 },	   [KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 },	       [KIND_DATASEC] = { 0, 12 }, [KIND_DECL_TAG] = { 4, 0 },
	[KIND_ENUM64] = { 0, 12 },
};

#define KINDS_COMPOUND (1u << KIND_STRUCT | 1u << KIND_UNION)
#define KINDS_ENUM (1u << KIND_ENUM | 1u << KIND_ENUM64)
#define KINDS_SEEN_THROUGH (1u << KIND_TYPEDEF | 1u << KIND_VOLATILE | 1u << KIND_CONST | \
			    1u << KIND_RESTRICT | 1u << KIND_TYPE_TAG)
#define KINDS_SIZED (KINDS_COMPOUND | KINDS_ENUM | 1u << KIND_INT | 1u << KIND_FLOAT)
#define KINDS_WANTED (KINDS_COMPOUND | KINDS_ENUM | 1u << KIND_TYPEDEF)

struct type {
	uint32_t id, name, kind, vlen, size; /* size: or the type it stands for */
	bool flag;
	size_t at; /* of what stands behind the record */
};

static uint32_t number(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* Where the record behind the one at at begins. */
static size_t record_end(const struct btf *b, size_t at)
{
	uint32_t info = number(b->types.bytes + at + 4), kind = info >> 24 & 0x1f;

	return at + RECORD + extra[kind].once + (size_t)(info & 0xffff) * extra[kind].each;
}

static const char *name_text(const struct btf *b, uint32_t off)
{
	return off < b->strings.len ? (const char *)b->strings.bytes + off : "";
}

/* A few letters of a name in six bits: most of the others are told apart by them. */
static unsigned int letters(const char *name)
{
	const unsigned char *c = (const unsigned char *)name;

	return *c ? (unsigned int)(c[0] ^ c[1] << 2 ^ (c[1] ? c[2] << 4 : 0)) & 63 : 0;
}

static void note_name(struct btf_name *names, size_t len, const char *name, uint32_t id,
		      uint8_t kind)
{
	for (size_t i = 0; i < len; i++) {
		struct btf_name *n = &names[i];

		if (strcmp(n->name, name))
			continue;
		/* A typedef counts only where no tag has the name. */
		if (n->kind && (kind == KIND_TYPEDEF) != (n->kind == KIND_TYPEDEF)) {
			if (kind == KIND_TYPEDEF)
				continue;
			n->kind = 0;
			n->twice = false;
		}
		n->twice = n->kind;
		n->kind = kind;
		n->id = n->twice ? 0 : id;
	}
}

static bool walk(struct btf *b, struct btf_name *names, size_t names_len, struct err *e)
{
	uint64_t wanted = 0;
	size_t at = 0;

	for (size_t i = 0; i < names_len; i++)
		wanted |= 1ull << letters(names[i].name);
	for (b->last = 0; at < b->types.len; b->last++) {
		const uint8_t *record = b->types.bytes + at;
		const char *name;
		uint32_t kind;
		size_t end;

		if (b->types.len - at < RECORD)
			return err_set(e, ERR_BTF, "BTF: type %u is cut off", b->last + 1);
		kind = number(record + 4) >> 24 & 0x1f;
		if (kind == KIND_VOID || kind >= KIND_LEN)
			return err_set(e, ERR_BTF, "BTF: type %u is of kind %u, which is not known",
				       b->last + 1, kind);
		end = record_end(b, at);
		if (end > b->types.len)
			return err_set(e, ERR_BTF, "BTF: type %u is cut off", b->last + 1);
		if (b->last % STRIDE == 0)
			b->starts[b->last / STRIDE] = (uint32_t)at;
		if (KINDS_WANTED >> kind & 1) {
			name = name_text(b, number(record));
			if (wanted >> letters(name) & 1)
				note_name(names, names_len, name, b->last + 1, (uint8_t)kind);
		}
		at = end;
	}
	return true;
}

/* A part of the file behind its header. */
static bool part(const struct view *file, uint32_t header, size_t field, const char *what,
		 struct view *ret_part, struct err *e)
{
	uint64_t off = (uint64_t)header + view_u32(file, field), len = view_u32(file, field + 4);

	if (off > file->len || len > file->len - off)
		return err_set(e, ERR_BTF, "BTF: its %s, %llu bytes at %llu, end behind the file's "
			       "%zu", what, (unsigned long long)len, (unsigned long long)off,
			       file->len);
	*ret_part = view_sub(file, (size_t)off, (size_t)len);
	return true;
}

static bool read_header(struct btf *b, const struct view *file, struct err *e)
{
	uint32_t header = view_u32(file, 4);

	if (file->len < HEADER || view_u16(file, 0) != MAGIC || view_u8(file, 2) != 1)
		return err_set(e, ERR_BTF, "BTF: no header of version 1 (%zu bytes)", file->len);
	if (header < HEADER || header > file->len)
		return err_set(e, ERR_BTF, "BTF: a header of %u bytes", header);
	if (!part(file, header, 8, "types", &b->types, e) ||
	    !part(file, header, 16, "names", &b->strings, e))
		return false;
	if (!b->strings.len || b->strings.bytes[b->strings.len - 1])
		return err_set(e, ERR_BTF, "BTF: the names have no end");
	return true;
}

bool btf_init(struct btf *b, const struct view *file, struct btf_name *names, size_t names_len,
	      struct err *e)
{
	*b = (struct btf){ .last = 0 };
	if (!read_header(b, file, e))
		return false;
	b->starts = alloc_array(b->types.len / RECORD / STRIDE + 1, sizeof(*b->starts));
	if (!b->starts)
		return err_sys(e, ENOMEM, "BTF");
	if (walk(b, names, names_len, e))
		return true;
	btf_deinit(b);
	return false;
}

void btf_deinit(struct btf *b)
{
	alloc_free(b->starts);
	*b = (struct btf){ .last = 0 };
}

static bool find_type(const struct btf *b, uint32_t id, struct type *t, struct err *e)
{
	size_t at;
	uint32_t info;

	if (id > b->last)
		return err_set(e, ERR_BTF, "BTF: there is no type %u, the last is %u", id, b->last);
	if (!id) {
		*t = (struct type){ .kind = KIND_VOID };
		return true;
	}
	at = b->starts[(id - 1) / STRIDE];
	for (uint32_t i = 0; i < (id - 1) % STRIDE; i++)
		at = record_end(b, at);
	info = number(b->types.bytes + at + 4);
	*t = (struct type){ id, number(b->types.bytes + at), info >> 24 & 0x1f, info & 0xffff,
			    number(b->types.bytes + at + 8), info >> 31, at + RECORD };
	return true;
}

/* The type that a chain of typedefs and qualifiers stands for. */
static bool resolve(const struct btf *b, uint32_t id, struct type *t, struct err *e)
{
	for (unsigned int i = 0; i < CHAIN_MAX; i++) {
		if (!find_type(b, i ? t->size : id, t, e))
			return false;
		if (!(KINDS_SEEN_THROUGH >> t->kind & 1))
			return true;
	}
	return err_set(e, ERR_BTF, "BTF: type %u stands for another, and so on, %u times", id,
		       CHAIN_MAX);
}

enum btf_answer btf_size(const struct btf *b, uint32_t id, uint64_t *ret_size, struct err *e)
{
	struct type t;

	if (!resolve(b, id, &t, e))
		return BTF_BROKEN;
	if (!(KINDS_SIZED >> t.kind & 1))
		return BTF_NO;
	*ret_size = t.size;
	return BTF_YES;
}

/* Structs that lie inside each other, and where in them the search is. */
struct search {
	const struct btf *b;
	const char *name;
	struct level {
		struct type type;
		uint32_t next;
		uint64_t bit;
	} levels[DEPTH_MAX];
	unsigned int depth, seen;
};

/* The next member of the innermost: found, or entered if it has no name. */
static enum btf_answer next_member(struct search *s, struct btf_member *m, struct err *e)
{
	struct level *l = &s->levels[s->depth - 1];
	const uint8_t *member = s->b->types.bytes + l->type.at + (size_t)l->next++ * 12;
	uint32_t name = number(member), where = number(member + 8);
	struct type inner;

	*m = (struct btf_member){ l->bit + (l->type.flag ? where & 0xffffff : where),
				  l->type.flag ? where >> 24 : 0, number(member + 4) };
	if (name)
		return strcmp(name_text(s->b, name), s->name) ? BTF_NO : BTF_YES;
	if (!resolve(s->b, m->type, &inner, e))
		return BTF_BROKEN;
	if (!(KINDS_COMPOUND >> inner.kind & 1))
		return BTF_NO;
	if (s->depth == DEPTH_MAX) {
		err_set(e, ERR_BTF, "BTF: type %u has structs without a name inside each other, "
			"%u deep", s->levels[0].type.id, DEPTH_MAX);
		return BTF_BROKEN;
	}
	s->levels[s->depth++] = (struct level){ inner, 0, m->bit };
	return BTF_NO;
}

enum btf_answer btf_member(const struct btf *b, uint32_t id, const char *name,
			   struct btf_member *ret_member, struct err *e)
{
	struct search s = { .b = b, .name = name, .depth = 1 };
	struct btf_member m;

	s.levels[0] = (struct level){ .next = 0 };
	if (!resolve(b, id, &s.levels[0].type, e))
		return BTF_BROKEN;
	if (!(KINDS_COMPOUND >> s.levels[0].type.kind & 1))
		return BTF_NO;
	while (s.depth) {
		enum btf_answer answer;

		if (s.levels[s.depth - 1].next == s.levels[s.depth - 1].type.vlen) {
			s.depth--;
			continue;
		}
		if (s.seen++ == MEMBERS_MAX) {
			err_set(e, ERR_BTF, "BTF: type %u has more than %u members",
				s.levels[0].type.id, MEMBERS_MAX);
			return BTF_BROKEN;
		}
		answer = next_member(&s, &m, e);
		if (answer == BTF_YES)
			*ret_member = m;
		if (answer != BTF_NO)
			return answer;
	}
	return BTF_NO;
}

enum btf_answer btf_length(const struct btf *b, uint32_t id, uint64_t *ret_length, struct err *e)
{
	struct type t;

	if (!resolve(b, id, &t, e))
		return BTF_BROKEN;
	if (t.kind != KIND_ARRAY)
		return BTF_NO;
	*ret_length = number(b->types.bytes + t.at + 8);
	return BTF_YES;
}

enum btf_answer btf_value(const struct btf *b, uint32_t id, const char *name, uint64_t *ret_value,
			  struct err *e)
{
	struct type t;

	if (!resolve(b, id, &t, e))
		return BTF_BROKEN;
	if (!(KINDS_ENUM >> t.kind & 1))
		return BTF_NO;
	for (uint32_t i = 0; i < t.vlen; i++) {
		const uint8_t *entry = b->types.bytes + t.at + (size_t)i * extra[t.kind].each;
		uint32_t low = number(entry + 4);

		if (strcmp(name_text(b, number(entry)), name))
			continue;
		if (t.kind == KIND_ENUM64)
			*ret_value = (uint64_t)number(entry + 8) << 32 | low;
		else
			*ret_value = t.flag ? (uint64_t)(int64_t)(int32_t)low : low;
		return BTF_YES;
	}
	return BTF_NO;
}

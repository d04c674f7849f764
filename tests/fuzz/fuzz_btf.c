/* Fuzz target: BTF, its lookups, and the layout that is held against it. */
/* The input is the file. Chains, nests and lengths are the input's; each answer has an end and stays inside. */
#include "machine.h"

#include "kernel/layoutbtf.h"

#define TYPES 3u /* ids that are asked, beside those of the names */

static void check_member(const struct btf *b, uint32_t id, const char *name)
{
	struct btf_member m = { 1, 2, 3 };
	struct err e = ERR_INIT;
	uint64_t length = 0;

	switch (btf_member(b, id, name, &m, &e)) {
	case BTF_YES:
		MUST(m.bits < 256);
		e = (struct err)ERR_INIT;
		if (btf_length(b, m.type, &length, &e) == BTF_BROKEN)
			MUST(e.kind == ERR_BTF && *e.msg);
		break;
	case BTF_NO:
		MUST(e.kind == ERR_NONE && m.bit == 1 && m.bits == 2 && m.type == 3);
		break;
	case BTF_BROKEN:
		MUST(e.kind == ERR_BTF && *e.msg);
		break;
	}
}

static void check_value(const struct btf *b, uint32_t id, const char *name)
{
	struct err e = ERR_INIT;
	uint64_t value = 5;

	if (btf_value(b, id, name, &value, &e) == BTF_BROKEN)
		MUST(e.kind == ERR_BTF && *e.msg);
	e = (struct err)ERR_INIT;
	if (btf_size(b, id, &value, &e) == BTF_BROKEN)
		MUST(e.kind == ERR_BTF && *e.msg);
}

static void check_type(const struct btf *b, uint32_t id)
{
	static const char *const members[] = { "compound_order", "" };
	static const char *const values[] = { "PG_lru", "" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		check_member(b, id, members[i]);
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		check_value(b, id, values[i]);
}

static void check_layout(const struct view *file, const struct vmcoreinfo *vi)
{
	struct err e = ERR_INIT;
	struct page_layout l;
	struct layoutbtf b;

	if (!layoutbtf_init(&b, file, vi, &e)) {
		MUST(e.kind == ERR_BTF && *e.msg);
		return;
	}
	for (uint32_t id = 0; id <= TYPES; id++)
		check_type(&b.btf, id);
	check_type(&b.btf, b.btf.last);
	check_type(&b.btf, b.btf.last + 1);
	for (size_t i = 0; i < b.names_len; i++) {
		MUST(b.names[i].id <= b.btf.last);
		check_type(&b.btf, b.names[i].id);
	}
	if (layout_init_btf(&l, vi, &b, &e)) {
		MUST(l.zones && l.zones <= ZONES_MAX && l.has_btf);
		MUST(l.compound_mapcount <= l.size - 4 && l.large_mapcount <= l.size - 4);
		for (unsigned int f = 0; f < PF_LEN; f++)
			MUST(l.flag_bit[f] == BIT_ABSENT || l.flag_bit[f] < 64);
	} else {
		MUST(e.kind == ERR_BTF || e.kind == ERR_DISAGREE);
		MUST(*e.msg && (e.kind == ERR_BTF || (*e.cause && *e.hint)));
	}
	layoutbtf_deinit(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[sizeof(machine_vmcoreinfo)];
	const struct vmcoreinfo vi = { .text = text, .len = sizeof(text) - 1 };
	uint8_t *copy = malloc(size ? size : 1);
	const struct view file = { copy, size, 0 };

	MUST(copy);
	memcpy(text, machine_vmcoreinfo, sizeof(text));
	if (size)
		memcpy(copy, data, size);
	check_layout(&file, &vi);
	free(copy);
	return 0;
}

/* Fuzz target: the headers and notes of an ELF core. */
/* The input is the start of the file; the file is as long as that, or much longer. */
#include "machine.h"

#include "mem/elfcore.h"

static bool in_a_segment(const struct elfcore *core, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < core->segments_len; i++)
		if (range_holds(&core->segments[i].phys, start, end))
			return true;
	return false;
}

/* The guard gets whole pages that lie in segments: joined ranges at least begin and end in one. */
static void check_guard(const struct elfcore *core)
{
	struct err e = ERR_INIT;
	struct guard g;

	guard_init(&g);
	if (!elfcore_allow(core, &g, &e))
		MUST(e.kind == ERR_UNSUPPORTED);
	for (size_t i = 0; i < g.len; i++) {
		const struct range *r = &g.ranges[i].phys;

		MUST(r->start < r->end && !(r->start % PAGE_SIZE) && !(r->end % PAGE_SIZE));
		MUST(in_a_segment(core, r->start, r->start + PAGE_SIZE));
		MUST(in_a_segment(core, r->end - PAGE_SIZE, r->end));
	}
}

static void check_notes(const struct view *notes)
{
	static const char *const names[] = { "VMCOREINFO", "CORE", "" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct range desc;

		if (elfcore_find_note(notes, names[i], &desc))
			MUST(desc.start <= desc.end && desc.end <= notes->len);
	}
}

static void check_core(const struct view *head, uint64_t file_size)
{
	static struct elfcore core;
	struct err e = ERR_INIT;

	if (!elfcore_parse(head, file_size, &core, &e)) {
		MUST(e.kind == ERR_NOT_CORE || e.kind == ERR_CLASS || e.kind == ERR_TRUNCATED ||
		     e.kind == ERR_UNSUPPORTED);
		return;
	}
	MUST(core.segments_len && core.segments_len <= ELFCORE_SEGMENTS_MAX);
	for (size_t i = 0; i < core.segments_len; i++) {
		const struct elfcore_segment *s = &core.segments[i];

		MUST(s->phys.start < s->phys.end && s->offset <= file_size &&
		     s->phys.end - s->phys.start <= file_size - s->offset);
	}
	MUST(core.note_file.start <= core.note_file.end && core.note_file.end <= file_size);
	check_guard(&core);
	if (core.note_file.end <= head->len) {
		struct view notes = view_sub(head, (size_t)core.note_file.start,
					     (size_t)(core.note_file.end - core.note_file.start));

		check_notes(&notes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view head = { data, size, 0 };

	check_core(&head, size);
	check_core(&head, INT64_MAX);
	check_notes(&head);
	return 0;
}

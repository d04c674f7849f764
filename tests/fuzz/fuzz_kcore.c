/* Fuzz target: the headers of /proc/kcore, of either class. */
/* The input is the start of the file; segments may lie anywhere behind. */
#include "machine.h"

#include "base/alloc.h"
#include "mem/kcore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view head = { data, size, 0 };
	struct err e = ERR_INIT;
	struct kcore k;

	if (!kcore_parse(&head, &k, &e)) {
		MUST(e.kind == ERR_NOT_CORE || e.kind == ERR_TRUNCATED);
	} else {
		MUST(kcore_head_size(&head) && kcore_head_size(&head) <= size);
		MUST(k.note_file.start <= k.note_file.end && k.note_file.end <= INT64_MAX);
	}
	for (size_t i = 0; i < k.len; i++) {
		const struct kcore_segment *s = &k.segments[i];

		MUST(s->size && s->offset <= INT64_MAX && s->size <= INT64_MAX - s->offset);
		MUST(s->size - 1 <= UINT64_MAX - s->virt);
		MUST(s->phys == KCORE_NO_PHYS || s->size <= UINT64_MAX - s->phys);
	}
	alloc_free(k.segments);
	return 0;
}

/* Fuzz target: /proc/iomem, and the allow-list that is made of it. */
/* The input is the file's text. */
#include "machine.h"

#include "base/alloc.h"
#include "kernel/iomem.h"
#include "kernel/place.h"

static bool in_ram(const struct iomem *iomem, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < iomem->len; i++)
		if (iomem_is_ram(&iomem->ranges[i]) &&
		    range_holds(&iomem->ranges[i].phys, start, end))
			return true;
	return false;
}

static void check_guard(const struct iomem *iomem)
{
	struct err e = ERR_INIT;
	struct guard g;

	guard_init(&g);
	if (!iomem_allow(iomem, &g, &e))
		MUST(e.kind == ERR_UNSUPPORTED);
	for (size_t i = 0; i < g.len; i++) {
		const struct range *r = &g.ranges[i].phys;

		MUST(r->start < r->end && !(r->start % PAGE_SIZE) && !(r->end % PAGE_SIZE));
		MUST(!range_meets(r, LOW_VIDEO_START, LOW_VIDEO_END));
		if (g.ranges[i].class != GUARD_RAM) {
			MUST(r->end <= LOW_END);
			continue;
		}
		MUST(in_ram(iomem, r->start, r->start + PAGE_SIZE));
		MUST(in_ram(iomem, r->end - PAGE_SIZE, r->end));
	}
}

/* A whole page of RAM for the guard is one for the rules. */
static void check_places(const struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];
		struct place p = place_at(iomem, r->phys.start);

		MUST(p.phys == (r->phys.start & PAGE_MASK));
		/* The last page of the address space has no end to compare with. */
		MUST(p.kind != PLACE_UNLISTED || p.phys == (UINT64_MAX & PAGE_MASK));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = alloc_zeroed(size + 1);
	struct err e = ERR_INIT;
	struct iomem iomem;

	MUST(text);
	if (size)
		memcpy(text, data, size);
	if (iomem_parse(text, size, &iomem, &e)) {
		MUST(iomem.len);
		for (size_t i = 0; i < iomem.len; i++) {
			const struct iomem_range *r = &iomem.ranges[i];

			MUST(r->phys.start < r->phys.end);
			MUST(r->name >= text && r->name + strlen(r->name) <= text + size);
		}
		check_guard(&iomem);
		check_places(&iomem);
	} else {
		MUST(e.kind == ERR_IOMEM);
	}
	iomem_deinit(&iomem);
	return 0;
}

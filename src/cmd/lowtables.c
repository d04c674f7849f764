/* ramscope low: what the tables of the first MiB say, field by field. */
/* Follows none of their pointers: ramscope firmware does. */
#include "cmd/low.h"
#include "cmd/records.h"
#include "decode/biostable.h"

#include <inttypes.h>

void lowtables_show(struct report *r, const struct low *low)
{
	for (size_t i = 0; i < low->hits.len; i++) {
		const struct signature_hit *hit = &low->hits.hits[i];
		struct view v = lowmem_view(&low->mem, (uint32_t)hit->phys, LOW_END);

		v = view_sub(&v, 0, hit->len);
		/* The older half of SMBIOS's entry point is told with it. */
		if (!hit->part_of && v.len)
			records_show(r, "table_field", &v, biostable_next);
	}
}

/* The MP configuration table, coreboot's table and what it leads to. */
/* Follows pointers and counts the steps: a table may lead back to itself. */
#include "firmware/boardtables.h"

#include "decode/coreboot.h"
#include "decode/mp.h"
#include "firmware/firmware.h"

/* Of those that lead on: coreboot has one in the first MiB, and nobody has been seen with more than two. */
#define FORWARDS_MAX 8
#define MP_POINTER 4 /* in _MP_ */

/* Again, and as long as its header says. */
static bool reload(struct found *t, struct firmware *f, uint64_t len)
{
	uint64_t phys = t->phys;

	found_deinit(t);
	return found_load(t, ROUTE_POINTER, &f->reach, phys, (size_t)num_least(len, REACH_TABLE_MAX));
}

static void gather_mp(struct boardtables *t, struct firmware *f)
{
	const struct signature_hit *hit = NULL;
	struct mp_table head;

	while (!t->mp.bytes.len && (hit = firmware_hit(f, "_MP_", hit))) {
		struct view pointer = lowmem_view(&f->low.mem, (uint32_t)hit->phys, LOW_END);
		uint32_t phys = view_u32(&pointer, MP_POINTER);

		/* None: one of the default configurations. */
		if (hit->sum != SUM_RIGHT || !phys)
			continue;
		found_deinit(&t->mp);
		if (!found_load(&t->mp, ROUTE_POINTER, &f->reach, phys, MP_HEADER_LEN))
			continue;
		/* Of what is no such table its first bytes are kept, to be shown. */
		if (mp_table(&t->mp.bytes, &head) && head.len > MP_HEADER_LEN)
			(void)reload(&t->mp, f, head.len);
	}
}

/* The table at phys, all of it; false: there is none, and t says why or what is there. */
static bool load_coreboot(struct found *t, struct firmware *f, uint64_t phys, struct coreboot *ret_head)
{
	found_deinit(t);
	return found_load(t, ROUTE_POINTER, &f->reach, phys, COREBOOT_HEADER_LEN) &&
	       coreboot_table(&t->bytes, ret_head) && ret_head->sum != SUM_WRONG && reload(t, f, ret_head->len) &&
	       coreboot_table(&t->bytes, ret_head);
}

/* What a record points to: first its header of len bytes, then with count times each more. */
static void load_place(struct found *t, struct firmware *f, uint64_t phys, size_t len, size_t count_at, size_t each)
{
	if (!phys || !found_load(t, ROUTE_POINTER, &f->reach, phys, len))
		return;
	(void)reload(t, f, len + (uint64_t)view_u32(&t->bytes, count_at) * each);
}

static void gather_coreboot(struct boardtables *t, struct firmware *f)
{
	const struct signature_hit *hit = NULL;
	struct coreboot head = { 0 };

	while (!t->coreboot.bytes.len && (hit = firmware_hit(f, "LBIO", hit))) {
		uint64_t phys = hit->phys;

		for (t->forwards = 0; load_coreboot(&t->coreboot, f, phys, &head) && head.forward &&
				      t->forwards < FORWARDS_MAX; t->forwards++)
			phys = head.forward;
	}
	load_place(&t->stamps, f, head.stamps, COREBOOT_STAMPS_LEN, 12, 12);
	load_place(&t->console, f, head.console, COREBOOT_CONSOLE_LEN, 0, 1);
}

void boardtables_gather(struct boardtables *ret, struct firmware *f)
{
	if (!f->has_low)
		return;
	gather_mp(ret, f);
	gather_coreboot(ret, f);
}

void boardtables_deinit(struct boardtables *t)
{
	found_deinit(&t->mp);
	found_deinit(&t->coreboot);
	found_deinit(&t->stamps);
	found_deinit(&t->console);
}

/* Fuzz target: lists of ranges cut into one map, and the sum that is made of it. */
/* The input is entries of 8 bytes: source, rank and RAM in one; word; start and length in units of a unit. */
#include "machine.h"

#include "physmap/balance.h"

#define ENTRIES_MAX 16

static const char *const words[] = { "System RAM", "Reserved", "ACPI Tables", "a", "b", "mem=1" };

static void make_map(struct physmap *m, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 8 <= size && m->len < ENTRIES_MAX; at += 8) {
		const uint8_t *p = data + at;
		/* Page edges, and bytes next to them; and the end of all addresses. */
		uint64_t start = (uint64_t)(p[2] | p[3] << 8) * 0x400 + p[6];
		uint64_t len = (uint64_t)(p[4] | p[5] << 8) * 0x400 + p[7];
		bool last = p[0] & 0x80;

		physmap_add(m, &(struct physmap_entry){ { start, last ? UINT64_MAX : start + len },
							 words[p[1] % ARRAY_LEN(words)], p[0] >> 4 & 3,
							 p[0] % PHYSMAP_SOURCES, p[0] >> 6 & 1 });
	}
	MUST(!m->bad);
}

/* Who counts at one address, looked up the long way. */
static const struct physmap_entry *winner(const struct physmap *m, unsigned int source, uint64_t at)
{
	const struct physmap_entry *best = NULL;

	for (size_t i = 0; i < m->len; i++) {
		const struct physmap_entry *x = &m->entries[i];

		if (x->source == source && x->phys.start <= at && at < x->phys.end && (!best || best->rank <= x->rank))
			best = x;
	}
	return best;
}

static void check_pieces(const struct physmap *m, struct ranges *ret_ram)
{
	struct physmap_piece piece = { 0 }, before = { 0 };
	uint64_t edges = 0;

	while (physmap_next(m, &piece)) {
		MUST(piece.phys.start < piece.phys.end && piece.phys.start >= before.phys.end);
		/* Nobody speaks of what lies between. */
		if (piece.phys.start > before.phys.end)
			for (unsigned int s = 0; s < PHYSMAP_SOURCES; s++)
				MUST(!winner(m, s, before.phys.end) && !winner(m, s, piece.phys.start - 1));
		for (unsigned int s = 0; s < PHYSMAP_SOURCES; s++) {
			MUST(piece.says[s] == winner(m, s, piece.phys.start));
			MUST(piece.says[s] == winner(m, s, piece.phys.end - 1));
		}
		MUST(piece.phys.start != before.phys.end || memcmp(piece.says, before.says, sizeof(piece.says)));
		if (physmap_is_ram(&piece, PHYSMAP_KERNEL))
			ranges_add(ret_ram, piece.phys.start, piece.phys.end);
		before = piece;
		MUST(++edges <= 2 * ENTRIES_MAX);
	}
}

static void check_overlaps(const struct physmap *m)
{
	size_t i = 0, j = 0, n = 0;

	while (physmap_overlap(m, PHYSMAP_E820, &i, &j)) {
		const struct physmap_entry *a = &m->entries[i], *b = &m->entries[j - 1];

		MUST(i < m->len && j <= i && a->source == PHYSMAP_E820 && b->source == PHYSMAP_E820);
		MUST(range_meets(&a->phys, b->phys.start, b->phys.end) && strcmp(a->what, b->what));
		MUST(++n <= ENTRIES_MAX * ENTRIES_MAX);
	}
}

/* Every sum is what the lines above it come to. */
static void check_balance(const struct balance *b)
{
	uint64_t sum = 0;

	MUST(b->len <= BALANCE_ROWS);
	for (size_t i = 0; i < b->len && !b->bad; i++) {
		const struct balance_row *row = &b->rows[i];

		MUST(!i || row->sign != '=' || row->kib == sum);
		sum = row->sign == '=' ? row->kib : row->sign == '+' ? sum + row->kib : sum - row->kib;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct left_facts facts = { .efi = true, .kernel_end = 1ull << 32 };
	struct ranges bytes = { 0 }, ram = { 0 }, kept = { 0 }, holes = { 0 }, places[KEPT_LEN] = { 0 };
	struct physmap m = { 0 };
	struct balance b;
	struct balance_in in = { .map = &m, .facts = &facts, .ram = &ram, .places = places };

	if (size < 4)
		return 0;
	make_map(&m, data + 4, size - 4);
	check_pieces(&m, &bytes);
	check_overlaps(&m);
	ranges_settle(&bytes);
	ranges_pages(&bytes, &ram);
	for (size_t at = 4; at + 2 <= size && at < 200; at += 2)
		ranges_add(at & 2 ? &kept : &holes, data[at], data[at] + (uint64_t)data[at + 1]);
	ranges_settle(&kept);
	ranges_settle(&holes);
	ranges_add(&places[KEPT_IMAGE], data[0], data[0] + 50u);
	ranges_cut(&ram, &places[KEPT_IMAGE], false, &places[KEPT_ARRAY]);
	MUST(ranges_sum(&places[KEPT_ARRAY]) <= ranges_sum(&ram));
	in.dimms = data[1] * 8u;
	in.total = data[2];
	in.present = data[3];
	if (data[0] & 1) {
		in.reserved = &kept;
		in.holes = &holes;
		in.offline = data[3] & 15;
	}
	balance_make(&in, &b);
	check_balance(&b);
	balance_deinit(&b);
	ranges_deinit(&bytes);
	ranges_deinit(&ram);
	ranges_deinit(&kept);
	ranges_deinit(&holes);
	for (size_t i = 0; i < KEPT_LEN; i++)
		ranges_deinit(&places[i]);
	physmap_deinit(&m);
	return 0;
}

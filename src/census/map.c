/* The page array as a drawing. */
/* Rows of cells; what to leave out is the printer's choice. */
#include "census/map.h"

#include "base/alloc.h"

#include <errno.h>

bool map_init(struct map *m, struct range pfn, size_t rows_max, struct err *e)
{
	uint64_t pages = pfn.end - pfn.start, cells;

	*m = (struct map){ .pfn = pfn, .cell = 1 };
	while ((pages + m->cell - 1) / m->cell > (uint64_t)rows_max * MAP_COLUMNS)
		m->cell *= 2;
	cells = (pages + m->cell - 1) / m->cell;
	m->rows = (size_t)((cells + MAP_COLUMNS - 1) / MAP_COLUMNS);
	m->counts = alloc_array(m->rows * MAP_COLUMNS, sizeof(*m->counts));
	return m->counts ? true : err_sys(e, ENOMEM, "the map");
}

void map_deinit(struct map *m)
{
	alloc_free(m->counts);
	m->counts = NULL;
}

void map_add(void *arg, uint64_t pfn, uint64_t pages, enum kind kind)
{
	struct map *m = arg;
	uint64_t at = pfn - m->pfn.start;

	while (pages) {
		uint64_t n = m->cell - at % m->cell;

		if (n > pages)
			n = pages;
		m->counts[at / m->cell][kind] += (uint32_t)n;
		at += n;
		pages -= n;
	}
}

static char cell_letter(const uint32_t *counts)
{
	enum kind most = KIND_HOLE;

	if (counts[KIND_HWPOISON])
		return kind_letter(KIND_HWPOISON);
	for (unsigned int k = 0; k < KIND_LEN; k++)
		if (counts[k] > counts[most])
			most = (enum kind)k;
	return kind_letter(most);
}

void map_row(const struct map *m, size_t row, char *ret_cells)
{
	for (size_t i = 0; i < MAP_COLUMNS; i++)
		ret_cells[i] = cell_letter(m->counts[row * MAP_COLUMNS + i]);
	ret_cells[MAP_COLUMNS] = '\0';
}

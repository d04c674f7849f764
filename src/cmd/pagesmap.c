/* The page array drawn: rows of cells, a letter each. */
/* Which letter a cell gets, census/map.c decides. */
#include "cmd/pages.h"

#include "base/alloc.h"
#include "base/fmt.h"
#include "census/map.h"

#include <inttypes.h>
#include <string.h>

#define MAP_ROWS 20

static void show_map_row(struct context *c, const struct map *m, size_t row)
{
	char cells[MAP_COLUMNS + 1];
	uint64_t phys = (m->pfn.start + row * MAP_COLUMNS * m->cell) << PAGE_SHIFT;
	const struct field fields[] = {
		{ "phys", NULL, HEX_CELL(phys) },
		{ "cell_pages", NULL, UINT_CELL(m->cell) },
		{ "cells", NULL, TEXT_CELL(cells) },
	};

	map_row(m, row, cells);
	report_json(c->report, "map", fields, ARRAY_LEN(fields));
	report_text(c->report, "%#12" PRIx64 " |%s|", phys, cells);
}

static bool row_is_hole(const struct map *m, size_t row)
{
	char cells[MAP_COLUMNS + 1];

	map_row(m, row, cells);
	return strspn(cells, " ") == MAP_COLUMNS;
}

static void show_legend(struct context *c, const struct census *n)
{
	char line[128];
	size_t used = 0;

	for (unsigned int k = 0; k < KIND_LEN; k++) {
		if (!n->kinds[k])
			continue;
		if (used > 60) {
			report_text(c->report, "%s", line);
			used = 0;
		}
		fmt_append(line, sizeof(line), &used, "%s'%c' %s", used ? "  " : "",
			   kind_letter(k), kind_name(k));
	}
	report_text(c->report, "%s", used ? line : "");
}

bool pagesmap_show(struct pagessource *s, struct err *e)
{
	struct context *c = s->c;
	struct range all = pagessource_range(s);
	struct census *n = alloc_zeroed(sizeof(*n));
	struct map m;
	bool good;

	if (!n)
		return err_set(e, ERR_SYSTEM, "no memory for the census");
	good = map_init(&m, all, MAP_ROWS, e);
	if (good) {
		good = pagessource_scan(s, all, &(struct census_watch){ map_add, &m, CENSUS_EVERY }, n, e);
		if (good) {
			report_text(c->report, "a cell is %" PRIu64 " KiB (%" PRIu64 " pages), a row "
				    "%" PRIu64 " MiB; a cell shows what most of it is",
				    m.cell << (PAGE_SHIFT - 10), m.cell,
				    m.cell * MAP_COLUMNS >> (20 - PAGE_SHIFT));
			for (size_t row = 0; row < m.rows; row++) {
				bool hole = row_is_hole(&m, row);

				if (hole && row && row_is_hole(&m, row - 1))
					continue;
				if (hole && row + 1 < m.rows && row_is_hole(&m, row + 1) &&
				    c->report->format == REPORT_TEXT)
					report_text(c->report, "%*s (no memory)", 12, "...");
				else
					show_map_row(c, &m, row);
			}
			show_legend(c, n);
		}
		map_deinit(&m);
	}
	alloc_free(n);
	return good;
}

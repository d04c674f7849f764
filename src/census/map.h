/* The page array as a drawing: one letter a cell of pages. */
/* Collects runs and gives back rows; prints nothing. */
#ifndef CENSUS_MAP_H
#define CENSUS_MAP_H

#include "base/num.h"
#include "census/kinds.h"

#define MAP_COLUMNS 64
#define MAP_ROWS_MAX 32

struct map {
	struct range pfn;
	uint64_t cell; /* pages a cell, a power of two */
	size_t rows;
	uint32_t (*counts)[KIND_LEN]; /* pages of each kind, by cell; owned */
};

/* Chooses the cell so that there are at most rows_max rows. Kind ERR_SYSTEM: no memory. */
bool map_init(struct map *m, struct range pfn, size_t rows_max, struct err *e)
	__attribute__((warn_unused_result));
void map_deinit(struct map *m);
/* A census_run_fn; arg is the map. */
void map_add(void *arg, uint64_t pfn, uint64_t pages, enum kind kind);
/*
 * The letters of a row, MAP_COLUMNS and a 0. A cell shows the kind most of it is of; one with
 * bad memory, however little, shows that.
 */
void map_row(const struct map *m, size_t row, char *ret_cells);

#endif

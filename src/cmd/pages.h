/* What the files of `ramscope pages` share: where the census comes from, and its drawing. */
/* Only for them: other commands see the section in cmd.h. */
#ifndef CMD_PAGES_H
#define CMD_PAGES_H

#include "census/census.h"
#include "census/kpageflags.h"
#include "cmd/cmd.h"

/* Where the census comes from: struct pages, or, when told is open, what the kernel tells. */
struct pagessource {
	struct context *c;
	struct kpageflags told; /* fd -1: not needed */
	struct err why; /* struct pages are not to be had; ERR_NONE: not asked for */
	char name[40]; /* of the source; by mem_route, with '+' between them when several served */
};

bool pagessource_is_told(const struct pagessource *s);
/* NULL, and *e says why, when neither is to be had. */
struct pagessource *pagessource_open(struct context *c, struct err *e);
void pagessource_close(struct pagessource *s);
/* All there is to count. */
struct range pagessource_range(const struct pagessource *s);
/* As census_scan(); and s->name is set. */
bool pagessource_scan(struct pagessource *s, struct range range, const struct census_watch *watch,
		      struct census *ret_census, struct err *e) __attribute__((warn_unused_result));
/* Before anything else: that it is the lesser source, why, and what it lacks. */
void pagessource_show(const struct pagessource *s);

/* A letter for each cell of pages, and what the letters mean. */
bool pagesmap_show(struct pagessource *s, struct err *e) __attribute__((warn_unused_result));

#endif

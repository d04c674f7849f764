/* Refusals of the routes: what they were, and which rule of the kernel explains them. */
/* Opens and reads no memory. */
#ifndef MEM_REFUSAL_H
#define MEM_REFUSAL_H

#include "mem/mem.h"
#include "policy/cause.h"

/* Remembers the first refusal of each route; what the guard refused is none of the route's. */
void refusal_note(struct mem *m, const struct mem_route *route, bool opening, uint64_t phys,
		  const struct err *e);
/* The route's, or NULL. */
const struct mem_refusal *refusal_find(const struct mem *m, const struct mem_route *route);
/*
 * Cause and hint of an error of kind ERR_REFUSED that has none yet, by the rules and e->os;
 * returns false. The hint says what works meanwhile only where the route was forced.
 */
bool refusal_explain(struct mem *m, const struct mem_route *route, uint64_t phys, struct err *e);
/* The row of a cause into e. */
bool refusal_tell(const struct mem *m, enum cause cause, struct err *e);
/*
 * One more route failed: its message joins those before, its cause too when it is another one. The
 * kind is that which says most: fault, withheld, refused by the kernel, by the guard.
 */
void refusal_join(struct err *all, const struct err *e);

#endif

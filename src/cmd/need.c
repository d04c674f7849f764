/* Steps that commands share: opening memory and kernel once, when first needed. */
/* Reports nothing. */
#include "cmd/cmd.h"

bool cmd_need_memory(struct context *c, struct err *e)
{
	if (c->mem_is_open)
		return true;
	if (!mem_is_method(c->method, e))
		return false;
	if (c->mem_path) {
		c->mem_is_open = mem_open_file(&c->mem, c->mem_path, e);
		return c->mem_is_open;
	}
	if (!mem_open_live(&c->mem, c->method, e))
		return false;
	c->mem_is_open = kernel_open_iomem(&c->kernel, &c->mem, e);
	/* Without /proc/iomem nothing may be touched: the next section is to say so as well. */
	if (!c->mem_is_open)
		mem_close(&c->mem);
	return c->mem_is_open;
}

bool cmd_need_kernel(struct context *c, struct err *e)
{
	if (!cmd_need_memory(c, e))
		return false;
	return c->kernel.is_open || kernel_open(&c->kernel, &c->mem, e);
}

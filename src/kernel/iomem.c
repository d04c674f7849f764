/* /proc/iomem: the parser, and the allow-list that follows from it. */
/* Touches no memory. */
#include "kernel/iomem.h"

#include "base/alloc.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

#define IOMEM_MAX (4u << 20)

static bool bad_line(size_t number, const char *line, const char *why, struct err *e)
{
	return err_set(e, ERR_IOMEM, "line %zu ('%.40s'): %s", number, line, why);
}

static bool parse_line(char *line, size_t number, struct iomem_range *r, struct err *e)
{
	size_t indent = strspn(line, " ");
	uint64_t start = 0, last = 0;
	const char *p;

	p = num_scan(line + indent, 16, &start);
	p = p && *p == '-' ? num_scan(p + 1, 16, &last) : NULL;
	if (!p || strncmp(p, " : ", 3))
		return bad_line(number, line, "not of the form START-END : NAME", e);
	if (last < start || last == UINT64_MAX)
		return bad_line(number, line, "ends before it starts", e);
	r->phys = (struct range){ start, last + 1 };
	r->depth = (unsigned int)(indent / 2);
	r->name = p + 3;
	return true;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n + 1;
}

/* Without CAP_SYS_ADMIN every address is printed as 0: one line of 0-0 after the other. */
static bool all_hidden(const struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->len; i++)
		if (iomem->ranges[i].phys.end > 1)
			return false;
	return true;
}

bool iomem_parse(char *text, size_t len, struct iomem *ret_iomem, struct err *e)
{
	struct iomem *iomem = ret_iomem;
	size_t number = 0;
	char *line = text, *end = text + len;

	*iomem = (struct iomem){ .text = text };
	iomem->ranges = alloc_array(count_lines(text, len), sizeof(*iomem->ranges));
	if (!iomem->ranges)
		return err_sys(e, ENOMEM, "/proc/iomem");
	while (line < end) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		if (newline)
			*newline = '\0';
		number++;
		if (*line && !parse_line(line, number, &iomem->ranges[iomem->len++], e))
			return err_while(e, "/proc/iomem");
		if (!newline)
			break;
		line = newline + 1;
	}
	if (!iomem->len)
		return err_set(e, ERR_IOMEM, "/proc/iomem is empty");
	if (!all_hidden(iomem))
		return true;
	err_set(e, ERR_IOMEM, "/proc/iomem hides its addresses");
	err_cause(e, "only a process with CAP_SYS_ADMIN sees them");
	return err_hint(e, "run as root");
}

bool iomem_read(struct iomem *ret_iomem, struct err *e)
{
	size_t len;
	char *text;

	if (!file_read("/proc/iomem", IOMEM_MAX, &text, &len, e)) {
		if (e->os == ENOENT)
			err_hint(e, "mount -t proc proc /proc");
		return false;
	}
	return iomem_parse(text, len, ret_iomem, e);
}

void iomem_deinit(struct iomem *iomem)
{
	alloc_free(iomem->ranges);
	alloc_free(iomem->text);
	*iomem = (struct iomem){ 0 };
}

bool iomem_is_ram(const struct iomem_range *r)
{
	return !strncmp(r->name, "System RAM", 10);
}

/* The page below 640 KiB in which RAM ends, typically where the EBDA begins. */
static bool allow_low(uint64_t ram_end, struct guard *g, struct err *e)
{
	uint64_t page = ram_end & PAGE_MASK;

	if (!ram_end)
		return true; /* no RAM there at all: nothing is known of what is */
	if (ram_end < LOW_VIDEO_START && ram_end > page &&
	    !guard_allow(g, page, page + PAGE_SIZE, GUARD_LOW_MIXED, e))
		return false;
	if (ram_end < LOW_VIDEO_START) {
		uint64_t rest = (ram_end + PAGE_SIZE - 1) & PAGE_MASK;

		return guard_allow(g, rest, LOW_VIDEO_START, GUARD_LOW, e);
	}
	return true;
}

/* Video memory stays closed whatever a firmware map may call it. */
static bool allow_ram(const struct iomem_range *line, struct guard *g, struct err *e)
{
	struct range r = range_whole_pages(&line->phys);

	return guard_allow(g, r.start, r.end < LOW_VIDEO_START ? r.end : LOW_VIDEO_START,
			   GUARD_RAM, e) &&
	       guard_allow(g, r.start > LOW_VIDEO_END ? r.start : LOW_VIDEO_END, r.end, GUARD_RAM,
			   e);
}

/* The kernel runs there: whatever else is bad or secret, this page is not. */
static void note_healthy(const struct iomem_range *line, struct guard *g)
{
	struct range r = range_whole_pages(&line->phys);

	if (!strcmp(line->name, "Kernel code") && r.start >= LOW_END && guard_is_ram(g, r.start))
		g->healthy = r.start;
}

bool iomem_allow(const struct iomem *iomem, struct guard *g, struct err *e)
{
	uint64_t low_end = 0;

	if (!guard_allow(g, 0, PAGE_SIZE, GUARD_LOW, e))
		return false;
	for (size_t i = 0; i < iomem->len; i++) {
		const struct iomem_range *r = &iomem->ranges[i];

		note_healthy(r, g);
		if (!iomem_is_ram(r))
			continue;
		if (r->phys.start < LOW_VIDEO_START && r->phys.end > low_end)
			low_end = r->phys.end;
		if (!allow_ram(r, g, e))
			return false;
	}
	return allow_low(low_end, g, e) && guard_allow(g, LOW_VIDEO_END, LOW_END, GUARD_LOW, e);
}

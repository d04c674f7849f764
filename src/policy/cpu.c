/* What /proc/cpuinfo says that bears on memory access. */
/* Asks no CPUID: the kernel may know better (nopat, clearcpuid). */
#include "policy/cpu.h"

#include "base/num.h"

#include <string.h>

/* The value of "name : value" on a line of the first processor, up to its newline. */
static const char *line_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, len) && strchr("\t :", text[len]) && text[len]) {
			const char *colon = strchr(text, ':');

			return colon ? colon + 1 : NULL;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = line; *p && *p != '\n';) {
		size_t n = strcspn(p, " \n");

		if (n == len && !memcmp(p, word, len))
			return true;
		p += n;
		p += strspn(p, " ");
	}
	return false;
}

static bool scan(const char *text, uint64_t *ret_value)
{
	return num_scan(text + strspn(text, " "), 10, ret_value) != NULL;
}

bool cpu_parse(const char *text, struct cpu *ret_cpu, struct err *e)
{
	const char *sizes = line_value(text, "address sizes"), *comma;
	const char *flags = line_value(text, "flags");
	uint64_t phys = 0, virt = 0;

	/* "address sizes : 40 bits physical, 48 bits virtual" */
	comma = sizes ? strchr(sizes, ',') : NULL;
	if (!comma || !scan(sizes, &phys) || !scan(comma + 1, &virt) ||
	    phys < 32 || phys > 63)
		return err_set(e, ERR_UNSUPPORTED, "/proc/cpuinfo: no address sizes");
	*ret_cpu = (struct cpu){ (unsigned int)phys, (unsigned int)virt,
				 flags && has_word(flags, "pat"),
				 flags && has_word(flags, "la57"),
				 flags && has_word(flags, "tdx_guest"),
				 flags && has_word(flags, "sev"),
				 flags && has_word(flags, "hypervisor") };
	return true;
}

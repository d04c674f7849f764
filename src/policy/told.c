/* Texts of /proc, /sys and the kernel log, read for the facts that stand in them. */
/* Opens nothing. First told is believed: facts.c asks in the order of how sure each is. */
#include "policy/told.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "policy/cpu.h"

#include <stdarg.h>
#include <string.h>

/* linux/capability.h */
#define CAP_DAC_OVERRIDE 1
#define CAP_DAC_READ_SEARCH 2
#define CAP_SYS_RAWIO 17
#define CAP_SYS_ADMIN 21

static enum tri tri(bool yes)
{
	return yes ? TRI_YES : TRI_NO;
}

void told(struct facts *f, enum known fact, enum tri value, const char *format, ...)
{
	va_list ap;

	if (f->of[fact].value != TRI_UNKNOWN)
		return;
	f->of[fact].value = value;
	va_start(ap, format);
	fmt_list(f->of[fact].from, FACT_FROM_MAX, format, ap);
	va_end(ap);
}

/* security/lockdown/lockdown.c, lockdown_read(): the level in force stands in brackets. */
void told_lockdown(struct facts *f, const char *text)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	static const char levels[] = "[none]\0[integrity]\0[confidentiality]\0";
	const char *level = levels;
	int n = 0;

	if (!close)
		return;
	while (*level && (strncmp(level, open, strlen(level)) || level[strlen(level) - 1] != ']')) {
		level += strlen(level) + 1;
		n++;
	}
	if (!*level)
		return;
	told(f, FACT_LOCKED, tri(n > 0), "/sys/kernel/security/lockdown: %s", level);
	told(f, FACT_LOCKED_KCORE, tri(n > 1), "/sys/kernel/security/lockdown: %s", level);
}

/* The next word of a command line, as kernel/params.c splits them: "a b" keeps its space. */
static const char *next_word(const char *p, size_t *ret_len)
{
	bool quoted = false;
	size_t n = 0;

	p += strspn(p, " \t\n");
	while (p[n] && (quoted || !strchr(" \t\n", p[n])))
		quoted ^= p[n++] == '"';
	*ret_len = n;
	return p;
}

static bool is(const char *word, size_t len, const char *what)
{
	return strlen(what) == len && !memcmp(word, what, len);
}

void told_cmdline(struct facts *f, const char *text)
{
	bool relaxed = false, nopat = false;
	size_t len;

	for (const char *p = next_word(text, &len); len; p = next_word(p + len, &len)) {
		if (is(p, len, "--"))
			break;
		nopat |= is(p, len, "nopat");
		/* The last one counts; any other value is strict or ignored. */
		if (is(p, len, "iomem=relaxed"))
			relaxed = true;
		else if (is(p, len, "iomem=strict"))
			relaxed = false;
		/* Whether the kernel knows the word depends on CONFIG_SECURITY_LOCKDOWN_LSM. */
		if ((is(p, len, "lockdown=integrity") || is(p, len, "lockdown=confidentiality")) &&
		    f->of[FACT_LOCKED].value == TRI_UNKNOWN) {
			fmt(f->of[FACT_LOCKED].from, FACT_FROM_MAX, "/proc/cmdline: %.*s", (int)len, p);
			fmt(f->of[FACT_LOCKED_KCORE].from, FACT_FROM_MAX, "/proc/cmdline: %.*s",
			    (int)len, p);
		}
	}
	if (nopat)
		told(f, FACT_PAT, TRI_NO, "/proc/cmdline: nopat");
	told(f, FACT_RELAXED, tri(relaxed), "/proc/cmdline: %siomem=relaxed", relaxed ? "" : "no ");
}

/* Whether the line is "CONFIG_NAME=y"; off is "# CONFIG_NAME is not set", or no line. */
static bool config_says(const char *line, const char *name)
{
	size_t len;

	/* Most lines differ in the first letter already. */
	if (strncmp(line, "CONFIG_", 7) || line[7] != *name)
		return false;
	len = strlen(name);
	return !strncmp(line + 7, name, len) && line[7 + len] == '=' && line[8 + len] != 'n';
}

void told_config(struct facts *f, const char *path, const char *text)
{
	static const struct {
		enum known fact;
		const char *name; /* behind CONFIG_ */
		bool yes, no; /* does the option's being on, or off, settle the fact? */
	} rows[] = {
		{ FACT_DEVMEM, "DEVMEM", true, true },
		{ FACT_STRICT, "STRICT_DEVMEM", true, true },
		{ FACT_IO_STRICT, "IO_STRICT_DEVMEM", true, true },
		{ FACT_KCORE, "PROC_KCORE", false, true },
		{ FACT_PAT, "X86_PAT", false, true },
		{ FACT_PAE, "X86_PAE", true, true },
		{ FACT_LOCKED, "SECURITY_LOCKDOWN_LSM", false, true },
		{ FACT_LOCKED_KCORE, "SECURITY_LOCKDOWN_LSM", false, true },
		{ FACT_LOCKED, "LOCK_DOWN_KERNEL_FORCE_INTEGRITY", true, false },
		{ FACT_LOCKED, "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", true, false },
		{ FACT_LOCKED_KCORE, "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", true, false },
	};
	bool on[ARRAY_LEN(rows)] = { false }, x86 = false;
	size_t len = strlen(text);

	/* Once over its thousands of lines. */
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		x86 |= config_says(line, "X86");
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			on[i] |= config_says(line, rows[i].name);
	}
	/* Another machine's, or cut short: absence would tell nothing. */
	if (!len || text[len - 1] != '\n' || !x86)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (on[i] && rows[i].yes)
			told(f, rows[i].fact, TRI_YES, "%s: CONFIG_%s=y", path, rows[i].name);
		else if (!on[i] && rows[i].no)
			told(f, rows[i].fact, TRI_NO, "%s: CONFIG_%s is off", path, rows[i].name);
	}
}

/* The first place of what in the log, and how far its line goes on; NULL when there is none. */
static const char *log_find(const char *text, const char *what, size_t *ret_len)
{
	const char *p = names_find(text, what);

	if (p)
		*ret_len = strcspn(p, "\n");
	return p;
}

/* arch/x86/mm/mem_encrypt.c: "Memory Encryption Features active: ..." */
void told_guest(struct facts *f, const char *log)
{
	static const char *const guests[] = { "active: AMD SEV", "active: SEV",
					      "active: Intel TDX" };
	const char *text = names_find(log, "Memory Encryption Features"), *p;
	size_t len;

	for (size_t i = 0; text && i < ARRAY_LEN(guests); i++)
		if ((p = log_find(text, guests[i], &len)))
			told(f, FACT_CONFIDENTIAL, TRI_YES, "kernel log: %.*s", (int)len, p);
}

/*
 * A process can write lines of its own to the log, root only: that can close memory, and opens
 * none.
 */
void told_log(struct facts *f, const char *text)
{
	static const char *const pat_off[] = { "x86/PAT: PAT support disabled",
					       "x86/PAT: PAT not supported",
					       "x86/PAT: MTRRs disabled" };
	const char *p = names_find(text, "Kernel is locked down from ");
	size_t len;

	/* security/lockdown/lockdown.c, lock_kernel_down(); the boot's first line is still there. */
	if (!p && names_find(text, "] Linux version ")) {
		told(f, FACT_LOCKED, TRI_NO, "kernel log: no \"Kernel is locked down\"");
		told(f, FACT_LOCKED_KCORE, TRI_NO, "kernel log: no \"Kernel is locked down\"");
	} else if (p) {
		len = strcspn(p, ";\n");
		told(f, FACT_LOCKED, TRI_YES, "kernel log: %.*s", (int)len, p);
		/* The level stands on the command line, which told_cmdline() has noted. */
		if (!strncmp(p + 27, "command line", 12))
			told(f, FACT_LOCKED_KCORE,
			     tri(names_find(f->of[FACT_LOCKED_KCORE].from, "confidentiality")),
			     "kernel log: %.*s", (int)len, p);
	}
	for (size_t i = 0; i < ARRAY_LEN(pat_off); i++)
		if ((p = log_find(text, pat_off[i], &len)))
			told(f, FACT_PAT, TRI_NO, "kernel log: %.*s", (int)len, p);
	told_guest(f, text);
}

void told_cpuinfo(struct facts *f, const char *text)
{
	struct err ignored = ERR_INIT;
	struct cpu cpu;

	if (!cpu_parse(text, &cpu, &ignored))
		return;
	f->phys_bits = cpu.phys_bits;
	told(f, FACT_PAT, tri(cpu.pat), "/proc/cpuinfo: %s pat", cpu.pat ? "flag" : "no flag");
	if (cpu.tdx_guest || (cpu.sev && cpu.hypervisor))
		told(f, FACT_CONFIDENTIAL, TRI_YES, "/proc/cpuinfo: %s",
		     cpu.tdx_guest ? "flag tdx_guest" : "flags sev, hypervisor");
	told(f, FACT_CONFIDENTIAL, TRI_NO, "/proc/cpuinfo: no flag tdx_guest, no sev of a guest");
}

void told_release(struct facts *f, const char *release, const char *machine)
{
	uint64_t major = 0, minor = 0;
	const char *p = num_scan(release, 10, &major);
	/* i386 to i686 */
	bool narrow = machine[0] == 'i' && !strcmp(machine + 1 + (machine[1] != 0), "86");

	if (narrow || !strcmp(machine, "x86_64"))
		told(f, FACT_32BIT, tri(narrow), "uname: %s", machine);
	p = p && *p == '.' ? num_scan(p + 1, 10, &minor) : NULL;
	if (!p || major > 99 || minor > 999)
		return;
	major = major * 1000 + minor;
	/* arch/x86/mm/pat/memtype.c, range_is_allowed(): there in 5.10 to 6.12, gone in 7.2. */
	if (major >= 5010 && major <= 6012)
		told(f, FACT_PAT_CHECK, TRI_YES, "uname: Linux %s", release);
	else if (major >= 7002)
		told(f, FACT_PAT_CHECK, TRI_NO, "uname: Linux %s", release);
}

/* mm/vmstat.c, zoneinfo_show_print(): "Node 0, zone  HighMem", and later "  start_pfn:  229374". */
void told_zones(struct facts *f, const char *text)
{
	const char *p = names_find(text, "HighMem\n"), *next;
	uint64_t pfn;

	if (names_find(text, ", zone "))
		told(f, FACT_HIGHMEM, tri(p), "/proc/zoneinfo: %s zone HighMem", p ? "has" : "no");
	next = p ? names_find(p, "\nNode ") : NULL;
	p = p ? names_find(p, "start_pfn:") : NULL;
	if (!p || (next && p > next))
		return;
	p += strlen("start_pfn:");
	if (num_scan(p + strspn(p, " "), 10, &pfn) && pfn && pfn < 1u << 20)
		f->lowmem_end = pfn << PAGE_SHIFT;
}

void told_caps(struct facts *f, uint64_t caps, const char *uid_map)
{
	static const struct {
		enum known fact;
		unsigned int bit;
		const char *name;
	} rows[] = {
		{ FACT_CAP_RAWIO, CAP_SYS_RAWIO, "CAP_SYS_RAWIO" },
		{ FACT_CAP_ADMIN, CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	};
	uint64_t inside, outside, count;
	const char *p = uid_map;

	/* capable() asks for the first user namespace, whose map is all users onto themselves. */
	p = p ? num_scan(p + strspn(p, " "), 10, &inside) : NULL;
	p = p ? num_scan(p + strspn(p, " "), 10, &outside) : NULL;
	p = p ? num_scan(p + strspn(p, " "), 10, &count) : NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool has = caps >> rows[i].bit & 1;

		if (has && p && (inside || outside || count != UINT32_MAX))
			told(f, rows[i].fact, TRI_NO, "/proc/self/uid_map: a user namespace");
		told(f, rows[i].fact, tri(has), "CapEff %#llx: %s %s", (unsigned long long)caps,
		     has ? "has" : "lacks", rows[i].name);
	}
}

/* fs/namei.c, acl_permission_check() and generic_permission(). */
void told_mode(struct facts *f, enum known fact, const char *path, const struct told_owner *o)
{
	unsigned int bit = o->euid == o->uid ? 0400 : o->in_group ? 0040 : 0004;
	bool over = o->caps >> CAP_DAC_OVERRIDE & 1 || o->caps >> CAP_DAC_READ_SEARCH & 1;

	told(f, fact, tri(over || o->mode & bit), "%s: mode %u%u%u, owner %u, group %u; user %u", path,
	     o->mode >> 6 & 7, o->mode >> 3 & 7, o->mode & 7, o->uid, o->gid, o->euid);
}

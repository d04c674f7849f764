/* Gathers the facts: opens the files, told.c reads their texts. */
/* No failure is told: what cannot be read leaves its facts unknown. */
#include "policy/facts.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/inflate.h"
#include "base/names.h"
#include "policy/told.h"

#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TEXT_MAX (4u << 20)
#define CONFIG_GZ "/proc/config.gz"
#define GROUPS_MAX 256

/* syslog(2) */
#define LOG_READ_ALL 3
#define LOG_SIZE 10

static void from_file(struct facts *f, const char *path,
		      void (*tell)(struct facts *f, const char *text))
{
	struct err ignored = ERR_INIT;
	size_t len;
	char *text;

	if (!file_read(path, TEXT_MAX, &text, &len, &ignored))
		return;
	tell(f, text);
	alloc_free(text);
}

static void config_gz(struct facts *f)
{
	struct err ignored = ERR_INIT;
	char *packed, *text;
	size_t len;

	if (!file_read(CONFIG_GZ, TEXT_MAX, &packed, &len, &ignored))
		return;
	text = alloc_zeroed(TEXT_MAX);
	/* The last byte stays the 0 behind the text. */
	if (text && inflate_gzip((const uint8_t *)packed, len, (uint8_t *)text, TEXT_MAX - 1, &len))
		told_config(f, CONFIG_GZ, text);
	alloc_free(text);
	alloc_free(packed);
}

static void config_boot(struct facts *f, const char *release)
{
	struct err ignored = ERR_INIT;
	char path[96], *text;
	size_t len;

	fmt(path, sizeof(path), "/boot/config-%s", release);
	if (!file_read(path, TEXT_MAX, &text, &len, &ignored))
		return;
	told_config(f, path, text);
	alloc_free(text);
}

char *facts_log_text(void)
{
	int size = klogctl(LOG_SIZE, NULL, 0);
	char *text = size > 0 ? alloc_zeroed((size_t)size + 1) : NULL;

	if (text && klogctl(LOG_READ_ALL, text, size) > 0)
		return text;
	alloc_free(text);
	return NULL;
}

void facts_log(struct facts *f, void (*tell)(struct facts *f, const char *text))
{
	char *text = facts_log_text();

	if (text)
		tell(f, text);
	alloc_free(text);
}

static void capabilities(struct facts *f, uint64_t caps)
{
	struct err ignored = ERR_INIT;
	char *map = NULL;
	size_t len;

	if (!file_read("/proc/self/uid_map", TEXT_MAX, &map, &len, &ignored))
		map = NULL;
	told_caps(f, caps, map);
	alloc_free(map);
}

static bool in_group(gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, groups);

	while (n-- > 0)
		if (groups[n] == gid)
			return true;
	return getegid() == gid;
}

static void node(struct facts *f, const char *path, enum known exists, enum known mode,
		 uint64_t caps)
{
	struct told_owner o;
	struct stat st;

	if (stat(path, &st)) {
		told(f, exists, TRI_NO, "%s does not exist", path);
		return;
	}
	o = (struct told_owner){ st.st_mode, st.st_uid, st.st_gid, geteuid(), in_group(st.st_gid),
				 caps };
	told(f, exists, TRI_YES, "%s exists", path);
	told_mode(f, mode, path, &o);
}

/* drivers/char/mem.c, chr_dev_init(): the class has a device for each that was configured. */
static void device_class(struct facts *f)
{
	if (!access("/sys/class/mem/mem", F_OK))
		told(f, FACT_DEVMEM, TRI_YES, "/sys/class/mem/mem exists");
	else if (!access("/sys/class/mem/null", F_OK))
		told(f, FACT_DEVMEM, TRI_NO, "/sys/class/mem has no mem");
}

uint64_t facts_caps(void)
{
	/* linux/capability.h: version 3, this process; two sets of 32. */
	struct {
		uint32_t version;
		int pid;
	} header = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2] = { { 0 } };

	if (syscall(SYS_capget, &header, data))
		return 0;
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

void facts_gather(struct facts *f, uint64_t caps)
{
	struct utsname name;

	memset(f, 0, sizeof(*f));
	if (uname(&name))
		name = (struct utsname){ .release = "?" };
	told_release(f, name.release, name.machine);
	told(f, FACT_PROC, access("/proc/self", F_OK) ? TRI_NO : TRI_YES, "/proc/self %s",
	     access("/proc/self", F_OK) ? "does not exist" : "exists");
	capabilities(f, caps);
	node(f, "/dev/mem", FACT_NODE, FACT_MODE_MEM, caps);
	if (f->of[FACT_PROC].value == TRI_YES)
		node(f, "/proc/kcore", FACT_KCORE, FACT_MODE_KCORE, caps);
	device_class(f);
	from_file(f, "/sys/kernel/security/lockdown", told_lockdown);
	from_file(f, "/proc/cmdline", told_cmdline);
	config_gz(f);
	if (f->of[FACT_STRICT].value == TRI_UNKNOWN)
		config_boot(f, name.release);
	facts_log(f, told_log);
	from_file(f, "/proc/cpuinfo", told_cpuinfo);
	from_file(f, "/proc/zoneinfo", told_zones);
}

void facts_observed(struct facts *f, enum known fact, enum tri value, const char *from)
{
	f->of[fact].value = value;
	fmt(f->of[fact].from, FACT_FROM_MAX, "observed: %s", from);
}

const char *facts_name(enum known fact)
{
	return name_at("node\0devmem\0mem-mode\0proc\0kcore\0kcore-mode\0cap-sys-rawio\0"
		       "cap-sys-admin\0lockdown\0lockdown-confidentiality\0strict-devmem\0"
		       "io-strict-devmem\0iomem-relaxed\0pat\0pat-check\0"
		       "32-bit\0pae\0highmem\0confidential-guest",
		       fact);
}

/* Texts of /proc, /sys and the kernel log, true ones and hostile ones, and the facts in them. */
/* The texts are as kernels print them: captured, shortened. */
#include "unit.h"

#include "policy/told.h"

struct want {
	enum known fact;
	enum tri value;
	const char *from; /* NULL: not compared */
};

struct row {
	const char *label, *text;
	struct want want[4]; /* up to the first without a value */
};

static void check(const char *label, const struct facts *f, const struct want *want, size_t len)
{
	for (size_t i = 0; i < len && (want[i].value || want[i].from); i++) {
		CHECK_NUMBER(label, f->of[want[i].fact].value, want[i].value);
		if (want[i].from)
			CHECK_TEXT(label, f->of[want[i].fact].from, want[i].from);
	}
}

static void each(void (*tell)(struct facts *f, const char *text), const struct row *rows, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct facts f = { .phys_bits = 0 };
		char *copy = (char *)unit_copy(rows[i].text, strlen(rows[i].text) + 1);

		tell(&f, copy);
		check(rows[i].label, &f, rows[i].want, 4);
		free(copy);
	}
}

static void lockdown(void **state)
{
	static const struct row rows[] = {
		{ "none", "[none] integrity confidentiality\n",
		  { { FACT_LOCKED, TRI_NO, "/sys/kernel/security/lockdown: [none]" },
		    { FACT_LOCKED_KCORE, TRI_NO, NULL } } },
		{ "integrity", "none [integrity] confidentiality\n",
		  { { FACT_LOCKED, TRI_YES, "/sys/kernel/security/lockdown: [integrity]" },
		    { FACT_LOCKED_KCORE, TRI_NO, NULL } } },
		{ "confidentiality", "none integrity [confidentiality]\n",
		  { { FACT_LOCKED, TRI_YES, NULL }, { FACT_LOCKED_KCORE, TRI_YES, NULL } } },
		{ "an unknown level", "none [paranoia] confidentiality\n",
		  { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
		{ "no end", "none [integrity", { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
		{ "no bracket", "none", { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
		{ "nothing", "", { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
	};

	(void)state;
	each(told_lockdown, rows, ARRAY_LEN(rows));
}

static void cmdline(void **state)
{
	static const struct row rows[] = {
		{ "nothing of it", "console=ttyS0 quiet\n",
		  { { FACT_RELAXED, TRI_NO, "/proc/cmdline: no iomem=relaxed" },
		    { FACT_PAT, TRI_UNKNOWN, "" } } },
		{ "nopat", "quiet nopat panic=1\n", { { FACT_PAT, TRI_NO, "/proc/cmdline: nopat" } } },
		{ "at the end", "quiet nopat", { { FACT_PAT, TRI_NO, NULL } } },
		{ "longer words", "nopatch xnopat nopat=1 iomem=relaxedly\n",
		  { { FACT_PAT, TRI_UNKNOWN, "" }, { FACT_RELAXED, TRI_NO, NULL } } },
		{ "in quotes", "ramscope.cmd=\"why nopat x\" iomem=relaxed\n",
		  { { FACT_PAT, TRI_UNKNOWN, "" },
		    { FACT_RELAXED, TRI_YES, "/proc/cmdline: iomem=relaxed" } } },
		{ "a quote that never ends", "a=\"nopat iomem=relaxed\n",
		  { { FACT_PAT, TRI_UNKNOWN, "" }, { FACT_RELAXED, TRI_NO, NULL } } },
		{ "words for init", "quiet -- nopat iomem=relaxed\n",
		  { { FACT_PAT, TRI_UNKNOWN, "" }, { FACT_RELAXED, TRI_NO, NULL } } },
		{ "the last counts", "iomem=relaxed iomem=strict\n",
		  { { FACT_RELAXED, TRI_NO, NULL } } },
		{ "lockdown alone decides nothing", "lockdown=integrity\n",
		  { { FACT_LOCKED, TRI_UNKNOWN, "/proc/cmdline: lockdown=integrity" } } },
		{ "no level", "lockdown=none\n", { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
		{ "nothing", "", { { FACT_RELAXED, TRI_NO, NULL } } },
	};

	(void)state;
	each(told_cmdline, rows, ARRAY_LEN(rows));
}

static void config_of(struct facts *f, const char *text)
{
	told_config(f, "/proc/config.gz", text);
}

#define X86 "CONFIG_X86=y\n"
static void config(void **state)
{
	static const struct row rows[] = {
		{ "on", X86 "CONFIG_DEVMEM=y\nCONFIG_STRICT_DEVMEM=y\n",
		  { { FACT_STRICT, TRI_YES, "/proc/config.gz: CONFIG_STRICT_DEVMEM=y" },
		    { FACT_IO_STRICT, TRI_NO, "/proc/config.gz: CONFIG_IO_STRICT_DEVMEM is off" },
		    { FACT_DEVMEM, TRI_YES, NULL } } },
		{ "off", "# CONFIG_STRICT_DEVMEM is not set\n" X86,
		  { { FACT_STRICT, TRI_NO, "/proc/config.gz: CONFIG_STRICT_DEVMEM is off" },
		    { FACT_DEVMEM, TRI_NO, NULL } } },
		{ "=n", X86 "CONFIG_STRICT_DEVMEM=n\n", { { FACT_STRICT, TRI_NO, NULL } } },
		{ "names that contain it", X86 "CONFIG_STRICT_DEVMEMS=y\nXCONFIG_STRICT_DEVMEM=y\n",
		  { { FACT_STRICT, TRI_NO, NULL }, { FACT_IO_STRICT, TRI_NO, NULL } } },
		{ "IO_STRICT does not stand for STRICT", X86 "CONFIG_IO_STRICT_DEVMEM=y\n",
		  { { FACT_STRICT, TRI_NO, NULL }, { FACT_IO_STRICT, TRI_YES, NULL } } },
		{ "PAT built in may still be off", X86 "CONFIG_X86_PAT=y\n",
		  { { FACT_PAT, TRI_UNKNOWN, "" } } },
		{ "no PAT", X86, { { FACT_PAT, TRI_NO, "/proc/config.gz: CONFIG_X86_PAT is off" } } },
		{ "lockdown could be", X86 "CONFIG_SECURITY_LOCKDOWN_LSM=y\n",
		  { { FACT_LOCKED, TRI_UNKNOWN, "" }, { FACT_LOCKED_KCORE, TRI_UNKNOWN, "" } } },
		{ "no lockdown", X86, { { FACT_LOCKED, TRI_NO, NULL },
					{ FACT_LOCKED_KCORE, TRI_NO, NULL } } },
		{ "forced", X86 "CONFIG_SECURITY_LOCKDOWN_LSM=y\n"
			    "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY=y\n",
		  { { FACT_LOCKED, TRI_YES, NULL }, { FACT_LOCKED_KCORE, TRI_YES, NULL } } },
		{ "forced, a little", X86 "CONFIG_SECURITY_LOCKDOWN_LSM=y\n"
					  "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n",
		  { { FACT_LOCKED, TRI_YES, NULL }, { FACT_LOCKED_KCORE, TRI_UNKNOWN, "" } } },
		{ "another machine's", "CONFIG_ARM=y\nCONFIG_STRICT_DEVMEM=y\n",
		  { { FACT_STRICT, TRI_UNKNOWN, "" } } },
		{ "cut short", X86 "CONFIG_STRICT_DE", { { FACT_STRICT, TRI_UNKNOWN, "" } } },
		{ "value missing", X86 "CONFIG_STRICT_DEVMEM=\n", { { FACT_STRICT, TRI_YES, NULL } } },
		{ "nothing", "", { { FACT_STRICT, TRI_UNKNOWN, "" } } },
	};

	(void)state;
	each(config_of, rows, ARRAY_LEN(rows));
}

#define BOOT "<5>[    0.000000] Linux version 6.1.192\n"
static void kernel_log(void **state)
{
	static const struct row rows[] = {
		{ "from the start, and nothing", BOOT "<6>[    0.1] x86/PAT: Configuration [0-7]: WB\n",
		  { { FACT_LOCKED, TRI_NO, "kernel log: no \"Kernel is locked down\"" },
		    { FACT_LOCKED_KCORE, TRI_NO, NULL }, { FACT_PAT, TRI_UNKNOWN, "" } } },
		{ "the start is gone", "<6>[ 9.0] usb 1-1: new device\n",
		  { { FACT_LOCKED, TRI_UNKNOWN, "" }, { FACT_PAT, TRI_UNKNOWN, "" } } },
		{ "nopat", BOOT "<6>[    0.02] x86/PAT: PAT support disabled via boot option.\n<6>x\n",
		  { { FACT_PAT, TRI_NO,
		      "kernel log: x86/PAT: PAT support disabled via boot option." } } },
		{ "no MTRR", "<6>[ 0.0] x86/PAT: MTRRs disabled, skipping PAT initialization too.\n",
		  { { FACT_PAT, TRI_NO, NULL } } },
		{ "locked", BOOT "<5>[    0.0] Kernel is locked down from EFI Secure Boot; see man "
				 "kernel_lockdown.7\n",
		  { { FACT_LOCKED, TRI_YES, "kernel log: Kernel is locked down from EFI Secure Boot" },
		    { FACT_LOCKED_KCORE, TRI_UNKNOWN, "" } } },
		{ "SEV", "<6>[    0.2] Memory Encryption Features active: AMD SEV SEV-ES\n",
		  { { FACT_CONFIDENTIAL, TRI_YES, "kernel log: active: AMD SEV SEV-ES" } } },
		{ "SEV, 5.10", "<6>[    0.2] AMD Memory Encryption Features active: SEV\n",
		  { { FACT_CONFIDENTIAL, TRI_YES, NULL } } },
		{ "TDX", "<6>[    0.2] Memory Encryption Features active: Intel TDX\n",
		  { { FACT_CONFIDENTIAL, TRI_YES, NULL } } },
		{ "SME is a host's", "<6>[    0.2] Memory Encryption Features active: AMD SME\n",
		  { { FACT_CONFIDENTIAL, TRI_UNKNOWN, "" } } },
		{ "cut in a word", "<5>[ 0.0] Kernel is locked down from ",
		  { { FACT_LOCKED, TRI_YES, NULL } } },
		{ "nothing", "", { { FACT_LOCKED, TRI_UNKNOWN, "" } } },
	};

	(void)state;
	each(told_log, rows, ARRAY_LEN(rows));
}

/* The level of "from command line" is what the command line says. */
static void locked_by_word(void **state)
{
	static const char log[] = BOOT "<5>[ 0.0] Kernel is locked down from command line; see man\n";
	static const struct row rows[] = {
		{ "integrity", "lockdown=integrity\n",
		  { { FACT_LOCKED, TRI_YES, "kernel log: Kernel is locked down from command line" },
		    { FACT_LOCKED_KCORE, TRI_NO, NULL } } },
		{ "confidentiality", "lockdown=confidentiality\n",
		  { { FACT_LOCKED, TRI_YES, NULL }, { FACT_LOCKED_KCORE, TRI_YES, NULL } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = { .phys_bits = 0 };

		told_cmdline(&f, rows[i].text);
		told_log(&f, log);
		check(rows[i].label, &f, rows[i].want, 4);
	}
}

static void cpuinfo(void **state)
{
#define CPU(flags) "flags\t\t: fpu " flags " sse\naddress sizes\t: 40 bits physical, 48 bits virtual\n"
	static const struct row rows[] = {
		{ "PAT", CPU("pat"),
		  { { FACT_PAT, TRI_YES, "/proc/cpuinfo: flag pat" },
		    { FACT_CONFIDENTIAL, TRI_NO, NULL } } },
		{ "no PAT", CPU("apic"), { { FACT_PAT, TRI_NO, "/proc/cpuinfo: no flag pat" } } },
		{ "TDX", CPU("hypervisor tdx_guest"),
		  { { FACT_CONFIDENTIAL, TRI_YES, "/proc/cpuinfo: flag tdx_guest" } } },
		{ "SEV guest", CPU("hypervisor sev sev_es"), { { FACT_CONFIDENTIAL, TRI_YES, NULL } } },
		{ "SEV host", CPU("sev sev_es"), { { FACT_CONFIDENTIAL, TRI_NO, NULL } } },
		{ "a plain guest", CPU("hypervisor"), { { FACT_CONFIDENTIAL, TRI_NO, NULL } } },
		{ "another format", "cpu : 1\n", { { FACT_PAT, TRI_UNKNOWN, "" } } },
	};

	(void)state;
	each(told_cpuinfo, rows, ARRAY_LEN(rows));
}

static void release(void **state)
{
	static const struct {
		const char *release, *machine;
		enum tri check, narrow;
	} rows[] = {
		{ "6.1.192-ramscope", "x86_64", TRI_YES, TRI_NO },
		{ "5.10.0-28-686-pae", "i686", TRI_YES, TRI_YES },
		{ "6.12.107+deb13-cloud-amd64", "x86_64", TRI_YES, TRI_NO },
		{ "7.2.13", "x86_64", TRI_NO, TRI_NO },
		{ "8.0", "i586", TRI_NO, TRI_YES },
		{ "10.0.1", "x86_64", TRI_NO, TRI_NO },
		{ "6.13.0", "x86_64", TRI_UNKNOWN, TRI_NO },
		{ "7.1.9", "x86_64", TRI_UNKNOWN, TRI_NO },
		{ "5.9.0", "x86_64", TRI_UNKNOWN, TRI_NO },
		{ "6", "x86_64", TRI_UNKNOWN, TRI_NO },
		{ "", "", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "6.x", "i", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "99999999999999999999.1", "aarch64", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "6.4294967297", "i86", TRI_UNKNOWN, TRI_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = { .phys_bits = 0 };

		told_release(&f, rows[i].release, rows[i].machine);
		CHECK_NUMBER(rows[i].release, f.of[FACT_PAT_CHECK].value, rows[i].check);
		CHECK_NUMBER(rows[i].release, f.of[FACT_32BIT].value, rows[i].narrow);
	}
}

static void zones(void **state)
{
	static const struct {
		const char *label, *text;
		uint64_t end;
		enum tri zone;
	} rows[] = {
		{ "highmem", "Node 0, zone   Normal\n  pages free 1\n  start_pfn:           4096\n"
			     "Node 0, zone  HighMem\n  pages free 7\n  start_pfn:           229344\n",
		  0x37fe0000, TRI_YES },
		{ "none", "Node 0, zone   Normal\n  start_pfn:           4096\n", 0, TRI_NO },
		{ "empty", "Node 0, zone  HighMem\n  pages free 0\nNode 0, zone  Movable\n"
			   "  start_pfn: 5\n", 0, TRI_YES },
		{ "no number", "Node 0, zone  HighMem\n  start_pfn: x\n", 0, TRI_YES },
		{ "too large", "Node 0, zone  HighMem\n  start_pfn: 99999999\n", 0, TRI_YES },
		{ "cut", "Node 0, zone  HighMem\n  start_pfn:", 0, TRI_YES },
		{ "nothing", "", 0, TRI_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = { .phys_bits = 0 };

		told_zones(&f, rows[i].text);
		CHECK_NUMBER(rows[i].label, f.lowmem_end, rows[i].end);
		CHECK_NUMBER(rows[i].label, f.of[FACT_HIGHMEM].value, rows[i].zone);
	}
}

static void caps(void **state)
{
	static const char all[] = "         0          0 4294967295\n";
	static const struct {
		const char *label;
		uint64_t caps;
		const char *map;
		enum tri rawio, admin;
	} rows[] = {
		{ "root", 0x1ffffffffff, all, TRI_YES, TRI_YES },
		{ "nobody", 0, all, TRI_NO, TRI_NO },
		{ "bit 17 alone", 1u << 17, all, TRI_YES, TRI_NO },
		{ "bit 21 alone", 1u << 21, all, TRI_NO, TRI_YES },
		{ "all but bit 17", ~(1ull << 17), all, TRI_NO, TRI_YES },
		{ "root of a user namespace", 0x1ffffffffff, "0 1000 1\n", TRI_NO, TRI_NO },
		{ "shifted", 0x1ffffffffff, "0 100000 65536\n", TRI_NO, TRI_NO },
		{ "some users onto themselves", 0x1ffffffffff, "0 0 1000\n", TRI_NO, TRI_NO },
		{ "no map", 0x1ffffffffff, NULL, TRI_YES, TRI_YES },
		{ "a map that is none", 0x1ffffffffff, "x\n", TRI_YES, TRI_YES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = { .phys_bits = 0 };

		told_caps(&f, rows[i].caps, rows[i].map);
		CHECK_NUMBER(rows[i].label, f.of[FACT_CAP_RAWIO].value, rows[i].rawio);
		CHECK_NUMBER(rows[i].label, f.of[FACT_CAP_ADMIN].value, rows[i].admin);
	}
}

static void mode(void **state)
{
	static const struct {
		const char *label;
		struct told_owner o;
		enum tri may;
	} rows[] = {
		{ "owner", { 0100400, 0, 0, 0, false, 0 }, TRI_YES },
		{ "owner who may not", { 0044, 0, 0, 0, true, 0 }, TRI_NO },
		{ "group", { 0640, 0, 15, 1000, true, 0 }, TRI_YES },
		{ "group that may not", { 0604, 0, 15, 1000, true, 0 }, TRI_NO },
		{ "neither", { 0640, 0, 15, 1000, false, 0 }, TRI_NO },
		{ "all", { 0644, 0, 15, 1000, false, 0 }, TRI_YES },
		{ "CAP_DAC_OVERRIDE", { 0, 0, 0, 1000, false, 1u << 1 }, TRI_YES },
		{ "CAP_DAC_READ_SEARCH", { 0, 0, 0, 1000, false, 1u << 2 }, TRI_YES },
		{ "other capabilities", { 0, 0, 0, 1000, false, ~6ull }, TRI_NO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = { .phys_bits = 0 };

		told_mode(&f, FACT_MODE_MEM, "/dev/mem", &rows[i].o);
		CHECK_NUMBER(rows[i].label, f.of[FACT_MODE_MEM].value, rows[i].may);
		if (!i)
			CHECK_TEXT(rows[i].label, f.of[FACT_MODE_MEM].from,
				   "/dev/mem: mode 400, owner 0, group 0; user 0");
	}
}

static void first_is_believed(void **state)
{
	struct facts f = { .phys_bits = 0 };
	char long_path[200];

	(void)state;
	told(&f, FACT_PAT, TRI_NO, "here");
	told(&f, FACT_PAT, TRI_YES, "there");
	assert_int_equal(f.of[FACT_PAT].value, TRI_NO);
	assert_string_equal(f.of[FACT_PAT].from, "here");
	facts_observed(&f, FACT_PAT, TRI_YES, "mmap");
	assert_int_equal(f.of[FACT_PAT].value, TRI_YES);
	assert_string_equal(f.of[FACT_PAT].from, "observed: mmap");
	memset(long_path, 'p', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	told_config(&f, long_path, X86);
	assert_int_equal(strlen(f.of[FACT_STRICT].from), FACT_FROM_MAX - 1);
}

/* The names follow the enumeration. */
static void names(void **state)
{
	(void)state;
	assert_string_equal(facts_name(FACT_NODE), "node");
	assert_string_equal(facts_name(FACT_CAP_RAWIO), "cap-sys-rawio");
	assert_string_equal(facts_name(FACT_STRICT), "strict-devmem");
	assert_string_equal(facts_name(FACT_PAT_CHECK), "pat-check");
	assert_string_equal(facts_name(FACT_LEN - 1), "confidential-guest");
}

/* On whatever this runs: nothing fails, and what every Linux tells is told. */
static void gather(void **state)
{
	struct facts f;

	(void)state;
	facts_gather(&f, facts_caps());
	assert_int_not_equal(f.of[FACT_NODE].value, TRI_UNKNOWN);
	assert_int_not_equal(f.of[FACT_PROC].value, TRI_UNKNOWN);
	assert_int_not_equal(f.of[FACT_CAP_RAWIO].value, TRI_UNKNOWN);
	for (size_t i = 0; i < FACT_LEN; i++)
		assert_true(f.of[i].value == TRI_UNKNOWN || f.of[i].from[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lockdown), cmocka_unit_test(cmdline), cmocka_unit_test(config),
		cmocka_unit_test(kernel_log), cmocka_unit_test(locked_by_word),
		cmocka_unit_test(cpuinfo), cmocka_unit_test(release), cmocka_unit_test(zones),
		cmocka_unit_test(caps), cmocka_unit_test(mode),
		cmocka_unit_test(first_is_believed), cmocka_unit_test(names),
		cmocka_unit_test(gather),
	};

	return cmocka_run_group_tests_name("policy/told", tests, NULL, NULL);
}

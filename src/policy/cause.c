/* Why the kernel refuses: the table. */
/* Its sources, where no other is named: drivers/char/mem.c, arch/x86/mm, fs/proc/kcore.c, 5.10 to 7.2. */
#include "policy/cause.h"

#include <stddef.h>

#define REBUILD "only a kernel built with CONFIG_STRICT_DEVMEM=n; no word on the command line"
#define BY_KCORE "/proc/kcore shows the same RAM"

const struct cause_row cause_rows[CAUSE_LEN] = {
	[CAUSE_NONE] = { "none", "nothing stands in the way", NULL, NULL },
	[CAUSE_UNKNOWN] = { "unknown", "no rule known here gives this answer", NULL, NULL },

	/* memory_open(): a minor number without a driver is ENXIO, and has no node in devtmpfs. */
	[CAUSE_NO_DEVMEM] = { "no-devmem", "this kernel was built without CONFIG_DEVMEM",
			      "only a kernel built with CONFIG_DEVMEM=y", BY_KCORE },
	[CAUSE_NO_NODE] = { "no-node", "there is no /dev/mem here, though the kernel has it",
			    "mount -t devtmpfs devtmpfs /dev", BY_KCORE },
	[CAUSE_NO_PROC] = { "no-proc", "/proc is not mounted", "mount -t proc proc /proc", NULL },
	[CAUSE_NO_KCORE] = { "no-kcore", "this kernel was built without CONFIG_PROC_KCORE",
			     "only a kernel built with CONFIG_PROC_KCORE=y", NULL },
	[CAUSE_FILE_MODE] = { "file-mode", "the owner and mode of the file forbid it",
			      "run as root", NULL },
	/* open_port(), open_kcore(): capable(CAP_SYS_RAWIO). */
	[CAUSE_NO_CAPABILITY] = { "no-capability", "this process lacks CAP_SYS_RAWIO",
				  "run as root with CAP_SYS_RAWIO", NULL },
	/* security_locked_down(LOCKDOWN_DEV_MEM), (LOCKDOWN_KCORE): security/lockdown/lockdown.c. */
	[CAUSE_LOCKDOWN] = { "lockdown", "the kernel is locked down",
			     "boot without \"lockdown=\", and without Secure Boot where that sets it",
			     BY_KCORE ", unless the level is confidentiality" },
	[CAUSE_LOCKDOWN_KCORE] = { "lockdown-kcore",
				   "the kernel is locked down for confidentiality",
				   "boot without \"lockdown=\", or with \"lockdown=integrity\"",
				   "/proc/kpageflags still tells what pages are used for" },
	[CAUSE_LSM] = { "lsm", "a security module or a device cgroup forbids it",
			"change its policy", NULL },

	/* devmem_is_allowed(): System RAM from 1 MiB on; lib/Kconfig.debug, STRICT_DEVMEM. */
	[CAUSE_STRICT] = { "strict-devmem", "CONFIG_STRICT_DEVMEM forbids RAM above 1 MiB",
			   REBUILD, BY_KCORE },
	[CAUSE_STRICT_ZEROS] = { "strict-zeros",
				 "CONFIG_STRICT_DEVMEM: read() gives zeros for RAM below 1 MiB",
				 REBUILD, "mmap of the page shows its true bytes" },
	/* iomem_is_exclusive(), kernel/resource.c. */
	[CAUSE_IO_STRICT] = { "io-strict-devmem",
			      "a driver has claimed the page (CONFIG_IO_STRICT_DEVMEM)",
			      "boot with \"iomem=relaxed\"", NULL },
	/* The same on i386 with PAE: its argument is cut to 32 bits. */
	[CAUSE_EXCLUSIVE_WRAP] = { "exclusive-wrap",
				   "the 32-bit kernel judges the address modulo 4 GiB",
				   "boot with \"iomem=relaxed\"", NULL },
	/* phys_mem_access_prot_allowed() and range_is_allowed() of memtype.c, up to 6.12. */
	[CAUSE_PAT] = { "pat", "PAT forbids mmap of RAM", "boot with \"nopat\"",
			"read() works, and ramscope uses it by itself" },
	[CAUSE_PAT_CONFLICT] = { "pat-conflict",
				 "the page is mapped elsewhere with another cache type", NULL,
				 "other pages are not concerned" },
	/* valid_mmap_phys_addr_range(), arch/x86/mm/mmap.c. */
	[CAUSE_BEYOND_CPU] = { "beyond-cpu", "the CPU has no such physical address", NULL, NULL },
	/* valid_phys_addr_range(): read() ends where the direct map does. */
	[CAUSE_BEYOND_RAM] = { "beyond-ram", "read() ends with the kernel's direct map of RAM",
			       NULL, NULL },
	[CAUSE_BEYOND_TYPE] = { "beyond-type", "the address does not fit the kernel's own type",
				"a kernel with PAE, or of 64 bits", NULL },
	[CAUSE_NOT_IN_KCORE] = { "not-in-kcore", "/proc/kcore shows RAM only", NULL, NULL },
	/* copy_from_kernel_nofault(): memfd_secret, debug_pagealloc, hwpoison. */
	[CAUSE_DIRECT_MAP_HOLE] = { "direct-map-hole",
				    "the kernel itself has the page unmapped: secret, freed or bad",
				    NULL, "leave it alone" },

	/* revoke_iomem(), drivers/char/mem.c: no fault handler behind the mapping. */
	[CAUSE_REVOKED] = { "revoked", "a driver claimed the page while it was mapped",
			    "boot with \"iomem=relaxed\"", NULL },
	[CAUSE_POISONED] = { "poisoned", "the memory is bad: the machine check said so", NULL,
			     "leave it alone" },

	/* memremap() of such a page warns (kernel/iomem.c), fatal under panic_on_warn. */
	[CAUSE_PART_RAM] = { "part-ram", "part RAM, part not: read() makes the kernel warn", NULL,
			     "mmap is quiet" },
	[CAUSE_VIDEO] = { "video", "reading video memory can change the display", NULL, NULL },
	[CAUSE_NOT_RAM] = { "not-ram", "neither RAM nor on the list of the first MiB",
			    "--i-know-this-address-is-safe", NULL },
	/* The kernel's own mapping of /dev/mem may be of the wrong kind there. */
	[CAUSE_CONFIDENTIAL] = { "confidential", "in a confidential guest /dev/mem can end the guest",
				 NULL, BY_KCORE },
	/* What /proc/kcore skips as well: fs/proc/kcore.c, read_kcore_iter(), 6.1 to 7.2. */
	[CAUSE_HWPOISON] = { "hwpoison", "its memory is bad (hwpoison)", NULL, "leave it alone" },
	[CAUSE_OFFLINE] = { "given-back", "it was given back (offline, ballooned)", NULL,
			    "leave it alone" },
	[CAUSE_UNACCEPTED] = { "unaccepted", "the guest has not accepted this memory yet", NULL,
			       "leave it alone" },
	[CAUSE_NOT_ONLINE] = { "not-online", "no memory section that is online covers it", NULL,
			       "leave it alone" },
	[CAUSE_STATE_UNKNOWN] = { "state-unknown",
				  "nothing here tells whether it is bad memory",
				  "--i-know-this-address-is-safe", NULL },
};

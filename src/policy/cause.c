/* Why the kernel refuses, and what lifts it: the table. */
/* Sources, where no other is named: drivers/char/mem.c, arch/x86/mm, fs/proc/kcore.c, 5.10 to 7.2. */
#include "policy/cause.h"

#include <stddef.h>

#define NOT_STRICT "only a kernel built with CONFIG_STRICT_DEVMEM=n, no boot word"
#define BY_KCORE "/proc/kcore shows the same RAM; taken unless --method forbids"
#define RELAX "boot with \"iomem=relaxed\""

const struct cause_row cause_rows[CAUSE_LEN] = {
	[CAUSE_NONE] = { "none", "nothing stands in the way", NULL, NULL },
	[CAUSE_UNKNOWN] = { "unknown", "no rule known here gives this answer", NULL, NULL },

	/* A minor number that was not built in has no node in devtmpfs; opened, it is ENXIO. */
	[CAUSE_NO_DEVMEM] = { "no-devmem", "this kernel has no /dev/mem (CONFIG_DEVMEM is off)",
			      "only a kernel built with CONFIG_DEVMEM=y", BY_KCORE },
	[CAUSE_NO_NODE] = { "no-node", "there is no /dev/mem here",
			    "mount -t devtmpfs devtmpfs /dev",
			    "if devtmpfs has no mem either, CONFIG_DEVMEM is off" },
	[CAUSE_NO_PROC] = { "no-proc", "/proc is not mounted: nothing tells what is RAM",
			    "mount -t proc proc /proc", NULL },
	[CAUSE_NO_KCORE] = { "no-kcore", "this kernel has no /proc/kcore (CONFIG_PROC_KCORE is off)",
			     "only a kernel built with CONFIG_PROC_KCORE=y", NULL },
	/* fs/namei.c, before any code of the device runs. */
	[CAUSE_FILE_MODE] = { "file-mode", "owner and mode of the file do not let this user read it",
			      "run as root", NULL },
	/* open_port(), open_kcore(): capable(CAP_SYS_RAWIO), asked of the first user namespace. */
	[CAUSE_NO_CAPABILITY] = { "no-capability", "this process lacks CAP_SYS_RAWIO",
				  "run as root, outside of containers, with CAP_SYS_RAWIO", NULL },
	/* security_locked_down(LOCKDOWN_DEV_MEM): any level; security/lockdown/lockdown.c. */
	[CAUSE_LOCKDOWN] = { "lockdown", "the kernel is locked down: no /dev/mem for anybody",
			     "boot without \"lockdown=\" (and Secure Boot, where that sets it)",
			     "at level integrity /proc/kcore still shows RAM" },
	/* security_locked_down(LOCKDOWN_KCORE): level confidentiality only. */
	[CAUSE_LOCKDOWN_KCORE] = { "lockdown-kcore",
				   "the kernel is locked down for confidentiality: no /proc/kcore",
				   "boot without \"lockdown=\", or with \"lockdown=integrity\"",
				   "/proc/kpageflags still tells what each page is used for" },
	/* security_file_open(), devcgroup_check_permission(), may_open_dev(). */
	[CAUSE_LSM] = { "lsm", "a security module, a device cgroup or a nodev mount forbids it",
			"change that policy, or run outside of the container", NULL },
	/* kernel/resource.c, r_show(): zeros without CAP_SYS_ADMIN. */
	[CAUSE_NO_MAP] = { "no-map", "/proc/iomem hides its addresses from this process",
			   "run as root with CAP_SYS_ADMIN", NULL },

	/* devmem_is_allowed(): System RAM from 1 MiB on; STRICT_DEVMEM in lib/Kconfig.debug. */
	[CAUSE_STRICT] = { "strict-devmem", "CONFIG_STRICT_DEVMEM forbids RAM above 1 MiB",
			   NOT_STRICT, BY_KCORE },
	[CAUSE_STRICT_ZEROS] = { "strict-zeros",
				 "CONFIG_STRICT_DEVMEM: read gives zeros for RAM below 1 MiB",
				 NOT_STRICT, "mmap of the same page shows its true bytes" },
	/* iomem_is_exclusive(), kernel/resource.c. */
	[CAUSE_IO_STRICT] = { "io-strict-devmem",
			      "CONFIG_IO_STRICT_DEVMEM: a driver has claimed the page", RELAX, NULL },
	/* The same on i386 with PAE: its argument is cut to 32 bits. */
	[CAUSE_EXCLUSIVE_WRAP] = { "exclusive-wrap",
				   "a 32-bit kernel looks for claims at the address modulo 4 GiB",
				   RELAX, NULL },
	/* phys_mem_access_prot_allowed(), range_is_allowed() of memtype.c; not in 7.2. */
	[CAUSE_PAT] = { "pat", "PAT forbids mmap of RAM above 1 MiB", "boot with \"nopat\"",
			"read works; it is taken unless --method forbids" },
	/* reserve_pfn_range(), memtype.c; the kernel log names the two types. */
	[CAUSE_PAT_CONFLICT] = { "pat-conflict",
				 "the page is mapped elsewhere with another cache type", NULL,
				 "other pages are not concerned" },
	/* valid_mmap_phys_addr_range(), arch/x86/mm/mmap.c. */
	[CAUSE_BEYOND_CPU] = { "beyond-cpu", "this CPU has no such physical address", NULL, NULL },
	/* valid_phys_addr_range(): up to high_memory. */
	[CAUSE_BEYOND_RAM] = { "beyond-ram", "read ends where the kernel's direct map of RAM ends",
			       NULL, "mmap has no such end" },
	/* read_mem(): p != *ppos. */
	[CAUSE_BEYOND_TYPE] = { "beyond-type", "this 32-bit kernel has no addresses from 4 GiB on",
				"a kernel with CONFIG_X86_PAE=y, or of 64 bits", NULL },
	[CAUSE_NOT_IN_KCORE] = { "not-in-kcore", "/proc/kcore shows whole pages of RAM only", NULL,
				 NULL },
	/* kcore_update_ram() with CONFIG_HIGHMEM: from 0 to max_low_pfn. */
	[CAUSE_HIGHMEM] = { "highmem", "/proc/kcore of a 32-bit kernel has no highmem", NULL,
			    "its struct pages are in lowmem; mmap of /dev/mem has no such end" },
	/* copy_from_kernel_nofault(): memfd_secret, debug_pagealloc, set_mce_nospec(). */
	[CAUSE_DIRECT_MAP_HOLE] = { "direct-map-hole",
				    "the kernel has the page unmapped: secret, freed or bad", NULL,
				    "leave it alone" },

	/* revoke_iomem(): the mapping goes, and no fault handler brings it back. */
	[CAUSE_REVOKED] = { "revoked", "a driver claimed the page while it was mapped", RELAX,
			    NULL },
	/* arch/x86/kernel/cpu/mce, kill_accessing_process(). */
	[CAUSE_POISONED] = { "poisoned", "the touch faulted: bad memory, or the mapping was revoked",
			     NULL, "leave it alone" },

	/* memremap() of such a page warns (kernel/iomem.c), fatal under panic_on_warn. */
	[CAUSE_PART_RAM] = { "part-ram", "part RAM, part not: read would make the kernel warn", NULL,
			     "mmap is quiet" },
	[CAUSE_VIDEO] = { "video", "reading video memory can change the display", NULL,
			  NULL },
	[CAUSE_NOT_RAM] = { "not-ram", "reading a device can change its state", NULL,
			    "--i-know-this-address-is-safe" },
	/* The kernel's own mapping of it may be of the wrong kind, and a wrong access ends the guest. */
	[CAUSE_CONFIDENTIAL] = { "confidential", "in a TDX or SEV guest /dev/mem can end the guest",
				 NULL, BY_KCORE },

	/* What /proc/kcore skips as well: fs/proc/kcore.c, read_kcore_iter(), 6.1 to 7.2. */
	[CAUSE_HWPOISON] = { "hwpoison", "its memory is bad (hwpoison)", NULL, "leave it alone" },
	[CAUSE_OFFLINE] = { "given-back", "it was given back (offline, ballooned)", NULL,
			    "leave it alone" },
	[CAUSE_UNACCEPTED] = { "unaccepted", "the guest has not accepted this memory yet", NULL,
			       "leave it alone" },
	[CAUSE_NOT_ONLINE] = { "not-online", "no memory section that is online covers it", NULL,
			       "leave it alone" },
	[CAUSE_STATE_UNKNOWN] = { "state-unknown", "nothing here tells whether it is bad memory",
				  "--i-know-this-address-is-safe", NULL },
};

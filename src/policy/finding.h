/* What is wrong with this machine's memory, or odd: one row a kind, one record an instance. */
/* A list, not a judge: whoever sees it adds it, and cmd/findings.c shows them all at the end. */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include "base/num.h"

/*
 * error: data can be lost, or was; warning: sources that ought to agree do not, or memory is lost to
 * nobody's knowledge; note: worth knowing and explained, no finding by itself: the exit status stays 0.
 */
enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};

/*
 * One row a kind: enumerator, severity, name (in NDJSON, and in the man page's list), what it is (a
 * clause), what to do (an order).
 */
#define FINDING_KINDS(X) \
	X(FINDING_MEMORY_ERROR, ERROR, "memory-error", \
	  "the firmware recorded a memory error that was not corrected", \
	  "reseat the module or replace it; test it with memtest86+") \
	X(FINDING_MEMORY_CORRECTED, WARNING, "memory-corrected", \
	  "the firmware recorded a memory error that was corrected", \
	  "watch it: the same module again is one to replace") \
	X(FINDING_DIMM_SUM, NOTE, "dimm-sum", \
	  "the memory modules do not add up to what their arrays map", \
	  "compare with the labels on the modules; mirroring and sparing map less than there is") \
	X(FINDING_TABLE_BROKEN, WARNING, "table-broken", \
	  "a firmware table breaks off before its end", \
	  "a newer firmware; what comes behind is missing from this report") \
	X(FINDING_TABLE_IN_RAM, ERROR, "table-in-ram", \
	  "a firmware table lies in RAM that the kernel takes for free", \
	  "reserve it: memmap=SIZE$START on the kernel command line; tell the firmware's maker") \
	X(FINDING_TABLE_IN_USABLE, WARNING, "table-in-usable", \
	  "a firmware table lies in what the firmware's map calls usable RAM", \
	  "nothing now: the kernel keeps these pages; a newer firmware, for another kernel may not") \
	X(FINDING_TABLE_SUM, WARNING, "table-sum", \
	  "the checksum of a firmware table is wrong", \
	  "do not rely on what it says; if it was right before, something wrote there; else a newer firmware") \
	X(FINDING_TABLE_UNREACHABLE, WARNING, "table-unreachable", \
	  "a firmware table cannot be had where a pointer says it is", \
	  "a newer firmware; what should be there is missing from this report") \
	X(FINDING_ROUTES_DIFFER, WARNING, "routes-differ", \
	  "two ways to one firmware table give different bytes", \
	  "was it replaced (acpi_table_upgrade, kexec), or overwritten? ramscope dump shows memory's bytes") \
	X(FINDING_LISTS_DIFFER, NOTE, "lists-differ", \
	  "two pointers of the firmware that ought to be the same are not", \
	  "nothing: Linux follows the XSDT and its DSDT; an older system may follow the other") \
	X(FINDING_RAM_LEFT_OUT, NOTE, "ram-left-out", \
	  "RAM that the kernel command line keeps from the kernel", \
	  "nothing if it is meant to be so; else take the word out") \
	X(FINDING_RAM_LOST, WARNING, "ram-lost", \
	  "RAM that the kernel does not use", \
	  "`dmesg | grep -e e820 -e MTRR` shows which step took it") \
	X(FINDING_RAM_REACH, WARNING, "ram-out-of-reach", \
	  "RAM that this kernel has no addresses for", \
	  "a kernel with PAE, or of 64 bits") \
	X(FINDING_RESERVED_USED, ERROR, "reserved-used", \
	  "the kernel uses as RAM what the firmware keeps for itself", \
	  "take the memmap= or memory hotplug that does it away; tell the firmware's maker") \
	X(FINDING_MAP_OVERLAP, WARNING, "map-overlap", \
	  "the firmware says two things of the same memory", \
	  "a newer firmware or boot loader; Linux believes the higher e820 type") \
	X(FINDING_MAPS_DIFFER, WARNING, "maps-differ", \
	  "the boot loader handed over another map than the kernel shows as the firmware's", \
	  "look at the boot loader, or at what kexec was told") \
	X(FINDING_UNEXPLAINED, WARNING, "memory-unexplained", \
	  "all that is known of memory does not come to MemTotal", \
	  "`ramscope pages --list` and `ramscope check` show its pages") \
	X(FINDING_ERROR_RECORD, ERROR, "error-record", \
	  "the last boot left a hardware error record", \
	  "ramscope firmware acpi BERT has all of it; a memory error names its module by SMBIOS handle, or card and module") \
	X(FINDING_DMA_IN_RAM, ERROR, "dma-in-ram", \
	  "a device may write by DMA to RAM that the firmware calls free", \
	  "reserve it: memmap=SIZE$START on the kernel command line; a newer firmware") \
	X(FINDING_BIOS_WRITES, ERROR, "bios-writes", \
	  "something writes to low memory that the kernel does not use: the BIOS, or a device", \
	  "look for SMM and legacy USB in the BIOS setup; a newer firmware; memory_corruption_check=1 watches on") \
	X(FINDING_EBDA_FREE, ERROR, "ebda-not-reserved", \
	  "the kernel takes the EBDA, which the BIOS goes on using, for free RAM", \
	  "memmap=SIZE$START on the kernel command line; a newer firmware") \
	X(FINDING_EBDA_USABLE, WARNING, "ebda-usable", \
	  "the firmware's map calls the EBDA usable RAM, and the BIOS goes on using it", \
	  "nothing now: the kernel keeps these pages; a newer firmware, for another kernel may not") \
	X(FINDING_BIOS_DATA, WARNING, "bios-data", \
	  "the BIOS data area says what cannot be, or what the kernel did not find", \
	  "compare with the BIOS setup; who boots in real mode (DOS, option ROMs) relies on it") \
	X(FINDING_BAD_MEMORY, ERROR, "bad-memory", \
	  "memory is bad (hwpoison), and the kernel has taken it out of use", \
	  "replace the DIMM; ramscope why ADDRESS says more of the place") \
	X(FINDING_HARM, ERROR, "harm", \
	  "the kernel is less healthy than when ramscope started", \
	  "read the kernel log (dmesg); section receipt has the newest lines") \
	X(FINDING_FREE_LIST, ERROR, "free-list", \
	  "the kernel's free lists are broken: it may give one page to two", \
	  "save the kernel log, then restart; test the RAM; suspect the newest driver") \
	X(FINDING_COUNT, WARNING, "count", \
	  "a count of the kernel is not what struct pages add up to", \
	  "run ramscope check again; one that stays wrong is a page lost or counted twice") \
	X(FINDING_FLAGS, WARNING, "flags", \
	  "struct pages say other than /proc/kpageflags and kpagecount", \
	  "trust neither: ramscope page PFN shows one of them in full") \
	X(FINDING_LAYOUT, WARNING, "layout", \
	  "struct pages contradict the layout that the kernel tells", \
	  "do not trust what is made of struct pages: this is no kernel that ramscope knows") \
	X(FINDING_NOT_COMPARED, WARNING, "not-compared", \
	  "not all that was to be compared could be", \
	  "run it again when the machine is idle") \
	X(FINDING_ANSWER, WARNING, "answer", \
	  "a way to memory did not answer as predicted", \
	  "believe the answer; one of the facts that ramscope access lists is not as told")

enum finding_kind {
#define X(kind, severity, name, what, remedy) kind,
	FINDING_KINDS(X)
#undef X
	FINDING_LEN,
};

struct finding_row {
	enum severity severity;
	const char *name, *what, *remedy;
};

struct finding_row finding_row(enum finding_kind kind);

#define FINDINGS_MAX 64
#define FINDINGS_OF_A_KIND_MAX 16 /* the others are counted: a console is slow */
#define FINDING_EVIDENCE_MAX 200

struct finding {
	enum finding_kind kind;
	struct range where; /* physical addresses; empty: nowhere in particular */
	char evidence[FINDING_EVIDENCE_MAX]; /* who says what, with the numbers */
};

struct findings {
	size_t len;
	size_t more[FINDING_LEN]; /* there was no room for */
	struct finding list[FINDINGS_MAX];
};

/* The same kind at the same place with the same evidence is added once. */
void findings_add(struct findings *f, enum finding_kind kind, struct range where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* How many are of that severity or a graver one. */
size_t findings_count(const struct findings *f, enum severity least);
const char *severity_name(enum severity severity);

#endif

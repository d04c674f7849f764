/* The BIOS data area against what others say: the kernel's ports, the firmware's map, /proc/iomem, struct pages. */
/* And the first MiB page by page: what lies there, and who has it. Pure but for lowcheck_read(). */
#ifndef FIRMWARE_LOWCHECK_H
#define FIRMWARE_LOWCHECK_H

#include "firmware/e820.h"
#include "firmware/low.h"
#include "kernel/iomem.h"
#include "policy/facts.h"
#include "policy/finding.h"

#define LOW_PAGES (LOW_END / PAGE_SIZE)
#define LOWCHECK_PORTS_MAX 8

/* Ports that a driver of the kernel found. */
struct lowcheck_ports {
	bool told; /* there is such a driver, and it tells */
	size_t len;
	uint16_t ports[LOWCHECK_PORTS_MAX];
};

/* What the others say. Large: not for the stack. */
struct lowcheck {
	bool live; /* a saved file has no others */
	bool efi; /* started by EFI firmware, which fills no BIOS data area */
	struct lowcheck_ports serial, parallel;
	char reboot[16]; /* how the kernel restarts the machine: "cold", "warm" ...; empty: not told */
	bool has_e820[2]; /* by struct boot_params, by /sys/firmware/memmap */
	struct e820_map e820[2];
	const struct iomem *iomem;
	uint8_t kept[LOW_PAGES]; /* enum tri: does the kernel keep the page for ever (PG_reserved)? */
};

/* What the files of a live machine tell; iomem and kept are the caller's. */
void lowcheck_read(struct lowcheck *k);
/* /proc/tty/driver/serial: ports that have a chip. text is changed. */
void lowcheck_serial(char *text, struct lowcheck_ports *ret_ports);

#define LOWCHECK_ROWS_MAX 6

/* One thing that the BIOS says, and what the others say of it. */
struct lowcheck_row {
	const char *what;
	enum tri agree;
	char bios[80], others[160];
};

/* The rows, and what is wrong as findings; how many rows. None where nobody filled the BIOS data area. */
size_t lowcheck_rows(const struct low *low, const struct lowcheck *k, struct lowcheck_row *rows,
		     struct findings *findings);

/* 64 pages of 4 KiB a row. */
#define LOWCHECK_CELLS 64

/* What lies at the page, one letter: lowcheck_what_legend names them. */
char lowcheck_what(const struct low *low, size_t page);
/* Who has it: lowcheck_owner_legend. */
char lowcheck_owner(const struct lowcheck *k, size_t page);
/* The word for a letter: "EBDA". */
const char *lowcheck_what_name(char letter);

/* Letter, blank, words, 0; ended by an empty one. */
extern const char lowcheck_what_legend[], lowcheck_owner_legend[];

#endif

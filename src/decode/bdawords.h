/* The words for the flags and codes of the BIOS data area. */
/* Only for bda.c, which says where each of them lies. */
#ifndef DECODE_BDAWORDS_H
#define DECODE_BDAWORDS_H

#include "decode/bits.h"

/* Words for bits and codes: IBM PC/AT and PS/2 BIOS technical references, Ralf Brown's list. */

static const char *const first_video[] = { "EGA or VGA", "40x25 colour", "80x25 colour",
					   "80x25 mono" };

static const struct bits_row equipment_bits[] = {
	{ 0, 1, 0, "diskette", NULL },
	{ 1, 1, 0, "coprocessor", NULL },
	{ 2, 1, 0, "pointing device", NULL },
	{ 4, 2, 0, NULL, first_video },
	{ 6, 2, 1, "diskette drives", NULL },
	{ 9, 3, 0, "serial ports", NULL },
	{ 12, 1, 0, "game port", NULL },
	{ 13, 1, 0, "internal modem", NULL },
	{ 14, 2, 0, "parallel ports", NULL },
};

static const struct bits_row keyboard1_bits[] = {
	{ 0, 1, 0, "right shift down", NULL }, { 1, 1, 0, "left shift down", NULL },
	{ 2, 1, 0, "ctrl down", NULL },	       { 3, 1, 0, "alt down", NULL },
	{ 4, 1, 0, "scroll lock on", NULL },   { 5, 1, 0, "num lock on", NULL },
	{ 6, 1, 0, "caps lock on", NULL },     { 7, 1, 0, "insert on", NULL },
};

static const struct bits_row keyboard2_bits[] = {
	{ 0, 1, 0, "left ctrl down", NULL },   { 1, 1, 0, "left alt down", NULL },
	{ 2, 1, 0, "sysrq down", NULL },       { 3, 1, 0, "paused", NULL },
	{ 4, 1, 0, "scroll lock down", NULL }, { 5, 1, 0, "num lock down", NULL },
	{ 6, 1, 0, "caps lock down", NULL },   { 7, 1, 0, "insert down", NULL },
};

static const struct bits_row keyboard3_bits[] = {
	{ 0, 1, 0, "last code was E1", NULL }, { 1, 1, 0, "last code was E0", NULL },
	{ 2, 1, 0, "right ctrl down", NULL },  { 3, 1, 0, "right alt down", NULL },
	{ 4, 1, 0, "101/102 keys", NULL },     { 5, 1, 0, "num lock forced", NULL },
	{ 6, 1, 0, "ID byte 1 read", NULL },   { 7, 1, 0, "reading ID", NULL },
};

static const struct bits_row keyboard_led_bits[] = {
	{ 0, 1, 0, "scroll lock", NULL },  { 1, 1, 0, "num lock", NULL },
	{ 2, 1, 0, "caps lock", NULL },	   { 4, 1, 0, "ack received", NULL },
	{ 5, 1, 0, "resend", NULL },	   { 6, 1, 0, "LED update", NULL },
	{ 7, 1, 0, "transmit error", NULL },
};

static const struct bits_row recalibrated_bits[] = {
	{ 0, 1, 0, "drive 0", NULL }, { 1, 1, 0, "drive 1", NULL },
	{ 2, 1, 0, "drive 2", NULL }, { 3, 1, 0, "drive 3", NULL },
	{ 7, 1, 0, "interrupt came", NULL },
};

static const struct bits_row motor_bits[] = {
	{ 0, 1, 0, "motor 0", NULL }, { 1, 1, 0, "motor 1", NULL },
	{ 2, 1, 0, "motor 2", NULL }, { 3, 1, 0, "motor 3", NULL },
	{ 4, 2, 0, "drive", NULL },   { 7, 1, 0, "writing", NULL },
};

static const struct bits_row break_bits[] = { { 7, 1, 0, "ctrl-break pressed", NULL } };

static const struct bits_row crt_mode_bits[] = {
	{ 0, 1, 0, "80 columns", NULL }, { 1, 1, 0, "graphics", NULL },
	{ 2, 1, 0, "mono", NULL },	 { 3, 1, 0, "video on", NULL },
	{ 4, 1, 0, "high res", NULL },	 { 5, 1, 0, "blinking", NULL },
};

static const struct bits_row palette_bits[] = {
	{ 0, 4, 0, "border", NULL },
	{ 4, 1, 0, "bright", NULL },
	{ 5, 1, 0, "cyan/magenta", NULL },
};

static const struct bits_row disk_control_bits[] = {
	{ 3, 1, 0, "more than 8 heads", NULL },
	{ 6, 1, 0, "no ECC retries", NULL },
	{ 7, 1, 0, "no retries", NULL },
};

static const struct bits_row vds_bits[] = {
	{ 3, 1, 0, "int 4b to be chained", NULL },
	{ 5, 1, 0, "virtual DMA services", NULL },
};

/* IBM VGA: bits 6:5 count 64 KiB of adapter memory, less one. */
static const char *const video_memory[] = { NULL, "128K", "192K", "256K" };

static const struct bits_row video_control_bits[] = {
	{ 0, 1, 0, "no cursor emulation", NULL }, { 1, 1, 0, "mono monitor", NULL },
	{ 2, 1, 0, "wait for retrace", NULL },	  { 3, 1, 0, "EGA/VGA inactive", NULL },
	{ 5, 2, 0, NULL, video_memory },	  { 7, 1, 0, "memory kept", NULL },
};

static const struct bits_row video_switch_bits[] = {
	{ 0, 4, 0, "switches", NULL },
	{ 4, 4, 0, "feature bits", NULL },
};

/* Bits 7 and 4 together: 00 350 lines, 01 400 lines, 10 200 lines. */
static const struct bits_row vga_flag_bits[] = {
	{ 0, 1, 0, "VGA active", NULL },	  { 1, 1, 0, "gray summing", NULL },
	{ 2, 1, 0, "mono monitor", NULL },	  { 3, 1, 0, "palette kept", NULL },
	{ 4, 1, 0, "400 lines", NULL },		  { 6, 1, 0, "display switching", NULL },
	{ 7, 1, 0, "200 lines", NULL },
};

static const char *const data_rates[] = { NULL, "300 kbit/s", "250 kbit/s", "1 Mbit/s" };
static const char *const step_rates[] = { NULL, "step 7 ms", "step 6 ms", "step 5 ms" };

static const struct bits_row diskette_rate_bits[] = {
	{ 2, 2, 0, "first rate code", NULL },
	{ 4, 2, 0, NULL, step_rates },
	{ 6, 2, 0, NULL, data_rates },
};

static const struct bits_row disk_status_bits[] = {
	{ 0, 1, 0, "error", NULL },    { 1, 1, 0, "index", NULL },
	{ 2, 1, 0, "corrected", NULL }, { 3, 1, 0, "data request", NULL },
	{ 4, 1, 0, "seek done", NULL }, { 5, 1, 0, "write fault", NULL },
	{ 6, 1, 0, "ready", NULL },    { 7, 1, 0, "busy", NULL },
};

static const struct bits_row disk_error_bits[] = {
	{ 0, 1, 0, "no address mark", NULL }, { 1, 1, 0, "no track 0", NULL },
	{ 2, 1, 0, "aborted", NULL },	      { 3, 1, 0, "change requested", NULL },
	{ 4, 1, 0, "ID not found", NULL },    { 5, 1, 0, "media changed", NULL },
	{ 6, 1, 0, "bad ECC", NULL },	      { 7, 1, 0, "bad sector", NULL },
};

static const struct bits_row diskette_kind_bits[] = {
	{ 0, 1, 0, "drive 0 change line", NULL }, { 1, 1, 0, "drive 0 multi-rate", NULL },
	{ 2, 1, 0, "drive 0 determined", NULL },  { 4, 1, 0, "drive 1 change line", NULL },
	{ 5, 1, 0, "drive 1 multi-rate", NULL },  { 6, 1, 0, "drive 1 determined", NULL },
};

static const char *const media_states[] = {
	NULL, "trying 360K in 1.2M", "trying 1.2M", "360K", "360K in 1.2M", "1.2M", NULL,
	"720K or 1.44M",
};

static const struct bits_row media_bits[] = {
	{ 0, 3, 0, NULL, media_states },
	{ 4, 1, 0, "media known", NULL },
	{ 5, 1, 0, "double step", NULL },
	{ 6, 2, 0, NULL, data_rates },
};

static const struct bits_row media_start_bits[] = {
	{ 0, 1, 0, "change line", NULL },
	{ 1, 1, 0, "multi-rate", NULL },
	{ 2, 1, 0, "determined", NULL },
	{ 6, 2, 0, NULL, data_rates },
};

static const struct bits_row wait_bits[] = {
	{ 0, 1, 0, "waiting", NULL },
	{ 7, 1, 0, "time is up", NULL },
};

/* Results of INT 13h. */
static const struct bits_code disk_codes[] = {
	{ 0x01, "invalid command" },	  { 0x02, "address mark not found" },
	{ 0x03, "write protected" },	  { 0x04, "sector not found" },
	{ 0x05, "reset failed" },	  { 0x06, "media changed" },
	{ 0x07, "parameters rejected" },  { 0x08, "DMA overrun" },
	{ 0x09, "DMA across 64K" },	  { 0x0a, "bad sector" },
	{ 0x0b, "bad track" },		  { 0x0c, "media type unknown" },
	{ 0x0d, "bad number of sectors" }, { 0x0e, "control address mark" },
	{ 0x0f, "DMA arbitration" },	  { 0x10, "CRC or ECC error" },
	{ 0x11, "ECC corrected" },	  { 0x20, "controller failed" },
	{ 0x31, "no media" },		  { 0x40, "seek failed" },
	{ 0x80, "timed out" },		  { 0xaa, "not ready" },
	{ 0xbb, "undefined error" },	  { 0xcc, "write fault" },
	{ 0xe0, "status error" },	  { 0xff, "sense failed" },
	{ 0, NULL },
};

#endif

/* The words for the flags and codes of the BIOS data area. */
/* Only for bda.c, which says where each of them lies. */
#ifndef DECODE_BDAWORDS_H
#define DECODE_BDAWORDS_H

#include "decode/bits.h"

/* Words for bits and codes: IBM PC/AT and PS/2 BIOS technical references, Ralf Brown's list. */

static const struct bits_row equipment_bits[] = {
	{ 0, 1, 0, "diskette" },
	{ 1, 1, 0, "coprocessor" },
	{ 2, 1, 0, "pointing device" },
	{ 4, 2, BITS_WORDS,
	  "EGA or VGA\0"
	  "40x25 colour\0"
	  "80x25 colour\0"
	  "80x25 mono" },
	{ 6, 2, 1, "diskette drives" },
	{ 9, 3, 0, "serial ports" },
	{ 12, 1, 0, "game port" },
	{ 13, 1, 0, "internal modem" },
	{ 14, 2, 0, "parallel ports" },
};

static const struct bits_row keyboard1_bits[] = {
	{ 0, 1, 0, "right shift down" }, { 1, 1, 0, "left shift down" }, { 2, 1, 0, "ctrl down" },
	{ 3, 1, 0, "alt down" },	 { 4, 1, 0, "scroll lock on" },	 { 5, 1, 0, "num lock on" },
	{ 6, 1, 0, "caps lock on" },	 { 7, 1, 0, "insert on" },
};

static const struct bits_row keyboard2_bits[] = {
	{ 0, 1, 0, "left ctrl down" },	 { 1, 1, 0, "left alt down" },
	{ 2, 1, 0, "sysrq down" },	 { 3, 1, 0, "paused" },
	{ 4, 1, 0, "scroll lock down" }, { 5, 1, 0, "num lock down" },
	{ 6, 1, 0, "caps lock down" },	 { 7, 1, 0, "insert down" },
};

static const struct bits_row keyboard3_bits[] = {
	{ 0, 1, 0, "last code was E1" }, { 1, 1, 0, "last code was E0" },
	{ 2, 1, 0, "right ctrl down" },	 { 3, 1, 0, "right alt down" },
	{ 4, 1, 0, "101/102 keys" },	 { 5, 1, 0, "num lock forced" },
	{ 6, 1, 0, "ID byte 1 read" },	 { 7, 1, 0, "reading ID" },
};

static const struct bits_row keyboard_led_bits[] = {
	{ 0, 1, 0, "scroll lock" },    { 1, 1, 0, "num lock" }, { 2, 1, 0, "caps lock" },
	{ 4, 1, 0, "ack received" },   { 5, 1, 0, "resend" },	{ 6, 1, 0, "LED update" },
	{ 7, 1, 0, "transmit error" },
};

static const struct bits_row recalibrated_bits[] = {
	{ 0, 1, 0, "drive 0" }, { 1, 1, 0, "drive 1" },	       { 2, 1, 0, "drive 2" },
	{ 3, 1, 0, "drive 3" }, { 7, 1, 0, "interrupt came" },
};

static const struct bits_row motor_bits[] = {
	{ 0, 1, 0, "motor 0" }, { 1, 1, 0, "motor 1" }, { 2, 1, 0, "motor 2" },
	{ 3, 1, 0, "motor 3" }, { 4, 2, 0, "drive" },	{ 7, 1, 0, "writing" },
};

static const struct bits_row break_bits[] = { { 7, 1, 0, "ctrl-break pressed" } };

static const struct bits_row crt_mode_bits[] = {
	{ 0, 1, 0, "80 columns" }, { 1, 1, 0, "graphics" }, { 2, 1, 0, "mono" },
	{ 3, 1, 0, "video on" },   { 4, 1, 0, "high res" }, { 5, 1, 0, "blinking" },
};

static const struct bits_row palette_bits[] = {
	{ 0, 4, 0, "border" },
	{ 4, 1, 0, "bright" },
	{ 5, 1, 0, "cyan/magenta" },
};

static const struct bits_row disk_control_bits[] = {
	{ 3, 1, 0, "more than 8 heads" },
	{ 6, 1, 0, "no ECC retries" },
	{ 7, 1, 0, "no retries" },
};

static const struct bits_row vds_bits[] = {
	{ 3, 1, 0, "int 4b to be chained" },
	{ 5, 1, 0, "virtual DMA services" },
};

/* IBM VGA: bits 6:5 count 64 KiB of adapter memory, less one. */
static const struct bits_row video_control_bits[] = {
	{ 0, 1, 0, "no cursor emulation" },
	{ 1, 1, 0, "mono monitor" },
	{ 2, 1, 0, "wait for retrace" },
	{ 3, 1, 0, "EGA/VGA inactive" },
	{ 5, 2, BITS_WORDS,
	  "\0"
	  "128K\0"
	  "192K\0"
	  "256K" },
	{ 7, 1, 0, "memory kept" },
};

static const struct bits_row video_switch_bits[] = {
	{ 0, 4, 0, "switches" },
	{ 4, 4, 0, "feature bits" },
};

/* Bits 7 and 4 together: 00 350 lines, 01 400 lines, 10 200 lines. */
static const struct bits_row vga_flag_bits[] = {
	{ 0, 1, 0, "VGA active" },   { 1, 1, 0, "gray summing" }, { 2, 1, 0, "mono monitor" },
	{ 3, 1, 0, "palette kept" }, { 4, 1, 0, "400 lines" },	  { 6, 1, 0, "display switching" },
	{ 7, 1, 0, "200 lines" },
};

#define DATA_RATES                                                                                 \
	"\0"                                                                                       \
	"300 kbit/s\0"                                                                             \
	"250 kbit/s\0"                                                                             \
	"1 Mbit/s"

static const struct bits_row diskette_rate_bits[] = {
	{ 2, 2, 0, "first rate code" },
	{ 4, 2, BITS_WORDS,
	  "\0"
	  "step 7 ms\0"
	  "step 6 ms\0"
	  "step 5 ms" },
	{ 6, 2, BITS_WORDS, DATA_RATES },
};

static const struct bits_row disk_status_bits[] = {
	{ 0, 1, 0, "error" },	     { 1, 1, 0, "index" },     { 2, 1, 0, "corrected" },
	{ 3, 1, 0, "data request" }, { 4, 1, 0, "seek done" }, { 5, 1, 0, "write fault" },
	{ 6, 1, 0, "ready" },	     { 7, 1, 0, "busy" },
};

static const struct bits_row disk_error_bits[] = {
	{ 0, 1, 0, "no address mark" },	 { 1, 1, 0, "no track 0" },   { 2, 1, 0, "aborted" },
	{ 3, 1, 0, "change requested" }, { 4, 1, 0, "ID not found" }, { 5, 1, 0, "media changed" },
	{ 6, 1, 0, "bad ECC" },		 { 7, 1, 0, "bad sector" },
};

static const struct bits_row diskette_kind_bits[] = {
	{ 0, 1, 0, "drive 0 change line" }, { 1, 1, 0, "drive 0 multi-rate" },
	{ 2, 1, 0, "drive 0 determined" },  { 4, 1, 0, "drive 1 change line" },
	{ 5, 1, 0, "drive 1 multi-rate" },  { 6, 1, 0, "drive 1 determined" },
};

#define MEDIA_STATES                                                                               \
	"\0"                                                                                       \
	"trying 360K in 1.2M\0"                                                                    \
	"trying 1.2M\0"                                                                            \
	"360K\0"                                                                                   \
	"360K in 1.2M\0"                                                                           \
	"1.2M\0"                                                                                   \
	"\0"                                                                                       \
	"720K or 1.44M"

static const struct bits_row media_bits[] = {
	{ 0, 3, BITS_WORDS, MEDIA_STATES },
	{ 4, 1, 0, "media known" },
	{ 5, 1, 0, "double step" },
	{ 6, 2, BITS_WORDS, DATA_RATES },
};

static const struct bits_row media_start_bits[] = {
	{ 0, 1, 0, "change line" },
	{ 1, 1, 0, "multi-rate" },
	{ 2, 1, 0, "determined" },
	{ 6, 2, BITS_WORDS, DATA_RATES },
};

static const struct bits_row wait_bits[] = {
	{ 0, 1, 0, "waiting" },
	{ 7, 1, 0, "time is up" },
};

/* Results of INT 13h. */
static const struct bits_code disk_codes[] = {
	{ 0x01, "invalid command" },
	{ 0x02, "address mark not found" },
	{ 0x03, "write protected" },
	{ 0x04, "sector not found" },
	{ 0x05, "reset failed" },
	{ 0x06, "media changed" },
	{ 0x07, "parameters rejected" },
	{ 0x08, "DMA overrun" },
	{ 0x09, "DMA across 64K" },
	{ 0x0a, "bad sector" },
	{ 0x0b, "bad track" },
	{ 0x0c, "media type unknown" },
	{ 0x0d, "bad number of sectors" },
	{ 0x0e, "control address mark" },
	{ 0x0f, "DMA arbitration" },
	{ 0x10, "CRC or ECC error" },
	{ 0x11, "ECC corrected" },
	{ 0x20, "controller failed" },
	{ 0x31, "no media" },
	{ 0x40, "seek failed" },
	{ 0x80, "timed out" },
	{ 0xaa, "not ready" },
	{ 0xbb, "undefined error" },
	{ 0xcc, "write fault" },
	{ 0xe0, "status error" },
	{ 0xff, "sense failed" },
	{ 0, NULL },
};

#endif

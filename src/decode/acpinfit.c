/* ACPI tables as rows: what is in NFIT, the table of persistent memory. */
/* Rows only, in the order of the bytes; acpikinds.h says how they are read. ACPI 6.5, 5.2.25. */
#include "decode/acpikinds.h"

const char acpi_nfit[] =
	"222"
	"2x type\0" "2n length:bytes\0" "\0"
	"0 range\0"
	"2n range\0" "2b flags:hot add only|domain valid|cookie valid\0" "4-\0" "4n domain\0" "gg kind\0" "8x base\0"
	"8z size\0" "8b attributes:UC|WC|WT|WB|UCE||||||||WP|RP|XP|NV|MORE_RELIABLE|RO|SP\0" "8x cookie\0"
	"\0"
	"1 NVDIMM region\0"
	"4x handle\0" "2x SMBIOS handle\0" "2n region\0" "2n range\0" "2n control region\0" "8z size\0"
	"8x offset in range\0" "8x base in DIMM\0" "2n interleave\0" "2n ways\0"
	"2b state:save failed|restore failed|flush failed|not armed|health event|events told|not mapped\0" "2-\0"
	"\0"
	"2 interleave>" ACPI_LIST_LINE "\0"
	"2n interleave\0" "2-\0" "4n lines\0" "4n line size:bytes\0"
	"\0"
	"3 SMBIOS tables\0"
	"4-\0" "0y data\0"
	"\0"
	"4 control region\0"
	"2n control region\0" "2x vendor\0" "2x device\0" "2x revision\0" "2x subsystem vendor\0"
	"2x subsystem device\0" "2x subsystem revision\0" "1b valid:made where and when\0" "1x made where\0"
	"2x made when\0" "2-\0" "4x serial number\0" "2x format\0" "2n windows\0" "8z window size\0"
	"8x command offset\0" "8z command size\0" "8x status offset\0" "8z status size\0" "2b flags:buffered\0" "6-\0"
	"\0"
	"5 data window\0"
	"2n control region\0" "2n windows\0" "8x offset\0" "8z size\0" "8z capacity\0" "8x start\0"
	"\0"
	"6 flush hints>" ACPI_LIST_HINT "\0"
	"4x handle\0" "2n hints\0" "6-\0"
	"\0"
	"7 capabilities\0"
	"1n highest bit\0" "3-\0" "4b flushed at power loss:CPU caches|memory controller|mirroring\0" "4-\0"
	"\0";

const char acpi_line[] =
	"000"
	"\0"
	" line\0"
	"4x offset\0"
	"\0";

const char acpi_hint[] =
	"000"
	"\0"
	" hint\0"
	"8x address\0"
	"\0";

/* ACPI tables as rows: what is in HEST, EINJ and ERST, the tables of hardware errors. */
/* Rows only, in the order of the bytes; acpikinds.h says how they are read. ACPI 6.5; records are cper.c's. */
#include "decode/acpikinds.h"

#define COMMON "1b flags:FIRMWARE_FIRST|GLOBAL||GHES_ASSIST\0" "1n enabled\0" "4n records\0" "4n sections\0"
#define NOTIFY "s@ notification:N\0"
#define AER \
	"2-\0" COMMON "4x bus\0" "2x device\0" "2x function\0" "2x device control\0" "2-\0" "4x uncorrectable mask\0" \
	"4x severity mask\0" "4x correctable mask\0" "4x capabilities\0"
#define GENERIC \
	"2n related source:|ffff=none\0" "1-\0" "1n enabled\0" "4n records\0" "4n sections\0" "4n raw data:bytes\0" \
	ACPI_GAS("error status") NOTIFY "4n status block:bytes\0"

/* 18.3.2.1 to 18.3.2.8, 18.3.2.10. */
const char acpi_hest[] =
	"200"
	"2x kind:|1=corrected|b=deferred\0" "2n source\0" "\0"
	"0 machine check>" ACPI_LIST_BANK "20\0"
	"2-\0" COMMON "8x MCG_CAP\0" "8x MCG_CTL\0" "1n banks\0" "7-\0"
	"\0"
	"1,b machine check, no exception>" ACPI_LIST_BANK "2c\0"
	"2-\0" COMMON NOTIFY "1n banks\0" "3-\0"
	"\0"
	"2 NMI\0"
	"4-\0" "4n records\0" "4n sections\0" "4n raw data:bytes\0"
	"\0"
	"6 PCIe root port\0"
	AER "4x root error command\0"
	"\0"
	"7 PCIe device\0"
	AER
	"\0"
	"8 PCIe bridge\0"
	AER "4x secondary mask\0" "4x secondary severity\0" "4x secondary caps\0"
	"\0"
	"9 generic source\0"
	GENERIC
	"\0"
	"a generic source, version 2\0"
	GENERIC ACPI_GAS("acknowledge") "8x keep bits\0" "8x set bits\0"
	"\0";

/* 18.3.2.1.1. */
const char acpi_bank[] =
	"000"
	"\0"
	" bank\0"
	"1n bank\0" "1e clear status:0 yes,no\0" "1e format:0 IA-32,Intel 64,AMD64\0" "1-\0" "4x control MSR\0"
	"8x control\0" "4x status MSR\0" "4x address MSR\0" "4x misc MSR\0"
	"\0";

#define ENTRY "1b flags:PRESERVE_REGISTER\0" "1-\0" ACPI_GAS("register") "8x value\0" "8x mask\0" "\0"

/* 18.6.1, tables 18.22 to 18.25. */
const char acpi_einj[] =
	"000"
	"\0"
	" action\0"
	"1e action:0 begin,get trigger table,set error type,get error type,end,execute,check busy,get status,"
	"set error type and address,get timings,,,,,,,EINJv2 set error type,EINJv2 get error type|ff=trigger error\0"
	"1e instruction:0 read register,read register value,write register,write register value,no operation\0"
	ENTRY;

/* 18.5.1, tables 18.16 to 18.20. */
const char acpi_erst[] =
	"000"
	"\0"
	" action\0"
	"1e action:0 begin write,begin read,begin clear,end,set record offset,execute,check busy,get status,"
	"get record ID,set record ID,get record count,begin dummy write,,get log range,get log length,"
	"get log attributes,get timings\0"
	"1e instruction:0 read register,read register value,write register,write register value,no operation,"
	"load VAR1,load VAR2,store VAR1,add,subtract,add value,subtract value,stall,stall while true,"
	"skip next if true,go to,set source base,set destination base,move data\0"
	ENTRY;

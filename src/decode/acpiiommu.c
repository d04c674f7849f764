/* ACPI tables as rows: what is in DMAR and IVRS, the tables of DMA remapping. */
/* Rows only, in the order of the bytes; acpikinds.h says how they are read. */
#include "decode/acpikinds.h"

#define SCOPES ">" ACPI_LIST_SCOPE "\0"

/* VT-d 4.1, 8.3 to 8.9. */
const char acpi_dmar[] =
	"222"
	"2x type\0" "2n length:bytes\0" "\0"
	"0 remapping unit" SCOPES
	"1b flags:INCLUDE_PCI_ALL\0" "1n size exponent\0" "2n segment\0" "8x registers\0"
	"\0"
	"1 reserved memory" SCOPES
	"2-\0" "2n segment\0" "8x base\0" "8x limit\0"
	"\0"
	"2 root port ATS" SCOPES
	"1b flags:ALL_PORTS\0" "1-\0" "2n segment\0"
	"\0"
	"3 remapping unit's domain\0"
	"4-\0" "8x registers\0" "4n domain\0"
	"\0"
	"4 namespace device\0"
	"3-\0" "1n number\0" "0c name\0"
	"\0"
	"5 integrated ATC" SCOPES
	"1b flags:ATC_REQUIRED\0" "1-\0" "2n segment\0"
	"\0"
	"6 integrated device properties" SCOPES
	"2-\0" "2n segment\0"
	"\0";

/* VT-d 4.1, 8.3.1. */
const char acpi_scope[] =
	"111"
	"1e device:1 PCI endpoint,PCI bridge,I/O APIC,HPET,namespace device\0" "1n length:bytes\0" "\0"
	" scope>" ACPI_LIST_PATH "\0"
	"2-\0" "1n enumeration ID\0" "1x bus\0"
	"\0";

const char acpi_path[] =
	"000"
	"\0"
	" path\0"
	"2! PCI path\0"
	"\0";

#define IVHD(number) \
	number " remapping unit>" ACPI_LIST_IVHD "\0" \
	"1b flags:HtTunEn|PassPW|ResPassPW|Isoc|IotlbSup|Coherent|PreFSup|PPRSup\0" "2n length:bytes\0" \
	"2! device\0" "2x capability\0" "8x registers\0" "2n segment\0" "2x info\0" "4x features\0"

/* AMD IOMMU 3.08, 5.2.2: IVHD; 5.2.2.8: IVMD. */
const char acpi_ivrs[] =
	"122"
	"1e scope:20 all devices,a device,a range|10=unit|11=unit|40=unit\0" "\0"
	IVHD("10")
	"\0"
	IVHD("11,40") "8x EFR image\0" "8x EFR image 2\0"
	"\0"
	"20,21,22 memory\0"
	"1b flags:unity map|read|write|exclusion\0" "2n length:bytes\0" "2! device\0" "2! last device\0" "8-\0"
	"8x base\0" "8z size\0"
	"\0";

#define DEVICE "2! device\0" "1b settings:INITPass|EIntPass|NMIPass||#2 SysMgt|Lint0Pass|Lint1Pass\0"

/* AMD IOMMU 3.08, 5.2.2.2 to 5.2.2.7. */
const char acpi_ivhd[] =
	"1v0"
	"1e entry:0 padding,all,select,range start,range end"
	"|40=padding|42=alias select|43=alias range start|46=extended select|47=extended range start"
	"|48=special device|f0=ACPI device\0" "\0"
	"42,43 alias\0" DEVICE "1-\0" "2! source\0" "1-\0"
	"\0"
	"48 special\0" DEVICE "1n handle\0" "2! source\0" "1e variety:1 I/O APIC,HPET\0"
	"\0"
	"f0 ACPI\0" DEVICE "8c HID\0" "8c CID\0" "1e UID kind:0 none,number,text\0" "1n UID length\0" "0y UID\0"
	"\0"
	" devices\0" DEVICE "4x extended\0"
	"\0";

/* SMBIOS structures: names of all types, and the fields of those that tell of the board and its memory. */
/* DSP0134 3.7, chapter 7, in the order of its sections. Values that need code are in smbiosodd.c. */
#include "decode/smbiostypes.h"

#include "base/names.h"
#include "base/num.h"
#include "decode/fields.h"
#include "decode/smbiosodd.h"

#define HEADER 4u

const char *smbios_type_name(unsigned int type)
{
	/* By number; then what stands alone. */
	static const char names[] =
		"BIOS\0system\0baseboard\0chassis\0processor\0memory controller\0memory module\0cache\0"
		"port connector\0system slots\0on-board devices\0OEM strings\0configuration options\0"
		"BIOS language\0group associations\0system event log\0physical memory array\0memory device\0"
		"32-bit memory error\0memory array mapped address\0memory device mapped address\0"
		"built-in pointing device\0portable battery\0system reset\0hardware security\0"
		"system power controls\0voltage probe\0cooling device\0temperature probe\0"
		"electrical current probe\0out-of-band remote access\0boot integrity services\0"
		"system boot\0""64-bit memory error\0management device\0management device component\0"
		"management device threshold data\0memory channel\0IPMI device\0system power supply\0"
		"additional information\0on-board devices extended\0management controller host interface\0"
		"TPM device\0processor additional information\0firmware inventory\0string property\0"
		"inactive\0end of table\0OEM-specific\0unknown type";
	enum { NAMED = 47 };

	if (type >= NAMED)
		type = type == 126 ? NAMED : type == 127 ? NAMED + 1 : type >= 128 ? NAMED + 2 : NAMED + 3;
	return name_at(names, type);
}

#define STATES "1 other,unknown,safe,warning,critical,non-recoverable\0"
#define SRAM "other|unknown|non-burst|burst|pipeline burst|synchronous|asynchronous\0"
#define ECC "1 other,unknown,none,parity,single-bit ECC,multi-bit ECC"
#define HANDLE "|ffff=none\0"
#define ERROR_HANDLE "2x error handle:|fffe=not provided|ffff=no error\0"
#define ERROR(width, unknown) \
	"1e error type:1 other,unknown,OK,bad read,parity error,single-bit error,double-bit error,multi-bit error," \
	"nibble error,checksum error,CRC error,corrected single-bit error,corrected error,uncorrectable error\0" \
	"1e granularity:1 other,unknown,device level,memory partition level\0" \
	"1e operation:1 other,unknown,read,write,partial write\0" \
	"4x syndrome:|0=unknown\0" \
	width "x array address:|" unknown "=unknown\0" \
	width "x device address:|" unknown "=unknown\0" \
	"4x resolution:|80000000=unknown\0"

/* Behind the header. ROM size, UUID and others with '!' are in smbiosodd.c, by type and offset. */
static const struct layout {
	uint8_t type;
	uint8_t count_at; /* offset of the number of elements behind the rows, 0: there are none */
	const char *rows, *element, *after;
} layouts[] = {
	{ SMBIOS_BIOS, 0,
	  "1s vendor\0"
	  "1s version\0"
	  "2x start segment\0"
	  "1s release date\0"
	  "1! ROM size\0"
	  "2b characteristics:||unknown|not supported|ISA|MCA|EISA|PCI|PC Card|Plug and Play|APM|upgradeable|"
	  "shadowing allowed|VL-VESA|ESCD|boot from CD\0"
	  "2b services:selectable boot|socketed ROM|boot from PC Card|EDD|"
	  "NEC floppy|Toshiba floppy|360 kB floppy|1.2 MB floppy|"
	  "720 kB floppy|2.88 MB floppy|print screen|8042 keyboard|serial|printer|CGA/mono video|"
	  "NEC PC-98\0"
	  "4x vendor bits\0"
	  "1b extension 1:ACPI|USB legacy|AGP|I2O boot|LS-120 boot|ATAPI ZIP boot|IEEE 1394 boot|smart battery\0"
	  "1b extension 2:BIOS boot specification|function key network boot|targeted content distribution|UEFI|"
	  "virtual machine|manufacturing mode supported|manufacturing mode enabled\0"
	  "1n BIOS major:|ff=not told\0"
	  "1n BIOS minor:|ff=not told\0"
	  "1n EC firmware major:|ff=not told\0"
	  "1n EC firmware minor:|ff=not told\0"
	  "2! extended ROM size\0",
	  NULL, NULL },
	{ SMBIOS_SYSTEM, 0,
	  "1s manufacturer\0"
	  "1s product\0"
	  "1s version\0"
	  "1s serial number\0"
	  "g! UUID\0"
	  "1e wake-up:0 reserved,other,unknown,APM timer,modem ring,LAN remote,power switch,PCI PME#,AC power restored\0"
	  "1s SKU\0"
	  "1s family\0",
	  NULL, NULL },
	{ SMBIOS_BOARD, 0x0e,
	  "1s manufacturer\0"
	  "1s product\0"
	  "1s version\0"
	  "1s serial number\0"
	  "1s asset tag\0"
	  "1b features:hosting board|requires daughter board|removable|replaceable|hot swappable\0"
	  "1s location\0"
	  "2x chassis handle:" HANDLE
	  "1e type:1 unknown,other,server blade,connectivity switch,system management module,processor module,"
	  "I/O module,memory module,daughter board,motherboard,processor+memory module,processor+I/O module,"
	  "interconnect board\0"
	  "1n contained objects\0",
	  "2x contained object\0", "" },
	{ 3, 0x13,
	  "1s manufacturer\0"
	  "1b type:*7 ,other,unknown,desktop,low profile desktop,pizza box,mini tower,tower,portable,laptop,notebook,"
	  "hand held,docking station,all in one,sub notebook,space-saving,lunch box,main server chassis,"
	  "expansion chassis,sub chassis,bus expansion chassis,peripheral chassis,RAID chassis,rack mount chassis,"
	  "sealed-case PC,multi-system,CompactPCI,AdvancedTCA,blade,blade enclosure,tablet,convertible,detachable,"
	  "IoT gateway,embedded PC,mini PC,stick PC|lock present\0"
	  "1s version\0"
	  "1s serial number\0"
	  "1s asset tag\0"
	  "1e boot-up state:" STATES
	  "1e power supply state:" STATES
	  "1e thermal state:" STATES
	  "1e security:1 other,unknown,none,external interface locked out,external interface enabled\0"
	  "4x OEM\0"
	  "1n height:U|0=unspecified\0"
	  "1n power cords:|0=unspecified\0"
	  "1n contained elements\0"
	  "1n element size\0",
	  "1! contained type\0"
	  "1n contained minimum\0"
	  "1n contained maximum\0",
	  "1s SKU\0" },
	{ 4, 0,
	  "1s socket\0"
	  "1e type:1 other,unknown,central processor,math processor,DSP,video processor\0"
	  "1! family\0"
	  "1s manufacturer\0"
	  "4! signature\0"
	  "4b CPUID flags:FPU|VME|DE|PSE|TSC|MSR|PAE|MCE|CX8|APIC||SEP|MTRR|PGE|MCA|CMOV|PAT|PSE-36|PSN|CLFSH||DS|"
	  "ACPI|MMX|FXSR|SSE|SSE2|SS|HTT|TM||PBE\0"
	  "1s version\0"
	  "1! voltage\0"
	  "2n external clock:MHz|0=unknown\0"
	  "2n maximum speed:MHz|0=unknown\0"
	  "2n current speed:MHz|0=unknown\0"
	  "1b status:*3 unknown,enabled,disabled by the user,disabled by the BIOS,idle,,,other||||"
	  "*1 unpopulated,populated\0"
	  "1e upgrade:1 other,unknown,daughter board,ZIF socket,replaceable piggy back,none,LIF socket,slot 1,slot 2,"
	  "370-pin socket,slot A,slot M,423,A (462),478,754,940,939,mPGA604,LGA771,LGA775,S1,AM2,"
	  "F (1207),LGA1366,G34,AM3,C32,LGA1156,LGA1567,PGA988A,BGA1288,rPGA988B,BGA1023,BGA1224,LGA1155,LGA1356,"
	  "LGA2011,FS1,FS2,FM1,FM2,LGA2011-3,LGA1356-3,LGA1150,BGA1168,BGA1234,BGA1364,AM4,LGA1151,BGA1356,"
	  "BGA1440,BGA1515,LGA3647-1,SP3,SP3r2,LGA2066,BGA1392,BGA1510,BGA1528,LGA4189,LGA1200,LGA4677,LGA1700,"
	  "BGA1744,BGA1781,BGA1211,BGA2422,LGA1211,LGA2422,LGA5773,BGA5773,AM5,SP5,SP6,BGA883,BGA1190,BGA4129,"
	  "LGA4710,LGA7529,BGA1964,BGA1792,BGA2049,BGA2551,LGA1851,BGA2114,BGA2833\0"
	  "2x L1 cache handle:" HANDLE
	  "2x L2 cache handle:" HANDLE
	  "2x L3 cache handle:" HANDLE
	  "1s serial number\0"
	  "1s asset tag\0"
	  "1s part number\0"
	  "1n cores:|0=unknown|ff=see cores 2\0"
	  "1n cores enabled:|0=unknown|ff=see cores enabled 2\0"
	  "1n threads:|0=unknown|ff=see threads 2\0"
	  "2b characteristics:|unknown|64-bit capable|multi-core|hardware thread|execute protection|"
	  "enhanced virtualization|power/performance control|128-bit capable|Arm64 SoC ID\0"
	  "2! family 2\0"
	  "2n cores 2:|0=unknown\0"
	  "2n cores enabled 2:|0=unknown\0"
	  "2n threads 2:|0=unknown\0"
	  "2n threads enabled:|0=unknown\0",
	  NULL, NULL },
	{ 7, 0,
	  "1s socket\0"
	  "2b configuration:*3 level 1,level 2,level 3,level 4,level 5,level 6,level 7,level 8|"
	  "*1 not socketed,socketed||*2 internal,external,,location unknown|*1 disabled,enabled|"
	  "*2 write through,write back,varies with address,mode unknown\0"
	  "2! maximum size\0"
	  "2! installed size\0"
	  "2b supported SRAM:" SRAM
	  "2b installed SRAM:" SRAM
	  "1n speed:ns|0=unknown\0"
	  "1e error correction:" ECC "\0"
	  "1e type:1 other,unknown,instruction,data,unified\0"
	  "1e associativity:1 other,unknown,direct mapped,2-way,4-way,fully associative,8-way,16-way,12-way,24-way,"
	  "32-way,48-way,64-way,20-way\0"
	  "4! maximum size 2\0"
	  "4! installed size 2\0",
	  NULL, NULL },
	{ SMBIOS_ARRAY, 0,
	  "1e location:1 other,unknown,system board,ISA add-on card,EISA add-on card,PCI add-on card,MCA add-on card,"
	  "PCMCIA add-on card,proprietary add-on card,NuBus|a0=PC-98/C20 add-on card|a1=PC-98/C24 add-on card|"
	  "a2=PC-98/E add-on card|a3=PC-98/local bus add-on card|a4=CXL add-on card\0"
	  "1e use:1 other,unknown,system memory,video memory,flash memory,non-volatile RAM,cache memory\0"
	  "1e error correction:" ECC ",CRC\0"
	  "4z maximum capacity:400|80000000=see extended capacity\0"
	  ERROR_HANDLE
	  "2n devices\0"
	  "8z extended capacity\0",
	  NULL, NULL },
	{ SMBIOS_DEVICE, 0,
	  "2x array handle\0"
	  ERROR_HANDLE
	  "2n total width:bits|0=unknown|ffff=unknown\0"
	  "2n data width:bits|0=unknown|ffff=unknown\0"
	  "2! size\0"
	  "1e form factor:1 other,unknown,SIMM,SIP,chip,DIP,ZIP,proprietary card,DIMM,TSOP,row of chips,RIMM,SODIMM,"
	  "SRIMM,FB-DIMM,die,CAMM\0"
	  "1n set:|0=none|ff=unknown\0"
	  "1s locator\0"
	  "1s bank locator\0"
	  "1e type:1 " SMBIOS_MEMORY_TYPES "\0"
	  "2b type detail:|other|unknown|fast-paged|static column|pseudo-static|RAMBus|synchronous|CMOS|EDO|"
	  "window DRAM|cache DRAM|non-volatile|registered (buffered)|unbuffered (unregistered)|LRDIMM\0"
	  "2n speed:MT/s|0=unknown|ffff=see extended speed\0"
	  "1s manufacturer\0"
	  "1s serial number\0"
	  "1s asset tag\0"
	  "1s part number\0"
	  "1b attributes:#4 rank\0"
	  "4! extended size\0"
	  "2n configured speed:MT/s|0=unknown|ffff=see extended configured\0"
	  "2n minimum voltage:mV|0=unknown\0"
	  "2n maximum voltage:mV|0=unknown\0"
	  "2n configured voltage:mV|0=unknown\0"
	  "1e technology:1 other,unknown,DRAM,NVDIMM-N,NVDIMM-F,NVDIMM-P,Intel Optane persistent memory\0"
	  "2b operating modes:|other|unknown|volatile memory|byte-accessible persistent memory|"
	  "block-accessible persistent memory\0"
	  "1s firmware version\0"
	  "2! module maker\0"
	  "2x module product:|0=unknown\0"
	  "2! controller maker\0"
	  "2x controller product:|0=unknown\0"
	  "8z non-volatile size:|0=none|ffffffffffffffff=unknown\0"
	  "8z volatile size:|0=none|ffffffffffffffff=unknown\0"
	  "8z cache size:|0=none|ffffffffffffffff=unknown\0"
	  "8z logical size:|0=none|ffffffffffffffff=unknown\0"
	  "4n extended speed:MT/s|0=none\0"
	  "4n extended configured:MT/s|0=none\0"
	  "2! PMIC0 maker\0"
	  "2x PMIC0 revision:|ff00=unknown\0"
	  "2! RCD maker\0"
	  "2x RCD revision:|ff00=unknown\0",
	  NULL, NULL },
	{ SMBIOS_ERROR32, 0, ERROR("4", "80000000"), NULL, NULL },
	{ SMBIOS_ARRAY_ADDRESS, 0,
	  "4! start\0"
	  "4! last\0"
	  "2x array handle\0"
	  "1n partition width\0"
	  "8x extended start\0"
	  "8x extended last\0",
	  NULL, NULL },
	{ SMBIOS_DEVICE_ADDRESS, 0,
	  "4! start\0"
	  "4! last\0"
	  "2x device handle\0"
	  "2x array map handle\0"
	  "1n row position:|0=reserved|ff=unknown\0"
	  "1n interleave position:|0=not interleaved|ff=unknown\0"
	  "1n interleaved depth:|0=not interleaved|ff=unknown\0"
	  "8x extended start\0"
	  "8x extended last\0",
	  NULL, NULL },
	{ 32, 0,
	  "6-\0"
	  "1e boot status:0 no errors detected,no bootable media,operating system failed to load,"
	  "firmware-detected hardware failure,operating system-detected hardware failure,user-requested boot,"
	  "system security violation,previously-requested image,watchdog timer expired\0",
	  NULL, NULL },
	{ SMBIOS_ERROR64, 0, ERROR("8", "8000000000000000"), NULL, NULL },
	{ 127, 0, "", NULL, NULL },
};

static const char *string(const void *arg, unsigned int n)
{
	const struct smbios_odd *odd = arg;

	return smbios_string(odd->record, n);
}

/* Type 2: handles; type 3: records, whose size stands behind their number. */
static void decode_elements(const struct layout *l, const struct view *body, const struct fields *how)
{
	size_t at = HEADER + fields_size(l->rows), size = l->type == 3 ? view_u8(body, l->count_at + 1) : 2;
	struct view rest;

	for (unsigned int i = view_u8(body, l->count_at); i && view_has(body, at, size); i--) {
		struct view element = view_sub(body, at, size);

		fields_decode(l->element, &element, how);
		at += size;
	}
	rest = view_sub(body, at, SIZE_MAX);
	fields_decode(l->after, &rest, how);
}

/* A piece at a time, as long as a fact's text can show. */
static void decode_unknown(const struct smbios_record *r, const struct fields *how)
{
	const char *text;

	for (size_t at = HEADER; at < r->body.len; at += 64) {
		struct view piece = view_sub(&r->body, at, 64);

		fields_decode("", &piece, how);
	}
	for (unsigned int n = 1; (text = smbios_string(r, n)); n++) {
		/* As if a field had the string's number. */
		uint8_t number = (uint8_t)n;
		struct view v = { &number, 1, r->strings.phys + (size_t)((const uint8_t *)text - r->strings.bytes) };

		fields_decode("1s string\0", &v, how);
	}
}

void smbios_decode(const struct smbios_record *r, unsigned int version, struct sink *sink)
{
	const struct smbios_odd odd = { r, version };
	const struct fields how = { sink, 0, string, smbios_say_odd, &odd };

	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		const struct layout *l = &layouts[i];
		struct view fields;

		if (l->type != r->type)
			continue;
		fields = view_sub(&r->body, HEADER, l->count_at ? fields_size(l->rows) : SIZE_MAX);
		fields_decode(l->rows, &fields, &how);
		if (l->count_at)
			decode_elements(l, &r->body, &how);
		return;
	}
	decode_unknown(r, &how);
}

struct wanted {
	const char *key;
	struct fact *fact;
};

static void put_wanted(void *arg, const struct fact *fact)
{
	const struct wanted *w = arg;

	if (!w->fact->key[0] && !strcmp(fact->key, w->key))
		*w->fact = *fact;
}

bool smbios_fact(const struct smbios_record *r, unsigned int version, const char *key, struct fact *ret_fact)
{
	struct wanted wanted = { key, ret_fact };
	struct sink sink = { put_wanted, &wanted };

	*ret_fact = (struct fact){ 0 };
	smbios_decode(r, version, &sink);
	return ret_fact->key[0];
}

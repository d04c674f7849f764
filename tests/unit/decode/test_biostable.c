/* The BIOS's own tables: $PIR with its slots, the list of services, the anchors of one part, ends in odd places. */
/* Real ones are compared with biosdecode, field by field. */
#include "records.h"

#include "decode/biostable.h"

static void whole(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} rows[] = {
		{ "$PIR\x00\x01\x40\x00\x00\x38\x00\x0c\x86\x80\x2e\x12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x7f"
		  "\x00\x08\x60\xf8\xde\x61\x20\x00\x00\x00\x00\x63\x00\x80\x00\x00"
		  "\x01\x1b\x60\xf8\xde\x61\x20\x00\x00\x00\x00\x63\x00\x80\x02\x00", 64,
		  "PCI IRQ routing: signature $PIR; minor version 0; major version 1; length 64 bytes; router bus 0; router device 7; "
		  "exclusive IRQs 10-11; compatible vendor 0x8086; compatible device 0x122e; miniport data 0x0; "
		  "checksum 0x7f\n"
		  "device: bus 0; device 1; INTA link 0x60, IRQs 3-7 9-12 14-15; INTB link 0x61, IRQs 5; INTC not connected; "
		  "INTD link 0x63, IRQs 15; slot on board\n"
		  "device: bus 1; device 3.3; INTA link 0x60, IRQs 3-7 9-12 14-15; INTB link 0x61, IRQs 5; INTC not connected; "
		  "INTD link 0x63, IRQs 15; slot 2\n" },
		{ "32OS\x02$ABC\x00\x10\x0f\x00\x34\x12$X\x01Z\xff\xff\xff\xff\x00\x04", 25,
		  "Compaq services: signature 32OS; count 2\n"
		  "service: name $ABC; address 0xf1000; size 4660 bytes\n"
		  "service: name $X\x01Z; address 0xffffffff; size 1 KiB\n" },
		{ "_32_\x90\xb4\x0f\x00\x00\x01\x2e\0\0\0\0\0", 16,
		  "BIOS32: signature _32_; entry point 0xfb490; revision 0; length 16 bytes; checksum 0x2e\n" },
		{ "$PnP\x10\x21\x01\x00\x7f\x99\x88\x07\x00\x13\xd1\x00\xf0\x0f\xd1\x00\x00\x0f\x00\x41\xd0\x0c\x0f\x40\x00"
		  "\x00\x04\x00\x00", 33,
		  "Plug and Play: signature $PnP; version 0x10; length 33 bytes; events polled; checksum 0x7f; event flag 0x78899; "
		  "real-mode offset 0xd113; real-mode segment 0xf000; protected-mode offset 0xd10f; "
		  "protected-mode base 0xf0000; OEM device PNP0C0F; real-mode data 0x40; protected-mode data 0x400\n" },
		{ "_MP_\xb0\x5b\x0f\x00\x01\x04\xe5\x05\x80\0\0\0", 16,
		  "MP pointer: signature _MP_; table 0xf5bb0; length 16 bytes; revision 1.4; checksum 0xe5; "
		  "default configuration 5; mode IMCR and PIC\n" },
		{ "_SYSID_\x55\x11\x00\x78\x56\x34\x12\x02\x00\x01", 17,
		  "SYSID: signature _SYSID_; checksum 0x55; length 17 bytes; structures 0x12345678; count 2; revision 1\n" },
		{ "\xaa\x55VPD\x30\0\0\0\0\0\0\0" "1RET50WW\0" "KBXYZ12" "1ZABCDEFGHI" "2373CTO" "\x99", 48,
		  "IBM VPD: magic 0x55aa; signature VPD; length 48 bytes; other 7 bytes, all 0; BIOS build 1RET50WW; "
		  "box serial number KBXYZ12; board serial number 1ZABCDEFGHI; machine type 2373CTO; checksum 0x99\n" },
		{ "$PMM\x01\x10\x42\x00\x80\x00\xf0\0\0\0\0\0", 16,
		  "POST memory: signature $PMM; revision 0x1; length 16 bytes; checksum 0x42; entry offset 0x8000; "
		  "entry segment 0xf000\n" },
		{ "_SM_\x93\x1f\x02\x08\x4b\0\0\0\0\0\0\0_DMI_\x57\x7f\x01\x00\xf0\x51\x1f\x09\x00\x28", 31,
		  "SMBIOS 2: signature _SM_; checksum 0x93; length 31 bytes; major version 2; minor version 8; "
		  "largest structure 75 bytes; revision 0; formatted area 5 bytes, all 0; DMI signature _DMI_; "
		  "DMI checksum 0x57; structures length 383 bytes; structures 0x1f51f000; count 9; BCD version 0x28\n" },
		{ "_DMI_\x57\x7f\x01\x00\xf0\x51\x1f\x09\x00\x28", 15,
		  "DMI: DMI signature _DMI_; DMI checksum 0x57; structures length 383 bytes; structures 0x1f51f000; "
		  "count 9; BCD version 0x28\n" },
		{ "_SM3_\x11\x18\x03\x03\x01\x01\x00\x00\x10\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00", 24,
		  "SMBIOS 3: signature _SM3_; checksum 0x11; length 24 bytes; major version 3; minor version 3; "
		  "document revision 1; revision 1; structures at most 4 KiB; structures 0x100000000\n" },
		{ "RSD PTR \x24" "BOCHS \x00\x7d\x1a\xfe\x1f", 20,
		  "ACPI root: signature RSD PTR; checksum 0x24; OEM BOCHS; revision 0; RSDT 0x1ffe1a7d\n" },
		{ "RSD PTR \x24" "BOCHS \x02\x7d\x1a\xfe\x1f\x24\0\0\0\xe8\xd0\x77\x1f\0\0\0\0\x99\0\0\0", 36,
		  "ACPI root: signature RSD PTR; checksum 0x24; OEM BOCHS; revision 2; RSDT 0x1ffe1a7d; length 36 bytes; "
		  "XSDT 0x1f77d0e8; extended checksum 0x99\n" },
		{ "$SNY\x01\x06", 6, "" },
		{ "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct records_text t;

		records_walk(biostable_next, rows[i].bytes, rows[i].len, &t);
		CHECK_TEXT(rows[i].bytes, t.text, rows[i].text);
	}
}

/* A slot that is cut off is shown as far as it is there. */
static void cut(void **state)
{
	static const uint8_t pir[32 + 16 + 3] = "$PIR";

	(void)state;
	for (size_t len = 0; len <= sizeof(pir); len++) {
		static struct records_text t;
		size_t lines = 0;

		records_walk(biostable_next, pir, len, &t);
		for (size_t i = 0; t.text[i]; i++)
			lines += t.text[i] == '\n';
		CHECK_NUMBER("records", lines, len < 4 ? 0 : len <= 32 ? 1 : len <= 48 ? 2 : 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(whole), cmocka_unit_test(cut) };

	return cmocka_run_group_tests_name("decode/biostable", tests, NULL, NULL);
}

/* Hex dumps: lines, folding, ends. */
/* Which bytes are dumped is the business of ramscope dump. */
#include "unit.h"

#include "report/hexdump.h"

static void lines(void **state)
{
	static const uint8_t head[] = { 'R', 'S', 'D', ' ', 0, 0x1b, 0x7f, 0x80, 0xff, '|' };
	uint8_t bytes[96] = { 0 };
	struct report r;
	struct hexdump h = { .report = &r };
	char *got;

	(void)state;
	memcpy(bytes, head, sizeof(head));
	bytes[95] = 1;
	unit_report(&r, REPORT_TEXT);
	hexdump_put(&h, 0xf59d0, bytes, 64);	  /* a line, then three of zeros */
	hexdump_put(&h, 0xf5a10, bytes + 64, 32); /* one more of zeros, one other */
	hexdump_put(&h, 0xf5a30, bytes + 16, 16);
	hexdump_put(&h, 0xf5a40, bytes + 16, 16);
	hexdump_end(&h);			 /* folded at the end: the address behind it */
	hexdump_put(&h, 0x1000, bytes + 16, 16); /* elsewhere: not folded */
	hexdump_put(&h, 0x2000, bytes + 16, 16); /* nor here, without an end between */
	hexdump_put(&h, 0x12345678a, head, 3);	 /* neither begins nor ends on a line */
	hexdump_put(&h, 0x12345678d, head, 10);
	got = unit_report_end(&r);
	CHECK_TEXT("dump", got,
		   "000f59d0: 52 53 44 20 00 1b 7f 80 ff 7c 00 00 00 00 00 00 |RSD .....|......|\n"
		   "000f59e0: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |................|\n"
		   "*\n"
		   "000f5a20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 |................|\n"
		   "000f5a30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |................|\n"
		   "*\n"
		   "000f5a50:\n"
		   "00001000: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |................|\n"
		   "00002000: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 |................|\n"
		   "00012345678a: 52 53 44                                        |RSD|\n"
		   "00012345678d: 52 53 44                                        |RSD|\n"
		   "000123456790: 20 00 1b 7f 80 ff 7c                            | .....||\n");
	free(got);
}

static void objects(void **state)
{
	uint8_t bytes[258];
	struct report r;
	struct hexdump h = { .report = &r };
	char *got, *second;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	unit_report(&r, REPORT_NDJSON);
	report_section(&r, "dump");
	hexdump_put(&h, 0xffe, bytes, sizeof(bytes));
	hexdump_end(&h);
	got = unit_report_end(&r);
	second = strchr(got, '\n') + 1;
	CHECK("first", !strncmp(got,
				"{\"section\":\"dump\",\"item\":\"bytes\",\"phys\":\"0xffe\","
				"\"hex\":\"a5a5\"}\n",
				(size_t)(second - got)));
	CHECK("second", strstr(second, "\"phys\":\"0x1000\",\"hex\":\"a5a5a5"));
	CHECK_NUMBER("two objects", strlen(second),
		     strlen("{\"section\":\"dump\",\"item\":\"bytes\","
			    "\"phys\":\"0x1000\",\"hex\":\"\"}\n") +
			 512);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(objects),
	};

	return cmocka_run_group_tests_name("report/hexdump", tests, NULL, NULL);
}

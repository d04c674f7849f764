/* zoneinfo, buddyinfo, pagetypeinfo and meminfo: texts as kernels write them, and texts that are broken. */
/* The files of kernels that run are read on booted boards. */
#include "unit.h"

#include "census/zonefiles.h"

static struct zonefiles z;

/* Two nodes; the lines that count are as 6.1 has them, in a machine with two processors. */
static const char zoneinfo[] =
    "Node 0, zone      DMA\n"
    "  per-node stats\n"
    "      nr_inactive_anon 266\n"
    "      nr_free_pages 99\n"
    "  pages free     3840\n"
    "        boost    0\n"
    "        min      87\n"
    "        low      108\n"
    "        high     129\n"
    "        spanned  4095\n"
    "        present  3998\n"
    "        managed  3840\n"
    "        cma      0\n"
    "        protection: (0, 478, 478, 478)\n"
    "      nr_free_pages 3840\n"
    "      numa_local   0\n"
    "  pagesets\n"
    "    cpu: 0\n"
    "              count: 12\n"
    "              high:  28\n"
    "              batch: 4\n"
    "  vm stats threshold: 4\n"
    "    cpu: 1\n"
    "              count: 30\n"
    "              high:  28\n"
    "              batch: 4\n"
    "  vm stats threshold: 4\n"
    "  node_unreclaimable:  0\n"
    "  start_pfn:           1\n"
    "Node 0, zone  Movable\n"
    "  pages free     0\n"
    "        spanned  0\n"
    "        present  0\n"
    "        managed  0\n"
    "        protection: (0, 0, 0, 0)\n"
    "Node 1, zone      DMA\n"
    "  pages free     0\n"
    "        spanned  0\n"
    "Node 1, zone  Movable\n"
    "  pages free     7\n"
    "  start_pfn:           1048576\n";

static void init(void)
{
	memset(&z, 0, sizeof(z));
	zonefiles_zoneinfo(&z, zoneinfo);
}

static void zones(void **state)
{
	const struct zonefiles_zone *dma = &z.zones[0];

	(void)state;
	init();
	assert_int_equal(z.len, 4);
	assert_string_equal(dma->name, "DMA");
	assert_int_equal(dma->free, 3840);
	assert_int_equal(dma->spanned, 4095);
	assert_int_equal(dma->present, 3998);
	assert_int_equal(dma->managed, 3840);
	assert_int_equal(dma->start_pfn, 1);
	assert_int_equal(dma->percpu, 42);
	assert_int_equal(dma->cpus, 2);
	assert_int_equal(dma->threshold, 4);
	assert_int_equal(z.zones[1].number, 1);
	assert_int_equal(z.zones[2].nid, 1);
	assert_int_equal(z.zones[2].number, 0);
	assert_int_equal(z.zones[3].number, 1);
	assert_int_equal(z.zones[3].start_pfn, 1048576);
}

static void blocks(void **state)
{
	(void)state;
	init();
	zonefiles_buddyinfo(&z, "Node 0, zone      DMA      0      1      2 \n"
				"Node 1, zone  Movable      5 \n"
				"Node 2, zone  Movable      6 \n");
	assert_int_equal(z.zones[0].orders, 3);
	assert_int_equal(z.zones[0].blocks[2], 2);
	assert_int_equal(z.zones[1].orders, 0);
	assert_int_equal(z.zones[3].orders, 1);
	assert_int_equal(z.zones[3].blocks[0], 5);
}

static void types(void **state)
{
	(void)state;
	init();
	zonefiles_pagetypeinfo(
	    &z, "Page block order: 9\nPages per block:  512\n\n"
		"Free pages count per migrate type at order       0      1      2 \n"
		"Node    0, zone      DMA, type    Unmovable      1      2      3 \n"
		"Node    0, zone      DMA, type      Movable >100000      0      9 \n"
		"Node    1, zone  Movable, type    Unmovable      4      0      0 \n"
		"\nNumber of blocks type     Unmovable      Movable \n"
		"Node 0, zone      DMA            1            7 \n");
	assert_string_equal(z.types[0], "Unmovable");
	assert_string_equal(z.types[1], "Movable");
	assert_int_equal(z.zones[0].types, 2);
	assert_int_equal(z.zones[0].by_type[0][2], 3);
	assert_int_equal(z.zones[0].by_type[1][0], ZONEFILES_CAPPED);
	assert_int_equal(z.zones[0].by_type[1][2], 9);
	assert_int_equal(z.zones[3].types, 1);
	assert_int_equal(z.zones[3].by_type[0][0], 4);
}

static void meminfo(void **state)
{
	(void)state;
	init();
	zonefiles_meminfo(&z, "MemTotal:         505032 kB\nMemFree:          498940 kB\n"
			      "SwapCached:            8 kB\nShmem:              1064 kB\n"
			      "ShmemHugePages:     4096 kB\nHugetlb:           16384 kB\n"
			      "Slab:      4 pages\nPageTables: kB\n");
	assert_int_equal(z.meminfo[MEMINFO_TOTAL], 126258);
	assert_int_equal(z.meminfo[MEMINFO_FREE], 124735);
	assert_int_equal(z.meminfo[MEMINFO_SWAPCACHE], 2);
	assert_int_equal(z.meminfo[MEMINFO_SHMEM], 266);
	assert_int_equal(z.meminfo[MEMINFO_HUGETLB], 4096);
	assert_int_equal(z.told, 1u << MEMINFO_TOTAL | 1u << MEMINFO_FREE | 1u << MEMINFO_SWAPCACHE |
				     1u << MEMINFO_SHMEM | 1u << MEMINFO_HUGETLB);
	assert_string_equal(zonefiles_meminfo_name(MEMINFO_SWAPCACHE), "SwapCached");
	assert_string_equal(zonefiles_meminfo_name(MEMINFO_POISON), "HardwareCorrupted");
}

/* What is not as expected is left out, whatever stands around it. */
static void rubbish(void **state)
{
	static const struct {
		const char *label, *text;
		size_t len; /* zones */
	} rows[] = {
		{ "nothing", "", 0 },
		{ "blanks", "   \n\n  \n", 0 },
		{ "no number", "Node , zone DMA\n", 0 },
		{ "a node too large", "Node 65536, zone DMA\n", 0 },
		{ "a number too large", "Node 99999999999999999999, zone DMA\n", 0 },
		{ "no name", "Node 0, zone \n", 0 },
		{ "a name too long", "Node 0, zone ABCDEFGHIJKLMNOP\n", 0 },
		{ "a name that just fits", "Node 0, zone ABCDEFGHIJKLMNO\n", 1 },
		{ "the file ends in a word", "Node 0, zone DMA\n spann", 1 },
		{ "a count before any zone", " present 5\nNode 0, zone DMA", 1 },
		{ "a count too large", "Node 0, zone DMA\n present 99999999999999999999\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(&z, 0, sizeof(z));
		zonefiles_zoneinfo(&z, rows[i].text);
		CHECK_NUMBER(rows[i].label, z.len, rows[i].len);
		CHECK_NUMBER(rows[i].label, z.zones[0].present, 0);
	}
}

/* More of everything than there is room for. */
static void many(void **state)
{
	static char text[64 * 1024];
	size_t used = 0;

	(void)state;
	memset(&z, 0, sizeof(z));
	for (int i = 0; i < 100; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "Node %d, zone DMA\n", i);
	zonefiles_zoneinfo(&z, text);
	assert_int_equal(z.len, ZONES_LIST_MAX);
	used = 0;
	for (int i = 0; i < 40; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "Node 0, zone DMA, type T%d 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", i);
	zonefiles_pagetypeinfo(&z, text);
	assert_int_equal(z.zones[0].types, ZONES_TYPES_MAX);
	zonefiles_buddyinfo(&z, "Node 0, zone DMA 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n");
	assert_int_equal(z.zones[0].orders, ORDERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones),   cmocka_unit_test(blocks),  cmocka_unit_test(types),
		cmocka_unit_test(meminfo), cmocka_unit_test(rubbish), cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

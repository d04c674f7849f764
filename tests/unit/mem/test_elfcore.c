/* ELF cores: headers by hand from the System V ABI, good ones and spoiled ones. */
/* Cores of real machines are read by the boot tests. */
#include "core.h"

#include "mem/elfcore.h"
#include "mem/touch.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_SIZE 0x30000u

/* A note, and two pieces of memory: 0x1000-0x11000 and 0x100000-0x110000. */
static size_t good_head(uint8_t *head)
{
	const Elf64_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = 64,
		.e_ehsize = 64,
		.e_phentsize = 56,
		.e_phnum = 3,
	};
	const Elf64_Phdr phdrs[3] = {
		{ .p_type = PT_NOTE, .p_offset = 232, .p_filesz = 100 },
		{ .p_type = PT_LOAD,
		  .p_offset = 0x1004,
		  .p_paddr = 0x1000,
		  .p_filesz = 0x10000,
		  .p_memsz = 0x10000 },
		{ .p_type = PT_LOAD,
		  .p_offset = 0x11004,
		  .p_paddr = 0x100000,
		  .p_filesz = 0x10000,
		  .p_memsz = 0x20000 },
	};

	memcpy(head, &ehdr, 64);
	memcpy(head + 64, phdrs, sizeof(phdrs));
	return 64 + sizeof(phdrs);
}

static bool parse(const uint8_t *head, size_t len, uint64_t file_size, struct elfcore *core,
		  struct err *e)
{
	uint8_t *copy = unit_copy(head, len);
	const struct view v = { copy, len, 0 };
	bool good = elfcore_parse(&v, file_size, core, e);

	free(copy);
	return good;
}

static void good_core(void **state)
{
	static struct elfcore core;
	struct err e = ERR_INIT;
	uint8_t head[232];

	(void)state;
	assert_true(parse(head, good_head(head), FILE_SIZE, &core, &e));
	CHECK_NUMBER("segments", core.segments_len, 2);
	CHECK_NUMBER("first", core.segments[0].phys.start, 0x1000);
	CHECK_NUMBER("first", core.segments[0].phys.end, 0x11000);
	CHECK_NUMBER("first", core.segments[0].offset, 0x1004);
	/* What is in memory only has no bytes in the file. */
	CHECK_NUMBER("second", core.segments[1].phys.start, 0x100000);
	CHECK_NUMBER("second", core.segments[1].phys.end, 0x110000);
	CHECK_NUMBER("second", core.segments[1].offset, 0x11004);
	CHECK_NUMBER("notes", core.note_file.start, 232);
	CHECK_NUMBER("notes", core.note_file.end, 332);
}

/* Program headers: 0 at 64, 1 at 120, 2 at 176; p_type 0, p_offset 8, p_paddr 24, p_filesz 32. */
static void spoiled(void **state)
{
	static const struct {
		const char *label;
		size_t off, width;
		uint64_t value;
		enum err_kind kind; /* ERR_NONE: read all the same */
	} rows[] = {
		{ "magic", 0, 4, 0x464c457e, ERR_NOT_CORE },
		{ "32 bits", 4, 1, 1, ERR_CLASS },
		{ "class 0", 4, 1, 0, ERR_CLASS },
		{ "big endian", 5, 1, 2, ERR_CLASS },
		{ "an executable", 16, 2, 2, ERR_NOT_CORE },
		{ "a relocatable", 16, 2, 1, ERR_NOT_CORE },
		{ "of aarch64", 18, 2, 183, ERR_CLASS },
		{ "of i386", 18, 2, 3, ERR_CLASS },
		{ "e_ehsize 8", 52, 2, 8, ERR_NONE },
		{ "no program headers", 56, 2, 0, ERR_NOT_CORE },
		{ "more of them than bytes", 56, 2, 4, ERR_TRUNCATED },
		{ "very many of them", 56, 2, 0xfffe, ERR_TRUNCATED },
		{ "number in a section that is not there", 56, 2, 0xffff, ERR_TRUNCATED },
		{ "headers of 32-bit size", 54, 2, 32, ERR_NOT_CORE },
		{ "headers of size 0", 54, 2, 0, ERR_NOT_CORE },
		{ "headers behind the end", 32, 8, 233, ERR_TRUNCATED },
		{ "headers one byte too far", 32, 8, 65, ERR_TRUNCATED },
		{ "headers at the end of the world", 32, 8, UINT64_MAX, ERR_TRUNCATED },
		{ "headers wrap", 32, 8, UINT64_MAX - 55, ERR_TRUNCATED },
		{ "one segment of another type", 120, 4, 0x6474e551, ERR_NONE },
		{ "offset is the file's end", 120 + 8, 8, FILE_SIZE, ERR_TRUNCATED },
		{ "segment a byte too long", 176 + 32, 8, FILE_SIZE - 0x11004 + 1, ERR_TRUNCATED },
		{ "segment just long enough", 176 + 32, 8, FILE_SIZE - 0x11004, ERR_NONE },
		{ "length wraps", 176 + 32, 8, UINT64_MAX, ERR_TRUNCATED },
		{ "offset and length wrap", 176 + 8, 8, UINT64_MAX - 0x100, ERR_TRUNCATED },
		{ "notes too long", 64 + 32, 8, FILE_SIZE, ERR_TRUNCATED },
		{ "notes far away", 64 + 8, 8, 1ull << 62, ERR_TRUNCATED },
		{ "no notes", 64, 4, 0, ERR_NONE },
		{ "segment to the last address", 120 + 24, 8, UINT64_MAX - 0x10000, ERR_NONE },
		{ "segment wraps", 120 + 24, 8, UINT64_MAX - 0xffff, ERR_NOT_CORE },
		{ "empty segment", 120 + 32, 8, 0, ERR_NONE },
		{ "empty segment that would wrap", 120 + 32, 8, 0, ERR_NONE },
	};
	static struct elfcore core;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint8_t head[232];
		size_t len = good_head(head);

		memcpy(head + rows[i].off, &rows[i].value, rows[i].width);
		CHECK(rows[i].label,
		      parse(head, len, FILE_SIZE, &core, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		CHECK(rows[i].label, rows[i].kind == ERR_NONE || e.msg[0]);
	}
}

/* A file that ends anywhere is refused, and nothing behind its end is looked at. */
static void cut(void **state)
{
	static struct elfcore core;
	uint8_t head[232];
	size_t len = good_head(head);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		struct err e = ERR_INIT;
		enum err_kind want = n < 16 ? ERR_NOT_CORE : ERR_TRUNCATED;

		if (parse(head, n, FILE_SIZE, &core, &e) || e.kind != want)
			fail_msg("%zu bytes: %s", n, err_name(e.kind));
	}
}

static void no_memory(void **state)
{
	static const uint32_t other = 0x6474e551;
	static struct elfcore core;
	struct err e = ERR_INIT;
	uint8_t head[232];
	size_t len = good_head(head);

	(void)state;
	memcpy(head + 120, &other, 4);
	memcpy(head + 176, &other, 4);
	assert_false(parse(head, len, FILE_SIZE, &core, &e));
	CHECK_NUMBER("kind", e.kind, ERR_NOT_CORE);
}

static void kdump(void **state)
{
	static struct elfcore core;
	struct err e = ERR_INIT;

	(void)state;
	assert_false(parse((const uint8_t *)"KDUMP   \6\0\0\0Linux", 17, 4096, &core, &e));
	CHECK_NUMBER("kind", e.kind, ERR_NOT_CORE);
	CHECK("says how", strstr(e.hint, "makedumpfile"));
}

/* 0xffff: the number is in sh_info of section 0. */
static void many_headers(void **state)
{
	static const struct {
		const char *label;
		uint32_t number;
		bool section;
		enum err_kind kind;
	} rows[] = {
		{ "as many as may be", ELFCORE_SEGMENTS_MAX, true, ERR_NONE },
		{ "one more", ELFCORE_SEGMENTS_MAX + 1, true, ERR_UNSUPPORTED },
		{ "2^32 - 1", UINT32_MAX, true, ERR_TRUNCATED },
		{ "none", 0, true, ERR_NOT_CORE },
		{ "section behind the end", 1, false, ERR_TRUNCATED },
	};
	const size_t len = 128 + 56 * (ELFCORE_SEGMENTS_MAX + 1);
	uint8_t *head = calloc(1, len);
	static struct elfcore core;

	(void)state;
	assert_non_null(head);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		uint64_t shoff = rows[i].section ? 64 : len - 63;
		const uint64_t phoff = 128;
		const uint16_t xnum = 0xffff;

		good_head(head);
		memcpy(head + 32, &phoff, 8);
		memcpy(head + 40, &shoff, 8);
		memcpy(head + 56, &xnum, 2);
		memset(head + 64, 0, 64);
		memcpy(head + 64 + 44, &rows[i].number, 4);
		for (size_t n = 0; n <= ELFCORE_SEGMENTS_MAX; n++) {
			Elf64_Phdr ph = { .p_type = PT_LOAD, .p_paddr = n << 20, .p_filesz = 1 };

			memcpy(head + 128 + n * 56, &ph, 56);
		}
		CHECK(rows[i].label,
		      parse(head, len, FILE_SIZE, &core, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		if (e.kind == ERR_NONE)
			CHECK_NUMBER(rows[i].label, core.segments_len, rows[i].number);
	}
	free(head);
}

static void notes(void **state)
{
	static const struct {
		const char *label;
		uint32_t words[16];
		size_t len;	     /* bytes */
		uint64_t start, end; /* of the descriptor; 0, 0: not found */
	} rows[] = {
		/* "VMC\0": 0x434d56 */
		{ "alone", { 4, 5, 0, 0x434d56, 1, 2 }, 24, 16, 21 },
		{ "descriptor to the very end", { 4, 5, 0, 0x434d56, 1, 2 }, 21, 16, 21 },
		{ "a byte short", { 4, 5, 0, 0x434d56, 1, 2 }, 20, 0, 0 },
		{ "empty descriptor", { 4, 0, 0, 0x434d56 }, 16, 16, 16 },
		{ "behind another", { 3, 6, 9, 0x4241, 1, 2, 4, 4, 0, 0x434d56, 7 }, 44, 40, 44 },
		{ "name not ended", { 3, 4, 0, 0x434d56, 7 }, 20, 0, 0 },
		{ "longer name", { 5, 4, 0, 0x45434d56, 0, 7 }, 24, 0, 0 },
		{ "only a head", { 4, 0, 0 }, 12, 0, 0 },
		{ "head cut", { 4, 0, 0, 0x434d56 }, 11, 0, 0 },
		{ "name of 4 GiB", { UINT32_MAX, 0, 0, 0x434d56 }, 16, 0, 0 },
		{ "descriptor of 4 GiB", { 4, UINT32_MAX, 0, 0x434d56 }, 64, 0, 0 },
		{ "first of 4 GiB", { 3, UINT32_MAX, 0, 0x4241, 4, 0, 0, 0x434d56 }, 64, 0, 0 },
		{ "padding beyond the end", { 3, 5, 0, 0x4241, 1, 2 }, 21, 0, 0 },
		{ "nothing", { 0 }, 0, 0, 0 },
		{ "zeros", { 0 }, 64, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *bytes = unit_copy(rows[i].words, rows[i].len);
		const struct view v = { bytes, rows[i].len, 0 };
		struct range desc = { 0, 0 };

		CHECK(rows[i].label, elfcore_find_note(&v, "VMC", &desc) == (rows[i].end != 0));
		CHECK_NUMBER(rows[i].label, desc.start, rows[i].start);
		CHECK_NUMBER(rows[i].label, desc.end, rows[i].end);
		free(bytes);
	}
}

/* The guard gets whole pages and nothing else, whatever the segments say. */
static void allowed(void **state)
{
	static const struct {
		const char *label;
		struct range phys, allowed; /* 0, 0: nothing */
	} rows[] = {
		{ "pages", { 0x1000, 0x3000 }, { 0x1000, 0x3000 } },
		{ "begins inside a page", { 0x1001, 0x3000 }, { 0x2000, 0x3000 } },
		{ "ends inside a page", { 0x1000, 0x3fff }, { 0x1000, 0x3000 } },
		{ "less than a page", { 0x1001, 0x1fff }, { 0, 0 } },
		{ "two halves", { 0x1800, 0x2800 }, { 0, 0 } },
		{ "the last page", { 0xfffffffffffff000, UINT64_MAX }, { 0, 0 } },
		{ "in the last page", { 0xfffffffffffff001, UINT64_MAX }, { 0, 0 } },
		{ "the last byte but one", { UINT64_MAX - 1, UINT64_MAX }, { 0, 0 } },
	};
	static struct elfcore core;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_INIT;
		struct guard g;

		guard_init(&g);
		core.segments_len = 1;
		core.segments[0].phys = rows[i].phys;
		CHECK(rows[i].label, elfcore_allow(&core, &g, &e));
		CHECK_NUMBER(rows[i].label, g.len, rows[i].allowed.end != 0);
		if (g.len) {
			CHECK_NUMBER(rows[i].label, g.ranges[0].phys.start, rows[i].allowed.start);
			CHECK_NUMBER(rows[i].label, g.ranges[0].phys.end, rows[i].allowed.end);
		}
	}
}

static enum err_kind open_kind(const char *path)
{
	struct err e = ERR_INIT;
	struct mem m;

	if (mem_open_file(&m, path, &e)) {
		mem_close(&m);
		return ERR_NONE;
	}
	CHECK(path, strstr(e.msg, path));
	return e.kind;
}

static void other_files(void **state)
{
	char dir[] = "/tmp/ramscope-unit-XXXXXX", path[64];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	CHECK_NUMBER("directory", open_kind(dir), ERR_NOT_FILE);
	CHECK_NUMBER("device", open_kind("/dev/null"), ERR_NOT_FILE);
	snprintf(path, sizeof(path), "%s/file", dir);
	CHECK_NUMBER("missing", open_kind(path), ERR_SYSTEM);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	CHECK_NUMBER("empty", open_kind(path), ERR_EMPTY);
	assert_int_equal(write(fd, "hello", 5), 5);
	CHECK_NUMBER("text", open_kind(path), ERR_NOT_CORE);
	close(fd);
	unlink(path);
	rmdir(dir);
}

/* Bytes of the file come out where memory has them, however they lie in the file. */
static void contents(void **state)
{
	static const struct range ram[] = { { 0, 0x600000 },
					    { 0x600000, 0x601800 },
					    { 0x1000000, 0x1003000 } };
	static const uint64_t skews[] = { 0, 4, 0x7fc };
	static struct core c;

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(skews); s++) {
		struct mem_window w;
		struct err e = ERR_INIT;
		uint64_t words[2];

		core_init_ram(&c, 4, ram, ARRAY_LEN(ram), skews[s]);
		core_put64(&c, 0x5ffff8, 0x1111111111111111);
		core_put64(&c, 0x600000, 0x2222222222222222);
		core_put64(&c, 0x1002ff8, 0x3333333333333333);
		core_open(&c);
		/* Across two segments: by copy yes, by one mapping no. */
		assert_true(mem_read(&c.mem, 0x5ffff8, words, 16, &e));
		CHECK_NUMBER("end of the first", words[0], 0x1111111111111111);
		CHECK_NUMBER("start of the second", words[1], 0x2222222222222222);
		assert_false(mem_window_open(&c.mem, 0x5ff000, 0x2000, &w, &e));
		CHECK_NUMBER("window", e.kind, ERR_UNSUPPORTED);
		assert_true(mem_window_open(&c.mem, 0x1001ff8, 0x1008, &w, &e));
		CHECK_NUMBER("window", view_u64(&w.view, 0x1000), 0x3333333333333333);
		CHECK_NUMBER("window", w.view.phys, 0x1001ff8);
		mem_window_close(&c.mem, &w);
		assert_true(mem_read(&c.mem, 0x1002fff, words, 1, &e));
		/* The half page at the end of the second segment, and what is in none. */
		assert_false(mem_read(&c.mem, 0x601000, words, 8, &e));
		CHECK_NUMBER("half a page", e.kind, ERR_GUARD);
		assert_false(mem_read(&c.mem, 0x1003000, words, 1, &e));
		CHECK_NUMBER("behind the end", e.kind, ERR_GUARD);
		assert_false(mem_read(&c.mem, 0xfffffffff000, words, 1, &e));
		CHECK_NUMBER("far", e.kind, ERR_GUARD);
		core_deinit(&c);
	}
}

static void vmcoreinfo_note(void **state)
{
	static struct core c;
	struct err e = ERR_INIT;
	struct view text;

	(void)state;
	core_init(&c, 4);
	core_open(&c);
	assert_true(elfcore_vmcoreinfo(c.mem.core, &text, &e));
	CHECK_NUMBER("length", text.len, strlen(c.info));
	assert_memory_equal(text.bytes, c.info, text.len);
	mem_close(&c.mem);
	/* The name begins behind CORE's note: 12 + 8 + 336 + 12. */
	c.bytes[0x1000 + 12 + 8 + 336 + 12] = 'v';
	assert_true(mem_open_file(&c.mem, c.path, &e));
	assert_false(elfcore_vmcoreinfo(c.mem.core, &text, &e));
	CHECK_NUMBER("kind", e.kind, ERR_NO_VMCOREINFO);
	core_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_core),
		cmocka_unit_test(spoiled),
		cmocka_unit_test(cut),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(kdump),
		cmocka_unit_test(many_headers),
		cmocka_unit_test(notes),
		cmocka_unit_test(allowed),
		cmocka_unit_test(other_files),
		cmocka_unit_test(contents),
		cmocka_unit_test(vmcoreinfo_note),
	};

	return cmocka_run_group_tests_name("mem/elfcore", tests, NULL, NULL);
}

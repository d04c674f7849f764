/* /proc/kcore: headers of both classes by hand from the System V ABI, and a file in its form. */
/* The kernel's own is read on the booted boards. */
#include "unit.h"

#include "base/alloc.h"
#include "mem/kcore.h"
#include "mem/mem.h"
#include "policy/cause.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The direct map of 5.10 to 7.2 begins at a multiple of 1 GiB; kernel text has a segment of its own.
 *
 *	physical 0x1000-0x5000       direct map, at 0x2000 in the file
 *	physical 0x5000-0x6000       the same, next to it in memory and not in the file
 *	physical 0x8000-0xa000       after a hole
 *	physical 0x1000-0x3000       kernel text
 *	no physical address          vmemmap
 */
#define DIRECT 0xffff888000000000ull
#define TEXT 0xffffffff81000000ull
#define VMEMMAP 0xffffea0000000000ull
#define FILE_SIZE 0x20000u
#define NOTE_AT 0x400u

static const Elf64_Phdr good64[] = {
	{ .p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = 64 },
	{ .p_type = PT_LOAD, .p_offset = 0x10000, .p_vaddr = TEXT, .p_paddr = 0x1000,
	  .p_filesz = 0x2000, .p_memsz = 0x2000 },
	{ .p_type = PT_LOAD, .p_offset = 0x2000, .p_vaddr = DIRECT + 0x1000, .p_paddr = 0x1000,
	  .p_filesz = 0x4000, .p_memsz = 0x4000 },
	{ .p_type = PT_LOAD, .p_offset = 0x8000, .p_vaddr = DIRECT + 0x5000, .p_paddr = 0x5000,
	  .p_filesz = 0x1000, .p_memsz = 0x1000 },
	{ .p_type = PT_LOAD, .p_offset = 0xa000, .p_vaddr = DIRECT + 0x8000, .p_paddr = 0x8000,
	  .p_filesz = 0x2000, .p_memsz = 0x2000 },
	{ .p_type = PT_LOAD, .p_offset = 0xd000, .p_vaddr = VMEMMAP, .p_paddr = UINT64_MAX,
	  .p_filesz = 0x1000, .p_memsz = 0x1000 },
};

static const Elf32_Phdr good32[] = {
	{ .p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = 64 },
	{ .p_type = PT_LOAD, .p_offset = 0x2000, .p_vaddr = 0xc0001000, .p_paddr = 0x1000,
	  .p_filesz = 0x4000, .p_memsz = 0x4000 },
	{ .p_type = PT_LOAD, .p_offset = 0xd000, .p_vaddr = 0xf8000000, .p_paddr = UINT32_MAX,
	  .p_filesz = 0x1000, .p_memsz = 0x1000 },
};

static size_t head64(uint8_t *to, const Elf64_Phdr *phdrs, size_t len)
{
	const Elf64_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(*phdrs),
		.e_phnum = (uint16_t)len,
	};

	memcpy(to, &ehdr, sizeof(ehdr));
	memcpy(to + sizeof(ehdr), phdrs, len * sizeof(*phdrs));
	return sizeof(ehdr) + len * sizeof(*phdrs);
}

static size_t head32(uint8_t *to)
{
	const Elf32_Ehdr ehdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_386,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(*good32),
		.e_phnum = ARRAY_LEN(good32),
	};

	memcpy(to, &ehdr, sizeof(ehdr));
	memcpy(to + sizeof(ehdr), good32, sizeof(good32));
	return sizeof(ehdr) + sizeof(good32);
}

static bool parse(const uint8_t *head, size_t len, struct kcore *kcore, struct err *e)
{
	uint8_t *copy = unit_copy(head, len);
	const struct view v = { copy, len, 0 };
	bool good = kcore_parse(&v, kcore, e);

	free(copy);
	return good;
}

static void both_classes(void **state)
{
	uint8_t head[1024];
	struct kcore k;
	struct err e = ERR_INIT;
	size_t len = head64(head, good64, ARRAY_LEN(good64));
	struct view ident = { head, KCORE_IDENT, 0 };

	(void)state;
	CHECK_NUMBER("size", kcore_head_size(&ident), len);
	assert_true(parse(head, len, &k, &e));
	CHECK_NUMBER("segments", k.len, 5);
	CHECK_NUMBER("note", k.note_file.start, NOTE_AT);
	CHECK_NUMBER("note", k.note_file.end, NOTE_AT + 64);
	CHECK_NUMBER("text is no way to RAM", k.segments[0].phys, KCORE_NO_PHYS);
	CHECK_NUMBER("RAM", k.segments[1].phys, 0x1000);
	CHECK_NUMBER("RAM", k.segments[1].virt, DIRECT + 0x1000);
	CHECK_NUMBER("RAM", k.segments[1].offset, 0x2000);
	CHECK_NUMBER("RAM", k.segments[1].size, 0x4000);
	CHECK_NUMBER("vmemmap", k.segments[4].phys, KCORE_NO_PHYS);
	alloc_free(k.segments);

	len = head32(head);
	CHECK_NUMBER("size", kcore_head_size(&ident), len);
	assert_true(parse(head, len, &k, &e));
	CHECK_NUMBER("segments", k.len, 2);
	CHECK_NUMBER("note", k.note_file.start, NOTE_AT);
	CHECK_NUMBER("RAM", k.segments[0].phys, 0x1000);
	CHECK_NUMBER("RAM", k.segments[0].virt, 0xc0001000);
	CHECK_NUMBER("RAM", k.segments[0].offset, 0x2000);
	CHECK_NUMBER("RAM", k.segments[0].size, 0x4000);
	CHECK_NUMBER("vmalloc", k.segments[1].phys, KCORE_NO_PHYS);
	alloc_free(k.segments);
}

static void bad_headers(void **state)
{
	static const struct {
		const char *label;
		size_t at; /* of the byte that is changed */
		uint8_t to;
		size_t cut; /* off the end */
		enum err_kind kind;
	} rows[] = {
		{ "as it should be", 0, 0x7f, 0, ERR_NONE },
		{ "no ELF", 0, 0x7e, 0, ERR_NOT_CORE },
		{ "class 3", EI_CLASS, 3, 0, ERR_NOT_CORE },
		{ "big-endian", EI_DATA, ELFDATA2MSB, 0, ERR_NOT_CORE },
		{ "executable", 16, ET_EXEC, 0, ERR_NOT_CORE },
		{ "headers of another size", 54, 57, 0, ERR_NOT_CORE },
		{ "headers far away", 34, 1, 0, ERR_NOT_CORE },
		{ "no headers", 56, 0, 0, ERR_NOT_CORE },
		{ "one header more", 56, ARRAY_LEN(good64) + 1, 0, ERR_TRUNCATED },
		{ "cut", 0, 0x7f, 1, ERR_TRUNCATED },
		{ "only the ELF header", 0, 0x7f, sizeof(good64), ERR_TRUNCATED },
		{ "less than that", 0, 0x7f, sizeof(good64) + 1, ERR_NOT_CORE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t head[1024];
		struct err e = ERR_INIT;
		struct kcore k;
		size_t len = head64(head, good64, ARRAY_LEN(good64));

		head[rows[i].at] = rows[i].to;
		CHECK(rows[i].label,
		      parse(head, len - rows[i].cut, &k, &e) == (rows[i].kind == ERR_NONE));
		CHECK_NUMBER(rows[i].label, e.kind, rows[i].kind);
		alloc_free(k.segments);
	}
}

/* Segments that cannot be: each is left out, the others stay. */
static void odd_segments(void **state)
{
	static const struct {
		const char *label;
		Elf64_Phdr phdr;
		size_t len;
		uint64_t phys;
	} rows[] = {
		{ "empty", { .p_type = PT_LOAD, .p_vaddr = DIRECT }, 0, 0 },
		{ "offset beyond off_t",
		  { .p_type = PT_LOAD, .p_offset = 1ull << 63, .p_vaddr = DIRECT, .p_filesz = 1 }, 0, 0 },
		{ "ends beyond off_t",
		  { .p_type = PT_LOAD, .p_offset = INT64_MAX, .p_vaddr = DIRECT, .p_filesz = 1 }, 0, 0 },
		{ "virtual wraps",
		  { .p_type = PT_LOAD, .p_vaddr = UINT64_MAX, .p_filesz = 2 }, 0, 0 },
		{ "virtual ends with the address space",
		  { .p_type = PT_LOAD, .p_vaddr = UINT64_MAX, .p_filesz = 1, .p_paddr = 1 }, 1,
		  KCORE_NO_PHYS },
		{ "physical wraps",
		  { .p_type = PT_LOAD, .p_vaddr = DIRECT, .p_filesz = 2, .p_paddr = UINT64_MAX - 1 },
		  1, KCORE_NO_PHYS },
		{ "of another type", { .p_type = PT_PHDR, .p_vaddr = DIRECT, .p_filesz = 2 }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t head[256];
		struct err e = ERR_INIT;
		struct kcore k;
		size_t len = head64(head, &rows[i].phdr, 1);

		CHECK(rows[i].label, parse(head, len, &k, &e));
		CHECK_NUMBER(rows[i].label, k.len, rows[i].len);
		if (k.len)
			CHECK_NUMBER(rows[i].label, k.segments[0].phys, rows[i].phys);
		alloc_free(k.segments);
	}
}

/* A file whose bytes tell where they are: each word is its own offset. */
static int make_file(char *path, size_t size)
{
	static const char note[] = "\x0b\0\0\0\x0c\0\0\0\0\0\0\0VMCOREINFO\0\0SIZE(a)=64\n";
	int fd = memfd_create("ramscope-kcore", 0);
	static uint32_t words[FILE_SIZE / 4];
	uint8_t head[1024];
	size_t len = head64(head, good64, ARRAY_LEN(good64));

	assert_true(fd >= 0);
	for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
		words[i] = 4 * i;
	memcpy(words, head, len);
	memcpy((char *)words + NOTE_AT, note, sizeof(note));
	assert_int_equal(write(fd, words, FILE_SIZE), FILE_SIZE);
	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

static void reads(void **state)
{
	static const struct {
		const char *label;
		bool by_virt;
		uint64_t at;
		size_t len;
		uint32_t first, last; /* words */
		bool good;
	} rows[] = {
		{ "a word", false, 0x1000, 4, 0x2000, 0x2000, true },
		{ "to the end of a segment", false, 0x1000, 0x4000, 0x2000, 0x5ffc, true },
		{ "into the next", false, 0x4ffc, 8, 0x5ffc, 0x8000, true },
		{ "into a hole", false, 0x5ffc, 8, 0, 0, false },
		{ "in a hole", false, 0x7000, 4, 0, 0, false },
		{ "below all", false, 0, 4, 0, 0, false },
		{ "page 0 to RAM", false, 0xffc, 8, 0, 0, false },
		{ "behind the hole", false, 0x9ffc, 4, 0xbffc, 0xbffc, true },
		{ "above all", false, 0xa000, 4, 0, 0, false },
		{ "the last address", false, UINT64_MAX - 3, 4, 0, 0, false },
		{ "direct map", true, DIRECT + 0x4ffc, 8, 0x5ffc, 0x8000, true },
		{ "vmemmap", true, VMEMMAP + 8, 8, 0xd008, 0xd00c, true },
		{ "kernel text", true, TEXT + 0x10, 4, 0x10010, 0x10010, true },
		{ "no such virtual address", true, 0x1000, 4, 0, 0, false },
	};
	struct err e = ERR_INIT;
	struct kcore *k = NULL;
	struct view text;
	char path[40];
	int fd = make_file(path, sizeof(path));

	(void)state;
	assert_true(kcore_open(path, &k, &e));
	assert_true(kcore_vmcoreinfo(k, &text));
	CHECK_NUMBER("VMCOREINFO", text.len, 12);
	assert_memory_equal(text.bytes, "SIZE(a)=64\n", 11);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static uint8_t got[0x4000];
		uint32_t first, last;
		struct err one = ERR_INIT;

		CHECK(rows[i].label, kcore_read(k, rows[i].by_virt, rows[i].at, got, rows[i].len,
						&one) == rows[i].good);
		if (!rows[i].good) {
			CHECK_NUMBER(rows[i].label, one.kind, ERR_REFUSED);
			CHECK_NUMBER(rows[i].label, (uint64_t)one.os, 0);
			continue;
		}
		memcpy(&first, got, 4);
		memcpy(&last, got + rows[i].len - 4, 4);
		CHECK_NUMBER(rows[i].label, first, rows[i].first);
		CHECK_NUMBER(rows[i].label, last, rows[i].last);
	}
	assert_return_code(ftruncate(fd, 0x9000), 0);
	assert_false(kcore_read(k, false, 0x8000, (uint8_t *)path, 4, &e));
	CHECK_NUMBER("the file became shorter", e.kind, ERR_REFUSED);
	kcore_close(k);
	close(fd);
}

/* As a route: behind the guard, one window at a time, and other pages are refused with the cause. */
static void route(void **state)
{
	struct err e = ERR_INIT;
	struct mem_window w, again;
	char path[40];
	int fd = make_file(path, sizeof(path));
	uint32_t word = 0;
	struct mem m;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.fd = -1;
	m.live = true;
	m.routes[m.routes_len++] = &mem_route_kcore;
	assert_true(kcore_open(path, &m.kcore, &e));
	assert_true(guard_allow(&m.guard, 0, 0x1000, GUARD_LOW, &e));
	assert_true(guard_allow(&m.guard, 0x1000, 0x6000, GUARD_RAM, &e));
	assert_true(mem_read(&m, 0x5004, &word, 4, &e));
	CHECK_NUMBER("read", word, 0x8004);
	CHECK_NUMBER("served", mem_served(&m, &mem_route_kcore), 4);
	assert_true(mem_window_open(&m, 0x1000, 0x5000, &w, &e));
	assert_ptr_equal(w.route, &mem_route_kcore);
	assert_true(mem_window_copy(&w, 0x3ffc, &word, 4, &e));
	CHECK_NUMBER("window", word, 0x5ffc);
	assert_false(mem_window_open(&m, 0x1000, 1, &again, &e));
	CHECK_NUMBER("one window at a time", e.kind, ERR_UNSUPPORTED);
	mem_window_close(&m, &w);
	assert_false(mem_read(&m, 0x8000, &word, 4, &e));
	CHECK_NUMBER("guard", e.kind, ERR_GUARD);
	assert_false(mem_read(&m, 0, &word, 4, &e));
	CHECK_NUMBER("not in it", e.kind, ERR_REFUSED);
	CHECK_TEXT("cause", e.cause, cause_rows[CAUSE_NOT_IN_KCORE].text);
	assert_true(kcore_has(m.kcore, 0x5fff) && !kcore_has(m.kcore, 0x6000) &&
		    !kcore_has(m.kcore, 0) && !kcore_has(m.kcore, UINT64_MAX));
	assert_true(mem_read_virt(&m, VMEMMAP, &word, 4, &e));
	CHECK_NUMBER("by virtual address", word, 0xd000);
	mem_close(&m);
	assert_false(mem_read_virt(&m, VMEMMAP, &word, 4, &e));
	CHECK_NUMBER("closed", e.kind, ERR_UNSUPPORTED);
	assert_false(mem_read(&m, 0x1000, &word, 4, &e));
	CHECK_NUMBER("closed, as a route", e.kind, ERR_UNSUPPORTED);
	close(fd);
}

static void opening(void **state)
{
	static const struct {
		const char *path;
		enum err_kind kind;
		int os;
	} rows[] = {
		{ "/nonexistent", ERR_SYSTEM, ENOENT },
		{ "/dev/null", ERR_TRUNCATED, 0 },
		{ "/dev/zero", ERR_NOT_CORE, 0 },
		{ "/", ERR_SYSTEM, EISDIR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct kcore *k = NULL;
		struct err e = ERR_INIT;

		CHECK(rows[i].path, !kcore_open(rows[i].path, &k, &e));
		CHECK_NUMBER(rows[i].path, e.kind, rows[i].kind);
		CHECK_NUMBER(rows[i].path, (uint64_t)e.os, (uint64_t)rows[i].os);
	}
	kcore_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_classes), cmocka_unit_test(bad_headers),
		cmocka_unit_test(odd_segments), cmocka_unit_test(reads),
		cmocka_unit_test(route),	cmocka_unit_test(opening),
	};

	return cmocka_run_group_tests_name("mem/kcore", tests, NULL, NULL);
}

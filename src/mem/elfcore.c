/* An ELF core of a whole machine: headers, notes, and the route that shows its segments. */
/* Trusts no length of the file; compressed kdump and 32-bit cores are refused with a reason. */
#include "mem/elfcore.h"

#include "base/alloc.h"
#include "mem/mem.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_MAX (1u << 20) /* headers of a core lie at its start */
#define NOTES_MAX (1u << 20)

/* ELF-64 header and program header: System V ABI, chapters 4 and 5. */
enum {
	EHDR_SIZE = 64,
	EHDR_MACHINE = 18,
	EHDR_TYPE = 16,
	EHDR_PHOFF = 32,
	EHDR_SHOFF = 40,
	EHDR_PHENTSIZE = 54,
	EHDR_PHNUM = 56,
	SHDR_SIZE = 64,
	SHDR_INFO = 44,
	PHDR_SIZE = 56,
	PHDR_OFFSET = 8,
	PHDR_PADDR = 24,
	PHDR_FILESZ = 32,
};

static bool check_ident(const struct view *head, struct err *e)
{
	if (!view_has(head, 0, EI_NIDENT) || memcmp(head->bytes, ELFMAG, SELFMAG)) {
		err_set(e, ERR_NOT_CORE, "not an ELF file");
		if (view_has(head, 0, 8) && !memcmp(head->bytes, "KDUMP   ", 8))
			return err_hint(e, "it is a compressed kdump: makedumpfile -R, or dump as ELF");
		return err_hint(e, "QEMU's dump-guest-memory, or /proc/vmcore of kdump");
	}
	if (head->bytes[EI_CLASS] != ELFCLASS64 || head->bytes[EI_DATA] != ELFDATA2LSB) {
		err_set(e, ERR_CLASS, "ELF of class %u, not a 64-bit little-endian one",
			head->bytes[EI_CLASS]);
		return err_cause(e, "a 32-bit core cannot hold the page tables that are walked here");
	}
	if (!view_has(head, 0, EHDR_SIZE))
		return err_set(e, ERR_TRUNCATED, "ends within the ELF header");
	if (view_u16(head, EHDR_TYPE) != ET_CORE)
		return err_set(e, ERR_NOT_CORE, "ELF, but not a core (type %u)",
			       view_u16(head, EHDR_TYPE));
	if (view_u16(head, EHDR_MACHINE) != EM_X86_64)
		return err_set(e, ERR_CLASS, "ELF core of machine %u, not x86_64",
			       view_u16(head, EHDR_MACHINE));
	return true;
}

/* e_phnum, or sh_info of section 0 when there are 0xffff or more (PN_XNUM). */
static uint64_t program_headers(const struct view *head)
{
	uint64_t n = view_u16(head, EHDR_PHNUM);
	uint64_t shoff = view_u64(head, EHDR_SHOFF);

	if (n == PN_XNUM && shoff && shoff <= head->len &&
	    view_has(head, (size_t)shoff, SHDR_SIZE))
		n = view_u32(head, (size_t)shoff + SHDR_INFO);
	return n;
}

/* p_filesz counts: a segment with bytes in memory only holds nothing to read. */
static bool add_segment(struct elfcore *core, uint64_t phys, uint64_t offset, uint64_t size,
			struct err *e)
{
	if (size == 0)
		return true;
	if (phys > UINT64_MAX - size)
		return err_set(e, ERR_NOT_CORE, "segment at %#" PRIx64 " wraps", phys);
	if (core->segments_len == ELFCORE_SEGMENTS_MAX)
		return err_set(e, ERR_UNSUPPORTED, "more than %d segments", ELFCORE_SEGMENTS_MAX);
	core->segments[core->segments_len++] =
		(struct elfcore_segment){ { phys, phys + size }, offset };
	return true;
}

bool elfcore_parse(const struct view *head, uint64_t file_size, struct elfcore *ret_core,
		   struct err *e)
{
	struct elfcore *core = ret_core;
	uint64_t phoff, n;

	memset(core, 0, offsetof(struct elfcore, segments));
	if (!check_ident(head, e))
		return false;
	/* e_ehsize is not looked at: QEMU 7.2 writes 8 there. */
	phoff = view_u64(head, EHDR_PHOFF);
	n = program_headers(head);
	if (n == 0)
		return err_set(e, ERR_NOT_CORE, "no program headers");
	if (view_u16(head, EHDR_PHENTSIZE) != PHDR_SIZE)
		return err_set(e, ERR_NOT_CORE, "program headers of %u bytes",
			       view_u16(head, EHDR_PHENTSIZE));
	if (phoff > head->len || n > (head->len - phoff) / PHDR_SIZE)
		return err_set(e, ERR_TRUNCATED, "ends within the program headers");
	for (uint64_t i = 0; i < n; i++) {
		struct view ph = view_sub(head, (size_t)(phoff + i * PHDR_SIZE), PHDR_SIZE);
		uint64_t offset = view_u64(&ph, PHDR_OFFSET), size = view_u64(&ph, PHDR_FILESZ);
		uint32_t type = view_u32(&ph, 0);

		if (type != PT_LOAD && type != PT_NOTE)
			continue;
		if (offset > file_size || size > file_size - offset)
			return err_set(e, ERR_TRUNCATED,
				       "the file has %" PRIu64 " bytes, program header %" PRIu64
				       " wants %" PRIu64 " from %#" PRIx64,
				       file_size, i, size, offset);
		if (type == PT_NOTE && !core->note_file.end)
			core->note_file = (struct range){ offset, offset + size };
		else if (type == PT_NOTE)
			continue; /* the first is the kernel's, in the cores known here */
		else if (!add_segment(core, view_u64(&ph, PHDR_PADDR), offset, size, e))
			return false;
	}
	if (!core->segments_len)
		return err_set(e, ERR_NOT_CORE, "no memory in it");
	return true;
}

bool elfcore_find_note(const struct view *notes, const char *name, struct range *ret_desc)
{
	size_t name_len = strlen(name) + 1, at = 0;

	/* n_namesz, n_descsz, n_type, then name and descriptor, each padded to 4. */
	while (view_has(notes, at, 12)) {
		uint64_t namesz = view_u32(notes, at), descsz = view_u32(notes, at + 4);
		uint64_t desc = at + 12 + ((namesz + 3) & ~3ull);

		if (desc > notes->len || descsz > notes->len - desc)
			return false;
		if (namesz == name_len && !memcmp(notes->bytes + at + 12, name, name_len)) {
			*ret_desc = (struct range){ desc, desc + descsz };
			return true;
		}
		desc += (descsz + 3) & ~3ull;
		if (desc > notes->len)
			return false;
		at = (size_t)desc;
	}
	return false;
}

/* pread() of the whole, however short the single reads are. */
static bool read_at(int fd, void *buf, size_t len, uint64_t offset, struct err *e)
{
	uint8_t *to = buf;

	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "read");
		if (n == 0)
			return err_set(e, ERR_TRUNCATED, "ends at %#" PRIx64, offset);
		to += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

static bool read_notes(int fd, struct elfcore *core, struct err *e)
{
	uint64_t len = core->note_file.end - core->note_file.start;
	struct view v;

	if (len > NOTES_MAX)
		return err_set(e, ERR_UNSUPPORTED, "%" PRIu64 " bytes of notes", len);
	core->notes = alloc_zeroed((size_t)len + 1);
	if (!core->notes)
		return err_sys(e, ENOMEM, "notes");
	if (!read_at(fd, core->notes, (size_t)len, core->note_file.start, e))
		return false;
	v = (struct view){ (const uint8_t *)core->notes, (size_t)len, 0 };
	if (!elfcore_find_note(&v, "VMCOREINFO", &core->vmcoreinfo))
		core->vmcoreinfo = (struct range){ 0, 0 };
	return true;
}

static bool read_head(int fd, uint64_t file_size, struct elfcore *core, struct err *e)
{
	size_t len = file_size < HEAD_MAX ? (size_t)file_size : HEAD_MAX;
	uint8_t *head = alloc_zeroed(len);
	struct view v = { head, len, 0 };
	bool good;

	if (!head)
		return err_sys(e, ENOMEM, "headers");
	good = read_at(fd, head, len, 0, e) && elfcore_parse(&v, file_size, core, e);
	alloc_free(head);
	return good;
}

static bool file_size(int fd, uint64_t *ret_size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, errno, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_NOT_FILE, "a %s, not a regular file",
			       S_ISDIR(st.st_mode) ? "directory" : "special file");
	if (st.st_size == 0)
		return err_set(e, ERR_EMPTY, "the file is empty");
	*ret_size = (uint64_t)st.st_size;
	return true;
}

bool elfcore_open(int fd, struct elfcore **ret_core, struct err *e)
{
	struct elfcore *core;
	uint64_t size = 0;

	if (!file_size(fd, &size, e))
		return false;
	core = alloc_zeroed(sizeof(*core));
	if (!core)
		return err_sys(e, ENOMEM, "headers");
	if (read_head(fd, size, core, e) && read_notes(fd, core, e)) {
		*ret_core = core;
		return true;
	}
	elfcore_close(core);
	return false;
}

void elfcore_close(struct elfcore *core)
{
	if (!core)
		return;
	alloc_free(core->notes);
	alloc_free(core);
}

bool elfcore_allow(const struct elfcore *core, struct guard *g, struct err *e)
{
	for (size_t i = 0; i < core->segments_len; i++) {
		/* Whole pages only: a page that is half there is not there. */
		struct range p = range_whole_pages(&core->segments[i].phys);

		if (!guard_allow(g, p.start, p.end, GUARD_RAM, e))
			return false;
	}
	return true;
}

bool elfcore_vmcoreinfo(const struct elfcore *core, struct view *ret_text, struct err *e)
{
	if (core->vmcoreinfo.start == core->vmcoreinfo.end) {
		err_set(e, ERR_NO_VMCOREINFO, "the core has no VMCOREINFO note");
		return err_hint(e, "start QEMU with -device vmcoreinfo, on a kernel with "
				   "CONFIG_FW_CFG_SYSFS");
	}
	*ret_text = (struct view){ (const uint8_t *)core->notes + core->vmcoreinfo.start,
				   (size_t)(core->vmcoreinfo.end - core->vmcoreinfo.start), 0 };
	return true;
}

/* The segment that holds all of [phys, phys + len). */
static const struct elfcore_segment *find_segment(const struct elfcore *core, uint64_t phys,
						  uint64_t len)
{
	for (size_t i = 0; i < core->segments_len; i++)
		if (range_holds(&core->segments[i].phys, phys, phys + len))
			return &core->segments[i];
	return NULL;
}

/* Bytes of the file need not lie at the same place in a page as in memory. */
static size_t file_skip(const struct elfcore_segment *s, uint64_t phys, uint64_t *ret_offset)
{
	uint64_t offset = s->offset + (phys - s->phys.start);

	*ret_offset = offset & PAGE_MASK;
	return (size_t)(offset - *ret_offset);
}

static bool file_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		      struct err *e)
{
	const struct elfcore_segment *s = find_segment(m->core, phys, len);
	uint64_t offset;
	size_t skip;
	void *p;

	if (!s)
		return err_set(e, ERR_UNSUPPORTED, "memory that lies in two segments of the core");
	skip = file_skip(s, phys, &offset);
	p = mmap(NULL, len + skip, PROT_READ, MAP_PRIVATE, m->fd, (off_t)offset);
	if (p == MAP_FAILED)
		return err_sys(e, errno, "map of the file");
	*ret_bytes = (const uint8_t *)p + skip;
	return true;
}

static void file_hide(struct mem *m, const uint8_t *bytes, uint64_t phys, size_t len)
{
	const struct elfcore_segment *s = find_segment(m->core, phys, len);
	uint64_t offset;
	size_t skip = file_skip(s, phys, &offset);

	munmap((void *)(uintptr_t)(bytes - skip), len + skip);
}

const struct mem_route mem_route_file = {
	"file", "the segments of an ELF core", GUARD_MAP, file_show, file_hide,
};

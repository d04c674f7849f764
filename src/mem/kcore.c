/* /proc/kcore: headers, the VMCOREINFO note, and the route that reads its segments of RAM. */
/* Judges no page: a page of zeros may be one that the kernel will not show. */
#include "mem/kcore.h"

#include "base/alloc.h"
#include "mem/elfcore.h"
#include "mem/mem.h"
#include "policy/told.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <unistd.h>

#define NOTES_MAX (1u << 20)
#define NO_PADDR UINT64_MAX

/* Where things are in the headers of either class: System V ABI, chapters 4 and 5. */
enum place {
	E_PHOFF,
	E_PHENTSIZE,
	E_PHNUM,
	P_OFFSET,
	P_VADDR,
	P_PADDR,
	P_FILESZ,
	PLACES,
};

struct form {
	uint8_t class, word, ehdr_size, phdr_size, at[PLACES];
};

static const struct form forms[] = {
	{ ELFCLASS64, 8, sizeof(Elf64_Ehdr), sizeof(Elf64_Phdr),
	  { offsetof(Elf64_Ehdr, e_phoff), offsetof(Elf64_Ehdr, e_phentsize),
	    offsetof(Elf64_Ehdr, e_phnum), offsetof(Elf64_Phdr, p_offset),
	    offsetof(Elf64_Phdr, p_vaddr), offsetof(Elf64_Phdr, p_paddr),
	    offsetof(Elf64_Phdr, p_filesz) } },
	{ ELFCLASS32, 4, sizeof(Elf32_Ehdr), sizeof(Elf32_Phdr),
	  { offsetof(Elf32_Ehdr, e_phoff), offsetof(Elf32_Ehdr, e_phentsize),
	    offsetof(Elf32_Ehdr, e_phnum), offsetof(Elf32_Phdr, p_offset),
	    offsetof(Elf32_Phdr, p_vaddr), offsetof(Elf32_Phdr, p_paddr),
	    offsetof(Elf32_Phdr, p_filesz) } },
};

static const struct form *form_of(const struct view *head)
{
	if (!view_has(head, 0, EI_NIDENT) || memcmp(head->bytes, ELFMAG, SELFMAG) ||
	    head->bytes[EI_DATA] != ELFDATA2LSB)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].class == head->bytes[EI_CLASS] &&
		    view_has(head, 0, forms[i].ehdr_size) &&
		    view_u16(head, offsetof(Elf64_Ehdr, e_type)) == ET_CORE &&
		    view_u16(head, forms[i].at[E_PHENTSIZE]) == forms[i].phdr_size)
			return &forms[i];
	return NULL;
}

static uint64_t word_at(const struct form *f, const struct view *v, enum place place)
{
	return f->word == 8 ? view_u64(v, f->at[place]) : view_u32(v, f->at[place]);
}

size_t kcore_head_size(const struct view *ident)
{
	const struct form *f = form_of(ident);
	uint64_t phoff = f ? word_at(f, ident, E_PHOFF) : UINT64_MAX;

	/* The kernel writes program headers right behind the ELF header. */
	if (phoff > PAGE_SIZE)
		return 0;
	return (size_t)phoff + (size_t)view_u16(ident, f->at[E_PHNUM]) * f->phdr_size;
}

/*
 * p_paddr is all ones where the segment is not RAM (fs/proc/kcore.c, read_kcore()). Kernel text has
 * a segment of its own (KCORE_TEXT), with physical addresses. The direct map shows the same pages,
 * and there alone the kernel looks at struct page before it reads.
 */
static uint64_t phys_of(const struct form *f, const struct kcore_segment *s, uint64_t paddr)
{
	uint64_t none = f->word == 8 ? NO_PADDR : UINT32_MAX;

	if (paddr == none || (f->word == 8 && s->virt >= KERNEL_IMAGE_VIRT) ||
	    paddr > UINT64_MAX - s->size)
		return KCORE_NO_PHYS;
	return paddr;
}

static void add_header(const struct form *f, const struct view *ph, struct kcore *k)
{
	struct kcore_segment s = { .virt = word_at(f, ph, P_VADDR), .size = word_at(f, ph, P_FILESZ),
				   .offset = word_at(f, ph, P_OFFSET) };
	uint32_t type = view_u32(ph, 0);

	/* Nothing that wraps or that off_t cannot hold; vsyscall ends with the address space. */
	if (!s.size || s.offset > INT64_MAX || s.size > INT64_MAX - s.offset ||
	    s.size - 1 > UINT64_MAX - s.virt)
		return;
	if (type == PT_NOTE && k->note_file.start == k->note_file.end)
		k->note_file = (struct range){ s.offset, s.offset + s.size };
	if (type != PT_LOAD)
		return;
	s.phys = phys_of(f, &s, word_at(f, ph, P_PADDR));
	k->segments[k->len++] = s;
}

bool kcore_parse(const struct view *head, struct kcore *ret_kcore, struct err *e)
{
	const struct form *f = form_of(head);
	size_t size = kcore_head_size(head), at;

	*ret_kcore = (struct kcore){ .fd = -1 };
	if (!size)
		return err_set(e, ERR_NOT_CORE, "not an ELF core");
	at = (size_t)word_at(f, head, E_PHOFF);
	if (size == at)
		return err_set(e, ERR_NOT_CORE, "no program headers");
	if (!view_has(head, 0, size))
		return err_set(e, ERR_TRUNCATED, "ends within the program headers");
	ret_kcore->segments = alloc_array((size - at) / f->phdr_size, sizeof(struct kcore_segment));
	if (!ret_kcore->segments)
		return err_sys(e, ENOMEM, "headers");
	for (; at < size; at += f->phdr_size) {
		struct view ph = view_sub(head, at, f->phdr_size);

		add_header(f, &ph, ret_kcore);
	}
	return true;
}

static bool read_at(int fd, uint8_t *to, size_t len, uint64_t offset, struct err *e)
{
	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "/proc/kcore");
		if (n == 0)
			return err_set(e, ERR_TRUNCATED, "/proc/kcore: end of file");
		to += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

static bool read_headers(int fd, struct kcore *k, struct err *e)
{
	uint8_t ident[KCORE_IDENT], *head;
	struct view v = { ident, sizeof(ident), 0 };
	bool good;

	if (!read_at(fd, ident, sizeof(ident), 0, e))
		return false;
	v.len = kcore_head_size(&v);
	/* A size of 0 is for kcore_parse() to judge. */
	if (v.len < sizeof(ident))
		v.len = sizeof(ident);
	v.bytes = head = alloc_zeroed(v.len);
	if (!head)
		return err_sys(e, ENOMEM, "headers");
	good = read_at(fd, head, v.len, 0, e);
	if (good && !kcore_parse(&v, k, e))
		good = err_while(e, "/proc/kcore");
	alloc_free(head);
	return good;
}

/* Without notes everything but VMCOREINFO is there all the same. */
static void read_notes(int fd, struct kcore *k)
{
	uint64_t len = k->note_file.end - k->note_file.start;
	struct err ignored = ERR_INIT;
	struct view v;

	if (!len || len > NOTES_MAX)
		return;
	k->notes = alloc_zeroed((size_t)len);
	if (!k->notes || !read_at(fd, (uint8_t *)k->notes, (size_t)len, k->note_file.start, &ignored))
		return;
	v = (struct view){ (const uint8_t *)k->notes, (size_t)len, 0 };
	if (!elfcore_find_note(&v, "VMCOREINFO", &k->vmcoreinfo))
		k->vmcoreinfo = (struct range){ 0, 0 };
}

bool kcore_open(const char *path, struct kcore **ret_kcore, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kcore *k;

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	k = alloc_zeroed(sizeof(*k));
	if (!k) {
		close(fd);
		return err_sys(e, ENOMEM, "headers");
	}
	if (!read_headers(fd, k, e)) {
		k->fd = fd;
		kcore_close(k);
		return false;
	}
	k->fd = fd;
	read_notes(fd, k);
	*ret_kcore = k;
	return true;
}

void kcore_close(struct kcore *kcore)
{
	if (!kcore)
		return;
	close(kcore->fd);
	alloc_free(kcore->segments);
	alloc_free(kcore->notes);
	alloc_free(kcore);
}

bool kcore_vmcoreinfo(const struct kcore *kcore, struct view *ret_text)
{
	const struct range *r = &kcore->vmcoreinfo;

	if (r->start == r->end)
		return false;
	*ret_text = (struct view){ (const uint8_t *)kcore->notes + r->start,
				   (size_t)(r->end - r->start), 0 };
	return true;
}

void kcore_tell(const struct kcore *kcore, struct facts *f)
{
	static const char pae[] = "\nCONFIG_X86_PAE=y\n"; /* arch/x86/kernel/crash_core_32.c */
	size_t len = sizeof(pae) - 1;
	bool found = false;
	struct view text;

	if (f->of[FACT_32BIT].value != TRI_YES || !kcore_vmcoreinfo(kcore, &text))
		return;
	for (size_t at = 0; view_has(&text, at, len) && !found; at++)
		found = !memcmp(text.bytes + at, pae, len);
	told(f, FACT_PAE, found ? TRI_YES : TRI_NO, "VMCOREINFO: %s CONFIG_X86_PAE=y",
	     found ? "has" : "no");
}

/* The segment that holds at, and how many bytes of it follow. */
static const struct kcore_segment *find(const struct kcore *k, bool by_virt, uint64_t at,
					uint64_t *ret_skip)
{
	for (size_t i = 0; i < k->len; i++) {
		const struct kcore_segment *s = &k->segments[i];
		uint64_t start = by_virt ? s->virt : s->phys;

		*ret_skip = at - start;
		if ((by_virt || start != KCORE_NO_PHYS) && at >= start && *ret_skip < s->size)
			return s;
	}
	return NULL;
}

bool kcore_has(const struct kcore *kcore, uint64_t phys)
{
	uint64_t skip;

	return find(kcore, false, phys, &skip) != NULL;
}

bool kcore_read(const struct kcore *kcore, bool by_virt, uint64_t at, uint8_t *buf, size_t len,
		struct err *e)
{
	while (len) {
		uint64_t skip;
		const struct kcore_segment *s = find(kcore, by_virt, at, &skip);
		size_t n;

		if (!s)
			return err_set(e, ERR_REFUSED, "/proc/kcore has no segment there");
		n = (size_t)num_least(s->size - skip, len);
		if (!read_at(kcore->fd, buf, n, s->offset + skip, e)) {
			e->kind = ERR_REFUSED;
			return false;
		}
		at += n;
		buf += n;
		len -= n;
	}
	return true;
}

static bool kcore_show(struct mem *m, uint64_t phys, size_t len, const uint8_t **ret_bytes,
		       struct err *e)
{
	uint8_t *to;

	/* access asks by every way, those that did not open too; or it opened, and was no core. */
	if (!m->kcore)
		return err_set(e, ERR_UNSUPPORTED, "/proc/kcore is no core known here");
	to = mem_bounce(m, len, e);
	if (!to || !kcore_read(m->kcore, false, phys, to, len, e))
		return false;
	m->bounce_busy = true;
	*ret_bytes = to;
	return true;
}

const struct mem_route mem_route_kcore = {
	"kcore", "read() /proc/kcore, which has RAM only", GUARD_KCORE, kcore_show,
	mem_bounce_hide,
};

/* VMCOREINFO: finding the note, and values in it. */
/* Does not judge the values beyond their form. */
#include "kernel/vmcoreinfo.h"

#include "base/alloc.h"
#include "base/file.h"
#include "mem/elfcore.h"
#include "mem/kcore.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NOTE_MAX (1u << 16) /* the kernel's own is one page and a little */

bool vmcoreinfo_from_text(const struct view *text, struct vmcoreinfo *ret_vi, struct err *e)
{
	struct vmcoreinfo *vi = ret_vi;

	*vi = (struct vmcoreinfo){ 0 };
	vi->text = alloc_zeroed(text->len + 1);
	if (!vi->text)
		return err_sys(e, ENOMEM, "VMCOREINFO");
	memcpy(vi->text, text->bytes, text->len);
	vi->text[text->len] = '\0';
	vi->len = strlen(vi->text); /* the note is padded with zeros */
	return true;
}

bool vmcoreinfo_from_note(const struct view *note, struct vmcoreinfo *ret_vi, struct err *e)
{
	struct range desc;
	struct view text;

	if (!elfcore_find_note(note, "VMCOREINFO", &desc))
		return err_set(e, ERR_NO_VMCOREINFO, "no VMCOREINFO note at %#" PRIx64, note->phys);
	text = view_sub(note, (size_t)desc.start, (size_t)(desc.end - desc.start));
	return vmcoreinfo_from_text(&text, ret_vi, e);
}

/* "0x0000000001c6e000 1024": physical address, then the size in hexadecimal without 0x. */
static bool parse_pointer(const char *text, uint64_t *ret_phys, uint64_t *ret_size, struct err *e)
{
	const char *p = strncmp(text, "0x", 2) ? NULL : num_scan(text + 2, 16, ret_phys);

	p = p && *p == ' ' ? num_scan(p + 1, 16, ret_size) : NULL;
	if (p && *ret_size && *ret_size <= NOTE_MAX)
		return true;
	return err_set(e, ERR_NO_VMCOREINFO, "/sys/kernel/vmcoreinfo says '%.40s'", text);
}

static bool read_pointer(uint64_t *ret_phys, uint64_t *ret_size, struct err *e)
{
	char *text;
	size_t len;
	bool good;

	if (!file_read("/sys/kernel/vmcoreinfo", 256, &text, &len, e)) {
		e->kind = ERR_NO_VMCOREINFO;
		err_cause(e, "/sys is not mounted, or the kernel has no CONFIG_CRASH_CORE");
		return err_hint(e, "mount -t sysfs sysfs /sys; or build with CONFIG_PROC_KCORE=y");
	}
	good = parse_pointer(text, ret_phys, ret_size, e);
	alloc_free(text);
	return good;
}

static bool read_note(struct mem *m, uint64_t phys, uint64_t size, struct vmcoreinfo *ret_vi,
		      struct err *e)
{
	uint8_t *bytes = alloc_zeroed((size_t)size);
	struct view note = { bytes, (size_t)size, phys };
	bool good;

	if (!bytes)
		return err_sys(e, ENOMEM, "VMCOREINFO");
	good = mem_read(m, phys, bytes, (size_t)size, e) && vmcoreinfo_from_note(&note, ret_vi, e);
	alloc_free(bytes);
	return good || err_while(e, "VMCOREINFO at %#" PRIx64, phys);
}

bool vmcoreinfo_read(struct mem *m, struct vmcoreinfo *ret_vi, struct err *e)
{
	uint64_t phys = 0, size = 0;
	bool known = read_pointer(&phys, &size, e);
	struct view text;

	if (!known || !read_note(m, phys, size, ret_vi, e)) {
		/* A second copy of the same note; without it the first failure is what counts. */
		if (!m->kcore || !kcore_vmcoreinfo(m->kcore, &text) ||
		    !vmcoreinfo_from_text(&text, ret_vi, e))
			return false;
		*e = (struct err)ERR_INIT;
	}
	ret_vi->phys = known ? phys : 0;
	ret_vi->size = known ? size : 0;
	return true;
}

void vmcoreinfo_deinit(struct vmcoreinfo *vi)
{
	alloc_free(vi->text);
	*vi = (struct vmcoreinfo){ 0 };
}

const char *vmcoreinfo_find(const struct vmcoreinfo *vi, const char *key, size_t *ret_len)
{
	size_t key_len = strlen(key);
	const char *line = vi->text, *end = vi->text + vi->len;

	while (line && line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = newline ? (size_t)(newline - line) : (size_t)(end - line);

		if (len > key_len && line[key_len] == '=' && !memcmp(line, key, key_len)) {
			*ret_len = len - key_len - 1;
			return line + key_len + 1;
		}
		line = newline ? newline + 1 : NULL;
	}
	return NULL;
}

static bool is_hex_key(const char *key)
{
	return !strncmp(key, "SYMBOL(", 7) || !strcmp(key, "KERNELOFFSET");
}

static bool parse_value(const char *key, const char *text, size_t len, uint64_t *ret_value)
{
	bool minus = len && *text == '-';
	bool prefixed = len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
	uint64_t value = 0;
	const char *end = num_scan(text + (minus ? 1 : prefixed ? 2 : 0),
				   is_hex_key(key) || prefixed ? 16 : 10, &value);

	if (end != text + len)
		return false;
	*ret_value = minus ? 0 - value : value;
	return true;
}

bool vmcoreinfo_number(const struct vmcoreinfo *vi, const char *key, uint64_t *ret_value,
		       struct err *e)
{
	size_t len;
	const char *text = vmcoreinfo_find(vi, key, &len);

	if (!text) {
		err_set(e, ERR_KEY_MISSING, "VMCOREINFO has no %s", key);
		return err_cause(e, "this kernel does not tell it: a memory model or an option that "
				    "is not handled");
	}
	if (parse_value(key, text, len, ret_value))
		return true;
	return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %s=%.*s is not a number", key,
		       (int)(len > 40 ? 40 : len), text);
}

bool vmcoreinfo_optional(const struct vmcoreinfo *vi, const char *key, uint64_t *ret_value)
{
	size_t len;
	const char *text = vmcoreinfo_find(vi, key, &len);

	return text && parse_value(key, text, len, ret_value);
}

bool vmcoreinfo_within(const struct vmcoreinfo *vi, const char *key, uint64_t min, uint64_t max,
		       uint64_t *ret_value, struct err *e)
{
	uint64_t value = 0;

	if (!vmcoreinfo_number(vi, key, &value, e))
		return false;
	if (value < min || value > max)
		return err_set(e, ERR_KEY_VALUE, "VMCOREINFO: %s=%" PRIu64 " cannot be right", key,
			       value);
	*ret_value = value;
	return true;
}

/* ACPI's root: the RSDP, table headers, and the addresses in RSDT, XSDT and FADT. */
/* Reads nothing behind the view it gets: lengths in the tables are judged, not believed. */
#include "decode/acpi.h"

#include "base/num.h"

/* What stands there, as text; ret_text has len + 1 bytes. */
static void text_at(const struct view *v, size_t off, size_t len, char *ret_text)
{
	memcpy(ret_text, v->bytes + off, len);
	ret_text[len] = '\0';
}

static bool begins(const struct view *v, const char *signature, size_t len)
{
	return view_has(v, 0, len) && !memcmp(v->bytes, signature, len);
}

bool acpi_rsdp(const struct view *v, struct acpi_rsdp *ret_rsdp)
{
	struct acpi_rsdp *r = ret_rsdp;

	if (!begins(v, "RSD PTR ", 8) || !view_has(v, 0, 20))
		return false;
	*r = (struct acpi_rsdp){
		.revision = view_u8(v, 15),
		.len = 20,
		.sum = sum_bytes(v, 20),
		.extended = SUM_UNKNOWN,
		.rsdt = view_u32(v, 16),
	};
	text_at(v, 9, 6, r->oem_id);
	if (r->revision < 2)
		return true;
	r->len = view_u32(v, 20);
	r->extended = r->len < ACPI_RSDP_LEN ? SUM_WRONG : sum_bytes(v, r->len);
	r->xsdt = view_u64(v, 24);
	return true;
}

enum sum acpi_rsdp_sum(const struct view *v)
{
	struct acpi_rsdp r;

	if (!acpi_rsdp(v, &r))
		return SUM_UNKNOWN;
	return r.sum != SUM_RIGHT || r.revision < 2 ? r.sum : r.extended;
}

bool acpi_header(const struct view *v, struct acpi_header *ret_header)
{
	struct acpi_header *h = ret_header;
	bool is_facs = begins(v, "FACS", 4);

	if (!view_has(v, 0, ACPI_HEADER_LEN) || view_u32(v, 4) < (is_facs ? 64 : ACPI_HEADER_LEN))
		return false;
	*h = (struct acpi_header){ .len = view_u32(v, 4), .sum = SUM_UNKNOWN };
	text_at(v, 0, 4, h->signature);
	h->revision = view_u8(v, is_facs ? 32 : 8);
	if (is_facs)
		return true;
	text_at(v, 10, 6, h->oem_id);
	text_at(v, 16, 8, h->oem_table_id);
	h->oem_revision = view_u32(v, 24);
	text_at(v, 28, 4, h->creator_id);
	h->creator_revision = view_u32(v, 32);
	h->sum = sum_bytes(v, h->len);
	return true;
}

static size_t entry_width(const struct view *v)
{
	return begins(v, "XSDT", 4) ? 8 : 4;
}

size_t acpi_entries_len(const struct view *v)
{
	uint64_t len = num_least(view_u32(v, 4), v->len);

	return len < ACPI_HEADER_LEN ? 0 : (size_t)(len - ACPI_HEADER_LEN) / entry_width(v);
}

uint64_t acpi_entry(const struct view *v, size_t number)
{
	size_t width = entry_width(v);

	return number < acpi_entries_len(v) ? view_le(v, ACPI_HEADER_LEN + number * width, width) : 0;
}

void acpi_fadt_pointers(const struct view *v, struct acpi_pointers *ret_pointers)
{
	struct view table = view_sub(v, 0, view_u32(v, 4));

	*ret_pointers = (struct acpi_pointers){
		.facs = view_u32(&table, 36),
		.dsdt = view_u32(&table, 40),
		.x_facs = view_u64(&table, 132),
		.x_dsdt = view_u64(&table, 140),
	};
}

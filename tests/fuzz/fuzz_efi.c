/* Fuzz target: EFI's system table, configuration tables, memory map, and what boot_params tells. */
/* The input is each of them; its first two bytes are the width of pointers and the length of a descriptor. */
#include "records.h"

#include "decode/efi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct view v = { data + (size >= 2 ? 2 : 0), size >= 2 ? size - 2 : 0, 0 };
	bool is64 = size >= 2 && data[0] & 1;
	size_t len = size >= 2 ? data[1] : 0;
	struct efi_info info;
	struct efi_system s;
	struct efi_piece p;
	struct record r;
	uint64_t phys;

	if (efi_info(&v, &info))
		MUST(v.len >= 0x1e0);
	if (efi_system(&v, is64, &s))
		MUST(s.sum == SUM_RIGHT || s.sum == SUM_WRONG || s.sum == SUM_UNKNOWN);
	for (size_t i = 0; efi_entry(&v, is64, i, &r, &phys); i++) {
		struct sink sink = { records_put, &r.bytes };

		MUST(r.bytes.len == efi_entry_len(is64) && r.name[0]);
		fields_decode(r.rows, &r.bytes, &(struct fields){ .sink = &sink });
	}
	for (size_t i = 0; efi_piece(&v, len, i, &p); i++) {
		MUST(len >= EFI_DESCRIPTOR_LEN && i < v.len / len && p.phys.start <= p.phys.end);
		MUST(!efi_type(p.type) || efi_type(p.type)[0]);
		MUST(!efi_is_ram(&p) || p.type < 16);
		(void)efi_is_memory(&p);
	}
	return 0;
}

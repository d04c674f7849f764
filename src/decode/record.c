/* What decoders share that walk over records. */
/* Knows no record. */
#include "decode/record.h"

bool record_take(struct record_walk *w, size_t len, size_t skip, struct view *ret_bytes)
{
	struct view bytes = view_sub(&w->table, w->pos, len);

	w->pos += bytes.len;
	*ret_bytes = view_sub(&bytes, skip, SIZE_MAX);
	return bytes.len;
}

bool record_kind(const char *kinds, unsigned int code, struct record *ret_record)
{
	while (*kinds) {
		const char *name = kinds + 1;
		bool found = (unsigned char)*kinds == code;

		kinds = name + strlen(name) + 1;
		if (found) {
			ret_record->name = name;
			ret_record->rows = kinds;
			return true;
		}
		while (*kinds)
			kinds += strlen(kinds) + 1;
		kinds++;
	}
	return false;
}

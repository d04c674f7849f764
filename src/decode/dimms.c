/* Memory modules by SMBIOS: how many, how large, and which of them a physical address belongs to. */
/* Keeps nothing: every question is a walk over the table, and takes no longer the more the table lies. */
#include "decode/dimms.h"

#include "decode/smbiostypes.h"

#define NO_SIZE UINT64_MAX

/* Offsets: DSP0134 3.7, 7.18. A field that the structure does not reach reads as 0. */
static uint64_t device_size(const struct view *body)
{
	uint16_t size = view_u16(body, 0x0c);

	if (size == 0xffff)
		return NO_SIZE;
	if (size == 0x7fff && view_has(body, 0x1c, 4))
		return (uint64_t)(view_u32(body, 0x1c) & 0x7fffffff) << 20;
	return (uint64_t)(size & 0x7fff) << (size >> 15 ? 10 : 20);
}

bool dimm_decode(const struct smbios_record *r, struct dimm *ret_dimm)
{
	const struct view *body = &r->body;
	uint64_t size = device_size(body), persistent = view_u64(body, 0x34), ram = view_u64(body, 0x3c);

	if (r->type != SMBIOS_DEVICE)
		return false;
	*ret_dimm = (struct dimm){ .record = *r, .array = view_u16(body, 4), .known = size != NO_SIZE };
	if (!ret_dimm->known)
		return true;
	ret_dimm->size = size;
	/* Persistent memory tells both parts; all ones are a part that is not known. */
	ret_dimm->ram = persistent && persistent != NO_SIZE && ram <= size ? ram : size;
	return true;
}

bool dimms_range(const struct smbios_record *r, struct range *ret_phys)
{
	const struct view *body = &r->body;
	size_t extended = r->type == SMBIOS_ARRAY_ADDRESS ? 0x0f : 0x13;
	uint64_t start = (uint64_t)view_u32(body, 4) << 10, last = ((uint64_t)view_u32(body, 8) << 10) + 1023;

	if (r->type != SMBIOS_ARRAY_ADDRESS && r->type != SMBIOS_DEVICE_ADDRESS)
		return false;
	if (view_u32(body, 4) == UINT32_MAX && view_has(body, extended, 16)) {
		start = view_u64(body, extended);
		last = view_u64(body, extended + 8);
	}
	if (last < start || last == UINT64_MAX)
		return false;
	*ret_phys = (struct range){ start, last + 1 };
	return true;
}

uint64_t dimms_capacity(const struct smbios_record *r)
{
	uint32_t kib = view_u32(&r->body, 7);

	return kib == 0x80000000 ? view_u64(&r->body, 0x0f) : (uint64_t)kib << 10;
}

/* Arrays that hold something else than system memory: few, and mostly none. */
struct others {
	size_t len;
	uint16_t handles[16];
};

static bool is_other(const struct others *o, uint16_t handle)
{
	for (size_t i = 0; i < o->len; i++)
		if (o->handles[i] == handle)
			return true;
	return false;
}

static void add_array(const struct smbios_record *r, struct dimms_sum *sum, struct others *o)
{
	enum { OTHER = 1, UNKNOWN = 2, SYSTEM_MEMORY = 3 };
	uint8_t use = view_u8(&r->body, 5);

	if (use > SYSTEM_MEMORY && o->len < ARRAY_LEN(o->handles)) {
		o->handles[o->len++] = r->handle;
		return;
	}
	sum->arrays++;
	sum->capacity += dimms_capacity(r);
}

static void add_device(const struct smbios_record *r, struct dimms_sum *sum, const struct others *o)
{
	struct dimm dimm;

	if (!dimm_decode(r, &dimm) || is_other(o, dimm.array))
		return;
	sum->slots++;
	sum->populated += dimm.size || !dimm.known;
	sum->unknown += !dimm.known;
	sum->bytes += dimm.ram;
}

void dimms_add_up(const struct smbios *s, struct dimms_sum *ret_sum)
{
	struct smbios_record r;
	struct smbios_walk w;
	struct range phys;
	struct others others = { 0 };

	*ret_sum = (struct dimms_sum){ 0 };
	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r))
		if (r.type == SMBIOS_ARRAY)
			add_array(&r, ret_sum, &others);
	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r)) {
		add_device(&r, ret_sum, &others);
		if (!dimms_range(&r, &phys))
			continue;
		if (r.type == SMBIOS_DEVICE_ADDRESS)
			ret_sum->mapped_devices += phys.end - phys.start;
		else if (!is_other(&others, view_u16(&r.body, 0x0c)))
			ret_sum->mapped += phys.end - phys.start;
	}
}

static void set_dimm(struct dimm_place *p, const struct smbios_record *r)
{
	p->handle = r->handle;
	p->has_dimm = dimm_decode(r, &p->dimm);
}

/* Type 20: as many may be it as have a range with phys in it. */
static bool at_device(const struct smbios *s, uint64_t phys, unsigned int n, struct dimm_place *p)
{
	struct smbios_record r;
	struct smbios_walk w;
	struct range range;

	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r)) {
		if (r.type != SMBIOS_DEVICE_ADDRESS || !dimms_range(&r, &range) ||
		    !range_holds(&range, phys, phys + 1) || p->of++ != n)
			continue;
		p->by_device = true;
		p->phys = range;
		p->handle = view_u16(&r.body, 0x0c);
		p->interleave_position = view_u8(&r.body, 0x11);
		p->interleave_depth = view_u8(&r.body, 0x12);
	}
	if (p->by_device && smbios_find(s, SMBIOS_DEVICE, p->handle, &r))
		set_dimm(p, &r);
	return p->by_device;
}

/* Type 19, the first that has phys in it: any module of the array may be it. */
static bool at_array(const struct smbios *s, uint64_t phys, unsigned int n, struct dimm_place *p)
{
	struct smbios_record r;
	struct smbios_walk w;
	struct dimm dimm;
	uint16_t array;

	smbios_walk_init(&w, s);
	do {
		if (!smbios_next(&w, &r))
			return false;
	} while (r.type != SMBIOS_ARRAY_ADDRESS || !dimms_range(&r, &p->phys) ||
		 !range_holds(&p->phys, phys, phys + 1));
	p->handle = array = view_u16(&r.body, 0x0c);
	smbios_walk_init(&w, s);
	while (smbios_next(&w, &r))
		if (dimm_decode(&r, &dimm) && dimm.array == array && (dimm.size || !dimm.known) && p->of++ == n)
			set_dimm(p, &r);
	return p->has_dimm || (!p->of && !n);
}

bool dimms_at(const struct smbios *s, uint64_t phys, unsigned int n, struct dimm_place *ret_place)
{
	struct dimm_place place = { 0 };

	if (!at_device(s, phys, n, &place) && (place.of || !at_array(s, phys, n, &place)))
		return false;
	*ret_place = place;
	return true;
}

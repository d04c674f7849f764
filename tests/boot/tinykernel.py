# A core of the smallest kernel that has everything ramscope looks for, made byte by byte.
# Does not come from a real machine: tests spoil one thing in it and see what is said of that.
#
#   physical        what                                     virtual
#   0x200000        top page table                           0xffffffff80200000 (kernel image)
#   0x201000-       the tables below it
#   0x210000        mem_section's root array, one section    0xffff888000210000 (direct map, 1 GiB leaf)
#   0x300000        a page mapped by a 4 KiB leaf            0xffffc90000000000
#   0x400000        struct pages of section 0                0xffffea0000000000 (vmemmap, 2 MiB leaf)
#   0x1000000       end of RAM

import struct

import corefile

IMAGE = 0xffffffff80000000
DIRECT = 0xffff888000000000
VMEMMAP = 0xffffea0000000000
SMALL = 0xffffc90000000000
RAM_END = 0x1000000
SECTION_PAGES = 32768
FREE_FIRST, FREE_ORDER = 2048, 10  # one free block

TOP = 0x200000
PUD_DIRECT, PUD_VMEMMAP, PMD_VMEMMAP = 0x201000, 0x202000, 0x203000
PUD_SMALL, PMD_SMALL, PTE_SMALL = 0x204000, 0x205000, 0x206000
ROOTS, SECTIONS = 0x210000, 0x211000
PAGES = 0x400000

PRESENT, LARGE = 0x63, 0x80

KEYS = {
    "OSRELEASE": "6.1.0-tiny", "PAGESIZE": "4096",
    "SYMBOL(swapper_pg_dir)": f"{IMAGE + TOP:x}", "SYMBOL(init_top_pgt)": f"{IMAGE + TOP:x}",
    "SYMBOL(_stext)": f"{IMAGE + 0x1000000:x}", "KERNELOFFSET": "0",
    "NUMBER(phys_base)": "0", "NUMBER(pgtable_l5_enabled)": "0", "NUMBER(sme_mask)": "0",
    "SYMBOL(mem_section)": f"{DIRECT + ROOTS:x}", "LENGTH(mem_section)": "2048",
    "SIZE(mem_section)": "16", "OFFSET(mem_section.section_mem_map)": "0",
    "NUMBER(SECTION_SIZE_BITS)": "27", "NUMBER(MAX_PHYSMEM_BITS)": "46",
    "SIZE(page)": "64", "SIZE(pglist_data)": "14784", "SIZE(zone)": "1408", "SIZE(free_area)": "88",
    "SIZE(list_head)": "16", "SIZE(nodemask_t)": "8",
    "OFFSET(page.flags)": "0", "OFFSET(page._refcount)": "52", "OFFSET(page.mapping)": "24",
    "OFFSET(page.lru)": "8", "OFFSET(page._mapcount)": "48", "OFFSET(page.private)": "40",
    "OFFSET(page.compound_dtor)": "16", "OFFSET(page.compound_order)": "17",
    "OFFSET(page.compound_head)": "8",
    "OFFSET(pglist_data.node_zones)": "0", "OFFSET(pglist_data.nr_zones)": "13856",
    "OFFSET(pglist_data.node_start_pfn)": "13864", "OFFSET(pglist_data.node_spanned_pages)": "13880",
    "OFFSET(pglist_data.node_id)": "13888", "OFFSET(zone.free_area)": "192",
    "OFFSET(zone.vm_stat)": "1280", "OFFSET(zone.spanned_pages)": "136",
    "OFFSET(free_area.free_list)": "0", "LENGTH(zone.free_area)": "11", "LENGTH(free_area.free_list)": "5",
    "NUMBER(NR_FREE_PAGES)": "0", "NUMBER(PG_lru)": "4", "NUMBER(PG_private)": "13",
    "NUMBER(PG_swapcache)": "10", "NUMBER(PG_swapbacked)": "19", "NUMBER(PG_slab)": "9",
    "NUMBER(PG_hwpoison)": "23", "NUMBER(PG_head_mask)": "65536",
    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)": "-129", "NUMBER(HUGETLB_PAGE_DTOR)": "2",
    "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)": "-257",
    "SYMBOL(node_data)": f"{IMAGE + 0x1100000:x}", "LENGTH(node_data)": "64",
}


def u64(value):
    return struct.pack("<Q", value)


def struct_page(flags=0, mapcount=-1, refcount=0, private=0, listed=0):
    return struct.pack("<Q4QQiiQ", flags, listed, listed, 0, 0, private, mapcount, refcount, 0)


def slot(virt, shift):
    return (virt >> shift & 511) * 8


def memory():
    """What is not zero, as {physical address: bytes}."""
    reserved, inside = struct_page(flags=1 << 12, refcount=1), struct_page()
    pages = [reserved] * SECTION_PAGES
    block = range(FREE_FIRST, FREE_FIRST + (1 << FREE_ORDER))
    for pfn in block:
        pages[pfn] = inside
    pages[FREE_FIRST] = struct_page(mapcount=-129, private=FREE_ORDER, listed=DIRECT + 0x2000)
    return {
        TOP + slot(DIRECT, 39): u64(PUD_DIRECT | PRESENT),
        TOP + slot(VMEMMAP, 39): u64(PUD_VMEMMAP | PRESENT),
        TOP + slot(SMALL, 39): u64(PUD_SMALL | PRESENT),
        PUD_DIRECT + slot(DIRECT, 30): u64(0 | PRESENT | LARGE),
        PUD_VMEMMAP + slot(VMEMMAP, 30): u64(PMD_VMEMMAP | PRESENT),
        PMD_VMEMMAP + slot(VMEMMAP, 21): u64(PAGES | PRESENT | LARGE),
        PUD_SMALL + slot(SMALL, 30): u64(PMD_SMALL | PRESENT),
        PMD_SMALL + slot(SMALL, 21): u64(PTE_SMALL | PRESENT),
        PTE_SMALL + slot(SMALL, 12): u64(0x300000 | PRESENT),
        ROOTS: u64(DIRECT + SECTIONS),
        SECTIONS: u64(VMEMMAP | 0xf) + u64(DIRECT + 0x212000),
        PAGES: b"".join(pages),
    }


def notes(keys=None, drop=()):
    """keys: VMCOREINFO lines to change; drop: to leave out."""
    lines = {**KEYS, **(keys or {})}
    text = "".join(f"{k}={v}\n" for k, v in lines.items() if k not in drop)
    return corefile.note("CORE", bytes(336), 1) + corefile.note("VMCOREINFO", text.encode())


def write(path, keys=None, drop=(), patch=None, **header):
    """Writes the core. keys, drop: as in notes(); patch: memory to change."""
    corefile.write_core(path, [(0, RAM_END, {**memory(), **(patch or {})})], notes(keys, drop), **header)

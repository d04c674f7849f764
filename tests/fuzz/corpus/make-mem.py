#!/usr/bin/env python3
# Makes the seeds of the fuzz targets of memory and kernel by hand: elfcore, kcore, vmcoreinfo, pagetable, page.
# Does not make what came from a real guest (real*), nor what the fuzzer found (pagetable/array-wraps).
#
#   make-mem.py            writes the seeds beside itself

import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")
PT_LOAD, PT_NOTE = 1, 4

PRESENT, LARGE, NX = 1, 1 << 7, 1 << 63
IMAGE, DIRECT, VMEMMAP = 0xffffffff80000000, 0xffff888000000000, 0xffffea0000000000


def write(target, name, data):
    os.makedirs(os.path.join(HERE, target), exist_ok=True)
    with open(os.path.join(HERE, target, name), "wb") as out:
        out.write(data)


def note(name, desc, name_len=None):
    owner = name.encode() + b"\0"
    head = struct.pack("<III", len(owner) if name_len is None else name_len, len(desc), 0)
    return head + owner + bytes(-len(owner) % 4) + desc + bytes(-len(desc) % 4)


def core(rows, notes=b"", ident=b"\x7fELF\2\1\1", kind=4, machine=62, phnum=None, phoff=64, shoff=0):
    """rows: (type, offset, physical address, size); the notes follow the headers."""
    head = EHDR.pack(ident, kind, machine, 1, 0, phoff, shoff, 0, 64, 56, len(rows) if phnum is None else phnum, 0, 0, 0)
    return head + b"".join(PHDR.pack(t, 7, o, 0, p, s, s, 0) for t, o, p, s in rows) + notes


def kcore():
    direct, text = 0xffff888000001000, 0xffffffff81000000
    rows = [(PT_NOTE, 0x400, 0, 0, 64), (PT_LOAD, 0x10000, text, 0x1000, 0x2000), (PT_LOAD, 0x2000, direct, 0x1000, 0x4000),
            (PT_LOAD, 0xd000, VMEMMAP, 2**64 - 1, 0x1000), (PT_LOAD, 2**63, direct, 0, 1), (PT_LOAD, 0, 2**64 - 1, 0, 2)]
    head = core([(0, 0, 0, 0)] * len(rows))[:64]
    good = head + b"".join(PHDR.pack(t, 7, o, v, p, s, s, 0) for t, o, v, p, s in rows)
    small = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 4, 3, 1, 0, 52, 0, 0, 52, 32, 2, 0, 0, 0)
    small += struct.pack("<8I", PT_LOAD, 0x2000, 0xc0001000, 0x1000, 0x4000, 0x4000, 7, 0)
    small += struct.pack("<8I", PT_LOAD, 0xd000, 0xf8000000, 2**32 - 1, 0x1000, 0x1000, 7, 0)
    write("kcore", "class64", good)
    write("kcore", "class32", small)
    write("kcore", "cut", good[:200])
    write("kcore", "no-headers", head[:56] + bytes(8))
    write("kcore", "far-headers", good[:34] + b"\1" + good[35:])


def elfcore():
    notes = note("CORE", bytes(16)) + note("VMCOREINFO", b"OSRELEASE=6.1\n")
    at = 64 + 3 * 56
    rows = [(PT_NOTE, at, 0, len(notes)), (PT_LOAD, at, 0, 0x40), (PT_LOAD, at + 4, 0x100000, 0x30)]
    far = [(PT_LOAD, 0x1000, 0, 0xa0000), (PT_LOAD, 0xa1000, 0x100000, 0x7f00000), (PT_LOAD, 0x8000000, 1 << 32, 1 << 40)]
    write("elfcore", "small", core(rows, notes))
    write("elfcore", "large", core(far))
    write("elfcore", "qemu-ehsize", core(rows, notes)[:52] + b"\x08\0" + core(rows, notes)[54:])
    write("elfcore", "class32", core(rows, notes, ident=b"\x7fELF\1\1\1"))
    write("elfcore", "executable", core(rows, notes, kind=2))
    write("elfcore", "aarch64", core(rows, notes, machine=183))
    write("elfcore", "kdump", b"KDUMP   " + bytes(64))
    write("elfcore", "cut", core(rows, notes)[:200])
    write("elfcore", "wraps", core([(PT_LOAD, 0, 2**64 - 0x1000, 0x2000)]))
    write("elfcore", "last-page", core([(PT_LOAD, 0, 2**64 - 0xfff, 0xffe)]))
    write("elfcore", "offset-wraps", core([(PT_LOAD, 2**64 - 8, 0, 16)]))
    write("elfcore", "many-headers", core(rows, notes, phnum=0xffff, shoff=0))
    # The number of program headers is in sh_info of section 0, which lies behind the headers here.
    section = bytes(44) + struct.pack("<I", 3) + bytes(16)
    write("elfcore", "many-headers-section", core(rows, section, phnum=0xffff, shoff=64 + 3 * 56))
    write("elfcore", "note-4g", note("CORE", b"")[:4] + b"\xff" * 4 + bytes(24))
    write("elfcore", "note-only", notes)


def vmcoreinfo():
    write("vmcoreinfo", "note", note("VMCOREINFO", b"SIZE(page)=64\nSYMBOL(mem_section)=ffff888000000000\n"))
    write("vmcoreinfo", "empty", b"")
    for name, text in (
            ("size-0", "SIZE(page)=0\n"), ("size-56", "SIZE(page)=56\n"), ("size-256", "SIZE(page)=256\n"),
            ("offset-out", "OFFSET(page._refcount)=61\n"), ("offset-negative", "OFFSET(page.mapping)=-8\n"),
            ("order-at-end", "OFFSET(page.compound_order)=59\n"), ("flags-at-end", "OFFSET(page.flags)=56\n"),
            ("flags-of-6.12", "NUMBER(PG_lru)=5\nNUMBER(PG_head_mask)=64\n"),
            ("five-zones", "OFFSET(pglist_data.nr_zones)=17312\n"),
            ("no-numa-1-zone", "LENGTH(node_data)=1\nOFFSET(pglist_data.nr_zones)=1472\n"),
            ("orders-16", "LENGTH(zone.free_area)=16\n"), ("orders-17", "LENGTH(zone.free_area)=17\n"), ("buddy-top", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n"),
            ("roots-unaligned", "SYMBOL(mem_section)=ffff888000000ffc\n"),
            ("sections-of-all", "NUMBER(SECTION_SIZE_BITS)=34\nNUMBER(MAX_PHYSMEM_BITS)=32\nLENGTH(mem_section)=1\n"),
            ("five-levels", "NUMBER(pgtable_l5_enabled)=1\nNUMBER(sme_mask)=140737488355328\n"),
            ("signs", "NUMBER(phys_base)=--1\nSIZE(page)=\nKERNELOFFSET=-\n")):
        write("vmcoreinfo", name, text.encode())


def tables(mode, virt, length, words):
    """words: {index in the 64 pages: word}; see fuzz_pagetable.c."""
    return struct.pack("<BQI", mode, virt, length) + b"".join(struct.pack("<HQ", at, word) for at, word in words.items())


def slot(page, virt, level):
    return page * 512 + (virt >> (12 + 9 * (level - 1)) & 511)


def chain(virt, levels, leaf_level, leaf, first=1):
    """Tables one a page from page first on, the top one in page 0."""
    words, page = {}, 0
    for level in range(levels, leaf_level, -1):
        words[slot(page, virt, level)] = first << 12 | PRESENT
        page, first = first, first + 1
    words[slot(page, virt, leaf_level)] = leaf | PRESENT | (LARGE if leaf_level > 1 else 0)
    return words


def pagetable():
    for levels, vmemmap in ((4, VMEMMAP), (5, 0xffd4000000000000)):
        five = levels - 4
        for level, name in ((1, "4k"), (2, "2m"), (3, "1g")):
            # Bit 12 of a large leaf is PAT.
            leaf = 0x20000 if level == 1 else 1 << 12 | NX
            write("pagetable", f"{levels}-{name}", tables(five, vmemmap, 0x800000, chain(vmemmap, levels, level, leaf)))
        direct = DIRECT if levels == 4 else 0xff11000000000000
        # Roots in page 16, sections in page 17, both in the direct map; struct pages over all of memory.
        machine = {**chain(direct, levels, 3, 0), **chain(vmemmap, levels, 2, 0, first=8),
                   16 * 512: direct + 0x11000, 17 * 512: vmemmap | 0xf, 17 * 512 + 4: vmemmap | 0xf}
        write("pagetable", f"{levels}-sections", tables(five | 2, direct + 0x10000, 0x10000, machine))
        small = {**machine, **chain(vmemmap, levels, 1, 0x30000, first=8)}
        write("pagetable", f"{levels}-sections-4k", tables(five | 2, direct + 0x10000, 0x10000, small))
    loop = {slot(0, VMEMMAP, 4): PRESENT}
    write("pagetable", "loop-top", tables(0, VMEMMAP, 0x1000, loop))
    deep = {slot(0, VMEMMAP, 4): 0x1000 | PRESENT, slot(1, VMEMMAP, 3): 0x2000 | PRESENT, slot(2, VMEMMAP, 2): 0x1000 | PRESENT}
    write("pagetable", "loop-parent", tables(0, VMEMMAP, 0x1000, deep))
    write("pagetable", "outside", tables(0, VMEMMAP, 0x1000, {slot(0, VMEMMAP, 4): 0x40000 | PRESENT}))
    write("pagetable", "far-outside", tables(0, VMEMMAP, 0x1000, {slot(0, VMEMMAP, 4): 0xffffffffff000 | PRESENT}))
    write("pagetable", "pgd-large", tables(0, VMEMMAP, 0x1000, {slot(0, VMEMMAP, 4): 0x1000 | LARGE | PRESENT}))
    write("pagetable", "not-canonical", tables(0, 0x800000000000, 0x1000, {}))
    write("pagetable", "last-address", tables(0, 2**64 - 1, 0x1000, {}))
    write("pagetable", "roots-at-page-end", tables(2, DIRECT + 0xffc, 0x1000, chain(DIRECT, 4, 3, 0)))


def recipes(mode, pages, unmapped=0, broken=0, start=0, length=2000, cut=0):
    """pages: (flags, type, mapping and order, head); see fuzz_page.c."""
    return struct.pack("<BBBBHB", mode, unmapped, broken, start, length, cut) + b"".join(bytes(p) for p in pages)


def tail(distance):
    return 0x80 | 16 + distance


def page():
    free, inside, percpu, anon = (0, 3, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (1, 0x11, 0x41, 0)
    kernel, slab, table, reserved = (0, 0x10, 0, 0), (3, 0x10, 0, 0), (0, 0x15, 0, 0), (4, 0x10, 0, 0)

    def block(order):
        return [(0, 3, order, 0)] + [inside] * ((1 << order) - 1)

    def compound(order, head=(5, 0x10, 0, 0), dtor=1):
        return [head] + [(0, 0, order, tail(d)) for d in range(1, 1 << order)]

    mixed = block(5) + compound(4) + [anon, kernel, slab, table, reserved, percpu, (8, 0x10, 0, 0), (2, 0x10, 0x40, 0)] * 2
    for mode in (0, 1, 4, 9):
        write("page", f"mixed-{mode}", recipes(mode, mixed * 7))
        write("page", f"mixed-{mode}-broken", recipes(mode, mixed * 7, broken=0xaa, cut=40))
        write("page", f"mixed-{mode}-holes", recipes(mode, mixed * 7, unmapped=0x24, broken=0x0f, start=70, length=300))
    write("page", "free", recipes(0, block(8) + block(3) + [free], cut=17))
    write("page", "free-too-large", recipes(0, [(0, 3, 11, 0), (0, 3, 15, 0)] + [kernel] * 4))
    write("page", "compound-cut", recipes(1, [kernel] * 72 + compound(3) * 20, broken=0xff, cut=73))
    write("page", "tail-before", recipes(4, [(0, 0, 0, tail(9))] * 8))
    write("page", "tail-behind", recipes(0, [(0, 0, 0, 0x80)] * 40, cut=3))
    write("page", "head-last", recipes(0, [kernel] * 63 + [(5, 0x10, 0, 0)], unmapped=0xfe))
    write("page", "poison", recipes(0, compound(3, head=(9, 0x10, 0, 0)) + [(8, 0, 0, tail(1)), (0x8f, 0x10, 0, 0)]))
    # One byte a block, compound page or page: what, its order in bits 4-6, another zone in bit 7.
    kinds = bytes(range(16)) + bytes(range(0x50, 0x60)) + bytes(range(0xb0, 0xc0)) + bytes(range(16))
    for mode in (0x80, 0x81, 0x84):
        write("page", f"known-{mode:x}", recipes(mode, []) + kinds)
        write("page", f"known-{mode:x}-broken", recipes(mode, [], broken=0xff, start=9, length=700, cut=33) + kinds * 2)
    raw = struct.pack("<Q4QQiiQ", 1 << 12, 0, 0, 0, 0, 0, -1, 1, 0) + struct.pack("<Q4QQiiQ", 0, 0, 0, 0, 0, 1, -129, 0, 0)
    write("page", "raw", recipes(2, []) + raw * 4)
    write("page", "raw-ones", recipes(3, []) + b"\xff" * 300)


def iomem():
    write("iomem", "hidden", b"00000000-00000000 : Reserved\n  00000000-00000000 : System RAM\n" * 3)
    write("iomem", "empty", b"")
    for name, text in (
            ("edges", "00100000-01000800 : System RAM\n01000801-02000fff : System RAM\n"),
            ("whole", "00000000-0fffffff : System RAM\n"), ("video", "000a0000-000bffff : System RAM\n"),
            ("last-page", "fffffffffffff001-fffffffffffffffe : System RAM\n"),
            ("all", "0-fffffffffffffffe : System RAM"), ("turned", "00002000-00001000 : System RAM\n"),
            ("nested", "100000000-1ffffffff : x\n  100000000-13fffffff : System RAM (kmem)\n"),
            ("no-name", "1000-1fff : \n"), ("no-colon", "1000-1fff\n")):
        write("iomem", name, text.encode())


if __name__ == "__main__":
    for make in (elfcore, kcore, vmcoreinfo, pagetable, page, iomem):
        make()

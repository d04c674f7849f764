#!/usr/bin/env python3
"""Makes the inputs in corpus/btf/ again: small BTF files, whole, cut, turned and tied into rings.

Does not copy any kernel's BTF; the format is that of Documentation/bpf/btf.rst.
"""
import struct
import sys
from pathlib import Path

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, PROTO, VAR, DATASEC, FLOAT, \
    DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)


class Btf:
    def __init__(self):
        self.types, self.strings, self.count = b"", b"\0", 0

    def name(self, text):
        if not text:
            return 0
        at = self.strings.find(b"\0" + text.encode() + b"\0")
        if at < 0:
            at = len(self.strings) - 1
            self.strings += text.encode() + b"\0"
        return at + 1

    def add(self, kind, name="", size=0, vlen=0, flag=0, extra=b""):
        self.types += struct.pack("<III", self.name(name), kind << 24 | flag << 31 | vlen, size) + extra
        self.count += 1
        return self.count

    def members(self, kind, name, size, rows, flag=0):
        extra = b"".join(struct.pack("<III", self.name(n), t, at) for n, t, at in rows)
        return self.add(kind, name, size, len(rows), flag, extra)

    def enum(self, name, rows, kind=ENUM, flag=0):
        pack = (lambda n, v: struct.pack("<Ii", n, v)) if kind == ENUM else (lambda n, v: struct.pack("<Iq", n, v))
        extra = b"".join(pack(self.name(n), v) for n, v in rows)
        return self.add(kind, name, 8 if kind == ENUM64 else 4, len(rows), flag, extra)

    def bytes(self):
        return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(self.types), len(self.types),
                           len(self.strings)) + self.types + self.strings


FLAGS = ("locked referenced uptodate dirty lru active workingset waiters error slab owner_priv_1 arch_1 reserved private "
         "private_2 writeback head mappedtodisk reclaim swapbacked unevictable mlocked uncached hwpoison young").split()


def machine(page_lru=64, zones=4, slab=9, ring=False, types="signed"):
    """What the VMCOREINFO of the fuzz targets' machine has, as BTF."""
    b = Btf()
    long = b.add(INT, "long unsigned int", 8, extra=struct.pack("<I", 64))
    b.add(FLOAT, "double", 8)
    b.add(ENUM64, "wide", 8, 1, 0, struct.pack("<IQ", b.name("WIDE"), 1 << 40))
    pointer = b.add(PTR, size=long)
    listed = b.members(STRUCT, "list_head", 16, (("next", pointer, 0), ("prev", pointer, 64)))
    counter = b.add(TYPEDEF, "atomic_t", b.add(CONST, size=b.add(VOLATILE, size=b.add(TYPE_TAG, "tag", long))))
    inner = b.members(STRUCT, "", 40, (("lru", listed, page_lru - 64), ("mapping", pointer, 128),
                                       ("private", long, 256), ("bits", long, 8 << 24 | 192)), 1)
    tail = b.members(STRUCT, "", 24, (("compound_head", long, 0), ("compound_dtor", long, 64),
                                      ("compound_order", long, 72), ("compound_mapcount", long, 96)))
    union = b.members(UNION, "", 40, (("", inner, 0), ("", b.count + 1 if ring else tail, 0)))
    b.members(STRUCT, "page", 64, (("flags", long, 0), ("", union, 64), ("_mapcount", counter, 384),
                                   ("_refcount", counter, 416)))
    area = b.members(STRUCT, "free_area", 88, (("free_list", listed, 0),))
    areas = b.add(ARRAY, extra=struct.pack("<III", area, long, 11))
    b.members(STRUCT, "zone", 1408, (("free_area", areas, 1536),))
    b.members(STRUCT, "pglist_data", 14784, (("node_zones", long, 0), ("nr_zones", long, 13856 * 8)))
    b.members(STRUCT, "mem_section", 16, (("section_mem_map", long, 0),))
    b.members(STRUCT, "mem_section_usage", 8, (("subsection_map", long, 0),))
    b.enum("pageflags", [(f"PG_{name}", slab if name == "slab" else bit) for bit, name in enumerate(FLAGS)])
    names = ("ZONE_DMA", "ZONE_DMA32", "ZONE_NORMAL", "ZONE_MOVABLE")
    b.enum("zone_type", [(name, i) for i, name in enumerate(names)] + [("__MAX_NR_ZONES", zones)])
    b.enum("compound_dtor_id", (("NULL_COMPOUND_DTOR", 0), ("HUGETLB_PAGE_DTOR", 2)))
    b.enum(types, (("PGTY_negative", -1), ("PGTY_zsmalloc", 0xf6)), flag=1)
    b.add(FWD, "zone")
    proto = b.add(PROTO, size=long, vlen=1, extra=struct.pack("<II", b.name("x"), long))
    function = b.add(FUNC, "f", proto)
    b.add(DECL_TAG, "decl", function, extra=struct.pack("<i", -1))
    var = b.add(VAR, "v", long, extra=struct.pack("<I", 0))
    b.add(DATASEC, ".data", 8, 1, extra=struct.pack("<III", var, 0, 8))
    b.add(RESTRICT, size=pointer)
    return b


def inputs():
    whole = machine().bytes()
    yield "machine", whole
    yield "empty", b""
    yield "header-only", whole[:24]
    yield "no-types", Btf().bytes()
    yield "cut-in-types", whole[:200]
    yield "cut-in-names", whole[:-3]
    yield "big-endian", whole[1::-1] + whole[2:]
    yield "version-2", whole[:2] + b"\2" + whole[3:]
    yield "long-header", whole[:4] + struct.pack("<I", len(whole) + 1) + whole[8:]
    yield "other-lru", machine(page_lru=128).bytes()
    yield "five-zones", machine(zones=5).bytes()
    yield "slab-elsewhere", machine(slab=40).bytes()
    yield "types-of-6.12", machine(types="pagetype").bytes()
    yield "own-member", machine(ring=True).bytes()
    b = Btf()
    b.add(TYPEDEF, "page", 2)
    b.add(CONST, size=1)
    yield "ring-of-typedefs", b.bytes()
    b = Btf()
    b.members(STRUCT, "page", 64, (("", 2, 0),))
    b.members(STRUCT, "", 64, (("", 3, 0), ("", 3, 0)))
    b.members(UNION, "", 64, (("", 2, 0), ("", 2, 0)))
    yield "ring-of-structs", b.bytes()
    b = Btf()
    for i in range(1, 9):
        b.members(STRUCT, "page" if i == 1 else "", 64, [("", i + 1, 0)] * 24)
    b.members(STRUCT, "", 64, (("flags", 1, 0),) * 20)
    yield "a-billion-members", b.bytes()
    b = Btf()
    b.add(0, "page")
    yield "kind-0", b.bytes()
    b = Btf()
    b.add(25, "page")
    yield "kind-25", b.bytes()
    b = Btf()
    b.add(STRUCT, "page", 64, 9)
    yield "no-room-for-members", b.bytes()
    b = Btf()
    b.members(STRUCT, "page", 64, (("flags", 77, 0), ("", 78, 0)))
    yield "type-77", b.bytes()
    b = Btf()
    for _ in range(3):
        b.members(STRUCT, "page", 64, (("flags", 0, 8),))
    yield "three-of-a-name", b.bytes()
    b = Btf()
    b.members(STRUCT, "p\u00e4ge", 64, (("flags", 0, 0),))
    yield "letters-not-ascii", b.bytes()
    b = machine()
    b.strings = b.strings[:-1] + b"x"
    yield "names-without-end", b.bytes()


folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "btf")
folder.mkdir(exist_ok=True)
for name, data in inputs():
    (folder / name).write_bytes(data)

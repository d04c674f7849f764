# Reads and makes ELF cores of whole machines, and reads VMCOREINFO.
# Does not use ramscope: it is what ramscope's reading of the same files is compared with.

import struct

PT_LOAD, PT_NOTE = 1, 4
ET_EXEC, ET_CORE = 2, 4
EM_X86_64, EM_AARCH64 = 62, 183

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")
EHDR_32 = struct.Struct("<16sHHIIIIIHHHHHH")
PHDR_32 = struct.Struct("<IIIIIIII")
NHDR = struct.Struct("<III")


def padded(data):
    return data + bytes(-len(data) % 4)


def note(name, desc, kind=0):
    owner = name.encode() + b"\0"
    return NHDR.pack(len(owner), len(desc), kind) + padded(owner) + padded(desc)


def find_note(data, name):
    """The contents of the note with that owner, or None."""
    at = 0
    while at + NHDR.size <= len(data):
        owner_len, desc_len, _ = NHDR.unpack_from(data, at)
        start = at + NHDR.size
        owner = data[start:start + owner_len].rstrip(b"\0")
        start += (owner_len + 3) & ~3
        if owner == name.encode():
            return data[start:start + desc_len]
        at = start + ((desc_len + 3) & ~3)
    return None


class VmcoreInfo:
    """KEY=VALUE lines; a key is asked for by its full name, such as SIZE(page)."""

    def __init__(self, text):
        lines = text.rstrip(b"\0").decode("ascii", "replace").splitlines()
        self.lines = dict(line.split("=", 1) for line in lines if "=" in line)

    def __getitem__(self, key):
        value = self.lines[key]
        is_hex = key.startswith("SYMBOL(") or key == "KERNELOFFSET" or value.startswith("0x")
        return int(value, 16 if is_hex else 10)

    def get(self, key, default=None):
        return self[key] if key in self.lines else default

    def word(self):
        """Bytes of the kernel's unsigned long: a list_head is two pointers."""
        return self["SIZE(list_head)"] // 2


class Core:
    """An ELF core: phys(address, size), and its VMCOREINFO in info."""

    def __init__(self, path):
        self.file = open(path, "rb")
        is_64 = self.file.read(5)[4] == 2
        ehdr, phdr = (EHDR, PHDR) if is_64 else (EHDR_32, PHDR_32)
        self.file.seek(0)
        header = ehdr.unpack(self.file.read(ehdr.size))
        phoff, count = header[5], header[10]
        self.file.seek(phoff)
        rows = [phdr.unpack(self.file.read(phdr.size)) for _ in range(count)]
        if not is_64:  # the flags stand elsewhere: type, offset, vaddr, paddr, filesz, memsz, flags, align
            rows = [(r[0], r[6], r[1], r[2], r[3], r[4], r[5], r[7]) for r in rows]
        self.segments = [(r[4], r[5], r[2]) for r in rows if r[0] == PT_LOAD]
        self.info = None
        for row in rows:
            if row[0] == PT_NOTE:
                self.file.seek(row[2])
                text = find_note(self.file.read(row[5]), "VMCOREINFO")
                self.info = VmcoreInfo(text) if text else self.info
        self.word = self.info.word() if self.info else None

    def close(self):
        self.file.close()

    def phys(self, address, size):
        for start, length, offset in self.segments:
            if start <= address and address + size <= start + length:
                self.file.seek(offset + address - start)
                return self.file.read(size)
        raise ValueError(f"{address:#x} is not in the core")

    def modes(self):
        """(root, bytes of an entry, [(shift, mask of the index)...] from the top, shifts that may be leaves)."""
        if self.word == 8:
            root = self.info["SYMBOL(init_top_pgt)"] - 0xffffffff80000000 + self.info["NUMBER(phys_base)"]
            shifts = (48, 39, 30, 21, 12) if self.info["NUMBER(pgtable_l5_enabled)"] else (39, 30, 21, 12)
            return root, 8, [(shift, 511) for shift in shifts], (30, 21)
        # VMSPLIT_3G, as everywhere: i386 does not tell PAGE_OFFSET.
        root = self.info["SYMBOL(swapper_pg_dir)"] - 0xc0000000
        if "CONFIG_X86_PAE" in self.info.lines:
            return root, 8, [(30, 3), (21, 511), (12, 511)], (21,)
        return root, 4, [(22, 1023), (12, 1023)], (22,)

    def virt_to_phys(self, virt):
        """A walk of the page tables, written for the tests; None where nothing is mapped."""
        table, width, levels, large = self.modes()
        for shift, mask in levels:
            entry = int.from_bytes(self.phys(table + (virt >> shift & mask) * width, width), "little")
            table = entry & 0x000ffffffffff000
            if not entry & 1:
                return None
            if shift == 12 or (shift in large and entry & 0x80):
                return (table & -(1 << shift)) | (virt & ((1 << shift) - 1))
        return None


def write_core(path, segments, notes, kind=ET_CORE, machine=EM_X86_64, elf_class=2, data=1):
    """segments: (physical address, size, {offset: bytes}); what is not given is zero, and sparse."""
    count = len(segments) + (1 if notes else 0)
    offset = EHDR.size + PHDR.size * count
    ident = b"\x7fELF" + bytes((elf_class, data, 1)) + bytes(9)
    header = EHDR.pack(ident, kind, machine, 1, 0, EHDR.size, 0, 0, EHDR.size, PHDR.size, count, 0, 0, 0)
    rows, pieces = [], []
    if notes:
        rows.append(PHDR.pack(PT_NOTE, 0, offset, 0, 0, len(notes), len(notes), 0))
        pieces.append((offset, notes))
        offset += len(notes)
    for phys, size, contents in segments:
        rows.append(PHDR.pack(PT_LOAD, 7, offset, phys, phys, size, size, 0))
        pieces += [(offset + at, data) for at, data in contents.items()]
        offset += size
    with open(path, "wb") as out:
        out.write(header + b"".join(rows))
        for at, data in pieces:
            out.seek(at)
            out.write(data)
        out.truncate(offset)

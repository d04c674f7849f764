# What a kernel's memory says of itself, read through QEMU or from a core.
# Does not use ramscope; knows of the kernel what its VMCOREINFO and include/linux/mmzone.h say.

import re

from corefile import VmcoreInfo, find_note

PAGE = 4096


class LiveMemory:
    """A guest's memory as QEMU sees it. As corefile.Core: phys(), virt_to_phys(), info, word."""

    def __init__(self, guest):
        self.guest = guest
        # "<physical address> <size in hexadecimal>", kernel/ksysfs.c
        where, size = guest.sh("cat /sys/kernel/vmcoreinfo").split()
        self.note = int(where, 16), int(size, 16)
        self.info = VmcoreInfo(find_note(guest.memory(*self.note), "VMCOREINFO"))
        self.word = self.info.word()

    def phys(self, address, size):
        return self.guest.memory(address, size)

    def virt_to_phys(self, virt):
        return self.guest.virt_to_phys(virt)

    def page_offset(self):
        """Of a 32-bit kernel: its image lies in the direct map, and /proc/iomem says where."""
        code = re.search(r"([0-9a-f]+)-[0-9a-f]+ : Kernel code", self.guest.sh("cat /proc/iomem"))
        return self.info["SYMBOL(_stext)"] - int(code[1], 16)


def word_at(memory, virt):
    return int.from_bytes(memory.phys(memory.virt_to_phys(virt), memory.word), "little")


def flat_base(memory):
    """FLATMEM: the address of the struct page of pfn 0, from the variable mem_map."""
    return word_at(memory, memory.info["SYMBOL(mem_map)"])


def section_bases(memory, sections):
    """{section number: virtual address of the struct page of pfn 0, were it in that array}."""
    info = memory.info
    size, static = info["SIZE(mem_section)"], memory.word == 4
    per_root = PAGE // size
    bases = {}
    for number in range(min(sections, 1 << info["NUMBER(MAX_PHYSMEM_BITS)"] - info["NUMBER(SECTION_SIZE_BITS)"])):
        root = info["SYMBOL(mem_section)"] + (number * size if static else number // per_root * 8)
        # SPARSEMEM_EXTREME: pointers to pages of entries.
        entry = root if static else word_at(memory, root)
        if not entry:
            continue
        entry += 0 if static else number % per_root * size
        value = word_at(memory, entry + info["OFFSET(mem_section.section_mem_map)"])
        if value & 2:  # SECTION_HAS_MEM_MAP
            bases[number] = value & ~0xfff
    return bases


def array_base(memory, first, end):
    """Of the struct pages of pfns first to end, which must lie in one array."""
    if "SYMBOL(mem_section)" not in memory.info.lines:
        return flat_base(memory)
    shift = memory.info["NUMBER(SECTION_SIZE_BITS)"] - 12
    bases = section_bases(memory, (end >> shift) + 1)
    base = bases[first >> shift]
    if any(bases[n] != base for n in range(first >> shift, (end - 1 >> shift) + 1)):
        raise ValueError("sections with different bases")
    return base


def page_array(memory, first, end):
    """Where the struct pages of pfns first to end lie: [(physical address, bytes)...] in order."""
    size = memory.info["SIZE(page)"]
    base = array_base(memory, first, end)
    pieces = []
    # Words of 32 bits: the base may lie below address 0.
    virt = base + first * size & (1 << 8 * memory.word) - 1
    stop = virt + (end - first) * size
    while virt < stop:
        length = min(stop, (virt | PAGE - 1) + 1) - virt
        phys = memory.virt_to_phys(virt)
        if phys is None:
            raise ValueError(f"struct pages at {virt:#x} are not mapped")
        if pieces and sum(pieces[-1]) == phys:
            pieces[-1] = pieces[-1][0], pieces[-1][1] + length
        else:
            pieces.append((phys, length))
        virt += length
    return pieces


def read_pieces(memory, pieces):
    return b"".join(memory.phys(phys, size) for phys, size in pieces)


def ram_pfns(guest):
    """[(first, end)...] of RAM above 1 MiB from the kernel's own list, widened to whole sections."""
    section = 1 << 15
    found = []
    for line in guest.sh("cat /proc/iomem").splitlines():
        if line.startswith(" ") or not line.endswith(": System RAM"):
            continue
        start, end = (int(word, 16) >> 12 for word in line.split(" : ")[0].split("-"))
        start, end = start // section * section, (end // section + 1) * section
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found

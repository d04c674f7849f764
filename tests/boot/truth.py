# What a kernel's memory says of itself, read through QEMU or from a core.
# Does not use ramscope; knows of the kernel what its VMCOREINFO and include/linux/mmzone.h say.

import struct

from corefile import VmcoreInfo, find_note

PAGE = 4096


class LiveMemory:
    """A guest's memory as QEMU sees it. As corefile.Core: phys(), virt_to_phys(), info."""

    def __init__(self, guest):
        self.guest = guest
        # "<physical address> <size in hexadecimal>", kernel/ksysfs.c
        where, size = guest.sh("cat /sys/kernel/vmcoreinfo").split()
        self.note = int(where, 16), int(size, 16)
        self.info = VmcoreInfo(find_note(guest.memory(*self.note), "VMCOREINFO"))

    def phys(self, address, size):
        return self.guest.memory(address, size)

    def virt_to_phys(self, virt):
        return self.guest.virt_to_phys(virt)


def u64_at(memory, virt):
    return struct.unpack("<Q", memory.phys(memory.virt_to_phys(virt), 8))[0]


def section_bases(memory, sections):
    """{section number: virtual address of the struct page of pfn 0, were it in that array}."""
    info = memory.info
    per_root = PAGE // info["SIZE(mem_section)"]
    bases = {}
    for number in range(sections):
        root = u64_at(memory, info["SYMBOL(mem_section)"] + number // per_root * 8)
        if not root:
            continue
        entry = root + number % per_root * info["SIZE(mem_section)"]
        value = u64_at(memory, entry + info["OFFSET(mem_section.section_mem_map)"])
        if value & 2:  # SECTION_HAS_MEM_MAP
            bases[number] = value & ~0xfff
    return bases


def page_array(memory, first, end):
    """Where the struct pages of pfns first to end lie: [(physical address, bytes)...] in order."""
    size = memory.info["SIZE(page)"]
    shift = memory.info["NUMBER(SECTION_SIZE_BITS)"] - 12
    bases = section_bases(memory, (end >> shift) + 1)
    base = bases[first >> shift]
    if any(bases[n] != base for n in range(first >> shift, (end - 1 >> shift) + 1)):
        raise ValueError("sections with different bases")
    pieces = []
    virt, stop = base + first * size, base + end * size
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

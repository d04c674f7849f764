# A machine's memory as its firmware leaves it, byte by byte, and the tables that stand in the first MiB.
# Does not come from a real machine and does not use ramscope: it follows public descriptions, which are cited.

import struct

import corefile
import tinykernel

MIB = 1 << 20


def pack(form, *values):
    """Little-endian, without gaps; text is cut or filled up with NUL as struct does it."""
    return struct.pack("<" + form, *(v.encode() if isinstance(v, str) else v for v in values))


def byte_sum(data, at):
    """The data with the byte at that place such that all of them add up to 0."""
    return data[:at] + bytes([-(sum(data) - data[at]) & 0xff]) + data[at + 1:]


def ip_sum(data):
    """coreboot's: the one's complement of the one's complement sum of 16-bit words (RFC 1071)."""
    total = sum(struct.unpack(f"<{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Machine:
    """ranges: the memory there is, (start, size). at, sizes: where each thing was put, by its name, and its bytes."""

    def __init__(self, *ranges):
        self.memory = {start: bytearray(size) for start, size in ranges}
        self.at, self.sizes = {}, {}
        self.sums = []  # (name, address, length, place of the sum), what lies within something else first

    def piece(self, phys, size):
        """(bytes of the range, position in it)."""
        for start, data in self.memory.items():
            if start <= phys and phys + size <= start + len(data):
                return data, phys - start
        raise ValueError(f"{size} bytes at {phys:#x} are not in the machine")

    def read(self, phys, size):
        data, at = self.piece(phys, size)
        return bytes(data[at:at + size])

    def put(self, phys, new, name=None, sum_at=None):
        """Puts bytes there; sum_at: the place of a byte that makes their sum 0."""
        if sum_at is not None:
            new = byte_sum(new, sum_at)
            self.sums.append((name, phys, len(new), sum_at))
        data, at = self.piece(phys, len(new))
        data[at:at + len(new)] = new
        if name:
            self.at[name], self.sizes[name] = phys, len(new)
        return phys

    def spoil(self, name, offset, new):
        """Changes bytes of what has that name, and the sums over them: nobody shall stop at a wrong sum."""
        changed = self.put(self.at[name] + offset, new)
        for _, phys, size, sum_at in self.sums:
            if phys <= changed < phys + size:
                self.put(phys, byte_sum(self.read(phys, size), sum_at))

    def write_core(self, path, kernel=False):
        """An ELF core; with the kernel of tinykernel.py in it, so that a whole report can be made, or with none."""
        segments = [(start, len(data), {0: data}) for start, data in self.memory.items()]
        notes = b""
        if kernel:
            end = tinykernel.RAM_END
            contents = {at - MIB: data for at, data in tinykernel.memory().items()}
            segments.insert(1, (MIB, end - MIB, contents))
            notes = tinykernel.notes()
        corefile.write_core(path, segments, notes)

    def write_first_mib(self, path):
        """What biosdecode -d reads."""
        path.write_bytes(self.memory[0])


def bios_data(com=(0x3f8, 0x2f8), lpt=(0x378,), ebda=0x9fc0, base_kib=639, warm=0):
    """Phoenix, System BIOS for IBM PCs (1991): the BIOS data area, 0x400; the keyboard buffer empty."""
    ports = [*com, *(4 - len(com)) * [0], *lpt, *(3 - len(lpt)) * [0]]
    equipment = 0x26 | len(com) << 9 | len(lpt) << 14
    area = bytearray(pack("7H", *ports) + pack("HHBH", ebda, equipment, 0, base_kib) + bytes(0x100 - 0x15))
    struct.pack_into("<HH", area, 0x1a, 0x1e, 0x1e)
    struct.pack_into("<H", area, 0x72, warm)
    struct.pack_into("<HH", area, 0x80, 0x1e, 0x3e)
    return bytes(area)


def option_rom(blocks, vendor=None, device=0, kind=(0, 0, 3), text=""):
    """PCI Firmware Specification 3.0, 5.1: header at 0, PCI data structure, all bytes add up to 0."""
    rom = bytearray(blocks * 512)
    rom[0:6] = b"\x55\xaa" + bytes([blocks]) + b"\xeb\x3e\xcb"
    if vendor:
        struct.pack_into("<H", rom, 0x18, 0x40)
        rom[0x40:0x58] = pack("4sHHHHB3BHHBBH", b"PCIR", vendor, device, 0, 24, 0, *kind, blocks, 1, 0, 0x80, 0)
    rom[0x60:0x60 + len(text)] = text.encode()
    return byte_sum(bytes(rom), len(rom) - 1)


# MultiProcessor Specification 1.4, 4.1 to 4.4.

def mp_floating(table, length=1):
    return pack("4sIBBB5B", b"_MP_", table, length, 4, 0, 0, 0, 0, 0, 0)


def mp_processor(apic, first=False):
    return pack("BBBBIIQ", 0, apic, 0x11, 1 | first << 1, 0x52c, 0x1bf, 0)


def mp_bus(number, kind):
    return pack("BB6s", 1, number, kind.ljust(6))


def mp_ioapic(apic, phys):
    return pack("BBBBI", 2, apic, 0x11, 1, phys)


def mp_interrupt(entry, kind, bus, irq, apic, pin):
    return pack("BBHBBBB", entry, kind, 0, bus, irq, apic, pin)


def mp_table(*entries, oem="OEM00000", product="PROD00000000", count=None):
    """The configuration table without extended entries."""
    body = b"".join(entries)
    return pack("4sHBB8s12sIHHIHBB", b"PCMP", 44 + len(body), 4, 0, oem.ljust(8), product.ljust(12), 0, 0,
                len(entries) if count is None else count, 0xfee00000, 0, 0, 0) + body


def pir_table(slots, router=(0, 0x38), exclusive=0, compatible=(0x8086, 0x122e)):
    """PCI IRQ Routing Table Specification 1.0; slots: (bus, device, ((link, mask) of INTA# to INTD#), slot)."""
    rows = b"".join(pack("BB", bus, device << 3) + b"".join(pack("BH", *pin) for pin in pins) + pack("BB", slot, 0)
                    for bus, device, pins, slot in slots)
    return pack("4sHHBBHHHI11xB", b"$PIR", 0x100, 32 + len(rows), *router, exclusive, *compatible, 0, 0) + rows


def bios32(entry):
    """Standard BIOS 32-bit Service Directory Proposal 0.4."""
    return pack("4sIBBB5x", b"_32_", entry, 0, 1, 0)


def plug_and_play():
    """Plug and Play BIOS Specification 1.0A, 4.4."""
    return pack("4sBBHBIHHHIIHI", b"$PnP", 0x10, 0x21, 0, 0, 0, 0x6d2a, 0xf000, 0x6d2f, 0xf0000, 0, 0xf000, 0xf0000)


# coreboot: commonlib/include/commonlib/coreboot_tables.h and timestamp_serialized.h, release 4.20.

LB_MEMORY, LB_MAINBOARD, LB_VERSION, LB_SERIAL, LB_CONSOLE, LB_FORWARD = 0x1, 0x3, 0x4, 0xf, 0x10, 0x11
LB_TIMESTAMPS, LB_CBMEM_CONSOLE, LB_CBMEM_ENTRY = 0x16, 0x17, 0x31


def lb_record(tag, body):
    body += bytes(-len(body) % 4)
    return pack("II", tag, 8 + len(body)) + body


def lb_memory(*ranges):
    """(start, size, kind): 1 RAM, 2 reserved, 16 coreboot's own tables."""
    return lb_record(LB_MEMORY, b"".join(pack("QQI", *r) for r in ranges))


def lb_mainboard(vendor, part):
    vendor, part = vendor.encode() + b"\0", part.encode() + b"\0"
    return lb_record(LB_MAINBOARD, pack("BB", 0, len(vendor)) + vendor + part)


def lb_string(tag, text):
    return lb_record(tag, text.encode() + b"\0")


def lb_table(*records):
    """LBIO: both sums are coreboot's."""
    body = b"".join(records)
    head = pack("4sIIIII", b"LBIO", 24, 0, len(body), ip_sum(body), len(records))
    return head[:8] + pack("I", ip_sum(head)) + head[12:] + body


def lb_timestamps(base, mhz, *entries):
    """entries: (identifier, ticks since base)."""
    return pack("QHHI", base, len(entries), mhz, len(entries)) + b"".join(pack("Iq", *e) for e in entries)


def lb_cbmem_console(text, size):
    return pack("II", size, len(text)) + text.encode().ljust(size, b"\0")

# SMBIOS structures and entry points, after DSP0134 3.6: sections 5.2 (entry points), 6.1 (strings), 7.x (types).
# A structure is built in full and cut to the length its version had: later versions only append fields.

from firmwarebytes import byte_sum, pack

# Formatted area of a type by version: section 7, the last row of each version in the type's table.
LENGTHS = {
    "2.1": {0: 0x13, 1: 0x19, 3: 0x0d, 4: 0x20, 7: 0x13, 16: 0x0f, 17: 0x15, 19: 0x0f, 20: 0x13},
    "2.8": {0: 0x18, 1: 0x1b, 3: 0x16, 4: 0x2a, 7: 0x13, 16: 0x17, 17: 0x28, 19: 0x1f, 20: 0x23},
    "3.3": {0: 0x1a, 1: 0x1b, 3: 0x16, 4: 0x30, 7: 0x1b, 16: 0x17, 17: 0x5c, 19: 0x1f, 20: 0x23},
}


class Smbios:
    """A structure table. places: {(type, how many of it before): offset}; handles count up from 0x1000."""

    def __init__(self, version):
        self.version = version
        self.table = b""
        self.places = {}
        self.kinds = []

    def add(self, kind, body, *strings):
        """A structure; its handle."""
        handle = 0x1000 + len(self.kinds)
        length = LENGTHS[self.version].get(kind, 4 + len(body))
        self.places[kind, self.kinds.count(kind)] = len(self.table)
        self.kinds.append(kind)
        texts = b"".join((s if isinstance(s, bytes) else s.encode()) + b"\0" for s in strings) or b"\0"
        self.table += pack("BBH", kind, length, handle) + body[:length - 4] + texts + b"\0"
        return handle

    def bios(self, vendor, version, date, rom_kib):
        """7.1"""
        self.add(0, pack("BBHBBQBBBBBBH", 1, 2, 0xe800, 3, min(rom_kib // 64 - 1, 0xff), 0x80, 3, 0xd, 1, 7,
                         0xff, 0xff, rom_kib // 1024), vendor, version, date)

    def system(self, maker, product, serial, uuid):
        """7.2"""
        self.add(1, pack("BBBB16sBBB", 1, 2, 3, 4, uuid, 6, 5, 6), maker, product, "1.0", serial, "SKU", "family")

    def baseboard(self, maker, product, serial, chassis):
        """7.3"""
        self.add(2, pack("BBBBBBBHBB", 1, 2, 0, 3, 0, 9, 0, chassis, 10, 0), maker, product, serial)

    def chassis(self, maker, kind):
        """7.4"""
        return self.add(3, pack("BBBBBBBBBIBBBBB", 1, kind, 0, 0, 0, 3, 3, 3, 3, 0, 1, 2, 0, 0, 0), maker)

    def cache(self, name, level, kib):
        """7.8"""
        size = kib if kib < 0x8000 else 0x8000 | kib // 64
        return self.add(7, pack("BHHHHHBBBBII", 1, 0x180 | level - 1, size, size, 2, 2, 0, 5, 5, 7, kib, kib), name)

    def processor(self, socket, name, caches, cores):
        """7.5"""
        self.add(4, pack("BBBBQBBHHHBB3HBBBBBBHHHHH", 1, 3, 0xb3, 2, 0xbfebfbff00050657, 3, 0x8c, 100, 4000, 2400,
                         0x41, 0x36, *caches, 0, 0, 0, min(cores, 255), min(cores, 255), min(2 * cores, 255), 0xfc,
                         0xb3, cores, cores, 2 * cores), socket, "Example Corp.", name)

    def array(self, slots, gib):
        """7.17"""
        kib = gib << 20
        big = kib >= 0x80000000
        small, wide = (0x80000000, gib << 30) if big else (kib, 0)
        return self.add(16, pack("BBBIHHQ", 3, 3, 6, small, 0xfffe, slots, wide))

    def device(self, array, slot, mib, kind=0x1a, speed=3200):
        """7.18; mib 0: an empty slot. From 32 GiB - 1 MiB on the size has a field of its own, as from 2.7."""
        big = mib >= 0x7fff
        size, more = (0x7fff, mib) if big else (mib, 0)
        speed = min(speed, 0xffff) if mib else 0
        return self.add(17, pack("HHHHHBBBBBHHBBBBBIHHHHBHBHHHHQQQQII", array, 0xfffe, 72, 64, size, 9, 0, 1, 2,
                                 kind if mib else 2, 0x80 if mib else 2, speed, 3, 4, 0, 5, 2, more, speed, 1200, 1200,
                                 1200, 3, 8, 0, 0x2c80, 0, 0, 0, 0, mib << 20, 0, 0, 0, 0),
                        slot, f"BANK {slot}", *(("Example", f"S{slot}", "EX-32G") if mib else ("-", "-", "-")))

    def array_range(self, array, start, end):
        """7.20; end exclusive, of which the last KiB is told; wide addresses have fields of their own."""
        self.add(19, self.span(start, end) + pack("HB", array, 1) + self.wide(start, end))

    def device_range(self, device, mapped, start, end, interleave=(0, 0)):
        """7.21"""
        self.add(20, self.span(start, end) + pack("HHBBB", device, mapped, 0xff, *interleave) + self.wide(start, end))

    @staticmethod
    def is_wide(end):
        return end - 1 >> 10 >= 0xffffffff

    @classmethod
    def span(cls, start, end):
        wide = cls.is_wide(end)
        return pack("II", 0xffffffff, 0xffffffff) if wide else pack("II", start >> 10, end - 1 >> 10)

    @classmethod
    def wide(cls, start, end):
        return pack("QQ", start, end - 1) if cls.is_wide(end) else pack("QQ", 0, 0)

    def errors(self):
        """7.19 and 7.34: a 32-bit and a 64-bit memory error."""
        self.add(18, pack("BBBIIII", 4, 4, 3, 0x1234, 0x80000000, 0x1000, 0x40))
        self.add(33, pack("BBBIQQI", 4, 4, 3, 0x1234, 0x123456000, 0x1000, 0x40))

    def end(self):
        """7.33 (how the boot went), then 7.45."""
        self.add(32, pack("6xB", 0))
        self.add(127, b"")


def entry_2(version, table, phys, count):
    """5.2.1: 32-bit, two sums, of all and of what follows byte 16."""
    major, minor = map(int, version.split("."))
    inner = byte_sum(pack("5sBHIHB", b"_DMI_", 0, len(table), phys, count, major << 4 | minor), 5)
    return pack("4sBBBBHB5x", b"_SM_", 0, 0x1f, major, minor, 0x100, 0) + inner


def entry_3(version, size, phys):
    """5.2.2: 64-bit."""
    major, minor = map(int, version.split("."))
    return pack("5sBBBBBBBIQ", b"_SM3_", 0, 0x18, major, minor, 0, 1, 0, size, phys)

# ACPI tables, after ACPI 6.5 (section numbers below), and the specifications of those that it only names.
# Each function gives the table's body; Acpi puts a header before it and all of them into memory.

import uuid

from firmwarebytes import byte_sum, pack


def gas(space, phys, bits=32, access=3):
    """5.2.3.2: a generic address; space 0 is memory, 1 are I/O ports."""
    return pack("BBBBQ", space, bits, 0, access, phys)


def guid(text):
    return uuid.UUID(text).bytes_le


def header(signature, body, revision, oem="EXAMPL", table="EXAMPLE "):
    """5.2.6"""
    return byte_sum(pack("4sIBB6s8sI4sI", signature, 36 + len(body), revision, 0, oem, table, 1, "TEST", 1) + body, 9)


class Acpi:
    """Lays tables one after the other from phys on, each a multiple of 64 bytes."""

    def __init__(self, machine, phys):
        self.machine, self.next = machine, phys
        self.listed = []  # what RSDT and XSDT are to list

    def put(self, name, data, sum_at=None):
        phys = self.machine.put(self.next, data, name, sum_at)
        self.next += len(data) + 63 & ~63
        return phys

    def table(self, signature, body, revision=1, name=None, listed=True, **header_words):
        phys = self.put(name or signature, header(signature, body, revision, **header_words), 9)
        if listed:
            self.listed.append(phys)
        return phys

    def root(self, rsdp, wide=True):
        """5.2.5.3, 5.2.7, 5.2.8; the RSDP goes where it is told to."""
        rsdt = self.table("RSDT", pack(f"{len(self.listed)}I", *self.listed), listed=False)
        xsdt = wide and self.table("XSDT", pack(f"{len(self.listed)}Q", *self.listed), listed=False)
        self.machine.put(rsdp, pack("8sB6sBI", b"RSD PTR ", 0, "EXAMPL", 2 if wide else 0, rsdt), "RSDP", 8)
        if wide:
            data = self.machine.read(rsdp, 20) + pack("IQB3x", 36, xsdt, 0)
            self.machine.put(rsdp, data, "RSDP", 32)


def facs():
    """5.2.10; no header, no sum."""
    return pack("4sIIIIIQB3xI24x", "FACS", 64, 0x1234, 0, 0, 0, 0, 2, 0)


def fadt(facs_phys, dsdt_phys):
    """5.2.9, 276 bytes from revision 6 on."""
    ports = [gas(1, port, bits, 2) for port, bits in ((0x600, 32), (0, 0), (0x604, 16), (0, 0), (0, 0), (0x608, 32),
                                                      (0x620, 128), (0, 0), (0, 0), (0, 0))]
    return (pack("IIBBHIBBBBIIIIIIIIBBBBBBBBHHHHBBBBBHBI", facs_phys, dsdt_phys, 0, 4, 9, 0xb2, 0xa0, 0xa1, 0, 0,
                 0x600, 0, 0x604, 0, 0, 0x608, 0x620, 0, 4, 2, 0, 4, 16, 0, 0, 0, 101, 1001, 0, 0, 1, 3, 0xd, 0, 0x32,
                 0x3, 0, 0x84a5) + gas(1, 0xcf9, 8, 1) + pack("BHBQQ", 6, 0, 5, 0, dsdt_phys) + b"".join(ports) + bytes(8))


def madt(processors, x2apic=False, ioapics=((0, 0xfec00000, 0),)):
    """5.2.12; processors: (number, APIC identifier)."""
    rows = [pack("BBHIII", 9, 16, 0, apic, 1, number) if x2apic else pack("BBBBI", 0, 8, number, apic, 1)
            for number, apic in processors]
    rows += [pack("BBBBII", 1, 12, number, 0, phys, gsi) for number, phys, gsi in ioapics]
    rows += [pack("BBBBIH", 2, 10, 0, source, gsi, flags) for source, gsi, flags in ((0, 2, 0), (9, 9, 0xd))]
    rows.append(pack("BBHIB3x", 10, 12, 5, 0xffffffff, 1) if x2apic else pack("BBBHB", 4, 6, 0xff, 5, 1))
    return pack("II", 0xfee00000, 1) + b"".join(rows)


def srat(processors, memory):
    """5.2.16; processors: (node, APIC identifier); memory: (node, start, size, flags): 1 used, 2 can be plugged."""
    rows = [pack("BBHIIIII", 2, 24, 0, node, apic, 1, 0, 0) if apic > 254 else
            pack("BBBBIB3xI", 0, 16, node, apic, 1, 0, 0) for node, apic in processors]
    rows += [pack("BBIHQQIIQ", 1, 40, node, 0, start, size, 0, flags, 0) for node, start, size, flags in memory]
    return pack("IQ", 1, 0) + b"".join(rows)


def slit(rows):
    """5.2.17"""
    return pack("Q", len(rows)) + b"".join(bytes(row) for row in rows)


def mcfg(*spaces):
    """PCI Firmware Specification 3.3, 4.1.2; spaces: (start, segment, first bus, last bus)."""
    return bytes(8) + b"".join(pack("QHBB4x", *space) for space in spaces)


def hpet(phys):
    """IA-PC HPET 1.0a, 3.2.4."""
    return pack("I", 0x8086a201) + gas(0, phys, 64, 0) + pack("BHB", 0, 128, 0)


def spcr(port):
    """Serial Port Console Redirection Table, revision 2: 115200, no parity, 1 stop bit, VT-UTF8."""
    return pack("B3x", 0) + gas(1, port, 8, 1) + pack("BBIBBBBBBHHBBBIBI", 1, 4, 4, 7, 0, 1, 0, 3, 0, 0xffff, 0xffff,
                                                      0, 0, 0, 0, 0, 0)


def dbg2(port, name):
    """Debug Port Table 2, revision 0: one 16550 with one register block."""
    text = name.encode() + b"\0"
    length = 22 + 12 + 4 + len(text)
    return pack("II", 44, 1) + pack("BHBHHHHHH2xHH", 0, length, 1, len(text), 38, 0, 0, 0x8000, 0, 22, 34) + \
        gas(1, port, 8, 1) + pack("I", 8) + text


def cper_memory(phys, card, module):
    """UEFI 2.10, N.2.5: a memory error, multi-bit, with address, mask, card and module."""
    return pack("QQQQ6H", 0x403e, 0x400, phys, 0xfffffffffffff000, 0, card, module, 2, 0, 0x123) + \
        pack("HHQQQBBHHH", 0x45, 0, 0, 0, 0, 3, 0, 0, 0, 0)


def error_status(section, severity=1, length=None, section_length=None):
    """18.3.2.7.1: a generic error status block with one entry of revision 3.0. Severity 1 is fatal."""
    entry = guid("a5bc1114-6f64-4ede-b863-3e83ed7c83b1") + \
        pack("IHBBI16s20sQ", severity, 0x300, 0, 0, len(section) if section_length is None else section_length,
             b"", b"DIMM_A1", 0) + section
    return pack("IIIII", 0x11, 0, 0, len(entry) if length is None else length, severity) + entry


def bert(region, size):
    """18.3.1"""
    return pack("IQ", size, region)


def hest(status_phys):
    """18.3.2: one AER root port (18.3.2.3), one generic source polled (18.3.2.7)."""
    aer = pack("HHHBBIIIHHHHIIIII", 6, 0, 0, 1, 1, 1, 1, 0, 1, 0, 7, 0, 0, 0x400000, 0, 0, 7)
    polled = pack("BBHIIIIII", 0, 28, 0, 60000, 0, 0, 0, 0, 0)
    generic = pack("HHHBBIII", 9, 1, 0xffff, 0, 1, 1, 1, 0x1000) + gas(0, status_phys, 64, 4) + polled
    generic += pack("I", 0x1000)
    return pack("I", 2) + aer + generic


def instructions(*rows):
    """18.5.1.2, 18.6.2: (action, instruction, address, value, mask); that of EINJ and of ERST."""
    return b"".join(pack("BBBB", action, what, 0, 0) + gas(0, phys, 64, 4) + pack("QQ", value, mask)
                    for action, what, phys, value, mask in rows)


def einj(phys):
    rows = instructions((0, 3, phys, 0, 0xff), (1, 0, phys + 8, 0, 0xffffffffffffffff), (2, 2, phys + 16, 8, 0xff))
    return pack("IB3xI", 48, 0, len(rows) // 32) + rows


def erst(phys):
    rows = instructions((0, 3, phys, 0, 0xff), (1, 3, phys, 1, 0xff), (3, 3, phys, 3, 0xff), (8, 1, phys + 8, 1, 0xff))
    return pack("III", 48, 0, len(rows) // 32) + rows


def dmar(unit, reserved):
    """Intel VT-d 3.3, 8.1 to 8.4, 8.6: one unit of all devices, one reserved range, one affinity."""
    scope = pack("BBHBBBB", 1, 8, 0, 0, 0, 0x14, 0)
    rows = [pack("HHBBHQ", 0, 16 + 8, 1, 0, 0, unit) + pack("BBHBBBB", 3, 8, 0, 2, 0xf0, 0x1f, 0),
            pack("HHHHQQ", 1, 24 + 8, 0, 0, reserved[0], reserved[1] - 1) + scope,
            pack("HHIQI", 3, 20, 0, unit, 0)]
    return pack("BB10x", 45, 1) + b"".join(rows)


def ivrs(unit):
    """AMD I/O Virtualization (48882 3.07), 5.2: one unit (type 0x10) for a range of devices."""
    devices = pack("BHB", 3, 0x8, 0) + pack("BHB", 4, 0xfffe, 0)
    return pack("I8x", 0x203040) + pack("BBHHHQHHI", 0x10, 0xb0, 24 + len(devices), 2, 0x40, unit, 0, 0, 0) + devices


def nfit(start, size, node):
    """5.2.25: a range of persistent memory, the module behind it, its control region."""
    kind = guid("66f0d379-b4f3-4074-ac43-0d3318b78cdb")
    rows = [pack("HHHHII16sQQQ", 0, 56, 1, 0, 0, node, kind, start, size, 0x8008),
            pack("HHIHHHHQQQHHHH", 1, 48, 1, 0x1f, 0, 1, 1, size, 0, 0, 0, 1, 0, 0),
            pack("HHHHHHHHHBBHHIHH", 4, 32, 1, 0x8086, 0x97a, 1, 0x8086, 0x97a, 1, 1, 0xa2, 0x2123, 0, 0x1234,
                 0x301, 0)]
    return bytes(4) + b"".join(rows)


def bgrt(image):
    """5.2.22"""
    return pack("HBBQII", 1, 1, 0, image, 320, 240)


def uefi(buffer):
    """UEFI 2.10, appendix O: the table of the SMM communication buffer."""
    return guid("c68ed8e2-9dc6-4cbd-9d94-db65acc5c332") + pack("HIQ", 54, 1, buffer)

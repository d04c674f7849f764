# Ways for firmware to be wrong, one row each: what is changed in which machine of machines.py.
# Judges nothing: test_hostile.py does.

import collections
import re

import machines
from acpibytes import cper_memory, error_status
from firmwarebytes import LB_FORWARD, ip_sum, lb_record, lb_table, pack

MACHINES = {
    "coreboot": machines.coreboot, "pc486": machines.pc486,
    "server": lambda: machines.server(nodes=2, slots=2, cpus=4, others=2),  # there are many ways to spoil it
}
MMIO = 0xfee00000  # the local APICs: in no machine's memory
FAR = 0xfffffffffffffff0
ONES = 0xffffffff
EVIL = b"\x1b[2J\x9b\x07\x08\r\n\xc3\xa4\x7f"
ESCAPED = r"\\(x|u00)1b"  # as it begins in text and in NDJSON

# spoil: called with the machine. what: stands in the message that it leads to, None if nobody is to notice. part: the
# records in which this stands may look different or be gone, and so may those of what has that name; all others must
# not. Both are patterns, in which case does not matter.
Row = collections.namedtuple("Row", "label machine spoil what part name", defaults=[None])


def rows_of(machine, *rows):
    """(what is changed, at, (form, values...) or bytes, label, then what and part if they are not its name)."""
    for name, offset, new, label, *words in rows:
        data = new if isinstance(new, bytes) else pack(*new)
        words = words or [re.escape(name.split(" #")[0])]
        yield Row(f"{name}: {label}", machine,
                  lambda m, name=name, offset=offset, data=data: m.spoil(name, offset, data), words[0], words[-1], name)


# What stands in a message for the table of that name, where it is not the name.
SAID = {"_MP_": '_MP_|"mp', "PCMP": 'MP  |"mp', "$PIR": "PIR", "_SM_": "_SM_|_DMI_", "_DMI_": "_SM_|_DMI_", "RSDP": "RSD"}


def wrong_sums(machine):
    """Every table that has a sum, one row each."""
    for name, phys, _, at in MACHINES[machine]().sums:
        what = SAID.get(name, re.escape(name))
        yield Row(f"{name}: sum at {at}", machine, lambda m, place=phys + at: m.put(place, bytes(
            [m.read(place, 1)[0] ^ 0x55])), what, what, "_SM_" if name == "_DMI_" else name)


def forward(*targets):
    """LBIO at 0, at 0xf0000 and above RAM that lead there."""
    def spoil(m):
        for name, to in zip(("LBIO at 0", "LBIO at 0xf0000", "LBIO"), targets):
            m.put(m.at[name], lb_table(lb_record(LB_FORWARD, pack("Q", to))))
    return spoil


def xsdt_lists(*entries):
    """The first entries of XSDT; a name stands for where that is."""
    def spoil(m):
        m.spoil("XSDT", 36, pack(f"{len(entries)}Q", *(m.at.get(entry, entry) for entry in entries)))
    return spoil


# --- The first MiB.

def low_rows():
    yield from rows_of(
        "pc486", ("VGA ROM", 2, ("B", 0xff), "size 0xff", "0xc0000"), ("VGA ROM", 2, ("B", 0), "size 0", "0xc0000"),
        ("SCSI ROM", 0x18, ("H", 0x3ff8), "PCI data at its end", "0xc8000"),
        ("SCSI ROM", 0x1a, ("H", 0x7ff0), "PnP header behind it", "0xc8000"),
        ("SCSI ROM", 0x1a, ("H", 0x40), "PnP header that is none", "0xc8000"))
    for label, at, data in (("EBDA segment 0xffff", 0x40e, b"\xff\xff"), ("EBDA segment 1", 0x40e, b"\1\0"),
                            ("EBDA of 255 KiB", 0x9fc00, b"\xff"), ("EBDA of no size", 0x9fc00, b"\0"),
                            ("base memory of 64 MiB", 0x413, b"\xff\xff")):
        yield Row(label, "pc486", lambda m, at=at, data=data: m.put(at, data), "base memory|ebda",
                  'ebda|_MP_|base.memory|"mp')


def cover_rows():
    """A table that says that it is 64 KiB long, and so has all others in it: they are there all the same."""
    yield Row("$PIR over everything", "server", lambda m: m.put(0xf0000, pack("4sHH", "$PIR", 0x100, 0xffff)),
              r"\$PIR", r"\$PIR|\"0xf0000\"|pir")


# --- SMBIOS. A structure is named by its handle; behind one of unknown length there is nothing to be had.

def smbios_rows():
    table = "smbios|_SM|DMI"
    for length in 0, 1, 3, 4, 5, 0xff:
        yield from rows_of("server", ("type 17 #3", 1, ("B", length), f"length {length}", table))
    yield from rows_of(
        "server",
        ("type 17 #3", 0x10, ("B", 0xff), "string 255", "no string number 255", table),
        ("type 1 #0", 27, EVIL, "control bytes in a string", ESCAPED, table),
        ("type 19 #0", 4, ("IIHBQQ", ONES, ONES, 0x100c, 1, 0x1000000, 0xfff), "its range inverted", table),
        ("type 19 #0", 4, ("IIHB", ONES, 0, 0x100c, 1), "start 4 TiB, end 0", table),
        ("type 20 #0", 4, ("IIHH", 0, 0, 0xffff, 0x1014), "of itself and of no device", "0xffff", table),
        ("type 16 #0", 13, ("H", 0xffff), "65535 devices", "65535", table),
        ("type 2 #0", 14, ("B", 0xff), "255 contained handles", "contained", table),
        ("type 3 #0", 0x13, ("BB", 0xff, 0xff), "255 contained elements of 255 bytes", "contained", table),
        ("type 17 #0", 0, ("B", 127), "the end before the end", "end of table", table),
        ("_SM3_", 6, ("B", 0), "length 0", "_SM3_", table), ("_SM3_", 6, ("B", 0xff), "length 255", "_SM3_", table),
        ("_SM3_", 12, ("I", 0), "table of 0 bytes", "_SM3_", table),
        ("_SM3_", 12, ("I", ONES), "table of 4 GiB, which is a maximum", None, table),
        ("_SM3_", 16, ("Q", MMIO), "table in a device", "_SM3_", table),
        ("_SM3_", 16, ("Q", FAR), "table at the end", "_SM3_", table),
        ("_SM3_", 16, ("Q", 0), "table at 0", "_SM3_", table))
    yield from rows_of(
        "coreboot",
        ("type 32 #0", 11, b"no", "no double NUL", table),
        ("type 127 #0", 4, b"no", "no double NUL at the end", table),
        ("_SM_", 0x1c, ("H", 0xffff), "65535 structures", table),
        ("_SM_", 0x1c, ("H", 1), "1 structure", r'1 structure|"structures":1,', table),
        ("_SM_", 0x16, ("H", 0xffff), "table of 64 KiB, more than is used", None, table),
        ("_SM_", 0x16, ("H", 7), "table of 7 bytes", table),
        ("_SM_", 0x18, ("I", MMIO), "table in a device", table), ("_SM_", 0x18, ("I", ONES), "table at 4 GiB", table))


# --- ACPI. A table is named by its signature.

ACPI_TABLES = ("FACP", "APIC", "SRAT", "SLIT", "MCFG", "HPET", "SPCR", "BERT", "HEST", "EINJ", "ERST", "DMAR", "NFIT",
               "BGRT", "UEFI", "SSDT", "DSDT", "XSDT")
ALL_ACPI = "acpi"


def acpi_lengths():
    for name in ACPI_TABLES:
        part = ALL_ACPI if name == "XSDT" else "FACS|DSDT|FACP" if name == "FACP" else name
        for length in 0, 1, 35, 37, 0xffff, ONES:
            yield from rows_of("server", (name, 4, ("I", length), f"length {length:#x}", name, part))
    for length in 0, 1, ONES:
        yield from rows_of("server", ("FACS", 4, ("I", length), f"length {length:#x}"))


def acpi_roots():
    for label, entries in (("lists itself", ["XSDT", "XSDT"]), ("lists RSDT", ["RSDT", "RSDT"]), ("lists 0", [0]),
                           ("lists a device", [MMIO]), ("lists what is not there", [FAR]),
                           ("lists one twice", ["APIC", "APIC"]), ("lists an odd address", [0x7a040141])):
        yield Row(f"XSDT {label}", "server", xsdt_lists(*entries), "XSDT|ACP", ALL_ACPI)
    yield from rows_of(
        "server",
        ("RSDP", 20, ("IQ", 0, 0), "length 0", "RSD", ALL_ACPI),
        ("RSDP", 20, ("I", ONES), "length 4 GiB", "RSD", ALL_ACPI),
        ("RSDP", 16, ("IIQ", MMIO, 36, MMIO), "leads to a device", "RSD", ALL_ACPI),
        ("RSDP", 16, ("IIQ", 0, 36, 0), "leads nowhere", "RSD", ALL_ACPI),
        ("RSDP", 24, ("Q", FAR), "XSDT at the end", "RSD", ALL_ACPI),
        ("APIC", 0, EVIL[:4], "control bytes in its signature", ESCAPED, "APIC"),
        ("APIC", 10, EVIL, "control bytes in its makers", ESCAPED, "APIC"),
        ("FACP", 36, ("II", MMIO, MMIO), "its tables in a device", "FACP|FACS|DSDT"),
        ("FACP", 132, ("QQ", FAR, FAR), "its tables at the end", "FACP|FACS|DSDT"))


def acpi_tables():
    """Lengths and counts within tables; offsets are those of the first entry."""
    inner = {"APIC": (44, "B", 1), "SRAT": (48, "B", 1), "DMAR": (48, "H", 2), "NFIT": (40, "H", 2)}
    for name, (at, form, skip) in inner.items():
        for length in 0, 1, 0xff, 0xffff:
            if length < 1 << 8 * skip:
                yield from rows_of("server", (name, at + skip, (form, length), f"entry of length {length:#x}"))
    yield from rows_of(
        "server", ("SLIT", 36, ("Q", 0), "no nodes", "domains"), ("SLIT", 36, ("Q", 9), "9 nodes", "domains"),
        ("SLIT", 36, ("Q", 1 << 32), "2^32 nodes", "domains"), ("SLIT", 36, ("Q", FAR), "almost 2^64 nodes", "domains"),
        ("SRAT", 48 + 4 * 16 + 8, ("QQ", FAR, FAR), "memory that wraps", hex(FAR)),
        ("HEST", 36, ("I", ONES), "2^32 sources", "sources"),
        ("HEST", 40, ("H", 0x4e4e), "an unknown source", "0x4e4e|HEST"),
        ("HEST", 40 + 48 + 20 + 12, ("BB", 0xff, 0), "a notification of length 0", "notification"),
        ("EINJ", 36, ("I", ONES), "header of 4 GiB", "4294967295"),
        ("EINJ", 44, ("I", ONES), "2^32 steps", "4294967295"),
        ("ERST", 36, ("I", ONES), "header of 4 GiB", "4294967295"),
        ("ERST", 44, ("I", ONES), "2^32 steps", "4294967295"),
        ("BERT", 36, ("I", 0), "region of 0 bytes"), ("BERT", 36, ("I", ONES), "region of 4 GiB"),
        ("BERT", 40, ("Q", MMIO), "region in a device"), ("BERT", 40, ("Q", FAR), "region at the end"),
        ("DMAR", 64 + 1, ("B", 0), "scope of length 0"), ("DMAR", 64 + 1, ("B", 0xff), "scope of length 255"),
        ("UEFI", 52, ("H", 0xffff), "data behind its end", "65535"),
        ("BGRT", 40, ("Q", MMIO), "picture in a device", hex(MMIO)))
    for label, size in (("0 bytes", 0), ("1 byte", 1), ("4 GiB", ONES)):
        region = error_status(cper_memory(0x1000, 0, 0))
        for what, at in (("data", 12), ("raw data offset", 4), ("raw data", 8), ("section", 20 + 24)):
            data = region[:at] + pack("I", size) + region[at + 4:]
            if data != region:
                yield from rows_of("server", ("CPER", 0, data, f"{what} of {label}", "BERT"))
    yield from rows_of(
        "coreboot", ("DBG2", 36, ("I", ONES), "devices at 4 GiB", "4294967295"),
        ("DBG2", 40, ("I", ONES), "2^32 devices", "4294967295"),
        ("DBG2", 45, ("H", 0), "device of length 0"), ("DBG2", 45, ("H", 0xffff), "device of length 0xffff"),
        ("DBG2", 47, ("BHHHH", 255, 0xffff, 0xffff, 0xffff, 0xffff), "registers, name and data behind its end", "65535"),
        ("IVRS", 50, ("H", 0), "unit of length 0"), ("IVRS", 50, ("H", 0xffff), "unit of length 0xffff"))


# --- MP, $PIR, coreboot.

def mp_rows():
    table = r'\bMP\b|_MP_|PCMP|"mp|ebda'
    yield from rows_of("pc486",
                       *(("PCMP", 4, ("H", length), f"length {length:#x}", table) for length in (0, 1, 43, 0xffff)),
                       ("PCMP", 0, b"NONE", "signature", table),
                       ("PCMP", 8, EVIL + EVIL[:8], "control bytes in its makers", ESCAPED, table),
                       ("PCMP", 34, ("H", 0xffff), "65535 entries", table), ("PCMP", 34, ("H", 0), "no entries", table),
                       ("PCMP", 40, ("H", 0xffff), "64 KiB behind it", table),
                       ("PCMP", 44, ("B", 0x77), "entry of no known type", table),
                       ("PCMP", 44 + 42, EVIL[:6], "control bytes in a bus", ESCAPED, table),
                       ("_MP_", 4, ("I", MMIO), "table in a device", table),
                       ("_MP_", 4, ("I", ONES), "table at the end", table),
                       ("_MP_", 4, ("I", 0), "no table", table), ("_MP_", 8, ("B", 0), "length 0", table),
                       ("_MP_", 8, ("B", 0xff), "length 4080", table))


def pir_rows():
    yield from rows_of("pc486", *(("$PIR", 6, ("H", size), f"size {size:#x}", r'at 0xf1a00, \d{1,4} dev|"pir', "pir")
                                  for size in (0, 1, 31, 33, 0xffff)),
                       ("$PIR", 32 + 16 + 2, ("BH", 0, 0xffff), "link 0", "not connected", "pir"))


def coreboot_rows():
    table = "coreboot|LBIO"
    low = table + "|vector|ivt"  # at 0 it is, to others, interrupt vectors
    for label, *targets in (("to itself", 0xf0000, 0xf0000), ("in a circle", 0xf0000, 0x1ff00000, 0xf0000),
                            ("to 0", 0, 0), ("to a device", MMIO, MMIO), ("to the end", FAR, FAR),
                            ("to what is none", 0x1ff40000, 0x1ff40000)):
        yield Row(f"LBIO: forward {label}", "coreboot", forward(*targets), table, low)
    for what, at in (("header", 4), ("table", 12), ("sum", 16), ("entries", 20)):
        for value in 0, 1, ONES:
            yield Row(f"LBIO: {what} {value:#x}", "coreboot", lb_spoil(at, pack("I", value)),
                      "records" if what == "entries" else table, table)
    for size in 0, 1, 7, 9, ONES:
        yield Row(f"LBIO: record of {size} bytes", "coreboot", lb_spoil(28, pack("I", size)), table, table)
    board = 24 + 8 + 5 * 20
    for label, at, data in (("memory of half a range", 28, pack("I", 8 + 10)),
                            ("names behind the record", board + 8, b"\xff\xff"),
                            ("control bytes in names", board + 10, EVIL[:7])):
        yield Row(f"LBIO: {label}", "coreboot", lb_spoil(at, data), table, table)
    yield from rows_of("coreboot", ("timestamps", 8, ("HHI", 0, 0, ONES), "2^32 of them at 0 MHz", table),
                       ("console", 0, ("II", ONES, ONES), "4 GiB of it", table))


def lb_spoil(at, data):
    """Changes the table above RAM, and its sums with it."""
    def spoil(m):
        old = m.read(m.at["LBIO"], 24 + int.from_bytes(m.read(m.at["LBIO"] + 12, 4), "little"))
        new = old[:at] + data + old[at + len(data):]
        if at >= 24:
            new = new[:16] + pack("I", ip_sum(new[24:])) + new[20:]
        m.put(m.at["LBIO"], new[:8] + pack("I", ip_sum(new[:8] + bytes(4) + new[12:24])) + new[12:])
    return spoil

#!/usr/bin/env python3
"""Makes the inputs in corpus/acpi/ again: each kind of ACPI table, an RSDP, error records, and some that lie.

Does not copy memory of any machine; the same run gives the same bytes.
"""
import os
import struct
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "boot"))

import acpibytes as acpi  # noqa: E402
from firmwarebytes import byte_sum, pack  # noqa: E402


def table(signature, body, revision=1):
    return acpi.header(signature, body, revision)


def rows(*parts):
    """Structures of one byte type and one byte length before their bytes."""
    return b"".join(bytes([kind, len(data) + 2]) + data for kind, data in parts)


RECORD = acpi.error_status(acpi.cper_memory(0x123456789000, 1, 5))
IVHD = pack("BHB", 3, 8, 0) + pack("BHB", 4, 0xfffe, 0) + pack("BHBBHB", 0x42, 1, 0, 0, 2, 0) + \
    pack("BHBI", 0x46, 1, 0, 0) + pack("BHBBHB", 0x48, 0, 1, 2, 0xa0, 1) + \
    pack("BHB8s8sBB4s", 0xf0, 1, 0, "AMDI0020", "", 2, 4, "\\_SB")


def wide_rows(*parts):
    return b"".join(pack("HH", kind, len(data) + 4) + data for kind, data in parts)


FILES = {
    "rsdp": byte_sum(pack("8sB6sBI", b"RSD PTR ", 0, "EXAMPL", 0, 0x1000), 8),
    "rsdp2": byte_sum(byte_sum(pack("8sB6sBI", b"RSD PTR ", 0, "EXAMPL", 2, 0x1000), 8) + pack("IQB3x", 36, 0x2000, 0), 32),
    "rsdt": table("RSDT", pack("III", 0x1000, 0, 0x2000)),
    "xsdt": table("XSDT", pack("QQ", 0x1000, 0xffffffffffffffff)),
    "apic": table("APIC", acpi.madt([(0, 0), (1, 2)])),
    "apic-x2": table("APIC", acpi.madt([(0, 300)], True)),
    "apic-all": table("APIC", pack("II", 0xfee00000, 1) + rows(*((kind, bytes(range(kind, kind + 16))) for kind in range(18)))),
    "apic-0": table("APIC", pack("II", 0xfee00000, 1) + rows((0, bytes(6))) + bytes(6)),
    "srat": table("SRAT", acpi.srat([(0, 0), (1, 300)], [(0, 0, 0xa0000, 1), (1, 1 << 32, 1 << 30, 3)])),
    "srat-all": table("SRAT", pack("IQ", 1, 0) + rows(*((kind, bytes(range(30))) for kind in range(7)))),
    "slit": table("SLIT", acpi.slit([[10, 20, 30], [20, 10, 30], [30, 20, 10]])),
    "slit-far": table("SLIT", pack("Q", 1 << 63) + bytes(9)),
    "mcfg": table("MCFG", acpi.mcfg((0xe0000000, 0, 0, 0xff), (0xd0000000, 1, 0, 0x7f))),
    "hpet": table("HPET", acpi.hpet(0xfed00000)),
    "facp": table("FACP", acpi.fadt(0x1000, 0x2000), 6),
    "facp-1": table("FACP", acpi.fadt(0x1000, 0x2000)[:80]),
    "facs": acpi.facs(),
    "spcr": table("SPCR", acpi.spcr(0x3f8), 2),
    "dbg2": table("DBG2", acpi.dbg2(0x3f8, "\\_SB.COM1"), 0),
    "dbg2-far": table("DBG2", pack("II", 0xfffffff0, 1) + acpi.dbg2(0x3f8, "\\_SB.COM1")[8:], 0),
    "bert": table("BERT", acpi.bert(0x1000, 0x1000)),
    "hest": table("HEST", acpi.hest(0x1000)),
    "hest-banks": table("HEST", pack("I", 1) + pack("HHHBBIIQQB7x", 0, 1, 0, 0, 1, 1, 1, 2, 3, 1) + bytes(range(28))),
    "einj": table("EINJ", acpi.einj(0x1000)),
    "erst": table("ERST", acpi.erst(0x1000)),
    "dmar": table("DMAR", acpi.dmar(0xfed90000, (0x7b000000, 0x7b100000))),
    "dmar-all": table("DMAR", pack("BB10x", 38, 1) + wide_rows(*((kind, bytes(range(1, 21))) for kind in range(8)))),
    "ivrs": table("IVRS", acpi.ivrs(0xfeb80000), 2),
    "ivrs-all": table("IVRS", pack("I8x", 0x203040) + b"".join(
        pack("BBHHHQHHI", kind, 0, 24 + len(more) + len(IVHD), 2, 0x40, 0xfeb80000, 0, 0, 0) + more + IVHD
        for kind, more in ((0x10, b""), (0x11, bytes(16)), (0x40, bytes(16)))) + pack("BBHHHQQQ", 0x21, 8, 32, 1, 0, 0, 0x1000, 0x2000)),
    "nfit": table("NFIT", acpi.nfit(1 << 32, 1 << 30, 1)),
    "nfit-all": table("NFIT", bytes(4) + wide_rows(*((kind, bytes(range(1, 77))) for kind in range(9)))),
    "bgrt": table("BGRT", acpi.bgrt(0x1000)),
    "uefi": table("UEFI", acpi.uefi(0x1000)),
    "oem1": table("OEM1", b"anything"),
    "record": RECORD,
    "record-cleared": bytes(4) + RECORD[4:],
    "record-two": RECORD + acpi.error_status(bytes(range(200)), 2),
    "record-raw": struct.pack("<IIIII", 1, 20, 8, 0, 2) + b"raw data",
}
for number, section in enumerate(("61ec04fc-48e6-d813-25c9-8daa44750b12", "9876ccad-47b4-4bdb-b65e-16f193c4f3db",
                                  "dc3ea0b0-a144-4797-b95b-53fa242b6e1d", "d995e954-bbc1-430f-ad91-b44dcb3c6f35",
                                  "81212a96-09ed-4996-9471-8d729c8e69ed")):
    block = bytearray(acpi.error_status(b"\xff" * 8 + bytes(range(1, 201))))
    block[20:36] = acpi.guid(section)
    FILES[f"record-section{number}"] = bytes(block)

os.makedirs(os.path.join(here, "acpi"), exist_ok=True)
for name, data in FILES.items():
    with open(os.path.join(here, "acpi", name), "wb") as f:
        f.write(data)

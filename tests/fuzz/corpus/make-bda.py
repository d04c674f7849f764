#!/usr/bin/env python3
"""Makes the inputs in corpus/bda/ again: one small file for each structure of the first MiB.

Does not copy memory of any machine; the same run gives the same bytes.
"""
import os
import struct

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bda")


def summed(data, at, length=None):
    """data with the byte at index at changed so that its first length bytes add up to 0."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data[:length or len(data)]) & 0xFF
    return bytes(data)


def bda():
    b = bytearray(256)
    struct.pack_into("<HHHH", b, 0x00, 0x3F8, 0x2F8, 0, 0)
    struct.pack_into("<HHHH", b, 0x08, 0x378, 0, 0, 0x9FC0)
    struct.pack_into("<HBH", b, 0x10, 0x4427, 0, 639)
    struct.pack_into("<HH", b, 0x1A, 0x20, 0x26)
    b[0x1E:0x3E] = b"\x41\x1e" * 16
    struct.pack_into("<BHH", b, 0x49, 3, 80, 0x1000)
    struct.pack_into("<I", b, 0x6C, 0xAEE40)
    struct.pack_into("<H", b, 0x72, 0x1234)
    struct.pack_into("<HH", b, 0x80, 0x1E, 0x3E)
    b[0x84:0x8B] = bytes([24, 16, 0, 0x60, 0xF9, 0x51, 8])
    b[0xB9] = 0x40
    return bytes(b)


def ivt():
    v = [0xF000FF53] * 256
    v[0x10], v[0x13], v[0x1E] = 0xC000578B, 0xF000E3FE, 0xF000601C
    v[0x60:0x67] = [0] * 7
    v[0xFF] = 0xFFFFFFFF
    return struct.pack("<256I", *v)


def ebda():
    b = bytearray(0x60)
    b[0] = 1
    struct.pack_into("<IBB", b, 0x22, 0xF0001234, 0x82, 0x82)
    struct.pack_into("<HB", b, 0x3D, 1024, 16)
    return bytes(b)


def rom(size=1024):
    b = bytearray(size)
    b[0:3] = bytes([0x55, 0xAA, size // 512])
    struct.pack_into("<HH", b, 0x18, 0x20, 0x40)
    struct.pack_into("<4sHHHHB3sHHBB", b, 0x20, b"PCIR", 0x8086, 0x100E, 0, 0x18, 3, b"\0\0\2",
                     size // 512, 1, 0, 0x80)
    struct.pack_into("<4sBBHBBIHH", b, 0x40, b"$PnP", 1, 2, 0, 0, 0, 0x030AD041, 0x80, 0x90)
    b[0x49] = -sum(b[0x40:0x60]) & 0xFF
    b[0x80:0x86] = b"maker\0"
    b[0x90:0x9A] = b"a\x1b[31mcard"
    return summed(b, size - 1)


def signatures():
    smbios = summed(b"_SM_\0\x1f\2\x08\x51" + bytes(7) + summed(b"_DMI_\0\x84\1\x10\x5a\x0f\0\x09\0\x28", 5), 4)
    return {
        "smbios": smbios + b"\0",
        "smbios3": summed(b"_SM3_\0\x18\3\6\0\1\0" + bytes(12), 5) + bytes(8),
        "rsdp": summed(b"RSD PTR \0BOCHS \0\xa4\x1a\xfe\x1f", 8) + bytes(12),
        "rsdp2": summed(summed(b"RSD PTR \0BOCHS \2\xa4\x1a\xfe\x1f", 8) + b"\x24\0\0\0" + bytes(12), 32)
        + bytes(12),
        "mp": summed(b"_MP_\xb0\x5b\x0f\0\1\4\0\0\0\0\0\0", 10),
        "pir": summed(b"$PIR\0\1\x20\0\0\x08\0\0\x86\x80\x2e\x12" + bytes(16), 31),
        "bios32": summed(b"_32_\x6c\xd2\x0f\0\0\1" + bytes(6), 10),
        "pnp": summed(b"$PnP\x10\x21" + bytes(27), 8) + bytes(15),
        "pmm": summed(b"$PMM\1\x10" + bytes(10), 6),
        "sysid": summed(b"_SYSID_\0\x11\0" + bytes(7), 7) + bytes(15),
        "32os": b"32OS\2$ABC" + bytes(23),
        "vpd": summed(b"\xaa\x55VPD\x30" + bytes(42), 0x2F),
        "vpd-long": summed(b"\xaa\x55VPD\x46" + bytes(64), 0x45) + bytes(10),
        "sony": summed(b"$SNY\0\x10" + bytes(10), 4),
        "coreboot": b"LBIO\x18\0\0\0\x52\x6e" + bytes(22),
    }


def main():
    files = {
        "empty": b"",
        "zeros": bytes(256),
        "ones": b"\xff" * 256,
        "bda": bda(),
        "bda-cut-in-keys": bda()[:0x30],
        "bda-segment-ffff": bda()[:0x0E] + b"\xff\xff" + bda()[0x10:],
        "ivt": ivt(),
        "ivt-cut": ivt()[:1023],
        "ebda": ebda(),
        "rom": rom(),
        "rom-size-ff": b"\x55\xaa\xff" + rom()[3:256],
        "rom-size-0": b"\x55\xaa\x00" + rom()[3:256],
        "rom-stray-pointers": rom()[:0x18] + b"\xff\xff\xff\xff" + rom()[0x1C:512],
        "two-roms": rom(2048)[:2048] + rom(512 * 2)[:160],
    }
    files.update({"signature-" + name: data for name, data in signatures().items()})
    os.makedirs(here, exist_ok=True)
    for name, data in files.items():
        with open(os.path.join(here, name), "wb") as f:
            f.write(data)


main()

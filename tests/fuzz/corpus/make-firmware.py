#!/usr/bin/env python3
# Makes the seeds of the fuzz target of the firmware as a whole, from the machines of tests/boot/machines.py.
# Does not make what the fuzzer found: unknown-table.
#
#   make-firmware.py       writes the seeds beside itself

import re
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "boot"))
sys.dont_write_bytecode = True

import machines  # noqa: E402
import spoiled  # noqa: E402

MIB = 1 << 20
# As in fuzz_firmware.c: the pages that an input can write, by number.
PAGES = [0, 0x9f000, 0xc0000, 0xf0000, 0xf1000, *range(MIB, 0x144000, 4096)]


def pieces(machine):
    """What is not zero, with its place before it."""
    out = b""
    for number, phys in enumerate(PAGES):
        page = machine.read(phys, 4096)
        for run in re.finditer(rb"(?:[^\0]+\0{0,15})+", page):
            data = run[0].rstrip(b"\0")
            out += struct.pack("<BHH", number, run.start(), len(data)) + data
    return out


def write(name, machine):
    folder = HERE / "firmware"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(pieces(machine))


def with_forward(first, second):
    m = machines.coreboot(top=MIB)
    spoiled.forward(first, second)(m)
    return m


def main():
    write("coreboot", machines.coreboot(top=MIB))
    write("coreboot-2.1", machines.coreboot("2.1", top=MIB))
    write("pc486", machines.pc486())
    small = machines.server(MIB, nodes=2, slots=1, cpus=3, others=1)
    write("server", small)
    write("forward-to-itself", with_forward(0, 0xf0000))
    write("forward-in-a-circle", with_forward(0xf0000, 0))
    spoiled.xsdt_lists("XSDT", "RSDT", "XSDT")(small)
    write("xsdt-lists-itself", small)


if __name__ == "__main__":
    main()

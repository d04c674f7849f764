#!/usr/bin/env python3
"""Makes the inputs in corpus/smbios/ again: entry point, and at byte 32 the table, as dmidecode --dump-bin writes them.

Does not copy the tables of any machine; the same run gives the same bytes.
"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../../boot"))

from smbiosbytes import LENGTHS, Smbios, entry_2, entry_3  # noqa: E402
from firmwarebytes import pack  # noqa: E402

GIB = 1 << 30


def board(version, dimms=2):
    s = Smbios(version)
    s.bios("coreboot", "4.20", "07/01/2023", 8192)
    s.system("Example", "Board-1", "0001", bytes(range(16)))
    s.baseboard("Example", "Board-1", "0001", s.chassis("Example", 3))
    s.processor("U1", "CPU", [s.cache("L1", 1, 64), s.cache("L2", 2, 1024), s.cache("L3", 3, 1 << 17)], 300)
    array = s.array(dimms + 1, 64)
    devices = [s.device(array, f"DIMM{i}", 32768 << i) for i in range(dimms)]
    s.device(array, "EMPTY", 0)
    s.array_range(array, 0, 32 * GIB)
    for device in devices:
        s.device_range(device, 0x1000 + len(s.kinds) - 1, 0, 5 << 40, (1, 1))
    s.errors()
    s.add(11, pack("B", 2), "one", b"\x1b[2J")
    s.end()
    return s


def dump(s, three, table=None):
    table = s.table if table is None else table
    entry = entry_3(s.version, len(table), 32) if three else entry_2(s.version, table, 32, len(s.kinds))
    return entry.ljust(32, b"\0") + table


SEEDS = {f"board-{version}": dump(board(version), version[0] == "3") for version in LENGTHS}
latest = board("3.3")
SEEDS["board-3.3-by-2"] = dump(latest, False)
starts = sorted(latest.places.values()) + [len(latest.table)]
for (kind, nth), start in latest.places.items():
    end = starts[starts.index(start) + 1]
    SEEDS[f"type-{kind}-{nth}"] = dump(latest, True, latest.table[start:end])
SEEDS["cut"] = dump(latest, True)[:-9]
SEEDS["no-strings"] = dump(latest, True, latest.table[:26])
SEEDS["length-0"] = dump(latest, True, latest.table[:1] + b"\0" + latest.table[2:])
SEEDS["length-ff"] = dump(latest, True, latest.table[:1] + b"\xff" + latest.table[2:])
SEEDS["ones"] = dump(latest, True, b"\xff" * 300)
SEEDS["zeros"] = bytes(100)
SEEDS["arrays"] = dump(latest, True, pack("BBH11sBH", 2, 0x11, 1, b"\1" * 10, 0xff, 0x11) + b"\0\0" +
                       pack("BBH15sBB9s", 3, 0x1e, 2, b"\1" * 15, 2, 3, b"\x91\1\2\x0a\1\2\1") + b"\0\0")

os.makedirs(os.path.join(here, "smbios"), exist_ok=True)
for name, data in SEEDS.items():
    with open(os.path.join(here, "smbios", name), "wb") as file:
        file.write(data)

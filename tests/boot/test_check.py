# Free lists in a saved machine: counted as crash(8) counts them, and found when they are broken on purpose.
# That check finds nothing in machines that run, idle and loaded, test_oracle.py and test_census.py show.

import re
import struct
import tempfile
from pathlib import Path

from corefile import Core
from harness import number, one, require, require_equal, rows, test
from qemu import Guest
from test_core import crash
from truth import page_array, read_pieces

ORDER = 10  # of the block that is broken: of these there are many on one list


class Array:
    """The struct pages of a core, as bytes and in place: fields of a page by pfn, and where they are in the file."""

    def __init__(self, path, pages):
        self.core = Core(path)
        self.path = path
        self.info = self.core.info
        self.size = self.info["SIZE(page)"]
        self.pieces = page_array(self.core, 0, pages)
        self.bytes = read_pieces(self.core, self.pieces)
        self.pages = pages

    def at(self, pfn, field):
        return pfn * self.size + self.info[f"OFFSET(page.{field})"]

    def u64(self, pfn, field, word=0):
        return struct.unpack_from("<Q", self.bytes, self.at(pfn, field) + 8 * word)[0]

    def type(self, pfn):
        return struct.unpack_from("<i", self.bytes, self.at(pfn, "_mapcount"))[0]

    def phys(self, pfn, field):
        """Where the field lies in physical memory."""
        left = self.at(pfn, field)
        for phys, length in self.pieces:
            if left < length:
                return phys + left
            left -= length
        raise ValueError(f"pfn {pfn:#x} is not in the array")

    def pfn_of(self, link, base):
        return (link - self.info["OFFSET(page.lru)"] - base) // self.size

    def blocks(self, order):
        """Free blocks of that order, which say so themselves."""
        buddy = self.info["NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)"]
        return [pfn for pfn in range(1 << 12, self.pages) if self.type(pfn) == buddy and self.u64(pfn, "private") == order]

    def patch(self, phys, data):
        """Writes into the core; returns what was there."""
        before = self.core.phys(phys, len(data))
        for start, length, offset in self.core.segments:
            if start <= phys < start + length:
                with open(self.path, "r+b") as out:
                    out.seek(offset + phys - start)
                    out.write(data)
        return before


def crash_counts(t, core):
    """{(zone, order, migrate type): blocks} of lists that are not empty, by `kmem -f`."""
    counts, zone, last, kind = {}, None, None, 0
    for line in crash(t, core, ["kmem -f"]).splitlines():
        words = line.split()
        if len(words) == 7 and words[0].isdigit() and re.fullmatch("[A-Z]\w+", words[1]):
            zone, last = words[1], None
        elif zone and len(words) == 5 and re.fullmatch("\d+k", words[1]):
            # The lists of an order follow one another, a line each.
            order = int(words[0])
            kind, last = kind + 1 if order == last else 0, order
            counts[zone, order, kind] = int(words[3])
    require(counts, "crash's kmem -f lists nothing")
    return {where: blocks for where, blocks in counts.items() if blocks}


def counts_agree(t, core):
    records = t.on_core(core, "check", statuses=(0,))
    found = one(records, "check", "check")
    require_equal((found["disagreements"], found["whole"]), (0, True), "disagreements, and all compared")
    ours = {(r["zone"], r["order"], int(r["type"])): r["blocks"] for r in rows(records, "check", "list")}
    require_equal(ours, crash_counts(t, core), "free blocks by zone, order and migrate type")
    t.note(f"{sum(ours.values())} blocks on {len(ours)} lists as crash has them")


def breakages(array):
    """(label, [(physical address, bytes)...], {words of the evidence: pfn or None}...): each breaks the list around one block."""
    word = lambda value: struct.pack("<Q", value & (1 << 64) - 1)
    victim, other = array.blocks(ORDER)[8:10]
    lru = array.phys(victim, "lru")
    node_bits = (array.info["LENGTH(node_data)"] - 1).bit_length() if array.info.get("LENGTH(node_data)") else 0
    zone_bit = 1 << 64 - node_bits - 2  # the lower bit of a zone number of two
    # A zone's list heads and counts are told by what leads to them: go round the list until it leaves the array.
    following = array.u64(victim, "lru")
    base = base_of(array, victim)
    at, steps = following, 0
    while 0 <= (pfn := array.pfn_of(at, base)) < array.pages and steps < array.pages:
        at, steps = array.u64(pfn, "lru"), steps + 1
    head = array.core.virt_to_phys(at)
    return [
        ("no longer buddy", [(array.phys(victim, "_mapcount"), struct.pack("<i", -1))],
         {"no free block begins there": victim}),
        ("next is itself", [(lru, word(array_lru(array, victim, base)))],
         {"is met a second time": victim}),
        ("next is nowhere", [(lru, word(0xdead4ead00000100))], {"is no struct page": None}),
        ("prev is wrong", [(lru + 8, word(array_lru(array, other, base)))],
         {"has a back pointer to another": victim}),
        ("of another order", [(array.phys(victim, "private"), word(ORDER - 1))],
         {"of another order than the list": victim}),
        ("of another zone", [(array.phys(victim, "flags"), word(array.u64(victim, "flags") ^ zone_bit))],
         {"of another zone than the list": victim}),
        ("taken off its list", [(array.core.virt_to_phys(array.u64(victim, "lru", 1)), word(following)),
                                (array.core.virt_to_phys(following) + 8, word(array.u64(victim, "lru", 1)))],
         {"that is on no list": victim, "as many blocks as the zone counts": None}),
        ("the list's head leads nowhere", [(head, word(8))], {"is no struct page": None}),
    ]


def base_of(array, pfn):
    """The virtual address of struct page 0, from a block whose neighbour on the list leads back to it."""
    back = struct.unpack("<Q", array.core.phys(array.core.virt_to_phys(array.u64(pfn, "lru")) + 8, 8))[0]
    return back - array.info["OFFSET(page.lru)"] - pfn * array.size


def array_lru(array, pfn, base):
    return base + pfn * array.size + array.info["OFFSET(page.lru)"]


def broken_are_found(t, path, pages):
    array = Array(path, pages)
    for label, patches, want in breakages(array):
        before = [(phys, array.patch(phys, data)) for phys, data in patches]
        records = t.on_core(path, "check", statuses=(1,))
        found = [(r["name"], r["evidence"], r["start"] and number(r["start"]) >> 12)
                 for r in rows(records, "findings", "finding")]
        for what, pfn in want.items():
            at = [place for name, evidence, place in found if name == "free-list" and what in evidence]
            require(at, f"{label}: not found as {what!r}, but as {found}")
            require(pfn is None or pfn in at, f"{label}: {what!r} at {at}, done at pfn {pfn}; {found}")
        require(one(records, "check", "check")["disagreements"] >= len(want), f"{label}: {records[:2]}")
        for phys, data in before:
            array.patch(phys, data)
    t.on_core(path, "check", statuses=(0,))
    array.core.close()
    t.note(f"{len(breakages(Array(path, pages)))} ways to break a list found")


@test
def check_core(t):
    """check --mem: the free lists of a loaded guest agree with its struct pages, and are counted as crash counts them;
    each way to break them is found, with the page."""
    with tempfile.TemporaryDirectory(prefix="ramscope-check-") as name:
        core = Path(name) / "core"
        with Guest(t.board, "512M") as g:
            g.start("load", rb"^load ready", 240)
            g.stop()
            g.dump_core(core)
            g.cont()
        counts_agree(t, core)
        broken_are_found(t, core, 512 << 8)

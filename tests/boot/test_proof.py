# The proof of the layout: nothing contradicts on a kernel that tells the truth; of one that does not, no kind is claimed.
# The lies are told in the VMCOREINFO of a saved machine; what its memory holds stays as it was.

import json
import re
import tempfile
from pathlib import Path

from corefile import EHDR, PHDR, PT_NOTE, find_note
from harness import exit_statuses, one, require, require_equal, rows, test
from qemu import Guest

# Lines that nothing here needs: room for values of more digits.
SPARE = re.compile(r"(SYMBOL|OFFSET|SIZE)\((kallsyms|printk|prb|atomic|vmap)")
FIELDS = re.compile(r"OFFSET\(page\.(?!lru)\w+\)|SIZE\((page|mem_section|zone)\)")
BITS = re.compile(r"NUMBER\(PG_\w+\)")
# Where a free block has its order, another word may by chance hold what could be one: the free lists tell (check), not
# the proof. hwpoison may be anywhere behind the flags that all kernels have.
NOT_SEEN = {("OFFSET(page.private)", 8), ("OFFSET(page.private)", 16), ("OFFSET(page.private)", -8),
            ("OFFSET(page.mapping)", "OFFSET(page.private)"), ("NUMBER(PG_hwpoison)", -1),
            ("NUMBER(PG_hwpoison)", 1), ("NUMBER(PG_hwpoison)", 2)}


class Note:
    """The VMCOREINFO of a core, changed in place."""

    def __init__(self, path):
        self.file = open(path, "r+b")
        header = EHDR.unpack(self.file.read(EHDR.size))
        self.file.seek(header[5])
        headers = [PHDR.unpack(self.file.read(PHDR.size)) for _ in range(header[10])]
        row = next(row for row in headers if row[0] == PT_NOTE)
        self.file.seek(row[2])
        notes = self.file.read(row[5])
        text = find_note(notes, "VMCOREINFO")
        self.at, self.size = row[2] + notes.index(text), len(text)
        lines = text.rstrip(b"\0").decode().splitlines()
        self.lines = dict(line.split("=", 1) for line in lines if "=" in line and not SPARE.match(line))

    def write(self, changes):
        text = "".join(f"{key}={value}\n" for key, value in {**self.lines, **changes}.items()).encode()
        require(len(text) <= self.size, "no room in the note")
        self.file.seek(self.at)
        self.file.write(text.ljust(self.size, b"\0"))
        self.file.flush()


def lies(lines):
    """{(key, by how much or with which other): lines changed}: each field and bit moved, any two swapped."""
    told = {}
    for key in lines:
        number = int(lines[key]) if re.fullmatch("-?[0-9]+", lines[key]) else 0
        steps = (-16, -8, -4, -1, 1, 4, 8, 16) if FIELDS.fullmatch(key) else (-2, -1, 1, 2) if BITS.fullmatch(key) else ()
        told.update({(key, step): {key: number + step} for step in steps if number + step >= 0})
    for kind in (FIELDS, BITS):
        keys = [key for key in lines if kind.fullmatch(key)]
        told.update({(one_key, other): {one_key: lines[other], other: lines[one_key]} for i, one_key in enumerate(keys)
                     for other in keys[i + 1:] if lines[one_key] != lines[other]})
    return told


def census(t, core):
    """(status, {kind: pages}, confidence)."""
    status, out, _ = t.call("--mem", core, "pages", "--json")
    records = [json.loads(line) for line in out.splitlines()]
    layout = rows(records, "pages", "layout")
    return (status, {r["kind"]: r["pages"] for r in rows(records, "pages", "kind")},
            layout[0]["confidence"] if layout else None)


@test
def proof_lies(t):
    """VMCOREINFO with any field or bit moved, or two swapped, is refused or called unknown: never a wrong census."""
    with tempfile.TemporaryDirectory(prefix="ramscope-proof-") as name:
        core = Path(name) / "core"
        with Guest(t.board) as g:
            g.start("load", rb"^load ready", 240)
            g.stop()
            g.dump_core(core)
            g.cont()
        note = Note(core)
        note.write({})
        truth = census(t, core)
        require_equal((truth[0], truth[2]), (1, "consistent"), "the core as it is, with one bad page")
        refused, unknown, harmless, wrong = 0, 0, 0, []
        for lie, changes in lies(note.lines).items():
            note.write(changes)
            status, kinds, _ = census(t, core)
            counted = status in (0, 1)  # 1: there is bad memory
            refused += not counted
            unknown += status == exit_statuses()["contradicted"]
            harmless += counted and kinds == truth[1]
            if counted and kinds != truth[1] and lie not in NOT_SEEN:
                wrong.append(lie)
        require(not wrong, f"a census in spite of {wrong}")
        require(unknown, "no layout was called unknown")
        t.note(f"{refused} lies refused, {unknown} of them by the proof, {harmless} harmless, at most {len(NOT_SEEN)} "
               "believed")


def confidence(g, command):
    records = g.json(command, 240, statuses=(0, 1))
    found = one(records, item="layout")
    bad = [r for r in rows(records, item="invariant") if r["contradict"]]
    require(not bad, f"{command}: {bad}")
    return found["confidence"]


@test(boards=["qemu-x86_64", "qemu-x86_64-shifted", "qemu-x86_64-slob", "qemu-x86_64-hazards", "debian-stock"],
      series="all")
def proof_truth(t):
    """No invariant is contradicted by any struct page, and of a loaded machine the layout is proven."""
    with Guest(t.board) as g:
        idle = confidence(g, "ramscope pages -v --json")
        require(idle in ("proven", "consistent"), f"idle: {idle}")
        g.start("load", rb"^load ready", 240)
        require_equal(confidence(g, "ramscope pages -v --json"), "proven", "loaded, a sample")
        require_equal(confidence(g, "ramscope check -v --json"), "proven", "loaded, all struct pages")

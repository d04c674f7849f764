# What ramscope reads, against QEMU's own copy of guest memory, and a page whose story the test knows.
# Does not judge what the bytes mean: test_oracle.py does.

import hashlib

import truth
from harness import one, require, require_equal, test
from qemu import Guest

PAGE = 4096


class Held:
    """What ramscope read in the guest, kept there where QEMU's copy shows it."""

    def __init__(self, guest, name, size, command):
        written, status, self.runs = guest.hold(name, size, command)
        require_equal((written, status), (size, 0), f"'{command}': bytes written, exit status")
        require(sum(length for _, length in self.runs) >= size, f"hold {name} names too few pages")
        self.guest, self.size = guest, size

    def bytes(self):
        return b"".join(self.guest.memory(*run) for run in self.runs)[:self.size]


def differing(a, b):
    """Positions at which two equally long byte strings differ."""
    for start in range(0, len(a), PAGE):
        x, y = a[start:start + PAGE], b[start:start + PAGE]
        if x != y:
            yield from (start + i for i in range(len(x)) if x[i] != y[i])


def compare(what, mine, copy, readings, moments):
    """Counts the bytes that changed in the running guest; fails on any other difference.

    A byte is shown to have changed when other readings of ramscope differ in it. Failing that, in the
    8 bytes it is part of: struct pages are written by words, and of a pointer often only the low bytes
    change. Or when QEMU's own copies of other moments differ there: what is allocated while ramscope runs
    looks the same in all its readings, and different when it does not run.
    """
    require_equal(len(mine), len(copy), f"{what}: length")
    changed, indirectly, wrong = 0, 0, []
    for at in differing(mine, copy):
        word = slice(at & ~7, (at & ~7) + 8)
        if any(other[at] != mine[at] for other in readings):
            changed += 1
        elif any(r[word] != mine[word] for r in readings) or any(m[word] != copy[word] for m in moments):
            indirectly += 1
        else:
            wrong.append(at)
    changed += indirectly
    require(not wrong, f"{what}: {len(wrong)} bytes differ from QEMU's copy and did not change in the guest, "
            f"the first at {wrong[:8]}; {changed} more changed")
    require(changed * 1000 <= len(mine), f"{what}: {changed} of {len(mine)} bytes changed, more than 0.1%")
    return f"{what} {len(mine)} bytes, {changed} changed" + (f" ({indirectly} by their word)" if indirectly else "")


def other_moments(g, copy_all, targets):
    """QEMU's copies while ramscope reads again and again, and when nothing runs."""
    words = next(words for name, (words, _, _) in targets.items() if name.startswith("pages"))
    g.send(f"& sh -c 'for i in 1 2 3 4 5 6 7 8; do ramscope dump {words} >/dev/null; done; echo @@@ read'")
    moments = []
    for _ in range(5):
        g.pump(0.05)
        g.stop()
        moments.append(copy_all())
        g.cont()
    g.wait_for(rb"^@@@ read", 60)
    g.pump(0.3)
    g.stop()
    moments.append(copy_all())
    g.cont()
    return moments


def outside(t, mem, append=""):
    """Reads with ramscope twice, stops the guest, takes QEMU's copy, goes on, reads again.

    The struct page array is found without ramscope, from mem_section in QEMU's copy and by QEMU's own
    page-table walk.
    """
    with Guest(t.board, mem, append) as g:
        memory = truth.LiveMemory(g)
        note_start = memory.note[0] // PAGE * PAGE
        note_end = -(-sum(memory.note) // PAGE) * PAGE
        targets = {
            "low": ("--raw 0-0xa0000", 0xa0000, [(0, 0xa0000)]),
            "rom": ("--raw 0xc0000-0x100000", 0x40000, [(0xc0000, 0x40000)]),
            "vmcoreinfo": ("--raw --vmcoreinfo", note_end - note_start, [(note_start, note_end - note_start)]),
        }
        for first, end in truth.ram_pfns(g):
            size = (end - first) * memory.info["SIZE(page)"]
            pieces = truth.page_array(memory, first, end)
            require_equal(sum(size for _, size in pieces), size, "bytes of struct pages")
            targets[f"pages{first:x}"] = f"--raw --pages {first:#x}-{end:#x}", size, pieces

        def read_all(label):
            return {name: Held(g, label + name, size, f"ramscope dump {words}")
                    for name, (words, size, _) in targets.items()}

        def copy_all():
            return {name: truth.read_pieces(memory, pieces) for name, (_, _, pieces) in targets.items()}

        before, mine = read_all("A"), read_all("B")
        g.stop()
        copies = copy_all()
        g.cont()
        later = [read_all("C")]
        # A second reading later on finds other pages in use than the first.
        g.sh("dd if=/dev/zero of=/tmp/shake bs=64k count=64 2>&1")
        later.append(read_all("D"))
        moments = other_moments(g, copy_all, targets)
        g.stop()
        for name, copy in copies.items():
            readings = [held[name].bytes() for held in [before] + later]
            t.note(compare(name, mine[name].bytes(), copy, readings, [m[name] for m in moments]))
        g.cont()


@test
def outside_512m(t):
    """First MiB, VMCOREINFO and every struct page of a 512 MiB guest equal QEMU's copy."""
    outside(t, "512M")


@test
def outside_4g(t):
    """The same in a 4 GiB guest, whose struct pages lie on both sides of the PCI hole."""
    outside(t, "4G")


def marked_page(t, g, mappings):
    match = g.start(f"mark {mappings}", rb"^mark (0x[0-9a-f]+) ([0-9a-f]{8192})\r?\n")
    pfn, content = int(match[1], 16), bytes.fromhex(match[2].decode())
    page = one(g.json(f"ramscope page {pfn:#x} --json"), "page", "page")
    require_equal(page["kind"], "anon", f"kind of page {pfn:#x}")
    require_equal(page["mapcount"], mappings, f"mapcount of page {pfn:#x}")
    require_equal(page["refcount"], mappings, f"refcount of page {pfn:#x}")
    require("mlocked" in page["flags"].split(), f"flags of page {pfn:#x}: {page['flags']}")
    phys = pfn * PAGE
    got = g.sh(f"ramscope dump --raw {phys:#x}-{phys + PAGE:#x} | sha256sum").split()[0]
    require_equal(got, hashlib.sha256(content).hexdigest(), f"sha256 of page {pfn:#x}")
    require(g.memory(phys, PAGE) == content, "QEMU's copy of the page is not what the guest wrote")


@test
def outside_marked_page(t):
    """A locked page of random bytes is found by PFN, with contents, refcount, mapcount."""
    with Guest(t.board) as g:
        for mappings in (1, 2, 7):
            marked_page(t, g, mappings)
            t.note(f"mapped {mappings} times")

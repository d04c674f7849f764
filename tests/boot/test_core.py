# A saved machine: QEMU's dump-guest-memory read natively, against crash(8) and against the guest's own census.
# Does not test what a spoiled core does: test_badinput.py does.

import collections
import json
import random
import re
import subprocess
import tempfile
from pathlib import Path

from corefile import Core
from harness import number, one, require, require_equal, rows, test
from qemu import Guest

SAMPLE = 1000
SEED = 20121221
LIST_MAX = 48 << 20  # more than the list of a loaded 4 GiB guest


def crash(t, core, commands):
    """Output of crash(8). Without modules in the kernel it does not see that KASLR was on, so it is told."""
    opened = Core(core)
    offset = opened.info["KERNELOFFSET"]
    opened.close()
    script = Path(core).parent / "crash.commands"
    script.write_text("\n".join(commands + ["quit"]) + "\n")
    done = subprocess.run(["crash", "-s", f"--kaslr={offset:#x}", "-i", str(script), str(t.board.vmlinux),
                           str(core)], stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False,
                          cwd=script.parent)
    require(done.returncode == 0, "crash: " + (done.stdout + done.stderr).decode(errors="replace")[-400:])
    return done.stdout.decode(errors="replace")


def crash_pages(t, core):
    """{pfn: (flags, refcount)} by `kmem -p`, {pfn: mapcount word} by `kmem -m`, free pages by `kmem -f`."""
    text = crash(t, core, ["kmem -f >free", "kmem -p >pages", "kmem -m flags,_mapcount >counts"])
    folder = Path(core).parent
    pfn_of, pages, counts = {}, {}, {}
    for line in (folder / "pages").read_text().splitlines():
        words = line.split()
        if len(words) >= 6 and re.fullmatch("[0-9a-f]{16}", words[0]):
            pfn_of[words[0]] = int(words[1], 16) >> 12
            pages[int(words[1], 16) >> 12] = int(words[5], 16), int(words[4])
    for line in (folder / "counts").read_text().splitlines():
        words = line.split()
        if len(words) == 3 and words[0] in pfn_of:
            counts[pfn_of[words[0]]] = int(words[2])
    free = re.search(r"nr_free_pages: (\d+)", (folder / "free").read_text())
    require(free and pages and counts, f"crash said: {text[-400:]}")
    return pages, counts, int(free[1])


def pages_agree(t, core, pages, counts):
    """A random sample, one struct page at a time."""
    chosen = random.Random(SEED).sample(sorted(pages), SAMPLE)
    for pfn in chosen:
        page = one(t.on_core(core, "page", f"{pfn:#x}"), "page", "page")
        flags, refcount = pages[pfn]
        require_equal(number(page["flags_word"]), flags, f"flags of pfn {pfn:#x}")
        require_equal(page["refcount"], refcount, f"refcount of pfn {pfn:#x}")
        word = number(page["mapcount_word"])
        require_equal(word - (1 << 32 if word >> 31 else 0), counts[pfn], f"_mapcount of pfn {pfn:#x}")
    t.note(f"{SAMPLE} pages: flags, refcount and _mapcount as crash has them")


def expand(records):
    """pages --list as {pfn: kind}."""
    return {pfn: r["kind"] for r in rows(records, "pages", "range") 
            for pfn in range(number(r["first_pfn"]), number(r["end_pfn"]))}


def in_range(records):
    """What is RAM or has a struct page, whatever the source knows of the rest."""
    return {pfn: kind for pfn, kind in expand(records).items() if kind not in ("hole", "notram")}


def core_agrees(t, mem, loaded):
    with tempfile.TemporaryDirectory(prefix="ramscope-core-") as name:
        core = Path(name) / "core"
        with Guest(t.board, mem) as g:
            if loaded:
                g.start("load", rb"^load ready", 240)
            total = int(g.sh("cat /proc/kpageflags | wc -c", 120)) // 8
            # Left in guest memory, which is ready beforehand: so it is in the core, and little changes.
            size, status, runs = g.hold("census", LIST_MAX, f"ramscope pages --list=0-{total:#x} --json")
            g.stop()
            g.dump_core(core)
            g.cont()
        require_equal(status, 0, "status of pages --list")
        own = in_range(held_records(core, size, runs))
        listed = t.on_core(core, "pages", f"--list=0-{total:#x}")
        saved = in_range(listed)
        kinds = {r["kind"]: r["pages"] for r in rows(t.on_core(core, "pages"), "pages", "kind")}
        pages, counts, free = crash_pages(t, core)
        require_equal(kinds["free"], free, "free pages (crash: kmem -f)")
        # The sums of a census come by another loop than its list, and on bytes that hold still both are the same.
        sums = collections.Counter()
        for r in rows(listed, "pages", "range"):
            sums[r["kind"]] += r["pages"]
        require_equal({kind: n for kind, n in kinds.items() if n}, dict(sums), "sums of the census and of its list")
        t.note(f"free {free} as crash has it")
        pages_agree(t, core, pages, counts)
        changed = [pfn for pfn in own.keys() | saved.keys() if own.get(pfn) != saved.get(pfn)]
        t.note(f"{len(changed)} of {len(own)} pages changed kind between the guest's census and the dump")
        require(len(changed) <= 256 + len(own) // 1000,
                f"too many: {[(hex(p), own.get(p), saved.get(p)) for p in changed[:8]]}")


def held_records(core, size, runs):
    opened = Core(core)
    data = b"".join(opened.phys(phys, length) for phys, length in runs)[:size]
    opened.close()
    return [json.loads(line) for line in data.decode().splitlines()]


@test
def core_512m_loaded(t):
    """--mem core agrees with crash and with the guest's own census."""
    core_agrees(t, "512M", True)


@test
def core_4g_loaded(t):
    """The same in 4 GiB, with the PCI hole in the dump."""
    core_agrees(t, "4G", True)

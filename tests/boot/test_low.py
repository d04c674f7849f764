# ramscope low: what it says of the first MiB against QEMU's copy of it, the kernel's own files, and what is written
# there from outside, as a BIOS in system management mode would.
# The fields of the BIOS data area are held to a table in tests/unit/decode/test_bda.c.

import re

from harness import exit_statuses, number, one, require, require_equal, rows, test
from qemu import Guest

PAGE, VIDEO, ROMS, END = 4096, 0xa0000, 0xc0000, 0x100000
TYPED = "se cret"  # and codes of scan behind each
FINDINGS = exit_statuses()["findings"]


def findings(records):
    return [(r["name"], number(r["start"]), number(r["end"])) for r in rows(records, "findings", "finding")]


def checks(records):
    return {r["what"]: r for r in rows(records, "low", "check")}


def ranges(text):
    """[(start, end, words)...] of lines such as those of /proc/iomem, below 1 MiB."""
    found = re.findall(r"^ *0*([0-9a-f]+)-0*([0-9a-f]+) : (.*)$", text, re.M)
    return [(int(a, 16), int(b, 16) + 1, words) for a, b, words in found if int(a, 16) < END]


def letters(records, key):
    return "".join(r[key] for r in rows(records, "low", "map"))


def owners_agree(g, owners):
    """Who has each page, by the kernel's own files alone."""
    files = "cd /sys/firmware/memmap; for i in *; do echo $(cat $i/start)-$(cat $i/end) : $(cat $i/type); done"
    firmware = ranges(g.sh(files).replace("0x", ""))
    kernel = ranges(g.sh("cat /proc/iomem"))
    words = g.sh("dd if=/proc/kpageflags bs=8 count=256 2>/dev/null | hexdump -v -e '1/4 \"%08x\\n\"'").split()
    for page in range(END // PAGE):
        mine = lambda list_: {words == "System RAM" for a, b, words in list_ if a < (page + 1) * PAGE and b > page * PAGE}
        kept = int(words[2 * page + 1], 16) & 1  # bit 32, KPF_RESERVED
        want = ("f" if False in mine(firmware) else "ku"[not kept] if True in mine(kernel) else
                "k" if True in mine(firmware) else "d" if mine(kernel) else ".")
        require_equal(owners[page], want, f"who has page {page:#x}: {mine(firmware)} {mine(kernel)} {kept}")


@test(boards=["qemu-x86_64", "qemu-i386"])
def low_map(t):
    """Each page's letters are what QEMU's copy of it, /sys/firmware/memmap, /proc/iomem and kpageflags say."""
    with Guest(t.board) as g:
        records = g.json("ramscope low --json")
        require_equal(findings(records), [], "findings of a machine as it should be")
        for what in "base memory", "EBDA", "serial ports":
            require_equal(checks(records)[what]["agree"], True, f"does {what} agree")
        copy = g.memory(0, END)
        ebda = int.from_bytes(copy[0x40e:0x410], "little") << 4
        roms = [(number(r["phys"]), r["size"]) for r in rows(records, "low", "rom") if r["checksum"] == "valid"]
        cells = letters(records, "cells")
        require_equal(len(cells), END // PAGE, "pages")
        for page, cell in enumerate(cells):
            start = page * PAGE
            data = copy[start:start + PAGE]
            if VIDEO <= start < ROMS:
                require_equal(cell, "V", f"page {page:#x}")
            elif page in (0, ebda // PAGE):
                require_equal(cell, "BE"[page > 0], f"page {page:#x}")
            elif any(phys < start + PAGE and start < phys + size for phys, size in roms):
                require_equal(cell, "R", f"page {page:#x}")
            elif re.search(rb"_SM_|RSD PTR |_MP_|\$PIR", data):
                require_equal(cell, "T", f"page {page:#x}")
            else:
                require_equal(cell == ".", len(set(data)) == 1, f"page {page:#x} is {cell}: all bytes alike")
        owners_agree(g, letters(records, "owners"))
        text = g.sh("ramscope low --map").splitlines()
        require_equal("".join(line[9:] for line in text[2:10:2]), cells, "the map as text")
        t.note(" ".join(f"{cell}:{cells.count(cell)}" for cell in sorted(set(cells))))
        g.finish()


@test
def low_checks(t):
    """What the BIOS data area says that cannot be, or was not found, is a finding with its address."""
    with Guest(t.board) as g:
        found = int(re.search(r"uart:\w+ port:(\w+)", g.sh("grep -v unknown /proc/tty/driver/serial"))[1], 16)
        require_equal(checks(g.json("ramscope low --json"))["serial ports"]["bios"], f"{found:#x}", "serial ports")
        good = g.memory(0x400, 0x100)
        for phys, data, place in ((0x402, b"\xe8\x02", 0x402), (0x413, b"\x81\x02", 0x413), (0x40e, b"\xff\xff", 0x40e),
                                  (0x9fc00, b"\x00", 0x40e), (0x9fc00, b"\x02", 0x40e)):
            before = g.memory(phys, len(data))
            g.poke(phys, data)
            records = g.json("ramscope low --json", statuses=(FINDINGS,))
            require_equal([(name, start) for name, start, _ in findings(records)], [("bios-data", place)],
                          f"{data.hex()} at {phys:#x}")
            g.poke(phys, before)
        require_equal(g.memory(0x46d, 0x93), good[0x6d:], "the data area but for its clock")
        g.json("ramscope low --json")
        g.finish()
    # A kernel that is told to take it for RAM; it keeps the first MiB to itself all the same.
    with Guest(t.board, append="memmap=exactmap memmap=640K@0 memmap=400M@1M") as g:
        records = g.json("ramscope low --json", statuses=(FINDINGS,))
        require_equal(findings(records), [("ebda-usable", 0x9fc00, 0xa0000)], "an EBDA in the kernel's RAM")
        g.finish()


def watch(g, change):
    """What low --watch says of a change, as records and as text. While the guest is stopped its seconds stop, too."""
    g.send("& sh -c 'ramscope low --watch=20 >/tmp/text & ramscope low --watch=20 --json >/tmp/watch; wait; >/tmp/over'")
    g.sh("until grep -q watching /tmp/text && grep -q watching /tmp/watch; do sleep 1; done")
    change()
    g.sh("until [ -e /tmp/over ]; do sleep 1; done", 120)
    return g.json("cat /tmp/watch"), g.sh("cat /tmp/text")


def type_keys(g):
    """Puts them into the buffer, as INT 9 does: character and scan code."""
    g.poke(0x41e, b"".join(bytes((ord(c), 0x10 + i)) for i, c in enumerate(TYPED)))
    g.poke(0x41c, bytes((0x1e + 2 * len(TYPED),)))


@test
def low_keys(t):
    """Only --keys shows what was typed: not low, not the report, not --watch while it is typed."""
    with Guest(t.board) as g:
        require("is empty" in g.sh("ramscope low --keys"), "an empty buffer")
        watched, _ = watch(g, lambda: type_keys(g))
        at = {number(r["phys"]) for r in rows(watched, "low", "change")}
        require(0x41e in at, f"the keys are no change: {watched}")
        got = one(g.json("ramscope low --keys --json"), "low", "keys")
        require_equal(got["typed"], TYPED, "typed")
        require_equal(got["codes"], " ".join(f"{0x10 + i:02x}{ord(c):02x}" for i, c in enumerate(TYPED)), "codes")
        codes = "".join(f"{ord(c):02x}{0x10 + i:02x}" for i, c in enumerate(TYPED))
        for command in "low", "low --json", "report", "report --json", "low --map":
            said = g.sh(f"ramscope {command}", 120)
            require(TYPED not in said and codes[:12] not in said and got["codes"][:9] not in said, f"{command} tells")
        require(codes[:8] not in str(watched) and TYPED not in str(watched), f"--watch tells: {watched}")
        require("7 keys waiting, contents not shown" in re.sub(r"\s+", " ", g.sh("ramscope low")), "keys that wait")
        g.finish()


# (address, bytes, is it a finding): of the last the kernel has the page, or it moves by itself, or it is above 64 KiB.
WRITES = ((0x20, b"\xaa\xbb", True), (0x4b0, b"BIOS", True), (0x5010, bytes(range(1, 40)), True), (0xfffe, b"\x55\x66", True),
          (0x46c, b"\x01\x02\x03", False), (0x417, b"\x20", False), (0x10010, b"above", False), (0x9fc10, b"ebda", False))


@test(boards=["qemu-x86_64", "qemu-i386"])
def low_watch(t):
    """What is written between the two looks is shown byte for byte as QEMU has it, and named; the rest is not."""
    with Guest(t.board) as g:
        before = g.memory(0, VIDEO)
        records, text = watch(g, lambda: [g.poke(phys, data) for phys, data, _ in WRITES])
        after = g.memory(0, VIDEO)
        changed = {}
        for r in rows(records, "low", "change"):
            start, bytes_ = number(r["phys"]), r["bytes"]
            changed.update({at: r for at in range(start, start + bytes_)})
            require_equal((r["before"], r["after"]), (before[start:start + bytes_].hex(), after[start:start + bytes_].hex())
                          if r["before"] is not None else (None, None), f"bytes at {start:#x}")
        for phys, data, is_finding in WRITES:
            for at in range(phys, phys + len(data)):
                require(before[at] == after[at] or at in changed, f"the change at {at:#x} is not told")
            covered = any(start < phys + len(data) and phys < end for _, start, end in findings(records))
            require_equal(covered, is_finding, f"is {phys:#x} a finding: {findings(records)}")
        require_equal({name for name, _, _ in findings(records)}, {"bios-writes"}, "names of the findings")
        require_equal([changed[0x46c]["place"], changed[0x46c]["moves"]], ["timer ticks: timer", True], "the clock")
        require_equal(changed[0x20]["place"], "vector 0x8 IRQ 0 timer", "place")
        wide = [line for line in text.splitlines() if len(line) > 80]
        require(not wide and "0102030405060708" in text, f"the text: {text}")
        t.note(f"{len(changed)} bytes changed")
        g.finish()


@test
def low_watch_quiet(t):
    """Nothing changes but clocks: no finding; by each method; and what cannot be asked for is said."""
    with Guest(t.board) as g:
        for method in "auto", "read", "kcore":
            g.json(f"ramscope low --watch 1 --method={method} --json")
        for seconds in "0", "-1", "x", "86401":
            g.sh(f"ramscope low --watch={seconds} 2>&1", statuses=(exit_statuses()["usage"],))
        g.finish()
    status, _, said = t.call("--mem", t.ramscope, "low", "--watch=1")
    require_equal(status, exit_statuses()["usage"], f"--watch of a file: {said}")

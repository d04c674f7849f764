# ramscope map: the sum adds up on every board, and each of its numbers is what somebody else says.
# The peers: QEMU's -m, /sys/firmware/memmap, /proc/iomem, meminfo, zoneinfo and the kernel's log.

import json
import re

from harness import number, require, require_equal, rows, test
from qemu import Guest

SIZES = {"K": 10, "M": 20, "G": 30}


def bytes_of(text):
    return int(text[:-1]) << SIZES[text[-1]]


def board_memory(board):
    """Bytes of RAM that QEMU gives it at the start."""
    return bytes_of(board.keys["QEMU_MEM"])


def merged(ranges):
    """[(start, end)...] put together where they touch."""
    out = []
    for start, end in sorted(ranges):
        if out and out[-1][1] >= start:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def iomem_ram(g):
    """Whole pages of RAM in the kernel's own list."""
    found = re.findall(r"^ *(\w+)-(\w+) : System RAM", g.sh("cat /proc/iomem"), re.M)
    return sum(max(0, (end >> 12) - (start + 4095 >> 12))
               for start, end in merged((int(start, 16), int(last, 16) + 1) for start, last in found))


def log_e820(g):
    """Bytes of RAM in the firmware's map, by the lines of the kernel's log; None when those are gone."""
    lines = re.findall(r"BIOS-e820: \[mem 0x(\w+)-0x(\w+)\] (.*)", g.sh("dmesg"))
    return sum(int(last, 16) + 1 - int(start, 16) for start, last, what in lines if what == "usable") or None


def zones(g, key):
    return sum(int(n) for n in re.findall(rf"^ +{key} +(\d+)", g.sh("cat /proc/zoneinfo"), re.M))


def mem_total(g):
    """KiB."""
    return int(re.search(r"MemTotal: +(\d+)", g.sh("cat /proc/meminfo"))[1])


def balance(g, command="map", statuses=(0,)):
    """The records of the command, and the sum as [(sign, row, what, KiB)...], which must add up."""
    status, said = g.try_sh(f"ramscope {command} --json")
    records = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    require(status in statuses, f"status {status}: {said[-300:]}")
    lines = [(r["sign"], r["row"], r["what"], r["kib"]) for r in rows(records, "map", "balance")]
    total = None
    for sign, row, _, kib in lines:
        if sign == "=":
            require(total in (None, kib), f"{row} is {kib}, the lines above come to {total}: {lines}")
            total = kib
        else:
            total += kib if sign == "+" else -kib
    return records, lines


def sums(lines):
    return {row: kib for sign, row, _, kib in lines if sign == "="}


def one_line(lines, row):
    found = [line for line in lines if line[1] == row]
    require_equal(len(found), 1, f"lines {row} of {lines}")
    return found[0]


def compare_sums(g, lines):
    """The sums with those of others; the log's are as of the start, before memory was added."""
    found = sums(lines)
    require_equal(found["ram"], iomem_ram(g) * 4, "System RAM")
    require_equal(found["ram"], zones(g, "present") * 4, "present pages of the zones")
    require_equal(found["total"], mem_total(g), "MemTotal")
    require_equal(found["total"], zones(g, "managed") * 4, "managed pages of the zones")
    require_equal(one_line(lines, "unexplained")[3], 0, "unexplained")
    said = log_e820(g)
    require(said is None or found["e820"] == said >> 10, f"RAM of the firmware: {found['e820']} KiB, log: {said}")


# Without a way to memory, after all else.
STATUSES = (0, 11)


@test(boards="all", series="all")
def map_balances(t):
    """The sum adds up, with nothing unexplained, to what others say (demand 4)."""
    with Guest(t.board) as g:
        records, lines = balance(g, statuses=STATUSES)
        compare_sums(g, lines)
        require_equal([r for r in records if r["item"] == "finding"], [], "findings")
        added = sum(kib for _, row, _, kib in lines if row == "added")
        memory = board_memory(t.board) >> 10
        lacking = memory - sums(lines)["e820"]
        require(0 <= lacking <= 1024, f"-m has {memory} KiB, e820 {sums(lines)['e820']}")
        require_equal(sums(lines)["ram"] + lacking - added, memory - sum(
            kib for _, row, _, kib in lines if row in ("page-0", "parts")), "-m, less what is left out")
        t.note(f"{memory} KiB of -m, {sums(lines)['ram']} System RAM, {sums(lines)['total']} MemTotal, 0 unexplained")


def log_memory(g):
    """KiB: available, and all, of the log's line 'Memory:'."""
    found = re.search(r"Memory: (\d+)K/(\d+)K available \((\d+)K kernel code", g.sh("dmesg"))
    return [int(n) for n in found.groups()]


@test(boards=["qemu-x86_64", "qemu-i386", "debian-stock"])
def map_log(t):
    """What the log said at the start: all of RAM; and less was available, for the kernel gave back some since."""
    with Guest(t.board) as g:
        _, lines = balance(g)
        available, all_of_it, code = log_memory(g)
        require_equal(sums(lines)["ram"], all_of_it, "RAM in the line Memory:")
        require(sums(lines)["total"] >= available, f"MemTotal below {available}")
        require(one_line(lines, "image")[3] > code, f"the kernel is smaller than its code: {lines}")


# Words of the command line, and what they take away: KiB by word, as the kernel's own arithmetic has it at 512 MiB.
WORDS = [
    ("mem=300M", {"mem=300M": (512 - 300) * 1024 - 128}),
    ("memmap=16M$0x10000000", {"memmap=16M$0x10000000": 16384}),
    ("memmap=64M!128M", {"memmap=64M!128M": 65536}),
    ("mem=400M memmap=1M$0x8000000,2M$0xa000000",
     {"mem=400M": (512 - 400) * 1024 - 128, "memmap=1M$0x8000000,2M$0xa000000": 3072}),
    ("memmap=exactmap memmap=635K@4K memmap=255M@1M", {"memmap=exactmap": (512 - 256) * 1024 - 128}),
]


@test
def map_words(t):
    """What the command line keeps from the kernel is named by its word, and is as much as is missing (demand 4)."""
    with Guest(t.board) as g:
        whole = sums(balance(g)[1])["ram"]
    for words, want in WORDS:
        with Guest(t.board, append=words) as g:
            records, lines = balance(g)
            compare_sums(g, lines)
            require_equal({what: kib for _, row, what, kib in lines if row == "word"}, want, words)
            require_equal(whole - sums(lines)["ram"], sum(want.values()), f"missing, {words}")
            findings = [r for r in records if r["item"] == "finding"]
            require_equal({(r["name"], r["severity"]) for r in findings}, {("ram-left-out", "note")}, words)
            named = {word for word in want for r in findings if word in r["evidence"]}
            require_equal(named, set(want), f"words in the findings, {words}")
            t.note(f"{words}: {sum(want.values())} KiB")


@test(boards=["qemu-x86_64", "qemu-x86_64-hotplug", "qemu-i386-pae", "qemu-microvm"])
def map_ranges(t):
    """Range by range what the firmware's map in /sys says, and what /proc/iomem does."""
    with Guest(t.board) as g:
        records, _ = balance(g)
        listed = g.sh("cd /sys/firmware/memmap; for i in *; do echo $(cat $i/start $i/end $i/type); done; cd /")
        told = [(int(m[1], 16), int(m[2], 16), m[3]) for m in re.finditer(r"^(\w+) (\w+) (.*)$", listed, re.M)]
        ranges = rows(records, "map", "range")
        for r in ranges:
            start, last = number(r["start"]), number(r["last"])
            says = {what for a, b, what in told if a <= last and start <= b}
            later = r["difference"] == "added since boot"
            require_equal(says, {"System RAM"} if later else {r["firmware"]} - {None}, f"{r}")
        covered = sum(r["bytes"] for r in ranges if r["firmware"] or r["difference"])
        require_equal(covered, sum(last + 1 - start for start, last, _ in told), "bytes in the firmware's map")
        t.note(f"{len(ranges)} ranges")

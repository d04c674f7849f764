# ramscope map: the sum adds up on every board, and each of its numbers is what somebody else says.
# The peers: QEMU's -m, /sys/firmware/memmap, /proc/iomem, meminfo, zoneinfo and the kernel's log.

import json
import re
import subprocess

from harness import exit_statuses, number, require, require_equal, rows, test
from qemu import Guest, sparse_memory
from test_boards import until

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
    require(rows(records, "map", "balance"), f"no sum: {said[-300:]}")
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


# No firmware there that tells of DIMMs.
NO_SMBIOS = ["qemu-microvm"]


def statuses_of(board):
    """The command's: without a way to memory, that is told after all else."""
    return (exit_statuses()["refused"],) if board.name == "qemu-x86_64-lockdown-confidentiality" else (0,)


@test(boards="all", series="all")
def map_balances(t):
    """The sum adds up, with nothing unexplained, to what others say."""
    with Guest(t.board) as g:
        records, lines = balance(g, statuses=statuses_of(t.board))
        compare_sums(g, lines)
        require_equal([r for r in records if r["item"] == "finding"], [], "findings")
        memory = board_memory(t.board) >> 10
        require_equal(sums(lines).get("dimms"), None if t.board.name in NO_SMBIOS else memory, "DIMMs, and -m")
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
        require_equal(balance(g, "report")[1], lines, "the sum of a report, which counts pages before")


# Words of the command line, and what they take away: KiB by word, as the kernel's own arithmetic has it at 512 MiB.
WORDS = [
    ("mem=300M", {"mem=300M": (512 - 300) * 1024 - 128}),
    ("memmap=16M$0x10000000", {"memmap=16M$0x10000000": 16384}),
    ("memmap=64M!128M", {"memmap=64M!128M": 65536}),
    ("mem=400M memmap=1M$0x8000000,2M$0xa000000",
     {"mem=400M": (512 - 400) * 1024 - 128, "memmap=1M$0x8000000,2M$0xa000000": 3072}),
    ("nokaslr memmap=exactmap memmap=635K@4K memmap=255M@1M", {"memmap=exactmap": (512 - 256) * 1024 - 128}),
]


@test
def map_words(t):
    """What the command line keeps from the kernel is named by its word, and is as much as is missing."""
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


@test(boards="debian-stock-uefi")
def map_efi(t):
    """The types of EFI's memory map, as far as the kernel shows them; and they are no finding."""
    types = {4: "boot services data", 5: "runtime services code", 6: "runtime services data"}  # UEFI 2.10, 7.2
    with Guest(t.board) as g:
        records, _ = balance(g)
        said = g.sh("cd /sys/firmware/efi/runtime-map; for i in *; do echo $(cat $i/phys_addr $i/num_pages $i/type); done; cd /")
        told = [(int(m[1], 16), int(m[2], 16) << 12, int(m[3], 16)) for m in re.finditer(r"(0x\w+) (0x\w+) (0x\w+)", said)]
        require(len(told) > 2, f"runtime-map: {said}")
        for start, size, kind in told:
            inside = [r for r in rows(records, "map", "range")
                      if number(r["start"]) < start + size and start <= number(r["last"])]
            require_equal({r["efi"] for r in inside}, {types.get(kind)}, f"{start:#x}, type {kind}")
        t.note(f"{len(told)} pieces")


BOUNCE = r"software IO TLB: mapped \[mem 0x(\w+)-0x(\w+)\] \((\d+)MB\)"


@test
def map_swiotlb(t):
    """Above 4 GiB bounce buffers for DMA are a line of the sum, as large as the kernel's log says."""
    words = t.board.words(without=["swiotlb=noforce"])
    with Guest(t.board, "5G", extra=sparse_memory("5G"), cmdline=words) as g:
        _, lines = balance(g)
        compare_sums(g, lines)
        found = re.search(BOUNCE, g.sh("dmesg"))
        require_equal(one_line(lines, "swiotlb")[3], int(found[3]) << 10, "bounce buffers")


@test(boards=["qemu-x86_64", "qemu-i386"])
def map_initramfs(t):
    """An initramfs that is not given back is a line of its own, as large as the kernel's log says."""
    with Guest(t.board, append="retain_initrd") as g:
        _, lines = balance(g)
        compare_sums(g, lines)
        start, last = re.search(r"RAMDISK: \[mem 0x(\w+)-0x(\w+)\]", g.sh("dmesg")).groups()
        require_equal(one_line(lines, "initramfs")[3], int(last, 16) + 1 - int(start, 16) >> 10, "initramfs")


@test(boards="debian-stock")
def map_crash_kernel(t):
    """What is set aside for a crash kernel is a line of its own."""
    with Guest(t.board, append="crashkernel=64M") as g:
        _, lines = balance(g)
        compare_sums(g, lines)
        require_equal(one_line(lines, "crash")[3], 64 << 10, "crash kernel")


@test(boards="qemu-i386")
def map_reach(t):
    """A kernel without PAE has no use for what is above 4 GiB, and that is told."""
    with Guest(t.board, "5G", extra=sparse_memory("5G")) as g:
        records, lines = balance(g, statuses=(1,))
        require_equal(one_line(lines, "reach")[3], 2 << 20, "KiB above 4 GiB")
        require_equal(one_line(lines, "unexplained")[3], 0, "unexplained")
        require_equal(sums(lines)["total"], mem_total(g), "MemTotal")
        found = [(r["name"], number(r["start"])) for r in records if r["item"] == "finding"]
        require_equal(found, [("ram-out-of-reach", 1 << 32)], "findings")


@test(boards="qemu-x86_64-hazards")
def map_hazards(t):
    """A balloon, a DIMM that is plugged, taken offline and pulled, bad memory: lines of the sum, or none of its business."""
    block = "/sys/devices/system/memory/memory32"
    with Guest(t.board) as g:
        whole = sums(balance(g)[1])
        g.monitor("balloon 400")
        until(g, "grep MemTotal /proc/meminfo", r" 3\d{5} kB")
        _, lines = balance(g)
        require_equal(one_line(lines, "given")[3], whole["total"] - mem_total(g), "in the balloon")
        g.monitor("object_add memory-backend-ram,id=ram1,size=128M")
        g.monitor("device_add pc-dimm,id=dimm1,memdev=ram1")
        until(g, f"cat {block}/state", "offline")
        for state, missing in (("online_movable", 0), ("offline", 128 << 10), ("online_movable", 0)):
            g.sh(f"echo {state} >{block}/state")
            _, lines = balance(g)
            require_equal(one_line(lines, "added")[3], 128 << 10, f"added, {state}")
            require_equal(sum(kib for _, row, _, kib in lines if row == "no-page"), missing, f"without struct page, {state}")
            require_equal(one_line(lines, "unexplained")[3], 0, f"unexplained, {state}")
        g.sh("echo 0x200 >/sys/kernel/debug/hwpoison/corrupt-pfn")
        until(g, "dmesg", "Memory failure: 0x200: .*Recovered")
        require_equal(one_line(balance(g, statuses=(0, 1))[1], "unexplained")[3], 0, "unexplained, with bad memory")


@test(boards="qemu-x86_64-hotplug")
def map_offline(t):
    """A block of memory that is offline between others is without struct pages, and nothing else changes."""
    with Guest(t.board) as g:
        whole = sums(balance(g)[1])
        g.sh("echo offline >/sys/devices/system/memory/memory32/state")
        _, lines = balance(g)
        require_equal(one_line(lines, "no-page")[3], 128 << 10, "without struct page")
        require_equal(one_line(lines, "unexplained")[3], 0, "unexplained")
        require_equal(sums(lines)["ram"], whole["ram"], "System RAM")
        require_equal(sums(lines)["total"], mem_total(g), "MemTotal")


@test
def map_many(t):
    """In a report of very many ranges those that differ are all there, and the others are counted."""
    holes = 30
    words = "memmap=" + ",".join(f"4K${number}M" for number in range(32, 32 + holes))
    with Guest(t.board, append=words) as g:
        said = g.sh("ramscope report")
        said = said[said.index("=== map"):said.index("=== low")]
        require_equal(len(re.findall(r"  4 KiB  System RAM +Reserved: *(?:memmap|$)", said, re.M)), holes, "ranges that differ")
        require_equal([line for line in said.splitlines() if len(line) > 80], [], "lines of more than 80 columns")
        shown = len(re.findall(r"  System RAM +the same$", said, re.M))
        more = int(re.search(r"^(\d+) ranges more", said, re.M)[1])
        require(shown + more == holes + 2 and 10 < shown < 20, f"{shown} shown, {more} more")


# Bytes of struct boot_params to be written over: the second entry of e820, 0x9fc00-0x9ffff, then is 0x9f000-0x9f3ff.
BOOT_PARAMS = "/sys/kernel/boot_params/data"
OTHER_START = f"cp {BOOT_PARAMS} /tmp/b; printf '\\0\\360\\11' | dd of=/tmp/b bs=1 seek={0x2d0 + 20} conv=notrunc 2>/dev/null"


@test
def map_disagreements(t):
    """A boot loader whose map overlaps, and is not the firmware's; a command line that takes what the firmware has."""
    with Guest(t.board) as g:
        g.sh(f"{OTHER_START}; mount -o bind /tmp/b {BOOT_PARAMS}")
        records, lines = balance(g, statuses=(1,))
        require_equal(one_line(lines, "unexplained")[3], 0, "unexplained")
        found = {(r["name"], number(r["start"]), number(r["end"])) for r in records if r["item"] == "finding"}
        require_equal(found, {("map-overlap", 0x9f000, 0x9f400), ("maps-differ", 0x9f000, 0x9f400),
                              ("reserved-used", 0x9f000, 0x9f400)}, "findings")
    with Guest(t.board, append="nokaslr memmap=exactmap memmap=640K@0 memmap=400M@1M") as g:
        records, lines = balance(g, statuses=(1,))
        compare_sums(g, lines)
        found = {(r["name"], number(r["start"]), number(r["end"])) for r in records if r["item"] == "finding"}
        require_equal(found, {("reserved-used", 0x9fc00, 0xa0000), ("ram-left-out", 0x19100000, 0x1ffe0000)}, "findings")


@test(boards=["qemu-x86_64", "qemu-x86_64-lockdown-confidentiality"])
def map_without(t):
    """What is missing makes the sum shorter, or coarser, and it adds up still."""
    with Guest(t.board) as g:
        whole = sums(balance(g, statuses=statuses_of(t.board))[1])
        g.sh("mount -o bind /dev/null /proc/kpageflags")
        for hidden, gone in ((f"{BOOT_PARAMS}", []), ("/sys/firmware/dmi/tables/smbios_entry_point", []),
                             ("/sys/firmware/memmap", ["dimms", "e820"])):
            g.sh(f"mount -o bind {'/tmp' if hidden.endswith('memmap') else '/dev/null'} {hidden}")
            _, lines = balance(g, "map --method=kcore", statuses=statuses_of(t.board))
            require_equal(sums(lines), {key: kib for key, kib in whole.items() if key not in gone}, f"without {hidden}")
            require_equal(one_line(lines, "unexplained")[3], 0, f"unexplained, without {hidden}")


# QEMU's core has the firmware's flash, too: 128 KiB twice.
SEGMENTS = 256


@test
def map_file(t):
    """Of a core: what of the memory in it the kernel kept, and what was left, which is what meminfo had then."""
    with Guest(t.board) as g:
        core = g.dir / "core"
        g.dump_core(core)
        total = mem_total(g)
        done = subprocess.run([t.ramscope, "--mem", core, "map", "--json"], stdout=subprocess.PIPE, check=True)
        lines = [(r["sign"], r["row"], r["what"], r["kib"])
                 for r in rows([json.loads(line) for line in done.stdout.splitlines()], "map", "balance")]
        require_equal(lines[-1][::3], ("=", total), "left for the page allocator, and MemTotal")
        require_equal(lines[0][::3], ("=", (board_memory(t.board) >> 10) + SEGMENTS), "memory in the file")
        t.note(f"MemTotal {total}")

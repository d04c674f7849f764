# Pages whose kind is hard to tell, made on purpose, against what the program that made them knows, against
# /proc/kpageflags and against QEMU's memory. That every other page is right as well, command check says.

import re

from harness import exit_statuses, number, one, require, require_equal, rows, test
from qemu import Guest

# /proc/kpageflags, include/uapi/linux/kernel-page-flags.h
FLAGS = {name: 1 << bit for bit, name in (
    (10, "buddy"), (12, "anon"), (14, "swapbacked"), (15, "head"), (16, "tail"), (17, "huge"), (21, "ksm"), (22, "thp"),
    (24, "zero"))}

# What the census must call a piece; what the kernel says of each of its pages, and of none.
PIECES = {
    "thp-whole": ("anonhuge", "anon thp", "huge"),
    "thp-mapped-by-pages": ("anonhuge", "anon thp", "huge"),
    "thp-half-unmapped": ("anonhuge", "anon thp", "huge"),
    "thp-shared": ("anonhuge", "anon thp", "huge"),
    "thp-split": ("anon", "anon", "thp head tail"),
    "shmem-huge": ("shmem", "", "anon"),
    "shmem-cut": ("shmem", "", "anon thp head tail"),
    "zero-small": ("reserved", "zero", "anon thp"),
    "zero-huge": ("compound", "zero thp", "anon"),
    "ksm-equal": ("anon", "anon ksm", "thp"),
    "ksm-zero": ("reserved", "zero", "anon ksm"),
    "hugetlb-2m": ("hugetlb", "huge", "thp"),
    "hugetlb-1g": ("hugetlb", "huge", "thp"),
}


def mask(names):
    return sum(FLAGS[name] for name in names.split())


def pieces_of(g, situations, seconds=240):
    """Makes the situations: {piece: (flags of all, flags of any, [(pfn, pages)...])}."""
    start = len(g.log)
    g.start(f"special {situations}", rb"^special ready", seconds)
    found = {}
    for line in re.findall(r"^special (\S+) (0x\w+|0) (0x\w+|0) (\S+)$", g.log[start:].decode().replace("\r", ""), re.M):
        runs = [(int(pfn, 16), int(count)) for pfn, count in re.findall(r"(0x[0-9a-f]+)\+(\d+)", line[3])]
        found[line[0]] = int(line[1], 16), int(line[2], 16), runs
    return found


def kinds_of(g, first, end):
    """[(first, end, kind)...] as the census lists them."""
    listed = rows(g.json(f"ramscope pages --list={first:#x}-{end:#x} --json", 120), "pages", "range")
    return [(number(r["first_pfn"]), number(r["end_pfn"]), r["kind"]) for r in listed]


def kinds_within(listed, first, end):
    return {kind for start, stop, kind in listed if start < end and stop > first}


def role_of(records):
    """head and tail have a head; other pages have no such record."""
    found = rows(records, "page", "compound")
    return (found[0]["role"], number(found[0]["head_pfn"])) if found else None


def compare_page(g, piece, pfn, kind, head):
    """One page by itself: its kind, and where its head is."""
    records = g.json(f"ramscope page {pfn:#x} --json")
    page = one(records, "page", "page")
    require_equal(page["kind"], kind, f"{piece}: kind of page {pfn:#x}")
    require_equal(page["ksm"], piece == "ksm-equal", f"{piece}: merged, as ramscope page has it")
    want = None if head is None else ("head" if pfn == head else "tail", head)
    require_equal(role_of(records), want, f"{piece}: page {pfn:#x} of a compound page")


def compare_bytes(g, piece, pfn):
    """The program's own mark, in QEMU's memory: the page frame numbers are right."""
    want = b"" if piece.startswith(("zero", "ksm-zero")) else piece.encode()
    require_equal(g.memory(pfn << 12, len(want) + 1), want + b"\0", f"{piece}: the first bytes of page {pfn:#x}")


def compare_pieces(t, g, pieces, orders=None):
    """Kinds by the list, by command page; the kernel's flags; the memory itself."""
    every = [run for _, _, runs in pieces.values() for run in runs]
    listed = kinds_of(g, min(every)[0], max(pfn + count for pfn, count in every))
    for piece, (all_have, any_has, runs) in pieces.items():
        kind, must, must_not = PIECES[piece]
        require(all_have & mask(must) == mask(must) and not any_has & mask(must_not),
                f"{piece}: not made, kpageflags say {all_have:#x} of all and {any_has:#x} of some")
        order = (orders or {}).get(piece, 9 if all_have & mask("thp") or any_has & mask("huge") else 0)
        for pfn, count in runs:
            require_equal(kinds_within(listed, pfn, pfn + count), {kind}, f"{piece}: kinds of {count} from {pfn:#x}")
        for pfn, count in (runs[0], runs[-1]):
            for one_pfn in {pfn, pfn + count // 2, pfn + count - 1}:
                compare_page(g, piece, one_pfn, kind, one_pfn >> order << order if order else None)
                compare_bytes(g, piece, one_pfn)
        if order:  # what is not mapped, too
            first = runs[0][0] >> order << order
            require_equal(kinds_of(g, first, first + (1 << order)), [(first, first + (1 << order), kind)],
                          f"{piece}: the whole of the page at {first:#x}")
    t.note(", ".join(f"{piece} {sum(count for _, count in runs)}" for piece, (_, _, runs) in pieces.items()))


def compare_check(t, g, seconds=400, changed=1000):
    """0 disagreements with the kernel's own files, over all pages."""
    records = g.json("ramscope check --json", seconds, statuses=(0, 1))
    found = one(records, "check", "check")
    require_equal(found["disagreements"], 0, f"disagreements ({rows(records, 'check', 'disagreement')[:4]})")
    require(found["changed"] <= changed, f"{found['changed']} pages would not hold still")
    t.note(f"{found['compared']} compared, {found['changed']} changed")


@test(boards=["qemu-x86_64", "debian-stock"])
def special_huge(t):
    """Huge pages whole, mapped by pages, half unmapped, shared, split; in tmpfs; zero pages; merged pages."""
    with Guest(t.board, "768M") as g:
        # tmpfs last: room for another huge page is made by moving small ones.
        found = pieces_of(g, "thp thp-shared zero ksm shmem")
        compare_pieces(t, g, found)
        compare_check(t, g)


@test
def special_gigantic(t):
    """A hugetlb page of 1 GiB and some of 2 MiB, with their struct pages whole and optimised away."""
    # One GiB at a multiple of it must be free: not the kernel's, and not the last one, where firmware's tables are.
    pool = "nokaslr default_hugepagesz=2M hugepages=8 hugepagesz=1G hugepages=1"
    for word in "hugetlb_free_vmemmap=off", "hugetlb_free_vmemmap=on":
        with Guest(t.board, "2304M", f"{word} {pool}") as g:
            found = pieces_of(g, "hugetlb-2m hugetlb-1g")
            compare_pieces(t, g, found, {"hugetlb-1g": 18})
            used = sum(r["pages"] for r in rows(g.json("ramscope pages --json"), "pages", "kind") if r["kind"] == "hugetlb")
            require_equal(used, 262144 + 8 * 512, f"hugetlb pages with {word}")
            compare_check(t, g)
            t.note(word)


@test(boards="qemu-x86_64-hazards")
def special_device(t):
    """Persistent memory made out of RAM: struct pages in zone Device that are no RAM, within a section that has some."""
    with Guest(t.board, append="memmap=64M!384M") as g:
        require_equal(g.sh("ls /dev/pmem*"), "/dev/pmem0", "the device")
        for pfn in 0x18000, 0x1bfff:
            page = one(g.json(f"ramscope page {pfn:#x} --json"), "page", "page")
            require_equal((page["kind"], page["zone"]), ("notram", "Device"), f"page {pfn:#x}")
            g.sh(f"ramscope dump {pfn << 12:#x}+16", statuses=(exit_statuses()["guard"],))
        require_equal(kinds_of(g, 0x18000, 0x1c000), [(0x18000, 0x1c000, "notram")], "the device's pages")
        compare_check(t, g)


@test(boards="qemu-x86_64-numa")
def special_migration(t):
    """Small and huge pages that move between two nodes all the time: none of the wrong kind."""
    with Guest(t.board, "1280M", extra="-smp 2") as g:
        g.start("special migrate", rb"^special ready", 60)
        before = int(re.search(r"^pgmigrate_success (\d+)", g.sh("cat /proc/vmstat"), re.M)[1])
        for _ in range(2):
            # Lists that change all the time can look wrong for a while: only struct pages are held to the kernel's words.
            found = one(g.json("ramscope check --json", 200, statuses=(0, 1)), "check", "check")
            require_equal([found[what] for what in ("flags", "mapcount", "kind")], [0, 0, 0], "flags, mapcount, kind")
            require(found["compared"] > 100000, f"{found['compared']} pages compared")
            t.note(f"{found['compared']} compared, {found['changed']} changed")
            kinds = rows(g.json("ramscope pages --json"), "pages", "kind")
            require_equal(sum(r["pages"] for r in kinds), found["pages"] + found["holes"], "pages of all kinds")
        after = int(re.search(r"^pgmigrate_success (\d+)", g.sh("cat /proc/vmstat"), re.M)[1])
        require(after - before > 10000, f"{after - before} pages moved")
        t.note(f"{after - before} pages moved meanwhile")

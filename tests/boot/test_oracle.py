# Every struct page against /proc/kpageflags and /proc/kpagecount, in idle and in loaded guests.
# The comparison is ramscope's own command; that it can go red is tested on this machine's pages too.

import re

from harness import Failure, number, one, require, require_equal, rows, test
from qemu import Guest

LOADED_KINDS = ("anon", "anonhuge", "shmem", "file", "slab", "table", "hugetlb", "hwpoison", "free", "reserved",
                "compound", "kernel")


def census(g):
    """{kind: pages}, and the total is what was scanned."""
    records = g.json("ramscope pages --json", statuses=(0, 1))
    kinds = {r["kind"]: r["pages"] for r in rows(records, "pages", "kind")}
    require_equal(sum(kinds.values()), one(records, "pages", "census")["scanned"], "sum over the kinds")
    zones = [r for r in rows(records, "pages", "zone")]
    for kind in kinds.keys() - {"hole", "unreadable"}:  # in no zone
        require_equal(sum(r.get(kind) or 0 for r in zones), kinds[kind], f"{kind} over the zones")
    bad = [number(r["end"]) - number(r["start"]) for r in rows(records, "findings", "finding") if r["name"] == "bad-memory"]
    require_equal(sum(bad), kinds["hwpoison"] << 12, "bytes of bad memory that are findings")
    return kinds


def kernel_counts(g):
    """What the kernel counts itself, in pages."""
    words = (line.split() for line in g.sh("cat /proc/meminfo").splitlines())
    return {w[0].rstrip(":"): int(w[1]) // 4 if w[-1] == "kB" else int(w[1]) for w in words}


def percpu_count(g):
    """Pages on per-cpu lists, as /proc/zoneinfo counts them."""
    return sum(int(n) for n in re.findall(r"^ +count: +(\d+)$", g.sh("cat /proc/zoneinfo"), re.M))


def undisturbed(g, take):
    """What take() returns when the kernel left its per-cpu lists alone meanwhile. At times it empties them into the
    buddy allocator, thousands of pages at once, and what was counted before is not comparable with what comes after."""
    for _ in range(10):
        before = percpu_count(g)
        taken = take()
        if abs(percpu_count(g) - before) <= 300:
            return taken
    raise Failure("the per-cpu lists do not come to rest")


def near(got, want, what, slack=600):
    require(abs(got - want) <= slack, f"{what}: {got} pages, the kernel counts {want}")


def compare_with_kernel(t, g, loaded, without=()):
    """The census against the kernel's counters, which move a little meanwhile; without: kinds this kernel lacks."""
    kinds, kernel, percpu = undisturbed(g, lambda: (census(g), kernel_counts(g), percpu_count(g)))
    near(kinds.get("table", 0), kernel["PageTables"], "page tables")
    near(kinds.get("slab", 0), kernel["Slab"], "slab")
    near(kinds.get("free", 0), kernel["MemFree"], "free")
    near(kinds.get("percpu", 0), percpu, "on per-cpu lists")
    near(kinds.get("anonhuge", 0), kernel["AnonHugePages"], "anonymous huge")
    near(kinds.get("shmem", 0), kernel["Shmem"], "shmem")
    require_equal(kinds.get("hugetlb", 0), kernel["Hugetlb"], "hugetlb pages")
    if loaded:
        missing = [kind for kind in LOADED_KINDS if not kinds.get(kind) and kind not in without]
        require(not missing, f"the load should have made {missing}, the census has {kinds}")
        t.note(" ".join(f"{kind} {pages}" for kind, pages in kinds.items() if pages))


def check_all(t, g):
    records = g.json("ramscope check --json", 240, statuses=(0, 1))
    found = one(records, "check", "check")
    t.note(f"{found['compared']} compared, {found['changed']} changed, {found['disagreements']} disagree")
    require_equal(found["disagreements"], 0, f"disagreements ({rows(records, 'check', 'disagreement')[:4]})")
    require_equal(found["unread"], 0, "struct pages not read")
    require_equal(found["pages"], found["compared"] + found["changed"], "struct pages")
    require(found["changed"] * 1000 <= found["pages"], f"{found['changed']} pages would not hold still")
    # Nothing is left out: the kernel's file has a word for each pfn.
    total = int(g.sh("cat /proc/kpageflags | wc -c", 120)) // 8
    require_equal(found["pages"] + found["holes"], total, "pfns looked at")
    require(rows(records, "check", "not_compared"), "the bits that cannot be derived are not listed")


def oracle(t, mem):
    with Guest(t.board, mem) as g:
        compare_with_kernel(t, g, False)
        check_all(t, g)
        g.start("load", rb"^load ready", 240)
        compare_with_kernel(t, g, True)
        check_all(t, g)


@test
def oracle_512m(t):
    """check finds 0 disagreements in a guest of 512 MiB, idle and with every kind of page in it."""
    oracle(t, "512M")


@test
def oracle_4g(t):
    """The same in 4 GiB, which have a hole for PCI."""
    oracle(t, "4G")


@test
def oracle_8g(t):
    """The same in 8 GiB."""
    oracle(t, "8G")

# A guest of 64 GiB, of which this machine gives what is touched: some more than the page array's 1 GiB.
# How long a census takes there is for tests/bench; here that it is whole, and what memory it needs.

import re

from harness import number, one, require, require_equal, rows, test
from qemu import Guest, sparse_memory
from test_oracle import near, percpu_count

MEM = "64G"
LIMIT_KIB = 8 << 10  # of the guest's memory, for a census


def meminfo(g, key):
    """In KiB."""
    return int(re.search(rf"^{key}: +(\d+)", g.sh("cat /proc/meminfo"), re.M)[1])


def ram_pages(g):
    """Whole pages of RAM in the kernel's own list."""
    ram = re.findall(r"^(\w+)-(\w+) : System RAM$", g.sh("cat /proc/iomem"), re.M)
    return sum((int(last, 16) + 1 >> 12) - (int(start, 16) + 4095 >> 12) for start, last in ram)


def census(g):
    """The record of the pass, and {kind: pages}."""
    records = g.json("ramscope pages --json")
    return one(records, "pages", "census"), {r["kind"]: r["pages"] for r in rows(records, "pages", "kind")}


def compare_totals(t, g, hugetlb=0):
    found, kinds = census(g)
    require_equal(found["ram_pages"], ram_pages(g), "pages of RAM")
    require_equal(sum(kinds.values()), found["scanned"], "sum over the kinds")
    require_equal(found["scanned"], found["end_pfn"], "pfns scanned")
    require_equal(kinds["unreadable"], 0, "unreadable")
    require_equal(kinds["hugetlb"], hugetlb, "hugetlb")
    # Together: the kernel moves them from the per-cpu lists to the others, thousands at once.
    near(kinds["free"] + kinds["percpu"], meminfo(g, "MemFree") // 4 + percpu_count(g), "free", 3000)
    t.note(f"{found['ram_pages']} pages of RAM, {hugetlb} of them hugetlb")


def compare_memory(t, g, passes):
    """Resident at the most, and the page tables; and what is missing from the machine's free memory meanwhile."""
    _, status, _ = g.hold(f"census{g.number}", 1 << 16, "ramscope pages --json")
    require_equal(status, 0, "exit status")
    said = g.sh("for p in /proc/[0-9]*; do grep -q 'Name:.ramscope' $p/status && cat $p/status; done", statuses=(0, 1))
    kib = {key: int(value) for key, value in re.findall(r"^(VmHWM|VmPTE):\s+(\d+) kB", said, re.M)}
    require(len(kib) == 2 and sum(kib.values()) < LIMIT_KIB, f"memory of the process: {kib}")
    before = meminfo(g, "MemFree")
    g.send(f"& sh -c 'i=0; while [ $i -lt {passes} ]; do ramscope pages >/dev/null; i=$((i + 1)); done; >/tmp/over'")
    said = g.sh("while [ ! -e /tmp/over ]; do grep MemFree /proc/meminfo; done; rm /tmp/over", 300)
    missing = before - min(int(n) for n in re.findall(r"MemFree: +(\d+)", said))
    require(missing < LIMIT_KIB, f"{missing} KiB less were free during {passes} passes")
    t.note(f"{kib['VmHWM']} KiB resident, page tables {kib['VmPTE']} KiB; {missing} KiB less free meanwhile")


@test
def growth_64g(t):
    """The census of 64 GiB: whole, in under 8 MiB of memory."""
    with Guest(t.board, MEM, extra=sparse_memory(MEM)) as g:
        compare_totals(t, g)
        compare_memory(t, g, 20)
        end = census(g)[0]["end_pfn"]
        page = one(g.json(f"ramscope page {end - 1:#x} --json"), "page", "page")
        require_equal(number(page["pfn"]), end - 1, "the last page")
        drawn = rows(g.json("ramscope pages --map --json"), "pages", "map")
        require(0 < len(drawn) <= 32, f"{len(drawn)} rows in the drawing")


@test
def growth_in_pieces(t):
    """The same with hugetlb pages whose struct pages are optimised away: the array in thousands of pieces."""
    with Guest(t.board, MEM, "hugetlb_free_vmemmap=on", sparse_memory(MEM)) as g:
        g.sh("echo 4096 >/proc/sys/vm/nr_hugepages", 240)
        compare_totals(t, g, 4096 * 512)
        pieces = rows(g.json("ramscope map --json", 120), "map", "page_array")
        require(4096 <= len(pieces) < 10000, f"{len(pieces)} pieces of the page array")
        compare_memory(t, g, 3)
        t.note(f"{len(pieces)} pieces")

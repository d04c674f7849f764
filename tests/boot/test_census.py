# The census on every board: by the best route that is open, complete, and the same as the kernel's own account.
# What a struct page says is compared page by page by ramscope's own command check; here sums, with other readers.

import re

from harness import exit_statuses, one, require, require_equal, rows, test
from matrix import Cells
from qemu import Guest
from test_oracle import compare_with_kernel, kernel_counts, near, undisturbed

# Which route serves struct pages, by hand from what each board's kernel forbids.
SOURCES = {
    "debian-stock": "kcore",
    "debian-stock-uefi": "kcore",
    "debian-stock-686": "kcore",
    "debian-stock-686-pae": "kcore",
    "qemu-i386": "mmap",
    "qemu-i386-pae": "mmap",
    "qemu-i386-sparse": "mmap",
    "qemu-microvm": "mmap",
    "qemu-x86_64": "mmap",
    "qemu-x86_64-hazards": "mmap",
    "qemu-x86_64-hotplug": "mmap",
    "qemu-x86_64-hugepages": "mmap",
    "qemu-x86_64-iostrict": "kcore",
    "qemu-x86_64-la57": "mmap",
    "qemu-x86_64-lockdown-confidentiality": "kpageflags",
    "qemu-x86_64-lockdown-integrity": "kcore",
    "qemu-x86_64-nodevmem": "kcore",
    "qemu-x86_64-numa": "mmap",
    "qemu-x86_64-pat": "read",
    "qemu-x86_64-shifted": "mmap",
    "qemu-x86_64-slob": "mmap",
    "qemu-x86_64-strict": "kcore",
}

# Each in this order of preference; where one is open, those behind it are.
METHODS = ("mmap", "read", "kcore")

# Kinds that the load cannot make there: these kernels have no CONFIG_MEMORY_FAILURE.
LACKING = {"debian-stock": ("hwpoison",), "debian-stock-uefi": ("hwpoison",), "qemu-i386-sparse": ("hwpoison",),
           "qemu-x86_64-slob": ("hwpoison",)}

# What page-types calls the flags that settle a kind, by number: Documentation/admin-guide/mm/pagemap.rst; 32 from
# include/linux/kernel-page-flags.h. First that is set.
SETTLING = (("hole", 20), ("hwpoison", 19), ("free", 10), ("hugetlb", 17), ("slab", 7), ("offline", 23), ("table", 26),
            ("reserved", 32))


def told_census(g, options=""):
    """The records and {kind: pages} of a census; the total is what was scanned."""
    records = g.json(f"ramscope pages --json {options}", statuses=(0, 1))  # 1: bad memory
    kinds = {r["kind"]: r["pages"] for r in rows(records, "pages", "kind")}
    require_equal(sum(kinds.values()), one(records, "pages", "census")["scanned"], f"sum over the kinds, {options}")
    require_equal(kinds["unreadable"], 0, f"pages not read, {options}")
    return records, kinds


def page_types(g):
    """{kind: pages} of the kinds that one flag settles, by the kernel's own reader of the file."""
    sums = dict.fromkeys([kind for kind, _ in SETTLING] + ["rest"], 0)
    for word, pages in re.findall(r"^(0x[0-9a-f]{16})\s+(\d+)\s", g.sh("page-types -r", 120), re.M):
        kind = next((kind for kind, bit in SETTLING if int(word, 16) >> bit & 1), "rest")
        sums[kind] += int(pages)
    return sums


def compare_told(t, g, cells, state):
    """The census out of kpageflags against the one before it, against page-types and against meminfo."""
    (_, best), (records, told), others, kernel = undisturbed(g, lambda: (
        told_census(g), told_census(g, "--method=kpageflags"), page_types(g), kernel_counts(g)))
    require_equal(one(records, "pages", "census")["source"], "kpageflags", "source")
    require_equal(rows(records, "pages", "zone") + rows(records, "pages", "order"), [], "zones and orders of kpageflags")
    require("kpageflags" in rows(records, "pages", "note")[0]["text"], "the first note does not say where it is from")
    require_equal(told["percpu"], 0, "percpu, which that file does not tell")
    for kind in told.keys() - {"percpu", "kernel", "free"}:
        near(told[kind], best[kind], f"{kind} by kpageflags")
    near(told["kernel"], best["percpu"] + best["kernel"], "kernel and percpu by kpageflags")
    near(told["free"], best["free"], "free by kpageflags", 1500)
    for kind in ("hole", "notram", "reserved", "hwpoison", "hugetlb", "offline"):  # these do not move
        require_equal(told[kind], best[kind], f"{kind} by kpageflags")
    others["reserved"] -= told["notram"]
    for kind, _ in SETTLING:
        near(told[kind], others[kind], f"{kind} by page-types", 1500)
    near(told["free"], kernel["MemFree"], "free", 1500)
    near(told["slab"], kernel["Slab"], "slab")
    near(told["shmem"], kernel["Shmem"], "shmem")
    require_equal(told["hugetlb"], kernel["Hugetlb"], "hugetlb")
    used = sum(others.values()) - others["hole"]
    cells.compared("kpageflags", state, used, 0)
    t.note(f"page-types: {used} pages, free {others['free']} and here {told['free']}")


def compare_check(t, g, cells, state):
    """0 disagreements by each method that is open; each that is closed says what closes it."""
    source = SOURCES[t.board.name]
    opened = () if source == "kpageflags" else METHODS[METHODS.index(source):]
    if not opened:
        status, text = g.try_sh("ramscope check 2>&1")
        require_equal(status, exit_statuses()["unsupported"], "exit status of check")
        require("nothing to compare" in text, f"check said {text!r}")
    for method in METHODS:
        if method not in opened:
            cells.closed(method, refusal(g, method))
    t.all_of(*(lambda method=method: check_by(t, g, f"--method={method}", cells, state) for method in opened))


def refusal(g, method):
    """The cause that is told of a method which the kernel does not let through."""
    status, said = g.try_sh(f"ramscope pages --method={method} 2>&1", 120)
    require_equal(status, exit_statuses()["refused"], f"exit status of {method}: {said[-300:]}")
    cause = re.search(r"^ramscope: cause: (.*(?:\n {10}.*)*)", said, re.M)
    require(cause, f"{method}: no cause: {said[-300:]}")
    return re.sub(r"\s+", " ", cause[1])


def check_by(t, g, options="", cells=None, state=None):
    # By mmap, a page array that hugetlb pages have torn into thousands of pieces takes its time.
    records = g.json(f"ramscope check --json {options}", 600, statuses=(0, 1))
    found = one(records, "check", "check")
    if cells:
        cells.compared(options.partition("=")[2], state, found["compared"], found["disagreements"])
    t.note(f"{options} {found['compared']} compared, {found['changed']} changed, {found['disagreements']} disagree")
    require_equal(found["disagreements"], 0, f"disagreements ({rows(records, 'check', 'disagreement')[:4]}, "
                  f"{[r['evidence'] for r in rows(records, item='finding')][:4]})")
    require_equal(found["unread"], 0, "struct pages not read")
    require(found["changed"] * 200 <= found["pages"], f"{found['changed']} pages would not hold still")
    total = int(g.sh("cat /proc/kpageflags | wc -c", 120)) // 8
    require_equal(found["pages"] + found["holes"], total, "pfns looked at")


def compare_best(t, g, loaded):
    """By the best route that is open, which is the one by hand; where it is the lesser source, it says why."""
    records, _ = told_census(g)
    source = one(records, "pages", "census")["source"]
    require_equal(source, SOURCES[t.board.name], "the route that served the census")
    if source == "kpageflags":
        said = one(records, "pages", "error")
        require("lock" in f"{said['message']} {said['cause']}", f"why it is the lesser source: {said}")
    else:
        compare_with_kernel(t, g, loaded, LACKING.get(t.board.name, ()))


def whole_census(t, g, cells, state):
    t.all_of(lambda: compare_check(t, g, cells, state),
             lambda: compare_best(t, g, state == "loaded"),
             lambda: compare_told(t, g, cells, state))


@test(boards="all", series="all")
def census_everywhere(t):
    """The census is complete and agrees with check, page-types and meminfo, idle and loaded."""
    with Cells(t.board) as cells, Guest(t.board) as g:
        def loaded():
            # Of 128 MiB there is little left, and of 5 GiB a 32-bit process cannot map enough.
            g.start("load 64" if t.board.keys["ARCH"] == "i386" else "load", rb"^load ready", 240)
            whole_census(t, g, cells, "loaded")

        t.all_of(lambda: whole_census(t, g, cells, "idle"), loaded)


@test(boards=[name for name, source in SOURCES.items() if source == "kpageflags"])
def census_without_memory(t):
    """Where memory is refused as a whole: the drawing, a kind's list, and a report that is no failure."""
    with Guest(t.board) as g:
        _, kinds = told_census(g)
        drawn = rows(g.json("ramscope pages --map --json"), "pages", "map")
        require(drawn and "R" in "".join(r["cells"] for r in drawn), f"the map: {drawn[:2]}")
        listed = rows(g.json("ramscope pages --kind=reserved --json"), "pages", "range")
        require_equal(sum(r["pages"] for r in listed), kinds["reserved"], "reserved pages listed")
        end = one(g.json("ramscope report --json"), "ramscope", "end")
        require_equal(end["status"], 0, "status of the report")
        text = g.sh("ramscope pages").splitlines()
        require("/proc/kpageflags" in text[1], f"the first line says {text[1]!r}")
        for command in ("page 256", "walk 0xffffea0000000000", "pages --method=mmap", "dump 0x100000"):
            status, said = g.try_sh(f"ramscope {command} 2>&1")
            require(status == exit_statuses()["refused"], f"'{command}' ended with {status}: {said}")
        told = g.sh("ramscope page 0 2>&1", statuses=(exit_statuses()["refused"],))
        require(re.search(r"^kernel says +RESERVED$", told, re.M), f"page 0: {told}")


@test(boards="qemu-x86_64-strict")
def census_with_kcore_hidden(t):
    """/dev/mem opens and shows no RAM, and nothing else does: counted by kpageflags, capabilities gone by then."""
    with Guest(t.board) as g:
        g.sh("mount -o bind /dev/null /proc/kcore")
        records, kinds = told_census(g)
        require_equal(one(records, "pages", "census")["source"], "kpageflags", "source")
        require("STRICT_DEVMEM" in one(records, "pages", "error")["cause"], "the cause is not said")
        near(kinds["free"], kernel_counts(g)["MemFree"], "free")
        require_equal(kinds["notram"], page_types(g)["reserved"] - kinds["reserved"], "pages that are not RAM")
        # Not 0: a kcore that is none is a finding of section access.
        report = g.json("ramscope report --json", statuses=(exit_statuses()["findings"],))
        require_equal(one(report, "pages", "census")["source"], "kpageflags", "source in the report")
        g.sh("umount /proc/kcore")


@test(boards="debian-stock")
def census_fake_heads(t):
    """check agrees where tails' struct pages are the head's page once more (hugetlb_free_vmemmap)."""
    with Guest(t.board, append="hugetlb_free_vmemmap=on") as g:
        g.start("load", rb"^load ready", 240)
        listed = rows(g.json("ramscope pages --kind=hugetlb --json"), "pages", "range")
        first = int(listed[0]["first_pfn"], 16)
        # Eight pages of struct pages a huge page: the second begins with a head that is none.
        found = one(g.json(f"ramscope page --json {first + 64}"), "page", "compound")
        require_equal((found["role"], int(found["head_pfn"], 16)), ("tail", first), "the page's role")
        check_by(t, g)


@test
def census_without_privileges(t):
    """Root without CAP_SYS_RAWIO has the census still; without CAP_SYS_ADMIN, or as nobody, it says what is missing."""
    rawio, admin = 17, 21  # include/uapi/linux/capability.h
    with Guest(t.board) as g:
        records, kinds = g.json(f"as 0 {rawio} ramscope pages --json"), {}
        for row in rows(records, "pages", "kind"):
            kinds[row["kind"]] = row["pages"]
        require_equal(one(records, "pages", "census")["source"], "kpageflags", "source without CAP_SYS_RAWIO")
        require("CAP_SYS_RAWIO" in one(records, "pages", "error")["cause"], "the cause is not said")
        near(kinds["free"], kernel_counts(g)["MemFree"], "free")
        # The file's owner may open it, whatever it can do besides.
        require_equal(g.sh("as 0 all head -c 8 /proc/kpageflags | wc -c").strip(), "8", "bytes without capabilities")
        for who, word, name in ((f"0 {admin}", "iomem", "iomem"), ("0 all", "iomem", "iomem"),
                                ("65534 none", "kpageflags", "unsupported")):
            status, said = g.try_sh(f"as {who} ramscope pages --method=kpageflags 2>&1")
            require(word in said, f"as {who}: {said}")
            require_equal(status, exit_statuses()[name], f"exit status as {who}")
        status, said = g.try_sh("as 65534 none ramscope pages 2>&1")
        require_equal(status, exit_statuses()["refused"], f"exit status as nobody ({said})")

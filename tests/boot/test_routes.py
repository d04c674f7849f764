# The routes to memory: the same bytes by each, which one served, and false zeros never shown.
# What a census makes of them is tested in test_census.py.

import json
import re

from harness import exit_statuses, one, require, require_equal, rows, test
from qemu import Guest

# By board, from what its kernel forbids: the methods that reach RAM above 1 MiB.
REACH = {
    "qemu-x86_64": ("mmap", "read", "kcore"),
    "qemu-x86_64-pat": ("read", "kcore"),
    "qemu-x86_64-strict": ("kcore",),
    "qemu-x86_64-lockdown-integrity": ("kcore",),
    "qemu-x86_64-nodevmem": ("kcore",),
    "debian-stock": ("kcore",),
}
METHODS = ("mmap", "read", "kcore")
LOW = {"qemu-x86_64-strict", "debian-stock"}  # where read() gives zeros below 1 MiB
PAGES = 4


def code(g):
    """Where kernel code begins; kernel text does not change, so every look at it shows the same."""
    line = next(line for line in g.sh("cat /proc/iomem").splitlines() if "Kernel code" in line)
    return int(line.split("-")[0], 16)


@test(boards=list(REACH))
def routes_same_bytes(t):
    """Kernel code by each method that the kernel lets through: QEMU's own bytes; the others are refused."""
    size = PAGES * 4096
    with Guest(t.board) as g:
        at = code(g)
        for method in METHODS:
            command = f"ramscope --method={method} dump --json {at:#x}+{size:#x}"
            if method in REACH[t.board.name]:
                records = g.json(command, 120)
                got = bytes.fromhex("".join(r["hex"] for r in rows(records, "dump", "bytes")))
                require(got == g.memory(at, size), f"{method}: {len(got)} bytes, not those of {at:#x}")
                t.note(f"{len(got)} by {method}")
            else:
                status, said = g.try_sh(f"{command} 2>&1", 120)
                require_equal(status, exit_statuses()["refused"], f"status of {method}: {said[-300:]}")
                require("cause:" in said, f"{method}: no cause: {said[-300:]}")


@test(boards=list(REACH))
def routes_served(t):
    """Section routes: what the best route gave, and why those before it did not."""
    best = REACH[t.board.name][0]
    with Guest(t.board) as g:
        served = {r["method"]: r for r in rows(g.json("ramscope report --json"), "routes", "route")}
        require_equal(tuple(served), METHODS, "methods")
        # The struct pages alone are 8 MiB in the guest's 512 MiB.
        require(served[best]["bytes"] >= 8 << 20, f"{best} served {served[best]}")
        for method in METHODS[: METHODS.index(best)]:
            require(served[method]["cause"], f"no cause why not {method}: {served[method]}")
            require(served[method]["bytes"] < 2 << 20, f"{method} served {served[method]}")


@test(boards=sorted(LOW | {"qemu-x86_64"}))
def routes_withheld(t):
    """RAM below 1 MiB by read() under STRICT_DEVMEM: an error of its own; by mmap the bytes."""
    strict = t.board.name in LOW
    with Guest(t.board) as g:
        status, said = g.try_sh("ramscope --method=read dump 0x2000+4K 2>&1")
        require_equal(status, exit_statuses()["withheld"] if strict else 0, f"status: {said}")
        require(("-- withheld: 0x2000-0x2fff" in said) == strict, said)
        require_equal(g.try_sh("ramscope dump 0x2000+4K")[0], 0, "status of dump by mmap")
        low = rows(g.json("ramscope --method=read low --json; true"), "low", "page")
        states = {r["state"] for r in low if int(r["start"], 16) <= 0x2000 < int(r["end"], 16)}
        require(any("withheld" in state for state in states) == strict, f"states: {states}")
        require(("withheld" in g.try_sh("ramscope --method=read low")[1]) == strict, "the text of low")


@test(boards=["qemu-x86_64-pat", "qemu-x86_64-strict", "qemu-x86_64-iostrict", "debian-stock"])
def routes_by_range(t):
    """One range by one route, the next by another, in one run: the first MiB is mapped where RAM above is not."""
    best = "read" if t.board.name == "qemu-x86_64-pat" else "kcore"
    edge, half = 0x100000, 8192
    with Guest(t.board) as g:
        # The ROM below 1 MiB holds still; so does, in an idle guest, what the boot left above.
        records = g.json(f"ramscope dump --json {edge - half:#x}+{2 * half:#x}")
        got = bytes.fromhex("".join(r["hex"] for r in rows(records, "dump", "bytes")))
        require_equal(got, g.memory(edge - half, 2 * half), f"bytes around {edge:#x}")
        for method, cause in (("mmap", "not readable"), (best, "")):
            text = g.try_sh(f"ramscope --method={method} dump {edge - half:#x}+{2 * half:#x}")[1]
            for row in edge - half, edge:
                by_it = method == "mmap" and row < edge or method == "read" or method == "kcore" and row >= edge
                require((f"{row:08x}: " in text) == by_it, f"{method}, {row:#x}: {text[-400:]}")
            require(cause in text, f"{method}: {text[-400:]}")
        served = {r["method"]: r for r in rows(g.json("ramscope report --json"), "routes", "route")}
        require(0 < served["mmap"]["bytes"] <= edge, f"the first MiB by mmap: {served['mmap']}")
        require("forbid" in served["mmap"]["cause"], f"why not the rest: {served['mmap']}")
        require(served[best]["bytes"] >= 8 << 20, f"the rest by {best}: {served[best]}")
        text = g.sh("ramscope report")
        require(re.search("^mmap.* not everywhere: .*forbid", text, re.M), f"section routes: {text[-900:]}")


@test(boards="qemu-x86_64-lockdown-confidentiality")
def routes_asked_once(t):
    """Four sections need memory; what did not open for the first of them is not tried again for the others."""
    with Guest(t.board) as g:
        said = g.try_sh("ramscope report --json")[1]
        records = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        for path in "/dev/mem", "/proc/kcore":
            times = [r["times"] for r in rows(records, "receipt", "log") if "Lockdown: ramscope: " + path in r["text"]]
            require_equal(times, [1], f"lines of the kernel log about {path}")


@test(boards="qemu-x86_64-lockdown-confidentiality")
def routes_map_alone(t):
    """Without a way to memory the kernel's map is shown all the same, then why there is no more."""
    with Guest(t.board) as g:
        want = [line.split(":")[0].strip() for line in g.sh("cat /proc/iomem").splitlines() if "System RAM" in line]
        status, said = g.try_sh("ramscope map --json")
        require_equal(status, exit_statuses()["refused"], f"status: {said[-300:]}")
        lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        got = [f"{int(r['start'], 16):08x}-{int(r['last'], 16):08x}" for r in rows(lines, "map", "iomem")
               if "System RAM" in r["name"]]
        require_equal(got, want, "System RAM")
        sums = {r["row"]: r["kib"] for r in rows(lines, "map", "balance")}
        require(sums["ram"] > 400000 and sums["unexplained"] == 0, f"{sums}")
        require_equal(rows(lines, "map", "page_array"), [], "struct pages, of which nothing can be known")


@test(boards="qemu-x86_64-lockdown-confidentiality")
def routes_none_opens(t):
    """When no route opens, one message has all of them, each with its cause."""
    with Guest(t.board) as g:
        status, said = g.try_sh("ramscope dump 0x1000 2>&1")
        require_equal(status, exit_statuses()["refused"], f"status: {said}")
        first = said.split("cause:")[0]
        require("no route to memory" in first and "/dev/mem" in first and "/proc/kcore" in first, said)
        require("locked down" in said and "no /proc/kcore" in said, f"causes: {said}")
        require_equal(g.try_sh("ramscope --method=kcore dump 0x1000 2>&1")[1].count("/dev/mem"), 0, "kcore names /dev/mem")


# A TDX or SEV guest, as far as a file can tell. The kernel clears SEV's flag in a guest whose firmware hides the
# register behind it (arch/x86/kernel/cpu/amd.c, early_detect_mem_encrypt()): then the log alone tells.
CONFIDENTIAL = {
    "TDX by its flag": ("sed 's/^flags.*/& tdx_guest/' /proc/cpuinfo >/tmp/cpu; mount -o bind /tmp/cpu /proc/cpuinfo",
                        "umount /proc/cpuinfo"),
    "SEV by the log": ("echo '<6>Memory Encryption Features active: AMD SEV' >/dev/kmsg", "true"),
}


@test(boards=["qemu-x86_64", "debian-stock"])
def routes_confidential(t):
    """In a TDX or SEV guest /dev/mem stays closed: /proc/kcore serves all, and section routes says why."""
    with Guest(t.board) as g:
        at = code(g)
        for what, (make, undo) in CONFIDENTIAL.items():
            require_equal(g.try_sh("ramscope --method=mmap dump 0xf0000+16 2>&1")[0], 0, f"mmap before {what}")
            g.sh(make)
            served = {r["method"]: r for r in rows(g.json("ramscope report --json"), "routes", "route")}
            require_equal((served["mmap"]["bytes"], served["read"]["bytes"]), (0, 0), f"{what}: bytes by /dev/mem")
            require(served["kcore"]["bytes"] >= 8 << 20, f"{what}: {served['kcore']}")
            for method in "mmap", "read":
                require("TDX or SEV" in served[method]["cause"], f"{what}: why not {method}: {served[method]}")
                status, said = g.try_sh(f"ramscope --method={method} dump {at:#x}+16 2>&1")
                require_equal(status, exit_statuses()["guard"], f"{what}, {method}: {said}")
                require("TDX or SEV" in said, f"{what}, {method}: {said}")
            require_equal(g.try_sh(f"ramscope dump {at:#x}+16 2>&1")[0], 0, f"{what}: dump by itself")
            # Page 0 is in no segment of /proc/kcore: nothing is left to read it by.
            status, said = g.try_sh("ramscope dump 0x400+16 2>&1")
            require(status != 0 and "0000400: " not in said, f"{what}: page 0: {said}")
            told = g.json(f"ramscope why --json {at:#x}", statuses=(0, 1))
            allowed = {r["method"]: r["allowed"] for r in rows(told, "why", "verdict")}
            require_equal(allowed, {"mmap": False, "read": False, "kcore": True}, f"{what}: why")
            g.sh(undo)

# Everything at once that could kill a kernel that is looked at: bad, secret, ballooned, offline and hot-removed
# memory, on a kernel that panics at the first warning. It lives, and each page that is left alone has its reason.

import re
import time

from harness import exit_statuses, one, require, require_equal, test
from qemu import Guest

COMMANDS = (
    "report", "report --json", "access", "map", "low", "pages", "pages --map", "pages --kind=hwpoison",
    "pages --list=0+4096", "page 0x100", "walk 0xffffffff81000000", "why 0x100000", "dump 0x400+256",
    "dump --vmcoreinfo", "dump --pages=0+1", "dump --raw 0x100000+64K >/dev/null", "check",
)


def wait_until(seconds, what, condition):
    deadline = time.monotonic() + seconds
    while not condition():
        require(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        time.sleep(0.2)


def dump_says(g, phys, reason, methods=("auto", "mmap", "read", "kcore")):
    """Each method leaves the page alone, says why, and shows none of its bytes."""
    for method in methods:
        status, text = g.try_sh(f"ramscope --method={method} dump {phys:#x}+4096")
        require(status not in (0, 128 + 7, 128 + 9, 128 + 11), f"{method}: dump of {phys:#x} ended with {status}")
        require(reason in text, f"{method}: {reason!r} is not the reason given for {phys:#x}: {text}")
        require(not re.search(r"^[0-9a-f]{8,}: ", text, re.M), f"{method}: bytes of {phys:#x} are shown: {text}")


def poison(t, g):
    """A page poisoned by madvise is in the load; one more by the injector."""
    pfn = int(g.start("mark 1", rb"^mark (0x[0-9a-f]+) [0-9a-f]+\r?\n")[1], 16)
    g.sh(f"echo {pfn:#x} >/sys/kernel/debug/hwpoison/corrupt-pfn")
    kind = one(g.json(f"ramscope page {pfn:#x} --json"), "page", "page")["kind"]
    require_equal(kind, "hwpoison", "kind of the page given to hwpoison-inject")
    dump_says(g, pfn << 12, "hwpoison")
    t.note(f"poisoned {pfn:#x}")


def secret(t, g):
    pfn = int(g.start("secret", rb"^secret (0x[0-9a-f]+) [0-9a-f]+\r?\n")[1], 16)
    dump_says(g, pfn << 12, "unmapped")
    t.note(f"secret {pfn:#x}")


def balloon(t, g):
    g.qmp("balloon", value=400 << 20)
    wait_until(60, "the balloon takes pages", lambda: g.qmp("query-balloon")["actual"] <= 400 << 20)
    runs = g.json("ramscope pages --kind=offline --json")
    pfns = [int(r["first_pfn"], 16) for r in runs if r["item"] == "range"]
    require(pfns, "the balloon took pages and none of them is offline")
    dump_says(g, pfns[0] << 12, "offline")
    t.note(f"{len(pfns)} ranges in the balloon")


def plug(g, name, mib):
    g.qmp("object-add", **{"qom-type": "memory-backend-ram", "id": f"of-{name}", "size": mib << 20})
    g.qmp("device_add", driver="pc-dimm", id=name, memdev=f"of-{name}")


def states(g):
    """{block: online or offline}"""
    text = g.sh("cd /sys/devices/system/memory; for m in memory*; do echo $m $(cat $m/state); done")
    return dict(line.split() for line in text.splitlines())


def offline_block(t, g):
    """A block of memory is taken offline by hand; /proc/iomem goes on calling it RAM."""
    before = states(g)
    plug(g, "spare", 128)
    wait_until(30, "the DIMM is online", lambda: states(g).keys() - before.keys() and
               set(states(g).values()) == {"online"})
    block = (states(g).keys() - before.keys()).pop()
    g.sh(f"echo offline >/sys/devices/system/memory/{block}/state", 120)
    size = int(g.sh("cat /sys/devices/system/memory/block_size_bytes"), 16)
    phys = int(g.sh(f"cat /sys/devices/system/memory/{block}/phys_index"), 16) * size
    require(re.search(f"{phys:09x}-.*System RAM", g.sh("cat /proc/iomem")), f"{block} at {phys:#x} is not in /proc/iomem")
    dump_says(g, phys, "online")
    t.note(f"{block} offline")


def plug_while_scanning(t, g):
    """A DIMM comes and goes while reports are made one after the other."""
    g.start("sh -c 'echo scanning; i=0; while [ ! -e /tmp/stop ]; do ramscope report --json >/tmp/report; "
            "echo $? >>/tmp/statuses; i=$((i + 1)); done; echo scans $i; >/tmp/stopped'", rb"^scanning\r?\n")
    for round_ in range(2):
        name = f"dimm{round_}"
        plug(g, name, 256)
        time.sleep(1.5)
        g.qmp("device_del", id=name)
        wait_until(60, f"{name} goes", lambda: name not in str(g.qmp("query-memory-devices")))
        g.qmp("object-del", id=f"of-{name}")
    g.sh(">/tmp/stop; while [ ! -e /tmp/stopped ]; do sleep 1; done", 60)
    statuses = set(g.sh("cat /tmp/statuses").split())
    require(statuses, "no scan was made")
    require(statuses <= {"0", "1"}, f"reports ended with {statuses}")
    t.note("DIMM plugged and unplugged twice during scans")


@test(boards="qemu-x86_64-hazards")
def survive(t):
    """panic_on_warn, oops=panic: every command, 20,000 addresses, every kind of page that must not be touched."""
    with Guest(t.board) as g:
        taint = g.sh("cat /proc/sys/kernel/tainted")
        g.start("load 256", rb"^load ready", 240)
        g.sh("echo online_movable >/sys/devices/system/memory/auto_online_blocks")
        poison(t, g)
        secret(t, g)
        balloon(t, g)
        offline_block(t, g)
        plug_while_scanning(t, g)
        for command in COMMANDS:
            status, text = g.try_sh(f"ramscope {command}", 120)
            # Where KASLR put nothing; a page that is free, which debug_pagealloc unmaps.
            fine = 0, 1, exit_statuses()["not-mapped"], exit_statuses()["guard"]
            require(status in fine, f"{command} ended with {status}: {text[-600:]}")
        bits = re.search(r"(\d+) bits physical", g.sh("cat /proc/cpuinfo"))[1]
        said = g.sh(f"addresses 20000 {bits} ramscope --json why", 600)
        require_equal(re.sub(r".*status=", "", said), f"0:{re.search(r'runs=([0-9]+)', said)[1]},", said)
        t.note(said)
        require_equal(g.sh("cat /proc/sys/kernel/tainted"), taint, "taint")
        g.finish()

# What must not be touched is not: a poisoned page, whatever the method, and the rest of its range is.
# That the guard refuses addresses beyond RAM is tested without a guest, in tests/unit/mem.

from harness import exit_statuses, one, require, require_equal, rows, test
from qemu import Guest


@test
def safe_poisoned_page(t):
    """dump leaves a poisoned page alone, by mmap and by read, and says why; its neighbours are shown."""
    with Guest(t.board) as g:
        g.start("load", rb"^load ready", 240)
        found = rows(g.json("ramscope pages --kind hwpoison --json"), "pages", "range")
        require_equal(len(found), 1, "poisoned pages")
        phys = int(found[0]["phys"], 16)
        require_equal(one(g.json(f"ramscope page --phys {phys:#x} --json"), "page", "page")["kind"], "hwpoison", "kind")
        for method in "mmap", "read":
            text = g.sh(f"ramscope --method={method} dump {phys - 16:#x}-{phys + 0x1010:#x}", 60,
                        (exit_statuses()["guard"],))
            require(f"-- not readable: {phys:#x}-{phys + 0xfff:#x}" in text, f"the page is not named: {text}")
            require("hwpoison" in text, f"no reason is given: {text}")
            require(f"{phys - 16:08x}: " in text and f"{phys + 0x1000:08x}: " in text, f"no neighbours: {text}")
        # Nor does any section of a report come near it: the kernel would have said so.
        report = g.sh("ramscope report", 60, (exit_statuses()["findings"],))
        require(f"{phys:#x}-{phys + 0xfff:#x}: 1 page, says its struct page" in report, f"no finding: {report[-800:]}")
        t.note(f"page {phys:#x}")
        g.finish()


@test(boards="qemu-x86_64-hazards")
def safe_part_ram(t):
    """A page part RAM, part EBDA is mapped and never read(), which makes the kernel warn: here that ends the boot."""
    with Guest(t.board) as g:
        mixed = 0x9f000
        require_equal(g.sh("cat /proc/sys/kernel/panic_on_warn"), "1", "panic_on_warn")
        require("0009fc00-" in g.sh("cat /proc/iomem"), "no RAM ends within the page at 0x9f000")
        text = g.sh(f"ramscope --method=read dump {mixed:#x}+4096", statuses=(exit_statuses()["guard"],))
        require("part RAM, part not" in text, f"no reason: {text}")
        for method in "auto", "mmap":
            g.sh(f"ramscope --method={method} dump {mixed:#x}+4096")
        for command in "low", "report", "access", f"why {mixed:#x}", f"dump --raw {mixed - 4096:#x}-0xa0000 >/dev/null":
            g.try_sh(f"ramscope --method=read {command}")
        require_equal(g.sh("cat /proc/sys/kernel/tainted"), "0", "taint")
        # And that is what would have happened.
        start = g.send(f"& dd if=/dev/mem of=/dev/null bs=4096 skip={mixed // 4096} count=1")
        g.wait_for(rb"Kernel panic .*panic_on_warn", 30, start)
        g.wait_exit(30)

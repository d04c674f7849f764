# The receipt: the kernel's health before and after, against what the kernel's own files say and what the test does.
# Provokes no oops and no warning: a taint and lines in the kernel log stand for them.

import re

from harness import exit_statuses, number, one, require, require_equal, rows, test
from qemu import Guest

CLEAN = "no harm done: taint 0, no oops, no warning, 0 new lines in the kernel log"


# On a busy host the kernel warns of its clock, which is no business of these tests.
QUIET = "tsc=reliable"


def settle(g):
    """Until the kernel has finished what it logs after boot; programs may log as much as they like then."""
    g.sh("echo on >/proc/sys/kernel/printk_devkmsg; while ! dmesg | grep -q 'Switched to clocksource tsc$' "
         "&& [ $(cut -d. -f1 /proc/uptime) -lt 15 ]; do sleep 1; done")


def undisturbed(run):
    """What run() returns when the kernel had nothing to say of its clocks meanwhile, as it has on a busy host."""
    for _ in range(5):
        text = run()
        if not re.search(r"CE: |clocksource|tsc", text):
            return text
    raise AssertionError(f"the kernel's clocks do not come to rest: {text[-500:]}")


def dump_kernel(g):
    """A command whose output fills any pipe, so that it still runs when its first line was read."""
    for line in rows(g.json("ramscope map --json"), "map", "iomem"):
        if line["name"].strip() == "Kernel code":
            return f"dump {number(line['start']):#x}+0x40000"
    raise AssertionError("no line 'Kernel code'")


def meanwhile(g, arguments, action, statuses=(0,)):
    """The receipt of a ramscope that ran while the action, in shell, was done; "" without one."""
    text = g.sh(f"ramscope {arguments} | {{ read -r line; {action}; cat; }}", 60, statuses)
    return text[text.find("=== receipt ==="):] if "=== receipt ===" in text else ""


@test
def receipt_clean(t):
    """A report ends with a clean receipt that agrees with the kernel's files; other commands are silent."""
    with Guest(t.board, append=QUIET) as g:
        settle(g)
        report = undisturbed(lambda: g.sh("ramscope report"))
        require(report.endswith(f"=== receipt ===\n{CLEAN}"), f"not the end of the report: {report[-200:]}")
        item = one(g.json("ramscope report --json"), "receipt", "receipt")
        for key, path in (("taint", "/proc/sys/kernel/tainted"), ("oops", "/sys/kernel/oops_count"),
                          ("warn", "/sys/kernel/warn_count")):
            value = int(g.sh(f"cat {path}"))
            require_equal((item[f"{key}_before"], item[f"{key}_after"]), (value, value), path)
        require_equal(item["changed"], False, "changed")
        text = undisturbed(lambda: g.sh("ramscope page 1"))
        require("receipt" not in text, "a command that changed nothing shows a receipt")
        text = undisturbed(lambda: g.sh("ramscope -v page 1"))
        require(CLEAN in text, "-v shows no receipt")
        require(text.endswith("ramscope ran without capabilities, no privileges to be had, system calls not filtered"),
                f"what was given up: {text[-200:]}")  # this kernel has no seccomp
        failed = exit_statuses()["guard"]
        text = undisturbed(lambda: g.sh("ramscope -v dump 0xa0000", statuses=(failed,)))
        require(CLEAN in text, "no receipt when a command fails")
        g.finish()


@test
def receipt_log(t):
    """Lines that come into the kernel log meanwhile are shown, warnings first, and are not called harm."""
    with Guest(t.board, append=QUIET) as g:
        settle(g)
        dump = dump_kernel(g)
        write = "echo '<6>plain' >/dev/kmsg"
        require_equal(meanwhile(g, dump, "echo '<4>a warning' >/dev/kmsg"), "", "receipt for a line that is no error")
        require("a program: bad" in meanwhile(g, dump, "echo '<3>bad' >/dev/kmsg"), "no receipt for an error")
        more = f"{write}; {write}; echo '<4>odd thing' >/dev/kmsg; " \
               "for i in 1 2 3 4; do echo \"<6>$i\" >/dev/kmsg; done"
        text = undisturbed(lambda: meanwhile(g, f"-v {dump}", more))
        sentence, shown = text.split("\n  ", 1)
        require_equal(sentence.replace("\n", " "), "=== receipt === no harm done: taint 0, no oops, no warning, "
                      "7 new lines in the kernel log since ramscope started", "receipt")
        require_equal(shown.splitlines()[:-1], ["warning  a program: odd thing", "  info     2 times: a program: plain"]
                      + [f"  info     a program: {i}" for i in (1, 2, 3)] + ["  and 1 more: dmesg"], "lines")
        escape = "printf '<4>\\033[31m%0200d\\n' 7 >/dev/kmsg"
        lines = undisturbed(lambda: meanwhile(g, f"-v {dump}", escape)).splitlines()[:-1]
        shown = re.sub(r"\n {11}", "", "\n".join(lines))
        require(re.search(r"\n  warning  a program: *\\x1b\[31m0+$", shown), f"an escape byte: {lines[-4:]}")
        require(max(len(line) for line in lines) <= 80, f"wider than 80 columns: {lines}")
        # More than the kernel keeps: what was overwritten is not passed over.
        flood = "i=0; while [ $i -lt 3000 ]; do printf '<6>%d %0200d\\n' $i 0 >/dev/kmsg; i=$((i+1)); done"
        text = meanwhile(g, f"-v {dump}", flood).replace("\n", " ")
        require("others overwritten" in text, "nothing is said of lost lines")
        g.finish()


@test
def receipt_taint(t):
    """A taint that the kernel gets meanwhile is named; later it is one that was there before."""
    with Guest(t.board, append=QUIET) as g:
        settle(g)
        text = meanwhile(g, dump_kernel(g), "echo 64 >/proc/sys/kernel/tainted").replace("\n", " ")
        require("changed since ramscope started: taint 0 -> 64 (U asked for by a program), no oops" in text, text)
        require("=== findings === error    the kernel is less healthy than when ramscope started"
                "          taint 0 -> 64 (U asked for by a program)" in text, f"no finding: {text}")
        text = g.sh("ramscope report").replace("\n", " ")
        require("no harm done: taint 64 as before (U asked for by a program), no oops" in text, text[-300:])
        g.finish()


@test
def receipt_absent(t):
    """Where the kernel tells nothing, neither does the receipt, and nothing else fails."""
    with Guest(t.board, append=QUIET) as g:
        # Without /sys, sections that need VMCOREINFO may fail.
        may = (0, exit_statuses()["no-vmcoreinfo"])
        g.sh("mount -t tmpfs none /sys; mount -t tmpfs none /proc/sys; rm /dev/kmsg")
        want = "not told whether harm was done: taint not told, oopses not told, warnings not told, kernel log " \
               "not readable (ENOENT No such file or directory)"
        require_equal(g.sh("ramscope report 2>/dev/null", 60, may).split("=== receipt ===\n")[1].replace("\n", " "),
                      want, "receipt")
        item = one(g.json("ramscope report --json 2>/dev/null", 60, may), "receipt", "receipt")
        require_equal((item["taint_before"], item["oops_after"], item["log_lines"]), (None, None, None), "told")
        g.sh("umount /proc/sys /sys; mknod /dev/kmsg c 1 11")
        g.finish()


@test
def receipt_raw(t):
    """dump --raw keeps the receipt and the findings out of the bytes."""
    with Guest(t.board, append=QUIET) as g:
        require_equal(int(g.sh("ramscope -v dump --raw 0x1000+100 2>/tmp/err | wc -c")), 100, "bytes")
        require("harm" in g.sh("cat /tmp/err"), "no receipt on standard error")
        raw = dump_kernel(g).replace("dump", "dump --raw")
        count = int(g.sh(f"ramscope {raw} 2>/tmp/err | {{ dd bs=1 count=1 2>/dev/null; echo 64 >/proc/sys/kernel/tainted; cat; }} | wc -c"))
        require_equal(count, 0x40000, "bytes, with a finding")
        require("=== findings ===" in g.sh("cat /tmp/err"), "no finding on standard error")
        g.finish()

# What a running ramscope has given up, by what the kernel says of it, and what becomes of it when its child is killed.
# Which calls end a confined process, tests/unit/mem/test_confine.c tries one by one.

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import tinykernel as tiny
from harness import exit_statuses, require, require_equal, test
from qemu import Guest

FILTERED = ("debian-stock", "qemu-x86_64-hazards")  # the kernel has CONFIG_SECCOMP_FILTER
LOW = "0xc0000-0x100000"  # everywhere to be read, and more than a pipe and a buffer hold

# A command that waits for somebody to take its output, until the file /tmp/go is there. The shell tells its status.
START = (f"{{ ramscope dump --raw {LOW}; echo $? >/tmp/status; }} | "
         "{ while [ ! -e /tmp/go ]; do sleep 1; done; cat >/tmp/out; : >/tmp/end; }")
EACH = 'for p in /proc/[0-9]*; do if [ "$(cat $p/comm 2>/dev/null)" = ramscope ]; then {}; fi; done'


def processes(g):
    """{pid: {name: value}} of /proc/PID/status, for every ramscope."""
    found = re.split(r"^(?=Name:)", g.sh(EACH.format("cat $p/status 2>/dev/null") + "; true"), flags=re.M)[1:]
    fields = [dict(re.findall(r"^(\w+):[ \t]*(.*?)\r?$", text, re.M)) for text in found]
    return {int(f["Pid"]): f for f in fields if f["State"][0] != "Z"}


def wait_for_processes(g, count):
    for _ in range(100):
        found = processes(g)
        if len(found) == count:
            return found
        time.sleep(0.1)
    require(False, f"processes of ramscope: {sorted(found)}, expected {count}")
    return None


def start(g):
    """(parent, child) of one that waits; what /proc says of all."""
    g.sh("rm -f /tmp/go /tmp/end /tmp/status /tmp/out")
    g.send(f"& sh -c '{START}'")
    found = wait_for_processes(g, 2)
    child = next((p for p, f in found.items() if int(f["PPid"]) in found), None)
    require(child, f"no child among {found}")
    return int(found[child]["PPid"]), child, found


def finish(g):
    """The exit status of the one that waited; its output is then in /tmp/out."""
    g.sh(": >/tmp/go")
    wait_for_processes(g, 0)
    g.sh("while [ ! -e /tmp/end ]; do sleep 1; done")
    return int(g.sh("cat /tmp/status"))


@test(boards=lambda board: board.name in ("qemu-x86_64", *FILTERED))
def confine_given_up(t):
    """No capability, no new privilege, a filter where the kernel has them; nothing open for writing; for both processes."""
    with Guest(t.board) as g:
        parent, child, found = start(g)
        for pid, fields in found.items():
            for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                require_equal(int(fields[name], 16), 0, f"{name} of {pid}")
            require_equal(fields["NoNewPrivs"], "1", f"NoNewPrivs of {pid}")
            require_equal(fields.get("Seccomp"), "2" if t.board.name in FILTERED else None, f"Seccomp of {pid}")
        opened = False
        for fd in g.sh(f"ls /proc/{parent}/fd").split():
            link = g.sh(f"readlink /proc/{parent}/fd/{fd}")
            flags = re.search(r"^flags:\s*(\d+)", g.sh(f"cat /proc/{parent}/fdinfo/{fd}"), re.M)[1]
            require(int(fd) <= 2 or link.startswith("pipe:") or int(flags, 8) & 3 == 0, f"{link} is open for writing")
            if link == "/dev/mem":  # with PAT off it would make an uncached alias of RAM, 5.10 to 6.12
                require_equal(int(flags, 8) & (os.O_SYNC | os.O_DSYNC), 0, "O_SYNC of /dev/mem")
                opened = True
        require(opened, "/dev/mem is not open")
        require_equal(g.sh(f"ls /proc/{child}/fd").split(), ["0", "1"], "descriptors of the child")
        require_equal(finish(g), 0, "exit status")


@test(boards=lambda board: board.name in ("qemu-x86_64", *FILTERED))
def confine_child_killed(t):
    """A killed child is replaced, and nothing is missing from the output; with the parent goes the child."""
    with Guest(t.board) as g:
        start(g)
        require_equal(finish(g), 0, "exit status undisturbed")
        require(" 262144 " in g.sh("ls -l /tmp/out"), "not the whole output")
        g.sh("mv /tmp/out /tmp/whole")
        for signal in ("KILL", "TERM", "SEGV"):
            _, child, _ = start(g)
            g.sh(f"kill -{signal} {child}")
            require_equal(finish(g), exit_statuses()["findings"], f"exit status after SIG{signal}")
            g.sh("cmp /tmp/out /tmp/whole")
        parent, _, _ = start(g)
        g.sh(f"kill -KILL {parent}")
        wait_for_processes(g, 0)


@test(boards=lambda board: board.name in FILTERED)
def confine_commands(t):
    """No command, and no way it can go wrong, makes a call that ends it."""
    words = ["report", "access", "map", "low", "pages", "pages --map", "pages --list 0+4096", "pages --kind slab",
             "page 0x100", "walk 0xffffea0000000000", "why 0x100000 0x9f000 0x620000000000 0xffffffff81000000",
             "dump 0x400+256", "dump 0x3fffffff000+4096", "dump --pages=0x100+1", "dump --vmcoreinfo", "check",
             "--json report", "-v report", "pages >/dev/full"]
    words += [f"--method={method} {command}" for method in ("mmap", "read") for command in ("report", "access")]
    with Guest(t.board) as g:
        for command in words:
            status, out = g.try_sh(f"ramscope {command}", 120)
            require(status in exit_statuses().values(), f"ramscope {command}: status {status}: {out[-300:]}")
        t.note(f"{len(words)} commands")


@test
def confine_fault(t):
    """A file that shrinks while it is read is an error, under the filter too: natively."""
    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "core"
        tiny.write(core)
        with subprocess.Popen([str(t.ramscope), "--mem", str(core), "dump", "--raw", f"0-{tiny.RAM_END:#x}"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            require(process.stdout.read(1), "no output")
            time.sleep(0.2)
            status = Path(f"/proc/{process.pid}/status").read_text()
            require("NoNewPrivs:\t1" in status and "CapEff:\t0000000000000000" in status, "not confined")
            os.truncate(core, 4096)
            _, err = process.communicate(timeout=20)
            require_equal(process.returncode, exit_statuses()["fault"], f"exit status; {err.decode()}")
            require(b"SIGBUS" in err, f"the message does not name the signal: {err.decode()}")

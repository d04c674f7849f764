# A boot as a person sees it: the report on the serial line, its size and form, and init when things go wrong.
# Judges no number in the report and no time.

import json
import re
import subprocess
import tempfile
from pathlib import Path

from harness import ROOT, require, require_equal, test
from qemu import Qemu

SECONDS = 60

# In bytes: what they have with every command, every kernel and every table of the firmware, and a little more, so that
# growth is somebody's decision. Of the report, what a serial line carries in 0.7 s.
BINARY_MAX, INITRAMFS_MAX, KERNEL_MAX, REPORT_MAX = 310_000, 380_000, 1_700_000, 8192


def boot(t, mem=None, append="", initramfs=None):
    """Boots as `make run` does, until the board switches itself off; the log without firmware's output."""
    # quiet hides warnings, and a warning is a failure.
    with Qemu(t.board, mem, f"loglevel=5 {append}", initramfs) as q:
        status = q.wait_exit(SECONDS)
        require_equal(status, 0, "QEMU's exit status")
        bad = q.complaints()
        require(not bad, f"the kernel complained: {bad[:5]}")
        t.note(f"{q.elapsed:.2f} s from exec to power-off")
        return q.text()


def report_of(text):
    """From the first marker, or NDJSON's first line, to the last line, which must be there."""
    match = re.search(r"^(?:=== ramscope (?!done)|\{).*?^=== ramscope done status=(\d+) ===$", text, re.M | re.S)
    require(match, "no report that ends with '=== ramscope done':\n" + text[-1500:])
    return match[0], int(match[1])


def kernel_lines(text):
    return re.sub(r"^\[ *\d+\.\d+\] .*\n", "", text, flags=re.M)


@test
def boot_sizes(t):
    """Binary, initramfs and kernel are within their limits."""
    too_big = []
    for name, path, limit in (("binary", t.ramscope, BINARY_MAX), ("initramfs", t.board.initramfs, INITRAMFS_MAX),
                              ("kernel", t.board.kernel, KERNEL_MAX)):
        size = path.stat().st_size
        t.note(f"{name} {size}")
        if size > limit:
            too_big.append(f"{name} has {size} bytes, {limit} are allowed")
    require(not too_big, "; ".join(too_big))


@test(boards="all")
def boot_report(t):
    """The default boot prints the lines of expect.txt in order, and powers off."""
    text = boot(t)
    report_of(kernel_lines(text))
    at = 0
    for line in (ROOT / "board" / t.board.name / "expect.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.compile(line, re.M).search(text, at)
        require(match, f"nothing matches {line!r} of expect.txt after byte {at}:\n{text[at:][-1500:]}")
        at = match.end()


@test(boards=("qemu-x86_64", "qemu-x86_64-pat"))
def boot_report_form(t):
    """The report is 80 columns of printable ASCII."""
    report, status = report_of(kernel_lines(boot(t)))
    require_equal(status, 0, "status of the report")
    wide = [line for line in report.splitlines() if len(line) > 80]
    require(not wide, f"{len(wide)} lines are wider than 80 columns, such as {wide[:1]}")
    strange = re.findall(r"[^\n -~]", report)
    require(not strange, f"bytes other than printable ASCII: {strange[:5]}")


@test
def boot_report_4g(t):
    """The report of a 4 GiB guest has at most 8 KB."""
    report, _ = report_of(kernel_lines(boot(t, "4G")))
    size = len(report.replace("\n", "\r\n"))
    t.note(f"{size} bytes, {size / 11520:.2f} s at 115200")
    require(size <= REPORT_MAX, f"the report has {size} bytes, {REPORT_MAX} are allowed")


@test
def boot_report_json(t):
    """report --json is NDJSON: every line an object with section and item, in the man page."""
    report, status = report_of(kernel_lines(boot(t, "4G", 'ramscope.cmd="report --json"')))
    require_equal(status, 0, "status of the report")
    sections, items = {}, set()
    for line in report.splitlines():
        if line.startswith("=== "):
            continue
        record = json.loads(line)
        require(isinstance(record.get("section"), str) and isinstance(record.get("item"), str),
                f"no section and item: {line}")
        items.add(record["item"])
        sections[record["section"]] = sections.get(record["section"], 0) + 1
    for name in ("access", "map", "low", "pages"):
        require(sections.get(name), f"no record of section {name}: {sections}")
    manual = (ROOT / "src/ramscope.8").read_text().replace("\\-", "-")
    unknown = [word for word in sorted(items | sections.keys()) if not re.search(rf"\b{word}\b", manual)]
    require(not unknown, f"the man page does not tell of {unknown}")
    t.note(" ".join(f"{name} {count}" for name, count in sections.items()))


def ends_with(t, append, status, *lines, initramfs=None):
    """The board says the status, prints the lines and still switches itself off."""
    text = kernel_lines(boot(t, append=append, initramfs=initramfs))
    done = re.findall(r"^=== ramscope done status=(\d+) ===$", text, re.M)
    require_equal(done, [str(status)], f"'{append}': status of the done line")
    for line in lines:
        require(re.search(line, text, re.M), f"'{append}': nothing matches {line!r}:\n{text[-800:]}")


@test
def boot_init_survives(t):
    """A wrong command, option or range: the console says so and the board goes off."""
    ends_with(t, 'ramscope.cmd="nonsense"', 3, "^ramscope: .*nonsense", "^init: ramscope ended with status 3")
    ends_with(t, 'ramscope.cmd="pages --nonsense"', 2, "^ramscope: .*nonsense", "status 2")
    ends_with(t, 'ramscope.cmd="dump 9-1"', 5, "^ramscope: .*9-1", "status 5")
    ends_with(t, "ramscope.after=nonsense", 0, "ramscope.after=nonsense")



@test
def boot_init_killed(t):
    """A ramscope that is killed by a signal: the console says which, and the board goes off."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tree/bin").mkdir(parents=True)
        for signal, word in ((9, "SIGKILL"), (11, "SIGSEGV")):
            # Archives that follow one another are unpacked over one another.
            stub = folder / "tree/bin/ramscope"
            stub.write_text(f"#!/bin/sh\necho about to die\nkill -{signal} $$\n")
            stub.chmod(0o755)
            subprocess.run([ROOT / "initramfs/pack.sh", "--tree", folder / "tree", folder / "stub"], check=True)
            both = folder / "initramfs"
            both.write_bytes(t.board.initramfs.read_bytes() + (folder / "stub").read_bytes())
            ends_with(t, "", 128 + signal, "^about to die", f"killed by signal {signal} .*{word}", initramfs=both)

#!/usr/bin/python3
# Measures what ramscope costs, side by side with others in the same guest, and prints it beside what is demanded.
# Fails nothing: times depend on the machine, so ratios within one run are what counts. Tests are in tests/boot.

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "boot"))

from board import Board  # noqa: E402
from harness import Context, one  # noqa: E402
from qemu import Guest, Qemu, sparse_memory  # noqa: E402

RUNS = 7
BAUD_BYTES = 11520  # a second, at 115200


def show(what, measured, demanded="", good=None):
    verdict = {None: "", True: "PASS", False: "over"}[good]
    print(f"{what:58} {measured:>16}  {demanded:12} {verdict}".rstrip(), flush=True)


def ms(ns):
    return f"{ns / 1e6:.2f} ms"


def times(output, word):
    """The nanoseconds in a line "<word> ns ns..."."""
    return [int(n) for n in re.search(rf"^{word}((?: \d+)+)$", output, re.M)[1].split()]


def wall(guest, command, runs=1):
    """Whole processes, from start to end."""
    return times(guest.sh(f"bench-run {runs} {command}", 120), "bench-run")


def load(guest):
    """As a machine without bad memory: where there is some, each page is asked about before it is touched."""
    guest.start("load sound", rb"^load ready", 300)


def census(guest, words=""):
    return one(guest.json(f"ramscope pages --json {words}"), "pages", "census")


def best_pass(guest, runs=RUNS):
    """The pass least disturbed by whatever else this machine does."""
    return min(census(guest)["pass_ns"] for _ in range(runs))


def side_by_side(guest, commands, runs=RUNS):
    """Medians of several commands, run in turn so that what disturbs one disturbs all."""
    taken = {name: [] for name in commands}
    for command in commands.values():
        wall(guest, command)
    for _ in range(runs):
        for name, command in commands.items():
            taken[name] += wall(guest, command)
    return {name: statistics.median(values) for name, values in taken.items()}


def bench_loaded(board):
    """The census in a loaded 4 GiB guest, against the kernel's tool and against plain reading."""
    print("\nloaded guest of 4 GiB, medians, all in one run")
    with Guest(board, "4G") as g:
        load(g)
        found = side_by_side(g, {
            "page-types": "page-types",
            "ramscope": "ramscope pages",
            "ramscope by read()": "ramscope --method=read pages",
            "all of /proc/kpageflags": "dd if=/proc/kpageflags of=/dev/null bs=1M",
            "ramscope --version": "ramscope --version",
        })
        for name, ns in found.items():
            show(f"{name}, whole process", ms(ns))
        ratio = found["page-types"] / found["ramscope"]
        show("page-types / ramscope", f"{ratio:.1f}", ">= 25", ratio >= 25)
        array = census(g)
        mib = array["struct_pages"] * array["struct_page_size"] >> 20
        pass_ns, small, huge = [], [], []
        for _ in range(RUNS):
            pass_ns.append(census(g)["pass_ns"])
            small.append(min(times(g.sh(f"sum {mib} small 3"), "sum")))
            huge.append(min(times(g.sh(f"sum {mib} huge 3"), "sum")))
        pass_ns, small, huge = map(statistics.median, (pass_ns, small, huge))
        show(f"the pass over {mib} MiB of struct pages", ms(pass_ns))
        show(f"sum of {mib} MiB of anonymous memory, small pages, best", ms(small))
        show(f"sum of {mib} MiB of anonymous memory, huge pages, best", ms(huge))
        show("pass / sum, small pages", f"{pass_ns / small:.2f}", "<= 0.5", pass_ns <= small / 2)
        show("pass / sum, huge pages", f"{pass_ns / huge:.2f}", "<= 0.5", pass_ns <= huge / 2)


def bench_growth(board):
    """Linear means: a GiB costs the same in a large guest as in a small one."""
    print("\ngrowth of the pass, best of", RUNS)
    for loaded in (False, True):
        per_gib = []
        for gib in (1, 2, 4, 8):
            with Guest(board, f"{gib}G") as g:
                if loaded:
                    load(g)
                ns = best_pass(g)
                per_gib.append(ns / gib)
                show(f"{gib} GiB, {'loaded' if loaded else 'idle'}", ms(ns))
        spread = max(per_gib) / min(per_gib)
        show("dearest GiB / cheapest GiB", f"{spread:.2f}", "linear", spread <= 1.5)


def bench_large(board):
    """The two guests take turns, so that what disturbs one disturbs both."""
    print("\n64 GiB against 4 GiB, medians of", RUNS, "passes each, idle, in turn")
    taken = {}
    with Guest(board, "4G") as small, Guest(board, "64G", extra=sparse_memory("64G")) as large:
        for guest in (small, large):
            census(guest)
            taken[guest] = []
        for _ in range(RUNS):
            for guest in (small, large):
                taken[guest].append(census(guest)["pass_ns"])
        found = [statistics.median(taken[guest]) for guest in (small, large)]
    for name, ns in zip(("4 GiB", "64 GiB"), found):
        show(name, ms(ns))
    ratio = found[1] / found[0]
    show("64 GiB / 4 GiB", f"{ratio:.1f}", "16 +- 20%", abs(ratio - 16) <= 3.2)


def bench_boot(board, runs):
    print("\nboot with a full report, 4 GiB guest")
    taken = []
    for _ in range(runs):
        with Qemu(board, "4G") as q:
            q.wait_exit(60)
            taken.append(q.elapsed)
            report = re.search(rb"^=== ramscope .*^=== ramscope done[^\n]*\n", q.log, re.M | re.S)
    median = statistics.median(taken)
    show(f"QEMU's start to power-off, median of {runs}", f"{median:.2f} s", "<= 2 s", median <= 2)
    show("  each", " ".join(f"{s:.2f}" for s in taken))
    size = len(report[0]) if report else 0
    show("report", f"{size} bytes", "<= 8192", 0 < size <= 8192)
    show("  on the line at 115200", f"{size / BAUD_BYTES:.2f} s")


def bench_sizes(context):
    print("\nsizes")
    for name, path, limit in (("binary", context.ramscope, 310_000),
                              ("initramfs", context.board.initramfs, 380_000),
                              ("kernel", context.board.kernel, 1_700_000)):
        size = path.stat().st_size
        show(name, f"{size} bytes", f"<= {limit}", size <= limit)


def native(command, runs=RUNS):
    taken = []
    for _ in range(runs):
        start = time.monotonic_ns()
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        taken.append(time.monotonic_ns() - start)
    return statistics.median(taken)


def bench_offline(context):
    """A saved machine on this one; the file is in the page cache."""
    print("\nsaved machine of 4 GiB, loaded, natively, median of", RUNS)
    with tempfile.TemporaryDirectory(prefix="ramscope-bench-") as folder:
        core = Path(folder) / "core"
        with Guest(context.board, "4G") as g:
            load(g)
            g.stop()
            g.dump_core(core)
            g.cont()
        ramscope = [str(context.ramscope), "--mem", str(core), "pages"]
        native(["cat", str(core)], 1)
        show("ramscope --mem core pages, whole process", ms(native(ramscope)))
        text = subprocess.run(ramscope + ["-v"], capture_output=True, check=True).stdout.decode()
        took = re.search(r"pass took ([\d.]+) ms", text)
        show("  the pass alone", f"{took[1]} ms" if took else "not said")
        summed = subprocess.run([str(context.board.ramscope.parent / "tests/sum"), "64", "small", str(RUNS)],
                                capture_output=True, check=True).stdout.decode()
        show("sum of 64 MiB, best", ms(min(times(summed, "sum"))))
        show("dd of 64 MiB of the core, whole process",
             ms(native(["dd", f"if={core}", "of=/dev/null", "bs=1M", "count=64"])))


def main():
    parser = argparse.ArgumentParser(description="the measurements")
    parser.add_argument("--build", default=str(Path(__file__).resolve().parents[2] / "build"))
    parser.add_argument("--board", default="qemu-x86_64")
    parser.add_argument("--only", default="", help="loaded, growth, large, boot, sizes or offline")
    args = parser.parse_args()
    board = Board(args.build, args.board)
    context = Context(board)
    parts = {
        "sizes": lambda: bench_sizes(context),
        "boot": lambda: bench_boot(board, 5),
        "loaded": lambda: bench_loaded(board),
        "growth": lambda: bench_growth(board),
        "large": lambda: bench_large(board),
        "offline": lambda: bench_offline(context),
    }
    for name, part in parts.items():
        if args.only in ("", name):
            part()
    return 0


if __name__ == "__main__":
    sys.exit(main())

# The binary for i386 under a 64-bit kernel: what it finds is what the kernel's own files and the other binary say.
# Debian's kernel runs programs of 32 bits (CONFIG_IA32_EMULATION); the default board's own kernel does not.

import copy
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from board import ROOT
from harness import one, require, require_equal, rows, test
from qemu import Guest

PROGRAM = "/tests/ramscope32"


def with_program(t, folder):
    """The board, with that binary in its initramfs."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    subprocess.run(["make", "-s", "BOARD=qemu-i386", "build/i386/ramscope"], cwd=ROOT, env=clean, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    binary = ROOT / "build/i386/ramscope"
    (folder / "tree/tests").mkdir(parents=True)
    shutil.copy(binary, folder / "tree" / PROGRAM[1:])
    subprocess.run([str(ROOT / "initramfs/pack.sh"), "--tree", str(folder / "tree"), str(folder / "extra")], check=True)
    board = copy.copy(t.board)
    board.test_initramfs = folder / "initramfs"
    board.test_initramfs.write_bytes(t.board.test_initramfs.read_bytes() + (folder / "extra").read_bytes())
    return board


@test(boards="debian-stock")
def compat_i386(t):
    """check, census, walk, dump and confinement of the 32-bit binary under a 64-bit kernel (32 bits)."""
    with tempfile.TemporaryDirectory() as folder, Guest(with_program(t, Path(folder)), "512M") as g:
        require_equal(g.sh("uname -m"), "x86_64", "the kernel")
        found = one(g.json(f"{PROGRAM} check --json", 200, statuses=(0, 1)), "check", "check")
        require_equal((found["disagreements"], found["unread"]), (0, 0), "disagreements, struct pages not read")
        total = int(g.sh("cat /proc/kpageflags | wc -c")) // 8
        require_equal(found["pages"] + found["holes"], total, "pfns looked at")
        t.note(f"{found['compared']} compared, {found['changed']} changed")
        # What does not move is the same for both binaries.
        for command in ("dump 0xf0000+4096", "low", "map"):
            require_equal(g.sh(f"{PROGRAM} {command}"), g.sh(f"ramscope {command}"), command)
        steps = {name: rows(g.json(f"{name} walk --json 0xffffffffff5fd000", statuses=range(100)), "walk")
                 for name in (PROGRAM, "ramscope")}
        require(steps[PROGRAM] and steps[PROGRAM] == steps["ramscope"], f"walk: {steps}")
        require(re.search("without capabilities, .*system calls filtered", g.sh(f"{PROGRAM} report -v")), "not confined")

# What a board is made of: the keys of its board.mk, and what `make` left of it in build/<board>, or in
# build/<board>-<series> with a kernel of another series than its own.
# Boots nothing: qemu.py does.

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = "qemu-x86_64"
ALL = sorted(path.parent.name for path in ROOT.glob("board/*/board.mk"))


def keys_of(name):
    """The keys of board.mk as make sees them: those of the board it builds on (BASE) first, then its own."""
    lines = re.findall(r"^(\w+) *(\+?=) *(.*?) *$", (ROOT / "board" / name / "board.mk").read_text(), re.M)
    base = [value for key, _, value in lines if key == "BASE"]
    keys = keys_of(base[-1]) if base else {}
    for key, how, value in lines:
        keys[key] = f"{keys[key]} {value}" if how == "+=" and keys.get(key) else value
    return keys


class Board:
    """keys: of board.mk; label: the name, with the series if that is not the board's own. The rest are files: run_sh,
    kernel, initramfs, ramscope (the binary)..."""

    def __init__(self, build, name, series=None):
        self.name = name
        self.keys = keys_of(name)
        self.series = series or self.keys["KERNEL_SERIES"]
        self.own_series = self.series == self.keys["KERNEL_SERIES"]
        self.label = name if self.own_series else f"{name}-{self.series}"
        self.build = Path(build).resolve()
        self.ramscope = self.build / self.keys["ARCH"] / "ramscope"
        self.dir = self.build / self.label
        self.run_sh = self.dir / "run.sh"
        self.kernel = self.dir / "kernel"
        self.initramfs = self.dir / "initramfs.cpio.gz"
        self.test_initramfs = self.dir / "initramfs-test.cpio.gz"
        self.vmlinux = self.dir / "vmlinux"

    def words(self, without=()):
        """The key CMDLINE, but for the words to leave out, each of which must be there."""
        words = self.keys["CMDLINE"].split()
        for word in without:
            words.remove(word)
        return " ".join(words)

    def make(self):
        """Builds what the tests need; takes under a second if all is there."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        what = [f"BOARD={self.name}", f"KERNEL_SERIES={self.series}"]
        done = subprocess.run(["make", "-s", *what, "test-files"], cwd=ROOT, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise RuntimeError(f"make {' '.join(what)}:\n{done.stdout.decode()[-2000:]}")

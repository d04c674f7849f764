#!/usr/bin/python3
# Boots a board again and again and compares what ramscope says of it with what others say.
# Measures no speed: tests/bench does. Needs what `make` and build/tests leave in the build directory.

import argparse
import importlib
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is to appear in the source tree

import board  # noqa: E402
import harness  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="the boot tests of a board")
    parser.add_argument("--build", default=str(board.ROOT / "build"))
    parser.add_argument("--board", default=board.DEFAULT)
    parser.add_argument("--series", help="of the kernel, if it is not the board's own (make KERNEL_SERIES=)")
    parser.add_argument("-k", default="", metavar="WORD", help="only tests with this in their name")
    parser.add_argument("--list", action="store_true", help="list the board's tests and what they demand")
    args = parser.parse_args()
    for path in sorted(Path(__file__).resolve().parent.glob("test_*.py")):
        importlib.import_module(path.stem)  # which registers its tests
    asked = board.Board(args.build, args.board, args.series)
    tests = harness.tests_of(asked, args.k)
    if args.list:
        for function in tests:
            print(f"{function.__name__:28} {(function.__doc__ or '').strip().splitlines()[0]}")
        return 0
    # A kill must not leave a QEMU behind: as an exception it passes through the guests' __exit__.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return 1 if harness.run(tests, asked) else 0


if __name__ == "__main__":
    sys.exit(main())

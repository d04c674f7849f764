# What a boot test is, how it fails and how it reports; and reading NDJSON.
# Boots nothing: qemu.py does. Which tests there are, test_*.py say.

import json
import re
import subprocess
import time
import traceback

from board import ALL, DEFAULT, ROOT, Board
from qemu import GuestError

TESTS = []


class Failure(Exception):
    """What was demanded and what was found instead."""


def test(function=None, *, boards=DEFAULT, series="own"):
    """Registers a test; the function's name is the test's. boards says where it runs: "all", a name, a list of names,
    or a function that is asked for each Board, such as lambda board: "nopat" in board.words().split(). series says
    with which kernels: the board's own, or "all"."""
    def register(function):
        chosen = boards if callable(boards) else lambda board: board.name in names
        function.runs_on = lambda board: (board.own_series or series == "all") and chosen(board)
        TESTS.append(function)
        return function

    names = ALL if boards == "all" else [boards] if isinstance(boards, str) else boards
    if not callable(boards) and not set(names) <= set(ALL):
        raise ValueError(f"a test for boards that are not there: {set(names) - set(ALL)}")
    return register(function) if function else register


def tests_of(board, word=""):
    """The tests of that board with that word in their name."""
    return [function for function in TESTS if word in function.__name__ and function.runs_on(board)]


def require(condition, text):
    if not condition:
        raise Failure(text)


def require_equal(got, want, what):
    require(got == want, f"{what}: {got!r}, expected {want!r}")


def rows(records, section=None, item=None):
    """The records of that section and item."""
    return [r for r in records if section in (None, r["section"]) and item in (None, r["item"])]


def one(records, section=None, item=None):
    found = rows(records, section, item)
    require(len(found) == 1, f"{len(found)} records of section {section}, item {item}, expected one")
    return found[0]


def number(value):
    """NDJSON shows addresses and masks as strings, counts as numbers."""
    return int(value, 16) if isinstance(value, str) else value


def exit_statuses():
    """The project's own table of failures: {name: exit status}."""
    text = (ROOT / "src/base/err.h").read_text()
    return {m[2]: int(m[1]) for m in re.finditer(r'X\(ERR_\w+, (\d+), "([^"]+)"', text)}


class Context:
    """What a test gets: the board, the binary as it runs on this machine, and a place for figures."""

    def __init__(self, board):
        self.board = board
        self.ramscope = board.ramscope
        self.notes = []

    def board_named(self, name):
        """Another board, built if need be: where what this one refuses is allowed, for example."""
        other = Board(self.board.build, name)
        other.make()
        return other

    def call(self, *words, stdout=subprocess.PIPE, seconds=120):
        """Runs the binary on this machine: (exit status, output, what it says on stderr)."""
        done = subprocess.run([str(self.ramscope), *map(str, words)], stdin=subprocess.DEVNULL, stdout=stdout,
                              stderr=subprocess.PIPE, timeout=seconds, check=False)
        return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()

    def on_core(self, core, *words, statuses=(0, 1)):
        """The records of a command on a saved core."""
        status, out, err = self.call("--mem", core, *words, "--json")
        require(status in statuses, f"ramscope --mem core {' '.join(map(str, words))}: status {status}: {err[-300:]}")
        return [json.loads(line) for line in out.splitlines()]

    def note(self, text):
        self.notes.append(text)

    def all_of(self, *steps):
        """Takes every step, whatever the others come to; fails with all that they found."""
        found = []
        for step in steps:
            try:
                step()
            except Failure as error:
                found.append(str(error))
        require(not found, "\n".join(found))


def run(tests, board):
    """Runs the tests and prints a line for each; the number that failed."""
    failed = 0
    for function in tests:
        context = Context(board)
        name = f"{board.label} {function.__name__}"  # boards are tested side by side
        start = time.monotonic()
        why = None
        try:
            function(context)
        except Exception as error:  # pylint: disable=broad-except # a test must not end the others
            why = str(error) or type(error).__name__
            if not isinstance(error, (Failure, GuestError)):
                why += "\n" + traceback.format_exc()
        seconds = f"{time.monotonic() - start:.1f} s"
        figures = "; ".join(context.notes)
        if why is None:
            print(f"ok {name}: {figures} ({seconds})", flush=True)
        else:
            failed += 1
            print(f"FAIL {name}: {why}", flush=True)
            if figures:
                print(f"  {name}, before that: {figures}", flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed", flush=True)
    return failed

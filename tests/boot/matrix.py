#!/usr/bin/python3
# The matrix: board x kernel series x route. Tests leave their cells in build/tests/cells; run as a program, it prints
# them as one table. Compares nothing itself: test_census.py does.
#
#   matrix.py BUILD BOARD@SERIES...     fails if one of them left no cells, or if a cell has a disagreement

import json
import sys
from pathlib import Path

ROUTES = ("mmap", "read", "kcore", "kpageflags")
STATES = ("idle", "loaded")


def file_of(build, board, series):
    return Path(build) / "tests/cells" / f"{board}@{series}.json"


class Cells:
    """The cells of one board with one kernel; written when its `with` ends, whatever the test came to."""

    def __init__(self, board):
        self.path = file_of(board.build, board.name, board.series)
        self.routes = {}

    def __enter__(self):
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.routes) + "\n")

    def compared(self, route, state, pages, disagreements):
        self.routes.setdefault(route, {})[state] = (pages, disagreements)

    def closed(self, route, cause):
        self.routes[route] = {"closed": cause}


class Table:
    """What is printed, and the sums over it."""

    def __init__(self):
        self.causes = []
        self.open = self.closed = self.pages = self.disagreements = 0
        self.missing = []

    def cell(self, where, route, found):
        """As text: pages compared, disagreements idle/loaded; or the number of the cause why it is closed."""
        if found and "closed" in found:
            self.closed += 1
            if found["closed"] not in self.causes:
                self.causes.append(found["closed"])
            return f"closed [{self.causes.index(found['closed']) + 1}]"
        if not found or set(found) != set(STATES):
            self.missing.append(f"{where} {route}")
            if not found:
                return "missing"
        self.open += 1
        told = [found.get(state) for state in STATES]
        pages = [cell[0] for cell in told if cell]
        self.pages += sum(pages)
        self.disagreements += sum(cell[1] for cell in told if cell)
        return f"{min(pages)} " + "/".join(str(cell[1]) if cell else "-" for cell in told)

    def print(self, build, targets):
        print(f"{'board, kernel series':20}" + "".join(f"{route:>15}" for route in ROUTES))
        previous = None
        for board, series in targets:
            if board != previous:
                print(board)
            previous = board
            path = file_of(build, board, series)
            routes = json.loads(path.read_text()) if path.exists() else {}
            cells = [self.cell(f"{board}@{series}", route, routes.get(route)) for route in ROUTES]
            print(f"  {series:18}" + "".join(f"{cell:>15}" for cell in cells))
        print("pages compared, disagreements idle/loaded; by kpageflags: sums of pages by kind")
        for number, cause in enumerate(self.causes, 1):
            print(f"[{number}] {cause}"[:80])


def main():
    build, *names = sys.argv[1:]
    table = Table()
    table.print(build, [tuple(name.split("@")) for name in names])
    print(f"{table.open} cells open, {table.closed} closed, {table.pages} pages compared, "
          f"{table.disagreements} disagreements")
    for name in table.missing:
        print(f"not complete: {name}")
    bad = table.missing or table.disagreements
    if bad:
        print(f"FAIL matrix: {table.disagreements} disagreements, {len(table.missing)} cells not complete")
    else:
        print(f"ok matrix: {table.open} cells, 0 disagreements")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

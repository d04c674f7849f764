# The child that touches memory is killed, again and again: the report is whole each time and says so.
# tests/guest/killer.c kills; what a child is for, src/mem/touch.h says.

import json
import re

from harness import exit_statuses, one, require, require_equal, rows, test
from qemu import Guest

TIMES = 100


@test
def kill_child(t):
    """200 kills of the scanning child at random moments: no hang, no broken report, and the deaths are told."""
    with Guest(t.board, "1G") as g:
        g.start("load", rb"^load ready", 240)
        for each in 2, 8:  # kills in one run at most
            text = g.sh(f"killer {TIMES} {each} ramscope report --json", 600)
            found = re.search(r"killer runs=(\d+) killed=(\d+) told=(\d+) hung=(\d+) corrupt=(\d+) status=(\S*)", text)
            require(found, f"killer said {text!r}")
            runs, killed, told, hung, corrupt = (int(found[i]) for i in range(1, 6))
            t.note(f"{killed} kills in {runs} runs, {told} told, status {found[6]}")
            require(killed >= TIMES, f"only {killed} children were killed")
            # One after the last touch is noticed by nobody; most of a report's time goes by before.
            require(killed // 2 <= told <= killed, f"the receipts tell of {told} deaths of {killed}")
            require_equal((hung, corrupt), (0, 0), "runs that hung, reports that are not whole")
            # A page that faulted where it should not is a finding; a page table that did costs its section.
            fine = {"0", "1", str(exit_statuses()["fault"])}
            require(set(re.findall(r"(\d+):", found[6])) <= fine, f"exit statuses {found[6]}, expected only {fine}")
        # The last run is at hand: if its child was killed, it says so.
        records = [json.loads(line) for line in g.sh("cat /tmp/killer.out", 60).splitlines()]
        receipt = one(records, "receipt", "receipt")
        kinds = {r["kind"]: r["pages"] for r in rows(records, "pages", "kind")}
        require_equal(sum(kinds.values()), one(records, "pages", "census")["scanned"], "sum over the kinds")
        t.note(f"{receipt['deaths']} deaths in the last run, {kinds['unreadable']} pages unreadable")
        g.finish()

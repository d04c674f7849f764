# Firmware that is wrong on purpose: one thing spoiled at a time in the machines of machines.py.
# Demands one message for the one table, all else as it was, and nothing on the console but printable ASCII.

import copy
import json
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import spoiled
from firmwarebytes import LB_FORWARD, byte_sum, lb_record, lb_table, mp_floating, pack
from harness import Failure, exit_statuses, one, require, require_equal, rows, test
from qemu import Guest
from smbiosbytes import entry_3

# Each in text and, but for the parts of firmware, which are in firmware's already, in NDJSON.
COMMANDS = {
    "coreboot": ("low", "firmware", "firmware smbios", "firmware acpi", "firmware acpi all", "firmware coreboot"),
    "pc486": ("low", "firmware", "firmware mp", "firmware pir"),
    "server": ("low", "firmware", "firmware smbios", "firmware acpi", "firmware acpi all"),
}


def is_record(line):
    try:
        return {"section", "item"} <= json.loads(line).keys()
    except ValueError:
        return False


def is_of(machine, name, record):
    """Does the record say that it was read in what has that name, or draw all of the first MiB?"""
    if '"item":"map"' in record:
        return True
    places = (int(phys, 16) for phys in re.findall(r'"(?:at|phys|start)":"(0x[0-9a-f]+)"', record))
    return name and any(0 <= phys - machine.at[name] < machine.sizes.get(name, 1) for phys in places)


class Answer:
    """What the commands say of a machine: lines of text, records, and complaints about their form."""

    def __init__(self, t, folder, name, machine):
        core = Path(folder) / "core"
        machine.write_core(core)
        self.lines, self.records, self.wrong = set(), set(), []
        known = set(exit_statuses().values())
        for command in COMMANDS[name]:
            for form in ((), ("--json",)) if " " not in command else ((),):
                status, out, err = t.call("--mem", core, *command.split(), *form, seconds=20)
                strange = re.findall(r"[^\n -~]", out + err)
                if status not in known or strange:
                    self.wrong.append(f"{command} {form}: status {status}, strange bytes {strange[:5]}")
                if form:
                    self.wrong += [f"not JSON: {line}" for line in out.splitlines() if not is_record(line)]
                    self.records.update(out.splitlines())
                else:  # a line that goes on in the next, which is indented, is one
                    self.lines.update(re.sub(r"\n {9,}(?=\S)", " ", out).splitlines())


def judge(t, folder, row, good):
    m = copy.deepcopy(good[row.machine][0])
    before = good[row.machine][1]
    row.spoil(m)
    after = Answer(t, folder, row.machine, m)
    wrong = after.wrong
    if row.what and not any(re.search(row.what, line, re.I) for line in after.lines - before.lines):
        wrong.append(f"no line that names {row.what} is new")
    if row.what and not any(re.search(row.what, record, re.I) for record in after.records - before.records):
        wrong.append(f"no record that names {row.what} is new")
    wrong += [f"an error that does not name {row.what}: {record}" for record in after.records - before.records
              if '"item":"error"' in record and not (row.what and re.search(row.what, record, re.I))]
    lost = [record for record in before.records - after.records
            if not re.search(row.part, record, re.I) and not is_of(m, row.name, record)]
    if lost:
        wrong.append(f"{len(lost)} records of others are lost, such as {lost[0]}")
    return [f"{row.machine}, {row.label}: {text}" for text in wrong]


def hostile(t, rows):
    def one(row):
        with tempfile.TemporaryDirectory(prefix="ramscope-hostile-") as folder:
            return judge(t, folder, row, good)

    rows = list(rows)
    good = {}
    with tempfile.TemporaryDirectory(prefix="ramscope-hostile-") as folder:
        for name in {row.machine for row in rows}:
            machine = spoiled.MACHINES[name]()
            good[name] = machine, Answer(t, folder, name, machine)
    with ThreadPoolExecutor(2) as pool:
        found = sum(pool.map(one, rows), [])
    if found:
        raise Failure("\n  ".join([f"{len(found)} in {len(rows)}:"] + found))
    t.note(f"{len(rows)} ways to be wrong")


@test
def hostile_low(t):
    """BIOS data, EBDA and ROMs that cannot be."""
    hostile(t, [*spoiled.low_rows(), *spoiled.cover_rows()])


@test
def hostile_acpi(t):
    """ACPI: a table of any length, roots that lead astray, counts and lengths within tables, sums."""
    hostile(t, [*spoiled.acpi_lengths(), *spoiled.acpi_roots(), *spoiled.acpi_tables()])


@test
def hostile_smbios(t):
    """SMBIOS: entry points and structures that cannot be."""
    hostile(t, spoiled.smbios_rows())


@test
def hostile_others(t):
    """MP, $PIR and coreboot: lengths, counts, circles."""
    hostile(t, [*spoiled.mp_rows(), *spoiled.pir_rows(), *spoiled.coreboot_rows()])


@test
def hostile_sums(t):
    """Every sum of every machine wrong, one at a time."""
    hostile(t, [row for machine in spoiled.MACHINES for row in spoiled.wrong_sums(machine)])


def find(g, sign, start=0xf0000, end=0x100000):
    """Where that stands in guest memory, at a multiple of 16."""
    data = g.memory(start, end - start)
    at = next((at for at in range(0, len(data), 16) if data.startswith(sign, at)), None)
    if at is None:
        raise Failure(f"no {sign} in the guest")
    return start + at


def lead_to(g, trap):
    """Makes all that points from the first MiB on, and new things of every kind, lead to that address."""
    rsdp = g.memory(find(g, b"RSD PTR "), 20)
    rsdt = int.from_bytes(rsdp[16:20], "little")
    size = int.from_bytes(g.memory(rsdt + 4, 4), "little")
    listed = pack("I", trap) * ((size - 36) // 4)
    g.poke(rsdt, byte_sum(g.memory(rsdt, 36) + listed, 9))
    entry = find(g, b"_SM_")
    g.poke(entry + 24, pack("I", trap))
    g.poke(entry + 16, byte_sum(g.memory(entry + 16, 15), 5))
    g.poke(entry, byte_sum(g.memory(entry, 31), 4))
    g.poke(0x9fc80, byte_sum(pack("8sB6sBI", b"RSD PTR ", 0, "EXAMPL", 0, trap), 8))
    g.poke(0x9fd00, byte_sum(mp_floating(trap), 10))
    g.poke(0x600, lb_table(lb_record(LB_FORWARD, pack("Q", trap))))
    g.poke(0xf0000, byte_sum(entry_3("3.0", 0x1000, trap), 5))
    g.poke(0xc0002, b"\xff")


@test(boards="qemu-x86_64-hazards")
def hostile_live(t):
    """Every table of a running machine leads to a device: not a register of it is read, the kernel notices nothing."""
    with tempfile.TemporaryDirectory(prefix="ramscope-hostile-") as folder:
        log = Path(folder) / "reads"
        # Of that device QEMU reports every read, of one byte, too.
        with Guest(t.board, extra=f"-device pci-testdev,id=trap -trace memory_region_ops_read -D {log}") as g:
            trap, = (region["address"] for bus in g.qmp("query-pci") for device in bus["devices"]
                     for region in device["regions"] if device["qdev_id"] == "trap" and region["type"] == "memory")
            lead_to(g, trap)
            known = set(exit_statuses().values())
            for ebda in b"\xc0\x9f", b"\xff\xff":
                g.poke(0x40e, ebda)
                for command in "low", "firmware", "map", "report":
                    text = g.sh(f"ramscope {command}", 60, known)
                    require(not re.search(r"[^\n -~]", text), f"strange bytes: {text}")
                records = g.json("ramscope report --json 2>/dev/null", 60, known)
                require_equal(one(records, "receipt", "receipt")["changed"], False, "the kernel's health has changed")
                require("testdev" not in log.read_text(), "a device was read")
                refused = {r["evidence"] for r in rows(records, "findings", "finding")
                           if r["name"] == "table-unreachable" and f"{trap:#x} is a device" in r["evidence"]}
                require(refused, f"no finding says that {trap:#x} is a device")
                t.note(f"EBDA at {ebda.hex()}: {len(refused)} refusals")
            g.sh(f"ramscope --i-know-this-address-is-safe={trap:#x}+16 dump {trap:#x}+16")
            require("testdev" in log.read_text(), "QEMU reports no read of the device")

# SMBIOS as ramscope decodes it, field by field against dmidecode on the same bytes: real tables of QEMU's firmware, and
# tables built here so that every value of every field comes up. Which field is which: smbiosfields.py.

import random
import re
import tempfile
from pathlib import Path

import machines
import peers
from firmwarebytes import MIB, Machine, pack
from harness import number, one, require, require_equal, rows, test
from qemu import Guest, sparse_memory
from smbiosbytes import LENGTHS, entry_2, entry_3
from smbiosfields import FIELDS, OURS_ONLY, Facts, printable

TABLE = 0x7a000000


def structures(records):
    """{handle: (type, Facts)} of the records of `firmware smbios --json`; handles that come twice count once."""
    facts = {}
    for record in rows(records, "firmware", "smbios_field"):
        facts.setdefault(number(record["at"]), []).append(record)
    found = {}
    for record in rows(records, "firmware", "smbios_structure"):
        handle = number(record["handle"])
        found.setdefault(handle, (record["type"], Facts(facts.get(number(record["at"]), []))))
    return found


def compare(records, entry, table):
    """Every field that dmidecode prints of types that are decoded; the number compared, by type."""
    ours, theirs = structures(records), peers.dmidecode(entry, table)
    require_equal({h: kind for h, (kind, _) in ours.items()}, {h: kind for h, (kind, _) in theirs.items()}, "structures")
    compared = {kind: 0 for kind in FIELDS}
    wrong = []
    for handle, (kind, fields) in theirs.items():
        facts = ours[handle][1]
        for label, value, lines in fields if kind in FIELDS else ():
            require(label in FIELDS[kind], f"type {kind}: '{label}' of dmidecode is compared with nothing")
            said = " | ".join(filter(None, [value, *lines]))
            try:
                want = FIELDS[kind][label](facts)
            except (KeyError, IndexError, ValueError) as error:
                want = f"{type(error).__name__} {error}"
            if want is None:
                continue
            compared[kind] += 1
            same = want.fullmatch(said) if hasattr(want, "fullmatch") else want.lower() == said.lower()
            if not same:
                wrong.append(f"type {kind}, handle {handle:#x}: {label}: dmidecode {said!r}, ramscope {want!r}")
    require(not wrong, f"{len(wrong)} fields differ: " + "\n".join(wrong[:20]))
    return compared


def require_all_compared(records, entry, table):
    """What ramscope tells and dmidecode does not: only the fields that are listed, with the reason."""
    ours = structures(records)
    used, told = {}, {}
    for handle, (kind, fields) in peers.dmidecode(entry, table).items():
        facts = ours[handle][1]
        for label, _, _ in fields if kind in FIELDS else ():
            FIELDS[kind][label](facts)
        told.setdefault(kind, set()).update(facts.records)
        used.setdefault(kind, set()).update(facts.used)
    for kind in FIELDS:
        left = told.get(kind, set()) - used.get(kind, set()) - OURS_ONLY.get(kind, set()) - {"reserved", "unknown"}
        require(not left, f"type {kind}: nobody compares {sorted(left)}")


def compare_others(records, entry, table):
    """Structures that are not decoded: their bytes and strings, as dmidecode dumps them."""
    ours, count = structures(records), 0
    for handle, (kind, fields) in peers.dmidecode(entry, table, "-u").items():
        if kind in FIELDS:
            continue
        said = {name: lines for name, _, lines in fields}
        bytes_ = bytes.fromhex("".join(said["Header and Data"]).replace(" ", ""))[4:]
        facts = ours[handle][1]
        shown = b""
        for record in facts.records.get("unknown", []):
            text = record["meaning"]
            piece = bytes(record["bytes"]) if text.endswith("all 0") else bytes.fromhex(text.replace(" ...", "").replace(" ", ""))
            shown += piece.ljust(record["bytes"], b"\0")
        require_equal(shown, bytes_, f"bytes of handle {handle:#x}")
        strings = [line for line in said.get("Strings", []) if not re.fullmatch("[0-9A-F]{2}( [0-9A-F]{2})*", line)]
        require_equal([printable(text) for text in facts.all("string")], strings, f"strings of handle {handle:#x}")
        count += 1
    return count


def swept(version, values):
    """A table: of every type one structure for each value, which all its bytes have, then random ones."""
    lengths = {**LENGTHS["2.1" if version == "2.0" else version], 2: 0x13, 18: 0x17, 32: 0x14, 33: 0x1f}
    if version == "3.3":
        lengths[4], lengths[17] = 0x32, 0x64  # as of 3.7
    randomly = random.Random(version)
    table, handle = b"", 0
    for kind, length in lengths.items():
        for value in values:
            bodies = [bytes([value]) * (length - 4)]
            if value % 4 == 0:
                bodies.append(bytes(randomly.choice((0, 1, 2, 3, 0x7f, 0x80, 0xff, value)) for _ in range(length - 4)))
                bodies.append(randomly.randbytes(length - 4))
                bodies.append((1 << value // 4).to_bytes(8, "little") * 16)
            for body in bodies:
                table += pack("BBH", kind, length, handle) + body[:length - 4] + b"one\0two\0\x1b[2J\xfe\0\0"
                handle += 1
    return table, handle


def on_machine(t, version, table, count):
    """(records of `firmware smbios`, entry point): the table in a machine whose SMBIOS is of that version."""
    m = Machine((0, MIB), (TABLE, 8 * MIB))
    entry = entry_3(version, len(table), TABLE) if version[0] == "3" else entry_2(version, table, TABLE, count)
    if version == "2.0":  # the second half was all there was
        entry = entry[16:]
    m.put(TABLE, table)
    m.put(0xf0100, entry, "entry", 4 if entry.startswith(b"_SM_") else 5)
    with tempfile.TemporaryDirectory(prefix="ramscope-smbios-") as folder:
        core = Path(folder) / "core"
        m.write_core(core)
        return t.on_core(core, "firmware", "smbios"), entry


@test
def smbios_every_value(t):
    """SMBIOS 2.0, 2.1, 2.8 and 3.x: every type, every value a byte can have, random ones; each field as dmidecode has it."""
    for version, values in (("2.0", range(0, 256, 17)), ("2.1", range(0, 256, 5)), ("2.8", range(0, 256, 6)), ("3.3", range(256))):
        table, count = swept(version, values)
        require(version[0] == "3" or len(table) < 65536, f"{len(table)} bytes are too much for {version}")
        records, entry = on_machine(t, version, table, count)
        compared = compare(records, entry, table)
        require(all(compared[kind] for kind in FIELDS if kind != 127), f"{version}: nothing compared of a type: {compared}")
        if version == "3.3":
            require_all_compared(records, entry, table)
        t.note(f"{version}: {count} structures, {sum(compared.values())} fields")


@test
def smbios_every_length(t):
    """Every type cut at every length: a field that is not there is not told, by either."""
    fields = 0
    for seed in range(3):
        randomly = random.Random(seed)
        table, handle = b"", 0
        for kind, longest in {**LENGTHS["3.3"], 2: 0x13, 17: 0x64, 18: 0x17, 32: 0x14, 33: 0x1f}.items():
            for length in range(4, longest + 1):
                body = bytes(randomly.choice((0, 1, 2, 3, 5, 0xff)) for _ in range(length - 4))
                table += pack("BBH", kind, length, handle) + body + b"one\0two\0\0"
                handle += 1
        records, entry = on_machine(t, "3.3", table, handle)
        fields += sum(compare(records, entry, table).values())
    t.note(f"{fields} fields")


@test
def smbios_machines(t):
    """The machines that the tests build: each field as dmidecode has it; what is not decoded byte by byte."""
    with tempfile.TemporaryDirectory(prefix="ramscope-smbios-") as folder:
        for name, build in machines.ALL.items():
            m, core = build(), Path(folder) / name
            if not hasattr(m, "smbios"):
                continue
            m.write_core(core)
            records = t.on_core(core, "firmware", "smbios")
            for anchor, size in (("_SM3_", 24), ("_SM_", 31)):
                if anchor in m.at:
                    entry = m.read(m.at[anchor], size)
                    compared = compare(records, entry, m.smbios.table)
                    others = compare_others(records, entry, m.smbios.table)
                    t.note(f"{name} {anchor}: {sum(compared.values())} fields, {others} not decoded")


def tables(g):
    """(entry point, structure table) as the guest's kernel has them."""
    return [bytes.fromhex(g.sh(f"hexdump -ve '1/1 \"%02x\"' /sys/firmware/dmi/tables/{name}"))
            for name in ("smbios_entry_point", "DMI")]


def blob(folder, name, *structures_):
    """A file for -smbios file=: QEMU puts the structures among its own, in place of those of the same type."""
    path = Path(folder) / name
    path.write_bytes(b"".join(structures_))
    return f"-smbios file={path}"


EVIL = b"\x1b[2J\x9b\x07\r\n\xff"
# What the machine is told to say: every type that QEMU has options for.
SAID = ("-smbios type=0,vendor=Vendor,version=V1,date=01/02/2003,release=4.5,uefi=on "
        "-smbios type=1,manufacturer=Maker,product=Board,version=2,serial=S-1,sku=K,family=F,"
        "uuid=00112233-4455-6677-8899-aabbccddeeff "
        "-smbios type=2,manufacturer=M2,product=P2,version=V2,serial=S2,asset=A2,location=L2 "
        "-smbios type=3,manufacturer=M3,version=V3,serial=S3,asset=A3,sku=K3 "
        "-smbios type=4,sock_pfx=S,manufacturer=M4,version=V4,serial=S4,asset=A4,part=P4,max-speed=3000,current-speed=2500 "
        "-smbios type=11,value=one,value=two "
        "-smbios type=17,loc_pfx=SLOT,bank=B,manufacturer=M17,serial=S17,asset=A17,part=P17,speed=2666")


def dimm(handle, mib, locator):
    """A module, as of SMBIOS 2.8; from 32 GiB - 1 MiB on in the wide field."""
    size, more = (0x7fff, mib) if mib >= 0x7fff else (mib, 0)
    return pack("BBHHHHHHBBBBBHHBBBBBIHHHH", 17, 0x28, handle, 0x1000, 0xfffe, 72, 64, size, 9, 0, 1, 0, 0x1a, 0x80, 3200,
                2, 0, 0, 0, 1, more, 3200, 1200, 1200, 1200) + locator + b"\0Maker\0\0"


def configurations(board, folder):
    """(label, QEMU's memory, options): one boot each."""
    q35 = "" if board.name == "debian-stock-uefi" else "-machine q35 "
    yield "as it is", None, ""
    yield "all options", None, SAID
    if board.name not in ("qemu-x86_64", "debian-stock-uefi"):
        return
    yield "q35, SMBIOS 3.0", None, q35 + "-machine smbios-entry-point-type=64 " + SAID
    yield "q35, SMBIOS 2.8", None, q35 + "-machine smbios-entry-point-type=32"
    if board.name != "qemu-x86_64":
        return
    yield "40G in 3 modules", "40G", sparse_memory("40G")
    yield "four slots", None, blob(folder, "dimms", dimm(0x1100, 128 << 10, b"D0"), dimm(0x1101, 0, b"D1"),
                                  dimm(0x1102, 0x7ffe, b"D2"), dimm(0x1103, 2 << 20, EVIL))


@test(boards=["qemu-x86_64", "qemu-i386", "debian-stock-uefi"])
def smbios_guests(t):
    """Tables of SeaBIOS and UEFI, and what QEMU is told to put into them: each field as dmidecode has it."""
    with tempfile.TemporaryDirectory(prefix="ramscope-smbios-") as folder:
        for label, mem, extra in configurations(t.board, folder):
            # A kernel that uses little of much memory needs few struct pages.
            with Guest(t.board, mem=mem, extra=extra, append="mem=300M" if mem else "") as g:
                entry, table = tables(g)
                records = g.json("ramscope firmware smbios --json", statuses=(0, 1))
                compared = compare(records, entry, table)
                others = compare_others(records, entry, table)
                head = one(records, "firmware", "smbios")
                require_equal((head["sound"], head["bytes"], head["checksum"]), (True, len(table), "valid"), "the table")
                wrong = {r["name"] for r in rows(records, "findings", "finding")}
                require(not wrong & {"dimm-sum", "table-broken", "memory-error"}, f"{label}: findings {wrong}")
                text = g.sh("ramscope firmware smbios", statuses=(0, 1))
                require(not re.search(r"[^ -~\r\n]", text), f"control bytes on the console: {text!r}")
                announced = int.from_bytes(entry[0x16:0x18], "little") if entry.startswith(b"_SM_") else 0
                words = f"{len(table)} of {announced} bytes" if announced > len(table) else f"{len(table)} bytes"
                require(words in text, f"{label}: not '{words}' in {text[:200]}")
                if label == "four slots":
                    # QEMU does not count the structures of a file, so that its entry point leaves as many out.
                    require(" of " in words, f"{label}: {words}")
                    slots = rows(records, "firmware", "smbios_slot")
                    require_equal([slot["bytes"] for slot in slots], [128 << 30, 0, 0x7ffe << 20, 2 << 40], "sizes")
                    total = one(records, "firmware", "smbios_memory")
                    require_equal((total["slots"], total["populated"], total["bytes"]),
                                  (4, 3, (128 << 30) + (0x7ffe << 20) + (2 << 40)), "sum")
                    require_equal(slots[3]["locator"].encode("latin-1"), EVIL, "locator")
                if label.startswith("40G"):
                    require_equal([slot["bytes"] >> 30 for slot in rows(records, "firmware", "smbios_slot")], [16, 16, 8], "sizes")
                t.note(f"{label}: {sum(compared.values())} fields, {others} not decoded")


def modules_at(theirs, phys):
    """Handles of the modules that phys may belong to, by dmidecode's fields: type 20, or else all of an array by type 19."""
    fields = {handle: (kind, {name: value for name, value, _ in said}) for handle, (kind, said) in theirs.items()}
    holding = {kind: [f for of, f in fields.values() if of == kind and
                      int(f["Starting Address"].rstrip("k"), 16) <= phys <= int(f["Ending Address"].rstrip("k"), 16)]
               for kind in (19, 20)}
    if holding[20]:
        return [int(f["Physical Device Handle"], 16) for f in holding[20]]
    arrays = [f["Physical Array Handle"] for f in holding[19][:1]]
    return [handle for handle, (kind, f) in fields.items()
            if kind == 17 and f["Array Handle"] in arrays and f["Size"] != "No Module Installed"]


def check_modules(records, theirs, phys):
    """The modules that `why` names."""
    want = modules_at(theirs, phys)
    got = rows(records, "why", "module")
    require_equal([number(r["handle"]) for r in got], want[:4], f"modules at {phys:#x}")
    require(all(r["of"] == len(want) and number(r["start"]) <= phys <= number(r["last"]) for r in got), f"{phys:#x}: {got}")
    for row in got:
        said = {name: value for name, value, _ in theirs[number(row["handle"])][1]}
        require_equal(row["locator"], printable(said["Locator"]), f"locator of {phys:#x}")
        require(said["Type"] in row["module"] and said["Size"].split()[0] in row["module"], f"{row['module']}: {said}")
    return len(want)


@test
def smbios_why(t):
    """why names the module of an address: by device, interleaved, by array; as dmidecode's fields have it."""
    checked = {}
    with tempfile.TemporaryDirectory(prefix="ramscope-smbios-") as folder:
        for name, build in machines.ALL.items():
            m, core = build(), Path(folder) / name
            m.write_core(core)
            if not hasattr(m, "smbios"):
                require_equal(rows(t.on_core(core, "why", "0x1000", statuses=range(64)), "why", "module"), [], "modules")
                continue
            anchor, size = ("_SM3_", 24) if "_SM3_" in m.at else ("_SM_", 31)
            theirs = peers.dmidecode(m.read(m.at[anchor], size), m.smbios.table)
            ends = {int(value.rstrip("k"), 16) for kind, said in theirs.values() if kind in (19, 20)
                    for field, value, _ in said if field in ("Starting Address", "Ending Address")}
            for phys in sorted(ends | {end + 1 for end in ends})[:40]:
                found = check_modules(t.on_core(core, "why", hex(phys), statuses=range(64)), theirs, phys)
                checked[found] = checked.get(found, 0) + 1
    with Guest(t.board, mem="40G", extra=sparse_memory("40G"), append="mem=300M") as g:
        theirs = peers.dmidecode(*tables(g))
        for phys in 0x100000, 0xbfffffff, 0xc0000000, 0x100000000, 0x900000000:
            found = check_modules(g.json(f"ramscope why {phys:#x} --json"), theirs, phys)
            checked[found] = checked.get(found, 0) + 1
    require({0, 1, 3} <= set(checked), f"not all cases came up: {checked}")
    t.note(f"addresses by number of modules: {checked}")

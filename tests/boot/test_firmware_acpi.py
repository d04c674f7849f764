# ACPI tables field by field against iasl, and hardware error records against the kernel's own print of them.
# Whether all ways to a table give the same bytes is test_firmware.py's.

import random
import re
import tempfile
from pathlib import Path

import acpibytes as acpi
import machines
import peers
from firmwarebytes import MIB, Machine, byte_sum, pack
from harness import DEFAULT, Failure, number, require, require_equal, rows, test
from qemu import Guest, Qemu

# ACPI 6.5, 5.2.3.2.
SPACES = "memory,I/O,PCI,EC,SMBus,CMOS,PCI BAR,IPMI,GPIO,serial bus,PCC,PRM".split(",")
ACCESSES = "any,byte,word,dword,qword".split(",")

# What iasl 20200925 tells and ramscope does not, or otherwise, each with its reason.
EXCUSED = {
    ("APIC", "GIC"): "the interrupt controllers of ARM are named and shown as bytes",
    ("NFIT", "Line Offset"): "iasl says each four bytes further on than it reads it",
    ("NFIT", "SMBIOS Table Entries"): "iasl says an offset in the structure, not in the table",
    ("SPCR", "Reserved"): "iasl says offset 0x4c for the byte at 0x3f (language) and knows nothing of the clock",
}


def word(text, words):
    """The number of a word, or the one it is said not to be known by."""
    if text.startswith("unknown="):
        return int(text[8:], 16)
    return {"fixed hardware": 0x7f}.get(text, words.index(text) if text in words else None)


def small(width, text):
    """{(offset, bytes): value} of a small structure that is one field: a generic address, or a notification."""
    if text == "none":
        numbers = [0] * 9
    elif width == 12:
        m = re.fullmatch(r"(.*), (\d+) bits, from bit (\d+), access (\S+), address 0x(\w+)", text)
        require(m, f"not a generic address: {text}")
        numbers = [word(m[1], SPACES), int(m[2]), int(m[3]), word(m[4], ACCESSES), int(m[5], 16)]
    else:
        m = re.fullmatch(r"(.*), length (\d+), writable 0x(\w+), every (\d+) ms, vector (\d+), polling threshold (\d+), "
                         r"within (\d+) ms, error threshold (\d+), within (\d+) ms", text)
        require(m, f"not a notification: {text}")
        kinds = "polled,external interrupt,local interrupt,SCI,NMI,CMCI,MCE,GPIO,SEA,SEI,GSIV,SDEI".split(",")
        numbers = [word(m[1], kinds), int(m[2]), int(m[3], 16)] + [int(m[i]) for i in range(4, 10)]
    widths, found, at = (1, 1, 1, 1, 8) if width == 12 else (1, 1, 2, 4, 4, 4, 4, 4, 4), {}, 0
    for size, value in zip(widths, numbers):
        found[at, size] = value
        at += size
    return found


def fields_of(records, name, phys):
    """{(offset, bytes): (value, meaning, field)} of a table, with the fields of the small structures."""
    found = {}
    for r in rows(records, "firmware", "acpi_field"):
        if r["table"] == name or r["table"].startswith(f"{name}: "):
            at, size = number(r["phys"]) - phys, r["bytes"]
            found[at, size] = (r["value"] and number(r["value"]), r["meaning"], r["field"])
            if size in (12, 28) and re.search("bits, from|, writable|^none$", r["meaning"]):
                for (off, width), value in small(size, r["meaning"]).items():
                    found[at + off, width] = (value, "", "")
    return found


def same(value, ours):
    """Is what iasl shows what we have?"""
    number_, text, _ = ours
    if value.startswith("["):  # a generic address: its fields follow
        return True
    if quoted := re.match(r'"(.*)"', value):
        return quoted[1].rstrip() == text.rstrip()
    if re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", value):
        return value.lower() == text
    if path := re.fullmatch(r"([0-9A-F]{2}),([0-9A-F]{2})", value):
        return f"{path[1].lower()}.{int(path[2], 16):x}" == text
    if re.match(r"[0-9A-F]{2} [0-9A-F]{2}", value):
        return same_bytes(bytes.fromhex(re.match(r"(?:[0-9A-F]{2} ?)*", value)[0]), text)
    digits = re.match(r"[0-9A-F]+", value)
    return number_ is not None and digits and int(digits[0], 16) == number_


def same_bytes(listed, text):
    """iasl shows the first 16, and ramscope no zeros at the end; or numbers, the distances of SLIT."""
    if re.fullmatch(r"\d{1,3}( \d{1,3})*", text):
        return list(listed) == [int(n) for n in text.split()][:len(listed)]
    ours = bytes(0) if text.endswith("all 0") else bytes.fromhex(re.sub("[ .]", "", text))
    return ours.ljust(len(listed), b"\0")[:len(listed)] == listed


def compare(records, name, phys, data, said, called=None):
    """Holds each field that iasl lists to ours; how many there were. said gets the excuses that were needed, called what
    each field is called by iasl and by us."""
    found = fields_of(records, name, phys)
    signature, bad, arm = data[:4].decode("latin-1"), [], False
    fields = peers.iasl(data)
    for off, size, field, value in fields:
        if field == "Subtable Type":
            arm = signature == "APIC" and 0xb <= int(value[:2], 16) <= 0xf
        excuse = next((why for (of, begin), why in EXCUSED.items()
                       if of == signature and (field.startswith(begin) or begin == "GIC" and arm)), None)
        ours = found.get((off, size))
        # A reserved field that is 0 is not told.
        good = same(value, ours) if ours else "eserved" in field and not re.search("[1-9A-F]", value)
        if called is not None and good and ours and ours[2] and off >= 36:
            called.add(f"{signature}: {field.rstrip(' 0123456789')} = {ours[2].rstrip('0123456789')}")
        if not good and excuse:
            said.add(excuse)
        elif not good:
            bad.append(f"{off:#x}+{size} {field}: {value!r}, ours {ours}")
    require(fields, f"{name}: iasl finds no field")
    require(not bad, f"{name}: {len(bad)} of {len(fields)}: " + "; ".join(bad[:4]))
    return len(fields)


def on_machine(t, tables):
    """The records of `firmware acpi` on a machine with these tables, and {name: address}."""
    m = Machine((0, MIB), (0x10000000, MIB))
    a = acpi.Acpi(m, 0x10000000)
    for name, data in tables.items():
        phys = a.put(name, data)
        if data[:4] not in (b"FACS", b"FACP"):
            a.listed.append(phys)
    if "FACP" in tables and "FACS" in tables:
        fadt = bytearray(tables["FACP"])
        fadt[36:44] = pack("II", m.at["FACS"], 0)
        fadt[132:148] = bytes(16)
        tables["FACP"] = byte_sum(bytes(fadt), 9)
        m.put(m.at["FACP"], tables["FACP"])
        a.listed.append(m.at["FACP"])
    a.root(0xf0300)
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        m.write_core(Path(folder) / "core")
        return t.on_core(Path(folder) / "core", "firmware", "acpi"), m.at


# Fields on which it depends where the others are: they stay as they are.
STRUCTURE = re.compile(r"(?i)signature|length|revision|type|count|offset|num|localities|string|path|ways|checksum")


def scramble(data, seed):
    """The table with another value in every field that iasl lists, but those that say where others are."""
    new, chance = bytearray(data), random.Random(seed)
    for off, size, field, _ in peers.iasl(data):
        known = any(of == data[:4].decode() and field.startswith(begin) for of, begin in EXCUSED)
        if off >= 36 and not known and not STRUCTURE.search(field):
            new[off:off + size] = chance.randbytes(size)
    return byte_sum(bytes(new), 9) if data[:4] != b"FACS" else bytes(new)


TEMPLATES = "APIC SRAT SLIT MCFG HPET FACP FACS SPCR DBG2 BERT HEST EINJ ERST DMAR IVRS NFIT BGRT UEFI".split()


def template(signature):
    """The example of such a table that iasl has, as it compiles it."""
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        peers.run("iasl", "-T", signature, folder=folder)
        source = next(Path(folder).glob("*.asl"))
        peers.run("iasl", source.name, folder=folder)
        return next(Path(folder).glob("*.aml")).read_bytes()


@test
def acpi_fields_as_iasl_templates(t):
    """Each kind of table: iasl's own example of it, as it is and with other values in all fields: no difference."""
    tables, said, fields = {name: template(name) for name in TEMPLATES}, set(), 0
    records, _ = on_machine(t, tables)
    listed = {row["name"]: row for row in rows(records, "firmware", "acpi_table")}
    found = peers.acpixtract(tables.values())
    require_equal(len(found), len(tables), "tables by acpixtract")
    for name, *header in found:
        ours = [listed[name][key] for key in ("bytes", "revision", "oem", "model")]
        require_equal(ours, header, f"header of {name}, as acpidump and acpixtract have it")
    called = set()
    for seed in (None, 1, 2, 3):
        changed = {name: scramble(data, seed) if seed else data for name, data in tables.items()}
        records, at = on_machine(t, changed)
        steps = []
        for name, data in changed.items():
            steps.append(lambda name=name, data=data: counted.append(compare(records, name, at[name], data, said, called)))
        counted = []
        t.all_of(*steps)
        fields += sum(counted)
    # Names were compared once, by a person: a field that has another's name is found here.
    names = set((Path(__file__).parent / "acpinames.txt").read_text(encoding="ascii").splitlines())
    require_equal((called - names, names - called), (set(), set()), "names that are new, and no more there")
    t.note(f"{len(tables)} tables, {fields} fields, {len(names)} pairs of names, {len(said)} excuses")


@test
def acpi_fields_as_iasl_machines(t):
    """The tables of the machines that are built for tests."""
    said, fields, count = set(), 0, 0
    for name, build in machines.ALL.items():
        m = build()
        with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
            m.write_core(Path(folder) / "core")
            records = t.on_core(Path(folder) / "core", "firmware", "acpi", statuses=(0, 1, 50))
        for row in rows(records, "firmware", "acpi_table"):
            if row["name"] in TEMPLATES:
                phys = number(row["phys"])
                fields += compare(records, row["name"], phys, m.read(phys, row["bytes"]), said)
                count += 1
    require(count > 20, f"only {count} tables")
    t.note(f"{count} tables, {fields} fields")


def by_kernel(g, name):
    """The kernel's copy of a table, through the serial line."""
    return bytes.fromhex(re.sub(r"\s", "", g.sh(f"hexdump -v -e '32/1 \"%02x\"' /sys/firmware/acpi/tables/{name}")))


@test
def acpi_many_fields(t):
    """A table that fills the reader's patience: in short where nobody asked for it, in full when asked by name."""
    count = 20000
    table = acpi.header("APIC", acpi.madt([(i % 256, i % 256) for i in range(count)]), 3)
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        m = Machine((0, MIB), (0x10000000, MIB))
        a = acpi.Acpi(m, 0x10000000)
        a.listed.append(a.put("APIC", table))
        a.root(0xf0300)
        m.write_core(Path(folder) / "core")
        short, full = (t.on_core(Path(folder) / "core", "firmware", *words) for words in ((), ("acpi", "apic")))
    require(len(rows(short, "firmware", "acpi_field")) < 3000, "all of it, unasked")
    require(any("more fields" in r["text"] for r in rows(short, "firmware", "note")), "nothing said of the rest")
    found = sum(r["field"] == "apic_id" for r in rows(full, "firmware", "acpi_field"))
    require_equal(found, count, "processors, when asked")
    t.note(f"{found} processors")


def on_guest(t, board, what, **options):
    """Every table of a guest against iasl on QEMU's own copy of its bytes; the names of those that iasl decodes, and
    those of what is found to be wrong."""
    said, fields, names = set(), 0, []
    with Guest(board, **options) as g:
        records = g.json("ramscope firmware acpi --json", seconds=120, statuses=(0, 1))
        for row in rows(records, "firmware", "acpi_table"):
            if row["name"] in TEMPLATES:
                # By /sys alone there is no address, those of fields count from 0, and the bytes are the kernel's.
                phys = number(row["phys"]) or 0
                data = g.memory(phys, row["bytes"]) if phys else by_kernel(g, row["name"])
                fields += compare(records, row["name"], phys, data, said)
                names.append(row["name"])
        listed = set(g.sh("ls /sys/firmware/acpi/tables || :").split()) - {"data", "dynamic"}
        found = {row["name"] for row in rows(records, "firmware", "acpi_table")} - {"RSDP", "RSDT", "XSDT"}
        if listed:
            require_equal(found, listed, f"{what}: names, as /sys has them")
    t.note(f"{what}: {fields} fields of {' '.join(sorted(names))}")
    return set(names) | {r["name"] for r in rows(records, "findings", "finding")}


def numa(count, size):
    """Options for nodes, each with a processor and so many MiB, at distances that are all different."""
    words = [f"-smp {count},sockets={count}"]
    for i in range(count):
        words.append(f"-object memory-backend-ram,id=n{i},size={size}M -numa node,nodeid={i},cpus={i},memdev=n{i}")
    words += [f"-numa dist,src={i},dst={j},val={20 + i * count + j}" for i in range(count) for j in range(count) if i != j]
    return " ".join(words)


@test
def acpi_fields_as_iasl_guests(t):
    """PC; Q35 with VT-d, 8 nodes, NVDIMM and ERST; Q35 with AMD's IOMMU: tables that QEMU makes."""
    require(on_guest(t, t.board, "pc") >= {"APIC", "FACP", "FACS", "HPET"}, "tables of a PC")
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        for name in ("nvdimm", "erst"):
            (Path(folder) / name).write_bytes(bytes(MIB * (16 if name == "nvdimm" else 1)))
        names = on_guest(t, t.board, "q35, VT-d, nodes", extra=f"-machine q35 -device intel-iommu {numa(8, 64)}")
        require(names >= {"SRAT", "SLIT", "MCFG", "DMAR"}, f"tables of Q35: {names}")
        names = on_guest(t, t.board, "q35, NVDIMM", extra=(
            "-machine q35,nvdimm=on -m 512M,slots=2,maxmem=4G "
            f"-object memory-backend-file,id=pm,share=off,mem-path={folder}/nvdimm,size=16M -device nvdimm,memdev=pm,id=nv "
            f"-object memory-backend-file,id=er,share=off,mem-path={folder}/erst,size=1M -device acpi-erst,memdev=er"))
        require(names >= {"NFIT", "ERST"}, f"tables of Q35 with persistent memory: {names}")
    names = on_guest(t, t.board, "q35, AMD", extra="-machine q35 -device amd-iommu")
    require("IVRS" in names, f"tables of Q35 with AMD's IOMMU: {names}")


@test(boards="qemu-microvm")
def acpi_fields_as_iasl_microvm(t):
    """microvm, once it has ACPI: of the kind without fixed hardware. Its memory is taken as soon as the kernel has seen
    the tables: with them this machine has no timer that the board's kernel knows."""
    said, fields = set(), 0
    with Qemu(t.board, extra="-machine acpi=on", cmdline="earlyprintk=ttyS0") as g:
        g.wait_for(rb"ACPI: Reserving APIC", 120)
        g.stop()
        g.dump_core(g.dir / "core")
        records = t.on_core(g.dir / "core", "firmware", "acpi")
        tables = [row for row in rows(records, "firmware", "acpi_table") if row["name"] in TEMPLATES]
        for row in tables:
            phys = number(row["phys"])
            fields += compare(records, row["name"], phys, g.memory(phys, row["bytes"]), said)
    require_equal({row["name"] for row in tables}, {"APIC", "FACP"}, "tables of microvm")
    t.note(f"{fields} fields")


@test(boards="debian-stock-uefi")
def acpi_fields_as_iasl_uefi(t):
    """OVMF, which adds its own."""
    require(on_guest(t, t.board, "UEFI", extra="-vga std") >= {"BGRT", "APIC", "FACP"}, "tables of OVMF")


def files_of(folder, tables):
    """Options that give the firmware more tables."""
    words = []
    for name, data in tables.items():
        (Path(folder) / name).write_bytes(data)
        words.append(f"-acpitable file={folder}/{name}")
    return " ".join(words)


@test
def acpi_fields_as_iasl_more(t):
    """What QEMU has no table for, given to the firmware: SPCR, DBG2, HEST, EINJ, BGRT, UEFI, DMAR, NFIT ..."""
    names = {"SPCR", "DBG2", "HEST", "EINJ", "ERST", "BGRT", "UEFI", "DMAR", "IVRS", "NFIT", "SRAT", "SLIT", "MCFG"}
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        more = files_of(folder, {name: template(name) for name in names})
        found = on_guest(t, t.board, "pc", extra=more)
        require(found >= names, f"tables that were given: {found}")
        # In this DMAR page 0 is reserved memory.
        require("dma-in-ram" in found, f"DMA to RAM is not found: {found}")


# Memory errors as firmware records them (UEFI 2.10, N.2.5 and N.2.6), every field valid.
SECTIONS = {
    "a5bc1114-6f64-4ede-b863-3e83ed7c83b1":
        pack("QQQQ8HQQQBBHHH", 0x3ffff, 0x10400, 0x12345678, 0xfffffffffffff000, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3,
             0, 12, 0x1100, 0x1101),
    "61ec04fc-48e6-d813-25c9-8daa44750b12":
        pack("QQQQ4H5IBBBBQQQII", 0xfffff, 0x10400, 0x23456789, 0xfffffffffffff000, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 1, 0,
             11, 12, 13, 0x1100, 0x1101),
}


def record(section):
    entry = acpi.error_status(SECTIONS[section], severity=0)
    return entry[:20] + acpi.guid(section) + entry[36:]


def record_guest(t, board, folder, region, data):
    """A guest with BERT and, in a table of its own, the region that it leads to."""
    return Guest(board, extra=files_of(folder, {
        "OEM1": acpi.header("OEM1", data, 1), "BERT": acpi.header("BERT", acpi.bert(region, len(data)), 1)}))


@test(boards=["debian-stock", DEFAULT])
def acpi_boot_error_record(t):
    """What the last boot left behind BERT: a finding, and its fields are those that the kernel prints of it."""
    with tempfile.TemporaryDirectory(prefix="ramscope-acpi-") as folder:
        region = 0
        for section, body in SECTIONS.items():
            data = record(section)
            for _ in range(2 if not region else 1):
                # Where the table comes to lie is known once it has been there.
                with record_guest(t, t.board, folder, region, data) as g:
                    records = g.json("ramscope firmware acpi BERT --json", seconds=120, statuses=(0, 1))
                    log = g.sh("dmesg | grep -i 'hardware error' || :")
                row = next(r for r in rows(records, "firmware", "acpi_table") if r["name"] == "OEM1")
                if not region:
                    require(not rows(records, "findings", "finding") or "error-record" not in str(records), "no record yet")
                region = number(row["phys"]) + 36
            found = [r for r in rows(records, "findings", "finding") if r["name"] == "error-record"]
            require_equal(len(found), 1, "findings")
            phys = int.from_bytes(body[16:24], "little")
            require_equal(number(found[0]["start"]), phys, "where it was")
            told = {r["field"]: r for r in rows(records, "firmware", "acpi_field")
                    if r["table"].startswith("BERT record: memory error")}
            require_equal(number(told["physical_address"]["value"]), phys, "physical address")
            count = as_the_kernel(log, told)
            # Debian's kernel reads BERT, and knows the older of the two kinds; it clears the status of what it prints.
            require(count >= 14 or t.board.name == DEFAULT or section.startswith("61ec"), f"{count} fields by the kernel")
            t.note(f"{section[:8]}: {count} fields as the kernel prints them; {found[0]['evidence']}")


# drivers/firmware/efi/cper.c, cper_mem_err_location(), of 6.1: its word for each, and ours.
KERNEL_WORDS = {"node": "node", "card": "card", "module": "module", "bank": "bank", "device": "device", "row": "row",
                "column": "column", "bit_position": "bit", "rank": "rank", "requestor_id": "requester",
                "responder_id": "responder", "target_id": "target", "chip_id": "chip"}


def as_the_kernel(log, told):
    """How many fields of a memory error the kernel prints, and all are ours; 0 where it does not know of BERT."""
    if "section_type: memory error" not in log:
        return 0
    count = 0
    for name, ours in KERNEL_WORDS.items():
        if m := re.search(rf"\b{name}: ?(0x[0-9a-f]+|\d+)", log):
            require_equal(number(told[ours]["value"]), int(m[1], 0), f"{name}, as the kernel prints it")
            count += 1
    kind = re.search(r"error_type: \d+, (.*)", log)
    require(kind and told["kind"]["meaning"] == kind[1].strip(), f"kind {told['kind']['meaning']}, the kernel: {kind and kind[1]}")
    require("physical_address: " + f"{number(told['physical_address']['value']):#018x}" in log, "physical address in the log")
    return count + 2

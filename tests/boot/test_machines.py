# Machines that QEMU does not have, built byte by byte: what is said of them, against others and the builder's numbers.
# Boots nothing. What a spoiled table does is test_hostile.py's.

import re
import tempfile
from pathlib import Path

import machines
import peers
from harness import number, one, require, require_equal, rows, test


def sdts(machine):
    """{name: bytes} of all ACPI tables that have a header."""
    return {name: machine.read(phys, size) for name, phys, size, at in machine.sums
            if at == 9 and machine.read(phys + 4, 4) == size.to_bytes(4, "little")}


@test
def machines_as_others_see_them(t):
    """The machines that the tests build are sound: dmidecode, biosdecode and iasl say so, and find what was built."""
    structures = tables = 0
    for name, build in machines.ALL.items():
        m = build()
        said = peers.biosdecode(m.read(0, 1 << 20))
        for sign in ("SMBIOS", "ACPI 2.0", "BIOS32", "PNP BIOS", "PCI Interrupt Routing"):
            where = {"SMBIOS": "_SM_", "ACPI 2.0": "RSDP", "BIOS32": "_32_", "PNP BIOS": "$PnP"}.get(sign, "$PIR")
            require_equal(f"{sign} " in said, where in m.at, f"{name}: biosdecode finds {sign}")
        for entry, size in (("_SM_", 31), ("_SM3_", 24)):
            if entry not in m.at:
                continue
            found = peers.dmidecode(m.read(m.at[entry], size), m.smbios.table)
            require_equal([kind for kind, _ in found.values()], m.smbios.kinds, f"{name}: dmidecode's types by {entry}")
            bad = re.findall(r"<[^>]*>", str(found))
            require(not bad, f"{name}: dmidecode says {bad[:3]}")
            structures += len(found)
        for signature, data in sdts(m).items():
            if signature != "OEM1":  # taken for code
                fields = peers.iasl(data)
                require(fields or signature in ("DSDT", "SSDT"), f"{name}: iasl finds nothing in {signature}")
                strange = [f for f in fields if re.search("(?i)unknown|invalid|incorrect|\\*\\*\\*", f[2] + f[3])]
                require(not strange, f"{name}: iasl of {signature}: {strange[:2]}")
            tables += 1
    t.note(f"{structures} structures, {tables} tables")


# In which order `low` looks for them, and what it calls them.
SIGNATURES = {"_SM_": "_SM_", "_SM3_": "_SM3_", "RSDP": "RSD PTR", "_MP_": "_MP_", "$PIR": "$PIR", "_32_": "_32_",
              "$PnP": "$PnP", "LBIO at 0": "LBIO", "LBIO at 0xf0000": "LBIO"}


@test
def machines_low(t):
    """low on each: every table of the first MiB with a valid sum, the ROMs, the BIOS data as it was built."""
    with tempfile.TemporaryDirectory(prefix="ramscope-machines-") as folder:
        for name, build in machines.ALL.items():
            m, core = build(), Path(folder) / name
            m.write_core(core)
            records = t.on_core(core, "low")
            found = {(number(r["phys"]), r["name"], r["checksum"]) for r in rows(records, "low", "signature")}
            want = {(m.at[key], sign, "valid") for key, sign in SIGNATURES.items() if key in m.at}
            require_equal(found - {f for f in found if f[1] == "_DMI_"}, want, f"{name}: signatures")
            roms = {(number(r["phys"]), r["bytes" if "bytes" in r else "size"]) for r in rows(records, "low", "rom")}
            want = {(phys, m.memory[0][phys + 2] * 512) for what, phys in m.at.items() if what.endswith(" ROM")}
            require_equal(roms, want, f"{name}: ROMs")
            data = {r["field"]: r["value"] and number(r["value"]) for r in rows(records, "low", "bda")}
            for field, at in (("com1_port", 0x400), ("ebda_segment", 0x40e), ("equipment", 0x410),
                              ("base_memory", 0x413)):
                require_equal(data[field], int.from_bytes(m.read(at, 2), "little"), f"{name}: {field}")
            t.note(f"{name}: {len(found)} signatures, {len(roms)} ROMs")


def values(records, item, table, field):
    """That field of each such table, in their order."""
    return [number(r["value"]) for r in rows(records, "firmware", item) if (r["table"], r["field"]) == (table, field)]


def agree(t, records, wanted):
    """wanted: what is to be the same as what follows it."""
    for what, got, want in wanted:
        require_equal(got, want, what)
    t.note(f"{len(records)} records")


def all_of_pc486(t, records):
    links = [0x60, 0x61, 0x62, 0x63]
    agree(t, records, (
        ("local APICs", values(records, "mp_field", "processor", "local_apic"), [0, 1]),
        ("I/O APIC", values(records, "mp_field", "I/O APIC", "address"), [0xfec00000]),
        ("source IRQs", values(records, "mp_field", "I/O interrupt", "line"), list(range(1, 16))),
        ("entries", values(records, "mp_field", "header", "entries"), [22]),
        ("PCI devices", [v >> 3 for v in values(records, "pir_field", "device", "device")], [8, 9, 10, 11, 7]),
        ("INTA# links", [v & 0xff for v in values(records, "pir_field", "device", "inta")], links + links[:1]),
        ("masks", {v >> 8 for v in values(records, "pir_field", "device", "inta")}, {0xdeb8}),
    ))


def all_of_coreboot(t, records):
    top = 0x1ff00000
    agree(t, records, (
        ("memory starts", values(records, "coreboot_field", "memory", "start"), [0, 0x1000, 0xa0000, 0x100000, top]),
        ("memory types", values(records, "coreboot_field", "memory", "type"), [16, 1, 2, 1, 16]),
        ("baud rate", values(records, "coreboot_field", "serial port", "baud"), [115200]),
        ("timestamps", [(r["id"], r["us"]) for r in rows(records, "firmware", "coreboot_timestamp")],
         [(0, 0), (1, 100), (40, 15000), (99, 45000)]),  # at 2000 MHz, from the first one on
        ("console", [r["text"] for r in rows(records, "firmware", "coreboot_console")],
         ["coreboot-4.20 bootblock starting", "BS: done"]),
    ))


def all_of_server(t, records):
    memory = one(records, "firmware", "smbios_memory")
    agree(t, records, (
        ("structures", len(rows(records, "firmware", "smbios_structure")), len(machines.server().smbios.kinds)),
        ("slots", (memory["slots"], memory["populated"]), (48, 48)),
        ("sums", {memory[key] for key in ("bytes", "array_ranges", "device_ranges")}, {48 * machines.DIMM}),
    ))


@test
def machines_firmware(t):
    """firmware on each: what was built and no more, each field's value the bytes at its place."""
    parts = {"smbios", "acpi", "mp", "pir", "efi", "coreboot"}
    with tempfile.TemporaryDirectory(prefix="ramscope-machines-") as folder:
        for name, has, check in (("pc486", {"mp", "pir"}, all_of_pc486), ("server", {"smbios", "acpi"}, all_of_server),
                                 ("coreboot", {"smbios", "acpi", "coreboot"}, all_of_coreboot)):
            m, core = machines.ALL[name](), Path(folder) / name
            m.write_core(core)
            records = t.on_core(core, "firmware")
            absent = {r["part"] for r in rows(records, "firmware", "absent")}
            require_equal(absent, parts - has, f"{name}: absent")
            for r in records:
                # The strings of a structure that is not decoded have a number, and no field that holds it.
                if r["item"].endswith("_field") and r["value"] and r["bytes"] <= 8 and r["field"] != "string":
                    there = m.read(number(r["phys"]), r["bytes"])
                    require_equal(number(r["value"]), int.from_bytes(there, "little"), f"{name}: {r}")
            check(t, records)

# What boards have beside ACPI, against others: the tables of the first MiB against biosdecode, the MP table against the
# kernel that boots by it, coreboot's against the builder's numbers.
# SMBIOS structures and ACPI tables are not here.

import re
import tempfile
from pathlib import Path

import machines
import peers
from firmwarebytes import MIB, Machine, byte_sum, pack
from harness import number, require, require_equal, rows, test
from qemu import Guest


def fields_of(records, section, item):
    """[(table, {field: its record})] in the order of the structures, of which two of a kind tell themselves apart by place."""
    found = {}
    for r in rows(records, section, item):
        found.setdefault((number(r["at"]), r["table"]), {})[r["field"]] = r
    return [(table, fields) for (_, table), fields in found.items()]


def value(fields, name):
    return number(fields[name]["value"])


def irqs(text):
    """"3-5 7" as biosdecode writes it: "3 4 5 7"."""
    if text == "none":
        return "None"
    ends = [[int(n) for n in part.split("-")] for part in text.split()]
    return " ".join(str(n) for e in ends for n in range(e[0], e[-1] + 1))


def device(fields, name):
    """"1" or "3.3" as "01" and ".0"."""
    number_, _, function = fields[name]["meaning"].partition(".")
    return f"{int(number_):02x}", f".{function or 0}"


def say_pir(f):
    yield f"PCI Interrupt Routing {value(f, 'major_version')}.{value(f, 'minor_version')} present."
    yield f"Router Device: {value(f, 'router_bus'):02x}:" + "".join(device(f, "router_device"))
    yield f"Exclusive IRQs: {irqs(f['exclusive_irqs']['meaning'])}"
    if value(f, "compatible_vendor") or value(f, "compatible_device"):
        yield f"Compatible Router: {value(f, 'compatible_vendor'):04x}:{value(f, 'compatible_device'):04x}"
    if value(f, "miniport_data"):
        yield f"Miniport Data: 0x{value(f, 'miniport_data'):08X}"


def say_pir_device(f):
    slot = value(f, "slot")
    yield f"Device: {value(f, 'bus'):02x}:{device(f, 'device')[0]}, " + (f"slot {slot}" if slot else "on-board")
    for pin in "abcd":
        text = f[f"int{pin}"]["meaning"]
        if text != "not connected":
            link = re.fullmatch(r"link (0x[0-9a-f]+), IRQs (.*)", text)
            yield f"INT{pin.upper()}#: Link 0x{int(link[1], 16):02x}, IRQ Bitmap {irqs(link[2])}"


def say_pnp(f):
    version = value(f, "version")
    yield f"PNP BIOS {version >> 4}.{version & 15} present."
    words = {"not supported": "Not Supported", "polled": "Polling", "by interrupt": "Asynchronous"}
    yield f"Event Notification: {words[f['events']['meaning']]}"
    if f["events"]["meaning"] == "polled":
        yield f"Event Notification Flag Address: 0x{value(f, 'event_flag'):08X}"
    yield f"Real Mode 16-bit Code Address: {value(f, 'real_mode_segment'):04X}:{value(f, 'real_mode_offset'):04X}"
    yield f"Real Mode 16-bit Data Address: {value(f, 'real_mode_data'):04X}:0000"
    code = value(f, "protected_mode_base") + value(f, "protected_mode_offset")
    yield f"16-bit Protected Mode Code Address: 0x{code:08X}"
    yield f"16-bit Protected Mode Data Address: 0x{value(f, 'protected_mode_data'):08X}"
    if f["oem_device"]["meaning"] != "none":
        # biosdecode takes the last two digits from byte 0x20, which is in the data address, and not from 0x1a.
        last = value(f, "protected_mode_data") >> 24
        yield f"OEM Device Identifier: {f['oem_device']['meaning'][:5]}{last:02X}"


def say_smbios(f):
    yield f"SMBIOS {value(f, 'major_version')}.{value(f, 'minor_version')} present."
    yield from say_structures(f)
    yield f"Maximum Structure Size: {value(f, 'largest_structure')} bytes"


def say_structures(f):
    yield f"Structure Table Length: {value(f, 'structures_length')} bytes"
    yield f"Structure Table Address: 0x{value(f, 'structures'):08X}"
    yield f"Number Of Structures: {value(f, 'count')}"


def say_dmi(f):
    yield f"Legacy DMI {value(f, 'bcd_version') >> 4}.{value(f, 'bcd_version') & 15} present."
    yield from say_structures(f)


def say_smbios3(f):
    yield f"SMBIOS {value(f, 'major_version')}.{value(f, 'minor_version')}.{value(f, 'document_revision')} present."
    yield f"Structure Table Maximum Length: {value(f, 'structures_at_most')} bytes"
    yield f"Structure Table 64-bit Address: 0x{value(f, 'structures'):016X}"


def say_acpi(f):
    yield {0: "ACPI 1.0", 2: "ACPI 2.0"}.get(value(f, "revision"), "ACPI") + " present."
    yield f"OEM Identifier: {f['oem']['meaning']}"
    yield f"RSD Table 32-bit Address: 0x{value(f, 'rsdt'):08X}"
    # The XSDT's is in a part that low does not show: the table is 20 bytes long in what all revisions have.


def say_mp(f):
    yield "Intel Multiprocessor present."
    yield f"Specification Revision: {f['revision']['meaning']}"
    default = value(f, "default_configuration")
    yield f"Default Configuration: #{default}" if default else f"Configuration Table Address: 0x{value(f, 'table'):08X}"
    yield f"Mode: {'IMCR and PIC' if f['mode']['meaning'] == 'IMCR and PIC' else 'Virtual Wire'}"


def say_bios32(f):
    yield "BIOS32 Service Directory present."
    yield f"Revision: {value(f, 'revision')}"
    yield f"Calling Interface Address: 0x{value(f, 'entry_point'):08X}"


def say_sysid(f):
    yield "SYSID present."
    yield f"Revision: {value(f, 'revision')}"
    yield f"Structure Table Address: 0x{value(f, 'structures'):08X}"
    yield f"Number Of Structures: {value(f, 'count')}"


def say_vpd(f):
    yield "VPD present."
    for name, field in (("BIOS Build ID", "bios_build"), ("Box Serial Number", "box_serial_number"),
                        ("Motherboard Serial Number", "board_serial_number"), ("Machine Type/Model", "machine_type"),
                        ("BIOS Release Date", "bios_date")):
        if field in f:
            yield f"{name}: {f[field]['meaning']}"


# What biosdecode says of the fields of each; entries are told apart by their number, which ramscope has no field for.
SAYS = {"PCI IRQ routing": say_pir, "device": say_pir_device, "Plug and Play": say_pnp, "SMBIOS 2": say_smbios,
        "DMI": say_dmi, "SMBIOS 3": say_smbios3, "ACPI root": say_acpi, "MP pointer": say_mp, "BIOS32": say_bios32,
        "SYSID": say_sysid, "IBM VPD": say_vpd, "Compaq services": lambda f: ["Compaq-specific entries present."]}


def as_biosdecode(records):
    """What biosdecode would say of all that ramscope found from 0xe0000 on, where biosdecode looks."""
    said, services = [], 0
    for table, fields in fields_of(records, "low", "table_field"):
        if min(number(r["phys"]) for r in fields.values()) < 0xe0000:
            continue
        if table == "service":
            services += 1
            said.append(f"Entry {services}: {fields['name']['meaning']} at 0x{value(fields, 'address'):08X} "
                        f"({value(fields, 'size')} bytes)")
        elif table in SAYS:
            said += SAYS[table](fields)
    return sorted(line.strip() for line in said)


def lines_of(text):
    """biosdecode's lines, but for what ramscope has in another place or not at all."""
    skip = ("XSD Table",  # ramscope firmware acpi
            "Sony system detected")  # a signature and nothing else
    lines = [re.sub(r" +$", "", line).strip() for line in text.splitlines() if not line.startswith("#")]
    return sorted(line for line in lines if line and not line.startswith(skip))


def compare(t, first_mib, records, what):
    want, got = lines_of(peers.biosdecode(first_mib)), as_biosdecode(records)
    require(want, f"{what}: biosdecode finds nothing")
    require_equal([line for line in got if line not in want], [], f"{what}: said by ramscope only")
    require_equal(got, want, f"{what}: biosdecode's lines")
    t.note(f"{what}: {len(want)} lines")


@test(boards=["qemu-x86_64", "qemu-i386"])
def firmware_biosdecode(t):
    """low on SeaBIOS's pc and q35: each field as biosdecode has it, on QEMU's own copy of the memory."""
    for machine in ("pc", "q35"):
        with Guest(t.board, extra=f"-machine {machine}") as g:
            compare(t, g.memory(0, MIB), g.json("ramscope low --json"), machine)


def old_machine():
    """What no emulator has: a table of each kind that biosdecode knows, each at a place of its own."""
    m = Machine((0, MIB), (MIB, MIB))
    m.put(0xe1000, byte_sum(pack("7sBHIHB", b"_SYSID_", 0, 0x11, 0xe2000, 2, 1), 7))
    m.put(0xe3000, pack("4sB", b"32OS", 2) + pack("4sIH", b"$ABC", 0xf1000, 0x1234) + pack("4sIH", b"$XYZ", 0xfffff000, 7))
    m.put(0xf0000, byte_sum(pack("2s3sB7x9s7s11s7sB8s13s2x", b"\xaa\x55", b"VPD", 0x48, "1RET50WW", "KBXYZ12", "1ZABCDEFGHI",
                                 "2373CTO", 0, "11/17/03", "$IMAGE.FL1"), 0x2f))
    m.put(0xf1000, byte_sum(pack("4sBBB", b"$SNY", 0, 7, 0), 6))
    m.put(0xf2000, byte_sum(pack("5sBHIHB", b"_DMI_", 0, 0x200, 0xf8000, 5, 0x21), 5))
    m.put(0xf3000, byte_sum(pack("4sBBHBIHHHIIHI", b"$PnP", 0x10, 0x21, 1, 0, 0x78899, 0xd113, 0xf000, 0xd10f, 0xf0000,
                                 0x0f0cd041, 0x40, 0x400), 8))
    m.put(0xf4000, byte_sum(pack("4sIBBBBB3x", b"_MP_", 0xf5000, 1, 1, 0, 5, 0x80), 10))
    m.put(0xf6000, byte_sum(pack("5sBBBBBBBIQ", b"_SM3_", 0, 24, 3, 3, 1, 1, 0, 0x1000, 0x100000000), 5))
    return m


@test
def firmware_biosdecode_built(t):
    """low on machines that were built: a table of each kind, slots of PCI IRQs, an old BIOS, a server's."""
    with tempfile.TemporaryDirectory(prefix="ramscope-board-") as folder:
        for name, build in {**machines.ALL, "old": old_machine}.items():
            m, core = build(), Path(folder) / name
            m.write_core(core)
            compare(t, m.read(0, MIB), t.on_core(core, "low"), name)


def say_mp_entries(records):
    """The MP table in the words of the kernel's log, arch/x86/kernel/mpparse.c and apic/io_apic.c."""
    kinds = {"INT": 0, "NMI": 1, "SMI": 2, "ExtINT": 3}
    for table, f in fields_of(records, "firmware", "mp_field"):
        if table == "header":
            yield f"MPTABLE: OEM ID: {f['oem']['meaning']:8}"
            yield f"MPTABLE: Product ID: {f['product']['meaning']:12}"
            yield f"MPTABLE: APIC at: 0x{value(f, 'local_apic'):X}"
        elif table == "processor":
            first = " (Bootup-CPU)" if "boots the machine" in f["flags"]["meaning"] else ""
            yield f"Processor #{value(f, 'local_apic')}{first}"
        elif table == "bus":
            yield f"Bus #{value(f, 'number')} is {f['type']['meaning']:6}"
        elif table == "I/O APIC":
            yield f"IOAPIC: apic_id {value(f, 'number')}, address {value(f, 'address'):#x}"
        elif table.endswith("interrupt"):
            signal = value(f, "signal")
            start, pin = ("Int", "INT") if table.startswith("I/O") else ("Lint", "LINT")
            yield (f"{start}: type {kinds[f['kind']['meaning']]}, pol {signal & 3}, trig {signal >> 2 & 3}, "
                   f"bus {value(f, 'bus'):02x}, IRQ {value(f, 'line'):02x}, APIC ID {value(f, 'to_apic'):x}, "
                   f"APIC {pin} {value(f, 'pin'):02x}")


@test(boards="debian-stock-686")
def firmware_mp_kernel(t):
    """The MP table of two processors, field by field, as the kernel has it that boots by it (acpi=off)."""
    with Guest(t.board, extra="-smp 2", append="acpi=off apic=debug maxcpus=1 reboot=t") as g:
        g.off = "reboot"  # without ACPI it cannot switch itself off
        log = g.sh("dmesg")
        got = list(say_mp_entries(g.json("ramscope firmware mp --json")))
    pattern = r"\] (MPTABLE: (?:OEM|Product|APIC).*|Processor #.*|Bus #.*|IOAPIC\[\d+\]: apic_id.*|L?[Ii]nt: type.*)$"
    # The version of the I/O APIC is read from the chip, and "GSI" is counted by the kernel.
    want = [re.sub(r"IOAPIC\[\d+\]: apic_id (\d+), version \d+, address (\w+),.*", r"IOAPIC: apic_id \1, address \2", line)
            for line in re.findall(pattern, log, re.M)]
    require(len(want) > 15, f"the kernel did not use the MP table: {want}")
    require_equal([line.rstrip() for line in got], [line.rstrip() for line in want], "entries")
    t.note(f"{len(want)} lines")


@test
def firmware_coreboot(t):
    """coreboot's table by way of the one that leads on, its timestamps and log: as they were built."""
    with tempfile.TemporaryDirectory(prefix="ramscope-board-") as folder:
        m, core = machines.coreboot(), Path(folder) / "core"
        m.write_core(core)
        records = t.on_core(core, "firmware", "coreboot")
    head = rows(records, "firmware", "coreboot")
    require_equal([(number(r["phys"]), r["checksum"]) for r in head], [(m.at["LBIO"], "valid")], "table")
    tables = fields_of(records, "firmware", "coreboot_field")
    memory = [(value(f, "start"), value(f, "size"), value(f, "type")) for name, f in tables if name == "memory"]
    top = m.at["LBIO"]
    require_equal(memory, [(0, 0x1000, 16), (0x1000, 0x9f000, 1), (0xa0000, 0x60000, 2), (MIB, top - MIB, 1),
                           (top, MIB, 16)], "memory map")
    said = {(name, field): r["meaning"] for name, f in tables for field, r in f.items()}
    for key, want in ((("board", "name"), "Example, Board-1"), (("version", "text"), "4.20"),
                      (("serial port", "address"), "0x3f8"), (("serial port", "baud"), "115200"),
                      (("timestamps", "address"), hex(m.at["timestamps"])), (("CBMEM entry", "id"), "TIME")):
        require_equal(said.get(key), want, f"{key}")
    stamps = [(r["id"], r["ticks"], r["us"]) for r in rows(records, "firmware", "coreboot_timestamp")]
    require_equal(stamps, [(0, 1000, 0), (1, 201000, 100), (40, 30001000, 15000), (99, 90001000, 45000)], "timestamps")
    log = [r["text"] for r in rows(records, "firmware", "coreboot_console")]
    require_equal(log, ["coreboot-4.20 bootblock starting", "BS: done"], "log")
    t.note(f"{len(tables)} records")

# The firmware's tables by every route: what ramscope found where, held to the kernel's files and to QEMU's memory.
# What stands in the tables is for other tests.

import copy
import struct
import tempfile
from pathlib import Path

from harness import number, one, require, require_equal, rows, test
from qemu import Guest

ACPI = "/sys/firmware/acpi/tables"
DMI = "/sys/firmware/dmi/tables"
NO_FILE = {"RSDT", "XSDT", "RSDP", "OEM12"}  # the kernel shows none of them; the last is the same as another, see below
TWO_LISTS = ("-machine q35,smbios-entry-point-type=64 -m 5G -smp 4 "
             "-acpitable sig=OEM1,data=/dev/null -acpitable sig=OEM1,data=/dev/null")


def files(g, folder):
    """The files of a folder of the guest's /sys, by name."""
    names = g.sh(f"cd {folder} 2>/dev/null && ls -p").split()
    return {name: bytes.fromhex(g.sh(f"hexdump -ve '1/1 \"%02x\"' {folder}/{name}"))
            for name in names if not name.endswith("/")}


def tables(records):
    return {(r["part"], r["name"]): r for r in rows(records, "firmware", "table")}


def truth(g):
    """The kernel's files, by the names ramscope has for them."""
    kernel = {("acpi", name): data for name, data in files(g, ACPI).items()}
    for name, data in files(g, DMI).items():
        kernel["smbios", "DMI" if name == "DMI" else "_SM3_" if data[:5] == b"_SM3_" else "_SM_"] = data
    return kernel


def check_memory(g, found, kernel, needed):
    """What was had by memory is, in QEMU's own copy of it, what the kernel shows."""
    for (part, name), data in kernel.items():
        r = found.get((part, name))
        require(r, f"ramscope does not list {part} {name}")
        require_equal(r["bytes"], len(data), f"length of {part} {name}")
        if "not had" in r["ways"] or r["ways"] == "/sys":
            require(not needed, f"{part} {name} only by {r['ways']}: {r['why']}")
            continue
        if name != "FACS":
            require_equal(r["verdict"], "the same", f"verdict on {part} {name}")
            memory = g.memory(number(r["phys"]), len(data))
            require(memory == data, f"{part} {name} is not at {r['phys']}, by QEMU")
    extra = {name for part, name in found.keys() - kernel.keys() if part == "acpi"} - NO_FILE
    require(not extra, f"tables that the kernel does not show: {extra}")


@test(boards=("qemu-x86_64", "debian-stock", "qemu-i386", "debian-stock-686", "qemu-x86_64-numa"))
def firmware_memory_and_sys(t):
    """Every table of ACPI and SMBIOS by memory is that of /sys, by QEMU's memory too; no finding."""
    with Guest(t.board) as g:
        found = tables(g.json("ramscope firmware --json", statuses=(0,)))
        check_memory(g, found, truth(g), needed=True)
        require_equal(found["acpi", "RSDP"]["verdict"], "the same", "RSDP by boot_params and scan")
        t.note(f"{len(found)} tables")


@test
def firmware_memory_and_sys_q35(t):
    """The same on q35 with memory above 4 GiB, SMBIOS 3.0, and a table twice."""
    with Guest(t.board, extra=TWO_LISTS) as g:
        found = tables(g.json("ramscope firmware --json", statuses=(0,)))
        check_memory(g, found, truth(g), needed=True)
        for part, name in ("smbios", "_SM3_"), ("acpi", "MCFG"), ("acpi", "OEM1"), ("acpi", "OEM12"):
            require((part, name) in found, f"no {name}")
        t.note(f"{len(found)} tables")


@test(boards="debian-stock-uefi")
def firmware_memory_and_sys_uefi(t):
    """Started by UEFI: a kernel that guards ACPI's memory leaves /sys; with iomem=relaxed both are the same."""
    for append, needed in ("", False), ("iomem=relaxed", True):
        with Guest(t.board, append=append) as g:
            found = tables(g.json("ramscope firmware --json", statuses=(0,)))
            check_memory(g, found, truth(g), needed)
            require(found["acpi", "RSDP"]["ways"].startswith("EFI"), f"RSDP by {found['acpi', 'RSDP']['ways']}")
            require(not needed or "XSDT" in {name for _, name in found}, "no XSDT by memory")


@test(boards=("qemu-x86_64-lockdown-integrity", "qemu-x86_64-lockdown-confidentiality", "qemu-x86_64-nodevmem"))
def firmware_sys_alone(t):
    """Where memory is not to be had the kernel's files are, and the reason is told once; no failure."""
    with Guest(t.board) as g:
        found = tables(g.json("ramscope firmware --json", statuses=(0,)))
        kernel = truth(g)
        require(len(kernel) >= 8, f"only {sorted(kernel)} in /sys")
        for key, data in kernel.items():
            require(key in found, f"ramscope does not list {key}")
            require_equal(found[key]["bytes"], len(data), f"length of {key}")
            require(found[key]["ways"].endswith("/sys"), f"{key} by {found[key]['ways']}")
        require_equal(g.sh("ramscope firmware").count("not available:"), 1, "reasons told")
        require("QEMU" in g.sh("ramscope firmware smbios 1"), "SMBIOS is not decoded")


@test
def firmware_core(t):
    """Of a core, by memory alone: the tables are where they are in the machine."""
    with Guest(t.board) as g, tempfile.TemporaryDirectory(prefix="ramscope-boot-") as folder:
        found = tables(g.json("ramscope firmware --json", statuses=(0,)))
        core = Path(folder) / "core"
        g.stop()
        g.dump_core(core)
        saved = tables(t.on_core(core, "firmware", statuses=(0,)))
        g.cont()
    require_equal(sorted(saved), sorted(found), "tables")
    for key, r in saved.items():
        require_equal((r["phys"], r["bytes"]), (found[key]["phys"], found[key]["bytes"]), f"{key} in the core")
        require(r["ways"] in ("scan", "memory"), f"{key} of a core by {r['ways']}")


def cpio(name, data):
    """An archive of one file, for the kernel: Documentation/driver-api/early-userspace/buffer-format.rst."""
    def entry(name, data):
        fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    archive = entry(name, data) + entry("TRAILER!!!", b"")
    return archive + bytes(-len(archive) % 512)


@test(boards="debian-stock")
def firmware_routes_differ(t):
    """A table that the initramfs replaces is a finding: memory has the firmware's, /sys what the kernel uses."""
    with Guest(t.board) as g:
        hpet = bytearray(files(g, ACPI)["HPET"])
    struct.pack_into("<I", hpet, 24, 0x77)  # a newer OEM revision than the firmware's
    hpet[9] = 0
    hpet[9] = -sum(hpet) & 255
    with tempfile.TemporaryDirectory(prefix="ramscope-boot-") as folder:
        board = copy.copy(t.board)
        board.test_initramfs = Path(folder) / "initramfs"
        board.test_initramfs.write_bytes(cpio("kernel/firmware/acpi/hpet.aml", bytes(hpet)) +
                                         t.board.test_initramfs.read_bytes())
        with Guest(board) as g:
            records = g.json("ramscope firmware --json", statuses=(1,))
            require(files(g, ACPI)["HPET"] == bytes(hpet), "the kernel did not take the table")
    finding = one(records, "findings", "finding")
    require_equal(finding["name"], "routes-differ", "the finding")
    require("ACPI HPET: byte 0x9" in finding["evidence"], finding["evidence"])
    require_equal(tables(records)["acpi", "HPET"]["verdict"], "different", "verdict")

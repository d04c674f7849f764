# EFI: the memory map, the configuration tables and the system table, as the kernel logs them and as QEMU has them.
# Which tables they lead to is not here.

import re

from harness import number, one, require, require_equal, rows, test
from qemu import Guest

# The words of the kernel's log, drivers/firmware/efi/efi.c, by ramscope's.
TYPES = {"Reserved": "reserved", "Loader Code": "loader code", "Loader Data": "loader data", "Boot Code": "boot services code",
         "Boot Data": "boot services data", "Runtime Code": "runtime services code",
         "Runtime Data": "runtime services data", "Conventional": "conventional", "Unusable": "unusable",
         "ACPI Reclaim": "ACPI reclaim", "ACPI Mem NVS": "ACPI NVS", "MMIO": "MMIO", "MMIO Port": "MMIO port space",
         "PAL Code": "PAL code", "Persistent": "persistent", "Unaccepted": "unaccepted"}
ATTRIBUTES = {"RUN": "runtime", "MR": "more reliable", "CC": "crypto"}
TABLES = {"ACPI 2.0": "ACPI 2.0", "ACPI": "ACPI 1.0", "SMBIOS": "SMBIOS", "SMBIOS 3.0": "SMBIOS 3", "ESRT": "ESRT",
          "MEMATTR": "memory attributes", "INITRD": "Linux initrd", "RNG": "Linux random seed",
          "MEMRESERVE": "Linux reservations", "RTPROP": "runtime properties", "TPMEventLog": "TPM log",
          "TPMFinalLog": "TPM final log", "MOKvar": "shim MOK variables", "PROP": "properties"}


def logged_map(log):
    """The pieces of the memory map, as the boot loader handed it over: the kernel logs it again when it has changed it."""
    pieces = []
    for n, kind, words, start, last in re.findall(
            r"efi: mem(\d+): \[([\w ]+?) *\|([^\]]*)\] range=\[(0x[0-9a-f]+)-(0x[0-9a-f]+)\]", log):
        if int(n) == 0 and pieces:
            break
        words = {ATTRIBUTES.get(w.strip(), w.strip()) for w in words.split("|") if w.strip()}
        pieces.append((int(start, 16), int(last, 16), TYPES[kind], words))
    return pieces


def shown_map(records):
    """The kernel has by then marked as runtime, in place, what it keeps of boot services (efi_arch_mem_reserve(),
    arch/x86/platform/efi/quirks.c)."""
    return [(number(r["start"]), number(r["last"]), r["type"],
             set(r["meaning"].split(", ")) - ({"runtime"} if r["type"].startswith("boot services") else set()))
            for r in rows(records, "firmware", "efi_memory")]


@test(boards="debian-stock-uefi")
def firmware_efi_kernel(t):
    """The map, each table's place, version and maker as the kernel's log has them; each field as QEMU's memory has it."""
    with Guest(t.board, append="efi=debug iomem=relaxed") as g:
        log = g.sh("dmesg")
        records = g.json("ramscope firmware efi --json")
        fields = rows(records, "firmware", "efi_field")
        for r in fields:
            raw = g.memory(number(r["phys"]), r["bytes"])
            require(r["value"] is None or number(r["value"]) == int.from_bytes(raw, "little"),
                    f"{r['table']} {r['field']} at {r['phys']}: {r['value']}, memory has {raw.hex()}")
    want = logged_map(log)
    require(len(want) > 50, f"the kernel logs a map of {len(want)} pieces")
    require_equal([piece for piece in shown_map(records) if piece not in want], [], "pieces that the kernel did not log")
    require_equal(shown_map(records), want, "memory map")
    line = re.search(r"efi: EFI v(\d+)\.(\d)0 by (.*)", log)
    head = one(records, "firmware", "efi")
    require_equal((head["version"], head["vendor"], head["checksum"]), (f"{line[1]}.{line[2]}", line[3], "valid"), "firmware")
    places = {r["table"]: number(r["value"]) for r in fields if r["field"] == "address"}
    line = re.search(r"efi: (\w[\w. ]*=0x.*)", log)[1]
    told = re.findall(r"(\w[\w. ]*?)=(0x[0-9a-f]+)", line)
    require_equal({TABLES[name]: places.get(TABLES[name]) for name, _ in told},
                  {TABLES[name]: int(value, 16) for name, value in told}, "tables")
    require("unknown" not in places, "a table whose GUID is not known")
    t.note(f"{len(want)} pieces, {len(told)} of {len(places)} tables, {len(fields)} fields")


@test(boards="debian-stock-uefi")
def firmware_efi_kept(t):
    """Where the map cannot be read: what the kernel keeps of it, and the reason; ACPI and SMBIOS are found all the same."""
    names = ("phys_addr", "num_pages", "type", "attribute")
    with Guest(t.board) as g:
        records = g.json("ramscope firmware efi --json")
        text = g.sh("ramscope firmware")
        shell = "cd /sys/firmware/efi/runtime-map; i=0; while [ -d $i ]; do " + \
            "".join(f"read {name} <$i/{name}; " for name in names) + \
            "echo " + " ".join(f"${name}" for name in names) + "; i=$((i+1)); done"
        kept = [[int(word, 16) for word in line.split()] for line in g.sh(shell, 120).splitlines()]
    require(len(kept) > 2, f"the kernel keeps {len(kept)} pieces")
    shown = [(number(r["start"]), r["bytes"] >> 12, r["type_number"], number(r["attributes"]))
             for r in rows(records, "firmware", "efi_memory")]
    require_equal(shown, [tuple(piece) for piece in kept], "pieces")
    why = one(records, "firmware", "error")
    require(why["error"] == "refused" and "iomem=relaxed" in why["hint"], f"the reason is {why}")
    require(re.search(r"^  memory map at 0x[0-9a-f]+ not read: ramscope firmware efi says why$", text, re.M), text)
    t.note(f"{len(kept)} pieces")

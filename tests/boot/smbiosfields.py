# What dmidecode's fields are called and how it words their values: every field of the types that ramscope decodes.
# From ramscope's own words to dmidecode's. Where the two differ in more than words, the reason stands beside it.

import re

UNKNOWN = re.compile(r"unknown=0x[0-9a-f]+")


class Facts:
    """The fields of one structure, by their key, as NDJSON has them."""

    def __init__(self, records):
        self.records = {}
        for record in records:
            self.records.setdefault(record["field"], []).append(record)
        self.used = set()

    def __contains__(self, key):
        return key in self.records

    def all(self, key):
        self.used.add(key)
        return [r["meaning"] for r in self.records.get(key, [])]

    def text(self, key):
        return self.all(key)[0]

    def value(self, key):
        self.used.add(key)
        return int(self.records[key][0]["value"], 16)


def printable(text):
    """dmidecode shows a dot for every byte that is no plain character."""
    return re.sub(r"[^ -~]", ".", text)


def string(key):
    def say(f):
        text = f.text(key)
        return "Not Specified" if text == "none" else "<BAD INDEX>" if text.startswith("no string") else printable(text)
    return say


def enum(key, other=None):
    """One word; other: {ours: theirs}."""
    def say(f):
        text = f.text(key)
        return "<OUT OF SPEC>" if UNKNOWN.fullmatch(text) else (other or {}).get(text, text)
    return say


def words(f, key):
    """Those of a field of bits, without what is not known."""
    return [w for w in f.text(key).split(", ") if w != "none" and not UNKNOWN.fullmatch(w)]


def bits(key, other=None, between=" | ", none="None"):
    def say(f):
        return between.join((other or {}).get(w, w) for w in words(f, key)) or none
    return say


def hexadecimal(key, digits):
    """A word in place of the number stays."""
    def say(f):
        text = f.text(key)
        return f"0x{f.value(key):0{digits}X}" if text.startswith("0x") else text
    return say


def handle(key, none):
    """none: what dmidecode says in place of a number, by what ramscope says; or a pattern for it."""
    def say(f):
        text = f.text(key)
        return f"0x{f.value(key):04X}" if text.startswith("0x") else none.get(text, text)
    return say


def plain(key):
    return lambda f: f.text(key)


UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]


def size_of(text):
    """Bytes of "64 KiB"."""
    number, unit = text.split()
    return int(number) << 10 * UNITS.index(unit)


def rounded(size, least=1):
    """dmidecode shows at most two groups of ten bits, and drops what is below."""
    group = max(0, (size.bit_length() - 1) // 10)
    if group and size >> 10 * (group - 1) & 1023:
        group -= 1
    group = max(group, least)
    return f"{size >> 10 * group} {'bytes kB MB GB TB PB EB'.split()[group]}"


def size(key, least=1):
    def say(f):
        text = f.text(key)
        return rounded(size_of(text), least) if text[0].isdigit() else text
    return say


def rom_size(f):
    see = f.text("rom_size").startswith("see")
    if see and "extended_rom_size" not in f:
        return "16 MB"  # dmidecode takes 0xff for a size when there is no wider field
    said = size("extended_rom_size" if see else "rom_size")(f)
    return re.compile(".* <OUT OF SPEC>") if UNKNOWN.fullmatch(said) else said


def capacity(f):
    """None: the wider field is to be taken, and is not there."""
    see = f.text("maximum_capacity").startswith("see")
    return None if see and "extended_capacity" not in f else (
        size("extended_capacity", 0) if see else size("maximum_capacity"))(f)


# --- type 0

BIOS = {w: f"{w} is supported" for w in (
    "ISA", "MCA", "EISA", "PCI", "APM", "VL-VESA", "EDD", "ACPI", "USB legacy", "AGP", "I2O boot", "LS-120 boot",
    "ATAPI ZIP boot", "IEEE 1394 boot", "smart battery", "UEFI", "BIOS boot specification", "boot from CD",
    "selectable boot", "manufacturing mode", "function key network boot")}
BIOS.update({
    "not supported": "BIOS characteristics not supported",
    "PC Card": "PC Card (PCMCIA) is supported", "Plug and Play": "PNP is supported",
    "upgradeable": "BIOS is upgradeable", "shadowing allowed": "BIOS shadowing is allowed",
    "ESCD": "ESCD support is available", "socketed ROM": "BIOS ROM is socketed",
    "boot from PC Card": "Boot from PC Card (PCMCIA) is supported",
    "NEC floppy": "Japanese floppy for NEC 9800 1.2 MB is supported (int 13h)",
    "Toshiba floppy": "Japanese floppy for Toshiba 1.2 MB is supported (int 13h)",
    "360 kB floppy": '5.25"/360 kB floppy services are supported (int 13h)',
    "1.2 MB floppy": '5.25"/1.2 MB floppy services are supported (int 13h)',
    "720 kB floppy": '3.5"/720 kB floppy services are supported (int 13h)',
    "2.88 MB floppy": '3.5"/2.88 MB floppy services are supported (int 13h)',
    "print screen": "Print screen service is supported (int 5h)",
    "8042 keyboard": "8042 keyboard services are supported (int 9h)",
    "serial": "Serial services are supported (int 14h)", "printer": "Printer services are supported (int 17h)",
    "CGA/mono video": "CGA/mono video services are supported (int 10h)", "NEC PC-98": "NEC PC-98",
    "VL-VESA": "VLB is supported", "ATAPI ZIP boot": "ATAPI Zip drive boot is supported",
    "smart battery": "Smart battery is supported", "virtual machine": "System is a virtual machine",
    "function key network boot": "Function key-initiated network boot is supported",
    "targeted content distribution": "Targeted content distribution is supported",
    "manufacturing mode supported": "Manufacturing mode is supported",
    "manufacturing mode enabled": "Manufacturing mode is enabled",
})


def bios_characteristics(f):
    first = [w for key in ("characteristics", "services") for w in words(f, key) if w != "unknown"]
    if "not supported" in first:
        first = ["not supported"]
    more = sum((words(f, key) for key in ("extension_1", "extension_2") if key in f), [])
    return " | ".join(BIOS[w] for w in first + more)


def bios_address(f):
    return f"0x{f.value('start_segment'):04X}0"


def bios_runtime(f):
    left = 0x100000 - f.value("start_segment") * 16
    return f"{left >> 10} kB" if left % 1024 == 0 else f"{left} bytes"


def revision(key):
    return lambda f: f"{f.value(key + '_major')}.{f.value(key + '_minor')}"


# --- types 2 and 3

BOARD = {"hosting board": "Board is a hosting board", "requires daughter board": "Board requires at least one daughter board",
         "removable": "Board is removable", "replaceable": "Board is replaceable", "hot swappable": "Board is hot swappable"}
# Boards contained in a chassis are told by dmidecode as in type 2, by ramscope as "board of type N".
BOARDS = ("Unknown,Other,Server Blade,Connectivity Switch,System Management Module,Processor Module,I/O Module,"
          "Memory Module,Daughter Board,Motherboard,Processor+Memory Module,Processor+I/O Module,Interconnect Board").split(",")


def contained_objects(f):
    return " | ".join([f.text("contained_objects"), *(f"0x{int(h, 16):04X}" for h in f.all("contained_object"))])


# dmidecode's names of the structures that a chassis would contain; of others only the numbers are compared.
STRUCTURES = {4: "Processor", 7: "Cache", 16: "Physical Memory Array", 17: "Memory Device", 27: "Cooling Device",
              39: "Power Supply"}


def contained_elements(f):
    if f.value("element_size") < 3:
        return None  # a record that has no minimum and maximum; dmidecode shows their number only
    lines = []
    for what, least, most in zip(f.all("contained_type"), f.all("contained_minimum"), f.all("contained_maximum")):
        board = re.fullmatch(r"board of type (\d+)", what)
        structure = re.search(r"\(type (\d+)\)", what)
        name = None
        if board:
            name = BOARDS[int(board[1]) - 1] if 1 <= int(board[1]) <= len(BOARDS) else "<OUT OF SPEC>"
        elif int(structure[1]) in STRUCTURES:
            name = STRUCTURES[int(structure[1])]
        name = re.escape(name) if name else ".*"
        lines.append(f"{name} \\({least}\\)" if least == most else f"{name} \\({least}-{most}\\)")
    return re.compile(" \\| ".join([f.text("contained_elements"), *lines]), re.I)


def chassis_type(f):
    named = [w for w in f.text("type").split(", ") if w != "lock present"]
    # dmidecode's word for 29; the standard's is "blade enclosure".
    word = named[0] if named and named[0] != "none" else "unknown=0x0"
    return "<OUT OF SPEC>" if UNKNOWN.fullmatch(word) else "Blade Enclosing" if word == "blade enclosure" else word


# --- type 4

FLAGS = dict(re.findall(r"(\S+) (\(.*?\))(?:;|$)", (
    "FPU (Floating-point unit on-chip);VME (Virtual mode extension);DE (Debugging extension);PSE (Page size extension);"
    "TSC (Time stamp counter);MSR (Model specific registers);PAE (Physical address extension);"
    "MCE (Machine check exception);CX8 (CMPXCHG8 instruction supported);APIC (On-chip APIC hardware supported);"
    "SEP (Fast system call);MTRR (Memory type range registers);PGE (Page global enable);MCA (Machine check architecture);"
    "CMOV (Conditional move instruction supported);PAT (Page attribute table);PSE-36 (36-bit page size extension);"
    "PSN (Processor serial number present and enabled);CLFSH (CLFLUSH instruction supported);DS (Debug store);"
    "ACPI (ACPI supported);MMX (MMX technology supported);FXSR (FXSAVE and FXSTOR instructions supported);"
    "SSE (Streaming SIMD extensions);SSE2 (Streaming SIMD extensions 2);SS (Self-snoop);HTT (Multi-threading);"
    "TM (Thermal monitor supported);PBE (Pending break enabled)")))
FLAGS = {w: f"{w} {text}" for w, text in FLAGS.items()}


def cpu_id(f):
    raw = f.value("signature").to_bytes(4, "little") + f.value("cpuid_flags").to_bytes(4, "little")
    return " ".join(f"{b:02X}" for b in raw)


def cpu_signature(f):
    """None: dmidecode adds the extended parts of family and model whatever the family (Intel), or has another rule
    (AMD, 80386 and the like); by Intel's manual they count in families 6 and 15 only. Same for what there is: """
    eax = f.value("signature")
    family, extended = eax >> 8 & 15, eax >> 16 & 0xfff
    if f.text("family") in ("80386", "80486") or family not in (6, 15) or (family == 6 and extended >> 4) or eax >> 12 & 3:
        return None
    said = re.search(r"family (\d+), model (\d+), stepping (\d+)", f.text("signature"))
    return re.compile(r"(Type 0, )?Family {}, Model {}, Stepping {}".format(*said.groups()), re.I)


def cpu_family(f):
    """None: a processor that is no x86 has no name in ramscope, only its number."""
    key = "family_2" if f.text("family") == "see family 2" and "family_2" in f else "family"
    text = f.text(key)
    if text == "see family 2":
        return "<OUT OF SPEC>"
    # Two that are later than dmidecode 3.4.
    return None if UNKNOWN.fullmatch(text) else "<OUT OF SPEC>" if text in ("Intel", "Xeon D") else text


def cpu_voltage(f):
    return " ".join(w for w in f.text("voltage").split(", ") if not UNKNOWN.fullmatch(w)) or "Unknown"


def cpu_status(f):
    said = words(f, "status")
    if "unpopulated" in said:
        return "Unpopulated"
    state = [w for w in said if w != "populated"]
    word = state[0].replace("by the user", "by User").replace("by the BIOS", "by BIOS") if state else "<OUT OF SPEC>"
    return "Populated, " + word


SOCKETS = {w: w for w in ("other", "unknown", "daughter board", "ZIF socket", "replaceable piggy back", "none", "LIF socket",
                          "slot 1", "slot 2", "370-pin socket", "slot A", "slot M")}
SOCKETS.update({"A (462)": "Socket A (Socket 462)", "LGA1155": "Socket BGA1155"})  # BGA in SMBIOS 2.7; 2.8 says LGA


def cpu_upgrade(f):
    text = f.text("upgrade")
    if UNKNOWN.fullmatch(text) or f.value("upgrade") > 0x3f:  # dmidecode 3.4 knows no later ones
        return "<OUT OF SPEC>"
    return SOCKETS.get(text, f"Socket {text}")


def cpu_characteristics(f):
    said = [w for w in words(f, "characteristics") if w != "unknown"]
    # dmidecode looks at the others only if there is one of the first.
    return " | ".join(said) if set(said) - {"128-bit capable", "Arm64 SoC ID"} else "None"


def count(key):
    """16 bits, if the 8 bits are not enough and there are such."""
    def say(f):
        text = f.text(key)
        if text.startswith("see"):
            text = f.text(key + "_2").replace("unknown", "0") if key + "_2" in f else "255"
        return text
    return say


# --- type 7

def cache_configuration(f):
    said = words(f, "configuration")
    return ", ".join(next(w for w in said if w in group) for group in (
        ("enabled", "disabled"), ("socketed", "not socketed"), [f"level {n}" for n in range(1, 9)]))


def cache_place(f):
    return next((w for w in words(f, "configuration") if w in ("internal", "external")),
                "Unknown" if "location unknown" in f.text("configuration") else "<OUT OF SPEC>")


def cache_mode(f):
    said = words(f, "configuration")[-1]
    return {"varies with address": "Varies With Memory Address", "mode unknown": "Unknown"}.get(said, said)


def cache_size(key):
    def say(f):
        # With the wider fields dmidecode takes these always; without, 0xffff for a size.
        text = f.text(key + "_2" if key + "_2" in f else key).replace("see size 2", "2097088 KiB")
        f.used.add(key)
        return rounded(size_of(text)) if size_of(text) else "0 kB"
    return say


WAYS = {f"{n}-way": f"{n}-way Set-associative" for n in (2, 4, 8, 12, 16, 20, 24, 32, 48, 64)}

# --- types 16 and 17

# dmidecode's words of an older draft; the standard's are "system board" without more, and "CXL add-on card".
PLACES = {"system board": "System Board Or Motherboard", "CXL add-on card": "CXL Flexbus 1.0"}


def width(key):
    return lambda f: f.text(key)


def voltage(key):
    def say(f):
        text = f.text(key)
        return text if text == "unknown" else f"{int(text.split()[0]) / 1000:.3f}".rstrip("0").ljust(3, "0") + " V"
    return say


def memory_type(f):
    if f.value("type") in (0x15, 0x16, 0x17):  # the standard leaves them out
        f.used.add("type")
        return "Reserved"
    return enum("type", {"HBM3": "<OUT OF SPEC>"})(f)  # later than dmidecode 3.4


def device_size(f):
    text = f.text("size")
    if text == "see extended":
        text = f.text("extended_size") if "extended_size" in f else "32767 MiB"
        return "0 MB" if text == "none" else rounded_extended(size_of(text))
    if "extended_size" in f:
        f.used.add("extended_size")
    if text == "no module":
        return "No Module Installed"
    return text if text == "unknown" else rounded(size_of(text))


def rounded_extended(bytes_):
    mib = bytes_ >> 20
    shift = 0 if mib & 0x3ff else 10 if mib & 0xffc00 else 20
    return f"{mib >> shift} {'MB' if shift == 0 else 'GB' if shift == 10 else 'TB'}"


def speed(key, second):
    def say(f):
        text = f.text(key)
        if text.startswith("see"):
            # dmidecode wants both of the wider fields to be there.
            text = f.text(second) if "extended_configured" in f else "unknown"
            if text == "none":
                text = "Unknown"
        elif second in f:
            f.used.add(second)
        return text
    return say


def maker(key):
    def say(f):
        text = f.text(key)
        found = re.fullmatch(r"JEDEC bank (\d+), 0x([0-9a-f]+)", text)
        return f"Bank {found[1]}, Hex 0x{int(found[2], 16):02X}" if found else text
    return say


def rank(f):
    found = re.search(r"rank (\d+)", f.text("attributes"))
    return found[1] if found else "Unknown"


# --- types 19 and 20

def bound(key):
    def say(f):
        text = f.text(key)
        if not text.startswith("see"):
            return f"0x{int(text, 16):011X}"
        second = "extended_" + key
        # dmidecode puts a "k" behind, but these fields count bytes (DSP0134 3.7, 7.20).
        return f"0x{f.value(second):016X}k" if second in f else None
    return say


def range_bounds(f):
    found = [bound(key)(f) for key in ("start", "last")]
    return None if None in found else [int(text.rstrip("k"), 16) for text in found]


def range_size(f):
    bounds = range_bounds(f)
    if not bounds:
        return None
    total = bounds[1] - bounds[0] + 1
    # dmidecode's arithmetic where the end is before the start: modulo its 32 or 64 bits.
    if f.text("start").startswith("see"):
        return "Invalid" if bounds[0] == bounds[1] else rounded(total % (1 << 64), 0)
    return rounded(total % (1 << 42)) if total % (1 << 42) else "Invalid"


def boot_status(f):
    status = f.value("boot_status")
    if status < 128:
        return enum("boot_status", {"watchdog timer expired": "System watchdog timer expired"})(f)
    f.used.add("boot_status")
    return "OEM-specific" if status < 192 else "Product-specific"  # a number to ramscope


# Before SMBIOS 2.3 it meant that there is no such cache.
HANDLES = {"none": re.compile("Not Provided|No L[123] Cache", re.I)}
ERRORS = {"not provided": "Not Provided", "no error": "No Error"}

ERROR_INFO = {
    "Type": enum("error_type"), "Granularity": enum("granularity"), "Operation": enum("operation"),
    "Vendor Syndrome": hexadecimal("syndrome", 8), "Resolution": hexadecimal("resolution", 8),
}
SRAM = {"Supported SRAM Types": bits("supported_sram"), "Installed SRAM Type": bits("installed_sram", None, " ")}
MAPPED = {"Starting Address": bound("start"), "Ending Address": bound("last"), "Range Size": range_size}

# {type: {dmidecode's field: what it says there, by ramscope's facts; None: it cannot be compared, see there}}
FIELDS = {
    0: {"Vendor": string("vendor"), "Version": string("version"), "Release Date": string("release_date"),
        "Address": bios_address, "Runtime Size": bios_runtime,
        "ROM Size": rom_size, "Characteristics": bios_characteristics,
        "BIOS Revision": revision("bios"), "Firmware Revision": revision("ec_firmware")},
    1: {"Manufacturer": string("manufacturer"), "Product Name": string("product"), "Version": string("version"),
        "Serial Number": string("serial_number"), "Wake-up Type": enum("wake_up"), "SKU Number": string("sku"),
        # The standard's words: all 0 is "not present", all ones "not present, can be set"; dmidecode has it the other way.
        "UUID": enum("uuid", {"not present": "Not Settable", "not present, can be set": "Not Present"}),
        "Family": string("family")},
    2: {"Manufacturer": string("manufacturer"), "Product Name": string("product"), "Version": string("version"),
        "Serial Number": string("serial_number"), "Asset Tag": string("asset_tag"), "Features": bits("features", BOARD),
        "Location In Chassis": string("location"), "Chassis Handle": handle("chassis_handle", {"none": "0xFFFF"}),
        "Type": enum("type"), "Contained Object Handles": contained_objects},
    3: {"Manufacturer": string("manufacturer"), "Type": chassis_type,
        "Lock": lambda f: "Present" if "lock present" in f.text("type") else "Not Present",
        "Version": string("version"), "Serial Number": string("serial_number"), "Asset Tag": string("asset_tag"),
        "Boot-up State": enum("boot_up_state"), "Power Supply State": enum("power_supply_state"),
        "Thermal State": enum("thermal_state"), "Security Status": enum("security"), "OEM Information": hexadecimal("oem", 8),
        "Height": plain("height"), "Number Of Power Cords": plain("power_cords"), "SKU Number": string("sku"),
        "Contained Elements": contained_elements},
    4: {"Socket Designation": string("socket"), "Type": enum("type", {"DSP": "DSP Processor"}), "Family": cpu_family,
        "Manufacturer": string("manufacturer"), "ID": cpu_id, "Signature": cpu_signature,
        "Flags": bits("cpuid_flags", FLAGS), "Version": string("version"), "Voltage": cpu_voltage,
        "External Clock": plain("external_clock"), "Max Speed": plain("maximum_speed"),
        "Current Speed": plain("current_speed"), "Status": cpu_status, "Upgrade": cpu_upgrade,
        **{f"L{n} Cache Handle": handle(f"l{n}_cache_handle", HANDLES) for n in (1, 2, 3)},
        "Serial Number": string("serial_number"), "Asset Tag": string("asset_tag"), "Part Number": string("part_number"),
        "Core Count": count("cores"), "Core Enabled": count("cores_enabled"), "Thread Count": count("threads"),
        "Characteristics": cpu_characteristics},
    7: {"Socket Designation": string("socket"), "Configuration": cache_configuration, "Operational Mode": cache_mode,
        "Location": cache_place, "Installed Size": cache_size("installed_size"), "Maximum Size": cache_size("maximum_size"),
        **SRAM, "Speed": plain("speed"), "Error Correction Type": enum("error_correction"), "System Type": enum("type"),
        "Associativity": enum("associativity", WAYS)},
    16: {"Location": enum("location", PLACES), "Use": enum("use"), "Error Correction Type": enum("error_correction"),
         "Maximum Capacity": capacity,
         "Error Information Handle": handle("error_handle", ERRORS), "Number Of Devices": plain("devices")},
    17: {"Array Handle": handle("array_handle", {}), "Error Information Handle": handle("error_handle", ERRORS),
         "Total Width": width("total_width"), "Data Width": width("data_width"), "Size": device_size,
         # Later than dmidecode 3.4.
         "Form Factor": enum("form_factor", {"CAMM": "<OUT OF SPEC>"}), "Set": plain("set"),
         "Locator": string("locator"), "Bank Locator": string("bank_locator"),
         "Type": memory_type, "Type Detail": bits("type_detail", None, " "),
         "Speed": speed("speed", "extended_speed"), "Manufacturer": string("manufacturer"),
         "Serial Number": string("serial_number"), "Asset Tag": string("asset_tag"), "Part Number": string("part_number"),
         "Rank": rank, "Configured Memory Speed": speed("configured_speed", "extended_configured"),
         **{f"{w} Voltage": voltage(f"{w.lower()}_voltage") for w in ("Minimum", "Maximum", "Configured")},
         # Its name as of SMBIOS 3.3; later ones leave "DC" out.
         "Memory Technology": enum("technology", {"Intel Optane persistent memory": "Intel Optane DC persistent memory"}),
         "Memory Operating Mode Capability": bits("operating_modes", None, " ", re.compile("(None)?", re.I)),
         "Firmware Version": string("firmware_version"), "Module Manufacturer ID": maker("module_maker"),
         "Module Product ID": hexadecimal("module_product", 4),
         "Memory Subsystem Controller Manufacturer ID": maker("controller_maker"),
         "Memory Subsystem Controller Product ID": hexadecimal("controller_product", 4),
         **{f"{w} Size": size(f"{w.lower().replace('-', '_')}_size", 0) for w in ("Non-Volatile", "Volatile", "Cache", "Logical")}},
    18: {**ERROR_INFO, "Memory Array Address": hexadecimal("array_address", 8),
         "Device Address": hexadecimal("device_address", 8)},
    33: {**ERROR_INFO, "Memory Array Address": hexadecimal("array_address", 16),
         "Device Address": hexadecimal("device_address", 16)},
    19: {**MAPPED, "Physical Array Handle": handle("array_handle", {}), "Partition Width": plain("partition_width")},
    20: {**MAPPED, "Physical Device Handle": handle("device_handle", {}),
         "Memory Array Mapped Address Handle": handle("array_map_handle", {}),
         "Partition Row Position": lambda f: {"reserved": "<OUT OF SPEC>"}.get(f.text("row_position"), f.text("row_position")),
         "Interleave Position": plain("interleave_position"), "Interleaved Data Depth": plain("interleaved_depth")},
    32: {"Status": boot_status},
    127: {},
}

# Fields that dmidecode 3.4 does not print: later than SMBIOS 3.5, or put into another field by it.
OURS_ONLY = {
    0: {"vendor_bits"}, 4: {"threads_enabled"},
    17: {"pmic0_maker", "pmic0_revision", "rcd_maker", "rcd_revision"},
}

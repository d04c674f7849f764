# What others make of firmware's tables: dmidecode, biosdecode and iasl, run on this machine on bytes given.
# Compares nothing: test_*.py do.

import re
import subprocess
import tempfile
from pathlib import Path

from firmwarebytes import byte_sum, pack


def run(*words, folder=None):
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: status {done.returncode}: {done.stdout.decode('ascii', 'replace')[-600:]}")
    return done.stdout.decode("ascii", "replace")


def on_file(data, *words):
    """A program's output; it gets the bytes as a file, and its name as the last word."""
    with tempfile.TemporaryDirectory(prefix="ramscope-peer-") as name:
        file = Path(name) / "data"
        file.write_bytes(data)
        return run(*words, file)


def dmidecode(entry, table, *words):
    """{handle: (type, [(field, value, [what stands in the lines below it])])}.

    A dump holds the entry point, which leads to 32, and there the table: an image of memory would do, but that
    dmidecode searches where this machine's own EFI says.
    """
    if entry.startswith(b"_SM3_"):
        entry = byte_sum(entry[:16] + pack("Q", 32), 5)
    elif entry.startswith(b"_DMI_"):
        entry = byte_sum(entry[:8] + pack("I", 32) + entry[12:], 5)
    else:
        entry = byte_sum(entry[:16] + byte_sum(entry[16:24] + pack("I", 32) + entry[28:], 5), 4)
    text = on_file(entry.ljust(32, b"\0") + table, "/usr/sbin/dmidecode", *words, "--from-dump")
    return parse_dmidecode(text)


def parse_dmidecode(text):
    found = {}
    for part in re.split(r"^(?=Handle 0x)", text, flags=re.M)[1:]:
        head = re.match(r"Handle (0x[0-9A-F]+), DMI type (\d+), \d+ bytes\n", part)
        fields = found[int(head[1], 16)] = (int(head[2]), [])
        for line in part[head.end():].splitlines():  # the title has no tab
            if line.startswith("\t\t"):
                fields[1][-1][2].append(line.strip())
            elif line.startswith("\t"):
                name, _, value = line.strip().partition(":")
                fields[1].append((name, value.strip(), []))
    return found


def biosdecode(first_mib):
    return on_file(first_mib, "/usr/sbin/biosdecode", "--pir", "full", "-d")


def iasl(table):
    """[(offset, bytes, field, value)] of an ACPI table."""
    with tempfile.TemporaryDirectory(prefix="ramscope-peer-") as name:
        (Path(name) / "table.dat").write_bytes(table)
        run("iasl", "-d", "table.dat", folder=name)
        text = (Path(name) / "table.dsl").read_text(encoding="latin-1")
    # [024h 0036   4]           Local Apic Address : FEE00000; the offset in decimal is cut to four digits.
    return [(int(m[1], 16), int(m[2]), m[3].strip(), m[4])
            for m in re.finditer(r"^\[([0-9A-F]+)h \d+ +(\d+)\] +(.*?) : (.*)$", text, re.M)]


def acpixtract(tables):
    """[(signature, length, revision, OEM, OEM's name)] of ACPI tables, through acpidump and back."""
    with tempfile.TemporaryDirectory(prefix="ramscope-peer-") as name:
        dumped = ""
        for i, table in enumerate(tables):
            (Path(name) / f"{i}").write_bytes(table)
            dumped += run("acpidump", "-f", i, folder=name)
        (Path(name) / "dump").write_text(dumped, encoding="ascii")
        text = run("acpixtract", "-l", "dump", folder=name)
    #  01)  APIC  0x0000015A  0x05  "INTEL "  "Template"  0x00000001  "INTL"   0x20200925
    return [(m[1], int(m[2], 16), int(m[3], 16), m[4], m[5])
            for m in re.finditer(r'^ +\d+\) +(\S{4}) +(0x\w+) +(0x\w+)(?: +"(.{6})" +"(.{8})")?', text, re.M)]

# Bad input, on this machine and without a boot: one clear message, an exit status of its own, no output.
# Does not test how parsers survive random bytes: tests/fuzz does.

import os
import re
import tempfile
from pathlib import Path

import corefile
import tinykernel as tiny
from harness import Failure, exit_statuses, number, one, require, require_equal, rows, test

OUTSIDE = 0x40000000000  # 4 TiB, far from any RAM of the core


def refuse(t, kind, words, mention=""):
    """Why ramscope does not refuse as it should, or None."""
    status, out, err = t.call(*words)
    lines = re.sub(r"\n {10}(?=\S)", " ", err).splitlines()  # a long line goes on in the next
    want = exit_statuses()[kind]
    what = "ramscope " + " ".join(Path(w).name if "/" in str(w) else str(w) for w in words)
    if status != want:
        return f"{what}: status {status}, expected {want} ({kind}): {err.strip()[:200]}"
    if out and (len(words) < 2 or words[-2] not in ("walk", "dump")):  # they show how far they came
        return f"{what}: output on stdout: {out[:80]!r}"
    notes = [line for line in lines if re.match(r"ramscope: (cause|try): ", line)]
    if not lines or not lines[0].startswith("ramscope: ") or lines[0] in notes or len(lines) != 1 + len(notes):
        return f"{what}: not one clear message: {err!r}"
    if mention not in err:
        return f"{what}: the message does not name {mention!r}: {err.strip()!r}"
    return None


def refuse_all(t, cases):
    found = [why for kind, words, *mention in cases if (why := refuse(t, kind, words, *mention))]
    if found:
        raise Failure("\n  ".join([f"{len(found)} of {len(cases)}:"] + found))
    t.note(f"{len(cases)} cases, {len({case[0] for case in cases})} exit statuses")


@test
def badinput_words(t):
    """A bad option, command, address or range is named before anything is opened.

    There is no /dev/mem to read on a build machine, or not for everybody: a status of "system" or
    "refused" would show that it was tried before the words were understood.
    """
    refuse_all(t, [
        ("command", ["frobnicate"], "frobnicate"),
        ("usage", ["--frobnicate"], "--frobnicate"),
        ("usage", ["pages", "--frobnicate"], "--frobnicate"),
        ("usage", ["pages", "--list"]),
        ("usage", ["--mem"]),
        ("usage", ["--method=magic", "pages"], "magic"),
        ("usage", ["page"]),
        ("usage", ["page", "1", "2"]),
        ("usage", ["walk"]),
        ("usage", ["check", "1"]),
        ("usage", ["why"]),
        ("usage", ["--i-know-this-address-is-safe=5-3", "dump", "0"], "5-3"),
        ("usage", ["--i-know-this-address-is-safe=zzz", "why", "0"], "zzz"),
        ("usage", ["--i-know-this-address-is-safe=0x10000000000000+1", "why", "0"], "0x10000000000001"),
        ("usage", ["--i-know-this-address-is-safe=0+1", "--i-know-this-address-is-safe=8K+1", "why", "0"], "twice"),
        ("usage", ["--i-know-this-address-is-safe=0+1", "--mem=x", "why", "0"], "exclude"),
        ("address", ["page", "xyz"], "xyz"),
        ("address", ["page", "0x"], "0x"),
        ("address", ["page", "0x10000000000000000"]),
        ("address", ["page", "12q"]),
        ("address", ["page", ""]),
        ("address", ["walk", "0x1 "]),
        ("address", ["walk", "hello"], "hello"),
        ("address", ["why", "0xfffffffffffffffff"]),
        ("range", ["dump", "5-3"], "5-3"),
        ("range", ["dump", "0x1000-0x1000"]),
        ("range", ["dump", "0xffffffffffffffff+2"]),
        ("range", ["dump", "zzz"], "zzz"),
        ("range", ["pages", "--list=9-1"], "9-1"),
    ])


def spoiled_files(folder):
    """Files that are not cores, or not such as can be read."""
    good = folder / "good"
    tiny.write(good)
    data = good.read_bytes()
    files = {
        "empty": b"", "text": b"This is no core.\n" * 100, "stub": data[:20],
        "truncated-headers": data[:100], "truncated-data": data[:len(data) // 2], "zeros": bytes(4096),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    tiny.write(folder / "class32", elf_class=1)
    tiny.write(folder / "bigendian", data=2)
    tiny.write(folder / "arm", machine=corefile.EM_AARCH64)
    tiny.write(folder / "executable", kind=corefile.ET_EXEC)
    corefile.write_core(folder / "no-notes", [(0, tiny.RAM_END, tiny.memory())], b"")
    corefile.write_core(folder / "no-vmcoreinfo", [(0, tiny.RAM_END, tiny.memory())],
                        corefile.note("CORE", bytes(336), 1))


@test
def badinput_files(t):
    """--mem on what is not a readable ELF core says what it is instead."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spoiled_files(folder)
        os.mkfifo(folder / "fifo")
        kinds = {
            "missing": "system", "": "not-file", "fifo": "not-file", "empty": "empty", "text": "not-core",
            "zeros": "not-core", "executable": "not-core", "stub": "truncated",
            "truncated-headers": "truncated", "truncated-data": "truncated", "class32": "class",
            "bigendian": "class", "arm": "class", "no-notes": "no-vmcoreinfo",
            "no-vmcoreinfo": "no-vmcoreinfo",
        }
        cases = [(kind, ["--mem", folder / file, "pages"]) for file, kind in kinds.items()]
        cases.append(("not-file", ["--mem", "/dev/null", "pages"]))
        refuse_all(t, cases)


NEEDED_KEYS = ("SIZE(page)", "OFFSET(page.flags)", "OFFSET(page._refcount)", "OFFSET(page._mapcount)",
               "OFFSET(page.mapping)", "OFFSET(page.private)", "NUMBER(PG_lru)", "NUMBER(PG_head_mask)",
               "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "SYMBOL(mem_section)", "SIZE(mem_section)",
               "LENGTH(mem_section)", "OFFSET(mem_section.section_mem_map)", "NUMBER(SECTION_SIZE_BITS)",
               "NUMBER(MAX_PHYSMEM_BITS)", "NUMBER(phys_base)")

WRONG_VALUES = (
    ("key-value", "SIZE(page)", "0"), ("key-value", "SIZE(page)", "-64"), ("key-value", "SIZE(page)", "many"),
    ("key-value", "SIZE(page)", "9223372036854775807"), ("key-value", "SIZE(mem_section)", "0"),
    ("key-value", "NUMBER(SECTION_SIZE_BITS)", "200"), ("key-value", "NUMBER(MAX_PHYSMEM_BITS)", "99"),
    ("key-value", "LENGTH(mem_section)", "99999999999999"), ("key-value", "SYMBOL(mem_section)", "xyz"),
    ("key-offset", "OFFSET(page.flags)", "64"), ("key-offset", "OFFSET(page.flags)", "57"),
    ("key-offset", "OFFSET(page._refcount)", "61"), ("key-offset", "OFFSET(page.private)", "1000000000"),
    ("key-offset", "OFFSET(page.mapping)", "18446744073709551615"),
    ("key-offset", "OFFSET(mem_section.section_mem_map)", "16"),
)


@test
def badinput_vmcoreinfo(t):
    """A missing key, SIZE(page)=0, an offset beyond its structure: the message names the key."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = []
        for i, key in enumerate(NEEDED_KEYS):
            tiny.write(folder / f"missing{i}", drop=(key,))
            cases.append(("key-missing", ["--mem", folder / f"missing{i}", "pages"], key))
        for i, (kind, key, value) in enumerate(WRONG_VALUES):
            tiny.write(folder / f"wrong{i}", keys={key: value})
            cases.append((kind, ["--mem", folder / f"wrong{i}", "pages"], key))
        refuse_all(t, cases)


def spoiled_tables(folder):
    """(kind of failure, what is patched, the address walked) for each table that leads astray."""
    top = tiny.TOP
    spoiled = (
        ("table-outside", {top + tiny.slot(tiny.SMALL, 39): OUTSIDE}),
        ("table-outside", {tiny.PUD_SMALL: OUTSIDE}),
        ("table-outside", {tiny.PMD_SMALL: OUTSIDE}),
        ("table-outside", {top + tiny.slot(tiny.SMALL, 39): tiny.RAM_END}),
        ("table-loop", {top + tiny.slot(tiny.SMALL, 39): top}),
        ("table-loop", {tiny.PUD_SMALL: top}),
        ("table-loop", {tiny.PUD_SMALL: tiny.PUD_SMALL}),
        ("table-loop", {tiny.PMD_SMALL: tiny.PMD_SMALL}),
        ("not-mapped", {tiny.PTE_SMALL: None}),
    )
    for i, (kind, entries) in enumerate(spoiled):
        patch = {at: tiny.u64(0 if to is None else to | tiny.PRESENT) for at, to in entries.items()}
        tiny.write(folder / f"table{i}", patch=patch)
        yield kind, ["--mem", folder / f"table{i}", "walk", hex(tiny.SMALL)]


@test
def badinput_page_tables(t):
    """A page table that points outside RAM or at itself ends the walk with its own status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiny.write(folder / "good")
        tiny.write(folder / "root", keys={"SYMBOL(init_top_pgt)": f"{tiny.IMAGE + 0x30000000:x}",
                                          "SYMBOL(swapper_pg_dir)": f"{tiny.IMAGE + 0x30000000:x}"})
        loop = {tiny.TOP + tiny.slot(tiny.VMEMMAP, 39): tiny.u64(tiny.TOP | tiny.PRESENT)}
        tiny.write(folder / "vmemmap-loop", patch=loop)
        good = ["--mem", folder / "good"]
        refuse_all(t, [
            *spoiled_tables(folder),
            ("table-outside", ["--mem", folder / "root", "walk", hex(tiny.SMALL)]),
            ("table-loop", ["--mem", folder / "vmemmap-loop", "pages"]),
            ("not-mapped", good + ["walk", "0xffffd00000000000"]),
            ("address", good + ["walk", "0x8000000000000000"]),
            ("no-page", good + ["page", "0x8000"]),
            ("guard", good + ["dump", "--raw", "0x1000000-0x1001000"]),
            ("guard", good + ["dump", "0xfff000-0x1001000"]),
        ])


@test
def badinput_good_core(t):
    """The same core unspoiled is read in full: what the other tests change is what they test."""
    with tempfile.TemporaryDirectory() as name:
        core = Path(name) / "good"
        tiny.write(core)
        for virt, phys, leaf in ((tiny.SMALL, 0x300000, 1 << 12), (tiny.VMEMMAP + 0x12345, 0x412345, 1 << 21),
                                 (tiny.DIRECT + 0x654321, 0x654321, 1 << 30)):
            step = one(t.on_core(core, "walk", hex(virt)), "walk", "walk")
            require_equal((number(step["phys"]), step["leaf_size"]), (phys, leaf), f"walk {virt:#x}")
        kinds = {r["kind"]: r["pages"] for r in rows(t.on_core(core, "pages"), "pages", "kind")}
        free = 1 << tiny.FREE_ORDER
        require_equal(kinds.get("free"), free, "free pages")
        require_equal(kinds.get("reserved"), tiny.RAM_END // 4096 - free, "reserved pages")
        page = one(t.on_core(core, "page", tiny.FREE_FIRST), "page", "page")
        require_equal(page["kind"], "free", "kind of the free block's first page")
        status, _, err = t.call("--mem", core, "pages", stdout=os.open("/dev/full", os.O_WRONLY))
        require(status == exit_statuses()["output"], f"output to /dev/full: status {status}: {err}")

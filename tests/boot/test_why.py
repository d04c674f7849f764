# why: what it says of an address, against QEMU's own walk, /sys, dmesg and the kernel's list of ioremaps;
# and what may be touched: pages that the kernel has unmapped, poison without struct pages, the override.

import re

import truth
from harness import ROOT, exit_statuses, number, one, require, require_equal, rows, test
from qemu import Guest

# Where Linux has them without KASLR, with four levels: Documentation/x86/x86_64/mm.rst.
DIRECT_MAP = 0xffff888000000000
OVERRIDE = "--i-know-this-address-is-safe"


def iomem_chain(g, phys):
    """The lines of /proc/iomem that hold phys, as [(start, last, name)...]."""
    found = []
    for line in g.sh("cat /proc/iomem").splitlines():
        span, name = line.split(" : ", 1)
        start, last = (int(word, 16) for word in span.split("-"))
        if start <= phys <= last:
            found.append((start, last, name))
    return found


def line_start(g, name):
    for line in g.sh("cat /proc/iomem").splitlines():
        if line.endswith(f" : {name}"):
            return int(line.split("-")[0], 16)
    raise AssertionError(f"/proc/iomem has no line {name}")


def why(g, address, options=""):
    return g.json(f"ramscope why --json {options} {address:#x}")


def virtuals(records):
    return [number(r["virt"]) for r in rows(records, "why", "mapping")]


def check_address(g, phys, what):
    """The lines of iomem are the kernel's, and each virtual address leads there by QEMU's walk."""
    records = why(g, phys)
    got = [(number(r["start"]), number(r["last"]), r["name"].strip()) for r in rows(records, "why", "iomem")]
    require_equal(got, iomem_chain(g, phys), f"iomem of {phys:#x}")
    require(what in one(records, "why", "address")["what"],
            f"{phys:#x} is '{one(records, 'why', 'address')['what']}', not {what}")
    for virt in virtuals(records):
        require_equal(g.virt_to_phys(virt), phys, f"{virt:#x}, listed for {phys:#x}, by QEMU's walk")
    return records


@test
def why_mappings(t):
    """Virtual addresses that are listed lead there by QEMU's walk, and those that lead there are listed."""
    with Guest(t.board, append="nokaslr no5lvl no_hash_pointers") as g:
        memory = truth.LiveMemory(g)
        image = memory.info["SYMBOL(_stext)"]
        base = truth.section_bases(memory, 1)[0]
        listed = 0
        for virt, area, what in ((image, "kernel image", "Kernel code"),
                                 (base + 0x123000, "vmemmap", "RAM kept at boot"),
                                 (DIRECT_MAP + 0x1234567, "direct map", "RAM")):
            phys = g.virt_to_phys(virt)
            records = check_address(g, phys, what)
            areas = {number(r["virt"]): r["area"] for r in rows(records, "why", "mapping")}
            require_equal(areas.get(virt), area, f"area of {virt:#x}")
            require_equal(areas.get(DIRECT_MAP + phys), "direct map", f"area of the direct map at {phys:#x}")
            listed += len(areas)
        array = one(why(g, g.virt_to_phys(base + 0x123000)), "why", "struct_page")
        require_equal(number(array["first_pfn"]), 0x123000 // memory.info["SIZE(page)"], "whose struct page")
        # What drivers and ACPI have mapped, by the kernel's own list.
        remaps = re.findall(r"^0x([0-9a-f]+)-.* phys=0x([0-9a-f]+) ioremap", g.sh("cat /proc/vmallocinfo"), re.M)
        require(remaps, "no ioremap in /proc/vmallocinfo")
        for virt, phys in ((int(v, 16), int(p, 16)) for v, p in remaps):
            records = why(g, phys)
            areas = {number(r["virt"]): r["area"] for r in rows(records, "why", "mapping")}
            require_equal(areas.get(virt), "vmalloc", f"area of the ioremap of {phys:#x} at {virt:#x}")
            for at in areas:
                require_equal(g.virt_to_phys(at), phys, f"{at:#x}, listed for {phys:#x}, by QEMU's walk")
            listed += len(areas)
        t.note(f"{listed} addresses, {len(remaps)} ioremaps")


@test
def why_operands(t):
    """Physical, page frame number, virtual: the same page; wrong ones end nothing, and the status is the last's."""
    with Guest(t.board) as g:
        code = line_start(g, "Kernel code")
        records = check_address(g, code, "Kernel code")
        section = one(records, "why", "section")
        require_equal((section["number"], section["online"]), (code >> 27, True), "section")
        page = one(g.json(f"ramscope page --phys {code:#x} --json"), "page", "page")
        mine = one(records, "why", "page")
        require_equal({k: mine[k] for k in page if k != "section"}, {k: page[k] for k in page if k != "section"}, "page")
        manual = (ROOT / "src/ramscope.8").read_text().replace("\\-", "-")
        words = {r["item"] for r in records} | {key for r in records for key in r}
        unknown = [word for word in sorted(words) if not re.search(rf"\b{word}\b", manual)]
        require(not unknown, f"the man page does not tell of {unknown}")
        by_pfn = one(why(g, code >> 12, "--pfn"), "why", "address")
        require_equal(number(by_pfn["phys"]), code, "phys by --pfn")
        for virt in virtuals(records):
            answer = one(why(g, virt + 5), "why", "address")
            require_equal((number(answer["virt"]), number(answer["phys"])), (virt + 5, code + 5), f"why {virt:#x}")
        statuses = exit_statuses()
        for words, status in ((f"{code} nonsense 0", "address"), (f"0xffffffffffffffff {code}", "not-mapped"),
                              ("nonsense 0x8000000000000000 1", "address"), (f"{code} 0 0xa0000", "ok")):
            got, text = g.try_sh(f"ramscope why {words} 2>&1")
            require_equal(got, statuses[status], f"status of 'why {words}'")
            require("=== why ===" in text, f"no section: {text}")
        lines = g.sh(f"ramscope why {code} 0xa0000 0 0x620000000000").splitlines()
        require_equal([line.split()[1] for line in lines[1:]], ["yes", "no", "yes", "no"], f"one line each: {lines}")
        text = g.try_sh("ramscope why 0x7f0123456000")[1]
        require("no physical address" in text and "pagemap" in text, f"a user's address is not told: {text}")


@test
def why_firmware(t):
    """The firmware's type by both sources, at both ends of every piece, as in /sys and in the kernel's log."""
    names = {"usable": "System RAM", "reserved": "Reserved", "ACPI data": "ACPI Tables",
             "ACPI NVS": "ACPI Non-volatile Storage", "unusable": "Unusable memory"}
    with Guest(t.board) as g:
        log = [(int(a, 16), int(b, 16), names[kind]) for a, b, kind in
               re.findall(r"BIOS-e820: \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] (.*)", g.sh("dmesg"))]
        text = g.sh('for d in /sys/firmware/memmap/*; do echo $(cat $d/start $d/end) = $(cat $d/type); done')
        files = []
        for line in text.splitlines():
            span, kind = line.split(" = ")
            files.append((*(int(word, 16) for word in span.split()), kind))
        require(log and files, "no map of the firmware's")
        for piece in log + files:
            for phys in piece[:2]:
                got = {r["source"]: (number(r["start"]), number(r["last"]), r["type"])
                       for r in rows(why(g, phys), "why", "firmware")}
                require_equal(got["e820, boot_params"], next(p for p in log if p[0] <= phys <= p[1]), f"e820 of {phys:#x}")
                require_equal(got["/sys/firmware/memmap"], next(p for p in files if p[0] <= phys <= p[1]),
                              f"memmap of {phys:#x}")
        t.note(f"{len(log)} pieces")


@test
def why_override(t):
    """An address on no list is refused; named as safe it is shown, and the output begins with that."""
    rom = 0xfffff000  # the firmware's last page, in flash: no RAM, and quiet
    refused = exit_statuses()["guard"]
    with Guest(t.board) as g:
        text = g.sh(f"ramscope dump {rom:#x}+4096", statuses=(refused,))
        require("not touched" in text, f"no refusal: {text}")
        records = g.json(f"ramscope {OVERRIDE} {rom + 5:#x}+16 dump --json {rom:#x}+4096")
        first = records[0]
        require_equal((first["section"], first["item"], number(first["start"]), number(first["end"])),
                      ("override", "override", rom, rom + 4096), "the first record")
        got = bytes.fromhex("".join(r["hex"] for r in rows(records, "dump", "bytes")))
        require_equal(got, g.memory(rom, 4096), "bytes of the flash")
        # The page before it stays closed.
        text = g.sh(f"ramscope {OVERRIDE}={rom:#x} dump {rom - 4096:#x}+8192", statuses=(refused,))
        require(f"-- not readable: {rom - 4096:#x}-{rom - 1:#x}" in text, f"the page before: {text}")
        raw = g.sh(f"ramscope {OVERRIDE}={rom:#x} dump --raw {rom + 0xff0:#x}+16 2>/tmp/err | hexdump -ve '1/1 \"%02x\"'")
        require_equal(raw, g.memory(rom + 0xff0, 16).hex(), "raw bytes")
        require("override" in g.sh("cat /tmp/err"), "nothing is told beside raw bytes")
        for command in "why 0xfffff000", "report", "access", "page 1":
            records = g.json(f"ramscope {OVERRIDE}={rom:#x} {command} --json", 60, (0, 1))
            require_equal(records[0]["item"], "override", f"first record of {command}")
        allowed = {r["method"]: r["allowed"] for r in
                   rows(g.json(f"ramscope {OVERRIDE}={rom:#x} why --json {rom:#x}"), "why", "verdict")}
        require_equal((allowed["mmap"], allowed["read"]), (True, False), "allowed by mmap, read")


@test(boards=["qemu-x86_64", "qemu-x86_64-hazards"])
def why_secret_page(t):
    """A page of memfd_secret is left alone: the kernel has it unmapped. Its neighbours and the override are not."""
    # With debug_pagealloc=on a neighbour may be free, and so unmapped as well: nothing is expected of it there.
    edge = 0 if "debug_pagealloc=on" in t.board.words().split() else 16
    with Guest(t.board, append="secretmem.enable=1") as g:
        line = g.start("secret", rb"^secret (0x[0-9a-f]+) ([0-9a-f]{8192})\r?\n", 60)
        phys, content = int(line[1], 16) << 12, bytes.fromhex(line[2].decode())
        require_equal(g.memory(phys, 4096), content, "QEMU's copy of the page")
        for method in "auto", "mmap", "read":
            text = g.sh(f"ramscope --method={method} dump {phys - edge:#x}-{phys + 4096 + edge:#x}", 60, (exit_statuses()["guard"],))
            require(f"-- not readable: {phys:#x}-{phys + 4095:#x}" in text, f"the page is not named: {text}")
            require("unmapped" in text, f"no reason is given: {text}")
            for neighbour in (phys - 16, phys + 4096) if edge else ():
                require(f"{neighbour:08x}: " in text, f"no neighbour {neighbour:#x}: {text}")
        records = why(g, phys)
        require_equal(one(records, "why", "address")["touch"], "no", "may be touched")
        require_equal({r["cause"] for r in rows(records, "why", "verdict")}, {"direct-map-hole"}, "causes")
        require_equal(virtuals(records), [], "virtual addresses")
        shown = g.json(f"ramscope {OVERRIDE}={phys:#x} dump --json {phys:#x}+4096")
        require_equal(bytes.fromhex("".join(r["hex"] for r in rows(shown, "dump", "bytes"))), content, "by the override")


@test
def safe_without_struct_pages(t):
    """Poison is left alone when no struct page can be read; with no second source, so is all RAM."""
    with Guest(t.board) as g:
        g.start("load", rb"^load ready", 240)
        found = rows(g.json("ramscope pages --kind hwpoison --json"), "pages", "range")
        phys = number(found[0]["phys"])
        for path in "/sys/kernel/vmcoreinfo", "/proc/kcore":
            g.sh(f"mount -o bind /dev/null {path}")
        refused = (exit_statuses()["guard"],)
        text = g.sh(f"ramscope dump {phys - 16:#x}-{phys + 4112:#x}", 60, refused)
        require("hwpoison" in text and f"{phys - 16:08x}: " in text, f"poison by /proc/kpageflags: {text}")
        g.sh("mount -o bind /dev/null /proc/kpageflags")
        text = g.sh(f"ramscope dump {phys - 16:#x}-{phys + 4112:#x}", 60, refused)
        require(f"-- not readable: {phys - 16:#x}-{phys + 4111:#x}" in text, f"RAM of unknown state: {text}")
        g.sh("ramscope dump 0xf0000+16")  # no RAM: nothing to be asked about
        text = g.sh(f"ramscope {OVERRIDE}={phys - 4096:#x} dump {phys - 16:#x}+16")
        require(f"{phys - 16:08x}: " in text, f"the override: {text}")


@test(boards="qemu-x86_64-hazards")
def why_debug_pagealloc(t):
    """Where the kernel unmaps what is free, free pages are left alone and the others shown, in a warning's sight."""
    with Guest(t.board) as g:
        code = line_start(g, "Kernel code")
        records = why(g, code)
        require(one(records, "why", "address")["touch"].startswith("yes"), f"{code:#x} is not to be had: {records[:4]}")
        for virt in virtuals(records):
            require_equal(g.virt_to_phys(virt), code, f"{virt:#x} by QEMU's walk")
        runs = rows(g.json("ramscope pages --kind=free --json"), "pages", "range")
        free = max(runs, key=lambda run: run["pages"])
        phys = number(free["phys"]) + free["pages"] // 2 * 4096
        records = why(g, phys)
        require_equal((one(records, "why", "address")["touch"], virtuals(records)), ("no", []), f"free page {phys:#x}")
        text = g.sh(f"ramscope dump {phys:#x}+16", 60, (exit_statuses()["guard"],))
        require("unmapped" in text, f"no reason: {text}")
        first, last = phys - 0x100000, phys + 0x100000
        lines = g.sh(f"seq {first} 8192 {last} | xargs ramscope why").splitlines()
        require_equal(len([line for line in lines if line.startswith("0x")]), (last - first) // 8192 + 1, "lines")

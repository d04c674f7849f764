# Addresses: the page-table walk in every paging mode, and the base of the struct page array, KASLR on and off.
# The other side is QEMU's own walk, its list of all mappings and its copy of memory.

import random
import re

import truth
from harness import exit_statuses, number, one, require, require_equal, rows, test
from qemu import Guest

# In 2012 the array of struct pages was looked for at its virtual address less that of the direct map
# (then 0xffff880000000000), as if it lay in that map. It does not, and there is nothing at the result.
OLD_VMEMMAP = 0xffffea0000000000
OLD_MISTAKE = OLD_VMEMMAP - 0xffff880000000000


def true_base(t, g):
    """The virtual address of pfn 0's struct page, from mem_section, and that ramscope gives the same."""
    memory = truth.LiveMemory(g)
    base = truth.section_bases(memory, 1)[0]
    page = one(g.json("ramscope page 0 --json"), "page", "page")
    require_equal(number(page["struct_page_virt"]), base, "struct_page_virt of pfn 0")
    return memory, base


def walk_agrees(t, g, memory, virt):
    walk = one(g.json(f"ramscope walk {virt:#x} --json"), "walk", "walk")
    phys = memory.virt_to_phys(virt)
    require(phys is not None, f"QEMU finds nothing at {virt:#x}")
    require_equal(number(walk["phys"]), phys, f"walk {virt:#x}")
    return phys


# Addresses that must agree in each mode, of so many walked, for the kernel changes some of its tables meanwhile; and
# how many a command: the line goes through a terminal, which takes 4,095 bytes.
COMPARED = 1000
WALKS = 1100
AT_ONCE = 180
SEED = 20121221

# So much RAM that two gigabytes of it can be mapped by one entry each: where KASLR puts the kernel's image, the direct
# map is split.
WITH_GIGABYTE = "3200M"


def kernel_part(memory):
    """Where the kernel's part of the address space begins (with 5 levels, the larger one), and its last page."""
    if memory.word == 4:
        return memory.page_offset(), 0xfffff000
    return 0xff00000000000000, 0xfffffffffffff000


def leaves(g, start):
    """{virtual address: is it a large page} of all that QEMU finds mapped from start on."""
    found = {}
    for line in g.monitor("info tlb").splitlines():
        match = re.match(r"([0-9a-f]{8,16}): [0-9a-f]{8,16} (\S+)", line)
        if match and int(match[1], 16) >= start:
            found[int(match[1], 16)] = "P" in match[2]
    return found


def sample(found, start, last, chance):
    """WALKS addresses: of pages of each size, of what lies right behind a page, and of anywhere."""
    chosen = []
    for large in (False, True):
        pages = sorted(virt for virt in found if found[virt] == large)
        chosen += chance.sample(pages, min(len(pages), COMPARED * 3 // 10))
    # Those of a gigabyte, or of 4 MiB, are few: all over them, where a page is far from the next. And both ends.
    pages = sorted(found)
    far = [a for a, b in zip(pages, pages[1:]) if b - a >= 1 << 22 and found[a]]
    few = sorted(far, key=lambda virt: virt % (1 << 30))[:10]
    chosen += [virt + chance.randrange(1 << 30) & ~0xfff for virt in few for _ in range(10)] + pages[:10] + pages[-10:]
    chosen = [virt + chance.randrange(1 << 12) for virt in chosen]
    chosen += [virt + chance.randrange(1 << 24) for virt in chance.sample(pages, min(len(pages), COMPARED // 10))]
    chosen = {virt for virt in chosen if virt <= last}
    while len(chosen) < WALKS:
        chosen.add(chance.randrange(start, last))
    return sorted(chosen)[:WALKS]


def disagreement(row, phys, found):
    """What is wrong with a row of walk, given QEMU's walk of its address and QEMU's list of pages; or None."""
    virt, size = number(row["virt"]), row["leaf_size"]
    if (row["phys"] and number(row["phys"])) != phys:
        return f"walk {virt:#x}: {row['phys']}, QEMU has {phys}"
    if size is None:
        return None
    page = virt & -size
    if page not in found or found[page] != (size > 4096):
        return f"{virt:#x} is in no such page at {page:#x} that QEMU knows: {size}"
    inside = [other for other in found if page < other < page + size]
    return f"page of {size} at {page:#x}, and QEMU has another at {inside[0]:#x}" if inside else None


def like_qemu(t, g, want_paging):
    """1,000 addresses of the kernel walked by ramscope and by QEMU, and the sizes of the pages that map them."""
    memory = truth.LiveMemory(g)
    start, last = kernel_part(memory)
    g.stop()
    found = leaves(g, start)
    g.cont()
    wanted = sample(found, start, last, random.Random(SEED))
    records = []
    for at in range(0, WALKS, AT_ONCE):
        batch = " ".join(f"{virt:#x}" for virt in wanted[at:at + AT_ONCE])
        records += g.json(f"ramscope walk --json {batch} 2>/dev/null", statuses=(0, *exit_statuses().values()))
    g.stop()
    later = leaves(g, start)
    moved = {virt >> 22 for virt in found.keys() | later.keys() if found.get(virt) != later.get(virt)}
    got = rows(records, "walk", "address")
    require([number(r["virt"]) for r in got] == wanted, f"{len(got)} addresses walked, and not those asked for")
    sizes = {}
    for row in got:
        wrong = disagreement(row, memory.virt_to_phys(number(row["virt"])), later)
        # What was mapped, unmapped or split meanwhile says nothing.
        require(not wrong or number(row["virt"]) >> 22 in moved, wrong)
        if not wrong:
            sizes[row["leaf_size"]] = sizes.get(row["leaf_size"], 0) + 1
    g.cont()
    compared = sum(sizes.values())
    require(compared >= COMPARED, f"only {compared} addresses held still")
    walk = one(g.json(f"ramscope walk --json {memory.info['SYMBOL(_stext)']:#x}"), "walk", "walk")
    require_equal(walk["paging"], want_paging, "paging mode")
    sizes = {f"{size >> 10} KiB" if size else "none": n for size, n in sorted(sizes.items(), key=lambda x: x[0] or 0)}
    t.note(f"{want_paging}: {compared} addresses as QEMU walks them, by pages of "
           + ", ".join(f"{size} {n}" for size, n in sizes.items()))
    return sizes


def base_holds(t, append, want_levels):
    with Guest(t.board, WITH_GIGABYTE, append=append) as g:
        sizes = like_qemu(t, g, f"{want_levels}-level")
        require_equal(set(sizes), {"none", "4 KiB", "2048 KiB", "1048576 KiB"}, "sizes of pages met")
        memory, base = true_base(t, g)
        phys = walk_agrees(t, g, memory, base)
        for pfn in (1, 63, 64, 32768, 100000):
            walk_agrees(t, g, memory, base + pfn * memory.info["SIZE(page)"])
        image = memory.info["SYMBOL(_stext)"]
        require_equal(walk_agrees(t, g, memory, image),
                      image - 0xffffffff80000000 + memory.info["NUMBER(phys_base)"], "_stext")
        steps = rows(g.json(f"ramscope walk {base:#x} --json"), "walk", "step")
        # From the top down, to a leaf of 2 MiB (PMD) or of 1 GiB (PUD).
        names = ["PGD", "P4D", "PUD", "PMD"] if want_levels == 5 else ["PGD", "PUD", "PMD"]
        require([s["level"] for s in steps] in (names, names[:-1]), f"{steps} of {want_levels} levels")
        # The bytes there are struct pages: as ramscope reads them by pfn, as QEMU has them.
        dump = g.sh("ramscope dump --raw --pages 0-64 | hexdump -ve '1/1 \"%02x\"'")
        require_equal(dump.strip(), g.memory(phys, 64 * memory.info["SIZE(page)"]).hex(), "first struct pages")
        t.note(f"base {base:#x} at {phys:#x}")
        return base


@test
def walk_of_2012(t):
    """Booted as then: the address that was taken for physical is walked to the true one."""
    require_equal(base_holds(t, "no5lvl nokaslr", 4), OLD_VMEMMAP, "base without KASLR")
    with Guest(t.board, append="no5lvl nokaslr") as g:
        status, text = g.try_sh(f"ramscope why {OLD_MISTAKE:#x}")
        require_equal(status, 0, "status of why")
        for word in ("no physical address", "vmemmap", f"{OLD_VMEMMAP:#x}"):
            require(word in text, f"'why {OLD_MISTAKE:#x}' does not speak of {word}: {text}")


@test
def walk_la57_kaslr(t):
    """Five levels, everything at random addresses: the default."""
    base_holds(t, "", 5)


@test
def walk_4level_kaslr(t):
    """Four levels, everything at random addresses."""
    base_holds(t, "no5lvl", 4)


@test
def walk_la57_nokaslr(t):
    """Five levels at the addresses the kernel's documentation gives."""
    require_equal(base_holds(t, "nokaslr", 5), 0xffd4000000000000, "base without KASLR")


@test(boards="debian-stock")
def walk_pti(t):
    """Page table isolation, which only CPUs of Intel need: the kernel's own tables are walked."""
    for append, paging in (("", "5-level"), ("no5lvl nokaslr", "4-level")):
        with Guest(t.board, WITH_GIGABYTE, append=append, extra="-cpu max,vendor=GenuineIntel") as g:
            require("Mitigation: PTI" in g.sh("cat /sys/devices/system/cpu/vulnerabilities/meltdown"), "PTI is off")
            like_qemu(t, g, paging)


@test(boards=lambda board: board.keys["ARCH"] == "i386")
def walk_i386(t):
    """The tables of 32-bit kernels, with PAE and without."""
    for append in ("", "nokaslr"):
        with Guest(t.board, t.board.keys["QEMU_MEM"], append=append) as g:
            pae = "CONFIG_X86_PAE" in truth.LiveMemory(g).info.lines
            sizes = like_qemu(t, g, "PAE" if pae else "2-level")
            require({"none", "4 KiB"} < set(sizes), f"sizes of pages met: {sizes}")

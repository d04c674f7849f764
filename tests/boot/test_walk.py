# Addresses: the page-table walk and the base of the struct page array, with 4 and 5 levels, KASLR on and off.
# The other side is QEMU's own walk and its copy of memory.

import truth
from harness import number, one, require, require_equal, rows, test
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


def base_holds(t, append, want_levels):
    with Guest(t.board, append=append) as g:
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
    """Booted as then: the address that was taken for physical is walked to the true one (demand 4)."""
    require_equal(base_holds(t, "no5lvl nokaslr", 4), OLD_VMEMMAP, "base without KASLR")
    with Guest(t.board, append="no5lvl nokaslr") as g:
        status, text = g.try_sh(f"ramscope why {OLD_MISTAKE:#x}")
        require_equal(status, 0, "status of why")
        for word in ("no physical address", "vmemmap", f"{OLD_VMEMMAP:#x}"):
            require(word in text, f"'why {OLD_MISTAKE:#x}' does not speak of {word}: {text}")


@test
def walk_la57_kaslr(t):
    """Five levels, everything at random addresses: the default (demand 4)."""
    base_holds(t, "", 5)


@test
def walk_4level_kaslr(t):
    """Four levels, everything at random addresses (demand 4)."""
    base_holds(t, "no5lvl", 4)


@test
def walk_la57_nokaslr(t):
    """Five levels at the addresses the kernel's documentation gives (demand 4)."""
    require_equal(base_holds(t, "nokaslr", 5), 0xffd4000000000000, "base without KASLR")

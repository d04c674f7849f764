# Each board is what its README says: its kernel refuses, or has, what the board is there for.
# Does not use ramscope: these are the facts that other tests build on.

import re
import time

from harness import require, require_equal, test
from qemu import Guest

DD = "2>&1 >/dev/null dd bs=4096"
RAM = f"{DD} if=/dev/mem skip=512 count=1"  # at 2 MiB, below any kernel image
FROM_4G = f"{DD} if=/dev/mem skip=1048576 count=1"  # non-PAE: an end of file; PAE: beyond lowmem
MUCH_RAM = f"{DD} if=/dev/mem skip=512 count=2048"
IOAPIC = "devmem 0xfec00000 2>&1"  # device memory that the kernel has claimed; the index register
KCORE = f"{DD} if=/proc/kcore count=1"
LOCKDOWN = "cat /sys/kernel/security/lockdown"
REFUSED, READ = "not permitted", "^1\\+0 records in"

# One row for each fact: board, command in the guest, what its output must match.
FACTS = [
    ("qemu-x86_64", RAM, READ),
    ("qemu-x86_64", "cat /proc/cmdline", r"\bnopat\b"),
    ("qemu-x86_64-pat", RAM, READ),
    ("qemu-x86_64-pat", "dmesg", r"x86/PAT: Configuration \[0-7\]: WB  WC"),
    ("qemu-x86_64-strict", RAM, REFUSED),
    ("qemu-x86_64-strict", IOAPIC, "^0x"),
    ("qemu-x86_64-iostrict", RAM, REFUSED),
    ("qemu-x86_64-iostrict", IOAPIC, REFUSED),
    ("qemu-x86_64-lockdown-integrity", LOCKDOWN, r"\[integrity\]"),
    ("qemu-x86_64-lockdown-integrity", RAM, REFUSED),
    ("qemu-x86_64-lockdown-integrity", KCORE, READ),
    ("qemu-x86_64-lockdown-confidentiality", LOCKDOWN, r"\[confidentiality\]"),
    ("qemu-x86_64-lockdown-confidentiality", RAM, REFUSED),
    ("qemu-x86_64-lockdown-confidentiality", KCORE, REFUSED),
    ("qemu-x86_64-nodevmem", RAM, "No such file"),
    ("qemu-x86_64-nodevmem", "mknod /tmp/mem c 1 1 && cat /tmp/mem", "No such device or address"),
    ("qemu-x86_64-nodevmem", KCORE, READ),
    ("qemu-x86_64-hazards", MUCH_RAM, "Bad address"),  # some page of it is free
    ("qemu-x86_64-hazards", "cat /sys/module/secretmem/parameters/enable", "Y"),
    ("qemu-x86_64-hazards", "grep Seccomp_filters /proc/self/status", "0"),
    ("qemu-x86_64-hazards", "cat /proc/sys/kernel/panic_on_warn /proc/sys/kernel/panic_on_oops", "1\\n1"),
    ("qemu-x86_64-la57", "grep -o -m1 la57 /proc/cpuinfo", "la57"),
    ("qemu-x86_64-la57", "zcat /proc/config.gz | grep LEVEL", "^CONFIG_X86_5LEVEL=y$"),
    ("qemu-x86_64-numa", "cat /sys/devices/system/node/has_memory", "^0-1$"),
    ("qemu-x86_64-numa", "dmesg", r"SRAT: Node 1 PXM 1 \[mem 0x100000000-0x10fffffff\]"),
    ("qemu-x86_64-hugepages", "cat /proc/sys/vm/hugetlb_optimize_vmemmap", "^1$"),
    ("qemu-x86_64-hugepages", "cat /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "^1$"),
    ("qemu-x86_64-hugepages", "cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "^64$"),
    ("qemu-x86_64-hotplug", "cat /sys/module/memory_hotplug/parameters/memmap_on_memory", "^Y$"),
    ("qemu-x86_64-hotplug", "cat /sys/devices/system/memory/memory3[23]/state", "^online\nonline$"),
    ("qemu-x86_64-hotplug", "cat /proc/sys/kernel/panic_on_warn", "^0$"),
    ("qemu-x86_64-shifted", "zcat /proc/config.gz | grep -w CONFIG_X86_PAT", "is not set"),
    ("qemu-x86_64-shifted", "ls /sys/kernel/mm/page_idle", "^bitmap"),
    ("qemu-x86_64-shifted", "cat /sys/kernel/mm/lru_gen/enabled", "^0x000[1-7]"),
    ("qemu-x86_64-shifted", "cat /proc/cmdline", "page_poison=1"),
    ("qemu-x86_64-slob", "zcat /proc/config.gz | grep -w CONFIG_SLOB", "=y$"),
    ("qemu-x86_64-slob", "zcat /proc/config.gz | grep -w CONFIG_MEMORY_FAILURE", "is not set"),
    ("qemu-microvm", "ls /sys/firmware", "^memmap +qemu_fw_cfg$"),
    ("qemu-microvm", "ls /sys/bus", "platform"),
    ("debian-stock", RAM, REFUSED),
    ("debian-stock", KCORE, READ),
    ("debian-stock", LOCKDOWN, r"\[none\]"),
    ("debian-stock", "uname -r", "-cloud-amd64$"),
    ("debian-stock-uefi", "uname -r", "-cloud-amd64$"),
    ("debian-stock-uefi", "ls /sys/firmware/efi/systab /sys/firmware/efi/runtime-map/0/type", "^/sys"),
    ("debian-stock-uefi", "dmesg", r"efi: EFI v[0-9.]+ by EDK II"),
    ("debian-stock-686", "uname -rm", r"-686 i686$"),
    ("debian-stock-686", RAM, REFUSED),
    ("debian-stock-686", FROM_4G, r"^0\+0 records in"),
    ("debian-stock-686-pae", "uname -rm", r"-686-pae i686$"),
    ("debian-stock-686-pae", RAM, REFUSED),
    ("debian-stock-686-pae", FROM_4G, "Bad address"),
    ("qemu-i386", "uname -m", "^i686$"),
    ("qemu-i386", RAM, READ),
    ("qemu-i386", FROM_4G, r"^0\+0 records in"),
    ("qemu-i386-pae", "uname -m", "^i686$"),
    ("qemu-i386-pae", RAM, READ),
    ("qemu-i386-pae", FROM_4G, "Bad address"),
    ("qemu-i386-pae", "grep -c HighMem /proc/zoneinfo", "^1$"),
    ("qemu-i386-sparse", "zcat /proc/config.gz | grep SPARSEMEM=", "^CONFIG_SPARSEMEM=y$"),
]


@test(boards="all")
def board_facts(t):
    """The board's kernel is what its README says."""
    facts = [(command, want) for name, command, want in FACTS if name == t.board.name]
    require(facts, "no row in the table of facts")
    with Guest(t.board) as g:
        for command, want in facts:
            _, output = g.try_sh(command)
            require(re.search(want, output, re.M), f"{command}: nothing matches {want!r}: {output[-300:]}")
    t.note(f"{len(facts)} facts")


@test(boards="qemu-x86_64-pat")
def board_shared_kernel(t):
    """A board that differs only in its command line boots the very kernel of its base."""
    base = t.board_named(t.board.keys["BASE"])
    require_equal(t.board.vmlinux.resolve(), base.vmlinux.resolve(), "the kernel in the cache")


@test(boards=lambda board: board.name.startswith("qemu-x86_64-lockdown-"))
def board_lockdown_lifted(t):
    """Without its word on the command line, the lockdown boards' kernel lets /dev/mem be read."""
    word = next(word for word in t.board.words().split() if word.startswith("lockdown="))
    with Guest(t.board, cmdline=t.board.words(without=[word])) as g:
        require(re.search(r"\[none\]", g.sh(LOCKDOWN)), "still locked down")
        require(re.search(READ, g.sh(RAM), re.M), "/dev/mem is not read")


@test(boards="qemu-x86_64-iostrict")
def board_relaxed(t):
    """iomem=relaxed gives claimed device memory back, but no RAM."""
    with Guest(t.board, append="iomem=relaxed") as g:
        require(re.search("^0x", g.sh(IOAPIC), re.M), "the I/O APIC is not read")
        require(re.search(REFUSED, g.sh(RAM, statuses=(1,))), "RAM is read")


def until(g, command, want):
    """Waits for the kernel to have done what QEMU asked for."""
    deadline = time.monotonic() + 30
    while not re.search(want, g.try_sh(command)[1]):
        require(time.monotonic() < deadline, f"{command}: nothing matches {want!r}")
        time.sleep(0.1)


@test(boards="qemu-x86_64-hazards")
def board_hazards(t):
    """A balloon takes pages; a DIMM is plugged, taken offline and pulled; a page is poisoned."""
    block = "/sys/devices/system/memory/memory32"
    with Guest(t.board) as g:
        g.monitor("balloon 400")
        until(g, "grep MemTotal /proc/meminfo", r" 3\d{5} kB")
        g.monitor("balloon 512")
        until(g, "grep MemTotal /proc/meminfo", r" 4\d{5} kB")
        g.monitor("object_add memory-backend-ram,id=ram1,size=128M")
        g.monitor("device_add pc-dimm,id=dimm1,memdev=ram1")
        until(g, f"cat {block}/state", "offline")
        for state, shown in (("online_movable", "online"), ("offline", "offline"), ("online_movable", "online")):
            require_equal(g.sh(f"echo {state} >{block}/state; cat {block}/state"), shown, "the DIMM's block")
        g.monitor("device_del dimm1")
        until(g, f"ls {block}", "No such file")
        g.sh("echo 0x200 >/sys/kernel/debug/hwpoison/corrupt-pfn")
        until(g, "dmesg", "Memory failure: 0x200: .*Recovered")
        require_equal(g.sh("cat /proc/sys/kernel/tainted"), "0", "taint")

# Three machines that QEMU does not have: a coreboot board, a PC of the 486's time, a server.
# The numbers here are what the tests expect; nothing is computed by ramscope.

import acpibytes as acpi
import firmwarebytes as fw
from firmwarebytes import MIB, Machine, pack
from smbiosbytes import Smbios, entry_2, entry_3

GIB = 1 << 30


def put_smbios(machine, smbios, table, entry2=None, entry3=None):
    machine.put(table, smbios.table, "SMBIOS")
    for (kind, nth), offset in smbios.places.items():
        machine.at[f"type {kind} #{nth}"] = table + offset
    machine.smbios = smbios
    if entry2:
        entry = entry_2(smbios.version, smbios.table, table, len(smbios.kinds))
        machine.put(entry2 + 16, entry[16:], "_DMI_", 5)
        machine.put(entry2, entry, "_SM_", 4)
    if entry3:
        machine.put(entry3, entry_3(smbios.version, len(smbios.table), table), "_SM3_", 5)


def coreboot(version="2.8", top=0x1ff00000):
    """512 MiB; LBIO at 0 leads to the table on top of RAM; there, too, SMBIOS (one DIMM, one slot empty) and ACPI.

       0x00000     LBIO, which forwards          0xf0000  the same again, _SM_, RSDP
       0x1ff00000  coreboot's table, timestamps, console; SMBIOS; ACPI: 1 MiB
    """
    m = Machine((0, MIB), (top, MIB))
    m.put(0x400, fw.bios_data(com=(0x3f8,), lpt=(), ebda=0, base_kib=640))
    forward = fw.lb_table(fw.lb_record(fw.LB_FORWARD, pack("Q", top)))
    m.put(0, forward, "LBIO at 0")
    m.put(0xf0000, forward, "LBIO at 0xf0000")
    m.put(top + 0x8000, fw.lb_timestamps(1000, 2000, (0, 0), (1, 200000), (40, 30000000), (99, 90000000)), "timestamps")
    m.put(top + 0x9000, fw.lb_cbmem_console("coreboot-4.20 bootblock starting\nBS: done\n", 0x400), "console")
    m.put(top, fw.lb_table(
        fw.lb_memory((0, 0x1000, 16), (0x1000, 0x9f000, 1), (0xa0000, 0x60000, 2), (MIB, top - MIB, 1), (top, MIB, 16)),
        fw.lb_mainboard("Example", "Board-1"), fw.lb_string(fw.LB_VERSION, "4.20"),
        fw.lb_record(fw.LB_SERIAL, pack("IIIIII", 1, 0x3f8, 115200, 1, 1843200, 0)),
        fw.lb_record(fw.LB_CONSOLE, pack("H", 0)),
        fw.lb_record(fw.LB_TIMESTAMPS, pack("Q", top + 0x8000)),
        fw.lb_record(fw.LB_CBMEM_CONSOLE, pack("Q", top + 0x9000)),
        fw.lb_record(fw.LB_CBMEM_ENTRY, pack("QII", top + 0x8000, 0x1000, 0x54494d45)),
    ), "LBIO")
    smbios = Smbios(version)
    smbios.bios("coreboot", "4.20", "07/01/2023", 8192)
    smbios.system("Example", "Board-1", "0001", bytes(range(16)))
    smbios.baseboard("Example", "Board-1", "0001", smbios.chassis("Example", 3))
    smbios.processor("U1", "Example CPU", [smbios.cache(f"L{level}", level, 64 << level) for level in (1, 2, 3)], 2)
    array = smbios.array(2, 4)
    dimm = smbios.device(array, "DIMM0", 512, 0x18, 1600)
    smbios.device(array, "DIMM1", 0)
    smbios.array_range(array, 0, 512 * MIB)
    smbios.device_range(dimm, 0x1000 + len(smbios.kinds) - 1, 0, 512 * MIB)
    smbios.end()
    put_smbios(m, smbios, top + 0x20000, entry2=0xf1000)
    a = acpi.Acpi(m, top + 0x40000)
    facs = a.put("FACS", acpi.facs())
    dsdt = a.table("DSDT", b"", 2, listed=False)
    a.table("FACP", acpi.fadt(facs, dsdt), 6)
    a.table("APIC", acpi.madt([(0, 0), (1, 2)]), 4)
    a.table("HPET", acpi.hpet(0xfed00000))
    a.table("MCFG", acpi.mcfg((0xe0000000, 0, 0, 0xff)))
    a.table("SPCR", acpi.spcr(0x3f8), 2)
    a.table("DBG2", acpi.dbg2(0x3f8, "\\_SB.COM1"), 0)
    a.table("IVRS", acpi.ivrs(0xfeb80000), 2)
    a.table("OEM1", b"of the maker", 1)
    a.root(0xf2000)
    return m


def pc486():
    """8 MiB, two processors: MP table in the EBDA, $PIR, Plug and Play, BIOS32, three option ROMs; nothing else."""
    m = Machine((0, MIB), (MIB, MIB))
    m.put(0x400, fw.bios_data())
    m.put(0x9fc00, pack("B", 1))
    m.put(0xc0000, fw.option_rom(64, text="Example VGA BIOS"), "VGA ROM")
    m.put(0xc8000, fw.option_rom(32, 0x1000, 1, (0, 0, 1), "Example SCSI BIOS"), "SCSI ROM")
    m.put(0xd0000, fw.option_rom(16, 0x8086, 0x1229, (0, 0, 2)), "network ROM")
    m.put(0xf1400, fw.mp_table(
        fw.mp_processor(0, True), fw.mp_processor(1), fw.mp_bus(0, b"PCI"), fw.mp_bus(1, b"ISA"),
        fw.mp_ioapic(2, 0xfec00000), *(fw.mp_interrupt(3, 0, 1, irq, 2, irq) for irq in range(1, 16)),
        fw.mp_interrupt(4, 3, 1, 0, 255, 0), fw.mp_interrupt(4, 1, 1, 0, 255, 1)), "PCMP", 7)
    m.put(0x9fc10, fw.mp_floating(0xf1400), "_MP_", 10)
    links = (0x60, 0xdeb8), (0x61, 0xdeb8), (0x62, 0xdeb8), (0x63, 0xdeb8)
    m.put(0xf1a00, fw.pir_table([(0, 8 + i, links[i:] + links[:i], i + 1) for i in range(4)] +
                                [(0, 7, links[:1] + ((0, 0),) * 3, 0)]), "$PIR", 31)
    m.put(0xf1b00, fw.bios32(0xf1b10), "_32_", 10)
    m.put(0xf1c00, fw.plug_and_play(), "$PnP", 8)
    return m


DIMM = 64 * GIB


def server(top=0x7a000000, nodes=8, slots=6, cpus=256, others=450):
    """3 TiB in 48 DIMMs on 8 nodes, 256 processors; SMBIOS 3.3 with over 500 structures, all ACPI tables.

    slots: of a node, each with a DIMM; others: structures of the maker's own.
    """
    m = Machine((0, MIB), (top, MIB))
    m.put(0x400, fw.bios_data())
    m.put(0x9fc00, pack("B", 1))
    smbios = Smbios("3.3")
    smbios.bios("Example Corp.", "2.10.1", "05/01/2024", 32768)
    smbios.system("Example Corp.", "Server 8", "SN-8", bytes(range(16, 32)))
    smbios.baseboard("Example Corp.", "Main 8", "SN-8-1", smbios.chassis("Example Corp.", 23))
    for socket in range(2):
        caches = [smbios.cache(f"L{level} {socket}", level, size)
                  for level, size in ((1, 4096), (2, 65536), (3, 393216))]
        smbios.processor(f"CPU{socket}", "Example CPU 8 @ 2.4 GHz", caches, 64)
    for node in range(nodes):
        array = smbios.array(slots, slots * DIMM // GIB)
        dimms = [smbios.device(array, f"N{node}-D{i}", DIMM // MIB, 0x22, 4800) for i in range(slots)]
        start = node * slots * DIMM
        mapped = 0x1000 + len(smbios.kinds)
        smbios.array_range(array, start, start + slots * DIMM)
        for i, dimm in enumerate(dimms):
            smbios.device_range(dimm, mapped, start + i * DIMM, start + (i + 1) * DIMM)
    smbios.errors()
    for i in range(others):
        smbios.add(221, pack("BHI", 1, i, i * i), f"option {i}")
    smbios.end()
    put_smbios(m, smbios, top, entry2=0xf0100, entry3=0xf0200)
    put_server_acpi(m, top, nodes, slots * DIMM, cpus)
    return m


def put_server_acpi(m, top, nodes, span, cpus):
    a = acpi.Acpi(m, top + 0x40000)
    region = a.put("CPER", acpi.error_status(acpi.cper_memory(0x123456789000, 1, 5)))
    facs = a.put("FACS", acpi.facs())
    dsdt = a.table("DSDT", b"", 2, listed=False)
    cpus = [(cpu, cpu * 2) for cpu in range(cpus)]
    a.table("FACP", acpi.fadt(facs, dsdt), 6)
    a.table("APIC", acpi.madt(cpus, True, [(8, 0xfec00000, 0), (9, 0xfec01000, 24)]), 5)
    a.table("SRAT", acpi.srat([(apic // 64, apic) for _, apic in cpus],
                              [(node, node * span, span, 1) for node in range(nodes)]), 3)
    a.table("SLIT", acpi.slit([[10 if i == j else 12 if i // 4 == j // 4 else 32 for j in range(nodes)]
                               for i in range(nodes)]))
    a.table("MCFG", acpi.mcfg((0x80000000, 0, 0, 0x7f), (0x90000000, 1, 0, 0x7f)))
    a.table("HPET", acpi.hpet(0xfed00000))
    a.table("SPCR", acpi.spcr(0x2f8), 2)
    a.table("BERT", acpi.bert(region, 0x1000))
    a.table("HEST", acpi.hest(top + 0xf0000))
    a.table("EINJ", acpi.einj(top + 0xf1000))
    a.table("ERST", acpi.erst(top + 0xf2000))
    a.table("DMAR", acpi.dmar(0xfbffc000, (0x7b000000, 0x7b100000)))
    a.table("NFIT", acpi.nfit(0x30000000000, 512 * GIB, 7))
    a.table("BGRT", acpi.bgrt(top + 0xf3000))
    a.table("UEFI", acpi.uefi(top + 0xf4000))
    a.table("SSDT", b"", 2)
    a.root(0xf0300)


ALL = {"coreboot": coreboot, "coreboot-2.1": lambda: coreboot("2.1"), "pc486": pc486, "server": server}

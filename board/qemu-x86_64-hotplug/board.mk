# The kernel of qemu-x86_64-hazards with a DIMM that the kernel finds after its boot memory, as if plugged in: its
# struct pages are in the DIMM itself.
BASE = qemu-x86_64-hazards
DESCRIPTION = a DIMM added at run time, with its struct pages in itself
CMDLINE = nopat quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check
CMDLINE += memory_hotplug.memmap_on_memory=1 memhp_default_state=online_movable
QEMU_ARGS = -machine pc -cpu max,-erms,-cx16 -nodefaults -device vmcoreinfo -m slots=4,maxmem=8G
QEMU_ARGS += -object memory-backend-ram,id=ram0,size=128M -device pc-dimm,id=dimm0,memdev=ram0
QEMU_ARGS += -object memory-backend-ram,id=ram1,size=128M -device pc-dimm,id=dimm1,memdev=ram1

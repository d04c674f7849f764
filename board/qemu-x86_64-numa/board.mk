# As the default board, with two nodes of memory: 1 GiB from 0 and 256 MiB from 4 GiB, told by ACPI's SRAT.
BASE = qemu-x86_64
DESCRIPTION = two nodes of memory (NUMA) with a hole of 3 GiB between them
QEMU_MEM = 1280M
QEMU_ARGS = -machine pc,max-ram-below-4g=1G -cpu max,-erms,-cx16 -nodefaults -device vmcoreinfo
QEMU_ARGS += -object memory-backend-ram,id=ram0,size=1G -numa node,memdev=ram0,cpus=0
QEMU_ARGS += -object memory-backend-ram,id=ram1,size=256M -numa node,memdev=ram1

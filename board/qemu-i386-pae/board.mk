# PAE: tables of three levels, and RAM above 4 GiB, nearly all of it highmem.
BASE = qemu-i386
DESCRIPTION = QEMU PC, i386 with PAE, 5 GiB, most of it highmem
CMDLINE += swiotlb=noforce tsc=nowatchdog
# qemu-system-i386 7.2 cuts the addresses that PAE's tables hold to 32 bits.
QEMU = qemu-system-x86_64
QEMU_ARGS = -machine pc -cpu max,-erms -nodefaults -device vmcoreinfo
QEMU_MEM = 5G

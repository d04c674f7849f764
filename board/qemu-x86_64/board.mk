# The default board: a PC with one processor as QEMU emulates it. Every key is explained in board/README.md.
DESCRIPTION = QEMU PC, x86_64, software emulation
ARCH = x86_64
KERNEL_SERIES = 6.1
SERIES = 5.10 6.1 6.12
CONSOLE = ttyS0,115200n8
CMDLINE = nopat quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check
AFTER = poweroff
QEMU = qemu-system-x86_64
QEMU_ARGS = -machine pc -cpu max,-erms,-cx16 -nodefaults -device vmcoreinfo
QEMU_MEM = 512M
QEMU_ACCEL = tcg

# A 32-bit PC: no PAE, so nothing above 4 GiB, and memory in one flat array of struct pages.
DESCRIPTION = QEMU PC, i386 without PAE, 128 MiB
ARCH = i386
KERNEL_SERIES = 6.1
CONSOLE = ttyS0,115200n8
CMDLINE = nopat quiet panic=-1 nolapic_timer no_timer_check
AFTER = poweroff
QEMU = qemu-system-i386
QEMU_ARGS = -machine pc -cpu pentium3 -nodefaults -device vmcoreinfo
QEMU_MEM = 128M
QEMU_ACCEL = tcg

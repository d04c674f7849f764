# As the default board, but it insists on 5-level page tables: an emulator without LA57 does not start.
BASE = qemu-x86_64
DESCRIPTION = 5-level page tables (LA57), or no boot at all
QEMU_ARGS = -machine pc -cpu max,-erms,-cx16,+la57,enforce -nodefaults -device vmcoreinfo

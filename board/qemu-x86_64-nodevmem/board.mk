# As the default board, with a kernel that has no /dev/mem.
BASE = qemu-x86_64
DESCRIPTION = a kernel without /dev/mem

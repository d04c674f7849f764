# As the default board, with a kernel that has STRICT_DEVMEM.
BASE = qemu-x86_64
DESCRIPTION = STRICT_DEVMEM: no RAM above 1 MiB

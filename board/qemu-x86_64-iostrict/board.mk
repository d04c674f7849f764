# STRICT_DEVMEM and IO_STRICT_DEVMEM, what distributions do.
BASE = qemu-x86_64-strict
DESCRIPTION = STRICT_DEVMEM and IO_STRICT_DEVMEM: no claimed device memory either

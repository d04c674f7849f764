# As the default board, with all that can hurt a reader of memory. The first oops or warning ends the boot.
BASE = qemu-x86_64
DESCRIPTION = RAM that is poisoned, secret, ballooned, unplugged; for survival tests
CMDLINE += secretmem.enable=1 debug_pagealloc=on panic_on_warn=1 oops=panic
QEMU_ARGS += -m slots=4,maxmem=8G -device virtio-balloon-pci,id=balloon0

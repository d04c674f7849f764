# As the default board, with the options that move the bits of page flags. Free pages are poisoned.
BASE = qemu-x86_64
DESCRIPTION = options that move the bits of page flags, and debugging of memory management
CMDLINE += page_poison=1

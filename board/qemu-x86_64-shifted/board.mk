# As the default board, with the options that move the bits of page flags. Page owner, structure and page poisoning are on.
BASE = qemu-x86_64
DESCRIPTION = options that move the bits of page flags, and debugging of memory management
CMDLINE += page_owner=on page_poison=1

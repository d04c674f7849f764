# As the default board, with struct pages of 56 bytes and the fewest page flags that this kernel can have.
BASE = qemu-x86_64
DESCRIPTION = SLOB: struct pages of 56 bytes, which straddle pages, and the fewest page flags

# As the default board, without "nopat": the kernel refuses to map RAM. The same kernel, so no linux.config.
BASE = qemu-x86_64
DESCRIPTION = PAT is on: no mmap of RAM, as on most systems
CMDLINE = quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check

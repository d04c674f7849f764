# The kernel that Debian 12 ships for virtual machines, as it comes out of its package; the rest as the default board.
BASE = qemu-x86_64
DESCRIPTION = Debian 12, its own prebuilt cloud kernel
SERIES = 5.10 6.1 6.12 forky trixie-backports
KERNEL_PACKAGE = linux-image-cloud-amd64
CMDLINE = quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check

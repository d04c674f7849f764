# The kernel that Debian 12 ships for 32-bit machines with PAE, as it comes out of its package.
BASE = qemu-i386-pae
DESCRIPTION = Debian 12, its own prebuilt 686-pae kernel: i386 with PAE
KERNEL_PACKAGE = linux-image-686-pae
CMDLINE = quiet panic=-1 nolapic_timer no_timer_check swiotlb=noforce

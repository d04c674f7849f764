# The kernel that Debian 12 ships for 32-bit machines without PAE, as it comes out of its package.
BASE = qemu-i386
DESCRIPTION = Debian 12, its own prebuilt 686 kernel: i386 without PAE
KERNEL_PACKAGE = linux-image-686
CMDLINE = quiet panic=-1 nolapic_timer no_timer_check

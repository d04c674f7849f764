# The default board's kernel on QEMU's machine without PCI, SeaBIOS or ACPI, as hosts of many small guests have it.
BASE = qemu-x86_64
DESCRIPTION = QEMU microvm, x86_64: no PCI, no ACPI, a small firmware
CMDLINE = nopat quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check reboot=t
AFTER = reboot
QEMU_ARGS = -machine microvm,acpi=off -cpu max,-erms,-cx16 -nodefaults -device vmcoreinfo

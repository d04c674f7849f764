# The kernel that Debian 12 ships for virtual machines, started by UEFI firmware where the others have a BIOS.
BASE = debian-stock
DESCRIPTION = Debian 12, its own prebuilt cloud kernel, started by UEFI
QEMU_ARGS += -machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd
# Not "quiet": then the kernel's EFI stub does not end the line on which the firmware left the cursor.
CMDLINE = loglevel=4 panic=-1 swiotlb=noforce nolapic_timer no_timer_check

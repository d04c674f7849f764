# As the default board, with a kernel that has lockdown, at its highest level.
BASE = qemu-x86_64
DESCRIPTION = lockdown=confidentiality: neither /dev/mem nor /proc/kcore
CMDLINE += lockdown=confidentiality

# As the default board, with huge pages set aside at boot, of 2 MiB and of 1 GiB, whose page array is mostly given back.
BASE = qemu-x86_64
DESCRIPTION = hugetlb pages of 2 MiB and 1 GiB, struct pages optimised away
CMDLINE += hugetlb_free_vmemmap=on hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=64
QEMU_MEM = 2560M

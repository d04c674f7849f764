# SPARSEMEM without VMEMMAP: struct pages in one array a section, and the section's number in their flags.
BASE = qemu-i386-pae
DESCRIPTION = QEMU PC, i386 with PAE, classic SPARSEMEM
QEMU_MEM = 1200M

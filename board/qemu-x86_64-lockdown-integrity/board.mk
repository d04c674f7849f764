# The kernel of qemu-x86_64-lockdown-confidentiality at the lower level. The kernel takes the highest level it is
# told, so the words of the command line are not added to but given anew.
BASE = qemu-x86_64-lockdown-confidentiality
DESCRIPTION = lockdown=integrity: no /dev/mem, but /proc/kcore
CMDLINE = nopat quiet panic=-1 swiotlb=noforce nolapic_timer no_timer_check lockdown=integrity

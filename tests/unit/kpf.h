/* Bits of /proc/kpageflags for the unit tests, by hand from the kernel's documentation. */
/* A second time on purpose: census/oracle.h, which is tested, has its own. */
#ifndef KPF_H
#define KPF_H

/* Documentation/admin-guide/mm/pagemap.rst, and include/linux/kernel-page-flags.h from 32. */
#define K(n) (1ull << (n))
#define K_LOCKED K(0)
#define K_REFERENCED K(2)
#define K_UPTODATE K(3)
#define K_LRU K(5)
#define K_SLAB K(7)
#define K_BUDDY K(10)
#define K_MMAP K(11)
#define K_ANON K(12)
#define K_SWAPCACHE K(13)
#define K_SWAPBACKED K(14)
#define K_HEAD K(15)
#define K_TAIL K(16)
#define K_HUGE K(17)
#define K_UNEVICTABLE K(18)
#define K_HWPOISON K(19)
#define K_NOPAGE K(20)
#define K_KSM K(21)
#define K_THP K(22)
#define K_OFFLINE K(23)
#define K_ZERO_PAGE K(24)
#define K_PGTABLE K(26)
#define K_RESERVED K(32)
#define K_PRIVATE K(35)
#define K_OWNER_PRIVATE K(37)

#endif
